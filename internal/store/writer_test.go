package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
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

func TestACallerWhoLeavesInTimeIsNotServed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		release, inside := make(chan struct{}), make(chan struct{}, 4)
		var all sync.WaitGroup
		for range 2 { // as many as there are writers
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
		}
		<-inside
		ctx, cancel := context.WithCancel(context.Background())
		ran := false
		left := make(chan error, 1)
		go func() {
			left <- s.Write(ctx, func(txn.Tx) error { ran = true; return nil })
		}()
		if s.Engine() == "postgres" {
			<-inside
		}
		cancel()
		err := <-left
		close(release)
		all.Wait()
		if !fault.Is(err, fault.Limited) || !errors.Is(err, context.Canceled) || ran {
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
