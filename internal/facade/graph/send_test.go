package graph_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// messagesSent waits until so many messages reached WhatsApp and returns their
// bodies, without our id in them.
func (h *house) messagesSent(n int) (bodies []map[string]any) {
	h.t.Helper()
	h.until("messages reach WhatsApp", func() bool { return len(h.graph.calls("POST /"+phone+"/messages")) >= n })
	for _, s := range h.graph.calls("POST /" + phone + "/messages") {
		var body map[string]any
		h.must(json.Unmarshal(s.body, &body))
		delete(body, "biz_opaque_callback_data")
		bodies = append(bodies, body)
	}
	return bodies
}

func object(t *testing.T, text string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err, text)
	}
	return m
}

const to = `"messaging_product":"whatsapp","recipient_type":"individual","to":"+` + customer + `",`

// Each body as callers write it, and as it reaches WhatsApp; empty: as it is.
var sends = []struct{ name, body, want string }{
	{"text", `{"messaging_product":"whatsapp","to":"4915510000001","type":"text","text":{"body":"Hi","preview_url":true}}`, `{` + to + `"type":"text","text":{"body":"Hi","preview_url":true}}`},
	{"text without a type", `{"messaging_product":"whatsapp","to":"4915510000001","text":{"body":"Hi"}}`, `{` + to + `"type":"text","text":{"body":"Hi"}}`},
	{"numbers and booleans as text", `{"messaging_product":"whatsapp","to":4915510000001,"type":"text","text":{"body":42,"preview_url":"true"}}`, `{` + to + `"type":"text","text":{"body":"42","preview_url":true}}`},
	{"a payload as text", `{"messaging_product":"whatsapp","to":"+49 1551 0000001","type":"text","text":"{\"body\":\"Hi\"}"}`, `{` + to + `"type":"text","text":{"body":"Hi"}}`},
	{"image by link", `{` + to + `"type":"image","image":{"link":"https://shop.example/bike.jpg","caption":"new"}}`, ""},
	{"image by an id of Meta's", `{` + to + `"type":"image","image":{"id":"1003383421387200"}}`, ""},
	{"video", `{` + to + `"type":"video","video":{"link":"https://shop.example/a.mp4","caption":"see"}}`, ""},
	{"audio", `{` + to + `"type":"audio","audio":{"link":"https://shop.example/a.ogg","voice":true}}`, ""},
	{"document", `{` + to + `"type":"document","document":{"link":"https://shop.example/a.pdf","filename":"a.pdf","caption":"your bill"}}`, ""},
	{"sticker", `{` + to + `"type":"sticker","sticker":{"link":"https://shop.example/a.webp"}}`, ""},
	{"location with text and null", `{` + to + `"type":"location","location":{"latitude":"53.8655","longitude":10.6866,"name":"Workshop","address":null}}`, `{` + to + `"type":"location","location":{"latitude":53.8655,"longitude":10.6866,"name":"Workshop"}}`},
	{"contacts", `{` + to + `"type":"contacts","contacts":[{"name":{"formatted_name":"Ida Hansen","first_name":"Ida"},"birthday":null,"phones":[{"phone":"+49451","wa_id":"49451"}]}]}`, `{` + to + `"type":"contacts","contacts":[{"name":{"formatted_name":"Ida Hansen","first_name":"Ida"},"phones":[{"phone":"+49451","wa_id":"49451"}]}]}`},
	{"contacts as text", `{` + to + `"type":"contacts","contacts":"[{\"name\":{\"formatted_name\":\"Ida\",\"first_name\":\"Ida\"}}]"}`, `{` + to + `"type":"contacts","contacts":[{"name":{"formatted_name":"Ida","first_name":"Ida"}}]}`},
	{"reaction", `{` + to + `"type":"reaction","reaction":{"message_id":"wamid.in","emoji":"👍"}}`, ""},
	{"reply", `{` + to + `"type":"text","context":{"message_id":"wamid.in"},"text":{"body":"yes"}}`, ""},
	{"identity", `{` + to + `"type":"text","recipient_identity_key_hash":"DF2lS5v2W6x=","text":{"body":"secret"}}`, ""},
	{"button", `{` + to + `"type":"interactive","interactive":{"type":"button","header":{"type":"text","text":"Repair"},"body":{"text":"Start?"},"footer":{"text":"Kontor"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Yes"}}]}}}`, ""},
	{"list", `{` + to + `"type":"interactive","interactive":{"type":"list","body":{"text":"When?"},"action":{"button":"Choose","sections":[{"title":"Week","rows":[{"id":"mo","title":"Monday"}]}]}}}`, ""},
	{"cta_url", `{` + to + `"type":"interactive","interactive":{"type":"cta_url","body":{"text":"Pay"},"action":{"name":"cta_url","parameters":{"display_text":"Open","url":"https://shop.example"}}}}`, ""},
	{"action as text", `{` + to + `"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"Where?"},"action":"{\"name\":\"send_location\"}"}}`, `{` + to + `"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"Where?"},"action":{"name":"send_location"}}}`},
	{"an empty footer", `{` + to + `"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"Where?"},"footer":{},"action":{"name":"send_location"}}}`, `{` + to + `"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"Where?"},"action":{"name":"send_location"}}}`},
	{"flow", `{` + to + `"type":"interactive","interactive":{"type":"flow","body":{"text":"Book"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"Book","flow_action":"navigate","flow_action_payload":{"screen":"S","data":{"a":1}}}}}}`, ""},
	{"product", `{` + to + `"type":"interactive","interactive":{"type":"product","action":{"catalog_id":"c","product_retailer_id":"p"}}}`, ""},
	{"product_list", `{` + to + `"type":"interactive","interactive":{"type":"product_list","header":{"type":"text","text":"Bikes"},"body":{"text":"See"},"action":{"catalog_id":"c","sections":[{"title":"All","product_items":[{"product_retailer_id":"p"}]}]}}}`, ""},
	{"catalog_message", `{` + to + `"type":"interactive","interactive":{"type":"catalog_message","body":{"text":"See"},"action":{"name":"catalog_message"}}}`, ""},
	{"address_message", `{` + to + `"type":"interactive","interactive":{"type":"address_message","body":{"text":"Where"},"action":{"name":"address_message","parameters":{"country":"IN"}}}}`, ""},
	{"call_permission_request", `{` + to + `"type":"interactive","interactive":{"type":"call_permission_request","action":{"name":"call_permission_request"}}}`, ""},
	{"contact request by the name of its action", `{` + to + `"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"Share"},"action":{"name":"request_contact_info"}}}`, `{` + to + `"type":"interactive","interactive":{"type":"contact_request","body":{"text":"Share"},"action":{"name":"request_contact_info"}}}`},
	{"carousel", `{` + to + `"type":"interactive","interactive":{"type":"carousel","body":{"text":"See"},"action":{"cards":[{"card_index":0,"type":"product","action":{"catalog_id":"c","product_retailer_id":"p"}},{"card_index":1,"type":"product","action":{"catalog_id":"c","product_retailer_id":"q"}}]}}}`, ""},
	{"order_details", `{` + to + `"type":"interactive","interactive":{"type":"order_details","body":{"text":"Pay"},"action":{"name":"review_and_pay","parameters":{"reference_id":"1"}}}}`, ""},
	{"template", `{` + to + `"type":"template","template":{"name":"greeting","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ida"}]}]}}`, ""},
}

