package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// sealTold names the column for sealing.
const sealTold = "told.body"

// KeepTold implements inbox.Store.
func (q Inbox) KeepTold(tx txn.Tx, told []wa.Told) error { return q.s.keepTold(within(tx), told) }

// KeepTold implements outbox.Store.
func (q Outbox) KeepTold(tx txn.Tx, told []wa.Told) error { return q.s.keepTold(within(tx), told) }

func (s *Store) keepTold(tx *Tx, told []wa.Told) error {
	n := len(told)
	if n == 0 {
		return nil
	}
	subjects, workspaces, statuses, bodies, came := make([]int64, n), make([]int64, n), make([]string, n), make([][]byte, n), make([]int64, n)
	for i, t := range told {
		sealed, err := s.seal.Seal(t.Body, associated(t.WorkspaceID, sealTold))
		if err != nil {
			return err
		}
		subjects[i], workspaces[i], statuses[i], bodies[i], came[i] = int64(t.MessageID), int64(t.WorkspaceID), string(t.Status), sealed, ms(t.At)
	}
	return tx.many(`
		INSERT INTO told (subject, status, workspace_id, body_sealed, at) {rows} ON CONFLICT DO NOTHING`,
		[]column{ints("subject", subjects), texts("status", statuses), ints("workspace_id", workspaces), bytea("body_sealed", bodies), ints("at", came)}, nil)
}

// Told is the webhook that told of a message, of a status of it, or of a notice
// (by its id, without a status); nil when it was not kept.
func (q Callbacks) Told(tx txn.Tx, ws wa.WorkspaceID, subject int64, status wa.Status) (json.RawMessage, error) {
	var sealed []byte
	found, err := within(tx).one(`SELECT body_sealed FROM told WHERE subject = $1 AND status = $2 AND workspace_id = $3`,
		[]any{subject, string(status), int64(ws)}, &sealed)
	if err != nil || !found {
		return nil, err
	}
	body, err := q.s.seal.Open(sealed, associated(ws, sealTold))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", sealTold, err)
	}
	return body, nil
}

// sweepTold removes how things were told of before the moment. It walks the
// table by key, since an index on time would cost every message something.
func (s *Store) sweepTold(ctx context.Context, before time.Time, count *int64) error {
	type place struct {
		subject int64
		status  string
	}
	var after place
	return walk(ctx, s, count, func(tx *Tx) (old []place, seen int, err error) {
		err = tx.query(`SELECT subject, status, at FROM told WHERE (subject, status) > ($1, $2) ORDER BY subject, status LIMIT $3`,
			func(scan func(...any) error) error {
				var when int64
				err := scan(&after.subject, &after.status, &when)
				if seen++; when < ms(before) {
					old = append(old, after)
				}
				return err
			}, after.subject, after.status, sweepBatch)
		return old, seen, err
	}, func(tx *Tx, old []place) error {
		subjects, statuses := make([]int64, len(old)), make([]string, len(old))
		for i, o := range old {
			subjects[i], statuses[i] = o.subject, o.status
		}
		return tx.many(`DELETE FROM told WHERE (subject, status) IN (SELECT subject, status FROM ({rows}) v)`,
			[]column{ints("subject", subjects), texts("status", statuses)}, nil)
	})
}
