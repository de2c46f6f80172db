// Package outbox is what we send: it accepts messages, paces them, delivers
// them, and follows what becomes of them. DESIGN.md draws the states and tells
// what happens after a crash.
//
//	Accept      writes a message and its place in the queue in one transaction (law 4)
//	Pace        decides what may go now; pure, time is an argument (law 6)
//	Deliverer   drains one number: claims, sends, stores the outcomes
//	gate        counts whom a portfolio wrote to first in 24 hours (cloud-api.md 4.3)
//	Receipts    applies WhatsApp's statuses, which only climb (law 3)
//
// The package knows no SQL, no HTTP and no wire format. It never decides twice
// about one try: whoever owns a number holds its lease, and everything it
// writes carries the lease's epoch.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Lane is which queue a message waits in. Interactive messages go before bulk
// ones, but bulk is never starved: see Lanes.
type Lane int64

const (
	Interactive Lane = 0 // answers, and whatever a person waits for
	Bulk        Lane = 1 // broadcasts

	// Parked is added to the lane of a message that waits for the messaging limit
	// of its portfolio: so those many stand in nobody's way.
	Parked Lane = 2
)

// Policy says what becomes of a message when nobody knows whether WhatsApp has
// it and no status told so in time (law 4).
type Policy string

const (
	Hold   Policy = "hold"   // a person decides; the default
	Resend Policy = "resend" // sent again: the customer may get it twice
)

// MaxDelay is the longest Request.Delay.
const MaxDelay = 5 * time.Second

// Request is one message to send.
type Request struct {
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	Contact     wa.ContactID // whom, when the contact is known; otherwise To
	To          wa.Recipient
	// Content is what to say. Context.ID and Reaction.MessageID may be our id or
	// a wamid of the same conversation; media may carry MediaID.
	Content wa.Content
	Author  wa.Author
	Opaque  string // the caller's own biz_opaque_callback_data, at most 512 characters

	Key         string // idempotency key, 1–255 characters; empty: none
	Fingerprint []byte // what must be equal for the same Key; nil: the request itself

	Lane        Lane
	Delay       time.Duration // 0–5 s: may be canceled until then (undo)
	At          time.Time     // do not send before; zero: at once
	TTL         time.Duration // expires when it has not left by then; 0: never
	OnUncertain Policy        // empty: Hold
	// FailFast fails the message when WhatsApp refuses it for speed or the
	// messaging limit is reached, instead of letting it wait (S1-6:
	// retry_on_rate_limit: false). What Kontor paces itself still waits.
	FailFast bool
}

// Receipt is the answer to an accepted Request. A repetition with the same key
// gets the receipt of the first.
type Receipt struct {
	MessageID      wa.MessageID
	ConversationID wa.ConversationID
	ContactID      wa.ContactID
	NumberID       wa.NumberID
	Repeated       bool // this key was accepted before; nothing new was written
}

// Placement asks where a message belongs. Conversations.Place fills the second half.
type Placement struct {
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	Contact     wa.ContactID // given: this contact
	To          wa.Recipient // otherwise: whoever has this phone or BSUID
	At          time.Time

	ConversationID wa.ConversationID
	ContactID      wa.ContactID
	Recipient      wa.Recipient // phone and BSUID that are known of the contact
	WindowUntil    time.Time    // customer service window; zero: never open
	Err            error        // a fault about this placement alone, e.g. an unknown contact
}

// Touched tells a conversation that a message was written in it.
type Touched struct {
	WorkspaceID    wa.WorkspaceID
	ConversationID wa.ConversationID
	MessageID      wa.MessageID
	Person         wa.PersonID // who wrote it, if a person did
	At             time.Time
}

// Conversations knows who is who and which window is open. Both methods work
// on a whole batch with a constant number of statements. The same contact may
// appear in a batch several times.
type Conversations interface {
	// Place finds or creates contact and conversation of each placement.
	Place(tx txn.Tx, placements []*Placement) error
	// Touch makes each message the last of its conversation. A conversation may
	// appear several times, oldest message first.
	Touch(tx txn.Tx, touched []Touched) error
}

