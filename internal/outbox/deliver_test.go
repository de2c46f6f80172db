package outbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

func (h *house) several(n int) (phones []wa.Phone) {
	h.t.Helper()
	for i := range n {
		phones = append(phones, phone(i))
	}
	h.hears(phones...)
	return phones
}

// sent waits until WhatsApp has got n messages and nothing is left to send.
func (h *house) delivered(n int) []sent {
	h.t.Helper()
	h.until(fmt.Sprintf("%d messages at WhatsApp's door", n), func() bool {
		return len(h.meta.all()) >= n && h.pending() == outbox.Pending{NumberID: h.number.ID}
	})
	return h.meta.all()
}

func TestOrderIsKeptInEachConversation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(8)
		h.meta.preceded(func(int, meta.Send, wa.Wamid) bool {
			time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond) // WhatsApp takes a while, now more, now less
			return true
		})
		h.drain(h.Outbox)
		var all sync.WaitGroup
		for _, p := range phones {
			all.Go(func() {
				for i := range 15 {
					h.accept(text(p, fmt.Sprint(i)))
				}
			})
		}
		all.Wait()
		next := map[string]int{}
		for _, m := range h.delivered(len(phones) * 15) {
			if want := fmt.Sprint(next[m.To]); m.Text.Body != want {
				t.Fatalf("%s got message %s, want %s", m.To, m.Text.Body, want)
			}
			next[m.To]++
		}
		if h.meta.most != 1 {
			t.Errorf("got %d calls at once for one customer, want 1", h.meta.most)
		}
	})
}

func TestAMessageKnowsItsWamidAndCarriesOurID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		h.drain(h.Outbox)
		r := text(phone(0), "")
		r.Content = wa.Content{Type: wa.TypeImage, Image: &wa.Media{MediaID: picture, Caption: "look"}}
		r.Opaque = "order 17"
		id := h.accept(r)
		got := h.delivered(1)[0]
		if got.BizOpaqueCallbackData != id.String() || got.Image.ID != "77" || got.To != "+"+string(phone(0)) {
			t.Errorf("WhatsApp got %+v, want our id and its own id of the picture", got.Send)
		}
		m := h.message(id)
		if m.Wamid != got.wamid || m.Status != wa.StatusAccepted || m.Opaque != "order 17" || m.Content.Image.MediaID != picture {
			t.Errorf("got %+v, want it accepted with the wamid, the caller's opaque data and the picture", m)
		}
		if byWamid, err := h.Get(context.Background(), workspace, string(m.Wamid)); err != nil || byWamid.ID != id {
			t.Errorf("by wamid got %v, %v", byWamid.ID, err)
		}
		if _, err := h.Get(context.Background(), 2, id.String()); fault.As(err).Code != "message_unknown" {
			t.Errorf("another workspace got %v, want the message unknown to it", err)
		}
	})
}

// A quoted message of ours that has not left yet leaves first, and is then
// named by its wamid.
func TestAReferenceIsResolvedWhenItIsSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		first := h.accept(text(phone(0), "first"))
		answer := text(phone(0), "second")
		answer.Content.Context = &wa.Context{ID: first.String()}
		h.accept(answer)
		reaction := text(phone(0), "")
		reaction.Content = wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: first.String(), Emoji: "👍"}}
		h.accept(reaction)
		h.drain(h.Outbox)
		got := h.delivered(3)
		if got[1].Context == nil || got[1].Context.MessageID != string(got[0].wamid) || got[2].Reaction.MessageID != string(got[0].wamid) {
			t.Errorf("got %+v and %+v, want both to name %s", got[1].Context, got[2].Reaction, got[0].wamid)
		}
	})
}

func TestARefusalIsKeptAndTheNextOneGoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		h.meta.refusing(func(n int, _ meta.Send) int {
			if n == 1 {
				return 131026
			}
			return 0
		})
		h.drain(h.Outbox)
		bad, good := h.accept(text(phone(0), "bad")), h.accept(text(phone(0), "good"))
		m := h.becomes(bad, wa.StatusFailed)
		if len(m.Problems) != 1 || m.Problems[0].Code != 131026 || m.Problems[0].Details != "because" || m.FailedAt.IsZero() {
			t.Errorf("got %+v at %v, want the problem as WhatsApp put it", m.Problems, m.FailedAt)
		}
		h.delivered(2)
		if got := h.facts(journal.MessageStatus, bad); !slices.Equal(got, []string{"failed"}) {
			t.Errorf("got facts %v, want failed", got)
		}
		if m := h.message(good); m.Wamid == "" || m.Status != wa.StatusAccepted {
			t.Errorf("got %s %s, want the next message sent", m.Wamid, m.Status)
		}
	})
}

