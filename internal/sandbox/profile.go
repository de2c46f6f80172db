package sandbox

import (
	"maps"
	"net/mail"
)

// profileRules are the limits of a business profile (cloud-api.md 4.4, 6.6).
var profileRules = []rule{
	{path: "messaging_product", kind: text, need: true, oneOf: []string{"whatsapp"}},
	{path: "about", kind: text, min: 1, max: 139},
	{path: "address", kind: text, max: 256},
	{path: "description", kind: text, max: 512},
	{path: "email", kind: text, max: 128, also: isMail},
	{path: "vertical", kind: text, oneOf: []string{
		"UNDEFINED", "OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL",
		"HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL", "ONLINE_GAMBLING",
		"PHYSICAL_GAMBLING", "OTC_DRUGS", "NOT_A_BIZ",
	}},
	{path: "websites", kind: list, max: 2},
	{path: "websites[]", kind: text, max: 256, also: isHTTP},
	{path: "profile_picture_handle", refused: true}, // comes from a resumable upload, which the sandbox does not have
}

func isMail(v any, at string) *refusal {
	if s := textOf(v); s != "" {
		if _, err := mail.ParseAddress(s); err != nil {
			return refuse(codeValue, "%s: must be an e-mail address", at)
		}
	}
	return nil
}

var profileMembers = []string{"about", "address", "description", "email", "vertical", "websites"}

// getProfile answers GET /{phone-number-id}/whatsapp_business_profile: always
// an array of one.
func (c *call) getProfile() (any, *refusal) {
	c.s.mu.Lock()
	object := maps.Clone(c.number.Profile)
	c.s.mu.Unlock()
	if object == nil {
		object = map[string]any{}
	}
	object = choose(object, parseFields(c.query.Get("fields")), profileMembers...)
	object["messaging_product"] = "whatsapp"
	return map[string]any{"data": []any{object}}, nil
}

// postProfile answers POST of the same edge; members not given stay.
func (c *call) postProfile() (any, *refusal) {
	if bad := check(c.body, profileRules); bad != nil {
		return nil, bad
	}
	c.s.mu.Lock()
	profile := map[string]any{}
	maps.Copy(profile, c.number.Profile)
	for _, name := range profileMembers {
		if v, ok := c.body[name]; ok {
			profile[name] = v
		}
	}
	c.number.Profile = profile
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}
