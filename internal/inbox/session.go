package inbox

import (
	"time"

	"kontor/internal/wa"
)

// receive is what one message of the customer does to its conversation: it is
// the newest, unread, opens the window, and wakes what was closed or stale.
// opened reports that a new session began. The rules are here and nowhere else.
func receive(c *Conversation, m *wa.Message, now time.Time, session time.Duration) (opened bool) {
	c.LastMessageID, c.LastAt = m.ID, now
	if !spoken(m.Content.Type) {
		return false
	}
	c.LastInboundID = m.ID
	c.Unread++
	// WhatsApp's time counts, but a clock that runs ahead of ours opens nothing longer.
	said := m.At
	if said.After(now) {
		said = now
	}
	if until := said.Add(Window); until.After(c.WindowUntil) {
		c.WindowUntil = until
	}
	if c.State == Closed || !now.Before(c.SessionUntil) {
		opened = true
		c.SessionID++
	}
	c.SessionUntil = now.Add(session)
	if c.State == Closed {
		c.State, c.ClosedAt, c.WaitingSince = Waiting, time.Time{}, now
	}
	return opened
}

// spoken tells a message that the customer wrote from what WhatsApp or a later
// thought says about one: only the former is unread and opens the window.
func spoken(t wa.Type) bool {
	switch t {
	case wa.TypeSystem, wa.TypeEdit, wa.TypeRevoke:
		return false
	}
	return true
}

// begin makes the conversation of a pair that never wrote before. It is closed
// and empty: the first message wakes it like any other.
func begin(id wa.ConversationID, number *wa.Number, person wa.ContactID, now time.Time) *Conversation {
	return &Conversation{
		ID: id, WorkspaceID: number.WorkspaceID, NumberID: number.ID, ContactID: person,
		TeamID: number.TeamID, State: Closed, LastAt: now, CreatedAt: now,
	}
}
