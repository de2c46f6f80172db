package sandbox

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"kontor/internal/meta"
)

// couriers is how many webhooks of one number may be under way at once.
const couriers = 8

// The most updates in one webhook. Meta may put 1 000 into one; an update that
// waits for nothing travels alone, since batching only starts where there is a
// queue (cloud-api.md 2.1).
const batch = 100

// patience is how often the business may refuse the first update of a customer
// while those behind it wait. After that it is retried by itself and the others
// overtake: one that can never be taken must not silence a customer. A business
// that cannot be reached refuses nothing, and order is kept however long it is away.
const patience = 6

// awayMost is the longest wait for a business that cannot be reached. Meta would
// wait for hours; whoever restarts a program at his desk should not.
const awayMost = 15 * time.Second

// outcome is what became of one webhook.
type outcome int

const (
	taken200    outcome = iota // answered 200, or there is nobody to tell
	refused                    // answered something else
	unreachable                // not answered, or by a gateway in front of a business that is down
)

// retryHorizon is how long an update is tried (sandbox time).
const retryHorizon = 7 * 24 * time.Hour

// courier brings updates to the business: at least once, in order per customer
// as long as the business answers, in parallel across customers. An update that
// is not answered 200 is retried, each time twice as late, for seven days.
type courier struct {
	s      *Sandbox
	wake   chan struct{}
	most   atomic.Int32 // updates in one webhook; see posting
	linger atomic.Int64 // nanoseconds for which updates are gathered
	form   atomic.Value // string: posting.Shape

	mu     sync.Mutex
	ctx    context.Context // nil before run and after its end
	wg     sync.WaitGroup
	lines  map[lineKey]*line
	queues uint64
}

// lineKey tells which updates may share a webhook: same callback, same secret.
type lineKey struct {
	number, account string
	messages        bool
	overridable     bool   // an override of the callback applies
	app             string // "" for the configured one
}

// line is what goes to one callback.
type line struct {
	key    lineKey
	queues map[string]*queue
	ready  []*queue // in the order in which they became ready
	busy   int      // workers
	away   bool     // the business could not be reached
}

// queue is what goes to the business about one customer.
type queue struct {
	key   string
	items []*update
	state queueState
	next  time.Time // of a waiting queue; by Sandbox.pulse
	away  bool      // it waits because the business could not be reached
}

type queueState int

const (
	idle queueState = iota
	ready
	busy
	waiting
)

func newCourier(s *Sandbox) *courier {
	c := &courier{s: s, wake: make(chan struct{}, 1), lines: map[lineKey]*line{}}
	c.most.Store(batch)
	return c
}

// put takes an update along, as the faults in force want it. The caller holds
// Sandbox.mu.
func (c *courier) put(u update) {
	copies, hold := c.s.disturb(&u)
	for range copies {
		for _, app := range c.s.subscribers(u.account) {
			each := u
			each.app = app
			c.enqueue(&each, u.customer, hold)
		}
	}
}

// enqueue adds an update to the queue of that key; hold keeps it in a queue of
// its own for so long, so that later ones overtake.
func (c *courier) enqueue(u *update, key string, hold time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.line(lineKey{u.number, u.account, u.field == meta.FieldMessages, overridable(u.field), u.app})
	if hold > 0 {
		c.queues++
		q := l.queue(key + "#held" + itoa(int(c.queues)))
		q.items = append(q.items, u)
		q.state, q.next = waiting, c.s.pulseLocked().Add(hold)
		c.poke()
		return
	}
	q := l.queue(key)
	q.items = append(q.items, u)
	if q.state == waiting && q.items[0].refused >= patience {
		c.setAside(l, q, q.next)
		q.state = idle
	}
	if q.state != idle {
		return
	}
	if wait := time.Duration(c.linger.Load()); wait > 0 {
		q.state, q.next = waiting, c.s.pulseLocked().Add(wait)
		c.poke()
		return
	}
	c.makeReady(l, q)
}

// setAside moves the first update of q to a queue of its own; c.mu is held.
func (c *courier) setAside(l *line, q *queue, next time.Time) {
	c.queues++
	late := l.queue(q.key + "#late" + itoa(int(c.queues)))
	late.items, late.state, late.next = []*update{q.items[0]}, waiting, next
	q.items = q.items[1:]
}

func (c *courier) line(key lineKey) *line {
	l := c.lines[key]
	if l == nil {
		l = &line{key: key, queues: map[string]*queue{}}
		c.lines[key] = l
	}
	return l
}

func (l *line) queue(key string) *queue {
	q := l.queues[key]
	if q == nil {
		q = &queue{key: key}
		l.queues[key] = q
	}
	return q
}

// makeReady lines q up and sees that there is a worker; c.mu is held.
func (c *courier) makeReady(l *line, q *queue) {
	q.state = ready
	l.ready = append(l.ready, q)
	c.staff(l)
}

// staff starts one more worker where one has something to do; c.mu is held.
func (c *courier) staff(l *line) {
	if c.ctx == nil || l.busy >= couriers || len(l.ready) == 0 {
		return
	}
	l.busy++
	c.wg.Add(1)
	go c.work(c.ctx, l)
}

