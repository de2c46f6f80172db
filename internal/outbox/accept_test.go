package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func TestFreeFormNeedsAnOpenWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		if f := h.refused(text(phone(1), "hi"), "window_closed"); f.Kind != fault.Conflict || !strings.Contains(f.Detail, "Nothing was sent") || !strings.Contains(f.Advice, "template") {
			t.Errorf("got %+v, want a conflict that says nothing was sent and names templates", f)
		}
		h.hears(phone(1))
		first := h.accept(text(phone(1), "hi"))
		r := text(phone(1), "")
		r.Content = wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: first.String(), Emoji: "👍"}}
		h.accept(r)
		start := time.Now()
		h.setClock(func() time.Time { return start.Add(24*time.Hour + time.Second) })
		h.refused(text(phone(1), "hi"), "window_closed")
		h.refused(r, "window_closed")
		if p := h.pending(); p.Queued != 2 {
			t.Errorf("got %+v, want the two accepted messages queued and no other", p)
		}
		if got := h.facts(journal.MessageAccepted, 0); len(got) != 2 {
			t.Errorf("got %d facts, want 2", len(got))
		}
	})
}

func TestAWindowCountsWhenTheMessageIsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.hears(phone(1))
		r := text(phone(1), "later")
		r.At = time.Now().Add(25 * time.Hour)
		h.refused(r, "window_closed")
		r.At = time.Now().Add(23 * time.Hour)
		h.accept(r)
	})
}

// Fifty callers with one key send one message and all get its receipt.
func TestAKeyCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.hears(phone(1))
		r := text(phone(1), "once")
		r.NumberID, r.Key = h.number.ID, "key"
		var mu sync.Mutex
		receipts := map[wa.MessageID]int{}
		fresh := 0
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				got, err := h.Accept(context.Background(), r)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if !got.Repeated {
					fresh++
				}
				got.Repeated = false
				receipts[got.MessageID]++
			})
		}
		all.Wait()
		if len(receipts) != 1 || fresh != 1 {
			t.Fatalf("got %v, %d of them new; want one message", receipts, fresh)
		}
		if p := h.pending(); p.Queued != 1 {
			t.Errorf("got %d queued, want 1", p.Queued)
		}
		r.Content.Text = &wa.Text{Body: "twice"}
		h.refused(r, "idempotency_mismatch")
		r.Key = "other"
		h.accept(r)
	})
}

// A refused message does not use its key up.
func TestAKeyOutlivesARefusal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s, func(p *outbox.Parts) { p.Limits.CustomerDaily = 1 })
		r := text(phone(1), "hi")
		r.Key = "key"
		h.refused(r, "window_closed")
		h.hears(phone(1))
		h.accept(text(phone(1), "the first"))
		wait, says := h.refused(r, "customer_daily_limit").Cause.(fault.Wait)
		if !says || wait.RetryIn() <= 0 || wait.RetryIn() > 24*time.Hour {
			t.Errorf("got %s to wait (%v), want until tomorrow", wait.RetryIn(), says)
		}
		start := time.Now()
		h.setClock(func() time.Time { return start.Add(24 * time.Hour) })
		h.hears(phone(1))
		h.accept(r)
	})
}

func TestDailyLimits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s, func(p *outbox.Parts) { p.Limits = outbox.Limits{CustomerDaily: 3, NumberDaily: 5} })
		h.hears(phone(1), phone(2), phone(3))
		var mu sync.Mutex
		codes := map[string]int{}
		send := func(to wa.Phone) {
			r := text(to, "hi")
			r.NumberID = h.number.ID
			_, err := h.Accept(context.Background(), r)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				codes["ok"]++
			} else {
				codes[fault.As(err).Code]++
			}
		}
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { send(phone(1)) })
		}
		all.Wait()
		if codes["ok"] != 3 || codes["customer_daily_limit"] != 7 {
			t.Fatalf("got %v, want 3 accepted and 7 beyond the customer's limit", codes)
		}
		for range 2 {
			all.Go(func() { send(phone(2)) })
			all.Go(func() { send(phone(3)) })
		}
		all.Wait()
		if codes["ok"] != 5 || codes["number_daily_limit"] != 2 {
			t.Fatalf("got %v, want 5 accepted in all and 2 beyond the number's limit", codes)
		}
		u, err := h.Usage(context.Background(), workspace, h.number.ID, time.Now(), 10)
		if err != nil || u.Sent != 5 || len(u.Customers) == 0 || u.Customers[0].Sent != 3 {
			t.Errorf("got %+v, %v; want 5 messages, 3 of them to the first customer", u, err)
		}
	})
}

func TestReferencesStayInTheirConversation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.hears(phone(1), phone(2))
		foreign := h.accept(text(phone(2), "of somebody else"))
		r := text(phone(1), "answer")
		for _, id := range []string{foreign.String(), "wamid.nobody", wa.MessageID(5).String()} {
			r.Content.Context = &wa.Context{ID: id}
			if f := h.refused(r, "invalid_message"); len(f.Fields) != 1 || f.Fields[0].Name != "context.message_id" {
				t.Errorf("%s: got %+v, want context.message_id named", id, f.Fields)
			}
		}
		own := h.accept(text(phone(1), "of this one"))
		r.Content.Context = &wa.Context{ID: own.String()}
		h.accept(r)
		if err := h.report(wa.StatusReport{Wamid: "wamid.own", Opaque: own.String(), Status: wa.StatusSent, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{own.String(), "wamid.own"} {
			r.Content.Context = &wa.Context{ID: id}
			if got := h.message(h.accept(r)).Content.Context.ID; got != "wamid.own" {
				t.Errorf("%s: got %s, want the wamid", id, got)
			}
		}
		reaction := text(phone(1), "")
		reaction.Content = wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: "wamid.own", Emoji: "👍"}}
		first := h.accept(reaction)
		reaction.Content.Reaction = &wa.Reaction{MessageID: first.String(), Emoji: "👍"}
		h.refused(reaction, "invalid_message")
	})
}

