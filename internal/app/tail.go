package app

import (
	"context"
	"log/slog"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
)

// tail follows the journal's end for this process alone: what every node keeps
// in memory is read anew when the journal says that it changed. It has no
// cursor in the database, since a node that starts reads everything anyway.
type tail struct {
	runner  txn.Runner
	journal interface {
		Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error)
		End(tx txn.Tx) (journal.Cursor, error)
	}
	signal *journal.Signal
	heard  func(ctx context.Context, f journal.Fact) error
	begin  func(ctx context.Context) error // once the end is known from which facts are heard
	second func(ctx context.Context) error // once a second, whatever happened
	log    *slog.Logger
}

const (
	// tailBatch is how many facts are read at once.
	tailBatch = 500
	// tailRest is the least time between two looks: one query for what a busy
	// house commits meanwhile.
	tailRest = 20 * time.Millisecond
)

func (t *tail) run(ctx context.Context) error {
	var cursor journal.Cursor
	err := t.runner.Read(ctx, func(tx txn.Tx) (err error) {
		cursor, err = t.journal.End(tx)
		return err
	})
	if err == nil {
		err = t.begin(ctx) // what changed between this node's first look and now
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		changed := t.signal.Wait()
		for t.read(ctx, &cursor) == tailBatch {
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			rest := time.NewTimer(tailRest)
			select {
			case <-rest.C:
			case <-ctx.Done():
				rest.Stop()
				return nil
			}
		case <-tick.C:
			if err := t.second(ctx); err != nil && ctx.Err() == nil {
				t.log.Warn("what this process remembers could not be read anew", "err", err)
			}
		}
	}
}

// read hears the facts behind the cursor and moves it. A fact that cannot be
// heard now is heard again at the next turn.
func (t *tail) read(ctx context.Context, cursor *journal.Cursor) int {
	var facts []journal.Fact
	err := t.runner.Read(ctx, func(tx txn.Tx) (err error) {
		facts, err = t.journal.Next(tx, *cursor, tailBatch)
		return err
	})
	for _, f := range facts {
		if err = t.heard(ctx, f); err != nil {
			break
		}
		*cursor = f.Cursor
	}
	if err != nil {
		if ctx.Err() == nil {
			t.log.Warn("the journal could not be followed, trying again", "err", err)
		}
		return 0
	}
	return len(facts)
}
