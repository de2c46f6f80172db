package store

import (
	"time"

	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Accounts keeps workspaces, teams, people, sign-in links, sessions and API keys.
type Accounts struct{ s *Store }

var _ account.Store = Accounts{}

// Accounts returns the queries of package account.
func (s *Store) Accounts() Accounts { return Accounts{s} }

const workspaceColumns = `id, slug, name, greeting, session_hours, created_at`

func scanWorkspace(scan func(...any) error) (w account.Workspace, err error) {
	var created int64
	err = scan(&w.ID, &w.Slug, &w.Name, &w.Greeting, &w.SessionHours, &created)
	w.CreatedAt = at(created)
	return w, err
}

// InsertWorkspace implements account.Store.
func (Accounts) InsertWorkspace(tx txn.Tx, w account.Workspace) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO workspace (id, slug, name, greeting, session_hours, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (slug) DO NOTHING`,
		int64(w.ID), w.Slug, w.Name, w.Greeting, w.SessionHours, ms(w.CreatedAt))
	return n == 1, err
}

// Workspace implements account.Store.
func (Accounts) Workspace(tx txn.Tx, id wa.WorkspaceID) (account.Workspace, bool, error) {
	return first(tx, scanWorkspace, `SELECT `+workspaceColumns+` FROM workspace WHERE id = $1`, int64(id))
}

// WorkspaceBySlug implements account.Store.
func (Accounts) WorkspaceBySlug(tx txn.Tx, slug string) (account.Workspace, bool, error) {
	return first(tx, scanWorkspace, `SELECT `+workspaceColumns+` FROM workspace WHERE slug = $1`, slug)
}

// Workspaces implements account.Store.
func (Accounts) Workspaces(tx txn.Tx) ([]account.Workspace, error) {
	return list(tx, scanWorkspace, `SELECT `+workspaceColumns+` FROM workspace ORDER BY id`)
}

// UpdateWorkspace implements account.Store.
func (Accounts) UpdateWorkspace(tx txn.Tx, w account.Workspace) error {
	_, err := within(tx).exec(`UPDATE workspace SET name = $2, greeting = $3, session_hours = $4 WHERE id = $1`,
		int64(w.ID), w.Name, w.Greeting, w.SessionHours)
	return err
}

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

const personColumns = `p.id, p.workspace_id, p.name, p.email, p.role, p.locale, p.created_at`

func scanPerson(scan func(...any) error) (p account.Person, err error) {
	var created int64
	err = scan(&p.ID, &p.WorkspaceID, &p.Name, &p.Email, &p.Role, &p.Locale, &created)
	p.CreatedAt = at(created)
	return p, err
}

// InsertPerson implements account.Store.
func (Accounts) InsertPerson(tx txn.Tx, p account.Person) error {
	_, err := within(tx).exec(`INSERT INTO person (id, workspace_id, name, email, role, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		int64(p.ID), int64(p.WorkspaceID), p.Name, p.Email, string(p.Role), p.Locale, ms(p.CreatedAt))
	return err
}

// Person implements account.Store.
func (Accounts) Person(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (account.Person, bool, error) {
	return first(tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.workspace_id = $1 AND p.id = $2`, int64(ws), int64(id))
}

// People implements account.Store.
func (Accounts) People(tx txn.Tx, ws wa.WorkspaceID) ([]account.Person, error) {
	return list(tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.workspace_id = $1 ORDER BY p.id`, int64(ws))
}

// SetLocale implements account.Store.
func (Accounts) SetLocale(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, locale string) error {
	_, err := within(tx).exec(`UPDATE person SET locale = $3 WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id), locale)
	return err
}

// Names implements account.Store.
func (Accounts) Names(tx txn.Tx, ws wa.WorkspaceID) (account.Names, error) {
	n := account.Names{People: map[wa.PersonID]string{}, Keys: map[wa.KeyID]string{}}
	err := within(tx).query(`
		SELECT 0, id, name FROM person WHERE workspace_id = $1
		UNION ALL SELECT 1, id, name FROM api_key WHERE workspace_id = $1`, func(scan func(...any) error) error {
		var isKey, id int64
		var name string
		err := scan(&isKey, &id, &name)
		if isKey == 1 {
			n.Keys[wa.KeyID(id)] = name
		} else {
			n.People[wa.PersonID(id)] = name
		}
		return err
	}, int64(ws))
	return n, err
}

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
		WHERE l.token_hash = $1 AND l.used_at = 0 AND l.expires_at > $2`, token[:], ms(now))
}

// UseLink implements account.Store.
func (Accounts) UseLink(tx txn.Tx, token account.Hash, now time.Time) (bool, error) {
	n, err := within(tx).exec(`UPDATE signin_link SET used_at = $2 WHERE token_hash = $1 AND used_at = 0`, token[:], ms(now))
	return n == 1, err
}

// InsertSession implements account.Store.
func (Accounts) InsertSession(tx txn.Tx, token account.Hash, p account.Person, created, expires time.Time) error {
	_, err := within(tx).exec(`INSERT INTO session (token_hash, person_id, workspace_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		token[:], int64(p.ID), int64(p.WorkspaceID), ms(created), ms(expires))
	return err
}

// SessionOf implements account.Store.
func (Accounts) SessionOf(tx txn.Tx, token account.Hash, now time.Time) (row account.SessionRow, found bool, err error) {
	var created, expires, operator int64
	p := &row.Person
	found, err = within(tx).one(`
		SELECT `+personColumns+`, s.expires_at, CASE WHEN p.workspace_id = (SELECT min(id) FROM workspace) THEN 1 ELSE 0 END
		FROM session s JOIN person p ON p.id = s.person_id AND p.workspace_id = s.workspace_id
		WHERE s.token_hash = $1 AND s.expires_at > $2`, []any{token[:], ms(now)},
		&p.ID, &p.WorkspaceID, &p.Name, &p.Email, &p.Role, &p.Locale, &created, &expires, &operator)
	p.CreatedAt, row.ExpiresAt, row.Operator = at(created), at(expires), operator == 1
	return row, found, err
}

// ExtendSession implements account.Store.
func (Accounts) ExtendSession(tx txn.Tx, token account.Hash, expires time.Time) error {
	_, err := within(tx).exec(`UPDATE session SET expires_at = $2 WHERE token_hash = $1 AND expires_at < $2`, token[:], ms(expires))
	return err
}

// DeleteSession implements account.Store.
func (Accounts) DeleteSession(tx txn.Tx, token account.Hash) error {
	_, err := within(tx).exec(`DELETE FROM session WHERE token_hash = $1`, token[:])
	return err
}

const apiKeyColumns = `id, workspace_id, name, hint, role, created_at, revoked_at`

func scanAPIKey(scan func(...any) error) (k account.Key, err error) {
	var created, revoked int64
	err = scan(&k.ID, &k.WorkspaceID, &k.Name, &k.Hint, &k.Role, &created, &revoked)
	k.CreatedAt, k.RevokedAt = at(created), at(revoked)
	return k, err
}

// InsertKey implements account.Store.
func (Accounts) InsertKey(tx txn.Tx, k account.Key, secret account.Hash) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO api_key (id, workspace_id, name, hash, hint, role, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (hash) DO NOTHING`,
		int64(k.ID), int64(k.WorkspaceID), k.Name, secret[:], k.Hint, string(k.Role), ms(k.CreatedAt))
	return n == 1, err
}

// KeyByHash implements account.Store. Like a link, a key is how a request gets
// its workspace, so this query has none.
func (Accounts) KeyByHash(tx txn.Tx, secret account.Hash) (k account.Key, operator, found bool, err error) {
	var created, revoked, first int64
	found, err = within(tx).one(`
		SELECT `+apiKeyColumns+`, CASE WHEN workspace_id = (SELECT min(id) FROM workspace) THEN 1 ELSE 0 END
		FROM api_key WHERE hash = $1`, []any{secret[:]},
		&k.ID, &k.WorkspaceID, &k.Name, &k.Hint, &k.Role, &created, &revoked, &first)
	k.CreatedAt, k.RevokedAt = at(created), at(revoked)
	return k, first == 1, found, err
}

// Key implements account.Store.
func (Accounts) Key(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID) (account.Key, bool, error) {
	return first(tx, scanAPIKey, `SELECT `+apiKeyColumns+` FROM api_key WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
}

// Keys implements account.Store.
func (Accounts) Keys(tx txn.Tx, ws wa.WorkspaceID) ([]account.Key, error) {
	return list(tx, scanAPIKey, `SELECT `+apiKeyColumns+` FROM api_key WHERE workspace_id = $1 AND revoked_at = 0 ORDER BY id`, int64(ws))
}

// RevokeKey implements account.Store.
func (Accounts) RevokeKey(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID, when time.Time) error {
	_, err := within(tx).exec(`UPDATE api_key SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at = 0`, int64(ws), int64(id), ms(when))
	return err
}

// DeleteExpired implements account.Store.
func (Accounts) DeleteExpired(tx txn.Tx, before time.Time) error {
	if _, err := within(tx).exec(`DELETE FROM session WHERE expires_at < $1`, ms(before)); err != nil {
		return err
	}
	_, err := within(tx).exec(`DELETE FROM signin_link WHERE expires_at < $1`, ms(before))
	return err
}

// first scans the only row of a query into what scan makes of it.
func first[T any](tx txn.Tx, scan func(func(...any) error) (T, error), query string, args ...any) (row T, found bool, err error) {
	err = within(tx).query(query, func(from func(...any) error) error {
		found = true
		row, err = scan(from)
		return err
	}, args...)
	return row, found, err
}

// list scans all rows of a query.
func list[T any](tx txn.Tx, scan func(func(...any) error) (T, error), query string, args ...any) (rows []T, err error) {
	err = within(tx).query(query, func(from func(...any) error) error {
		row, err := scan(from)
		rows = append(rows, row)
		return err
	}, args...)
	return rows, err
}
