package callback_test

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"kontor/internal/callback"
	"kontor/internal/facade/hook"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// watched counts how often couriers and the loop above them look.
type watched struct {
	callback.Store
	mu             sync.Mutex
	together, each int
	looked         *sync.Cond
	takenLeases    int
}

func (w *watched) Awaited(tx txn.Tx, owner string) ([]wa.SubscriptionID, error) {
	w.mu.Lock()
	w.together++
	w.looked.Broadcast()
	w.mu.Unlock()
	return w.Store.Awaited(tx, owner)
}

func (w *watched) Waiting(tx txn.Tx, id wa.SubscriptionID, after wa.DeliveryID, limit int) ([]*callback.Delivery, error) {
	w.mu.Lock()
	w.each++
	w.mu.Unlock()
	return w.Store.Waiting(tx, id, after, limit)
}

func (w *watched) TakeLease(tx txn.Tx, id wa.SubscriptionID, owner string, lease time.Duration) (int64, error) {
	w.mu.Lock()
	w.takenLeases++
	w.mu.Unlock()
	return w.Store.TakeLease(tx, id, owner, lease)
}

// Subscriptions without work ask for nothing: one look a poll serves all of them,
// and finds what another node wrote down.
func TestIdleSubscriptionsLookTogether(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		caller := hook.NewCaller(true, "test")
		defer caller.Close()
		store := &watched{Store: s.Callbacks()}
		store.looked = sync.NewCond(&store.mu)
		writer := newDesk(t, s, "writer", c)
		reader := newDesk(t, s, "reader", c)
		reader.Callbacks = callback.New(callback.Deps{
			Runner: reader.signal.After(s), Store: store, Journal: s.Journal(), Numbers: nobody{}, Dialects: []callback.Dialect{plain{}}, Caller: caller,
			Meter: meter{}, NewID: s.NewID, Now: c.Now, Log: slog.New(slog.DiscardHandler), Courier: callback.CourierOptions{Owner: "reader", Poll: 5 * time.Millisecond},
		})
		e := newEndpoint(t, nil)
		const many = 40
		for range many {
			writer.subscribe(e, "conversation.closed") // none of what happens here
		}
		writer.follow()
		reader.deliver()
		store.mu.Lock()
		for store.together < 20 {
			store.looked.Wait()
		}
		if store.each != 0 || store.takenLeases != 0 {
			t.Errorf("%d idle subscriptions: in 20 polls got %d looks and %d leases of their own, want none", many, store.each, store.takenLeases)
		}
		store.mu.Unlock()

		writer.subscribe(e, "message.received")
		writer.happens(1, 1, 1)
		e.until(t, "the event is told", func(all []said) bool { return len(all) == 1 })
		store.mu.Lock()
		defer store.mu.Unlock()
		if store.takenLeases != 1 {
			t.Errorf("one had something to do: got %d leases, want 1", store.takenLeases)
		}
	})
}
