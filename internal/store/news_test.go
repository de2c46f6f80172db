package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// node is a store that hears, and what it heard.
type node struct {
	*store.Store
	t     *testing.T
	heard chan store.News
}

// hearing opens a node that runs until the test ends, and waits until it listens.
func hearing(t *testing.T, o store.Options) *node {
	t.Helper()
	n := &node{reopen(t, o), t, make(chan store.News, 1000)}
	n.OnNews(func(news store.News) { n.heard <- news })
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := n.Hear(ctx); err != nil {
			t.Error("hear:", err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	n.until(func(news store.News) bool { return news.All })
	return n
}

// until waits for news.
func (n *node) until(wanted func(store.News) bool) {
	n.t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case news := <-n.heard:
			if wanted(news) {
				return
			}
		case <-late:
			n.t.Fatal("waited in vain for news")
		}
	}
}

func TestNodesHearWhatOthersCommit(t *testing.T) {
	o := storetest.Options(t, "postgres")
	a, b := hearing(t, o), hearing(t, o)
	stranger := hearing(t, storetest.Options(t, "postgres")) // another installation on the same server
	accepted := func(n *node, number wa.NumberID) {
		write(t, n.Store, func(tx txn.Tx) error {
			return n.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageAccepted, NumberID: number, MessageID: 1, At: moveDay})
		})
	}
	of := func(number wa.NumberID) func(store.News) bool {
		return func(n store.News) bool { return n.Facts && slices.Contains(n.Numbers, number) }
	}
	accepted(a, 41)
	a.until(of(41)) // at once, from itself
	b.until(of(41))
	accepted(b, 42)
	a.until(of(42))
	write(t, a.Store, func(tx txn.Tx) error {
		now := time.Now()
		return a.Jobs().Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: "later", Subject: 1, Due: now.Add(time.Hour)}, now)
	})
	write(t, a.Store, func(tx txn.Tx) error {
		now := time.Now()
		return a.Jobs().Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: "now", Subject: 1, Due: now}, now)
	})
	b.until(func(n store.News) bool {
		if n.Jobs && len(n.Numbers) > 0 {
			t.Errorf("got %+v, want no number with a job", n)
		}
		return n.Jobs
	})
	// A node that is not told by itself twice, nor of other houses.
	accepted(stranger, 43)
	stranger.until(of(43))
	accepted(b, 44)
	a.until(func(n store.News) bool {
		if slices.Contains(n.Numbers, 43) || slices.Contains(n.Numbers, 41) {
			t.Errorf("got %+v, want news of b alone", n)
		}
		return slices.Contains(n.Numbers, 44)
	})
}

// A line that the server ends is opened again; what was missed is looked for.
func TestALineThatBreaksIsOpenedAgain(t *testing.T) {
	o := storetest.Options(t, "postgres")
	a, b := hearing(t, o), hearing(t, o)
	if ended := store.EndLines(t, b.Store); ended != 2 {
		t.Fatalf("ended %d lines, want those of both nodes", ended)
	}
	for _, n := range []*node{a, b} {
		n.until(func(n store.News) bool { return n.All })
	}
	write(t, a.Store, func(tx txn.Tx) error {
		return a.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageAccepted, NumberID: 9, MessageID: 1, At: moveDay})
	})
	b.until(func(n store.News) bool { return slices.Contains(n.Numbers, 9) })
}

func TestSQLiteHasNobodyToHear(t *testing.T) {
	s := storetest.Open(t, "sqlite")
	var got store.News
	s.OnNews(func(n store.News) { got = n })
	if err := s.Hear(context.Background()); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(tx txn.Tx) error {
		return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageStatus, Detail: string(wa.StatusAccepted), NumberID: 9, MessageID: 1, At: moveDay})
	})
	if !got.Facts || !slices.Equal(got.Numbers, []wa.NumberID{9}) {
		t.Errorf("got %+v, want this process's own news", got)
	}
}
