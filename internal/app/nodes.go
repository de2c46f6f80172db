package app

import (
	"context"

	"kontor/internal/inbox"
	"kontor/internal/store"
	"kontor/internal/telemetry"
)

// told wakes whoever waits for what was committed, on this node or on another
// one of the same database. It is called by the writers and must not block.
func (a *App) told(n store.News) {
	if n.Facts || n.All {
		a.signal.Notify()
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
