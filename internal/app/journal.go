package app

import (
	"context"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Replay takes kept webhooks in again: see webhook.Door.Replay.
func (a *App) Replay(ctx context.Context, s inbox.Span) (inbox.Replayed, error) {
	return a.door.Replay(ctx, a.Inbox, s)
}

// Fact is one thing that happened.
type Fact = journal.Fact

// TailOptions choose facts.
type TailOptions struct {
	Workspace wa.WorkspaceID // zero: of all
	Last      int            // how many to begin with; 0: all
	Follow    bool           // go on until the context ends
}

// Tail hands facts to heard, in their order. Following, it looks every
// half second, so that it may run beside the product; it ends with ctx's error.
func (a *App) Tail(ctx context.Context, o TailOptions, heard func(Fact) error) error {
	var cursor journal.Cursor
	if o.Last > 0 {
		var err error
		if cursor, err = a.before(ctx, o); err != nil {
			return err
		}
	}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		var page []journal.Fact
		err := a.store.Read(ctx, func(tx txn.Tx) (err error) {
			page, err = a.store.Journal().NextOf(tx, int64(o.Workspace), cursor, tailBatch)
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range page {
			if err := heard(f); err != nil {
				return err
			}
			cursor = f.Cursor
		}
		switch {
		case len(page) == tailBatch:
			continue
		case !o.Follow:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// before is the place in front of the last facts.
func (a *App) before(ctx context.Context, o TailOptions) (c journal.Cursor, err error) {
	err = a.store.Read(ctx, func(tx txn.Tx) (err error) {
		c, err = a.store.Journal().Before(tx, int64(o.Workspace), o.Last)
		return err
	})
	return c, err
}
