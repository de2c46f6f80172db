package store

import (
	"fmt"
	"slices"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// leaseName is the row of lease that says who drains a number.
func leaseName(id wa.NumberID) string { return "number:" + id.String() }

// TakeLease implements outbox.Store.
func (q Outbox) TakeLease(tx txn.Tx, id wa.NumberID, owner string, lease time.Duration) (epoch int64, err error) {
	return takeLease(within(tx), leaseName(id), owner, lease)
}

// LeaseFree implements outbox.Store.
func (q Outbox) LeaseFree(tx txn.Tx, id wa.NumberID, owner string) (bool, error) {
	return leaseFree(within(tx), leaseName(id), owner)
}

// KeepLease implements outbox.Store.
func (q Outbox) KeepLease(tx txn.Tx, id wa.NumberID, epoch int64, lease time.Duration) (bool, error) {
	return keepLease(within(tx), leaseName(id), epoch, lease)
}

// DropLease implements outbox.Store.
func (q Outbox) DropLease(tx txn.Tx, id wa.NumberID, epoch int64) error {
	_, err := dropLease(within(tx), leaseName(id), epoch)
	return err
}

// orderWindow is outbox.MaxDelay as it is stored. A message that is held back
// for no longer keeps its place in the conversation's order; one that is
// scheduled further ahead stands in no line until it is due.
var orderWindow = outbox.MaxDelay.Milliseconds()

// Candidates implements outbox.Store. Nothing of a conversation may go while
// one message of it is under way, or an older one waits to be tried again. One
// that waits for the messaging limit holds up only its like.
//
// The limit is cast because SQLite would otherwise look at its value and compile
// the statement anew each time.
func (q Outbox) Candidates(tx txn.Tx, id wa.NumberID, lane outbox.Lane, now time.Time, limit int) (out []outbox.Candidate, err error) {
	err = within(tx).query(`
		SELECT c.message_id, c.conversation_id, c.expires_at, c.opens, c.fail_fast FROM outbox c
		WHERE c.number_id = $1 AND c.state = 'queued' AND c.lane = $2 AND c.due_at <= $3
		  AND NOT EXISTS (
			SELECT 1 FROM outbox o
			WHERE o.conversation_id = c.conversation_id AND o.message_id <> c.message_id
			  AND (o.state = 'claimed'
			    OR o.state = 'queued' AND o.message_id < c.message_id AND (o.attempt > 0 OR o.due_at <= $3 + $4)
			       AND (o.lane < 2 OR CAST($2 AS BIGINT) >= 2)))
		ORDER BY c.due_at, c.message_id
		LIMIT CAST($5 AS BIGINT)
		FOR UPDATE OF c SKIP LOCKED -- only: postgres (a message that is being canceled is not waited for; SQLite has one writer)`,
		func(scan func(...any) error) error {
			c := outbox.Candidate{Lane: lane}
			var expires, opens, failFast int64
			if err := scan(&c.MessageID, &c.ConversationID, &expires, &opens, &failFast); err != nil {
				return err
			}
			c.ExpiresAt, c.Opens, c.FailFast = at(expires), opens != 0, failFast != 0
			out = append(out, c)
			return nil
		}, int64(id), int64(lane), ms(now), orderWindow, limit)
	return out, err
}

// Claim implements outbox.Store.
func (q Outbox) Claim(tx txn.Tx, id wa.NumberID, epoch int64, ids []wa.MessageID) (claimed []*outbox.Claimed, owned bool, err error) {
	t := within(tx)
	owned, err = t.one(`
		SELECT epoch FROM lease WHERE name = $1 AND epoch = $2
		FOR SHARE -- only: postgres (nobody takes the number over before this claim is written; SQLite has one writer)`,
		[]any{leaseName(id), epoch}, new(int64))
	if err != nil || !owned || len(ids) == 0 {
		return nil, owned, err
	}
	epochs := slices.Repeat([]int64{epoch}, len(ids))
	tries := make(map[wa.MessageID]try, len(ids))
	err = t.many(`
		UPDATE outbox SET state = 'claimed', attempt = outbox.attempt + 1, owner_epoch = v.epoch
		FROM ({rows}) v
		WHERE outbox.message_id = v.message_id AND outbox.state = 'queued'
		RETURNING outbox.message_id, outbox.attempt, outbox.fail_fast`,
		[]column{ints("message_id", ids), ints("epoch", epochs)},
		func(scan func(...any) error) error {
			var id wa.MessageID
			var attempt int
			var failFast int64
			if err := scan(&id, &attempt, &failFast); err != nil {
				return err
			}
			tries[id] = try{attempt, failFast != 0}
			return nil
		})
	if err != nil {
		return nil, true, err
	}
	claimed, err = q.loadClaimed(t, ids, tries)
	return claimed, true, err
}

// try is what a claim says of a message's place in the queue.
type try struct {
	attempt  int
	failFast bool
}

// loadClaimed reads the claimed messages in the order of ids.
func (q Outbox) loadClaimed(t *Tx, ids []wa.MessageID, tries map[wa.MessageID]try) ([]*outbox.Claimed, error) {
	byID := make(map[wa.MessageID]*outbox.Claimed, len(ids))
	err := t.many(`
		SELECT m.id, m.workspace_id, m.number_id, m.contact_id, m.conversation_id, m.content_sealed, p.phone, p.bsuid
		FROM ({rows}) v
		JOIN message m ON m.id = v.id
		JOIN contact p ON p.id = m.contact_id`,
		[]column{ints("id", ids)},
		func(scan func(...any) error) error {
			c := &outbox.Claimed{}
			var sealed []byte
			if err := scan(&c.MessageID, &c.WorkspaceID, &c.NumberID, &c.ContactID, &c.ConversationID, &sealed, &c.To.Phone, &c.To.BSUID); err != nil {
				return err
			}
			if err := q.s.openContent(c.WorkspaceID, sealed, &c.Content); err != nil {
				return fmt.Errorf("message %s: %w", c.MessageID, err)
			}
			byID[c.MessageID] = c
			return nil
		})
	if err != nil {
		return nil, err
	}
	var claimed []*outbox.Claimed
	for _, id := range ids {
		if c := byID[id]; c != nil && tries[id].attempt > 0 {
			c.Attempt, c.FailFast = tries[id].attempt, tries[id].failFast
			claimed = append(claimed, c)
		}
	}
	return claimed, nil
}

// NextDue implements outbox.Store. Each lane is asked for itself, because the
// index answers that with one look.
func (q Outbox) NextDue(tx txn.Tx, id wa.NumberID, after time.Time) (next time.Time, err error) {
	for _, lane := range []outbox.Lane{outbox.Interactive, outbox.Bulk} {
		var due int64
		found, err := within(tx).one(`
			SELECT due_at FROM outbox
			WHERE number_id = $1 AND state = 'queued' AND lane = $2 AND due_at > $3
			ORDER BY due_at LIMIT 1`, []any{int64(id), int64(lane), ms(after)}, &due)
		if err != nil {
			return time.Time{}, err
		}
		if t := at(due); found && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next, nil
}

// Settle implements outbox.Store.
func (q Outbox) Settle(tx txn.Tx, outcomes []*outbox.Outcome) ([]outbox.Moved, error) {
	var out settling
	if err := out.sort(outcomes); err != nil {
		return nil, err
	}
	t := within(tx)
	owned, err := out.release(t)
	if err != nil {
		return nil, err
	}
	return out.write(t, owned)
}

// Orphans implements outbox.Store.
func (q Outbox) Orphans(tx txn.Tx, id wa.NumberID, epoch int64, due time.Time) ([]outbox.Moved, error) {
	t := within(tx)
	ids, err := changedIDs(t, `
		UPDATE outbox SET state = 'uncertain', due_at = $3
		WHERE message_id IN (
			SELECT message_id FROM outbox WHERE number_id = $1 AND state = 'claimed' AND owner_epoch < $2
			ORDER BY message_id FOR UPDATE -- only: postgres (statuses come meanwhile; the order keeps two from waiting for each other)
		)
		RETURNING message_id`, int64(id), epoch, ms(due))
	if err != nil {
		return nil, err
	}
	return setStatus(t, ids, wa.StatusUncertain)
}

// Overdue implements outbox.Store.
func (q Outbox) Overdue(tx txn.Tx, id wa.NumberID, now time.Time) (bool, error) {
	return within(tx).one(`
		SELECT message_id FROM outbox WHERE number_id = $1 AND state = 'uncertain' AND due_at <= $2 LIMIT 1`,
		[]any{int64(id), ms(now)}, new(int64))
}

// Decide implements outbox.Store.
func (q Outbox) Decide(tx txn.Tx, id wa.NumberID, now time.Time) ([]outbox.Moved, error) {
	t := within(tx)
	held, err := changedIDs(t, `
		UPDATE outbox SET state = 'held'
		WHERE message_id IN (
			SELECT message_id FROM outbox WHERE number_id = $1 AND state = 'uncertain' AND due_at <= $2 AND on_uncertain = 'hold'
			ORDER BY message_id FOR UPDATE -- only: postgres (statuses come meanwhile; the order keeps two from waiting for each other)
		)
		RETURNING message_id`, int64(id), ms(now))
	if err != nil {
		return nil, err
	}
	again, err := changedIDs(t, `
		UPDATE outbox SET state = 'queued', due_at = $2
		WHERE message_id IN (
			SELECT message_id FROM outbox WHERE number_id = $1 AND state = 'uncertain' AND due_at <= $2 AND on_uncertain = 'resend'
			ORDER BY message_id FOR UPDATE -- only: postgres (statuses come meanwhile; the order keeps two from waiting for each other)
		)
		RETURNING message_id`, int64(id), ms(now))
	if err != nil {
		return nil, err
	}
	moved, err := setStatus(t, held, wa.StatusHeld)
	if err != nil {
		return nil, err
	}
	more, err := setStatus(t, again, wa.StatusAccepted)
	return append(moved, more...), err
}

// Expire implements outbox.Store.
func (q Outbox) Expire(tx txn.Tx, ids []wa.MessageID) ([]outbox.Moved, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var gone []wa.MessageID
	err := within(tx).many(`
		DELETE FROM outbox WHERE message_id IN (SELECT id FROM ({rows}) v) AND state = 'queued' RETURNING message_id`,
		[]column{ints("id", ids)}, appendID(&gone))
	if err != nil {
		return nil, err
	}
	return setStatus(within(tx), gone, wa.StatusExpired)
}

// Expired implements outbox.Store.
func (q Outbox) Expired(tx txn.Tx, id wa.NumberID, now time.Time, limit int) (ids []wa.MessageID, err error) {
	err = within(tx).query(`
		SELECT message_id FROM outbox
		WHERE number_id = $1 AND state = 'queued' AND expires_at > 0 AND expires_at <= $2
		LIMIT $3`, appendID(&ids), int64(id), ms(now), limit)
	return ids, err
}

// Wamids implements outbox.Store.
func (q Outbox) Wamids(tx txn.Tx, ids []wa.MessageID) (map[wa.MessageID]wa.Wamid, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	wamids := make(map[wa.MessageID]wa.Wamid, len(ids))
	err := within(tx).many(`SELECT m.id, m.wamid FROM ({rows}) v JOIN message m ON m.id = v.id AND m.wamid <> ''`,
		[]column{ints("id", ids)},
		func(scan func(...any) error) error {
			var id wa.MessageID
			var wamid wa.Wamid
			if err := scan(&id, &wamid); err != nil {
				return err
			}
			wamids[id] = wamid
			return nil
		})
	return wamids, err
}

// Withdraw implements outbox.Store.
func (q Outbox) Withdraw(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (*outbox.Moved, error) {
	t := within(tx)
	ids, err := changedIDs(t, `
		DELETE FROM outbox WHERE message_id = $1 AND workspace_id = $2 AND state IN ('queued', 'held') RETURNING message_id`, int64(id), int64(ws))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return onlyMoved(setStatus(t, ids, wa.StatusCanceled))
}

// Release implements outbox.Store.
func (q Outbox) Release(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID, due time.Time) (*outbox.Moved, error) {
	t := within(tx)
	ids, err := changedIDs(t, `
		UPDATE outbox SET state = 'queued', due_at = $3 WHERE message_id = $1 AND workspace_id = $2 AND state = 'held' RETURNING message_id`,
		int64(id), int64(ws), ms(due))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return onlyMoved(setStatus(t, ids, wa.StatusAccepted))
}

func onlyMoved(moved []outbox.Moved, err error) (*outbox.Moved, error) {
	if err != nil || len(moved) == 0 {
		return nil, err
	}
	return &moved[0], nil
}

func appendID(ids *[]wa.MessageID) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		var id wa.MessageID
		if err := scan(&id); err != nil {
			return err
		}
		*ids = append(*ids, id)
		return nil
	}
}

// changedIDs runs a statement that returns message ids, and sorts them.
func changedIDs(t *Tx, query string, args ...any) (ids []wa.MessageID, err error) {
	err = t.change(query, appendID(&ids), args...)
	slices.Sort(ids)
	return ids, err
}

// setStatus gives messages a status of ours; those that WhatsApp has told
// about in the meantime keep theirs.
func setStatus(t *Tx, ids []wa.MessageID, status wa.Status) (moved []outbox.Moved, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	statuses := make([]wa.Status, len(ids))
	for i := range statuses {
		statuses[i] = status
	}
	err = t.many(`
		UPDATE message SET status = v.status FROM ({rows}) v
		WHERE message.id = v.id AND message.status IN ('accepted', 'uncertain', 'held') AND message.status <> v.status
		RETURNING message.id, message.workspace_id, message.number_id, message.contact_id, message.conversation_id, message.status`,
		[]column{ints("id", ids), texts("status", statuses)}, appendMoved(&moved))
	return moved, err
}

func appendMoved(moved *[]outbox.Moved) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		var m outbox.Moved
		if err := scan(&m.MessageID, &m.WorkspaceID, &m.NumberID, &m.ContactID, &m.ConversationID, &m.Status); err != nil {
			return err
		}
		*moved = append(*moved, m)
		return nil
	}
}
