package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// hold locks a conversation's row until the transaction ends, as whoever changes one does.
func hold(tx txn.Tx, s *store.Store, id wa.ConversationID) error {
	c, err := s.Inbox().Conversation(tx, 1, id)
	if err == nil && c == nil {
		err = fmt.Errorf("there is no conversation %d", id)
	}
	return err
}

func note(tx txn.Tx, s *store.Store, conversation wa.ConversationID, message int) error {
	return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, ConversationID: conversation, MessageID: wa.MessageID(message), At: moveDay})
}

// ask has the server do now what this transaction has written so far: on
// PostgreSQL that waits for the next question.
func ask(tx txn.Tx, s *store.Store) error {
	_, _, err := s.Journal().Position(tx, "nobody")
	return err
}

// follow reads the journal page by page until last was seen, and returns the
// messages it came by.
func follow(t *testing.T, s *store.Store, from journal.Cursor, limit, last int) (seen []int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second) // for a broken test only
	defer cancel()
	for !slices.Contains(seen, last) {
		page, err := next(ctx, s, from, limit)
		if err != nil {
			t.Fatalf("%v; seen so far %v", err, seen)
		}
		for _, f := range page {
			seen, from = append(seen, int(f.MessageID)), f.Cursor
		}
	}
	return seen
}

func next(ctx context.Context, s *store.Store, from journal.Cursor, limit int) (page []journal.Fact, err error) {
	err = s.Read(ctx, func(tx txn.Tx) (err error) {
		page, err = s.Journal().Next(tx, from, limit)
		return err
	})
	return page, err
}

func end(t *testing.T, s *store.Store) (c journal.Cursor) {
	t.Helper()
	facts := storetest.Facts(t, s)
	if err := s.Read(context.Background(), func(tx txn.Tx) (err error) { c, err = s.Journal().End(tx); return err }); err != nil {
		t.Fatal(err)
	}
	if len(facts) > 0 && c.Before(facts[len(facts)-1].Cursor) {
		t.Fatalf("the end is %v, in front of %v", c, facts[len(facts)-1].Cursor)
	}
	return c
}

