package callback

import (
	"context"
	"maps"
	"sync"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// readerName is under which the place in the journal is kept.
const readerName = "callback"

// Follower writes down what is to be delivered: it follows the journal, and a
// fact's deliveries and the move of its place are one transaction. Facts that
// nobody subscribed to cost a look at the page they are in; without any
// subscription the page is not even read.
func (c *Callbacks) Follower(store journal.Store, signal *journal.Signal) *journal.Follower {
	kinds := make([]journal.Kind, 0, len(Kinds()))
	for _, k := range Kinds() {
		kinds = append(kinds, journal.Kind(k))
	}
	return journal.NewFollower(ringing{c.Runner, c}, filtered{store, c}, signal,
		journal.Reader{Name: readerName, Kinds: kinds, FromEnd: true, Handle: c.enqueue}, journal.Options{Log: c.Log})
}

// filtered is the journal as the follower sees it: a fact that no subscription
// wants is of no kind, so that it moves nothing but the place in memory.
type filtered struct {
	journal.Store
	c *Callbacks
}

// Next implements journal.Store. What is subscribed is read in the snapshot of
// the page: whoever subscribed before a fact was written is told of it.
func (f filtered) Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error) {
	subs, err := f.c.subscribed(tx)
	if err != nil {
		return nil, err
	}
	if len(subs) == 0 {
		end, err := f.End(tx)
		if err != nil || !after.Before(end) {
			return nil, err
		}
		return []journal.Fact{{Cursor: end}}, nil
	}
	facts, err := f.Store.Next(tx, after, limit)
	for i := range facts {
		if !f.c.wanted(subs, facts[i]) {
			facts[i].Kind = ""
		}
	}
	return facts, err
}

func (c *Callbacks) wanted(subs map[wa.WorkspaceID][]*Subscription, f journal.Fact) bool {
	e := eventOf(f)
	for _, s := range subs[f.WorkspaceID] {
		if c.tells(s, &e) {
			return true
		}
	}
	return false
}

// tells reports whether a subscription is to be told of an event, and its
// dialect has words for it.
func (c *Callbacks) tells(s *Subscription, e *Event) bool {
	d, known := c.dialect(s.Dialect)
	return known && s.wants(e) && d.Speaks(e)
}

// enqueue writes the deliveries of facts.
func (c *Callbacks) enqueue(tx txn.Tx, facts []journal.Fact) error {
	subs, err := c.subscribed(tx)
	if err != nil {
		return err
	}
	var out []*Delivery
	for _, f := range facts {
		e := eventOf(f)
		for _, s := range subs[f.WorkspaceID] {
			if c.tells(s, &e) {
				out = append(out, c.delivery(s, e))
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	for _, d := range out {
		c.fresh.add(d.SubscriptionID)
	}
	return c.Store.Enqueue(tx, out)
}

func (c *Callbacks) delivery(s *Subscription, e Event) *Delivery {
	now := c.Now()
	return &Delivery{SubscriptionID: s.ID, Event: e, State: Pending, DueAt: now, ExpiresAt: now.Add(c.patience(s)), CreatedAt: now}
}

// Notice is something that WhatsApp told beside messages and statuses.
type Notice struct {
	ID          int64
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID // zero for the account's
	WABAID      wa.WABAID
	Field       string // Meta's
}

// Noticed writes the deliveries of a notice in the transaction that keeps it.
// One that was kept before, since WhatsApp repeats itself, is told once.
func (c *Callbacks) Noticed(tx txn.Tx, n Notice) error {
	subs, err := c.subscribed(tx)
	if err != nil || len(subs[n.WorkspaceID]) == 0 {
		return err
	}
	e := Event{Kind: NoticePrefix + n.Field, WorkspaceID: n.WorkspaceID, NumberID: n.NumberID, NoticeID: n.ID, At: c.Now()}
	var out []*Delivery
	for _, s := range subs[n.WorkspaceID] {
		about := e
		if own, ok := c.Numbers.ByID(s.NumberID); ok && n.NumberID == 0 && own.WABAID == n.WABAID {
			about.NumberID = own.ID // the account's notices are those of each of its numbers
		}
		if c.tells(s, &about) {
			out = append(out, c.delivery(s, about))
		}
	}
	if len(out) == 0 {
		return nil
	}
	if kept, err := c.Store.IsNotice(tx, n.WorkspaceID, n.ID); err != nil || !kept {
		return err
	}
	if err := c.Store.Enqueue(tx, out); err != nil {
		return err
	}
	for _, d := range out { // this transaction may end after younger ones: look from the beginning
		if err := c.Store.Touch(tx, d.SubscriptionID); err != nil {
			return err
		}
	}
	return nil
}

// known remembers what is subscribed, as of some generations.
type known struct {
	mu          sync.Mutex
	generations map[wa.SubscriptionID]int64
	byWorkspace map[wa.WorkspaceID][]*Subscription // never changed once it is here
}

// subscribed is what is subscribed as tx sees it; only what changed since the
// last look is read anew.
func (c *Callbacks) subscribed(tx txn.Tx) (map[wa.WorkspaceID][]*Subscription, error) {
	generations, err := c.Store.Generations(tx)
	if err != nil {
		return nil, err
	}
	c.known.mu.Lock()
	same, subs := maps.Equal(generations, c.known.generations), c.known.byWorkspace
	c.known.mu.Unlock()
	if same {
		return subs, nil
	}
	all, err := c.Store.All(tx)
	if err != nil {
		return nil, err
	}
	subs = map[wa.WorkspaceID][]*Subscription{}
	for _, s := range all {
		subs[s.WorkspaceID] = append(subs[s.WorkspaceID], s)
	}
	c.known.mu.Lock()
	c.known.generations, c.known.byWorkspace = generations, subs
	c.known.mu.Unlock()
	return subs, nil
}

// ringing wakes couriers after the commit of what was enqueued for them.
type ringing struct {
	txn.Runner
	c *Callbacks
}

// Write implements txn.Runner.
func (r ringing) Write(ctx context.Context, f func(tx txn.Tx) error) error {
	err := r.Runner.Write(ctx, f)
	for _, id := range r.c.fresh.take() { // after a failure too: looking costs little
		r.c.bells.ring(id)
	}
	return err
}

// fresh are subscriptions that something was enqueued for.
type fresh struct {
	mu  sync.Mutex
	ids map[wa.SubscriptionID]bool
}

func (f *fresh) add(id wa.SubscriptionID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids == nil {
		f.ids = map[wa.SubscriptionID]bool{}
	}
	f.ids[id] = true
}

func (f *fresh) take() (ids []wa.SubscriptionID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id := range f.ids {
		ids = append(ids, id)
	}
	f.ids = nil
	return ids
}
