package app

import (
	"context"
	"time"

	"kontor/internal/config"
	"kontor/internal/jobs"
	"kontor/internal/store"
	"kontor/internal/txn"
)

// workSweep removes what is too old, once a day on one node. Its subject is
// always the same, so that there is one such job in a database.
const (
	workSweep    jobs.Kind = "retention.sweep"
	sweepSubject           = 1
	sweepEvery             = 24 * time.Hour
)

// What nobody sets: an idempotency key is good for a week, a status waits a
// month for its message, and the daily counters are of use for a month.
const (
	keepIdempotency = 7
	keepWaiting     = 30
	keepUsage       = 30
	keepTold        = 8 // longer than a delivery is tried, from when on its body is kept
)

// limits are the moments before which rows go. Settings of 0 mean for ever, but
// for webhooks: those are kept for no time at all.
func limits(c *config.Config, now time.Time) store.Limits {
	ago := func(days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }
	l := store.Limits{Webhooks: ago(c.WebhookDays), Idempotency: ago(keepIdempotency), Waiting: ago(keepWaiting), Usage: ago(keepUsage), Told: ago(keepTold)}
	if c.FactDays > 0 {
		l.Facts = ago(c.FactDays)
	}
	if c.QuarantineDays > 0 {
		l.Quarantine = ago(c.QuarantineDays)
	}
	return l
}

func (a *App) sweepWork() jobs.Work {
	return jobs.Work{
		Kind: workSweep,
		Do: func(ctx context.Context, run *jobs.Run) error {
			done, err := a.store.Sweep(ctx, limits(a.Config, time.Now()))
			if done != (store.Swept{}) {
				a.log.Info("removed what was too old", "facts", done.Facts, "webhook_rows", done.Webhooks, "idempotency_keys", done.Idempotency,
					"waiting", done.Waiting, "daily_counters", done.Usage, "quarantined", done.Quarantine, "told", done.Told)
			}
			if err != nil {
				return err
			}
			if err := a.sweepDeliveries(ctx); err != nil {
				return err
			}
			return a.runner().Write(ctx, func(tx txn.Tx) error {
				if err := run.Complete(tx); err != nil {
					return err
				}
				return a.sweepLater(tx)
			})
		},
		Failed: func(tx txn.Tx, _ jobs.Job, _ error) error { return a.sweepLater(tx) },
	}
}

// sweepLater asks for the next sweep; one that is due earlier stays as it is.
func (a *App) sweepLater(tx txn.Tx) error {
	return a.jobs.Enqueue(tx, jobs.Job{WorkspaceID: a.Workspace.ID, Kind: workSweep, Subject: sweepSubject, Due: time.Now().Add(sweepEvery)})
}
