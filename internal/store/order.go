package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kontor/internal/order"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Orders keeps the orders of shops.
type Orders struct{ s *Store }

// Orders returns the queries of package order.
func (s *Store) Orders() Orders { return Orders{s} }

var _ order.Store = Orders{}

// sealOrder is the sealed column of an order; never rename it.
const sealOrder = "shop_order.details"

const orderColumns = `o.id, o.workspace_id, o.ref, o.number_id, o.contact_id, o.technician_id, o.status, o.details_sealed,
	o.appointment_at, o.appointment_minutes, o.version, o.closed_at, o.created_at, o.updated_at`

func (q Orders) orders(t *Tx, query string, args ...any) (out []*order.Order, err error) {
	err = t.query(query, func(scan func(...any) error) error {
		var o order.Order
		var sealed []byte
		var appointment, minutes, closed, created, updated int64
		if err := scan(&o.ID, &o.WorkspaceID, &o.Ref, &o.NumberID, &o.ContactID, &o.Technician, &o.Status, &sealed,
			&appointment, &minutes, &o.Version, &closed, &created, &updated); err != nil {
			return err
		}
		o.Appointment, o.Duration, o.ClosedAt, o.CreatedAt, o.UpdatedAt = at(appointment), time.Duration(minutes)*time.Minute, at(closed), at(created), at(updated)
		text, err := q.s.openText(o.WorkspaceID, sealOrder, sealed)
		if err != nil {
			return fmt.Errorf("order %s: %w", o.ID, err)
		}
		if err := json.Unmarshal([]byte(text), &o.Details); err != nil {
			return fmt.Errorf("order %s, details: %w", o.ID, err)
		}
		out = append(out, &o)
		return nil
	}, args...)
	return out, err
}

