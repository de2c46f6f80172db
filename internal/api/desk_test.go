package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
)

// asOwner calls with the session of a tenant's owner.
func (h *house) asOwner(n *tenant) func(method, path, body string) reply {
	h.t.Helper()
	cookie := h.cookie(n)
	return func(method, path, body string) reply {
		h.t.Helper()
		return h.call("", method, base+path, body, "Cookie", cookie.Name+"="+cookie.Value, "X-Kontor-Request", "1")
	}
}

func (h *house) ok(got reply, status int) reply {
	h.t.Helper()
	if got.status != status {
		h.t.Fatalf("got %d %s, want %d", got.status, got.raw, status)
	}
	return got
}

// ids are the members of that name of a list, joined.
func ids(r reply, name string) string {
	var out []string
	for _, e := range r.data() {
		out = append(out, fmt.Sprint(e.(map[string]any)[name]))
	}
	return strings.Join(out, " ")
}

func TestLabelsMarkAndNarrow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		admin, agent, other := one.keys[account.Admin], one.keys[account.Agent], two.keys[account.Admin]
		for n := range 3 {
			h.write(one, fmt.Sprint("49451555010", n), fmt.Sprint("wamid.", n), "hi")
		}
		vip := h.ok(h.call(agent, "POST", base+"/labels", `{"name":" VIP  customer ","colour":"#7C3AED"}`), 201)
		if vip.text("name") != "VIP customer" || vip.text("colour") != "#7c3aed" {
			t.Errorf("got %s, want it tidied up", vip.raw)
		}
		h.want(h.call(agent, "POST", base+"/labels", `{"name":"vip CUSTOMER","colour":"#000000"}`), 409, "label_exists")
		h.want(h.call(agent, "POST", base+"/labels", `{"name":"x","colour":"red"}`), 422, "invalid_label")
		late := h.ok(h.call(agent, "POST", base+"/labels", `{"name":"Late","colour":"#ff0000"}`), 201)
		set := func(phone string, labels ...string) reply {
			return h.ok(h.call(agent, "PUT", base+"/conversations/"+phone+"/labels", `{"label_ids":["`+strings.Join(labels, `","`)+`"]}`), 200)
		}
		got := set("494515550100", vip.text("label_id"), late.text("label_id"))
		labels := got.json["labels"].([]any)
		if len(labels) != 2 || labels[0].(map[string]any)["name"] != "Late" {
			t.Errorf("got %v, want both by name", labels)
		}
		set("494515550101", vip.text("label_id"))
		list := func(query string) int {
			return len(h.ok(h.call(agent, "GET", base+"/conversations?"+query, ""), 200).data())
		}
		for query, want := range map[string]int{
			"label=" + vip.text("label_id"): 2, "label=" + late.text("label_id"): 1, "": 3, "tab=closed&label=" + vip.text("label_id"): 0,
			"tab=unassigned&limit=1&label=" + vip.text("label_id"): 1, "team=none": 3, "unread=true": 3, "tab=closed&unread=true": 0, "assignee=" + one.owner.ID.String(): 0,
		} {
			if n := list(query); n != want {
				t.Errorf("%s: got %d, want %d", query, n, want)
			}
		}
		h.ok(h.call(agent, "POST", base+"/conversations/494515550100/read", ""), 200)
		if n := list("unread=true"); n != 2 {
			t.Errorf("got %d unread after one was read, want 2", n)
		}
		all := h.ok(h.call(agent, "GET", base+"/conversations?label="+vip.text("label_id"), ""), 200)
		bulk := h.ok(h.call(agent, "POST", base+"/conversations/bulk", fmt.Sprintf(`{"conversation_ids":["%s","cnv_0000000000002"],"do":"label","add":[%q],"remove":[%q]}`,
			strings.ReplaceAll(ids(all, "conversation_id"), " ", `","`), late.text("label_id"), vip.text("label_id"))), 200)
		results := bulk.json["results"].([]any)
		if len(results) != 3 || results[0].(map[string]any)["ok"] != true || results[2].(map[string]any)["code"] != "conversation_unknown" {
			t.Errorf("got %s, want two done and one unknown", bulk.raw)
		}
		h.ok(h.call(agent, "POST", base+"/conversations/bulk", fmt.Sprintf(`{"conversation_ids":["%s"],"do":"close"}`, strings.ReplaceAll(ids(all, "conversation_id"), " ", `","`))), 200)
		if open, closed := list("label="+late.text("label_id")), list("tab=closed&label="+late.text("label_id")); open != 0 || closed != 2 {
			t.Errorf("got %d open and %d closed, want 0 and 2", open, closed)
		}

		// Another tenant, and those who may not.
		id := late.text("label_id")
		h.want(h.call(other, "PATCH", base+"/labels/"+id, `{"name":"mine"}`), 404, "label_unknown")
		h.want(h.call(other, "DELETE", base+"/labels/"+id, ""), 404, "label_unknown")
		h.want(h.call(other, "PUT", base+"/conversations/494515550100/labels", `{"label_ids":[]}`), 404, "conversation_unknown")
		h.write(two, "494515550100", "wamid.two", "hi")
		h.want(h.call(other, "PUT", base+"/conversations/494515550100/labels", `{"label_ids":["`+id+`"]}`), 404, "label_unknown")
		if got := h.call(other, "GET", base+"/labels", ""); len(got.data()) != 0 {
			t.Errorf("got %s for another tenant, want none", got.raw)
		}
		if got := h.call(other, "GET", base+"/conversations?tab=closed&label="+id, ""); got.status != 200 || len(got.data()) != 0 {
			t.Errorf("got %s for another tenant, want none", got.raw)
		}
		h.want(h.call(agent, "DELETE", base+"/labels/"+id, ""), 403, "forbidden")
		h.ok(h.call(admin, "PATCH", base+"/labels/"+id, `{"name":"Too late"}`), 200)
		h.want(h.call(admin, "PATCH", base+"/labels/"+id, `{"name":"VIP customer"}`), 409, "label_exists")
		h.ok(h.call(admin, "DELETE", base+"/labels/"+id, ""), 204)
		if got := h.ok(h.call(agent, "GET", base+"/conversations/494515550100", ""), 200); len(got.json["labels"].([]any)) != 0 {
			t.Errorf("got %s, want the label gone", got.raw)
		}
	})
}

