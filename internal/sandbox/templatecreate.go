package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// templateAttributes are the members of a call that become the template's own.
var templateAttributes = []string{
	"name", "language", "category", "sub_category", "parameter_format", "components", "message_send_ttl_seconds",
	"cta_url_link_tracking_opted_out", "is_primary_device_delivery_only", "degrees_of_freedom_spec",
}

// readTemplate makes a template of the members of a call. What Meta ignores is
// ignored; a member of the wrong kind is refused.
func readTemplate(in map[string]any) (*Template, *refusal) {
	known := map[string]any{}
	for _, name := range templateAttributes {
		if v, ok := in[name]; ok {
			known[name] = typed(name, v)
		}
	}
	raw, err := json.Marshal(known)
	if err != nil {
		return nil, paramBad("The parameters could not be read.")
	}
	var t Template
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, paramBad("A parameter is of the wrong type: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	t.normal()
	t.Status = "PENDING"
	return &t, nil
}

// typed turns text of a form or query into the number or boolean it stands for.
func typed(name string, v any) any {
	s, isText := v.(string)
	switch {
	case !isText:
		return v
	case name == "message_send_ttl_seconds":
		return json.Number(or(s, "0"))
	case strings.HasPrefix(name, "is_") || strings.HasPrefix(name, "cta_"):
		return s == "true" || s == "1"
	}
	return v
}

// createTemplate answers POST /{waba-id}/message_templates (cloud-api.md 5.1–5.3).
func (c *call) createTemplate() (any, *refusal) {
	in := c.params()
	if textOf(in["library_template_name"]) != "" {
		return c.createFromLibrary(in)
	}
	t, bad := readTemplate(in)
	if bad != nil {
		return nil, bad
	}
	t.Account = c.account.id
	c.note = t.Name
	if _, ok := in["components"]; !ok && t.Name != "" {
		return nil, paramMissing("components")
	}
	if bad := checkNew(t); bad != nil {
		return nil, bad
	}
	return c.submit(t)
}

// checkNew is everything that Meta checks of a template before it has a look at
// what else the account has.
func checkNew(t *Template) *refusal {
	if t.Category == "AUTHENTICATION" {
		if bad := t.authTexts(); bad != nil {
			return bad
		}
	}
	if bad := checkDefinition(t); bad != nil {
		return bad
	}
	return checkSubmission(t)
}

// submit hands a new template in: limits and names of the account, then its
// place in the catalogue, then the review.
func (c *call) submit(t *Template) (any, *refusal) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if bad := s.room(t); bad != nil {
		return nil, bad
	}
	if bad := s.flowsExist(t); bad != nil {
		return nil, bad
	}
	s.place(t)
	s.changed()
	return map[string]any{"id": t.ID, "status": t.Status, "category": t.Category}, nil
}

// The limits of templates (cloud-api.md 4.4).
const (
	creationsPerHour = 100
	templatesFew     = 250
	templatesMany    = 6000
	nameBlockedFor   = 30 * 24 * time.Hour
)

// room refuses a template whose name is taken, or one too many; the caller holds mu.
func (s *Sandbox) room(t *Template) *refusal {
	now := s.nowLocked()
	o := s.st.portfolio.office(t.Account)
	o.Names = slices.DeleteFunc(o.Names, func(n takenName) bool { return !now.Before(n.Until) })
	for _, n := range o.Names {
		if n.Name == t.Name && (n.Language == "" || n.Language == t.Language) {
			return badTemplate(subDeleting, "Message template language is being deleted",
				"New %s content can't be added while the existing %s content of %q is being deleted. Try again in 4 weeks or use another name.", t.Language, t.Language, t.Name)
		}
	}
	if s.st.templateNamed(t.Account, t.Name, t.Language) != nil {
		return badTemplate(subExists, "Content in this language already exists",
			"There is already %s content for template %q. You can edit it, or create one with another name.", t.Language, t.Name)
	}
	if twin := s.twin(t); twin != nil {
		return badTemplate(0, "Duplicate of another template",
			"The body and the footer are those of template %q in %s.", twin.Name, twin.Language)
	}
	if n := s.st.templatesOf(t.Account); n >= o.templateLimit() {
		return badTemplate(subLimit, "Template limit exceeded", "This account has %d templates, at most %d are allowed.", n, o.templateLimit())
	}
	o.Creations = slices.DeleteFunc(o.Creations, func(at time.Time) bool { return now.Sub(at) >= time.Hour })
	if len(o.Creations) >= creationsPerHour {
		return &refusal{code: 80007, details: "This account has created 100 templates within an hour; no more are taken for now."}
	}
	o.Creations = append(o.Creations, now)
	return nil
}

// templateLimit is how many templates the account may have.
func (o *office) templateLimit() int {
	if o.Verified != nil && !*o.Verified {
		return templatesFew
	}
	return templatesMany
}

// templatesOf counts the templates of an account.
func (st *state) templatesOf(account string) int {
	n := 0
	for _, t := range st.templates {
		if t.Account == account && t.Status != "PENDING_DELETION" {
			n++
		}
	}
	return n
}

// twin finds another template with the same body and footer in the same
// language (cloud-api.md 5.3); authentication templates all have the same.
func (s *Sandbox) twin(t *Template) *Template {
	if t.Category == "AUTHENTICATION" {
		return nil
	}
	for _, other := range s.st.templates {
		if other.Account == t.Account && other.Language == t.Language && other.Name != t.Name && other.Category != "AUTHENTICATION" &&
			other.Status != "PENDING_DELETION" && other.Status != "REJECTED" &&
			textIn(other, "BODY") == textIn(t, "BODY") && textIn(other, "FOOTER") == textIn(t, "FOOTER") {
			return other
		}
	}
	return nil
}

// textIn is the text of a component, "" when the template has none.
func textIn(t *Template, kind string) string {
	if c := part(t.Components, kind); c != nil {
		return c.Text
	}
	return ""
}

// flowsExist refuses a FLOW button for a flow that the account does not have.
func (s *Sandbox) flowsExist(t *Template) *refusal {
	buttons := part(t.Components, "BUTTONS")
	if buttons == nil {
		return nil
	}
	for i, b := range buttons.Buttons {
		if b.Type != "FLOW" || b.FlowJSON != "" {
			continue
		}
		if f := s.flowFor(t.Account, b.FlowID, b.FlowName); f == nil {
			return badTemplate(0, "Flow not found", "components: the flow of button %d does not exist in this account", i)
		}
	}
	return nil
}

// flowFor finds a flow of an account by id or name.
func (s *Sandbox) flowFor(account, id, name string) *flow {
	for _, f := range s.st.portfolio.Flows {
		if f.Account == account && (f.ID == id || id == "" && f.Name == name) {
			return f
		}
	}
	return nil
}

// place puts a template into the catalogue and starts its review; the caller
// holds mu.
func (s *Sandbox) place(t *Template) {
	t.ID = s.st.objectID("template")
	t.Updated = s.nowLocked().Unix()
	s.st.templates = append(slices.Clone(s.st.templates), t)
	s.startReview(t)
	s.events.publish("template", t)
}

// startReview plans the review of a PENDING template, unless people decide.
func (s *Sandbox) startReview(t *Template) {
	if mode := s.st.portfolio.Review; t.Status == "PENDING" && mode.Mode == reviewAuto {
		s.after(mode.After, dueReview, t.ID)
	}
}
