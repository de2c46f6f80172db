package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/contact"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/meta"
	"kontor/internal/number"
	"kontor/internal/outbox"
	"kontor/internal/provider/cloudapi"
	"kontor/internal/store"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const workspace wa.WorkspaceID = 1

// house is an outbox with everything around it, on a real database; only
// WhatsApp itself is played by a server.
type house struct {
	*outbox.Outbox
	t       testing.TB
	store   *store.Store
	numbers *number.Book
	inbox   *inbox.Inbox
	known   *template.Catalogue
	carrier *cloudapi.Client
	number  *wa.Number
	meta    *whatsapp

	mu  sync.Mutex
	now func() time.Time // guarded by mu
}

// option changes the parts before the outbox is made of them.
type option func(*outbox.Parts)

func build(t testing.TB, s *store.Store, options ...option) *house {
	t.Helper()
	h := &house{t: t, store: s, meta: newWhatsapp(t), now: time.Now}
	h.carrier = cloudapi.New(cloudapi.Options{Now: h.clock, Timeout: 20 * time.Second})
	t.Cleanup(h.carrier.Close)
	h.numbers = number.New(number.Deps{Runner: s, Store: s.Numbers(), Journal: s.Journal(), NewID: s.NewID, Now: h.clock})
	h.number = &wa.Number{
		ID: wa.NumberID(s.NewID()), WorkspaceID: workspace, PhoneNumberID: "200000000000001", WABAID: "300000000000001", Provider: "cloudapi",
		BaseURL: h.meta.URL, APIVersion: "v25.0", Throughput: "HIGH", State: wa.NumberActive, AccessToken: "token",
	}
	h.write(func(tx txn.Tx) error {
		if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: workspace, Slug: "default", Name: "House", SessionHours: 24, CreatedAt: time.Now()}); err != nil {
			return err
		}
		return s.Numbers().Insert(tx, h.number, time.Now())
	})
	if err := h.numbers.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.inbox = inbox.New(inbox.Deps{
		Runner: s, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), s.Journal(), s.NewID, h.clock), Receipts: reports{h},
		Journal: s.Journal(), Settings: sessions{}, NewID: s.NewID, Now: h.clock, Flushes: 2,
	})
	h.known = template.New(template.Parts{Runner: s, Store: s.Templates(), Journal: s.Journal(), Now: h.clock})
	h.Outbox = h.open(options...)
	return h
}

// open makes an outbox over the house's database; a second one stands for a restart.
func (h *house) open(options ...option) *outbox.Outbox {
	p := outbox.Parts{
		Runner: h.store, Store: h.store.Outbox(), Conversations: places{h}, Numbers: numbers{h.numbers}, Templates: h.known,
		Carrier: h.carrier, Media: shelf{}, Journal: h.store.Journal(), Now: h.clock, Log: nil,
		Delivery: outbox.Delivery{UncertainAfter: 50 * time.Millisecond, Poll: 20 * time.Millisecond, Grace: 5 * time.Second},
	}
	for _, o := range options {
		o(&p)
	}
	return outbox.New(p)
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now()
}

func (h *house) setClock(now func() time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

// drain runs o until the test ends or stop is called; stop waits for it.
func (h *house) drain(o *outbox.Outbox) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				h.t.Error("run:", err)
			}
		})
	}
	h.t.Cleanup(stop)
	return stop
}

func (h *house) write(f func(tx txn.Tx) error) {
	h.t.Helper()
	if err := h.store.Write(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

// hears lets customers write, which opens their windows.
func (h *house) hears(phones ...wa.Phone) {
	h.t.Helper()
	d := &inbox.Delivery{}
	for _, p := range phones {
		d.Received = append(d.Received, inbox.Received{Number: h.number, Received: wa.Received{
			From: wa.Identity{Phone: p}, Wamid: wa.Wamid(fmt.Sprintf("wamid.in.%d", h.store.NewID())), At: h.clock(),
			Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "hello"}},
		}})
	}
	if err := h.inbox.Take(context.Background(), d); err != nil {
		h.t.Fatal(err)
	}
}

func text(to wa.Phone, body string) outbox.Request {
	return outbox.Request{
		WorkspaceID: workspace, To: wa.Recipient{Phone: to}, Author: wa.Author{Kind: wa.AuthorAPI, KeyID: 7},
		Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: body}},
	}
}

