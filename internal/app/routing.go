package app

import (
	"context"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/number"
	"kontor/internal/routing"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// newRouting wires what gives away what waits. It goes by the time of the
// queue, which may be the sandbox's.
func (a *App) newRouting(o Options) {
	a.Routing = routing.New(routing.Parts{
		Runner: a.runner(), Store: a.store.Routing(), Queue: queue{a.Inbox}, Numbers: ownNumbers{a.Numbers}, Jobs: a.jobs, Journal: a.store.Journal(),
		Staffing: []journal.Kind{account.FactPerson, account.FactTeam}, Now: o.Now, Log: a.log,
	})
	a.router = journal.NewFollower(a.runner(), a.Routing.Followed(a.store.Journal()), a.signal, a.Routing.Reader(), journal.Options{Owner: owner(a.Config.Data), Log: a.log})
	a.jobs.Handle(a.Routing.Work())
}

// routingRuns is what works for routing: seeing what happened, and, where the
// time may jump, seeing that it did.
func (a *App) routingRuns() []func(context.Context) error {
	runs := []func(context.Context) error{a.router.Run}
	if a.sandboxed {
		runs = append(runs, a.Routing.Watch)
	}
	return runs
}

// queue is the inbox as it gives away.
type queue struct{ *inbox.Inbox }

var _ routing.Queue = queue{}

// Longest implements routing.Queue.
func (q queue) Longest(tx txn.Tx, ws wa.WorkspaceID, asked map[wa.TeamID]int) ([]routing.Waiting, error) {
	held, err := q.Queued(tx, ws, asked)
	out := make([]routing.Waiting, len(held))
	for i, c := range held {
		out[i] = routing.Waiting{ID: c.ID, Team: c.TeamID, Since: c.WaitingSince}
	}
	return out, err
}

// Give implements routing.Queue.
func (q queue) Give(tx txn.Tx, ws wa.WorkspaceID, gifts []routing.Gift) error {
	out := make([]inbox.Gift, len(gifts))
	for i, g := range gifts {
		out[i] = inbox.Gift{ID: g.ID, Person: g.Person, By: string(g.By)}
	}
	return q.Inbox.Give(tx, ws, out)
}

// ownNumbers knows whose a number is.
type ownNumbers struct{ *number.Book }

var _ routing.Numbers = ownNumbers{}

// Own implements routing.Numbers.
func (n ownNumbers) Own(ws wa.WorkspaceID, id wa.NumberID) bool {
	found, known := n.ByID(id)
	return known && found.WorkspaceID == ws
}
