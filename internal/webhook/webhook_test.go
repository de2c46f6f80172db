package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/meta"
	"kontor/internal/wa"
	"kontor/internal/webhook"
)

// register is four numbers: two of workspace 1 (one of them in a team), one of
// workspace 2 under another app, and one that has no secrets yet.
type register struct{}

var numbers = []*wa.Number{
	{ID: 1, WorkspaceID: 1, PhoneNumberID: "101", WABAID: "11", AppSecret: "app one", VerifyToken: "token one"},
	{ID: 2, WorkspaceID: 1, TeamID: 7, PhoneNumberID: "102", WABAID: "11", AppSecret: "app one", VerifyToken: "token one"},
	{ID: 3, WorkspaceID: 2, PhoneNumberID: "201", WABAID: "21", AppSecret: "app two", VerifyToken: "token two"},
	{ID: 4, WorkspaceID: 2, PhoneNumberID: "202", WABAID: "22"},
}

func (register) All() []*wa.Number { return numbers }

func (register) Team(_ context.Context, tenant, team string) (wa.WorkspaceID, wa.TeamID, bool) {
	switch tenant + "/" + team {
	case "one/default":
		return 1, 0, true
	case "one/sales":
		return 1, 7, true
	case "two/default":
		return 2, 0, true
	}
	return 0, 0, false
}

// ledger keeps what would be stored.
type ledger struct {
	taken []*inbox.Delivery
	err   error
}

func (l *ledger) Take(_ context.Context, d *inbox.Delivery) error {
	if l.err == nil {
		l.taken = append(l.taken, d)
	}
	return l.err
}

