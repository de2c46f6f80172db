package api

import (
	"regexp"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// bsuidPattern is a business-scoped user id, or that of a parent account: the
// country, and up to 128 letters and digits (cloud-api.md 2.3).
var bsuidPattern = regexp.MustCompile(`^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$`)

// parseWho reads a person as callers write them: a phone number in any usual
// writing, a BSUID, or a contact_id. field names the member for the fault.
//
// A number is taken digit by digit and not "corrected" by any numbering plan:
// WhatsApp's own ids of Brazil, Mexico and Argentina keep digits that such
// plans drop, and a corrected number would be another person to us.
func parseWho(field, text string) (inbox.Whom, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "con_") {
		id, err := wa.ParseContactID(text)
		if err != nil {
			return inbox.Whom{}, noWho(field, "is not a contact_id: it has con_ and 13 more characters.")
		}
		return inbox.Whom{Contact: id}, nil
	}
	if bsuidPattern.MatchString(text) {
		return inbox.Whom{To: wa.Recipient{BSUID: wa.BSUID(text)}}, nil
	}
	phone, problem := parsePhone(text)
	if problem != "" {
		return inbox.Whom{}, noWho(field, problem)
	}
	return inbox.Whom{To: wa.Recipient{Phone: phone}}, nil
}

func noWho(field, detail string) error {
	return fault.Wrong("invalid_recipient", fault.Field{Name: field, Detail: detail})
}

// parsePhone takes +49 451 555-0100, 0049…, (451), 49451…; problem says why not.
func parsePhone(text string) (phone wa.Phone, problem string) {
	rest, international := strings.CutPrefix(text, "+")
	// "+49 (0)451 …": the zero in parentheses is dialled inside the country only.
	if international {
		rest = strings.Replace(rest, "(0)", "", 1)
	}
	digits := make([]byte, 0, 16)
	for _, c := range rest {
		switch {
		case '0' <= c && c <= '9':
			digits = append(digits, byte(c))
		case strings.ContainsRune(" -()./\u00a0\u2011", c):
		default:
			return "", "is not a phone number, BSUID or contact_id."
		}
		if len(digits) > 17 {
			return "", "has more digits than a phone number can have (15)."
		}
	}
	number := string(digits)
	if !international {
		number = strings.TrimPrefix(number, "00")
	}
	switch {
	case number == "":
		return "", "is not a phone number, BSUID or contact_id."
	case number[0] == '0':
		return "", "begins with 0: write the number with its country code, as +49 451 5550100."
	case len(number) < 7:
		return "", "has fewer digits than a phone number with country code (7)."
	case len(number) > 15:
		return "", "has more digits than a phone number can have (15)."
	}
	return wa.Phone(number), ""
}
