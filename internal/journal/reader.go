package journal

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"kontor/internal/txn"
)

// Reader is somebody who reacts to what happened.
type Reader struct {
	// Name is stable: the place in the journal is kept under it.
	Name string
	// Kinds are the facts it wants; empty: all.
	Kinds []Kind
	// FromEnd lets a reader that never read begin behind what could be read by
	// then; otherwise it begins with the first fact. What was committed beside a
	// transaction that still ran counts as not there yet: none is left out.
	FromEnd bool
	// Handle reacts to facts, in order, under tx: what it changes and the
	// reader's move are one transaction. As with every txn.Runner.Write it may be
	// called again with the same facts, and must have no effect but through tx.
	// An error rolls everything back; see DESIGN.md for what follows.
	Handle func(tx txn.Tx, facts []Fact) error
}

// Store is where the journal, its readers' places and what they parked are kept.
type Store interface {
	// Next returns up to limit facts after the cursor, in commit order.
	Next(tx txn.Tx, after Cursor, limit int) ([]Fact, error)
	// End is the cursor behind the newest fact that a reader may see.
	End(tx txn.Tx) (Cursor, error)
	// Position is where a reader stands; found is false for one that never read.
	Position(tx txn.Tx, reader string) (c Cursor, found bool, err error)
	// Begin sets a reader that never read to a place; one that did stays where it is.
	Begin(tx txn.Tx, reader string, at Cursor) error
	// Hold is Position and keeps other nodes from working for this reader until
	// the transaction ends; held is false while another one does.
	Hold(tx txn.Tx, reader string) (c Cursor, held bool, err error)
	// Advance moves a reader.
	Advance(tx txn.Tx, reader string, to Cursor) error

	// Park puts facts aside for a reader, with attempt, due time and error.
	Park(tx txn.Tx, reader string, parked ...Parked) error
	// ParkedAmong returns which of these conversations have parked facts.
	ParkedAmong(tx txn.Tx, reader string, conversations []int64) (map[int64]bool, error)
	// ParkedDue returns up to limit parked facts that may be tried now: the
	// oldest of its conversation, and due.
	ParkedDue(tx txn.Tx, reader string, now time.Time, limit int) ([]Parked, error)
	// Unpark removes a parked fact; gone is false when it was not there.
	Unpark(tx txn.Tx, reader string, at Cursor) (gone bool, err error)
	// ParkedAll returns up to limit parked facts, oldest first.
	ParkedAll(tx txn.Tx, reader string, limit int) ([]Parked, error)
}

// Parked is a fact that a reader could not work on (Attempt > 0), or one that
// waits behind such a fact of the same conversation (Attempt 0).
type Parked struct {
	Fact    Fact
	Attempt int       // how often it failed
	Due     time.Time // when it is tried again; zero: as soon as it is the oldest of its conversation
	Error   string    // of the last try
}

// Options tune a Follower; the zero value is what the product uses.
type Options struct {
	Batch int              // facts in one transaction; 0: 200
	Poll  time.Duration    // look without a signal; 0: a second
	Retry time.Duration    // first wait of a parked fact, doubled up to ten minutes; 0: a second
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: nothing is logged
}

func (o Options) orDefault() Options {
	if o.Batch == 0 {
		o.Batch = 200
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Retry == 0 {
		o.Retry = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Follower takes one Reader through the journal. Its methods other than Parked
// and Seen belong to the goroutine that runs it.
type Follower struct {
	runner txn.Runner
	store  Store
	signal *Signal
	reader Reader
	o      Options

	place   Cursor // as the database has it
	seen    Cursor // place, or further: behind it came only kinds that the reader does not want
	skipped int    // facts between place and seen

	told atomic.Pointer[Cursor] // seen after the last step, for Seen
}

// NewFollower makes a follower; Run starts it.
func NewFollower(runner txn.Runner, store Store, signal *Signal, reader Reader, o Options) *Follower {
	o = o.orDefault()
	o.Log = o.Log.With("reader", reader.Name)
	return &Follower{runner: runner, store: store, signal: signal, reader: reader, o: o}
}

// Run follows the journal until ctx ends, and then returns nil. A database that
// does not answer is waited for; a reader that fails parks what it fails at.
func (f *Follower) Run(ctx context.Context) error {
	for begun := false; ; {
		changed := f.signal.Wait()
		var more bool
		var err error
		if !begun {
			err = f.begin(ctx)
			begun, more = err == nil, err == nil
		} else {
			more, err = f.step(ctx)
		}
		if ctx.Err() != nil {
			f.settle(context.WithoutCancel(ctx))
			return nil
		}
		if err != nil {
			f.o.Log.Error("following the journal stopped, trying again", "err", err)
			changed = nil // others' commits are no reason to hurry after a failure
		}
		if more && err == nil {
			continue
		}
		if !f.wait(ctx, changed) {
			f.settle(context.WithoutCancel(ctx))
			return nil
		}
	}
}

// wait returns true after a signal or the poll interval, false when ctx ends.
func (f *Follower) wait(ctx context.Context, changed <-chan struct{}) bool {
	timer := time.NewTimer(f.o.Poll)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
		return false
	}
	return true
}

// Seen is how far the reader has come: every fact up to there was handled,
// parked, or is of a kind that it does not want. The place in the database may
// lie behind it. began is false until the follower has looked at the journal.
func (f *Follower) Seen() (c Cursor, began bool) {
	if p := f.told.Load(); p != nil {
		return *p, true
	}
	return Cursor{}, false
}

// Parked returns what is put aside for this reader, oldest first, at most 1000.
func (f *Follower) Parked(ctx context.Context) (parked []Parked, err error) {
	err = f.runner.Read(ctx, func(tx txn.Tx) (err error) {
		parked, err = f.store.ParkedAll(tx, f.reader.Name, 1000)
		return err
	})
	return parked, err
}

func (f *Follower) begin(ctx context.Context) error {
	return f.runner.Write(ctx, func(tx txn.Tx) error {
		_, found, err := f.store.Position(tx, f.reader.Name)
		if err != nil || found {
			return err
		}
		var at Cursor
		if f.reader.FromEnd {
			if at, err = f.store.End(tx); err != nil {
				return err
			}
		}
		return f.store.Begin(tx, f.reader.Name, at)
	})
}

func (f *Follower) wants(fact Fact) bool {
	return len(f.reader.Kinds) == 0 || slices.Contains(f.reader.Kinds, fact.Kind)
}
