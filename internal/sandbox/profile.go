package sandbox

import (
	"io"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strings"
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
	{path: "profile_picture_handle", kind: text, min: 1},
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
	if text := textOf(object["picture"]); text != "" {
		object["profile_picture_url"] = c.s.base(c.r) + "/sandbox/numbers/" + c.number.cfg.PhoneNumberID + "/photo?v=" + text[:min(8, len(text))]
	}
	object = choose(object, parseFields(c.query.Get("fields")), append([]string{"profile_picture_url"}, profileMembers...)...)
	object["messaging_product"] = "whatsapp"
	return map[string]any{"data": []any{object}}, nil
}

// postProfile answers POST of the same edge; members not given stay.
func (c *call) postProfile() (any, *refusal) {
	if bad := check(c.body, profileRules); bad != nil {
		return nil, bad
	}
	if bad := oneMember(c.body, append([]string{"profile_picture_handle"}, profileMembers...)); bad != nil {
		return nil, bad
	}
	c.s.mu.Lock()
	profile := map[string]any{}
	maps.Copy(profile, c.number.Profile)
	if h := textOf(c.body["profile_picture_handle"]); h != "" {
		photo := c.s.st.handle(h)
		if photo == nil || !strings.HasPrefix(photo.Type, "image/") {
			c.s.mu.Unlock()
			return nil, paramBad("Param profile_picture_handle is not the handle of an uploaded image.")
		}
		profile["picture"], profile["picture_type"] = photo.SHA256, photo.Type
	}
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

// oneMember refuses a call that changes nothing.
func oneMember(in map[string]any, names []string) *refusal {
	if slices.ContainsFunc(names, func(name string) bool { return in[name] != nil }) {
		return nil
	}
	return paramBad("One of the parameters %s is required.", listed(names))
}

// getPhoto answers GET /sandbox/numbers/{id}/photo: what profile_picture_url
// leads to, without a token.
func (s *Sandbox) getPhoto(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	sum, kind := "", ""
	if n := s.st.numbers[r.PathValue("id")]; n != nil {
		sum, kind = textOf(n.Profile["picture"]), textOf(n.Profile["picture_type"])
	}
	s.mu.Unlock()
	if sum == "" {
		problem(w, http.StatusNotFound, "no_photo", "the number has no profile photo")
		return
	}
	f, err := s.blobs.open(sum)
	if err != nil {
		problem(w, http.StatusNotFound, "no_photo", "the photo is gone")
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.Copy(w, f)
}
