package store_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// WhatsApp tells of a message while the answer to it is being stored: whoever
// comes second waits, and neither is run again.
func TestAnAnswerAndAStatusLockInOneOrder(t *testing.T) {
	ctx, o := context.Background(), storetest.Options(t, "postgres")
	s, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := unbound(t, o)
	const id wa.MessageID = 7
	for _, row := range []string{
		`INSERT INTO message (id, workspace_id, number_id, contact_id, conversation_id, direction, type, status, content_sealed, at, stored_at) VALUES (7, 1, 1, 1, 1, 'outbound', 'text', 'accepted', '', 1, 1)`,
		`INSERT INTO outbox (message_id, workspace_id, number_id, conversation_id, lane, state, owner_epoch, due_at) VALUES (7, 1, 1, 1, 0, 'claimed', 1, 1)`,
	} {
		if _, err := db.Exec(row); err != nil {
			t.Fatal(err)
		}
	}
	q := s.Outbox()
	holds := make(chan int64, 2)
	runs := 0
	var all sync.WaitGroup
	all.Go(func() { // the status
		err := s.Write(ctx, func(tx txn.Tx) error {
			runs++
			if _, err := q.LockByID(tx, []wa.MessageID{id}); err != nil {
				return err
			}
			pid, err := store.Backend(tx)
			if err != nil {
				return err
			}
			holds <- pid
			for waits := 0; waits == 0; runtime.Gosched() { // the answer waits for what is locked here
				if err := db.QueryRow(`SELECT COUNT(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))`, pid).Scan(&waits); err != nil {
					return err
				}
			}
			return q.Unqueue(tx, []wa.MessageID{id})
		})
		if err != nil {
			t.Error("status: ", err)
		}
	})
	<-holds
	var owned []outbox.Moved
	err = s.Write(ctx, func(tx txn.Tx) (err error) {
		runs++
		owned, err = q.Settle(tx, []*outbox.Outcome{{Claimed: &outbox.Claimed{MessageID: id}, Epoch: 1, Kind: outbox.Taken, Wamid: "wamid.7", At: time.UnixMilli(2)}})
		return err
	})
	all.Wait()
	if err != nil || len(owned) != 0 || runs != 2 {
		t.Errorf("the answer moved %v, %v, after %d runs of both; want nothing left to move after two", owned, err, runs)
	}
	var wamid string
	if err := db.QueryRow(`SELECT wamid FROM message WHERE id = 7`).Scan(&wamid); err != nil || wamid != "wamid.7" {
		t.Errorf("got wamid %q, %v; want the answer's", wamid, err)
	}
}
