package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/contact"
	"kontor/internal/inbox"
	"kontor/internal/meta"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
	"kontor/internal/webhook"
)

// book is the numbers that are connected at the moment.
type book struct{ numbers []*wa.Number }

func (b *book) All() []*wa.Number { return b.numbers }

type day struct{}

func (day) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }

func (day) Rules(wa.WorkspaceID) inbox.Rules { return inbox.DefaultRules() }

func (day) Home(wa.NumberID) wa.TeamID { return 0 }

func (day) Gone(wa.PersonID) bool { return false }

// archive is a door over a real inbox, one number of two connected.
type archive struct {
	*inbox.Inbox
	t       *testing.T
	store   *store.Store
	door    *webhook.Door
	server  *httptest.Server
	book    *book
	later   *wa.Number // connected by connect
	now     time.Time
	refuses error // what reacting to a notice answers
}

func newArchive(t *testing.T, s *store.Store) *archive {
	a := &archive{t: t, store: s, book: &book{}, now: noon}
	clock := func() time.Time { return a.now }
	first := &wa.Number{ID: 11, WorkspaceID: 1, PhoneNumberID: "101", WABAID: "11", Provider: "cloudapi", State: wa.NumberActive, AppSecret: "app one"}
	a.later = &wa.Number{ID: 12, WorkspaceID: 1, PhoneNumberID: "102", WABAID: "11", Provider: "cloudapi", State: wa.NumberActive, AppSecret: "app one"}
	a.write(func(tx txn.Tx) error {
		_, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 1, Slug: "default", Name: "House", SessionHours: 24, CreatedAt: noon})
		return err
	})
	a.connect(first)
	a.Inbox = inbox.New(inbox.Deps{
		Runner: s, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), s.Journal(), s.NewID, clock), Journal: s.Journal(), Settings: day{},
		Noticed: func(txn.Tx, inbox.Noted) error { return a.refuses }, NewID: s.NewID, Now: clock, Log: slog.New(slog.DiscardHandler),
	})
	a.door = &webhook.Door{Numbers: a.book, Intake: a.Inbox, Log: slog.New(slog.DiscardHandler), NewID: s.NewID, Now: clock, Keep: true}
	mux := http.NewServeMux()
	a.door.Mount(func(method, pattern string, h http.HandlerFunc) { mux.Handle(method+" "+pattern, h) })
	a.server = httptest.NewServer(mux)
	t.Cleanup(a.server.Close)
	return a
}

func (a *archive) write(f func(tx txn.Tx) error) {
	a.t.Helper()
	if err := a.store.Write(context.Background(), f); err != nil {
		a.t.Fatal(err)
	}
}

func (a *archive) connect(n *wa.Number) {
	a.t.Helper()
	a.write(func(tx txn.Tx) error { return a.store.Numbers().Insert(tx, n, noon) })
	a.book.numbers = append(a.book.numbers, n)
}

