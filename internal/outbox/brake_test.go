package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// What concerns the account stops its number with a fact; the message waits.
func TestWhatConcernsTheAccountStopsTheNumber(t *testing.T) {
	for _, code := range []int{10, 200, 299, 368, 131005, 131031, 131042, 131064} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			h := build(t, storetest.Open(t, "sqlite"))
			h.several(1)
			h.meta.refusing(func(int, meta.Send) int { return code })
			h.drain(h.Outbox)
			id := h.accept(text(phone(0), "hi"))
			w := h.waits(id, outbox.NumberStands)
			if want := fmt.Sprintf("whatsapp_%d", code); w.Detail != want || len(w.Problems) != 1 || w.Problems[0].Code != code {
				t.Errorf("got %+v, want %s with WhatsApp's words", w, want)
			}
			if m := h.message(id); m.Status != wa.StatusAccepted {
				t.Errorf("got %s, want it unharmed", m.Status)
			}
			if got := h.facts(journal.NumberChanged, 0); !slices.Contains(got, "stopped") {
				t.Errorf("got facts %v, want one that the number stopped", got)
			}
		})
	}
}

// A token that lost its permission in the middle of a broadcast fails nothing:
// the number stands, and what waits goes when somebody has put it right.
func TestABroadcastOutlivesALostPermission(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(40)
		var lost atomic.Bool
		lost.Store(true)
		h.meta.refusing(func(n int, _ meta.Send) int {
			if n > 10 && lost.Load() {
				return 131005
			}
			return 0
		})
		var ids []wa.MessageID
		for _, p := range phones {
			r := text(p, "to everybody")
			r.Lane = outbox.Bulk
			ids = append(ids, h.accept(r))
		}
		h.drain(h.Outbox)
		h.until("the number to stand", func() bool {
			n, _ := h.numbers.ByID(h.number.ID)
			return n.State == wa.NumberStopped && n.StateReason == "whatsapp_131005"
		})
		lost.Store(false)
		if err := h.numbers.Resume(context.Background(), h.number.ID); err != nil {
			t.Fatal(err)
		}
		h.Wake(h.number.ID)
		for _, id := range ids {
			h.until(fmt.Sprintf("message %s to be taken", id), func() bool {
				m := h.message(id)
				if m.Status == wa.StatusFailed {
					t.Fatalf("message %s failed", id)
				}
				if n, _ := h.numbers.ByID(h.number.ID); n.State == wa.NumberStopped { // by an answer that was under way
					if err := h.numbers.Resume(context.Background(), h.number.ID); err != nil {
						t.Fatal(err)
					}
					h.Wake(h.number.ID)
				}
				return m.Wamid != ""
			})
		}
	})
}

// A limit of the whole account lets all its numbers rest, and an operator may
// end that.
func TestAnAccountRestsAndAnOperatorEndsThat(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		other := h.second()
		h.meta.refusing(func(n int, _ meta.Send) int {
			if n == 1 {
				return 80007
			}
			return 0
		})
		h.drain(h.Outbox)
		id := h.accept(text(phone(0), "hi"))
		if w := h.waits(id, outbox.NumberPaused); w.Detail != "whatsapp_80007" || !w.Until.After(h.clock()) {
			t.Errorf("got %+v, want a rest", w)
		}
		h.until("the other number to rest", func() bool {
			n, _ := h.numbers.ByID(other)
			return n.PausedUntil.After(h.clock().Add(30 * time.Second))
		})
		if err := h.numbers.Resume(context.Background(), h.number.ID); err != nil {
			t.Fatal(err)
		}
		h.Wake(h.number.ID)
		h.delivered(2)
	})
}

// Held messages fail when WhatsApp pauses their template (cloud-api.md 5.5).
func TestAHeldTemplateFailsWhenItIsPaused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_250")
		h.meta.mu.Lock()
		h.meta.answer = func(int, meta.Send) (int, string) {
			return 200, `{"messaging_product":"whatsapp","contacts":[{"input":"x","wa_id":"1"}],"messages":[{"id":"wamid.held","message_status":"held_for_quality_assessment"}]}`
		}
		h.meta.mu.Unlock()
		h.drain(h.Outbox)
		id := h.accept(hello(phone(0)))
		h.becomes(id, wa.StatusHeld)
		h.waits(id, outbox.Assessed)
		h.report1(t, wa.StatusReport{Wamid: "wamid.held", Status: wa.StatusFailed, At: h.clock(), Problems: []wa.Problem{{Code: 132015, Title: "Template is paused"}}})
		if m := h.becomes(id, wa.StatusFailed); len(m.Problems) != 1 || m.Problems[0].Code != 132015 {
			t.Errorf("got %+v, want 132015", m.Problems)
		}
		h.used(0)
	})
}

// However much waits in both lanes, nine in ten slots are answers' and one in
// ten is bulk's: neither starves.
func TestNeitherLaneStarves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(400)
		for i, p := range phones {
			r := text(p, "answer")
			if i%2 == 0 {
				r = text(p, "bulk")
				r.Lane = outbox.Bulk
			}
			h.accept(r)
		}
		h.drain(h.Outbox)
		bulk := 0
		for _, m := range h.delivered(400)[:200] {
			if m.Text.Body == "bulk" {
				bulk++
			}
		}
		if bulk < 10 || bulk > 35 {
			t.Errorf("got %d bulk messages among the first 200, want about 20", bulk)
		}
	})
}
