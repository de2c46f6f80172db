package callback

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// CourierOptions are the settings of delivery; zero members get the defaults named here.
type CourierOptions struct {
	// Owner names this process among those that share the database, the same
	// after a restart ("kontor").
	Owner string
	// Poll is how often to look without being woken (1 s).
	Poll time.Duration
	// Lease is how long a subscription stays with a process without a sign of
	// life (30 s). Nothing is sent in its second half, and a call ends within 10 s:
	// whoever takes over never sends beside the former owner.
	Lease time.Duration
	// Idle is after how long without work a subscription is given back (5 s).
	Idle time.Duration
	// Grace is how long calls under way may go on when Run's context has ended (2 s).
	Grace time.Duration
	// Upkeep is how often what is too old is given up and everything is looked at anew (1 min).
	Upkeep time.Duration
}

func (o CourierOptions) orDefault() CourierOptions {
	or := func(v *time.Duration, standard time.Duration) {
		if *v <= 0 {
			*v = standard
		}
	}
	or(&o.Poll, time.Second)
	or(&o.Lease, 30*time.Second)
	or(&o.Idle, 5*time.Second)
	or(&o.Grace, 2*time.Second)
	or(&o.Upkeep, time.Minute)
	if o.Owner == "" {
		o.Owner = "kontor"
	}
	return o
}

// errElsewhere says that another process delivers for the subscription.
var errElsewhere = errors.New("another process delivers for this subscription")

// page is how many deliveries are fetched at once.
const page = 500

// courier delivers for one subscription. Its members belong to the goroutine
// of run; calls under way have one each and report through landed.
type courier struct {
	c     *Callbacks
	id    wa.SubscriptionID
	bell  <-chan struct{}
	log   *slog.Logger
	calls context.Context // of calls under way: it outlives run's by the grace

	s       *Subscription
	dialect Dialect
	rules   Rules
	queue   *queue
	after   wa.DeliveryID // what was fetched already
	dry     bool          // nothing was behind it
	rest    time.Time     // what the endpoint asked for

	epoch  int64
	kept   time.Time // from when on the lease surely counts, real time
	busy   time.Time // when there was last something to do, real time
	looked time.Time // when the subscription was last read, real time
	tended time.Time // last upkeep, real time
	noted  time.Time // when health was last written, real time
	unsaid bool      // health changed since

	landed  chan landing
	flights sync.WaitGroup
}

type landing struct {
	line *line
	out  *Outcome // nil: it was not tried
}

// run delivers until ctx ends, or nothing was to be done for a while, and
// returns when every call under way was answered, or given up after the grace.
func (k *courier) run(ctx context.Context) error {
	owned, err := k.begin(ctx)
	if err != nil || !owned {
		return err
	}
	calls, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(k.c.Courier.Grace, cancel)
		context.AfterFunc(calls, func() { t.Stop() })
	})
	defer stop()
	k.calls = calls
	err = k.loop(ctx)
	k.drain()
	if errors.Is(err, errElsewhere) {
		return nil
	}
	last := context.WithoutCancel(ctx)
	if k.unsaid {
		err = errors.Join(err, k.note(last, ""))
	}
	return errors.Join(err, k.c.write(last, func(tx txn.Tx) error { return k.c.Store.DropLease(tx, k.id, k.epoch) }))
}

// begin takes the subscription, if there is anything to do for it.
func (k *courier) begin(ctx context.Context) (owned bool, err error) {
	var waits bool
	err = k.c.Runner.Read(ctx, func(tx txn.Tx) error { // looking costs no commit
		found, err := k.c.Store.Waiting(tx, k.id, 0, 1)
		if err != nil || len(found) == 0 {
			return err
		}
		waits, err = k.c.Store.LeaseFree(tx, k.id, k.c.Courier.Owner)
		return err
	})
	if err != nil || !waits {
		return false, err
	}
	now := time.Now()
	err = k.c.write(ctx, func(tx txn.Tx) (err error) {
		k.epoch, err = k.c.Store.TakeLease(tx, k.id, k.c.Courier.Owner, k.c.Courier.Lease)
		return err
	})
	k.kept, k.busy, k.tended = now, now, now
	return err == nil && k.epoch > 0, err
}

