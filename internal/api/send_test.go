package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"kontor/internal/account"
)

const customer = "494515550177"

func TestEverySendIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		n := h.tenants[0]
		h.write(n, customer, "wamid.in", "hello")
		key := n.keys[account.Agent]
		for _, call := range contract {
			kind, isSend := strings.CutPrefix(call, "POST /send/")
			if !isSend {
				continue
			}
			body := strings.Replace(validBody("POST /send/"+kind), "+49 451 5550100", customer, 1)
			body = strings.Replace(body, "msg_0000000000001", "wamid.in", 1)
			got := h.call(key, "POST", base+"/send/"+kind, body)
			if got.status != 202 || got.text("status") != "accepted" || got.text("conversation_id") == "" || got.text("contact_id") == "" {
				t.Errorf("%s: got %d %s, want 202", kind, got.status, got.raw)
				continue
			}
			m := h.call(key, "GET", base+"/messages/"+got.text("message_id"), "")
			if m.status != 200 || m.text("status") != "accepted" || m.text("direction") != "outbound" || m.text("phone") != customer || m.json["sent_at"] != nil {
				t.Errorf("%s: got %d %s, want it accepted and not sent", kind, m.status, m.raw)
			}
			if author, _ := m.json["author"].(map[string]any); author["kind"] != "api" || author["name"] != "agent" {
				t.Errorf("%s: got author %v, want the key by its name", kind, m.json["author"])
			}
		}
		history := h.call(key, "GET", base+"/conversations/"+customer+"/history?limit=100", "")
		if len(history.data()) != 14 || history.data()[0].(map[string]any)["wamid"] != "wamid.in" {
			t.Errorf("got %d messages, want the inbound one first and 13 more", len(history.data()))
		}
	})
}

