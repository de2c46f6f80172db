// Package journal is the ordered record of what happened. A fact is written in
// the transaction of the change it tells of; readers follow in the order of
// commits, each with its own cursor, and a fact's effects and the cursor's move
// are one transaction: inside the database every reaction happens exactly once.
// DESIGN.md tells the mechanism.
//
// Facts carry ids and enumerations only, never names, numbers or text: what the
// house forgets about a person is then forgotten here too.
package journal

import (
	"time"

	"kontor/internal/wa"
)

// Kind says what happened. Kinds are stable: readers and integrators branch on them.
type Kind string

const (
	MessageReceived      Kind = "message.received"      // a customer wrote
	MessageAccepted      Kind = "message.accepted"      // a message of ours was written to the outbox
	MessageStatus        Kind = "message.status"        // Detail is the new wa.Status
	MessageEdited        Kind = "message.edited"        // the customer changed it
	MessageRevoked       Kind = "message.revoked"       // the customer took it back
	MessageCanceled      Kind = "message.canceled"      // withdrawn before it left
	ConversationOpened   Kind = "conversation.opened"   // first message, or first after close or after the session ended
	ConversationAssigned Kind = "conversation.assigned" // Actor gave or took it; without one Detail tells which rule did: round_robin, least_busy, reopened
	ConversationReleased Kind = "conversation.released" // back to the queue; Detail "team": of another team; "gone": who had it is deactivated
	ConversationClosed   Kind = "conversation.closed"
	ConversationRead     Kind = "conversation.read"   // unread became 0
	ConversationUnread   Kind = "conversation.unread" // somebody marked it so
	ConversationSnoozed  Kind = "conversation.snoozed"
	ConversationWoken    Kind = "conversation.woken"      // Detail: time, message, hand
	ConversationRobot    Kind = "conversation.automation" // Detail: auto, paused, off
	MediaStored          Kind = "media.stored"
	MediaFailed          Kind = "media.failed"   // Detail is the reason
	NumberChanged        Kind = "number.changed" // state, quality, pace or pause
	TemplateChanged      Kind = "template.changed"
	ContactChanged       Kind = "contact.changed"
)

// Cursor is a place in the journal: everything up to and including it was
// seen. The zero Cursor is the beginning.
type Cursor struct {
	Seq int64 // of the last fact seen; it rises, with holes
}

// Before reports whether c comes before other.
func (c Cursor) Before(other Cursor) bool {
	return c.Seq < other.Seq
}

// Fact is one thing that happened. Ids that do not apply are zero.
type Fact struct {
	Cursor         Cursor // set by the store
	WorkspaceID    wa.WorkspaceID
	Kind           Kind
	NumberID       wa.NumberID
	ContactID      wa.ContactID
	ConversationID wa.ConversationID
	MessageID      wa.MessageID
	ActorID        wa.PersonID
	Detail         string
	At             time.Time
}