// drain waits for the calls under way.
func (k *courier) drain() {
	done := make(chan struct{})
	go func() { // ends when the calls have
		k.flights.Wait()
		close(done)
	}()
	for {
		select {
		case l := <-k.landed:
			k.land(l)
		case <-done:
			for {
				select {
				case l := <-k.landed:
					k.land(l)
				default:
					return
				}
			}
		}
	}
}

func (k *courier) loop(ctx context.Context) error {
	for ctx.Err() == nil {
		wait, err := k.round(ctx)
		switch {
		case errors.Is(err, errElsewhere), errors.Is(err, errIdle):
			return ignoreIdle(err)
		case err != nil && ctx.Err() == nil:
			k.log.Error("deliveries stopped for now, trying again", "err", err)
			wait = k.c.Courier.Poll
			k.looked = time.Time{}
		}
		k.pause(ctx, wait)
	}
	return nil
}

var errIdle = errors.New("nothing to do")

func ignoreIdle(err error) error {
	if errors.Is(err, errIdle) {
		return nil
	}
	return err
}

// pause waits for a bell, a landing, or time, and takes in all that landed.
func (k *courier) pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(min(max(wait, 0), k.c.Courier.Poll))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-k.bell:
		k.dry, k.looked = false, time.Time{}
	case l := <-k.landed:
		k.land(l)
		for {
			select {
			case l := <-k.landed:
				k.land(l)
				continue
			default:
			}
			break
		}
	case <-timer.C:
		k.dry = false
	}
}

// round does what can be done now, and tells for how long nothing more can.
func (k *courier) round(ctx context.Context) (wait time.Duration, err error) {
	if err := k.prolong(ctx); err != nil {
		return 0, err
	}
	if err := k.refresh(ctx); err != nil {
		return 0, err
	}
	if err := k.tend(ctx); err != nil {
		return 0, err
	}
	now := k.c.Now()
	if k.s.State != Active {
		return k.c.Courier.Poll, k.idle(false)
	}
	if err := k.fetch(ctx); err != nil {
		return 0, err
	}
	launched := k.launch(now)
	if k.unsaid && time.Since(k.noted) > k.c.Courier.Poll {
		if err := k.note(ctx, ""); err != nil {
			return 0, err
		}
	}
	if err := k.idle(launched || k.queue.size > 0); err != nil {
		return 0, err
	}
	if k.hungry() && k.queue.flying < k.limit() {
		return 0, nil // there is more to fetch, and somebody to take it
	}
	return k.wait(now), nil
}

// wait is for how long nothing can leave, unless a bell or a landing comes
// first. It is nothing only when something may leave at once: a courier that
// waits for a call, or for an endpoint that asked for a rest, must not turn round
// and round.
func (k *courier) wait(now time.Time) time.Duration {
	switch {
	case k.queue.flying >= k.limit(), len(k.queue.due) == 0:
		return k.c.Courier.Poll
	case k.rest.After(now):
		return k.rest.Sub(now)
	case k.s.Open():
		return k.s.ProbeAt.Sub(now)
	}
	return k.queue.wait(now, k.c.Courier.Poll)
}

// idle ends the courier when there was nothing to do for a while.
func (k *courier) idle(busy bool) error {
	now := time.Now()
	if busy || k.queue.flying > 0 {
		k.busy = now
	} else if now.Sub(k.busy) > k.c.Courier.Idle {
		return errIdle
	}
	return nil
}

// prolong keeps the lease in time; while that fails, nothing is sent.
func (k *courier) prolong(ctx context.Context) error {
	now, age, lease := time.Now(), k.leaseAge(), k.c.Courier.Lease
	if age < lease/6 {
		return nil
	}
	var ours bool
	err := k.c.write(ctx, func(tx txn.Tx) (err error) {
		ours, err = k.c.Store.KeepLease(tx, k.id, k.epoch, lease)
		return err
	})
	switch {
	case err != nil && age < lease/2:
		return nil
	case err != nil:
		return err
	case !ours:
		return errElsewhere
	}
	k.kept = now
	return nil
}

