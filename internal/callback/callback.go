// Package callback tells other systems what happens: subscriptions with their
// filters, dialects and secrets; deliveries, at least once and in order per
// conversation, with back-off, a breaker for each endpoint, a log, and
// redelivery.
//
//	callback.go   the words: subscription, delivery
//	event.go      what is told, and which subscription wants it
//	dialect.go    the contract of a dialect: how an event is written and signed
//	subscribe.go  make, change and remove subscriptions, rotate secrets
//	reader.go     follows the journal and writes down what is to be delivered
//	courier.go    delivers for one subscription; queue.go is what it has in hand
//	retry.go      back-off and breaker (pure)
//	log.go        what became of deliveries; redelivery; test events
//
// The noun knows no HTTP and no JSON of anybody's: a Dialect renders, a Caller
// calls. DESIGN.md tells why it is built as it is.
package callback

import (
	"context"
	"log/slog"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Subscription is somebody who is told of what happens.
type Subscription struct {
	ID          wa.SubscriptionID
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID // zero: of all numbers
	Name        string      // what the house calls it
	Dialect     string
	Events      []string // patterns: see Matches
	URL         string
	Secret      wa.Secret
	// Previous counts beside Secret until PreviousUntil.
	Previous      wa.Secret
	PreviousUntil time.Time
	VerifyToken   wa.Secret // empty: the address is not asked before it is used
	VerifiedAt    time.Time // when the address last proved that it wants to be called
	State         State
	Generation    int64 // rises with every change
	Health
	CreatedAt time.Time
	UpdatedAt time.Time

	Pending, Dead int64 // deliveries that wait, and that were given up; set by reads for people
}

// State is what people decide about a subscription.
type State string

const (
	Active State = "active"
	Paused State = "paused" // events wait until it goes on, for as long as any retry does
)

// Health is how calling the address goes; the courier keeps it.
type Health struct {
	Failures    int       // in a row
	OpenedAt    time.Time // since when the breaker is open; zero: closed
	ProbeAt     time.Time // when one delivery is tried again while it is open
	SucceededAt time.Time // the last success, within some seconds
	FailedAt    time.Time // the last failure, likewise
	LastError   string    // code of the last failure
}

// Open reports whether the breaker is open: nothing but a probe is sent.
func (h Health) Open() bool { return !h.OpenedAt.IsZero() }

// Delivery is one event for one subscription, and what became of it.
type Delivery struct {
	ID             wa.DeliveryID
	SubscriptionID wa.SubscriptionID
	Event
	State     DeliveryState
	Attempt   int       // how often it was tried
	DueAt     time.Time // when it is tried next, while it waits
	ExpiresAt time.Time // when it is given up
	CreatedAt time.Time
	TriedAt   time.Time
	EndedAt   time.Time
	Status    int // HTTP status of the last try; 0: there was no answer
	Duration  time.Duration
	Error     string // code of why the last try failed; empty when it did not
	Size      int    // of the body, in bytes
	Body      []byte // as it was sent; read by Delivery only
	Answer    []byte // beginning of the last answer that was no success; likewise
}

// DeliveryState is how far a delivery is.
type DeliveryState string

const (
	Pending   DeliveryState = "pending"
	Delivered DeliveryState = "delivered"
	Dead      DeliveryState = "dead" // given up; it can be redelivered
)

// Store is what the noun needs of the database. Every read that a tenant's
// request reaches takes the workspace.
type Store interface {
	Insert(tx txn.Tx, s *Subscription) error
	// Update writes what people decide and raises the generation; found is false
	// when the workspace has none such.
	Update(tx txn.Tx, s *Subscription) (found bool, err error)
	// Touch raises the generation, so that whoever delivers looks anew.
	Touch(tx txn.Tx, id wa.SubscriptionID) error
	Remove(tx txn.Tx, ws wa.WorkspaceID, id wa.SubscriptionID) (found bool, err error)
	// Subscription finds one, locked when tx may write; nil when there is none.
	Subscription(tx txn.Tx, ws wa.WorkspaceID, id wa.SubscriptionID) (*Subscription, error)
	// Subscriptions are those of a workspace behind an id, oldest first.
	Subscriptions(tx txn.Tx, ws wa.WorkspaceID, after wa.SubscriptionID, limit int) ([]*Subscription, error)
	// Count fills in Pending and Dead.
	Count(tx txn.Tx, subs []*Subscription) error
	CountSubscriptions(tx txn.Tx, ws wa.WorkspaceID) (int, error)
	// Broken is how many of the installation have an open breaker.
	Broken(tx txn.Tx) (int, error)
	// Generations of all subscriptions of the installation: what changed since?
	Generations(tx txn.Tx) (map[wa.SubscriptionID]int64, error)
	// All are those of the installation.
	All(tx txn.Tx) ([]*Subscription, error)
	// Health writes how calling goes.
	Health(tx txn.Tx, id wa.SubscriptionID, h Health) error

	// Enqueue writes deliveries and gives them ids that rise behind all others.
	Enqueue(tx txn.Tx, ds []*Delivery) error
	// Waiting returns pending deliveries behind an id, in order, without bodies.
	Waiting(tx txn.Tx, id wa.SubscriptionID, after wa.DeliveryID, limit int) ([]*Delivery, error)
	// Awaited are the subscriptions of the installation that have pending
	// deliveries, but for those that another owner has a lease of.
	Awaited(tx txn.Tx, owner string) ([]wa.SubscriptionID, error)
	// WaitingOf is Waiting for one conversation, from its first.
	WaitingOf(tx txn.Tx, id wa.SubscriptionID, conversation wa.ConversationID, limit int) ([]*Delivery, error)
	// Body is what was kept of a delivery's body; nil when nothing was.
	Body(tx txn.Tx, ws wa.WorkspaceID, id wa.DeliveryID) ([]byte, error)
	// Settle writes outcomes. One of an attempt that somebody else has counted
	// already changes nothing, unless it is a success.
	Settle(tx txn.Tx, outcomes []*Outcome) error
	// Expire gives up what waited for too long, at most limit at once.
	Expire(tx txn.Tx, id wa.SubscriptionID, now time.Time, limit int) (int, error)

	// Deliveries returns a page of the log, newest first, without bodies.
	Deliveries(tx txn.Tx, q LogQuery) ([]*Delivery, error)
	// Delivery finds one with its body; nil when the workspace has none such.
	Delivery(tx txn.Tx, ws wa.WorkspaceID, sub wa.SubscriptionID, id wa.DeliveryID) (*Delivery, error)
	// Again makes one delivery wait anew.
	Again(tx txn.Tx, id wa.DeliveryID, now, expires time.Time) error
	// AgainSince makes those of a span wait anew, at most limit behind an id; it
	// returns how many, and the last id looked at.
	AgainSince(tx txn.Tx, q RedeliverQuery, after wa.DeliveryID, now, expires time.Time, limit int) (n int, last wa.DeliveryID, err error)
	// IsNotice reports whether a notice was written.
	IsNotice(tx txn.Tx, ws wa.WorkspaceID, id int64) (bool, error)

	// TakeLease makes owner the one who delivers for a subscription, for so long,
	// and answers the epoch; 0 while another owner's lease runs, or when the
	// subscription was removed. Leases go by the clock of the database, since
	// nodes' own may differ.
	TakeLease(tx txn.Tx, id wa.SubscriptionID, owner string, lease time.Duration) (epoch int64, err error)
	// LeaseFree reports whether TakeLease may succeed; it is a read.
	LeaseFree(tx txn.Tx, id wa.SubscriptionID, owner string) (bool, error)
	// KeepLease prolongs a lease; false: it is another's, or the subscription was removed.
	KeepLease(tx txn.Tx, id wa.SubscriptionID, epoch int64, lease time.Duration) (bool, error)
	DropLease(tx txn.Tx, id wa.SubscriptionID, epoch int64) error
}

// Numbers knows the business numbers.
type Numbers interface {
	ByID(id wa.NumberID) (*wa.Number, bool)
	Of(ws wa.WorkspaceID) []*wa.Number
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Meter counts; telemetry fulfils it.
type Meter interface {
	// Delivered counts a try: "delivered", "failed" or "dead".
	Delivered(dialect, outcome string, took time.Duration)
}

// Deps are what New needs.
type Deps struct {
	Runner   txn.Runner
	Store    Store
	Journal  Journal
	Numbers  Numbers
	Dialects []Dialect
	Caller   Caller
	Meter    Meter
	NewID    func() int64
	// Now is the time that events and retries go by. Leases go by the database's
	// clock, and by the time that passes here.
	Now     func() time.Time
	Log     *slog.Logger
	Courier CourierOptions
}

// Callbacks is the noun's service. Safe for concurrent use.
type Callbacks struct {
	Deps
	began    time.Time // when this process began, by Now
	known    known
	bells    bells
	fresh    fresh
	outcomes *txn.Group[*Outcome]
}

// New makes a Callbacks.
func New(d Deps) *Callbacks {
	d.Courier = d.Courier.orDefault()
	c := &Callbacks{Deps: d, began: d.Now()}
	c.outcomes = txn.NewGroup(d.Runner, 2, 256, c.settle)
	return c
}

func (c *Callbacks) dialect(name string) (Dialect, bool) {
	for _, d := range c.Dialects {
		if d.Name() == name {
			return d, true
		}
	}
	return nil, false
}

// write runs f in a transaction.
func (c *Callbacks) write(ctx context.Context, f func(tx txn.Tx) error) error {
	return c.Runner.Write(ctx, f)
}

// Speak adds dialects; it is called before Run and the first request.
func (c *Callbacks) Speak(ds ...Dialect) { c.Dialects = append(c.Dialects, ds...) }
