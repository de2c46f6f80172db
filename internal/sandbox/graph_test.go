package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestGraphPathsAndTokens(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Numbers[0].AccessTokens = []string{"right"} })
	for _, c := range []struct {
		method, path, token string
		status, code        int
	}{
		{"GET", "/v25.0/" + pnid, "right", 200, 0},
		{"GET", "/" + pnid, "right", 200, 0},
		{"GET", "/v19.0/" + waba, "right", 200, 0},
		{"GET", "/v25.0/" + pnid, "", 401, 190},
		{"GET", "/v25.0/" + pnid, "wrong", 401, 190},
		{"GET", "/v25.0/" + pnid + "?access_token=right", "", 200, 0},
		{"GET", "/v25.0/999", "right", 400, 100},
		{"DELETE", "/v25.0/" + pnid, "right", 400, 100},
		{"GET", "/v25.0/" + pnid + "/horoscope", "right", 400, 100},
		{"POST", "/v25.0/" + waba + "/messages", "right", 400, 100},
		{"GET", "/v25.0/nobody", "right", 400, 2500},
		{"GET", "/v25.0", "right", 400, 2500},
		{"POST", "/v25.0/" + pnid + "/messages", "right", 400, 131008},
	} {
		auth := "Bearer " + c.token
		if c.token == "" {
			auth = ""
		}
		a := w.do(c.method, c.path, "", "Authorization", auth)
		got, _ := dig(a.body, "error", "code").(json.Number)
		if a.status != c.status || (c.code != 0 && got.String() != itoa(c.code)) {
			t.Errorf("%s %s with %q: got %d %s, want %d and code %d", c.method, c.path, c.token, a.status, a.raw, c.status, c.code)
		}
	}
	for _, body := range []string{"{", "[]", "null", `{} {}`} {
		if a := w.do("POST", "/"+pnid+"/messages", body, "Authorization", "Bearer right"); a.status != 400 {
			t.Errorf("body %s: got %d, want 400", body, a.status)
		}
	}
	a := w.do("POST", "/"+pnid+"/messages", "messaging_product=whatsapp&to=%2B"+ana+"&type=template&template=%7B%22name%22%3A%22hello_world%22%2C%22language%22%3A%7B%22code%22%3A%22en_US%22%7D%7D",
		"Content-Type", "application/x-www-form-urlencoded", "Authorization", "Bearer right")
	if a.status != 200 {
		t.Errorf("form body: got %d %s", a.status, a.raw)
	}
}

