package api_test

import (
	"fmt"
	"strings"
	"testing"

	"kontor/internal/account"
	"kontor/internal/wa"
)

func TestDraftsStayUntilTheyAreSent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		me, phone, laptop, other := h.asOwner(one), h.asOwner(one), h.asOwner(one), h.asOwner(two)
		const path = "/conversations/494515550100/draft"
		h.write(one, "494515550100", "wamid.1", "hi")
		h.want(me("GET", path, ""), 404, "no_draft")
		message := ids(h.ok(me("GET", "/conversations/494515550100/history", ""), 200), "message_id")
		// What it answers is a message of this conversation, or nothing is kept.
		h.write(one, "494515550101", "wamid.2", "hi")
		elsewhere := ids(h.ok(me("GET", "/conversations/494515550101/history", ""), 200), "message_id")
		for _, wrong := range []string{elsewhere, wa.MessageID(1).String()} {
			h.want(me("PUT", path, `{"text":"Dear Carla","reply_to":"`+wrong+`"}`), 422, "invalid_draft")
		}
		h.want(me("GET", path, ""), 404, "no_draft")
		h.ok(phone("PUT", path, `{"text":"Dear Carla, ","reply_to":"`+message+`"}`), 200)
		if got := h.ok(laptop("GET", path, ""), 200); got.text("text") != "Dear Carla, " || got.text("reply_to") != message || got.text("mode") != "reply" {
			t.Errorf("got %s on another device, want what was begun", got.raw)
		}
		id := ids(h.ok(me("GET", "/drafts", ""), 200), "conversation_id")
		if id == "" || strings.Contains(id, " ") {
			t.Errorf("got drafts in %q, want the one", id)
		}
		// A note does not take a reply away, a program's message neither.
		h.ok(me("POST", "/conversations/494515550100/notes", `{"text":"aside"}`), 201)
		h.ok(h.call(one.keys[account.Agent], "POST", base+"/send/text", `{"to":"494515550100","text":"by a program"}`), 202)
		h.ok(me("GET", path, ""), 200)
		h.ok(laptop("POST", "/send/text", `{"to":"494515550100","text":"Dear Carla, yes."}`), 202)
		h.want(phone("GET", path, ""), 404, "no_draft")

		h.ok(me("PUT", path, `{"text":"colleagues","mode":"note"}`), 200)
		h.ok(me("POST", "/send/text", `{"to":"494515550100","text":"meanwhile"}`), 202)
		if got := h.ok(me("GET", path, ""), 200); got.text("mode") != "note" {
			t.Errorf("got %s, want the note that was begun", got.raw)
		}
		h.ok(me("POST", "/conversations/494515550100/notes", `{"text":"colleagues!"}`), 201)
		h.want(me("GET", path, ""), 404, "no_draft")
		h.ok(me("PUT", path, `{"text":"again"}`), 200)
		h.ok(me("PUT", path, `{"text":""}`), 200)
		h.want(me("GET", path, ""), 404, "no_draft")
		h.ok(me("DELETE", path, ""), 204)
		h.want(me("PUT", path, `{"text":"`+strings.Repeat("x", 4097)+`"}`), 422, "invalid_draft")

		h.ok(me("PUT", path, `{"text":"mine"}`), 200)
		h.want(h.call(one.keys[account.Admin], "GET", base+path, ""), 409, "not_a_person")
		h.want(other("GET", "/conversations/"+id+"/draft", ""), 404, "no_draft")
		h.want(other("PUT", "/conversations/"+id+"/draft", `{"text":"theirs"}`), 404, "conversation_unknown")
		h.ok(other("DELETE", "/conversations/"+id+"/draft", ""), 204)
		h.ok(me("GET", path, ""), 200)
	})
}

