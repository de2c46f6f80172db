package store

import (
	"fmt"
	"slices"
	"time"

	"kontor/internal/callback"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const deliveryColumns = `d.id, d.workspace_id, d.callback_id, d.event, d.number_id, d.contact_id, d.conversation_id, d.message_id, d.actor_id, d.notice_id, d.detail, d.at,
	d.state, d.attempt, d.due_at, d.expires_at, d.created_at, d.tried_at, d.ended_at, d.status, d.duration, d.error, d.size`

func scanDelivery(scan func(...any) error, d *callback.Delivery, more ...any) error {
	var happened, due, expires, created, tried, ended, duration int64
	err := scan(append([]any{&d.ID, &d.WorkspaceID, &d.SubscriptionID, &d.Kind, &d.NumberID, &d.ContactID, &d.ConversationID, &d.MessageID, &d.ActorID, &d.NoticeID, &d.Detail, &happened,
		&d.State, &d.Attempt, &due, &expires, &created, &tried, &ended, &d.Status, &duration, &d.Error, &d.Size}, more...)...)
	d.At, d.DueAt, d.ExpiresAt, d.CreatedAt, d.TriedAt, d.EndedAt = at(happened), at(due), at(expires), at(created), at(tried), at(ended)
	d.Duration = time.Duration(duration) * time.Millisecond
	return err
}

func appendDelivery(found *[]*callback.Delivery) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		d := &callback.Delivery{}
		*found = append(*found, d)
		return scanDelivery(scan, d)
	}
}

// Enqueue implements callback.Store. Ids rise behind the newest there is, also
// when another node, whose clock is ahead, wrote that one.
func (q Callbacks) Enqueue(tx txn.Tx, ds []*callback.Delivery) error {
	t := within(tx)
	var newest int64
	if _, err := t.one(`SELECT COALESCE(MAX(id), 0) FROM callback_delivery`, nil, &newest); err != nil {
		return err
	}
	first := max(q.s.ids.block(len(ds)), newest+1)
	n := len(ds)
	ids, workspaces, callbacks, numbers, contacts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	conversations, messages, actors, notices := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	events, details, states := make([]string, n), make([]string, n), make([]string, n)
	times, dues, expires, created := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, d := range ds {
		d.ID = wa.DeliveryID(first + int64(i))
		ids[i], workspaces[i], callbacks[i], numbers[i], contacts[i] = int64(d.ID), int64(d.WorkspaceID), int64(d.SubscriptionID), int64(d.NumberID), int64(d.ContactID)
		conversations[i], messages[i], actors[i], notices[i] = int64(d.ConversationID), int64(d.MessageID), int64(d.ActorID), d.NoticeID
		events[i], details[i], states[i] = d.Kind, d.Detail, string(d.State)
		times[i], dues[i], expires[i], created[i] = ms(d.At), ms(d.DueAt), ms(d.ExpiresAt), ms(d.CreatedAt)
	}
	return t.many(`
		INSERT INTO callback_delivery (id, workspace_id, callback_id, event, number_id, contact_id, conversation_id, message_id, actor_id, notice_id,
			detail, at, state, due_at, expires_at, created_at) {rows}`,
		[]column{
			ints("id", ids), ints("workspace_id", workspaces), ints("callback_id", callbacks), texts("event", events), ints("number_id", numbers),
			ints("contact_id", contacts), ints("conversation_id", conversations), ints("message_id", messages), ints("actor_id", actors), ints("notice_id", notices),
			texts("detail", details), ints("at", times), texts("state", states), ints("due_at", dues), ints("expires_at", expires), ints("created_at", created),
		}, nil)
}

// Waiting implements callback.Store.
func (q Callbacks) Waiting(tx txn.Tx, id wa.SubscriptionID, after wa.DeliveryID, limit int) (found []*callback.Delivery, err error) {
	err = within(tx).query(`
		SELECT `+deliveryColumns+` FROM callback_delivery d
		WHERE d.callback_id = $1 AND d.state = 'pending' AND d.id > $2 ORDER BY d.id LIMIT $3`,
		appendDelivery(&found), int64(id), int64(after), limit)
	return found, err
}

