package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// aged writes n rows of each kind that is swept, as if it were then.
func aged(t *testing.T, s *store.Store, from, n int, then time.Time) {
	t.Helper()
	write(t, s, func(tx txn.Tx) error {
		var facts []journal.Fact
		var keys []*outbox.Key
		var reports []outbox.Report
		var usage []*outbox.Usage
		var unknown []inbox.Quarantined
		var told []wa.Told
		for i := from; i < from+n; i++ {
			facts = append(facts, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, MessageID: wa.MessageID(i + 1), At: then})
			keys = append(keys, &outbox.Key{WorkspaceID: 1, Key: fmt.Sprintf("Schlüssel-%05d", i), Fingerprint: []byte{1}, MessageID: wa.MessageID(i), At: then})
			reports = append(reports, outbox.Report{WorkspaceID: 1, NumberID: wa.NumberID(1 + i%3), StatusReport: wa.StatusReport{Wamid: wa.Wamid(fmt.Sprint("wamid.", i)), Status: wa.StatusSent}})
			usage = append(usage, &outbox.Usage{NumberID: 1, ContactID: wa.ContactID(i + 1), Day: then.Unix() / 86400, Add: 1})
			unknown = append(unknown, inbox.Quarantined{ID: s.NewID(), Reason: "number_unknown", Body: fmt.Append(nil, i), ReceivedAt: then})
			told = append(told, wa.Told{WorkspaceID: 1, MessageID: wa.MessageID(i + 1), Body: []byte(`{"a":1}`), At: then})
			if err := s.Inbox().KeepRaws(tx, []*inbox.Raw{{Body: []byte("{}"), ReceivedAt: then}}); err != nil {
				return err
			}
		}
		return errors.Join(s.Journal().Append(tx, facts...), s.Outbox().ReserveKeys(tx, keys), s.Outbox().KeepWaiting(tx, then, reports),
			s.Outbox().Count(tx, usage), s.Inbox().Quarantine(tx, unknown), s.Inbox().KeepTold(tx, told))
	})
}

func sweep(t *testing.T, s *store.Store, before time.Time) store.Swept {
	t.Helper()
	done, err := s.Sweep(context.Background(), store.Limits{Facts: before, Webhooks: before, Idempotency: before, Waiting: before, Usage: before, Quarantine: before, Told: before})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestSweepRemovesWhatIsTooOldAndNothingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const old, young = 1100, 40 // more than one batch
		aged(t, s, 0, old, moveDay.Add(-100*24*time.Hour))
		aged(t, s, old, young, moveDay)
		all := storetest.Facts(t, s)
		write(t, s, func(tx txn.Tx) error { return s.Journal().Advance(tx, "reader", all[len(all)-1].Cursor) })
		storetest.Facts(t, s) // its mark is behind the reader, and shown

		if got := sweep(t, s, moveDay.Add(-200*24*time.Hour)); got != (store.Swept{}) {
			t.Errorf("before anything is too old: got %+v, want nothing", got)
		}
		if got, err := s.Sweep(context.Background(), store.Limits{}); err != nil || got != (store.Swept{}) {
			t.Errorf("without limits: got %+v, %v, want nothing", got, err)
		}
		want := store.Swept{Facts: old, Webhooks: old, Idempotency: old, Waiting: old, Usage: old, Quarantine: old, Told: old}
		if got := sweep(t, s, moveDay.Add(-time.Hour)); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := sweep(t, s, moveDay.Add(-time.Hour)); got != (store.Swept{}) {
			t.Errorf("again: got %+v, want nothing", got)
		}
		if facts := storetest.Facts(t, s); len(facts) != young || facts[0].MessageID != old+1 {
			t.Errorf("got %d facts from message %d, want the %d young ones", len(facts), facts[0].MessageID, young)
		}
		want = store.Swept{Webhooks: young, Idempotency: young, Waiting: young, Usage: young, Quarantine: young, Told: young}
		got := sweep(t, s, moveDay.Add(48*time.Hour))
		got.Facts = 0 // how many of them are behind the reader is the next test's question
		if got != want {
			t.Errorf("two days later: got %+v, want %+v", got, want)
		}
	})
}

func TestSweepKeepsFactsThatSomebodyNeeds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		then := moveDay.Add(-100 * 24 * time.Hour)
		for i := range 10 {
			write(t, s, func(tx txn.Tx) error {
				return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, ConversationID: 5, MessageID: wa.MessageID(i + 1), At: then})
			})
		}
		all := storetest.Facts(t, s)
		write(t, s, func(tx txn.Tx) error {
			if err := s.Journal().Park(tx, "slow", journal.Parked{Fact: all[1], Attempt: 1, Due: moveDay, Error: "not now"}); err != nil {
				return err
			}
			return errors.Join(s.Journal().Advance(tx, "fast", all[9].Cursor), s.Journal().Advance(tx, "slow", all[5].Cursor))
		})
		if got := sweep(t, s, moveDay).Facts; got != 5 {
			t.Errorf("got %d swept, want the six that both passed but for the parked one", got)
		}
		left := storetest.Facts(t, s)
		if len(left) != 5 || left[0].MessageID != 2 || left[1].MessageID != 7 {
			t.Fatalf("got %d left, first %d, then %d; want 5: message 2, then 7 and on", len(left), left[0].MessageID, left[1].MessageID)
		}

		// Everybody passed everything: the newest stays all the same, and what
		// comes later is behind it.
		last := all[9].Cursor
		write(t, s, func(tx txn.Tx) error {
			_, err := s.Journal().Unpark(tx, "slow", all[1].Cursor)
			return err
		})
		end := left[len(left)-1].Cursor
		write(t, s, func(tx txn.Tx) error {
			return errors.Join(s.Journal().Advance(tx, "fast", end), s.Journal().Advance(tx, "slow", end))
		})
		sweep(t, s, moveDay.Add(365*24*time.Hour))
		write(t, s, func(tx txn.Tx) error {
			return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.ContactChanged, At: moveDay})
		})
		left = storetest.Facts(t, s)
		if next := left[len(left)-1]; next.Kind != journal.ContactChanged || !last.Before(next.Cursor) {
			t.Errorf("the next fact is %+v, want one behind %v", next, last)
		}
	})
}
