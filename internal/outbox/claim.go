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
func (d *Deliverer) claim(ctx context.Context, now time.Time, slots int) (batch, error) {
	var (
		b     batch
		rests time.Time // when the first resting pair is free again
		full  bool      // there were more candidates than were looked at
	)
	bulk := d.lanes.Split(slots)
	err := d.write(ctx, func(tx txn.Tx) error {
		b, rests, full = batch{}, time.Time{}, false
		var ids, expired []wa.MessageID
		seen := map[wa.MessageID]bool{}
		none := map[Lane]bool{} // in this lane nothing is due
		for _, turn := range []struct {
			lane Lane
			most int
		}{{Bulk, bulk}, {Interactive, slots}, {Bulk, slots}} {
			want := min(turn.most, slots-len(ids))
			if want == 0 || none[turn.lane] {
				continue
			}
			candidates, err := d.o.Store.Candidates(tx, d.id, turn.lane, now, want+d.extra)
			if err != nil {
				return err
			}
			none[turn.lane] = len(candidates) == 0
			full = full || len(candidates) == want+d.extra
			for _, c := range candidates {
				if seen[c.MessageID] || want == 0 {
					continue
				}
				if !c.ExpiresAt.IsZero() && !c.ExpiresAt.After(now) {
					seen[c.MessageID] = true
					expired = append(expired, c.MessageID)
					continue
				}
				if ok, when := d.pairFree(now, c.ConversationID); !ok {
					if rests.IsZero() || when.Before(rests) {
						rests = when
					}
					continue
				}
				seen[c.MessageID] = true
				ids = append(ids, c.MessageID)
				want--
			}
		}
		gone, err := d.o.Store.Expire(tx, expired)
		if err != nil {
			return err
		}
		if err := d.o.tell(tx, now, gone); err != nil {
			return err
		}
		claimed, owned, err := d.o.Store.Claim(tx, d.id, d.epoch, ids)
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
			b.wait, err = d.idle(tx, now, rests)
		}
		return err
	})
	if err != nil {
		return batch{}, err
	}
	if full && len(b.claimed) < slots { // too many resting pairs stood in front
		d.extra = min(2*d.extra, 4096)
		b.wait = min(b.wait, ahead)
	}
	if len(b.claimed) > 0 {
		b.wait = ahead // look again: what was due behind these may go next
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
