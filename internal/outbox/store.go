package outbox

import (
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Field names a wrong member of a request.
type Field = fault.Field

// Store is the outbox's memory. Every method works on a whole batch with a
// constant number of statements and keeps the order of what it is given.
type Store interface {
	acceptStore
	deliverStore
	receiptStore
	limitStore
	queryStore
}

// Key is an idempotency key of a workspace. No key appears twice in a batch.
type Key struct {
	WorkspaceID wa.WorkspaceID
	Key         string
	Fingerprint []byte
	MessageID   wa.MessageID
	At          time.Time

	Won bool // set by ReserveKeys: this transaction wrote it
	// Set by FindKeys when the key is known.
	Found            bool
	FoundFingerprint []byte
	Receipt          Receipt
}

// Ref is a message named by a caller. Exactly one of ID and Wamid is given.
type Ref struct {
	ConversationID wa.ConversationID
	NumberID       wa.NumberID
	ID             wa.MessageID
	Wamid          wa.Wamid

	// Set by FindRefs when the conversation has that message.
	Found   bool
	FoundID wa.MessageID
	Known   wa.Wamid // its wamid; empty until it was sent
	Type    wa.Type
	At      time.Time
	Revoked bool
}

// Usage is how many messages a customer of a number got on a day. ContactID 0
// stands for the number as a whole.
type Usage struct {
	NumberID  wa.NumberID
	ContactID wa.ContactID
	Day       int64 // days since 1970, UTC
	Add       int64
	Total     int64 // set by Count: after adding
}

// Entry is a message with its place in the queue.
type Entry struct {
	Message     wa.Message
	Lane        Lane
	DueAt       time.Time
	ExpiresAt   time.Time
	OnUncertain Policy
	FailFast    bool // a limit fails it instead of delaying it
}

type acceptStore interface {
	// NewMessageID makes an id larger than all before.
	NewMessageID() wa.MessageID
	// FindKeys looks keys up.
	FindKeys(tx txn.Tx, keys []*Key) error
	// ReserveKeys writes keys that nobody wrote before; two at once are decided
	// by the unique key, and the loser's Won stays false.
	ReserveKeys(tx txn.Tx, keys []*Key) error
	// ForgetKeys removes keys whose message was refused after all.
	ForgetKeys(tx txn.Tx, keys []*Key) error
	// FindRefs looks up messages of a conversation.
	FindRefs(tx txn.Tx, refs []*Ref) error
	// Count adds to the day's counters and tells the totals. No counter appears
	// twice in a batch; Add may be negative.
	Count(tx txn.Tx, usage []*Usage) error
	// Insert writes messages and their places in the queue.
	Insert(tx txn.Tx, entries []*Entry) error
}

// Candidate is a message that is due and first in its conversation.
type Candidate struct {
	MessageID      wa.MessageID
	ConversationID wa.ConversationID
	Lane           Lane
	ExpiresAt      time.Time
	Opens          bool // a template: outside the window it counts against the messaging limit
	FailFast       bool // a limit fails it instead of delaying it
}

// Claimed is a message that this owner has taken, with all that sending needs.
type Claimed struct {
	MessageID      wa.MessageID
	WorkspaceID    wa.WorkspaceID
	NumberID       wa.NumberID
	ContactID      wa.ContactID
	ConversationID wa.ConversationID
	To             wa.Recipient
	Content        wa.Content
	Attempt        int // 1 for the first try
	FailFast       bool
}

// Outcome is what became of one try.
type Outcome struct {
	Claimed *Claimed
	Epoch   int64
	At      time.Time
	Kind    OutcomeKind
	Wamid   wa.Wamid     // Taken
	Held    bool         // Taken: WhatsApp assesses quality first
	DueAt   time.Time    // Again, Unsure
	Attempt int          // Again: the tries that count so far
	Problem []wa.Problem // Again, Unsure: the last; Refused: why
}

// OutcomeKind sorts outcomes by what becomes of the row in the queue.
type OutcomeKind int

const (
	Taken   OutcomeKind = iota // WhatsApp has it: the row leaves
	Refused                    // it failed: the row leaves
	Again                      // back into the queue until DueAt
	Unsure                     // nobody knows: waits for a status until DueAt
)

// Moved is a message whose status changed other than by WhatsApp's word.
type Moved struct {
	MessageID      wa.MessageID
	WorkspaceID    wa.WorkspaceID
	NumberID       wa.NumberID
	ContactID      wa.ContactID
	ConversationID wa.ConversationID
	Status         wa.Status
}

type deliverStore interface {
	// TakeLease makes owner the owner of a number and answers the epoch, which is
	// higher than all before. It fails (0) while another owner's lease runs; an
	// owner may take its own again, as after a restart.
	TakeLease(tx txn.Tx, id wa.NumberID, owner string, lease time.Duration) (epoch int64, err error)
	// LeaseFree reports whether TakeLease would succeed; it is a read.
	LeaseFree(tx txn.Tx, id wa.NumberID, owner string) (bool, error)
	// KeepLease prolongs the lease and reports whether the epoch still owns it.
	KeepLease(tx txn.Tx, id wa.NumberID, epoch int64, lease time.Duration) (bool, error)
	// DropLease ends it, so that the next owner need not wait.
	DropLease(tx txn.Tx, id wa.NumberID, epoch int64) error

	// Candidates are at most limit due messages of one lane, longest due first:
	// of each conversation the oldest that is queued, and none while one is
	// claimed. Expired ones are among them. It locks them until the end of tx.
	Candidates(tx txn.Tx, id wa.NumberID, lane Lane, now time.Time, limit int) ([]Candidate, error)
	// Claim marks candidates as under way and loads them. It takes nothing when
	// the epoch no longer owns the number (owned is false).
	Claim(tx txn.Tx, id wa.NumberID, epoch int64, ids []wa.MessageID) (claimed []*Claimed, owned bool, err error)
	// NextDue is when the next queued message of the number becomes due; zero: none waits.
	NextDue(tx txn.Tx, id wa.NumberID, after time.Time) (time.Time, error)
	// Settle stores outcomes. Those whose row the epoch no longer owns change
	// nothing, except that WhatsApp's yes ends a doubt whoever brings it, unless a
	// newer owner has the message under way. It answers the messages whose status
	// changed.
	Settle(tx txn.Tx, outcomes []*Outcome) ([]Moved, error)

	// Orphans makes rows claimed by earlier epochs uncertain until due.
	Orphans(tx txn.Tx, id wa.NumberID, epoch int64, due time.Time) ([]Moved, error)
	// Overdue reports whether uncertain messages wait for a decision that is due.
	Overdue(tx txn.Tx, id wa.NumberID, now time.Time) (bool, error)
	// Decide ends the wait of uncertain messages by their own policy.
	Decide(tx txn.Tx, id wa.NumberID, now time.Time) ([]Moved, error)
	// Expire removes these queued messages.
	Expire(tx txn.Tx, ids []wa.MessageID) ([]Moved, error)
	// Expired are at most limit queued messages whose time to live is over.
	Expired(tx txn.Tx, id wa.NumberID, now time.Time, limit int) ([]wa.MessageID, error)
	// Fail ends these queued messages with a problem of ours.
	Fail(tx txn.Tx, ids []wa.MessageID, now time.Time, problem wa.Problem) ([]Moved, error)
	// Wamids are the wamids of messages of ours that have one.
	Wamids(tx txn.Tx, ids []wa.MessageID) (map[wa.MessageID]wa.Wamid, error)

	// Withdraw cancels a message that is queued or held; moved is nil when it is not.
	Withdraw(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (*Moved, error)
	// Release puts a held message back into the queue; moved is nil when it is not held.
	Release(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID, due time.Time) (*Moved, error)
}

// Record is what Receipts need of a message.
type Record struct {
	ID             wa.MessageID
	WorkspaceID    wa.WorkspaceID
	NumberID       wa.NumberID
	ContactID      wa.ContactID
	ConversationID wa.ConversationID
	Wamid          wa.Wamid
	Status         wa.Status
	SentAt         time.Time
	DeliveredAt    time.Time
	ReadAt         time.Time
	PlayedAt       time.Time
	FailedAt       time.Time
	Problems       []wa.Problem
	Pricing        *wa.Pricing
}

type receiptStore interface {
	// LockByID and LockByWamid read outbound messages for change.
	LockByID(tx txn.Tx, ids []wa.MessageID) ([]*Record, error)
	LockByWamid(tx txn.Tx, keys []WamidKey) ([]*Record, error)
	// KeepTold writes down how statuses were told of; the first of each stays.
	KeepTold(tx txn.Tx, told []wa.Told) error
	// UpdateRecords writes them back.
	UpdateRecords(tx txn.Tx, records []*Record) error
	// Unqueue removes what is left of messages in the queue, whatever its state.
	Unqueue(tx txn.Tx, ids []wa.MessageID) error
	// KeepWaiting keeps reports about messages not yet known.
	KeepWaiting(tx txn.Tx, at time.Time, reports []Report) error
	// TakeWaiting removes and returns the reports that wait for these wamids.
	TakeWaiting(tx txn.Tx, keys []WamidKey) ([]Report, error)
	// TakeMatched removes and returns at most limit reports, kept since then,
	// whose message is known by now.
	TakeMatched(tx txn.Tx, id wa.NumberID, since time.Time, limit int) ([]Report, error)
	// ForgetWaiting removes reports that were kept before then.
	ForgetWaiting(tx txn.Tx, id wa.NumberID, before time.Time) error
}

// WamidKey names a message in WhatsApp's words.
type WamidKey struct {
	NumberID wa.NumberID
	Wamid    wa.Wamid
}

// Opener is a template that is due. Openers fills in the second half.
type Opener struct {
	MessageID      wa.MessageID
	ConversationID wa.ConversationID

	ContactID   wa.ContactID
	WindowUntil time.Time
	Counted     bool         // the user counts against the limit already
	First       wa.MessageID // because of this message; 0: of several
}

// Opened is a user who counts against a messaging limit.
type Opened struct {
	ContactID wa.ContactID
	MessageID wa.MessageID // because of this message; 0: of several
	Until     time.Time
}

// Reopened changes until when a user counts because of a message; the zero time
// when the message reached nobody.
type Reopened struct {
	Scope string
	Opened
}

// limitStore keeps whom a portfolio wrote to outside the customer service window
// (cloud-api.md 4.3). A scope names the limit.
type limitStore interface {
	// LockLimit answers how many users the limit has in Openers' sense, and keeps
	// others from changing that until the end of tx. ok is false when somebody
	// else does at the moment: it does not wait.
	LockLimit(tx txn.Tx, scope string) (used int64, ok bool, err error)
	// SetUsed writes that number.
	SetUsed(tx txn.Tx, scope string, used int64) error
	// ForgetOpened removes at most limit users who count no longer and answers how many.
	ForgetOpened(tx txn.Tx, scope string, now time.Time, limit int) (int64, error)
	// Openers fills in what is known of the users.
	Openers(tx txn.Tx, scope string, asked []*Opener) error
	// Open writes users and how many there are now. No user appears twice.
	Open(tx txn.Tx, scope string, opened []Opened, used int64) error
	// Adopt adds the users of one limit to those of another, of two rows for one
	// user the longer one, and forgets the former. It waits for whoever holds
	// them, so it is a transaction's first call.
	Adopt(tx txn.Tx, from, to string) error
	// Counts reports whether a limit has ever counted anybody.
	Counts(tx txn.Tx, scope string) (bool, error)
	// MoveOpened changes rows that are there.
	MoveOpened(tx txn.Tx, moved []Reopened) error
	// NextFree is when the first of those who count does so no longer; zero: nobody counts.
	NextFree(tx txn.Tx, scope string, now time.Time) (time.Time, error)
	// Used is how many users count now, without a lock.
	Used(tx txn.Tx, scope string, now time.Time) (int64, error)
	// Park lets queued messages wait for the limit; Unpark ends that.
	Park(tx txn.Tx, ids []wa.MessageID) error
	Unpark(tx txn.Tx, ids []wa.MessageID) error
	// AnyParked reports whether messages of the number are parked.
	AnyParked(tx txn.Tx, id wa.NumberID) (bool, error)
	// ParkedReady are at most limit parked messages of each lane that need not
	// wait: the window is open by now, or their time to live is over.
	ParkedReady(tx txn.Tx, id wa.NumberID, now time.Time, limit int) (open, expired []wa.MessageID, err error)
}

// Pending is how many messages of a number wait, by state of the queue.
type Pending struct {
	NumberID                            wa.NumberID
	Queued, UnderWay, Uncertain, OnHold int64
	Parked                              int64 // those of the queued that wait for the messaging limit
}

// Listed is a message with whom it is for and where it stands in the queue.
type Listed struct {
	Message wa.Message
	Phone   wa.Phone
}

// Place is where a message stands in the queue.
type Place struct {
	NumberID wa.NumberID
	State    string // queued, claimed, uncertain, held
	Lane     Lane
	Attempt  int
	DueAt    time.Time
	Problems []wa.Problem // of the last try
}

// CustomerUsage is how much one customer got on a day.
type CustomerUsage struct {
	ContactID wa.ContactID
	Sent      int64
}

type queryStore interface {
	// MessageByID and MessageByWamid find a message of either direction.
	MessageByID(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error)
	MessageByWamid(tx txn.Tx, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error)
	// Pending counts what waits, by number; workspace 0: of all.
	Pending(tx txn.Tx, ws wa.WorkspaceID) ([]Pending, error)
	// Places are the places of those messages that are in the queue.
	Places(tx txn.Tx, ws wa.WorkspaceID, ids []wa.MessageID) (map[wa.MessageID]Place, error)
	// Troubled are at most limit messages of a status (uncertain, held, failed),
	// newest first, older than before (0: from the newest), of a number (0: of all).
	Troubled(tx txn.Tx, ws wa.WorkspaceID, status wa.Status, id wa.NumberID, before wa.MessageID, limit int) ([]Listed, error)
	// NumberUsage is the number's total of a day; CustomerUsage its customers with the most.
	NumberUsage(tx txn.Tx, ws wa.WorkspaceID, id wa.NumberID, day int64) (int64, error)
	CustomerUsage(tx txn.Tx, ws wa.WorkspaceID, id wa.NumberID, day int64, limit int) ([]CustomerUsage, error)
	// OneUsage is one customer's total of a day.
	OneUsage(tx txn.Tx, ws wa.WorkspaceID, id wa.NumberID, contact wa.ContactID, day int64) (int64, error)
}
