package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"kontor/internal/account"
	"kontor/internal/api"
)

// contract is every call of API.md.
var contract = []string{
	"POST /send/text", "POST /send/template", "POST /send/buttons", "POST /send/list", "POST /send/cta_url", "POST /send/image", "POST /send/document",
	"POST /send/audio", "POST /send/video", "POST /send/sticker", "POST /send/location", "POST /send/contacts", "POST /send/reaction",
	"GET /messages", "GET /messages/{id}", "POST /messages/{id}/cancel", "POST /messages/{id}/release", "POST /messages/{id}/read",
	"GET /conversations", "GET /conversations/{phone}", "GET /conversations/{phone}/history", "GET /search", "POST /conversations/{phone}/read",
	"GET /conversations/{phone}/timeline", "GET /conversations/{phone}/media", "POST /conversations/{phone}/unread", "POST /conversations/{phone}/snooze",
	"DELETE /conversations/{phone}/snooze", "PUT /conversations/{phone}/automation", "PUT /conversations/{phone}/labels", "POST /conversations/{phone}/notes",
	"GET /conversations/{phone}/notes", "POST /conversations/bulk", "GET /labels", "POST /labels", "PATCH /labels/{id}", "DELETE /labels/{id}",
	"PATCH /notes/{id}", "DELETE /notes/{id}", "GET /mentions", "POST /mentions/seen", "GET /inbox-settings", "PUT /inbox-settings",
	"GET /quick-replies", "POST /quick-replies", "PATCH /quick-replies/{id}", "DELETE /quick-replies/{id}",
	"GET /routing", "GET /routing/{team}", "PUT /routing/{team}", "GET /agents", "PUT /agents/{person}",
	"GET /presence", "GET /queue/overview", "POST /conversations/{phone}/presence", "GET /drafts", "GET /conversations/{phone}/draft", "PUT /conversations/{phone}/draft", "DELETE /conversations/{phone}/draft",
	"POST /queue/{phone}/reopen", "POST /queue/{phone}/transfer",
	"GET /queue/pending", "POST /queue/{phone}/assign", "POST /queue/{phone}/close", "POST /queue/{phone}/release",
	"POST /media", "GET /media/{id}", "HEAD /media/{id}", "GET /templates", "POST /templates/sync",
	"GET /numbers", "GET /numbers/{phone_number_id}/profile", "PUT /numbers/{phone_number_id}/profile", "POST /numbers/{phone_number_id}/resume", "GET /usage",
	"GET /people", "PATCH /people/{id}", "POST /people/{id}/deactivate", "POST /people/{id}/reactivate",
	"GET /invitations", "POST /invitations", "DELETE /invitations/{id}",
	"GET /teams", "POST /teams", "PATCH /teams/{id}", "PUT /teams/{id}/members", "DELETE /teams/{id}",
	"POST /me/password", "POST /me/totp", "POST /me/totp/confirm", "POST /me/totp/remove", "POST /me/recovery-codes",
	"GET /me/sessions", "DELETE /me/sessions/{id}", "POST /me/sessions/end-others",
	"GET /me/passkeys", "POST /me/passkeys/begin", "POST /me/passkeys", "PATCH /me/passkeys/{id}", "DELETE /me/passkeys/{id}", "POST /me/sso", "DELETE /me/sso",
	"GET /me", "PATCH /me", "GET /workspace", "PATCH /workspace", "POST /keys", "GET /keys", "DELETE /keys/{id}",
	"POST /subscriptions", "GET /subscriptions", "GET /subscriptions/{id}", "PATCH /subscriptions/{id}", "DELETE /subscriptions/{id}", "POST /subscriptions/{id}/secret",
	"POST /subscriptions/{id}/enable", "POST /subscriptions/{id}/test", "POST /subscriptions/{id}/redeliver", "GET /subscriptions/{id}/deliveries",
	"GET /subscriptions/{id}/deliveries/{delivery}", "POST /subscriptions/{id}/deliveries/{delivery}/redeliver",
	"PUT /orders/{id}", "GET /orders/{id}", "GET /orders", "DELETE /orders/{id}", "GET /orders/{id}/timeline", "GET /orders/{id}/history",
	"POST /orders/{id}/messages", "POST /orders/{id}/link", "POST /orders/{id}/preview", "GET /order-statuses", "PUT /order-statuses",
	"POST /panel-tokens", "DELETE /panel-tokens/{id}", "GET /panel-origins", "PUT /panel-origins",
	"GET /panel", "GET /panel/history", "GET /panel/templates", "POST /panel/messages", "POST /panel/files", "GET /panel/messages/{id}/file", "GET /panel/events",
	"GET /quarantine", "GET /webhooks", "POST /webhooks/replay", "GET /metrics", "GET /events", "POST /signout",
}

