package store

import (
	"errors"
	"math"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Journal keeps facts and the cursors of their readers.
type Journal struct{ s *Store }

// Journal returns the queries of package journal.
func (s *Store) Journal() Journal { return Journal{s} }

// Append writes facts at the end of the journal, in this order. Whoever writes a
// fact about a row holds that row: then facts about it are read in the order in
// which they happened.
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
		t.news.fact(&facts[i])
	}
	// unnest returns its rows in order and the identity column counts along.
	return t.many(`INSERT INTO fact (workspace_id, kind, number_id, contact_id, conversation_id, message_id, actor_id, detail, at) {rows}`,
		[]column{
			ints("workspace_id", workspaces), texts("kind", kinds), ints("number_id", numbers), ints("contact_id", contacts),
			ints("conversation_id", conversations), ints("message_id", messages), ints("actor_id", actors), texts("detail", details), ints("at", times),
		}, nil)
}

// Next returns up to limit facts after the cursor, in order. It is asked under
// Read only: see settled.
func (j Journal) Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error) {
	t := within(tx)
	if t.engine == postgres && t.readOnly && t.settled != unknown && after.Seq <= t.settled {
		// Nearly always: this page itself shows how far it is whole.
		facts, err := j.page(t, 0, after, math.MaxInt64, limit)
		if err != nil {
			return nil, err
		}
		return j.whole(t, facts)
	}
	return j.NextOf(tx, 0, after, limit)
}

// NextOf is Next for one workspace's facts; workspace 0: of all.
func (j Journal) NextOf(tx txn.Tx, workspace int64, after journal.Cursor, limit int) ([]journal.Fact, error) {
	t := within(tx)
	until, err := j.settled(t)
	if err != nil || until <= after.Seq {
		return nil, err
	}
	return j.page(t, workspace, after, until, limit)
}

func (j Journal) page(t *Tx, workspace int64, after journal.Cursor, until int64, limit int) ([]journal.Fact, error) {
	var facts []journal.Fact
	err := t.query(`
		SELECT seq, workspace_id, kind, number_id, contact_id, conversation_id, message_id, actor_id, detail, at
		FROM fact
		WHERE seq > $1 AND seq <= $2 AND (CAST($3 AS BIGINT) = 0 OR workspace_id = $3)
		ORDER BY seq LIMIT $4`, func(scan func(...any) error) error {
		var f journal.Fact
		var when int64
		if err := scan(&f.Cursor.Seq, &f.WorkspaceID, &f.Kind, &f.NumberID, &f.ContactID, &f.ConversationID, &f.MessageID, &f.ActorID, &f.Detail, &when); err != nil {
			return err
		}
		f.At = at(when)
		facts = append(facts, f)
		return nil
	}, after.Seq, until, workspace, limit)
	return facts, err
}

// whole leaves of a page what lies in front of the first hole behind the frontier.
func (j Journal) whole(t *Tx, facts []journal.Fact) ([]journal.Fact, error) {
	known := 0
	for known < len(facts) && facts[known].Cursor.Seq <= t.settled {
		known++
	}
	seqs := make([]int64, 0, len(facts)-known)
	for _, f := range facts[known:] {
		seqs = append(seqs, f.Cursor.Seq)
	}
	until, err := j.reach(t, t.settled, seqs)
	return facts[:known+int(until-t.settled)], err
}

// reach walks over the facts behind a settled place and keeps what it learns.
func (j Journal) reach(t *Tx, from int64, seqs []int64) (until int64, err error) {
	until, whole := unbroken(from, seqs)
	j.s.frontier.extend(until)
	if whole {
		return until, nil
	}
	return until, j.s.frontier.blocked(seqs[len(seqs)-1], func() (map[string]bool, error) { return writersOf(t) })
}

