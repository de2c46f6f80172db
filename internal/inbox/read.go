package inbox

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Tab is one of the lists an agent works with.
type Tab string

const (
	TabMine       Tab = "mine"       // assigned to the person who asks
	TabUnassigned Tab = "unassigned" // waiting
	TabAll        Tab = "all"        // whatever is neither closed nor snoozed
	TabLater      Tab = "later"      // snoozed, whoever has it
	TabClosed     Tab = "closed"
)

// NoTeam chooses, in a Filter, conversations that are of no team.
const NoTeam wa.TeamID = -1

// Filter chooses conversations; the newest come first.
type Filter struct {
	WorkspaceID wa.WorkspaceID
	Tab         Tab
	Person      wa.PersonID // whose "mine" it is
	Number      wa.NumberID // zero: all
	Team        wa.TeamID   // zero: all; NoTeam: those of none
	Assignee    wa.PersonID // zero: all
	Label       wa.LabelID  // zero: all
	Unread      bool        // only those with something unread
	Before      Place       // zero: from the newest
	Limit       int         // 1–100
}

// Place is where a list of conversations goes on.
type Place struct {
	At time.Time
	ID wa.ConversationID
}

// View is a conversation with what a list shows of it.
type View struct {
	Conversation
	Contact      wa.Contact
	AssigneeName string
	TeamSlug     string
	TeamName     string
	Labels       []Label     // by name
	Last         *wa.Message // nil: nothing was ever said
}

// Label is a mark on a conversation, as lists show it.
type Label struct {
	ID           wa.LabelID
	Name, Colour string
}

// Counts are the exact numbers on the tabs.
type Counts struct {
	Mine, Unassigned, All int64
	Later                 int64
	Closed                int64 // at most MaxClosed, since they only grow
	Unread                int64 // conversations with something unread that are mine or nobody's
}

// MaxClosed is where counting closed conversations ends: "1000" means as many or more.
const MaxClosed = 1000

// History chooses messages of one conversation, by arrival.
type History struct {
	WorkspaceID  wa.WorkspaceID
	Conversation wa.ConversationID
	After        wa.MessageID // ascending: those behind it; descending: those before it; zero: from the end that comes first
	Descending   bool
	Limit        int // 1–100
}

// Reads are the queries behind the lists.
type Reads interface {
	List(tx txn.Tx, f Filter) ([]View, error)
	Pending(tx txn.Tx, ws wa.WorkspaceID, after Place, limit int) ([]View, error) // waiting, longest first
	View(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (*View, error)
	Count(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID) (Counts, error)
	Overview(tx txn.Tx, ws wa.WorkspaceID) (Overview, error)
	Messages(tx txn.Tx, h History) ([]wa.Message, error)
	// Files are messages of a conversation with a file of this kind, or of any
	// (empty), newest first.
	Files(tx txn.Tx, h History, kind wa.Type) ([]wa.Message, error)
	// Arrived is the first message of a conversation with an id from the given
	// one, and when it was stored; 0 when there is none.
	Arrived(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, from wa.MessageID) (wa.MessageID, time.Time, error)
	// Latest is the last message of a conversation; 0 when there is none.
	Latest(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (wa.MessageID, error)
	Message(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error)
	MessageByWamid(tx txn.Tx, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error)
	// Contact finds a person of a workspace; nil when there is none.
	Contact(tx txn.Tx, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error)
	// Newest is the conversation of a person with a number, or with any number
	// (zero) the one in which something was said last; zero when there is none.
	Newest(tx txn.Tx, ws wa.WorkspaceID, person wa.ContactID, number wa.NumberID) (wa.ConversationID, error)
	// Known finds the contact behind a phone or BSUID; zero when there is none.
	Known(tx txn.Tx, ws wa.WorkspaceID, r wa.Recipient) (wa.ContactID, error)
	// AssignedSince tells who has a conversation and since when.
	AssignedSince(tx txn.Tx, c *Conversation) (name string, since time.Time, err error)
	Quarantined(tx txn.Tx, before int64, limit int) ([]Quarantined, error)
	// Raws returns kept webhooks, oldest first; LatestRaws newest first.
	Raws(tx txn.Tx, s Span) ([]Raw, error)
	LatestRaws(tx txn.Tx, before int64, limit int) ([]Raw, error)
}

// List returns a page of conversations.
func (i *Inbox) List(ctx context.Context, f Filter) (views []View, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		views, err = i.Store.List(tx, f)
		return err
	})
	return views, err
}

// Pending returns a page of the queue, who waits longest first.
func (i *Inbox) Pending(ctx context.Context, ws wa.WorkspaceID, after Place, limit int) (views []View, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		views, err = i.Store.Pending(tx, ws, after, limit)
		return err
	})
	return views, err
}

// Count returns the numbers on the tabs.
func (i *Inbox) Count(ctx context.Context, ws wa.WorkspaceID, person wa.PersonID) (c Counts, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		c, err = i.Store.Count(tx, ws, person)
		return err
	})
	return c, err
}

// View returns one conversation.
func (i *Inbox) View(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID) (v *View, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		if v, err = i.Store.View(tx, ws, id); err == nil && v == nil {
			err = errNoConversation
		}
		return err
	})
	return v, err
}

// Messages returns a page of a conversation's history.
func (i *Inbox) Messages(ctx context.Context, h History) (ms []wa.Message, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		ms, err = i.Store.Messages(tx, h)
		return err
	})
	return ms, err
}

// Message finds a message of a workspace by our id, in either direction.
func (i *Inbox) Message(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (m wa.Message, found bool, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		m, found, err = i.Store.Message(tx, ws, id)
		return err
	})
	return m, found, err
}

// MessageByWamid finds a message of a workspace by WhatsApp's id.
func (i *Inbox) MessageByWamid(ctx context.Context, ws wa.WorkspaceID, wamid wa.Wamid) (m wa.Message, found bool, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		m, found, err = i.Store.MessageByWamid(tx, ws, wamid)
		return err
	})
	return m, found, err
}

// Whom names a person from outside: one of the members is set.
type Whom struct {
	Contact wa.ContactID
	To      wa.Recipient
}

// Find returns the conversation with a person: with this number, or with any
// (zero) the one in which something was said last.
func (i *Inbox) Find(ctx context.Context, ws wa.WorkspaceID, who Whom, number wa.NumberID) (id wa.ConversationID, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		person := who.Contact
		if person == 0 {
			if person, err = i.Store.Known(tx, ws, who.To); err != nil {
				return err
			}
		}
		if person != 0 {
			if id, err = i.Store.Newest(tx, ws, person, number); err != nil {
				return err
			}
		}
		if id == 0 {
			return errNoConversation
		}
		return nil
	})
	return id, err
}

// Quarantined returns a page of what came for unknown numbers, newest first.
func (i *Inbox) Quarantined(ctx context.Context, before int64, limit int) (q []Quarantined, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		q, err = i.Store.Quarantined(tx, before, limit)
		return err
	})
	return q, err
}