const (
	own      = "/api/v1/whatsapp/webhook"
	oneTeam0 = "/webhook/whatsapp/one/default"
	oneSales = "/webhook/whatsapp/one/sales"
	two      = "/webhook/whatsapp/two/default"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func door(t *testing.T) (*httptest.Server, *ledger) {
	l := &ledger{}
	id := int64(0)
	d := &webhook.Door{
		Numbers: register{}, Tenants: register{}, Intake: l, Log: slog.New(slog.DiscardHandler),
		NewID: func() int64 { id++; return id }, Now: func() time.Time { return noon },
	}
	mux := http.NewServeMux()
	d.Mount(func(method, pattern string, h http.HandlerFunc) { mux.Handle(method+" "+pattern, h) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, l
}

// webhookTo is a text to a number, perhaps in a group.
func webhookTo(number, more string) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"11","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"49","phone_number_id":%q},"contacts":[{"profile":{"name":"K"},"wa_id":"49151"}],
		"messages":[{"from":"49151","id":"wamid.1","timestamp":"1795000000","type":"text","text":{"body":"hi"}%s}]}}]}]}`, number, more)
}

func post(t *testing.T, s *httptest.Server, path string, body []byte, header string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		req.Header.Set(meta.SignatureHeader, header)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestASignatureSpeaksForItsOwnNumbersOnly(t *testing.T) {
	for name, c := range map[string]struct {
		path, number, secret string
		want                 int
		taken                wa.NumberID // 0: quarantined
	}{
		"the number's own secret":             {own, "101", "app one", 200, 1},
		"another number of the same app":      {own, "102", "app one", 200, 2},
		"another tenant's secret":             {own, "201", "app one", 200, 0},
		"a number that nobody has":            {own, "999", "app one", 200, 0},
		"a number without a secret":           {own, "202", "app two", 200, 0},
		"no secret at all":                    {own, "202", "", 401, 0},
		"a secret that nobody has":            {own, "101", "app three", 401, 0},
		"the tenant's own address":            {oneTeam0, "101", "app one", 200, 1},
		"a team's address":                    {oneSales, "102", "app one", 200, 2},
		"a team's address, another team":      {oneSales, "101", "app one", 200, 0},
		"another tenant's address":            {two, "101", "app one", 401, 0},
		"another tenant's address and secret": {two, "101", "app two", 200, 0},
		"an address of a tenant that is none": {"/webhook/whatsapp/three/default", "101", "app one", 401, 0},
		"an address of a team that is none":   {"/webhook/whatsapp/one/none", "101", "app one", 401, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := door(t)
			body := webhookTo(c.number, "")
			if got := post(t, s, c.path, body, meta.Sign([]byte(c.secret), body)); got != c.want {
				t.Fatalf("got %d, want %d", got, c.want)
			}
			switch {
			case c.want != 200 && len(l.taken) != 0:
				t.Errorf("got %+v stored, want nothing", l.taken[0])
			case c.want == 200 && c.taken == 0:
				if d := l.taken[0]; len(d.Received) != 0 || len(d.Unknown) != 1 || d.Unknown[0].Reason != "number_unknown" {
					t.Errorf("got %+v, want it in quarantine", d)
				}
			case c.want == 200:
				if d := l.taken[0]; len(d.Received) != 1 || len(d.Unknown) != 0 || d.Received[0].Number.ID != c.taken {
					t.Errorf("got %+v, want it received by number %d", d, c.taken)
				}
			}
		})
	}
}

func TestTheSignatureIsLookedAtFirst(t *testing.T) {
	s, l := door(t)
	for name, c := range map[string]struct {
		body   []byte
		header string
		want   int
	}{
		"no header":            {webhookTo("101", ""), "", 401},
		"a short header":       {webhookTo("101", ""), "sha256=abcd", 401},
		"an empty secret's":    {webhookTo("202", ""), meta.Sign(nil, webhookTo("202", "")), 401},
		"not JSON, unsigned":   {[]byte("{"), "", 401},
		"not JSON, signed":     {[]byte("{"), meta.Sign([]byte("app one"), []byte("{")), 400},
		"too large":            {bytes.Repeat([]byte(" "), webhook.MaxBody+1), "", 413},
		"one byte was changed": {webhookTo("101", " "), meta.Sign([]byte("app one"), webhookTo("101", "")), 401},
	} {
		t.Run(name, func(t *testing.T) {
			if got := post(t, s, own, c.body, c.header); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
	if len(l.taken) != 0 {
		t.Errorf("got %d deliveries, want none", len(l.taken))
	}
}

func TestAGroupIsNoConversationWithItsMember(t *testing.T) {
	s, l := door(t)
	body := webhookTo("101", `,"group_id":"G1"`)
	if got := post(t, s, own, body, meta.Sign([]byte("app one"), body)); got != 200 {
		t.Fatalf("got %d, want 200: WhatsApp must not repeat it for ever", got)
	}
	d := l.taken[0]
	if len(d.Received) != 0 || len(d.Unknown) != 1 || d.Unknown[0].Reason != "group_not_supported" || !bytes.Contains(d.Unknown[0].Body, []byte("hi")) {
		t.Errorf("got %+v, want it kept aside with its reason", d)
	}
}

func TestWhatWasNotStoredIsNotAcknowledged(t *testing.T) {
	s, l := door(t)
	l.err = errors.New("disk full")
	body := webhookTo("101", "")
	if got := post(t, s, own, body, meta.Sign([]byte("app one"), body)); got != 503 {
		t.Errorf("got %d, want 503, after which WhatsApp delivers again", got)
	}
}

func TestTheHandshakeAnswersKnownTokensOnly(t *testing.T) {
	s, _ := door(t)
	for name, c := range map[string]struct {
		path, mode, token string
		want              int
	}{
		"a number's token":         {own, "subscribe", "token one", 200},
		"another's":                {own, "subscribe", "token two", 200},
		"nobody's":                 {own, "subscribe", "token", 403},
		"the empty one":            {own, "subscribe", "", 403},
		"another mode":             {own, "unsubscribe", "token one", 403},
		"the tenant's":             {oneTeam0, "subscribe", "token one", 200},
		"another tenant's":         {oneTeam0, "subscribe", "token two", 403},
		"of a tenant that is none": {"/webhook/whatsapp/x/default", "subscribe", "token one", 403},
	} {
		t.Run(name, func(t *testing.T) {
			q := url.Values{"hub.mode": {c.mode}, "hub.verify_token": {c.token}, "hub.challenge": {"<b>42"}}
			resp, err := s.Client().Get(s.URL + c.path + "?" + q.Encode())
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != c.want {
				t.Fatalf("got %d, %v, want %d", resp.StatusCode, err, c.want)
			}
			if c.want == 200 && (string(body) != "<b>42" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain")) {
				t.Errorf("got %q as %s, want the bare challenge as text that no browser runs", body, resp.Header.Get("Content-Type"))
			}
		})
	}
}
