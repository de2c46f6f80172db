package store

import (
	"time"

	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const selectInvitation = `SELECT id, workspace_id, email, name, role, invited_by, created_at, expires_at, mail FROM invitation `

func scanInvitation(scan func(...any) error) (i account.Invitation, err error) {
	var created, expires int64
	err = scan(&i.ID, &i.WorkspaceID, &i.Email, &i.Name, &i.Role, &i.InvitedBy, &created, &expires, &i.Mail)
	i.CreatedAt, i.ExpiresAt = at(created), at(expires)
	return i, err
}

// InsertInvitation implements account.Store.
func (Accounts) InsertInvitation(tx txn.Tx, i account.Invitation, token account.Hash) error {
	_, err := within(tx).exec(`
		INSERT INTO invitation (id, workspace_id, token_hash, email, name, role, invited_by, created_at, expires_at, mail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		int64(i.ID), int64(i.WorkspaceID), token[:], i.Email, i.Name, string(i.Role), int64(i.InvitedBy), ms(i.CreatedAt), ms(i.ExpiresAt), string(i.Mail))
	for _, team := range i.Teams {
		if err == nil {
			_, err = within(tx).exec(`INSERT INTO invitation_team (invitation_id, team_id, workspace_id) VALUES ($1, $2, $3)`, int64(i.ID), int64(team), int64(i.WorkspaceID))
		}
	}
	return err
}

// Invitations implements account.Store.
func (a Accounts) Invitations(tx txn.Tx, ws wa.WorkspaceID) ([]account.Invitation, error) {
	all, err := list(tx, scanInvitation, selectInvitation+`WHERE workspace_id = $1 AND ended_at = 0 ORDER BY id`, int64(ws))
	for i := range all {
		if err == nil {
			all[i].Teams, err = a.invitedTo(tx, all[i])
		}
	}
	return all, err
}

func (Accounts) invitedTo(tx txn.Tx, i account.Invitation) ([]wa.TeamID, error) {
	return list(tx, func(scan func(...any) error) (id wa.TeamID, err error) { return id, scan(&id) },
		`SELECT team_id FROM invitation_team WHERE workspace_id = $1 AND invitation_id = $2 ORDER BY team_id`, int64(i.WorkspaceID), int64(i.ID))
}

// InvitationByToken implements account.Store. Like a link, an invitation is how
// a request gets its workspace.
func (a Accounts) InvitationByToken(tx txn.Tx, token account.Hash, now time.Time) (account.Invitation, bool, error) {
	i, found, err := first(tx, scanInvitation, selectInvitation+`WHERE token_hash = $1 AND ended_at = 0 AND expires_at > $2`, token[:], ms(now))
	if err == nil && found {
		i.Teams, err = a.invitedTo(tx, i)
	}
	return i, found, err
}

// EndInvitation implements account.Store.
func (Accounts) EndInvitation(tx txn.Tx, ws wa.WorkspaceID, id wa.InvitationID, person wa.PersonID, when time.Time) (bool, error) {
	n, err := within(tx).exec(`UPDATE invitation SET ended_at = $3, person_id = $4 WHERE workspace_id = $1 AND id = $2 AND ended_at = 0`,
		int64(ws), int64(id), ms(when), int64(person))
	return n == 1, err
}

// SetInvitationMail implements account.Store.
func (Accounts) SetInvitationMail(tx txn.Tx, ws wa.WorkspaceID, id wa.InvitationID, state account.MailState) (bool, error) {
	n, err := within(tx).exec(`UPDATE invitation SET mail = $3 WHERE workspace_id = $1 AND id = $2 AND ended_at = 0`, int64(ws), int64(id), string(state))
	return n == 1, err
}
