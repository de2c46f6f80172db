package routing

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Agent is what is known of somebody who may be given conversations.
type Agent struct {
	Person      wa.PersonID
	WorkspaceID wa.WorkspaceID
	Available   bool
	ChangedAt   time.Time // when they came or went last; zero: never, they are there
	Capacity    int       // their own; 0: that of the team
}

// Agents is where it is kept.
type Agents interface {
	// Agents are those of whom something was said; everybody else is there.
	Agents(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]Agent, error)
	SetAgent(tx txn.Tx, a Agent) error
	// MayTake reports whether somebody is of the workspace, and whether they may
	// have conversations: by their role, and not deactivated.
	MayTake(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (known, may bool, err error)
}

// AgentChange is what to change; nil leaves a member as it is.
type AgentChange struct {
	Available *bool
	Capacity  *int // 0: back to the team's
}

// Agents are those people of a workspace of whom something was said; everybody
// else is there, and takes as much as the team says.
func (r *Router) Agents(ctx context.Context, ws wa.WorkspaceID) (all map[wa.PersonID]Agent, err error) {
	err = r.Runner.Read(ctx, func(tx txn.Tx) error {
		all, err = r.Store.Agents(tx, ws)
		return err
	})
	return all, err
}

// ChangeAgent has somebody come or go, or take more or less. Whether they are
// there people say of themselves; everything else is for those who lead. Who
// goes keeps what they have, and gets nothing from the moment of the answer.
func (r *Router) ChangeAgent(ctx context.Context, w Who, id wa.PersonID, change AgentChange) (a Agent, err error) {
	if !w.Leads && (id != w.Person || change.Capacity != nil) {
		return Agent{}, errLeads
	}
	if c := change.Capacity; c != nil && (*c < 0 || *c > MaxCapacity) {
		return Agent{}, fault.Wrong("invalid_agent", fault.Field{Name: "capacity", Detail: "must be between 1 and 500 conversations, or 0 for that of the team.", Limit: MaxCapacity, Length: *c})
	}
	err = r.Runner.Write(ctx, func(tx txn.Tx) error {
		known, may, err := r.Store.MayTake(tx, w.WorkspaceID, id)
		switch {
		case err != nil:
			return err
		case !known:
			return errNoPerson
		case !may:
			return errNoAgent
		}
		// A pass that is under way comes to its end first: it may give to who was there.
		if err := r.Store.HoldRules(tx, w.WorkspaceID); err != nil {
			return err
		}
		all, err := r.Store.Agents(tx, w.WorkspaceID)
		if err != nil {
			return err
		}
		was, said := all[id]
		if !said {
			was = Agent{Person: id, WorkspaceID: w.WorkspaceID, Available: true}
		}
		if a = was.changed(change, r.Now()); a == was {
			return nil
		}
		if err := r.Store.SetAgent(tx, a); err != nil {
			return err
		}
		if err := r.tell(tx, w, AgentChanged, id.String()); err != nil {
			return err
		}
		return r.soon(tx, w.WorkspaceID)
	})
	return a, err
}

func (a Agent) changed(by AgentChange, now time.Time) Agent {
	if by.Available != nil && *by.Available != a.Available {
		a.Available, a.ChangedAt = *by.Available, now.UTC().Truncate(time.Millisecond) // as it is stored
	}
	if by.Capacity != nil {
		a.Capacity = *by.Capacity
	}
	return a
}
