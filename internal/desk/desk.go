// Package desk keeps what colleagues put beside conversations: labels, notes for
// each other, replies they often give, and drafts of what they are writing.
//
//	label.go  marks of a workspace, and which conversation has which
//	note.go   notes and whom they mention
//	reply.go  quick replies; fill.go fills their placeholders
//	draft.go  what somebody has begun to write
//
// Nothing of it is a message: no carrier, façade, callback or export knows this
// package, and it knows none of them. So a note can never leave the house. Facts
// name notes by id alone, in kinds that no subscription can ask for.
package desk

import (
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Facts of this package.
const (
	LabelChanged        journal.Kind = "label.changed"        // Detail is the label
	ConversationLabeled journal.Kind = "conversation.labeled" // its labels are others now
	NoteAdded           journal.Kind = "note.added"           // Detail is the note
	NoteChanged         journal.Kind = "note.changed"         // Detail is the note
	NoteRemoved         journal.Kind = "note.removed"         // Detail is the note
	QuickReplyChanged   journal.Kind = "quickreply.changed"
)

// Conversations knows what things are put beside.
type Conversations interface {
	// Subject finds a conversation of a workspace and, in a transaction that
	// writes, holds its row; found is false when there is none.
	Subject(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (s Subject, found bool, err error)
	// Holds reports whether a message is one of a conversation's.
	Holds(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, message wa.MessageID) (bool, error)
}

// Subject is a conversation as facts name it.
type Subject struct {
	ConversationID wa.ConversationID
	NumberID       wa.NumberID
	ContactID      wa.ContactID
}

// Colleagues knows the people of a workspace.
type Colleagues interface {
	// People returns those of these ids that are people of the workspace.
	People(tx txn.Tx, ws wa.WorkspaceID, ids []wa.PersonID) (map[wa.PersonID]bool, error)
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Parts are what New needs.
type Parts struct {
	Runner        txn.Runner
	Store         Store
	Conversations Conversations
	Colleagues    Colleagues
	Journal       Journal
	NewID         func() int64
	Now           func() time.Time
}

// Store is what the desk needs of the database.
type Store interface {
	Labels
	Notes
	Replies
	Drafts
}

// Desk is the noun's service. Safe for concurrent use.
type Desk struct{ Parts }

// New makes a Desk.
func New(p Parts) *Desk { return &Desk{p} }

// Who acts, and how far the person may go.
type Who struct {
	WorkspaceID wa.WorkspaceID
	Person      wa.PersonID // zero: a program
	Leads       bool        // supervisors and above may change what is others'
}

var (
	errNoConversation = fault.New(fault.NotFound, "conversation_unknown", "There is no such conversation here.", "List the conversations with GET /api/v1/whatsapp/conversations.")
	errNotAPerson     = fault.New(fault.Conflict, "not_a_person", "This is for people, and an API key is none; nothing was done.", "Sign in as a person.")
	errLeads          = fault.New(fault.Forbidden, "forbidden", "This is for supervisors, admins and owners; nothing was changed.", "Ask one of them.")
)

func (d *Desk) subject(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (Subject, error) {
	s, found, err := d.Conversations.Subject(tx, ws, id)
	if err == nil && !found {
		err = errNoConversation
	}
	return s, err
}

func (s Subject) fact(w Who, kind journal.Kind, detail string, now time.Time) journal.Fact {
	return journal.Fact{
		WorkspaceID: w.WorkspaceID, Kind: kind, NumberID: s.NumberID, ContactID: s.ContactID, ConversationID: s.ConversationID,
		ActorID: w.Person, Detail: detail, At: now,
	}
}

// MaxText is how long a note, a quick reply or a draft may be: as the body of a
// text message (cloud-api.md 1.2), in characters.
const MaxText = 4096

// checkText says what is wrong with a text that must not be empty.
func checkText(text string) []fault.Field {
	n := utf8.RuneCountInString(text)
	switch {
	case !utf8.ValidString(text):
		return []fault.Field{{Name: "text", Detail: "is not valid UTF-8 text."}}
	case n == 0:
		return []fault.Field{{Name: "text", Detail: "must not be empty."}}
	case n > MaxText:
		return []fault.Field{{Name: "text", Detail: "must have at most 4096 characters.", Limit: MaxText, Length: n}}
	}
	return nil
}
