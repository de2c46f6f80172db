package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/account"
)

const (
	greeting = "594425479261596" // a template of the first account
	theirs   = "694425479261596" // one of the other's
)

// noSecrets checks that an answer has neither token nor address of the provider's.
func (h *house) noSecrets(r reply) {
	h.t.Helper()
	for _, secret := range []string{token1, token2, strings.TrimPrefix(h.graph.url, "http://"), "graph.facebook.com", appSecret} {
		if strings.Contains(string(r.raw), secret) {
			h.t.Errorf("the answer holds %q: %s", secret, r.raw)
		}
	}
}

func TestTemplateListsArePassedThroughWithOurAddresses(t *testing.T) {
	h := open(t, "")
	h.graph.answers("GET /"+account1+"/message_templates", 200, `{"data":[{"id":"`+greeting+`","name":"gr\u00fc\u00dfe","status":"APPROVED"}],
		"paging":{"cursors":{"before":"B","after":"A"},"next":"https:\/\/graph.facebook.com\/v25.0\/`+account1+`\/message_templates?access_token=`+token1+`&limit=1&after=A",
		"previous":"`+h.graph.url+`/v25.0/`+account1+`/message_templates?access_token=`+token1+`&limit=1&before=B"},"summary":{"total_count":2}}`)
	h.graph.forget()
	got := h.get("/"+account1+"/message_templates?limit=1&status=APPROVED&summary=total_count&access_token=x&fields=id,name,status,owner{x}").wants(200, 0)
	h.noSecrets(got)
	want := map[string]any{
		"cursors": map[string]any{"before": "B", "after": "A"},
		"next":    h.url + "/v25.0/" + account1 + "/message_templates?after=A&limit=1", "previous": h.url + "/v25.0/" + account1 + "/message_templates?before=B&limit=1",
	}
	if diff := cmp.Diff(want, got.dig("paging")); diff != "" {
		t.Errorf("paging (-want +got):\n%s", diff)
	}
	if got.text("data.0.name") != "grüße" || got.dig("summary.total_count") != float64(2) {
		t.Errorf("got %s", got.raw)
	}
	seen := h.graph.calls("GET /" + account1 + "/message_templates")
	query, err := url.ParseQuery(seen[0].query)
	if diff := cmp.Diff(url.Values{"limit": {"1"}, "status": {"APPROVED"}, "summary": {"total_count"}, "fields": {"id,name,status"}}, query); err != nil || diff != "" || seen[0].token != "Bearer "+token1 {
		t.Errorf("%q, %v (-want +got):\n%s", seen[0].token, err, diff)
	}
	h.call(h.key, "GET", got.text("paging.next"), nil).wants(200, 0) // the address works as it is
}

