package sandbox

import (
	"encoding/json"
	"time"

	"kontor/internal/meta"
)

// numberDefaults are the fields of a number when none are asked for (cloud-api.md 6.2).
var numberDefaults = []string{
	"verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type", "throughput", "webhook_configuration",
}

// object is the number as Graph shows it; the caller holds mu.
func (s *Sandbox) numberObject(n *number, a *account, version int) map[string]any {
	d := s.st.portfolio.desk(n.cfg.PhoneNumberID)
	hooks := map[string]any{}
	if n.Override != "" {
		hooks["phone_number"] = n.Override
	}
	if a.Override != "" {
		hooks["whatsapp_business_account"] = a.Override
	}
	if app := n.appCallback(); app != "" {
		hooks["application"] = app
	}
	o := map[string]any{
		"id":                           n.cfg.PhoneNumberID,
		"display_phone_number":         n.cfg.DisplayPhone,
		"verified_name":                or(d.Name, n.cfg.VerifiedName),
		"quality_rating":               n.Quality,
		"quality_score":                map[string]any{"score": n.Quality},
		"status":                       d.status(),
		"code_verification_status":     d.codeStatus(),
		"name_status":                  or(d.NameStatus, "APPROVED"),
		"new_name_status":              or(d.NewStatus, "NONE"),
		"account_mode":                 or(d.Mode, "LIVE"),
		"platform_type":                "CLOUD_API",
		"throughput":                   map[string]any{"level": n.Throughput},
		"webhook_configuration":        hooks,
		"country_dial_code":            countryCode(n.digits),
		"is_official_business_account": d.Official,
		"is_pin_enabled":               d.PIN != "",
		"is_on_biz_app":                d.Coexists,
		"is_preverified_number":        false,
		"messaging_limit_tier":         s.tier(a.id),
		"search_visibility":            "NON_VISIBLE",
		"eligibility_for_api_business_global_search": "NON_ELIGIBLE_UNDEFINED_COUNTRY",
		"conversational_automation":                  d.automation(n.cfg.PhoneNumberID),
		"health_status":                              s.numberHealth(n),
	}
	if d.status() == statusDisconnected || d.status() == statusUnverified || d.status() == statusPending {
		o["platform_type"] = "NOT_APPLICABLE"
		o["throughput"] = map[string]any{"level": "NOT_APPLICABLE"}
	}
	if version >= 24 {
		o["whatsapp_business_manager_messaging_limit"] = s.tier(a.id)
	}
	if d.NewName != "" {
		o["new_display_name"] = d.NewName
	}
	if d.Username != "" {
		o["username"] = d.Username
	}
	if !d.Onboarded.IsZero() {
		o["last_onboarded_time"] = d.Onboarded.Format("2006-01-02T15:04:05-0700")
	}
	return o
}

// tier is the messaging limit of an account's portfolio; the caller holds mu.
func (s *Sandbox) tier(waba string) string {
	limit := s.st.conduct(portfolioID).Limit
	if limit == 0 {
		return or(s.st.portfolio.office(waba).Limit, "TIER_UNLIMITED")
	}
	for name, n := range tiers {
		if n == limit {
			return name
		}
	}
	return "TIER_NOT_SET"
}

// getNumber answers GET /{phone-number-id}.
func (c *call) getNumber() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	object := c.s.numberObject(c.number, c.s.st.accounts[c.number.cfg.WABAID], c.version)
	return choose(object, parseFields(c.query.Get("fields")), numberDefaults...), nil
}

var webhookRules = []rule{
	{path: "webhook_configuration", kind: object, need: true},
	{path: "webhook_configuration.override_callback_uri", kind: text, need: true, max: 200},
	{path: "webhook_configuration.verify_token", kind: text},
}

