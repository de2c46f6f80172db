package store_test

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
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

// What this node sends moves with its clock; what is scheduled far ahead, what
// another node sends, and what is due by the right clock, too, stay.
func TestMessagesMoveBackWithTheClockOfTheirNode(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			ctx, o := context.Background(), storetest.Options(t, engine)
			s, err := store.Open(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			db := unbound(t, o)
			told := time.UnixMilli(1_800_000_000_000)
			now := told.Add(-2 * time.Hour)
			const ours, theirs wa.NumberID = 1, 2
			for number, owner := range map[wa.NumberID]string{ours: "us", theirs: "them"} {
				if _, err := db.Exec(`INSERT INTO lease (name, owner, epoch, expires_at) VALUES ($1, $2, 1, 0)`, "number:"+number.String(), owner); err != nil {
					t.Fatal(err)
				}
			}
			rows := []struct {
				what    string
				number  wa.NumberID
				state   string
				attempt int
				due     time.Time
				want    time.Duration // by which it was moved
			}{
				{"was due", ours, "queued", 0, told.Add(-time.Minute), -2 * time.Hour},
				{"is held back for a moment", ours, "queued", 0, told.Add(3 * time.Second), -2 * time.Hour},
				{"waits for another try", ours, "queued", 3, told.Add(10 * time.Minute), -2 * time.Hour},
				{"waits for a status", ours, "uncertain", 1, told.Add(3 * time.Minute), -2 * time.Hour},
				{"is scheduled", ours, "queued", 0, told.Add(time.Hour), 0},
				{"was due before", ours, "queued", 0, now.Add(-time.Minute), 0},
				{"is another node's", theirs, "queued", 0, told.Add(-time.Minute), 0},
			}
			for n, r := range rows {
				_, err := db.Exec(`INSERT INTO outbox (message_id, workspace_id, number_id, conversation_id, lane, state, attempt, due_at) VALUES ($1, 1, $2, $1, 0, $3, $4, $5)`,
					n, int64(r.number), r.state, r.attempt, r.due.UnixMilli())
				if err != nil {
					t.Fatal(err)
				}
			}
			moved, err := s.SendSetBack(ctx, store.SetBack{Told: told, Now: now}, "us", []wa.NumberID{ours, theirs})
			if err != nil || moved != 4 {
				t.Errorf("%d were moved, %v; want 4", moved, err)
			}
			for n, r := range rows {
				var due int64
				if err := db.QueryRow(`SELECT due_at FROM outbox WHERE message_id = $1`, n).Scan(&due); err != nil {
					t.Fatal(err)
				}
				if got := time.UnixMilli(due).Sub(r.due); got != r.want {
					t.Errorf("what %s was moved by %v, want %v", r.what, got, r.want)
				}
			}
		})
	}
}

// unbound is a connection that asks nobody whether what a row names exists.
func unbound(t *testing.T, o store.Options) *sql.DB {
	t.Helper()
	driver, address := "sqlite", o.File
	if o.URL != "" {
		at, err := url.Parse(o.URL)
		if err != nil {
			t.Fatal(err)
		}
		q := at.Query()
		q.Set("search_path", o.Schema)
		q.Set("session_replication_role", "replica")
		at.RawQuery = q.Encode()
		driver, address = "pgx", at.String()
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
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
	_, err := unbound(t, store.Options{File: file}).Exec(`INSERT INTO message (id, workspace_id, number_id, contact_id, conversation_id, direction, type, status, content_sealed, at, stored_at)
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
