package store

import (
	"encoding/json"
	"fmt"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const recordColumns = `m.id, m.workspace_id, m.number_id, m.contact_id, m.conversation_id, m.wamid, m.status,
	m.sent_at, m.delivered_at, m.read_at, m.played_at, m.failed_at, m.problems, m.pricing`

func appendRecord(records *[]*outbox.Record) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		r := &outbox.Record{}
		var sent, delivered, read, played, failed int64
		var problems, pricing string
		if err := scan(&r.ID, &r.WorkspaceID, &r.NumberID, &r.ContactID, &r.ConversationID, &r.Wamid, &r.Status,
			&sent, &delivered, &read, &played, &failed, &problems, &pricing); err != nil {
			return err
		}
		r.SentAt, r.DeliveredAt, r.ReadAt, r.PlayedAt, r.FailedAt = at(sent), at(delivered), at(read), at(played), at(failed)
		if err := parseText(problems, &r.Problems); err != nil {
			return fmt.Errorf("message %s, problems: %w", r.ID, err)
		}
		if err := parseText(pricing, &r.Pricing); err != nil {
			return fmt.Errorf("message %s, pricing: %w", r.ID, err)
		}
		*records = append(*records, r)
		return nil
	}
}

// LockByID implements outbox.Store. Rows are locked in the order of their ids, a
// message's place in the queue before the message, as by everybody who settles
// one: WhatsApp often tells of a message while its answer is being stored, and
// neither may wait for the other.
func (q Outbox) LockByID(tx txn.Tx, ids []wa.MessageID) (records []*outbox.Record, err error) {
	t := within(tx)
	if err := t.lockQueued(ids); err != nil {
		return nil, err
	}
	err = t.many(`
		SELECT `+recordColumns+` FROM message m
		WHERE m.id IN (SELECT id FROM ({rows}) v) AND m.direction = 'outbound'
		ORDER BY m.id
		FOR UPDATE OF m -- only: postgres (SQLite has one writer)`,
		[]column{ints("id", ids)}, appendRecord(&records))
	return records, err
}

// lockQueued locks the places in the queue of messages, in the order of their
// ids. SQLite has one writer: nobody there need be kept away.
func (tx *Tx) lockQueued(ids []wa.MessageID) error {
	if tx.engine == sqlite {
		return nil
	}
	return tx.many(`SELECT o.message_id FROM outbox o WHERE o.message_id IN (SELECT id FROM ({rows}) v) ORDER BY o.message_id FOR UPDATE`,
		[]column{ints("id", ids)}, nil)
}

// LockByWamid implements outbox.Store.
func (q Outbox) LockByWamid(tx txn.Tx, keys []outbox.WamidKey) (records []*outbox.Record, err error) {
	numbers, wamids := splitKeys(keys)
	err = within(tx).many(`
		SELECT `+recordColumns+` FROM message m
		JOIN ({rows}) v ON m.number_id = v.number_id AND m.wamid = v.wamid
		WHERE m.wamid <> '' AND m.direction = 'outbound'
		ORDER BY m.id
		FOR UPDATE OF m -- only: postgres (SQLite has one writer)`,
		[]column{ints("number_id", numbers), texts("wamid", wamids)}, appendRecord(&records))
	return records, err
}

func splitKeys(keys []outbox.WamidKey) (numbers []wa.NumberID, wamids []wa.Wamid) {
	for _, k := range keys {
		numbers, wamids = append(numbers, k.NumberID), append(wamids, k.Wamid)
	}
	return numbers, wamids
}