func TestRefusalsNameWhatIsWrong(t *testing.T) {
	h := open(t, openSQLite(t))
	h.write(h.tenants[0], customer, "wamid.in", "hello")
	key := h.tenants[0].keys[account.Agent]
	long := func(n int) string { return strings.Repeat("ä", n) }
	for name, c := range map[string]struct {
		kind, body    string
		status        int
		code          string
		field         string
		limit, length float64
	}{
		"not JSON":         {"text", `{"to":`, 400, "not_json", "", 0, 0},
		"no body":          {"text", ``, 400, "not_json", "", 0, 0},
		"a list":           {"text", `[]`, 422, "invalid_request", "body", 0, 0},
		"missing":          {"text", `{"text":"hi"}`, 422, "invalid_request", "to", 0, 0},
		"unknown member":   {"text", `{"to":"` + customer + `","text":"hi","txet":"oops"}`, 422, "invalid_request", "txet", 0, 0},
		"wrong type":       {"text", `{"to":"` + customer + `","text":7}`, 422, "invalid_request", "text", 0, 0},
		"text too long":    {"text", `{"to":"` + customer + `","text":"` + long(4097) + `"}`, 422, "invalid_request", "text", 4096, 4097},
		"no recipient":     {"text", `{"to":"nobody","text":"hi"}`, 422, "invalid_recipient", "to", 0, 0},
		"window closed":    {"text", `{"to":"4945155501234","text":"hi"}`, 409, "window_closed", "", 0, 0},
		"four buttons":     {"buttons", `{"to":"` + customer + `","text":"x","buttons":[{"id":"1","title":"1"},{"id":"2","title":"2"},{"id":"3","title":"3"},{"id":"4","title":"4"}]}`, 422, "invalid_request", "buttons", 3, 4},
		"button title":     {"buttons", `{"to":"` + customer + `","text":"x","buttons":[{"id":"1","title":"` + long(21) + `"}]}`, 422, "invalid_request", "buttons[0].title", 20, 21},
		"same title twice": {"buttons", `{"to":"` + customer + `","text":"x","buttons":[{"id":"1","title":"A"},{"id":"2","title":"A"}]}`, 422, "", "buttons[1].title", 0, 0},
		"header too long":  {"buttons", `{"to":"` + customer + `","text":"x","header":"` + long(61) + `","buttons":[{"id":"1","title":"1"}]}`, 422, "", "header", 60, 61},
		"two sources":      {"image", `{"to":"` + customer + `","image":{"link":"https://a.example/x","id":"1"}}`, 422, "invalid_request", "image", 0, 0},
		"caption too long": {"image", `{"to":"` + customer + `","image":{"link":"https://a.example/x","caption":"` + long(1025) + `"}}`, 422, "invalid_request", "image.caption", 1024, 1025},
		"no such file":     {"image", `{"to":"` + customer + `","image":{"media_id":"med_0000000000001"}}`, 422, "", "", 0, 0},
		"latitude":         {"location", `{"to":"` + customer + `","location":{"latitude":91,"longitude":0}}`, 422, "invalid_request", "location.latitude", 90, 91},
		"another number":   {"text", `{"to":"` + customer + `","text":"hi","phone_number_id":"9"}`, 404, "number_unknown", "", 0, 0},
		"delay":            {"text", `{"to":"` + customer + `","text":"hi","delay_seconds":6}`, 422, "invalid_request", "delay_seconds", 5, 6},
	} {
		got := h.call(key, "POST", base+"/send/"+c.kind, c.body)
		if got.status != c.status || c.code != "" && got.code() != c.code {
			t.Errorf("%s: got %d %s, want %d %s", name, got.status, got.raw, c.status, c.code)
			continue
		}
		if got.text("advice") == "" || got.text("detail") == "" || got.text("type") != "urn:kontor:problem:"+got.code() {
			t.Errorf("%s: got %s, want detail and advice", name, got.raw)
		}
		if c.field == "" {
			continue
		}
		errs, _ := got.json["errors"].([]any)
		if len(errs) == 0 {
			t.Errorf("%s: got %s, want the field %s", name, got.raw, c.field)
			continue
		}
		first := errs[0].(map[string]any)
		limit, _ := first["limit"].(float64)
		length, _ := first["length"].(float64)
		if first["name"] != c.field || c.limit != 0 && (limit != c.limit || length != c.length) {
			t.Errorf("%s: got %v, want %s with limit %v and length %v", name, first, c.field, c.limit, c.length)
		}
	}
	if got := h.call(key, "POST", base+"/send/text", `{"to":"x"}`, "Content-Type", "text/plain"); got.status != 415 || got.code() != "unsupported_media_type" {
		t.Errorf("text/plain: got %d %s, want 415", got.status, got.raw)
	}
	if got := h.call(key, "POST", base+"/send/text", `{"to":"`+customer+`","text":"`+strings.Repeat("x", 1<<20)+`"}`); got.status != 413 || got.code() != "too_large" {
		t.Errorf("over 1 MiB: got %d %s, want 413", got.status, got.raw)
	}
	if got := h.call(key, "GET", base+"/conversations?limit=0", ""); got.status != 422 {
		t.Errorf("limit 0: got %d %s, want 422", got.status, got.raw)
	}
	if got := h.call(key, "GET", base+"/conversations?cursor=x", ""); got.status != 422 {
		t.Errorf("a made-up cursor: got %d %s, want 422", got.status, got.raw)
	}
	if got := h.call(key, "GET", base+"/conversations?tap=mine", ""); got.status != 422 {
		t.Errorf("an unknown parameter: got %d %s, want 422", got.status, got.raw)
	}
	if got := h.call(key, "PUT", base+"/send/text", `{}`); got.status != 405 || got.code() != "method_not_allowed" {
		t.Errorf("PUT: got %d %s, want 405", got.status, got.raw)
	}
	if got := h.call(key, "GET", base+"/nothing", ""); got.status != 404 || got.code() != "not_found" {
		t.Errorf("an unknown address: got %d %s, want 404 and no page", got.status, got.raw)
	}
	h.logMu.Lock()
	defer h.logMu.Unlock()
	for _, secret := range []string{customer, "hello", key, "oops"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

func TestTheSameKeySendsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		n := h.tenants[0]
		h.write(n, customer, "wamid.in", "hello")
		body := fmt.Sprintf(`{"to":%q,"text":"once"}`, customer)
		ids := make([]string, 12)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				got := h.call(n.keys[account.Agent], "POST", base+"/send/text", body, "Idempotency-Key", "order-1042")
				if got.status != 202 {
					t.Errorf("got %d %s, want 202", got.status, got.raw)
				}
				ids[i] = got.text("message_id")
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("got messages %v for one key, want one", ids)
			}
		}
		spaced := h.call(n.keys[account.Agent], "POST", base+"/send/text", fmt.Sprintf(`{ "text": "once", "to": %q }`, customer), "Idempotency-Key", "order-1042")
		if spaced.text("message_id") != ids[0] {
			t.Errorf("got %s, want the same message: only the writing differs", spaced.raw)
		}
		h.want(h.call(n.keys[account.Agent], "POST", base+"/send/text", fmt.Sprintf(`{"to":%q,"text":"twice"}`, customer), "Idempotency-Key", "order-1042"), 409, "idempotency_mismatch")
		if history := h.call(n.keys[account.Agent], "GET", base+"/conversations/"+customer+"/history", ""); len(history.data()) != 2 {
			t.Errorf("got %d messages, want the customer's and one answer", len(history.data()))
		}
	})
}

