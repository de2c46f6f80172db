package order

import (
	"context"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// readerName is under which the place in the journal is kept.
const readerName = "order"

// Reader links what customers write to their orders: a reply to a message of
// an order belongs to that order; anything else to the customer's order on that
// number, if exactly one is open. What fits none, or several, is left for a
// person to link.
func (b *Book) Reader() journal.Reader {
	return journal.Reader{Name: readerName, Kinds: []journal.Kind{journal.MessageReceived}, FromEnd: true, Handle: b.received}
}

// Followed is the journal as the reader is to see it: a message of somebody
// without an order is of no kind, so that it moves nothing but the place in
// memory; where there are no orders, the page is not even read. Only customers
// of an order answer a message of it.
func (b *Book) Followed(store journal.Store) journal.Store { return filtered{store, b} }

type filtered struct {
	journal.Store
	b *Book
}

// Next implements journal.Store.
func (f filtered) Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error) {
	some, err := f.b.Store.Any(tx)
	if err != nil {
		return nil, err
	}
	if !some {
		end, err := f.End(tx)
		if err != nil || !after.Before(end) {
			return nil, err
		}
		return []journal.Fact{{Cursor: end}}, nil
	}
	facts, err := f.Store.Next(tx, after, limit)
	if err != nil {
		return nil, err
	}
	var wrote []wa.ContactID
	for _, fact := range facts {
		if fact.Kind == journal.MessageReceived {
			wrote = append(wrote, fact.ContactID)
		}
	}
	customers, err := f.b.Store.Customers(tx, wrote)
	for i := range facts {
		if !customers[facts[i].ContactID] {
			facts[i].Kind = ""
		}
	}
	return facts, err
}

func (b *Book) received(tx txn.Tx, facts []journal.Fact) error {
	for _, f := range facts {
		open, err := b.Store.OpenOf(tx, f.WorkspaceID, f.NumberID, f.ContactID)
		if err != nil {
			return err
		}
		id, how, err := b.answered(tx, f)
		if err != nil {
			return err
		}
		if id == 0 && len(open) == 1 {
			id, how = open[0], ByOnlyOpen
		}
		if id == 0 {
			continue
		}
		o, err := b.Store.ByID(tx, f.WorkspaceID, id)
		if err != nil {
			return err
		}
		if o == nil {
			continue
		}
		if err := b.link(tx, o, f.MessageID, how, wa.Author{}); err != nil {
			return err
		}
	}
	return nil
}

// answered is the order of the message that a message replies to.
func (b *Book) answered(tx txn.Tx, f journal.Fact) (wa.OrderID, string, error) {
	m, err := b.Mail.Message(tx, f.WorkspaceID, f.MessageID)
	if err != nil || m == nil {
		return 0, "", err
	}
	var quoted string
	switch {
	case m.Content.Reaction != nil:
		quoted = m.Content.Reaction.MessageID
	case m.Content.Context != nil:
		quoted = m.Content.Context.ID
	}
	if quoted == "" {
		return 0, "", nil
	}
	original, err := b.Mail.ByWamid(tx, m.NumberID, wa.Wamid(quoted))
	if err != nil || original == nil {
		return 0, "", err
	}
	id, err := b.Store.OrderOf(tx, f.WorkspaceID, original.ID)
	return id, ByReply, err
}

// link makes a message belong to an order, if it belongs to none, and tells so.
func (b *Book) link(tx txn.Tx, o *Order, message wa.MessageID, how string, by wa.Author) error {
	done, err := b.Store.Link(tx, o.WorkspaceID, message, o.ID, how, b.Now())
	if err != nil || !done {
		return err
	}
	e := b.event(o, EventLinked, by)
	e.MessageID, e.Code = message, how
	return b.note(tx, o, e)
}

// Link makes a message of the order's customer belong to it on somebody's
// word; it leaves the order that it belonged to.
func (b *Book) Link(ctx context.Context, s Scope, ref string, message wa.MessageID) error {
	return b.Runner.Write(ctx, func(tx txn.Tx) error {
		o, err := b.find(tx, s, ref)
		if err != nil {
			return err
		}
		m, err := b.Mail.Message(tx, s.WorkspaceID, message)
		if err != nil {
			return err
		}
		if m == nil || m.ContactID != o.ContactID && s.Own {
			return fault.New(fault.NotFound, "message_unknown", "There is no such message here; nothing was linked.", "Take a message_id from a conversation's history.")
		}
		if m.ContactID != o.ContactID {
			return errOther
		}
		had, err := b.Store.OrderOf(tx, s.WorkspaceID, message)
		if err != nil || had == o.ID {
			return err
		}
		if had != 0 && s.Own {
			from, err := b.Store.ByID(tx, s.WorkspaceID, had)
			if err != nil {
				return err
			}
			if !s.Sees(from) {
				return fault.New(fault.Conflict, "message_linked", "The message belongs to another order; nothing was changed.", "Ask a colleague of the office.")
			}
		}
		if err := b.Store.Relink(tx, s.WorkspaceID, message, o.ID, ByHand, b.Now()); err != nil {
			return err
		}
		e := b.event(o, EventLinked, s.Author)
		e.MessageID, e.Code = message, ByHand
		return b.note(tx, o, e)
	})
}

var errOther = fault.New(fault.Conflict, "order_other_customer", "The order is of another customer; nothing was sent or linked.", "Check the order's id and the recipient.")

// Of is the order that a message is to be sent for, inside tx: a scope sends
// for the orders that it sees.
func (b *Book) Of(tx txn.Tx, s Scope, ref string) (*Order, error) { return b.find(tx, s, ref) }

// Sent links a message that was written down for the order in the same
// transaction. One to another customer is refused, and with it the message.
func (b *Book) Sent(tx txn.Tx, s Scope, o *Order, contact wa.ContactID, message wa.MessageID) error {
	if contact != o.ContactID {
		return errOther
	}
	return b.link(tx, o, message, BySending, s.Author)
}
