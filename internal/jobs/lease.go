package jobs

import (
	"context"
	"time"

	"kontor/internal/txn"
)

// keepLeases extends the leases of what runs here, and cancels what was lost.
func (r *Runner) keepLeases(ctx context.Context) {
	tick := time.NewTicker(r.o.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := r.extend(ctx); err != nil && ctx.Err() == nil {
				r.o.Log.Error("leases of running jobs could not be extended", "err", err)
			}
		}
	}
}

func (r *Runner) extend(ctx context.Context) error {
	r.mu.Lock()
	jobs := make([]Job, 0, len(r.running))
	for _, u := range r.running {
		jobs = append(jobs, u.run.Job)
	}
	r.mu.Unlock()
	if len(jobs) == 0 {
		return nil
	}
	var kept []int64
	err := r.runner.Write(ctx, func(tx txn.Tx) (err error) {
		kept, err = r.store.Extend(tx, jobs, r.o.Now().Add(r.o.Lease))
		return err
	})
	if err != nil {
		return err
	}
	still := make(map[int64]bool, len(kept))
	for _, id := range kept {
		still[id] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, job := range jobs {
		if u, runs := r.running[job.ID]; runs && !still[job.ID] {
			// Lost, or completed by the run itself, which then only tidies up.
			u.cancel(ErrLost)
		}
	}
	return nil
}
