package jobs

import (
	"context"
	"log/slog"
	"time"

	"kontor/internal/txn"
)

// Forward brings jobs forward whose time has come by another clock than theirs.
// Jobs are due by the real time; a noun's rules may go by a time that jumps, as a
// sandbox's can be moved. Where nothing moves the clock, nobody needs it.
type Forward struct {
	Runner txn.Runner
	// Overdue are jobs whose time has come by the noun's clock and whose work is
	// still to be done, some at a time; they become due at once.
	Overdue func(tx txn.Tx) ([]Job, error)
	Enqueue func(tx txn.Tx, job Job) error
	Wake    func() // nil: the jobs are found with the next poll
	Log     *slog.Logger
}

// forwardEvery is how often the noun's clock is looked at.
const forwardEvery = 250 * time.Millisecond

// Run looks until ctx ends, and returns nil then.
func (f Forward) Run(ctx context.Context) error {
	tick := time.NewTicker(forwardEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := f.Once(ctx); err != nil && ctx.Err() == nil {
			f.Log.Warn("overdue jobs could not be brought forward, trying again", "err", err)
		}
	}
}

// Once looks one time.
func (f Forward) Once(ctx context.Context) error {
	var overdue []Job
	err := f.Runner.Read(ctx, func(tx txn.Tx) (err error) { // looking costs no commit
		overdue, err = f.Overdue(tx)
		return err
	})
	if err != nil || len(overdue) == 0 {
		return err
	}
	err = f.Runner.Write(ctx, func(tx txn.Tx) error {
		for _, job := range overdue {
			job.Due = time.Time{}
			if err := f.Enqueue(tx, job); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && f.Wake != nil {
		f.Wake()
	}
	return err
}
