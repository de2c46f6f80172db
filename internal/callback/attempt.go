package callback

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Outcome is what came of one attempt.
type Outcome struct {
	ID          wa.DeliveryID
	WorkspaceID wa.WorkspaceID
	State       DeliveryState
	Attempt     int // counted
	DueAt       time.Time
	At          time.Time // when it was tried
	Status      int
	Duration    time.Duration
	Error       string // code; empty for a success
	Body        []byte // as it was sent; nil: it is kept already
	Answer      []byte // beginning of an answer that was no success
	Test        bool   // it was written as given up

	called     bool          // the endpoint was spoken to
	retryAfter time.Duration // what it asked for
}

// Codes of why a try failed, beside those that a Caller gives.
const (
	codeGone   = "gone"            // what it is about was deleted
	codeRender = "render_failed"   // the body could not be written
	codeStatus = "status_refused"  // the endpoint answered, but not with a success
	codeLate   = "expired"         // it waited for too long
	codeNone   = "dialect_unknown" // this version does not speak it
	codeLost   = "not_persisted"   // it failed before a restart, and its receiver wants none such kept
)

// attempt renders a delivery, or takes the body that was sent before, calls
// the endpoint and decides what is next. It writes nothing.
func (c *Callbacks) attempt(ctx context.Context, s *Subscription, dialect Dialect, d *Delivery, now time.Time) *Outcome {
	out := &Outcome{ID: d.ID, WorkspaceID: d.WorkspaceID, State: Pending, Attempt: d.Attempt + 1, At: now}
	rules := rulesOf(dialect, s)
	if rules.Volatile && d.Attempt > 0 && d.TriedAt.Before(c.began) {
		out.State, out.Error = Dead, codeLost
		return out
	}
	body, fresh, err := c.body(ctx, s, dialect, d)
	switch {
	case errors.Is(err, ErrGone):
		out.State, out.Error = Dead, codeGone
		return out
	case err != nil:
		c.Log.Error("the body of a delivery could not be written", "subscription", s.ID.String(), "delivery", d.ID.String(), "event", d.Kind, "err", err)
		out.Error = codeRender
		return out.later(rules, d)
	}
	if fresh {
		out.Body = body
	}
	answer := c.Caller.Post(ctx, Call{URL: s.URL, Body: body, Headers: dialect.Headers(s, d, body, now), Roots: rules.Roots})
	out.called, out.Status, out.Duration, out.retryAfter = true, answer.Status, answer.Duration, min(answer.RetryAfter, longestAsk)
	if answer.Problem == "" && rules.Success(answer.Status) {
		out.State = Delivered
		return out
	}
	out.Answer = answer.Body
	if out.Error = answer.Problem; out.Error == "" {
		out.Error = codeStatus
	}
	if answer.Cause != nil {
		c.Log.Debug("a delivery failed", "subscription", s.ID.String(), "delivery", d.ID.String(), "code", out.Error, "err", answer.Cause)
	}
	return out.later(rules, d)
}

// body is what was sent before, if it was kept, or is written now.
func (c *Callbacks) body(ctx context.Context, s *Subscription, dialect Dialect, d *Delivery) (body []byte, fresh bool, err error) {
	if d.Size > 0 {
		err := c.Runner.Read(ctx, func(tx txn.Tx) error {
			body, err = c.Store.Body(tx, d.WorkspaceID, d.ID)
			return err
		})
		if err != nil || body != nil {
			return body, false, err
		}
	}
	body, err = dialect.Render(ctx, s, d)
	return body, true, err
}

// later decides when a failed attempt is repeated, or that it is not.
func (o *Outcome) later(r Rules, d *Delivery) *Outcome {
	o.DueAt = o.At.Add(max(r.Wait(o.Attempt, rand.Float64()), o.retryAfter))
	if o.DueAt.After(d.ExpiresAt) {
		o.State, o.DueAt = Dead, time.Time{}
	}
	return o
}

// settle stores outcomes; it is the group's.
func (c *Callbacks) settle(tx txn.Tx, outcomes []*Outcome) error { return c.Store.Settle(tx, outcomes) }

// keep stores an outcome, again and again while the database is away. Given up
// when ctx ends, the row waits as before and is tried again: at least once.
func (c *Callbacks) keep(ctx context.Context, o *Outcome) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := c.outcomes.Do(context.WithoutCancel(ctx), o)
		if err == nil {
			return
		}
		c.Log.Error("what became of a delivery could not be stored; trying again", "delivery", o.ID.String(), "err", err)
		if !sleep(ctx, wait) {
			return
		}
	}
}

// sleep waits, and reports false when ctx ended first.
func sleep(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