func TestCancelBeforeItLeaves(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		n := h.tenants[0]
		h.write(n, customer, "wamid.in", "hello")
		key := n.keys[account.Agent]
		sent := h.call(key, "POST", base+"/send/text", fmt.Sprintf(`{"to":%q,"text":"oops","delay_seconds":5}`, customer))
		got := h.call(key, "POST", base+"/messages/"+sent.text("message_id")+"/cancel", "")
		if got.status != 200 || got.text("status") != "canceled" {
			t.Errorf("got %d %s, want it canceled", got.status, got.raw)
		}
		h.want(h.call(key, "POST", base+"/messages/wamid.in/cancel", ""), 409, "not_outbound")
		h.want(h.call(key, "POST", base+"/messages/wamid.in/release", ""), 409, "not_outbound")
		h.want(h.call(key, "POST", base+"/messages/msg_0000000000001/cancel", ""), 404, "message_unknown")
	})
}

func TestQueue(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		n := h.tenants[0]
		for i := range 3 {
			h.write(n, fmt.Sprintf("49451555020%d", i), fmt.Sprintf("wamid.q%d", i), "hello")
		}
		key := n.keys[account.Agent]
		seen := map[any]bool{}
		cursor := ""
		for pages := 0; ; pages++ {
			page := h.call(key, "GET", base+"/queue/pending?limit=2&cursor="+cursor, "")
			for _, c := range page.data() {
				seen[c.(map[string]any)["conversation_id"]] = true
			}
			next, more := page.json["next_cursor"].(string)
			if !more || pages > 3 {
				break
			}
			cursor = next
		}
		if len(seen) != 3 {
			t.Errorf("got %d conversations over the pages, want 3", len(seen))
		}
		who := "494515550200"
		h.want(h.call(key, "POST", base+"/queue/"+who+"/assign", ""), 422, "invalid_request")
		got := h.call(key, "POST", base+"/queue/"+who+"/assign", `{"person_id":"`+n.owner.ID.String()+`"}`)
		if assignee, _ := got.json["assignee"].(map[string]any); got.status != 200 || assignee["name"] != n.owner.Name || got.text("state") != "assigned" {
			t.Fatalf("got %d %s, want it assigned to the owner", got.status, got.raw)
		}
		cookie := h.cookie(n)
		mine := h.call("", "GET", base+"/conversations?tab=mine", "", "Cookie", cookie.Name+"="+cookie.Value)
		counts, _ := mine.json["counts"].(map[string]any)
		if len(mine.data()) != 1 || counts["mine"] != 1.0 || counts["unassigned"] != 2.0 || counts["all"] != 3.0 {
			t.Errorf("got %s, want one of three to be mine", mine.raw)
		}
		if got := h.call(key, "POST", base+"/queue/"+who+"/release", ""); got.text("state") != "waiting" {
			t.Errorf("got %s, want it waiting", got.raw)
		}
		if got := h.call(key, "POST", base+"/queue/"+who+"/close", ""); got.text("state") != "closed" || got.json["closed_at"] == nil {
			t.Errorf("got %s, want it closed", got.raw)
		}
		id := got.text("conversation_id")
		if same := h.call(key, "GET", base+"/conversations/"+id, ""); same.text("conversation_id") != id {
			t.Errorf("got %d %s, want the conversation by its own id", same.status, same.raw)
		}
		stranger := h.tenants[1].keys[account.Agent]
		h.want(h.call(stranger, "GET", base+"/conversations/"+id, ""), 404, "conversation_unknown")
		h.want(h.call(stranger, "GET", base+"/conversations/"+id+"/history", ""), 404, "conversation_unknown")
		h.want(h.call(stranger, "POST", base+"/queue/"+id+"/close", ""), 404, "conversation_unknown")
		read := h.call(key, "POST", base+"/conversations/494515550201/read", "")
		if read.status != 200 || read.json["unread"] != 0.0 {
			t.Errorf("got %d %s, want nothing unread", read.status, read.raw)
		}
	})
}

