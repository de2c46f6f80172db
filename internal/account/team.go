package account

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// TeamStore is what teams need of a database.
type TeamStore interface {
	// InsertTeam stores t unless its slug is taken in the workspace; done tells.
	InsertTeam(tx txn.Tx, t Team) (done bool, err error)
	Team(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID) (t Team, found bool, err error)
	TeamBySlug(tx txn.Tx, ws wa.WorkspaceID, slug string) (t Team, found bool, err error)
	Teams(tx txn.Tx, ws wa.WorkspaceID) ([]Team, error)
	RenameTeam(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID, name string) error
	// DeleteTeam removes a team with its members; done is false while a number or
	// a conversation that is not closed belongs to it. Closed ones lose it.
	DeleteTeam(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID) (done bool, err error)

	// Members are who is in the teams of a workspace, the deactivated left out;
	// the people of a team are in the order of their ids.
	Members(tx txn.Tx, ws wa.WorkspaceID) (map[wa.TeamID][]wa.PersonID, error)
	// SetMembers writes who is in a team, SetTeams in which teams somebody is.
	SetMembers(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID, people []wa.PersonID) error
	SetTeams(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, teams []wa.TeamID) error
}

// EnsureTeam returns the team with that slug, made if it is not there.
func (a *Accounts) EnsureTeam(ctx context.Context, ws wa.WorkspaceID, slug, name string) (t Team, err error) {
	fresh := Team{ID: wa.TeamID(a.newID()), WorkspaceID: ws, Slug: slug, Name: strings.TrimSpace(name), CreatedAt: a.now()}
	if fields := append(checkSlug(slug), checkName(fresh.Name)...); len(fields) > 0 {
		return Team{}, fault.Wrong("invalid_team", fields...)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		var found bool
		if t, found, err = a.store.TeamBySlug(tx, ws, slug); err != nil || found {
			return err
		}
		if _, found, err = a.store.Workspace(tx, ws); err != nil {
			return err
		}
		if !found {
			return noWorkspace()
		}
		done, err := a.store.InsertTeam(tx, fresh)
		if err != nil || done {
			t = fresh
			return err
		}
		t, _, err = a.store.TeamBySlug(tx, ws, slug)
		return err
	})
	return t, err
}

// Teams are those of a workspace, oldest first.
func (a *Accounts) Teams(ctx context.Context, ws wa.WorkspaceID) (teams []Team, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		teams, err = a.store.Teams(tx, ws)
		return err
	})
	return teams, err
}

// Members tells who is in which team of a workspace; nobody who is deactivated is.
func (a *Accounts) Members(ctx context.Context, ws wa.WorkspaceID) (m map[wa.TeamID][]wa.PersonID, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		m, err = a.store.Members(tx, ws)
		return err
	})
	return m, err
}

// TeamsOf turns members around: the teams of each person, in the order of their ids.
func TeamsOf(members map[wa.TeamID][]wa.PersonID) map[wa.PersonID][]wa.TeamID {
	teams := map[wa.PersonID][]wa.TeamID{}
	for team, people := range members {
		for _, p := range people {
			teams[p] = append(teams[p], team)
		}
	}
	for _, t := range teams {
		slices.Sort(t)
	}
	return teams
}

var errNoTeam = fault.New(fault.NotFound, "team_not_found", "There is no such team in this workspace.", "List the teams with GET teams.")

// CreateTeam adds a team. An empty slug is made of the name.
func (a *Accounts) CreateTeam(ctx context.Context, by Principal, name, slug string) (t Team, err error) {
	if err := by.mustManagePeople(); err != nil {
		return Team{}, err
	}
	name = strings.TrimSpace(name)
	if slug == "" {
		slug = slugOf(name)
	}
	t = Team{ID: wa.TeamID(a.newID()), WorkspaceID: by.WorkspaceID, Slug: slug, Name: name, CreatedAt: a.now()}
	if fields := append(checkName(name), checkSlug(slug)...); len(fields) > 0 {
		return Team{}, fault.Wrong("invalid_team", fields...)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if done, err := a.store.InsertTeam(tx, t); err != nil || !done {
			return orFault(err, fault.New(fault.Conflict, "team_taken", "There is a team of this name already; nothing was done.", "Choose another name, or another slug."))
		}
		return a.tellTeam(tx, by, t.ID, "made")
	})
	return t, err
}

