package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Delivery are the settings of delivery; zero members get the defaults named here.
type Delivery struct {
	// Owner names this process among those that share the database: stable over
	// restarts, so that a restart need not wait for its own former lease ("kontor").
	Owner string
	// InFlight is how many calls a number may have under way (512).
	InFlight int
	// UncertainAfter is how long a message whose fate is unknown waits for a
	// status before its policy decides (5 min).
	UncertainAfter time.Duration
	// Grace is how long calls under way may go on when Run's context has ended (4 s).
	Grace time.Duration
	// Poll is how often to look without being woken (1 s).
	Poll time.Duration
	// Lease is how long a number stays ours without a sign of life (8 s).
	Lease time.Duration
}

func (d Delivery) withDefaults() Delivery {
	or := func(v *time.Duration, standard time.Duration) {
		if *v <= 0 {
			*v = standard
		}
	}
	or(&d.UncertainAfter, 5*time.Minute)
	or(&d.Grace, 4*time.Second)
	or(&d.Poll, time.Second)
	or(&d.Lease, 8*time.Second)
	if d.InFlight <= 0 {
		d.InFlight = 512
	}
	if d.Owner == "" {
		d.Owner = "kontor"
	}
	return d
}

const (
	// ahead is how long before its slot a message is claimed: longer than the
	// claim's commit takes, and so short that a crash finds few of them.
	ahead = 25 * time.Millisecond
	// gather is how long after a claim the next one waits at least. Every answer
	// of WhatsApp's and every accepted message rings the bell; without a moment's
	// rest, a busy number would claim them one by one, each in a transaction of
	// its own. The first message after a silence waits for nothing.
	gather = 4 * time.Millisecond
	// sweepEvery is how often statuses are looked for that came between two commits.
	sweepEvery = time.Minute
	// waitLong is how long a status waits for its message: as long as WhatsApp
	// repeats webhooks (cloud-api.md 2.1). Most are of messages that another
	// program sent from the same number.
	waitLong = 7 * 24 * time.Hour
)

// Deliverer drains one number. It is run by one goroutine; the calls under way
// have one each.
type Deliverer struct {
	o     *Outbox
	id    wa.NumberID
	bell  <-chan struct{}
	log   *slog.Logger
	epoch int64
	swept time.Time // when housekeeping was last done
	found time.Time // when waiting statuses were last looked for
	lanes Lanes
	extra int // how many candidates to ask for beyond what may go, since pairs rest

	scope     string    // the limit that messages of the number count against
	parked    bool      // messages may wait for the messaging limit
	fullUntil time.Time // that limit has no room before
	sorted    time.Time // when parked messages were last looked at for those that need not wait
	paused    time.Time // guarded by mu: until when the number was to rest when it was last looked at

	mu   sync.Mutex
	pace *Pace     // guarded by mu: calls under way report to it
	kept time.Time // guarded by mu: from when on the lease counts; of the real clock

	flying  chan struct{} // one token a call under way
	flights sync.WaitGroup
}

// Deliverer makes the one that drains a number; Run drains.
func (o *Outbox) Deliverer(id wa.NumberID) *Deliverer {
	return &Deliverer{
		o: o, id: id, bell: o.bells.listen(id), log: o.Log.With("number", id.String()),
		pace: NewPace(80), extra: 16, flying: make(chan struct{}, o.Delivery.InFlight),
		parked: true, // until it was looked
	}
}

// Run drains the number until ctx ends, and returns when every call under way
// has been answered, or given up after Delivery.Grace, and its outcome stored.
// An error means that the number must be left alone for now: it is not ours.
func (d *Deliverer) Run(ctx context.Context) error {
	if err := d.takeOver(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	d.o.paces.add(d)
	defer d.o.paces.drop(d)
	calls, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(d.o.Delivery.Grace, cancel)
		context.AfterFunc(calls, func() { t.Stop() })
	})
	defer stop()
	err := d.loop(ctx, calls)
	d.flights.Wait()
	if err == nil {
		err = d.write(context.WithoutCancel(ctx), func(tx txn.Tx) error { return d.o.Store.DropLease(tx, d.id, d.epoch) })
	}
	return err
}

func (d *Deliverer) loop(ctx, calls context.Context) error {
	for ctx.Err() == nil {
		p, err := d.round(ctx, calls)
		switch {
		case errors.Is(err, errNumberGone), errors.Is(err, errLeaseLost):
			return err
		case err != nil && ctx.Err() == nil:
			d.log.Error("cannot work on the queue; trying again", "err", err)
			p = pause{deaf: d.o.Delivery.Poll}
		}
		if sleep(ctx, p.deaf) {
			d.rest(ctx, p.wait)
		}
	}
	return nil
}

// pause is how long nothing need be done: first whatever happens, then until
// the bell rings.
type pause struct{ deaf, wait time.Duration }

// rest waits for d, the bell, or the end.
func (d *Deliverer) rest(ctx context.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	t := time.NewTimer(min(wait, d.o.Delivery.Poll))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-d.bell:
	case <-t.C:
	}
}

