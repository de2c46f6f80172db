package store

import (
	"fmt"
	"math"
	"slices"

	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// MessageByID implements outbox.Store.
func (q Outbox) MessageByID(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error) {
	return q.message(tx, `SELECT `+messageColumns+` FROM message m WHERE m.workspace_id = $1 AND m.id = $2`, int64(ws), int64(id))
}

// MessageByWamid implements outbox.Store. It goes through the workspace's
// numbers, because the index of wamids begins with the number.
func (q Outbox) MessageByWamid(tx txn.Tx, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error) {
	if wamid == "" {
		return wa.Message{}, false, nil
	}
	return q.message(tx, `SELECT `+messageColumns+` FROM number n JOIN message m ON m.number_id = n.id AND m.wamid = $2 AND m.wamid <> ''
		WHERE n.workspace_id = $1 AND m.workspace_id = $1 LIMIT 1`, int64(ws), string(wamid))
}

func (q Outbox) message(tx txn.Tx, query string, args ...any) (m wa.Message, found bool, err error) {
	err = within(tx).query(query, func(scan func(...any) error) error {
		found = true
		return q.s.scanMessage(scan, &m)
	}, args...)
	return m, found, err
}

// Pending implements outbox.Store.
func (q Outbox) Pending(tx txn.Tx, ws wa.WorkspaceID) (out []outbox.Pending, err error) {
	err = within(tx).query(`
		SELECT o.number_id,
			SUM(CASE WHEN o.state = 'queued' THEN 1 ELSE 0 END), SUM(CASE WHEN o.state = 'claimed' THEN 1 ELSE 0 END),
			SUM(CASE WHEN o.state = 'uncertain' THEN 1 ELSE 0 END), SUM(CASE WHEN o.state = 'held' THEN 1 ELSE 0 END),
			SUM(CASE WHEN o.state = 'queued' AND o.lane >= 2 THEN 1 ELSE 0 END)
		FROM number n JOIN outbox o ON o.number_id = n.id
		WHERE (n.workspace_id = $1 OR CAST($1 AS BIGINT) = 0)
		GROUP BY o.number_id ORDER BY o.number_id`,
		func(scan func(...any) error) error {
			var p outbox.Pending
			if err := scan(&p.NumberID, &p.Queued, &p.UnderWay, &p.Uncertain, &p.OnHold, &p.Parked); err != nil {
				return err
			}
			out = append(out, p)
			return nil
		}, int64(ws))
	return out, err
}

// Places implements outbox.Store.
func (q Outbox) Places(tx txn.Tx, ws wa.WorkspaceID, ids []wa.MessageID) (map[wa.MessageID]outbox.Place, error) {
	places := make(map[wa.MessageID]outbox.Place, len(ids))
	workspaces := slices.Repeat([]wa.WorkspaceID{ws}, len(ids))
	err := within(tx).many(`
		SELECT o.message_id, o.number_id, o.state, o.lane, o.attempt, o.due_at, o.last_problem
		FROM ({rows}) v JOIN outbox o ON o.message_id = v.id AND o.workspace_id = v.workspace_id`,
		[]column{ints("id", ids), ints("workspace_id", workspaces)},
		func(scan func(...any) error) error {
			var id wa.MessageID
			var p outbox.Place
			var due int64
			var problems string
			if err := scan(&id, &p.NumberID, &p.State, &p.Lane, &p.Attempt, &due, &problems); err != nil {
				return err
			}
			p.DueAt = at(due)
			if err := parseText(problems, &p.Problems); err != nil {
				return fmt.Errorf("message %s, problems: %w", id, err)
			}
			places[id] = p
			return nil
		})
	return places, err
}

// Troubled implements outbox.Store. The condition on the status stands twice
// because the index is partial, and the second one is how it is found.
func (q Outbox) Troubled(tx txn.Tx, ws wa.WorkspaceID, status wa.Status, number wa.NumberID, before wa.MessageID, limit int) (out []outbox.Listed, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	err = within(tx).query(`
		SELECT `+messageColumns+`, p.phone FROM message m JOIN contact p ON p.id = m.contact_id
		WHERE m.workspace_id = $1 AND m.status = $2 AND m.status IN ('uncertain', 'held', 'failed') AND m.id < $3
		  AND (m.number_id = $4 OR CAST($4 AS BIGINT) = 0)
		ORDER BY m.id DESC LIMIT CAST($5 AS BIGINT)`,
		func(scan func(...any) error) error {
			var l outbox.Listed
			if err := q.s.scanMessage(scan, &l.Message, &l.Phone); err != nil {
				return err
			}
			out = append(out, l)
			return nil
		}, int64(ws), string(status), int64(before), int64(number), limit)
	return out, err
}

// NumberUsage implements outbox.Store.
func (q Outbox) NumberUsage(tx txn.Tx, ws wa.WorkspaceID, id wa.NumberID, day int64) (sent int64, err error) {
	_, err = within(tx).one(`
		SELECT u.sent FROM customer_usage u JOIN number n ON n.id = u.number_id
		WHERE u.number_id = $1 AND u.contact_id = 0 AND u.day = $2 AND n.workspace_id = $3`,
		[]any{int64(id), day, int64(ws)}, &sent)
	return sent, err
}

// CustomerUsage implements outbox.Store.
func (q Outbox) CustomerUsage(tx txn.Tx, ws wa.WorkspaceID, id wa.NumberID, day int64, limit int) (out []outbox.CustomerUsage, err error) {
	err = within(tx).query(`
		SELECT u.contact_id, u.sent FROM customer_usage u JOIN number n ON n.id = u.number_id
		WHERE u.number_id = $1 AND u.contact_id <> 0 AND u.day = $2 AND u.sent > 0 AND n.workspace_id = $3
		ORDER BY u.sent DESC, u.contact_id LIMIT $4`,
		func(scan func(...any) error) error {
			var c outbox.CustomerUsage
			if err := scan(&c.ContactID, &c.Sent); err != nil {
				return err
			}
			out = append(out, c)
			return nil
		}, int64(id), day, int64(ws), limit)
	return out, err
}

// OneUsage implements outbox.Store.
func (q Outbox) OneUsage(tx txn.Tx, ws wa.WorkspaceID, id wa.NumberID, contact wa.ContactID, day int64) (sent int64, err error) {
	_, err = within(tx).one(`
		SELECT u.sent FROM customer_usage u JOIN number n ON n.id = u.number_id
		WHERE u.number_id = $1 AND u.contact_id = $2 AND u.day = $3 AND n.workspace_id = $4`,
		[]any{int64(id), int64(contact), day, int64(ws)}, &sent)
	return sent, err
}
