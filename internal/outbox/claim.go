package outbox

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// batch is what one round has claimed.
type batch struct {
	claimed []*Claimed
	wamids  map[wa.MessageID]wa.Wamid // of the messages of ours that claimed ones speak of
	wait    time.Duration             // how long nothing more can go, without a bell
}

// claim takes up to slots messages. The claim is on disk before any of them
// leaves, so that after a crash nobody sends them a second time unasked (law 4).
func (d *Deliverer) claim(ctx context.Context, now time.Time, number *wa.Number, slots int) (batch, error) {
	var (
		b batch
		p *pick
	)
	bulk := d.lanes.Split(slots)
	err := d.write(ctx, func(tx txn.Tx) (err error) {
		b, p = batch{}, d.newPick(tx, number, now, slots)
		if err = p.all(bulk); err != nil {
			return err
		}
		if err = p.keep(); err != nil {
			return err
		}
		claimed, owned, err := d.o.Store.Claim(tx, d.id, d.epoch, p.ids)
		switch {
		case err != nil:
			return err
		case !owned:
			return errLeaseLost
		}
		b.claimed = claimed
		if b.wamids, err = d.o.Store.Wamids(tx, spokenOf(claimed)); err != nil {
			return err
		}
		if len(claimed) == 0 {
			b.wait, err = d.idle(tx, now, p.rests)
		}
		return err
	})
	if err != nil {
		return batch{}, err
	}
	d.learn(p)
	if p.full && len(b.claimed) < slots { // too many resting pairs stood in front
		d.extra = min(2*d.extra, 4096)
		b.wait = min(b.wait, ahead)
	}
	switch {
	case len(b.claimed) > 0:
		b.wait = ahead // look again: what was due behind these may go next
	case p.busy, len(p.park) > 0:
		b.wait = gather
	case d.parked:
		b.wait = min(b.wait, max(gather, d.fullUntil.Sub(now)))
	}
	return b, nil
}

func (d *Deliverer) pairFree(now time.Time, conversation wa.ConversationID) (bool, time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pace.PairFree(now, conversation)
}

// idle is how long nothing can be due: until the next message is, or the first
// resting pair is free.
func (d *Deliverer) idle(tx txn.Tx, now, rests time.Time) (time.Duration, error) {
	next, err := d.o.Store.NextDue(tx, d.id, now)
	if err != nil {
		return 0, err
	}
	wait := d.o.Delivery.Poll
	for _, t := range []time.Time{next, rests} {
		if !t.IsZero() {
			wait = min(wait, max(time.Millisecond, t.Sub(now)))
		}
	}
	return wait, nil
}

// launch books a slot for each message and lets it go.
func (d *Deliverer) launch(ctx, calls context.Context, number *wa.Number, b batch) {
	now := d.o.Now()
	for _, c := range b.claimed {
		d.mu.Lock()
		slot := d.pace.Book(now, c.ConversationID)
		d.mu.Unlock()
		d.flying <- struct{}{} // never blocks: no more are claimed than are free
		d.flights.Go(func() {
			d.fly(ctx, calls, number, c, b.wamids, slot)
			<-d.flying
			d.o.Wake(d.id) // its conversation's next message may go
		})
	}
}

// spokenOf are messages of ours whose wamid was not known at accept.
func spokenOf(claimed []*Claimed) (ids []wa.MessageID) {
	for _, c := range claimed {
		for _, text := range references(&c.Content) {
			if id, err := wa.ParseMessageID(*text); err == nil {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// references are the places where a content names another message.
func references(c *wa.Content) (texts []*string) {
	if c.Context != nil {
		texts = append(texts, &c.Context.ID)
	}
	if c.Reaction != nil {
		texts = append(texts, &c.Reaction.MessageID)
	}
	return texts
}
