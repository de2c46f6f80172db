package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is a store whose writes are signalled, as in the product.
type house struct {
	*testing.T
	store  *store.Store
	runner txn.Runner
	signal *journal.Signal
}

func newHouse(t *testing.T, s *store.Store) *house {
	signal := &journal.Signal{}
	return &house{t, s, signal.After(s), signal}
}

// said appends a fact as intake does: message n of a conversation.
func (h *house) said(conversation, n int) {
	h.Helper()
	err := h.runner.Write(context.Background(), func(tx txn.Tx) error {
		return h.store.Journal().Append(tx, journal.Fact{
			WorkspaceID: 1, Kind: journal.MessageReceived, ConversationID: wa.ConversationID(conversation), MessageID: wa.MessageID(n), At: time.UnixMilli(1),
		})
	})
	if err != nil {
		h.Error(err)
	}
}

// echo is a reader's effect: a fact of another kind for each message it handled.
func (h *house) echo(tx txn.Tx, facts []journal.Fact) error {
	for _, f := range facts {
		f.Kind = journal.MessageStatus
		if err := h.store.Journal().Append(tx, f); err != nil {
			return err
		}
	}
	return nil
}

// echoed returns the messages that a reader reacted to, by conversation, in order.
func (h *house) echoed() map[wa.ConversationID][]int {
	h.Helper()
	out := map[wa.ConversationID][]int{}
	var at journal.Cursor
	for {
		var page []journal.Fact
		err := h.store.Read(context.Background(), func(tx txn.Tx) (err error) {
			page, err = h.store.Journal().Next(tx, at, 500)
			return err
		})
		if err != nil {
			h.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		for _, f := range page {
			if f.Kind == journal.MessageStatus {
				out[f.ConversationID] = append(out[f.ConversationID], int(f.MessageID))
			}
		}
		at = page[len(page)-1].Cursor
	}
}

func (h *house) echoes() (n int) {
	for _, m := range h.echoed() {
		n += len(m)
	}
	return n
}

// until waits for a condition that a commit brings about.
func (h *house) until(what string, condition func() bool) {
	h.Helper()
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		changed := h.signal.Wait()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-poll.C:
		case <-deadline:
			h.Fatal("waited in vain until ", what)
		}
	}
}

// follow runs a follower until stop is called.
func (h *house) follow(f *journal.Follower) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				h.Error("run:", err)
			}
		})
	}
	h.Cleanup(stop)
	return stop
}

func (h *house) follower(r journal.Reader, o journal.Options) *journal.Follower {
	return journal.NewFollower(h.runner, h.store.Journal(), h.signal, r, o)
}

var messages = []journal.Kind{journal.MessageReceived}

func TestEachFactHasItsEffectOnceWhateverBreaksBetween(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		const writers, each = 4, 60
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for n := range each {
					h.said(w+1, n+1)
				}
			})
		}
		// Whoever follows is stopped after a few batches, half of the time after
		// the effect was written and before the commit; the next one takes over.
		for life := 0; ; life++ {
			ctx, kill := context.WithCancel(context.Background())
			batches := 0
			f := h.follower(journal.Reader{Name: "echo", Kinds: messages, Handle: func(tx txn.Tx, facts []journal.Fact) error {
				if err := h.echo(tx, facts); err != nil {
					return err
				}
				if batches++; batches == 3 {
					kill()
					if life%2 == 0 {
						panic("killed")
					}
				}
				return nil
			}}, journal.Options{Batch: 7, Poll: 5 * time.Millisecond, Retry: time.Millisecond})
			go func() {
				for changed := h.signal.Wait(); h.echoes() < writers*each; changed = h.signal.Wait() {
					select {
					case <-changed:
					case <-ctx.Done():
						return
					case <-time.After(20 * time.Millisecond):
					}
				}
				kill()
			}()
			if err := f.Run(ctx); err != nil {
				t.Fatal(err)
			}
			kill()
			if h.echoes() >= writers*each {
				break
			}
			if life > 500 {
				t.Fatalf("got %d of %d effects after %d lives", h.echoes(), writers*each, life)
			}
		}
		writing.Wait()
		for conversation, got := range h.echoed() {
			want := make([]int, each)
			for i := range want {
				want[i] = i + 1
			}
			if !slices.Equal(got, want) {
				t.Errorf("conversation %d: got effects %v, want each of 1 to %d once, in order", conversation, got, each)
			}
		}
	})
}

