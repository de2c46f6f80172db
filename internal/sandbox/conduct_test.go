package sandbox

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
)

// failure waits for the failed status of a message and checks its code.
func (w *world) failure(id string, code int) {
	w.t.Helper()
	v := w.hooks.status(id, "failed")
	if got := dig(v, "statuses", "0", "errors", "0", "code"); got != json.Number(strconv.Itoa(code)) {
		w.t.Errorf("failed status of %s: got code %v, want %d", id, got, code)
	}
}

func (w *world) conduct(id, body string) {
	w.t.Helper()
	w.must("PATCH", "/sandbox/conduct/"+id, body)
}

const sale = `"type":"template","template":{"name":"sale","language":{"code":"de"}}`

// withSale has a marketing template without variables.
func withSale(o *Options) {
	o.Templates = append(o.Templates, Template{Name: "sale", Language: "de", Category: "MARKETING", Components: []Component{{Type: "BODY", Text: "Nur heute"}}})
	o.Numbers[0].PerSecond = -1
}

func TestStandingsRefuseEverySend(t *testing.T) {
	w := newWorld(t, withSale)
	hello := template("hello_world", "en_US", "")
	for _, s := range standings {
		w.conduct(waba, `{"standing":"`+s.name+`"}`)
		wantRefusal(t, w.send("+"+ana, hello), s.code, "")
	}
	w.writes(ana, "hi")
	w.conduct(waba, `{"standing":"misclassified"}`)
	w.sendOK("+"+ana, `"type":"text","text":{"body":"templates only"}`)
	w.conduct(waba, `{"standing":"maintenance","for":"60s"}`)
	wantRefusal(t, w.send("+"+ana, hello), 131057, "")
	w.must("POST", "/sandbox/clock", `{"advance":"61s"}`)
	w.sendOK("+"+ana, hello)
	w.conduct(pnid, `{"standing":"payment"}`)
	wantRefusal(t, w.send("+"+ana, hello), 131042, "")
	w.conduct(pnid, `{"standing":""}`)
	w.sendOK("+"+ana, hello)
}

func TestLockingAnAccountIsTold(t *testing.T) {
	w := newWorld(t)
	w.conduct(waba, `{"standing":"locked"}`)
	if ch := w.hooks.field("account_update"); dig(ch.value, "ban_info", "waba_ban_state") != "DISABLE" || ch.entry["id"] != waba {
		t.Errorf("locked: got %v", ch)
	}
	w.conduct("portfolio", `{"messaging_limit":250}`)
	if ch := w.hooks.field("business_capability_update"); ch.value["max_daily_conversations_per_business"] != json.Number("250") {
		t.Errorf("new limit: got %v", ch.value)
	}
}

func TestWhomANumberMayWriteTo(t *testing.T) {
	w := newWorld(t)
	hello := template("hello_world", "en_US", "")
	w.conduct(waba, `{"restricted_countries":["br"]}`)
	wantRefusal(t, w.send("+"+ana, hello), 130497, "BR")
	w.sendOK("+4915100000001", hello)
	w.conduct(waba, `{"restricted_countries":[]}`)
	w.conduct(pnid, `{"allowed_recipients":["+49 151 00000001"]}`)
	wantRefusal(t, w.send("+"+ana, hello), 131030, "allowed")
	w.sendOK("+4915100000001", hello)
	for _, body := range []string{`{"allowed_recipients":["1","2","3","4","5","6"]}`, `{"standing":"sad"}`, `{"messaging_limit":3}`, `{"marketing_api":"broken"}`, `{"webhook_version":3}`, `{"marketing_cap":-1}`, `{"for":"soon"}`, `{"mood":1}`} {
		if a := w.do("PATCH", "/sandbox/conduct/"+pnid, body); a.status != 422 {
			t.Errorf("%s: got %d, want 422", body, a.status)
		}
	}
	if a := w.do("PATCH", "/sandbox/conduct/7", `{}`); a.status != 404 {
		t.Errorf("unknown id: got %d, want 404", a.status)
	}
	a := w.must("GET", "/sandbox/conduct", "")
	if dig(a.body, "data", pnid, "allowed_recipients", "0") != "4915100000001" {
		t.Errorf("GET: got %s", a.raw)
	}
}

