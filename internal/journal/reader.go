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
	// Next returns up to limit facts after the cursor, in order; under Read only.
	Next(tx txn.Tx, after Cursor, limit int) ([]Fact, error)
	// End is the cursor behind the newest fact that a reader may see; under Read only.
	End(tx txn.Tx) (Cursor, error)
	// Position is where a reader stands; found is false for one that never read.
	Position(tx txn.Tx, reader string) (c Cursor, found bool, err error)
	// Begin sets a reader that never read to a place; one that did stays where it is.
	Begin(tx txn.Tx, reader string, at Cursor) error
	// Hold is Position for whoever has the reader's lease with this epoch, and
	// keeps it until the transaction ends; held is false for whoever has not.
	Hold(tx txn.Tx, reader string, epoch int64) (c Cursor, held bool, err error)
	// Advance moves a reader.
	Advance(tx txn.Tx, reader string, to Cursor) error

	// TakeLease lets owner follow for a reader and answers the epoch, which is
	// higher than all before. It fails (0) while another owner's lease runs; an
	// owner may take its own again, as after a restart.
	TakeLease(tx txn.Tx, reader, owner string, lease time.Duration) (epoch int64, err error)
	// LeaseFree reports whether TakeLease would succeed; it is a read.
	LeaseFree(tx txn.Tx, reader, owner string) (bool, error)
	// KeepLease prolongs it, DropLease ends it; both report whether the epoch still owned it.
	KeepLease(tx txn.Tx, reader string, epoch int64, lease time.Duration) (bool, error)
	DropLease(tx txn.Tx, reader string, epoch int64) (bool, error)

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
	// Owner names this process among those that share the database, the same
	// after a restart; two that run at once never share it. Empty: "kontor".
	Owner  string
	Lease  time.Duration    // how long another node waits for one that is gone; 0: 6 seconds
	Batch  int              // facts in one transaction; 0: 200
	Poll   time.Duration    // look without a signal; 0: a second
	Gather time.Duration    // least time between two looks while facts keep coming; 0: 5 milliseconds
	Idle   time.Duration    // the same when the last look found nothing that the reader wants; 0: 25 milliseconds
	Retry  time.Duration    // first wait of a parked fact, doubled up to ten minutes; 0: a second
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: nothing is logged
}

func (o Options) orDefault() Options {
	if o.Owner == "" {
		o.Owner = "kontor"
	}
	if o.Lease == 0 {
		o.Lease = 6 * time.Second
	}
	if o.Gather == 0 {
		o.Gather = 5 * time.Millisecond
	}
	if o.Idle == 0 {
		o.Idle = 25 * time.Millisecond
	}
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

	epoch int64     // of this node's lease; 0: it has none
	kept  time.Time // when the lease was last prolonged

	place   Cursor    // as the database has it
	seen    Cursor    // place, or further: behind it came only kinds that the reader does not want
	skipped int       // facts between place and seen
	looked  time.Time // when the journal was last looked at
	idle    bool      // it had nothing that the reader wants

	parked     bool      // there may be parked facts: only this node parks any
	parkedLook time.Time // when to look for them next

	told atomic.Pointer[Cursor] // seen after the last step, for Seen
}

// NewFollower makes a follower; Run starts it.
func NewFollower(runner txn.Runner, store Store, signal *Signal, reader Reader, o Options) *Follower {
	o = o.orDefault()
	o.Log = o.Log.With("reader", reader.Name)
	return &Follower{runner: runner, store: store, signal: signal, reader: reader, o: o}
}

// Run follows the journal until ctx ends, and then returns nil; while another
// node does, it stands by. A database that does not answer is waited for; a
// reader that fails parks what it fails at.
func (f *Follower) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		changed := f.signal.Wait()
		more, err := f.turn(ctx)
		if err != nil && ctx.Err() == nil {
			f.o.Log.Error("following the journal stopped, trying again", "err", err)
		}
		switch {
		case err != nil || f.epoch == 0:
			f.wait(ctx, nil) // others' commits are no reason to hurry
		case !more:
			f.wait(ctx, changed)
		}
	}
	f.settle(context.WithoutCancel(ctx))
	return nil
}

// wait returns after a signal, the poll interval, or when ctx ends. Commits that
// follow each other closely are looked at together; a reader to whom the last
// ones meant nothing lets more of them come together.
func (f *Follower) wait(ctx context.Context, changed <-chan struct{}) {
	timer := time.NewTimer(f.o.Poll)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
		return
	case <-ctx.Done():
		return
	}
	gather := f.o.Gather
	if f.idle {
		gather = f.o.Idle
	}
	timer.Reset(gather - time.Since(f.looked))
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Seen is how far the reader has come: every fact up to there was handled,
// parked, or is of a kind that it does not want. The place in the database may
// lie behind it. While another node follows, nothing is left to do here: it is
// the end of all. began is false until the follower has looked.
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

func (f *Follower) wants(fact Fact) bool {
	return len(f.reader.Kinds) == 0 || slices.Contains(f.reader.Kinds, fact.Kind)
}
