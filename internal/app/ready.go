package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kontor/internal/api"
	"kontor/internal/journal"
	"kontor/internal/wa"
)

// startup bounds how long the start may keep Kontor from being ready: templates
// that cannot be read for so long do not hold up the messages (S4-5).
const startup = 6 * time.Minute

// readiness is what must have happened since the start before traffic is taken.
type readiness struct {
	mu        sync.Mutex
	started   time.Time
	listening bool
	backlog   journal.Cursor            // end of what was stored before the start
	waiting   map[wa.NumberID]error     // numbers whose templates were not read yet, and why
	again     map[wa.NumberID]time.Time // numbers that were connected anew since, and when: see onprem.go
}

func (r *readiness) begin(now time.Time, backlog journal.Cursor, numbers []*wa.Number) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started, r.listening, r.backlog = now, true, backlog
	r.waiting = map[wa.NumberID]error{}
	for _, n := range numbers {
		if n.State == wa.NumberActive {
			r.waiting[n.ID] = errors.New("not asked yet")
		}
	}
}

func (r *readiness) templatesTried(id wa.NumberID, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		delete(r.again, id)
	}
	if _, waits := r.waiting[id]; !waits {
		return
	}
	if err == nil {
		delete(r.waiting, id)
	} else {
		r.waiting[id] = err
	}
}

// templatesRead takes out numbers whose templates some node has read: open are
// the numbers for which that is still to be done.
func (r *readiness) templatesRead(open map[int64]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.waiting {
		if !open[int64(id)] {
			delete(r.waiting, id)
		}
	}
}

// waits reports whether the templates of a number were not read yet.
func (r *readiness) waits() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.waiting) > 0
}

func (r *readiness) templates(now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.listening {
		return errors.New("starting")
	}
	if now.Sub(r.started) > startup {
		return nil
	}
	for id, err := range r.waiting {
		return fmt.Errorf("the templates of number %s are not loaded: %w", id, err)
	}
	return nil
}

// checks are the named conditions of /readyz.
func (r *readiness) checks(a *App) []api.Check {
	return []api.Check{
		// The schema is brought up to date before anything listens, so an answer
		// of the database means that it was migrated.
		{Name: "database", Ready: a.store.Ping},
		{Name: "templates", Ready: func(context.Context) error { return r.templates(time.Now()) }},
		{Name: "backlog", Ready: func(context.Context) error { return r.worked(time.Now(), a.greeting) }},
	}
}

// worked tells whether a reader has come through what was stored before the
// start. What arrived since does not count: under traffic there is always more.
func (r *readiness) worked(now time.Time, reader *journal.Follower) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.listening {
		return errors.New("starting")
	}
	if seen, began := reader.Seen(); (!began || seen.Before(r.backlog)) && now.Sub(r.started) < startup {
		return errors.New("what was stored before the start is still being worked on")
	}
	return nil
}
