package store

import (
	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const teamColumns = `id, workspace_id, slug, name, created_at`

func scanTeam(scan func(...any) error) (t account.Team, err error) {
	var created int64
	err = scan(&t.ID, &t.WorkspaceID, &t.Slug, &t.Name, &created)
	t.CreatedAt = at(created)
	return t, err
}

// InsertTeam implements account.Store.
func (Accounts) InsertTeam(tx txn.Tx, t account.Team) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO team (id, workspace_id, slug, name, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (workspace_id, slug) DO NOTHING`,
		int64(t.ID), int64(t.WorkspaceID), t.Slug, t.Name, ms(t.CreatedAt))
	return n == 1, err
}

// TeamBySlug implements account.Store.
func (Accounts) TeamBySlug(tx txn.Tx, ws wa.WorkspaceID, slug string) (account.Team, bool, error) {
	return first(tx, scanTeam, `SELECT `+teamColumns+` FROM team WHERE workspace_id = $1 AND slug = $2`, int64(ws), slug)
}

// Teams implements account.Store.
func (Accounts) Teams(tx txn.Tx, ws wa.WorkspaceID) ([]account.Team, error) {
	return list(tx, scanTeam, `SELECT `+teamColumns+` FROM team WHERE workspace_id = $1 ORDER BY id`, int64(ws))
}

// Team implements account.Store.
func (Accounts) Team(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID) (account.Team, bool, error) {
	return first(tx, scanTeam, `SELECT `+teamColumns+` FROM team WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
}

// RenameTeam implements account.Store.
func (Accounts) RenameTeam(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID, name string) error {
	_, err := within(tx).exec(`UPDATE team SET name = $3 WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id), name)
	return err
}

// DeleteTeam implements account.Store.
func (Accounts) DeleteTeam(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID) (bool, error) {
	t := within(tx)
	var used int64
	_, err := t.one(`
		SELECT CASE WHEN EXISTS (SELECT 1 FROM number WHERE workspace_id = $1 AND team_id = $2)
			OR EXISTS (SELECT 1 FROM routing_number WHERE workspace_id = $1 AND team_id = $2)
			OR EXISTS (SELECT 1 FROM conversation WHERE workspace_id = $1 AND team_id = $2 AND state <> 'closed') THEN 1 ELSE 0 END`,
		[]any{int64(ws), int64(id)}, &used)
	if err != nil || used == 1 {
		return false, err
	}
	for _, query := range []string{
		`DELETE FROM team_member WHERE workspace_id = $1 AND team_id = $2`,
		`DELETE FROM invitation_team WHERE workspace_id = $1 AND team_id = $2`,
		`DELETE FROM team_routing WHERE workspace_id = $1 AND team_id = $2`,
		`UPDATE conversation SET team_id = 0 WHERE workspace_id = $1 AND team_id = $2`,
		`DELETE FROM team WHERE workspace_id = $1 AND id = $2`,
	} {
		if _, err := t.exec(query, int64(ws), int64(id)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// Members implements account.Store.
func (Accounts) Members(tx txn.Tx, ws wa.WorkspaceID) (map[wa.TeamID][]wa.PersonID, error) {
	members := map[wa.TeamID][]wa.PersonID{}
	err := within(tx).query(`
		SELECT m.team_id, m.person_id FROM team_member m JOIN person p ON p.id = m.person_id
		WHERE m.workspace_id = $1 AND p.workspace_id = $1 AND p.deactivated_at = 0 ORDER BY m.team_id, m.person_id`, func(scan func(...any) error) error {
		var team wa.TeamID
		var person wa.PersonID
		err := scan(&team, &person)
		members[team] = append(members[team], person)
		return err
	}, int64(ws))
	return members, err
}

// TeamMembers are the people of one team who may come in, in the order of their ids.
func (Accounts) TeamMembers(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID) ([]wa.PersonID, error) {
	return list(tx, func(scan func(...any) error) (id wa.PersonID, err error) { return id, scan(&id) }, `
		SELECT m.person_id FROM team_member m JOIN person p ON p.id = m.person_id
		WHERE m.workspace_id = $1 AND m.team_id = $2 AND p.workspace_id = $1 AND p.deactivated_at = 0 ORDER BY m.person_id`, int64(ws), int64(team))
}

const insertMember = `
	INSERT INTO team_member (team_id, person_id, workspace_id)
	SELECT t.id, p.id, t.workspace_id FROM team t JOIN person p ON p.workspace_id = t.workspace_id
	WHERE t.workspace_id = $1 AND t.id = $2 AND p.id = $3`

// SetMembers implements account.Store. Those who are deactivated stay in the
// team they were in: they are back in it when they are reactivated.
func (Accounts) SetMembers(tx txn.Tx, ws wa.WorkspaceID, id wa.TeamID, people []wa.PersonID) error {
	_, err := within(tx).exec(`
		DELETE FROM team_member WHERE workspace_id = $1 AND team_id = $2
			AND person_id IN (SELECT id FROM person WHERE workspace_id = $1 AND deactivated_at = 0)`, int64(ws), int64(id))
	for _, p := range people {
		if err == nil {
			_, err = within(tx).exec(insertMember+` ON CONFLICT (team_id, person_id) DO NOTHING`, int64(ws), int64(id), int64(p))
		}
	}
	return err
}

// SetTeams implements account.Store.
func (Accounts) SetTeams(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, teams []wa.TeamID) error {
	_, err := within(tx).exec(`DELETE FROM team_member WHERE workspace_id = $1 AND person_id = $2`, int64(ws), int64(id))
	for _, t := range teams {
		if err == nil {
			_, err = within(tx).exec(insertMember, int64(ws), int64(t), int64(id))
		}
	}
	return err
}