// comes posts a message to a number and wants it answered so.
func (a *archive) comes(number, wamid string, want int) []byte {
	a.t.Helper()
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"11","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"49","phone_number_id":%q},"contacts":[{"profile":{"name":"K"},"wa_id":"49151"}],
		"messages":[{"from":"49151","id":%q,"timestamp":"1795258800","type":"text","text":{"body":"hi"}}]}}]}]}`, number, wamid)
	a.posts(body, want)
	return body
}

func (a *archive) posts(body []byte, want int) {
	a.t.Helper()
	if got := post(a.t, a.server, own, body, meta.Sign([]byte("app one"), body)); got != want {
		a.t.Fatalf("got %d, want %d", got, want)
	}
}

func (a *archive) kept(s inbox.Span) []inbox.Raw {
	a.t.Helper()
	if s.Limit == 0 {
		s.Limit = 1000
	}
	raws, err := a.Raws(context.Background(), s)
	if err != nil {
		a.t.Fatal(err)
	}
	return raws
}

func (a *archive) replay(s inbox.Span) inbox.Replayed {
	a.t.Helper()
	sum, err := a.door.Replay(context.Background(), a.Inbox, s)
	if err != nil {
		a.t.Fatal(err)
	}
	sum.Last = 0
	return sum
}

func TestEveryWebhookIsKeptAsItCame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := newArchive(t, s)
		body := a.comes("101", "wamid.1", 200)
		a.comes("101", "wamid.1", 200) // Meta's second delivery is a POST of its own
		kept := a.kept(inbox.Span{})
		if len(kept) != 2 {
			t.Fatalf("got %d kept webhooks, want 2", len(kept))
		}
		if k := kept[0]; string(k.Body) != string(body) || k.SignerID != 11 || !k.ReceivedAt.Equal(noon) || k.ID >= kept[1].ID {
			t.Errorf("got %+v, want the webhook as it came", k)
		}
		latest, err := a.LatestRaws(context.Background(), 0, 1)
		if err != nil || len(latest) != 1 || latest[0].ID != kept[1].ID {
			t.Errorf("got %v, %v as the newest, want %d", latest, err, kept[1].ID)
		}
		a.door.Keep = false
		a.comes("101", "wamid.2", 200)
		if got := len(a.kept(inbox.Span{})); got != 2 {
			t.Errorf("got %d kept webhooks, want no third since none are kept", got)
		}
	})
}

func TestAWebhookThatIsNotTakenInIsNotKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := newArchive(t, s)
		a.refuses = errors.New("no job could be enqueued")
		notice := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"11","time":1795258800,"changes":[{"field":"account_update","value":{"event":"VERIFIED_ACCOUNT"}}]}]}`)
		a.posts(notice, 503)
		if got := len(a.kept(inbox.Span{})); got != 0 {
			t.Errorf("got %d kept webhooks, want none: nothing of it was stored", got)
		}
		a.posts([]byte(`{`), 400)
		if got := post(t, a.server, own, notice, meta.Sign([]byte("somebody's"), notice)); got != 401 {
			t.Errorf("got %d, want 401", got)
		}
		if got := len(a.kept(inbox.Span{})); got != 0 {
			t.Errorf("got %d kept webhooks, want none of a stranger", got)
		}
	})
}

func TestReplayTakesInWhatWasMissedAndNothingTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := newArchive(t, s)
		for n := range 130 { // more than one page
			a.comes("101", fmt.Sprint("wamid.", n), 200)
		}
		a.now = noon.Add(time.Hour)
		a.comes("102", "wamid.early", 200) // the number is not connected yet
		a.now = noon.Add(2 * time.Hour)

		want := inbox.Replayed{Webhooks: 131, Messages: 130, Unknown: 1}
		if got := a.replay(inbox.Span{}); got != want {
			t.Errorf("before the number is connected: got %+v, want %+v", got, want)
		}
		a.connect(a.later)
		for _, c := range []struct {
			name string
			span inbox.Span
			want inbox.Replayed
		}{
			{"before it came", inbox.Span{Until: noon.Add(time.Hour)}, inbox.Replayed{Webhooks: 130, Messages: 130}},
			{"for the other number", inbox.Span{Phone: "101"}, inbox.Replayed{Webhooks: 131, Messages: 130}},
			{"only so many", inbox.Span{Limit: 105}, inbox.Replayed{Webhooks: 105, Messages: 105}},
			{"since it came", inbox.Span{Since: noon.Add(time.Hour)}, inbox.Replayed{Webhooks: 1, Messages: 1, Fresh: 1}},
			{"once more", inbox.Span{}, inbox.Replayed{Webhooks: 131, Messages: 131}},
		} {
			if got := a.replay(c.span); got != c.want {
				t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
			}
		}
		views, err := a.List(context.Background(), inbox.Filter{WorkspaceID: 1, Tab: inbox.TabUnassigned, Limit: 10})
		if err != nil || len(views) != 2 {
			t.Fatalf("got %d conversations, %v, want 2", len(views), err)
		}
		if got := len(a.kept(inbox.Span{})); got != 131 {
			t.Errorf("got %d kept webhooks, want 131: taking in again keeps nothing", got)
		}
		a.book.numbers = a.book.numbers[1:] // the signer is gone
		if got, want := a.replay(inbox.Span{Limit: 3}), (inbox.Replayed{Webhooks: 3, Orphaned: 3}); got != want {
			t.Errorf("without the signer: got %+v, want %+v", got, want)
		}
	})
}