func (q Orders) one(t *Tx, query string, args ...any) (*order.Order, error) {
	if !t.readOnly {
		query += `
		FOR UPDATE -- only: postgres (SQLite has one writer)`
	}
	found, err := q.orders(t, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func (q Orders) details(o *order.Order) ([]byte, error) {
	text, err := json.Marshal(o.Details)
	if err != nil {
		return nil, err
	}
	return q.s.sealText(o.WorkspaceID, sealOrder, string(text))
}

// Insert implements order.Store.
func (q Orders) Insert(tx txn.Tx, o *order.Order) (bool, error) {
	sealed, err := q.details(o)
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		INSERT INTO shop_order (id, workspace_id, ref, number_id, contact_id, technician_id, status, details_sealed,
			appointment_at, appointment_minutes, version, closed_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (workspace_id, ref) DO NOTHING`,
		int64(o.ID), int64(o.WorkspaceID), o.Ref, int64(o.NumberID), int64(o.ContactID), int64(o.Technician), o.Status, sealed,
		ms(o.Appointment), int64(o.Duration/time.Minute), o.Version, ms(o.ClosedAt), ms(o.CreatedAt), ms(o.UpdatedAt))
	return n > 0, err
}

// Update implements order.Store.
func (q Orders) Update(tx txn.Tx, o *order.Order) error {
	sealed, err := q.details(o)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		UPDATE shop_order SET number_id = $3, contact_id = $4, technician_id = $5, status = $6, details_sealed = $7,
			appointment_at = $8, appointment_minutes = $9, version = $10, closed_at = $11, updated_at = $12
		WHERE id = $1 AND workspace_id = $2`,
		int64(o.ID), int64(o.WorkspaceID), int64(o.NumberID), int64(o.ContactID), int64(o.Technician), o.Status, sealed,
		ms(o.Appointment), int64(o.Duration/time.Minute), o.Version, ms(o.ClosedAt), ms(o.UpdatedAt))
	return err
}

// ByRef implements order.Store.
func (q Orders) ByRef(tx txn.Tx, ws wa.WorkspaceID, ref string) (*order.Order, error) {
	return q.one(within(tx), `SELECT `+orderColumns+` FROM shop_order o WHERE o.workspace_id = $1 AND o.ref = $2`, int64(ws), ref)
}

// ByID implements order.Store.
func (q Orders) ByID(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID) (*order.Order, error) {
	return q.one(within(tx), `SELECT `+orderColumns+` FROM shop_order o WHERE o.id = $1 AND o.workspace_id = $2`, int64(id), int64(ws))
}

// List implements order.Store. Only what is asked for stands in the statement,
// so that the index of the narrowest question serves it.
func (q Orders) List(tx txn.Tx, f order.Query) ([]*order.Order, error) {
	where, args := ``, []any{int64(f.WorkspaceID), orLast(int64(f.Before)), f.Limit}
	and := func(condition string, value any) {
		args = append(args, value)
		where += ` AND ` + condition + ` = $` + strconv.Itoa(len(args))
	}
	if f.Status != "" {
		and("o.status", f.Status)
	}
	if f.Technician != 0 {
		and("o.technician_id", int64(f.Technician))
	}
	if f.Contact != 0 {
		and("o.contact_id", int64(f.Contact))
	}
	if f.Search != "" {
		args = append(args, "%"+likeEscaper.Replace(strings.ToLower(f.Search))+"%")
		where += ` AND lower(o.ref) LIKE $` + strconv.Itoa(len(args)) + ` ESCAPE '!'`
	}
	switch f.State {
	case "open":
		where += ` AND o.closed_at = 0`
	case "closed":
		where += ` AND o.closed_at <> 0`
	}
	return q.orders(within(tx), `SELECT `+orderColumns+` FROM shop_order o WHERE o.workspace_id = $1 AND o.id < $2`+where+` ORDER BY o.id DESC LIMIT $3`, args...)
}

// likeEscaper takes the meaning from what stands for other text in LIKE.
var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Any implements order.Store.
func (q Orders) Any(tx txn.Tx) (bool, error) {
	var id int64
	return within(tx).one(`SELECT id FROM shop_order ORDER BY id LIMIT 1`, nil, &id)
}

// Customers implements order.Store.
func (q Orders) Customers(tx txn.Tx, of []wa.ContactID) (map[wa.ContactID]bool, error) {
	some := make(map[wa.ContactID]bool, len(of))
	for _, id := range of {
		some[id] = false
	}
	found := map[wa.ContactID]bool{}
	err := within(tx).many(`SELECT v.id FROM ({rows}) v WHERE EXISTS (SELECT 1 FROM shop_order o WHERE o.contact_id = v.id)`,
		[]column{ints("id", sortedIDs(some))}, func(scan func(...any) error) error {
			var id wa.ContactID
			err := scan(&id)
			found[id] = true
			return err
		})
	return found, err
}

// OpenOf implements order.Store.
func (q Orders) OpenOf(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, contact wa.ContactID) (ids []wa.OrderID, err error) {
	err = within(tx).query(`
		SELECT id FROM shop_order WHERE contact_id = $1 AND number_id = $2 AND workspace_id = $3 AND closed_at = 0 ORDER BY id DESC LIMIT 2`,
		func(scan func(...any) error) error {
			var id wa.OrderID
			err := scan(&id)
			ids = append(ids, id)
			return err
		}, int64(contact), int64(number), int64(ws))
	return ids, err
}

// Settings implements order.Store.
func (q Orders) Settings(tx txn.Tx, ws wa.WorkspaceID) (s order.Settings, found bool, err error) {
	var text string
	found, err = within(tx).one(`SELECT settings FROM order_setting WHERE workspace_id = $1`, []any{int64(ws)}, &text)
	if err != nil || !found {
		return s, found, err
	}
	return s, true, json.Unmarshal([]byte(text), &s)
}

// SaveSettings implements order.Store.
func (q Orders) SaveSettings(tx txn.Tx, ws wa.WorkspaceID, s order.Settings, now time.Time) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO order_setting (workspace_id, settings, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (workspace_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at`, int64(ws), string(text), ms(now))
	return err
}
