package store

import (
	"crypto/sha256"
	"fmt"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Inbox keeps conversations and what people wrote in them.
type Inbox struct{ s *Store }

var _ inbox.Store = Inbox{}

// Inbox returns the queries of package inbox.
func (s *Store) Inbox() Inbox { return Inbox{s} }

const conversationColumns = `c.id, c.workspace_id, c.number_id, c.contact_id, c.team_id, c.state, c.assignee_id, c.unread, c.window_until,
	c.session_id, c.session_until, c.last_message_id, c.last_inbound_id, c.last_at, c.waiting_since, c.closed_at,
	c.snoozed_until, c.last_assignee_id, c.bot_until, c.bot_by, c.created_at, c.changes_wait`

// forGood is a moment that does not come: snoozed until the customer writes,
// silent until somebody says otherwise.
const forGood = -1

func scanConversation(scan func(...any) error, c *inbox.Conversation, more ...any) error {
	var window, session, last, waiting, closed, snoozed, robot, created, changes int64
	err := scan(append([]any{&c.ID, &c.WorkspaceID, &c.NumberID, &c.ContactID, &c.TeamID, &c.State, &c.AssigneeID, &c.Unread, &window,
		&c.SessionID, &session, &c.LastMessageID, &c.LastInboundID, &last, &waiting, &closed,
		&snoozed, &c.LastAssignee, &robot, &c.Automation.By, &created, &changes}, more...)...)
	c.WindowUntil, c.SessionUntil, c.LastAt = at(window), at(session), at(last)
	c.WaitingSince, c.ClosedAt, c.CreatedAt, c.ChangesWait = at(waiting), at(closed), at(created), changes != 0
	if c.Snooze.Reply = snoozed == forGood; !c.Snooze.Reply {
		c.Snooze.Until = at(snoozed)
	}
	if c.Automation.Off = robot == forGood; !c.Automation.Off {
		c.Automation.Until = at(robot)
	}
	return err
}

func snoozedUntil(c *inbox.Conversation) int64 {
	if c.Snooze.Reply {
		return forGood
	}
	return ms(c.Snooze.Until)
}

func silentUntil(c *inbox.Conversation) int64 {
	if c.Automation.Off {
		return forGood
	}
	return ms(c.Automation.Until)
}

// Conversations returns those of these pairs that exist, locked until the
// transaction ends.
func (q Inbox) Conversations(tx txn.Tx, pairs []inbox.Pair) (map[inbox.Pair]*inbox.Conversation, error) {
	numbers, contacts := make([]int64, len(pairs)), make([]int64, len(pairs))
	for i, p := range pairs {
		numbers[i], contacts[i] = int64(p.Number), int64(p.Contact)
	}
	found := make(map[inbox.Pair]*inbox.Conversation, len(pairs))
	err := within(tx).many(`
		SELECT `+conversationColumns+`
		FROM ({rows}) v JOIN conversation c ON c.number_id = v.number_id AND c.contact_id = v.contact_id
		ORDER BY c.number_id, c.contact_id FOR UPDATE OF c -- only: postgres (SQLite has one writer; the order keeps two from waiting for each other)`,
		[]column{ints("number_id", numbers), ints("contact_id", contacts)}, func(scan func(...any) error) error {
			var c inbox.Conversation
			err := scanConversation(scan, &c)
			found[inbox.Pair{Number: c.NumberID, Contact: c.ContactID}] = &c
			return err
		})
	return found, err
}

// Conversation finds one by id in a workspace, locked.
func (q Inbox) Conversation(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (*inbox.Conversation, error) {
	var c inbox.Conversation
	found := false
	err := within(tx).query(`
		SELECT `+conversationColumns+` FROM conversation c WHERE c.id = $1 AND c.workspace_id = $2
		FOR UPDATE -- only: postgres (SQLite has one writer)`, func(scan func(...any) error) error {
		found = true
		return scanConversation(scan, &c)
	}, int64(id), int64(ws))
	if err != nil || !found {
		return nil, err
	}
	return &c, nil
}

// InsertConversations adds conversations. One that another writer has begun
// meanwhile breaks the unique key, and the transaction is tried again.
func (q Inbox) InsertConversations(tx txn.Tx, cs []*inbox.Conversation) error {
	return within(tx).many(`
		INSERT INTO conversation (id, workspace_id, number_id, contact_id, team_id, state, assignee_id, unread, window_until,
			session_id, session_until, last_message_id, last_inbound_id, last_at, waiting_since, closed_at,
			snoozed_until, last_assignee_id, bot_until, bot_by, created_at) {rows}`,
		append(conversationRows(cs), createdRows(cs)), nil)
}

// UpdateConversations writes all that can change of conversations.
func (q Inbox) UpdateConversations(tx txn.Tx, cs []*inbox.Conversation) error {
	return within(tx).many(`
		UPDATE conversation SET team_id = v.team_id, state = v.state, assignee_id = v.assignee_id, unread = v.unread, window_until = v.window_until,
			session_id = v.session_id, session_until = v.session_until, last_message_id = v.last_message_id,
			last_inbound_id = v.last_inbound_id, last_at = v.last_at, waiting_since = v.waiting_since, closed_at = v.closed_at,
			snoozed_until = v.snoozed_until, last_assignee_id = v.last_assignee_id, bot_until = v.bot_until, bot_by = v.bot_by
		FROM ({rows}) v WHERE conversation.id = v.id`, conversationRows(cs), nil)
}

// ContinueConversations writes what one more message changes of conversations.
// It leaves the columns of the queue alone, so that their index is not touched.
func (q Inbox) ContinueConversations(tx txn.Tx, cs []*inbox.Conversation) error {
	row := perConversation(cs)
	return within(tx).many(`
		UPDATE conversation SET unread = v.unread, window_until = v.window_until, session_until = v.session_until,
			last_message_id = v.last_message_id, last_inbound_id = v.last_inbound_id, last_at = v.last_at
		FROM ({rows}) v WHERE conversation.id = v.id`, []column{
		ints("id", row(func(c *inbox.Conversation) int64 { return int64(c.ID) })),
		ints("unread", row(func(c *inbox.Conversation) int64 { return c.Unread })),
		ints("window_until", row(func(c *inbox.Conversation) int64 { return ms(c.WindowUntil) })),
		ints("session_until", row(func(c *inbox.Conversation) int64 { return ms(c.SessionUntil) })),
		ints("last_message_id", row(func(c *inbox.Conversation) int64 { return int64(c.LastMessageID) })),
		ints("last_inbound_id", row(func(c *inbox.Conversation) int64 { return int64(c.LastInboundID) })),
		ints("last_at", row(func(c *inbox.Conversation) int64 { return ms(c.LastAt) })),
	}, nil)
}

// perConversation makes columns of cs.
func perConversation(cs []*inbox.Conversation) func(func(*inbox.Conversation) int64) []int64 {
	return func(f func(*inbox.Conversation) int64) []int64 {
		out := make([]int64, len(cs))
		for i, c := range cs {
			out[i] = f(c)
		}
		return out
	}
}

func conversationRows(cs []*inbox.Conversation) []column {
	row := perConversation(cs)
	states := make([]string, len(cs))
	for i, c := range cs {
		states[i] = string(c.State)
	}
	return []column{
		ints("id", row(func(c *inbox.Conversation) int64 { return int64(c.ID) })),
		ints("workspace_id", row(func(c *inbox.Conversation) int64 { return int64(c.WorkspaceID) })),
		ints("number_id", row(func(c *inbox.Conversation) int64 { return int64(c.NumberID) })),
		ints("contact_id", row(func(c *inbox.Conversation) int64 { return int64(c.ContactID) })),
		ints("team_id", row(func(c *inbox.Conversation) int64 { return int64(c.TeamID) })),
		texts("state", states),
		ints("assignee_id", row(func(c *inbox.Conversation) int64 { return int64(c.AssigneeID) })),
		ints("unread", row(func(c *inbox.Conversation) int64 { return c.Unread })),
		ints("window_until", row(func(c *inbox.Conversation) int64 { return ms(c.WindowUntil) })),
		ints("session_id", row(func(c *inbox.Conversation) int64 { return c.SessionID })),
		ints("session_until", row(func(c *inbox.Conversation) int64 { return ms(c.SessionUntil) })),
		ints("last_message_id", row(func(c *inbox.Conversation) int64 { return int64(c.LastMessageID) })),
		ints("last_inbound_id", row(func(c *inbox.Conversation) int64 { return int64(c.LastInboundID) })),
		ints("last_at", row(func(c *inbox.Conversation) int64 { return ms(c.LastAt) })),
		ints("waiting_since", row(func(c *inbox.Conversation) int64 { return ms(c.WaitingSince) })),
		ints("closed_at", row(func(c *inbox.Conversation) int64 { return ms(c.ClosedAt) })),
		ints("snoozed_until", row(snoozedUntil)),
		ints("last_assignee_id", row(func(c *inbox.Conversation) int64 { return int64(c.LastAssignee) })),
		ints("bot_until", row(silentUntil)),
		ints("bot_by", row(func(c *inbox.Conversation) int64 { return int64(c.Automation.By) })),
	}
}

func createdRows(cs []*inbox.Conversation) column {
	return ints("created_at", perConversation(cs)(func(c *inbox.Conversation) int64 { return ms(c.CreatedAt) }))
}

// InsertReceived stores inbound messages. The unique key on number and wamid
// decides what is new (law 2), not a look-up before.
func (q Inbox) InsertReceived(tx txn.Tx, messages []*wa.Message) (map[wa.MessageID]bool, error) {
	n := len(messages)
	idents, workspaces, numbers, contacts, conversations := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	types, wamids, problems := make([]string, n), make([]string, n), make([]string, n)
	bodies := make([][]byte, n)
	times, stored := make([]int64, n), make([]int64, n)
	for i, m := range messages {
		sealed, err := q.s.sealContent(m.WorkspaceID, &m.Content)
		if err != nil {
			return nil, err
		}
		idents[i], workspaces[i], numbers[i] = int64(m.ID), int64(m.WorkspaceID), int64(m.NumberID)
		contacts[i], conversations[i] = int64(m.ContactID), int64(m.ConversationID)
		types[i], wamids[i], bodies[i] = string(m.Content.Type), string(m.Wamid), sealed
		times[i], stored[i] = ms(m.At), ms(m.StoredAt)
		if problems[i], err = jsonText(m.Problems, len(m.Problems) == 0); err != nil {
			return nil, err
		}
	}
	fresh := make(map[wa.MessageID]bool, n)
	err := within(tx).insertNew(`
		INSERT INTO message (id, workspace_id, number_id, contact_id, conversation_id, direction, type, wamid, status, content_sealed, at, stored_at, problems)
		SELECT id, workspace_id, number_id, contact_id, conversation_id, 'inbound', type, wamid, 'received', content_sealed, at, stored_at, problems
		FROM ({rows}) v WHERE true
		ON CONFLICT (number_id, wamid) WHERE wamid <> '' DO NOTHING`,
		[]column{
			ints("id", idents), ints("workspace_id", workspaces), ints("number_id", numbers), ints("contact_id", contacts), ints("conversation_id", conversations),
			texts("type", types), texts("wamid", wamids), bytea("content_sealed", bodies), ints("at", times), ints("stored_at", stored), texts("problems", problems),
		}, func(id int64) { fresh[wa.MessageID(id)] = true })
	return fresh, err
}

// UpdateContent replaces what a message says and whether it was edited or taken back.
func (q Inbox) UpdateContent(tx txn.Tx, m *wa.Message) error {
	sealed, err := q.s.sealContent(m.WorkspaceID, &m.Content)
	if err != nil {
		return err
	}
	return within(tx).do(`UPDATE message SET content_sealed = $3, edited_at = $4, revoked_at = $5 WHERE id = $1 AND workspace_id = $2`,
		int64(m.ID), int64(m.WorkspaceID), sealed, ms(m.EditedAt), ms(m.RevokedAt))
}

// Touch makes messages the last of their conversations.
func (q Inbox) Touch(tx txn.Tx, touched []inbox.Touched) error {
	last := map[wa.ConversationID]inbox.Touched{}
	for _, t := range touched {
		if old, ok := last[t.ConversationID]; !ok || old.MessageID < t.MessageID {
			last[t.ConversationID] = t
		}
	}
	idents, messages, times := make([]int64, 0, len(last)), make([]int64, 0, len(last)), make([]int64, 0, len(last))
	for _, id := range sortedIDs(last) {
		idents, messages, times = append(idents, int64(id)), append(messages, int64(last[id].MessageID)), append(times, ms(last[id].At))
	}
	return within(tx).many(`
		UPDATE conversation SET last_message_id = v.message_id, last_at = v.at
		FROM ({rows}) v WHERE conversation.id = v.id AND conversation.last_message_id < v.message_id`,
		[]column{ints("id", idents), ints("message_id", messages), ints("at", times)}, nil)
}

// Quarantine keeps what came for unknown numbers; a retry is the same event.
func (q Inbox) Quarantine(tx txn.Tx, parts []inbox.Quarantined) error {
	for _, p := range parts {
		sealed, err := q.s.seal.Seal(p.Body, associated(0, sealQuarantine))
		if err != nil {
			return err
		}
		hash := sha256.Sum256(p.Body)
		_, err = within(tx).exec(`
			INSERT INTO quarantine (id, phone_number_id, waba_id, reason, body_hash, body_sealed, received_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (body_hash) DO NOTHING`,
			p.ID, string(p.PhoneNumberID), string(p.WABAID), p.Reason, hash[:], sealed, ms(p.ReceivedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// Quarantined returns a page of them, newest first; before is the last id seen.
func (q Inbox) Quarantined(tx txn.Tx, before int64, limit int) ([]inbox.Quarantined, error) {
	var out []inbox.Quarantined
	err := within(tx).query(`
		SELECT id, phone_number_id, waba_id, reason, body_sealed, received_at FROM quarantine
		WHERE id < $1 ORDER BY id DESC LIMIT $2`, func(scan func(...any) error) error {
		var p inbox.Quarantined
		var sealed []byte
		var received int64
		if err := scan(&p.ID, &p.PhoneNumberID, &p.WABAID, &p.Reason, &sealed, &received); err != nil {
			return err
		}
		body, err := q.s.seal.Open(sealed, associated(0, sealQuarantine))
		if err != nil {
			return fmt.Errorf("open quarantine: %w", err)
		}
		p.Body, p.ReceivedAt = body, at(received)
		out = append(out, p)
		return nil
	}, orLast(before), limit)
	return out, err
}

// Notices keeps changes that are neither messages nor statuses, as they came.
func (q Inbox) Notices(tx txn.Tx, notices []inbox.Noted) error {
	for _, n := range notices {
		sealed, err := q.s.seal.Seal(n.Body, associated(n.WorkspaceID, sealNotice))
		if err != nil {
			return err
		}
		// The time belongs to the event: the same words a day later are another one.
		hash := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d/%s", n.WABAID, n.Field, ms(n.At), n.Body))
		_, err = within(tx).exec(`
			INSERT INTO notice (id, workspace_id, number_id, waba_id, field, body_hash, body_sealed, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, body_hash) DO NOTHING`,
			n.ID, int64(n.WorkspaceID), int64(n.NumberID), string(n.WABAID), n.Field, hash[:], sealed, ms(n.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// AssignedSince tells who has a conversation and since when.
func (q Inbox) AssignedSince(tx txn.Tx, c *inbox.Conversation) (name string, since time.Time, err error) {
	var when int64
	_, err = within(tx).one(`SELECT name FROM person WHERE id = $1 AND workspace_id = $2`, []any{int64(c.AssigneeID), int64(c.WorkspaceID)}, &name)
	if err != nil {
		return "", time.Time{}, err
	}
	_, err = within(tx).one(`SELECT at FROM fact WHERE workspace_id = $1 AND conversation_id = $2 AND kind = 'conversation.assigned' ORDER BY at DESC LIMIT 1`,
		[]any{int64(c.WorkspaceID), int64(c.ID)}, &when)
	return name, at(when), err
}
