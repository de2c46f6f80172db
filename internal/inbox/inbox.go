// Package inbox keeps what people write: it takes webhooks in, places every
// message in its conversation, holds the queue of those who wait, and knows the
// 24-hour customer service window.
//
//	intake.go   one transaction for all webhooks that wait: contact,
//	            conversation, message, statuses, facts
//	session.go  what a message does to its conversation (pure)
//	queue.go    assign, release, transfer, close, reopen
//	handout.go  what a rule gives to people, many at once
//	snooze.go   out of sight until a time, or until the customer writes
//	robot.go    whether programs may answer by themselves
//	place.go    where an outbound message belongs
//	rules.go    what a workspace decides about its conversations
//	read.go     lists and histories; around.go jumps into them
//
// It knows no wire format and no SQL; nothing is answered before it is on disk.
package inbox

import (
	"log/slog"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// State tells who has a conversation.
type State string

const (
	Waiting  State = "waiting"  // in the queue
	Assigned State = "assigned" // somebody has it
	Closed   State = "closed"   // done, until the customer writes again
)

// Conversation is the correspondence of one business number with one person.
type Conversation struct {
	ID           wa.ConversationID
	WorkspaceID  wa.WorkspaceID
	NumberID     wa.NumberID
	ContactID    wa.ContactID
	TeamID       wa.TeamID
	State        State
	AssigneeID   wa.PersonID
	Unread       int64
	WindowUntil  time.Time // customer service window; zero: never open
	SessionID    int64     // rises with each session
	SessionUntil time.Time
	Snooze       Snooze
	Automation   Automation
	// LastAssignee had it when it was closed; it may come back there.
	LastAssignee  wa.PersonID
	LastMessageID wa.MessageID
	LastInboundID wa.MessageID
	LastAt        time.Time
	WaitingSince  time.Time
	ClosedAt      time.Time
	CreatedAt     time.Time
	// ChangesWait tells that edits or revokes may wait for messages to come.
	ChangesWait bool
}

// WindowOpen reports whether free-form messages may be sent now.
func (c *Conversation) WindowOpen(now time.Time) bool { return now.Before(c.WindowUntil) }

// Window is how long a customer's message lets the business answer freely (cloud-api.md 7.2).
const Window = 24 * time.Hour

// Store is what the inbox needs of the database.
type Store interface {
	// Conversations returns those that exist, locked until the transaction ends.
	Conversations(tx txn.Tx, pairs []Pair) (map[Pair]*Conversation, error)
	InsertConversations(tx txn.Tx, cs []*Conversation) error
	UpdateConversations(tx txn.Tx, cs []*Conversation) error
	// ContinueConversations writes what one more message changes of conversations
	// that neither opened nor changed hands: nearly all, so it is the cheaper one.
	ContinueConversations(tx txn.Tx, cs []*Conversation) error
	// InsertReceived stores messages; those whose wamid the number has already
	// are left out. It returns the ids that are new.
	InsertReceived(tx txn.Tx, ms []*wa.Message) (map[wa.MessageID]bool, error)
	// ByWamid finds a message; UpdateContent replaces what it says and its marks.
	ByWamid(tx txn.Tx, number wa.NumberID, wamid wa.Wamid) (*wa.Message, error)
	UpdateContent(tx txn.Tx, m *wa.Message) error
	// KeepChanges lets changes wait for their originals, and their conversations
	// say so. SettleChanges has conversations say no more that any wait, if none do.
	KeepChanges(tx txn.Tx, cs []Change, now time.Time) error
	SettleChanges(tx txn.Tx, conversations []wa.ConversationID) error
	// TakeChanges removes what waits for these originals, whose MessageID is not
	// asked, and answers it.
	TakeChanges(tx txn.Tx, originals []Change) ([]Change, error)
	// Conversation finds one by id in a workspace, locked; nil when there is none.
	Conversation(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (*Conversation, error)
	// Touch sets the last message of conversations after something was sent.
	Touch(tx txn.Tx, touched []Touched) error
	// Held returns conversations whose rows this transaction holds already.
	Held(tx txn.Tx, ids []wa.ConversationID) (map[wa.ConversationID]*Conversation, error)
	// Pause silences programs until a time.
	Pause(tx txn.Tx, pauses []Pause) error
	// Queued are up to limit conversations of a team's queue, longest waiting first.
	Queued(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID, limit int) ([]Pair, error)
	// Loads is how many open conversations people have, but for the snoozed.
	Loads(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]int, error)
	// Overdue are snoozed conversations whose time has come.
	Overdue(tx txn.Tx, now time.Time, limit int) ([]Overdue, error)
	// AllRules are the rules of all workspaces that have some of their own.
	AllRules(tx txn.Tx) (map[wa.WorkspaceID]Rules, error)
	SetRules(tx txn.Tx, ws wa.WorkspaceID, r Rules, now time.Time) error
	Quarantine(tx txn.Tx, q []Quarantined) error
	Notices(tx txn.Tx, n []Noted) error
	// KeepTold writes down how messages and notices were told of; the first stays.
	KeepTold(tx txn.Tx, told []wa.Told) error
	// KeepRaws writes webhooks down as they came, in this order, and gives them their ids.
	KeepRaws(tx txn.Tx, raws []*Raw) error

	Reads
}

// Pair names a conversation from outside.
type Pair struct {
	Number  wa.NumberID
	Contact wa.ContactID
}

// Touched is an outbound message that became a conversation's last.
type Touched struct {
	ConversationID wa.ConversationID
	MessageID      wa.MessageID
	Person         wa.PersonID // who wrote it, if a person did
	At             time.Time
}

// Quarantined is a webhook part for a number that nobody here knows.
type Quarantined struct {
	ID            int64
	PhoneNumberID wa.PhoneNumberID
	WABAID        wa.WABAID
	Reason        string
	Body          []byte
	ReceivedAt    time.Time
}

// Noted is a change of a webhook that is neither message nor status.
type Noted struct {
	ID          int64
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	WABAID      wa.WABAID
	Field       string
	Body        []byte
	Told        []byte // the webhook that told of it alone
	At          time.Time
}

// Contacts finds and makes people.
type Contacts interface {
	Resolve(tx txn.Tx, seen []wa.Sighting) ([]*wa.Contact, error)
	Renumber(tx txn.Tx, ws wa.WorkspaceID, account wa.WABAID, old wa.Identity, s wa.System) error
}

// Receipts applies what WhatsApp reports of messages we sent.
type Receipts interface {
	Apply(tx txn.Tx, now time.Time, reports []Report) error
}

// Report is a status with the number it is about.
type Report struct {
	Number *wa.Number
	wa.StatusReport
}

// Media expects a copy of inbound media to be fetched, and names it.
type Media interface {
	Expect(tx txn.Tx, number *wa.Number, message wa.MessageID, m *wa.Media) (wa.MediaRef, error)
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Settings are a workspace's own rules for conversations. They are asked for
// every message and answer from memory.
type Settings interface {
	// SessionLength is how long a conversation's context lives after the customer's last message.
	SessionLength(ws wa.WorkspaceID) time.Duration
	// Rules are the others.
	Rules(ws wa.WorkspaceID) Rules
	// Home is the team to whose queue a number's conversations come that are of
	// no team; 0: none.
	Home(id wa.NumberID) wa.TeamID
	// Gone reports whether somebody was deactivated.
	Gone(id wa.PersonID) bool
}

// Staff knows who can be given work.
type Staff interface {
	// Ready returns those of these people that are of the workspace, may have
	// conversations, and are there.
	Ready(tx txn.Tx, ws wa.WorkspaceID, people []wa.PersonID) (map[wa.PersonID]bool, error)
}

// Jobs takes background work; *jobs.Runner fulfils it.
type Jobs interface {
	Enqueue(tx txn.Tx, job jobs.Job) error
}

// Deps are what New needs.
type Deps struct {
	Runner   txn.Runner
	Store    Store
	Contacts Contacts
	Receipts Receipts
	Media    Media
	Journal  Journal
	Settings Settings
	Staff    Staff
	Jobs     Jobs
	// Noticed is called in intake's transaction for every notice of a known
	// number or account, so that what reacts is enqueued with it.
	Noticed func(tx txn.Tx, n Noted) error
	// Repeats reports of which workspaces somebody is told in WhatsApp's own words,
	// as tx sees it: for them it is kept how each part was told of. Nil: nobody is.
	Repeats func(tx txn.Tx) (func(ws wa.WorkspaceID) bool, error)
	// Changed is called in intake's transaction for every new message that tells
	// of a change of the customer's (wa.System); nil: nobody reacts.
	Changed func(tx txn.Tx, m *wa.Message) error
	NewID   func() int64
	Now     func() time.Time
	Log     *slog.Logger
	// Flushes is how many intake transactions may run at once: as many as the
	// database has writers.
	Flushes int
}

// Inbox is the noun's service. Safe for concurrent use.
type Inbox struct {
	Deps
	intake *txn.Group[*Delivery]
}

// New makes an Inbox.
func New(d Deps) *Inbox {
	if d.Repeats == nil {
		d.Repeats = func(txn.Tx) (func(wa.WorkspaceID) bool, error) {
			return func(wa.WorkspaceID) bool { return false }, nil
		}
	}
	i := &Inbox{Deps: d}
	i.intake = txn.NewGroup(d.Runner, max(d.Flushes, 1), maxBatch, i.store)
	return i
}
