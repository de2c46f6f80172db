package app

import (
	"context"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/premises"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// collectWorks are the clean-ups for which clients of the On-Premises API ask
// (/v1/services/…/gc). The subject is the number; each ends with a fact.
var collectWorks = map[string]jobs.Kind{"message": "onprem.collect_messages", "media": "onprem.collect_media"}

// collectAttempts is after how many failures a client is told that it failed;
// the daily sweep goes on in any case.
const collectAttempts = 3

// collect asks for a clean-up of what is too old, which is Kontor's retention
// before its time. One that is asked for already is not asked for twice.
func (a *App) collect(ctx context.Context, f premises.Facade, what string) error {
	err := a.runner().Write(ctx, func(tx txn.Tx) error {
		return a.jobs.Enqueue(tx, jobs.Job{WorkspaceID: f.WorkspaceID, Kind: collectWorks[what], Subject: int64(f.NumberID)})
	})
	a.jobs.Wake()
	return err
}

func (a *App) collectWork(what string) jobs.Work {
	tell := func(tx txn.Tx, j jobs.Job, failed bool) error {
		return a.store.Journal().Append(tx, journal.Fact{
			WorkspaceID: j.WorkspaceID, Kind: premises.FactCollected, NumberID: wa.NumberID(j.Subject), Detail: premises.Collected{What: what, Failed: failed}.Detail(), At: time.Now().UTC(),
		})
	}
	return jobs.Work{
		Kind: collectWorks[what], Attempts: collectAttempts,
		Do: func(ctx context.Context, run *jobs.Run) error {
			if _, err := a.store.Sweep(ctx, limits(a.Config, time.Now())); err != nil {
				return err
			}
			return a.runner().Write(ctx, func(tx txn.Tx) error {
				if err := run.Complete(tx); err != nil {
					return err
				}
				return tell(tx, run.Job, false)
			})
		},
		Failed: func(tx txn.Tx, j jobs.Job, _ error) error { return tell(tx, j, true) },
	}
}

// customerChanged is intake's hook for messages that tell of a change of a customer's.
func (a *App) customerChanged(tx txn.Tx, m *wa.Message) error {
	who, err := a.store.Inbox().Contact(tx, m.WorkspaceID, m.ContactID)
	if err != nil {
		return err
	}
	return a.onprem.Hook.KeyChanged(tx, m, who)
}
