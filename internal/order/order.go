// Package order keeps the jobs that a shop does for its customers, and the
// messages that belong to them (S3): an order has the shop's own id, a customer,
// a technician, a status, fields, perhaps an appointment, a timeline and a
// history of messages in both directions.
//
//	put.go       the shop writes an order down; what changed decides what follows
//	settings.go  the statuses of a workspace, their messages, the reminder
//	notify.go    a change's message to the customer, once, as a job
//	compose.go   which language, which template, which values
//	link.go      which order a message belongs to
//	preview.go   what a change would say, without making it
//	read.go      lists, timeline, history; who sees what
//
// The package sends nothing itself and knows no limits of WhatsApp's: it asks
// for a message, and a refusal by whatever rule is written into the order's
// timeline in the words of the rule. Nothing is ever left out silently.
package order

import (
	"context"
	"log/slog"
	"time"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Facts about orders. Detail is the order's id (ord_…); of Status the id, a
// space and the status.
const (
	Created journal.Kind = "order.created"
	Changed journal.Kind = "order.changed" // also when a message was linked (MessageID) or the timeline tells of a problem
	Status  journal.Kind = "order.status"
)

// Order is one job of a shop.
type Order struct {
	ID          wa.OrderID
	WorkspaceID wa.WorkspaceID
	Ref         string // the shop's own id
	NumberID    wa.NumberID
	ContactID   wa.ContactID
	Technician  wa.PersonID // zero: nobody yet
	Status      string
	Details     Details
	Appointment time.Time // zero: none
	Duration    time.Duration
	Version     int64
	ClosedAt    time.Time // zero while it is open
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Details are what an order says about the customer; they are sealed at rest.
type Details struct {
	Name     string            `json:"name,omitempty"`     // what the shop calls the customer
	Language string            `json:"language,omitempty"` // in which the customer is written to; empty: the contact's
	Fields   map[string]string `json:"fields,omitempty"`
}

// Open reports whether the order is worked on.
func (o *Order) Open() bool { return o.ClosedAt.IsZero() }

// Kinds of notices, and states.
const (
	NoticeStatus      = "status"
	NoticeAppointment = "appointment"
	NoticeReminder    = "reminder"

	Waiting = "waiting"
	Sent    = "sent"
	Problem = "problem"
	Dropped = "dropped"
)

// Notice is what a customer is to be told because of one change of an order.
type Notice struct {
	ID          int64
	WorkspaceID wa.WorkspaceID
	OrderID     wa.OrderID
	Kind        string
	Version     int64     // of the order, whose change caused it
	Status      string    // of the order at that version
	Appointment time.Time // likewise
	State       string
	Due         time.Time
	MessageID   wa.MessageID
	CreatedAt   time.Time
}

// Kinds of events in a timeline.
const (
	EventCreated   = "created"
	EventChanged   = "changed" // Code lists what: technician, fields, …
	EventStatus    = "status"
	EventPlanned   = "appointment" // made, moved (Due) or taken away (no Due)
	EventClosed    = "closed"
	EventReopened  = "reopened"
	EventScheduled = "notice_scheduled" // a reminder for Due
	EventDropped   = "notice_dropped"   // Code says why
	EventNotified  = "notified"         // MessageID went out
	EventProblem   = "problem"          // Code and Detail say why the customer was not told
	EventLinked    = "linked"           // MessageID; Code says by which rule
)

// Event is an entry in an order's timeline.
type Event struct {
	ID          int64
	WorkspaceID wa.WorkspaceID
	OrderID     wa.OrderID
	Kind        string
	Version     int64
	Status      string
	Notice      string // kind of the notice that it is about
	MessageID   wa.MessageID
	Author      wa.Author // zero: Kontor itself, or the customer
	Code        string
	Detail      string
	Due         time.Time
	At          time.Time
	Message     *wa.Message // as it is now; read only
}

// Rules by which a message came to belong to an order.
const (
	BySending  = "sent"      // sent for the order by a person or a program
	ByNotice   = "notice"    // the order's own notice
	ByReply    = "reply"     // it answers a message of the order
	ByOnlyOpen = "only_open" // the customer has this one open order on the number
	ByHand     = "hand"
)

// Query chooses orders; zero members choose all. Newest first.
type Query struct {
	WorkspaceID wa.WorkspaceID
	Status      string
	Technician  wa.PersonID
	Contact     wa.ContactID
	State       string     // open, closed; empty: both
	Search      string     // part of the shop's own id, any case
	Before      wa.OrderID // the last one seen
	Limit       int
}

// Store is what the package needs of a database. found is false when the
// workspace has none such.
type Store interface {
	// Insert adds an order unless the workspace has one of that Ref.
	Insert(tx txn.Tx, o *Order) (done bool, err error)
	Update(tx txn.Tx, o *Order) error
	// ByRef and ByID lock the order in a transaction that writes.
	ByRef(tx txn.Tx, ws wa.WorkspaceID, ref string) (*Order, error)
	ByID(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID) (*Order, error)
	List(tx txn.Tx, q Query) ([]*Order, error)
	// Any reports whether there is an order at all, and Customers which of these
	// people have one, open or closed.
	Any(tx txn.Tx) (bool, error)
	Customers(tx txn.Tx, of []wa.ContactID) (map[wa.ContactID]bool, error)
	// OpenOf are up to two open orders of a customer on a number.
	OpenOf(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, contact wa.ContactID) ([]wa.OrderID, error)

	AddEvents(tx txn.Tx, events ...Event) error
	// Events is a page of a timeline, oldest first, with the messages as they are now.
	Events(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID, after int64, limit int) ([]Event, error)

	AddNotice(tx txn.Tx, n Notice) error
	Notice(tx txn.Tx, ws wa.WorkspaceID, id int64) (*Notice, error)
	// WaitingOf are the notices of an order that wait, oldest first.
	WaitingOf(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID) ([]Notice, error)
	SettleNotice(tx txn.Tx, n Notice) error
	// Overdue are notices of all workspaces that wait and are due at a time.
	Overdue(tx txn.Tx, now time.Time, limit int) ([]Notice, error)

	// Link makes a message belong to an order; done is false when it belongs to one already.
	Link(tx txn.Tx, ws wa.WorkspaceID, message wa.MessageID, id wa.OrderID, how string, at time.Time) (done bool, err error)
	// Relink does so whatever it belonged to.
	Relink(tx txn.Tx, ws wa.WorkspaceID, message wa.MessageID, id wa.OrderID, how string, at time.Time) error
	// OrderOf is the order that a message belongs to; zero: none.
	OrderOf(tx txn.Tx, ws wa.WorkspaceID, message wa.MessageID) (wa.OrderID, error)
	Messages(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID, after wa.MessageID, descending bool, limit int) ([]wa.Message, error)

	Settings(tx txn.Tx, ws wa.WorkspaceID) (s Settings, found bool, err error)
	SaveSettings(tx txn.Tx, ws wa.WorkspaceID, s Settings, now time.Time) error
}

// Whom names a customer: one of the members is set.
type Whom struct {
	Contact wa.ContactID
	To      wa.Recipient
}

// People knows customers and those who work in the house.
type People interface {
	// Resolve finds the customer, or makes one; nil when a contact id is unknown.
	Resolve(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, who Whom) (*wa.Contact, error)
	Contact(tx txn.Tx, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error)
	// Find is Resolve without making one; zero when nobody is known.
	Find(tx txn.Tx, ws wa.WorkspaceID, who Whom) (wa.ContactID, error)
	Staff(tx txn.Tx, ws wa.WorkspaceID) ([]Colleague, error)
}

// Colleague is somebody of the house.
type Colleague struct {
	ID          wa.PersonID
	Name, Email string
}

// Message is one message that the package asks for.
type Message struct {
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	Contact     wa.ContactID
	Content     wa.Content
	Key         string // for idempotency
}

// Mail takes messages to customers.
type Mail interface {
	// Accept writes a message down inside tx. A fault that blames the message or
	// a rule means that nothing was written.
	Accept(ctx context.Context, tx txn.Tx, m Message) (wa.MessageID, error)
	// Wake is called after the commit.
	Wake(number wa.NumberID)
	// Templates are the approved templates of that name that the number can send.
	Templates(ctx context.Context, number wa.NumberID, name string) ([]wa.TemplateDefinition, error)
	// Window is until when free text may be sent to a customer; zero when they never wrote.
	Window(ctx context.Context, ws wa.WorkspaceID, number wa.NumberID, contact wa.ContactID) (time.Time, error)
	// Message and ByWamid find a message; nil when the workspace has none such.
	Message(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (*wa.Message, error)
	ByWamid(tx txn.Tx, number wa.NumberID, id wa.Wamid) (*wa.Message, error)
}

// Jobs takes background work.
type Jobs interface {
	Enqueue(tx txn.Tx, job jobs.Job) error
	Wake()
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Parts are what a Book is made of. All are required.
type Parts struct {
	Runner  txn.Runner
	Store   Store
	People  People
	Mail    Mail
	Jobs    Jobs
	Journal Journal
	NewID   func() int64
	Log     *slog.Logger
	Now     func() time.Time
}

// Book keeps the orders. Safe for concurrent use.
type Book struct{ Parts }

// New makes a Book.
func New(p Parts) *Book { return &Book{p} }

// Scope is who asks, and how far they see.
type Scope struct {
	WorkspaceID wa.WorkspaceID
	Author      wa.Author
	// Own is set for technicians: they see the orders that are theirs, and no
	// others exist for them.
	Own bool
}

// Sees reports whether an order exists for whoever asks.
func (s Scope) Sees(o *Order) bool {
	return o != nil && o.WorkspaceID == s.WorkspaceID && (!s.Own || s.Author.PersonID != 0 && o.Technician == s.Author.PersonID)
}

var errUnknown = fault.New(fault.NotFound, "order_unknown", "There is no such order here; nothing was done.", "List the orders with GET orders; make one with PUT orders/{id}.")

// find returns an order that the scope sees, locked in a transaction that writes.
func (b *Book) find(tx txn.Tx, s Scope, ref string) (*Order, error) {
	o, err := b.Store.ByRef(tx, s.WorkspaceID, ref)
	if err != nil {
		return nil, err
	}
	if !s.Sees(o) {
		return nil, errUnknown
	}
	return o, nil
}

func (b *Book) fact(kind journal.Kind, o *Order, by wa.Author, detail string) journal.Fact {
	text := o.ID.String()
	if detail != "" {
		text += " " + detail
	}
	return journal.Fact{WorkspaceID: o.WorkspaceID, Kind: kind, NumberID: o.NumberID, ContactID: o.ContactID, ActorID: by.PersonID, Detail: text, At: b.Now()}
}

func (b *Book) event(o *Order, kind string, by wa.Author) Event {
	return Event{ID: b.NewID(), WorkspaceID: o.WorkspaceID, OrderID: o.ID, Kind: kind, Version: o.Version, Status: o.Status, Author: by, At: b.Now()}
}
