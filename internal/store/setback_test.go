package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

func TestJobsMoveBackWithTheClock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const kind jobs.Kind = "test.work"
		told := time.Now().Add(2 * time.Hour)
		now := told.Add(-2 * time.Hour)
		ctx := context.Background()
		enqueue := func(subject int64, due time.Time) {
			t.Helper()
			err := s.Write(ctx, func(tx txn.Tx) error {
				return s.Jobs().Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: kind, Subject: subject, Due: due}, told)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		claim := func(now time.Time) (subjects []int64) {
			t.Helper()
			err := s.Write(ctx, func(tx txn.Tx) error {
				claimed, err := s.Jobs().Claim(tx, []jobs.Kind{kind}, now, now.Add(time.Minute), 10)
				subjects = nil
				for _, j := range claimed {
					subjects = append(subjects, j.Subject)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return subjects
		}
		enqueue(1, told)                     // due while the clock was ahead
		enqueue(2, told.Add(-time.Minute))   // the same
		enqueue(3, told.Add(24*time.Hour))   // of tomorrow
		if got := claim(now); len(got) > 0 { // the fault that this is about
			t.Fatalf("got %v, want nothing to be due before it was moved", got)
		}
		moved, err := s.WorkSetBack(ctx, store.SetBack{Told: told, Now: now})
		if err != nil || moved != 2 {
			t.Errorf("%d were moved, %v; want 2", moved, err)
		}
		if got := claim(now); len(got) != 2 {
			t.Errorf("got %v, want the two that were due", got)
		}
		if got := claim(told.Add(23 * time.Hour)); len(got) > 2 { // the leases of both have run out
			t.Errorf("got %v, want that of tomorrow tomorrow", got)
		}
	})
}

func TestIdsGoOnFromTheLastMessage(t *testing.T) {
	ctx, file := context.Background(), filepath.Join(t.TempDir(), "kontor.db")
	open := func() *store.Store {
		t.Helper()
		s, err := store.Open(ctx, store.Options{File: file})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	ahead := s.NewID() + 2*60*60*1000<<21 // made when the clock was two hours ahead
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", file) // which asks nobody whether there is a conversation
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`INSERT INTO message (id, workspace_id, number_id, contact_id, conversation_id, direction, type, status, content_sealed, at, stored_at)
		VALUES (?, 1, 1, 1, 1, 'inbound', 'text', 'received', x'', 1, 1)`, ahead)
	if err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close()
	if id := s.NewID(); id <= ahead {
		t.Errorf("got id %d, want one above %d, which is there", id, ahead)
	}
}
