package store

import (
	"kontor/internal/journal"
	"kontor/internal/txn"
)

// Journal keeps facts and the cursors of their readers.
type Journal struct{ s *Store }

// Journal returns the queries of package journal.
func (s *Store) Journal() Journal { return Journal{s} }

// Append writes facts at the end of the journal, in this order.
func (j Journal) Append(tx txn.Tx, facts ...journal.Fact) error {
	t := within(tx)
	n := len(facts)
	workspaces, numbers, contacts := make([]int64, n), make([]int64, n), make([]int64, n)
	conversations, messages, actors, times := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	kinds, details := make([]string, n), make([]string, n)
	for i, f := range facts {
		workspaces[i], numbers[i], contacts[i] = int64(f.WorkspaceID), int64(f.NumberID), int64(f.ContactID)
		conversations[i], messages[i], actors[i] = int64(f.ConversationID), int64(f.MessageID), int64(f.ActorID)
		kinds[i], details[i], times[i] = string(f.Kind), f.Detail, ms(f.At)
	}
	// unnest returns its rows in order and the identity column counts along.
	return t.many(`INSERT INTO fact (workspace_id, kind, number_id, contact_id, conversation_id, message_id, actor_id, detail, at) {rows}`,
		[]column{
			ints("workspace_id", workspaces), texts("kind", kinds), ints("number_id", numbers), ints("contact_id", contacts),
			ints("conversation_id", conversations), ints("message_id", messages), ints("actor_id", actors), texts("detail", details), ints("at", times),
		}, nil)
}

// Next returns up to limit facts after the cursor, in commit order.
func (j Journal) Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error) {
	return j.next(tx, 0, after, limit)
}

// NextOf is Next for one workspace's facts.
func (j Journal) NextOf(tx txn.Tx, workspace int64, after journal.Cursor, limit int) ([]journal.Fact, error) {
	return j.next(tx, workspace, after, limit)
}

func (j Journal) next(tx txn.Tx, workspace int64, after journal.Cursor, limit int) ([]journal.Fact, error) {
	var facts []journal.Fact
	err := within(tx).query(`
		SELECT tx, seq, workspace_id, kind, number_id, contact_id, conversation_id, message_id, actor_id, detail, at
		FROM fact
		WHERE (tx, seq) > ($1, $2)
		  AND seq > $2 -- only: sqlite (tx is always 0 there, and the rowid finds the place)
		  AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint -- only: postgres (an older transaction may still commit)
		  AND (CAST($3 AS BIGINT) = 0 OR workspace_id = $3)
		ORDER BY tx, seq -- only: postgres
		ORDER BY seq -- only: sqlite
		LIMIT $4`, func(scan func(...any) error) error {
		var f journal.Fact
		var when int64
		if err := scan(&f.Cursor.Tx, &f.Cursor.Seq, &f.WorkspaceID, &f.Kind, &f.NumberID, &f.ContactID, &f.ConversationID, &f.MessageID, &f.ActorID, &f.Detail, &when); err != nil {
			return err
		}
		f.At = at(when)
		facts = append(facts, f)
		return nil
	}, after.Tx, after.Seq, workspace, limit)
	return facts, err
}

// End is the cursor behind the newest fact that a reader may see.
func (j Journal) End(tx txn.Tx) (journal.Cursor, error) {
	var c journal.Cursor
	_, err := within(tx).one(`
		SELECT tx, seq FROM fact
		WHERE tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint -- only: postgres
		ORDER BY tx DESC, seq DESC -- only: postgres
		ORDER BY seq DESC -- only: sqlite
		LIMIT 1`, nil, &c.Tx, &c.Seq)
	return c, err
}

// Position is where a reader stands; found is false for one that never read.
func (j Journal) Position(tx txn.Tx, reader string) (c journal.Cursor, found bool, err error) {
	found, err = within(tx).one(`SELECT tx, seq FROM reader WHERE name = $1`, []any{reader}, &c.Tx, &c.Seq)
	return c, found, err
}

// Advance moves a reader.
func (j Journal) Advance(tx txn.Tx, reader string, to journal.Cursor) error {
	_, err := within(tx).exec(`
		INSERT INTO reader (name, tx, seq, updated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET tx = excluded.tx, seq = excluded.seq, updated_at = excluded.updated_at`,
		reader, to.Tx, to.Seq, ms(j.s.ids.now()))
	return err
}

// Before is the place in front of the newest last facts of a workspace, or of
// all with workspace 0: Next begins there with the first of them.
func (j Journal) Before(tx txn.Tx, workspace int64, last int) (c journal.Cursor, err error) {
	_, err = within(tx).one(`
		SELECT tx, seq FROM fact
		WHERE (CAST($1 AS BIGINT) = 0 OR workspace_id = $1)
		  AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint -- only: postgres (as in Next)
		ORDER BY tx DESC, seq DESC -- only: postgres
		ORDER BY seq DESC -- only: sqlite
		LIMIT 1 OFFSET $2`, []any{workspace, last}, &c.Tx, &c.Seq)
	return c, err
}
