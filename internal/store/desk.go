package store

import (
	"strings"
	"time"

	"kontor/internal/desk"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Desk keeps what colleagues put beside conversations.
type Desk struct{ s *Store }

// Desk returns the queries of package desk.
func (s *Store) Desk() Desk { return Desk{s} }

var _ desk.Store = Desk{}

// Sealed columns of the desk; never rename one.
const sealNote = "note.text"

const labelColumns = `id, workspace_id, name, colour, created_at`

func scanLabel(scan func(...any) error) (l desk.Label, err error) {
	var created int64
	err = scan(&l.ID, &l.WorkspaceID, &l.Name, &l.Colour, &created)
	l.CreatedAt = at(created)
	return l, err
}

// InsertLabel implements desk.Labels.
func (q Desk) InsertLabel(tx txn.Tx, l desk.Label) (bool, error) {
	n, err := within(tx).exec(`
		INSERT INTO label (id, workspace_id, name, folded, colour, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (workspace_id, folded) DO NOTHING`, int64(l.ID), int64(l.WorkspaceID), l.Name, strings.ToLower(l.Name), l.Colour, ms(l.CreatedAt))
	return n == 1, err
}

// UpdateLabel implements desk.Labels.
func (q Desk) UpdateLabel(tx txn.Tx, l desk.Label) (bool, error) {
	n, err := within(tx).exec(`
		UPDATE label SET name = $3, folded = $4, colour = $5
		WHERE workspace_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM label o WHERE o.workspace_id = $1 AND o.folded = $4 AND o.id <> $2)`,
		int64(l.WorkspaceID), int64(l.ID), l.Name, strings.ToLower(l.Name), l.Colour)
	return n == 1, err
}

// DeleteLabel implements desk.Labels.
func (q Desk) DeleteLabel(tx txn.Tx, ws wa.WorkspaceID, id wa.LabelID) error {
	if _, err := within(tx).exec(`DELETE FROM conversation_label WHERE label_id = $1 AND workspace_id = $2`, int64(id), int64(ws)); err != nil {
		return err
	}
	_, err := within(tx).exec(`DELETE FROM label WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
	return err
}

// Label implements desk.Labels.
func (q Desk) Label(tx txn.Tx, ws wa.WorkspaceID, id wa.LabelID) (desk.Label, bool, error) {
	return first(tx, scanLabel, `SELECT `+labelColumns+` FROM label WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
}

// Labels implements desk.Labels.
func (q Desk) Labels(tx txn.Tx, ws wa.WorkspaceID) ([]desk.Label, error) {
	return list(tx, scanLabel, `SELECT `+labelColumns+` FROM label WHERE workspace_id = $1 ORDER BY folded`, int64(ws))
}

// LabelsOn implements desk.Labels.
func (q Desk) LabelsOn(tx txn.Tx, id wa.ConversationID) ([]wa.LabelID, error) {
	return list(tx, func(scan func(...any) error) (l wa.LabelID, err error) {
		err = scan(&l)
		return l, err
	}, `SELECT label_id FROM conversation_label WHERE conversation_id = $1 ORDER BY label_id`, int64(id))
}

// Relabel implements desk.Labels.
func (q Desk) Relabel(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, add, remove []wa.LabelID) error {
	for _, l := range add {
		if _, err := within(tx).exec(`
			INSERT INTO conversation_label (conversation_id, label_id, workspace_id) VALUES ($1, $2, $3)
			ON CONFLICT (conversation_id, label_id) DO NOTHING`, int64(id), int64(l), int64(ws)); err != nil {
			return err
		}
	}
	for _, l := range remove {
		if _, err := within(tx).exec(`DELETE FROM conversation_label WHERE conversation_id = $1 AND label_id = $2`, int64(id), int64(l)); err != nil {
			return err
		}
	}
	return nil
}

const noteColumns = `n.id, n.workspace_id, n.conversation_id, n.author_id, n.text_sealed, n.created_at, n.edited_at`

func (q Desk) scanNote(scan func(...any) error, n *desk.Note, more ...any) error {
	var sealed []byte
	var created, edited int64
	if err := scan(append([]any{&n.ID, &n.WorkspaceID, &n.ConversationID, &n.Author, &sealed, &created, &edited}, more...)...); err != nil {
		return err
	}
	n.CreatedAt, n.EditedAt = at(created), at(edited)
	var err error
	n.Text, err = q.s.openText(n.WorkspaceID, sealNote, sealed)
	return err
}

// InsertNote implements desk.Notes.
func (q Desk) InsertNote(tx txn.Tx, n desk.Note) error {
	sealed, err := q.s.sealText(n.WorkspaceID, sealNote, n.Text)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`INSERT INTO note (id, workspace_id, conversation_id, author_id, text_sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		int64(n.ID), int64(n.WorkspaceID), int64(n.ConversationID), int64(n.Author), sealed, ms(n.CreatedAt))
	if err != nil {
		return err
	}
	return q.mention(tx, n)
}

func (q Desk) mention(tx txn.Tx, n desk.Note) error {
	for _, p := range n.Mentions {
		_, err := within(tx).exec(`INSERT INTO note_mention (person_id, note_id, workspace_id) VALUES ($1, $2, $3) ON CONFLICT (person_id, note_id) DO NOTHING`,
			int64(p), int64(n.ID), int64(n.WorkspaceID))
		if err != nil {
			return err
		}
	}
	return nil
}

// UpdateNote implements desk.Notes.
func (q Desk) UpdateNote(tx txn.Tx, n desk.Note) error {
	sealed, err := q.s.sealText(n.WorkspaceID, sealNote, n.Text)
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`UPDATE note SET text_sealed = $3, edited_at = $4 WHERE workspace_id = $1 AND id = $2`, int64(n.WorkspaceID), int64(n.ID), sealed, ms(n.EditedAt))
	if err != nil {
		return err
	}
	args := []any{int64(n.ID), int64(n.WorkspaceID)}
	for _, p := range n.Mentions {
		args = append(args, int64(p))
	}
	query := `DELETE FROM note_mention WHERE note_id = $1 AND workspace_id = $2`
	if len(n.Mentions) > 0 {
		query += ` AND person_id NOT IN (` + placeholders(3, len(n.Mentions)) + `)`
	}
	if _, err := within(tx).exec(query, args...); err != nil {
		return err
	}
	return q.mention(tx, n)
}

// DeleteNote implements desk.Notes.
func (q Desk) DeleteNote(tx txn.Tx, ws wa.WorkspaceID, id wa.NoteID) error {
	if _, err := within(tx).exec(`DELETE FROM note_mention WHERE note_id = $1 AND workspace_id = $2`, int64(id), int64(ws)); err != nil {
		return err
	}
	_, err := within(tx).exec(`DELETE FROM note WHERE workspace_id = $1 AND id = $2`, int64(ws), int64(id))
	return err
}

// Note implements desk.Notes.
func (q Desk) Note(tx txn.Tx, ws wa.WorkspaceID, id wa.NoteID) (desk.Note, bool, error) {
	found, err := q.notes(within(tx), `SELECT `+noteColumns+` FROM note n WHERE n.id = $1 AND n.workspace_id = $2`, int64(id), int64(ws))
	if err != nil || len(found) == 0 {
		return desk.Note{}, false, err
	}
	return found[0], true, nil
}

// NotesOf implements desk.Notes.
func (q Desk) NotesOf(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, after int64, descending bool, limit int) ([]desk.Note, error) {
	query := `SELECT ` + noteColumns + ` FROM note n WHERE n.conversation_id = $1 AND n.workspace_id = $2 AND n.id > $3 ORDER BY n.id LIMIT $4`
	if descending {
		query = `SELECT ` + noteColumns + ` FROM note n WHERE n.conversation_id = $1 AND n.workspace_id = $2 AND n.id < $3 ORDER BY n.id DESC LIMIT $4`
		after = orLast(after)
	}
	return q.notes(within(tx), query, int64(id), int64(ws), after, limit)
}

func (q Desk) notes(t *Tx, query string, args ...any) (notes []desk.Note, err error) {
	err = t.query(query, func(scan func(...any) error) error {
		var n desk.Note
		err := q.scanNote(scan, &n)
		notes = append(notes, n)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[wa.NoteID]*desk.Note, len(notes))
	for i := range notes {
		byID[notes[i].ID] = &notes[i]
	}
	return notes, q.mentions(t, byID)
}

// mentions fills in whom notes name.
func (q Desk) mentions(t *Tx, byID map[wa.NoteID]*desk.Note) error {
	ids := sortedIDs(byID)
	return t.many(`SELECT m.note_id, m.person_id FROM ({rows}) v JOIN note_mention m ON m.note_id = v.id ORDER BY m.note_id, m.person_id`,
		[]column{ints("id", ids)}, func(scan func(...any) error) error {
			var id wa.NoteID
			var person wa.PersonID
			err := scan(&id, &person)
			if n := byID[id]; n != nil {
				n.Mentions = append(n.Mentions, person)
			}
			return err
		})
}

// MentionsOf implements desk.Notes.
func (q Desk) MentionsOf(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, before wa.NoteID, unseen bool, limit int) (out []desk.Mention, err error) {
	only := int64(0)
	if unseen {
		only = 1
	}
	t := within(tx)
	err = t.query(`
		SELECT `+noteColumns+`, m.seen_at FROM note_mention m JOIN note n ON n.id = m.note_id
		WHERE m.person_id = $1 AND m.note_id < $3 AND m.workspace_id = $2 AND n.workspace_id = $2 AND (CAST($4 AS BIGINT) = 0 OR m.seen_at = 0)
		ORDER BY m.note_id DESC LIMIT $5`, func(scan func(...any) error) error {
		var m desk.Mention
		var seen int64
		err := q.scanNote(scan, &m.Note, &seen)
		m.SeenAt = at(seen)
		out = append(out, m)
		return err
	}, int64(person), int64(ws), orLast(int64(before)), only, limit)
	if err != nil {
		return nil, err
	}
	byID := make(map[wa.NoteID]*desk.Note, len(out))
	for i := range out {
		byID[out[i].Note.ID] = &out[i].Note
	}
	return out, q.mentions(t, byID)
}

// Seen implements desk.Notes.
func (q Desk) Seen(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, ids []wa.NoteID, now time.Time) error {
	args := []any{int64(person), int64(ws), ms(now)}
	query := `UPDATE note_mention SET seen_at = $3 WHERE person_id = $1 AND workspace_id = $2 AND seen_at = 0`
	if len(ids) > 0 {
		query += ` AND note_id IN (` + placeholders(4, len(ids)) + `)`
	}
	for _, id := range ids {
		args = append(args, int64(id))
	}
	_, err := within(tx).exec(query, args...)
	return err
}