// leaseAge is how long ago the lease was last known to begin, by this process's
// own clocks: the one that nobody sets, and the other, which goes on while the
// machine sleeps.
func (k *courier) leaseAge() time.Duration {
	now := time.Now()
	return max(now.Sub(k.kept), now.Round(0).Sub(k.kept.Round(0)))
}

// refresh reads the subscription anew when it may have changed.
func (k *courier) refresh(ctx context.Context) error {
	if now := time.Now(); now.Sub(k.looked) < k.c.Courier.Poll {
		return nil
	}
	var generation int64
	var s *Subscription
	err := k.c.Runner.Read(ctx, func(tx txn.Tx) error {
		subs, err := k.c.subscribed(tx)
		for _, of := range subs {
			for _, one := range of {
				if one.ID == k.id {
					generation = one.Generation
				}
			}
		}
		if err != nil || generation == 0 || k.s != nil && k.s.Generation == generation {
			return err
		}
		for _, of := range subs {
			for _, one := range of {
				if one.ID == k.id {
					s, err = k.c.Store.Subscription(tx, one.WorkspaceID, k.id)
				}
			}
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case generation == 0:
		return errElsewhere // it was removed: there is no lease to give back either
	}
	k.looked = time.Now()
	if s != nil {
		return k.adopt(s)
	}
	return nil
}

// adopt works with a changed subscription: everything is looked at anew.
func (k *courier) adopt(s *Subscription) error {
	dialect, known := k.c.dialect(s.Dialect)
	if !known {
		return errors.New("this version does not speak the dialect " + s.Dialect)
	}
	k.s, k.dialect, k.rules, k.unsaid = s, dialect, rulesOf(dialect, s), false
	if k.rules.Steady && k.s.Open() { // from before its rules were such
		k.s.OpenedAt, k.s.ProbeAt, k.unsaid = time.Time{}, time.Time{}, true
	}
	if k.queue == nil {
		k.queue = newQueue(k.rules.Ordered)
	}
	k.queue.clear()
	k.after, k.dry, k.rest = 0, false, time.Time{}
	return nil
}

// tend gives up what is too old, now and then, and looks at everything anew.
func (k *courier) tend(ctx context.Context) error {
	if time.Since(k.tended) < k.c.Courier.Upkeep {
		return nil
	}
	for n := page; n == page; {
		err := k.c.write(ctx, func(tx txn.Tx) (err error) {
			n, err = k.c.Store.Expire(tx, k.id, k.c.Now(), page)
			return err
		})
		if err != nil {
			return err
		}
		if n > 0 {
			k.log.Warn("deliveries were given up: they waited for too long", "deliveries", n)
		}
	}
	k.queue.clear()
	k.after, k.dry, k.tended = 0, false, time.Now()
	return nil
}

// hungry reports whether there may be more in the database, and room for it.
// While the breaker is open, one delivery to probe with is enough.
func (k *courier) hungry() bool {
	return !k.dry && k.queue.size < inHand && !(k.s.Open() && k.queue.size > 0)
}

// fetch takes deliveries in hand.
func (k *courier) fetch(ctx context.Context) error {
	if !k.hungry() {
		return nil
	}
	var found []*Delivery
	err := k.c.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		found, err = k.c.Store.Waiting(tx, k.id, k.after, page)
		return err
	})
	if err != nil {
		return err
	}
	now := k.c.Now()
	for _, d := range found {
		k.queue.add(d, now)
		k.after = d.ID
	}
	k.dry = len(found) < page
	return nil
}

// limit is how many calls the endpoint gets at once.
func (k *courier) limit() int {
	if k.s.Open() {
		return 1
	}
	return k.rules.Concurrency
}

// launch lets go what is due. While the breaker is open, only one goes, when
// its time has come: it shows whether the endpoint is back.
func (k *courier) launch(now time.Time) (launched bool) {
	if k.rest.After(now) {
		return false
	}
	for k.queue.flying < k.limit() && k.leaseAge() < k.c.Courier.Lease/2 {
		var l *line
		switch {
		case !k.s.Open():
			l = k.queue.next(now)
		case !k.s.ProbeAt.After(now):
			l = k.queue.oldest()
		}
		if l == nil {
			return launched
		}
		launched = true
		s, d, dialect := k.s, *l.head, k.dialect
		k.flights.Go(func() { k.fly(s, dialect, l, d) })
	}
	return launched
}