// Each call that is passed through: what the caller asks, what the provider gets.
func TestCallsThatArePassedThrough(t *testing.T) {
	h := open(t, "")
	const flow = "3344556677889900"
	h.graph.on("GET /"+flow, func(r *http.Request, _ []byte) (int, string) {
		if strings.Contains(r.URL.RawQuery, "whatsapp_business_account") {
			return 200, `{"id":"` + flow + `","name":"booking","whatsapp_business_account":{"id":"` + account1 + `"}}`
		}
		return 200, `{"id":"` + flow + `","name":"booking","status":"DRAFT"}`
	})
	for _, c := range []struct{ method, path, body, upstream, query, wantBody string }{
		{"GET", "/" + phone + "?fields=id,verified_name,quality_score{score},owner_business{name}", "", "GET /" + phone, "fields=id%2Cverified_name%2Cquality_score%7Bscore%7D", ""},
		{"POST", "/" + phone, `{"pin":"123456"}`, "POST /" + phone, "", `{"pin":"123456"}`},
		{"POST", "/" + phone + "?new_display_name=Kontor", "", "POST /" + phone, "new_display_name=Kontor", ""},
		{"GET", "/" + phone + "/whatsapp_business_profile?fields=about,email", "", "GET /" + phone + "/whatsapp_business_profile", "fields=about%2Cemail", ""},
		{"POST", "/" + phone + "/whatsapp_business_profile", `{"messaging_product":"whatsapp","about":"Open","access_token":"x"}`, "POST /" + phone + "/whatsapp_business_profile", "", `{"about":"Open","messaging_product":"whatsapp"}`},
		{"GET", "/" + phone + "/settings?include_sip_credentials=true", "", "GET /" + phone + "/settings", "", ""},
		{"POST", "/" + phone + "/settings", `{"user_identity_change":{"enable_identity_key_check":true}}`, "POST /" + phone + "/settings", "", `{"user_identity_change":{"enable_identity_key_check":true}}`},
		{"POST", "/" + phone + "/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"49451"}]}`, "POST /" + phone + "/block_users", "", `{"block_users":[{"user":"49451"}],"messaging_product":"whatsapp"}`},
		{"DELETE", "/" + phone + "/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"49451"}]}`, "DELETE /" + phone + "/block_users", "", `{"block_users":[{"user":"49451"}],"messaging_product":"whatsapp"}`},
		{"GET", "/" + phone + "/block_users?limit=5&after=X", "", "GET /" + phone + "/block_users", "after=X&limit=5", ""},
		{"POST", "/" + phone + "/message_qrdls?generate_qr_image=png&prefilled_message=Hi", "", "POST /" + phone + "/message_qrdls", "generate_qr_image=png&prefilled_message=Hi", ""},
		{"GET", "/" + phone + "/message_qrdls/", "{}", "GET /" + phone + "/message_qrdls", "", ""},
		{"DELETE", "/" + phone + "/message_qrdls/4O4YGZ", "", "DELETE /" + phone + "/message_qrdls/4O4YGZ", "", ""},
		{"POST", "/" + phone + "/conversational_automation", `{"prompts":["Hours?"]}`, "POST /" + phone + "/conversational_automation", "", `{"prompts":["Hours?"]}`},
		{"GET", "/" + phone + "/whatsapp_commerce_settings", "", "GET /" + phone + "/whatsapp_commerce_settings", "", ""},
		{"POST", "/" + phone + "/whatsapp_commerce_settings?is_cart_enabled=true", "", "POST /" + phone + "/whatsapp_commerce_settings", "is_cart_enabled=true", ""},
		{"POST", "/" + phone + "/register", `{"messaging_product":"whatsapp","pin":"123456"}`, "POST /" + phone + "/register", "", `{"messaging_product":"whatsapp","pin":"123456"}`},
		{"POST", "/" + phone + "/deregister", "", "POST /" + phone + "/deregister", "", ""},
		{"GET", "/" + account1 + "?fields=id,name,pricing_analytics.start(1).end(2).granularity(DAILY),phone_numbers{id}", "", "GET /" + account1, "fields=id%2Cname%2Cpricing_analytics.start%281%29.end%282%29.granularity%28DAILY%29", ""},
		{"POST", "/" + account1 + "/message_templates", `{"name":"new","language":"en_US","category":"UTILITY","components":[]}`, "POST /" + account1 + "/message_templates", "", `{"category":"UTILITY","components":[],"language":"en_US","name":"new"}`},
		{"DELETE", "/" + account1 + "/message_templates?hsm_id=1&name=new", "", "DELETE /" + account1 + "/message_templates", "hsm_id=1&name=new", ""},
		{"GET", "/" + greeting + "?fields=name,status", "", "GET /" + greeting, "fields=name%2Cstatus", ""},
		{"GET", "/" + account1 + "/message_templates/" + greeting, "", "GET /" + greeting, "", ""},
		{"POST", "/" + greeting, `{"category":"MARKETING"}`, "POST /" + greeting, "", `{"category":"MARKETING"}`},
		{"GET", "/" + flow + "?fields=name,status", "", "GET /" + flow, "fields=name%2Cstatus", ""},
		{"POST", "/" + flow + "/publish", "", "POST /" + flow + "/publish", "", ""},
		{"GET", "/message_template_library?search=order", "", "GET /message_template_library", "search=order", ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			if _, known := h.graph.routes[c.upstream]; !known || strings.HasPrefix(c.upstream, "POST") {
				h.graph.answers(c.upstream, 200, `{"success":true}`)
			}
			var body any
			if c.body != "" {
				body = c.body
			}
			got := h.call(h.key, c.method, "/v25.0"+c.path, body)
			got.t = t
			got.wants(200, 0)
			seen := h.graph.calls(c.upstream)
			if len(seen) == 0 {
				t.Fatal("it did not reach the provider")
			}
			last := seen[len(seen)-1]
			if last.query != c.query || string(last.body) != c.wantBody || last.token != "Bearer "+token1 {
				t.Errorf("got ?%s %s with %q, want ?%s %s", last.query, last.body, last.token, c.query, c.wantBody)
			}
			h.noSecrets(got)
		})
	}
}

func TestWhatTheProviderRefuses(t *testing.T) {
	h := open(t, "")
	path := "/" + phone + "/whatsapp_business_profile"
	h.graph.answers("GET "+path, 400, `{"error":{"message":"(#100) see `+h.graph.url+`","type":"OAuthException","code":100,"error_subcode":2388040,"error_data":{"messaging_product":"whatsapp","details":"about is too long"},"error_user_title":"Too long","fbtrace_id":"Atrace"}}`)
	got := h.get(path).wants(400, 100)
	if got.dig("error.error_subcode") != float64(2388040) || got.text("error.error_user_title") != "Too long" || got.text("error.fbtrace_id") != "Atrace" {
		t.Errorf("got %s, want Meta's own words", got.raw)
	}
	h.noSecrets(got)
	// Our token is the operator's affair: the caller's own key is good.
	h.graph.answers("GET "+path, 401, `{"error":{"message":"Error validating access token `+token1+`","type":"OAuthException","code":190,"fbtrace_id":"A"}}`)
	got = h.get(path).wants(403, 10)
	h.noSecrets(got)
	h.graph.answers("GET "+path, 502, `<html>bad gateway</html>`)
	got = h.get(path).wants(503, 2)
	if got.header.Get("Retry-After") == "" || got.dig("error.is_transient") != true {
		t.Errorf("got %v %s, want it to be tried again", got.header, got.raw)
	}
	h.graph.answers("GET "+path, 200, `<html>welcome</html>`)
	h.get(path).wants(503, 2)
}

func TestNumbersOfAnAccountAreTheWorkspacesOwn(t *testing.T) {
	h := open(t, "")
	h.graph.answers("GET /"+account1+"/phone_numbers", 200, `{"data":[{"id":"`+phone+`","verified_name":"Kontor"},{"id":"`+other+`","verified_name":"Theirs"},{"id":"999","verified_name":"Nobody's"},{"id":"`+phoneTwo+`","verified_name":"Two"}]}`)
	got := h.get("/"+account1+"/phone_numbers?fields=verified_name").wants(200, 0)
	if got.text("data.0.id") != phone || got.text("data.1.id") != phoneTwo || got.dig("data.2") != nil {
		t.Errorf("got %s, want the workspace's two", got.raw)
	}
}

func TestFilesOfTheProvidersOwnHostAreFetched(t *testing.T) {
	h := open(t, "")
	h.graph.answers("POST /"+phone+"/message_qrdls", 200, `{"code":"4O4YGZ","prefilled_message":"Hi","deep_link_url":"https://wa.me/message/4O4YGZ","qr_image_url":"`+h.graph.url+`/qr/4O4YGZ.png"}`)
	h.graph.answers("GET /qr/4O4YGZ.png", 200, string(png))
	got := h.post("/"+phone+"/message_qrdls", `{"prefilled_message":"Hi","generate_qr_image":"PNG"}`).wants(200, 0)
	h.noSecrets(got)
	if image := h.call(h.key, "GET", got.text("qr_image_url"), nil); image.status != 200 || string(image.raw) != string(png) {
		t.Errorf("got %d (%s) from %s", image.status, image.raw, got.text("qr_image_url"))
	}
	if got.text("deep_link_url") != "https://wa.me/message/4O4YGZ" {
		t.Errorf("got %s", got.raw)
	}
}

func TestResumableUploads(t *testing.T) {
	h := open(t, "")
	h.graph.answers("POST /app/uploads", 200, `{"id":"upload:MTphdHRhY2htZW50?sig=ARZqkGCA"}`)
	h.graph.on("POST /upload:MTphdHRhY2htZW50", func(r *http.Request, body []byte) (int, string) {
		if r.URL.RawQuery != "sig=ARZqkGCA" || r.Header.Get("file_offset") != "3" || r.Header.Get("Authorization") != "OAuth "+token1 || string(body) != "picture" {
			return 400, `{"error":{"message":"no","code":100}}`
		}
		return 200, `{"h":"4::aW1hZ2U="}`
	})
	h.graph.answers("GET /upload:MTphdHRhY2htZW50", 200, `{"id":"upload:MTphdHRhY2htZW50?sig=ARZqkGCA","file_offset":3}`)
	for _, path := range []string{"/v25.0/app/uploads", "/app/uploads"} {
		got := h.call(h.key, "POST", path+"?file_name=a.png&file_length=7&file_type=image/png", nil).wants(200, 0)
		id := got.text("id")
		if !strings.HasPrefix(id, "upload:") || strings.Contains(id, "MTph") {
			t.Fatalf("got id %q, want one of ours", id)
		}
		if h := h.call(h.key, "POST", "/v25.0/"+id, "picture", "file_offset", "3", "Authorization", "OAuth "+adminKey).wants(200, 0); h.text("h") != "4::aW1hZ2U=" {
			t.Errorf("got %s", h.raw)
		}
		if got := h.get("/"+id).wants(200, 0); got.dig("file_offset") != float64(3) || strings.Contains(string(got.raw), "MTph") {
			t.Errorf("got %s", got.raw)
		}
		h.call(h.otherKey, "POST", "/v25.0/"+id, "picture").wants(400, 100)
	}
	h.get("/upload:MTphdHRhY2htZW50").wants(400, 100)
}

// The file of a flow goes on, a key of ours that stands beside it does not.
func TestFilesOfFlows(t *testing.T) {
	h := open(t, "")
	const flow = "3344556677889900"
	h.graph.answers("GET /"+flow, 200, `{"id":"`+flow+`","name":"booking","whatsapp_business_account":{"id":"`+account1+`"}}`)
	h.graph.answers("POST /"+flow+"/assets", 200, `{"success":true,"validation_errors":[]}`)
	body := newUpload(t, []byte(`{"version":"7.3"}`), "access_token", adminKey, "@", "application/octet-stream", "name", "flow.json", "asset_type", "FLOW_JSON")
	h.call("", "POST", "/v25.0/"+flow+"/assets", body).wants(200, 0)
	seen := h.graph.calls("POST /" + flow + "/assets")
	text := string(seen[0].body)
	if strings.Contains(text, adminKey) || strings.Contains(text, "access_token") || !strings.Contains(text, `{"version":"7.3"}`) || !strings.Contains(text, "FLOW_JSON") {
		t.Errorf("got %s", text)
	}
	h.post("/"+flow+"/assets", `{"file":"x"}`).wants(400, 100)
	h.post("/"+flow+"/assets", newUpload(t, nil, "name", "flow.json")).wants(400, 131008)
}

// A template that was made a moment ago is not in the catalogue yet: its
// account proves whose it is.
func TestProofOfATemplate(t *testing.T) {
	h := open(t, "")
	const fresh, foreign = "794425479261596", "894425479261596"
	for id, name := range map[string]string{fresh: "fresh", foreign: "foreign"} {
		h.graph.on("GET /"+id, func(r *http.Request, _ []byte) (int, string) {
			if strings.Contains(r.URL.RawQuery, "whatsapp_business_account") || r.URL.Query().Has("phone_number_id") {
				return 400, `{"error":{"message":"(#100) nonexisting field","type":"OAuthException","code":100}}`
			}
			return 200, `{"id":"` + id + `","name":"` + name + `","language":"en_US","status":"PENDING"}`
		})
	}
	h.graph.on("GET /"+account1+"/message_templates", func(r *http.Request, _ []byte) (int, string) {
		if r.URL.Query().Get("name") == "fresh" {
			return 200, `{"data":[{"id":"` + fresh + `"}]}`
		}
		return 200, `{"data":[]}`
	})
	if got := h.get("/"+fresh+"?fields=name,status").wants(200, 0); got.text("status") != "PENDING" {
		t.Errorf("got %s", got.raw)
	}
	// The token may see this one; but it hangs on no account of the workspace's.
	h.get("/"+foreign+"?fields=name,status").wants(400, 100)
}

func TestWhatIsNotServed(t *testing.T) {
	h := open(t, "")
	h.graph.forget()
	for _, c := range []struct {
		method, path, body string
		status, code       int
	}{
		{"GET", "/v25.0", "", 400, 100},
		{"GET", "/v25.0/", "", 400, 100},
		{"POST", "/v25.0/", `{"batch":[]}`, 400, 100},
		{"GET", "/v25.0/nothing", "", 400, 100},
		{"GET", "/v25.0/../../etc/passwd", "", 400, 100},
		{"GET", "/v25.0/%2e%2e/x", "", 400, 100},
		{"POST", "/v25.0/" + phone + "/marketing_messages", "{}", 400, 100},
		{"POST", "/v25.0/" + phone + "/messages_encrypted", "{}", 400, 100},
		{"POST", "/" + phone + "/calls", "{}", 400, 100},
		{"POST", "/v25.0/" + phone + "/groups", "{}", 400, 100},
		{"GET", "/v25.0/" + phone + "/messages", "", 400, 100},
		{"DELETE", "/v25.0/" + phone + "/message_qrdls/%2e%2e", "", 400, 100},
		{"DELETE", "/v25.0/" + phone + "/message_qrdls/a%2f..%2fb", "", 400, 100},
		{"DELETE", "/v25.0/" + phone, "", 400, 100},
		{"POST", "/v25.0/" + account1 + "/phone_numbers", "{}", 400, 100},
		{"POST", "/v25.0/" + account1 + "/migrate_message_templates", "{}", 400, 100},
		{"POST", "/v25.0/" + phone, `{"certificate":"x"}`, 400, 100},
		{"POST", "/v25.0/" + account1, `{"name":"x"}`, 400, 100},
		{"GET", "/v25.0/" + greeting + "?method=delete", "", 400, 100},
		{"POST", "/v25.0/" + greeting, `{"method":"delete"}`, 400, 100},
		{"GET", "/v25.0/?ids=" + phone, "", 400, 100},
		{"GET", "/v25.0/oauth/access_token?client_id=1", "", 400, 100},
		{"GET", "/oauth/access_token", "", 400, 100},
		{"POST", "/v25.0/1234567/subscriptions", "{}", 400, 100},
		{"PATCH", "/v25.0/" + phone, "{}", 400, 100},
		{"PUT", "/v25.0/" + phone + "/messages", "{}", 400, 100},
		{"OPTIONS", "/v25.0/" + phone + "/messages", "", 400, 100},
		{"BREW", "/v25.0/" + phone + "/messages", "", 409, 100},
		{"POST", "/v25.0/" + phone + "/whatsapp_business_profile", "[1]", 400, 100},
		{"POST", "/v25.0/" + phone + "/whatsapp_business_profile", "{", 400, 100},
	} {
		var body any
		if c.body != "" {
			body = c.body
		}
		got := h.call(h.key, c.method, c.path, body)
		if got.status < 400 || got.status > 499 || got.code() == 0 {
			t.Errorf("%s %s: got %d %s, want a Graph error", c.method, c.path, got.status, got.raw)
		}
		got.wellFormed()
	}
	for _, s := range h.graph.calls("") {
		if s.method != "GET" || strings.Contains(s.path, "passwd") {
			t.Errorf("%s %s reached the provider", s.method, s.path)
		}
	}
}

func TestAboutTheKeyItself(t *testing.T) {
	h := open(t, "")
	agent := h.keyOf(h.app.Workspace.ID, account.Agent)
	h.graph.forget()
	got := h.get("/debug_token?input_token="+agent).wants(200, 0)
	if got.dig("data.is_valid") != true || got.text("data.scopes.0") != "whatsapp_business_messaging" || got.dig("data.scopes.1") != nil {
		t.Errorf("got %s", got.raw)
	}
	for _, unknown := range []string{h.otherKey, token1, "x"} {
		if got := h.get("/debug_token?input_token="+unknown).wants(200, 0); got.dig("data.is_valid") != false {
			t.Errorf("got %s for a key that is not the workspace's", got.raw)
		}
	}
	if got := h.get("/me").wants(200, 0); got.text("name") != account.AdminKeyName {
		t.Errorf("got %s", got.raw)
	}
	if n := len(h.graph.calls("")); n != 0 {
		t.Errorf("a key of ours was taken to WhatsApp: %d calls", n)
	}
}
