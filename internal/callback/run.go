package callback

import (
	"context"
	"sync"
	"sync/atomic"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Run delivers for every subscription until ctx ends, and returns when all
// couriers have come home. Couriers without work sleep until a bell: that of an
// event written here, or this loop's, which asks once in a poll interval for all
// of them together what other nodes wrote, or left when they went.
func (c *Callbacks) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	running := map[wa.SubscriptionID]*post{}
	bell := c.bells.listen(0)
	for ctx.Err() == nil {
		ids, awaited, err := c.look(ctx)
		if err != nil && ctx.Err() == nil {
			c.Log.Error("the subscriptions could not be read, trying again", "err", err)
		}
		if err == nil {
			for id, p := range running {
				if _, there := ids[id]; !there {
					p.cancel()
					delete(running, id)
					c.bells.forget(id)
				}
			}
			for id := range ids {
				if running[id] != nil {
					continue
				}
				own, cancel := context.WithCancel(ctx)
				p := &post{cancel: cancel}
				running[id] = p
				all.Go(func() { c.serve(own, id, p) })
			}
			for _, id := range awaited {
				if p := running[id]; p != nil && !p.busy.Load() {
					c.bells.ring(id)
				}
			}
		}
		c.rest(ctx, bell)
	}
	for _, p := range running {
		p.cancel()
	}
	return nil
}

// post is one subscription's place in Run.
type post struct {
	cancel context.CancelFunc
	busy   atomic.Bool // its courier is under way, and looks for itself
}

// serve has a courier deliver whenever a bell says that there is something to do.
func (c *Callbacks) serve(ctx context.Context, id wa.SubscriptionID, p *post) {
	log := c.Log.With("subscription", id.String())
	bell := c.bells.listen(id)
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		}
		p.busy.Store(true)
		k := &courier{c: c, id: id, bell: bell, log: log, landed: make(chan landing)}
		if err := k.run(ctx); err != nil && ctx.Err() == nil {
			log.Error("deliveries stopped for now, trying again", "err", err)
		}
		p.busy.Store(false)
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

// look reads which subscriptions there are, and for which of them something waits
// that no other node has in hand.
func (c *Callbacks) look(ctx context.Context) (ids map[wa.SubscriptionID]int64, awaited []wa.SubscriptionID, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		if ids, err = c.Store.Generations(tx); err != nil || len(ids) == 0 {
			return err
		}
		awaited, err = c.Store.Awaited(tx, c.Courier.Owner)
		return err
	})
	return ids, awaited, err
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
