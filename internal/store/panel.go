package store

import (
	"crypto/sha256"
	"encoding/json"
	"time"

	"kontor/internal/panel"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Panels keeps the tokens of panels and the origins that may show them.
type Panels struct{}

// Panels returns the queries of package panel.
func (s *Store) Panels() Panels { return Panels{} }

var _ panel.Store = Panels{}

// Origins implements panel.Store.
func (Panels) Origins(tx txn.Tx, ws wa.WorkspaceID) (origins []string, err error) {
	text := "[]"
	if _, err := within(tx).one(`SELECT origins FROM panel_setting WHERE workspace_id = $1`, []any{int64(ws)}, &text); err != nil {
		return nil, err
	}
	return origins, json.Unmarshal([]byte(text), &origins)
}

// SaveOrigins implements panel.Store.
func (Panels) SaveOrigins(tx txn.Tx, ws wa.WorkspaceID, origins []string, now time.Time) error {
	text, err := json.Marshal(origins)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO panel_setting (workspace_id, origins, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (workspace_id) DO UPDATE SET origins = excluded.origins, updated_at = excluded.updated_at`, int64(ws), string(text), ms(now))
	return err
}

// InsertToken implements panel.Store.
func (Panels) InsertToken(tx txn.Tx, t panel.Token, secret [sha256.Size]byte) error {
	send := 0
	if t.Send {
		send = 1
	}
	_, err := within(tx).exec(`
		INSERT INTO panel_token (id, workspace_id, key_id, person_id, order_id, origin, may_send, hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		int64(t.ID), int64(t.WorkspaceID), int64(t.KeyID), int64(t.PersonID), int64(t.OrderID), t.Origin, send, secret[:], ms(t.CreatedAt), ms(t.ExpiresAt))
	return err
}

// Token implements panel.Store. What it depends on is of its own workspace only.
func (Panels) Token(tx txn.Tx, id wa.PanelTokenID) (s panel.Stored, found bool, err error) {
	var send, created, expires, ended, revoked, over int64
	var hash []byte
	found, err = within(tx).one(`
		SELECT t.id, t.workspace_id, t.key_id, t.person_id, t.order_id, t.origin, t.may_send, t.hash, t.created_at, t.expires_at, t.ended_at,
			COALESCE(k.revoked_at, 1), COALESCE(k.expires_at, 0), COALESCE(k.role, ''), CASE WHEN p.deactivated_at = 0 THEN p.role ELSE '' END
		FROM panel_token t
		LEFT JOIN api_key k ON k.id = t.key_id AND k.workspace_id = t.workspace_id
		LEFT JOIN person p ON p.id = t.person_id AND p.workspace_id = t.workspace_id
		WHERE t.id = $1`, []any{int64(id)},
		&s.ID, &s.WorkspaceID, &s.KeyID, &s.PersonID, &s.OrderID, &s.Origin, &send, &hash, &created, &expires, &ended, &revoked, &over, &s.KeyRole, &s.PersonRole)
	if err != nil || !found {
		return s, false, err
	}
	copy(s.Hash[:], hash)
	s.Send, s.KeyRevoked = send != 0, revoked != 0
	s.CreatedAt, s.ExpiresAt, s.EndedAt, s.KeyExpires = at(created), at(expires), at(ended), at(over)
	return s, len(hash) == len(s.Hash), nil
}

// EndToken implements panel.Store.
func (Panels) EndToken(tx txn.Tx, ws wa.WorkspaceID, id wa.PanelTokenID, now time.Time) (bool, error) {
	n, err := within(tx).exec(`
		UPDATE panel_token SET ended_at = CASE WHEN ended_at = 0 THEN $3 ELSE ended_at END WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id), ms(now))
	return n == 1, err
}

// DeleteExpired implements panel.Store.
func (Panels) DeleteExpired(tx txn.Tx, before time.Time) error {
	_, err := within(tx).exec(`DELETE FROM panel_token WHERE expires_at < $1`, ms(before))
	return err
}