func TestEveryTypeReachesWhatsApp(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.writes(phone, "wamid.in", hello)
		h.graph.forget()
		for _, s := range sends {
			got := h.post("/"+phone+"/messages", s.body)
			got.wants(200, 0)
			id, ours := wa.Wamid(got.text("messages.0.id")).Ours()
			if !ours || got.text("messaging_product") != "whatsapp" || got.text("contacts.0.wa_id") != customer {
				t.Errorf("%s: got %s, want an id of ours and the customer's", s.name, got.raw)
			}
			if _, ok, err := h.app.Inbox.Message(t.Context(), h.app.Workspace.ID, id); err != nil || !ok {
				t.Errorf("%s: the message is not stored: %v", s.name, err)
			}
			if want := map[bool]any{true: "accepted"}[s.name == "template"]; got.dig("messages.0.message_status") != want {
				t.Errorf("%s: got message_status %v, want %v", s.name, got.dig("messages.0.message_status"), want)
			}
		}
		for i, got := range h.messagesSent(len(sends)) {
			want := sends[i].want
			if want == "" {
				want = sends[i].body
			}
			if diff := cmp.Diff(object(t, want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", sends[i].name, diff)
			}
		}
	})
}

func TestFormsAndQueries(t *testing.T) {
	h := open(t, "")
	h.writes(phone, "wamid.in", hello)
	h.graph.forget()
	form := url.Values{"messaging_product": {"whatsapp"}, "to": {customer}, "type": {"text"}, "text": {`{"body":"a & b"}`}, "access_token": {adminKey}}
	h.call("", "POST", "/v25.0/"+phone+"/messages", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").wants(200, 0)
	h.call("", "POST", "/"+phone+"/messages?"+form.Encode(), nil).wants(200, 0)
	for i, got := range h.messagesSent(2) {
		if diff := cmp.Diff(object(t, `{`+to+`"type":"text","text":{"body":"a & b"}}`), got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", i, diff)
		}
	}
}

func TestPeopleWithoutANumber(t *testing.T) {
	h := open(t, "")
	template := `"type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`
	got := h.post("/"+phone+"/messages", `{"messaging_product":"whatsapp","recipient":"DE.13491208655302741918",`+template)
	got.wants(200, 0)
	if got.dig("contacts.0.wa_id") != nil || got.text("contacts.0.user_id") != "DE.13491208655302741918" || got.text("contacts.0.input") != "DE.13491208655302741918" {
		t.Errorf("got %s, want the user's id and no number", got.raw)
	}
	got = h.post("/"+phone+"/messages", `{"messaging_product":"whatsapp","to":"+49 1551 0000001","recipient":"DE.13491208655302741918",`+template)
	if got.text("contacts.0.wa_id") != customer || got.text("contacts.0.user_id") != "DE.13491208655302741918" || got.text("contacts.0.input") != "+49 1551 0000001" {
		t.Errorf("got %s, want both and the number as typed", got.raw)
	}
	want := []string{"", "+" + customer}
	for i, body := range h.messagesSent(2) {
		if to, _ := body["to"].(string); to != want[i] {
			t.Errorf("got to=%q, want %q: with both, the number wins", to, want[i])
		}
	}
}

func TestIdsOfOursAreTakenBack(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.writes(phone, "wamid.in", hello)
		h.graph.forget()
		first := h.post("/"+phone+"/messages", `{`+to+`"type":"text","text":{"body":"one"}}`).text("messages.0.id")
		h.messagesSent(1)
		h.post("/"+phone+"/messages", `{`+to+`"type":"text","context":{"message_id":"`+first+`"},"text":{"body":"two"}}`).wants(200, 0)
		h.post("/"+phone+"/messages", `{`+to+`"type":"reaction","reaction":{"message_id":"`+first+`","emoji":"👍"}}`).wants(200, 0)
		sent := h.messagesSent(3)
		if c, _ := sent[1]["context"].(map[string]any); c["message_id"] != "wamid.sent1" {
			t.Errorf("got context %v, want WhatsApp's own id of the first", c)
		}
		if r, _ := sent[2]["reaction"].(map[string]any); r["message_id"] != "wamid.sent1" {
			t.Errorf("got reaction %v, want WhatsApp's own id of the first", r)
		}
	})
}

