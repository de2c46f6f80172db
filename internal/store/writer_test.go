package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func received(s *store.Store) func(txn.Tx) error {
	return func(tx txn.Tx) error {
		return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, At: time.UnixMilli(1)})
	}
}

// A statement that fails ends a PostgreSQL transaction: COMMIT then rolls back
// and says nothing. A function that swallows the error must not be told that
// its work, or its neighbours', is stored.
func TestASwallowedErrorIsNotAcknowledged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				err := s.Write(context.Background(), func(tx txn.Tx) error {
					if err := received(s)(tx); err != nil {
						return err
					}
					if i%10 == 0 {
						_ = store.Broken(tx) // the bug that this test is about
					}
					return nil
				})
				if want := i%10 == 0; (err != nil) != want {
					t.Errorf("write %d: got %v, want failure %v", i, err, want)
				}
			})
		}
		all.Wait()
		if got := len(storetest.Facts(t, s)); got != 36 {
			t.Errorf("got %d facts, want the 36 that were acknowledged", got)
		}
	})
}

// A full disk is nobody's fault: all who share a transaction are told at once
// that nothing was stored, and nobody runs it again alone.
func TestAFullDiskIsToldToAllAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var tries atomic.Int64
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				err := s.Write(context.Background(), func(tx txn.Tx) error {
					tries.Add(1)
					if err := received(s)(tx); err != nil {
						return err
					}
					return store.NoRoom(tx)
				})
				if f := fault.As(err); f.Code != "store_failed" || f.Kind != fault.Unavailable {
					t.Errorf("got %v, want store_failed", err)
				}
			})
		}
		all.Wait()
		if tries.Load() > 40 {
			t.Errorf("40 functions ran %d times, want each once at most", tries.Load())
		}
		if err := s.Ping(context.Background()); err == nil {
			t.Error("the database counts as well while it keeps nothing")
		}
		if err := s.Write(context.Background(), store.Room); err != nil {
			t.Fatal(err)
		}
		if err := s.Write(context.Background(), received(s)); err != nil {
			t.Errorf("with room again: %v", err)
		}
		if got := len(storetest.Facts(t, s)); got != 1 {
			t.Errorf("got %d facts, want only the one that was acknowledged", got)
		}
	})
}

func TestACallerWhoLeavesInTimeIsNotServed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		release, inside := make(chan struct{}), make(chan struct{}, 4)
		var all sync.WaitGroup
		writers := 1
		if s.Engine() == "postgres" {
			writers = 2
		}
		for range writers { // one after the other: nobody is free to take two
			all.Go(func() {
				err := s.Write(context.Background(), func(tx txn.Tx) error {
					inside <- struct{}{}
					<-release
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
			<-inside
		}
		ctx, cancel := context.WithCancel(context.Background())
		ran := false
		left := make(chan error, 1)
		go func() {
			left <- s.Write(ctx, func(txn.Tx) error { ran = true; return nil })
		}()
		cancel()
		err := <-left
		close(release)
		all.Wait()
		if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) || ran {
			t.Errorf("got %v, ran %v; want the caller told that nothing was stored, and nothing stored", err, ran)
		}
	})
}

// However close a write comes to the end, it is answered.
func TestWritesAroundTheEndAreAnswered(t *testing.T) {
	for range 20 {
		o := storetest.Options(t, "sqlite")
		s, err := store.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		stored := 0
		for range 50 {
			all.Go(func() {
				err := s.Write(context.Background(), received(s))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					stored++
				} else if !fault.Is(err, fault.Unavailable) {
					t.Errorf("got %v, want stored or refused", err)
				}
			})
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
		done := make(chan struct{})
		go func() { all.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("a write was never answered")
		}
		again, err := store.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(storetest.Facts(t, again)); got != stored {
			t.Errorf("got %d facts, want the %d that were acknowledged", got, stored)
		}
		again.Close()
	}
}

