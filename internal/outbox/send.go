package outbox

import (
	"context"
	"math/rand/v2"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// fly takes one claimed message from its slot to its stored outcome.
func (d *Deliverer) fly(ctx, calls context.Context, number *wa.Number, c *Claimed, wamids map[wa.MessageID]wa.Wamid, slot time.Time) {
	if !sleep(ctx, slot.Sub(d.o.Now())) || !d.mayLeave(slot) {
		d.store(calls, &Outcome{Claimed: c, Epoch: d.epoch, At: d.o.Now().UTC(), Kind: Again, DueAt: d.o.Now().UTC(), Attempt: c.Attempt - 1})
		return
	}
	accepted, failure := d.send(calls, number, c, wamids)
	now := d.o.Now().UTC()
	if failure == notOurs {
		d.store(calls, &Outcome{Claimed: c, Epoch: d.epoch, At: now, Kind: Again, DueAt: now, Attempt: c.Attempt - 1})
		return
	}
	out := &Outcome{Claimed: c, Epoch: d.epoch, At: now}
	if failure == nil {
		d.mu.Lock()
		d.pace.Went(now)
		d.mu.Unlock()
		out.Kind, out.Wamid, out.Held = Taken, accepted.Wamid, accepted.Held
		d.store(calls, out)
		return
	}
	v := judge(failure, c, now, d.o.Delivery.UncertainAfter, rand.Float64())
	out.Kind, out.DueAt, out.Attempt = v.kind, v.due, v.attempt
	if failure.Problem != (wa.Problem{}) {
		out.Problem = []wa.Problem{failure.Problem}
	}
	d.log.Info("whatsapp did not take a message", "message", c.MessageID.String(), "class", string(failure.Class),
		"code", failure.Problem.Code, "http", failure.Status, "attempt", c.Attempt, "err", failure.Cause)
	d.brake(calls, failure, v, now)
	d.store(calls, out)
}

// mayLeave notes that the message of a slot leaves now, unless the number began
// to rest or was stopped after the claim.
func (d *Deliverer) mayLeave(slot time.Time) bool {
	number, ok := d.o.Numbers.ByID(d.id)
	if !ok || number.State == wa.NumberStopped || !d.ours() {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.o.Now()
	if d.pace.Cooling().After(now) {
		return false
	}
	d.pace.Left(slot, now)
	return true
}

// brake slows or stops the number when the failure is about it, not about the message.
func (d *Deliverer) brake(ctx context.Context, f *wa.Failure, v verdict, now time.Time) {
	switch {
	case v.cool:
		d.mu.Lock()
		until, fresh := d.pace.CoolDown(now, f.RetryAfter)
		d.mu.Unlock()
		if fresh {
			d.rested(ctx, f, until)
		}
	case v.stop != "":
		number, ok := d.o.Numbers.ByID(d.id)
		if !ok || number.State == wa.NumberStopped {
			return
		}
		d.log.Error("the number stands until somebody resumes it; its messages wait unharmed", "reason", v.stop, "code", f.Problem.Code)
		if err := d.o.Numbers.Stop(ctx, d.id, v.stop); err != nil {
			d.log.Error("cannot note that the number must not send", "err", err)
		}
	}
}

// rested writes a cool-down down, for the number and, when WhatsApp spoke of the
// whole account, for its other numbers.
func (d *Deliverer) rested(ctx context.Context, f *wa.Failure, until time.Time) {
	for _, id := range d.resting(f) {
		if err := d.o.Numbers.Pause(ctx, id, until, stopReason(f)); err != nil {
			d.log.Error("cannot note that the number must rest", "resting", id.String(), "err", err)
			continue
		}
		if id == d.id { // an operator may end the rest from here on
			d.mu.Lock()
			d.paused = later(d.paused, until.Truncate(time.Millisecond)) // as it is stored
			d.mu.Unlock()
		}
	}
}

// resting are the numbers that a refusal for speed concerns.
func (d *Deliverer) resting(f *wa.Failure) []wa.NumberID {
	own, ok := d.o.Numbers.ByID(d.id)
	if !ok || !accountWide(f) || own.WABAID == "" {
		return []wa.NumberID{d.id}
	}
	var ids []wa.NumberID
	for _, id := range d.o.Numbers.All() {
		if n, ok := d.o.Numbers.ByID(id); ok && n.WABAID == own.WABAID {
			ids = append(ids, id)
		}
	}
	return ids
}

// notOurs is send's answer when the lease may have run out: nothing was sent.
var notOurs = &wa.Failure{Class: wa.ClassBackoff}

// send builds the message as WhatsApp wants it and hands it over.
func (d *Deliverer) send(ctx context.Context, number *wa.Number, c *Claimed, wamids map[wa.MessageID]wa.Wamid) (wa.Accepted, *wa.Failure) {
	if failure := refer(&c.Content, wamids); failure != nil {
		return wa.Accepted{}, failure
	}
	for _, p := range mediaParts(&c.Content) {
		if p.media.MediaID == "" {
			continue
		}
		remote, failure := d.o.Media.Remote(ctx, number, p.media.MediaID, c.WorkspaceID)
		if failure != nil {
			if failure.Class == wa.ClassUncertain { // the upload, not the message: nothing was sent
				again := *failure
				again.Class = wa.ClassBackoff
				failure = &again
			}
			return wa.Accepted{}, failure
		}
		p.media.MediaID, p.media.ID = "", remote
	}
	if !d.ours() { // the upload took long, or this process was stopped meanwhile
		return wa.Accepted{}, notOurs
	}
	return d.o.Carrier.Send(ctx, number, wa.Outgoing{MessageID: c.MessageID, To: c.To, Content: c.Content})
}

// refer puts wamids in place of our ids. A quoted message that never reached
// WhatsApp is left out; a reaction to one is pointless.
func refer(c *wa.Content, wamids map[wa.MessageID]wa.Wamid) *wa.Failure {
	for _, text := range references(c) {
		if id, err := wa.ParseMessageID(*text); err == nil {
			*text = string(wamids[id])
		}
	}
	if c.Context != nil && c.Context.ID == "" {
		c.Context = nil
	}
	if c.Reaction != nil && c.Reaction.MessageID == "" {
		return &wa.Failure{Class: wa.ClassNever, Problem: wa.Problem{
			Code: 131009, Title: "Parameter value is not valid", Details: "The message to react to never reached WhatsApp; the reaction was not sent.",
		}}
	}
	return nil
}

// store keeps an outcome, again and again while the database is away: the
// outcome is the only word on what became of the message. Given up at the end
// of the grace, the row stays claimed and the next owner finds it uncertain.
func (d *Deliverer) store(calls context.Context, out *Outcome) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := d.o.outcomes.Do(context.WithoutCancel(calls), out)
		if err == nil {
			return
		}
		d.log.Error("cannot store what became of a message; trying again", "message", out.Claimed.MessageID.String(), "err", err)
		if !sleep(calls, wait) {
			return
		}
	}
}

