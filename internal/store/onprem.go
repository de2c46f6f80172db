package store

import (
	"strings"
	"time"

	"kontor/internal/premises"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Premises keeps the state of the drop-in for the On-Premises API: façades,
// users, tokens here; documents, refusals and counters in onprem_kept.go.
type Premises struct{ s *Store }

var _ premises.Store = Premises{}

// Premises returns the queries of package premises.
func (s *Store) Premises() Premises { return Premises{s} }

// Facades implements premises.Store.
func (Premises) Facades(tx txn.Tx) ([]premises.Facade, error) {
	return list(tx, func(scan func(...any) error) (f premises.Facade, err error) {
		var enabled, created int64
		var hosts string
		err = scan(&f.NumberID, &f.WorkspaceID, &enabled, &hosts, &created)
		f.Enabled, f.Hosts, f.CreatedAt = enabled != 0, strings.Fields(hosts), at(created)
		return f, err
	}, `SELECT number_id, workspace_id, enabled, hosts, created_at FROM premises ORDER BY number_id`)
}

// SaveFacade implements premises.Store.
func (Premises) SaveFacade(tx txn.Tx, f premises.Facade, now time.Time) (bool, error) {
	hosts := strings.Join(f.Hosts, " ")
	n, err := within(tx).exec(`UPDATE premises SET enabled = $3, hosts = $4, updated_at = $5 WHERE number_id = $1 AND workspace_id = $2`,
		int64(f.NumberID), int64(f.WorkspaceID), flag(f.Enabled), hosts, ms(now))
	if err != nil || n > 0 {
		return false, err
	}
	_, err = within(tx).exec(`INSERT INTO premises (number_id, workspace_id, enabled, hosts, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		int64(f.NumberID), int64(f.WorkspaceID), flag(f.Enabled), hosts, ms(f.CreatedAt), ms(now))
	return true, err
}

const premisesUserColumns = `number_id, workspace_id, name, role, password, must_change, created_at`

func scanPremisesUser(scan func(...any) error) (u premises.User, err error) {
	var must, created int64
	err = scan(&u.NumberID, &u.WorkspaceID, &u.Name, &u.Role, &u.Hash, &must, &created)
	u.MustChange, u.CreatedAt = must != 0, at(created)
	return u, err
}

// Users implements premises.Store.
func (Premises) Users(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) ([]premises.User, error) {
	return list(tx, scanPremisesUser, `SELECT `+premisesUserColumns+` FROM premises_user WHERE workspace_id = $1 AND number_id = $2 ORDER BY name`, int64(ws), int64(number))
}

// User implements premises.Store.
func (Premises) User(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string) (premises.User, bool, error) {
	return first(tx, scanPremisesUser, `SELECT `+premisesUserColumns+` FROM premises_user WHERE workspace_id = $1 AND number_id = $2 AND name = $3`, int64(ws), int64(number), name)
}

// InsertUser implements premises.Store.
func (Premises) InsertUser(tx txn.Tx, u premises.User) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO premises_user (number_id, workspace_id, name, role, password, must_change, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (number_id, name) DO NOTHING`,
		int64(u.NumberID), int64(u.WorkspaceID), u.Name, string(u.Role), u.Hash, flag(u.MustChange), ms(u.CreatedAt))
	return n == 1, err
}

// SetPassword implements premises.Store.
func (Premises) SetPassword(tx txn.Tx, u premises.User) error {
	_, err := within(tx).exec(`UPDATE premises_user SET password = $4, must_change = $5 WHERE workspace_id = $1 AND number_id = $2 AND name = $3`,
		int64(u.WorkspaceID), int64(u.NumberID), u.Name, u.Hash, flag(u.MustChange))
	return err
}

// DeleteUser implements premises.Store.
func (p Premises) DeleteUser(tx txn.Tx, u premises.User) error {
	if err := p.DeleteTokens(tx, u); err != nil {
		return err
	}
	_, err := within(tx).exec(`DELETE FROM premises_user WHERE workspace_id = $1 AND number_id = $2 AND name = $3`, int64(u.WorkspaceID), int64(u.NumberID), u.Name)
	return err
}

// InsertToken implements premises.Store.
func (Premises) InsertToken(tx txn.Tx, t premises.Token) error {
	_, err := within(tx).exec(`INSERT INTO premises_token (token_hash, number_id, workspace_id, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.Hash[:], int64(t.NumberID), int64(t.WorkspaceID), t.Name, ms(t.CreatedAt), ms(t.ExpiresAt))
	return err
}

// Token implements premises.Store.
func (Premises) Token(tx txn.Tx, hash premises.Hash, now time.Time) (t premises.Token, role premises.Role, found bool, err error) {
	var created, expires int64
	found, err = within(tx).one(`
		SELECT t.number_id, t.workspace_id, t.name, t.created_at, t.expires_at, u.role
		FROM premises_token t JOIN premises_user u ON u.number_id = t.number_id AND u.name = t.name
		WHERE t.token_hash = $1 AND t.expires_at > $2`,
		[]any{hash[:], ms(now)}, &t.NumberID, &t.WorkspaceID, &t.Name, &created, &expires, &role)
	t.Hash, t.CreatedAt, t.ExpiresAt = hash, at(created), at(expires)
	return t, role, found, err
}

// DeleteToken implements premises.Store.
func (Premises) DeleteToken(tx txn.Tx, t premises.Token) error {
	_, err := within(tx).exec(`DELETE FROM premises_token WHERE token_hash = $1 AND workspace_id = $2`, t.Hash[:], int64(t.WorkspaceID))
	return err
}

// DeleteTokens implements premises.Store.
func (Premises) DeleteTokens(tx txn.Tx, u premises.User) error {
	_, err := within(tx).exec(`DELETE FROM premises_token WHERE workspace_id = $1 AND number_id = $2 AND name = $3`, int64(u.WorkspaceID), int64(u.NumberID), u.Name)
	return err
}

// DeleteOld implements premises.Store.
func (Premises) DeleteOld(tx txn.Tx, before time.Time) error {
	if _, err := within(tx).exec(`DELETE FROM premises_token WHERE expires_at < $1`, ms(before)); err != nil {
		return err
	}
	_, err := within(tx).exec(`DELETE FROM premises_refusal WHERE created_at < $1`, ms(before))
	return err
}