// Awaited implements callback.Store: two looks for all subscriptions together.
func (q Callbacks) Awaited(tx txn.Tx, owner string) (ids []wa.SubscriptionID, err error) {
	t := within(tx)
	err = t.query(`
		SELECT c.id FROM callback c
		WHERE (SELECT d.id FROM callback_delivery d WHERE d.callback_id = c.id AND d.state = 'pending' ORDER BY d.id LIMIT 1) IS NOT NULL ORDER BY c.id`,
		func(scan func(...any) error) error {
			var id wa.SubscriptionID
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	taken, err := takenLeases(t, callbackLeases, owner)
	return slices.DeleteFunc(ids, func(id wa.SubscriptionID) bool { return taken[callbackLease(id)] }), err
}

// WaitingOf implements callback.Store.
func (q Callbacks) WaitingOf(tx txn.Tx, id wa.SubscriptionID, conversation wa.ConversationID, limit int) (found []*callback.Delivery, err error) {
	err = within(tx).query(`
		SELECT `+deliveryColumns+` FROM callback_delivery d
		WHERE d.conversation_id = $2 AND d.conversation_id <> 0 AND d.callback_id = $1 AND d.state = 'pending' ORDER BY d.id LIMIT $3`,
		appendDelivery(&found), int64(id), int64(conversation), limit)
	return found, err
}

// Body implements callback.Store.
func (q Callbacks) Body(tx txn.Tx, ws wa.WorkspaceID, id wa.DeliveryID) (body []byte, err error) {
	var sealed []byte
	if _, err := within(tx).one(`SELECT body_sealed FROM callback_delivery WHERE id = $1 AND workspace_id = $2`, []any{int64(id), int64(ws)}, &sealed); err != nil || sealed == nil {
		return nil, err
	}
	return q.open(ws, sealCallbackBody, sealed)
}

func (q Callbacks) open(ws wa.WorkspaceID, column string, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	plain, err := q.s.seal.Open(sealed, associated(ws, column))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", column, err)
	}
	return plain, nil
}

// Settle implements callback.Store. A success counts whoever brings it; a
// failure only when nobody has counted that attempt.
func (q Callbacks) Settle(tx txn.Tx, outcomes []*callback.Outcome) error {
	n := len(outcomes)
	ids, attempts, dues, tried, ended := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	statuses, durations, sizes, tests := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	states, errs := make([]string, n), make([]string, n)
	bodies, answers := make([][]byte, n), make([][]byte, n)
	for i, o := range outcomes {
		ids[i], attempts[i], dues[i], tried[i] = int64(o.ID), int64(o.Attempt), ms(o.DueAt), ms(o.At)
		statuses[i], durations[i], sizes[i], tests[i] = int64(o.Status), o.Duration.Milliseconds(), int64(len(o.Body)), flag(o.Test)
		states[i], errs[i] = string(o.State), o.Error
		if o.State != callback.Pending {
			ended[i] = ms(o.At)
		}
		var err error
		if o.Body != nil {
			if bodies[i], err = q.s.seal.Seal(o.Body, associated(o.WorkspaceID, sealCallbackBody)); err != nil {
				return err
			}
		}
		if len(o.Answer) > 0 {
			if answers[i], err = q.s.seal.Seal(o.Answer, associated(o.WorkspaceID, sealCallbackAnswer)); err != nil {
				return err
			}
		}
	}
	return within(tx).many(`
		UPDATE callback_delivery SET state = v.state, attempt = v.attempt, due_at = v.due_at, tried_at = v.tried_at, ended_at = v.ended_at,
			status = v.status, duration = v.duration, error = v.error,
			size = CASE WHEN v.size > 0 THEN v.size ELSE callback_delivery.size END,
			body_sealed = COALESCE(v.body_sealed, callback_delivery.body_sealed), answer_sealed = v.answer_sealed
		FROM ({rows}) v
		WHERE callback_delivery.id = v.id AND (callback_delivery.state = 'pending' OR v.test = 1)
		  AND (callback_delivery.attempt = v.attempt - 1 OR v.state = 'delivered')`,
		[]column{
			ints("id", ids), texts("state", states), ints("attempt", attempts), ints("due_at", dues), ints("tried_at", tried), ints("ended_at", ended),
			ints("status", statuses), ints("duration", durations), texts("error", errs), ints("size", sizes), ints("test", tests),
			bytea("body_sealed", bodies), bytea("answer_sealed", answers),
		}, nil)
}

// Expire implements callback.Store.
func (q Callbacks) Expire(tx txn.Tx, id wa.SubscriptionID, now time.Time, limit int) (int, error) {
	n, err := within(tx).exec(`
		UPDATE callback_delivery SET state = 'dead', ended_at = $2, error = 'expired'
		WHERE id IN (SELECT d.id FROM callback_delivery d WHERE d.callback_id = $1 AND d.state = 'pending' AND d.expires_at <= $2 ORDER BY d.id LIMIT $3)`,
		int64(id), ms(now), limit)
	return int(n), err
}

// Deliveries implements callback.Store.
func (q Callbacks) Deliveries(tx txn.Tx, l callback.LogQuery) (found []*callback.Delivery, err error) {
	state := ``
	switch l.State {
	case callback.Pending:
		state = ` AND d.state = 'pending'`
	case callback.Dead:
		state = ` AND d.state = 'dead'`
	case callback.Delivered:
		state = ` AND d.state = 'delivered'`
	}
	err = within(tx).query(`
		SELECT `+deliveryColumns+` FROM callback_delivery d
		WHERE d.callback_id = $1 AND d.workspace_id = $2 AND (CAST($3 AS BIGINT) = 0 OR d.id < $3) AND (CAST($4 AS TEXT) = '' OR d.event = $4)`+state+`
		ORDER BY d.id DESC LIMIT $5`,
		appendDelivery(&found), int64(l.SubscriptionID), int64(l.WorkspaceID), int64(l.Before), l.Event, l.Limit)
	return found, err
}

// Delivery implements callback.Store.
func (q Callbacks) Delivery(tx txn.Tx, ws wa.WorkspaceID, sub wa.SubscriptionID, id wa.DeliveryID) (*callback.Delivery, error) {
	var d *callback.Delivery
	err := within(tx).query(`
		SELECT `+deliveryColumns+`, d.body_sealed, d.answer_sealed FROM callback_delivery d
		WHERE d.id = $1 AND d.workspace_id = $2 AND d.callback_id = $3`, func(scan func(...any) error) (err error) {
		d = &callback.Delivery{}
		var body, answer []byte
		if err = scanDelivery(scan, d, &body, &answer); err != nil {
			return err
		}
		if d.Body, err = q.open(ws, sealCallbackBody, body); err != nil {
			return err
		}
		d.Answer, err = q.open(ws, sealCallbackAnswer, answer)
		return err
	}, int64(id), int64(ws), int64(sub))
	return d, err
}

const waitAnew = `state = 'pending', attempt = 0, due_at = $2, expires_at = $3, ended_at = 0, error = ''`

// Again implements callback.Store.
func (q Callbacks) Again(tx txn.Tx, id wa.DeliveryID, now, expires time.Time) error {
	err := within(tx).do(`UPDATE callback_delivery SET `+waitAnew+` WHERE id = $1`, int64(id), ms(now), ms(expires))
	return err
}

// AgainSince implements callback.Store.
func (q Callbacks) AgainSince(tx txn.Tx, r callback.RedeliverQuery, after wa.DeliveryID, now, expires time.Time, limit int) (n int, last wa.DeliveryID, err error) {
	ended := `d.state = 'dead'`
	if r.Delivered {
		ended = `d.state IN ('dead', 'delivered')`
	}
	last = after
	var ids []int64
	err = within(tx).query(`
		SELECT d.id FROM callback_delivery d
		WHERE d.callback_id = $1 AND d.workspace_id = $2 AND d.id > $3 AND `+ended+` AND d.event <> 'subscription.test'
		  AND d.created_at >= $4 AND (CAST($5 AS BIGINT) = 0 OR d.created_at < $5)
		ORDER BY d.id LIMIT $6`, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids, last = append(ids, id), wa.DeliveryID(id)
		return err
	}, int64(r.SubscriptionID), int64(r.WorkspaceID), int64(after), ms(r.Since), ms(r.Until), limit)
	if err != nil {
		return 0, after, err
	}
	for _, id := range ids {
		if err := q.Again(tx, wa.DeliveryID(id), now, expires); err != nil {
			return 0, after, err
		}
	}
	return len(ids), last, nil
}

// IsNotice implements callback.Store.
func (q Callbacks) IsNotice(tx txn.Tx, ws wa.WorkspaceID, id int64) (bool, error) {
	return within(tx).one(`SELECT id FROM notice WHERE id = $1 AND workspace_id = $2`, []any{id, int64(ws)}, new(int64))
}
