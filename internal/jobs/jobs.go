// Package jobs is background work that is transactional with what caused it:
// a job is enqueued in the transaction of the change it follows from, is worked
// on after the commit, at least once, and can end in the same transaction as
// its effects, which makes them happen exactly once. DESIGN.md tells the
// mechanism and why there is one of our own.
//
// A job is a row: a kind, and the subject that it works on (a media id, a
// number id). It carries no payload; the noun reads what is true when it runs.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Kind names what is to be done: "media.fetch". Kinds are stored; never rename one.
type Kind string

// Job is one piece of work. There is one row per kind and subject.
type Job struct {
	ID          int64 // set by the store
	WorkspaceID wa.WorkspaceID
	Kind        Kind
	Subject     int64
	Due         time.Time // not before; zero: now
	Attempt     int       // 1 in the first run
	CreatedAt   time.Time
}

// Failed is a job that was given up. It stays until its kind and subject are
// enqueued again, which starts it anew.
type Failed struct {
	Job
	Error string // of the last run
}

// Count is how many jobs of a kind are in a state: "waiting", "running" or "failed".
type Count struct {
	Kind  Kind
	State string
	Jobs  int64
}

// Work is how jobs of one kind are done.
type Work struct {
	Kind Kind
	// Do does one job. It must end soon after ctx does. nil removes the job; an
	// error runs it again later, unless it is permanent (see Permanent).
	Do func(ctx context.Context, run *Run) error
	// Failed is told, in the transaction that gives a job up, that it will not
	// be tried again, so that the noun can record it; nil: nobody is told.
	Failed func(tx txn.Tx, job Job, cause error) error
	// Attempts is after how many runs a job is given up; 0: 10.
	Attempts int
	// First is the wait after the first failure; it doubles up to Most, with
	// jitter. 0: one second and one hour.
	First, Most time.Duration
}

func (w Work) orDefault() Work {
	if w.Attempts == 0 {
		w.Attempts = 10
	}
	if w.First == 0 {
		w.First = time.Second
	}
	if w.Most == 0 {
		w.Most = time.Hour
	}
	return w
}

// wait is how long to wait after a failed attempt: doubled each time, then
// spread over half to one and a half of that by spread (0 to 1).
func (w Work) wait(attempt int, spread float64) time.Duration {
	d := w.Most
	if shift := attempt - 1; shift < 30 && w.First<<shift > 0 {
		d = min(w.First<<shift, w.Most)
	}
	return time.Duration(float64(d) * (0.5 + spread))
}

// Run is a job under way.
type Run struct {
	Job
	store Store
}

// ErrLost says that the job is no longer this run's: its lease ran out and
// somebody else has it. Whatever was done in the same transaction must not stand.
var ErrLost = errors.New("job: the lease was lost to another run")

// Complete ends the job inside the transaction that holds its effects: both
// stand or neither. It answers ErrLost when the job is no longer this run's;
// the caller then returns that error, so that its transaction is rolled back.
func (r *Run) Complete(tx txn.Tx) error {
	done, err := r.store.Complete(tx, r.Job)
	if err == nil && !done {
		err = ErrLost
	}
	return err
}

// Permanent marks an error that another try would meet again. Faults that blame
// the request (invalid, not found, forbidden, too large) are permanent by themselves.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ cause error }

func (p *permanent) Error() string { return p.cause.Error() }
func (p *permanent) Unwrap() error { return p.cause }

// After marks an error of somebody who said when to come back; the wait is at
// least that, and counts as an attempt.
func After(wait time.Duration, err error) error { return &after{wait, err} }

type after struct {
	wait  time.Duration
	cause error
}

func (a *after) Error() string { return a.cause.Error() }
func (a *after) Unwrap() error { return a.cause }

// IsPermanent reports whether a job that ended so would meet the error again.
func IsPermanent(err error) bool {
	var p *permanent
	if errors.As(err, &p) {
		return true
	}
	for _, kind := range []fault.Kind{fault.Invalid, fault.NotFound, fault.Forbidden, fault.TooLarge} {
		if fault.Is(err, kind) {
			return true
		}
	}
	return false
}

// safely is Do with a panic as an error, so that one job cannot end the program.
func (w Work) safely(ctx context.Context, run *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return w.Do(ctx, run)
}
