package chaos

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"kontor/test/load/kontor"
)

// message is what the API tells of one.
type message struct {
	ID          string     `json:"message_id"`
	Wamid       string     `json:"wamid"`
	Direction   string     `json:"direction"`
	Status      string     `json:"status"`
	SentAt      *time.Time `json:"sent_at"`
	DeliveredAt *time.Time `json:"delivered_at"`
	ReadAt      *time.Time `json:"read_at"`
	FailedAt    *time.Time `json:"failed_at"`
}

// message asks for one by our id or by wamid.
func (w *world) message(id string) (m message) {
	w.Helper()
	if err := w.kontor.Get(w.ctx, "messages/"+url.PathEscape(id), &m); err != nil {
		w.Error(err)
	}
	return m
}

// drained waits until nothing accepted is on its way: WhatsApp has it, or its
// fate is unknown.
func (w *world) drained(accepted outgoing) {
	waiting := make([]*outbound, 0, len(accepted))
	for _, m := range accepted {
		waiting = append(waiting, m)
	}
	err := kontor.Until(w.ctx, func() (bool, error) {
		waiting = slices.DeleteFunc(waiting, func(o *outbound) bool {
			m := w.message(o.id)
			return m.Status != "accepted" || m.Wamid != ""
		})
		if len(waiting) > 0 {
			return false, fmt.Errorf("%d messages are still on their way, among them %+v", len(waiting), *waiting[0])
		}
		return true, nil
	})
	if err != nil {
		w.Fatal("wait for the queue to empty: ", err)
	}
}

// checkSent compares what was accepted with what WhatsApp took.
func (w *world) checkSent(accepted outgoing, r *reporter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.twice {
		w.Errorf("WhatsApp got %q twice", s.Body)
	}
	never := 0
	for body, o := range accepted {
		f := r.fates[body]
		m := w.message(o.id)
		switch {
		case f == nil && (m.Status == "uncertain" || m.Status == "held"):
			never++ // killed between the claim and the call
		case f == nil:
			w.Errorf("%q never reached WhatsApp, and its status is %s", body, m.Status)
		default:
			w.checkFate(m, o, f)
		}
	}
	w.checkOrder(accepted, r)
	w.Logf("%d messages accepted, %d taken by WhatsApp, %d uncertain for good", len(accepted), len(r.fates), never)
	if len(accepted) == 0 {
		w.Error("nothing was sent at all")
	}
}

// checkFate compares a message with what WhatsApp told of it.
func (w *world) checkFate(m message, o *outbound, f *fate) {
	if m.Wamid != f.Wamid || m.Status != f.highest() || strings.TrimPrefix(f.To, "+") != o.to {
		w.Errorf("%q to %s: got status %s and wamid %q, want %s and %q to %s", o.body, o.to, m.Status, m.Wamid, f.highest(), f.Wamid, f.To)
	}
	told := map[string]time.Time{}
	for n, status := range f.statuses {
		told[status] = f.at(n)
	}
	for status, got := range map[string]*time.Time{"sent": m.SentAt, "delivered": m.DeliveredAt, "read": m.ReadAt, "failed": m.FailedAt} {
		want := told[status]
		if got == nil && !want.IsZero() || got != nil && !got.Equal(want) {
			w.Errorf("%q: %s at %v, want %v", o.body, status, got, want)
		}
	}
}

// checkOrder: to each customer, messages arrived in the order of their acceptance.
func (w *world) checkOrder(accepted outgoing, r *reporter) {
	last := map[string]*outbound{}
	for _, s := range w.meta.Sent() {
		o := accepted[s.Body]
		if o == nil {
			w.Errorf("WhatsApp got %q, which nobody was told was accepted", s.Body)
			continue
		}
		if before := last[o.to]; before != nil && before.turn > o.turn {
			w.Errorf("to %s, %q arrived after %q", o.to, o.body, before.body)
		}
		last[o.to] = o
	}
}

// checkThreads compares conversations with what was written, and looks for
// some of the messages by their wamid. It answers how many were written.
func (w *world) checkThreads(threads []*thread) (written int) {
	for n, t := range threads {
		written += len(t.inbound)
		var inbound, sent []string
		for _, m := range w.history(t.phone) {
			if m.Direction == "inbound" {
				inbound = append(inbound, m.Wamid)
			} else {
				sent = append(sent, m.ID)
			}
		}
		var wanted []string
		for _, o := range t.sent {
			wanted = append(wanted, o.id)
		}
		w.checkList("written by "+t.phone, inbound, t.inbound)
		w.checkList("sent to "+t.phone, sent, wanted)
		if len(t.inbound) == 0 {
			continue
		}
		wamid := t.inbound[n%len(t.inbound)]
		if m := w.message(wamid); m.Wamid != wamid || m.Status != "received" {
			w.Errorf("asked for %s: got %+v", wamid, m)
		}
	}
	return written
}

// checkList says what is missing, what is there twice and where the order differs.
func (w *world) checkList(what string, got, want []string) {
	if slices.Equal(got, want) {
		return
	}
	count := map[string]int{}
	for _, id := range got {
		count[id]++
	}
	lost := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return count[id] > 0 })
	doubled := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return count[id] < 2 })
	n := 0
	for n < min(len(got), len(want)) && got[n] == want[n] {
		n++
	}
	w.Errorf("%s: %d of %d are there; lost %v, doubled %v; they differ from the %d-th on (from 0)", what, len(got), len(want), lost, doubled, n)
}

// history is the whole conversation, oldest first.
func (w *world) history(phone string) (all []message) {
	cursor := ""
	for {
		var page struct {
			Data []message `json:"data"`
			Next *string   `json:"next_cursor"`
		}
		q := url.Values{"limit": {"100"}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		if err := w.kontor.Get(w.ctx, "conversations/"+phone+"/history?"+q.Encode(), &page); err != nil {
			w.Errorf("history of %s: %v", phone, err)
			return all
		}
		all = append(all, page.Data...)
		if page.Next == nil || cmp.Or(*page.Next, cursor) == cursor {
			return all
		}
		cursor = *page.Next
	}
}