// UpdateRecords implements outbox.Store.
func (q Outbox) UpdateRecords(tx txn.Tx, records []*outbox.Record) error {
	n := len(records)
	ids, wamids, statuses := make([]wa.MessageID, n), make([]wa.Wamid, n), make([]wa.Status, n)
	sent, delivered, read := make([]int64, n), make([]int64, n), make([]int64, n)
	played, failed := make([]int64, n), make([]int64, n)
	problems, pricing := make([]string, n), make([]string, n)
	for i, r := range records {
		ids[i], wamids[i], statuses[i] = r.ID, r.Wamid, r.Status
		sent[i], delivered[i], read[i], played[i], failed[i] = ms(r.SentAt), ms(r.DeliveredAt), ms(r.ReadAt), ms(r.PlayedAt), ms(r.FailedAt)
		var err error
		if problems[i], err = jsonText(r.Problems, len(r.Problems) == 0); err == nil {
			pricing[i], err = jsonText(r.Pricing, r.Pricing == nil)
		}
		if err != nil {
			return fmt.Errorf("message %s: %w", r.ID, err)
		}
	}
	if n == 0 {
		return nil
	}
	// A wamid that another message has already is not written twice.
	return within(tx).many(`
		UPDATE message SET status = v.status, sent_at = v.sent_at, delivered_at = v.delivered_at, read_at = v.read_at,
			played_at = v.played_at, failed_at = v.failed_at, problems = v.problems, pricing = v.pricing,
			wamid = CASE WHEN message.wamid <> '' OR EXISTS (SELECT 1 FROM message o WHERE o.number_id = message.number_id AND o.wamid = v.wamid AND o.wamid <> '')
				THEN message.wamid ELSE v.wamid END
		FROM ({rows}) v WHERE message.id = v.id`,
		[]column{
			ints("id", ids), texts("wamid", wamids), texts("status", statuses), ints("sent_at", sent), ints("delivered_at", delivered),
			ints("read_at", read), ints("played_at", played), ints("failed_at", failed), texts("problems", problems), texts("pricing", pricing),
		}, nil)
}

// Unqueue implements outbox.Store.
func (q Outbox) Unqueue(tx txn.Tx, ids []wa.MessageID) error {
	return within(tx).many(`DELETE FROM outbox WHERE message_id IN (SELECT id FROM ({rows}) v)`, []column{ints("id", ids)}, nil)
}

// KeepWaiting implements outbox.Store. Of several reports of the same status the first is kept.
func (q Outbox) KeepWaiting(tx txn.Tx, when time.Time, reports []outbox.Report) error {
	n := len(reports)
	numbers, wamids, statuses := make([]wa.NumberID, n), make([]wa.Wamid, n), make([]wa.Status, n)
	bodies, stored := make([]string, n), make([]int64, n)
	for i, r := range reports {
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		numbers[i], wamids[i], statuses[i], bodies[i], stored[i] = r.NumberID, r.Wamid, r.Status, string(text), ms(when)
	}
	return within(tx).many(`
		INSERT INTO status_waiting (number_id, wamid, status, report, stored_at) {rows} ON CONFLICT DO NOTHING`,
		[]column{ints("number_id", numbers), texts("wamid", wamids), texts("status", statuses), texts("report", bodies), ints("stored_at", stored)}, nil)
}

// TakeWaiting implements outbox.Store.
func (q Outbox) TakeWaiting(tx txn.Tx, keys []outbox.WamidKey) (reports []outbox.Report, err error) {
	numbers, wamids := splitKeys(keys)
	err = within(tx).many(`
		DELETE FROM status_waiting WHERE (number_id, wamid) IN (SELECT number_id, wamid FROM ({rows}) v) RETURNING report`,
		[]column{ints("number_id", numbers), texts("wamid", wamids)}, appendReport(&reports))
	return reports, err
}

// TakeMatched implements outbox.Store.
func (q Outbox) TakeMatched(tx txn.Tx, id wa.NumberID, since time.Time, limit int) (reports []outbox.Report, err error) {
	err = within(tx).change(`
		DELETE FROM status_waiting WHERE (number_id, wamid, status) IN (
			SELECT w.number_id, w.wamid, w.status FROM status_waiting w
			JOIN message m ON m.number_id = w.number_id AND m.wamid = w.wamid AND m.wamid <> ''
			WHERE w.number_id = $1 AND w.stored_at >= $2 LIMIT $3)
		RETURNING report`, appendReport(&reports), int64(id), ms(since), limit)
	return reports, err
}

// ForgetWaiting implements outbox.Store.
func (q Outbox) ForgetWaiting(tx txn.Tx, id wa.NumberID, before time.Time) error {
	err := within(tx).do(`DELETE FROM status_waiting WHERE number_id = $1 AND stored_at < $2`, int64(id), ms(before))
	return err
}

func appendReport(reports *[]outbox.Report) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		var r outbox.Report
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return fmt.Errorf("waiting status: %w", err)
		}
		*reports = append(*reports, r)
		return nil
	}
}
