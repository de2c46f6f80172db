package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// TeamShape is a part of the workspace that numbers and people belong to.
type TeamShape struct {
	TeamID    string   `json:"team_id" example:"tea_0d5k7v2q8c1a0"`
	Slug      string   `json:"slug" doc:"Its part in the webhook's address; it never changes." example:"workshop"`
	Name      string   `json:"name" example:"Workshop"`
	Members   []string `json:"members" nullable:"false" doc:"Who is in it and may come in: per_…"`
	CreatedAt Stamp    `json:"created_at"`
}

// TeamPath is the part of an address that names one. It is exported, because huma
// reads no embedded struct that is not.
type TeamPath struct {
	ID string `path:"id" maxLength:"64" doc:"tea_…"`
}

type newTeamInput struct {
	Body struct {
		Name string `json:"name" maxLength:"400" doc:"1–100 characters." example:"Workshop"`
		Slug string `json:"slug,omitempty" maxLength:"63" doc:"a-z, 0-9 and -; made of the name when left out." example:"workshop"`
	}
}

type renameTeamInput struct {
	TeamPath
	Body struct {
		Name string `json:"name" maxLength:"400" doc:"1–100 characters."`
	}
}

type membersInput struct {
	TeamPath
	Body struct {
		People []string `json:"people" maxItems:"1000" doc:"All who are in it: per_…"`
	}
}

var errNoTeam = fault.New(fault.NotFound, "team_not_found", "There is no such team in this workspace.", "List the teams with GET teams.")

func (in TeamPath) team() (wa.TeamID, error) {
	id, err := wa.ParseTeamID(in.ID)
	if err != nil {
		return 0, errNoTeam
	}
	return id, nil
}

func (a *API) teams() {
	handle(a, route{
		method: http.MethodGet, path: "/teams", id: "list-teams", tag: "Workspace", right: account.Read, summary: "List the teams", text: "All of them in one page, oldest first.",
	}, func(ctx context.Context, _ *none) (*body[List[TeamShape]], error) {
		all, err := a.listTeams(ctx)
		return answerWith(page(all, len(all), func(t TeamShape) TeamShape { return t }, nil)), err
	})
	handle(a, route{
		method: http.MethodPost, path: "/teams", id: "create-team", tag: "Workspace", right: account.ManagePeople, status: http.StatusCreated, summary: "Make a team", text: "It has nobody at first.",
		example: map[string]any{"name": "Workshop"},
	}, func(ctx context.Context, in *newTeamInput) (*body[TeamShape], error) {
		t, err := a.accounts.CreateTeam(ctx, principal(ctx), in.Body.Name, in.Body.Slug)
		return a.oneTeam(ctx, t, err)
	})
	handle(a, route{
		method: http.MethodPatch, path: "/teams/{id}", id: "rename-team", tag: "Workspace", right: account.ManagePeople, summary: "Rename a team", text: "Its slug stays.",
	}, func(ctx context.Context, in *renameTeamInput) (*body[TeamShape], error) {
		id, err := in.team()
		if err != nil {
			return nil, err
		}
		t, err := a.accounts.RenameTeam(ctx, principal(ctx), id, in.Body.Name)
		return a.oneTeam(ctx, t, err)
	})
	handle(a, route{
		method: http.MethodPut, path: "/teams/{id}/members", id: "set-team-members", tag: "Workspace", right: account.ManagePeople, summary: "Say who is in a team", text: "Whoever is left out is in it no more.",
	}, func(ctx context.Context, in *membersInput) (*body[TeamShape], error) {
		id, err := in.team()
		if err != nil {
			return nil, err
		}
		people := make([]wa.PersonID, len(in.Body.People))
		for i, text := range in.Body.People {
			if people[i], err = (PersonPath{ID: text}).person(); err != nil {
				return nil, err
			}
		}
		t, err := a.accounts.SetMembers(ctx, principal(ctx), id, people)
		return a.oneTeam(ctx, t, err)
	})
	handle(a, route{
		method: http.MethodDelete, path: "/teams/{id}", id: "remove-team", tag: "Workspace", right: account.ManagePeople, status: http.StatusNoContent,
		summary: "Remove a team", text: "Not while a number or an open conversation belongs to it.",
	}, func(ctx context.Context, in *TeamPath) (*struct{}, error) {
		id, err := in.team()
		if err != nil {
			return nil, err
		}
		return nil, a.accounts.RemoveTeam(ctx, principal(ctx), id)
	})
}

func (a *API) listTeams(ctx context.Context) (all []TeamShape, err error) {
	ws := principal(ctx).WorkspaceID
	teams, err := a.accounts.Teams(ctx, ws)
	if err != nil {
		return nil, err
	}
	members, err := a.accounts.Members(ctx, ws)
	for _, t := range teams {
		all = append(all, showTeam(t, members))
	}
	return all, err
}

func (a *API) oneTeam(ctx context.Context, t account.Team, err error) (*body[TeamShape], error) {
	if err != nil {
		return nil, err
	}
	members, err := a.accounts.Members(ctx, t.WorkspaceID)
	return answerWith(showTeam(t, members)), err
}

func showTeam(t account.Team, members map[wa.TeamID][]wa.PersonID) TeamShape {
	shape := TeamShape{TeamID: t.ID.String(), Slug: t.Slug, Name: t.Name, Members: []string{}, CreatedAt: Stamp(t.CreatedAt)}
	for _, p := range members[t.ID] {
		shape.Members = append(shape.Members, p.String())
	}
	return shape
}

func teamIDs(teams []wa.TeamID) []string {
	ids := make([]string, len(teams))
	for i, t := range teams {
		ids[i] = t.String()
	}
	return ids
}

func parseTeams(texts []string) ([]wa.TeamID, error) {
	teams := make([]wa.TeamID, len(texts))
	for i, text := range texts {
		id, err := (TeamPath{ID: text}).team()
		if err != nil {
			return nil, err
		}
		teams[i] = id
	}
	return teams, nil
}
