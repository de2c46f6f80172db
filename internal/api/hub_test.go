package api

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

// TestASlowListenerIsLetGoAndHoldsUpNobody has one listener that takes nothing
// and one that takes all.
func TestASlowListenerIsLetGoAndHoldsUpNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(context.Background())
		signal := &journal.Signal{}
		h := newHub(s, s.Journal(), signal, slog.New(slog.DiscardHandler))
		h.running = true // before Run's own turn, so that listening need not wait for it
		var running sync.WaitGroup
		running.Go(func() { _ = h.run(ctx) })
		defer func() { cancel(); running.Wait() }()

		slow, _, err := h.listen(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		quick, from, err := h.listen(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		const total = listenRoom + 300
		facts := make([]journal.Fact, total)
		for i := range facts {
			facts[i] = journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, MessageID: 1, At: time.UnixMilli(int64(i + 1))}
		}
		// In two parts, each smaller than the room: the one that takes is never behind by more.
		for part := range slices.Chunk(facts, listenRoom-24) {
			if err := s.Write(ctx, func(tx txn.Tx) error { return s.Journal().Append(tx, part...) }); err != nil {
				t.Fatal(err)
			}
			signal.Notify()
			for _, want := range part {
				f, on := <-quick.facts
				if !on || !from.Before(f.Cursor) || !f.At.Equal(want.At) {
					t.Fatalf("got %+v, want the fact of %s, in order", f, want.At)
				}
				from = f.Cursor
			}
		}
		got := 0
		for range slow.facts {
			got++
		}
		if got != listenRoom {
			t.Errorf("the slow one got %d facts before it was let go, want the %d it has room for", got, listenRoom)
		}
		h.leave(slow) // twice is no error
	})
}
