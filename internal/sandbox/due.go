package sandbox

import (
	"context"
	"slices"
	"time"
)

// due is something that happens by itself at a time of Meta's clock.
type due struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	ID   string    `json:"id"` // of the object it happens to
}

// What happens by itself.
const (
	dueReview   = "review"   // a template's review ends
	dueUnpause  = "unpause"  // a template's pause ends
	dueDelete   = "delete"   // a template that was pending deletion is gone
	dueCategory = "category" // an announced change of category happens
	dueName     = "name"     // a display name's review ends
	dueArchive  = "archived" // an archived template is gone
)

// after plans something; the caller holds mu. What was planned before for the
// same object and of the same kind is replaced.
func (s *Sandbox) after(d time.Duration, what, id string) {
	p := s.st.portfolio
	p.cancel(what, id)
	p.Due = append(p.Due, due{s.nowLocked().Add(d), what, id})
	slices.SortStableFunc(p.Due, func(a, b due) int { return a.At.Compare(b.At) })
	s.pokeDue()
}

// cancel drops what was planned for an object.
func (p *portfolio) cancel(what, id string) {
	p.Due = slices.DeleteFunc(p.Due, func(d due) bool { return d.What == what && d.ID == id })
}

// settle lets happen what is due by now, in its order; the caller holds mu.
func (s *Sandbox) settle() {
	p := s.st.portfolio
	now := s.nowLocked()
	for len(p.Due) > 0 && !p.Due[0].At.After(now) {
		d := p.Due[0]
		p.Due = slices.Clone(p.Due[1:])
		s.happen(d)
		s.changed()
	}
}

// happen does what was planned.
func (s *Sandbox) happen(d due) {
	switch d.What {
	case dueReview, dueUnpause, dueDelete, dueCategory, dueArchive:
		s.templateDue(d)
	case dueName:
		if n := s.st.numbers[d.ID]; n != nil {
			s.decideName(n, "APPROVED", "")
		}
	case duePacing:
		s.judge(d.ID)
	}
}

// pokeDue makes runDue look again: something was planned, or the clock moved.
func (s *Sandbox) pokeDue() {
	select {
	case s.duePoke <- struct{}{}:
	default:
	}
}

// runDue settles when it is time, until ctx ends.
func (s *Sandbox) runDue(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.duePoke:
		case <-timer.C:
		}
		s.mu.Lock()
		s.settle()
		wait := time.Hour
		if all := s.st.portfolio.Due; len(all) > 0 {
			wait = max(time.Millisecond, min(wait, all[0].At.Sub(s.nowLocked())))
		}
		s.mu.Unlock()
		timer.Reset(wait)
	}
}
