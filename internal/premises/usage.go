package premises

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Call is how often a call was used at a number: names only, no contents.
type Call struct {
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	Name        string // "POST /v1/messages text"
	Note        string // empty, or a member that had no effect: "ttl"
	Count       int64
	Failed      int64 // of these, how many were refused
	First, Last time.Time
}

type callKey struct {
	ws     wa.WorkspaceID
	number wa.NumberID
	name   string
	note   string
}

// usageKept bounds what is counted between two flushes, since names hold what
// clients sent: more kinds of calls than this are not told apart.
const usageKept = 2000

// usage counts in memory; Flush writes it down, so that a send costs no write more.
type usage struct {
	mu *sync.Mutex
	by map[callKey]*Call
}

func newUsage() usage { return usage{&sync.Mutex{}, map[callKey]*Call{}} }

// Used counts one call with what of it had no effect.
func (b *Book) Used(f Facade, name string, failed bool, notes []string) {
	b.usage.mu.Lock()
	defer b.usage.mu.Unlock()
	now := b.Now()
	b.usage.add(f, name, "", failed, now)
	for _, note := range notes {
		b.usage.add(f, name, note, failed, now)
	}
}

func (u usage) add(f Facade, name, note string, failed bool, now time.Time) {
	k := callKey{f.WorkspaceID, f.NumberID, name, note}
	c := u.by[k]
	if c == nil {
		if len(u.by) >= usageKept {
			return
		}
		c = &Call{WorkspaceID: f.WorkspaceID, NumberID: f.NumberID, Name: name, Note: note, First: now}
		u.by[k] = c
	}
	c.Count++
	c.Last = now
	if failed {
		c.Failed++
	}
}

// Flush writes the counters down.
func (b *Book) Flush(ctx context.Context) error {
	b.usage.mu.Lock()
	calls := make([]Call, 0, len(b.usage.by))
	for _, c := range b.usage.by {
		calls = append(calls, *c)
	}
	clear(b.usage.by)
	b.usage.mu.Unlock()
	if len(calls) == 0 {
		return nil
	}
	// Always in the same order, so that two nodes do not lock each other out.
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.NumberID, b.NumberID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Note, b.Note))
	})
	return b.Runner.Write(ctx, func(tx txn.Tx) error { return b.Store.Count(tx, calls) })
}

// Run flushes the counters every few seconds and removes what is old every
// hour, until ctx ends; then it flushes once more.
func (b *Book) Run(ctx context.Context) error {
	flush, sweep := time.NewTicker(5*time.Second), time.NewTicker(time.Hour)
	defer flush.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return b.Flush(context.WithoutCancel(ctx))
		case <-flush.C:
			if err := b.Flush(ctx); err != nil && ctx.Err() == nil {
				b.Log.Warn("the counters of On-Premises calls could not be stored; those of the last seconds are lost", "err", err)
			}
		case <-sweep.C:
			if err := b.Sweep(ctx); err != nil && ctx.Err() == nil {
				b.Log.Warn("old tokens and refusals could not be removed, trying again in an hour", "err", err)
			}
		}
	}
}

// Calls are what was used at a number, most used first.
func (b *Book) Calls(ctx context.Context, f Facade) (calls []Call, err error) {
	if err := b.Flush(ctx); err != nil {
		return nil, err
	}
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		calls, err = b.Store.Calls(tx, f.WorkspaceID, f.NumberID)
		return err
	})
	return calls, err
}
