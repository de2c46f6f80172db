package store

import (
	"kontor/internal/desk"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	sealReply = "quick_reply.text"
	sealDraft = "draft.text"
)

const replyColumns = `id, workspace_id, team_id, person_id, shortcut, text_sealed, updated_at`

func (q Desk) scanReply(scan func(...any) error) (r desk.QuickReply, err error) {
	var sealed []byte
	var updated int64
	if err = scan(&r.ID, &r.WorkspaceID, &r.Team, &r.Person, &r.Shortcut, &sealed, &updated); err != nil {
		return r, err
	}
	r.UpdatedAt = at(updated)
	r.Text, err = q.s.openText(r.WorkspaceID, sealReply, sealed)
	return r, err
}

// InsertReply implements desk.Replies.
func (q Desk) InsertReply(tx txn.Tx, r desk.QuickReply) (bool, error) {
	sealed, err := q.s.sealText(r.WorkspaceID, sealReply, r.Text)
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		INSERT INTO quick_reply (id, workspace_id, team_id, person_id, shortcut, text_sealed, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (workspace_id, team_id, person_id, shortcut) DO NOTHING`,
		int64(r.ID), int64(r.WorkspaceID), int64(r.Team), int64(r.Person), r.Shortcut, sealed, ms(r.UpdatedAt))
	return n == 1, err
}

// UpdateReply implements desk.Replies.
func (q Desk) UpdateReply(tx txn.Tx, r desk.QuickReply) (bool, error) {
	sealed, err := q.s.sealText(r.WorkspaceID, sealReply, r.Text)
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		UPDATE quick_reply SET shortcut = $3, text_sealed = $4, updated_at = $5
		WHERE workspace_id = $1 AND id = $2 AND NOT EXISTS (
			SELECT 1 FROM quick_reply o WHERE o.workspace_id = $1 AND o.team_id = $6 AND o.person_id = $7 AND o.shortcut = $3 AND o.id <> $2)`,
		int64(r.WorkspaceID), int64(r.ID), r.Shortcut, sealed, ms(r.UpdatedAt), int64(r.Team), int64(r.Person))
	return n == 1, err
}

// DeleteReply implements desk.Replies.
func (q Desk) DeleteReply(tx txn.Tx, ws wa.WorkspaceID, id wa.QuickReplyID) error {
	_, err := within(tx).exec(`DELETE FROM quick_reply WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
	return err
}

// Reply implements desk.Replies.
func (q Desk) Reply(tx txn.Tx, ws wa.WorkspaceID, id wa.QuickReplyID) (desk.QuickReply, bool, error) {
	return first(tx, q.scanReply, `SELECT `+replyColumns+` FROM quick_reply WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
}

// RepliesFor implements desk.Replies.
func (q Desk) RepliesFor(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID) ([]desk.QuickReply, error) {
	return list(tx, q.scanReply, `SELECT `+replyColumns+` FROM quick_reply WHERE workspace_id = $1 AND person_id IN (0, $2) ORDER BY shortcut, id`, int64(ws), int64(person))
}

// CountReplies implements desk.Replies.
func (q Desk) CountReplies(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID, person wa.PersonID) (n int64, err error) {
	_, err = within(tx).one(`SELECT COUNT(*) FROM quick_reply WHERE workspace_id = $1 AND team_id = $2 AND person_id = $3`, []any{int64(ws), int64(team), int64(person)}, &n)
	return n, err
}

// PutDraft implements desk.Drafts.
func (q Desk) PutDraft(tx txn.Tx, d desk.Draft) error {
	sealed, err := q.s.sealText(d.WorkspaceID, sealDraft, d.Text)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO draft (person_id, conversation_id, workspace_id, mode, text_sealed, reply_to, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (person_id, conversation_id) DO UPDATE SET
			mode = excluded.mode, text_sealed = excluded.text_sealed, reply_to = excluded.reply_to, updated_at = excluded.updated_at`,
		int64(d.Person), int64(d.ConversationID), int64(d.WorkspaceID), string(d.Mode), sealed, int64(d.ReplyTo), ms(d.UpdatedAt))
	return err
}

// Draft implements desk.Drafts.
func (q Desk) Draft(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID) (desk.Draft, bool, error) {
	return first(tx, func(scan func(...any) error) (d desk.Draft, err error) {
		var sealed []byte
		var updated int64
		if err = scan(&d.WorkspaceID, &d.ConversationID, &d.Person, &d.Mode, &sealed, &d.ReplyTo, &updated); err != nil {
			return d, err
		}
		d.UpdatedAt = at(updated)
		d.Text, err = q.s.openText(d.WorkspaceID, sealDraft, sealed)
		return d, err
	}, `SELECT workspace_id, conversation_id, person_id, mode, text_sealed, reply_to, updated_at FROM draft
		WHERE person_id = $1 AND conversation_id = $2 AND workspace_id = $3`, int64(person), int64(id), int64(ws))
}

// DropDraft implements desk.Drafts.
func (q Desk) DropDraft(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID, mode desk.DraftMode) error {
	_, err := within(tx).exec(`DELETE FROM draft WHERE person_id = $1 AND conversation_id = $2 AND workspace_id = $3 AND (CAST($4 AS TEXT) = '' OR mode = $4)`,
		int64(person), int64(id), int64(ws), string(mode))
	return err
}

// DraftsOf implements desk.Drafts.
func (q Desk) DraftsOf(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, limit int) ([]desk.Draft, error) {
	return list(tx, func(scan func(...any) error) (d desk.Draft, err error) {
		var updated int64
		err = scan(&d.WorkspaceID, &d.ConversationID, &d.Person, &d.Mode, &updated)
		d.UpdatedAt = at(updated)
		return d, err
	}, `SELECT workspace_id, conversation_id, person_id, mode, updated_at FROM draft WHERE person_id = $1 AND workspace_id = $2 ORDER BY updated_at DESC LIMIT $3`,
		int64(person), int64(ws), limit)
}
