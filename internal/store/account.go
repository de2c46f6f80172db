package store

import (
	"fmt"
	"strings"
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

// LockWorkspace implements account.Store.
func (Accounts) LockWorkspace(tx txn.Tx, id wa.WorkspaceID) error {
	var locked int64
	_, err := within(tx).one(`SELECT id FROM workspace WHERE id = $1
		FOR UPDATE -- only: postgres (SQLite has one writer)`, []any{int64(id)}, &locked)
	return err
}

const personColumns = `p.id, p.workspace_id, p.name, p.email, p.role, p.locale, p.created_at, p.deactivated_at`

func scanPerson(scan func(...any) error) (p account.Person, err error) {
	err = scanPersonAnd(scan, &p)
	return p, err
}

// scanPersonAnd scans personColumns and what stands behind them.
func scanPersonAnd(scan func(...any) error, p *account.Person, more ...any) error {
	var created, deactivated int64
	err := scan(append([]any{&p.ID, &p.WorkspaceID, &p.Name, &p.Email, &p.Role, &p.Locale, &created, &deactivated}, more...)...)
	p.CreatedAt, p.DeactivatedAt = at(created), at(deactivated)
	return err
}

// InsertPerson implements account.Store. Where the address is that of somebody
// else, the index of addresses keeps the second out.
func (Accounts) InsertPerson(tx txn.Tx, p account.Person) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO person (id, workspace_id, name, email, email_key, role, locale, created_at, deactivated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (email_key) WHERE email_key <> '' DO NOTHING`,
		int64(p.ID), int64(p.WorkspaceID), p.Name, p.Email, account.EmailKey(p.Email), string(p.Role), p.Locale, ms(p.CreatedAt), ms(p.DeactivatedAt))
	return n == 1, err
}

// UpdatePerson implements account.Store. A failed statement ends a transaction
// of PostgreSQL, so the address is looked for first; the lock of the workspace,
// or the index in the rare case of two workspaces at once, holds it.
func (Accounts) UpdatePerson(tx txn.Tx, p account.Person) (bool, error) {
	n, err := within(tx).exec(`
		UPDATE person SET name = $3, email = $4, email_key = $5, role = $6, locale = $7, deactivated_at = $8
		WHERE workspace_id = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM person o WHERE o.email_key = $5 AND o.email_key <> '' AND o.id <> $2)`,
		int64(p.WorkspaceID), int64(p.ID), p.Name, p.Email, account.EmailKey(p.Email), string(p.Role), p.Locale, ms(p.DeactivatedAt))
	return n == 1, err
}

// Traces implements account.Store.
func (Accounts) Traces(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]account.Trace, error) {
	traces := map[wa.PersonID]account.Trace{}
	err := within(tx).query(`
		SELECT p.id, (SELECT COALESCE(max(s.last_seen_at), 0) FROM session s WHERE s.person_id = p.id),
			CASE WHEN EXISTS (SELECT 1 FROM person_totp t WHERE t.person_id = p.id AND t.confirmed_at <> 0)
				OR EXISTS (SELECT 1 FROM passkey k WHERE k.person_id = p.id) THEN 1 ELSE 0 END
		FROM person p WHERE p.workspace_id = $1`, func(scan func(...any) error) error {
		var id, seen, second int64
		err := scan(&id, &seen, &second)
		traces[wa.PersonID(id)] = account.Trace{SeenAt: at(seen), SecondFactor: second == 1}
		return err
	}, int64(ws))
	return traces, err
}

// Person implements account.Store.
func (Accounts) Person(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (account.Person, bool, error) {
	return first(tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.workspace_id = $1 AND p.id = $2`, int64(ws), int64(id))
}

// People implements account.Store.
func (Accounts) People(tx txn.Tx, ws wa.WorkspaceID) ([]account.Person, error) {
	return list(tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.workspace_id = $1 ORDER BY p.id`, int64(ws))
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

const apiKeyColumns = `id, workspace_id, name, hint, role, rights, created_at, expires_at, last_used_at, revoked_at`

func scanAPIKey(scan func(...any) error) (k account.Key, err error) {
	err = scanAPIKeyAnd(scan, &k)
	return k, err
}

// scanAPIKeyAnd scans apiKeyColumns and what stands behind them.
func scanAPIKeyAnd(scan func(...any) error, k *account.Key, more ...any) error {
	var created, expires, used, revoked int64
	var rights string
	err := scan(append([]any{&k.ID, &k.WorkspaceID, &k.Name, &k.Hint, &k.Role, &rights, &created, &expires, &used, &revoked}, more...)...)
	if err != nil {
		return err
	}
	k.CreatedAt, k.ExpiresAt, k.LastUsedAt, k.RevokedAt = at(created), at(expires), at(used), at(revoked)
	var known bool
	if k.Scope, known = account.ScopeOf(strings.Fields(rights)); !known {
		return fmt.Errorf("key %s has rights that this version does not know: %q", k.ID, rights)
	}
	return nil
}

// scopeText is a scope as it is stored: the names of its rights, since their
// order may change.
func scopeText(k account.Key) string {
	if k.Scope == 0 {
		return ""
	}
	var names []string
	for _, r := range k.Scope.Rights(k.Role) {
		names = append(names, string(r))
	}
	return strings.Join(names, " ")
}

// InsertKey implements account.Store.
func (Accounts) InsertKey(tx txn.Tx, k account.Key, secret account.Hash) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO api_key (id, workspace_id, name, hash, hint, role, rights, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (hash) DO NOTHING`,
		int64(k.ID), int64(k.WorkspaceID), k.Name, secret[:], k.Hint, string(k.Role), scopeText(k), ms(k.CreatedAt), ms(k.ExpiresAt))
	return n == 1, err
}

// KeyByHash implements account.Store. Like a link, a key is how a request gets
// its workspace, so this query has none.
func (Accounts) KeyByHash(tx txn.Tx, secret account.Hash) (k account.Key, operator, found bool, err error) {
	var first int64
	err = within(tx).query(`
		SELECT `+apiKeyColumns+`, CASE WHEN workspace_id = (SELECT min(id) FROM workspace) THEN 1 ELSE 0 END
		FROM api_key WHERE hash = $1`, func(scan func(...any) error) error {
		found = true
		return scanAPIKeyAnd(scan, &k, &first)
	}, secret[:])
	return k, first == 1, found, err
}

// UseKey implements account.Store.
func (Accounts) UseKey(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID, when time.Time) error {
	_, err := within(tx).exec(`UPDATE api_key SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2 AND last_used_at < $3`, int64(ws), int64(id), ms(when))
	return err
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

// DeleteExpired implements account.Store. Tickets count how many there were
// within the hour, so they stay as long as the rest.
func (Accounts) DeleteExpired(tx txn.Tx, before time.Time) error {
	for _, query := range []string{
		`DELETE FROM session WHERE expires_at < $1`, `DELETE FROM signin_link WHERE expires_at < $1`, `DELETE FROM ticket WHERE expires_at < $1`,
		`DELETE FROM letter WHERE expires_at < $1`,
	} {
		if _, err := within(tx).exec(query, ms(before)); err != nil {
			return err
		}
	}
	return nil
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
