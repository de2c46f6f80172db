package api

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// hub reads the journal once for all who listen, and hands each fact to those
// of its workspace.
//
// Order and loss: a listener gets facts in the order of the journal. What came
// before it listened it reads itself (see stream.go), up to the place that
// listen answers; the hub hands on what comes after. So nothing is missed and
// nothing comes twice. A listener that takes too slowly is let go: its client
// comes again and goes on where it stopped, from the journal. Nothing is ever
// dropped from the middle, and nobody's slowness holds up the others.
type hub struct {
	runner  txn.Runner
	journal Journal
	signal  *journal.Signal
	log     *slog.Logger
	poll    time.Duration // how long to wait without a signal
	rest    time.Duration // least time between two looks
	batch   int

	mu        sync.Mutex
	running   bool
	place     journal.Cursor // everything up to here was handed on
	listeners map[*listener]struct{}
	arrived   chan struct{} // tells run that somebody listens
}

// listener is one live stream. facts is closed when it must end.
type listener struct {
	workspace wa.WorkspaceID
	facts     chan journal.Fact
	// rooms are conversations whose presence changed and was not told yet,
	// guarded by the hub's mu; nudge says that there are some. What changes twice
	// meanwhile is told once, as it is then, so nobody is let go for it.
	rooms map[wa.ConversationID]struct{}
	nudge chan struct{}
}

const (
	hubPoll    = time.Second
	hubRest    = 20 * time.Millisecond // one query for what a busy house commits meanwhile
	hubBatch   = 500
	listenRoom = 1024 // facts that a listener may be behind
)

func newHub(r txn.Runner, j Journal, s *journal.Signal, log *slog.Logger) *hub {
	return &hub{
		runner: r, journal: j, signal: s, log: log, poll: hubPoll, rest: hubRest, batch: hubBatch,
		listeners: map[*listener]struct{}{}, arrived: make(chan struct{}, 1),
	}
}

// errStopping is what a stream is refused with while nobody feeds it.
var errStopping = fault.New(fault.Unavailable, "stopping", "The live stream is not running.", "Connect again in a few seconds.")

// listen begins a listener and answers the place after which it gets facts.
func (h *hub) listen(ctx context.Context, ws wa.WorkspaceID) (*listener, journal.Cursor, error) {
	l := &listener{workspace: ws, facts: make(chan journal.Fact, listenRoom), rooms: map[wa.ConversationID]struct{}{}, nudge: make(chan struct{}, 1)}
	h.mu.Lock()
	if !h.running {
		h.mu.Unlock()
		return nil, journal.Cursor{}, errStopping
	}
	if len(h.listeners) > 0 {
		defer h.mu.Unlock()
		h.listeners[l] = struct{}{}
		return l, h.place, nil
	}
	h.mu.Unlock()
	// The first listener sets the place: nobody read while nobody listened.
	var end journal.Cursor
	err := h.runner.Read(ctx, func(tx txn.Tx) (err error) {
		end, err = h.journal.End(tx)
		return err
	})
	if err != nil {
		return nil, journal.Cursor{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.running {
		return nil, journal.Cursor{}, errStopping
	}
	if len(h.listeners) == 0 { // otherwise another was first meanwhile, and its place holds
		h.place = end
	}
	h.listeners[l] = struct{}{}
	select {
	case h.arrived <- struct{}{}:
	default:
	}
	return l, h.place, nil
}

// leave ends a listener; ending it twice is no error.
func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(l)
}

func (h *hub) drop(l *listener) {
	if _, there := h.listeners[l]; there {
		delete(h.listeners, l)
		close(l.facts)
	}
}

// present tells the listeners of a workspace that somebody came to a
// conversation, left it, or writes.
func (h *hub) present(ws wa.WorkspaceID, id wa.ConversationID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		if l.workspace == ws {
			l.look(id)
		}
	}
}

// look has l told of conversations; it is called under the hub's mu.
func (l *listener) look(ids ...wa.ConversationID) {
	for _, id := range ids {
		l.rooms[id] = struct{}{}
	}
	if len(ids) > 0 {
		select {
		case l.nudge <- struct{}{}:
		default:
		}
	}
}

// changed takes the conversations whose presence l is to be told.
func (h *hub) changed(l *listener) []wa.ConversationID {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]wa.ConversationID, 0, len(l.rooms))
	for id := range l.rooms {
		ids = append(ids, id)
	}
	clear(l.rooms)
	slices.Sort(ids)
	return ids
}

// seen is a place up to which l was handed everything, provided that it has
// taken all of it; ok is false while something waits for it.
func (h *hub) seen(l *listener) (place journal.Cursor, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.place, len(l.facts) == 0
}

// run hands facts on until ctx ends, then ends all listeners.
func (h *hub) run(ctx context.Context) error {
	h.mu.Lock()
	h.running = true
	h.mu.Unlock()
	defer h.stop()
	for {
		changed := h.signal.Wait()
		more, err := h.step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			h.log.Error("reading the journal for the live stream failed, trying again", "err", err)
			changed = nil
		}
		if more {
			continue
		}
		if !h.wait(ctx, changed) {
			return nil
		}
	}
}

func (h *hub) wait(ctx context.Context, changed <-chan struct{}) bool {
	timer := time.NewTimer(h.poll)
	defer timer.Stop()
	select {
	case <-changed:
	case <-h.arrived:
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
	timer.Reset(h.rest)
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// step hands one page on. Without listeners it does not look.
func (h *hub) step(ctx context.Context) (more bool, err error) {
	h.mu.Lock()
	after, idle := h.place, len(h.listeners) == 0
	h.mu.Unlock()
	if idle {
		return false, nil
	}
	var facts []journal.Fact
	err = h.runner.Read(ctx, func(tx txn.Tx) (err error) {
		facts, err = h.journal.Next(tx, after, h.batch)
		return err
	})
	if err != nil || len(facts) == 0 {
		return false, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.place != after { // all left and somebody new set the place: this page is not theirs
		return true, nil
	}
	for _, f := range facts {
		h.hand(f)
	}
	h.place = facts[len(facts)-1].Cursor
	return len(facts) == h.batch, nil
}

func (h *hub) hand(f journal.Fact) {
	for l := range h.listeners {
		if l.workspace != f.WorkspaceID {
			continue
		}
		select {
		case l.facts <- f:
		default:
			h.log.Info("a live stream was too slow and was ended; its client goes on where it stopped", "workspace", l.workspace.String())
			h.drop(l)
		}
	}
}

func (h *hub) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running = false
	for l := range h.listeners {
		h.drop(l)
	}
}
