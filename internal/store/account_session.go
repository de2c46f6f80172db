package store

import (
	"time"

	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// InsertLink implements account.Store.
func (Accounts) InsertLink(tx txn.Tx, token account.Hash, person wa.PersonID, expires time.Time) error {
	_, err := within(tx).exec(`INSERT INTO signin_link (token_hash, person_id, expires_at) VALUES ($1, $2, $3)`,
		token[:], int64(person), ms(expires))
	return err
}

// LinkPerson implements account.Store. A link is the only thing that leads to a
// person without a workspace: it is how a request gets one.
func (Accounts) LinkPerson(tx txn.Tx, token account.Hash, now time.Time) (account.Person, bool, error) {
	return first(tx, scanPerson, `
		SELECT `+personColumns+` FROM signin_link l JOIN person p ON p.id = l.person_id
		WHERE l.token_hash = $1 AND l.used_at = 0 AND l.expires_at > $2 AND p.deactivated_at = 0`, token[:], ms(now))
}

// UseLink implements account.Store.
func (Accounts) UseLink(tx txn.Tx, token account.Hash, now time.Time) (bool, error) {
	n, err := within(tx).exec(`UPDATE signin_link SET used_at = $2 WHERE token_hash = $1 AND used_at = 0`, token[:], ms(now))
	return n == 1, err
}

// InsertSession implements account.Store.
func (Accounts) InsertSession(tx txn.Tx, s account.SessionRow) error {
	_, err := within(tx).exec(`
		INSERT INTO session (token_hash, person_id, workspace_id, method, device, address, created_at, last_seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.Token[:], int64(s.Person.ID), int64(s.Person.WorkspaceID), string(s.Method), s.From.Device, s.From.Address, ms(s.CreatedAt), ms(s.SeenAt), ms(s.ExpiresAt))
	return err
}

const selectSession = `
	SELECT ` + personColumns + `, s.token_hash, s.method, s.device, s.address, s.created_at, s.last_seen_at, s.expires_at,
		CASE WHEN p.workspace_id = (SELECT min(id) FROM workspace) THEN 1 ELSE 0 END
	FROM session s JOIN person p ON p.id = s.person_id AND p.workspace_id = s.workspace_id
	WHERE p.deactivated_at = 0 `

func scanSession(scan func(...any) error) (s account.SessionRow, err error) {
	var token []byte
	var created, seen, expires, operator int64
	err = scanPersonAnd(scan, &s.Person, &token, &s.Method, &s.From.Device, &s.From.Address, &created, &seen, &expires, &operator)
	copy(s.Token[:], token)
	s.CreatedAt, s.SeenAt, s.ExpiresAt, s.Operator = at(created), at(seen), at(expires), operator == 1
	return s, err
}

// SessionOf implements account.Store.
func (Accounts) SessionOf(tx txn.Tx, token account.Hash, now time.Time) (account.SessionRow, bool, error) {
	return first(tx, scanSession, selectSession+`AND s.token_hash = $1 AND s.expires_at > $2`, token[:], ms(now))
}

// Sessions implements account.Store.
func (Accounts) Sessions(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, now time.Time) ([]account.SessionRow, error) {
	return list(tx, scanSession, selectSession+`AND s.workspace_id = $1 AND s.person_id = $2 AND s.expires_at > $3 ORDER BY s.created_at DESC, s.token_hash`,
		int64(ws), int64(person), ms(now))
}

// ExtendSession implements account.Store.
func (Accounts) ExtendSession(tx txn.Tx, token account.Hash, seen, expires time.Time) error {
	_, err := within(tx).exec(`UPDATE session SET last_seen_at = $2, expires_at = $3 WHERE token_hash = $1 AND expires_at < $3`, token[:], ms(seen), ms(expires))
	return err
}

// DeleteSession implements account.Store.
func (Accounts) DeleteSession(tx txn.Tx, token account.Hash) error {
	_, err := within(tx).exec(`DELETE FROM session WHERE token_hash = $1`, token[:])
	return err
}

// DeleteSessions implements account.Store.
func (Accounts) DeleteSessions(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, kept account.Hash) (int, error) {
	n, err := within(tx).exec(`DELETE FROM session WHERE workspace_id = $1 AND person_id = $2 AND token_hash <> $3`, int64(ws), int64(person), kept[:])
	return int(n), err
}

const ticketColumns = `kind, workspace_id, person_id, data_sealed, tries, created_at, expires_at`

// InsertTicket implements account.Store.
func (a Accounts) InsertTicket(tx txn.Tx, token account.Hash, t account.Ticket) error {
	data, err := a.s.seal.Seal(t.Data, associated(t.WorkspaceID, sealTicket))
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO ticket (token_hash, kind, workspace_id, person_id, data_sealed, tries, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		token[:], string(t.Kind), int64(t.WorkspaceID), int64(t.PersonID), data, t.Tries, ms(t.CreatedAt), ms(t.ExpiresAt))
	return err
}

// Ticket implements account.Store. Like a link, a ticket is how a request gets
// its workspace.
func (a Accounts) Ticket(tx txn.Tx, kind account.TicketKind, token account.Hash, now time.Time) (account.Ticket, bool, error) {
	return first(tx, func(scan func(...any) error) (t account.Ticket, err error) {
		var created, expires int64
		var sealed []byte
		if err = scan(&t.Kind, &t.WorkspaceID, &t.PersonID, &sealed, &t.Tries, &created, &expires); err != nil {
			return t, err
		}
		t.CreatedAt, t.ExpiresAt = at(created), at(expires)
		t.Data, err = a.s.seal.Open(sealed, associated(t.WorkspaceID, sealTicket))
		return t, err
	}, `SELECT `+ticketColumns+` FROM ticket WHERE token_hash = $1 AND kind = $2 AND expires_at > $3`, token[:], string(kind), ms(now))
}

// TryTicket implements account.Store.
func (Accounts) TryTicket(tx txn.Tx, kind account.TicketKind, token account.Hash) (tries int, err error) {
	err = within(tx).change(`UPDATE ticket SET tries = tries + 1 WHERE token_hash = $1 AND kind = $2 RETURNING tries`,
		func(scan func(...any) error) error { return scan(&tries) }, token[:], string(kind))
	return tries, err
}

// DeleteTicket implements account.Store.
func (Accounts) DeleteTicket(tx txn.Tx, kind account.TicketKind, token account.Hash) (bool, error) {
	n, err := within(tx).exec(`DELETE FROM ticket WHERE token_hash = $1 AND kind = $2`, token[:], string(kind))
	return n == 1, err
}

// DeleteTickets implements account.Store.
func (Accounts) DeleteTickets(tx txn.Tx, kind account.TicketKind, person wa.PersonID) error {
	_, err := within(tx).exec(`DELETE FROM ticket WHERE person_id = $1 AND kind = $2`, int64(person), string(kind))
	return err
}

// CountTickets implements account.Store.
func (Accounts) CountTickets(tx txn.Tx, kind account.TicketKind, person wa.PersonID, since time.Time) (n int, err error) {
	_, err = within(tx).one(`SELECT count(*) FROM ticket WHERE person_id = $1 AND kind = $2 AND created_at > $3`, []any{int64(person), string(kind), ms(since)}, &n)
	return n, err
}