// slugOf makes an address of a name: "Werkstatt Süd" becomes "werkstatt-sud"; a
// name without a letter that an address can have becomes "team".
func slugOf(name string) string {
	fold := strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", "á", "a", "à", "a", "â", "a", "ã", "a", "é", "e", "è", "e", "ê", "e", "í", "i", "ó", "o", "ô", "o", "õ", "o", "ú", "u", "ç", "c", "ñ", "n")
	words := strings.FieldsFunc(fold.Replace(strings.ToLower(name)), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	slug := strings.Join(words, "-")
	if len(slug) > 63 {
		slug = strings.Trim(slug[:63], "-")
	}
	if slug == "" {
		return "team"
	}
	return slug
}

// RenameTeam changes a team's name; its slug, which stands in addresses, stays.
func (a *Accounts) RenameTeam(ctx context.Context, by Principal, id wa.TeamID, name string) (t Team, err error) {
	name = strings.TrimSpace(name)
	if fields := checkName(name); len(fields) > 0 {
		return Team{}, fault.Wrong("invalid_team", fields...)
	}
	err = a.changeTeam(ctx, by, id, "changed", func(tx txn.Tx, found Team) error {
		t = found
		t.Name = name
		return a.store.RenameTeam(tx, by.WorkspaceID, id, name)
	})
	return t, err
}

// RemoveTeam removes a team that no number and no open conversation belongs to.
func (a *Accounts) RemoveTeam(ctx context.Context, by Principal, id wa.TeamID) error {
	return a.changeTeam(ctx, by, id, "removed", func(tx txn.Tx, _ Team) error {
		if done, err := a.store.DeleteTeam(tx, by.WorkspaceID, id); err != nil || !done {
			return orFault(err, fault.New(fault.Conflict, "team_in_use", "A number or an open conversation belongs to this team; nothing was done.", "Give the number to another team, or close the conversations, first."))
		}
		return nil
	})
}

// SetMembers says who is in a team.
func (a *Accounts) SetMembers(ctx context.Context, by Principal, id wa.TeamID, people []wa.PersonID) (t Team, err error) {
	people = slices.Compact(slices.Sorted(slices.Values(people)))
	err = a.changeTeam(ctx, by, id, "changed", func(tx txn.Tx, found Team) error {
		t = found
		for _, p := range people {
			if _, err := a.person(tx, by.WorkspaceID, p); err != nil {
				return err
			}
		}
		return a.store.SetMembers(tx, by.WorkspaceID, id, people)
	})
	return t, err
}

func (a *Accounts) changeTeam(ctx context.Context, by Principal, id wa.TeamID, what string, change func(txn.Tx, Team) error) error {
	if err := by.mustManagePeople(); err != nil {
		return err
	}
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		t, found, err := a.store.Team(tx, by.WorkspaceID, id)
		if err != nil || !found {
			return orFault(err, errNoTeam)
		}
		if err := change(tx, t); err != nil {
			return err
		}
		return a.tellTeam(tx, by, id, what)
	})
}

func (a *Accounts) tellTeam(tx txn.Tx, by Principal, id wa.TeamID, what string) error {
	return a.tell(tx, by.WorkspaceID, FactTeam, by.PersonID, id.String()+" "+what)
}

// checkTeams finds a team that the workspace has not.
func (a *Accounts) checkTeams(tx txn.Tx, ws wa.WorkspaceID, teams []wa.TeamID) error {
	for _, id := range teams {
		if _, found, err := a.store.Team(tx, ws, id); err != nil || !found {
			return orFault(err, errNoTeam)
		}
	}
	return nil
}
