package routing

import (
	"context"
	"slices"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// moves are the facts after which somebody waits, or has room again.
var moves = []journal.Kind{
	journal.ConversationOpened, journal.ConversationReleased, journal.ConversationWoken,
	journal.ConversationClosed, journal.ConversationSnoozed, journal.ConversationAssigned,
}

// Reader has a pass made in every workspace where something happened that may
// bring somebody who waits to somebody with room. Changes of rules and of who is
// there enqueue it themselves.
func (r *Router) Reader() journal.Reader {
	return journal.Reader{Name: "routing", Kinds: slices.Concat(moves, r.Staffing), FromEnd: true, Handle: func(tx txn.Tx, facts []journal.Fact) error {
		for _, ws := range workspaces(facts) {
			if err := r.Jobs.Enqueue(tx, jobs.Job{WorkspaceID: ws, Kind: WorkHandOut, Subject: int64(ws)}); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Followed is the journal as Reader reads it: facts of workspaces where nobody
// waits for being given to somebody are of no kind, so that they move nothing
// but the place in memory; where no team is handed out, the page is not even read.
func (r *Router) Followed(store journal.Store) journal.Store { return followed{store, r} }

type followed struct {
	journal.Store
	r *Router
}

// Next implements journal.Store. What is looked at is looked at after the facts:
// whoever begins to wait later has a fact that comes later.
func (f followed) Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error) {
	end, err := f.End(tx)
	if err != nil {
		return nil, err
	}
	routed, err := f.r.Store.Routed(tx)
	if err != nil {
		return nil, err
	}
	if len(routed) == 0 {
		if !after.Before(end) {
			return nil, nil
		}
		return []journal.Fact{{Cursor: end}}, nil
	}
	facts, err := f.Store.Next(tx, after, limit)
	if err != nil {
		return nil, err
	}
	var stirred []journal.Fact
	for i := range facts {
		if !f.r.stirs(facts[i]) {
			facts[i].Kind = ""
			continue
		}
		stirred = append(stirred, facts[i])
	}
	waiting, err := f.r.Store.Waiting(tx, workspaces(stirred))
	for i, fact := range facts {
		if !slices.ContainsFunc(waiting, func(q Queued) bool { return q.WorkspaceID == fact.WorkspaceID }) {
			facts[i].Kind = ""
		}
	}
	return facts, err
}

// stirs reports whether a fact may bring somebody who waits to somebody with
// room. What was handed out brings nobody.
func (r *Router) stirs(f journal.Fact) bool {
	switch {
	case slices.Contains(r.Staffing, f.Kind):
		return true
	case f.Kind == journal.ConversationAssigned:
		return f.Detail == "" // by hand: it may have been somebody else's
	}
	return slices.Contains(moves, f.Kind)
}

// workspaces are those of facts, each once.
func workspaces(facts []journal.Fact) (all []wa.WorkspaceID) {
	for _, f := range facts {
		if !slices.Contains(all, f.WorkspaceID) {
			all = append(all, f.WorkspaceID)
		}
	}
	return all
}

// Watch makes passes when the clock by which rules go jumps, as the sandbox's
// can: a team may be there then. It returns nil when ctx ends.
func (r *Router) Watch(ctx context.Context) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	lead := time.Until(r.Now())
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := time.Until(r.Now())
		if (now - lead).Abs() < time.Second {
			continue
		}
		if err := r.everywhere(ctx); err != nil {
			if ctx.Err() == nil {
				r.Log.Warn("the clock jumped and queues could not be handed out, trying again", "err", err)
			}
			continue
		}
		lead = now
	}
}

func (r *Router) everywhere(ctx context.Context) error {
	return r.Runner.Write(ctx, func(tx txn.Tx) error {
		all, err := r.Store.Routed(tx)
		if err != nil {
			return err
		}
		for _, ws := range all {
			if err := r.soon(tx, ws); err != nil {
				return err
			}
		}
		return nil
	})
}
