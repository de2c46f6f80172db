package onprem

import (
	"strings"

	"kontor/internal/wa"
)

// checkContacts answers as versions from 2.43 on did: every plausible number is
// valid (on-premises-api.md 3.1). The Cloud API cannot be asked, and what it
// said of a number before is used.
func (c *call) checkContacts() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	blocking := body.text("blocking")
	switch blocking {
	case "", "wait", "no_wait":
	default:
		body.wrong("blocking", "it must be wait or no_wait.")
	}
	body.boolean("force_check")
	if !body.has("contacts") {
		body.ignore("contacts")
		body.missing("contacts")
	}
	list := body.list("contacts")
	inputs := make([]string, 0, len(list))
	for _, one := range list {
		s, ok := one.(string)
		if !ok {
			body.wrong("contacts", "it must be an array of texts.")
			break
		}
		inputs = append(inputs, s)
	}
	if len(list) > maxContacts {
		body.wrong("contacts", "it has too many entries.")
	}
	if err := body.end(); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(inputs))
	for _, input := range inputs {
		one := map[string]any{"input": input, "status": "invalid"}
		if phone, ok := normalise(input); ok {
			waID, err := c.People.WaID(c.ctx(), c.facade.WorkspaceID, phone)
			if err != nil {
				return nil, err
			}
			one["status"], one["wa_id"] = "valid", string(waID)
		}
		out = append(out, one)
	}
	return tell("contacts", out), nil
}

const maxContacts = 10_000

// normalise reads a phone number in any writing: +49 451…, 0049…, (49) 451….
// plausible is false for what cannot be a number with its country code.
func normalise(input string) (phone wa.Phone, plausible bool) {
	rest, international := strings.CutPrefix(strings.TrimSpace(input), "+")
	if international {
		rest = strings.Replace(rest, "(0)", "", 1)
	}
	digits := make([]byte, 0, 20)
	for _, r := range rest {
		switch {
		case '0' <= r && r <= '9':
			digits = append(digits, byte(r))
		case strings.ContainsRune(" -()./\u00a0\u2011", r):
		default:
			return "", false
		}
		if len(digits) > 17 {
			return "", false
		}
	}
	s := string(digits)
	if !international {
		s = strings.TrimPrefix(s, "00")
	}
	if len(s) < 7 || len(s) > 15 || s[0] == '0' {
		return "", false
	}
	return wa.Phone(s), true
}
