package inbox

import (
	"time"

	"kontor/internal/wa"
)

// effect is what a message did to its conversation beyond being the newest.
type effect struct {
	opened bool // a new session began
	woken  bool // it was snoozed
	left   bool // who had it is gone, so it waits
	back   bool // it waits, and may go back to whom it had last
}

// queue reports whether columns changed that a message leaves alone otherwise.
func (e effect) queue() bool { return e.opened || e.woken || e.left }

// ways are what a workspace decides about a conversation, and where things stand.
type ways struct {
	session time.Duration // how long it lasts after the customer's last message
	rules   Rules
	home    wa.TeamID              // of the number: 0: none
	gone    func(wa.PersonID) bool // who was deactivated
}

func (i *Inbox) ways(m *wa.Message) ways {
	return ways{session: i.Settings.SessionLength(m.WorkspaceID), rules: i.Settings.Rules(m.WorkspaceID), home: i.Settings.Home(m.NumberID), gone: i.Settings.Gone}
}

// receive is what one message of the customer does to its conversation: it is
// the newest, unread, opens the window, wakes what was closed, snoozed or stale,
// and leaves who is gone. The rules are here and nowhere else.
func receive(c *Conversation, m *wa.Message, now time.Time, w ways) (e effect) {
	c.LastMessageID, c.LastAt = m.ID, now
	what := weigh(&m.Content)
	if what == aside {
		return effect{}
	}
	// WhatsApp's time counts, but a clock that runs ahead of ours opens nothing longer.
	said := m.At
	if said.After(now) {
		said = now
	}
	if until := said.Add(Window); until.After(c.WindowUntil) {
		c.WindowUntil = until
	}
	if what == gesture && c.LastInboundID != 0 {
		if c.State != Closed {
			c.Unread++
		}
		return effect{}
	}
	c.LastInboundID = m.ID
	c.Unread++
	if c.State == Closed || !now.Before(c.SessionUntil) {
		e.opened = true
		c.SessionID++
	}
	c.SessionUntil = now.Add(w.session)
	switch {
	case c.State == Closed:
		e.back = w.rules.goesBack(c, now)
		c.State, c.ClosedAt, c.WaitingSince = Waiting, time.Time{}, now
		if c.TeamID == 0 {
			c.TeamID = w.home
		}
	case c.State == Assigned && w.gone(c.AssigneeID):
		c.release(now)
		e.left = true
	}
	e.woken = c.wake(now)
	return e
}

// weight is how much of a conversation a message is.
type weight int

const (
	aside   weight = iota // what WhatsApp or a later thought says about a message: it is shown, and no more
	gesture               // a reaction: it opens the window and is unread, but a thumb up to a goodbye calls nobody back and wakes nothing
	speech                // what the customer wrote, in whatever form
)

func weigh(c *wa.Content) weight {
	switch c.Type {
	case wa.TypeSystem, wa.TypeEdit, wa.TypeRevoke:
		return aside
	case wa.TypeReaction:
		if c.Reaction == nil || c.Reaction.Emoji == "" { // taken away
			return aside
		}
		return gesture
	}
	return speech
}

// ahead is how far WhatsApp's clock may run before ours.
const ahead = time.Hour

// sane is a time that WhatsApp gave; now when it gave none that can be.
func sane(said, now time.Time) time.Time {
	if said.IsZero() || said.After(now.Add(ahead)) {
		return now
	}
	return said
}

// begin makes the conversation of a pair that never wrote before. It is closed
// and empty: the first message wakes it like any other.
func begin(id wa.ConversationID, number *wa.Number, person wa.ContactID, now time.Time) *Conversation {
	return &Conversation{
		ID: id, WorkspaceID: number.WorkspaceID, NumberID: number.ID, ContactID: person,
		TeamID: number.TeamID, State: Closed, LastAt: now, CreatedAt: now,
	}
}
