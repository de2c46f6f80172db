package routing

import (
	"context"
	"slices"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Queue is where conversations wait and are given away; the inbox keeps it.
type Queue interface {
	// Longest returns up to as many conversations of each team's queue as asked,
	// those that wait longest, and holds them until the transaction ends: nobody
	// else takes, moves or closes them meanwhile.
	Longest(tx txn.Tx, ws wa.WorkspaceID, asked map[wa.TeamID]int) ([]Waiting, error)
	// Give gives away what this transaction holds.
	Give(tx txn.Tx, ws wa.WorkspaceID, gifts []Gift) error
	// Load is how many open conversations people have, but for the snoozed.
	Load(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]int, error)
}

// Passes is what handing out reads and writes beside the queue.
type Passes interface {
	// HoldRules has transactions that hand out in a workspace, or change by what
	// it is done, come one after the other.
	HoldRules(tx txn.Tx, ws wa.WorkspaceID) error
	// Present are the members of a workspace's teams who may take conversations
	// and are there, by team and person. They stay in until the transaction ends.
	Present(tx txn.Tx, ws wa.WorkspaceID) ([]Member, error)
	// SetTurns writes who got the last one.
	SetTurns(tx txn.Tx, ws wa.WorkspaceID, turns map[wa.TeamID]wa.PersonID) error
	// Waiting are those teams of these workspaces whose queue is to be handed out
	// and not empty.
	Waiting(tx txn.Tx, workspaces []wa.WorkspaceID) ([]Queued, error)
	// Routed are the workspaces with a team whose queue is to be handed out.
	Routed(tx txn.Tx) ([]wa.WorkspaceID, error)
}

// Queued is a team for which somebody waits.
type Queued struct {
	WorkspaceID wa.WorkspaceID
	TeamID      wa.TeamID
}

// WorkHandOut is the job that hands out; its subject is the workspace.
const WorkHandOut jobs.Kind = "queue.handout"

// batch is how many conversations of a team one transaction gives away.
const batch = 200

// soon has a pass made, if anybody waits: one job of the workspace, however many ask.
func (r *Router) soon(tx txn.Tx, ws wa.WorkspaceID) error {
	waiting, err := r.Store.Waiting(tx, []wa.WorkspaceID{ws})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return r.Jobs.Enqueue(tx, jobs.Job{WorkspaceID: ws, Kind: WorkHandOut, Subject: int64(ws)})
}

// Work is how queues are handed out: set by set, until nobody is left who waits
// for somebody with room. The last set ends the job in its transaction.
func (r *Router) Work() jobs.Work {
	return jobs.Work{Kind: WorkHandOut, Most: time.Minute, Do: func(ctx context.Context, run *jobs.Run) error {
		for more := true; more; {
			err := r.Runner.Write(ctx, func(tx txn.Tx) (err error) {
				if more, err = r.pass(tx, run.WorkspaceID); err != nil || more {
					return err
				}
				return run.Complete(tx)
			})
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

// pass hands out once; more tells that there may be more to hand out.
func (r *Router) pass(tx txn.Tx, ws wa.WorkspaceID) (more bool, err error) {
	if err := r.Store.HoldRules(tx, ws); err != nil {
		return false, err
	}
	crews, opens, err := r.crews(tx, ws)
	if err != nil {
		return false, err
	}
	if !opens.IsZero() {
		// Jobs go by the real time, rules by r.Now.
		due := time.Now().Add(opens.Sub(r.Now()))
		if err := r.Jobs.Enqueue(tx, jobs.Job{WorkspaceID: ws, Kind: WorkHandOut, Subject: int64(ws), Due: due}); err != nil {
			return false, err
		}
	}
	if len(crews) == 0 {
		return false, nil
	}
	load, err := r.Queue.Load(tx, ws)
	if err != nil {
		return false, err
	}
	asked := map[wa.TeamID]int{}
	for id, c := range crews {
		if n := c.rooms(load); n > 0 {
			asked[id] = min(n, batch)
		}
	}
	if len(asked) == 0 {
		return false, nil
	}
	waiting, err := r.Queue.Longest(tx, ws, asked)
	if err != nil {
		return false, err
	}
	full := filled(waiting, asked)
	gifts := deal(waiting, crews, load)
	if len(gifts) == 0 {
		return false, nil
	}
	if err := r.Queue.Give(tx, ws, gifts); err != nil {
		return false, err
	}
	turns := map[wa.TeamID]wa.PersonID{}
	for id, c := range crews {
		turns[id] = c.Last
	}
	return full, r.Store.SetTurns(tx, ws, turns)
}

// filled reports whether a team has as many waiting as one transaction takes.
func filled(waiting []Waiting, asked map[wa.TeamID]int) bool {
	count := map[wa.TeamID]int{}
	for _, w := range waiting {
		count[w.Team]++
	}
	for id, n := range count {
		if n == batch && asked[id] == batch {
			return true
		}
	}
	return false
}

// crews are those of the teams for which somebody waits, and which are there;
// opens is when the first of the others is.
func (r *Router) crews(tx txn.Tx, ws wa.WorkspaceID) (crews map[wa.TeamID]*crew, opens time.Time, err error) {
	queued, err := r.Store.Waiting(tx, []wa.WorkspaceID{ws})
	if err != nil || len(queued) == 0 {
		return nil, opens, err
	}
	rules, err := r.Store.Rules(tx, ws)
	if err != nil {
		return nil, opens, err
	}
	now := r.Now()
	crews = map[wa.TeamID]*crew{}
	for _, t := range rules {
		if !slices.Contains(queued, Queued{ws, t.TeamID}) {
			continue
		}
		if t.Hours.Open(now) {
			crews[t.TeamID] = &crew{Team: t}
			continue
		}
		if at := t.Hours.Opens(now); !at.IsZero() && (opens.IsZero() || at.Before(opens)) {
			opens = at
		}
	}
	if len(crews) == 0 {
		return nil, opens, nil
	}
	members, err := r.Store.Present(tx, ws)
	for _, m := range members {
		if c := crews[m.Team]; c != nil {
			c.members = append(c.members, m)
		}
	}
	return crews, opens, err
}
