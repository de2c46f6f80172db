package store

import (
	"context"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// SetBack is a clock that was set back: it said told, and now says now.
type SetBack struct{ Told, Now time.Time }

func (b SetBack) by() int64 { return b.Told.Sub(b.Now).Milliseconds() }

// Everything that waits has the moment at which it is due in the database, by
// the clock of that time. When a clock that was ahead is put right, all that was
// due "now" would wait until the clock has come there again. So it is moved back
// with it: what was due stays due, and what waits some seconds waits these.

// SendSetBack moves what this owner's numbers are to send, and their rests, and
// tells how many messages that were. What is scheduled for a moment further
// ahead keeps it. Numbers that another node drains go by its clock.
func (s *Store) SendSetBack(ctx context.Context, b SetBack, owner string, numbers []wa.NumberID) (moved int64, err error) {
	err = s.Write(ctx, func(ticket txn.Tx) error {
		t := within(ticket)
		moved = 0 // may be run again
		for _, id := range numbers {
			ours, err := t.one(`SELECT epoch FROM lease WHERE name = $1 AND owner = $2`, []any{leaseName(id), owner}, new(int64))
			if err != nil {
				return err
			}
			if !ours {
				continue
			}
			n, err := t.exec(`
				UPDATE outbox SET due_at = due_at - $2
				WHERE number_id = $1 AND state IN ('queued', 'uncertain') AND due_at > $3
				  AND (attempt > 0 OR state = 'uncertain' OR due_at <= $4)`,
				int64(id), b.by(), ms(b.Now), ms(b.Told.Add(outbox.MaxDelay)))
			if err != nil {
				return err
			}
			moved += n
			if _, err := t.exec(`UPDATE number SET paused_until = paused_until - $2 WHERE id = $1 AND paused_until > $3`, int64(id), b.by(), ms(b.Now)); err != nil {
				return err
			}
		}
		t.news.All = true
		return nil
	})
	return moved, err
}

// WorkSetBack moves jobs and calls of subscribers, and tells how many. Another node's are among them,
// and come a little early then, which they can bear.
func (s *Store) WorkSetBack(ctx context.Context, b SetBack) (moved int64, err error) {
	err = s.Write(ctx, func(ticket txn.Tx) error {
		t := within(ticket)
		moved = 0 // may be run again
		for _, query := range []string{
			`UPDATE job SET due_at = due_at - $1 WHERE state = 'waiting' AND due_at > $2 AND (attempt > 0 OR due_at <= $3)`,
			`UPDATE callback_delivery SET due_at = due_at - $1 WHERE state = 'pending' AND due_at > $2 AND (attempt > 0 OR due_at <= $3)`,
		} {
			n, err := t.exec(query, b.by(), ms(b.Now), ms(b.Told))
			if err != nil {
				return err
			}
			moved += n
		}
		_, err := t.exec(`UPDATE callback SET probe_at = probe_at - $1 WHERE probe_at > $2`, b.by(), ms(b.Now))
		t.news.All = true
		return err
	})
	return moved, err
}
