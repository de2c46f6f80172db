package outbox

import (
	"context"
	"sync"
	"time"

	"kontor/internal/wa"
)

// Run drains every number until ctx ends and returns when all deliverers have
// come home. A number that is new gets its deliverer within Delivery.Poll, and
// one whose deliverer ended gets another.
func (o *Outbox) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	running := map[wa.NumberID]bool{}
	ended := make(chan wa.NumberID)
	tick := time.NewTicker(o.Delivery.Poll)
	defer tick.Stop()
	for {
		for _, id := range o.Numbers.All() {
			if running[id] {
				continue
			}
			running[id] = true
			all.Go(func() {
				if err := o.Deliverer(id).Run(ctx); err != nil {
					o.Log.Warn("a number is left alone for now", "number", id.String(), "err", err)
				}
				select {
				case ended <- id:
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case id := <-ended:
			delete(running, id)
			if !sleep(ctx, o.Delivery.Poll) { // not in a circle
				return nil
			}
		case <-tick.C:
		}
	}
}

// bells wake deliverers. The zero value is ready.
type bells struct {
	mu     sync.Mutex
	byName map[wa.NumberID]chan struct{} // guarded by mu
}

// listen is the number's bell: it holds one ring, so none is missed.
func (b *bells) listen(id wa.NumberID) chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byName == nil {
		b.byName = map[wa.NumberID]chan struct{}{}
	}
	if b.byName[id] == nil {
		b.byName[id] = make(chan struct{}, 1)
	}
	return b.byName[id]
}

func (b *bells) ring(id wa.NumberID) {
	select {
	case b.listen(id) <- struct{}{}:
	default: // it rings already
	}
}
