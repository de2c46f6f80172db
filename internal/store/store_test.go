package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

func TestWriteAnswersAfterTheCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				err := s.Write(context.Background(), func(tx txn.Tx) error {
					return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, MessageID: 1000 + 1, Detail: string(rune('a' + i%26)), At: time.UnixMilli(int64(i + 1))})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := len(storetest.Facts(t, s)); got != 200 {
			t.Fatalf("got %d facts, want 200", got)
		}
	})
}

func TestOneFailureSparesItsNeighbours(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		bad := errors.New("spoiled after a change")
		var all sync.WaitGroup
		for i := range 64 {
			all.Go(func() {
				err := s.Write(context.Background(), func(tx txn.Tx) error {
					if err := s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, At: time.UnixMilli(1)}); err != nil {
						return err
					}
					if i%8 == 0 {
						return bad
					}
					return nil
				})
				if want := i%8 == 0; errors.Is(err, bad) != want {
					t.Errorf("write %d: got %v, want failure %v", i, err, want)
				}
			})
		}
		all.Wait()
		if got := len(storetest.Facts(t, s)); got != 56 {
			t.Fatalf("got %d facts, want the 56 of the writes that succeeded", got)
		}
	})
}

func TestPanicInsideATransactionStoresNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.Write(context.Background(), func(tx txn.Tx) error {
			if err := s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived}); err != nil {
				return err
			}
			panic("a bug")
		})
		if err == nil {
			t.Fatal("got no error, want the panic as one")
		}
		if got := len(storetest.Facts(t, s)); got != 0 {
			t.Fatalf("got %d facts, want none", got)
		}
		if err := s.Write(context.Background(), func(txn.Tx) error { return nil }); err != nil {
			t.Fatalf("the writer is gone after a panic: %v", err)
		}
	})
}

func TestReadersWriteNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.Read(context.Background(), func(tx txn.Tx) error {
			return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived})
		})
		if err == nil {
			t.Fatal("got no error, want a refusal to write while reading")
		}
	})
}

func TestJournalPagesInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 30 {
			write(t, s, func(tx txn.Tx) error {
				return s.Journal().Append(tx,
					journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, Detail: string(rune('a' + i))},
					journal.Fact{WorkspaceID: 2, Kind: journal.MessageReceived})
			})
		}
		storetest.Facts(t, s) // waits until all of them are shown
		var seen []byte
		var cursor journal.Cursor
		for {
			var page []journal.Fact
			err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
				page, err = s.Journal().NextOf(tx, 1, cursor, 7)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, f := range page {
				if !cursor.Before(f.Cursor) {
					t.Fatalf("got %v after %v, want it to rise", f.Cursor, cursor)
				}
				cursor = f.Cursor
				seen = append(seen, f.Detail...)
			}
		}
		if want := "abcdefghijklmnopqrstuvwxyz{|}~"; string(seen) != want {
			t.Fatalf("got %q, want %q", seen, want)
		}
	})
}

func write(t *testing.T, s *store.Store, f func(txn.Tx) error) {
	t.Helper()
	if err := s.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}
