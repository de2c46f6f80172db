package routing

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Mode is how a team's queue goes to its people.
type Mode string

const (
	Manual     Mode = "manual"      // nobody is given anything: they take it
	RoundRobin Mode = "round_robin" // one after the other
	LeastBusy  Mode = "least_busy"  // whoever has the fewest
)

// Limits of capacity.
const (
	MaxCapacity     = 500
	DefaultCapacity = 10
)

// Team is how a team's queue is handed out.
type Team struct {
	TeamID      wa.TeamID
	WorkspaceID wa.WorkspaceID
	Mode        Mode
	Capacity    int // how many open conversations a person is given, who has no capacity of their own
	Hours       Hours
	// Numbers are the business numbers whose conversations come into the team's
	// queue when they begin, or begin again, and are of no team.
	Numbers []wa.NumberID
	// Last is who got the last one: the turn goes on behind them.
	Last wa.PersonID
}

// Default is how it is for a team of which nothing was said.
func Default(ws wa.WorkspaceID, id wa.TeamID) Team {
	return Team{TeamID: id, WorkspaceID: ws, Mode: Manual, Capacity: DefaultCapacity, Hours: Hours{Zone: "UTC"}}
}

// Teams is where the teams' rules are kept.
type Teams interface {
	// Rules are those of the teams of a workspace of which something was said.
	Rules(tx txn.Tx, ws wa.WorkspaceID) ([]Team, error)
	// SetRule writes mode, capacity and hours and leaves numbers and turn alone;
	// done is false when the workspace has no such team.
	SetRule(tx txn.Tx, t Team, now time.Time) (done bool, err error)
	// SetNumbers says whose conversations come to a team. A number is of one team:
	// the last that was said of it counts.
	SetNumbers(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID, numbers []wa.NumberID) error
}

func (t *Team) check() error {
	var wrong []fault.Field
	if t.Mode != Manual && t.Mode != RoundRobin && t.Mode != LeastBusy {
		wrong = append(wrong, fault.Field{Name: "mode", Detail: "must be manual, round_robin or least_busy."})
	}
	if t.Capacity < 1 || t.Capacity > MaxCapacity {
		wrong = append(wrong, fault.Field{Name: "capacity", Detail: "must be between 1 and 500 conversations.", Limit: MaxCapacity, Length: t.Capacity})
	}
	if wrong = append(wrong, t.Hours.tidy()...); len(wrong) > 0 {
		return fault.Wrong("invalid_routing", wrong...)
	}
	return nil
}

// Rules are how the queues of a workspace's teams are handed out, of those teams
// of which something was said; of all others Default holds.
func (r *Router) Rules(ctx context.Context, ws wa.WorkspaceID) (map[wa.TeamID]Team, error) {
	rules := map[wa.TeamID]Team{}
	err := r.Runner.Read(ctx, func(tx txn.Tx) error {
		clear(rules)
		all, err := r.Store.Rules(tx, ws)
		for _, t := range all {
			rules[t.TeamID] = t
		}
		return err
	})
	return rules, err
}

// SetRule says how a team's queue is handed out, and with numbers (nil: they
// stay) whose conversations come to it. What waits is handed out at once.
func (r *Router) SetRule(ctx context.Context, w Who, t Team, numbers *[]wa.NumberID) error {
	if err := t.check(); err != nil {
		return err
	}
	if numbers != nil {
		for _, n := range *numbers {
			if !r.Numbers.Own(w.WorkspaceID, n) {
				return fault.New(fault.NotFound, "number_unknown", "There is no such business number in this workspace; nothing was changed.", "List them with GET numbers.")
			}
		}
	}
	return r.Runner.Write(ctx, func(tx txn.Tx) error {
		if err := r.Store.HoldRules(tx, w.WorkspaceID); err != nil {
			return err
		}
		done, err := r.Store.SetRule(tx, t, r.Now())
		if err != nil {
			return err
		}
		if !done {
			return errNoTeam
		}
		if numbers != nil {
			if err := r.Store.SetNumbers(tx, w.WorkspaceID, t.TeamID, *numbers); err != nil {
				return err
			}
		}
		if err := r.tell(tx, w, TeamRouting, t.TeamID.String()); err != nil {
			return err
		}
		return r.soon(tx, w.WorkspaceID)
	})
}
