package inbox

import (
	"context"
	"fmt"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Assign gives a conversation to a person of the workspace. Who comes second is
// told who was first ("already_assigned"), unless force takes it over. The row
// is locked, so of two claims at once exactly one wins.
func (i *Inbox) Assign(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, to, actor wa.PersonID, force bool) error {
	return i.move(ctx, ws, id, actor, func(tx txn.Tx, c *Conversation, now time.Time) (journal.Kind, error) {
		switch {
		case c.State == Assigned && c.AssigneeID == to:
			return "", nil
		case c.State == Assigned && !force:
			return "", i.taken(tx, c)
		}
		c.State, c.AssigneeID, c.WaitingSince, c.ClosedAt = Assigned, to, time.Time{}, time.Time{}
		return journal.ConversationAssigned, nil
	})
}

func (i *Inbox) taken(tx txn.Tx, c *Conversation) error {
	name, since, err := i.Store.AssignedSince(tx, c)
	if err != nil {
		return err
	}
	when := "at " + since.UTC().Format(time.RFC3339)
	if since.IsZero() {
		when = "so long ago that the journal no longer tells when"
	}
	return fault.New(fault.Conflict, "already_assigned",
		fmt.Sprintf("%s took this conversation %s; nothing was changed.", name, when),
		"Read along, or take it over with force.")
}

// Release puts a conversation back into the queue.
func (i *Inbox) Release(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.move(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, now time.Time) (journal.Kind, error) {
		if c.State == Waiting {
			return "", nil
		}
		c.State, c.AssigneeID, c.WaitingSince, c.ClosedAt = Waiting, 0, now, time.Time{}
		return journal.ConversationReleased, nil
	})
}

// Close ends a conversation; the customer's next message opens it again.
func (i *Inbox) Close(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.move(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, now time.Time) (journal.Kind, error) {
		if c.State == Closed {
			return "", nil
		}
		c.State, c.AssigneeID, c.WaitingSince, c.ClosedAt, c.Unread = Closed, 0, time.Time{}, now, 0
		return journal.ConversationClosed, nil
	})
}

// MarkRead makes a conversation's messages read for the house and answers the
// newest inbound wamid, for which WhatsApp may be told so; empty when there was
// nothing unread.
func (i *Inbox) MarkRead(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) (wa.Wamid, error) {
	var newest wa.Wamid
	err := i.move(ctx, ws, id, actor, func(tx txn.Tx, c *Conversation, _ time.Time) (journal.Kind, error) {
		newest = ""
		if c.Unread == 0 {
			return "", nil
		}
		c.Unread = 0
		m, found, err := i.Store.Message(tx, ws, c.LastInboundID)
		if err != nil {
			return "", err
		}
		if found {
			newest = m.Wamid
		}
		return journal.ConversationRead, nil
	})
	return newest, err
}

var errNoConversation = fault.New(fault.NotFound, "conversation_unknown", "There is no such conversation here.", "List the conversations with GET /api/v1/whatsapp/conversations.")

// move changes one conversation under its lock and writes the fact; a change
// that answers no kind was none.
func (i *Inbox) move(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, change func(tx txn.Tx, c *Conversation, now time.Time) (journal.Kind, error)) error {
	return i.Runner.Write(ctx, func(tx txn.Tx) error {
		c, err := i.Store.Conversation(tx, ws, id)
		if err != nil {
			return err
		}
		if c == nil {
			return errNoConversation
		}
		now := i.Now()
		kind, err := change(tx, c, now)
		if err != nil || kind == "" {
			return err
		}
		if err := i.Store.UpdateConversations(tx, []*Conversation{c}); err != nil {
			return err
		}
		return i.Journal.Append(tx, journal.Fact{
			WorkspaceID: ws, Kind: kind, NumberID: c.NumberID, ContactID: c.ContactID, ConversationID: c.ID, ActorID: actor, At: now,
		})
	})
}
