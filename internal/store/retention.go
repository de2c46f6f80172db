package store

import (
	"context"
	"fmt"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
)

// Limits say what is too old to be kept: rows of before the moment go. The zero
// time keeps everything of its kind.
type Limits struct {
	Facts       time.Time // and passed by every reader, and parked by none
	Webhooks    time.Time
	Idempotency time.Time
	Waiting     time.Time // statuses, edits and revokes that wait for their message
	Usage       time.Time // messages a day and customer
	Quarantine  time.Time
	Told        time.Time // how WhatsApp told of things, for those who are told in its words
}

// Swept is how many rows of each kind went.
type Swept struct {
	Facts, Webhooks, Idempotency, Waiting, Usage, Quarantine, Told int64
}

// sweepBatch is how many rows one transaction looks at: short enough that
// nobody waits for it.
const sweepBatch = 1000

// Sweep removes what is too old, in short transactions. Ended by ctx it returns
// its error and what was done by then; the next run does the rest.
func (s *Store) Sweep(ctx context.Context, l Limits) (done Swept, err error) {
	for _, step := range []struct {
		what   string
		before time.Time
		count  *int64
		run    func(ctx context.Context, before time.Time, count *int64) error
	}{
		{"facts", l.Facts, &done.Facts, s.sweepFacts},
		{"webhooks", l.Webhooks, &done.Webhooks, s.sweepOldest("webhook", "last_at")},
		{"quarantine", l.Quarantine, &done.Quarantine, s.sweepOldest("quarantine", "received_at")},
		{"idempotency keys", l.Idempotency, &done.Idempotency, s.sweepIdempotency},
		{"waiting statuses", l.Waiting, &done.Waiting, s.sweepWaiting},
		{"waiting changes", l.Waiting, &done.Waiting, s.sweepChanges},
		{"usage", l.Usage, &done.Usage, s.sweepUsage},
		{"webhooks that told of things", l.Told, &done.Told, s.sweepTold},
	} {
		if step.before.IsZero() {
			continue
		}
		if err := step.run(ctx, step.before, step.count); err != nil {
			return done, fmt.Errorf("sweep %s: %w", step.what, err)
		}
	}
	return done, nil
}

// sweepFacts removes the beginning of the journal. The newest fact always stays:
// SQLite counts on from the highest seq there is, and must not give one again
// that a reader has passed.
func (s *Store) sweepFacts(ctx context.Context, before time.Time, count *int64) error {
	var after journal.Cursor
	for more := true; more; {
		next := after
		err := s.Read(ctx, func(tx txn.Tx) (err error) { // readers only go on: what is seen here stays true
			next, more, err = s.Journal().oldUntil(tx, after, before)
			return err
		})
		if err != nil || next == after {
			return err
		}
		var n int64
		err = s.Write(ctx, func(tx txn.Tx) (err error) {
			n, err = within(tx).exec(`
				DELETE FROM fact
				WHERE seq > $1 AND seq <= $2 AND NOT EXISTS (SELECT 1 FROM parked p WHERE p.seq = fact.seq)`,
				after.Seq, next.Seq)
			return err
		})
		if err != nil {
			return err
		}
		*count += n
		after = next
	}
	return nil
}

// oldUntil looks at a batch of facts behind after and tells up to which one all
// are old, passed by every reader, and not the newest; more tells that the batch
// was full of them.
func (j Journal) oldUntil(tx txn.Tx, after journal.Cursor, before time.Time) (until journal.Cursor, more bool, err error) {
	last, err := j.End(tx)
	if err != nil {
		return after, false, err
	}
	passed := last
	err = within(tx).query(`SELECT seq FROM reader`, func(scan func(...any) error) error {
		var c journal.Cursor
		err := scan(&c.Seq)
		if c.Before(passed) {
			passed = c
		}
		return err
	})
	if err != nil {
		return after, false, err
	}
	facts, err := j.Next(tx, after, sweepBatch)
	if err != nil {
		return after, false, err
	}
	until = after
	for _, f := range facts {
		if !f.At.Before(before) || passed.Before(f.Cursor) || !f.Cursor.Before(last) {
			return until, false, nil
		}
		until = f.Cursor
	}
	return until, len(facts) == sweepBatch, nil
}

// sweepOldest removes rows of a table whose ids rise with the time they came at,
// from the oldest on, so that it reads no more than it removes.
func (s *Store) sweepOldest(table, when string) func(context.Context, time.Time, *int64) error {
	query := `DELETE FROM ` + table + ` WHERE id IN (SELECT id FROM ` + table + ` ORDER BY id LIMIT $1) AND ` + when + ` < $2`
	return func(ctx context.Context, before time.Time, count *int64) error {
		for {
			var n int64
			err := s.Write(ctx, func(tx txn.Tx) (err error) {
				n, err = within(tx).exec(query, sweepBatch, ms(before))
				return err
			})
			if err != nil {
				return err
			}
			if *count += n; n < sweepBatch {
				return nil
			}
		}
	}
}