func TestTheSameKeyTwiceSendsOnce(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.writes(phone, "wamid.in", hello)
		body := `{` + to + `"type":"text","text":{"body":"once"},"biz_opaque_callback_data":"order 7"}`
		one := h.post("/"+phone+"/messages", body, "Idempotency-Key", "order-7")
		two := h.call(h.key, "POST", "/v19.0/"+phone+"/messages", body, "Idempotency-Key", "order-7")
		if one.wants(200, 0).text("messages.0.id") != two.wants(200, 0).text("messages.0.id") {
			t.Errorf("got %s and %s, want the same id", one.raw, two.raw)
		}
		id, _ := wa.Wamid(one.text("messages.0.id")).Ours()
		m, _, err := h.app.Inbox.Message(t.Context(), h.app.Workspace.ID, id)
		if err != nil || m.Opaque != "order 7" || m.Author.Kind != wa.AuthorAPI {
			t.Errorf("got %q by %q, %v; want the caller's own data and an author", m.Opaque, m.Author.Kind, err)
		}
		h.post("/"+phone+"/messages", strings.Replace(body, "once", "twice", 1), "Idempotency-Key", "order-7").wants(409, 100)
	})
}

func TestReadAndTyping(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.writes(phone, "wamid.in", hello)
		h.writes(phoneTwo, "wamid.elsewhere", hello)
		h.writes(other, "wamid.theirs", hello)
		m, _, err := h.app.Inbox.MessageByWamid(t.Context(), h.app.Workspace.ID, "wamid.in")
		h.must(err)
		h.graph.forget()
		read := func(id, more string) reply {
			return h.post("/"+phone+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"`+id+`"`+more+`}`)
		}
		if got := read("wamid.in", "").wants(200, 0); string(got.raw) != "{\"success\":true}\n" {
			t.Errorf("got %s", got.raw)
		}
		read(string(m.ID.Wamid()), `,"typing_indicator":{"type":"text"}`).wants(200, 0)
		read("wamid.HBgMbefore Kontor", "").wants(200, 0) // WhatsApp decides
		seen := h.graph.calls("POST /" + phone + "/messages")
		for i, want := range []string{
			`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.in"}`,
			`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.in","typing_indicator":{"type":"text"}}`,
			`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.HBgMbefore Kontor"}`,
		} {
			if i >= len(seen) || string(seen[i].body) != want {
				t.Errorf("%d: got %v, want %s", i, seen, want)
			}
		}
		h.graph.forget()
		read("wamid.elsewhere", "").wants(400, 131009)
		read("nonsense", "").wants(400, 131009)
		read("", "").wants(400, 131008)
		read("wamid.in", `,"typing_indicator":{"type":"voice"}`).wants(400, 131009)
		read(string(wa.MessageID(7).Wamid()), "").wants(400, 131009)
		h.post("/"+phone+"/messages", `{"messaging_product":"whatsapp","status":"delivered","message_id":"wamid.in"}`).wants(400, 131009)
		if got := h.graph.calls("POST /" + phone + "/messages"); len(got) != 0 {
			t.Errorf("refused receipts reached WhatsApp: %v", got)
		}
	})
}

