package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kontor/internal/api"
	"kontor/internal/txn"
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
	waiting   map[wa.NumberID]error // numbers whose templates were not read yet, and why
}

func (r *readiness) begin(now time.Time, numbers []*wa.Number) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started, r.listening = now, true
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
	if _, waits := r.waiting[id]; !waits {
		return
	}
	if err == nil {
		delete(r.waiting, id)
	} else {
		r.waiting[id] = err
	}
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
		{Name: "backlog", Ready: func(ctx context.Context) error {
			behind, err := a.behind(ctx)
			if err != nil {
				return err
			}
			if behind && time.Since(r.start()) < startup {
				return errors.New("what was stored before the start is still being worked on")
			}
			return nil
		}},
	}
}

func (r *readiness) start() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.started
}

// behind reports whether readers of the journal have not come to its end yet.
func (a *App) behind(ctx context.Context) (behind bool, err error) {
	err = a.store.Read(ctx, func(tx txn.Tx) error {
		at, began, err := a.store.Journal().Position(tx, greetingReader)
		if err != nil || !began {
			behind = !began
			return err
		}
		end, err := a.store.Journal().End(tx)
		behind = at.Before(end)
		return err
	})
	return behind, err
}
