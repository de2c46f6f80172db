package store

import (
	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// viewColumns are a conversation with its person, its assignee, its team and
// its last message, each found by primary key.
const viewColumns = conversationColumns + `, ` + contactColumnsOfP + `, COALESCE(a.name, ''), COALESCE(t.slug, ''), COALESCE(t.name, ''), COALESCE(l.id, 0)`

const contactColumnsOfP = `p.id, p.workspace_id, p.name, p.profile_name, p.phone, p.bsuid, p.username, p.language, p.created_at`

const viewJoins = `
	JOIN contact p ON p.id = c.contact_id
	LEFT JOIN person a ON a.id = c.assignee_id
	LEFT JOIN team t ON t.id = c.team_id
	LEFT JOIN message l ON l.id = c.last_message_id`

func (q Inbox) views(t *Tx, query string, args ...any) ([]inbox.View, error) {
	var views []inbox.View
	err := t.query(query, func(scan func(...any) error) error {
		var v inbox.View
		var created int64
		var last wa.MessageID
		p := &v.Contact
		err := scanConversation(scan, &v.Conversation, &p.ID, &p.WorkspaceID, &p.Name, &p.ProfileName, &p.Phone, &p.BSUID, &p.Username, &p.Language, &created,
			&v.AssigneeName, &v.TeamSlug, &v.TeamName, &last)
		p.CreatedAt = at(created)
		views = append(views, v)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	if err := q.lastMessages(t, views); err != nil {
		return nil, err
	}
	return views, q.labels(t, views)
}

// labels fills in the marks of conversations.
func (q Inbox) labels(t *Tx, views []inbox.View) error {
	byID := make(map[wa.ConversationID]*inbox.View, len(views))
	idents := make([]int64, len(views))
	for i := range views {
		byID[views[i].ID], idents[i] = &views[i], int64(views[i].ID)
	}
	return t.many(`
		SELECT k.conversation_id, l.id, l.name, l.colour
		FROM ({rows}) v JOIN conversation_label k ON k.conversation_id = v.id JOIN label l ON l.id = k.label_id
		ORDER BY k.conversation_id, l.folded`, []column{ints("id", idents)}, func(scan func(...any) error) error {
		var id wa.ConversationID
		var l inbox.Label
		err := scan(&id, &l.ID, &l.Name, &l.Colour)
		if v := byID[id]; v != nil {
			v.Labels = append(v.Labels, l)
		}
		return err
	})
}

// lastMessages fills in what was said last.
func (q Inbox) lastMessages(t *Tx, views []inbox.View) error {
	byID := make(map[wa.MessageID]*inbox.View, len(views))
	idents := make([]int64, 0, len(views))
	for i := range views {
		if id := views[i].LastMessageID; id != 0 {
			byID[id] = &views[i]
			idents = append(idents, int64(id))
		}
	}
	return t.many(`SELECT `+messageColumns+` FROM ({rows}) v JOIN message m ON m.id = v.id`, []column{ints("id", idents)},
		func(scan func(...any) error) error {
			var m wa.Message
			if err := q.s.scanMessage(scan, &m); err != nil {
				return err
			}
			byID[m.ID].Last = &m
			return nil
		})
}

// Pending returns who waits, longest first.
func (q Inbox) Pending(tx txn.Tx, ws wa.WorkspaceID, after inbox.Place, limit int) ([]inbox.View, error) {
	return q.views(within(tx), `
		SELECT `+viewColumns+` FROM conversation c `+viewJoins+`
		WHERE c.workspace_id = $1 AND c.state = 'waiting' AND c.snoozed_until = 0 AND (c.waiting_since, c.id) > ($2, $3)
		ORDER BY c.waiting_since, c.id LIMIT $4`, int64(ws), ms(after.At), int64(after.ID), limit)
}

// View returns one conversation; nil when the workspace has none such.
func (q Inbox) View(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (*inbox.View, error) {
	views, err := q.views(within(tx), `SELECT `+viewColumns+` FROM conversation c `+viewJoins+` WHERE c.id = $1 AND c.workspace_id = $2`, int64(id), int64(ws))
	if err != nil || len(views) == 0 {
		return nil, err
	}
	return &views[0], nil
}

// Messages returns a page of a conversation's history, by arrival.
func (q Inbox) Messages(tx txn.Tx, h inbox.History) ([]wa.Message, error) {
	after := int64(h.After)
	query := `SELECT ` + messageColumns + ` FROM message m WHERE m.conversation_id = $1 AND m.workspace_id = $2 AND m.id > $3 ORDER BY m.id LIMIT $4`
	if h.Descending {
		query = `SELECT ` + messageColumns + ` FROM message m WHERE m.conversation_id = $1 AND m.workspace_id = $2 AND m.id < $3 ORDER BY m.id DESC LIMIT $4`
		after = orLast(after)
	}
	return q.messages(within(tx), query, int64(h.Conversation), int64(h.WorkspaceID), after, h.Limit)
}

func (q Inbox) messages(t *Tx, query string, args ...any) ([]wa.Message, error) {
	var out []wa.Message
	err := t.query(query, func(scan func(...any) error) error {
		var m wa.Message
		err := q.s.scanMessage(scan, &m)
		out = append(out, m)
		return err
	}, args...)
	return out, err
}

func (q Inbox) message(t *Tx, query string, args ...any) (wa.Message, bool, error) {
	ms, err := q.messages(t, query, args...)
	if err != nil || len(ms) == 0 {
		return wa.Message{}, false, err
	}
	return ms[0], true, nil
}

// Message finds a message of a workspace by our id.
func (q Inbox) Message(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error) {
	return q.message(within(tx), `SELECT `+messageColumns+` FROM message m WHERE m.id = $1 AND m.workspace_id = $2`, int64(id), int64(ws))
}

// MessageByWamid finds a message of a workspace by WhatsApp's id, on any of its numbers.
func (q Inbox) MessageByWamid(tx txn.Tx, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error) {
	return q.message(within(tx), `
		SELECT `+messageColumns+` FROM number n JOIN message m ON m.number_id = n.id AND m.wamid = $2 AND m.wamid <> ''
		WHERE n.workspace_id = $1 AND m.workspace_id = $1`, int64(ws), string(wamid))
}

// ByWamid finds a message of a number; nil when there is none.
func (q Inbox) ByWamid(tx txn.Tx, number wa.NumberID, wamid wa.Wamid) (*wa.Message, error) {
	m, found, err := q.message(within(tx), `SELECT `+messageColumns+` FROM message m WHERE m.number_id = $1 AND m.wamid = $2 AND m.wamid <> ''`, int64(number), string(wamid))
	if err != nil || !found {
		return nil, err
	}
	return &m, nil
}

// Contact finds a person of a workspace; nil when there is none.
func (q Inbox) Contact(tx txn.Tx, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error) {
	c, found, err := q.s.Contacts().ByID(tx, ws, id)
	if err != nil || !found {
		return nil, err
	}
	return &c, nil
}

// Newest is a person's conversation with a number, or the newest with any.
func (q Inbox) Newest(tx txn.Tx, ws wa.WorkspaceID, person wa.ContactID, number wa.NumberID) (id wa.ConversationID, err error) {
	_, err = within(tx).one(`
		SELECT id FROM conversation WHERE contact_id = $1 AND workspace_id = $2 AND (CAST($3 AS BIGINT) = 0 OR number_id = $3)
		ORDER BY last_at DESC, id DESC LIMIT 1`, []any{int64(person), int64(ws), int64(number)}, &id)
	return id, err
}

// Known finds the contact behind a phone or BSUID; zero when there is none.
func (q Inbox) Known(tx txn.Tx, ws wa.WorkspaceID, r wa.Recipient) (id wa.ContactID, err error) {
	_, err = within(tx).one(`
		SELECT contact_id FROM contact_identity
		WHERE workspace_id = $1 AND ((kind = 'phone' AND value = $2) OR (kind IN ('bsuid', 'parent_bsuid') AND value = $3)) AND value <> ''
		LIMIT 1`, []any{int64(ws), string(r.Phone), string(r.BSUID)}, &id)
	return id, err
}