// 131000 is tried again, later each time, and keeps its place in the conversation.
func TestWhatMayPassIsTriedAgainInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		h.meta.refusing(func(n int, _ meta.Send) int {
			if n <= 1 {
				return 131000
			}
			return 0
		})
		h.drain(h.Outbox)
		h.accept(text(phone(0), "0"))
		h.accept(text(phone(0), "1"))
		var bodies []string
		for _, m := range h.delivered(3) {
			bodies = append(bodies, m.Text.Body)
		}
		if got := strings.Join(bodies, ""); got != "001" {
			t.Errorf("got %s, want the first again before the second", got)
		}
		if got := h.facts(journal.MessageStatus, 0); len(got) != 0 {
			t.Errorf("got facts %v, want none", got)
		}
	})
}

// Law 6: a refusal for speed is never a failed message; the number rests.
func TestARefusalForSpeedFailsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(20)
		h.meta.refusing(func(n int, _ meta.Send) int {
			if n <= 3 {
				return 130429
			}
			return 0
		})
		h.drain(h.Outbox)
		var ids []wa.MessageID
		for _, p := range phones {
			ids = append(ids, h.accept(text(p, "hi")))
		}
		h.delivered(20)
		once := map[wa.Wamid]bool{}
		for _, id := range ids {
			m := h.message(id)
			if m.Status != wa.StatusAccepted || m.Wamid == "" || once[m.Wamid] {
				t.Errorf("got %s %q, want every message sent", m.Status, m.Wamid)
			}
			once[m.Wamid] = true
		}
		if n, _ := h.numbers.ByID(h.number.ID); n.PausedUntil.IsZero() {
			t.Error("the number does not show that it rested")
		}
		all := h.meta.all()
		if rest := all[len(all)-1].at.Sub(all[0].at); rest < 900*time.Millisecond {
			t.Errorf("the number went on after %v, want about a second of rest", rest)
		}
	})
}

func TestAPairRests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(2)
		h.meta.refusing(func(n int, m meta.Send) int {
			if n == 1 {
				return 131056
			}
			return 0
		})
		h.drain(h.Outbox)
		h.accept(text(phones[0], "0"))
		<-h.meta.arrived
		h.accept(text(phones[0], "1"))
		h.accept(text(phones[1], "other"))
		got := h.delivered(4)
		if got[1].Text.Body != "other" || got[2].Text.Body != "0" || got[3].Text.Body != "1" {
			t.Errorf("got %s, %s, %s; want the other customer first, then both in order", got[1].Text.Body, got[2].Text.Body, got[3].Text.Body)
		}
		if rest := got[2].at.Sub(got[0].at); rest < time.Second {
			t.Errorf("the pair rested %v, want 1 s", rest)
		}
	})
}

func TestABadTokenStopsTheNumberAndMessagesWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		var fixed atomic.Bool
		h.meta.refusing(func(int, meta.Send) int {
			if fixed.Load() {
				return 0
			}
			return 190
		})
		h.drain(h.Outbox)
		id := h.accept(text(phone(0), "hi"))
		h.until("the number to stand", func() bool {
			n, _ := h.numbers.ByID(h.number.ID)
			return n.State == wa.NumberStopped && n.StateReason == "token_invalid"
		})
		h.until("the message to wait", func() bool { return h.pending().Queued == 1 })
		expiring := text(phone(0), "soon stale")
		expiring.TTL = time.Millisecond
		stale := h.accept(expiring)
		h.becomes(stale, wa.StatusExpired)
		if m := h.message(id); m.Status != wa.StatusAccepted {
			t.Errorf("got %s, want the message to wait unharmed", m.Status)
		}
		fixed.Store(true)
		if err := h.numbers.Resume(context.Background(), h.number.ID); err != nil {
			t.Fatal(err)
		}
		h.Wake(h.number.ID)
		h.delivered(2)
		if m := h.message(id); m.Wamid == "" {
			t.Error("the message did not go after the number was resumed")
		}
	})
}

