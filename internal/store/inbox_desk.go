package store

import (
	"encoding/json"
	"fmt"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Held implements inbox.Store.
func (q Inbox) Held(tx txn.Tx, ids []wa.ConversationID) (map[wa.ConversationID]*inbox.Conversation, error) {
	found := make(map[wa.ConversationID]*inbox.Conversation, len(ids))
	err := within(tx).many(`SELECT `+conversationColumns+` FROM ({rows}) v JOIN conversation c ON c.id = v.id`, []column{ints("id", ids)},
		func(scan func(...any) error) error {
			var c inbox.Conversation
			err := scanConversation(scan, &c)
			found[c.ID] = &c
			return err
		})
	return found, err
}

// Pause implements inbox.Store.
func (q Inbox) Pause(tx txn.Tx, pauses []inbox.Pause) error {
	n := len(pauses)
	ids, until, by := make([]int64, n), make([]int64, n), make([]int64, n)
	for i, p := range pauses {
		ids[i], until[i], by[i] = int64(p.ID), ms(p.Until), int64(p.By)
	}
	return within(tx).many(`UPDATE conversation SET bot_until = v.until, bot_by = v.person FROM ({rows}) v WHERE conversation.id = v.id`,
		[]column{ints("id", ids), ints("until", until), ints("person", by)}, nil)
}

// Queued implements inbox.Store.
func (q Inbox) Queued(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID, limit int) ([]inbox.Pair, error) {
	return list(tx, func(scan func(...any) error) (p inbox.Pair, err error) { return p, scan(&p.Number, &p.Contact) }, `
		SELECT number_id, contact_id FROM conversation
		WHERE workspace_id = $1 AND team_id = $2 AND state = 'waiting' AND snoozed_until = 0 ORDER BY waiting_since, id LIMIT $3`,
		int64(ws), int64(team), limit)
}

// Loads implements inbox.Store: one look into the index of the lists.
func (q Inbox) Loads(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]int, error) {
	loads := map[wa.PersonID]int{}
	err := within(tx).query(`
		SELECT assignee_id, COUNT(*) FROM conversation
		WHERE workspace_id = $1 AND state = 'assigned' AND snoozed_until = 0 GROUP BY assignee_id`, func(scan func(...any) error) error {
		var id wa.PersonID
		var n int
		err := scan(&id, &n)
		loads[id] = n
		return err
	}, int64(ws))
	return loads, err
}

// Overdue implements inbox.Store.
func (q Inbox) Overdue(tx txn.Tx, now time.Time, limit int) ([]inbox.Overdue, error) {
	return list(tx, func(scan func(...any) error) (o inbox.Overdue, err error) {
		err = scan(&o.WorkspaceID, &o.ID)
		return o, err
	}, `SELECT workspace_id, id FROM conversation WHERE snoozed_until > 0 AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2`, ms(now), limit)
}

// AllRules implements inbox.Store.
func (q Inbox) AllRules(tx txn.Tx) (map[wa.WorkspaceID]inbox.Rules, error) {
	all := map[wa.WorkspaceID]inbox.Rules{}
	err := within(tx).query(`SELECT workspace_id, settings FROM inbox_setting`, func(scan func(...any) error) error {
		var ws wa.WorkspaceID
		var text string
		if err := scan(&ws, &text); err != nil {
			return err
		}
		r := inbox.DefaultRules()
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return fmt.Errorf("rules of %s: %w", ws, err)
		}
		all[ws] = r
		return nil
	})
	return all, err
}

// SetRules implements inbox.Store.
func (q Inbox) SetRules(tx txn.Tx, ws wa.WorkspaceID, r inbox.Rules, now time.Time) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO inbox_setting (workspace_id, settings, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (workspace_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at`, int64(ws), string(text), ms(now))
	return err
}

// Arrived implements inbox.Reads.
func (q Inbox) Arrived(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, from wa.MessageID) (m wa.MessageID, stored time.Time, err error) {
	var when int64
	_, err = within(tx).one(`SELECT id, stored_at FROM message WHERE conversation_id = $1 AND workspace_id = $2 AND id >= $3 ORDER BY id LIMIT 1`,
		[]any{int64(id), int64(ws), int64(from)}, &m, &when)
	return m, at(when), err
}

// Latest implements inbox.Reads.
func (q Inbox) Latest(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (m wa.MessageID, err error) {
	_, err = within(tx).one(`SELECT id FROM message WHERE conversation_id = $1 AND workspace_id = $2 ORDER BY id DESC LIMIT 1`, []any{int64(id), int64(ws)}, &m)
	return m, err
}

// Overview implements inbox.Reads.
func (q Inbox) Overview(tx txn.Tx, ws wa.WorkspaceID) (o inbox.Overview, err error) {
	o.Waiting, err = list(tx, func(scan func(...any) error) (t inbox.TeamQueue, err error) {
		var since int64
		err = scan(&t.Team, &t.Waiting, &since)
		t.Since = at(since)
		return t, err
	}, `SELECT team_id, COUNT(*), MIN(waiting_since) FROM conversation
		WHERE workspace_id = $1 AND state = 'waiting' AND snoozed_until = 0 GROUP BY team_id ORDER BY team_id`, int64(ws))
	if err != nil {
		return o, err
	}
	o.Load, err = list(tx, func(scan func(...any) error) (l inbox.Load, err error) {
		err = scan(&l.Team, &l.Person, &l.Open, &l.Snoozed, &l.Unread)
		return l, err
	}, `SELECT team_id, assignee_id,
			COALESCE(SUM(CASE WHEN snoozed_until = 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN snoozed_until <> 0 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN snoozed_until = 0 AND unread > 0 THEN 1 ELSE 0 END), 0)
		FROM conversation WHERE workspace_id = $1 AND state = 'assigned' GROUP BY team_id, assignee_id ORDER BY team_id, assignee_id`, int64(ws))
	if err != nil {
		return o, err
	}
	_, err = within(tx).one(`SELECT COUNT(*) FROM conversation WHERE workspace_id = $1 AND snoozed_until <> 0`, []any{int64(ws)}, &o.Snoozed)
	return o, err
}
