package sandbox

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// agenda holds what is to happen to messages next, by real time: Meta's clock
// may jump, its machines take their milliseconds all the same.
type agenda struct {
	mu    sync.Mutex
	steps steps
	seq   uint64
	// taking is how many of the steps that due gave out last are not done.
	taking int
	wake   chan struct{}
}

// step says that message is to move on at due.
type step struct {
	due     time.Time
	seq     uint64 // keeps the order of steps that are due together
	message string
}

func newAgenda() *agenda { return &agenda{wake: make(chan struct{}, 1)} }

// put adds a step.
func (a *agenda) put(due time.Time, message string) {
	a.mu.Lock()
	a.seq++
	heap.Push(&a.steps, step{due, a.seq, message})
	first := a.steps[0].seq == a.seq
	a.mu.Unlock()
	if first {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
}

// due takes the steps whose time has come and tells how long until the next.
func (a *agenda) due(now time.Time) (due []step, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer func() { a.taking = len(due) }()
	for len(a.steps) > 0 && len(due) < 256 {
		if wait = a.steps[0].due.Sub(now); wait > 0 {
			return due, wait
		}
		due = append(due, heap.Pop(&a.steps).(step))
	}
	return due, time.Hour
}

// count is how many steps are still to come, and those being taken.
func (a *agenda) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.steps) + a.taking
}

func (a *agenda) clear() {
	a.mu.Lock()
	a.steps = nil
	a.mu.Unlock()
}

type steps []step

func (s steps) Len() int { return len(s) }
func (s steps) Less(i, j int) bool {
	if s[i].due.Equal(s[j].due) {
		return s[i].seq < s[j].seq
	}
	return s[i].due.Before(s[j].due)
}
func (s steps) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *steps) Push(x any)   { *s = append(*s, x.(step)) }
func (s *steps) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}

// runAgenda moves messages on until ctx ends.
func (s *Sandbox) runAgenda(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		due, wait := s.agenda.due(time.Now())
		for _, st := range due {
			s.advance(ctx, st.message)
		}
		if len(due) > 0 {
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-s.agenda.wake:
		case <-timer.C:
		}
	}
}

// later puts the message's next step on the agenda; the caller holds mu.
func (s *Sandbox) later(m *message) { s.agenda.put(time.Now().Add(s.delay(m)), m.ID) }

// advance takes one outbound message one step further: links fetched, failed,
// sent, delivered, read, as far as the phone at the other end allows.
func (s *Sandbox) advance(ctx context.Context, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.st.messages[id]
	if m == nil || m.Inbound || m.Held {
		return
	}
	c := s.st.customer(m.Customer)
	switch {
	case m.Doom != nil && m.Status == accepted:
		s.fail(m, c)
	case m.Status == accepted && len(m.Links) > 0:
		links := m.Links
		s.fetches.Add(1)
		s.fetching.Add(1)
		go func() { defer s.fetches.Done(); defer s.fetching.Add(-1); s.fetchAll(ctx, id, links) }()
	case m.Status == accepted:
		s.setSent(m, c)
		s.later(m)
	case m.Status == sent && m.Type != "reaction":
		s.deliver(m, c)
	}
}

// deliver brings a sent message to the phone, when it can be reached.
func (s *Sandbox) deliver(m *message, c *customer) {
	now := s.nowLocked()
	if c.Offline || c.Blocked || (!m.Expires.IsZero() && now.After(m.Expires)) {
		return
	}
	open := c.open(time.Now())
	if !open || !s.opt.OpenChatSkipsDelivered {
		s.setStatus(m, c, delivered)
	}
	if open {
		s.setStatus(m, c, read)
	}
}

// deliverWaiting brings a phone what waited while it could not be reached; the
// caller holds mu.
func (s *Sandbox) deliverWaiting(c *customer) {
	for _, m := range c.list {
		if !m.Inbound && m.Status == sent && m.Type != "reaction" {
			s.deliver(m, c)
		}
	}
}

// readAll reads everything that was sent to the phone, of one number or of all
// (""); what is under way arrives first. The caller holds mu. It tells how many messages were read.
func (s *Sandbox) readAll(c *customer, pnid string) int {
	n := 0
	for _, m := range c.list {
		if m.Inbound || (pnid != "" && m.Number != pnid) {
			continue
		}
		if m.Type == "reaction" || c.Offline || c.Blocked {
			continue
		}
		if m.Status == accepted && m.Doom == nil && !m.Held && len(m.Links) == 0 {
			s.setSent(m, c) // its step on the agenda finds nothing left to do
		}
		if m.Status == sent {
			s.deliver(m, c)
		}
		if m.Status == delivered {
			s.setStatus(m, c, read)
			n++
		}
	}
	return n
}
