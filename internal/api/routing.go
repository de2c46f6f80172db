package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/routing"
	"kontor/internal/wa"
)

// Routing decides who gets what waits; *routing.Router fulfils it.
type Routing interface {
	// Rules are of those teams of which something was said; routing.Default holds for others.
	Rules(ctx context.Context, ws wa.WorkspaceID) (map[wa.TeamID]routing.Team, error)
	// SetRule leaves the numbers as they are when numbers is nil.
	SetRule(ctx context.Context, w routing.Who, t routing.Team, numbers *[]wa.NumberID) error
	// Agents are those of whom something was said; everybody else is there.
	Agents(ctx context.Context, ws wa.WorkspaceID) (map[wa.PersonID]routing.Agent, error)
	ChangeAgent(ctx context.Context, w routing.Who, id wa.PersonID, change routing.AgentChange) (routing.Agent, error)
}

// TeamRouting is how a team's queue is handed out.
type TeamRouting struct {
	TeamID     string      `json:"team_id"`
	Team       string      `json:"team" doc:"Its slug."`
	Name       string      `json:"name" doc:"What it is called."`
	Mode       string      `json:"mode" enum:"manual,round_robin,least_busy" doc:"manual: people take what waits."`
	Capacity   int         `json:"capacity" doc:"How many open conversations a person is given at most who has no capacity of their own."`
	TimeZone   string      `json:"time_zone" doc:"By whose clocks the hours go." example:"Europe/Berlin"`
	Hours      []OpenHours `json:"hours" nullable:"false" doc:"When the team is there, from Monday; []: always."`
	ClosedDays []string    `json:"closed_days" nullable:"false" doc:"Days on which nobody is there, by the calendar of the time zone."`
	Numbers    []string    `json:"numbers" nullable:"false" doc:"phone_number_id of the numbers whose conversations come into this team's queue when they begin, or begin again, and are of no team."`
	OpenNow    bool        `json:"open_now" doc:"The team is there at this moment."`
	OpensAt    Stamp       `json:"opens_at" doc:"When the team is there next; null while it is, and when that is more than a year away."`
}

