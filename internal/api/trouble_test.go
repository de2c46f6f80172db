package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// sent has a tenant send a text and answers its id; nothing delivers it.
func (h *house) sent(n *tenant, to, body string) wa.MessageID {
	h.t.Helper()
	r := h.call(n.keys[account.Agent], "POST", base+"/send/text", body)
	h.want(r, 202, "")
	id, err := wa.ParseMessageID(r.text("message_id"))
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// settle claims everything of a number and stores what became of it.
func (h *house) settle(n *tenant, become func(*outbox.Outcome)) {
	h.t.Helper()
	q := h.store.Outbox()
	err := h.store.Write(context.Background(), func(tx txn.Tx) error {
		epoch, err := q.TakeLease(tx, n.number.ID, "test", time.Minute)
		if err != nil {
			return err
		}
		candidates, err := q.Candidates(tx, n.number.ID, outbox.Interactive, time.Now(), 100)
		if err != nil {
			return err
		}
		var ids []wa.MessageID
		for _, c := range candidates {
			ids = append(ids, c.MessageID)
		}
		claimed, _, err := q.Claim(tx, n.number.ID, epoch, ids)
		if err != nil {
			return err
		}
		var outcomes []*outbox.Outcome
		for _, c := range claimed {
			o := &outbox.Outcome{Claimed: c, Epoch: epoch, At: time.Now()}
			become(o)
			outcomes = append(outcomes, o)
		}
		_, err = q.Settle(tx, outcomes)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (r reply) object(name string) map[string]any { o, _ := r.json[name].(map[string]any); return o }

func TestMessagesInTroubleAreFound(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ours, theirs := h.tenants[0], h.tenants[1]
		key := ours.keys[account.Agent]
		var ids []string
		for i := range 3 {
			to := fmt.Sprintf("49451555%04d", i)
			h.write(ours, to, fmt.Sprint("wamid.in.", i), "hi")
			ids = append(ids, h.sent(ours, to, `{"to":"+`+to+`","text":"hello"}`).String())
		}
		h.write(theirs, "494515559999", "wamid.in.theirs", "hi")
		h.sent(theirs, "494515559999", `{"to":"+494515559999","text":"hello"}`)
		lost := func(o *outbox.Outcome) { o.Kind, o.DueAt = outbox.Unsure, time.Now().Add(time.Minute) }
		h.settle(ours, lost)
		h.settle(theirs, lost)

		first := h.call(key, "GET", base+"/messages?status=uncertain&limit=2", "")
		next, _ := first.json["next_cursor"].(string)
		second := h.call(key, "GET", base+"/messages?status=uncertain&limit=2&cursor="+next, "")
		var got []string
		for _, m := range append(first.data(), second.data()...) {
			got = append(got, m.(map[string]any)["message_id"].(string))
		}
		if len(first.data()) != 2 || len(got) != 3 || got[0] != ids[2] || got[2] != ids[0] || second.json["next_cursor"] != nil {
			t.Errorf("got %v on pages of 2, want our three, newest first", got)
		}
		one := h.call(key, "GET", base+"/messages/"+ids[0], "")
		if w := one.object("waiting"); w["reason"] != "uncertain" || w["until"] == nil || w["advice"] == "" {
			t.Errorf("got waiting %v, want uncertain until its policy decides", w)
		}
		h.want(h.call(key, "GET", base+"/messages?status=uncertain&phone_number_id="+string(theirs.number.PhoneNumberID), ""), 404, "number_unknown")
		h.want(h.call(key, "GET", base+"/messages?status=accepted", ""), 422, "invalid_request")
		h.want(h.call(key, "GET", base+"/messages", ""), 422, "invalid_request")

		err := h.store.Write(context.Background(), func(tx txn.Tx) error {
			_, err := h.store.Outbox().Decide(tx, ours.number.ID, time.Now().Add(time.Hour))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		held := h.call(key, "GET", base+"/messages?status=held", "")
		if len(held.data()) != 3 {
			t.Fatalf("got %d held messages, want 3", len(held.data()))
		}
		if w := held.data()[0].(map[string]any)["waiting"].(map[string]any); w["reason"] != "undecided" {
			t.Errorf("got waiting %v, want undecided", w)
		}
		gone := h.call(key, "POST", base+"/messages/"+ids[0]+"/cancel", "")
		if gone.status != 200 || gone.text("status") != "canceled" || gone.json["waiting"] != nil {
			t.Errorf("got %d %s, want it canceled", gone.status, gone.raw)
		}
		again := h.call(key, "POST", base+"/messages/"+ids[1]+"/release", "")
		if w := again.object("waiting"); again.text("status") != "accepted" || w["reason"] != "in_line" {
			t.Errorf("got %d %s, want it in line again", again.status, again.raw)
		}
		if held = h.call(key, "GET", base+"/messages?status=held", ""); len(held.data()) != 1 {
			t.Errorf("got %d held messages, want 1", len(held.data()))
		}
	})
}

func TestAnOperatorResumesANumber(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.tenants[0]
		path := base + "/numbers/" + string(n.number.PhoneNumberID) + "/resume"
		h.write(n, "494515550100", "wamid.in.1", "hi")
		id := h.sent(n, "494515550100", `{"to":"+494515550100","text":"hello"}`)
		if err := h.numbers.Stop(context.Background(), n.number.ID, "token_invalid"); err != nil {
			t.Fatal(err)
		}
		one := h.call(n.keys[account.Agent], "GET", base+"/messages/"+id.String(), "")
		if w := one.object("waiting"); one.text("status") != "accepted" || w["reason"] != "number_stopped" {
			t.Errorf("got %s, want it to wait for the number", one.raw)
		}
		h.want(h.call(n.keys[account.Agent], "POST", path, ""), 403, "forbidden")
		h.want(h.call(h.tenants[1].keys[account.Admin], "POST", path, ""), 404, "number_unknown")
		got := h.call(n.keys[account.Admin], "POST", path, "")
		if got.status != 200 || got.text("state") != "active" || got.text("state_reason") != "" {
			t.Errorf("got %d %s, want it active", got.status, got.raw)
		}
	})
}

func TestUsageTellsEveryLimit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.tenants[0]
		key := n.keys[account.Agent]
		setTier(t, h.store, n.number, "TIER_250")
		if err := h.numbers.Reload(context.Background()); err != nil {
			t.Fatal(err)
		}
		h.write(n, "494515550100", "wamid.in.1", "hi")
		for range 2 {
			h.sent(n, "494515550100", `{"to":"+494515550100","text":"hello","lane":"bulk"}`)
		}
		path := base + "/usage?phone_number_id=" + string(n.number.PhoneNumberID)
		u := h.call(key, "GET", path+"&phone=%2B494515550100", "")
		if u.status != 200 || u.json["messages"] != 2.0 || u.json["limit"] != nil || u.object("customer")["messages"] != 2.0 {
			t.Errorf("got %d %s, want 2 messages, all of this customer", u.status, u.raw)
		}
		if p := u.object("portfolio"); p["tier"] != "TIER_250" || p["limit"] != 250.0 || p["remaining"] != 250.0 || p["distinct_users"] != 0.0 {
			t.Errorf("got portfolio %v, want 250 people left", p)
		}
		if p := u.object("pace"); p["per_second"] != 80.0 || p["state"] != "active" || p["margin_ms"] != nil {
			t.Errorf("got pace %v, want 80 a second", p)
		}
		if w := u.object("waiting"); w["queued"] != 2.0 || w["messaging_limit"] != 0.0 {
			t.Errorf("got waiting %v, want both queued", w)
		}
		if u = h.call(key, "GET", path+"&phone=%2B499999999999&day=2026-01-31", ""); u.json["messages"] != 0.0 || u.object("customer")["contact_id"] != nil {
			t.Errorf("got %s, want nothing on that day for a stranger", u.raw)
		}
		h.want(h.call(key, "GET", path+"&day=yesterday", ""), 422, "invalid_request")
		h.want(h.call(h.tenants[1].keys[account.Agent], "GET", path, ""), 404, "number_unknown")
	})
}

func setTier(t *testing.T, s *store.Store, n *wa.Number, tier string) {
	t.Helper()
	changed := *n
	changed.MessagingTier = tier
	err := s.Write(context.Background(), func(tx txn.Tx) error { return s.Numbers().Update(tx, &changed, time.Now()) })
	if err != nil {
		t.Fatal(err)
	}
}
