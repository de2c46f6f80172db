package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/account"
	"kontor/internal/api"
	"kontor/internal/blob/disk"
	"kontor/internal/contact"
	"kontor/internal/desk"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/number"
	"kontor/internal/outbox"
	"kontor/internal/presence"
	"kontor/internal/provider"
	"kontor/internal/routing"
	"kontor/internal/sandbox"
	"kontor/internal/seal"
	"kontor/internal/search"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/telemetry"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
	"kontor/internal/webhook"
)

// house is the API behind a real HTTP server, with real nouns on a real
// database and the sandbox in Meta's place. The outbox does not deliver, so
// that what a test sends stays where it was put.
type house struct {
	t         testing.TB
	url       string
	store     *store.Store
	signal    *journal.Signal
	accounts  *account.Accounts
	inbox     *inbox.Inbox
	numbers   *number.Book
	templates *template.Catalogue
	desk      *desk.Desk
	routing   *routing.Router
	presence  *presence.Board
	api       *api.API
	log       *bytes.Buffer // what was logged; read it after the server is closed or quiet
	logMu     *sync.Mutex
	ready     error        // what the check "backlog" answers
	ahead     atomic.Int64 // how far the house's time is ahead, as time.Duration
	stop      context.CancelFunc

	tenants []*tenant
}

// tenant is a workspace with an owner, a key for each role, and a number.
type tenant struct {
	ws     account.Workspace
	owner  account.Person
	keys   map[account.Role]string
	number *wa.Number
}

var pictures = fstest.MapFS{
	"index.html":               {Data: []byte("<!doctype html><title>Kontor</title>")},
	"sandbox.html":             {Data: []byte("phones")},
	"assets/app-1a2b3c.js":     {Data: []byte("console.log(1)")},
	"assets/big-1a2b3c.css":    {Data: []byte("body{}")},
	"assets/big-1a2b3c.css.gz": {Data: []byte("packed")},
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

type sessions struct{}

func (sessions) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }

func (sessions) Rules(wa.WorkspaceID) inbox.Rules {
	return inbox.Rules{ReopenHours: 24, PauseMinutes: 60}
}

func (sessions) Home(wa.NumberID) wa.TeamID { return 0 }

func (sessions) Gone(wa.PersonID) bool { return false }

// said is a board that hears what is said at once.
type said struct{ *presence.Board }

func (s said) Say(w presence.Word) { s.Hear(w) }

// staff shows who is of the house, as package app does.
type staff struct{ s *store.Store }

func (p staff) People(tx txn.Tx, ws wa.WorkspaceID, ids []wa.PersonID) (map[wa.PersonID]bool, error) {
	found := map[wa.PersonID]bool{}
	for _, id := range ids {
		_, known, err := p.s.Accounts().Person(tx, ws, id)
		if err != nil {
			return nil, err
		}
		found[id] = known
	}
	return found, nil
}

func (p staff) Ready(tx txn.Tx, ws wa.WorkspaceID, ids []wa.PersonID) (map[wa.PersonID]bool, error) {
	return p.People(tx, ws, ids)
}

func (p staff) Subject(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (desk.Subject, bool, error) {
	c, err := p.s.Inbox().Conversation(tx, ws, id)
	if err != nil || c == nil {
		return desk.Subject{}, false, err
	}
	return desk.Subject{ConversationID: c.ID, NumberID: c.NumberID, ContactID: c.ContactID}, true, nil
}

func (p staff) Holds(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, message wa.MessageID) (bool, error) {
	m, found, err := p.s.Inbox().Message(tx, ws, message)
	return found && m.ConversationID == id, err
}

type receipts struct{ *outbox.Receipts }

func (r receipts) Apply(tx txn.Tx, now time.Time, reports []inbox.Report) error {
	out := make([]outbox.Report, len(reports))
	for i, rep := range reports {
		out[i] = outbox.Report{WorkspaceID: rep.Number.WorkspaceID, NumberID: rep.Number.ID, StatusReport: rep.StatusReport}
	}
	return r.Receipts.Apply(tx, now, out)
}

type numbers struct{ *number.Book }

func (n numbers) All() (ids []wa.NumberID) {
	for _, one := range n.Book.All() {
		ids = append(ids, one.ID)
	}
	return ids
}

func (n numbers) Own(ws wa.WorkspaceID, id wa.NumberID) bool {
	found, known := n.ByID(id)
	return known && found.WorkspaceID == ws
}

// places lets the outbox ask the inbox, as package app does.
type places struct{ h *house }

func (p places) Place(tx txn.Tx, asked []*outbox.Placement) error {
	placements := make([]*inbox.Placement, len(asked))
	for i, a := range asked {
		n, ok := p.h.numbers.ByID(a.NumberID)
		if !ok {
			return errors.New("no such number")
		}
		placements[i] = &inbox.Placement{Number: n, Contact: a.Contact, To: a.To}
	}
	if err := p.h.inbox.Place(tx, placements); err != nil {
		return err
	}
	for i, got := range placements {
		a := asked[i]
		if a.Err = got.Err; a.Err != nil {
			continue
		}
		a.ConversationID, a.ContactID, a.WindowUntil = got.Conversation.ID, got.Person.ID, got.Conversation.WindowUntil
		a.Recipient = wa.Recipient{Phone: got.Person.Phone, BSUID: got.Person.BSUID}
	}
	return nil
}

func (p places) Touch(tx txn.Tx, touched []outbox.Touched) error {
	out := make([]inbox.Touched, len(touched))
	for i, t := range touched {
		out[i] = inbox.Touched{ConversationID: t.ConversationID, MessageID: t.MessageID, Person: t.Person, At: t.At}
	}
	for _, t := range touched {
		if t.Person == 0 {
			continue
		}
		if err := p.h.desk.Sent(tx, t.WorkspaceID, t.Person, t.ConversationID); err != nil {
			return err
		}
	}
	return p.h.inbox.Sent(tx, out)
}

// kept is the inbox and a door, as package app fits them.
type kept struct {
	*inbox.Inbox
	door *webhook.Door
}

func (k kept) Replay(ctx context.Context, s inbox.Span) (inbox.Replayed, error) {
	return k.door.Replay(ctx, k.Inbox, s)
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { f(t, open(t, s)) })
}