// What is wrong with a body, and how Graph says it.
func TestRefusalsOfMessages(t *testing.T) {
	h := open(t, "")
	h.writes(phone, "wamid.in", hello)
	h.graph.forget()
	long := strings.Repeat("x", 4097)
	for _, c := range []struct {
		name, body   string
		status, code int
	}{
		{"no JSON", `{"messaging_product"`, 400, 100},
		{"a list", `[]`, 400, 100},
		{"nothing", ``, 400, 131008},
		{"no product", `{"to":"4915510000001","text":{"body":"x"}}`, 400, 131008},
		{"another product", `{"messaging_product":"instagram","to":"4915510000001","text":{"body":"x"}}`, 400, 131009},
		{"nobody", `{"messaging_product":"whatsapp","type":"text","text":{"body":"x"}}`, 400, 131008},
		{"no phone", `{"messaging_product":"whatsapp","to":"abc","text":{"body":"x"}}`, 400, 131009},
		{"too few digits", `{"messaging_product":"whatsapp","to":"123","text":{"body":"x"}}`, 400, 131009},
		{"itself", `{"messaging_product":"whatsapp","to":"+49 451 5550100","text":{"body":"x"}}`, 400, 131021},
		{"no user id", `{"messaging_product":"whatsapp","recipient":"ida","text":{"body":"x"}}`, 400, 131009},
		{"a group", `{"messaging_product":"whatsapp","recipient_type":"group","to":"Y2FwaV9ncm91cA","text":{"body":"x"}}`, 400, 131009},
		{"no text", `{` + to + `"type":"text"}`, 400, 131008},
		{"empty text", `{` + to + `"type":"text","text":{"body":""}}`, 400, 131008},
		{"long text", `{` + to + `"type":"text","text":{"body":"` + long + `"}}`, 400, 100},
		{"text that is a list", `{` + to + `"type":"text","text":["x"]}`, 400, 100},
		{"preview_url that is text", `{` + to + `"type":"text","text":{"body":"x","preview_url":"perhaps"}}`, 400, 100},
		{"no such type", `{` + to + `"type":"hologram","hologram":{}}`, 400, 131051},
		{"a pin", `{` + to + `"type":"pin","pin":{"type":"pin"}}`, 400, 131051},
		{"neither id nor link", `{` + to + `"type":"image","image":{"caption":"x"}}`, 400, 131008},
		{"both id and link", `{` + to + `"type":"image","image":{"id":"1","link":"https://x.example/a.jpg"}}`, 400, 131009},
		{"no such file", `{` + to + `"type":"image","image":{"id":"` + "459999999999999999" + `"}}`, 400, 100},
		{"no id at all", `{` + to + `"type":"image","image":{"id":"my-photo"}}`, 400, 100},
		{"a place on the moon", `{` + to + `"type":"location","location":{"latitude":91,"longitude":0}}`, 400, 131009},
		{"a place in words", `{` + to + `"type":"location","location":{"latitude":"north","longitude":0}}`, 400, 100},
		{"two emoji words", `{` + to + `"type":"reaction","reaction":{"message_id":"wamid.in","emoji":"ok"}}`, 400, 131009},
		{"an unknown target", `{` + to + `"type":"reaction","reaction":{"message_id":"wamid.none","emoji":"👍"}}`, 400, 131009},
		{"an unknown quote", `{` + to + `"context":{"message_id":"wamid.none"},"text":{"body":"x"}}`, 400, 131009},
		{"no such kind", `{` + to + `"type":"interactive","interactive":{"type":"dance","body":{"text":"x"},"action":{}}}`, 400, 131009},
		{"four buttons", `{` + to + `"type":"interactive","interactive":{"type":"button","body":{"text":"x"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"1"}},{"type":"reply","reply":{"id":"2","title":"2"}},{"type":"reply","reply":{"id":"3","title":"3"}},{"type":"reply","reply":{"id":"4","title":"4"}}]}}}`, 400, 100},
		{"no such template", `{` + to + `"type":"template","template":{"name":"none","language":{"code":"en_US"}}}`, 404, 132001},
		{"not in this language", `{` + to + `"type":"template","template":{"name":"greeting","language":{"code":"de"}}}`, 404, 132001},
		{"paused", `{` + to + `"type":"template","template":{"name":"paused_one","language":{"code":"en_US"}}}`, 400, 132015},
		{"too few values", `{` + to + `"type":"template","template":{"name":"greeting","language":{"code":"en_US"}}}`, 400, 132000},
		{"a value of another kind", `{` + to + `"type":"template","template":{"name":"greeting","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"image","image":{"link":"https://x.example/a.jpg"}}]}]}}`, 400, 132012},
		{"long data", `{` + to + `"text":{"body":"x"},"biz_opaque_callback_data":"` + long + `"}`, 400, 100},
		{"window closed", `{"messaging_product":"whatsapp","to":"4915510000009","text":{"body":"x"}}`, 400, 131047},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.post("/"+phone+"/messages", c.body)
			got.t = t
			got.wants(c.status, c.code)
			if !strings.Contains(got.text("error.message"), "(#") && c.code != 190 {
				t.Errorf("got %q, want the code in the message", got.text("error.message"))
			}
		})
	}
	big := h.post("/"+phone+"/messages", `{"text":"`+strings.Repeat("x", 1<<20)+`"}`)
	big.wants(http.StatusRequestEntityTooLarge, 100)
	if got := h.graph.calls("POST /" + phone + "/messages"); len(got) != 0 {
		t.Errorf("refused messages reached WhatsApp: %s", got[0].body)
	}
}