// writersOf are the transactions that may bring facts at this moment. The table
// of locks knows no snapshot: it tells of now.
func writersOf(t *Tx) (map[string]bool, error) {
	writers := map[string]bool{}
	err := t.query(`
		SELECT virtualtransaction FROM pg_locks
		WHERE locktype = 'relation' AND relation = 'fact'::regclass AND mode = 'RowExclusiveLock' AND granted
		  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
		func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			writers[id] = true
			return err
		})
	return writers, err
}

// errJournalInWrite: a transaction that writes sees its own facts before
// anybody else may, and without a snapshot that stands.
var errJournalInWrite = errors.New("the journal is followed under Read")

// settledPage is how many places are looked at in one query.
const settledPage = 10_000

// settled is the place up to which this transaction sees all facts that will
// ever exist. SQLite has one writer: there it is whatever is seen.
func (j Journal) settled(t *Tx) (until int64, err error) {
	if t.engine == sqlite {
		return math.MaxInt64, nil
	}
	if !t.readOnly {
		return 0, errJournalInWrite
	}
	if until = t.settled; until == unknown {
		// Whatever a reader has passed was settled then.
		if _, err := t.one(`SELECT COALESCE(MAX(seq), 0) FROM reader`, nil, &until); err != nil {
			return 0, err
		}
	}
	for {
		var seqs []int64
		err := t.query(`SELECT seq FROM fact WHERE seq > $1 ORDER BY seq LIMIT $2`, func(scan func(...any) error) error {
			var seq int64
			err := scan(&seq)
			seqs = append(seqs, seq)
			return err
		}, until, settledPage)
		if err != nil {
			return until, err
		}
		from := until
		if until, err = j.reach(t, from, seqs); err != nil || until-from < settledPage {
			return until, err
		}
	}
}

// End is the cursor behind the newest fact that a reader may see. It is asked
// under Read only.
func (j Journal) End(tx txn.Tx) (journal.Cursor, error) {
	t := within(tx)
	if t.engine == sqlite {
		return j.Newest(tx)
	}
	until, err := j.settled(t)
	return journal.Cursor{Seq: until}, err
}

// Newest is the cursor of the newest fact that was committed; readers may still
// wait for one in front of it.
func (j Journal) Newest(tx txn.Tx) (c journal.Cursor, err error) {
	_, err = within(tx).one(`SELECT COALESCE(MAX(seq), 0) FROM fact`, nil, &c.Seq)
	return c, err
}

// Position is where a reader stands; found is false for one that never read.
func (j Journal) Position(tx txn.Tx, reader string) (c journal.Cursor, found bool, err error) {
	found, err = within(tx).one(`SELECT seq FROM reader WHERE name = $1`, []any{reader}, &c.Seq)
	return c, found, err
}

// Advance moves a reader.
func (j Journal) Advance(tx txn.Tx, reader string, to journal.Cursor) error {
	err := within(tx).do(`
		INSERT INTO reader (name, seq, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, updated_at = excluded.updated_at`,
		reader, to.Seq, ms(j.s.ids.now()))
	return err
}

// Before is the place in front of the newest last facts of a workspace, or of
// all with workspace 0: Next begins there with the first of them.
func (j Journal) Before(tx txn.Tx, workspace int64, last int) (c journal.Cursor, err error) {
	t := within(tx)
	until, err := j.settled(t)
	if err != nil {
		return c, err
	}
	_, err = t.one(`
		SELECT seq FROM fact
		WHERE seq <= $3 AND (CAST($1 AS BIGINT) = 0 OR workspace_id = $1)
		ORDER BY seq DESC LIMIT 1 OFFSET $2`, []any{workspace, last, until}, &c.Seq)
	return c, err
}

// fact notes what the fact may set others to do.
func (n *News) fact(f *journal.Fact) {
	n.Facts = true
	// Both bring a message into the queue of its number.
	if f.Kind == journal.MessageAccepted || f.Kind == journal.MessageStatus && f.Detail == string(wa.StatusAccepted) {
		n.number(f.NumberID)
	}
}
