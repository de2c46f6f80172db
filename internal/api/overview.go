package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/routing"
	"kontor/internal/wa"
)

// Overview is the queue and the load at this moment.
type Overview struct {
	QueueOf
	Assigned int64       `json:"assigned" doc:"Conversations that somebody has, but for the snoozed."`
	Snoozed  int64       `json:"snoozed" doc:"Snoozed conversations, whoever has them."`
	Teams    []TeamQueue `json:"teams" nullable:"false" doc:"One for each team, and one for the conversations of none."`
	Agents   []AgentLoad `json:"agents" nullable:"false" doc:"Everybody of the workspace; of the deactivated those who still have something."`
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
	Assigned  int64 `json:"assigned" doc:"Of its conversations, those that somebody has, but for the snoozed."`
	Members   int   `json:"members" doc:"Who is in the team and may have conversations."`
	Available int   `json:"available" doc:"Those of them who are there."`
	OpenNow   bool  `json:"open_now" doc:"By the team's hours."`
}

// AgentLoad is what somebody has to do.
type AgentLoad struct {
	Agent
	State   string   `json:"state" enum:"active,deactivated" doc:"deactivated: what they still have is for others to take over."`
	Open    int64    `json:"open" doc:"Conversations that they have, but for the snoozed."`
	Snoozed int64    `json:"snoozed" doc:"Those of theirs that are snoozed."`
	Unread  int64    `json:"unread" doc:"Of the open ones, those with something unread."`
	Teams   []string `json:"teams" nullable:"false" doc:"Slugs of the teams that they are in."`
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
		h, err := a.hall(ctx, p.WorkspaceID)
		return answerWith(h.show()), err
	})
}

// hall is all that the overview is made of.
type hall struct {
	inbox.Overview
	teams   []account.Team
	people  []account.Person
	members map[wa.TeamID][]wa.PersonID
	rules   map[wa.TeamID]routing.Team
	said    map[wa.PersonID]routing.Agent
	now     time.Time
}

func (a *API) hall(ctx context.Context, ws wa.WorkspaceID) (h hall, err error) {
	h.now = a.now()
	if h.Overview, err = a.Inbox.Overview(ctx, ws); err != nil {
		return h, err
	}
	if h.teams, err = a.accounts.Teams(ctx, ws); err != nil {
		return h, err
	}
	if h.people, err = a.accounts.People(ctx, ws); err != nil {
		return h, err
	}
	if h.members, err = a.accounts.Members(ctx, ws); err != nil {
		return h, err
	}
	if h.rules, err = a.Routing.Rules(ctx, ws); err != nil {
		return h, err
	}
	h.said, err = a.Routing.Agents(ctx, ws)
	return h, err
}

func (h hall) show() Overview {
	out := Overview{Snoozed: h.Snoozed, Teams: make([]TeamQueue, 0, len(h.teams)+1), Agents: make([]AgentLoad, 0, len(h.people))}
	agents := h.agents()
	at := map[wa.TeamID]int{}
	slugs := map[wa.TeamID]string{}
	for _, t := range append(h.teams, account.Team{}) {
		at[t.ID], slugs[t.ID] = len(out.Teams), t.Slug
		out.Teams = append(out.Teams, h.team(t, agents))
	}
	for _, q := range h.Waiting {
		out.add(q.Waiting, q.Since)
		if n, known := at[q.Team]; known {
			out.Teams[n].add(q.Waiting, q.Since)
		}
	}
	for _, l := range h.Load {
		out.Assigned += l.Open
		if n, known := at[l.Team]; known {
			out.Teams[n].Assigned += l.Open
		}
		if g := agents[l.Person]; g != nil {
			g.Open, g.Snoozed, g.Unread = g.Open+l.Open, g.Snoozed+l.Snoozed, g.Unread+l.Unread
		}
	}
	teams := account.TeamsOf(h.members)
	for _, p := range h.people {
		g := agents[p.ID]
		for _, t := range teams[p.ID] {
			g.Teams = append(g.Teams, slugs[t])
		}
		if p.DeactivatedAt.IsZero() || g.Open+g.Snoozed > 0 {
			out.Agents = append(out.Agents, *g)
		}
	}
	return out
}

func (h hall) agents() map[wa.PersonID]*AgentLoad {
	agents := make(map[wa.PersonID]*AgentLoad, len(h.people))
	for _, p := range h.people {
		g := &AgentLoad{Agent: showAgent(p, h.said), State: "active", Teams: []string{}}
		if !p.DeactivatedAt.IsZero() {
			g.State = "deactivated"
		}
		agents[p.ID] = g
	}
	return agents
}

func (h hall) team(t account.Team, agents map[wa.PersonID]*AgentLoad) TeamQueue {
	out := TeamQueue{TeamID: opt(t.ID.String()), Team: opt(t.Slug), Name: opt(t.Name), OpenNow: ruleOf(h.rules, t.WorkspaceID, t.ID).Hours.Open(h.now)}
	for _, p := range h.members[t.ID] {
		g := agents[p]
		if g == nil || !account.Role(g.Role).May(account.Assign) {
			continue
		}
		out.Members++
		if g.Available {
			out.Available++
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
