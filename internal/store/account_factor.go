package store

import (
	"time"

	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const selectLogin = `
	SELECT ` + personColumns + `, COALESCE(w.hash, ''), CASE WHEN t.confirmed_at <> 0 THEN 1 ELSE 0 END
	FROM person p LEFT JOIN person_password w ON w.person_id = p.id LEFT JOIN person_totp t ON t.person_id = p.id `

func scanLogin(scan func(...any) error) (l account.Login, err error) {
	var totp int64
	err = scanPersonAnd(scan, &l.Person, &l.Hash, &totp)
	l.TOTP = totp == 1
	return l, err
}

// Login implements account.Store. An address, with its password, is how a
// request gets its workspace.
func (Accounts) Login(tx txn.Tx, emailKey string) (account.Login, bool, error) {
	return first(tx, scanLogin, selectLogin+`WHERE p.email_key = $1 AND p.email_key <> ''`, emailKey)
}

// LoginOf implements account.Store.
func (Accounts) LoginOf(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (account.Login, bool, error) {
	return first(tx, scanLogin, selectLogin+`WHERE p.workspace_id = $1 AND p.id = $2`, int64(ws), int64(id))
}

// SetPassword implements account.Store.
func (Accounts) SetPassword(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, hash string, when time.Time) error {
	_, err := within(tx).exec(`
		INSERT INTO person_password (person_id, workspace_id, hash, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`, int64(id), int64(ws), hash, ms(when))
	return err
}

// Rehash implements account.Store.
func (Accounts) Rehash(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, from, to string) error {
	_, err := within(tx).exec(`UPDATE person_password SET hash = $4 WHERE workspace_id = $1 AND person_id = $2 AND hash = $3`, int64(ws), int64(id), from, to)
	return err
}

// TOTP implements account.Store.
func (a Accounts) TOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (account.TOTP, bool, error) {
	return first(tx, func(scan func(...any) error) (t account.TOTP, err error) {
		var sealed []byte
		var confirmed int64
		if err = scan(&sealed, &confirmed, &t.LastStep); err != nil {
			return t, err
		}
		secret, err := a.s.openText(ws, sealTOTP, sealed)
		t.Secret, t.ConfirmedAt = wa.Secret(secret), at(confirmed)
		return t, err
	}, `SELECT secret_sealed, confirmed_at, last_step FROM person_totp WHERE workspace_id = $1 AND person_id = $2`, int64(ws), int64(id))
}

// EnrolTOTP implements account.Store.
func (a Accounts) EnrolTOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, secret wa.Secret, when time.Time) (bool, error) {
	sealed, err := a.s.sealText(ws, sealTOTP, secret.Reveal())
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		INSERT INTO person_totp (person_id, workspace_id, secret_sealed, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) DO UPDATE SET secret_sealed = excluded.secret_sealed, last_step = 0, created_at = excluded.created_at
		WHERE person_totp.confirmed_at = 0`, int64(id), int64(ws), sealed, ms(when))
	return n == 1, err
}

// ConfirmTOTP implements account.Store.
func (Accounts) ConfirmTOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, when time.Time) error {
	_, err := within(tx).exec(`UPDATE person_totp SET confirmed_at = $3 WHERE workspace_id = $1 AND person_id = $2`, int64(ws), int64(id), ms(when))
	return err
}

// UseStep implements account.Store.
func (Accounts) UseStep(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, step int64) (bool, error) {
	n, err := within(tx).exec(`UPDATE person_totp SET last_step = $3 WHERE workspace_id = $1 AND person_id = $2 AND last_step < $3`, int64(ws), int64(id), step)
	return n == 1, err
}

// DeleteTOTP implements account.Store.
func (Accounts) DeleteTOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) error {
	_, err := within(tx).exec(`DELETE FROM person_totp WHERE workspace_id = $1 AND person_id = $2`, int64(ws), int64(id))
	return err
}

// SetRecoveryCodes implements account.Store.
func (Accounts) SetRecoveryCodes(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, codes []account.Hash) error {
	_, err := within(tx).exec(`DELETE FROM recovery_code WHERE workspace_id = $1 AND person_id = $2`, int64(ws), int64(id))
	for _, c := range codes {
		if err == nil {
			_, err = within(tx).exec(`INSERT INTO recovery_code (person_id, code_hash, workspace_id) VALUES ($1, $2, $3)`, int64(id), c[:], int64(ws))
		}
	}
	return err
}

// UseRecoveryCode implements account.Store.
func (Accounts) UseRecoveryCode(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, code account.Hash, when time.Time) (bool, error) {
	n, err := within(tx).exec(`UPDATE recovery_code SET used_at = $4 WHERE workspace_id = $1 AND person_id = $2 AND code_hash = $3 AND used_at = 0`,
		int64(ws), int64(id), code[:], ms(when))
	return n == 1, err
}

// CountRecoveryCodes implements account.Store.
func (Accounts) CountRecoveryCodes(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (n int, err error) {
	_, err = within(tx).one(`SELECT count(*) FROM recovery_code WHERE workspace_id = $1 AND person_id = $2 AND used_at = 0`, []any{int64(ws), int64(id)}, &n)
	return n, err
}

const selectPasskey = `SELECT id, workspace_id, person_id, credential_id, record_sealed, name, created_at, last_used_at FROM passkey `

func (a Accounts) scanPasskey(scan func(...any) error) (k account.Passkey, err error) {
	var sealed []byte
	var created, used int64
	if err = scan(&k.ID, &k.WorkspaceID, &k.PersonID, &k.Credential, &sealed, &k.Name, &created, &used); err != nil {
		return k, err
	}
	k.CreatedAt, k.LastUsedAt = at(created), at(used)
	k.Record, err = a.s.seal.Open(sealed, associated(k.WorkspaceID, sealPasskey))
	return k, err
}

// InsertPasskey implements account.Store.
func (a Accounts) InsertPasskey(tx txn.Tx, k account.Passkey) (bool, error) {
	sealed, err := a.s.seal.Seal(k.Record, associated(k.WorkspaceID, sealPasskey))
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		INSERT INTO passkey (id, workspace_id, person_id, credential_id, record_sealed, name, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (credential_id) DO NOTHING`,
		int64(k.ID), int64(k.WorkspaceID), int64(k.PersonID), k.Credential, sealed, k.Name, ms(k.CreatedAt), ms(k.LastUsedAt))
	return n == 1, err
}

