package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"kontor/internal/account"
	"kontor/internal/callback"
	"kontor/internal/wa"
)

// signIn makes a person and a session for them.
func (s *shop) signIn(ws wa.WorkspaceID, name string, role account.Role) (account.Person, string) {
	s.t.Helper()
	ctx := context.Background()
	p, err := s.app.Accounts.CreatePerson(ctx, ws, account.NewPerson{Name: name, Email: strings.ToLower(name) + "@shop.example", Role: role})
	if err != nil {
		s.t.Fatal(err)
	}
	link, err := s.app.Accounts.NewLink(ctx, ws, p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	session, err := s.app.Accounts.SignIn(ctx, link.Token.Reveal(), account.Arrival{})
	if err != nil {
		s.t.Fatal(err)
	}
	return p, "cookie " + session.Token.Reveal()
}

// ear is a subscriber that remembers everything it was told.
type ear struct {
	*httptest.Server
	mu   sync.Mutex
	told []string
}

func newEar(t *testing.T) *ear {
	e := &ear{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if challenge := r.URL.Query().Get("hub.challenge"); challenge != "" {
			io.WriteString(rw, challenge)
			return
		}
		raw, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.told = append(e.told, string(raw))
		e.mu.Unlock()
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *ear) heard(what string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, told := range e.told {
		if strings.Contains(told, what) {
			return true
		}
	}
	return false
}

// TestANoteNeverLeaves has colleagues write notes while subscribers of every
// dialect listen to all that there is, and looks through all that went out.
func TestANoteNeverLeaves(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx, ws := context.Background(), s.app.Workspace.ID
		const customer, secret = "4915112345678", "hush-hush"
		n := s.app.Numbers.All()[0]
		if _, err := s.app.EnableOnPrem(ctx, n, nil); err != nil {
			t.Fatal(err)
		}
		ears := map[string]*ear{}
		for _, dialect := range []string{"kontor", "cloud-api", "on-premises"} {
			e := newEar(t)
			d := callback.Draft{Name: dialect, URL: e.URL, Dialect: dialect, Events: []string{"*"}, Secret: wa.Secret(strings.Repeat("s3cret", 6)), VerifyToken: "v"}
			if dialect == "on-premises" {
				d.NumberID, d.Secret, d.VerifyToken = n.ID, "", ""
			}
			if _, err := s.app.Callbacks.Create(ctx, ws, d); err != nil {
				t.Fatal(dialect, err)
			}
			ears[dialect] = e
		}
		ana, session := s.signIn(ws, "Ana", account.Agent)
		s.says(customer, "begin", "")
		s.until("the customer's conversation", func() bool { return len(s.list("queue/pending")) == 1 })

		first := s.callAs(session, "POST", "conversations/"+customer+"/notes", map[string]any{"text": secret, "mentions": []string{ana.ID.String()}}, 201).body["note_id"].(string)
		second := s.callAs(session, "POST", "conversations/"+customer+"/notes", map[string]any{"text": secret + " again"}, 201).body["note_id"].(string)
		s.callAs(session, "PATCH", "notes/"+first, map[string]any{"text": secret + " changed"}, 200)
		s.callAs(session, "DELETE", "notes/"+second, nil, 204)
		if got := s.callAs(session, "GET", "conversations/"+customer+"/timeline", nil, 200).raw; !strings.Contains(got, secret) {
			t.Fatalf("got %s, want colleagues to see the note", got)
		}
		// What comes after the notes in the same conversation: once it was told, all before it was.
		s.callAs(session, "POST", "send/text", map[string]any{"to": customer, "text": "the end"}, 202)
		s.says(customer, "bye", "")
		for dialect, what := range map[string]string{"kontor": "bye", "cloud-api": "bye", "on-premises": "bye"} {
			s.until(dialect+" heard the last message", func() bool { return ears[dialect].heard(what) })
		}
		s.until("it is delivered", func() bool { return ears["kontor"].heard(`"delivered"`) })

		for dialect, e := range ears {
			for _, what := range []string{secret, "nte_", "note"} {
				if e.heard(what) {
					t.Errorf("%s was told of %q: %v", dialect, what, e.told)
				}
			}
		}
		if shown := strings.Join(s.got(customer), "|"); strings.Contains(shown, secret) || !strings.Contains(shown, "the end") {
			t.Errorf("the customer's phone shows %q, want the message and no note", shown)
		}
		for _, path := range []string{"log", "customers/" + customer + "/messages"} {
			if r := s.ask("", "GET", s.meta+"/sandbox/"+path, nil); strings.Contains(r.raw, secret) {
				t.Errorf("WhatsApp's side shows the note in %s", path)
			}
		}
		for _, path := range []string{"conversations/" + customer + "/history", "conversations", "queue/pending", "conversations/" + customer, "messages?status=failed", "webhooks"} {
			if r := s.call("GET", path, nil, 200); strings.Contains(r.raw, secret) {
				t.Errorf("%s shows the note: %s", path, r.raw)
			}
		}
		s.call("GET", "messages/"+first, nil, 404)
		s.call("GET", "messages/msg_"+strings.TrimPrefix(first, "nte_"), nil, 404)
		s.call("POST", "send/reaction", map[string]any{"to": customer, "reaction": map[string]any{"message_id": first, "emoji": "👍"}}, 422)
	})
}

// TestTheGreetingHeedsThePause has a person write first.
func TestTheGreetingHeedsThePause(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		s.call("PATCH", "workspace", map[string]any{"greeting": "Willkommen"}, 200)
		_, session := s.signIn(s.app.Workspace.ID, "Ana", account.Agent)
		const greeted, handled = "4915112345600", "4915112345601"
		s.says(greeted, "hi", "")
		s.until("a stranger is greeted", func() bool { return strings.Contains(strings.Join(s.got(greeted), "|"), "Willkommen") })

		s.callAs(session, "POST", "send/template", map[string]any{"to": handled, "template": map[string]any{
			"name": "order_status_update", "language": map[string]any{"code": "de"},
			"components": []any{map[string]any{"type": "body", "parameters": []any{map[string]any{"type": "text", "text": "1"}, map[string]any{"type": "text", "text": "2"}}}}}}, 202)
		s.until("the template is there", func() bool { return len(s.got(handled)) == 1 })
		s.says(handled, "thanks", "")
		// Behind it in the journal: whoever opens next is greeted after it was decided.
		s.until("the answer is there", func() bool { return len(s.list("conversations/"+handled+"/history")) == 2 })
		const next = "4915112345602"
		s.says(next, "hi", "")
		s.until("the next one is greeted", func() bool { return strings.Contains(strings.Join(s.got(next), "|"), "Willkommen") })
		if got := s.got(handled); len(got) != 1 {
			t.Errorf("got %q, want no greeting while a person has the conversation in hand", got)
		}
		if got := s.call("GET", "conversations/"+handled, nil, 200).body["automation"].(map[string]any)["state"]; got != "paused" {
			t.Errorf("got %v, want paused", got)
		}
	})
}
