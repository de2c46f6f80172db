package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// Overview is the queue and the load at this moment.
type Overview struct {
	QueueOf
	Assigned int64       `json:"assigned" doc:"Conversations that somebody has, but for the snoozed."`
	Snoozed  int64       `json:"snoozed" doc:"Snoozed conversations, whoever has them."`
	Teams    []TeamQueue `json:"teams" nullable:"false" doc:"One for each team, and one for the conversations of none."`
	Agents   []AgentLoad `json:"agents" nullable:"false" doc:"Everybody of the workspace."`
}

// QueueOf is a queue.
type QueueOf struct {
	Waiting int64 `json:"waiting" doc:"How many wait."`
	Since   Stamp `json:"longest_waiting_since" doc:"Since when the one waits that waits longest; null when none does."`
}

// TeamQueue is the queue of a team.
type TeamQueue struct {
	TeamID *string `json:"team_id" doc:"tea_…; null: of no team."`
	Team   *string `json:"team" doc:"Its slug."`
	Name   *string `json:"name" doc:"What it is called."`
	QueueOf
	Assigned int64 `json:"assigned" doc:"Of its conversations, those that somebody has, but for the snoozed."`
}

// AgentLoad is what somebody has to do.
type AgentLoad struct {
	Person  Assignee `json:"person" doc:"Who it is."`
	Role    string   `json:"role" doc:"What they are in the house."`
	Open    int64    `json:"open" doc:"Conversations that they have, but for the snoozed."`
	Snoozed int64    `json:"snoozed" doc:"Those of theirs that are snoozed."`
	Unread  int64    `json:"unread" doc:"Of the open ones, those with something unread."`
}

func (a *API) overview() {
	handle(a, route{
		method: http.MethodGet, path: "/queue/overview", id: "see-queue", tag: "Queue", right: account.Read,
		summary: "See the queue and who has how much", text: "For supervisors and above, and auditors.",
	}, func(ctx context.Context, _ *none) (*body[Overview], error) {
		p := principal(ctx)
		if !leads(p) && p.Role != account.Auditor {
			return nil, mayNot(account.Principal{WorkspaceID: p.WorkspaceID, Name: p.Name, Role: p.Role}, account.ManageWorkspace)
		}
		o, err := a.Inbox.Overview(ctx, p.WorkspaceID)
		if err != nil {
			return nil, err
		}
		teams, err := a.accounts.Teams(ctx, p.WorkspaceID)
		if err != nil {
			return nil, err
		}
		people, err := a.accounts.People(ctx, p.WorkspaceID)
		return answerWith(showOverview(o, teams, people)), err
	})
}

func showOverview(o inbox.Overview, teams []account.Team, people []account.Person) Overview {
	out := Overview{Snoozed: o.Snoozed, Teams: make([]TeamQueue, 0, len(teams)+1), Agents: make([]AgentLoad, len(people))}
	at := map[wa.TeamID]int{}
	for _, t := range append(teams, account.Team{}) {
		at[t.ID] = len(out.Teams)
		out.Teams = append(out.Teams, TeamQueue{TeamID: opt(t.ID.String()), Team: opt(t.Slug), Name: opt(t.Name)})
	}
	of := map[wa.PersonID]int{}
	for i, p := range people {
		of[p.ID] = i
		out.Agents[i] = AgentLoad{Person: Assignee{PersonID: p.ID.String(), Name: p.Name}, Role: string(p.Role)}
	}
	for _, q := range o.Waiting {
		out.add(q.Waiting, q.Since)
		if n, known := at[q.Team]; known {
			out.Teams[n].add(q.Waiting, q.Since)
		}
	}
	for _, l := range o.Load {
		out.Assigned += l.Open
		if n, known := at[l.Team]; known {
			out.Teams[n].Assigned += l.Open
		}
		if n, known := of[l.Person]; known {
			g := &out.Agents[n]
			g.Open, g.Snoozed, g.Unread = g.Open+l.Open, g.Snoozed+l.Snoozed, g.Unread+l.Unread
		}
	}
	return out
}

// add puts another queue to this one.
func (q *QueueOf) add(waiting int64, since time.Time) {
	if old := time.Time(q.Since); q.Waiting == 0 || since.Before(old) {
		q.Since = Stamp(since)
	}
	q.Waiting += waiting
}
