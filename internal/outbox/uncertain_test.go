package outbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Law 4: an answer that is lost leaves the message uncertain; a status settles it.
func TestALostAnswerIsSettledByAStatus(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s, func(p *outbox.Parts) { p.Delivery.UncertainAfter = time.Hour })
		h.several(1)
		h.meta.preceded(func(int, meta.Send, wa.Wamid) bool { return false })
		h.drain(h.Outbox)
		id := h.accept(text(phone(0), "hi"))
		h.becomes(id, wa.StatusUncertain)
		if err := h.report(wa.StatusReport{Wamid: "wamid.out.1", Opaque: id.String(), Status: wa.StatusDelivered, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		m := h.message(id)
		if m.Status != wa.StatusDelivered || m.Wamid != "wamid.out.1" {
			t.Errorf("got %s %s, want it delivered, with its wamid", m.Status, m.Wamid)
		}
		if got := h.delivered(1); len(got) != 1 {
			t.Errorf("got %d calls, want one", len(got))
		}
	})
}

func TestWhatStaysUncertainFollowsItsPolicy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(2)
		h.meta.preceded(func(n int, _ meta.Send, _ wa.Wamid) bool { return n > 2 })
		h.drain(h.Outbox)
		hold, again := text(phone(0), "hold"), text(phone(1), "again")
		again.OnUncertain = outbox.Resend
		held, resent := h.accept(hold), h.accept(again)
		h.becomes(held, wa.StatusHeld)
		h.until("the other one to be sent again", func() bool { return h.message(resent).Wamid == "wamid.out.3" })
		if got := h.facts(journal.MessageStatus, held); !slices.Equal(got, []string{"uncertain", "held"}) {
			t.Errorf("got facts %v, want uncertain, held", got)
		}
		if p := h.pending(); p.OnHold != 1 {
			t.Errorf("got %+v, want one on hold", p)
		}
		if _, err := h.Release(context.Background(), workspace, resent); fault.As(err).Code != "not_held" {
			t.Errorf("got %v, want not_held", err)
		}
		if _, err := h.Release(context.Background(), workspace, held); err != nil {
			t.Fatal(err)
		}
		h.delivered(4)
		if m := h.message(held); m.Status != wa.StatusAccepted || m.Wamid != "wamid.out.4" {
			t.Errorf("got %s %s, want it sent on a person's word", m.Status, m.Wamid)
		}
	})
}

// After a crash, what was under way is uncertain, never sent twice unasked; the
// former owner's late yes is still true.
func TestAClockThatIsSetBackKeepsNobodyWaiting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(2)
		h.meta.preceded(func(int, meta.Send, wa.Wamid) bool { return false })
		h.setClock(func() time.Time { return time.Now().Add(2 * time.Hour) })
		h.drain(h.Outbox)
		ahead := text(phone(0), "ahead of time")
		h.becomes(h.accept(ahead), wa.StatusHeld)
		h.setClock(time.Now)
		h.becomes(h.accept(text(phone(1), "in time")), wa.StatusHeld)
	})
}

func TestACrashLeavesWhatWasUnderWayUncertain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(2)
		gate := make(chan struct{})
		h.meta.preceded(func(n int, _ meta.Send, _ wa.Wamid) bool {
			if n == 1 {
				<-gate
			}
			return true
		})
		long := func(p *outbox.Parts) { p.Delivery.UncertainAfter = time.Hour }
		crashed := h.open(long)
		h.drain(crashed)
		id := h.accept(text(phone(0), "under way"))
		<-h.meta.arrived
		restarted := h.open(long)
		h.drain(restarted)
		h.becomes(id, wa.StatusUncertain)
		other := h.accept(text(phone(1), "next"))
		restarted.Wake(h.number.ID)
		h.until("the new owner to send", func() bool { return h.message(other).Wamid != "" })
		close(gate)
		if m := h.becomes(id, wa.StatusAccepted); m.Wamid != "wamid.out.1" {
			t.Errorf("got %s, want the wamid that the former owner learned", m.Wamid)
		}
		if got := h.delivered(2); len(got) != 2 {
			t.Errorf("got %d calls, want each message once", len(got))
		}
	})
}

// A former owner's no, or its doubt, changes nothing.
func TestAFormerOwnerWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		id := h.accept(text(phone(0), "hi"))
		now := time.Now() // of the rules; leases go by the real time
		q := s.Outbox()
		var claimed []*outbox.Claimed
		var first int64
		h.write(func(tx txn.Tx) (err error) {
			if first, err = q.TakeLease(tx, h.number.ID, "a", time.Minute); err != nil {
				return err
			}
			claimed, _, err = q.Claim(tx, h.number.ID, first, []wa.MessageID{id})
			return err
		})
		if len(claimed) != 1 || claimed[0].Attempt != 1 {
			t.Fatalf("got %+v, want the message claimed", claimed)
		}
		h.write(func(tx txn.Tx) error {
			if epoch, err := q.TakeLease(tx, h.number.ID, "b", time.Minute); err != nil || epoch != 0 {
				t.Errorf("b got epoch %d, %v while a's lease runs", epoch, err)
			}
			if free, err := q.LeaseFree(tx, h.number.ID, "b"); err != nil || free {
				t.Errorf("b finds a's lease free: %v, %v", free, err)
			}
			if ok, err := q.KeepLease(tx, h.number.ID, first, -time.Millisecond); err != nil || !ok { // it runs out
				t.Errorf("a cannot change its own lease: %v, %v", ok, err)
			}
			if free, err := q.LeaseFree(tx, h.number.ID, "b"); err != nil || !free {
				t.Errorf("b finds a lease that ran out taken: %v, %v", free, err)
			}
			second, err := q.TakeLease(tx, h.number.ID, "b", time.Minute)
			if err != nil || second <= first {
				t.Errorf("b got epoch %d after a's %d, %v", second, first, err)
			}
			if _, owned, err := q.Claim(tx, h.number.ID, first, nil); err != nil || owned {
				t.Errorf("a still claims: %v, %v", owned, err)
			}
			if ok, err := q.KeepLease(tx, h.number.ID, first, time.Hour); err != nil || ok {
				t.Errorf("a still prolongs: %v, %v", ok, err)
			}
			_, err = q.Orphans(tx, h.number.ID, second, now.Add(time.Hour))
			return err
		})
		h.write(func(tx txn.Tx) error {
			moved, err := q.Settle(tx, []*outbox.Outcome{{Claimed: claimed[0], Epoch: first, At: now, Kind: outbox.Refused}})
			if len(moved) != 0 {
				t.Errorf("a's refusal moved %+v", moved)
			}
			return err
		})
		if m := h.message(id); m.Status != wa.StatusUncertain {
			t.Errorf("got %s, want uncertain", m.Status)
		}
	})
}
