package api

import (
	"testing"

	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

func TestParseWho(t *testing.T) {
	phone := func(p wa.Phone) inbox.Whom { return inbox.Whom{To: wa.Recipient{Phone: p}} }
	bsuid := func(b wa.BSUID) inbox.Whom { return inbox.Whom{To: wa.Recipient{BSUID: b}} }
	id := wa.ContactID(77)
	for text, want := range map[string]inbox.Whom{
		"+49 451 5550100":      phone("494515550100"),
		"494515550100":         phone("494515550100"),
		" 494515550100 ":       phone("494515550100"),
		"0049 (451) 555-0100":  phone("494515550100"),
		"+49 (0)451 5550100":   phone("494515550100"),
		"+49.451/555.0100":     phone("494515550100"),
		"+1 (555) 000-0001":    phone("15550000001"),
		"+52 1 55 1234 5678":   phone("5215512345678"), // Mexico's old form stays as WhatsApp writes it
		"+55 11 91234-5678":    phone("5511912345678"),
		"DE.13491208655302741": bsuid("DE.13491208655302741"),
		"US.ENT.118972":        bsuid("US.ENT.118972"),
		id.String():            {Contact: id},
	} {
		got, err := parseWho("to", text)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "+", "abc", "0451 5550100", "+0451", "12345", "1234567890123456", "+49451555010000000000", "con_", "con_0000000000000",
		"de.1349", "DE.", "DE.12 34", "DEU.1", "+49451555x", "４９４５１５５５０１００", "49+4515550100", "+49 451 5550100; drop",
	} {
		got, err := parseWho("to", text)
		f := fault.As(err)
		if err == nil || f.Code != "invalid_recipient" || len(f.Fields) != 1 || f.Fields[0].Name != "to" {
			t.Errorf("%q: got %+v, %v, want invalid_recipient about to", text, got, err)
		}
	}
}

func FuzzParseWho(f *testing.F) {
	for _, s := range []string{"+49 451 5550100", "DE.1349", "con_0000000000001", "+49 (0)451", "00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		who, err := parseWho("to", s)
		if err != nil {
			return
		}
		for _, c := range who.To.Phone {
			if c < '0' || c > '9' {
				t.Fatalf("%q: got the number %q", s, who.To.Phone)
			}
		}
		if n := len(who.To.Phone); who.Contact == 0 && who.To.BSUID == "" && (n < 7 || n > 15 || who.To.Phone[0] == '0') {
			t.Fatalf("%q: got the number %q", s, who.To.Phone)
		}
	})
}
