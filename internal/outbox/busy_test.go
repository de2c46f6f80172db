package outbox_test

import (
	"context"
	"sync"
	"testing"

	"kontor/internal/fault"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

// What waits for the database is bounded: beyond that a message is refused at
// once, and nothing of it is kept; what waits is accepted as soon as the database
// works again.
func TestMoreThanMayWaitIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const most = 5
		h := build(t, s, func(p *outbox.Parts) { p.MostWaiting = most })
		h.several(most + 1)
		release := occupy(t, s)
		var all sync.WaitGroup
		for n := range most {
			all.Go(func() {
				r := text(phone(n), "waits")
				r.NumberID = h.number.ID
				if _, err := h.Accept(context.Background(), r); err != nil {
					t.Errorf("message %d: %v", n, err)
				}
			})
			h.until("it to wait", func() bool { return h.AcceptsWaiting() == n+1 })
		}
		late := text(phone(most), "late")
		late.Key = "late"
		if f := h.refused(late, "store_busy"); f.Kind != fault.Unavailable {
			t.Errorf("got %s, want unavailable", f.Kind)
		}
		release()
		all.Wait()
		h.accept(late) // its key was not used up
		if p := h.pending(); p.Queued != most+1 {
			t.Errorf("got %+v, want %d in the queue", p, most+1)
		}
	})
}

// occupy holds all writers of a store until release.
func occupy(t *testing.T, s *store.Store) (release func()) {
	t.Helper()
	writers := 1
	if s.Engine() == "postgres" {
		writers = 2
	}
	free := make(chan struct{})
	var held sync.WaitGroup
	for range writers { // one after the other: nobody is free to take two
		inside := make(chan struct{})
		held.Go(func() {
			if err := s.Write(context.Background(), func(txn.Tx) error { close(inside); <-free; return nil }); err != nil {
				t.Error(err)
			}
		})
		<-inside
	}
	return func() { close(free); held.Wait() }
}
