package app

import (
	"context"
	"strings"

	"kontor/internal/account"
	"kontor/internal/callback"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/routing"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Background work that belongs to no noun alone.
const (
	workTemplates jobs.Kind = "templates.sync" // subject: a number of the account
	workNumber    jobs.Kind = "number.refresh" // subject: the number
)

func (a *App) works() {
	a.jobs.Handle(a.media.FetchWork())
	a.jobs.Handle(a.sweepWork())
	for _, w := range a.Accounts.LetterWorks() {
		a.jobs.Handle(w)
	}
	a.jobs.Handle(jobs.Work{Kind: workTemplates, Do: a.onNumber(func(ctx context.Context, n *wa.Number) error {
		if n.WABAID == "" {
			// S1's answers file may leave the account out; its templates cannot be
			// asked for then, and whoever sends one is told that it is unknown.
			a.ready.templatesTried(n.ID, nil)
			return nil
		}
		_, err := a.Templates.Sync(ctx, n)
		a.ready.templatesTried(n.ID, err)
		return err
	})})
	a.jobs.Handle(jobs.Work{Kind: workNumber, Do: a.onNumber(func(ctx context.Context, n *wa.Number) error {
		return a.Numbers.Refresh(ctx, n.ID)
	})})
}

// onNumber makes a job of work on a number; one that is gone is done with.
func (a *App) onNumber(do func(ctx context.Context, n *wa.Number) error) func(context.Context, *jobs.Run) error {
	return func(ctx context.Context, run *jobs.Run) error {
		n, ok := a.Numbers.ByID(wa.NumberID(run.Job.Subject))
		if !ok {
			return nil
		}
		return do(ctx, n)
	}
}

// enqueue asks for work on a number in the transaction of what causes it.
func (a *App) enqueue(tx txn.Tx, kind jobs.Kind, n *wa.Number) error {
	return a.jobs.Enqueue(tx, jobs.Job{WorkspaceID: n.WorkspaceID, Kind: kind, Subject: int64(n.ID)})
}

// refresh asks WhatsApp anew about a number and its templates.
func (a *App) refresh(ctx context.Context, numbers ...*wa.Number) error {
	err := a.runner().Write(ctx, func(tx txn.Tx) error {
		for _, n := range numbers {
			if err := a.enqueue(tx, workNumber, n); err != nil {
				return err
			}
			if err := a.enqueue(tx, workTemplates, n); err != nil {
				return err
			}
		}
		return nil
	})
	a.jobs.Wake()
	return err
}

// syncTemplates has a workspace's catalogue read anew.
func (a *App) syncTemplates(ctx context.Context, ws wa.WorkspaceID) error {
	return a.refresh(ctx, a.Numbers.Of(ws)...)
}

// noticed is intake's hook for changes that are neither messages nor statuses:
// what they tell is asked of WhatsApp again, so that their order does not matter
// and a shape that is new tomorrow is understood as well.
func (a *App) noticed(tx txn.Tx, n inbox.Noted) error {
	about := callback.Notice{ID: n.ID, WorkspaceID: n.WorkspaceID, NumberID: n.NumberID, WABAID: n.WABAID, Field: n.Field}
	if err := a.Callbacks.Noticed(tx, about); err != nil {
		return err
	}
	var kind jobs.Kind
	switch {
	case strings.HasPrefix(n.Field, "message_template_"), n.Field == "template_category_update":
		kind = workTemplates
	case strings.HasPrefix(n.Field, "phone_number_"), strings.HasPrefix(n.Field, "account_"), n.Field == "business_capability_update":
		kind = workNumber
	default:
		return nil
	}
	for _, number := range a.Numbers.Of(n.WorkspaceID) {
		if number.WABAID == n.WABAID && (n.NumberID == 0 || n.NumberID == number.ID) {
			if err := a.enqueue(tx, kind, number); err != nil {
				return err
			}
		}
	}
	return nil
}

// heard keeps what this process remembers up to date with the journal.
func (a *App) heard(ctx context.Context, f journal.Fact) error {
	switch f.Kind {
	case journal.NumberChanged:
		if err := a.Numbers.Reload(ctx); err != nil {
			return err
		}
		a.Outbox.Wake(f.NumberID)
		return a.numberHeard(ctx, f)
	case routing.TeamRouting, account.FactPerson:
		return a.known.reload(ctx) // whose conversations come to which team, and who is gone
	case journal.TemplateChanged:
		a.Templates.Invalidate(f.WorkspaceID)
	}
	return nil
}