func TestNumbersAndTemplates(t *testing.T) {
	h := open(t, openSQLite(t))
	n := h.tenants[0]
	key := n.keys[account.Admin]
	profile := base + "/numbers/" + string(n.number.PhoneNumberID) + "/profile"
	if got := h.call(key, "PUT", profile, `{"about":"Bicycles since 1911","websites":["https://shop.example"]}`); got.status != 200 || got.text("about") != "Bicycles since 1911" {
		t.Errorf("got %d %s, want the profile as set", got.status, got.raw)
	}
	if got := h.call(key, "GET", profile, ""); got.status != 200 || got.text("about") != "Bicycles since 1911" {
		t.Errorf("got %d %s, want the profile from WhatsApp", got.status, got.raw)
	}
	if got := h.call(key, "GET", base+"/numbers", ""); got.status != 200 || !strings.Contains(string(got.raw), string(n.number.PhoneNumberID)) || strings.Contains(string(got.raw), "secret") {
		t.Errorf("got %d %s, want the number without its secrets", got.status, got.raw)
	}
	got := h.call(key, "GET", base+"/templates?status=APPROVED&language=en_US&q=hello", "")
	if len(got.data()) != 1 || got.data()[0].(map[string]any)["name"] != "hello_world" {
		t.Errorf("got %s, want hello_world", got.raw)
	}
	h.write(n, customer, "wamid.in", "hello")
	if got := h.call(key, "POST", base+"/messages/wamid.in/read", `{"typing":true}`); got.code() != "whatsapp_refused" {
		t.Errorf("got %d %s, want WhatsApp's refusal, since it never sent that message", got.status, got.raw)
	}
	h.want(h.call(key, "POST", base+"/messages/wamid.none/read", ""), 404, "message_unknown")
	if got := h.call(key, "POST", base+"/templates/sync", ""); got.status != 202 {
		t.Errorf("got %d %s, want 202", got.status, got.raw)
	}
	if got := h.call(key, "GET", base+"/metrics", ""); got.status != 200 || got.json["initialized"] != true || got.json["api_calls"].(float64) < 5 {
		t.Errorf("got %d %s, want the figures", got.status, got.raw)
	}
}
