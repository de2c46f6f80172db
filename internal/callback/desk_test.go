package callback_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/callback"
	"kontor/internal/facade/hook"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// plain is a dialect that says what an event is about, and nothing else.
type plain struct{ callback.Dialect }

func (plain) Name() string                { return "plain" }
func (plain) Speaks(*callback.Event) bool { return true }
func (plain) Rules() callback.Rules       { return callback.Usual() }
func (plain) NewSecret() wa.Secret        { return "made here" }
func (plain) CheckSecret(wa.Secret) error { return nil }
func (plain) Headers(*callback.Subscription, *callback.Delivery, []byte, time.Time) map[string]string {
	return nil
}

func (plain) Render(_ context.Context, _ *callback.Subscription, d *callback.Delivery) ([]byte, error) {
	if d.Detail == "gone" {
		return nil, callback.ErrGone
	}
	return json.Marshal(said{ID: int64(d.ID), Conversation: int64(d.ConversationID), N: d.Detail, Kind: d.Kind})
}

type said struct {
	ID, Conversation int64
	N, Kind          string
}

// clock is moved by hand.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	asked int // how often
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// meter counts nothing.
type meter struct{}

func (meter) Delivered(string, string, time.Duration) {}

// nobody knows no numbers.
type nobody struct{}

func (nobody) ByID(wa.NumberID) (*wa.Number, bool) { return nil, false }
func (nobody) Of(wa.WorkspaceID) []*wa.Number      { return nil }

// endpoint is a receiver that answers as it is told.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	seen   []said
	flying map[int64]int // guarded by mu: under way, by conversation
	beside int           // guarded by mu: how often two of a conversation were under way at once
	answer func(s said, w http.ResponseWriter)
	came   chan struct{}
}

func newEndpoint(t testing.TB, answer func(s said, w http.ResponseWriter)) *endpoint {
	e := &endpoint{answer: answer, came: make(chan struct{}, 1), flying: map[int64]int{}}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var s said
		if err := json.Unmarshal(body, &s); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		e.mu.Lock()
		e.seen = append(e.seen, s)
		if e.flying[s.Conversation]++; e.flying[s.Conversation] > 1 && s.Conversation != 0 {
			e.beside++
		}
		answer := e.answer
		e.mu.Unlock()
		if answer != nil {
			answer(s, w)
		}
		e.mu.Lock()
		e.flying[s.Conversation]--
		e.mu.Unlock()
		select {
		case e.came <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) all() []said {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]said(nil), e.seen...)
}

func (e *endpoint) answers(f func(s said, w http.ResponseWriter)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = f
}

// until waits for a condition on what came.
func (e *endpoint) until(t testing.TB, what string, ok func([]said) bool) []said {
	t.Helper()
	deadline := time.After(40 * time.Second)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		seen := e.all()
		if ok(seen) {
			return seen
		}
		select {
		case <-e.came:
		case <-look.C:
		case <-deadline:
			t.Fatalf("waited for %s; got %d calls: %v", what, len(seen), seen)
		}
	}
}

// desk is a noun over a real database.
type desk struct {
	*callback.Callbacks
	t      testing.TB
	store  *store.Store
	clock  *clock
	signal *journal.Signal
	ctx    context.Context
	stop   context.CancelFunc
	done   sync.WaitGroup
}

func newDesk(t testing.TB, s *store.Store, owner string, c *clock) *desk {
	d := &desk{t: t, store: s, clock: c, signal: &journal.Signal{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	caller := hook.NewCaller(true, "test")
	d.Callbacks = callback.New(callback.Deps{
		Runner: d.signal.After(s), Store: s.Callbacks(), Journal: s.Journal(), Numbers: nobody{}, Dialects: []callback.Dialect{plain{}}, Caller: caller,
		Meter: meter{}, NewID: s.NewID, Now: c.Now, Log: slog.New(slog.DiscardHandler),
		Courier: callback.CourierOptions{Owner: owner, Poll: 20 * time.Millisecond, Upkeep: 200 * time.Millisecond},
	})
	t.Cleanup(func() { d.end(); caller.Close() })
	return d
}

// run follows and delivers until end.
func (d *desk) run() {
	d.follow()
	d.deliver()
}

// deliver calls subscribers until end.
func (d *desk) deliver() {
	d.done.Go(func() {
		if err := d.Callbacks.Run(d.ctx); err != nil {
			d.t.Error(err)
		}
	})
}

// follow writes down what is to be delivered until end.
func (d *desk) follow() {
	follower := d.Follower(d.store.Journal(), d.signal)
	d.done.Go(func() {
		if err := follower.Run(d.ctx); err != nil {
			d.t.Error(err)
		}
	})
	// A follower that never read begins at the end: what comes next is behind it.
	for deadline := time.Now().Add(30 * time.Second); ; {
		if _, began := follower.Seen(); began {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatal("the follower does not begin")
		}
		time.Sleep(time.Millisecond)
	}
}

func (d *desk) end() {
	d.stop()
	d.done.Wait()
}

// workspaces are those of tests: 1 and 2.
func workspaces(t testing.TB, s *store.Store) {
	t.Helper()
	err := s.Write(context.Background(), func(tx txn.Tx) error {
		for _, id := range []wa.WorkspaceID{1, 2} {
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: id, Slug: fmt.Sprint("w", id), Name: "W", SessionHours: 24, CreatedAt: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) subscribe(e *endpoint, events ...string) *callback.Subscription {
	d.t.Helper()
	s, err := d.Create(d.ctx, 1, callback.Draft{URL: e.URL, Dialect: "plain", Events: events})
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// happens writes facts of a conversation; details count from 1.
func (d *desk) happens(ws wa.WorkspaceID, conversations, each int) {
	d.t.Helper()
	err := d.signal.After(d.store).Write(d.ctx, func(tx txn.Tx) error {
		var facts []journal.Fact
		for n := range each {
			for c := range conversations {
				facts = append(facts, journal.Fact{WorkspaceID: ws, Kind: journal.MessageReceived, ConversationID: wa.ConversationID(100 + c), Detail: fmt.Sprintf("%04d", n+1), At: d.clock.Now()})
			}
		}
		return d.store.Journal().Append(tx, facts...)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// ordered reports what a conversation was told first, without repetitions, and
// whether it came in order.
func ordered(seen []said, conversation int64) (told []string, ok bool) {
	ok = true
	known := map[string]bool{}
	for _, s := range seen {
		if s.Conversation != conversation || known[s.N] {
			continue
		}
		known[s.N] = true
		ok = ok && (len(told) == 0 || told[len(told)-1] < s.N)
		told = append(told, s.N)
	}
	return told, ok
}

func each(t *testing.T, f func(t *testing.T, s *store.Store, c *clock)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspaces(t, s)
		f(t, s, &clock{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)})
	})
}