// open builds the house; meta is the sandbox's address.
func open(t testing.TB, s *store.Store) *house {
	t.Helper()
	meta, err := sandbox.New(sandbox.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	graph := httptest.NewServer(meta)
	t.Cleanup(func() { graph.Close(); meta.Close() })

	ctx, stop := context.WithCancel(context.Background())
	h := &house{t: t, store: s, signal: &journal.Signal{}, log: &bytes.Buffer{}, logMu: &sync.Mutex{}, stop: stop}
	run, facts := h.signal.After(s), s.Journal()
	logger := slog.New(slog.NewTextHandler(locked{h.logMu, h.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	registry := prometheus.NewRegistry()
	meter := telemetry.New(registry)
	carriers := provider.All(provider.Deps{Now: time.Now, UserAgent: "test"})
	t.Cleanup(carriers.Close)
	carrier, _ := carriers.For(&wa.Number{Provider: "cloudapi"})
	blobs, err := disk.Open(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.accounts = account.New(run, s.Accounts(), s.NewID, time.Now, account.WithJournal(facts))
	h.numbers = number.New(number.Deps{Runner: run, Store: s.Numbers(), Journal: facts, Fields: carrier, NewID: s.NewID, Now: time.Now})
	work := jobs.New(run, s.Jobs(), jobs.Options{})
	files := media.New(media.Parts{
		Runner: run, Store: s.Media(), Blobs: blobs, Sealer: sealer(t), Jobs: work, Journal: facts,
		Number: h.numbers.ByID, Carrier: carrier,
	})
	h.templates = template.New(template.Parts{Runner: run, Store: s.Templates(), Journal: facts, Carrier: carrier, Log: logger, Now: time.Now})
	out := outbox.New(outbox.Parts{
		Runner: run, Store: s.Outbox(), Conversations: places{h}, Numbers: numbers{h.numbers}, Templates: h.templates, Carrier: carrier,
		Media: files, Journal: facts, Log: logger,
	})
	h.inbox = inbox.New(inbox.Deps{
		Runner: run, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), facts, s.NewID, time.Now), Receipts: receipts{out.Receipts()},
		Media: files, Journal: facts, Settings: sessions{}, Staff: staff{s}, Jobs: work, Noticed: func(txn.Tx, inbox.Noted) error { return nil },
		NewID: s.NewID, Now: time.Now, Log: logger, Flushes: 2,
	})
	h.desk = desk.New(desk.Parts{Runner: run, Store: s.Desk(), Conversations: staff{s}, Colleagues: staff{s}, Journal: facts, NewID: s.NewID, Now: time.Now})
	h.routing = routing.New(routing.Parts{Runner: run, Store: s.Routing(), Numbers: numbers{h.numbers}, Jobs: work, Journal: facts, Now: time.Now})
	h.presence = presence.New(time.Now, func(ws wa.WorkspaceID, id wa.ConversationID) { h.api.Present(ws, id) })
	h.api, err = api.New(api.Deps{
		Accounts: h.accounts, Outbox: out, Inbox: h.inbox, Search: search.New(run, s.Search(), facts, time.Now), Numbers: h.numbers, Carrier: carrier, Media: files, Templates: h.templates, Figures: meter, Desk: h.desk, Routing: h.routing, Presence: said{h.presence},
		Webhooks:      kept{h.inbox, &webhook.Door{Numbers: h.numbers, Intake: h.inbox, NewID: s.NewID, Now: time.Now, Log: logger}},
		SyncTemplates: func(context.Context, wa.WorkspaceID) error { return nil },
		Runner:        run, Journal: facts, Signal: h.signal, Checks: []api.Check{{Name: "backlog", Ready: func(context.Context) error { return h.ready }}},
		More: func(r chi.Router) {
			r.Get("/webhook/panic/{phone}", func(http.ResponseWriter, *http.Request) { panic("a bug") })
		},
		Web: pictures, Registry: registry, Version: "test", Log: logger, Now: func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = h.api.Run(ctx) })
	server := httptest.NewServer(h.api.Handler())
	h.url = server.URL
	t.Cleanup(func() { stop(); running.Wait(); server.Close() })
	h.tenants = []*tenant{h.tenant(graph.URL, "default", sandbox.DefaultNumber().PhoneNumberID), h.tenant(graph.URL, "other", "200000000000002")}
	return h
}

func sealer(t testing.TB) *seal.Sealer {
	t.Helper()
	key := make([]byte, seal.KeyLength)
	keys, err := seal.NewKeyset(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.New(key, keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *house) tenant(graph, slug, phoneNumberID string) *tenant {
	h.t.Helper()
	ctx := context.Background()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	n := &tenant{keys: map[account.Role]string{}}
	var err error
	n.ws, err = h.accounts.EnsureWorkspace(ctx, slug, "The "+slug+" house")
	must(err)
	n.owner, err = h.accounts.CreatePerson(ctx, n.ws.ID, account.NewPerson{Name: "Ida of " + slug, Role: account.Owner})
	must(err)
	by := account.Principal{WorkspaceID: n.ws.ID, PersonID: n.owner.ID, Role: account.Owner}
	for _, role := range []account.Role{account.Admin, account.Agent, account.Auditor} {
		_, secret, err := h.accounts.CreateKey(ctx, by, string(role), role)
		must(err)
		n.keys[role] = secret.Reveal()
	}
	d := sandbox.DefaultNumber()
	n.number, err = h.numbers.Connect(ctx, wa.Number{
		WorkspaceID: n.ws.ID, PhoneNumberID: wa.PhoneNumberID(phoneNumberID), WABAID: wa.WABAID(d.WABAID), Provider: "cloudapi", BaseURL: graph, APIVersion: "v25.0",
		AccessToken: "token", AppSecret: "secret", VerifyToken: "verify",
	})
	must(err)
	must(h.templates.Seed(ctx, n.ws.ID, n.number.WABAID))
	return n
}

// write has a customer write to a tenant's number.
func (h *house) write(n *tenant, phone, wamid, text string) {
	h.t.Helper()
	err := h.inbox.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{{Number: n.number, Received: wa.Received{
		PhoneNumberID: n.number.PhoneNumberID, From: wa.Identity{Phone: wa.Phone(phone), ProfileName: "Carla"}, Wamid: wa.Wamid(wamid), At: time.Now(),
		Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: text}},
	}}}})
	if err != nil {
		h.t.Fatal(err)
	}
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	raw    []byte
	json   map[string]any
}

func (r reply) code() string { s, _ := r.json["code"].(string); return s }

func (r reply) text(name string) string { s, _ := r.json[name].(string); return s }

func (r reply) data() []any { d, _ := r.json["data"].([]any); return d }

// call sends a request with a key, without one when it is empty.
func (h *house) call(key, method, path, body string, headers ...string) reply {
	h.t.Helper()
	request, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return h.do(http.DefaultTransport, request)
}

func (h *house) do(client http.RoundTripper, request *http.Request) reply {
	h.t.Helper()
	answer, err := client.RoundTrip(request)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	r := reply{status: answer.StatusCode, header: answer.Header}
	if r.raw, err = io.ReadAll(answer.Body); err != nil {
		h.t.Fatal(err)
	}
	_ = json.Unmarshal(r.raw, &r.json) // not every answer is an object
	return r
}

func (h *house) want(got reply, status int, code string) {
	h.t.Helper()
	if got.status != status || got.code() != code {
		h.t.Errorf("got %d %s (%s), want %d %s", got.status, got.code(), got.raw, status, code)
	}
}

// cookie signs a tenant's owner in by a link and returns the session's cookie.
func (h *house) cookie(n *tenant) *http.Cookie {
	h.t.Helper()
	link, err := h.accounts.NewLink(context.Background(), n.ws.ID, n.owner.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	request, _ := http.NewRequest(http.MethodGet, h.url+"/signin?token="+link.Token.Reveal(), nil)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		h.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/" || len(answer.Cookies()) != 1 {
		h.t.Fatalf("sign-in: got %d to %q with %d cookies, want 303 to / with one", answer.StatusCode, answer.Header.Get("Location"), len(answer.Cookies()))
	}
	return answer.Cookies()[0]
}

const base = api.Base