func TestNumberAndAccountFields(t *testing.T) {
	w := newWorld(t)
	a := w.must("GET", "/v25.0/"+pnid, "")
	if a.body["id"] != pnid || a.body["display_phone_number"] != "+49 451 5550100" || dig(a.body, "throughput", "level") != "STANDARD" {
		t.Errorf("default fields: got %s", a.raw)
	}
	a = w.must("GET", "/v25.0/"+pnid+"?fields=status,throughput%7Blevel%7D,nonsense", "")
	if len(a.body) != 3 || a.body["status"] != "CONNECTED" || a.body["id"] != pnid {
		t.Errorf("chosen fields: got %s, want id, status, throughput", a.raw)
	}
	a = w.must("GET", "/v25.0/"+waba+"/phone_numbers?fields=verified_name", "")
	if dig(a.body, "data", "0", "verified_name") != "Nordlicht Service" || dig(a.body, "data", "0", "id") != pnid {
		t.Errorf("phone_numbers: got %s", a.raw)
	}
	if a := w.must("GET", "/v25.0/"+waba, ""); a.body["id"] != waba || a.body["currency"] == nil {
		t.Errorf("account: got %s", a.raw)
	}
	wantRefusal(t, w.do("POST", "/"+pnid+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","about":"`+long(140)+`"}`), 100, "about")
	wantRefusal(t, w.do("POST", "/"+pnid+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","vertical":"WITCHCRAFT"}`), 131009, "vertical")
	wantRefusal(t, w.do("POST", "/"+pnid+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","websites":["https://a.example","https://b.example","https://c.example"]}`), 131009, "websites")
	w.must("POST", "/"+pnid+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","about":"Repairs","websites":["https://a.example"]}`)
	w.must("POST", "/"+pnid+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","email":"a@b.example"}`)
	a = w.must("GET", "/"+pnid+"/whatsapp_business_profile?fields=about,email,websites", "")
	if dig(a.body, "data", "0", "about") != "Repairs" || dig(a.body, "data", "0", "email") != "a@b.example" || dig(a.body, "data", "0", "messaging_product") != "whatsapp" {
		t.Errorf("profile: got %s", a.raw)
	}
}

func TestTemplatesAreListed(t *testing.T) {
	w := newWorld(t)
	names := func(query string) (all []string) {
		a := w.must("GET", "/v25.0/"+waba+"/message_templates?"+query, "")
		for _, e := range a.body["data"].([]any) {
			all = append(all, dig(e, "name").(string)+"/"+dig(e, "language").(string))
		}
		return all
	}
	if got := names("name=hello_world"); len(got) != 1 || got[0] != "hello_world/en_US" {
		t.Errorf("hello_world: got %v", got)
	}
	if got := names("language=de&category=UTILITY"); len(got) != 2 {
		t.Errorf("de and UTILITY: got %v, want 2", got)
	}
	if got := names(`status=%5B%22REJECTED%22%2C%22PAUSED%22%5D`); len(got) != 0 {
		t.Errorf("rejected or paused: got %v, want none", got)
	}
	seen := map[string]bool{}
	after := ""
	pages := 0
	for {
		a := w.must("GET", "/v25.0/"+waba+"/message_templates?limit=5&fields=name,language&summary=total_count"+after, "")
		for _, e := range a.body["data"].([]any) {
			seen[dig(e, "id").(string)] = true
		}
		if dig(a.body, "summary", "total_count") != json.Number("13") {
			t.Errorf("summary: got %s", a.raw)
		}
		pages++
		next, _ := dig(a.body, "paging", "next").(string)
		if next == "" {
			break
		}
		if strings.Contains(next, "access_token") || !strings.HasPrefix(next, w.url) {
			t.Errorf("next: got %s", next)
		}
		after = "&after=" + dig(a.body, "paging", "cursors", "after").(string)
	}
	if len(seen) != 13 || pages != 3 {
		t.Errorf("paging: got %d templates on %d pages, want 13 on 3", len(seen), pages)
	}
	wantRefusal(t, w.do("GET", "/v25.0/"+waba+"/message_templates?after=zzz", ""), 131059, "after")
	for id := range seen {
		a := w.must("GET", "/v25.0/"+id+"?fields=name,quality_score", "")
		if a.body["id"] != id || a.body["name"] == nil || dig(a.body, "quality_score", "score") == nil || len(a.body) != 3 {
			t.Errorf("template: got %s", a.raw)
		}
	}
}

func TestReviewTellsTheBusiness(t *testing.T) {
	w := newWorld(t)
	hello := template("hello_world", "en_US", "")
	w.must("POST", "/sandbox/templates/hello_world/review", `{"action":"pause"}`)
	ch := w.hooks.field("message_template_status_update")
	if ch.value["event"] != "PAUSED" || dig(ch.value, "other_info", "title") != "FIRST_PAUSE" || ch.entry["id"] != waba || ch.entry["time"] == nil {
		t.Errorf("pause: got %v in %v", ch.value, ch.entry)
	}
	if _, isNumber := ch.value["message_template_id"].(json.Number); !isNumber {
		t.Errorf("message_template_id: got %T, want an integer", ch.value["message_template_id"])
	}
	wantRefusal(t, w.send("+"+ana, hello), 132015, "hello_world")
	w.must("POST", "/sandbox/templates/hello_world/review", `{"action":"approve"}`)
	w.sendOK("+"+ana, hello)
	a := w.must("POST", "/sandbox/templates/hello_world/review", `{"action":"category","category":"marketing"}`)
	if a.body["category"] != "MARKETING" || a.body["previous_category"] != "UTILITY" {
		t.Errorf("category: got %s", a.raw)
	}
	if ch := w.hooks.field("template_category_update"); ch.value["new_category"] != "MARKETING" {
		t.Errorf("category webhook: got %v", ch.value)
	}
	w.must("POST", "/sandbox/templates/hello_world/review", `{"action":"reject","reason":"SCAM"}`)
	wantRefusal(t, w.send("+"+ana, hello), 132001, "REJECTED")
	for path, body := range map[string]string{"nothing": `{"action":"approve"}`, "order_update": `{"action":"approve"}`} {
		if a := w.do("POST", "/sandbox/templates/"+path+"/review", body); a.status != 404 {
			t.Errorf("review of %s: got %d, want 404", path, a.status)
		}
	}
	w.must("POST", "/sandbox/templates/order_update/review?language=de", `{"action":"disable"}`)
	for _, body := range []string{`{"action":"bless"}`, `{"action":"category"}`, `{"verdict":"approve"}`} {
		if a := w.do("POST", "/sandbox/templates/hello_world/review", body); a.status != 422 {
			t.Errorf("review %s: got %d, want 422", body, a.status)
		}
	}
	for _, body := range []string{
		`{"name":"Upper","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"a"}]}`,
		`{"name":"a","category":"UTILITY","components":[{"type":"BODY","text":"a"}]}`,
		`{"name":"a","language":"de","category":"FUN","components":[{"type":"BODY","text":"a"}]}`,
		`{"name":"a","language":"de","category":"UTILITY","components":[]}`,
		`{"name":"a","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"{{1}} {{3}}"}]}`,
		`{"name":"a","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"a"},{"type":"FOOTER","text":"{{1}}"}]}`,
	} {
		if a := w.do("POST", "/sandbox/templates", body); a.status != 422 {
			t.Errorf("template %s: got %d, want 422", body, a.status)
		}
	}
	if a := w.do("POST", "/sandbox/templates", `{"name":"hello_world","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"a"}]}`); a.status != 409 {
		t.Errorf("same template again: got %d, want 409", a.status)
	}
}

func TestOverridesNeedTheHandshake(t *testing.T) {
	w := newWorld(t)
	other := newReceiver(t)
	other.verify = func(r *http.Request) (int, string) {
		q := r.URL.Query()
		if q.Get("hub.mode") != "subscribe" || q.Get("hub.verify_token") != "tok" {
			return 403, ""
		}
		return 200, q.Get("hub.challenge")
	}
	apps := "/v25.0/" + waba + "/subscribed_apps"
	for name, body := range map[string]string{
		"wrong token": `{"override_callback_uri":"` + other.server.URL + `","verify_token":"no"}`,
		"nobody":      `{"override_callback_uri":"http://127.0.0.1:1/","verify_token":"tok"}`,
		"no URL":      `{"override_callback_uri":"here","verify_token":"tok"}`,
		"no token":    `{"override_callback_uri":"` + other.server.URL + `"}`,
		"too long":    `{"override_callback_uri":"https://a.example/` + long(200) + `","verify_token":"tok"}`,
	} {
		if a := w.do("POST", apps, body); a.status != 400 {
			t.Errorf("%s: got %d %s, want 400", name, a.status, a.raw)
		}
	}
	if a := w.must("GET", apps, ""); dig(a.body, "data", "0", "override_callback_uri") != nil {
		t.Errorf("a refused override was kept: %s", a.raw)
	}
	w.must("POST", apps, `{"override_callback_uri":"`+other.server.URL+`","verify_token":"tok"}`)
	other.message(w.writes(ana, "to the account's"))
	own := newReceiver(t)
	w.must("POST", "/"+pnid, `{"webhook_configuration":{"override_callback_uri":"`+own.server.URL+`","verify_token":"x"}}`)
	own.message(w.writes(ana, "to the number's"))
	a := w.must("GET", "/"+pnid+"?fields=webhook_configuration", "")
	if dig(a.body, "webhook_configuration", "phone_number") != own.server.URL || dig(a.body, "webhook_configuration", "application") != w.hooks.server.URL {
		t.Errorf("webhook_configuration: got %s", a.raw)
	}
	w.must("POST", "/sandbox/templates/hello_world/review", `{"action":"pause"}`)
	w.hooks.field("message_template_status_update") // always to the app
	w.must("POST", "/"+pnid, `{"webhook_configuration":{"override_callback_uri":""}}`)
	w.must("POST", apps, "")
	w.hooks.message(w.writes(ana, "to the app's"))
	w.must("DELETE", apps, "")
	if a := w.must("GET", apps, ""); len(a.body["data"].([]any)) != 0 {
		t.Errorf("after DELETE: got %s", a.raw)
	}
}