// postNumber answers POST /{phone-number-id}: a PIN, another display name, or
// webhook_configuration, which sets the number's own callback, or clears it with
// "" (cloud-api.md 2.1, 6.1).
func (c *call) postNumber() (any, *refusal) {
	in := c.params()
	switch {
	case in["pin"] != nil:
		return c.setPIN(in)
	case in["new_display_name"] != nil:
		return c.rename(in)
	}
	c.note = "webhook_configuration"
	if bad := check(in, webhookRules); bad != nil {
		return nil, bad
	}
	uri := textOf(member(in["webhook_configuration"], "override_callback_uri"))
	if uri != "" {
		if bad := c.s.handshake(c.r.Context(), uri, textOf(member(in["webhook_configuration"], "verify_token"))); bad != nil {
			return nil, bad
		}
	}
	c.s.mu.Lock()
	if id := c.otherApp(); id != "" {
		d := c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
		d.Overrides = withEntry(d.Overrides, id, uri)
	} else {
		c.number.Override = uri
	}
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// setPIN sets the PIN of two-step verification, which cannot be switched off.
func (c *call) setPIN(in map[string]any) (any, *refusal) {
	c.note = "pin"
	if bad := isPIN(in["pin"], "pin"); bad != nil {
		return nil, bad
	}
	return c.atDesk(func(d *numberDesk, _ time.Time) *refusal {
		d.PIN, d.PINFailures = plainText(in["pin"]), nil
		c.s.tell(c.number, "security", "PIN_CHANGED", map[string]any{"display_phone_number": c.number.digits, "event": "PIN_CHANGED"})
		return nil
	})
}

// rename asks for another display name, which is reviewed.
func (c *call) rename(in map[string]any) (any, *refusal) {
	c.note = "new_display_name"
	if bad := check(in, []rule{{path: "new_display_name", kind: text, need: true, min: 3, max: 256}}); bad != nil {
		return nil, bad
	}
	return c.atDesk(func(d *numberDesk, _ time.Time) *refusal {
		if d.NewStatus == "PENDING_REVIEW" {
			return paramBad("The display name %q is still being reviewed.", clip(d.NewName))
		}
		d.NewName, d.NewStatus = textOf(in["new_display_name"]), "PENDING_REVIEW"
		c.s.planName(c.number.cfg.PhoneNumberID, d)
		return nil
	})
}

// planName plans the review of a display name, unless people decide.
func (s *Sandbox) planName(pnid string, d *numberDesk) {
	if mode := s.st.portfolio.Review; mode.Mode == reviewAuto {
		s.after(mode.After, dueName, pnid)
	}
}

// decideName ends the review of a number's display name and tells the business;
// the caller holds mu.
func (s *Sandbox) decideName(n *number, decision, reason string) {
	d := s.st.portfolio.desk(n.cfg.PhoneNumberID)
	s.st.portfolio.cancel(dueName, n.cfg.PhoneNumberID)
	asked, status := or(d.NewName, or(d.Name, n.cfg.VerifiedName)), map[string]string{"APPROVED": "APPROVED", "REJECTED": "DECLINED"}[decision]
	switch {
	case status == "":
	case d.NewName != "":
		if d.NewStatus = status; status == "APPROVED" {
			d.Name, d.NewName, d.NewStatus, d.NameStatus = d.NewName, "", "NONE", "APPROVED"
		}
	default:
		d.NameStatus = status
	}
	value := map[string]any{"display_phone_number": n.digits, "decision": decision, "requested_verified_name": asked, "rejection_reason": nil}
	if decision == "REJECTED" {
		value["rejection_reason"] = or(reason, "UNKNOWN")
	}
	s.tell(n, "phone_number_name_update", decision, value)
}

// tell sends a webhook of another field than messages; the caller holds mu.
func (s *Sandbox) tell(n *number, field, event string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		s.log.Error("webhook cannot be written", "field", field, "error", err)
		return
	}
	s.courier.put(update{
		number: n.cfg.PhoneNumberID, account: n.cfg.WABAID, customer: "", field: field, kind: field, detail: event,
		value: meta.Value{Raw: raw}, made: s.nowLocked().Truncate(time.Second),
	})
}

// set takes a value over when one was given.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