func TestTheGuardAgainstLoops(t *testing.T) {
	h := openWith(t, "", "KONTOR_CUSTOMER_DAILY_LIMIT=1")
	body := `{` + to + `"type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`
	h.post("/"+phone+"/messages", body).wants(200, 0)
	got := h.post("/"+phone+"/messages", body).wants(429, 131056)
	if got.header.Get("Retry-After") == "" || got.dig("error.is_transient") != true {
		t.Errorf("got %v %s, want it to be tried again tomorrow", got.header, got.raw)
	}
}

func TestWhoMaySend(t *testing.T) {
	h := open(t, "")
	body := `{` + to + `"type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`
	path := "/v25.0/" + phone + "/messages"
	h.call("", "POST", path, body).wants(401, 190)
	h.call("not a key at all, but long enough for one", "POST", path, body).wants(401, 190)
	h.call("", "POST", path, body, "Authorization", "Basic eDp5").wants(401, 190)
	h.call(h.keyOf(h.app.Workspace.ID, account.Auditor), "POST", path, body).wants(403, 10)
	h.call(h.keyOf(h.app.Workspace.ID, account.Agent), "POST", path, body).wants(200, 0)
	h.call("", "POST", path, body, "Authorization", "OAuth "+adminKey).wants(200, 0)
	h.call("", "POST", path+"?access_token="+adminKey, body).wants(200, 0)
	h.call("", "POST", path, strings.Replace(body, "{", `{"access_token":"`+adminKey+`",`, 1)).wants(200, 0)
	h.call(adminKey, "POST", path+"?appsecret_proof="+strings.Repeat("0a", 32), body).wants(200, 0)
	h.call(adminKey, "POST", path+"?appsecret_proof=proof", body).wants(400, 100)
	if got := h.call("", "POST", path, body); !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "OAuth ") {
		t.Errorf("got WWW-Authenticate %q", got.header.Get("WWW-Authenticate"))
	}
	for _, body := range h.messagesSent(5) {
		if body["access_token"] != nil {
			t.Error("the key went to WhatsApp")
		}
	}
}

func TestAnyVersionAndNone(t *testing.T) {
	h := open(t, "")
	body := `{` + to + `"type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`
	for _, prefix := range []string{"/v13.0", "/v25.0", "/v99.1", ""} {
		got := h.call(h.key, "POST", prefix+"/"+phone+"/messages", body).wants(200, 0)
		want := strings.TrimPrefix(prefix, "/")
		if want == "" {
			want = "v26.0"
		}
		if got.header.Get("facebook-api-version") != want || got.header.Get("X-Request-Id") == "" || got.header.Get("x-fb-trace-id") == "" {
			t.Errorf("got %v, want the version %s and a trace", got.header, want)
		}
	}
	h.call(h.key, "POST", "/v25.0/"+phone+"/messages/", body).wants(200, 0)
}
