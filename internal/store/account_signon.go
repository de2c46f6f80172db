package store

import (
	"time"

	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// ExternalLogin implements account.Store. A subject, like an address, is how a
// request gets its workspace.
func (Accounts) ExternalLogin(tx txn.Tx, issuer, subject string) (account.Person, bool, error) {
	return first(tx, scanPerson, `
		SELECT `+personColumns+` FROM external_login e JOIN person p ON p.id = e.person_id AND p.workspace_id = e.workspace_id
		WHERE e.issuer = $1 AND e.subject = $2`, issuer, subject)
}

// ExternalLogins implements account.Store.
func (Accounts) ExternalLogins(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) ([]account.Linked, error) {
	return list(tx, func(scan func(...any) error) (l account.Linked, err error) {
		var created int64
		err = scan(&l.Issuer, &l.Subject, &created)
		l.CreatedAt = at(created)
		return l, err
	}, `SELECT issuer, subject, created_at FROM external_login WHERE workspace_id = $1 AND person_id = $2 ORDER BY created_at, issuer, subject`, int64(ws), int64(id))
}

// InsertExternalLogin implements account.Store.
func (Accounts) InsertExternalLogin(tx txn.Tx, issuer, subject string, p account.Person, when time.Time) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO external_login (issuer, subject, workspace_id, person_id, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (issuer, subject) DO NOTHING`, issuer, subject, int64(p.WorkspaceID), int64(p.ID), ms(when))
	return n == 1, err
}

// DeleteExternalLogins implements account.Store.
func (Accounts) DeleteExternalLogins(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (int, error) {
	n, err := within(tx).exec(`DELETE FROM external_login WHERE workspace_id = $1 AND person_id = $2`, int64(ws), int64(id))
	return int(n), err
}

// InvitationsTo implements account.Store. SQLite's lower knows ASCII alone, so
// the addresses are compared here; few invitations are open at a time.
func (a Accounts) InvitationsTo(tx txn.Tx, emailKey string, now time.Time) (to []account.Invitation, err error) {
	all, err := list(tx, scanInvitation, selectInvitation+`WHERE ended_at = 0 AND expires_at > $1 ORDER BY id DESC`, ms(now))
	for _, i := range all {
		if err == nil && account.EmailKey(i.Email) == emailKey {
			i.Teams, err = a.invitedTo(tx, i)
			to = append(to, i)
		}
	}
	return to, err
}
