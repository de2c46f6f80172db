package store

import (
	"context"
	"slices"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Notice is what was kept of a change that WhatsApp told of; found is false
// when the workspace has none such.
func (q Callbacks) Notice(tx txn.Tx, ws wa.WorkspaceID, id int64) (waba wa.WABAID, field string, value []byte, when time.Time, found bool, err error) {
	var sealed []byte
	var said int64
	found, err = within(tx).one(`SELECT waba_id, field, body_sealed, at FROM notice WHERE id = $1 AND workspace_id = $2`, []any{id, int64(ws)}, &waba, &field, &sealed, &said)
	if err != nil || !found {
		return "", "", nil, time.Time{}, false, err
	}
	value, err = q.open(ws, sealNotice, sealed)
	return waba, field, value, at(said), true, err
}

// Parent is the BSUID that a person has at the parent account; empty when none is known.
func (q Callbacks) Parent(tx txn.Tx, ws wa.WorkspaceID, id wa.ContactID) (parent wa.BSUID, err error) {
	_, err = within(tx).one(`
		SELECT value FROM contact_identity WHERE contact_id = $1 AND workspace_id = $2 AND kind = 'parent_bsuid' AND value NOT LIKE 'message:%' LIMIT 1`,
		[]any{int64(id), int64(ws)}, &parent)
	return parent, err
}

// SweepDeliveries removes deliveries that were written before the moment and
// ended, and those of subscriptions that are gone, with leases that were taken
// while these went, in short transactions. A zero moment keeps the former for ever.
func (s *Store) SweepDeliveries(ctx context.Context, before time.Time) (removed int64, err error) {
	for _, query := range []string{
		`DELETE FROM callback_delivery WHERE id IN (SELECT id FROM callback_delivery WHERE created_at < $1 AND state <> 'pending' ORDER BY id LIMIT $2)`,
		`DELETE FROM callback_delivery WHERE id IN (
			SELECT d.id FROM callback_delivery d WHERE CAST($1 AS BIGINT) >= 0 AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.id = d.callback_id) LIMIT $2)`,
	} {
		for n := int64(sweepBatch); n == sweepBatch; {
			err := s.Write(ctx, func(tx txn.Tx) (err error) {
				n, err = within(tx).exec(query, ms(before), sweepBatch)
				return err
			})
			if err != nil {
				return removed, err
			}
			removed += n
		}
	}
	return removed, s.Write(ctx, s.Callbacks().sweepLeases)
}

// sweepLeases removes the leases of subscriptions that are gone. Leases are read
// first: one that is there had its subscription before.
func (q Callbacks) sweepLeases(tx txn.Tx) error {
	t := within(tx)
	var names []string
	err := t.query(`SELECT name FROM lease WHERE name LIKE $1`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	}, callbackLeases+"%")
	if err != nil || len(names) == 0 {
		return err
	}
	known, err := q.Generations(tx)
	if err != nil {
		return err
	}
	for id := range known {
		if i := slices.Index(names, callbackLease(id)); i >= 0 {
			names = slices.Delete(names, i, i+1)
		}
	}
	for _, name := range names {
		if err := t.do(`DELETE FROM lease WHERE name = $1`, name); err != nil {
			return err
		}
	}
	return nil
}