// round does what can be done now and says how long nothing more can be.
func (d *Deliverer) round(ctx, calls context.Context) (pause, error) {
	number, ok := d.o.Numbers.ByID(d.id)
	if !ok {
		return pause{}, errNumberGone
	}
	now := d.o.Now().UTC()
	if err := d.keepLease(ctx); err != nil {
		return pause{}, err
	}
	if due(now, d.swept, d.o.Delivery.Poll) {
		d.swept = now
		if err := d.housekeep(ctx, now, number.State == wa.NumberStopped || number.PausedUntil.After(now)); err != nil {
			return pause{}, err
		}
	}
	if number.State == wa.NumberStopped {
		return pause{wait: d.o.Delivery.Poll}, nil
	}
	if scope := scopeOf(number); scope != d.scope {
		if err := d.adopt(ctx, number); err != nil {
			return pause{}, err
		}
		d.scope, d.fullUntil, d.parked = scope, time.Time{}, true
	}
	slots, p := d.slots(now, number)
	if slots == 0 {
		return p, nil
	}
	batch, err := d.claim(ctx, now, number, slots)
	if err != nil {
		return pause{}, err
	}
	d.launch(ctx, calls, number, batch)
	if len(batch.claimed) == slots {
		return pause{deaf: gather}, nil
	}
	return pause{deaf: min(gather, batch.wait), wait: batch.wait}, nil
}

// slots is how many messages may be claimed now; for none, how long to wait.
func (d *Deliverer) slots(now time.Time, number *wa.Number) (int, pause) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if fresh, ok := d.o.Numbers.ByID(d.id); ok {
		number = fresh // never older than what rested has noted
	}
	d.pace.SetRate(number.PerSecond())
	if number.PausedUntil.Before(d.paused) {
		d.pace.Resume() // an operator ended the rest that was written down
	}
	d.paused = number.PausedUntil
	d.pace.CoolUntil(number.PausedUntil)
	free := cap(d.flying) - len(d.flying)
	if free == 0 {
		return 0, pause{wait: d.o.Delivery.Poll} // a call that ends rings the bell
	}
	if n := d.pace.Slots(now, ahead, free); n > 0 {
		return n, pause{}
	}
	// Half of ahead later, two or more slots can be claimed at once. The bell
	// could change nothing about that, unless the number rests for long: then an
	// operator may end the rest.
	wait := max(time.Millisecond, d.pace.Next(now).Sub(now)-ahead/2)
	return 0, pause{deaf: min(wait, ahead), wait: wait - min(wait, ahead)}
}

// housekeep decides about messages whose fate stayed unknown, lets messages
// expire, and finds statuses that came between two commits. Messages of a number
// that stands or rests expire at once, since nobody else comes to see them;
// others are looked at in passing, and all of them now and then.
func (d *Deliverer) housekeep(ctx context.Context, now time.Time, idle bool) error {
	var overdue bool
	var expired []wa.MessageID
	match := due(now, d.found, sweepEvery)
	err := d.o.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		if overdue, err = d.o.Store.Overdue(tx, d.id, now); err == nil && (idle || match) {
			expired, err = d.o.Store.Expired(tx, d.id, now, 500)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := d.sortParked(ctx, now); err != nil {
		return err
	}
	if n, ok := d.o.Numbers.ByID(d.id); ok && match {
		if err := d.adopt(ctx, n); err != nil {
			return err
		}
	}
	if !overdue && len(expired) == 0 && !match {
		return nil
	}
	err = d.write(ctx, func(tx txn.Tx) error {
		moved, err := d.o.Store.Decide(tx, d.id, now)
		if err != nil {
			return err
		}
		gone, err := d.o.Store.Expire(tx, expired)
		if err != nil {
			return err
		}
		if err := d.o.tell(tx, now, append(moved, gone...)); err != nil || !match {
			return err
		}
		return d.match(tx, now)
	})
	if err == nil && match {
		d.found = now
	}
	return err
}

// adopt has the number's portfolio count whom its account counted while the
// portfolio was not known, here or, for a moment longer, on another node.
func (d *Deliverer) adopt(ctx context.Context, n *wa.Number) error {
	from, to := accountScope(n), scopeOf(n)
	if from == to {
		return nil
	}
	var counts bool
	err := d.o.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		counts, err = d.o.Store.Counts(tx, from)
		return err
	})
	if err != nil || !counts {
		return err
	}
	return d.o.Runner.Write(ctx, func(tx txn.Tx) error { return d.o.Store.Adopt(tx, from, to) })
}

// due reports whether something that was last done is to be done again. A clock
// that was set back tells nothing about how long ago that was.
func due(now, last time.Time, every time.Duration) bool {
	return now.Before(last) || now.Sub(last) >= every
}

// sortParked looks for messages that need not wait for the messaging limit any
// more: the customer has written meanwhile, or their time to live is over.
func (d *Deliverer) sortParked(ctx context.Context, now time.Time) error {
	if !d.parked || !due(now, d.sorted, parkedSweep) {
		return nil
	}
	d.sorted = now
	var open, expired []wa.MessageID
	err := d.o.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		open, expired, err = d.o.Store.ParkedReady(tx, d.id, now, 500)
		return err
	})
	if err != nil || len(open)+len(expired) == 0 {
		return err
	}
	return d.write(ctx, func(tx txn.Tx) error {
		if err := d.o.Store.Unpark(tx, open); err != nil {
			return err
		}
		gone, err := d.o.Store.Expire(tx, expired)
		if err != nil {
			return err
		}
		return d.o.tell(tx, now, gone)
	})
}

// match applies statuses that came between a message's sending and the commit
// of its wamid, on another connection.
func (d *Deliverer) match(tx txn.Tx, now time.Time) error {
	since := now.Add(-10 * sweepEvery)
	if d.found.IsZero() { // the first look: whatever came while nobody looked
		since = now.Add(-waitLong)
	}
	reports, err := d.o.Store.TakeMatched(tx, d.id, since, 500)
	if err != nil {
		return err
	}
	if err := d.o.receipts.Apply(tx, now, reports); err != nil {
		return err
	}
	return d.o.Store.ForgetWaiting(tx, d.id, now.Add(-waitLong))
}

func (d *Deliverer) write(ctx context.Context, f func(tx txn.Tx) error) error {
	return d.o.Runner.Write(ctx, f)
}
