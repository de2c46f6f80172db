package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// Colleague is somebody who works in the workspace, or did.
type Colleague struct {
	PersonShape
	Email        *string  `json:"email" doc:"By which they sign in; null when there is none, and without the right manage_people."`
	State        string   `json:"state" enum:"active,deactivated" doc:"deactivated: nothing lets them in."`
	Teams        []string `json:"teams" nullable:"false" doc:"tea_…"`
	CreatedAt    Stamp    `json:"created_at"`
	LastSeenAt   Stamp    `json:"last_seen_at" doc:"Exact to five minutes; null when never, or without the right manage_people."`
	SecondFactor *bool    `json:"second_factor" doc:"Has an authenticator or a passkey; null without the right manage_people."`
}

type peopleInput struct {
	State string `query:"state" enum:"active,deactivated,all" default:"active" doc:"Whom to list."`
}

// PersonPath is the part of an address that names one. It is exported, because huma
// reads no embedded struct that is not.
type PersonPath struct {
	ID string `path:"id" maxLength:"64" doc:"per_…"`
}

type changePersonInput struct {
	PersonPath
	Body struct {
		Name  *string   `json:"name,omitempty" maxLength:"400" doc:"1–100 characters."`
		Email *string   `json:"email,omitempty" maxLength:"400" doc:"By which they sign in; empty: none."`
		Role  *string   `json:"role,omitempty" enum:"owner,admin,supervisor,agent,technician,marketer,auditor" doc:"Only owners make and change owners."`
		Teams *[]string `json:"teams,omitempty" maxItems:"200" doc:"All teams that they are in: tea_…"`
	}
}

func (in PersonPath) person() (wa.PersonID, error) {
	id, err := wa.ParsePersonID(in.ID)
	if err != nil {
		return 0, fault.New(fault.NotFound, "person_not_found", "Nobody in this workspace has that id.", "List the people with GET people.")
	}
	return id, nil
}

// manage adds what concerns the people of the workspace.
func (a *API) manage() {
	handle(a, route{
		method: http.MethodGet, path: "/people", id: "list-people", tag: "Workspace", right: account.Read,
		summary: "List the people of the workspace", text: "All of them in one page, oldest first.",
	}, func(ctx context.Context, in *peopleInput) (*body[List[Colleague]], error) {
		all, err := a.colleagues(ctx, in.State)
		return answerWith(page(all, len(all), func(c Colleague) Colleague { return c }, nil)), err
	})
	handle(a, route{
		method: http.MethodPatch, path: "/people/{id}", id: "change-person", tag: "Workspace", right: account.ManagePeople,
		summary: "Change somebody", text: "Name, address, role, teams; members that are left out stay as they are. What they may do changes with their next call.", example: map[string]any{"role": "supervisor"},
	}, func(ctx context.Context, in *changePersonInput) (*body[Colleague], error) {
		id, err := in.person()
		if err != nil {
			return nil, err
		}
		change := account.PersonChange{Name: in.Body.Name, Email: in.Body.Email, Role: (*account.Role)(in.Body.Role)}
		if in.Body.Teams != nil {
			teams, err := parseTeams(*in.Body.Teams)
			if err != nil {
				return nil, err
			}
			change.Teams = &teams
		}
		p, err := a.accounts.ChangePerson(ctx, principal(ctx), id, change)
		return a.oneColleague(ctx, p, err)
	})
	handle(a, route{
		method: http.MethodPost, path: "/people/{id}/deactivate", id: "deactivate-person", tag: "Workspace", right: account.ManagePeople,
		summary: "Put somebody out", text: "At once: their sessions end, and what was assigned to them waits in the queue again. What they had put off follows when it wakes, by its time or by the customer. What they wrote keeps their name.",
	}, func(ctx context.Context, in *PersonPath) (*body[Colleague], error) {
		id, err := in.person()
		if err != nil {
			return nil, err
		}
		p, err := a.accounts.Deactivate(ctx, principal(ctx), id)
		if err == nil {
			err = a.releaseAll(ctx, principal(ctx), id)
		}
		return a.oneColleague(ctx, p, err)
	})
	handle(a, route{
		method: http.MethodPost, path: "/people/{id}/reactivate", id: "reactivate-person", tag: "Workspace", right: account.ManagePeople,
		summary: "Let somebody in again", text: "By what they came in by before.",
	}, func(ctx context.Context, in *PersonPath) (*body[Colleague], error) {
		id, err := in.person()
		if err != nil {
			return nil, err
		}
		p, err := a.accounts.Reactivate(ctx, principal(ctx), id)
		return a.oneColleague(ctx, p, err)
	})
}

// releaseAll gives somebody's conversations back to the queue.
func (a *API) releaseAll(ctx context.Context, by account.Principal, of wa.PersonID) error {
	for {
		views, err := a.Inbox.List(ctx, inbox.Filter{WorkspaceID: by.WorkspaceID, Tab: inbox.TabMine, Person: of, Limit: 100})
		if err != nil || len(views) == 0 {
			return err
		}
		for _, v := range views {
			err := a.Inbox.Release(ctx, by.WorkspaceID, v.ID, by.PersonID)
			if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) { // somebody else took it meanwhile
				return err
			}
		}
	}
}

func (a *API) oneColleague(ctx context.Context, p account.Person, err error) (*body[Colleague], error) {
	if err != nil {
		return nil, err
	}
	all, err := a.colleagues(ctx, "all")
	for _, c := range all {
		if c.PersonID == p.ID.String() {
			return answerWith(c), err
		}
	}
	return nil, err
}

// colleagues shows people: to all who read who there is, to those who manage
// them what is theirs alone.
func (a *API) colleagues(ctx context.Context, state string) ([]Colleague, error) {
	by := principal(ctx)
	people, err := a.accounts.People(ctx, by.WorkspaceID)
	if err != nil {
		return nil, err
	}
	members, err := a.accounts.Members(ctx, by.WorkspaceID)
	if err != nil {
		return nil, err
	}
	teams := account.TeamsOf(members)
	var traces map[wa.PersonID]account.Trace
	if by.Can(account.ManagePeople) {
		if traces, err = a.accounts.Traces(ctx, by.WorkspaceID); err != nil {
			return nil, err
		}
	}
	var all []Colleague
	for _, p := range people {
		c := Colleague{PersonShape: showPerson(p), State: "active", Teams: teamIDs(teams[p.ID]), CreatedAt: Stamp(p.CreatedAt)}
		if !p.DeactivatedAt.IsZero() {
			c.State = "deactivated"
		}
		if state != "all" && c.State != state {
			continue
		}
		if traces != nil {
			second := traces[p.ID].SecondFactor
			c.Email, c.LastSeenAt, c.SecondFactor = opt(p.Email), Stamp(traces[p.ID].SeenAt), &second
		}
		all = append(all, c)
	}
	return all, nil
}
