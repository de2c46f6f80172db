package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
)

// accountDefaults are the fields of an account when none are asked for.
var accountDefaults = []string{"name", "timezone_id", "message_template_namespace", "currency"}

// getAccount answers GET /{waba-id} (cloud-api.md 6.4), with analytics when its
// fields ask for them (7.5).
func (c *call) getAccount() (any, *refusal) {
	asked := c.query.Get("fields")
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	object := c.s.accountObject(c.account, c.version)
	out := choose(object, parseFields(asked), accountDefaults...)
	for _, f := range filtered(asked) {
		name := f.name
		if answer := analyses[name]; answer != nil {
			v, bad := answer(c, f.filters)
			if bad != nil {
				return nil, bad
			}
			out[name] = v
		}
	}
	return out, nil
}

// accountObject is the account as Graph shows it; the caller holds mu.
func (s *Sandbox) accountObject(a *account, version int) map[string]any {
	o := s.st.portfolio.office(a.id)
	name, country := "Business "+tail(a.id, 4), "DE"
	if n := s.numberOf(a.id); n != nil {
		name, country = n.cfg.VerifiedName, countryOf(n.digits)
	}
	verified := "verified"
	if o.Verified != nil && !*o.Verified {
		verified = "not_verified"
	}
	object := map[string]any{
		"id": a.id, "name": or(o.Name, name), "timezone_id": or(o.Timezone, "1"), "currency": or(o.Currency, "EUR"), "country": country,
		"status": "ACTIVE", "message_template_namespace": "sandbox_" + a.id, "account_review_status": or(o.ReviewStatus, "APPROVED"),
		"business_verification_status": verified, "ownership_type": "SELF", "is_enabled_for_insights": o.Insights,
		"owner_business_info":                     map[string]any{"name": or(o.Name, name), "id": ownerID},
		"marketing_messages_onboarding_status":    or(o.Marketing, "ELIGIBLE"),
		"marketing_messages_lite_api_status":      or(o.Marketing, "ELIGIBLE"),
		"disable_marketing_messages_on_cloud_api": o.NoMarketing,
		"primary_funding_id":                      "500000000000001",
		"health_status":                           s.accountHealth(a.id),
	}
	if version >= 24 {
		object["whatsapp_business_manager_messaging_limit"] = s.tier(a.id)
	}
	return object
}

// ownerID is the id of the business portfolio, which the sandbox has one of.
const ownerID = "400000000000001"

// postAccount answers POST /{waba-id}: insights, which cannot be switched off
// again, and marketing messages on the Cloud API (cloud-api.md 6.4).
func (c *call) postAccount() (any, *refusal) {
	in := c.params()
	insights, noMarketing, spec := in["is_enabled_for_insights"], in["disable_marketing_messages_on_cloud_api"], in["degrees_of_freedom_spec"]
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.st.portfolio.office(c.account.id)
	switch {
	case insights == nil && noMarketing == nil && spec == nil:
		return nil, paramBad("One of the parameters is_enabled_for_insights, disable_marketing_messages_on_cloud_api, degrees_of_freedom_spec is required.")
	case insights != nil && truth(insights) != true:
		return nil, &refusal{code: 200006, details: "Template insights cannot be disabled once they are enabled."}
	case insights != nil:
		o.Insights = true
		s.changed()
		return map[string]any{"id": c.account.id}, nil
	case noMarketing != nil:
		o.NoMarketing = truth(noMarketing) == true
	}
	s.changed()
	return done, nil
}

// listNumbers answers GET /{waba-id}/phone_numbers, with filtering and sort.
func (c *call) listNumbers() (any, *refusal) {
	want := parseFields(c.query.Get("fields"))
	filters, bad := readFilters(c.query.Get("filtering"))
	if bad != nil {
		return nil, bad
	}
	c.s.mu.Lock()
	var objects []map[string]any
	for _, n := range c.s.st.each() {
		if n.cfg.WABAID == c.account.id {
			objects = append(objects, c.s.numberObject(n, c.account, c.version))
		}
	}
	c.s.mu.Unlock()
	if bad := sortObjects(objects, c.query.Get("sort")); bad != nil {
		return nil, bad
	}
	var all []map[string]any
	for _, o := range objects {
		if !slices.ContainsFunc(filters, func(f filter) bool { return !f.holds(o) }) {
			all = append(all, choose(o, want, numberDefaults...))
		}
	}
	return answerOf(paged(c, all))
}

