package desk

import (
	"context"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Draft is what somebody has begun to write in a conversation: one for each
// person and conversation, on whatever device.
type Draft struct {
	WorkspaceID    wa.WorkspaceID
	ConversationID wa.ConversationID
	Person         wa.PersonID
	Mode           DraftMode
	Text           string // sealed at rest
	ReplyTo        wa.MessageID
	UpdatedAt      time.Time
}

// DraftMode is what becomes of a draft.
type DraftMode string

const (
	DraftReply DraftMode = "reply" // a message to the customer
	DraftNote  DraftMode = "note"  // a note for colleagues
)

// Drafts is where drafts are kept.
type Drafts interface {
	PutDraft(tx txn.Tx, d Draft) error
	Draft(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID) (d Draft, found bool, err error)
	// DropDraft removes a draft of this mode, or of any (empty).
	DropDraft(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID, mode DraftMode) error
	// DraftsOf are a person's, newest first, without their texts.
	DraftsOf(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, limit int) ([]Draft, error)
}

var errNoDraft = fault.New(fault.NotFound, "no_draft", "You have begun nothing in this conversation.", "There is nothing to do.")

// PutDraft keeps what somebody has begun; an empty text takes it away. What it
// answers must be a message of the same conversation, as when it is sent.
func (d *Desk) PutDraft(ctx context.Context, w Who, draft Draft) (Draft, error) {
	if w.Person == 0 {
		return Draft{}, errNotAPerson
	}
	draft.WorkspaceID, draft.Person, draft.UpdatedAt = w.WorkspaceID, w.Person, d.Now()
	if n := utf8.RuneCountInString(draft.Text); n > MaxText || !utf8.ValidString(draft.Text) {
		return Draft{}, fault.Wrong("invalid_draft", fault.Field{Name: "text", Detail: "must be valid UTF-8 text of at most 4096 characters.", Limit: MaxText, Length: n})
	}
	return draft, d.Runner.Write(ctx, func(tx txn.Tx) error {
		if _, err := d.subject(tx, w.WorkspaceID, draft.ConversationID); err != nil {
			return err
		}
		if draft.Text == "" {
			return d.Store.DropDraft(tx, w.WorkspaceID, w.Person, draft.ConversationID, "")
		}
		if draft.ReplyTo != 0 {
			held, err := d.Conversations.Holds(tx, w.WorkspaceID, draft.ConversationID, draft.ReplyTo)
			if err != nil {
				return err
			}
			if !held {
				return fault.Wrong("invalid_draft", fault.Field{Name: "reply_to", Detail: "This conversation has no such message."})
			}
		}
		return d.Store.PutDraft(tx, draft)
	})
}

// Draft is what the person who asks has begun in a conversation.
func (d *Desk) Draft(ctx context.Context, w Who, id wa.ConversationID) (draft Draft, err error) {
	if w.Person == 0 {
		return Draft{}, errNotAPerson
	}
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		if draft, found, err = d.Store.Draft(tx, w.WorkspaceID, w.Person, id); err == nil && !found {
			err = errNoDraft
		}
		return err
	})
	return draft, err
}

// DropDraft takes a draft away; there need be none.
func (d *Desk) DropDraft(ctx context.Context, w Who, id wa.ConversationID) error {
	if w.Person == 0 {
		return errNotAPerson
	}
	return d.Runner.Write(ctx, func(tx txn.Tx) error { return d.Store.DropDraft(tx, w.WorkspaceID, w.Person, id, "") })
}

// DraftsOf are those of the person who asks, newest first, without their texts.
func (d *Desk) DraftsOf(ctx context.Context, w Who, limit int) (drafts []Draft, err error) {
	if w.Person == 0 {
		return nil, errNotAPerson
	}
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		drafts, err = d.Store.DraftsOf(tx, w.WorkspaceID, w.Person, limit)
		return err
	})
	return drafts, err
}

// Sent is told, in the transaction that accepts it, of a message that a person
// wrote in a conversation: what they had begun there has left.
func (d *Desk) Sent(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID) error {
	return d.Store.DropDraft(tx, ws, person, id, DraftReply)
}
