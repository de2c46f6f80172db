package journal_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// line is a node's way to the database, which can be cut.
type line struct {
	txn.Runner
	cut atomic.Bool
}

var errCut = errors.New("the line is cut")

func (l *line) Write(ctx context.Context, f func(txn.Tx) error) error {
	if l.cut.Load() {
		return errCut
	}
	return l.Runner.Write(ctx, f)
}

func (l *line) Read(ctx context.Context, f func(txn.Tx) error) error {
	if l.cut.Load() {
		return errCut
	}
	return l.Runner.Read(ctx, f)
}

// One node follows; the other one stands by until it is gone, and the first,
// when it comes back, finds that it is no longer the one.
func TestANodeThatIsGoneIsReplaced(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		lines := []*line{{Runner: h.runner}, {Runner: h.runner}}
		var handled [2]atomic.Int64
		var followers [2]*journal.Follower
		for n, name := range []string{"one", "two"} {
			followers[n] = journal.NewFollower(lines[n], s.Journal(), h.signal, journal.Reader{Name: "echo", Kinds: messages, Handle: func(tx txn.Tx, facts []journal.Fact) error {
				handled[n].Add(int64(len(facts)))
				return h.echo(tx, facts)
			}}, journal.Options{Owner: name, Lease: 400 * time.Millisecond, Poll: 10 * time.Millisecond})
			h.follow(followers[n])
			h.until("it has looked", func() bool { _, began := followers[n].Seen(); return began })
		}
		said := 0
		say := func() {
			for range 20 {
				said++
				h.said(1, said)
			}
			h.until("all are echoed", func() bool { return h.echoes() >= said })
		}
		say()
		if n := handled[1].Load(); n != 0 {
			t.Errorf("who stands by handled %d facts", n)
		}
		if seen, _ := followers[1].Seen(); seen.Before(journal.Cursor{Seq: 1 << 40}) {
			t.Errorf("who stands by has seen up to %v, want that nothing is left for it", seen)
		}
		lines[0].cut.Store(true)
		say()
		if n := handled[1].Load(); n < 20 {
			t.Errorf("the other one handled %d facts, want those since the cut", n)
		}
		before := handled[0].Load()
		lines[0].cut.Store(false)
		h.until("the first knows that another follows", func() bool {
			seen, _ := followers[0].Seen()
			return !seen.Before(journal.Cursor{Seq: 1 << 40})
		})
		say()
		if n := handled[0].Load(); n != before {
			t.Errorf("the first handled %d more facts without the lease", n-before)
		}
		got := h.echoed()[wa.ConversationID(1)]
		if len(got) != said || !slices.IsSorted(got) {
			t.Errorf("got %d effects, want %d, each once and in order: %v", len(got), said, got)
		}
	})
}

// Whoever had the lease before can neither hold, prolong nor end it.
func TestAFormerLeaseWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		j := s.Journal()
		var first, second int64
		write := func(f func(tx txn.Tx) error) {
			t.Helper()
			if err := s.Write(context.Background(), f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx txn.Tx) (err error) {
			if first, err = j.TakeLease(tx, "echo", "one", time.Minute); err != nil {
				return err
			}
			if err = j.Begin(tx, "echo", journal.Cursor{}); err != nil {
				return err
			}
			free, err := j.LeaseFree(tx, "echo", "two")
			if err == nil && free {
				err = errors.New("the lease is free while it runs")
			}
			if second, _ = j.TakeLease(tx, "echo", "two", time.Minute); second != 0 {
				t.Errorf("two has epoch %d while the lease of one runs", second)
			}
			if _, held, _ := j.Hold(tx, "echo", first); !held {
				t.Error("one does not hold what it has")
			}
			return err
		})
		write(func(tx txn.Tx) (err error) {
			if kept, err := j.KeepLease(tx, "echo", first, -time.Millisecond); err != nil || !kept { // it runs out
				t.Errorf("one cannot change its own lease: %v", err)
			}
			second, err = j.TakeLease(tx, "echo", "two", time.Minute)
			return err
		})
		write(func(tx txn.Tx) error {
			if second <= first {
				t.Errorf("two has epoch %d after %d", second, first)
			}
			if _, held, err := j.Hold(tx, "echo", first); err != nil || held {
				t.Errorf("one still holds: %v, %v", held, err)
			}
			if kept, err := j.KeepLease(tx, "echo", first, time.Hour); err != nil || kept {
				t.Errorf("one still prolongs: %v, %v", kept, err)
			}
			if held, err := j.DropLease(tx, "echo", first); err != nil || held {
				t.Errorf("one ends the lease of two: %v, %v", held, err)
			}
			return nil
		})
	})
}
