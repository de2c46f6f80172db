package graph

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

type soon time.Duration

func (s soon) Error() string          { return "soon" }
func (s soon) RetryIn() time.Duration { return time.Duration(s) }

// What cannot be brought about from outside at will.
func TestGraphErrorsOfFaults(t *testing.T) {
	evening := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	c := &call{g: &Gateway{Deps: Deps{Now: func() time.Time { return evening }}}, w: httptest.NewRecorder(), r: httptest.NewRequest(http.MethodPost, "/v25.0/1/messages", nil)}
	for _, tc := range []struct {
		name         string
		err          error
		status, code int
		wait         time.Duration
	}{
		{"a busy store", fault.New(fault.Limited, "store_busy", "Busy.", ""), 429, 130429, time.Second},
		{"a busy store that knows how long", fault.New(fault.Limited, "store_busy", "Busy.", "").Because(soon(3 * time.Second)), 429, 130429, 3 * time.Second},
		{"the day's limit", fault.New(fault.Limited, "number_daily_limit", "Enough.", ""), 429, 130429, time.Hour},
		{"another limit", fault.New(fault.Limited, "new_limit", "Enough.", ""), 429, 130429, time.Second},
		{"no database", fault.New(fault.Unavailable, "store_unavailable", "Away.", ""), 503, 2, 5 * time.Second},
		{"nobody knows", errors.New("a secret of ours"), 500, 131000, 0},
		{"a new refusal", fault.New(fault.Invalid, "new_rule", "No.", ""), 400, 100, 0},
		{"WhatsApp is away", &wa.Failure{Class: wa.ClassBackoff, Cause: errors.New("refused")}, 503, 2, 5 * time.Second},
		{"WhatsApp's limit", &wa.Failure{Class: wa.ClassPauseNumber, Problem: wa.Problem{Code: 130429, Title: "Rate limit hit"}, Status: 400}, 400, 130429, 0},
		{"WhatsApp refuses", &wa.Failure{Class: wa.ClassNever, Problem: wa.Problem{Code: 131009, Details: "no"}, Status: 400}, 400, 131009, 0},
		{"the number's token", &wa.Failure{Class: wa.ClassToken, Problem: wa.Problem{Code: 190, Title: "expired EAAsecret"}, Status: 401}, 403, 10, 0},
		{"no window for a person without number", fault.Wrong("recipient_needs_phone", fault.Field{Name: "to", Detail: "x"}), 400, 131062, 0},
		{"disabled", fault.New(fault.Conflict, "template_disabled", "No.", ""), 400, 132016, 0},
		{"too long once filled in", fault.Wrong("template_parameters", fault.Field{Name: "template.components", Limit: 1024, Length: 2000}), 400, 132005, 0},
		{"a button without its component", fault.Wrong("template_parameters", fault.Field{Name: "template.components", Detail: "The button needs one."}), 400, 131008, 0},
		{"too many cards", fault.Wrong("template_parameters", fault.Field{Name: "template.components[0].cards", Limit: 2, Length: 3}), 400, 132000, 0},
	} {
		e, status, wait := c.graphError(tc.err)
		if status != tc.status || int(e.Code) != tc.code || wait != tc.wait {
			t.Errorf("%s: got %d with %d after %v, want %d with %d after %v", tc.name, status, e.Code, wait, tc.status, tc.code, tc.wait)
		}
		for _, text := range []string{e.Message, e.ErrorData.Details} {
			if text == "" || strings.Contains(text, "secret") {
				t.Errorf("%s: got %q", tc.name, text)
			}
		}
	}
}

// The outbox has one fault for all that is wrong with a message; its texts tell
// what is missing. This holds them together.
func TestWhatTheOutboxMissesIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		content wa.Content
		code    int
	}{
		"no payload":     {wa.Content{Type: wa.TypeText}, 131008},
		"empty text":     {wa.Content{Type: wa.TypeText, Text: &wa.Text{}}, 131008},
		"no file":        {wa.Content{Type: wa.TypeImage, Image: &wa.Media{}}, 131008},
		"no name":        {wa.Content{Type: wa.TypeContacts, Contacts: []wa.ContactCard{{Name: wa.ContactName{FirstName: "Ida"}}}}, 131008},
		"no action":      {wa.Content{Type: wa.TypeInteractive, Interactive: &wa.Interactive{Type: "button", Body: &wa.TextPart{Text: "x"}}}, 131008},
		"no target":      {wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{Emoji: "👍"}}, 131008},
		"no such type":   {wa.Content{Type: "hologram"}, 131051},
		"a wrong degree": {wa.Content{Type: wa.TypeLocation, Location: &wa.Location{Latitude: 91}}, 131009},
		"a wrong link":   {wa.Content{Type: wa.TypeImage, Image: &wa.Media{Link: "ftp://x"}}, 131009},
	} {
		fields := outbox.Check(&c.content)
		if len(fields) == 0 || messageCode(fields[0]) != c.code {
			t.Errorf("%s: got %+v, want %d", name, fields, c.code)
		}
	}
}

// Every code that the table answers is one of Meta's.
func TestTheTableKnowsMetasCodesOnly(t *testing.T) {
	for name, r := range table {
		if _, known := meta.LookupError(r.code); !known {
			t.Errorf("%s: %d is no code of Meta's", name, r.code)
		}
	}
}

func TestFieldsThatMayPass(t *testing.T) {
	for _, c := range []struct {
		asked []string
		may   map[string]bool
		want  string
	}{
		{[]string{"id,name, status"}, templateFields, "id,name,status"},
		{[]string{`["id","name"]`}, templateFields, "id,name"},
		{[]string{"id", "name"}, templateFields, "id,name"},
		{[]string{"owner_business_info{id},on_behalf_of_business_info"}, accountFields, "id"},
		{[]string{"analytics.start(1).end(2).phone_numbers([]),name{x}"}, accountFields, "analytics.start(1).end(2).phone_numbers([])"},
		{[]string{"health_status{can_send_message},whatsapp_business_account{phone_numbers}"}, numberFields, "health_status{can_send_message}"},
		{[]string{"anything,goes{not}"}, anyField, "anything"},
		{[]string{""}, numberFields, "id"},
		{[]string{"a{b,c},id"}, numberFields, "id"},
	} {
		if got := allowed(c.asked, c.may); got != c.want {
			t.Errorf("%q: got %q, want %q", c.asked, got, c.want)
		}
	}
}
