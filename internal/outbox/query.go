package outbox

import (
	"context"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Get finds a message of either direction by our id ("msg_…") or WhatsApp's.
func (o *Outbox) Get(ctx context.Context, ws wa.WorkspaceID, ref string) (m wa.Message, err error) {
	var found bool
	err = o.Runner.Read(ctx, func(tx txn.Tx) error {
		if id, perr := wa.ParseMessageID(ref); perr == nil {
			m, found, err = o.Store.MessageByID(tx, ws, id)
		} else {
			m, found, err = o.Store.MessageByWamid(tx, ws, wa.Wamid(ref))
		}
		return err
	})
	if err == nil && !found {
		err = messageUnknown()
	}
	return m, err
}

func messageUnknown() error {
	return fault.New(fault.NotFound, "message_unknown", "There is no such message in this workspace.", "Use the message_id that a send answered, or WhatsApp's wamid.")
}

// Cancel withdraws a message that has not left, or one that is held because
// nobody knows whether WhatsApp has it: then it is not sent again. It is final, and repeating it
// answers the same. A message that is claimed is on its way: Conflict "already_under_way".
func (o *Outbox) Cancel(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, error) {
	return o.change(ctx, ws, id, wa.StatusCanceled,
		func(tx txn.Tx, _ time.Time) (*Moved, error) { return o.Store.Withdraw(tx, ws, id) },
		fault.New(fault.Conflict, "already_under_way", "The message is already on its way or was sent; it cannot be taken back.", "Write to the customer instead."))
}

// Release sends a message that is held because nobody knows whether WhatsApp
// has it: the customer may get it twice. Conflict "not_held" for any other.
func (o *Outbox) Release(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, error) {
	m, err := o.change(ctx, ws, id, "",
		func(tx txn.Tx, now time.Time) (*Moved, error) { return o.Store.Release(tx, ws, id, now) },
		fault.New(fault.Conflict, "not_held", "The message is not held, so there is nothing to decide about it.", "Look at its status with GET messages/{id}."))
	if err == nil {
		o.Wake(m.NumberID)
	}
	return m, err
}

// change moves a message by hand. done is the status in which there is nothing left to do.
func (o *Outbox) change(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID, done wa.Status, move func(txn.Tx, time.Time) (*Moved, error), refusal error) (m wa.Message, err error) {
	now := o.Now().UTC()
	err = o.Runner.Write(ctx, func(tx txn.Tx) error {
		moved, err := move(tx, now)
		if err != nil {
			return err
		}
		if moved != nil {
			if err := o.tell(tx, now, []Moved{*moved}); err != nil {
				return err
			}
		}
		var found bool
		m, found, err = o.Store.MessageByID(tx, ws, id)
		switch {
		case err != nil:
			return err
		case !found:
			return messageUnknown()
		case moved == nil && (done == "" || m.Status != done):
			return refusal
		}
		return nil
	})
	return m, err
}

// Pending counts what waits, by number.
func (o *Outbox) Pending(ctx context.Context, ws wa.WorkspaceID) (p []Pending, err error) {
	err = o.Runner.Read(ctx, func(tx txn.Tx) error {
		p, err = o.Store.Pending(tx, ws)
		return err
	})
	return p, err
}

// paces are the deliverers that run here. The zero value is ready.
type paces struct {
	mu   sync.Mutex
	here map[wa.NumberID]*Deliverer // guarded by mu
}

func (p *paces) add(d *Deliverer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.here == nil {
		p.here = map[wa.NumberID]*Deliverer{}
	}
	p.here[d.id] = d
}

func (p *paces) drop(d *Deliverer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.here[d.id] == d {
		delete(p.here, d.id)
	}
}

// Margin is by how much a number's second is counted longer at the moment, as
// WhatsApp's refusals have taught; ok is false when another process drains it.
func (o *Outbox) Margin(id wa.NumberID) (margin time.Duration, ok bool) {
	o.paces.mu.Lock()
	d := o.paces.here[id]
	o.paces.mu.Unlock()
	if d == nil {
		return 0, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pace.Margin(), true
}

// DayUsage is how much a number sent on a UTC day, and to whom most.
type DayUsage struct {
	NumberID      wa.NumberID
	Day           time.Time // midnight UTC
	Sent          int64
	NumberLimit   int // 0: none
	CustomerLimit int // 0: none
	Customers     []CustomerUsage
}

// Usage tells a number's day; Customers are the limit ones with the most messages.
func (o *Outbox) Usage(ctx context.Context, ws wa.WorkspaceID, id wa.NumberID, day time.Time, limit int) (u DayUsage, err error) {
	n := Day(day)
	u = DayUsage{NumberID: id, Day: time.Unix(n*24*60*60, 0).UTC(), NumberLimit: o.Limits.NumberDaily, CustomerLimit: o.Limits.CustomerDaily}
	err = o.Runner.Read(ctx, func(tx txn.Tx) error {
		if u.Sent, err = o.Store.NumberUsage(tx, ws, id, n); err != nil {
			return err
		}
		u.Customers, err = o.Store.CustomerUsage(tx, ws, id, n, limit)
		return err
	})
	return u, err
}

// CustomerUsage is how much one customer got from a number on a UTC day.
func (o *Outbox) CustomerUsage(ctx context.Context, ws wa.WorkspaceID, id wa.NumberID, contact wa.ContactID, day time.Time) (sent int64, err error) {
	err = o.Runner.Read(ctx, func(tx txn.Tx) error {
		sent, err = o.Store.OneUsage(tx, ws, id, contact, Day(day))
		return err
	})
	return sent, err
}

// Troubled lists messages of a status, newest first: see Store.Troubled.
func (o *Outbox) Troubled(ctx context.Context, ws wa.WorkspaceID, status wa.Status, id wa.NumberID, before wa.MessageID, limit int) (found []Listed, err error) {
	err = o.Runner.Read(ctx, func(tx txn.Tx) error {
		found, err = o.Store.Troubled(tx, ws, status, id, before, limit)
		return err
	})
	return found, err
}