// Each message is either canceled or sent, never both, never neither.
func TestCancelOrSend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(60)
		var ids []wa.MessageID
		for _, p := range phones {
			r := text(p, "hi")
			r.Delay = time.Duration(rand.IntN(60)) * time.Millisecond
			ids = append(ids, h.accept(r))
		}
		h.drain(h.Outbox)
		canceled := map[string]bool{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for _, id := range ids {
			all.Go(func() {
				m, err := h.Cancel(context.Background(), workspace, id)
				switch {
				case err == nil && m.Status == wa.StatusCanceled:
					mu.Lock()
					canceled[id.String()] = true
					mu.Unlock()
				case fault.As(err).Code != "already_under_way":
					t.Errorf("got %s, %v", m.Status, err)
				}
			})
		}
		all.Wait()
		h.until("the rest to be sent", func() bool { return len(h.meta.all())+len(canceled) >= len(ids) })
		for _, m := range h.delivered(0) {
			if canceled[m.BizOpaqueCallbackData] {
				t.Errorf("%s was canceled and sent", m.BizOpaqueCallbackData)
			}
			canceled[m.BizOpaqueCallbackData] = true
		}
		if len(canceled) != len(ids) {
			t.Errorf("got %d messages, want %d", len(canceled), len(ids))
		}
	})
}

func TestAHeldBackMessageCanBeTakenBackAndKeepsItsPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		h.drain(h.Outbox)
		undo, slow := text(phone(0), "undo me"), text(phone(0), "slow")
		undo.Delay, slow.Delay = outbox.MaxDelay, 300*time.Millisecond
		id := h.accept(undo)
		begin := time.Now()
		h.accept(slow)
		h.accept(text(phone(0), "quick"))
		if m, err := h.Cancel(context.Background(), workspace, id); err != nil || m.Status != wa.StatusCanceled {
			t.Fatalf("got %s, %v; want it canceled", m.Status, err)
		}
		if _, err := h.Cancel(context.Background(), workspace, id); err != nil {
			t.Errorf("canceling again: %v", err)
		}
		got := h.delivered(2)
		if got[0].Text.Body != "slow" || got[1].Text.Body != "quick" || got[0].at.Sub(begin) < 250*time.Millisecond {
			t.Errorf("got %s after %v, then %s; want slow after 300 ms, then quick", got[0].Text.Body, got[0].at.Sub(begin), got[1].Text.Body)
		}
		if got := h.facts(journal.MessageCanceled, id); len(got) != 1 {
			t.Errorf("got %d facts, want one", len(got))
		}
		if _, err := h.Cancel(context.Background(), workspace, 99); fault.As(err).Code != "message_unknown" {
			t.Errorf("got %v, want message_unknown", err)
		}
	})
}

func TestAScheduledMessageHoldsNobodyUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		h.drain(h.Outbox)
		later := text(phone(0), "tomorrow")
		later.At = time.Now().Add(20 * time.Hour)
		h.accept(later)
		h.accept(text(phone(0), "now"))
		h.until("the other message", func() bool { return len(h.meta.all()) == 1 })
		if got := h.meta.all()[0].Text.Body; got != "now" {
			t.Errorf("got %s, want now", got)
		}
	})
}

// Calls under way at the end are waited for, and what they learned is stored.
func TestStoppingLosesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(30)
		h.meta.preceded(func(int, meta.Send, wa.Wamid) bool {
			time.Sleep(20 * time.Millisecond) // WhatsApp takes a while
			return true
		})
		var ids []wa.MessageID
		for _, p := range phones {
			ids = append(ids, h.accept(text(p, "hi")))
		}
		stop := h.drain(h.Outbox)
		<-h.meta.arrived
		stop()
		wamids := map[string]wa.Wamid{}
		for _, m := range h.meta.all() {
			wamids[m.BizOpaqueCallbackData] = m.wamid
		}
		for _, id := range ids {
			if m := h.message(id); m.Wamid != wamids[id.String()] || m.Status != wa.StatusAccepted {
				t.Errorf("got %s %q, WhatsApp has %q", m.Status, m.Wamid, wamids[id.String()])
			}
		}
		if p := h.pending(); int(p.Queued) != len(ids)-len(wamids) || p.UnderWay+p.Uncertain+p.OnHold != 0 {
			t.Errorf("got %+v, want the %d that did not leave queued", p, len(ids)-len(wamids))
		}
		h.drain(h.open())
		if got := h.delivered(len(ids)); len(got) != len(ids) {
			t.Errorf("got %d calls, want each message once", len(got))
		}
	})
}