func TestTwoNodesFollowWithoutDoubling(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		reader := journal.Reader{Name: "echo", Kinds: messages, Handle: h.echo}
		for _, node := range []string{"one", "two"} {
			h.follow(h.follower(reader, journal.Options{Owner: node, Batch: 5, Poll: 5 * time.Millisecond}))
		}
		for n := range 200 {
			h.said(1, n+1)
		}
		h.until("all are echoed", func() bool { return h.echoes() >= 200 })
		got := h.echoed()[1]
		if len(got) != 200 || !slices.IsSorted(got) {
			t.Fatalf("got %d effects, want 200 in order: %v", len(got), got)
		}
	})
}

func TestParkingHoldsOneConversationAndLetsOthersGoOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		var mu sync.Mutex
		broken := true
		repair := func() { mu.Lock(); broken = false; mu.Unlock() }
		f := h.follower(journal.Reader{Name: "echo", Kinds: messages, Handle: func(tx txn.Tx, facts []journal.Fact) error {
			mu.Lock()
			defer mu.Unlock()
			for _, fact := range facts {
				if broken && fact.ConversationID == 2 && fact.MessageID == 2 {
					return errors.New("this one is refused\x00\xff")
				}
			}
			return h.echo(tx, facts)
		}}, journal.Options{Batch: 10, Poll: 5 * time.Millisecond, Retry: 10 * time.Millisecond})
		h.follow(f)
		for n := range 4 {
			for conversation := 1; conversation <= 3; conversation++ {
				h.said(conversation, n+1)
			}
		}
		h.until("the others are through", func() bool { return len(h.echoed()[1]) == 4 && len(h.echoed()[3]) == 4 })
		h.until("the refused one was tried again", func() bool {
			parked, err := f.Parked(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return len(parked) == 3 && parked[0].Attempt >= 3
		})
		parked, err := f.Parked(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var text []string
		for _, p := range parked {
			text = append(text, fmt.Sprintf("%d:%d failed %v", p.Fact.ConversationID, p.Fact.MessageID, p.Attempt > 0))
		}
		if got, want := strings.Join(text, ", "), "2:2 failed true, 2:3 failed false, 2:4 failed false"; got != want {
			t.Errorf("got parked %s, want %s", got, want)
		}
		if got, want := parked[0].Error, "this one is refused"; got != want {
			t.Errorf("got error %q, want %q", got, want)
		}
		if got := h.echoed()[2]; !slices.Equal(got, []int{1}) {
			t.Errorf("conversation 2 while parked: got %v, want only the first", got)
		}
		repair()
		h.until("the parked ones are through", func() bool { return len(h.echoed()[2]) == 4 })
		if got := h.echoed()[2]; !slices.Equal(got, []int{1, 2, 3, 4}) {
			t.Errorf("conversation 2: got %v, want its own order", got)
		}
		h.until("nothing is parked", func() bool {
			parked, err := f.Parked(context.Background())
			return err == nil && len(parked) == 0
		})
	})
}

func TestFactsWithoutConversationParkAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		f := h.follower(journal.Reader{Name: "echo", Kinds: messages, Handle: func(tx txn.Tx, facts []journal.Fact) error {
			for _, fact := range facts {
				if fact.MessageID == 1 {
					panic("always")
				}
			}
			return h.echo(tx, facts)
		}}, journal.Options{Poll: 5 * time.Millisecond, Retry: time.Hour})
		h.follow(f)
		for n := range 3 {
			h.said(0, n+1)
		}
		h.until("the others are through", func() bool { return slices.Equal(h.echoed()[0], []int{2, 3}) })
		parked, err := f.Parked(context.Background())
		if err != nil || len(parked) != 1 || parked[0].Error != "panic: always" {
			t.Fatalf("got %+v and %v, want the one that panics", parked, err)
		}
	})
}

