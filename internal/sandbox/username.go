package sandbox

import (
	"regexp"
	"strings"
	"time"
)

// The form of a username (cloud-api.md 6.6).
var (
	usernameForm = regexp.MustCompile(`^[a-z0-9._]{3,35}$`)
	domainEnd    = regexp.MustCompile(`\.(com|net|org|info|biz|io|co|app|shop|store|online|de|br|in|uk|us|fr|es|it|mx|cn|ai|me)$`)
)

// badUsername tells why a username is not allowed, "" when it is.
func badUsername(name string) string {
	switch {
	case !usernameForm.MatchString(name):
		return "must have 3 to 35 characters of a-z, 0-9, period and underscore"
	case !strings.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz"):
		return "must have a letter"
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, ".."):
		return "must not start or end with a period, nor have two in a row"
	case strings.HasPrefix(name, "www"):
		return "must not start with www"
	case domainEnd.MatchString(name):
		return "must not end like a domain"
	}
	return ""
}

// getUsername answers GET /{phone-number-id}/username.
func (c *call) getUsername() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	d := c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	if d.Username == "" {
		return map[string]any{}, nil
	}
	return map[string]any{"username": d.Username, "status": d.UsernameSet}, nil
}

// postUsername answers POST /{phone-number-id}/username. It is reserved while
// the number is not connected, else approved.
func (c *call) postUsername() (any, *refusal) {
	in := c.params()
	name := strings.ToLower(textOf(in["username"]))
	if name == "" {
		return nil, paramMissing("username")
	}
	if why := badUsername(name); why != "" {
		return nil, paramBad("Param username %s.", why)
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	for _, n := range s.st.each() {
		other := s.st.portfolio.desk(n.cfg.PhoneNumberID)
		if n == c.number || other.Username != name {
			continue
		}
		if truth(in["force_transfer"]) != true {
			return nil, &refusal{code: 147005, details: "Another number of this portfolio has the username; give force_transfer to move it."}
		}
		other.Username, other.UsernameSet = "", ""
		s.tellUsername(n, "", "deleted")
	}
	for _, phone := range sortedKeys(s.st.customers) {
		if strings.EqualFold(s.st.customers[phone].Username, name) {
			return nil, &refusal{code: 147001, details: "The username is not available."}
		}
	}
	d.Username, d.UsernameSet = name, "approved"
	if d.status() != statusConnected {
		d.UsernameSet = "reserved"
	}
	s.tellUsername(c.number, name, d.UsernameSet)
	s.changed()
	return map[string]any{"status": d.UsernameSet}, nil
}

// deleteUsername answers DELETE /{phone-number-id}/username.
func (c *call) deleteUsername() (any, *refusal) {
	return c.atDesk(func(d *numberDesk, _ time.Time) *refusal {
		if d.Username == "" {
			return paramBad("The phone number has no username.")
		}
		d.Username, d.UsernameSet = "", ""
		c.s.tellUsername(c.number, "", "deleted")
		return nil
	})
}

// tellUsername sends business_username_update (cloud-api.md 2.7).
func (s *Sandbox) tellUsername(n *number, name, status string) {
	value := map[string]any{"display_phone_number": n.digits, "status": status}
	if name != "" {
		value["username"] = name
	}
	s.tell(n, "business_username_update", status, value)
}

// getUsernameSuggestions answers GET /{phone-number-id}/username_suggestions:
// made of the number's name.
func (c *call) getUsernameSuggestions() (any, *refusal) {
	var b strings.Builder
	for _, r := range strings.ToLower(c.number.cfg.VerifiedName) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "."):
			b.WriteByte('.')
		}
	}
	base := strings.Trim(b.String(), ".")
	if len(base) > 26 {
		base = strings.Trim(base[:26], ".")
	}
	var all []string
	for _, name := range []string{base, strings.ReplaceAll(base, ".", "_"), strings.ReplaceAll(base, ".", ""), base + "_official"} {
		if badUsername(name) == "" {
			all = append(all, name)
		}
	}
	return map[string]any{"data": []any{map[string]any{"username_suggestions": all}}}, nil
}
