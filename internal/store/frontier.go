package store

import (
	"sync"
	"sync/atomic"
	"time"
)

// frontier is how far this process knows PostgreSQL's journal to be settled: a
// transaction that begins now sees every fact up to there that will ever exist.
//
// A fact gets its seq before its transaction commits, so seq 8 may be seen while
// 7 is still to come. Whoever reads walks from the frontier on as long as no seq
// is missing. At a hole it stops: the missing fact is on its way, or was rolled
// back and never comes. Who may still bring it is seen in pg_locks, since a
// transaction that writes facts holds a lock on the table until it has ended:
// when all that held one after the hole was seen have ended, what can be seen up
// to there is all. internal/journal/DESIGN.md argues why this is the order in
// which things happened.
type frontier struct {
	place atomic.Int64 // unknown: nothing was read yet
	wake  func()       // has whoever waits for facts look again; never blocks

	mu    sync.Mutex
	hole  hole        // guarded by mu
	again *time.Timer // guarded by mu; nil: nobody is to be woken
}

// unknown is the frontier of a process that has not looked.
const unknown = -1

// hole is a missing fact with what is known of it.
type hole struct {
	top     int64           // the newest fact that was seen behind it; 0: there is no hole
	since   time.Time       // when it was seen first
	asked   bool            // writers is filled in
	writers map[string]bool // virtual transactions that may still bring it
}

// holePatience is how long a hole is taken for a transaction that commits at
// this moment, as nearly all are, before the server is asked about it.
const holePatience = 2 * time.Millisecond

func newFrontier(wake func()) *frontier {
	f := &frontier{wake: wake}
	f.place.Store(unknown)
	return f
}

// unbroken answers up to where seqs, the visible ones behind from in order, follow
// each other; whole is false when one is missing behind that.
func unbroken(from int64, seqs []int64) (until int64, whole bool) {
	for _, seq := range seqs {
		if seq != from+1 {
			return from, false
		}
		from = seq
	}
	return from, true
}

// extend moves the frontier; it never moves back.
func (f *frontier) extend(to int64) {
	for at := f.place.Load(); at < to; at = f.place.Load() {
		if f.place.CompareAndSwap(at, to) {
			return
		}
	}
}

// forget begins anew: after a fail-over another server may be the primary, and
// may have lost the last that the old one had.
func (f *frontier) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.place.Store(unknown)
	f.hole = hole{}
}

// blocked is told of a hole in front of facts up to top. writers lists the
// transactions that may bring facts; it is asked after top was seen.
func (f *frontier) blocked(top int64, writers func() (map[string]bool, error)) error {
	asking, ask := f.note(top)
	if !ask {
		return nil
	}
	now, err := writers()
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hole.top != asking {
		return nil // closed meanwhile
	}
	if !f.hole.asked {
		f.hole.asked, f.hole.writers = true, now
	}
	for w := range f.hole.writers {
		if !now[w] {
			delete(f.hole.writers, w)
		}
	}
	if len(f.hole.writers) == 0 {
		f.extend(f.hole.top) // for transactions that begin from now on
		f.hole = hole{}
	}
	return nil
}

// note remembers the hole and has everybody look again soon; ask tells that it
// has been there for long enough to ask who may still bring the missing fact.
func (f *frontier) note(top int64) (asking int64, ask bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hole.top == 0 || f.place.Load() >= f.hole.top {
		f.hole = hole{top: top, since: time.Now()}
	}
	age := time.Since(f.hole.since)
	if f.again == nil {
		f.again = time.AfterFunc(min(max(age/2, holePatience), 100*time.Millisecond), func() {
			f.mu.Lock()
			f.again = nil
			f.mu.Unlock()
			f.wake()
		})
	}
	return f.hole.top, age >= holePatience
}

// stop ends the wake-up that may be due.
func (f *frontier) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.again != nil {
		f.again.Stop()
	}
}