func TestNotesStandBetweenMessages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		me, other := h.asOwner(one), h.asOwner(two)
		const phone = "494515550100"
		var order []string // all entries, as they came
		message := func(n int) {
			h.write(one, phone, fmt.Sprint("wamid.", n), fmt.Sprint("message ", n))
			order = append(order, ids(h.ok(me("GET", "/conversations/"+phone+"/history?order=desc&limit=1", ""), 200), "message_id"))
		}
		note := func(body string) reply {
			r := h.ok(me("POST", "/conversations/"+phone+"/notes", body), 201)
			order = append(order, r.text("note_id"))
			return r
		}
		message(1)
		first := note(`{"text":" calls back at nine ","mentions":["` + one.owner.ID.String() + `"]}`)
		message(2)
		note(`{"text":"has called"}`)
		note(`{"text":"again"}`)
		message(3)
		if first.text("text") != "calls back at nine" || first.json["author"].(map[string]any)["name"] != "Ida of default" || len(first.json["mentions"].([]any)) != 1 {
			t.Errorf("got %s, want the text, its author and whom it names", first.raw)
		}

		read := func(path string) string { return ids(h.ok(me("GET", "/conversations/"+phone+path, ""), 200), "id") }
		forward := strings.Join(order, " ")
		if got := read("/timeline"); got != forward {
			t.Errorf("got %s, want %s", got, forward)
		}
		// In pages, in both directions, from wherever one begins.
		for _, direction := range []string{"asc", "desc"} {
			want := append([]string(nil), order...)
			if direction == "desc" {
				for i, j := 0, len(want)-1; i < j; i, j = i+1, j-1 {
					want[i], want[j] = want[j], want[i]
				}
			}
			for limit := 1; limit <= 4; limit++ {
				for _, start := range append([]string{""}, order...) {
					query := fmt.Sprintf("/conversations/%s/timeline?order=%s&limit=%d", phone, direction, limit)
					page := h.ok(me("GET", query+map[bool]string{true: "&around=" + start}[start != ""], ""), 200)
					if start != "" && !strings.Contains(ids(page, "id"), start) {
						t.Errorf("%s around %s: got %s", query, start, page.raw)
					}
					var got []string
					for p, more := page, true; more; {
						got = append(got, strings.Fields(ids(p, "id"))...)
						var next string
						if next, more = p.json["next_cursor"].(string); more {
							p = h.ok(me("GET", query+"&cursor="+next, ""), 200)
						}
					}
					for p := page; ; {
						previous, more := p.json["previous_cursor"].(string)
						if !more {
							break
						}
						p = h.ok(me("GET", query+"&cursor="+previous, ""), 200)
						got = append(strings.Fields(ids(p, "id")), got...)
					}
					if strings.Join(got, " ") != strings.Join(want, " ") {
						t.Errorf("%s around %q: got %v, want %v", query, start, got, want)
					}
				}
			}
		}
		when := h.ok(me("GET", "/messages/"+order[2], ""), 200).text("stored_at")
		if got := strings.Fields(ids(h.ok(me("GET", "/conversations/"+phone+"/history?limit=1&at="+when, ""), 200), "message_id")); len(got) != 1 || got[0] > order[2] {
			t.Errorf("got %v at %s, want %s", got, when, order[2])
		}
		late := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		if got := h.ok(me("GET", "/conversations/"+phone+"/timeline?order=desc&limit=1&at="+late, ""), 200); ids(got, "id") != order[len(order)-1] {
			t.Errorf("got %s, want the newest before a moment to come", got.raw)
		}
		if got := h.ok(me("GET", "/conversations/"+phone+"/timeline?at="+late, ""), 200); len(got.data()) != 0 || got.json["previous_cursor"] == nil {
			t.Errorf("got %s, want nothing, and the way back", got.raw)
		}
		h.want(me("GET", "/conversations/"+phone+"/history?around="+order[0]+"&at="+late, ""), 422, "invalid_request")
		h.want(me("GET", "/conversations/"+phone+"/history?around=msg_0000000000002", ""), 404, "message_unknown")

		// History is of messages alone, whoever asks.
		if got := h.ok(me("GET", "/conversations/"+phone+"/history", ""), 200); strings.Contains(string(got.raw), "called") || len(got.data()) != 3 {
			t.Errorf("got %s, want three messages and no note", got.raw)
		}
		id := first.text("note_id")
		for _, path := range []string{"/messages/" + id, "/messages/msg_" + strings.TrimPrefix(id, "nte_")} {
			if got := me("GET", path, ""); got.status != http.StatusNotFound {
				t.Errorf("%s: got %d %s, want that it is no message", path, got.status, got.raw)
			}
		}
		h.want(h.call(one.keys[account.Agent], "POST", base+"/conversations/"+phone+"/notes", `{"text":"hi"}`), 409, "not_a_person")
		h.want(h.call(one.keys[account.Agent], "PATCH", base+"/notes/"+id, `{"text":"hi"}`), 403, "not_your_note")
		h.want(me("POST", "/conversations/"+phone+"/notes", `{"text":"  "}`), 422, "invalid_note")
		h.want(me("POST", "/conversations/"+phone+"/notes", `{"text":"hi","mentions":["`+two.owner.ID.String()+`"]}`), 404, "person_not_found")

		mentions := h.ok(me("GET", "/mentions?unseen=true", ""), 200)
		if len(mentions.data()) != 1 || mentions.data()[0].(map[string]any)["conversation"].(map[string]any)["conversation_id"] == nil {
			t.Errorf("got %s, want the one note that names me", mentions.raw)
		}
		h.ok(me("POST", "/mentions/seen", `{"note_ids":["`+id+`"]}`), 204)
		if got := h.ok(me("GET", "/mentions?unseen=true", ""), 200); len(got.data()) != 0 {
			t.Errorf("got %s, want none unseen", got.raw)
		}

		// Another tenant.
		h.want(other("PATCH", "/notes/"+id, `{"text":"mine"}`), 404, "note_unknown")
		h.want(other("DELETE", "/notes/"+id, ""), 404, "note_unknown")
		for _, path := range []string{"/notes", "/timeline", "/media", "/history"} {
			h.want(other("GET", "/conversations/"+phone+path, ""), 404, "conversation_unknown")
		}
		h.want(other("POST", "/conversations/"+phone+"/notes", `{"text":"hi"}`), 404, "conversation_unknown")
		conversation := first.text("conversation_id")
		for _, path := range []string{"/notes", "/timeline", "/media"} {
			h.want(other("GET", "/conversations/"+conversation+path, ""), 404, "conversation_unknown")
		}
		for _, call := range []string{"POST /unread", "POST /snooze", "DELETE /snooze", "PUT /automation"} {
			method, path, _ := strings.Cut(call, " ")
			h.want(other(method, "/conversations/"+conversation+path, validBody(method+" /conversations/{phone}"+path)), 404, "conversation_unknown")
		}
		h.want(other("POST", "/queue/"+conversation+"/reopen", ""), 404, "conversation_unknown")
		h.want(other("POST", "/queue/"+conversation+"/transfer", `{"team":"none"}`), 404, "conversation_unknown")
		h.want(other("POST", "/queue/"+conversation+"/transfer", `{"person_id":"`+one.owner.ID.String()+`"}`), 404, "person_not_found")

		h.ok(me("PATCH", "/notes/"+id, `{"text":"calls back at ten"}`), 200)
		h.ok(me("DELETE", "/notes/"+order[3], ""), 204)
		if got := h.ok(me("GET", "/conversations/"+phone+"/notes", ""), 200); ids(got, "text") != "again calls back at ten" {
			t.Errorf("got %s, want what is left, newest first", got.raw)
		}
		if got := h.ok(me("GET", "/mentions", ""), 200); len(got.data()) != 0 {
			t.Errorf("got %s, want nobody named any more", got.raw)
		}
	})
}

