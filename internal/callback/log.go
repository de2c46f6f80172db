package callback

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// LogQuery chooses deliveries; the newest come first.
type LogQuery struct {
	WorkspaceID    wa.WorkspaceID
	SubscriptionID wa.SubscriptionID
	State          DeliveryState // empty: all
	Event          string        // empty: all
	Before         wa.DeliveryID // zero: from the newest
	Limit          int
}

// RedeliverQuery chooses deliveries that are to be sent again.
type RedeliverQuery struct {
	WorkspaceID    wa.WorkspaceID
	SubscriptionID wa.SubscriptionID
	Since, Until   time.Time // written from Since until before Until; a zero Until means to the newest
	Delivered      bool      // also those that were delivered
}

var errNoDelivery = fault.New(fault.NotFound, "delivery_not_found", "There is no such delivery of this subscription; nothing was done.", "List the deliveries with GET subscriptions/{id}/deliveries.")

// Deliveries is a page of a subscription's log.
func (c *Callbacks) Deliveries(ctx context.Context, q LogQuery) (log []*Delivery, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		if err := c.exists(tx, q.WorkspaceID, q.SubscriptionID); err != nil {
			return err
		}
		log, err = c.Store.Deliveries(tx, q)
		return err
	})
	return log, err
}

func (c *Callbacks) exists(tx txn.Tx, ws wa.WorkspaceID, id wa.SubscriptionID) error {
	s, err := c.Store.Subscription(tx, ws, id)
	if err == nil && s == nil {
		err = errNone
	}
	return err
}

// Delivery is one entry of the log, with the body as it was sent.
func (c *Callbacks) Delivery(ctx context.Context, ws wa.WorkspaceID, sub wa.SubscriptionID, id wa.DeliveryID) (d *Delivery, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		if err := c.exists(tx, ws, sub); err != nil {
			return err
		}
		if d, err = c.Store.Delivery(tx, ws, sub, id); err == nil && d == nil {
			err = errNoDelivery
		}
		return err
	})
	return d, err
}

// Redeliver sends one delivery again, whatever became of it: the same id and,
// if it was sent before, the same bytes. One that waits is tried at once.
func (c *Callbacks) Redeliver(ctx context.Context, ws wa.WorkspaceID, sub wa.SubscriptionID, id wa.DeliveryID) (d *Delivery, err error) {
	now := c.Now()
	err = c.write(ctx, func(tx txn.Tx) error {
		s, err := c.Store.Subscription(tx, ws, sub)
		if err != nil {
			return err
		}
		if s == nil {
			return errNone
		}
		if d, err = c.Store.Delivery(tx, ws, sub, id); err != nil {
			return err
		}
		if d == nil {
			return errNoDelivery
		}
		if d.Kind == Test {
			return fault.New(fault.Conflict, "test_not_redelivered", "A test event is sent once; nothing was done.", "Send another one with POST subscriptions/{id}/test.")
		}
		d.State, d.Attempt, d.DueAt, d.ExpiresAt, d.EndedAt = Pending, 0, now, now.Add(c.patience(s)), time.Time{}
		if err := c.Store.Again(tx, id, now, d.ExpiresAt); err != nil {
			return err
		}
		return c.Store.Touch(tx, sub)
	})
	if err == nil {
		c.bells.ring(sub)
	}
	return d, err
}

// redeliverStep is how many deliveries one transaction makes wait anew.
const redeliverStep = 1000

// RedeliverSince sends everything of a span again that was given up, and with
// Delivered what was taken too; it returns how many. Interrupted, it may be repeated.
func (c *Callbacks) RedeliverSince(ctx context.Context, q RedeliverQuery) (sum int, err error) {
	s, err := c.Subscription(ctx, q.WorkspaceID, q.SubscriptionID)
	if err != nil {
		return 0, err
	}
	now := c.Now()
	for after, more := wa.DeliveryID(0), true; more; {
		var n int
		last := after
		err := c.write(ctx, func(tx txn.Tx) (err error) {
			n, last, err = c.Store.AgainSince(tx, q, after, now, now.Add(c.patience(s)), redeliverStep)
			if err == nil && n > 0 {
				err = c.Store.Touch(tx, s.ID)
			}
			return err
		})
		if err != nil {
			return sum, err
		}
		sum += n
		more = last != after
		after = last
		c.bells.ring(s.ID)
	}
	return sum, nil
}

func (c *Callbacks) patience(s *Subscription) time.Duration {
	if d, known := c.dialect(s.Dialect); known {
		return rulesOf(d, s).Patience
	}
	return week
}

// Try sends a test event at once, once, past the queue and the breaker, and
// returns what came of it. It stands in the log like any other.
func (c *Callbacks) Try(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (*Delivery, error) {
	s, err := c.Subscription(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	dialect, known := c.dialect(s.Dialect)
	if !known {
		return nil, errNone
	}
	now := c.Now()
	d := &Delivery{
		SubscriptionID: s.ID, State: Dead, DueAt: now, ExpiresAt: now, CreatedAt: now,
		Event: Event{Kind: Test, WorkspaceID: ws, NumberID: s.NumberID, At: now},
	}
	// It is written first as given up: whatever ends this process, nobody tries it again.
	if err := c.write(ctx, func(tx txn.Tx) error { return c.Store.Enqueue(tx, []*Delivery{d}) }); err != nil {
		return nil, err
	}
	out := c.attempt(ctx, s, dialect, d, now)
	if out.State == Pending {
		out.State = Dead
	}
	out.Test = true
	if err := c.outcomes.Do(context.WithoutCancel(ctx), out); err != nil {
		return nil, err
	}
	d.State, d.Attempt, d.TriedAt, d.EndedAt = out.State, out.Attempt, out.At, out.At
	d.Status, d.Duration, d.Error, d.Size, d.Body, d.Answer = out.Status, out.Duration, out.Error, len(out.Body), out.Body, out.Answer
	return d, nil
}
