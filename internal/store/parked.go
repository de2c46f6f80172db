package store

import (
	"strings"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
)

var _ journal.Store = Journal{}

// Begin sets a reader that never read to a place; one that did stays where it is.
func (j Journal) Begin(tx txn.Tx, reader string, at journal.Cursor) error {
	err := within(tx).do(`
		INSERT INTO reader (name, seq, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
		reader, at.Seq, ms(j.s.ids.now()))
	return err
}

// Hold is Position for whoever has the reader's lease with this epoch, and keeps
// it until the transaction ends; held is false for whoever has not.
func (j Journal) Hold(tx txn.Tx, reader string, epoch int64) (c journal.Cursor, held bool, err error) {
	held, err = within(tx).one(`
		SELECT r.seq FROM lease l JOIN reader r ON r.name = $1
		WHERE l.name = $2 AND l.epoch = $3
		FOR UPDATE OF r FOR SHARE OF l -- only: postgres (nobody takes over before this is written; SQLite has one writer)`,
		[]any{reader, readerLease(reader), epoch}, &c.Seq)
	return c, held, err
}

// Park puts facts aside for a reader.
func (j Journal) Park(tx txn.Tx, reader string, parked ...journal.Parked) error {
	n := len(parked)
	readers, errs := make([]string, n), make([]string, n)
	conversations, seqs := make([]int64, n), make([]int64, n)
	attempts, dues := make([]int64, n), make([]int64, n)
	for i, p := range parked {
		readers[i], errs[i] = reader, clip(p.Error)
		conversations[i], seqs[i] = int64(p.Fact.ConversationID), p.Fact.Cursor.Seq
		attempts[i], dues[i] = int64(p.Attempt), ms(p.Due)
	}
	return within(tx).many(`INSERT INTO parked (reader, conversation_id, seq, attempt, due_at, error) {rows}`, []column{
		texts("reader", readers), ints("conversation_id", conversations), ints("seq", seqs),
		ints("attempt", attempts), ints("due_at", dues), texts("error", errs),
	}, nil)
}

// ParkedAmong returns which of these conversations have parked facts.
func (j Journal) ParkedAmong(tx txn.Tx, reader string, conversations []int64) (map[int64]bool, error) {
	// Nearly always nothing is parked: then one look suffices for the whole batch.
	some, err := within(tx).one(`SELECT 1 FROM parked WHERE reader = $1 LIMIT 1`, []any{reader}, new(int64))
	if err != nil || !some {
		return nil, err
	}
	readers := make([]string, len(conversations))
	for i := range readers {
		readers[i] = reader
	}
	blocked := map[int64]bool{}
	err = within(tx).many(`SELECT p.conversation_id FROM ({rows}) v JOIN parked p ON p.reader = v.reader AND p.conversation_id = v.conversation_id`,
		[]column{texts("reader", readers), ints("conversation_id", conversations)},
		func(scan func(...any) error) error {
			var id int64
			if err := scan(&id); err != nil {
				return err
			}
			blocked[id] = true
			return nil
		})
	return blocked, err
}

const selectParked = `
	SELECT p.attempt, p.due_at, p.error, f.seq, f.workspace_id, f.kind, f.number_id, f.contact_id, f.conversation_id, f.message_id, f.actor_id, f.detail, f.at
	FROM parked p JOIN fact f ON f.seq = p.seq
	WHERE p.reader = $1`

// ParkedDue returns up to limit parked facts that may be tried now: the oldest
// of its conversation, and due. A fact without a conversation waits for nobody.
func (j Journal) ParkedDue(tx txn.Tx, reader string, now time.Time, limit int) ([]journal.Parked, error) {
	return parkedOf(tx, selectParked+`
		AND p.due_at <= $2
		AND NOT EXISTS (
			SELECT 1 FROM parked o
			WHERE o.reader = p.reader AND o.conversation_id = p.conversation_id AND o.conversation_id <> 0
			  AND o.seq < p.seq)
		ORDER BY p.seq LIMIT $3`, reader, ms(now), limit)
}

// Unpark removes a parked fact; gone is false when it was not there.
func (j Journal) Unpark(tx txn.Tx, reader string, at journal.Cursor) (gone bool, err error) {
	n, err := within(tx).exec(`DELETE FROM parked WHERE reader = $1 AND seq = $2`, reader, at.Seq)
	return n > 0, err
}

// ParkedAll returns up to limit parked facts, oldest first.
func (j Journal) ParkedAll(tx txn.Tx, reader string, limit int) ([]journal.Parked, error) {
	return parkedOf(tx, selectParked+` ORDER BY p.seq LIMIT $2`, reader, limit)
}

// ParkedCount is how many facts each reader has parked, for metrics and doctor.
func (j Journal) ParkedCount(tx txn.Tx) (map[string]int64, error) {
	counts := map[string]int64{}
	err := within(tx).query(`SELECT reader, COUNT(*) FROM parked GROUP BY reader`, func(scan func(...any) error) error {
		var reader string
		var n int64
		if err := scan(&reader, &n); err != nil {
			return err
		}
		counts[reader] = n
		return nil
	})
	return counts, err
}

func parkedOf(tx txn.Tx, query string, args ...any) (parked []journal.Parked, err error) {
	err = within(tx).query(query, func(scan func(...any) error) error {
		var p journal.Parked
		var due, when int64
		f := &p.Fact
		if err := scan(&p.Attempt, &due, &p.Error, &f.Cursor.Seq, &f.WorkspaceID, &f.Kind, &f.NumberID, &f.ContactID, &f.ConversationID, &f.MessageID, &f.ActorID, &f.Detail, &when); err != nil {
			return err
		}
		p.Due, f.At = at(due), at(when)
		parked = append(parked, p)
		return nil
	}, args...)
	return parked, err
}

// clip shortens an error's text to what a person needs, and to what PostgreSQL
// takes as text.
func clip(text string) string {
	if len(text) > 500 {
		text = text[:500]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
