package sandbox

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Sandbox is Meta and the phones at the other end. Create it with New, serve
// it as an http.Handler, and have Run going as long as it is served: statuses,
// webhooks and the state file are Run's work.
type Sandbox struct {
	opt     Options
	log     *slog.Logger
	control http.Handler
	page    http.Handler
	blobs   *blobs
	web     *http.Client // webhooks and handshakes
	fetcher *http.Client // links
	courier *courier
	agenda  *agenda
	journal *journal
	events  *hub

	mu sync.Mutex
	st *state

	fetches sync.WaitGroup
	fetchAt chan struct{} // bounds simultaneous fetches
	// fetching is how many messages wait for their links.
	fetching atomic.Int32

	duePoke chan struct{}
	dirty   chan struct{}
	writing sync.Mutex // one writer of the state file at a time
	closed  sync.Once
}

// New makes a sandbox, with what its state file holds when there is one. It
// fails when Options contradict themselves or the state file cannot be read.
func New(o Options) (*Sandbox, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	seed := o.Seed
	if seed == 0 {
		var b [8]byte
		if _, err := cryptorand.Read(b[:]); err != nil {
			return nil, err
		}
		seed = binary.BigEndian.Uint64(b[:]) | 1
	}
	// No redirects: a webhook or handshake that is redirected has failed.
	s := &Sandbox{
		opt: o, log: o.Logger,
		blobs: newBlobs(o.StateFile),
		web: &http.Client{Timeout: o.WebhookTimeout, CheckRedirect: lastResponse, Transport: &http.Transport{
			MaxIdleConnsPerHost: 2 * couriers, MaxIdleConns: 4 * couriers, IdleConnTimeout: time.Minute,
		}},
		fetcher: &http.Client{Timeout: o.FetchTimeout, Transport: &http.Transport{IdleConnTimeout: time.Minute}},
		agenda:  newAgenda(), journal: newJournal(), events: newHub(),
		fetchAt: make(chan struct{}, 16), dirty: make(chan struct{}, 1), duePoke: make(chan struct{}, 1),
	}
	s.courier = newCourier(s)
	s.st = freshState(o, seed, 0)
	if !o.Start.IsZero() {
		s.st.offset = o.Start.Sub(o.Clock())
		s.st.moved = s.st.offset
	}
	if o.Frozen {
		if s.st.frozen = o.Start.UTC(); o.Start.IsZero() {
			s.st.frozen = s.nowLocked()
		}
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	s.control = guard(o.AllowedHosts, s.controlRoutes())
	s.page = guard(o.AllowedHosts, pageHandler(o.Page))
	return s, nil
}

func lastResponse(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// ServeHTTP sends Graph calls to Graph, /sandbox to the control API and the
// rest to the page.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/healthz":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
	case path == "/sandbox" || strings.HasPrefix(path, "/sandbox/"):
		s.control.ServeHTTP(w, r)
	case path == downloadPath:
		s.serveDownload(w, r)
	case isGraph(path):
		s.serveGraph(w, r)
	default:
		s.page.ServeHTTP(w, r)
	}
}

// Run moves messages on, delivers webhooks and writes the state file until ctx
// ends, and then waits for what is under way. Call it once.
func (s *Sandbox) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	start := func(f func(context.Context)) {
		wg.Add(1)
		go func() { defer wg.Done(); f(ctx) }()
	}
	start(s.runAgenda)
	start(s.courier.run)
	start(s.runDue)
	if s.opt.StateFile != "" {
		start(s.runWriter)
	}
	wg.Wait()
	s.fetches.Wait()
	return nil
}

// Close ends open event streams and writes the state file a last time. Call it
// after Run has returned; calling it again does nothing.
func (s *Sandbox) Close() error {
	var err error
	s.closed.Do(func() {
		s.events.close()
		s.web.CloseIdleConnections()
		s.fetcher.CloseIdleConnections()
		err = errors.Join(s.save(), s.blobs.close())
	})
	return err
}

// CloseStreams ends the open event streams, for http.Server.RegisterOnShutdown:
// a graceful shutdown waits for them otherwise.
func (s *Sandbox) CloseStreams() { s.events.close() }

// now is the sandbox's time.
func (s *Sandbox) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nowLocked()
}

// nowLocked is now for whoever holds mu.
func (s *Sandbox) nowLocked() time.Time {
	if !s.st.frozen.IsZero() {
		return s.st.frozen
	}
	return s.opt.Clock().Add(s.st.offset).UTC()
}

// pulse is the time by which webhooks are retried: it moves with the sandbox's
// clock and goes on while that is frozen, since machines do not stand still.
func (s *Sandbox) pulse() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pulseLocked()
}

func (s *Sandbox) pulseLocked() time.Time { return s.opt.Clock().Add(s.st.moved).UTC() }

// changed asks for the state file to be written soon.
func (s *Sandbox) changed() {
	if s.opt.StateFile == "" {
		return
	}
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// delay is a short time between two statuses of a message: under a seed always
// the same.
func (s *Sandbox) delay(m *message) time.Duration {
	low, high := max(0, s.opt.StatusDelayMin), max(0, s.opt.StatusDelayMax)
	if high <= low {
		return low
	}
	return low + time.Duration(chance(s.st.seed, "delay", m.ID, m.Status)*float64(high-low))
}
