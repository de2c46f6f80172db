package txn_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"kontor/internal/txn"
)

// memory is a Runner whose transactions can be held up, so that a test decides
// who waits together.
type memory struct {
	entered chan struct{} // told when a transaction begins
	gate    chan struct{} // a transaction goes on when it is closed
}

func newMemory() *memory {
	return &memory{entered: make(chan struct{}, 100), gate: make(chan struct{})}
}

type ticket struct{}

func (ticket) InTransaction() {}

func (m *memory) Write(_ context.Context, f func(txn.Tx) error) error {
	m.entered <- struct{}{}
	<-m.gate
	return f(ticket{})
}

func (m *memory) Read(_ context.Context, f func(txn.Tx) error) error { return f(ticket{}) }

func TestGroupServesWhoeverWaitsInOneTransaction(t *testing.T) {
	m := newMemory()
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
	<-m.entered // the first caller asked for a transaction; the database is still busy with others
	for n := range 20 {
		do(n + 1)
	}
	for g.Waiting() != 21 {
		runtime.Gosched()
	}
	close(m.gate)
	all.Wait()
	if len(sizes) != 1 || sizes[0] != 21 {
		t.Fatalf("got batches %v, want one of all that waited when the transaction began", sizes)
	}
}

func TestGroupLeavesWhoComesLateToTheNext(t *testing.T) {
	m := newMemory()
	close(m.gate)
	working, goOn := make(chan struct{}), make(chan struct{})
	var sizes []int
	g := txn.NewGroup(m, 1, 100, func(_ txn.Tx, items []int) error {
		if sizes = append(sizes, len(items)); len(sizes) == 1 {
			close(working)
			<-goOn
		}
		return nil
	})
	var all sync.WaitGroup
	do := func(n int) { all.Go(func() { g.Do(context.Background(), n) }) }
	do(0)
	<-working
	for n := range 20 {
		do(n + 1)
	}
	for g.Waiting() != 20 {
		runtime.Gosched()
	}
	close(goOn)
	all.Wait()
	if len(sizes) != 2 || sizes[0] != 1 || sizes[1] != 20 {
		t.Fatalf("got batches %v, want the first caller's and one of the 20 that waited", sizes)
	}
}

func TestGroupSparesTheNeighboursOfAFailure(t *testing.T) {
	bad := errors.New("bad item")
	m := newMemory()
	g := txn.NewGroup(m, 1, 100, func(_ txn.Tx, items []int) error {
		if slices.Contains(items, 7) {
			return bad
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
	m := newMemory()
	var seen []int
	g := txn.NewGroup(m, 1, 100, func(_ txn.Tx, items []int) error {
		seen = append(seen, items...)
		return nil
	})
	first := make(chan error, 1)
	go func() { first <- g.Do(context.Background(), 1) }()
	<-m.entered // nobody was taken yet: that happens when the transaction begins
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.Do(ctx, 2); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the caller's own cancellation", err)
	}
	close(m.gate)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []int{1}) {
		t.Fatalf("stored %v, want 1 alone", seen)
	}
}

// stepped is a Runner whose first two transactions go step by step.
type stepped struct {
	begun   atomic.Int64
	entered chan int
	run     [2]chan struct{} // closed: the transaction's function runs
	ran     chan int         // told when it has
	end     [2]chan struct{} // closed: the transaction ends
}

func (s *stepped) Write(_ context.Context, f func(txn.Tx) error) error {
	n := int(s.begun.Add(1)) - 1
	if n > 1 {
		return f(ticket{})
	}
	s.entered <- n
	<-s.run[n]
	err := f(ticket{})
	s.ran <- n
	<-s.end[n]
	return err
}

func (s *stepped) Read(_ context.Context, f func(txn.Tx) error) error { return f(ticket{}) }

// An item that comes when a transaction has begun without it is never answered
// for that one, even when nothing was left for that transaction to store.
func TestGroupAnswersNobodyWhoseItemIsNotStored(t *testing.T) {
	s := &stepped{entered: make(chan int), ran: make(chan int)}
	for i := range 2 {
		s.run[i], s.end[i] = make(chan struct{}), make(chan struct{})
	}
	var mu sync.Mutex
	var stored []int
	g := txn.NewGroup(s, 2, 100, func(_ txn.Tx, items []int) error {
		mu.Lock()
		defer mu.Unlock()
		stored = append(stored, items...)
		return nil
	})
	g.SetCrowd(1)
	answered := make(chan int, 3)
	do := func(n int) {
		go func() {
			if err := g.Do(context.Background(), n); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(stored, n) {
				t.Errorf("item %d was answered and is not stored", n)
			}
			answered <- n
		}()
	}
	do(1)
	<-s.entered
	do(2)
	<-s.entered // two transactions have begun, and both items wait
	close(s.run[0])
	<-s.ran // the first one took both
	close(s.run[1])
	<-s.ran // nothing was left for the second one
	do(3)
	for g.Waiting() != 1 {
		runtime.Gosched()
	}
	close(s.end[1])
	if n := <-answered; n != 3 {
		t.Errorf("item %d was answered first, want 3: the others' transaction has not ended", n)
	}
	close(s.end[0])
	<-answered
	<-answered
}

// A second transaction begins for a crowd only, and then it does.
func TestGroupKeepsASetTogether(t *testing.T) {
	entered, release := make(chan struct{}, 10), make(chan struct{})
	r := runnerFunc(func(_ context.Context, f func(txn.Tx) error) error {
		entered <- struct{}{}
		<-release
		return f(ticket{})
	})
	g := txn.NewGroup(r, 2, 100, func(txn.Tx, []int) error { return nil })
	g.SetCrowd(3)
	var all sync.WaitGroup
	do := func(waiting int) {
		all.Go(func() {
			if err := g.Do(context.Background(), 0); err != nil {
				t.Error(err)
			}
		})
		for g.Waiting() != waiting {
			runtime.Gosched()
		}
	}
	do(1)
	<-entered
	do(2)
	if len(entered) != 0 {
		t.Error("a second transaction began for two who wait, want one for all")
	}
	do(3)
	<-entered // the crowd got its own
	close(release)
	all.Wait()
}

// One who has waited for long gets a transaction beside the one that does not end.
func TestGroupOvertakesATransactionThatDoesNotEnd(t *testing.T) {
	stuck := make(chan struct{})
	var begun atomic.Int64
	r := runnerFunc(func(_ context.Context, f func(txn.Tx) error) error {
		err := f(ticket{})
		if begun.Add(1) == 1 {
			<-stuck
		}
		return err
	})
	g := txn.NewGroup(r, 2, 100, func(txn.Tx, []int) error { return nil })
	first := make(chan error, 1)
	go func() { first <- g.Do(context.Background(), 1) }()
	for begun.Load() == 0 {
		runtime.Gosched()
	}
	for n := range 3 { // also again: few are no crowd each time
		if err := g.Do(context.Background(), n); err != nil {
			t.Error(err)
		}
	}
	select {
	case <-first:
		t.Error("the transaction that does not end was answered")
	default:
	}
	close(stuck)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

type runnerFunc func(ctx context.Context, f func(txn.Tx) error) error

func (r runnerFunc) Write(ctx context.Context, f func(txn.Tx) error) error { return r(ctx, f) }

func (r runnerFunc) Read(_ context.Context, f func(txn.Tx) error) error { return f(ticket{}) }