// filter is one element of the parameter "filtering".
type filter struct {
	Field    string `json:"field"`
	Operator string `json:"operator"` // EQUAL, NOT_EQUAL, IN, CONTAIN
	Value    any    `json:"value"`
}

func readFilters(text string) ([]filter, *refusal) {
	if text == "" {
		return nil, nil
	}
	var all []filter
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, paramBad("Param filtering must be an array of objects with field, operator and value.")
	}
	for i, f := range all {
		if !slices.Contains([]string{"EQUAL", "NOT_EQUAL", "IN", "CONTAIN"}, f.Operator) {
			return nil, paramOneOf("filtering"+index(i)+"['operator']", []string{"EQUAL", "NOT_EQUAL", "IN", "CONTAIN"}, f.Operator)
		}
	}
	return all, nil
}

func (f filter) holds(object map[string]any) bool {
	have := asText(object[f.Field])
	switch f.Operator {
	case "EQUAL":
		return have == asText(f.Value)
	case "NOT_EQUAL":
		return have != asText(f.Value)
	case "CONTAIN":
		return strings.Contains(have, asText(f.Value))
	}
	list, _ := f.Value.([]any)
	return slices.ContainsFunc(list, func(v any) bool { return asText(v) == have })
}

// asText is a plain value as text.
func asText(v any) string {
	switch v := v.(type) {
	case bool:
		return boolText(v)
	case string:
		return v
	}
	b, _ := json.Marshal(v) // a number, or something no filter is for
	return string(b)
}

// sortObjects sorts numbers by "field_ascending" or "field_descending".
func sortObjects(all []map[string]any, by string) *refusal {
	if by == "" {
		return nil
	}
	field, down := strings.CutSuffix(strings.Trim(by, `[]"`), "_descending")
	if field = strings.TrimSuffix(field, "_ascending"); field != "creation_time" && field != "last_onboarded_time" {
		return paramOneOf("sort", []string{"creation_time_ascending", "creation_time_descending", "last_onboarded_time_ascending", "last_onboarded_time_descending"}, by)
	}
	if field == "last_onboarded_time" {
		slices.SortStableFunc(all, func(a, b map[string]any) int { return strings.Compare(textOf(a[field]), textOf(b[field])) })
	}
	if down {
		slices.Reverse(all)
	}
	return nil
}

// answerOf lets a typed answer pass as any.
func answerOf(m map[string]any, bad *refusal) (any, *refusal) {
	if bad != nil {
		return nil, bad
	}
	return m, nil
}

// filteredField is a field with filters in dot form: analytics.start(1).end(2).
type filteredField struct {
	name    string
	filters map[string]string
}

// filtered finds the fields that have filters, or may have.
func filtered(asked string) []filteredField {
	var all []filteredField
	for _, part := range splitFields(asked) {
		name, rest, _ := strings.Cut(part, ".")
		f := filteredField{strings.TrimSpace(name), map[string]string{}}
		for rest != "" {
			key, after, ok := strings.Cut(rest, "(")
			value, next, closed := strings.Cut(after, ")")
			if !ok || !closed {
				break
			}
			f.filters[strings.TrimPrefix(key, ".")] = value
			rest = next
		}
		all = append(all, f)
	}
	return all
}

// splitFields splits at the commas that are in no bracket.
func splitFields(s string) []string {
	var all []string
	depth, start := 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || s[i] == ',' && depth == 0:
			all = append(all, s[start:i])
			start = i + 1
		case strings.IndexByte("{([", s[i]) >= 0:
			depth++
		case strings.IndexByte("})]", s[i]) >= 0:
			depth--
		}
	}
	return all
}