// work posts batches until nothing of the line is ready.
func (c *courier) work(ctx context.Context, l *line) {
	defer c.wg.Done()
	for {
		c.mu.Lock()
		taken := c.take(l)
		if len(taken) == 0 || ctx.Err() != nil {
			for _, t := range taken {
				t.queue.state = idle
			}
			l.busy--
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		var updates []*update
		for _, t := range taken {
			updates = append(updates, t.updates...)
		}
		result := c.s.deliverUpdates(ctx, updates)
		now := c.s.pulse()
		c.mu.Lock()
		for _, t := range taken {
			c.done(l, t, result, now)
		}
		c.mu.Unlock()
	}
}

// taken is what one webhook carries of one queue.
type taken struct {
	queue   *queue
	updates []*update
}

// take chooses the updates of the next webhook: those of the first ready queue
// and, when there are more queues than workers, of some others. What has failed
// before travels alone, so that it cannot fail others. c.mu is held.
func (c *courier) take(l *line) []taken {
	most := int(c.most.Load())
	queues := min(1+len(l.ready)/couriers, most)
	if c.linger.Load() > 0 {
		queues = most
	}
	var all []taken
	for count := 0; len(l.ready) > 0 && len(all) < queues && count < most; {
		q := l.ready[0]
		again := q.items[0].attempts > 0
		if again && len(all) > 0 {
			break
		}
		l.ready = l.ready[1:]
		q.state = busy
		n := min(len(q.items), most-count)
		if again {
			n = 1
		}
		all = append(all, taken{q, append([]*update(nil), q.items[:n]...)})
		if count += n; again {
			break
		}
	}
	return all
}

// done books the outcome of one webhook for one queue; c.mu is held.
func (c *courier) done(l *line, t taken, result outcome, now time.Time) {
	q := t.queue
	if l.queues[q.key] != q { // a reset came in between
		return
	}
	q.state = idle
	if result == taken200 {
		q.items = q.items[len(t.updates):]
	} else {
		c.failed(l, t, result, now)
	}
	if result != unreachable {
		c.welcome(l)
	}
	switch {
	case q.state == waiting:
	case len(q.items) == 0:
		delete(l.queues, q.key)
	default:
		c.makeReady(l, q)
	}
}

// welcome makes ready what waited for a business that is back; c.mu is held.
func (c *courier) welcome(l *line) {
	if !l.away {
		return
	}
	l.away = false
	for _, key := range sortedKeys(l.queues) {
		if q := l.queues[key]; q.state == waiting && q.away {
			c.makeReady(l, q)
		}
	}
}

// failed decides when the updates are tried again: the queue waits for its
// first, or goes on without it (see patience).
func (c *courier) failed(l *line, t taken, result outcome, now time.Time) {
	q, first := t.queue, t.updates[0]
	for _, u := range t.updates {
		u.attempts++
		if result == refused {
			u.refused++
		}
	}
	most := time.Hour
	if result == unreachable {
		most = awayMost
	}
	next := now.Add(backoff(c.s.opt.RetryBase, first.attempts, most))
	q.away = result == unreachable
	l.away = l.away || q.away
	switch {
	case now.Sub(first.made) > retryHorizon:
		q.items = q.items[1:]
	case first.refused >= patience && len(q.items) > 1:
		c.setAside(l, q, next)
	default:
		q.state, q.next = waiting, next
	}
	c.poke()
}

// backoff doubles base with each attempt, up to most.
func backoff(base time.Duration, attempts int, most time.Duration) time.Duration {
	d := base
	for i := 1; i < attempts && d < most; i++ {
		d *= 2
	}
	return min(d, most)
}

// poke makes run look at the waiting queues, after a failure or when the clock jumped.
func (c *courier) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run wakes waiting queues until ctx ends, then waits for the workers.
func (c *courier) run(ctx context.Context) {
	c.mu.Lock()
	c.ctx = ctx
	for _, l := range c.lines {
		for range couriers {
			c.staff(l)
		}
	}
	c.mu.Unlock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-timer.C:
		}
		timer.Reset(c.wakeDue(c.s.pulse()))
	}
	c.mu.Lock()
	c.ctx = nil
	c.mu.Unlock()
	c.wg.Wait()
}

// wakeDue makes ready what has waited long enough and tells how long until the next.
func (c *courier) wakeDue(now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	wait := time.Hour
	for _, l := range c.lines {
		for _, q := range l.queues {
			if q.state != waiting {
				continue
			}
			if left := q.next.Sub(now); left > 0 {
				wait = min(wait, max(left, time.Millisecond))
			} else {
				c.makeReady(l, q)
			}
		}
	}
	return wait
}

// pending are all updates not yet delivered, in order per customer.
func (c *courier) pending() []*update {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*update
	for _, l := range c.lines {
		for _, key := range sortedKeys(l.queues) {
			all = append(all, l.queues[key].items...)
		}
	}
	return all
}

// clear forgets everything.
func (c *courier) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lines {
		l.queues, l.ready = map[string]*queue{}, nil
	}
}
