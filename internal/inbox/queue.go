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
	return i.change(ctx, ws, id, actor, func(tx txn.Tx, c *Conversation, now time.Time) (happened, error) {
		switch {
		case c.State == Assigned && c.AssigneeID == to:
			return happened{}, nil
		case c.State == Assigned && !force:
			return happened{}, i.taken(tx, c)
		}
		c.assign(to)
		return happened{kind: journal.ConversationAssigned}, nil
	})
}

func (c *Conversation) assign(to wa.PersonID) {
	c.State, c.AssigneeID, c.WaitingSince, c.ClosedAt = Assigned, to, time.Time{}, time.Time{}
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

// Transfer is to whom a conversation is handed: a person, or with none a team,
// in whose queue it then waits. The zero team is that of all.
type Transfer struct {
	Person wa.PersonID
	Team   wa.TeamID
	Force  bool // also when somebody else than the one who hands it over has it
}

// Details of conversation.released.
const (
	HandedToTeam = "team" // another team has it now
	ReleasedGone = "gone" // who had it was deactivated, and it is needed again
)

// Transfer hands a conversation over. Who has it may do that, and anybody while
// nobody has it; otherwise it is "already_assigned", unless forced.
func (i *Inbox) Transfer(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, t Transfer) error {
	return i.change(ctx, ws, id, actor, func(tx txn.Tx, c *Conversation, now time.Time) (happened, error) {
		switch {
		case t.Person != 0 && c.State == Assigned && c.AssigneeID == t.Person:
			return happened{}, nil
		case t.Person == 0 && c.State == Waiting && c.TeamID == t.Team:
			return happened{}, nil
		case c.State == Assigned && c.AssigneeID != actor && !t.Force:
			return happened{}, i.taken(tx, c)
		case t.Person != 0:
			c.assign(t.Person)
			return happened{kind: journal.ConversationAssigned}, nil
		}
		c.TeamID = t.Team
		c.release(now)
		return happened{kind: journal.ConversationReleased, detail: HandedToTeam}, nil
	})
}

// Release puts a conversation back into the queue.
func (i *Inbox) Release(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.change(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, now time.Time) (happened, error) {
		if c.State == Waiting {
			return happened{}, nil
		}
		c.release(now)
		return happened{kind: journal.ConversationReleased}, nil
	})
}

func (c *Conversation) release(now time.Time) {
	c.State, c.AssigneeID, c.WaitingSince, c.ClosedAt = Waiting, 0, now, time.Time{}
}

// Close ends a conversation; the customer's next message opens it again. What a
// person's message paused goes on.
func (i *Inbox) Close(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.change(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, now time.Time) (happened, error) {
		if c.State == Closed {
			return happened{}, nil
		}
		c.LastAssignee = c.AssigneeID
		c.State, c.AssigneeID, c.WaitingSince, c.ClosedAt, c.Unread = Closed, 0, time.Time{}, now, 0
		if !c.Automation.Off {
			c.Automation = Automation{}
		}
		return happened{kind: journal.ConversationClosed}, nil
	})
}

// Reopen takes back that a conversation was closed: the person who does it has
// it then, and with none (0) it waits.
func (i *Inbox) Reopen(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.change(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, now time.Time) (happened, error) {
		switch {
		case c.State != Closed:
			return happened{}, nil
		case actor == 0:
			c.release(now)
			return happened{kind: journal.ConversationReleased}, nil
		}
		c.assign(actor)
		return happened{kind: journal.ConversationAssigned}, nil
	})
}

// MarkRead makes a conversation's messages read for the house and answers the
// newest inbound wamid, for which WhatsApp may be told so; empty when there was
// nothing unread.
func (i *Inbox) MarkRead(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) (wa.Wamid, error) {
	var newest wa.Wamid
	err := i.change(ctx, ws, id, actor, func(tx txn.Tx, c *Conversation, _ time.Time) (happened, error) {
		newest = ""
		if c.Unread == 0 {
			return happened{}, nil
		}
		c.Unread = 0
		m, found, err := i.Store.Message(tx, ws, c.LastInboundID)
		if err != nil {
			return happened{}, err
		}
		if found {
			newest = m.Wamid
		}
		return happened{kind: journal.ConversationRead}, nil
	})
	return newest, err
}

// MarkUnread has a conversation stand out again in the lists.
func (i *Inbox) MarkUnread(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.change(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, _ time.Time) (happened, error) {
		if c.Unread > 0 {
			return happened{}, nil
		}
		c.Unread = 1
		return happened{kind: journal.ConversationUnread}, nil
	})
}

var errNoConversation = fault.New(fault.NotFound, "conversation_unknown", "There is no such conversation here.", "List the conversations with GET /api/v1/whatsapp/conversations.")

// happened is the fact of a change; without a kind there was none.
type happened struct {
	kind   journal.Kind
	detail string
}

// wakes reports facts after which a conversation is not snoozed any more: somebody
// has looked at it.
func (h happened) wakes() bool {
	return h.kind == journal.ConversationAssigned || h.kind == journal.ConversationReleased || h.kind == journal.ConversationClosed
}

// change changes one conversation under its lock and writes what happened.
func (i *Inbox) change(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, f func(tx txn.Tx, c *Conversation, now time.Time) (happened, error)) error {
	return i.Runner.Write(txn.About(ctx, int64(id)), func(tx txn.Tx) error {
		c, err := i.Store.Conversation(tx, ws, id)
		if err != nil {
			return err
		}
		if c == nil {
			return errNoConversation
		}
		now := i.Now()
		h, err := f(tx, c, now)
		if err != nil || h.kind == "" {
			return err
		}
		facts := []journal.Fact{c.fact(h.kind, actor, h.detail, now)}
		if h.wakes() && c.wake(now) {
			facts = append(facts, c.fact(journal.ConversationWoken, actor, WokenByHand, now))
		}
		if err := i.Store.UpdateConversations(tx, []*Conversation{c}); err != nil {
			return err
		}
		return i.Journal.Append(tx, facts...)
	})
}