// A PostgreSQL that restarts, or an operator who ends its sessions, costs nobody
// a webhook: what was not committed runs again on a new connection.
func TestWritersOutliveTheirConnections(t *testing.T) {
	s := storetest.Open(t, "postgres")
	admin, err := sql.Open("pgx", os.Getenv("KONTOR_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	end := func(pid int64) error { _, err := admin.Exec("SELECT pg_terminate_backend($1)", pid); return err }
	const writes = 240
	stored, uncertain := 0, 0
	var mu sync.Mutex
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := range writes / 8 {
				tries := 0
				var pid int64
				err := s.Write(context.Background(), func(tx txn.Tx) (err error) {
					if pid, err = store.Backend(tx); err != nil {
						return err
					}
					if tries++; worker == 0 && n%3 == 0 && tries == 1 { // inside the transaction
						if err := end(pid); err != nil {
							t.Error(err)
						}
					}
					return received(s)(tx)
				})
				mu.Lock()
				switch {
				case err == nil:
					stored++
				case fault.As(err).Code == "store_uncertain":
					uncertain++
				default:
					t.Error(err)
				}
				mu.Unlock()
				if worker == 1 && n%3 == 0 { // at any moment: before, inside or at the commit of somebody's
					if err := end(pid); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if got := len(storetest.Facts(t, s)); got < stored || got > stored+uncertain {
		t.Errorf("got %d facts, want the %d acknowledged and at most the %d uncertain ones", got, stored, uncertain)
	}
	if stored < writes/2 {
		t.Errorf("got %d of %d stored, want most of them", stored, writes)
	}
}

// Two processes may write to one file: kontor key create beside kontor dev.
func TestTwoProcessesShareOneFile(t *testing.T) {
	o := storetest.Options(t, "sqlite")
	var stores [2]*store.Store
	for i := range stores {
		var err error
		if stores[i], err = store.Open(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		defer stores[i].Close()
	}
	var all sync.WaitGroup
	for _, s := range stores {
		for range 4 {
			all.Go(func() {
				for range 25 {
					if err := s.Write(context.Background(), received(s)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	if got := len(storetest.Facts(t, stores[0])); got != 200 {
		t.Errorf("got %d facts, want 200", got)
	}
}

// Two writers that wait for each other are set free by PostgreSQL, and the one
// that lost runs again: nobody is told. So it is when the loss shows at the commit.
func TestADeadlockIsRunAgain(t *testing.T) {
	ask := func(s *store.Store) func(tx txn.Tx, id wa.NumberID) error {
		return func(tx txn.Tx, id wa.NumberID) error {
			_, err := s.Numbers().ByID(tx, id)
			return err
		}
	}
	t.Run("at an answer", func(t *testing.T) {
		s := storetest.Open(t, "postgres")
		deadlock(t, s, ask(s))
	})
	t.Run("at the commit", func(t *testing.T) { deadlock(t, storetest.Open(t, "postgres"), store.Later) })
}

// deadlock lets two transactions lock two numbers in opposite orders; second
// takes the other one's.
func deadlock(t *testing.T, s *store.Store, second func(tx txn.Tx, id wa.NumberID) error) {
	t.Helper()
	one, two := wa.NumberID(s.NewID()), wa.NumberID(s.NewID())
	write(t, s, func(tx txn.Tx) error {
		if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 1, Slug: "default", Name: "House", SessionHours: 24, CreatedAt: time.UnixMilli(1)}); err != nil {
			return err
		}
		for _, id := range []wa.NumberID{one, two} {
			n := &wa.Number{ID: id, WorkspaceID: 1, PhoneNumberID: wa.PhoneNumberID(id.String()), Provider: "cloudapi", State: wa.NumberActive}
			if err := s.Numbers().Insert(tx, n, time.UnixMilli(1)); err != nil {
				return err
			}
		}
		return nil
	})
	var met, all sync.WaitGroup
	met.Add(2)
	var runs atomic.Int64
	for _, order := range [][2]wa.NumberID{{one, two}, {two, one}} {
		first := true
		all.Go(func() {
			err := s.Write(context.Background(), func(tx txn.Tx) error {
				runs.Add(1)
				if _, err := s.Numbers().ByID(tx, order[0]); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait() // both hold their first row now
				}
				if err := second(tx, order[1]); err != nil {
					return err
				}
				return received(s)(tx)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := len(storetest.Facts(t, s)); got != 2 || runs.Load() < 3 {
		t.Errorf("got %d facts after %d runs, want 2 after at least 3: one of them ran again", got, runs.Load())
	}
}
