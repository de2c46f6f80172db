package app

import (
	"context"

	"kontor/internal/inbox"
	"kontor/internal/presence"
	"kontor/internal/store"
	"kontor/internal/telemetry"
	"kontor/internal/txn"
)

// told wakes whoever waits for what was committed, on this node or on another
// one of the same database. It is called by the writers and must not block.
func (a *App) told(n store.News) {
	if n.Facts || n.All {
		a.signal.Notify()
	}
	for _, p := range n.Present {
		a.presence.Hear(presence.Word{Workspace: p.Workspace, Conversation: p.Conversation, Person: p.Person, State: presence.State(p.State)})
	}
	if n.Jobs || n.All {
		a.jobs.Wake()
	}
	for _, id := range n.Numbers {
		a.Outbox.Wake(id)
	}
	if n.All {
		for _, number := range a.Numbers.All() {
			a.Outbox.Wake(number.ID)
		}
	}
}

// second is done once a second: what this node remembers and no fact tells of,
// and what another node did for it.
func (a *App) second(ctx context.Context) error {
	if err := a.known.reload(ctx); err != nil || !a.ready.waits() {
		return err
	}
	var open map[int64]bool
	err := a.store.Read(ctx, func(tx txn.Tx) (err error) {
		open, err = a.store.Jobs().Open(tx, workTemplates)
		return err
	})
	if err == nil {
		a.ready.templatesRead(open)
	}
	return err
}

// countedIntake counts the customers' messages that this node took in: each
// once, on whatever node it came.
type countedIntake struct {
	*inbox.Inbox
	meter *telemetry.Meter
}

// Take implements webhook.Intake.
func (c countedIntake) Take(ctx context.Context, d *inbox.Delivery) error {
	err := c.Inbox.Take(ctx, d)
	if err == nil {
		for n := range d.Fresh { // those of one webhook were signed for one account
			c.meter.Received(d.Received[n].Number.WorkspaceID)
		}
	}
	return err
}