func (h *house) accept(r outbox.Request) wa.MessageID {
	h.t.Helper()
	r.NumberID = h.number.ID
	receipt, err := h.Accept(context.Background(), r)
	if err != nil {
		h.t.Fatal(err)
	}
	return receipt.MessageID
}

// refused wants a fault with this code.
func (h *house) refused(r outbox.Request, code string) *fault.Error {
	h.t.Helper()
	r.NumberID = h.number.ID
	receipt, err := h.Accept(context.Background(), r)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		h.t.Fatalf("got %+v, %v; want the fault %s", receipt, err, code)
	}
	return f
}

func (h *house) message(id wa.MessageID) wa.Message {
	h.t.Helper()
	m, err := h.Get(context.Background(), workspace, id.String())
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// becomes waits until the message has this status.
func (h *house) becomes(id wa.MessageID, want wa.Status) wa.Message {
	h.t.Helper()
	var m wa.Message
	h.until(fmt.Sprintf("message %s to be %s", id, want), func() bool {
		m = h.message(id)
		return m.Status == want
	})
	return m
}

// until waits for a condition.
func (h *house) until(what string, holds func() bool) {
	h.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			h.t.Fatal("waited 20 s for ", what)
		}
	}
}

func (h *house) pending() outbox.Pending {
	h.t.Helper()
	all, err := h.Pending(context.Background(), workspace)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(all) == 0 {
		return outbox.Pending{NumberID: h.number.ID}
	}
	return all[0]
}

// report applies statuses as intake does.
func (h *house) report(s ...wa.StatusReport) error {
	return h.store.Write(context.Background(), func(tx txn.Tx) error {
		return h.Receipts().Apply(tx, h.clock(), h.withNumber(s))
	})
}

func (h *house) withNumber(s []wa.StatusReport) (out []outbox.Report) {
	for _, r := range s {
		out = append(out, outbox.Report{WorkspaceID: workspace, NumberID: h.number.ID, StatusReport: r})
	}
	return out
}