// The tables below have no index on time, which would cost every message
// something. They are walked by key outside of the writer, once a day.

func (s *Store) sweepIdempotency(ctx context.Context, before time.Time, count *int64) error {
	type place struct {
		workspace int64
		key       string
	}
	var after place
	return walk(ctx, s, count, func(tx *Tx) (old []place, seen int, err error) {
		err = tx.query(`SELECT workspace_id, key, created_at FROM idempotency WHERE (workspace_id, key) > ($1, $2) ORDER BY workspace_id, key LIMIT $3`,
			func(scan func(...any) error) error {
				var when int64
				err := scan(&after.workspace, &after.key, &when)
				if seen++; when < ms(before) {
					old = append(old, after)
				}
				return err
			}, after.workspace, after.key, sweepBatch)
		return old, seen, err
	}, func(tx *Tx, old []place) error {
		workspaces, keys := make([]int64, len(old)), make([]string, len(old))
		for i, o := range old {
			workspaces[i], keys[i] = o.workspace, o.key
		}
		return tx.many(`DELETE FROM idempotency WHERE (workspace_id, key) IN (SELECT workspace_id, key FROM ({rows}) v)`,
			[]column{ints("workspace_id", workspaces), texts("key", keys)}, nil)
	})
}

func (s *Store) sweepWaiting(ctx context.Context, before time.Time, count *int64) error {
	type place struct {
		number        int64
		wamid, status string
	}
	var after place
	return walk(ctx, s, count, func(tx *Tx) (old []place, seen int, err error) {
		err = tx.query(`SELECT number_id, wamid, status, stored_at FROM status_waiting WHERE (number_id, wamid, status) > ($1, $2, $3) ORDER BY number_id, wamid, status LIMIT $4`,
			func(scan func(...any) error) error {
				var when int64
				err := scan(&after.number, &after.wamid, &after.status, &when)
				if seen++; when < ms(before) {
					old = append(old, after)
				}
				return err
			}, after.number, after.wamid, after.status, sweepBatch)
		return old, seen, err
	}, func(tx *Tx, old []place) error {
		numbers, wamids, statuses := make([]int64, len(old)), make([]string, len(old)), make([]string, len(old))
		for i, o := range old {
			numbers[i], wamids[i], statuses[i] = o.number, o.wamid, o.status
		}
		return tx.many(`DELETE FROM status_waiting WHERE (number_id, wamid, status) IN (SELECT number_id, wamid, status FROM ({rows}) v)`,
			[]column{ints("number_id", numbers), texts("wamid", wamids), texts("status", statuses)}, nil)
	})
}

func (s *Store) sweepUsage(ctx context.Context, before time.Time, count *int64) error {
	type place struct{ number, contact, day int64 }
	var after place
	today := before.Unix() / (24 * 60 * 60)
	return walk(ctx, s, count, func(tx *Tx) (old []place, seen int, err error) {
		err = tx.query(`SELECT number_id, contact_id, day FROM customer_usage WHERE (number_id, contact_id, day) > ($1, $2, $3) ORDER BY number_id, contact_id, day LIMIT $4`,
			func(scan func(...any) error) error {
				err := scan(&after.number, &after.contact, &after.day)
				if seen++; after.day < today {
					old = append(old, after)
				}
				return err
			}, after.number, after.contact, after.day, sweepBatch)
		return old, seen, err
	}, func(tx *Tx, old []place) error {
		numbers, contacts, days := make([]int64, len(old)), make([]int64, len(old)), make([]int64, len(old))
		for i, o := range old {
			numbers[i], contacts[i], days[i] = o.number, o.contact, o.day
		}
		return tx.many(`DELETE FROM customer_usage WHERE (number_id, contact_id, day) IN (SELECT number_id, contact_id, day FROM ({rows}) v)`,
			[]column{ints("number_id", numbers), ints("contact_id", contacts), ints("day", days)}, nil)
	})
}

// walk reads a table batch by batch and removes what look found old.
func walk[P any](ctx context.Context, s *Store, count *int64, look func(*Tx) (old []P, seen int, err error), remove func(*Tx, []P) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var old []P
		var seen int
		err := s.Read(ctx, func(tx txn.Tx) (err error) {
			old, seen, err = look(within(tx))
			return err
		})
		if err != nil {
			return err
		}
		if len(old) > 0 {
			if err := s.Write(ctx, func(tx txn.Tx) error { return remove(within(tx), old) }); err != nil {
				return err
			}
			*count += int64(len(old))
		}
		if seen < sweepBatch {
			return nil
		}
	}
}
