package store

import (
	"encoding/json"
	"fmt"
	"time"

	"kontor/internal/premises"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Columns of the On-Premises API's state that are sealed: see sealer.go.
const (
	sealPremises        = "premises_document.body"
	sealPremisesRefusal = "premises_refusal.body"
)

// Document implements premises.Store.
func (p Premises) Document(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string) ([]byte, bool, error) {
	var sealed []byte
	found, err := within(tx).one(`SELECT body_sealed FROM premises_document WHERE workspace_id = $1 AND number_id = $2 AND name = $3`,
		[]any{int64(ws), int64(number), name}, &sealed)
	if err != nil || !found {
		return nil, false, err
	}
	body, err := p.s.openText(ws, sealPremises, sealed)
	return []byte(body), true, err
}

// Documents implements premises.Store.
func (p Premises) Documents(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) (map[string][]byte, error) {
	docs := map[string][]byte{}
	err := within(tx).query(`SELECT name, body_sealed FROM premises_document WHERE workspace_id = $1 AND number_id = $2`, func(scan func(...any) error) error {
		var name string
		var sealed []byte
		if err := scan(&name, &sealed); err != nil {
			return err
		}
		body, err := p.s.openText(ws, sealPremises, sealed)
		docs[name] = []byte(body)
		return err
	}, int64(ws), int64(number))
	return docs, err
}

// SaveDocument implements premises.Store.
func (p Premises) SaveDocument(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string, body []byte, now time.Time) error {
	sealed, err := p.s.sealText(ws, sealPremises, string(body))
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO premises_document (number_id, name, workspace_id, body_sealed, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (number_id, name) DO UPDATE SET body_sealed = excluded.body_sealed, updated_at = excluded.updated_at
		WHERE premises_document.workspace_id = excluded.workspace_id`,
		int64(number), name, int64(ws), sealed, ms(now))
	return err
}

// DeleteDocument implements premises.Store.
func (Premises) DeleteDocument(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string) error {
	_, err := within(tx).exec(`DELETE FROM premises_document WHERE workspace_id = $1 AND number_id = $2 AND name = $3`, int64(ws), int64(number), name)
	return err
}

// refusal is what is sealed of a premises.Refusal.
type refusal struct {
	To      string     `json:"to"`
	Problem wa.Problem `json:"problem"`
}

// InsertRefusal implements premises.Store.
func (p Premises) InsertRefusal(tx txn.Tx, r premises.Refusal) error {
	body, err := json.Marshal(refusal{r.To, r.Problem})
	if err != nil {
		return err
	}
	sealed, err := p.s.sealText(r.WorkspaceID, sealPremisesRefusal, string(body))
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`INSERT INTO premises_refusal (id, workspace_id, number_id, body_sealed, created_at) VALUES ($1, $2, $3, $4, $5)`,
		int64(r.ID), int64(r.WorkspaceID), int64(r.NumberID), sealed, ms(r.At))
	return err
}

// Refusal implements premises.Store.
func (p Premises) Refusal(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (r premises.Refusal, found bool, err error) {
	var sealed []byte
	var created int64
	found, err = within(tx).one(`SELECT number_id, body_sealed, created_at FROM premises_refusal WHERE workspace_id = $1 AND id = $2`,
		[]any{int64(ws), int64(id)}, &r.NumberID, &sealed, &created)
	if err != nil || !found {
		return r, false, err
	}
	text, err := p.s.openText(ws, sealPremisesRefusal, sealed)
	if err != nil {
		return r, false, err
	}
	var body refusal
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return r, false, fmt.Errorf("refusal %d: %w", id, err)
	}
	r.ID, r.WorkspaceID, r.To, r.Problem, r.At = id, ws, body.To, body.Problem, at(created)
	return r, true, nil
}

// Hide implements premises.Store.
func (Premises) Hide(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, id wa.MediaID, now time.Time) error {
	_, err := within(tx).exec(`INSERT INTO premises_gone (number_id, media_id, workspace_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (number_id, media_id) DO NOTHING`,
		int64(number), int64(id), int64(ws), ms(now))
	return err
}

// Hidden implements premises.Store.
func (Premises) Hidden(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, id wa.MediaID) (bool, error) {
	var one int64
	return within(tx).one(`SELECT created_at FROM premises_gone WHERE workspace_id = $1 AND number_id = $2 AND media_id = $3`, []any{int64(ws), int64(number), int64(id)}, &one)
}

// Count implements premises.Store. Rows are few and changed every few seconds.
func (Premises) Count(tx txn.Tx, calls []premises.Call) error {
	for _, c := range calls {
		_, err := within(tx).exec(`
			INSERT INTO premises_call (number_id, name, note, workspace_id, count, failed, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (number_id, name, note) DO UPDATE SET count = premises_call.count + excluded.count, failed = premises_call.failed + excluded.failed, last_at = excluded.last_at
			WHERE premises_call.workspace_id = excluded.workspace_id`,
			int64(c.NumberID), c.Name, c.Note, int64(c.WorkspaceID), c.Count, c.Failed, ms(c.First), ms(c.Last))
		if err != nil {
			return err
		}
	}
	return nil
}

// Calls implements premises.Store.
func (Premises) Calls(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) ([]premises.Call, error) {
	return list(tx, func(scan func(...any) error) (c premises.Call, err error) {
		var first, last int64
		err = scan(&c.Name, &c.Note, &c.Count, &c.Failed, &first, &last)
		c.WorkspaceID, c.NumberID, c.First, c.Last = ws, number, at(first), at(last)
		return c, err
	}, `SELECT name, note, count, failed, first_at, last_at FROM premises_call WHERE workspace_id = $1 AND number_id = $2 ORDER BY count DESC, name, note`, int64(ws), int64(number))
}

// Counts are what the database holds for a number: for statistics, which are
// read rarely because they look at many rows.
func (Premises) Counts(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) (map[string]int64, error) {
	out := map[string]int64{"contacts": 0, "messages_inbound": 0, "messages_outbound": 0, "receipts": 0}
	err := within(tx).query(`
		SELECT 'contacts', COUNT(*) FROM conversation WHERE workspace_id = $1 AND number_id = $2
		UNION ALL SELECT CASE WHEN direction = 'inbound' THEN 'messages_inbound' ELSE 'messages_outbound' END, COUNT(*)
			FROM message WHERE workspace_id = $1 AND number_id = $2 GROUP BY direction
		UNION ALL SELECT 'receipts', COUNT(*) FROM message WHERE workspace_id = $1 AND number_id = $2 AND delivered_at > 0`,
		func(scan func(...any) error) error {
			var name string
			var n int64
			err := scan(&name, &n)
			out[name] = n
			return err
		}, int64(ws), int64(number))
	return out, err
}
