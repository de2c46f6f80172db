package outbox

import (
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// pick chooses what a claim takes. It lives as long as the claim's transaction.
type pick struct {
	d     *Deliverer
	tx    txn.Tx
	now   time.Time
	slots int
	gate  *gate

	ids     []wa.MessageID // what goes
	expired []wa.MessageID // whose time to live is over
	park    []wa.MessageID // what waits for the messaging limit from now on
	unpark  []wa.MessageID // what waited for it, and goes
	failed  []wa.MessageID // what does not want to wait for it

	seen  map[wa.MessageID]bool
	taken map[wa.ConversationID]bool // conversations with a message among ids
	none  map[Lane]bool              // lanes in which nothing is due
	rests time.Time                  // when the first resting pair is free again
	full  bool                       // there were more candidates than were looked at
	busy  bool                       // another transaction has the limit's count
	// parked is what is known of the parked lanes after this.
	parked, asked bool
	nextFree      time.Time
}

func (d *Deliverer) newPick(tx txn.Tx, n *wa.Number, now time.Time, slots int) *pick {
	return &pick{
		d: d, tx: tx, now: now, slots: slots, gate: d.o.gate(tx, n, now),
		seen: map[wa.MessageID]bool{}, taken: map[wa.ConversationID]bool{}, none: map[Lane]bool{},
	}
}

// all fills the slots: bulk's share, then what people wait for, then bulk.
// What waited for the messaging limit goes before the others of its lane.
func (p *pick) all(bulk int) error {
	room, err := p.parkedRoom()
	if err != nil {
		return err
	}
	for _, turn := range []struct {
		lane Lane
		most int
	}{{Bulk, bulk}, {Interactive, p.slots}, {Bulk, p.slots}} {
		left := min(turn.most, p.slots-len(p.ids))
		if room > 0 && left > 0 {
			before := len(p.ids)
			if err := p.lane(turn.lane+Parked, min(left, room)); err != nil {
				return err
			}
			got := len(p.ids) - before
			room, left = room-got, left-got
		}
		if err := p.lane(turn.lane, left); err != nil {
			return err
		}
	}
	if p.asked && p.none[Interactive+Parked] && p.none[Bulk+Parked] {
		// Or those that are stand behind a message that is under way.
		p.parked, err = p.d.o.Store.AnyParked(p.tx, p.d.id)
	}
	return err
}

// parkedRoom is how many parked messages may be tried.
func (p *pick) parkedRoom() (int, error) {
	p.parked = p.d.parked
	if !p.parked || p.now.Before(p.d.fullUntil) {
		return 0, nil
	}
	ours, err := p.gate.ours()
	if err != nil || !ours {
		p.busy = !ours
		return 0, err
	}
	room := p.gate.room(p.slots)
	p.asked = room > 0
	return room, nil
}

// lane takes up to want messages of a lane.
func (p *pick) lane(lane Lane, want int) error {
	if want <= 0 || p.none[lane] {
		return nil
	}
	limit := want + p.d.extra
	candidates, err := p.d.o.Store.Candidates(p.tx, p.d.id, lane, p.now, limit)
	if err != nil {
		return err
	}
	p.none[lane] = len(candidates) == 0
	if lane < Parked {
		p.full = p.full || len(candidates) == limit
	}
	openers, busy, err := p.gate.look(candidates)
	if err != nil {
		return err
	}
	p.busy = p.busy || busy
	for _, c := range candidates {
		if want == 0 {
			break
		}
		if p.take(c, openers[c.MessageID], busy) {
			want--
		}
	}
	return nil
}

// take decides about one candidate.
func (p *pick) take(c Candidate, o *Opener, busy bool) bool {
	switch {
	case p.seen[c.MessageID], p.taken[c.ConversationID], c.Opens && busy:
		return false
	case !c.ExpiresAt.IsZero() && !c.ExpiresAt.After(p.now):
		p.seen[c.MessageID] = true
		p.expired = append(p.expired, c.MessageID)
		return false
	}
	if ok, when := p.d.pairFree(p.now, c.ConversationID); !ok {
		if p.rests.IsZero() || when.Before(p.rests) {
			p.rests = when
		}
		return false
	}
	if o != nil && !p.gate.pass(o) {
		p.seen[c.MessageID] = true
		switch {
		case c.FailFast:
			p.failed = append(p.failed, c.MessageID)
		case c.Lane < Parked:
			p.park = append(p.park, c.MessageID)
		}
		return false
	}
	p.seen[c.MessageID], p.taken[c.ConversationID] = true, true
	p.ids = append(p.ids, c.MessageID)
	if c.Lane >= Parked {
		p.unpark = append(p.unpark, c.MessageID)
	}
	return true
}

// keep writes down what was decided, but for the claim itself.
func (p *pick) keep() error {
	s := p.d.o.Store
	gone, err := s.Expire(p.tx, p.expired)
	if err != nil {
		return err
	}
	failed, err := s.Fail(p.tx, p.failed, p.now, limitReached(p.gate.tier))
	if err != nil {
		return err
	}
	if err := p.d.o.tell(p.tx, p.now, append(gone, failed...)); err != nil {
		return err
	}
	if err := p.gate.keep(); err != nil {
		return err
	}
	if len(p.park) > 0 {
		p.parked = true
		if err := s.Park(p.tx, p.park); err != nil {
			return err
		}
	}
	if len(p.unpark) > 0 {
		if err := s.Unpark(p.tx, p.unpark); err != nil {
			return err
		}
	}
	if p.parked && p.gate.state == gateOurs && p.gate.room(1) == 0 {
		p.nextFree, err = s.NextFree(p.tx, p.gate.scope, p.now)
	}
	return err
}

// learn takes over what a committed claim found out about parked messages.
func (d *Deliverer) learn(p *pick) {
	d.parked = p.parked
	if p.gate.state != gateOurs {
		return // nobody looked
	}
	d.fullUntil = time.Time{}
	if p.parked && p.gate.room(1) == 0 {
		d.fullUntil = p.now.Add(limitLook)
		if p.nextFree.After(p.now) && p.nextFree.Before(d.fullUntil) {
			d.fullUntil = p.nextFree
		}
	}
}
