// Package routing decides who gets what waits in the queue of a team.
//
//	team.go     how a team's queue goes to its people: mode, capacity, hours
//	hours.go    when a team is there, by the clocks of its time zone (pure)
//	agent.go    who is there to be given something, and how much
//	deal.go     who gets which (pure)
//	handout.go  one pass over a workspace: a job, one transaction for many
//	follow.go   what happened that makes a pass worthwhile
//
// Nothing here is part of taking messages in: a reader of the journal sees that
// somebody waits, or has room again, and enqueues the workspace's one job. The
// pass holds the rows of those who wait, as claims by hand do, so each of them
// gets one owner, however many nodes and people are at it (docs/routing.md).
package routing

import (
	"log/slog"
	"time"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Facts of this package.
const (
	TeamRouting  journal.Kind = "team.routing"  // how a team's queue is handed out is another now; Detail is the team
	AgentChanged journal.Kind = "agent.changed" // somebody came, went, or takes more or less; Detail is who
)

// Store is what routing needs of the database.
type Store interface {
	Teams
	Agents
	Passes
}

// Numbers knows the business numbers.
type Numbers interface {
	// Own reports whether a number is the workspace's.
	Own(ws wa.WorkspaceID, id wa.NumberID) bool
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Jobs takes background work; *jobs.Runner fulfils it.
type Jobs interface {
	Enqueue(tx txn.Tx, job jobs.Job) error
}

// Parts are what New needs.
type Parts struct {
	Runner  txn.Runner
	Store   Store
	Queue   Queue
	Numbers Numbers
	Jobs    Jobs
	Journal Journal
	// Staffing are the kinds of facts by which others tell that people or their
	// teams changed.
	Staffing []journal.Kind
	Now      func() time.Time
	Log      *slog.Logger
}

// Router is the noun's service. Safe for concurrent use.
type Router struct{ Parts }

// New makes a Router.
func New(p Parts) *Router {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Router{p}
}

// Who acts, and how far they may go.
type Who struct {
	WorkspaceID wa.WorkspaceID
	Person      wa.PersonID // zero: a program
	Leads       bool        // supervisors and above
}

func (r *Router) tell(tx txn.Tx, w Who, kind journal.Kind, detail string) error {
	return r.Journal.Append(tx, journal.Fact{WorkspaceID: w.WorkspaceID, Kind: kind, ActorID: w.Person, Detail: detail, At: r.Now()})
}

var (
	errNoTeam   = fault.New(fault.NotFound, "team_not_found", "There is no such team in this workspace; nothing was changed.", "List the teams with GET teams.")
	errNoPerson = fault.New(fault.NotFound, "person_not_found", "Nobody in this workspace has that id; nothing was changed.", "List them with GET agents.")
	errNoAgent  = fault.New(fault.Conflict, "not_an_agent", "This person takes no conversations, by the role or because of being deactivated; nothing was changed.", "List those who do with GET agents.")
	errLeads    = fault.New(fault.Forbidden, "forbidden", "Others' availability, and how much somebody takes, is for supervisors, admins and owners to change; nothing was changed.", "Ask one of them.")
)