// OpenHours are a part of a day of the week.
type OpenHours struct {
	Day  string `json:"day" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"Of the week."`
	From string `json:"from" maxLength:"5" doc:"By the clocks of the time zone: 09:00." example:"09:00"`
	To   string `json:"to" maxLength:"5" doc:"17:30, up to 24:00. What goes past midnight is two parts." example:"17:30"`
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts

// Agent is somebody who may be given conversations.
type Agent struct {
	Person    Assignee `json:"person" doc:"Who it is."`
	Role      string   `json:"role" doc:"What they are in the house."`
	Available bool     `json:"available" doc:"Is there to be given conversations."`
	ChangedAt Stamp    `json:"changed_at" doc:"When they came or went last; null: never."`
	Capacity  *int     `json:"capacity" doc:"How many open conversations they are given at most; null: as their team says."`
}

// RoutingRef is the team in a path. It is exported, because huma reads no
// embedded struct that is not.
type RoutingRef struct {
	Team string `path:"team" maxLength:"64" doc:"Its slug or tea_…"`
}

type routingInput struct {
	RoutingRef
	Body struct {
		Mode       string      `json:"mode" enum:"manual,round_robin,least_busy" doc:"manual: people take what waits; round_robin: one after the other gets it; least_busy: who has the fewest."`
		Capacity   int         `json:"capacity,omitempty" minimum:"1" maximum:"500" default:"10" doc:"How many open conversations a person is given at most."`
		TimeZone   string      `json:"time_zone,omitempty" maxLength:"64" default:"UTC" doc:"As Europe/Berlin." example:"Europe/Berlin"`
		Hours      []OpenHours `json:"hours,omitempty" maxItems:"70" doc:"[] or left out: always."`
		ClosedDays []string    `json:"closed_days,omitempty" maxItems:"400" doc:"As 2026-12-25."`
		Numbers    *[]string   `json:"numbers,omitempty" maxItems:"1000" doc:"Left out: as they are. A number comes to one team: the last that was said of it counts."`
	}
}

type agentInput struct {
	Person string `path:"person" maxLength:"64" doc:"per_… or me"`
	Body   struct {
		Available *bool `json:"available,omitempty" doc:"Is there to be given conversations."`
		Capacity  *int  `json:"capacity,omitempty" minimum:"0" maximum:"500" doc:"0: back to that of the team."`
	}
}

func (a *API) routing() {
	const tag = "Queue"
	handle(a, route{
		method: http.MethodGet, path: "/routing", id: "list-routing", tag: tag, right: account.Read, summary: "See how the teams' queues are handed out", text: "All teams in one page, oldest first.",
	}, func(ctx context.Context, _ *none) (*body[List[TeamRouting]], error) {
		all, err := a.allRouting(ctx)
		return answerWith(page(all, len(all), func(t TeamRouting) TeamRouting { return t }, nil)), err
	})
	handle(a, route{
		method: http.MethodGet, path: "/routing/{team}", id: "get-routing", tag: tag, right: account.Read, summary: "See how a team's queue is handed out",
	}, func(ctx context.Context, in *RoutingRef) (*body[TeamRouting], error) {
		return a.oneRouting(ctx, in.Team)
	})
	handle(a, route{
		method: http.MethodPut, path: "/routing/{team}", id: "put-routing", tag: tag, right: account.ManageWorkspace, summary: "Say how a team's queue is handed out",
		text:    "With round_robin or least_busy whoever waits longest goes to a member who is available and has fewer open conversations (but for the snoozed) than the capacity, while the team is there; otherwise they wait until that is so. What somebody takes or is handed by others does not ask for capacity.",
		example: map[string]any{"mode": "round_robin", "capacity": 10, "time_zone": "Europe/Berlin", "hours": []any{map[string]any{"day": "mon", "from": "09:00", "to": "17:30"}}, "closed_days": []any{"2026-12-25"}},
	}, a.putRouting)
	handle(a, route{
		method: http.MethodGet, path: "/agents", id: "list-agents", tag: tag, right: account.Read, summary: "See who is there", text: "Everybody who may have conversations, oldest first, in one page.",
	}, func(ctx context.Context, _ *none) (*body[List[Agent]], error) {
		all, err := a.agents(ctx)
		return answerWith(page(all, len(all), func(g Agent) Agent { return g }, nil)), err
	})
	handle(a, route{
		method: http.MethodPut, path: "/agents/{person}", id: "change-agent", tag: tag, right: account.Assign, summary: "Come, go, take more or less",
		text:    "Whether they are available people say of themselves (`me`); supervisors and above say it of others too, and how much somebody takes. Members that are left out stay as they are. Whoever goes keeps what they have.",
		example: map[string]any{"available": false},
	}, a.changeAgent)
}

func (a *API) allRouting(ctx context.Context) (all []TeamRouting, err error) {
	ws := principal(ctx).WorkspaceID
	teams, err := a.accounts.Teams(ctx, ws)
	if err != nil {
		return nil, err
	}
	rules, err := a.Routing.Rules(ctx, ws)
	for _, t := range teams {
		all = append(all, a.showRouting(t, ruleOf(rules, ws, t.ID)))
	}
	return all, err
}

// ruleOf is how a team's queue is handed out, also when nothing was said of it.
func ruleOf(rules map[wa.TeamID]routing.Team, ws wa.WorkspaceID, id wa.TeamID) routing.Team {
	if t, said := rules[id]; said {
		return t
	}
	return routing.Default(ws, id)
}

func (a *API) oneRouting(ctx context.Context, team string) (*body[TeamRouting], error) {
	all, err := a.allRouting(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.Team == team || t.TeamID == team {
			return answerWith(t), nil
		}
	}
	return nil, errNoTeam
}

func (a *API) showRouting(t account.Team, r routing.Team) TeamRouting {
	now := a.now()
	out := TeamRouting{
		TeamID: t.ID.String(), Team: t.Slug, Name: t.Name, Mode: string(r.Mode), Capacity: r.Capacity, TimeZone: r.Hours.Zone,
		Hours: make([]OpenHours, len(r.Hours.Spans)), ClosedDays: append([]string{}, r.Hours.Closed...), Numbers: []string{},
		OpenNow: r.Hours.Open(now), OpensAt: Stamp(r.Hours.Opens(now)),
	}
	for i, s := range r.Hours.Spans {
		out.Hours[i] = OpenHours{Day: weekdays[s.Day], From: s.From.String(), To: s.To.String()}
	}
	for _, id := range r.Numbers {
		if n, known := a.Numbers.ByID(id); known {
			out.Numbers = append(out.Numbers, string(n.PhoneNumberID))
		}
	}
	return out
}

func (a *API) putRouting(ctx context.Context, in *routingInput) (*body[TeamRouting], error) {
	p := principal(ctx)
	id, err := a.team(ctx, in.Team)
	if err != nil {
		return nil, err
	}
	t := routing.Team{TeamID: id, WorkspaceID: p.WorkspaceID, Mode: routing.Mode(in.Body.Mode), Capacity: in.Body.Capacity}
	t.Hours = routing.Hours{Zone: in.Body.TimeZone, Closed: in.Body.ClosedDays}
	if t.Hours.Spans, err = spansOf(in.Body.Hours); err != nil {
		return nil, err
	}
	var numbers *[]wa.NumberID
	if in.Body.Numbers != nil {
		numbers = &[]wa.NumberID{}
		for _, text := range *in.Body.Numbers {
			n, err := a.ownNumber(p.WorkspaceID, wa.PhoneNumberID(text))
			if err != nil {
				return nil, err
			}
			*numbers = append(*numbers, n.ID)
		}
	}
	if err := a.Routing.SetRule(ctx, routingWho(ctx), t, numbers); err != nil {
		return nil, err
	}
	return a.oneRouting(ctx, id.String())
}

// routingWho is who acts.
func routingWho(ctx context.Context) routing.Who {
	p := principal(ctx)
	return routing.Who{WorkspaceID: p.WorkspaceID, Person: p.PersonID, Leads: leads(p)}
}

func spansOf(hours []OpenHours) (spans []routing.Span, err error) {
	var wrong []fault.Field
	clock := func(name, text string) routing.Clock {
		c, ok := routing.ParseClock(text)
		if !ok {
			wrong = append(wrong, fault.Field{Name: name, Detail: "is no time of the day: write it as 09:00, up to 24:00."})
		}
		return c
	}
	for i, h := range hours {
		at := fmt.Sprintf("hours[%d].", i)
		spans = append(spans, routing.Span{
			Day: time.Weekday(slices.Index(weekdays, strings.ToLower(h.Day))), From: clock(at+"from", h.From), To: clock(at+"to", h.To),
		})
	}
	if len(wrong) > 0 {
		return nil, fault.Wrong("invalid_routing", wrong...)
	}
	return spans, nil
}

func (a *API) agents(ctx context.Context) (all []Agent, err error) {
	ws := principal(ctx).WorkspaceID
	people, err := a.accounts.People(ctx, ws)
	if err != nil {
		return nil, err
	}
	said, err := a.Routing.Agents(ctx, ws)
	for _, p := range people {
		if takes(p) {
			all = append(all, showAgent(p, said))
		}
	}
	return all, err
}

// takes reports whether somebody may have conversations.
func takes(p account.Person) bool { return p.DeactivatedAt.IsZero() && p.Role.May(account.Assign) }

func showAgent(p account.Person, said map[wa.PersonID]routing.Agent) Agent {
	out := Agent{Person: Assignee{PersonID: p.ID.String(), Name: p.Name}, Role: string(p.Role), Available: takes(p)}
	g, some := said[p.ID]
	if !some {
		return out
	}
	out.Available, out.ChangedAt = out.Available && g.Available, Stamp(g.ChangedAt)
	if g.Capacity > 0 {
		out.Capacity = &g.Capacity
	}
	return out
}

func (a *API) changeAgent(ctx context.Context, in *agentInput) (*body[Agent], error) {
	w := routingWho(ctx)
	id := w.Person
	switch {
	case in.Person != "me":
		var err error
		if id, err = (PersonPath{ID: in.Person}).person(); err != nil {
			return nil, err
		}
	case id == 0:
		return nil, errNotAPerson
	}
	if _, err := a.Routing.ChangeAgent(ctx, w, id, routing.AgentChange{Available: in.Body.Available, Capacity: in.Body.Capacity}); err != nil {
		return nil, err
	}
	all, err := a.agents(ctx)
	for _, g := range all {
		if g.Person.PersonID == id.String() {
			return answerWith(g), err
		}
	}
	return nil, err
}
