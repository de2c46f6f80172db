package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// However statuses come, in whatever order, batch or number of copies, with our
// id or the wamid, a message ends in the same state with the same times, and
// has climbed all the way (law 3).
func TestStatusesInAnyOrderEndTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		begin := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		every := []wa.Status{wa.StatusSent, wa.StatusDelivered, wa.StatusRead, wa.StatusPlayed, wa.StatusFailed}
		round := 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			wamid := wa.Wamid(fmt.Sprintf("wamid.%d", round))
			id := h.accept(text(phone(0), "hi"))
			var reports []wa.StatusReport
			at := map[wa.Status]time.Time{}
			best := wa.StatusAccepted
			for i, status := range every {
				if !rapid.Bool().Draw(t, string(status)) {
					continue
				}
				when := begin.Add(time.Duration(i) * time.Second)
				at[status] = when
				for copies := range rapid.IntRange(1, 2).Draw(t, "copies") {
					r := wa.StatusReport{Wamid: wamid, Status: status, At: when.Add(time.Duration(copies) * time.Hour), Opaque: id.String()}
					if status == wa.StatusFailed {
						r.Problems = []wa.Problem{{Code: 131026}}
					}
					reports = append(reports, r)
				}
				if status != wa.StatusFailed || best == wa.StatusAccepted || best == wa.StatusSent {
					best = status
				}
			}
			reports = rapid.Permutation(reports).Draw(t, "order")
			for len(reports) > 0 {
				n := rapid.IntRange(1, len(reports)).Draw(t, "batch")
				if err := h.report(reports[:n]...); err != nil {
					t.Fatal(err)
				}
				reports = reports[n:]
			}
			m := h.message(id)
			got := map[wa.Status]time.Time{}
			for status, when := range map[wa.Status]time.Time{wa.StatusSent: m.SentAt, wa.StatusDelivered: m.DeliveredAt, wa.StatusRead: m.ReadAt, wa.StatusPlayed: m.PlayedAt, wa.StatusFailed: m.FailedAt} {
				if !when.IsZero() {
					got[status] = when
				}
			}
			if m.Status != best || fmt.Sprint(got) != fmt.Sprint(at) {
				t.Fatalf("got %s %v, want %s %v", m.Status, got, best, at)
			}
			if (len(m.Problems) == 1) != !at[wa.StatusFailed].IsZero() {
				t.Fatalf("got problems %v", m.Problems)
			}
		})
	})
}

func TestAStatusTellsItsChangeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		id := h.accept(text(phone(0), "hi"))
		price := &wa.Pricing{Billable: true, Model: "PMP", Type: "regular", Category: "service"}
		sent := wa.StatusReport{Wamid: "wamid.1", Opaque: id.String(), Status: wa.StatusSent, At: time.Now(), Pricing: price}
		for range 3 {
			if err := h.report(sent, sent); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.facts(journal.MessageStatus, id); len(got) != 1 || got[0] != "sent" {
			t.Errorf("got facts %v, want sent once", got)
		}
		m := h.message(id)
		if m.Pricing == nil || *m.Pricing != *price || m.Wamid != "wamid.1" {
			t.Errorf("got %+v %s, want the price and the wamid", m.Pricing, m.Wamid)
		}
		if p := h.pending(); p.Queued != 0 {
			t.Errorf("got %+v: what WhatsApp reports on has left", p)
		}
	})
}

// An id of ours is trusted on the number it was sent from only, and statuses
// that nobody knows change nothing.
func TestForeignStatusesChangeNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		id := h.accept(text(phone(0), "hi"))
		foreign := h.withNumber([]wa.StatusReport{{Wamid: "wamid.9", Opaque: id.String(), Status: wa.StatusRead, At: time.Now()}})
		foreign[0].NumberID++
		h.write(func(tx txn.Tx) error { return h.Receipts().Apply(tx, time.Now(), foreign) })
		if err := h.report(
			wa.StatusReport{Wamid: "wamid.1", Opaque: id.String(), Status: "deleted", At: time.Now()},
			wa.StatusReport{Wamid: "wamid.nobody", Opaque: "the caller's own words", Status: wa.StatusRead, At: time.Now()},
		); err != nil {
			t.Fatal(err)
		}
		if m := h.message(id); m.Status != wa.StatusAccepted || m.Wamid != "" || !m.ReadAt.IsZero() {
			t.Errorf("got %s %q, want the message untouched", m.Status, m.Wamid)
		}
		if got := h.facts(journal.MessageStatus, 0); len(got) != 0 {
			t.Errorf("got facts %v, want none", got)
		}
	})
}