func TestMessagingLimitCountsPeopleOutsideWindows(t *testing.T) {
	w := newWorld(t, withSale)
	hello := template("hello_world", "en_US", "")
	w.conduct("portfolio", `{"messaging_limit":2}`)
	w.writes(ana, "hi")
	w.sendOK("+"+ana, hello) // in a window
	w.sendOK("+4915100000001", hello)
	w.sendOK("+4915100000001", hello) // the same person
	w.sendOK("+4915100000002", hello)
	wantRefusal(t, w.send("+4915100000003", hello), 131048, "limit")
	w.sendOK("+4915100000002", hello)
	w.conduct("portfolio", `{"messaging_limit_code":80007}`)
	wantRefusal(t, w.send("+4915100000003", hello), 80007, "limit")
	w.must("POST", "/sandbox/clock", `{"advance":"25h"}`)
	w.sendOK("+4915100000003", hello)
}

func TestMarketingThatIsNotDelivered(t *testing.T) {
	w := newWorld(t, withSale)
	w.failure(w.sendOK("+12025550123", sale), 131049)
	w.hooks.status(w.sendOK("+14165550123", sale), "delivered") // Canada
	w.conduct(waba, `{"us_marketing":true}`)
	w.hooks.status(w.sendOK("+12025550123", sale), "delivered")

	w.conduct(waba, `{"marketing_cap":2}`)
	w.hooks.status(w.sendOK("+"+ana, sale), "delivered")
	w.hooks.status(w.sendOK("+"+ana, sale), "delivered")
	w.failure(w.sendOK("+"+ana, sale), 131049)
	w.writes(ana, "hi") // a window: marketing does not count
	w.hooks.status(w.sendOK("+"+ana, sale), "delivered")
	w.must("POST", "/sandbox/clock", `{"advance":"25h"}`)
	w.hooks.status(w.sendOK("+"+ana, sale), "delivered")
	for range 3 { // no cap in the European Economic Area
		w.hooks.status(w.sendOK("+4915100000001", sale), "delivered")
	}

	w.must("PATCH", "/sandbox/customers/4915100000002", `{"experiment":true}`)
	w.failure(w.sendOK("+4915100000002", sale), 130472)
	w.hooks.status(w.sendOK("+4915100000002", template("hello_world", "en_US", "")), "delivered")

	w.conduct(waba, `{"no_cloud_marketing":true}`)
	wantRefusal(t, w.send("+"+ana, sale), 131063, "Cloud API")
	w.must("POST", "/v25.0/"+pnid+"/marketing_messages", `{"messaging_product":"whatsapp","to":"+4915100000001",`+sale+`}`)
}

func TestMarketingMessagesTakesMarketingOnly(t *testing.T) {
	w := newWorld(t, withSale, func(o *Options) { o.Templates = append(o.Templates, oddTemplates()...) })
	w.writes("4915100000001", "hi")
	mm := func(version, rest string) answer {
		return w.do("POST", "/"+version+pnid+"/marketing_messages", `{"messaging_product":"whatsapp","to":"+4915100000001",`+rest+`}`)
	}
	a := mm("v25.0/", sale+`,"product_policy":"STRICT","message_activity_sharing":true`)
	if a.status != 200 {
		t.Fatalf("sale: got %d %s", a.status, a.raw)
	}
	v := w.hooks.status(dig(a.body, "messages", "0", "id").(string), "sent")
	if dig(v, "statuses", "0", "pricing", "category") != "marketing_lite" {
		t.Errorf("pricing: got %v, want marketing_lite", v)
	}
	if a := mm("", `"type":"template","template":{"name":"gif","language":{"code":"de"},"components":[{"type":"header","parameters":[{"type":"gif","gif":{"link":"https://a.example/b"}}]}]}`); a.status != 200 {
		t.Errorf("GIF header: got %d %s", a.status, a.raw)
	}
	text := `"type":"text","text":{"body":"a"}`
	wantRefusal(t, mm("v25.0/", text), 134100, "type")
	wantRefusal(t, mm("", text), 134100, "type")
	wantRefusal(t, mm("v22.0/", text), 131055, "type")
	wantRefusal(t, mm("v25.0/", template("hello_world", "en_US", "")), 134100, "UTILITY")
	wantRefusal(t, mm("v25.0/", sale+`,"product_policy":"LAX"`), 131009, "product_policy")
	for way, code := range map[string]int{"not_onboarded": 131055, "ads_syncing": 131009, "syncing": 134101, "unavailable": 134102} {
		w.conduct(waba, `{"marketing_api":"`+way+`"}`)
		wantRefusal(t, mm("v25.0/", sale), code, "")
	}
	w.conduct(waba, `{"marketing_api":"unavailable"}`)
	if a := mm("v25.0/", sale+`,"product_policy":"CLOUD_API_FALLBACK"`); a.status != 200 {
		t.Errorf("fallback: got %d %s", a.status, a.raw)
	}
}

