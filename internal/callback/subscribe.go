package callback

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// MaxSubscriptions is how many a workspace may have.
	MaxSubscriptions = 100
	maxURL           = 2000
	maxSecret        = 256
	maxEvents        = 50
	maxName          = 100
	// MaxOverlap is how long two secrets may count at once.
	MaxOverlap = 7 * 24 * time.Hour
)

var (
	errNone    = fault.New(fault.NotFound, "subscription_not_found", "There is no such subscription in this workspace; nothing was done.", "List the subscriptions with GET subscriptions.")
	errTooMany = fault.New(fault.Conflict, "too_many_subscriptions", fmt.Sprintf("The workspace has %d subscriptions, which is the most; nothing was made.", MaxSubscriptions), "Delete one that is not used any more.")
)

// Draft is a subscription as it is asked for.
type Draft struct {
	Name        string
	URL         string
	Dialect     string
	Events      []string // empty: all
	NumberID    wa.NumberID
	Secret      wa.Secret // empty: one is made
	VerifyToken wa.Secret // empty: the address is not asked before it is used
}

// Create makes a subscription. With a verify token the address must answer the
// handshake first; without one it is trusted, since whoever holds the right to
// make subscriptions names it, and a Cloud API receiver would refuse a
// handshake with a token that it does not know. It is told of what happens from
// now on. The answer has its secret.
func (c *Callbacks) Create(ctx context.Context, ws wa.WorkspaceID, d Draft) (*Subscription, error) {
	dialect, known := c.dialect(d.Dialect)
	if !known {
		return nil, fault.Wrong("unknown_dialect", fault.Field{Name: "dialect", Detail: "is none of " + strings.Join(c.DialectNames(), ", ") + "."})
	}
	if len(d.Events) == 0 {
		d.Events = []string{"*"}
	}
	if err := c.check(d.Name, d.URL, d.Events); err != nil {
		return nil, err
	}
	if d.Secret == "" {
		d.Secret = dialect.NewSecret()
	} else if err := checkSecret(dialect, d.Secret); err != nil {
		return nil, err
	}
	if len(d.VerifyToken) > maxSecret {
		return nil, fault.Wrong("invalid_request", fault.Field{Name: "verify_token", Detail: "is too long.", Limit: maxSecret, Length: len(d.VerifyToken)})
	}
	now := c.Now()
	s := &Subscription{
		ID: wa.SubscriptionID(c.NewID()), WorkspaceID: ws, NumberID: d.NumberID, Name: d.Name, Dialect: d.Dialect, Events: d.Events, URL: d.URL,
		Secret: d.Secret, VerifyToken: d.VerifyToken, State: Active, Generation: 1, CreatedAt: now, UpdatedAt: now,
	}
	if err := c.verify(ctx, s); err != nil {
		return nil, err
	}
	err := c.write(ctx, func(tx txn.Tx) error {
		n, err := c.Store.CountSubscriptions(tx, ws)
		if err != nil {
			return err
		}
		if n >= MaxSubscriptions {
			return errTooMany
		}
		if err := c.Store.Insert(tx, s); err != nil {
			return err
		}
		return c.changed(tx, s, "created")
	})
	if err != nil {
		return nil, err
	}
	c.bells.ring(0)
	return s, nil
}

// DialectNames are those that subscriptions may have.
func (c *Callbacks) DialectNames() []string {
	names := make([]string, len(c.Dialects))
	for i, d := range c.Dialects {
		names[i] = d.Name()
	}
	return names
}

func (c *Callbacks) check(name, url string, events []string) error {
	if n := utf8.RuneCountInString(name); n > maxName {
		return fault.Wrong("invalid_request", fault.Field{Name: "name", Detail: "is too long.", Limit: maxName, Length: n})
	}
	if len(url) > maxURL {
		return fault.Wrong("invalid_request", fault.Field{Name: "url", Detail: "is too long.", Limit: maxURL, Length: len(url)})
	}
	if len(events) > maxEvents {
		return fault.Wrong("invalid_request", fault.Field{Name: "events", Detail: "has too many entries.", Limit: maxEvents, Length: len(events)})
	}
	for i, p := range events {
		if !ValidPattern(p) {
			return fault.Wrong("unknown_event", fault.Field{Name: fmt.Sprintf("events[%d]", i),
				Detail: "is no event: take *, a group as message.*, notice. with one of Meta's webhook fields, or one of " + strings.Join(Kinds(), ", ") + "."})
		}
	}
	return c.Caller.Check(url)
}

func checkSecret(d Dialect, s wa.Secret) error {
	if len(s) > maxSecret {
		return fault.Wrong("invalid_request", fault.Field{Name: "secret", Detail: "is too long.", Limit: maxSecret, Length: len(s)})
	}
	if err := d.CheckSecret(s); err != nil {
		return fault.Wrong("invalid_request", fault.Field{Name: "secret", Detail: err.Error()})
	}
	return nil
}

// verify does the handshake when there is a token for it.
func (c *Callbacks) verify(ctx context.Context, s *Subscription) error {
	if s.VerifyToken == "" {
		s.VerifiedAt = time.Time{}
		return nil
	}
	if err := c.Caller.Verify(ctx, s.URL, s.VerifyToken); err != nil {
		return err
	}
	s.VerifiedAt = c.Now()
	return nil
}

// changed tells other nodes, and whoever watches.
func (c *Callbacks) changed(tx txn.Tx, s *Subscription, what string) error {
	return c.Journal.Append(tx, journal.Fact{WorkspaceID: s.WorkspaceID, Kind: SubscriptionChanged, NumberID: s.NumberID, Detail: what, At: c.Now()})
}