// entrance is every call for those who are not in yet.
var entrance = []string{
	"GET /signin/methods", "GET /setup", "POST /setup", "POST /signin/password", "POST /signin/second", "POST /signin/passkey/begin", "POST /signin/passkey",
	"POST /password/forgot", "POST /password/look", "POST /password/reset", "POST /invitations/look", "POST /invitations/accept",
}

type document struct {
	OpenAPI string                               `json:"openapi"`
	Paths   map[string]map[string]map[string]any `json:"paths"`
	Parts   struct {
		Schemas map[string]struct{ Properties map[string]map[string]any }
	} `json:"components"`
}

func TestTheDocumentListsEveryCall(t *testing.T) {
	h := open(t, openSQLite(t))
	var d document
	if err := json.Unmarshal(h.call("", "GET", "/openapi.json", "").raw, &d); err != nil {
		t.Fatal(err)
	}
	if d.OpenAPI != "3.1.0" {
		t.Errorf("got OpenAPI %q, want 3.1.0", d.OpenAPI)
	}
	documented := 0
	for _, item := range d.Paths {
		documented += len(item)
	}
	if want := len(contract) + len(entrance); documented != want {
		t.Errorf("the document has %d calls, want the %d of the contract", documented, want)
	}
	ids := map[any]bool{}
	for _, call := range append(slices.Clone(contract), entrance...) {
		method, path, _ := strings.Cut(call, " ")
		op := d.Paths[api.Base+path][strings.ToLower(method)]
		if op == nil {
			t.Errorf("%s is not in the document", call)
			continue
		}
		if op["summary"] == "" || op["summary"] == nil || op["operationId"] == nil || ids[op["operationId"]] {
			t.Errorf("%s: got summary %v and operationId %v, want both, and the id once", call, op["summary"], op["operationId"])
		}
		ids[op["operationId"]] = true
		if op["description"] == nil {
			t.Errorf("%s has no description", call)
		}
		if answers, _ := op["responses"].(map[string]any); answers["default"] == nil {
			t.Errorf("%s does not document its refusals", call)
		}
	}
	for name, schema := range d.Parts.Schemas {
		for member, property := range schema.Properties {
			if property["description"] == nil && property["$ref"] == nil {
				t.Errorf("%s.%s has no description", name, member)
			}
		}
	}
	if _, ok := d.Parts.Schemas["Problem"].Properties["code"]; !ok {
		t.Error("Problem with its code is not among the schemas")
	}
	if _, ok := d.Parts.Schemas["ErrorModel"]; ok {
		t.Error("the framework's own error is among the schemas: two shapes for one thing")
	}
}

func address(call string) (method, path string) {
	method, path, _ = strings.Cut(call, " ")
	return method, api.Base + strings.NewReplacer("{id}", "msg_0000000000001", "{phone}", "494515550100", "{phone_number_id}", "1", "{delivery}", "dlv_0000000000001", "{team}", "tea_0000000000001", "{person}", "per_0000000000001").Replace(path)
}

func TestEveryCallRefusesStrangers(t *testing.T) {
	h := open(t, openSQLite(t))
	for _, call := range contract {
		method, path := address(call)
		for name, headers := range map[string][]string{
			"nothing":        nil,
			"unknown key":    {"Authorization", "Bearer kontor_" + strings.Repeat("x", 43)},
			"short key":      {"Authorization", "Bearer x"},
			"other scheme":   {"Authorization", "Basic " + h.tenants[0].keys[account.Admin]},
			"unknown cookie": {"Cookie", "kontor_session=" + strings.Repeat("x", 43), "X-Kontor-Request", "1"},
		} {
			got := h.call("", method, path, "", headers...)
			if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %s: got %d (%s), want 401", call, name, got.status, got.raw)
			}
			if method != "HEAD" && (got.code() == "" || got.text("request_id") != got.header.Get("X-Request-Id") || got.header.Get("Content-Type") != "application/problem+json") {
				t.Errorf("%s with %s: got %s, want a problem with code and request id", call, name, got.raw)
			}
		}
	}
}

