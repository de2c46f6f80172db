package store

import (
	"cmp"
	"slices"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// parkedLanes is how far the lanes of messages that wait for the messaging
// limit lie above those that they came from.
const parkedLanes = int64(outbox.Parked)

// LockLimit implements outbox.Store. It never waits: on PostgreSQL a second
// writer that waited here could hold rows that the first one needs next.
func (q Outbox) LockLimit(tx txn.Tx, scope string) (used int64, ok bool, err error) {
	const look = `
		SELECT used FROM messaging_limit WHERE scope = $1
		FOR UPDATE SKIP LOCKED -- only: postgres (SQLite has one writer)`
	t := within(tx)
	if ok, err = t.one(look, []any{scope}, &used); err != nil || ok {
		return used, ok, err
	}
	n, err := t.exec(`INSERT INTO messaging_limit (scope, used) VALUES ($1, 0) ON CONFLICT (scope) DO NOTHING`, scope)
	return 0, n == 1, err
}

// ForgetOpened implements outbox.Store.
func (q Outbox) ForgetOpened(tx txn.Tx, scope string, now time.Time, limit int) (int64, error) {
	return within(tx).exec(`
		DELETE FROM opened WHERE scope = $1 AND contact_id IN (
			SELECT contact_id FROM opened WHERE scope = $1 AND until <= $2 ORDER BY until LIMIT CAST($3 AS BIGINT)
			FOR UPDATE SKIP LOCKED -- only: postgres (a report may be about to change it; SQLite has one writer)
		)`, scope, ms(now), limit)
}

// Counts implements outbox.Store.
func (q Outbox) Counts(tx txn.Tx, scope string) (bool, error) {
	return within(tx).one(`SELECT used FROM messaging_limit WHERE scope = $1`, []any{scope}, new(int64))
}

// Adopt implements outbox.Store. The limits are locked in the order of their
// names, so that two who adopt never wait for each other.
func (q Outbox) Adopt(tx txn.Tx, from, to string) error {
	t := within(tx)
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO messaging_limit (scope, used) VALUES ($1, 0) ON CONFLICT (scope) DO NOTHING`, []any{to}},
		{`UPDATE messaging_limit SET used = used WHERE scope = $1`, []any{min(from, to)}},
		{`UPDATE messaging_limit SET used = used WHERE scope = $1`, []any{max(from, to)}},
		{`INSERT INTO opened (scope, contact_id, message_id, until)
			SELECT $2, o.contact_id, o.message_id, o.until FROM opened o WHERE o.scope = $1 ORDER BY o.contact_id
			ON CONFLICT (scope, contact_id) DO UPDATE SET message_id = 0,
				until = CASE WHEN excluded.until > opened.until THEN excluded.until ELSE opened.until END`, []any{from, to}},
		{`DELETE FROM opened WHERE scope = $1`, []any{from}},
		{`DELETE FROM messaging_limit WHERE scope = $1`, []any{from}},
		{`UPDATE messaging_limit SET used = (SELECT COUNT(*) FROM opened WHERE scope = $1) WHERE scope = $1`, []any{to}},
	} {
		if _, err := t.exec(statement.text, statement.args...); err != nil {
			return err
		}
	}
	return nil
}

// Openers implements outbox.Store.
func (q Outbox) Openers(tx txn.Tx, scope string, asked []*outbox.Opener) error {
	n := len(asked)
	byID := make(map[wa.MessageID]*outbox.Opener, n)
	ids, conversations, scopes := make([]wa.MessageID, n), make([]wa.ConversationID, n), make([]string, n)
	for i, o := range asked {
		ids[i], conversations[i], scopes[i] = o.MessageID, o.ConversationID, scope
		byID[o.MessageID] = o
	}
	return within(tx).many(`
		SELECT v.message_id, k.contact_id, k.window_until, COALESCE(o.message_id, -1)
		FROM ({rows}) v
		JOIN conversation k ON k.id = v.conversation_id
		LEFT JOIN opened o ON o.scope = v.scope AND o.contact_id = k.contact_id`,
		[]column{ints("message_id", ids), ints("conversation_id", conversations), texts("scope", scopes)},
		func(scan func(...any) error) error {
			var id, first wa.MessageID
			var contact wa.ContactID
			var window int64
			if err := scan(&id, &contact, &window, &first); err != nil {
				return err
			}
			o := byID[id]
			o.ContactID, o.WindowUntil = contact, at(window)
			o.Counted, o.First = first >= 0, max(first, 0)
			return nil
		})
}

// Open implements outbox.Store.
func (q Outbox) Open(tx txn.Tx, scope string, opened []outbox.Opened, used int64) error {
	n := len(opened)
	if n == 0 {
		return nil
	}
	scopes, contacts, messages, until := make([]string, n), make([]wa.ContactID, n), make([]wa.MessageID, n), make([]int64, n)
	for i, o := range opened {
		scopes[i], contacts[i], messages[i], until[i] = scope, o.ContactID, o.MessageID, ms(o.Until)
	}
	err := within(tx).many(`
		INSERT INTO opened (scope, contact_id, message_id, until) {rows}
		ON CONFLICT (scope, contact_id) DO UPDATE SET message_id = excluded.message_id, until = excluded.until`,
		[]column{texts("scope", scopes), ints("contact_id", contacts), ints("message_id", messages), ints("until", until)}, nil)
	if err != nil {
		return err
	}
	return q.SetUsed(tx, scope, used)
}

// SetUsed implements outbox.Store.
func (q Outbox) SetUsed(tx txn.Tx, scope string, used int64) error {
	err := within(tx).do(`UPDATE messaging_limit SET used = $2 WHERE scope = $1`, scope, used)
	return err
}

// NextFree implements outbox.Store.
func (q Outbox) NextFree(tx txn.Tx, scope string, now time.Time) (time.Time, error) {
	var until int64
	_, err := within(tx).one(`SELECT until FROM opened WHERE scope = $1 AND until > $2 ORDER BY until LIMIT 1`, []any{scope, ms(now)}, &until)
	return at(until), err
}

// Used implements outbox.Store. Those who no longer count, and are not removed
// yet, are few: the next message that opens a conversation removes them.
func (q Outbox) Used(tx txn.Tx, scope string, now time.Time) (used int64, err error) {
	t := within(tx)
	if _, err = t.one(`SELECT used FROM messaging_limit WHERE scope = $1`, []any{scope}, &used); err != nil {
		return 0, err
	}
	var over int64
	_, err = t.one(`SELECT COUNT(*) FROM opened WHERE scope = $1 AND until <= $2`, []any{scope, ms(now)}, &over)
	return max(used-over, 0), err
}

// MoveOpened implements outbox.Store.
func (q Outbox) MoveOpened(tx txn.Tx, moved []outbox.Reopened) error {
	// In one order everywhere, so that two writers never wait for each other.
	moved = slices.Clone(moved)
	slices.SortFunc(moved, func(a, b outbox.Reopened) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.ContactID, b.ContactID))
	})
	n := len(moved)
	scopes, contacts, messages, until, first := make([]string, n), make([]wa.ContactID, n), make([]wa.MessageID, n), make([]int64, n), make([]int64, n)
	for i, m := range moved {
		scopes[i], contacts[i], messages[i], until[i] = m.Scope, m.ContactID, m.MessageID, ms(m.Until)
		if m.Until.IsZero() {
			first[i] = 1
		}
	}
	// A row that several messages keep counts on when one of them fails.
	return within(tx).many(`
		UPDATE opened SET until = v.until FROM ({rows}) v
		WHERE opened.scope = v.scope AND opened.contact_id = v.contact_id
		  AND (opened.message_id = v.message_id OR opened.message_id = 0 AND v.freed = 0)
		  AND (opened.until < v.until OR v.freed = 1)`,
		[]column{texts("scope", scopes), ints("contact_id", contacts), ints("message_id", messages), ints("until", until), ints("freed", first)}, nil)
}

// Park implements outbox.Store.
func (q Outbox) Park(tx txn.Tx, ids []wa.MessageID) error {
	return within(tx).many(`UPDATE outbox SET lane = outbox.lane + 2 FROM ({rows}) v WHERE outbox.message_id = v.id AND outbox.state = 'queued' AND outbox.lane < 2`,
		[]column{ints("id", ids)}, nil)
}

// Unpark implements outbox.Store.
func (q Outbox) Unpark(tx txn.Tx, ids []wa.MessageID) error {
	return within(tx).many(`UPDATE outbox SET lane = outbox.lane - 2 FROM ({rows}) v WHERE outbox.message_id = v.id AND outbox.lane >= 2`,
		[]column{ints("id", ids)}, nil)
}

// AnyParked implements outbox.Store. Each lane is asked for itself, because the
// index answers that with one look.
func (q Outbox) AnyParked(tx txn.Tx, id wa.NumberID) (found bool, err error) {
	for _, lane := range []int64{parkedLanes, parkedLanes + 1} {
		found, err = within(tx).one(`SELECT message_id FROM outbox WHERE number_id = $1 AND state = 'queued' AND lane = $2 LIMIT 1`,
			[]any{int64(id), lane}, new(int64))
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// ParkedReady implements outbox.Store.
func (q Outbox) ParkedReady(tx txn.Tx, id wa.NumberID, now time.Time, limit int) (open, expired []wa.MessageID, err error) {
	for _, lane := range []int64{parkedLanes, parkedLanes + 1} {
		err = within(tx).query(`
			SELECT o.message_id, CASE WHEN o.expires_at > 0 AND o.expires_at <= $3 THEN 1 ELSE 0 END
			FROM outbox o JOIN conversation k ON k.id = o.conversation_id
			WHERE o.number_id = $1 AND o.state = 'queued' AND o.lane = $2 AND (k.window_until > $3 OR o.expires_at > 0 AND o.expires_at <= $3)
			LIMIT CAST($4 AS BIGINT)`,
			func(scan func(...any) error) error {
				var id wa.MessageID
				var over int64
				if err := scan(&id, &over); err != nil {
					return err
				}
				if over == 1 {
					expired = append(expired, id)
				} else {
					open = append(open, id)
				}
				return nil
			}, int64(id), lane, ms(now), limit)
		if err != nil {
			return nil, nil, err
		}
	}
	return open, expired, nil
}

// Fail implements outbox.Store.
func (q Outbox) Fail(tx txn.Tx, ids []wa.MessageID, now time.Time, problem wa.Problem) (moved []outbox.Moved, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	t := within(tx)
	var gone []wa.MessageID
	if err := t.many(`DELETE FROM outbox WHERE message_id IN (SELECT id FROM ({rows}) v) AND state = 'queued' RETURNING message_id`,
		[]column{ints("id", ids)}, appendID(&gone)); err != nil {
		return nil, err
	}
	text, err := jsonText([]wa.Problem{problem}, false)
	if err != nil {
		return nil, err
	}
	n := len(gone)
	failed, problems := make([]int64, n), make([]string, n)
	for i := range gone {
		failed[i], problems[i] = ms(now), text
	}
	err = t.many(`
		UPDATE message SET status = 'failed', failed_at = v.failed_at, problems = v.problems FROM ({rows}) v
		WHERE message.id = v.id AND message.status = 'accepted'
		RETURNING message.id, message.workspace_id, message.number_id, message.contact_id, message.conversation_id, message.status`,
		[]column{ints("id", gone), ints("failed_at", failed), texts("problems", problems)}, appendMoved(&moved))
	return moved, err
}
