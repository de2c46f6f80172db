package store

import (
	"context"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func splitChanges(cs []inbox.Change) (conversations []wa.ConversationID, originals []wa.Wamid, messages []wa.MessageID) {
	for _, c := range cs {
		conversations, originals, messages = append(conversations, c.ConversationID), append(originals, c.Original), append(messages, c.MessageID)
	}
	return conversations, originals, messages
}

// KeepChanges implements inbox.Store. The conversations are locked already.
func (q Inbox) KeepChanges(tx txn.Tx, cs []inbox.Change, now time.Time) error {
	conversations, originals, messages := splitChanges(cs)
	stored := make([]int64, len(cs))
	for i := range stored {
		stored[i] = ms(now)
	}
	err := within(tx).many(`INSERT INTO change_waiting (conversation_id, wamid, message_id, stored_at) {rows} ON CONFLICT DO NOTHING`,
		[]column{ints("conversation_id", conversations), texts("wamid", originals), ints("message_id", messages), ints("stored_at", stored)}, nil)
	if err != nil {
		return err
	}
	return within(tx).many(`UPDATE conversation SET changes_wait = 1 WHERE id IN (SELECT id FROM ({rows}) v)`, []column{ints("id", conversations)}, nil)
}

// SettleChanges implements inbox.Store.
func (q Inbox) SettleChanges(tx txn.Tx, conversations []wa.ConversationID) error {
	return within(tx).many(`
		UPDATE conversation SET changes_wait = 0
		WHERE id IN (SELECT id FROM ({rows}) v) AND NOT EXISTS (SELECT 1 FROM change_waiting w WHERE w.conversation_id = conversation.id)`,
		[]column{ints("id", conversations)}, nil)
}

// TakeChanges implements inbox.Store.
func (q Inbox) TakeChanges(tx txn.Tx, originals []inbox.Change) (taken []inbox.Change, err error) {
	conversations, wamids, _ := splitChanges(originals)
	err = within(tx).many(`
		DELETE FROM change_waiting WHERE (conversation_id, wamid) IN (SELECT conversation_id, wamid FROM ({rows}) v) RETURNING conversation_id, wamid, message_id`,
		[]column{ints("conversation_id", conversations), texts("wamid", wamids)}, func(scan func(...any) error) error {
			var c inbox.Change
			err := scan(&c.ConversationID, &c.Original, &c.MessageID)
			taken = append(taken, c)
			return err
		})
	return taken, err
}

// sweepChanges forgets changes whose original never came. Their conversations
// find out by themselves that nothing waits any more.
func (s *Store) sweepChanges(ctx context.Context, before time.Time, count *int64) error {
	type place struct {
		conversation int64
		wamid        string
		message      int64
	}
	var after place
	return walk(ctx, s, count, func(tx *Tx) (old []place, seen int, err error) {
		err = tx.query(`
			SELECT conversation_id, wamid, message_id, stored_at FROM change_waiting
			WHERE (conversation_id, wamid, message_id) > ($1, $2, $3) ORDER BY conversation_id, wamid, message_id LIMIT $4`,
			func(scan func(...any) error) error {
				var when int64
				err := scan(&after.conversation, &after.wamid, &after.message, &when)
				if seen++; when < ms(before) {
					old = append(old, after)
				}
				return err
			}, after.conversation, after.wamid, after.message, sweepBatch)
		return old, seen, err
	}, func(tx *Tx, old []place) error {
		conversations, wamids, messages := make([]int64, len(old)), make([]string, len(old)), make([]int64, len(old))
		for i, o := range old {
			conversations[i], wamids[i], messages[i] = o.conversation, o.wamid, o.message
		}
		return tx.many(`DELETE FROM change_waiting WHERE (conversation_id, wamid, message_id) IN (SELECT conversation_id, wamid, message_id FROM ({rows}) v)`,
			[]column{ints("conversation_id", conversations), texts("wamid", wamids), ints("message_id", messages)}, nil)
	})
}
