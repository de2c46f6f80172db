package order

import (
	"context"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Get finds an order by the shop's id.
func (b *Book) Get(ctx context.Context, s Scope, ref string) (o *Order, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		o, err = b.find(tx, s, ref)
		return err
	})
	return o, err
}

// ByID finds an order by our id, for those who follow the journal; nil when
// the workspace has none such.
func (b *Book) ByID(ctx context.Context, ws wa.WorkspaceID, id wa.OrderID) (o *Order, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		o, err = b.Store.ByID(tx, ws, id)
		return err
	})
	return o, err
}

// OrderOf is the order that a message belongs to; zero: none.
func (b *Book) OrderOf(ctx context.Context, ws wa.WorkspaceID, message wa.MessageID) (id wa.OrderID, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		id, err = b.Store.OrderOf(tx, ws, message)
		return err
	})
	return id, err
}

// List is a page of orders, newest first. who and technician narrow it, when
// they name somebody; nobody of that name has no orders.
func (b *Book) List(ctx context.Context, s Scope, q Query, who *Whom, technician Colleague) (out []*Order, err error) {
	q.WorkspaceID = s.WorkspaceID
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		if who != nil {
			if q.Contact, err = b.People.Find(tx, s.WorkspaceID, *who); err != nil || q.Contact == 0 {
				return err
			}
		}
		if technician != (Colleague{}) {
			if q.Technician, err = b.colleague(tx, s.WorkspaceID, technician); err != nil {
				return err
			}
		}
		if s.Own {
			if s.Author.PersonID == 0 || q.Technician != 0 && q.Technician != s.Author.PersonID {
				return nil
			}
			q.Technician = s.Author.PersonID
		}
		out, err = b.Store.List(tx, q)
		return err
	})
	return out, err
}

// Timeline is a page of what happened to an order, oldest first.
func (b *Book) Timeline(ctx context.Context, s Scope, ref string, after int64, limit int) (out []Event, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		o, err := b.find(tx, s, ref)
		if err != nil {
			return err
		}
		out, err = b.Store.Events(tx, s.WorkspaceID, o.ID, after, limit)
		return err
	})
	return out, err
}

// History is a page of an order's messages, with the customer's number.
func (b *Book) History(ctx context.Context, s Scope, ref string, after wa.MessageID, descending bool, limit int) (out []wa.Message, customer *wa.Contact, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		o, err := b.find(tx, s, ref)
		if err != nil {
			return err
		}
		if customer, err = b.People.Contact(tx, s.WorkspaceID, o.ContactID); err != nil {
			return err
		}
		out, err = b.Store.Messages(tx, s.WorkspaceID, o.ID, after, descending, limit)
		return err
	})
	return out, customer, err
}

// Customers are the customers of orders, by id, as far as they are known.
func (b *Book) Customers(ctx context.Context, orders ...*Order) (map[wa.ContactID]*wa.Contact, error) {
	out := map[wa.ContactID]*wa.Contact{}
	err := b.Runner.Read(ctx, func(tx txn.Tx) error {
		for _, o := range orders {
			if out[o.ContactID] != nil {
				continue
			}
			c, err := b.People.Contact(tx, o.WorkspaceID, o.ContactID)
			if err != nil {
				return err
			}
			if c != nil {
				out[o.ContactID] = c
			}
		}
		return nil
	})
	return out, err
}