// Change is what is to be different; nil members stay.
type Change struct {
	Name        *string
	URL         *string
	Events      *[]string
	State       *State
	VerifyToken *wa.Secret
}

// Change changes a subscription. A new address or verify token is asked for its
// consent as at the beginning. What waits goes to the new address.
func (c *Callbacks) Change(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID, ch Change) (*Subscription, error) {
	s, err := c.Subscription(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	was := s.Generation
	asked := ch.URL != nil && *ch.URL != s.URL || ch.VerifyToken != nil && *ch.VerifyToken != s.VerifyToken
	apply(s, ch)
	if err := c.check(s.Name, s.URL, s.Events); err != nil {
		return nil, err
	}
	if s.State != Active && s.State != Paused {
		return nil, fault.Wrong("invalid_request", fault.Field{Name: "state", Detail: "is active or paused."})
	}
	if asked {
		if err := c.verify(ctx, s); err != nil {
			return nil, err
		}
		s.Health = Health{} // what was known of another address says nothing of this one
	}
	return c.update(ctx, s, was, asked, "changed")
}

func apply(s *Subscription, ch Change) {
	if ch.Name != nil {
		s.Name = *ch.Name
	}
	if ch.URL != nil {
		s.URL = *ch.URL
	}
	if ch.Events != nil {
		if s.Events = *ch.Events; len(s.Events) == 0 {
			s.Events = []string{"*"}
		}
	}
	if ch.State != nil {
		s.State = *ch.State
	}
	if ch.VerifyToken != nil {
		s.VerifyToken = *ch.VerifyToken
	}
}

var errMeanwhile = fault.New(fault.Conflict, "changed_meanwhile", "Somebody else changed the subscription at the same moment; nothing was done.", "Look at it again and repeat the change.")

// update writes a changed subscription, unless somebody else was first.
func (c *Callbacks) update(ctx context.Context, s *Subscription, was int64, health bool, what string) (*Subscription, error) {
	s.UpdatedAt = c.Now()
	err := c.write(ctx, func(tx txn.Tx) error {
		now, err := c.Store.Subscription(tx, s.WorkspaceID, s.ID)
		switch {
		case err != nil:
			return err
		case now == nil:
			return errNone
		case now.Generation != was:
			return errMeanwhile
		}
		if health {
			if err := c.Store.Health(tx, s.ID, s.Health); err != nil {
				return err
			}
		}
		if _, err := c.Store.Update(tx, s); err != nil {
			return err
		}
		return c.changed(tx, s, what)
	})
	if err != nil {
		return nil, err
	}
	s.Generation = was + 1
	c.bells.ring(s.ID)
	return s, nil
}

// Rotate gives a subscription a new secret, of the caller's own or made here.
// The one before counts beside it for overlap, where the dialect can sign twice.
func (c *Callbacks) Rotate(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID, secret wa.Secret, overlap time.Duration) (*Subscription, error) {
	s, err := c.Subscription(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	dialect, known := c.dialect(s.Dialect)
	if !known {
		return nil, fmt.Errorf("subscription %s has the dialect %q, which this version does not speak", s.ID, s.Dialect)
	}
	if secret == "" {
		secret = dialect.NewSecret()
	} else if err := checkSecret(dialect, secret); err != nil {
		return nil, err
	}
	s.Previous, s.PreviousUntil = "", time.Time{}
	if overlap = min(overlap, MaxOverlap); overlap > 0 {
		s.Previous, s.PreviousUntil = s.Secret, c.Now().Add(overlap)
	}
	s.Secret = secret
	return c.update(ctx, s, s.Generation, false, "rotated")
}

// Enable closes the breaker and lets everything that waits be tried at once.
func (c *Callbacks) Enable(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (*Subscription, error) {
	s, err := c.Subscription(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	s.State, s.Health.Failures, s.Health.OpenedAt, s.Health.ProbeAt = Active, 0, time.Time{}, time.Time{}
	return c.update(ctx, s, s.Generation, true, "enabled")
}

// Broken is how many subscriptions of the installation have an open breaker, as
// the database tells: the same on every node, and after a restart.
func (c *Callbacks) Broken(ctx context.Context) (n int, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		n, err = c.Store.Broken(tx)
		return err
	})
	return n, err
}

// Remove ends a subscription: nothing more is delivered, and its log goes.
func (c *Callbacks) Remove(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) error {
	err := c.write(ctx, func(tx txn.Tx) error {
		found, err := c.Store.Remove(tx, ws, id)
		if err != nil {
			return err
		}
		if !found {
			return errNone
		}
		return c.changed(tx, &Subscription{WorkspaceID: ws}, "removed")
	})
	if err == nil {
		c.bells.ring(id)
	}
	return err
}

// Subscription finds one of a workspace.
func (c *Callbacks) Subscription(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (s *Subscription, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		if s, err = c.Store.Subscription(tx, ws, id); err != nil {
			return err
		}
		if s == nil {
			return errNone
		}
		return c.Store.Count(tx, []*Subscription{s})
	})
	return s, err
}

// Subscriptions is a page of a workspace's, oldest first.
func (c *Callbacks) Subscriptions(ctx context.Context, ws wa.WorkspaceID, after wa.SubscriptionID, limit int) (all []*Subscription, err error) {
	err = c.Runner.Read(ctx, func(tx txn.Tx) error {
		if all, err = c.Store.Subscriptions(tx, ws, after, limit); err != nil {
			return err
		}
		return c.Store.Count(tx, all)
	})
	return all, err
}
