package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// template finds a template by id. The result is immutable.
func (st *state) template(id string) *Template {
	for _, t := range st.templates {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// templateNamed finds a template by its key: name and exact language.
func (st *state) templateNamed(account, name, language string) *Template {
	for _, t := range st.templates {
		if t.Account == account && t.Name == name && t.Language == language {
			return t
		}
	}
	return nil
}

// addTemplates puts templates into the catalogue of an account.
func (st *state) addTemplates(account string, all []Template) {
	for _, t := range all {
		if t.Account != "" && t.Account != account {
			continue
		}
		t.Account = account
		t.normal()
		if t.ID == "" {
			t.ID = st.objectID("template")
		}
		st.templates = append(st.templates, &t)
	}
}

// replaceTemplate puts t where the template with its id was.
func (st *state) replaceTemplate(t *Template) {
	i := slices.IndexFunc(st.templates, func(old *Template) bool { return old.ID == t.ID })
	st.templates = slices.Clone(st.templates)
	st.templates[i] = t
}

// templateDefaults are the fields when none are asked for (cloud-api.md 5.1).
var templateDefaults = []string{"name", "parameter_format", "components", "language", "status", "category", "sub_category"}

// object is the template as Graph shows it.
func (t *Template) object() map[string]any {
	o := asObject(t)
	delete(o, "waba_id")
	delete(o, "quality")
	delete(o, "quality_date")
	score := map[string]any{"score": t.Quality}
	if t.QualityAt != 0 {
		score["date"] = t.QualityAt
	}
	o["quality_score"] = score
	o["rejected_reason"] = or(t.RejectedReason, "NONE")
	o["message_send_ttl_seconds"] = t.lives()
	o["cta_url_link_tracking_opted_out"] = t.TrackingOptOut
	o["is_primary_device_delivery_only"] = t.PrimaryDevice
	o["health_status"] = t.health()
	return o
}

// lives is how long an undelivered message of the template waits, in seconds.
func (t *Template) lives() int { return int(timeToLive(t).Seconds()) }

// getTemplate answers GET /{template-id}.
func (c *call) getTemplate() (any, *refusal) {
	c.s.mu.Lock()
	t := c.s.st.template(c.object)
	c.s.mu.Unlock()
	if t == nil {
		return nil, unknownObject(c.r.Method, c.object)
	}
	return choose(t.object(), parseFields(c.query.Get("fields")), templateDefaults...), nil
}

// listTemplates answers GET /{waba-id}/message_templates with its filters,
// cursors and summary (cloud-api.md 5.1). Templates that are being deleted are
// listed when they are asked for by status only.
func (c *call) listTemplates() (any, *refusal) {
	c.s.mu.Lock()
	catalogue := c.s.st.templates
	limit := c.s.st.portfolio.office(c.account.id).templateLimit()
	c.s.mu.Unlock()
	want := parseFields(c.query.Get("fields"))
	total := 0
	var all []map[string]any
	for _, t := range catalogue {
		if t.Account != c.account.id || t.Status == "PENDING_DELETION" && c.query.Get("status") == "" {
			continue
		}
		total++
		if c.wants(t) {
			all = append(all, choose(t.object(), want, templateDefaults...))
		}
	}
	out, bad := paged(c, all)
	if bad != nil {
		return nil, bad
	}
	if c.query.Get("summary") != "" {
		out["summary"] = choose(map[string]any{
			"total_count": len(all), "message_template_count": total, "message_template_limit": limit, "are_translations_complete": true,
		}, parseFields(c.query.Get("summary")), "total_count")
	}
	return out, nil
}

// wants applies the filters of the query. A filter may be a value, or a list
// in JSON or with commas.
func (c *call) wants(t *Template) bool {
	for name, value := range map[string]string{"status": t.Status, "category": t.Category, "language": t.Language, "quality_score": t.Quality} {
		if want := c.query.Get(name); want != "" && !slices.ContainsFunc(listOf(want), func(w string) bool { return strings.EqualFold(w, value) }) {
			return false
		}
	}
	if want := c.query.Get("name"); want != "" && !strings.Contains(t.Name, strings.ToLower(want)) {
		return false
	}
	if want := strings.ToLower(c.query.Get("name_or_content")); want != "" && !strings.Contains(t.Name, want) {
		return slices.ContainsFunc(t.Components, func(p Component) bool { return strings.Contains(strings.ToLower(p.Text), want) })
	}
	return true
}

// listOf reads "a", "a,b" and ["a","b"].
func listOf(s string) []string {
	s = strings.Trim(s, "[]")
	var all []string
	for _, one := range strings.Split(s, ",") {
		if text, err := strconv.Unquote(strings.TrimSpace(one)); err == nil {
			one = text
		}
		all = append(all, strings.TrimSpace(one))
	}
	return all
}