// ofEverybody are the calls that ask for no right, and why.
var ofEverybody = map[string]string{
	"GET /me": oneself, "PATCH /me": oneself, "POST /me/password": oneself, "POST /me/totp": oneself, "POST /me/totp/confirm": oneself, "POST /me/totp/remove": oneself,
	"POST /me/recovery-codes": oneself, "GET /me/sessions": oneself, "DELETE /me/sessions/{id}": oneself, "POST /me/sessions/end-others": oneself, "POST /signout": oneself,
	"GET /me/passkeys": oneself, "POST /me/passkeys/begin": oneself, "POST /me/passkeys": oneself, "PATCH /me/passkeys/{id}": oneself, "DELETE /me/passkeys/{id}": oneself, "POST /me/sso": oneself, "DELETE /me/sso": oneself,
	"GET /panel": framed, "GET /panel/history": framed, "GET /panel/templates": framed, "POST /panel/messages": framed, "POST /panel/files": framed,
	"GET /panel/messages/{id}/file": framed, "GET /panel/events": framed,
}

const (
	oneself = "whoever is in has a say about themselves"
	framed  = "a panel's token opens it and says itself what may be done"
)

// TestEveryCallAsksForARight tries every call of the document in every role: who
// lacks its right is refused before the rest of the request is read, and who
// has it is not refused for lack of it.
func TestEveryCallAsksForARight(t *testing.T) {
	h := open(t, openSQLite(t))
	one := h.tenants[0]
	keys := map[account.Role]string{}
	for _, role := range account.Roles() {
		_, secret, err := h.accounts.CreateKey(t.Context(), account.Principal{WorkspaceID: one.ws.ID, PersonID: one.owner.ID, Role: account.Owner}, string(role), role)
		if err != nil {
			t.Fatal(err)
		}
		keys[role] = secret.Reveal()
	}
	var d document
	if err := json.Unmarshal(h.api.OpenAPI(), &d); err != nil {
		t.Fatal(err)
	}
	for path, item := range d.Paths {
		for method, op := range item {
			method = strings.ToUpper(method)
			call := method + " " + strings.TrimPrefix(path, base)
			right, _ := op["x-kontor-right"].(string)
			open := fmt.Sprint(op["security"]) == "[map[]]"
			switch {
			case open != slices.Contains(entrance, call):
				t.Errorf("%s: open to strangers is %v in the document: a call without key and session must be on the list entrance", call, open)
				continue
			case open || ofEverybody[call] != "":
				if right != "" {
					t.Errorf("%s asks for the right %s, and is on a list of calls that ask for none", call, right)
				}
				continue
			case !slices.Contains(account.Rights(), account.Right(right)):
				t.Errorf("%s asks for the right %q: name one in its route, or say in ofEverybody why it needs none", call, right)
				continue
			}
			_, address := address(call)
			for _, role := range account.Roles() {
				if role.May(account.Right(right)) {
					continue
				}
				got := h.call(keys[role], method, address, `[]`)
				if got.status != http.StatusForbidden || method != "HEAD" && got.code() != "forbidden" {
					t.Errorf("%s as %s: got %d %s, want 403 forbidden for lack of %s", call, role, got.status, got.raw, right)
				}
			}
		}
	}
	// A right is there for somebody: the owner's calls get further.
	for _, call := range []string{"GET /keys", "GET /invitations", "POST /teams", "PATCH /workspace", "GET /quarantine", "POST /templates/sync", "GET /labels"} {
		method, path := address(call)
		if got := h.call(keys[account.Owner], method, path, ""); got.status == http.StatusForbidden || got.status == http.StatusUnauthorized {
			t.Errorf("%s as owner: got %d %s, want it let through", call, got.status, got.raw)
		}
	}
}

// TestAKeyMayWhatItsScopeSays tries a key of an admin that may read only.
func TestAKeyMayWhatItsScopeSays(t *testing.T) {
	h := open(t, openSQLite(t))
	made := h.call(h.tenants[0].keys[account.Admin], "POST", base+"/keys", `{"name":"reader","role":"admin","rights":["read"]}`)
	key := made.text("key")
	if made.status != http.StatusCreated || key == "" {
		t.Fatalf("got %d %s, want a key", made.status, made.raw)
	}
	var d document
	if err := json.Unmarshal(h.api.OpenAPI(), &d); err != nil {
		t.Fatal(err)
	}
	for path, item := range d.Paths {
		for method, op := range item {
			right, _ := op["x-kontor-right"].(string)
			if right == "" || right == string(account.Read) {
				continue
			}
			method, address := address(strings.ToUpper(method) + " " + strings.TrimPrefix(path, base))
			if got := h.call(key, method, address, `[]`); got.status != http.StatusForbidden {
				t.Errorf("%s %s: got %d %s with a key that may read only, want 403", method, path, got.status, got.raw)
			}
		}
	}
	if got := h.call(key, "GET", base+"/conversations", ""); got.status != http.StatusOK {
		t.Errorf("got %d %s, want what it may read", got.status, got.raw)
	}
}

