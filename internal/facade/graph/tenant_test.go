package graph_test

import (
	"strings"
	"testing"

	"kontor/internal/account"
)

// everything is each call of the gateway with ids in place of {number},
// {account}, {template} and {media}.
var everything = strings.Fields(`
	GET:/{number} POST:/{number} POST:/{number}/messages POST:/{number}/media GET:/{number}/settings POST:/{number}/settings
	POST:/{number}/register POST:/{number}/deregister POST:/{number}/request_code POST:/{number}/verify_code
	GET:/{number}/whatsapp_business_profile POST:/{number}/whatsapp_business_profile
	GET:/{number}/whatsapp_commerce_settings POST:/{number}/whatsapp_commerce_settings
	GET:/{number}/conversational_automation POST:/{number}/conversational_automation
	GET:/{number}/message_qrdls POST:/{number}/message_qrdls DELETE:/{number}/message_qrdls/X GET:/{number}/message_qrdls/X
	GET:/{number}/block_users POST:/{number}/block_users DELETE:/{number}/block_users
	GET:/{number}/whatsapp_business_encryption POST:/{number}/whatsapp_business_encryption
	GET:/{number}/username POST:/{number}/username DELETE:/{number}/username GET:/{number}/username_suggestions
	GET:/{number}/business_compliance_info POST:/{number}/business_compliance_info
	GET:/{number}/official_business_account POST:/{number}/official_business_account
	GET:/{account} POST:/{account} GET:/{account}/phone_numbers GET:/{account}/message_templates POST:/{account}/message_templates
	DELETE:/{account}/message_templates GET:/{account}/message_templates/{template} POST:/{account}/upsert_message_templates
	GET:/{account}/message_template_previews GET:/{account}/template_analytics GET:/{account}/flows POST:/{account}/flows
	GET:/{account}/subscribed_apps POST:/{account}/subscribed_apps DELETE:/{account}/subscribed_apps
	GET:/{template} POST:/{template} POST:/{template}/unpause GET:/{template}/compare?template_ids={template}
	GET:/{media} DELETE:/{media}`)

// Another workspace's ids are as unknown as those that do not exist: nothing of
// them is told, and nothing reaches any provider but questions with the
// caller's own token.
func TestAnotherWorkspacesIdsAreUnknown(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		media := h.call(h.otherKey, "POST", "/v25.0/"+other+"/media", newUpload(t, png, "messaging_product", "whatsapp", "@", "image/png")).wants(200, 0).text("id")
		// The provider would answer: the tokens of both may see everything.
		for _, id := range []string{other, account2, theirs} {
			h.graph.answers("GET /"+id, 200, `{"id":"`+id+`","name":"secret","language":"en_US","whatsapp_business_account":{"id":"`+account2+`"}}`)
		}
		h.graph.forget()
		ids := strings.NewReplacer("{number}", other, "{account}", account2, "{template}", theirs, "{media}", media)
		for _, c := range everything {
			method, path, _ := strings.Cut(ids.Replace(c), ":")
			var body any
			if method == "POST" {
				body = `{"messaging_product":"whatsapp","to":"4915510000001","text":{"body":"x"}}`
			}
			got := h.call(h.key, method, "/v25.0"+path, body)
			if got.status != 400 || got.code() != 100 || got.dig("error.error_subcode") != float64(33) || strings.Contains(string(got.raw), "secret") {
				t.Errorf("%s: got %d %s, want 100 with 33", c, got.status, got.raw)
			}
		}
		// In places of a call of one's own, too.
		h.get("/"+greeting+"/compare?template_ids="+greeting+","+theirs).wants(400, 100)
		h.get("/"+account1+"/message_templates/"+theirs).wants(400, 100)
		h.post("/"+phone+"/messages", `{`+to+`"type":"image","image":{"id":"`+media+`"}}`).wants(400, 100)
		for _, s := range h.graph.calls("") {
			if s.method != "GET" || s.token == "Bearer "+token2 {
				t.Errorf("%s %s reached the provider with %q", s.method, s.path, s.token)
			}
		}
	})
}

// What a role may do is the same here as in Kontor's own API.
func TestRoles(t *testing.T) {
	h := open(t, "")
	media := h.post("/"+phone+"/media", newUpload(t, png, "messaging_product", "whatsapp", "@", "image/png")).text("id")
	h.graph.forget()
	ids := strings.NewReplacer("{number}", phone, "{account}", account1, "{template}", greeting, "{media}", media)
	agent, auditor := h.keyOf(h.app.Workspace.ID, account.Agent), h.keyOf(h.app.Workspace.ID, account.Auditor)
	agents := map[string]bool{ // changes that somebody who only writes may make
		"POST:/{number}/messages": true, "POST:/{number}/media": true, "POST:/{number}/block_users": true, "DELETE:/{number}/block_users": true, "DELETE:/{media}": true,
	}
	for _, c := range everything {
		method, path, _ := strings.Cut(ids.Replace(c), ":")
		if method == "GET" {
			continue
		}
		if got := h.call(auditor, method, "/v25.0"+path, nil); got.status != 403 || got.code() != 10 {
			t.Errorf("%s by an auditor: got %d %s, want 403 with 10", c, got.status, got.raw)
		}
		if agents[c] {
			continue
		}
		if got := h.call(agent, method, "/v25.0"+path, nil); got.status != 403 || got.code() != 10 {
			t.Errorf("%s by an agent: got %d %s, want 403 with 10", c, got.status, got.raw)
		}
	}
	for _, s := range h.graph.calls("") {
		if s.method != "GET" {
			t.Errorf("%s %s reached the provider", s.method, s.path)
		}
	}
}

// An account that two workspaces share shows neither the other's numbers nor
// figures that count them.
func TestASharedAccount(t *testing.T) {
	h := open(t, "")
	n, _ := h.app.Numbers.ByPhoneNumberID(other)
	shared := *n
	shared.WABAID = account1
	if _, err := h.app.Numbers.Connect(t.Context(), shared); err != nil {
		t.Fatal(err)
	}
	h.graph.answers("GET /"+account1, 200, `{"id":"`+account1+`","analytics":{"data_points":[]}}`)
	h.get("/"+account1+"?fields=analytics.start(1).end(2).granularity(DAY)").wants(403, 10)
	h.get("/"+account1+"?fields=id,name").wants(200, 0)
}