func TestWhereAReaderBegins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.said(1, 1)
		h.said(1, 2)
		h.until("both can be read", func() bool {
			var facts []journal.Fact
			err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
				facts, err = s.Journal().Next(tx, journal.Cursor{}, 10)
				return err
			})
			return err == nil && len(facts) == 2
		})
		seen := map[string][]int{}
		var mu sync.Mutex
		note := func(name string) func(txn.Tx, []journal.Fact) error {
			return func(_ txn.Tx, facts []journal.Fact) error {
				mu.Lock()
				defer mu.Unlock()
				for _, f := range facts {
					seen[name] = append(seen[name], int(f.MessageID))
				}
				return nil
			}
		}
		has := func(name string, n int) func() bool {
			return func() bool { mu.Lock(); defer mu.Unlock(); return len(seen[name]) >= n }
		}
		o := journal.Options{Poll: 5 * time.Millisecond}
		h.follow(h.follower(journal.Reader{Name: "first", Handle: note("first")}, o))
		stop := h.follow(h.follower(journal.Reader{Name: "end", FromEnd: true, Handle: note("end")}, o))
		h.until("the first is through", has("first", 2))
		h.until("the other has its place", func() (found bool) {
			err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
				_, found, err = s.Journal().Position(tx, "end")
				return err
			})
			return err == nil && found
		})
		stop()
		h.said(1, 3) // while it does not run: FromEnd counts once only
		h.follow(h.follower(journal.Reader{Name: "end", FromEnd: true, Handle: note("end")}, o))
		h.until("both saw the third", func() bool { return has("first", 3)() && has("end", 1)() })
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(seen["first"], []int{1, 2, 3}) || !slices.Equal(seen["end"], []int{3}) {
			t.Fatalf("got %v, want all for the first and the third alone for the end", seen)
		}
	})
}

func TestOnlyWantedKindsAreHandled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		for n := range 25 {
			h.said(1, n+1)
		}
		err := h.runner.Write(context.Background(), func(tx txn.Tx) error {
			return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MediaStored, MessageID: 99})
		})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 5 {
			h.said(1, n+26)
		}
		var mu sync.Mutex
		var seen []wa.MessageID
		f := h.follower(journal.Reader{Name: "picky", Kinds: []journal.Kind{journal.MediaStored}, Handle: func(_ txn.Tx, facts []journal.Fact) error {
			mu.Lock()
			defer mu.Unlock()
			for _, fact := range facts {
				seen = append(seen, fact.MessageID)
			}
			return nil
		}}, journal.Options{Batch: 10, Poll: time.Millisecond})
		stop := h.follow(f)
		h.until("the wanted one was handled", func() bool { mu.Lock(); defer mu.Unlock(); return len(seen) > 0 })
		var end journal.Cursor
		h.until("the unwanted ones behind it count as seen", func() bool {
			err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
				end, err = s.Journal().End(tx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			at, began := f.Seen()
			return began && !at.Before(end)
		})
		stop()
		if !slices.Equal(seen, []wa.MessageID{99}) {
			t.Fatalf("got %v, want the fact of the wanted kind alone", seen)
		}
	})
}

// TestAnIdleReaderGathers makes the wait of a busy reader endless: whoever
// handles anything after the first look waits as an idle one does.
func TestAnIdleReaderGathers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		r := journal.Reader{Name: "few", Kinds: []journal.Kind{journal.MessageReceived}, Handle: h.echo}
		tell := func(kind journal.Kind, n int) {
			t.Helper()
			err := h.runner.Write(context.Background(), func(tx txn.Tx) error {
				return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: kind, ConversationID: 1, MessageID: wa.MessageID(n), At: time.UnixMilli(1)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		tell(journal.MessageRevoked, 1)
		f := h.follower(r, journal.Options{Gather: time.Hour, Idle: time.Millisecond, Poll: time.Hour})
		stop := h.follow(f)
		defer stop()
		h.until("the reader has seen what it does not want", func() bool { _, began := f.Seen(); return began })
		tell(journal.MessageReceived, 2)
		h.until("it handled what it wants", func() bool { return h.echoes() == 1 })
	})
}

func TestSignalWakesWhoeverWaits(t *testing.T) {
	var s journal.Signal
	s.Notify() // nobody waits: nothing happens
	first, second := s.Wait(), s.Wait()
	select {
	case <-first:
		t.Fatal("got a wake-up from before the wait")
	default:
	}
	s.Notify()
	<-first
	<-second
	select {
	case <-s.Wait():
		t.Fatal("got the same wake-up twice")
	default:
	}
}
