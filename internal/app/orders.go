package app

import (
	"context"
	"strings"
	"time"

	"kontor/internal/api"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/order"
	"kontor/internal/outbox"
	"kontor/internal/panel"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// newOrders wires the orders of shops, which ask the other nouns for people,
// templates and messages.
func (a *App) newOrders(o Options) {
	a.Orders = order.New(order.Parts{
		Runner: a.runner(), Store: a.store.Orders(), People: orderPeople{a}, Mail: orderMail{a}, Jobs: a.jobs, Journal: a.store.Journal(),
		NewID: a.store.NewID, Log: a.log, Now: o.Now,
	})
	a.linking = journal.NewFollower(a.runner(), a.Orders.Followed(a.store.Journal()), a.signal, a.Orders.Reader(), journal.Options{Owner: owner(a.Config.Data), Log: a.log})
	a.jobs.Handle(a.Orders.NotifyWork())
	// Tokens of panels end by the real time, as sessions do.
	a.Panels = panel.New(a.runner(), a.store.Panels(), a.store.NewID, time.Now)
}

// orderRuns is what works for orders: linking what customers write, and, where
// the time may jump, looking for what became due.
func (a *App) orderRuns() []func(context.Context) error {
	runs := []func(context.Context) error{a.linking.Run}
	if a.sandboxed {
		runs = append(runs, a.Orders.Watch, a.Inbox.Watch)
	}
	return runs
}

// orderPeople shows the orders who is who.
type orderPeople struct{ a *App }

var _ order.People = orderPeople{}

func (p orderPeople) Resolve(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, who order.Whom) (*wa.Contact, error) {
	n, ok := p.a.Numbers.ByID(number)
	if !ok || n.WorkspaceID != ws {
		return nil, errNumber
	}
	if who.Contact != 0 {
		return p.Contact(tx, ws, who.Contact)
	}
	people, err := p.a.contacts.Resolve(tx, []wa.Sighting{{
		WorkspaceID: ws, WABAID: n.WABAID, Identity: wa.Identity{Phone: who.To.Phone, BSUID: who.To.BSUID}, At: p.a.Orders.Now(),
	}})
	if err != nil {
		return nil, err
	}
	return people[0], nil
}

func (p orderPeople) Contact(tx txn.Tx, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error) {
	return p.a.store.Inbox().Contact(tx, ws, id)
}

func (p orderPeople) Find(tx txn.Tx, ws wa.WorkspaceID, who order.Whom) (wa.ContactID, error) {
	if who.Contact != 0 {
		return who.Contact, nil
	}
	return p.a.store.Inbox().Known(tx, ws, who.To)
}

func (p orderPeople) Staff(tx txn.Tx, ws wa.WorkspaceID) ([]order.Colleague, error) {
	people, err := p.a.store.Accounts().People(tx, ws)
	out := make([]order.Colleague, len(people))
	for i, c := range people {
		out[i] = order.Colleague{ID: c.ID, Name: c.Name, Email: c.Email}
	}
	return out, err
}

// orderMail sends what the orders say.
type orderMail struct{ a *App }

var _ order.Mail = orderMail{}

func (m orderMail) Accept(ctx context.Context, tx txn.Tx, o order.Message) (wa.MessageID, error) {
	r, err := m.a.Outbox.AcceptTx(ctx, tx, outbox.Request{
		WorkspaceID: o.WorkspaceID, NumberID: o.NumberID, Contact: o.Contact, Content: o.Content, Key: o.Key, Author: wa.Author{Kind: wa.AuthorOrder},
	})
	return r.MessageID, err
}

func (m orderMail) Wake(id wa.NumberID) { m.a.Outbox.Wake(id) }

func (m orderMail) Templates(ctx context.Context, id wa.NumberID, name string) (out []wa.TemplateDefinition, err error) {
	n, ok := m.a.Numbers.ByID(id)
	if !ok {
		return nil, errNumber
	}
	languages, err := m.a.Templates.Languages(ctx, n.WorkspaceID, n.WABAID, name)
	if err != nil {
		return nil, err
	}
	for _, l := range languages {
		d, found, err := m.a.Templates.Find(ctx, n.WorkspaceID, n.WABAID, name, l)
		if err != nil {
			return nil, err
		}
		if found && strings.EqualFold(d.Status, "APPROVED") {
			out = append(out, d)
		}
	}
	return out, nil
}

func (m orderMail) Window(ctx context.Context, ws wa.WorkspaceID, number wa.NumberID, contact wa.ContactID) (time.Time, error) {
	id, err := m.a.Inbox.Find(ctx, ws, inbox.Whom{Contact: contact}, number)
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	v, err := m.a.Inbox.View(ctx, ws, id)
	if err != nil {
		return time.Time{}, err
	}
	return v.WindowUntil, nil
}

func (m orderMail) Message(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (*wa.Message, error) {
	found, ok, err := m.a.store.Inbox().Message(tx, ws, id)
	if err != nil || !ok {
		return nil, err
	}
	return &found, nil
}

func (m orderMail) ByWamid(tx txn.Tx, number wa.NumberID, id wa.Wamid) (*wa.Message, error) {
	return m.a.store.Inbox().ByWamid(tx, number, id)
}

// orders is what the API needs of orders beside the noun itself.
type orders struct {
	*order.Book
	a *App
}

var _ api.Orders = orders{}

// Send implements api.Orders: the message and its link are one transaction.
func (o orders) Send(ctx context.Context, s order.Scope, ref string, r outbox.Request) (receipt outbox.Receipt, err error) {
	err = o.a.runner().Write(ctx, func(tx txn.Tx) error {
		about, err := o.Of(tx, s, ref)
		if err != nil {
			return err
		}
		one := r
		if one.NumberID == 0 {
			one.NumberID = about.NumberID
		}
		if one.Contact == 0 && one.To == (wa.Recipient{}) {
			one.Contact = about.ContactID
		}
		if receipt, err = o.a.Outbox.AcceptTx(ctx, tx, one); err != nil {
			return err
		}
		return o.Sent(tx, s, about, receipt.ContactID, receipt.MessageID)
	})
	if err != nil {
		return outbox.Receipt{}, err
	}
	o.a.Outbox.Wake(receipt.NumberID)
	return receipt, nil
}