// Statuses may be quicker than the answer; with our id or without.
func TestAStatusBeforeTheAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		phones := h.several(2)
		h.meta.preceded(func(n int, m meta.Send, wamid wa.Wamid) bool {
			opaque := m.BizOpaqueCallbackData
			if m.Text.Body == "without" {
				opaque = ""
			}
			for _, status := range []wa.Status{wa.StatusDelivered, wa.StatusSent} {
				if err := h.report(wa.StatusReport{Wamid: wamid, Opaque: opaque, Status: status, At: time.Now()}); err != nil {
					t.Error(err)
				}
			}
			return true
		})
		h.drain(h.Outbox)
		with, without := h.accept(text(phones[0], "with")), h.accept(text(phones[1], "without"))
		for _, id := range []wa.MessageID{with, without} {
			h.until("both times and the wamid", func() bool {
				m := h.message(id)
				return m.Status == wa.StatusDelivered && !m.SentAt.IsZero() && !m.DeliveredAt.IsZero() && m.Wamid != ""
			})
		}
		if got := h.delivered(2); len(got) != 2 {
			t.Errorf("got %d calls, want each message once", len(got))
		}
	})
}

// slow gives the number the usual 80 messages a second.
func (h *house) slow() {
	h.t.Helper()
	standard := *h.number
	standard.Throughput = "STANDARD"
	h.write(func(tx txn.Tx) error { return h.store.Numbers().Update(tx, &standard, time.Now()) })
	if err := h.numbers.Reload(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

// News of a message may be lost, as when the node that accepted it goes down:
// whoever drains the number finds it by looking now and then.
func TestAMessageThatNobodyToldOfLeaves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(2)
		h.drain(h.open()) // it does not hear the bell of the one that accepts
		for n := range 2 {
			h.accept(text(phone(n), "hi"))
			h.delivered(n + 1) // the second one when it sleeps again
		}
	})
}

// One number at its cap: WhatsApp counts no more than it in any sliding second.
func TestANumberKeepsItsPace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.slow()
		phones := h.several(200)
		for _, p := range phones {
			h.accept(text(p, "hi"))
		}
		h.drain(h.Outbox)
		got := h.delivered(200)
		for i := 80; i < len(got); i++ {
			if d := got[i].at.Sub(got[i-80].at); d < 950*time.Millisecond { // the way to the server jitters
				t.Fatalf("81 messages within %v, want 80 a second at most", d)
			}
		}
		if took := got[199].at.Sub(got[0].at); took > 4*time.Second {
			t.Errorf("200 messages took %v, want about 2.5 s", took)
		}
	})
}

func TestAnswersOvertakeBulk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.slow()
		phones := h.several(100)
		for _, p := range phones[:80] {
			r := text(p, "bulk")
			r.Lane = outbox.Bulk
			h.accept(r)
		}
		for _, p := range phones[80:] {
			h.accept(text(p, "answer"))
		}
		h.drain(h.Outbox)
		answers, bulk := 0, 0
		for _, m := range h.delivered(100)[:40] {
			if m.Text.Body == "answer" {
				answers++
			} else {
				bulk++
			}
		}
		if answers != 20 || bulk == 0 {
			t.Errorf("among the first 40 got %d answers and %d bulk, want all 20 answers and some bulk", answers, bulk)
		}
	})
}

func TestQualityAssessmentHoldsAMessageUntilItIsSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		h.meta.mu.Lock()
		h.meta.answer = func(int, meta.Send) (int, string) {
			return 200, `{"messaging_product":"whatsapp","contacts":[{"input":"x","wa_id":"1"}],"messages":[{"id":"wamid.held","message_status":"held_for_quality_assessment"}]}`
		}
		h.meta.mu.Unlock()
		h.drain(h.Outbox)
		id := h.accept(text(phone(0), "hi"))
		if m := h.becomes(id, wa.StatusHeld); m.Wamid != "wamid.held" {
			t.Errorf("got %q, want the wamid", m.Wamid)
		}
		if err := h.report(wa.StatusReport{Wamid: "wamid.held", Status: wa.StatusSent, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		h.becomes(id, wa.StatusSent)
	})
}
