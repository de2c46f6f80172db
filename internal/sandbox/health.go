package sandbox

// The values of can_send_message, best first (cloud-api.md 6.4).
var healths = []string{"AVAILABLE", "LIMITED", "BLOCKED"}

// ailment is one entry of health_status.
func ailment(kind, id, can string, code int, what, remedy string) map[string]any {
	e := map[string]any{"entity_type": kind, "id": id, "can_send_message": can}
	if can != "AVAILABLE" {
		e["errors"] = []any{map[string]any{"error_code": code, "error_description": what, "possible_solution": remedy}}
	}
	return e
}

// healthOf is health_status: the worst of its entities counts.
func healthOf(entities ...map[string]any) map[string]any {
	worst := 0
	list := make([]any, 0, len(entities))
	for _, e := range entities {
		for i, h := range healths {
			if e["can_send_message"] == h {
				worst = max(worst, i)
			}
		}
		list = append(list, e)
	}
	return map[string]any{"can_send_message": healths[worst], "entities": list}
}

// health is health_status of a template.
func (t *Template) health() map[string]any {
	can, code, what := "AVAILABLE", 0, ""
	switch t.Status {
	case "APPROVED":
	case "PAUSED":
		can, code, what = "BLOCKED", 132015, "The template is paused."
	case "DISABLED":
		can, code, what = "BLOCKED", 132016, "The template is disabled."
	default:
		can, code, what = "BLOCKED", codeTemplate, "The template is not approved, its status is "+t.Status+"."
	}
	return healthOf(
		ailment("MESSAGE_TEMPLATE", t.ID, can, code, what, "Edit the template, or use another one."),
		ailment("WABA", t.Account, "AVAILABLE", 0, "", ""),
	)
}

// health is health_status of a number; the caller holds mu.
func (s *Sandbox) numberHealth(n *number) map[string]any {
	can, code, what := "AVAILABLE", 0, ""
	switch status := s.st.portfolio.desk(n.cfg.PhoneNumberID).status(); status {
	case statusConnected:
	case "FLAGGED", "RATE_LIMITED":
		can, code, what = "LIMITED", 131048, "The quality of the number is low."
	case "BANNED", "RESTRICTED":
		can, code, what = "BLOCKED", 131031, "The number is "+status+"."
	default:
		can, code, what = "BLOCKED", 133010, "The number is not registered."
	}
	return healthOf(
		ailment("PHONE_NUMBER", n.cfg.PhoneNumberID, can, code, what, "Register the number, or wait until its quality is better."),
		s.accountAilment(n.cfg.WABAID),
		ailment("APP", s.appFor(n.cfg.WABAID).ID, "AVAILABLE", 0, "", ""),
	)
}

// accountHealth is health_status of an account; the caller holds mu.
func (s *Sandbox) accountHealth(waba string) map[string]any {
	return healthOf(s.accountAilment(waba), ailment("APP", s.appFor(waba).ID, "AVAILABLE", 0, "", ""))
}

func (s *Sandbox) accountAilment(waba string) map[string]any {
	why := s.st.portfolio.office(waba).Restriction
	if why == "" {
		return ailment("WABA", waba, "AVAILABLE", 0, "", "")
	}
	return ailment("WABA", waba, "LIMITED", 368, why, "See the quality of the account in WhatsApp Manager.")
}

// appFor is the configured app of an account: the one whose secret its first
// number has. The caller holds mu.
func (s *Sandbox) appFor(waba string) *app {
	if n := s.numberOf(waba); n != nil {
		if a := s.st.portfolio.appOfSecret(n.cfg.AppSecret); a != nil {
			return a
		}
	}
	return s.st.portfolio.Apps[0]
}