func TestPacingHoldsReleasesAndDrops(t *testing.T) {
	w := newWorld(t, withSale)
	pace := func(body string) answer { return w.must("POST", "/sandbox/templates/sale/pacing", body) }
	held := func() string {
		t.Helper()
		a := w.send("+4915100000001", sale)
		if dig(a.body, "messages", "0", "message_status") != "held_for_quality_assessment" {
			t.Fatalf("got %s, want held", a.raw)
		}
		return dig(a.body, "messages", "0", "id").(string)
	}
	pace(`{"after":1}`)
	w.hooks.status(w.sendOK("+4915100000001", sale), "delivered")
	first, second := held(), held()
	if n := len(w.phone("4915100000001")); n != 1 {
		t.Errorf("phone shows %d messages, want the one before", n)
	}
	if a := pace(`{"action":"release"}`); a.body["messages"] != json.Number("2") {
		t.Errorf("release: got %s, want 2 messages", a.raw)
	}
	w.hooks.status(first, "delivered")
	w.hooks.status(second, "delivered")

	pace(`{"for":"30m","then":"drop"}`)
	third := held()
	w.must("POST", "/sandbox/clock", `{"advance":"31m"}`)
	w.failure(third, 132015)
	if ch := w.hooks.field("message_template_status_update"); ch.value["event"] != "PAUSED" {
		t.Errorf("webhook: got %v", ch.value)
	}
	wantRefusal(t, w.send("+4915100000001", sale), 132015, "paused")
	for _, body := range []string{`{"action":"forget"}`, `{"for":"x"}`, `{"after":-1}`, `{"then":"hold"}`} {
		if a := w.do("POST", "/sandbox/templates/sale/pacing", body); a.status != 422 {
			t.Errorf("%s: got %d, want 422", body, a.status)
		}
	}
	if a := w.do("POST", "/sandbox/templates/none/pacing", `{}`); a.status != 404 {
		t.Errorf("unknown template: got %d", a.status)
	}
}

func TestIdentityIsChecked(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	key := w.must("GET", "/sandbox/customers/"+ana, "").body["identity_key_hash"].(string)
	body := func(hash string) string {
		return `"recipient_identity_key_hash":"` + hash + `","type":"text","text":{"body":"a"}`
	}
	v := w.hooks.status(w.sendOK("+"+ana, body(key)), "delivered")
	if dig(v, "statuses", "0", "recipient_identity_key_hash") != key {
		t.Errorf("status: got %v, want the hash", v)
	}
	now := w.must("POST", "/sandbox/customers/"+ana+"/identity", "").body["identity_key_hash"].(string)
	wantRefusal(t, w.send("+"+ana, body(key)), 137000, "identity")
	w.sendOK("+"+ana, body(now))
}

func TestNumberChangeIsTold(t *testing.T) {
	w := newWorld(t)
	w.hooks.message(w.writes(ana, "hi"))
	before := w.must("GET", "/sandbox/customers/"+ana, "").body["bsuid"].(string)
	system := func(kind string) (found map[string]any) {
		w.hooks.until("system message "+kind, func(cs []change) bool {
			for _, c := range cs {
				if dig(c.value, "messages", "0", "system", "type") == kind {
					found = c.value
				}
			}
			return found != nil
		})
		return found
	}
	a := w.must("POST", "/sandbox/customers/"+ana+"/number", `{"phone":"+55 11 95550-0199"}`)
	v := system("user_changed_number")
	id := a.body["bsuid"].(string)
	if dig(v, "messages", "0", "from") != ana || dig(v, "messages", "0", "system", "wa_id") != "5511955500199" ||
		dig(v, "messages", "0", "system", "user_id") != id || dig(v, "messages", "0", "system", "previous_user_id") != before || id == before || v["contacts"] != nil {
		t.Errorf("user_changed_number: got %v", v)
	}
	if n := len(w.phone("5511955500199")); n != 1 {
		t.Errorf("the new number shows %d messages, want the old one's", n)
	}
	w.must("POST", "/sandbox/customers/5511955500199/number", `{}`)
	if v := system("user_changed_user_id"); dig(v, "messages", "0", "from") != nil || dig(v, "messages", "0", "system", "previous_user_id") != id {
		t.Errorf("user_changed_user_id: got %v", v)
	}
	w.writes("4915100000001", "hi")
	if a := w.do("POST", "/sandbox/customers/4915100000001/number", `{"phone":"5511955500199"}`); a.status != 409 {
		t.Errorf("a number that is taken: got %d, want 409", a.status)
	}
}