// fly makes one attempt and stores what came of it.
func (k *courier) fly(s *Subscription, dialect Dialect, l *line, d Delivery) {
	out := k.c.attempt(k.calls, s, dialect, &d, k.c.Now())
	if k.calls.Err() != nil && out.State != Delivered {
		out = nil // cut off by our own end: it was no failure of the endpoint's
	} else {
		k.c.keep(k.calls, out)
	}
	k.landed <- landing{l, out}
}

// land puts a line back and learns from its outcome.
func (k *courier) land(l landing) {
	now := k.c.Now()
	if l.out == nil {
		k.queue.landed(l.line, false)
		return
	}
	o := l.out
	h := l.line.head
	h.Attempt, h.DueAt, h.TriedAt = o.Attempt, o.DueAt, o.At
	if o.Body != nil {
		h.Size = len(o.Body)
	}
	if fill := k.queue.landed(l.line, o.State != Pending); fill != nil {
		k.fill(wa.ConversationID(fill.key))
	}
	k.c.count(k.s.Dialect, &h.Event, o)
	if o.State == Dead {
		k.log.Warn("a delivery was given up", "delivery", o.ID.String(), "code", o.Error, "attempts", o.Attempt)
	}
	if !o.called {
		return
	}
	var turned bool
	if o.State == Delivered {
		k.s.Health, turned = k.s.Health.succeeded(now)
	} else {
		k.s.Health, turned = k.s.Health.failed(now, o.Error, k.rules.Steady)
		if o.retryAfter > 0 {
			k.rest = now.Add(min(o.retryAfter, longestRest))
		}
	}
	k.unsaid = true
	if turned {
		k.turn(now)
	}
}

// turn tells that the breaker opened or closed.
func (k *courier) turn(now time.Time) {
	what := "open"
	if k.s.Open() {
		k.log.Error("an endpoint keeps failing; its deliveries wait, and one is tried now and then", "failures", k.s.Failures, "code", k.s.LastError)
	} else {
		what = "closed"
		k.log.Info("an endpoint takes deliveries again")
		k.queue.hurry(now)
	}
	if err := k.note(k.calls, what); err != nil {
		k.log.Error("the state of an endpoint could not be stored; trying again", "err", err)
	}
}

// note stores how calling goes, with a fact when the breaker turned.
func (k *courier) note(ctx context.Context, turned string) error {
	err := k.c.write(ctx, func(tx txn.Tx) error {
		if err := k.c.Store.Health(tx, k.id, k.s.Health); err != nil || turned == "" {
			return err
		}
		kind := SubscriptionFailing
		if turned == "closed" {
			kind = SubscriptionRecovered
		}
		return k.c.Journal.Append(tx, journal.Fact{WorkspaceID: k.s.WorkspaceID, Kind: kind, NumberID: k.s.NumberID, Detail: k.s.LastError, At: k.c.Now()})
	})
	if err == nil {
		k.unsaid, k.noted = false, time.Now()
	}
	return err
}

// fill takes the next deliveries of a conversation in hand.
func (k *courier) fill(conversation wa.ConversationID) {
	var found []*Delivery
	err := k.c.Runner.Read(k.calls, func(tx txn.Tx) (err error) {
		found, err = k.c.Store.WaitingOf(tx, k.id, conversation, restInLine)
		return err
	})
	if err != nil { // found again at the next upkeep at the latest
		k.log.Error("the next deliveries of a conversation could not be read", "err", err)
		k.looked, k.after, k.dry = time.Time{}, 0, false
		k.queue.clear()
		return
	}
	now := k.c.Now()
	for _, d := range found {
		k.queue.add(d, now)
	}
	if l := k.queue.lines[int64(conversation)]; l != nil && len(found) == restInLine {
		l.more = true
	}
}

func (c *Callbacks) count(dialect string, e *Event, o *Outcome) {
	outcome := string(o.State)
	if o.State == Pending {
		outcome = "failed"
	}
	c.Meter.Delivered(dialect, outcome, o.Duration)
	if d, known := c.dialect(dialect); known && o.called {
		if a, ok := d.(Attentive); ok {
			a.Called(e, o.Status, o.Duration)
		}
	}
}