// Passkeys implements account.Store.
func (a Accounts) Passkeys(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) ([]account.Passkey, error) {
	return list(tx, a.scanPasskey, selectPasskey+`WHERE workspace_id = $1 AND person_id = $2 ORDER BY id`, int64(ws), int64(id))
}

// PasskeyByCredential implements account.Store.
func (a Accounts) PasskeyByCredential(tx txn.Tx, credential []byte) (account.Passkey, bool, error) {
	return first(tx, a.scanPasskey, selectPasskey+`WHERE credential_id = $1
		FOR UPDATE -- only: postgres (SQLite has one writer)`, credential)
}

// UsePasskey implements account.Store.
func (a Accounts) UsePasskey(tx txn.Tx, k account.Passkey) error {
	sealed, err := a.s.seal.Seal(k.Record, associated(k.WorkspaceID, sealPasskey))
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`UPDATE passkey SET record_sealed = $3, last_used_at = $4 WHERE workspace_id = $1 AND id = $2`,
		int64(k.WorkspaceID), int64(k.ID), sealed, ms(k.LastUsedAt))
	return err
}

// RenamePasskey implements account.Store.
func (Accounts) RenamePasskey(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.PasskeyID, name string) (bool, error) {
	n, err := within(tx).exec(`UPDATE passkey SET name = $4 WHERE workspace_id = $1 AND person_id = $2 AND id = $3`, int64(ws), int64(person), int64(id), name)
	return n == 1, err
}

// DeletePasskey implements account.Store.
func (Accounts) DeletePasskey(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.PasskeyID) (bool, error) {
	n, err := within(tx).exec(`DELETE FROM passkey WHERE workspace_id = $1 AND person_id = $2 AND id = $3`, int64(ws), int64(person), int64(id))
	return n == 1, err
}

// Security implements account.Store.
func (Accounts) Security(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (s account.Security, err error) {
	var password, totp, linked int64
	_, err = within(tx).one(`
		SELECT (SELECT count(*) FROM person_password WHERE workspace_id = $1 AND person_id = $2),
			(SELECT count(*) FROM person_totp WHERE workspace_id = $1 AND person_id = $2 AND confirmed_at <> 0),
			(SELECT count(*) FROM recovery_code WHERE workspace_id = $1 AND person_id = $2 AND used_at = 0),
			(SELECT count(*) FROM passkey WHERE workspace_id = $1 AND person_id = $2),
			(SELECT count(*) FROM external_login WHERE workspace_id = $1 AND person_id = $2)`,
		[]any{int64(ws), int64(id)}, &password, &totp, &s.RecoveryCodes, &s.Passkeys, &linked)
	s.Password, s.TOTP, s.SignOn = password > 0, totp > 0, linked > 0
	return s, err
}