// Numbers knows the business numbers. ByID and All are called often and answer from memory.
type Numbers interface {
	ByID(wa.NumberID) (*wa.Number, bool)
	// All is every number that this process may send for, stopped ones included.
	All() []wa.NumberID
	// Pause lets the number cool down; sending goes on by itself at until.
	Pause(ctx context.Context, id wa.NumberID, until time.Time, reason string) error
	// Stop makes the number stand until an operator acts. reason is a stable code.
	Stop(ctx context.Context, id wa.NumberID, reason string) error
}

// Templates is the catalogue of approved templates.
type Templates interface {
	Find(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID, name, language string) (wa.TemplateDefinition, bool, error)
	// Languages are those in which the template exists, sorted.
	Languages(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID, name string) ([]string, error)
	// Check compares the values with what the definition asks for.
	Check(def *wa.TemplateDefinition, t *wa.Template) []Field
	// Render fills the values in.
	Render(def *wa.TemplateDefinition, t *wa.Template) wa.Rendered
}

// Carrier speaks to WhatsApp. Exactly one of the answers counts: a nil Failure
// means that WhatsApp took the message. When the request may have arrived and
// no answer came, the class is wa.ClassUncertain; never for a request that
// cannot have left. Failure.RetryAfter is the shortest wait that WhatsApp or
// the error table asks for. Safe for concurrent use.
type Carrier interface {
	Send(ctx context.Context, number *wa.Number, message wa.Outgoing) (wa.Accepted, *wa.Failure)
}

// Media is the house's files.
type Media interface {
	// Known tells what an uploaded file is; ok is false when the workspace has none such.
	Known(tx txn.Tx, ws wa.WorkspaceID, ref wa.MediaRef) (mime string, size int64, ok bool, err error)
	// Remote is WhatsApp's id of the file for this number; it uploads on first use.
	Remote(ctx context.Context, number *wa.Number, ref wa.MediaRef, ws wa.WorkspaceID) (remoteID string, failure *wa.Failure)
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Limits are the house's own guards, per UTC day; 0 turns one off.
type Limits struct {
	CustomerDaily int // messages to one customer from one number
	NumberDaily   int // messages from one number
}

// Parts are what an Outbox is made of. All are required but MostWaiting, Log and Now.
type Parts struct {
	Runner        txn.Runner
	Store         Store
	Conversations Conversations
	Numbers       Numbers
	Templates     Templates
	Carrier       Carrier
	Media         Media
	Journal       Journal
	Limits        Limits
	Delivery      Delivery
	// MostWaiting is how many messages may wait for their commit before more are
	// refused (4096).
	MostWaiting int
	Log         *slog.Logger
	Now         func() time.Time
}

// Outbox is the whole of it.
type Outbox struct {
	Parts
	receipts *Receipts
	bells    bells
	paces    paces
	accepts  *txn.Group[*acceptance]
	outcomes *txn.Group[*Outcome]
}

// New makes an Outbox. It does nothing by itself until Run.
func New(p Parts) *Outbox {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.MostWaiting <= 0 {
		p.MostWaiting = 4096
	}
	p.Delivery = p.Delivery.withDefaults()
	o := &Outbox{Parts: p, receipts: NewReceipts(p.Store, p.Journal, p.Numbers)}
	// Two transactions at once: on PostgreSQL one works while the other syncs.
	o.accepts = txn.NewGroup(p.Runner, 2, 512, o.apply)
	o.outcomes = txn.NewGroup(p.Runner, 2, 512, o.settleBatch)
	return o
}

// Receipts applies WhatsApp's statuses.
func (o *Outbox) Receipts() *Receipts { return o.receipts }

// Wake tells the deliverer of a number that there may be work. Call it after
// the commit of a transaction that used AcceptTx; Accept does it itself.
func (o *Outbox) Wake(id wa.NumberID) { o.bells.ring(id) }
