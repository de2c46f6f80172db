package store

import (
	"time"

	"kontor/internal/order"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// This file keeps what happens to orders: timelines, notices, messages.

// AddEvents implements order.Store.
func (q Orders) AddEvents(tx txn.Tx, events ...order.Event) error {
	for _, e := range events {
		author := int64(e.Author.PersonID)
		if e.Author.Kind == wa.AuthorAPI {
			author = int64(e.Author.KeyID)
		}
		_, err := within(tx).exec(`
			INSERT INTO order_event (id, workspace_id, order_id, kind, version, status, notice, message_id, author_kind, author_id, code, detail, due_at, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			e.ID, int64(e.WorkspaceID), int64(e.OrderID), e.Kind, e.Version, e.Status, e.Notice, int64(e.MessageID),
			string(e.Author.Kind), author, e.Code, e.Detail, ms(e.Due), ms(e.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// Events implements order.Store.
func (q Orders) Events(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID, after int64, limit int) (out []order.Event, err error) {
	t := within(tx)
	err = t.query(`
		SELECT id, kind, version, status, notice, message_id, author_kind, author_id, code, detail, due_at, at
		FROM order_event WHERE order_id = $1 AND workspace_id = $2 AND id > $3 ORDER BY id LIMIT $4`, func(scan func(...any) error) error {
		e := order.Event{WorkspaceID: ws, OrderID: id}
		var author, due, when int64
		if err := scan(&e.ID, &e.Kind, &e.Version, &e.Status, &e.Notice, &e.MessageID, &e.Author.Kind, &author, &e.Code, &e.Detail, &due, &when); err != nil {
			return err
		}
		switch e.Author.Kind {
		case wa.AuthorPerson:
			e.Author.PersonID = wa.PersonID(author)
		case wa.AuthorAPI:
			e.Author.KeyID = wa.KeyID(author)
		}
		e.Due, e.At = at(due), at(when)
		out = append(out, e)
		return nil
	}, int64(id), int64(ws), after, limit)
	if err != nil {
		return nil, err
	}
	byID := map[wa.MessageID]*wa.Message{}
	for _, e := range out {
		if e.MessageID != 0 {
			byID[e.MessageID] = nil
		}
	}
	err = t.many(`SELECT `+messageColumns+` FROM ({rows}) v JOIN message m ON m.id = v.id AND m.workspace_id = v.workspace_id`,
		[]column{ints("id", sortedIDs(byID)), ints("workspace_id", repeated(ws, len(byID)))}, func(scan func(...any) error) error {
			var m wa.Message
			err := q.s.scanMessage(scan, &m)
			byID[m.ID] = &m
			return err
		})
	for i := range out {
		out[i].Message = byID[out[i].MessageID]
	}
	return out, err
}

func repeated[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// AddNotice implements order.Store.
func (q Orders) AddNotice(tx txn.Tx, n order.Notice) error {
	_, err := within(tx).exec(`
		INSERT INTO order_notice (id, workspace_id, order_id, kind, version, status, appointment_at, state, due_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		n.ID, int64(n.WorkspaceID), int64(n.OrderID), n.Kind, n.Version, n.Status, ms(n.Appointment), n.State, ms(n.Due), ms(n.CreatedAt))
	return err
}

const noticeColumns = `id, workspace_id, order_id, kind, version, status, appointment_at, state, due_at, message_id, created_at`

func notices(t *Tx, query string, args ...any) (out []order.Notice, err error) {
	err = t.query(query, func(scan func(...any) error) error {
		var n order.Notice
		var appointment, due, created int64
		err := scan(&n.ID, &n.WorkspaceID, &n.OrderID, &n.Kind, &n.Version, &n.Status, &appointment, &n.State, &due, &n.MessageID, &created)
		n.Appointment, n.Due, n.CreatedAt = at(appointment), at(due), at(created)
		out = append(out, n)
		return err
	}, args...)
	return out, err
}

// Notice implements order.Store.
func (q Orders) Notice(tx txn.Tx, ws wa.WorkspaceID, id int64) (*order.Notice, error) {
	found, err := notices(within(tx), `SELECT `+noticeColumns+` FROM order_notice WHERE id = $1 AND workspace_id = $2`, id, int64(ws))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// WaitingOf implements order.Store.
func (q Orders) WaitingOf(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID) ([]order.Notice, error) {
	return notices(within(tx), `SELECT `+noticeColumns+` FROM order_notice WHERE order_id = $1 AND workspace_id = $2 AND state = 'waiting' ORDER BY id`, int64(id), int64(ws))
}

// SettleNotice implements order.Store.
func (q Orders) SettleNotice(tx txn.Tx, n order.Notice) error {
	_, err := within(tx).exec(`UPDATE order_notice SET state = $3, message_id = $4 WHERE id = $1 AND workspace_id = $2`, n.ID, int64(n.WorkspaceID), n.State, int64(n.MessageID))
	return err
}

// Overdue implements order.Store.
func (q Orders) Overdue(tx txn.Tx, now time.Time, limit int) ([]order.Notice, error) {
	return notices(within(tx), `SELECT `+noticeColumns+` FROM order_notice WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2`, ms(now), limit)
}

// Link implements order.Store.
func (q Orders) Link(tx txn.Tx, ws wa.WorkspaceID, message wa.MessageID, id wa.OrderID, how string, when time.Time) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO order_message (message_id, workspace_id, order_id, how, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (message_id) DO NOTHING`,
		int64(message), int64(ws), int64(id), how, ms(when))
	return n > 0, err
}

// Relink implements order.Store.
func (q Orders) Relink(tx txn.Tx, ws wa.WorkspaceID, message wa.MessageID, id wa.OrderID, how string, when time.Time) error {
	_, err := within(tx).exec(`
		INSERT INTO order_message (message_id, workspace_id, order_id, how, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (message_id) DO UPDATE SET order_id = excluded.order_id, how = excluded.how, at = excluded.at WHERE order_message.workspace_id = excluded.workspace_id`,
		int64(message), int64(ws), int64(id), how, ms(when))
	return err
}

// OrderOf implements order.Store.
func (q Orders) OrderOf(tx txn.Tx, ws wa.WorkspaceID, message wa.MessageID) (id wa.OrderID, err error) {
	_, err = within(tx).one(`SELECT order_id FROM order_message WHERE message_id = $1 AND workspace_id = $2`, []any{int64(message), int64(ws)}, &id)
	return id, err
}

// Messages implements order.Store.
func (q Orders) Messages(tx txn.Tx, ws wa.WorkspaceID, id wa.OrderID, after wa.MessageID, descending bool, limit int) ([]wa.Message, error) {
	place := int64(after)
	query := `SELECT ` + messageColumns + ` FROM order_message l JOIN message m ON m.id = l.message_id AND m.workspace_id = l.workspace_id
		WHERE l.order_id = $1 AND l.workspace_id = $2 AND l.message_id > $3 ORDER BY l.message_id LIMIT $4`
	if descending {
		query = `SELECT ` + messageColumns + ` FROM order_message l JOIN message m ON m.id = l.message_id AND m.workspace_id = l.workspace_id
		WHERE l.order_id = $1 AND l.workspace_id = $2 AND l.message_id < $3 ORDER BY l.message_id DESC LIMIT $4`
		place = orLast(place)
	}
	return q.s.Inbox().messages(within(tx), query, int64(id), int64(ws), place, limit)
}