// validBody is a body that passes the schema of a call.
func validBody(call string) string {
	to := `"to":"+49 451 5550100"`
	switch _, path, _ := strings.Cut(call, " "); path {
	case "/webhooks/replay", "/people/{id}":
		return `{}`
	case "/invitations":
		return `{"email":"ben@example.com","role":"agent"}`
	case "/teams", "/teams/{id}":
		return `{"name":"Workshop"}`
	case "/teams/{id}/members":
		return `{"people":[]}`
	case "/send/text":
		return `{` + to + `,"text":"hi"}`
	case "/send/template":
		return `{` + to + `,"template":{"name":"hello_world","language":{"code":"en_US"}}}`
	case "/send/buttons":
		return `{` + to + `,"text":"hi","buttons":[{"id":"a","title":"A"}]}`
	case "/send/list":
		return `{` + to + `,"text":"hi","button":"B","sections":[{"rows":[{"id":"a","title":"A"}]}]}`
	case "/send/cta_url":
		return `{` + to + `,"text":"hi","display_text":"Go","url":"https://shop.example"}`
	case "/send/location":
		return `{` + to + `,"location":{"latitude":1,"longitude":2}}`
	case "/send/contacts":
		return `{` + to + `,"contacts":[{"name":{"formatted_name":"A B","first_name":"A"}}]}`
	case "/send/reaction":
		return `{` + to + `,"reaction":{"message_id":"msg_0000000000001","emoji":"👍"}}`
	case "/send/image", "/send/document", "/send/audio", "/send/video", "/send/sticker":
		kind := strings.TrimPrefix(path, "/send/")
		return fmt.Sprintf(`{%s,"%s":{"link":"https://shop.example/file"}}`, to, kind)
	case "/quick-replies":
		return `{"scope":"workspace","shortcut":"hi","text":"Hello"}`
	case "/quick-replies/{id}", "/conversations/{phone}/draft":
		return `{"text":"Hello"}`
	case "/conversations/{phone}/presence":
		return `{"state":"viewing"}`
	case "/conversations/{phone}/snooze":
		return `{"until_reply":true}`
	case "/conversations/{phone}/automation":
		return `{"state":"off"}`
	case "/conversations/{phone}/labels":
		return `{"label_ids":[]}`
	case "/conversations/{phone}/notes", "/notes/{id}":
		return `{"text":"hi"}`
	case "/conversations/bulk":
		return `{"conversation_ids":["cnv_0000000000001"],"do":"close"}`
	case "/labels":
		return `{"name":"VIP","colour":"#7c3aed"}`
	case "/labels/{id}":
		return `{"name":"VIP"}`
	case "/queue/{phone}/transfer":
		return `{"team":"none"}`
	case "/inbox-settings":
		return `{"reopen_hours":0,"pause_minutes":0}`
	case "/keys":
		return `{"name":"shop"}`
	case "/orders/{id}":
		return `{"customer":{"phone":"+49 451 5550100"},"status":"received"}`
	case "/orders/{id}/messages":
		return `{"text":"hi"}`
	case "/orders/{id}/link":
		return `{"message_id":"msg_0000000000001"}`
	case "/panel-origins":
		return `{"origins":[]}`
	case "/order-statuses":
		return `{"statuses":[{"key":"received"}],"time_zone":"UTC","default_language":"en_US","free_text":false}`
	case "/subscriptions":
		return `{"url":"https://shop.example/hook","dialect":"kontor"}`
	case "/workspace", "/numbers/{phone_number_id}/profile", "/subscriptions/{id}", "/subscriptions/{id}/secret":
		return `{}`
	case "/subscriptions/{id}/redeliver":
		return `{"since":"2026-11-21T00:00:00Z"}`
	}
	return ""
}

func TestATenantSeesOnlyItsOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		h.write(one, "494515550100", "wamid.1", "a secret of the first house")
		first, second := one.keys[account.Admin], two.keys[account.Admin]

		list := h.call(first, "GET", base+"/conversations", "")
		if len(list.data()) != 1 {
			t.Fatalf("got %s, want one conversation", list.raw)
		}
		conversation := list.data()[0].(map[string]any)
		contact := conversation["contact"].(map[string]any)["contact_id"].(string)
		message := conversation["last_message"].(map[string]any)["message_id"].(string)
		for _, path := range []string{"/messages/" + message, "/messages/wamid.1", "/conversations/494515550100", "/conversations/" + contact, "/conversations/" + contact + "/history"} {
			if got := h.call(first, "GET", base+path, ""); got.status != http.StatusOK {
				t.Errorf("%s: got %d %s for the owner, want 200", path, got.status, got.raw)
			}
			if got := h.call(second, "GET", base+path, ""); got.status != http.StatusNotFound {
				t.Errorf("%s: got %d %s for another tenant, want 404", path, got.status, got.raw)
			}
		}
		for _, path := range []string{"/conversations", "/queue/pending"} {
			if got := h.call(second, "GET", base+path, ""); got.status != http.StatusOK || len(got.data()) != 0 {
				t.Errorf("%s: got %d %s for another tenant, want an empty list", path, got.status, got.raw)
			}
		}
		h.want(h.call(second, "POST", base+"/queue/"+contact+"/close", ""), http.StatusNotFound, "conversation_unknown")
		h.want(h.call(second, "POST", base+"/send/text", `{"to":"`+contact+`","text":"hi"}`), http.StatusNotFound, "contact_unknown")
		h.want(h.call(second, "POST", base+"/send/text", `{"to":"494515550100","text":"hi","phone_number_id":"`+string(one.number.PhoneNumberID)+`"}`), http.StatusNotFound, "number_unknown")
		h.want(h.call(second, "GET", base+"/numbers/"+string(one.number.PhoneNumberID)+"/profile", ""), http.StatusNotFound, "number_unknown")
		h.want(h.call(first, "POST", base+"/queue/"+contact+"/assign", `{"person_id":"`+two.owner.ID.String()+`"}`), http.StatusNotFound, "person_not_found")

		keys := h.call(first, "GET", base+"/keys", "")
		id := keys.data()[0].(map[string]any)["key_id"].(string)
		h.want(h.call(second, "DELETE", base+"/keys/"+id, ""), http.StatusNotFound, "key_not_found")
		people := h.call(second, "GET", base+"/people", "")
		if len(people.data()) != 1 || people.data()[0].(map[string]any)["name"] != "Ida of other" {
			t.Errorf("got %s, want its own person alone", people.raw)
		}
		// What belongs to no tenant is the operator's alone.
		if got := h.call(first, "GET", base+"/quarantine", ""); got.status != http.StatusOK {
			t.Errorf("got %d %s for the operator's admin, want 200", got.status, got.raw)
		}
		for _, call := range []string{"GET /quarantine", "GET /webhooks", "POST /webhooks/replay"} {
			method, path := address(call)
			h.want(h.call(second, method, path, ""), http.StatusForbidden, "forbidden")
		}
	})
}

func TestKeysAreShownOnceAndEndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		admin := h.tenants[0].keys[account.Admin]
		made := h.call(admin, "POST", base+"/keys", `{"name":"shop"}`)
		secret := made.text("key")
		if made.status != http.StatusCreated || !strings.HasPrefix(secret, "kontor_") || made.text("role") != "agent" {
			t.Fatalf("got %d %s, want a key for an agent", made.status, made.raw)
		}
		if list := h.call(admin, "GET", base+"/keys", ""); strings.Contains(string(list.raw), secret) || len(list.data()) != 4 {
			t.Errorf("got %s, want four keys without secrets", list.raw)
		}
		if me := h.call(secret, "GET", base+"/me", ""); me.status != http.StatusOK || me.json["person"] != nil || me.json["key"] == nil {
			t.Errorf("got %d %s, want the key itself", me.status, me.raw)
		}
		h.want(h.call(admin, "POST", base+"/keys", `{"name":"shop","role":"owner"}`), http.StatusForbidden, "forbidden")
		if got := h.call(admin, "DELETE", base+"/keys/"+made.text("key_id"), ""); got.status != http.StatusNoContent {
			t.Fatalf("got %d %s, want 204", got.status, got.raw)
		}
		h.want(h.call(secret, "GET", base+"/me", ""), http.StatusUnauthorized, "invalid_api_key")
	})
}

// A page that is closed takes its requests along. That is no failure of ours,
// neither in the log nor in the figures.
func TestACallerWhoLeavesIsNoFailure(t *testing.T) {
	h := open(t, openSQLite(t))
	ctx, leave := context.WithCancel(context.Background())
	leave()
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, api.Base+"/conversations", nil)
	request.Header.Set("Authorization", "Bearer "+h.tenants[0].keys[account.Agent])
	answer := httptest.NewRecorder()
	h.api.Handler().ServeHTTP(answer, request)
	if answer.Code != 499 {
		t.Errorf("got %d %s, want 499", answer.Code, answer.Body)
	}
	h.logMu.Lock()
	defer h.logMu.Unlock()
	if log := h.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("got the log %s, want no error in it", log)
	}
}