func TestUsernamesRetentionAndParents(t *testing.T) {
	w := newWorld(t)
	w.conduct(waba, `{"number_retention":true}`)
	w.conduct("portfolio", `{"parent_user_ids":true}`)
	w.must("PATCH", "/sandbox/customers/"+ana, `{"username_only":true,"username":"joao"}`)
	v := w.hooks.message(w.writes(ana, "hi"))
	own := dig(v, "messages", "0", "from_user_id").(string)
	if dig(v, "messages", "0", "from") != nil || dig(v, "messages", "0", "from_parent_user_id") != strings.Replace(own, ".", ".ENT.", 1) {
		t.Errorf("before the business knows the number: got %v", v)
	}
	w.sendOK("+"+ana, `"type":"text","text":{"body":"to your number"}`)
	if v := w.hooks.message(w.writes(ana, "again")); dig(v, "messages", "0", "from") != ana {
		t.Errorf("after the business wrote to the number: got %v", v)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"31d"}`)
	if v := w.hooks.message(w.writes(ana, "later")); dig(v, "messages", "0", "from") != nil {
		t.Errorf("31 days later: got %v", v)
	}
	a := w.do("POST", "/v25.0/"+pnid+"/messages", `{"messaging_product":"whatsapp","recipient":"`+strings.Replace(own, ".", ".ENT.", 1)+`","type":"text","text":{"body":"a"}}`)
	if a.status != 200 {
		t.Errorf("to a parent BSUID: got %d %s", a.status, a.raw)
	}
}

func TestCallLimitsAndUsageHeaders(t *testing.T) {
	c := standing()
	w := newWorld(t, func(o *Options) { o.Clock = c.now })
	w.conduct(waba, `{"calls_per_hour":4}`)
	for i := range 4 {
		a := w.do("GET", "/v25.0/"+waba+"/phone_numbers", "")
		if want := `"call_count":` + strconv.Itoa(25*(i+1)); a.status != 200 || !strings.Contains(a.header.Get("x-business-use-case-usage"), want) {
			t.Errorf("call %d: got %d %q, want %s", i, a.status, a.header.Get("x-business-use-case-usage"), want)
		}
	}
	a := w.do("GET", "/v25.0/"+waba, "")
	if dig(a.body, "error", "code") != json.Number("80007") || !strings.Contains(a.header.Get("x-business-use-case-usage"), `"estimated_time_to_regain_access":60`) {
		t.Errorf("fifth call: got %d %s %q", a.status, a.raw, a.header.Get("x-business-use-case-usage"))
	}
	w.sendOK("+"+ana, template("hello_world", "en_US", "")) // sends do not count
	w.must("POST", "/sandbox/clock", `{"advance":"61m"}`)
	w.must("GET", "/v25.0/"+waba, "")
	w.conduct("portfolio", `{"app_calls_per_hour":3}`)
	codes := ""
	for range 4 {
		codes += textOf(dig(w.do("GET", "/v25.0/"+pnid, "").body, "error", "message")) + ";"
	}
	if !strings.HasSuffix(codes, "(#4) Application request limit reached;") || !strings.HasPrefix(codes, ";") {
		t.Errorf("app limit: got %s", codes)
	}
}

func TestHourForgets(t *testing.T) {
	var h hour
	at := time.Date(2026, 11, 20, 10, 0, 30, 0, time.UTC)
	for range 3 {
		h.add(at)
	}
	for minutes, want := range map[int]int{59: 4, 60: 1} {
		copied := h
		if got := copied.add(at.Add(time.Duration(minutes) * time.Minute)); got != want {
			t.Errorf("after %d minutes: got %d, want %d", minutes, got, want)
		}
	}
	if got := h.add(at.Add(-2 * time.Hour)); got != 1 {
		t.Errorf("set back: got %d, want 1", got)
	}
}