// facts are the details of the journal's facts of a kind about a message; zero:
// about any. On PostgreSQL a fact is shown when no older transaction runs on the
// server, so it writes one of its own and waits for that.
func (h *house) facts(kind journal.Kind, id wa.MessageID) (details []string) {
	h.t.Helper()
	mark := journal.Fact{WorkspaceID: workspace, Kind: "test.mark", MessageID: wa.MessageID(h.store.NewID())}
	h.write(func(tx txn.Tx) error { return h.store.Journal().Append(tx, mark) })
	h.until("the journal to show what was written", func() (shown bool) {
		details = nil
		err := h.store.Read(context.Background(), func(tx txn.Tx) error {
			all, err := h.store.Journal().Next(tx, journal.Cursor{}, 100000)
			for _, f := range all {
				shown = shown || f.MessageID == mark.MessageID
				if f.Kind == kind && (id == 0 || f.MessageID == id) {
					details = append(details, f.Detail)
				}
			}
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
		return shown
	})
	return details
}

type sessions struct{}

func (sessions) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }

func (sessions) Rules(wa.WorkspaceID) inbox.Rules { return inbox.DefaultRules() }

func (sessions) Home(wa.NumberID) wa.TeamID { return 0 }

func (sessions) Gone(wa.PersonID) bool { return false }

type reports struct{ h *house }

func (r reports) Apply(tx txn.Tx, now time.Time, in []inbox.Report) error {
	var s []wa.StatusReport
	for _, p := range in {
		s = append(s, p.StatusReport)
	}
	return r.h.Receipts().Apply(tx, now, r.h.withNumber(s))
}

type places struct{ h *house }

func (p places) Place(tx txn.Tx, asked []*outbox.Placement) error {
	in := make([]*inbox.Placement, len(asked))
	for i, a := range asked {
		n, _ := p.h.numbers.ByID(a.NumberID)
		in[i] = &inbox.Placement{Number: n, Contact: a.Contact, To: a.To}
	}
	if err := p.h.inbox.Place(tx, in); err != nil {
		return err
	}
	for i, got := range in {
		a := asked[i]
		if a.Err = got.Err; got.Err == nil {
			a.ConversationID, a.ContactID, a.WindowUntil = got.Conversation.ID, got.Person.ID, got.Conversation.WindowUntil
			a.Recipient = wa.Recipient{Phone: got.Person.Phone, BSUID: got.Person.BSUID}
		}
	}
	return nil
}

func (p places) Touch(tx txn.Tx, touched []outbox.Touched) error {
	var out []inbox.Touched
	for _, t := range touched {
		out = append(out, inbox.Touched{ConversationID: t.ConversationID, MessageID: t.MessageID, At: t.At})
	}
	return p.h.store.Inbox().Touch(tx, out)
}

type numbers struct{ *number.Book }

func (n numbers) All() (ids []wa.NumberID) {
	for _, one := range n.Book.All() {
		ids = append(ids, one.ID)
	}
	return ids
}

// shelf stands for the house's files: one picture, which WhatsApp knows as 77.
type shelf struct{}

var picture = wa.MediaRef(wa.MediaID(42).String())

func (shelf) Known(_ txn.Tx, _ wa.WorkspaceID, ref wa.MediaRef) (string, int64, bool, error) {
	return "image/png", 1000, ref == picture, nil
}

func (shelf) Remote(context.Context, *wa.Number, wa.MediaRef, wa.WorkspaceID) (string, *wa.Failure) {
	return "77", nil
}

// whatsapp plays Meta's part of POST /messages.
type whatsapp struct {
	*httptest.Server
	arrived chan meta.Send // everything that came, if somebody listens

	mu     sync.Mutex
	got    []sent                                        // guarded by mu
	flying map[string]int                                // guarded by mu: calls under way by recipient
	most   int                                           // guarded by mu: most calls at once for one recipient
	answer func(n int, s meta.Send) (int, string)        // guarded by mu; n counts from 1
	before func(n int, s meta.Send, wamid wa.Wamid) bool // guarded by mu; false: the answer is lost
}

type sent struct {
	meta.Send
	at    time.Time
	wamid wa.Wamid
}

func newWhatsapp(t testing.TB) *whatsapp {
	w := &whatsapp{flying: map[string]int{}, arrived: make(chan meta.Send, 10000)}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	return w
}

// refusing answers with an error code whenever code says one.
func (w *whatsapp) refusing(code func(n int, s meta.Send) int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = func(n int, s meta.Send) (int, string) {
		c := code(n, s)
		if c == 0 {
			return 0, ""
		}
		row, _ := meta.LookupError(c)
		return row.HTTP, fmt.Sprintf(`{"error":{"message":"(#%d) %s","type":"OAuthException","code":%d,"error_data":{"messaging_product":"whatsapp","details":"because"}}}`, c, row.Title, c)
	}
}

// preceded calls f before each answer.
func (w *whatsapp) preceded(f func(n int, s meta.Send, wamid wa.Wamid) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = f
}

func (w *whatsapp) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var s meta.Send
	if err := json.Unmarshal(body, &s); err != nil || !strings.HasSuffix(r.URL.Path, "/messages") {
		http.Error(out, "unexpected", http.StatusNotFound)
		return
	}
	to := s.To + s.Recipient
	w.mu.Lock()
	n := len(w.got) + 1
	wamid := wa.Wamid(fmt.Sprintf("wamid.out.%d", n))
	w.got = append(w.got, sent{s, time.Now(), wamid})
	w.flying[to]++
	w.most = max(w.most, w.flying[to])
	answer, before := w.answer, w.before
	w.mu.Unlock()
	w.arrived <- s
	done := func() {
		w.mu.Lock()
		w.flying[to]--
		w.mu.Unlock()
	}
	if answer != nil {
		if status, text := answer(n, s); status != 0 {
			done()
			out.Header().Set("Content-Type", "application/json")
			out.WriteHeader(status)
			io.WriteString(out, text)
			return
		}
	}
	if before != nil && !before(n, s, wamid) {
		done()
		panic(http.ErrAbortHandler) // the connection ends without an answer
	}
	done()
	fmt.Fprintf(out, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":%q}]}`, to, strings.TrimPrefix(to, "+"), wamid)
}

func (w *whatsapp) all() []sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]sent(nil), w.got...)
}

func phone(i int) wa.Phone { return wa.Phone(fmt.Sprintf("49151%07d", i)) }