// A transaction that began first and waits for the row of one that began later
// has the lower id and the later fact.
func TestOverlappingTransactionsAreReadInTheOrderOfTheirRow(t *testing.T) {
	s := storetest.Open(t, "postgres") // SQLite has one writer: nothing overlaps
	fill(t, s)
	from := end(t, s)
	ctx := context.Background()
	const row wa.ConversationID = 20_000
	begun, first := make(chan struct{}), make(chan struct{})
	var second sync.WaitGroup
	var once sync.Once
	second.Go(func() {
		err := s.Write(ctx, func(tx txn.Tx) error {
			if err := errors.Join(s.Journal().Advance(tx, "somebody", from), ask(tx, s)); err != nil { // from here on it has an id
				return err
			}
			once.Do(func() { close(begun) })
			<-first
			return errors.Join(hold(tx, s, row), note(tx, s, row, 2))
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	write(t, s, func(tx txn.Tx) error { return errors.Join(hold(tx, s, row), note(tx, s, row, 1)) })
	close(first)
	second.Wait()
	if got := follow(t, s, from, 1, 2); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("got %v, want what happened first first", got)
	}
}

// The journal is never read past a fact that is still to come, on no node.
func TestAReaderWaitsForAFactOnItsWay(t *testing.T) {
	o := storetest.Options(t, "postgres")
	s, other := reopen(t, o), reopen(t, o)
	write(t, s, func(tx txn.Tx) error { return note(tx, s, 1, 1) })
	from := end(t, s)
	ctx := context.Background()
	written, commit := make(chan struct{}), make(chan struct{})
	var slow sync.WaitGroup
	var once sync.Once
	slow.Go(func() {
		err := s.Write(ctx, func(tx txn.Tx) error {
			err := errors.Join(note(tx, s, 1, 2), ask(tx, s))
			once.Do(func() { close(written) })
			<-commit
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-written
	write(t, s, func(tx txn.Tx) error { return note(tx, s, 2, 3) })
	for range 20 {
		for _, node := range []*store.Store{s, other} {
			if page, err := next(ctx, node, from, 10); err != nil || len(page) > 0 {
				t.Fatalf("got %+v, %v while an earlier fact is still to come", page, err)
			}
			err := node.Read(ctx, func(tx txn.Tx) error {
				got, err := node.Journal().End(tx)
				if err == nil && got != from {
					err = fmt.Errorf("the end is %v, want %v", got, from)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	close(commit)
	slow.Wait()
	for _, node := range []*store.Store{s, other} {
		if got := follow(t, node, from, 10, 3); !slices.Equal(got, []int{2, 3}) {
			t.Errorf("got %v, want both in their order", got)
		}
	}
}

// What was rolled back leaves a hole for ever. It holds nobody up, even while a
// stranger's transaction runs for hours on the same server.
func TestAFactThatWasRolledBackHoldsNobodyUp(t *testing.T) {
	o := storetest.Options(t, "postgres")
	s := reopen(t, o)
	write(t, s, func(tx txn.Tx) error { return note(tx, s, 1, 1) })
	from := end(t, s)
	ctx := context.Background()
	strangers, err := sql.Open("pgx", o.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer strangers.Close()
	long, err := strangers.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer long.Rollback()
	if _, err := long.Exec(`SELECT pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	woken := make(chan struct{}, 1)
	s.OnNews(func(n store.News) {
		if n.Facts {
			select {
			case woken <- struct{}{}:
			default:
			}
		}
	})
	for round := range 3 {
		no := errors.New("no")
		err := s.Write(ctx, func(tx txn.Tx) error { return errors.Join(note(tx, s, 1, 99), ask(tx, s), no) })
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		want := 2 + round
		write(t, s, func(tx txn.Tx) error { return note(tx, s, 2, want) })
		// Nobody commits anything more: the wake-ups alone bring the reader on.
		var page []journal.Fact
		for len(page) == 0 {
			select {
			case <-woken:
			case <-time.After(20 * time.Second):
				t.Fatal("nobody was woken to look again")
			}
			if page, err = next(ctx, s, from, 10); err != nil {
				t.Fatal(err)
			}
		}
		if len(page) != 1 || int(page[0].MessageID) != want {
			t.Fatalf("got %+v, want message %d alone", page, want)
		}
		from = page[0].Cursor
	}
}

// Many write on two nodes, some are rolled back; whoever reads on either sees
// every fact once, and those of a row in the order in which they were written.
func TestEveryReaderSeesEveryFactOnceInTheOrderOfItsRow(t *testing.T) {
	o := storetest.Options(t, "postgres")
	nodes := []*store.Store{reopen(t, o), reopen(t, o)}
	fill(t, nodes[0])
	from := end(t, nodes[0])
	const rows, writers, each, last = 4, 8, 60, 1_000_000
	var mu sync.Mutex
	turns := map[wa.ConversationID]int{} // how often a row was held to the end
	var writing, reading sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			s, dice := nodes[w%2], rand.New(rand.NewPCG(7, uint64(w)))
			for range each {
				row, fails := wa.ConversationID(20_000+dice.IntN(rows)), dice.IntN(5) == 0
				no := errors.New("no")
				err := s.Write(context.Background(), func(tx txn.Tx) error {
					if err := hold(tx, s, row); err != nil {
						return err
					}
					// The row's own counter, in the row: what a later holder sees.
					turn, err := store.Turn(tx, row)
					if err != nil {
						return err
					}
					if err := note(tx, s, row, turn); err != nil || !fails {
						return err
					}
					return errors.Join(ask(tx, s), no) // a hole
				})
				if err == nil {
					mu.Lock()
					turns[row]++
					mu.Unlock()
				} else if !errors.Is(err, no) {
					t.Error(err)
				}
			}
		})
	}
	seen := make([]map[wa.ConversationID][]int, 6)
	for r := range seen {
		seen[r] = map[wa.ConversationID][]int{}
		reading.Go(func() {
			s, at := nodes[r%2], from
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			for {
				page, err := next(ctx, s, at, 7)
				if err != nil {
					t.Error(err)
					return
				}
				for _, f := range page {
					if f.MessageID == last {
						return
					}
					seen[r][f.ConversationID] = append(seen[r][f.ConversationID], int(f.MessageID))
					at = f.Cursor
				}
			}
		})
	}
	writing.Wait()
	write(t, nodes[0], func(tx txn.Tx) error { return note(tx, nodes[0], 1, last) })
	reading.Wait()
	for r, got := range seen {
		for row, n := range turns {
			want := make([]int, n)
			for i := range want {
				want[i] = i + 1
			}
			if !slices.Equal(got[row], want) {
				t.Errorf("reader %d, row %d: got %v, want 1 to %d in order", r, row, got[row], n)
			}
		}
	}
}