func TestTemplatesAreComparedWithTheirDefinition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		def := wa.TemplateDefinition{Name: "order", Language: "de", Category: "UTILITY", Status: "APPROVED", Components: []wa.DefinitionComponent{
			{Type: "BODY", Text: "Hallo {{1}}, Bestellung {{2}} ist fertig."}, {Type: "FOOTER", Text: "Ihr Laden"},
		}}
		paused := def
		paused.Language, paused.Status = "en", "PAUSED"
		h.write(func(tx txn.Tx) error {
			return s.Templates().Save(tx, []template.Entry{
				{ID: 1, WorkspaceID: workspace, WABAID: h.number.WABAID, Definition: def},
				{ID: 2, WorkspaceID: workspace, WABAID: h.number.WABAID, Definition: paused},
			})
		})
		send := func(language string, values ...string) outbox.Request {
			r := text(phone(1), "")
			body := wa.TemplateComponent{Type: "body"}
			for _, v := range values {
				body.Parameters = append(body.Parameters, wa.TemplateParameter{Type: "text", Text: v})
			}
			r.Content = wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{Name: "order", Language: wa.Language{Code: language}, Components: []wa.TemplateComponent{body}}}
			return r
		}
		if f := h.refused(send("fr", "a", "b"), "template_unknown"); !strings.Contains(f.Advice, "de, en") {
			t.Errorf("got %q, want the languages that exist", f.Advice)
		}
		if f := h.refused(send("en", "a", "b"), "template_not_approved"); !strings.Contains(f.Detail, "PAUSED") {
			t.Errorf("got %q, want its status", f.Detail)
		}
		if f := h.refused(send("de", "a"), "template_parameters"); len(f.Fields) != 1 || f.Fields[0].Limit != 2 || f.Fields[0].Length != 1 {
			t.Errorf("got %+v, want 2 values asked for and 1 given", f.Fields)
		}
		m := h.message(h.accept(send("de", "Ada", "17"))) // no window: a template may go at any time
		if r := m.Content.Rendered; r == nil || r.Body != "Hallo Ada, Bestellung 17 ist fertig." || r.Footer != "Ihr Laden" {
			t.Errorf("got %+v, want the text as the customer reads it", r)
		}
	})
}

func TestAcceptNamesWhatIsWrong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.hears(phone(1))
		for field, change := range map[string]func(*outbox.Request){
			"to":                       func(r *outbox.Request) { r.To = wa.Recipient{} },
			"biz_opaque_callback_data": func(r *outbox.Request) { r.Opaque = strings.Repeat("ü", 513) },
			"Idempotency-Key":          func(r *outbox.Request) { r.Key = strings.Repeat("k", 256) },
			"delay_seconds":            func(r *outbox.Request) { r.Delay = 6 * time.Second },
			"on_uncertain":             func(r *outbox.Request) { r.OnUncertain = "guess" },
			"text.body":                func(r *outbox.Request) { r.Content.Text = &wa.Text{} },
			"image.media_id": func(r *outbox.Request) {
				r.Content = wa.Content{Type: wa.TypeImage, Image: &wa.Media{MediaID: wa.MediaRef(wa.MediaID(43).String())}}
			},
			"video.media_id": func(r *outbox.Request) {
				r.Content = wa.Content{Type: wa.TypeVideo, Video: &wa.Media{MediaID: picture}}
			},
		} {
			r := text(phone(1), "hi")
			change(&r)
			if f := h.refused(r, "invalid_message"); len(f.Fields) != 1 || f.Fields[0].Name != field {
				t.Errorf("got %+v, want %s named", f.Fields, field)
			}
		}
		r := text(phone(1), "hi")
		r.NumberID, r.WorkspaceID = h.number.ID, 2
		if _, err := h.Accept(context.Background(), r); fault.As(err).Code != "number_unknown" {
			t.Errorf("got %v, want another workspace's number unknown", err)
		}
		r = text(phone(1), "hi")
		r.To, r.Contact = wa.Recipient{}, 12345
		h.refused(r, "contact_unknown")
	})
}

// Many callers at once are accepted in few transactions, each with its own answer.
func TestManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		var phones []wa.Phone
		for i := range 20 {
			phones = append(phones, phone(i))
		}
		h.hears(phones[:10]...)
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				r := text(phones[i%20], fmt.Sprint(i))
				r.NumberID = h.number.ID
				_, err := h.Accept(context.Background(), r)
				if open := i%20 < 10; (err == nil) != open {
					t.Errorf("message %d: got %v, want accepted %v", i, err, open)
				}
			})
		}
		all.Wait()
		if p := h.pending(); p.Queued != 100 {
			t.Errorf("got %d queued, want 100", p.Queued)
		}
	})
}
