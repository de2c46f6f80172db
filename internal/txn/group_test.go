package txn_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"kontor/internal/txn"
)

// memory is a Runner whose transactions can be held up, so that a test decides
// who waits together.
type memory struct {
	gate chan struct{} // nil: open
	mu   sync.Mutex
	runs int
}

type ticket struct{}

func (ticket) InTransaction() {}

func (m *memory) Write(_ context.Context, f func(txn.Tx) error) error {
	if m.gate != nil {
		<-m.gate
	}
	m.mu.Lock()
	m.runs++
	m.mu.Unlock()
	return f(ticket{})
}

func (m *memory) Read(_ context.Context, f func(txn.Tx) error) error { return f(ticket{}) }

func TestGroupServesWhoeverWaitsInOneTransaction(t *testing.T) {
	m := &memory{gate: make(chan struct{})}
	var sizes []int
	g := txn.NewGroup(m, 1, 100, func(_ txn.Tx, items []int) error {
		sizes = append(sizes, len(items))
		return nil
	})
	var all sync.WaitGroup
	do := func(n int) {
		all.Go(func() {
			if err := g.Do(context.Background(), n); err != nil {
				t.Error(err)
			}
		})
	}
	do(0)
	for g.Waiting() != 0 { // until the first flush has taken it
	}
	for n := range 20 {
		do(n + 1)
	}
	for g.Waiting() != 20 {
	}
	close(m.gate)
	all.Wait()
	total := 0
	for _, n := range sizes {
		total += n
	}
	if total != 21 || len(sizes) != 2 {
		t.Fatalf("got batches %v, want the first caller's and one of the 20 that waited", sizes)
	}
}

func TestGroupSparesTheNeighboursOfAFailure(t *testing.T) {
	bad := errors.New("bad item")
	m := &memory{gate: make(chan struct{})}
	g := txn.NewGroup(m, 1, 100, func(_ txn.Tx, items []int) error {
		for _, n := range items {
			if n == 7 {
				return bad
			}
		}
		return nil
	})
	errs := make([]error, 10)
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() { errs[n] = g.Do(context.Background(), n) })
	}
	close(m.gate)
	all.Wait()
	for n, err := range errs {
		if want := n == 7; errors.Is(err, bad) != want {
			t.Errorf("item %d: got %v, want failure %v", n, err, want)
		}
	}
}

func TestGroupGivesBackWhatNobodyTook(t *testing.T) {
	m := &memory{gate: make(chan struct{})}
	g := txn.NewGroup(m, 1, 100, func(txn.Tx, []int) error { return nil })
	first := make(chan error, 1)
	go func() { first <- g.Do(context.Background(), 1) }()
	for g.Waiting() != 0 {
	}
	for { // the first one is being flushed once Do has been called
		g.Waiting()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := g.Do(ctx, 2); errors.Is(err, context.Canceled) {
			break
		}
	}
	close(m.gate)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
}
