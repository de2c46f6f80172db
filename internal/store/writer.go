package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
)

// writer is the group commit (docs/adr/0004). Everybody who writes hands over a
// function and waits; a writer goroutine takes all functions that wait at that
// moment, runs them in one transaction, commits once, and answers all. Nobody
// sleeps in the hope of company: the group is whoever came while the last
// commit was on its way.
//
// SQLite has one writer, because it has one lock. PostgreSQL has two: more were
// measured slower on two cores.
type writer struct {
	engine engine
	dbs    databases
	queue  chan *work
	log    *slog.Logger

	closing chan struct{} // closed: nothing more is taken in
	ended   chan struct{} // closed: the writers are gone
	done    sync.WaitGroup
	once    sync.Once
	err     error // of close

	refused atomic.Pointer[time.Time] // when the database last could not keep something; nil: never
}

// work is one function that waits for its commit.
type work struct {
	f   func(tx txn.Tx) error
	err chan error // buffered: the writer never waits for a caller who left
	// taken is set once: by the writer that will run f, or by a caller who gave up.
	taken atomic.Bool
	about int64 // see txn.About
}

func (w *work) take() bool { return w.taken.CompareAndSwap(false, true) }

const (
	maxGroup = 512
	maxQueue = 4096 // callers beyond that wait for a place, and are refused when their time runs out
)

var (
	// errClosed is what a write gets after Close.
	errClosed = fault.New(fault.Unavailable, "stopping", "Kontor is stopping; nothing was stored.", "Send the request again in a few seconds.")
	errBusy   = fault.New(fault.Unavailable, "store_busy", "The database is busy; nothing was stored.", "Send the request again after a moment.")
)

func startWriter(ctx context.Context, eng engine, dbs databases, told func(News), o Options) (*writer, error) {
	w := &writer{engine: eng, dbs: dbs, queue: make(chan *work, maxQueue), log: o.Log, closing: make(chan struct{}), ended: make(chan struct{})}
	count := 1
	if eng == postgres {
		count = 2
	}
	committed := func() {}
	if eng == sqlite {
		k := newCheckpoints()
		committed = k.committed
		w.done.Go(func() { k.run(dbs, w.closing, o.Log) })
	}
	for range count {
		conn, err := dbs.write.Conn(ctx)
		if err != nil {
			close(w.closing)
			w.done.Wait()
			return nil, fmt.Errorf("open a connection to write: %w", err)
		}
		w.done.Go(func() {
			w.loop(&writeConn{conn: conn, engine: eng, reopen: dbs.write.Conn, committed: committed, told: told, trace: o.Trace})
		})
	}
	return w, nil
}

// do hands f over and waits. When the caller's time runs out before a writer
// took f, f is not run; after that the outcome is waited for.
func (w *writer) do(ctx context.Context, f func(tx txn.Tx) error) error {
	item := &work{f: f, err: make(chan error, 1), about: txn.Subject(ctx)}
	select {
	case <-w.closing:
		return errClosed
	default:
	}
	select {
	case w.queue <- item:
	case <-ctx.Done():
		return errBusy.Because(ctx.Err())
	case <-w.closing:
		return errClosed
	}
	var early error
	select {
	case err := <-item.err:
		return err
	case <-ctx.Done():
		early = errBusy.Because(ctx.Err())
	case <-w.ended: // it came into the queue behind the last look at it
		early = errClosed
	}
	if item.take() {
		return early
	}
	return <-item.err
}

func (w *writer) loop(c *writeConn) {
	defer c.close()
	group := make([]*work, 0, maxGroup)
	for {
		select {
		case first := <-w.queue:
			group = w.gather(group[:0], first)
			w.commit(c, group)
		case <-w.closing:
			for { // what was handed over before the end is still answered
				select {
				case item := <-w.queue:
					w.commit(c, w.gather(group[:0], item))
				default:
					return
				}
			}
		}
	}
}

// gather takes who is waiting, without waiting for more, and leaves out who gave
// up. Each of them holds rows until all are done, so they run in one order.
func (w *writer) gather(group []*work, first *work) []*work {
	group = w.waiting(group, first)
	slices.SortStableFunc(group, func(a, b *work) int { return cmp.Compare(a.about, b.about) })
	return group
}

func (w *writer) waiting(group []*work, first *work) []*work {
	for item := first; ; {
		if item.take() {
			group = append(group, item)
		}
		if len(group) == maxGroup {
			return group
		}
		select {
		case item = <-w.queue:
		default:
			return group
		}
	}
}

// attempts is how often a transaction is tried whose moment was wrong.
const attempts = 4

// commit runs a group and answers everybody in it.
//
// A function that fails before it changed anything is answered and left out. One
// that fails after a change, or at a statement, spoils the transaction: it is
// rolled back and each function runs again alone, so that one bad request never
// fails its neighbours. What is nobody's fault (no connection, a full disk) is
// answered to all at once: trying five hundred times alone would hold up
// everybody for minutes. And a commit whose answer was lost is never repeated,
// since it may have happened.
func (w *writer) commit(c *writeConn, group []*work) {
	if len(group) == 0 {
		return
	}
	results, err := w.try(c, group)
	var s *spoiled
	if len(group) > 1 && errors.As(err, &s) {
		w.log.Warn("group commit failed, running its parts alone", "size", len(group), "err", err)
		for _, item := range group {
			w.commit(c, []*work{item})
		}
		return
	}
	if err != nil && fault.As(err).Code == errRefused.Code {
		now := time.Now()
		w.refused.Store(&now)
	}
	for i, item := range group {
		if err == nil {
			item.err <- results[i]
		} else {
			item.err <- plain(err)
		}
	}
}

// try runs a group, again when only the moment was wrong: the connection was
// lost before the commit, or (for one function) a race with another writer.
func (w *writer) try(c *writeConn, group []*work) (results []error, err error) {
	for range attempts {
		results, err = c.transaction(group)
		var s *spoiled
		var l *lost
		switch {
		case err == nil:
			return results, nil
		case errors.As(err, &l):
		case errors.As(err, &s) && len(group) == 1 && retriable(s.cause):
		default:
			return nil, err
		}
	}
	return nil, err
}

// refusing is how long a database that could not keep something counts as one
// that cannot. Leases are renewed more often than that whatever the traffic, so
// a disk that stays full is noticed again, and one with room again is believed.
const refusing = 5 * time.Second

// full reports whether the database cannot keep what is written at the moment.
func (w *writer) full() bool {
	last := w.refused.Load()
	return last != nil && time.Since(*last) < refusing
}

// close answers everybody who waits and closes the database; again, it only
// tells how that went.
func (w *writer) close() error {
	w.once.Do(func() {
		close(w.closing)
		w.done.Wait()
		close(w.ended)
		w.err = w.dbs.close()
	})
	return w.err
}
