package callback

import (
	"context"
	"errors"
	"slices"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Dialect is a language in which events are told. It is an edge's: only there
// may its JSON be spoken. A dialect is asked from many goroutines at once.
type Dialect interface {
	// Name is what subscriptions call it; it is stored.
	Name() string
	// Speaks reports whether the language has words for an event, which is then
	// not even written down. It looks at Kind and Detail and reads nothing.
	Speaks(e *Event) bool
	// Render writes the body for an event. It is called at the first try; later
	// tries send the same bytes. ErrGone: what the event is about is no longer
	// there. Any other error is tried again later.
	Render(ctx context.Context, s *Subscription, d *Delivery) ([]byte, error)
	// Headers are those that this dialect sends beside Content-Type, its
	// signature among them, for a try at now.
	Headers(s *Subscription, d *Delivery, body []byte, now time.Time) map[string]string
	// NewSecret makes a secret of the form that receivers of it expect.
	NewSecret() wa.Secret
	// CheckSecret is nil for a secret of the caller's own that it can sign with,
	// or says what is wrong with it, as a sentence.
	CheckSecret(s wa.Secret) error
	// Rules are how it is delivered.
	Rules() Rules
}

// Particular is a Dialect whose receivers set rules of their own; RulesOf counts
// then. It is asked when a courier begins and when the subscription changed.
type Particular interface {
	RulesOf(s *Subscription) Rules
}

// Repeating is a Dialect that tells what WhatsApp told in WhatsApp's own words,
// which are kept for it then.
type Repeating interface{ RepeatsWhatsApp() }

// Repeats reports, as tx sees it, of which workspaces somebody is told in
// WhatsApp's own words.
func (c *Callbacks) Repeats(tx txn.Tx) (func(ws wa.WorkspaceID) bool, error) {
	subs, err := c.subscribed(tx)
	return func(ws wa.WorkspaceID) bool {
		return slices.ContainsFunc(subs[ws], func(s *Subscription) bool {
			d, _ := c.dialect(s.Dialect)
			_, repeats := d.(Repeating)
			return repeats
		})
	}, err
}

// Attentive is a Dialect that keeps figures of its own: it is told of every call
// of an endpoint, with the HTTP status that it answered (0: none).
type Attentive interface {
	Called(e *Event, status int, took time.Duration)
}

// rulesOf are the rules by which a subscription is delivered.
func rulesOf(d Dialect, s *Subscription) Rules {
	if p, ok := d.(Particular); ok {
		return p.RulesOf(s)
	}
	return d.Rules()
}

// Rules are what dialects differ in when they are delivered.
type Rules struct {
	// Ordered holds the events of a conversation back while an earlier one of
	// it waits.
	Ordered bool
	// Concurrency is how many calls an endpoint gets at once.
	Concurrency int
	// Success reports whether a status means that the event was taken.
	Success func(status int) bool
	// Wait is how long to wait after a failed attempt (1, 2, …); spread, from 0
	// to 1, is the jitter.
	Wait func(attempt int, spread float64) time.Duration
	// Patience is how long an event is tried before it is given up.
	Patience time.Duration
	// Steady keeps the breaker out of it: Wait alone decides when a failed event
	// is tried again, however many others fail.
	Steady bool
	// Volatile gives up what was tried in vain before this process began, as if
	// it had been kept in memory only.
	Volatile bool
	// Roots are certificates, as PEM, that endpoints may be signed by beside
	// those that the system trusts; nil for none.
	Roots []byte
}

// ErrGone says that what an event is about was deleted.
var ErrGone = errors.New("what the event is about is no longer there")

// Call is one request to an endpoint.
type Call struct {
	URL     string
	Body    []byte // JSON
	Headers map[string]string
	Roots   []byte // see Rules
}

// Answer is what came of a call.
type Answer struct {
	Status     int           // 0: there was no answer
	RetryAfter time.Duration // what the endpoint asked for; 0 when it did not
	Body       []byte        // its beginning
	Duration   time.Duration
	// Problem is a stable code of why there was no answer: "timeout",
	// "connection_refused", "address_refused", …; Cause is for the log.
	Problem string
	Cause   error
}

// Caller calls endpoints; package hook fulfils it. It never follows a redirect,
// never speaks to an address that is refused, and never takes longer than 10 s.
type Caller interface {
	Post(ctx context.Context, c Call) Answer
	// Check reports whether an address may be used at all, without calling it:
	// nil, or a fault that says what is wrong with it.
	Check(url string) error
	// Verify asks an address, by Meta's GET handshake (cloud-api.md 2.1), whether
	// it wants to be called; nil when it repeats the challenge.
	Verify(ctx context.Context, url string, token wa.Secret) error
}