func TestFilesOfAConversation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one := h.tenants[0]
		agent := one.keys[account.Agent]
		h.write(one, "494515550100", "wamid.1", "hi")
		for _, send := range []string{"image", "document", "image"} {
			h.ok(h.call(agent, "POST", base+"/send/"+send, `{"to":"494515550100","`+send+`":{"link":"https://shop.example/file"}}`), 202)
		}
		if got := h.ok(h.call(agent, "GET", base+"/conversations/494515550100/media", ""), 200); ids(got, "type") != "image document image" {
			t.Errorf("got %s, want the three files, newest first", got.raw)
		}
		page := h.ok(h.call(agent, "GET", base+"/conversations/494515550100/media?kind=image&limit=1", ""), 200)
		next := h.ok(h.call(agent, "GET", base+"/conversations/494515550100/media?kind=image&limit=1&cursor="+page.text("next_cursor"), ""), 200)
		if ids(page, "type")+ids(next, "type") != "imageimage" || next.json["next_cursor"] != nil || ids(page, "message_id") == ids(next, "message_id") {
			t.Errorf("got %s then %s, want two images on two pages", page.raw, next.raw)
		}
	})
}

func TestSettingsAndAutomation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one := h.tenants[0]
		me, admin := h.asOwner(one), one.keys[account.Admin]
		h.write(one, "494515550100", "wamid.1", "hi")
		if got := h.ok(h.call(admin, "GET", base+"/inbox-settings", ""), 200); got.json["pause_minutes"] != 720.0 || got.json["reopen_hours"] != 0.0 {
			t.Errorf("got %s, want what is built in", got.raw)
		}
		h.ok(h.call(admin, "PUT", base+"/inbox-settings", `{"reopen_hours":48,"pause_minutes":5}`), 200)
		if got := h.ok(h.call(admin, "GET", base+"/inbox-settings", ""), 200); got.json["pause_minutes"] != 5.0 || got.json["reopen_hours"] != 48.0 {
			t.Errorf("got %s, want what was set", got.raw)
		}
		state := func() map[string]any {
			return h.ok(me("GET", "/conversations/494515550100", ""), 200).json["automation"].(map[string]any)
		}
		h.ok(h.call(admin, "POST", base+"/send/text", `{"to":"494515550100","text":"by a program"}`), 202)
		if a := state(); a["state"] != "auto" || a["by"] != nil {
			t.Errorf("got %v, want programs to go on", a)
		}
		h.ok(me("POST", "/send/text", `{"to":"494515550100","text":"by a person"}`), 202)
		if a := state(); a["state"] != "paused" || a["until"] == nil || a["by"].(map[string]any)["name"] != "Ida of default" {
			t.Errorf("got %v, want it paused by her", a)
		}
		h.ahead.Add(int64(61 * time.Minute))
		if a := state(); a["state"] != "auto" || a["until"] != nil {
			t.Errorf("got %v, want the pause over", a)
		}
		h.ok(me("PUT", "/conversations/494515550100/automation", `{"state":"paused","minutes":30}`), 200)
		h.ok(me("PUT", "/conversations/494515550100/automation", `{"state":"off"}`), 200)
		if a := state(); a["state"] != "off" {
			t.Errorf("got %v, want it off", a)
		}
		h.want(me("PUT", "/conversations/494515550100/automation", `{"state":"paused"}`), 422, "invalid_automation")
		h.want(me("PUT", "/conversations/494515550100/automation", `{"state":"paused","minutes":5,"until":"2030-01-01T00:00:00Z"}`), 422, "invalid_request")
	})
}