// sleep waits, and reports false when ctx ended first.
func sleep(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// settleBatch stores the outcomes of a batch, and applies the statuses that
// came before the wamid they speak of was known.
func (o *Outbox) settleBatch(tx txn.Tx, outcomes []*Outcome) error {
	moved, err := o.Store.Settle(tx, outcomes)
	if err != nil {
		return err
	}
	if err := o.tell(tx, outcomes[0].At, moved); err != nil {
		return err
	}
	if err := o.unopened(tx, outcomes); err != nil {
		return err
	}
	var keys []WamidKey
	for _, out := range outcomes {
		if out.Kind == Taken && out.Wamid != "" {
			keys = append(keys, WamidKey{out.Claimed.NumberID, out.Wamid})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	reports, err := o.Store.TakeWaiting(tx, keys)
	if err != nil {
		return err
	}
	return o.receipts.Apply(tx, outcomes[0].At, reports)
}

// tell writes the facts of changed statuses.
func (o *Outbox) tell(tx txn.Tx, now time.Time, moved []Moved) error {
	if len(moved) == 0 {
		return nil
	}
	facts := make([]journal.Fact, len(moved))
	for i, m := range moved {
		facts[i] = m.fact(now)
	}
	return o.Journal.Append(tx, facts...)
}

func (m *Moved) fact(now time.Time) journal.Fact {
	kind := journal.MessageStatus
	if m.Status == wa.StatusCanceled {
		kind = journal.MessageCanceled
	}
	return journal.Fact{
		WorkspaceID: m.WorkspaceID, Kind: kind, NumberID: m.NumberID, ContactID: m.ContactID,
		ConversationID: m.ConversationID, MessageID: m.MessageID, Detail: string(m.Status), At: now,
	}
}
