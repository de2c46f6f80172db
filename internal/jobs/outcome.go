package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"kontor/internal/txn"
)

// do runs one job and stores what became of it.
func (r *Runner) do(work context.Context, job Job) {
	w := r.works[job.Kind]
	log := r.o.Log.With("job", job.Kind, "subject", job.Subject, "attempt", job.Attempt)
	ctx, cancel := context.WithCancelCause(work)
	defer cancel(nil)
	run := &Run{Job: job, store: r.store}
	r.mu.Lock()
	r.running[job.ID] = &under{run, cancel}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.running, job.ID)
		r.mu.Unlock()
	}()

	var err error
	if job.Attempt > w.Attempts {
		err = Permanent(fmt.Errorf("the program ended during each of %d runs", w.Attempts))
	} else {
		err = w.safely(ctx, run)
	}
	switch cause := context.Cause(ctx); {
	case err == nil:
	case errors.Is(cause, ErrLost), errors.Is(err, ErrLost):
		log.Warn("a job was lost to another run; nothing of this one stands", "err", err)
		return
	case errors.Is(cause, errStopping):
		r.keep(log, func(tx txn.Tx) error { return r.store.Release(tx, job, r.o.Now()) })
		return
	}
	r.keep(log, func(tx txn.Tx) error { return r.settle(tx, w, job, err) })
	r.report(log, w, job, err)
}

// settle stores the outcome of a run.
func (r *Runner) settle(tx txn.Tx, w Work, job Job, err error) error {
	switch {
	case err == nil:
		_, err = r.store.Complete(tx, job) // not done: the run completed it itself
		return err
	case IsPermanent(err) || job.Attempt >= w.Attempts:
		done, gerr := r.store.GiveUp(tx, job, err.Error())
		if gerr != nil || !done || w.Failed == nil {
			return gerr
		}
		return w.Failed(tx, job, err)
	}
	wait := w.wait(job.Attempt, rand.Float64())
	var a *after
	if errors.As(err, &a) {
		wait = max(wait, a.wait)
	}
	_, err = r.store.Retry(tx, job, r.o.Now().Add(wait), err.Error())
	return err
}

func (r *Runner) report(log *slog.Logger, w Work, job Job, err error) {
	switch {
	case err == nil:
		log.Debug("job done")
	case IsPermanent(err) || job.Attempt >= w.Attempts:
		log.Error("job given up", "err", err)
	default:
		log.Warn("job failed, will be tried again", "err", err)
	}
}

// keep writes an outcome. When even that fails, the lease runs out and the
// job is done again: at least once is what was promised.
func (r *Runner) keep(log *slog.Logger, f func(tx txn.Tx) error) {
	// Not under the job's context: the outcome of a canceled run is worth keeping too.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.runner.Write(ctx, f); err != nil {
		log.Error("the outcome of a job could not be stored; it runs again after its lease", "err", err)
	}
}
