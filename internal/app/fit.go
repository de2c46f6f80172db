package app

import (
	"context"
	"time"

	"kontor/internal/api"
	"kontor/internal/contact"
	"kontor/internal/inbox"
	"kontor/internal/number"
	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
	"kontor/internal/webhook"
)

// This file fits nouns to the contracts that other nouns declare. Each type
// here translates words and decides nothing.

// places lets the outbox ask the inbox where a message belongs.
type places struct {
	inbox func() *inbox.Inbox
	// sent is told of what people wrote.
	sent    func(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID) error
	numbers interface {
		ByID(wa.NumberID) (*wa.Number, bool)
	}
}

var _ outbox.Conversations = places{}

func (p places) Place(tx txn.Tx, asked []*outbox.Placement) error {
	placements := make([]*inbox.Placement, 0, len(asked))
	of := make([]*outbox.Placement, 0, len(asked))
	for _, a := range asked {
		n, ok := p.numbers.ByID(a.NumberID)
		if !ok || n.WorkspaceID != a.WorkspaceID {
			a.Err = errNumber
			continue
		}
		placements = append(placements, &inbox.Placement{Number: n, Contact: a.Contact, To: a.To})
		of = append(of, a)
	}
	if err := p.inbox().Place(tx, placements); err != nil {
		return err
	}
	for i, got := range placements {
		a := of[i]
		if a.Err = got.Err; got.Err != nil {
			continue
		}
		a.ConversationID, a.ContactID = got.Conversation.ID, got.Person.ID
		a.WindowUntil = got.Conversation.WindowUntil
		a.Recipient = wa.Recipient{Phone: got.Person.Phone, BSUID: got.Person.BSUID}
	}
	return nil
}

func (p places) Touch(tx txn.Tx, touched []outbox.Touched) error {
	out := make([]inbox.Touched, len(touched))
	for i, t := range touched {
		out[i] = inbox.Touched{ConversationID: t.ConversationID, MessageID: t.MessageID, Person: t.Person, At: t.At}
	}
	for _, t := range touched {
		if t.Person == 0 {
			continue
		}
		if err := p.sent(tx, t.WorkspaceID, t.Person, t.ConversationID); err != nil {
			return err
		}
	}
	return p.inbox().Sent(tx, out)
}

// kept lets the API, and commands, look at kept webhooks and take them in again.
type kept struct {
	*inbox.Inbox
	door *webhook.Door
}

var _ api.Webhooks = kept{}

// Replay implements api.Webhooks.
func (k kept) Replay(ctx context.Context, s inbox.Span) (inbox.Replayed, error) {
	return k.door.Replay(ctx, k.Inbox, s)
}

// receipts lets intake hand statuses to the outbox, and tells the contacts whom
// they name.
type receipts struct {
	outbox   *outbox.Receipts
	contacts *contact.Book
	known    interface {
		Find(tx txn.Tx, keys []contact.Key) (map[contact.Key]*wa.Contact, error)
	}
}

var _ inbox.Receipts = receipts{}

func (r receipts) Apply(tx txn.Tx, now time.Time, reports []inbox.Report) error {
	if err := r.meet(tx, reports); err != nil {
		return err
	}
	out := make([]outbox.Report, len(reports))
	for i, rep := range reports {
		out[i] = outbox.Report{WorkspaceID: rep.Number.WorkspaceID, NumberID: rep.Number.ID, StatusReport: rep.StatusReport}
	}
	return r.outbox.Apply(tx, now, out)
}

// meet learns the BSUIDs of people who never wrote: the first status of what we
// sent them is where WhatsApp tells it (cloud-api.md 2.3). Contacts come before
// messages, as in intake, so that two transactions do not wait for each other.
func (r receipts) meet(tx txn.Tx, reports []inbox.Report) error {
	var keys []contact.Key
	seen := map[contact.Key]wa.Sighting{}
	for _, rep := range reports {
		who := rep.Recipient
		if rep.Status != wa.StatusSent || who.BSUID == "" || who.Phone == "" {
			continue
		}
		k := contact.Key{WorkspaceID: rep.Number.WorkspaceID, Kind: contact.KindPhone, Value: string(who.Phone)}
		if _, twice := seen[k]; !twice {
			keys = append(keys, k)
			seen[k] = wa.Sighting{WorkspaceID: rep.Number.WorkspaceID, WABAID: rep.Number.WABAID, Identity: who, At: rep.At}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := r.known.Find(tx, keys)
	if err != nil {
		return err
	}
	var strangers []wa.Sighting
	for _, k := range keys {
		if c := found[k]; c != nil && c.BSUID == "" {
			strangers = append(strangers, seen[k])
		}
	}
	if len(strangers) == 0 {
		return nil
	}
	_, err = r.contacts.Resolve(tx, strangers)
	return err
}

// numbers shows the outbox the numbers that it may drain.
type numbers struct{ *number.Book }

var _ outbox.Numbers = numbers{}

// All implements outbox.Numbers.
func (n numbers) All() []wa.NumberID {
	all := n.Book.All()
	ids := make([]wa.NumberID, len(all))
	for i, number := range all {
		ids[i] = number.ID
	}
	return ids
}
