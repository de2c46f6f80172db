package callback

import (
	"context"
	"sync"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Run delivers for every subscription until ctx ends, and returns when all
// couriers have come home.
func (c *Callbacks) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	running := map[wa.SubscriptionID]context.CancelFunc{}
	bell := c.bells.listen(0)
	for ctx.Err() == nil {
		ids, err := c.ids(ctx)
		if err != nil && ctx.Err() == nil {
			c.Log.Error("the subscriptions could not be read, trying again", "err", err)
		}
		if err == nil {
			for id, cancel := range running {
				if !ids[id] {
					cancel()
					delete(running, id)
					c.bells.forget(id)
				}
			}
			for id := range ids {
				if running[id] != nil {
					continue
				}
				own, cancel := context.WithCancel(ctx)
				running[id] = cancel
				all.Go(func() { c.serve(own, id) })
			}
		}
		c.rest(ctx, bell)
	}
	for _, cancel := range running {
		cancel()
	}
	return nil
}

// serve has a courier deliver whenever there is something to do.
func (c *Callbacks) serve(ctx context.Context, id wa.SubscriptionID) {
	log := c.Log.With("subscription", id.String())
	bell := c.bells.listen(id)
	for ctx.Err() == nil {
		k := &courier{c: c, id: id, bell: bell, log: log, landed: make(chan landing)}
		if err := k.run(ctx); err != nil && ctx.Err() == nil {
			log.Error("deliveries stopped for now, trying again", "err", err)
		}
		c.rest(ctx, bell)
	}
}

// rest waits for a bell or the poll interval.
func (c *Callbacks) rest(ctx context.Context, bell <-chan struct{}) {
	poll, cancel := context.WithTimeout(ctx, c.Courier.Poll)
	defer cancel()
	select {
	case <-bell:
	case <-poll.Done():
	}
}

func (c *Callbacks) ids(ctx context.Context) (ids map[wa.SubscriptionID]bool, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		generations, err := c.Store.Generations(tx)
		ids = make(map[wa.SubscriptionID]bool, len(generations))
		for id := range generations {
			ids[id] = true
		}
		return err
	})
	return ids, err
}

// bells wake couriers; bell 0 is that of Run. The zero value is ready.
type bells struct {
	mu   sync.Mutex
	byID map[wa.SubscriptionID]chan struct{} // guarded by mu
}

// listen is the subscription's bell: it holds one ring, so none is missed.
func (b *bells) listen(id wa.SubscriptionID) chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byID == nil {
		b.byID = map[wa.SubscriptionID]chan struct{}{}
	}
	if b.byID[id] == nil {
		b.byID[id] = make(chan struct{}, 1)
	}
	return b.byID[id]
}

func (b *bells) forget(id wa.SubscriptionID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.byID, id)
}

func (b *bells) ring(id wa.SubscriptionID) {
	select {
	case b.listen(id) <- struct{}{}:
	default: // it rings already
	}
}