func TestQuickRepliesAreFoundAndFilled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		me, agent, other := h.asOwner(one), one.keys[account.Agent], h.asOwner(two)
		h.write(one, "494515550100", "wamid.1", "hi")
		conversation := h.ok(me("GET", "/conversations/494515550100", ""), 200).text("conversation_id")
		if _, err := h.accounts.EnsureTeam(t.Context(), one.ws.ID, "repairs", "Repairs"); err != nil {
			t.Fatal(err)
		}
		made := map[string]string{}
		for _, r := range []struct{ scope, team, shortcut, text string }{
			{"workspace", "", "hours", "We open at nine, {{contact.first_name}}."}, {"person", "", "bye", "Yours, {{agent.first_name}} of {{workspace.name}} {{ order.number }}, {{order.number}}"},
			{"team", "repairs", "screen", "A new screen takes two hours."}, {"person", "", "hours", "My own hours"},
		} {
			got := h.ok(me("POST", "/quick-replies", fmt.Sprintf(`{"scope":%q,"team":%q,"shortcut":%q,"text":%q}`, r.scope, r.team, r.shortcut, r.text)), 201)
			made[r.scope+" "+r.shortcut] = got.text("quick_reply_id")
		}
		h.want(me("POST", "/quick-replies", `{"scope":"workspace","shortcut":"/Hours","text":"x"}`), 409, "shortcut_exists")
		h.want(me("POST", "/quick-replies", `{"scope":"workspace","shortcut":"two words","text":"x"}`), 422, "invalid_quick_reply")
		h.want(me("POST", "/quick-replies", `{"scope":"team","team":"nobody","shortcut":"x","text":"x"}`), 404, "team_not_found")
		for query, want := range map[string]string{
			"": "bye hours hours screen", "?q=/ho": "hours hours screen", "?q=HOURS&scope=person": "hours", "?q=nowhere": "", "?scope=team": "screen",
			"?conversation=" + conversation: "bye hours hours", "?q=own": "hours",
		} {
			if got := ids(h.ok(me("GET", "/quick-replies"+query, ""), 200), "shortcut"); got != want {
				t.Errorf("%s: got %q, want %q", query, got, want)
			}
		}
		filled := h.ok(me("GET", "/quick-replies?conversation="+conversation, ""), 200)
		bye := filled.data()[0].(map[string]any)
		if bye["filled"] != "Yours, Ida of The default house {{ order.number }}, {{order.number}}" || fmt.Sprint(bye["blanks"]) != "[order.number]" {
			t.Errorf("got %v, want it filled but for the order", bye)
		}
		if got := ids(filled, "filled"); !strings.Contains(got, "We open at nine, Carla.") {
			t.Errorf("got %q, want the customer's first name", got)
		}
		// What is somebody's own is nobody else's, and what is for all not everybody's to change.
		if got := ids(h.ok(h.call(agent, "GET", base+"/quick-replies", ""), 200), "shortcut"); got != "hours screen" {
			t.Errorf("got %q for a program, want what is for all", got)
		}
		h.want(h.call(agent, "POST", base+"/quick-replies", `{"scope":"workspace","shortcut":"x","text":"x"}`), 403, "forbidden")
		h.want(h.call(agent, "PATCH", base+"/quick-replies/"+made["workspace hours"], `{"text":"x"}`), 403, "forbidden")
		h.want(h.call(one.keys[account.Admin], "DELETE", base+"/quick-replies/"+made["person bye"], ""), 409, "not_a_person")
		h.want(other("PATCH", "/quick-replies/"+made["workspace hours"], `{"text":"x"}`), 404, "quick_reply_unknown")
		h.want(other("DELETE", "/quick-replies/"+made["person bye"], ""), 404, "quick_reply_unknown")
		h.want(other("GET", "/quick-replies?conversation="+conversation, ""), 404, "conversation_unknown")
		if got := ids(h.ok(other("GET", "/quick-replies", ""), 200), "shortcut"); got != "" {
			t.Errorf("got %q for another tenant, want none", got)
		}
		h.ok(me("PATCH", "/quick-replies/"+made["person bye"], `{"shortcut":"farewell"}`), 200)
		h.want(me("PATCH", "/quick-replies/"+made["person bye"], `{"shortcut":"hours"}`), 409, "shortcut_exists")
		h.ok(me("DELETE", "/quick-replies/"+made["person bye"], ""), 204)
	})
}
