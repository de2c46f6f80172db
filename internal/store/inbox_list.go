package store

import (
	"fmt"

	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// newest are the conversations of a state, newest first, from the index
// conversation_list alone. What narrows them stands beside it, so that each tab
// has the same parameters: workspace, person, number, place (two), limit, team,
// assignee, whether something must be unread, and with a label that.
const newest = `
	SELECT id, last_at FROM conversation
	WHERE workspace_id = $1 AND %s AND (last_at, id) < ($4, $5) AND %s` + narrowed + `%s
	ORDER BY last_at DESC, id DESC LIMIT $6`

const narrowed = ` AND (CAST($3 AS BIGINT) = 0 OR number_id = $3)
	  AND (CAST($7 AS BIGINT) = 0 OR team_id = CASE WHEN CAST($7 AS BIGINT) < 0 THEN 0 ELSE $7 END)
	  AND (CAST($8 AS BIGINT) = 0 OR assignee_id = $8)
	  AND unread >= CAST($9 AS BIGINT)`

const (
	anybody = `CAST($2 AS BIGINT) >= 0`
	own     = `assignee_id = $2`

	waiting  = `state = 'waiting' AND snoozed_until = 0`
	assigned = `state = 'assigned' AND snoozed_until = 0`
	closed   = `state = 'closed'`
	snoozed  = `snoozed_until <> 0`

	// labelled looks at each conversation whether it has the label: those that
	// are open are few.
	labelled = `
	  AND EXISTS (SELECT 1 FROM conversation_label mark WHERE mark.conversation_id = conversation.id AND mark.label_id = $10)`
)

// tabs are the lists, without and with a label.
var tabs = map[bool]map[inbox.Tab]string{false: tabsWith(``), true: tabsWith(labelled)}

func tabsWith(label string) map[inbox.Tab]string {
	list := func(state, whose string) string { return fmt.Sprintf(newest, state, whose, label) }
	out := map[inbox.Tab]string{
		inbox.TabMine:       list(assigned, own),
		inbox.TabUnassigned: list(waiting, anybody),
		inbox.TabLater:      list(snoozed, anybody),
		inbox.TabClosed:     list(closed, anybody),
		// Two pages in order, of which the newest are one.
		inbox.TabAll: `SELECT * FROM (` + list(waiting, anybody) + `) w
		UNION ALL SELECT * FROM (` + list(assigned, anybody) + `) a
		ORDER BY last_at DESC, id DESC LIMIT $6`,
	}
	if label != "" {
		// The closed ones only grow, those with a label are some of them: the label
		// comes first. CROSS JOIN keeps SQLite to that order.
		out[inbox.TabClosed] = `
	SELECT conversation.id, conversation.last_at FROM conversation_label mark CROSS JOIN conversation
	WHERE mark.label_id = $10 AND conversation.id = mark.conversation_id AND conversation.workspace_id = $1 AND state = 'closed'
	  AND (last_at, conversation.id) < ($4, $5) AND ` + anybody + narrowed + `
	ORDER BY last_at DESC, conversation.id DESC LIMIT $6`
	}
	return out
}

// List returns conversations, newest first.
func (q Inbox) List(tx txn.Tx, f inbox.Filter) ([]inbox.View, error) {
	args := []any{int64(f.WorkspaceID), int64(f.Person), int64(f.Number), orLast(ms(f.Before.At)), orLast(int64(f.Before.ID)), f.Limit, int64(f.Team), int64(f.Assignee), 0}
	if f.Unread {
		args[len(args)-1] = 1
	}
	if f.Label != 0 {
		args = append(args, int64(f.Label))
	}
	return q.views(within(tx), `
		SELECT `+viewColumns+` FROM (`+tabs[f.Label != 0][f.Tab]+`) k JOIN conversation c ON c.id = k.id `+viewJoins+`
		ORDER BY k.last_at DESC, k.id DESC`, args...)
}

// Count returns the numbers on the tabs. What is open is counted in the index;
// the closed ones, which only grow, up to inbox.MaxClosed.
func (q Inbox) Count(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID) (inbox.Counts, error) {
	var c inbox.Counts
	_, err := within(tx).one(`
		SELECT COALESCE(SUM(CASE WHEN state = 'assigned' AND assignee_id = $2 AND snoozed_until = 0 THEN 1 ELSE 0 END), 0),
		       COALESCE(SUM(CASE WHEN state = 'waiting' AND snoozed_until = 0 THEN 1 ELSE 0 END), 0),
		       COALESCE(SUM(CASE WHEN snoozed_until = 0 THEN 1 ELSE 0 END), 0),
		       COALESCE(SUM(CASE WHEN snoozed_until <> 0 THEN 1 ELSE 0 END), 0),
		       (SELECT COUNT(*) FROM (SELECT 1 FROM conversation WHERE workspace_id = $1 AND state = 'closed' LIMIT $3) d),
		       COALESCE(SUM(CASE WHEN unread > 0 AND snoozed_until = 0 AND (state = 'waiting' OR assignee_id = $2) THEN 1 ELSE 0 END), 0)
		FROM conversation WHERE workspace_id = $1 AND state IN ('waiting', 'assigned')`, []any{int64(ws), int64(person), inbox.MaxClosed},
		&c.Mine, &c.Unassigned, &c.All, &c.Later, &c.Closed, &c.Unread)
	return c, err
}

// files are the types that the index message_files is of.
const files = `m.type IN ('image', 'video', 'audio', 'document', 'sticker')`

// Files implements inbox.Reads.
func (q Inbox) Files(tx txn.Tx, h inbox.History, kind wa.Type) ([]wa.Message, error) {
	return q.messages(within(tx), `
		SELECT `+messageColumns+` FROM message m
		WHERE m.conversation_id = $1 AND m.workspace_id = $2 AND m.id < $3 AND `+files+` AND (CAST($5 AS TEXT) = '' OR m.type = $5)
		ORDER BY m.id DESC LIMIT $4`, int64(h.Conversation), int64(h.WorkspaceID), orLast(int64(h.After)), h.Limit, string(kind))
}
