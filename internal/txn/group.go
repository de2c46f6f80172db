package txn

import (
	"context"
	"slices"
	"sync"
	"time"

	"kontor/internal/fault"
)

// Group lets callers that wait at the same moment share one transaction and
// work on it as a set: the statements of a thousand webhooks are then those of
// one. The first caller starts a flush; whoever has come by the time its
// transaction begins is in its batch. Nobody waits for company. A second flush
// beside it starts only for a crowd: a transaction costs the same for few as for
// many, so two with half a batch each are slower than one with all, as long as
// one keeps up. One that does not (it waits for rows that a frozen node holds)
// keeps nobody longer than patience.
//
// apply gets the items of a batch, in the order in which they came. It may be
// called again with the same items (after a lost race, or alone after a batch
// failed), so it sets what it answers in the items anew each time. Its error is
// about the batch as a whole; an answer for one item belongs into the item.
type Group[T any] struct {
	runner   Runner
	apply    func(tx Tx, items []T) error
	flushes  int           // at most so many transactions at once
	max      int           // at most so many items in one
	crowd    int           // so many wait before a transaction begins beside another
	patience time.Duration // or one has waited so long

	mu      sync.Mutex
	waiting []*waiter[T]
	running int
}

const (
	// crowd is how many callers one transaction serves as well as two would.
	crowd = 64
	// patience is longer than a transaction takes that works.
	patience = 50 * time.Millisecond
)

type waiter[T any] struct {
	item T
	done chan error
}

// NewGroup makes a group with at most flushes transactions at once, each of at
// most max items.
func NewGroup[T any](runner Runner, flushes, max int, apply func(tx Tx, items []T) error) *Group[T] {
	return &Group[T]{runner: runner, apply: apply, flushes: flushes, max: max, crowd: crowd, patience: patience}
}

// Do hands item over and returns after the commit that contains it. When ctx
// ends before the item was taken, it is taken back and nothing was stored;
// after that the outcome is waited for, since it can no longer be undone.
func (g *Group[T]) Do(ctx context.Context, item T) error {
	w := &waiter[T]{item: item, done: make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	start := g.running == 0 || g.running < g.flushes && len(g.waiting) >= g.crowd
	if start {
		g.running++
	}
	g.mu.Unlock()
	if start {
		go g.flush(false) // ends by itself when nobody waits; every Do outlives the flush that serves it
	}
	impatient := time.NewTimer(g.patience)
	defer impatient.Stop()
	for {
		select {
		case err := <-w.done:
			return err
		case <-impatient.C:
			g.overtake(w)
			impatient.Reset(g.patience) // there may have been no place for another
		case <-ctx.Done():
			if g.withdraw(w) {
				return ctx.Err()
			}
			return <-w.done
		}
	}
}

// overtake begins a transaction beside one that does not get on, if there may be
// another and w is still in none.
func (g *Group[T]) overtake(w *waiter[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running < g.flushes && slices.Contains(g.waiting, w) {
		g.running++
		go g.flush(true)
	}
}

// Waiting is how many items wait for a transaction: for back-pressure and metrics.
func (g *Group[T]) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}

func (g *Group[T]) withdraw(w *waiter[T]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, w)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// flush runs transactions for as long as one more is worth it; overtaking makes
// the first one worth it for few, too.
func (g *Group[T]) flush(overtaking bool) {
	for {
		g.mu.Lock()
		if len(g.waiting) == 0 || g.running > 1 && len(g.waiting) < g.crowd && !overtaking {
			g.running--
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		overtaking = false
		g.commit()
	}
}

// take takes who waits, in the order in which they came.
func (g *Group[T]) take() []*waiter[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), g.max)
	batch := g.waiting[:n:n]
	g.waiting = append([]*waiter[T](nil), g.waiting[n:]...)
	return batch
}

// commit stores a batch: whoever waits when the transaction begins, which may be
// long after it was asked for. Those who came while the database was busy with
// the batch before are in it as well, instead of the first of them alone.
//
// When it fails, each item is tried alone, so that one that the database refuses
// does not take its neighbours with it. A database that does not answer is
// nobody's fault: asking it once for each would keep everybody waiting for as
// many times as long.
func (g *Group[T]) commit() {
	var batch []*waiter[T]
	taken := false // a batch may be empty: whoever comes after it was taken is in none
	// No caller's context: one who leaves must not break the batch of the others.
	err := g.runner.Write(context.Background(), func(tx Tx) error {
		if !taken { // once: the transaction may be run again
			batch, taken = g.take(), true
		}
		return g.store(tx, batch)
	})
	if !taken { // it did not come to that, so there is an error to tell
		batch = g.take()
	}
	if err == nil || len(batch) == 1 || fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Limited) {
		for _, w := range batch {
			w.done <- err
		}
		return
	}
	for _, w := range batch {
		w.done <- g.runner.Write(context.Background(), func(tx Tx) error { return g.store(tx, []*waiter[T]{w}) })
	}
}

func (g *Group[T]) store(tx Tx, batch []*waiter[T]) error {
	if len(batch) == 0 { // another flush took them along
		return nil
	}
	items := make([]T, len(batch))
	for i, w := range batch {
		items[i] = w.item
	}
	return g.apply(tx, items)
}
