package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFaultsByPathNumberAndBody(t *testing.T) {
	second := DefaultNumber()
	second.PhoneNumberID, second.DisplayPhone = "200000000000002", "+49 451 5550200"
	w := newWorld(t, func(o *Options) { o.Numbers = append(o.Numbers, second) })
	hello := template("hello_world", "en_US", "")
	set := func(body string) {
		t.Helper()
		w.must("DELETE", "/sandbox/faults", "")
		w.must("POST", "/sandbox/faults", body)
	}
	from := func(number string) answer {
		return w.do("POST", "/v25.0/"+number+"/messages", `{"messaging_product":"whatsapp","to":"+`+ana+`",`+hello+`}`)
	}

	set(`{"kind":"refuse","code":131016,"match":{"number":"` + second.PhoneNumberID + `"}}`)
	if a, b := from(pnid), from(second.PhoneNumberID); a.status != 200 || b.status != 500 {
		t.Errorf("by number: got %d and %d, want 200 and 500", a.status, b.status)
	}
	set(`{"kind":"refuse","match":{"path":"/v25.0/*/message_templates"}}`)
	if a, b := w.do("GET", "/v24.0/"+waba+"/message_templates", ""), w.do("GET", "/"+waba+"/phone_numbers", ""); a.status != 500 || b.status != 200 {
		t.Errorf("by path: got %d and %d, want 500 and 200", a.status, b.status)
	}
	set(`{"kind":"refuse","http_status":502,"body":"html","details":"a proxy"}`)
	if a := from(pnid); a.status != 502 || !strings.HasPrefix(string(a.raw), "<html>") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("html: got %d %s", a.status, a.raw)
	}
	set(`{"kind":"refuse","http_status":503,"body":"empty"}`)
	if a := from(pnid); a.status != 503 || len(a.raw) != 0 {
		t.Errorf("empty: got %d %s", a.status, a.raw)
	}
	set(`{"kind":"fail_message","code":131026,"details":"old client","count":1,"match":{"phone":"` + ana + `"}}`)
	id := w.sendOK("+"+ana, hello)
	w.failure(id, 131026)
	w.hooks.status(w.sendOK("+"+ana, hello), "delivered")
	set(`{"kind":"drop_webhook","match":{"number":"` + second.PhoneNumberID + `"}}`)
	w.hooks.message(w.writes(ana, "to the first"))
	for _, body := range []string{`{"kind":"refuse","body":"xml"}`, `{"kind":"refuse","code":-1}`} {
		if a := w.do("POST", "/sandbox/faults", body); a.status != 422 {
			t.Errorf("%s: got %d, want 422", body, a.status)
		}
	}
}

// TestRatioOfWebhooksDoesNotDependOnOrder: the same seed strikes the same
// updates, however the customers' updates happen to be mixed.
func TestRatioOfWebhooksDoesNotDependOnOrder(t *testing.T) {
	struckOf := func(delay time.Duration) json.Number {
		w := newWorld(t, func(o *Options) { o.StatusDelayMin, o.StatusDelayMax = delay, 3*delay })
		w.must("POST", "/sandbox/faults", `{"kind":"drop_webhook","ratio":0.5,"match":{"type":"status"}}`)
		for i := range 20 {
			w.sendOK("+49151000010"+itoa(10+i), template("hello_world", "en_US", ""))
		}
		w.must("POST", "/sandbox/idle?wait=10s", "")
		return dig(w.must("GET", "/sandbox/faults", "").body, "data", "0", "struck").(json.Number)
	}
	first, second := struckOf(-1), struckOf(4*time.Millisecond)
	if first != second || first == "0" || first == "40" {
		t.Errorf("same seed, other order: got %s and %s of 40 struck, want the same", first, second)
	}
}

func TestEventsOfOneKind(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", w.url+"/sandbox/events?only=log,clock", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				return name
			}
		}
		return "none"
	}
	if got := next(); got != "hello" {
		t.Errorf("first: got %s, want hello", got)
	}
	w.must("PATCH", "/sandbox/customers/"+ana, `{"name":"Ana"}`)
	w.must("POST", "/sandbox/clock", `{"advance":"1s"}`)
	if got := next(); got != "clock" {
		t.Errorf("got %s, want clock: the customer was not asked for", got)
	}
	w.do("GET", "/v25.0/"+pnid, "")
	if got := next(); got != "log" {
		t.Errorf("got %s, want log", got)
	}
}

func TestTypingIsSeenUntilTheAnswer(t *testing.T) {
	w := newWorld(t)
	in := w.writes(ana, "hi")
	typing := func() any { return w.must("GET", "/sandbox/customers/"+ana, "").body["typing_until"] }
	w.must("POST", "/"+pnid+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"`+in+`","typing_indicator":{"type":"text"}}`)
	if typing() == nil {
		t.Error("the customer does not see the business type")
	}
	w.sendOK("+"+ana, `"type":"text","text":{"body":"a"}`)
	if typing() != nil {
		t.Error("typing goes on after the answer")
	}
	w.must("POST", "/"+pnid+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"`+in+`","typing_indicator":{"type":"text"}}`)
	w.must("POST", "/sandbox/clock", `{"advance":"26s"}`)
	if typing() != nil {
		t.Error("typing goes on after 25 seconds")
	}
}

func TestPriceBookCanBeReplaced(t *testing.T) {
	w := newWorld(t)
	w.must("PUT", "/sandbox/pricing", `{"models":[{"model":"XYZ"}],"rules":[{"type":"gift","billable":false}]}`)
	v := w.hooks.status(w.sendOK("+"+ana, template("hello_world", "en_US", "")), "sent")
	if dig(v, "statuses", "0", "pricing", "type") != "gift" || dig(v, "statuses", "0", "pricing", "pricing_model") != "XYZ" {
		t.Errorf("pricing: got %v", dig(v, "statuses", "0", "pricing"))
	}
	for _, body := range []string{`{}`, `{"models":[{"model":"A"}],"rules":[{"of":["utility"],"type":"a","billable":true}]}`, `{"models":[{"from":"2026-01-01","model":"A"}],"rules":[{"type":"a","billable":true}]}`, `{"models":[{"model":"A"}],"rules":[{"from":"soon","type":"a"},{"type":"b"}]}`} {
		if a := w.do("PUT", "/sandbox/pricing", body); a.status != 422 {
			t.Errorf("%s: got %d, want 422", body, a.status)
		}
	}
	book := defaultPrices()
	for _, c := range []struct {
		day, phone, category, market string
		rate                         float64
	}{
		{"2026-03-31", "919812345678", "authentication-international", "India", 0.028},
		{"2026-04-01", "919812345678", "authentication-international", "India", 0.0304},
		{"2026-06-30", "447700900123", "marketing", "United Kingdom", 0.0529},
		{"2026-07-01", "447700900123", "marketing_lite", "United Kingdom", 0.0635},
		{"2026-09-30", "8801700000000", "utility", "Rest of Asia Pacific", 0.0113},
		{"2026-10-01", "8801700000000", "utility", "Rest of Asia Pacific", 0.0113}, // a market of its own, whose rate nobody has seen
		{"2026-10-01", "4915112345678", "service", "Germany", 0.055},
		{"2026-09-30", "4915112345678", "service", "Germany", 0},
		{"2026-05-01", "18095550123", "marketing", "Rest of Latin America", 0.074},
		{"2026-05-01", "12025550123", "marketing", "North America", 0.025},
		{"2026-05-01", "95912345678", "utility", "Other", 0.0077},
	} {
		at, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		market := book.market(at, c.phone)
		if got := book.rate(at, market, c.category); market != c.market || got != c.rate {
			t.Errorf("%s on %s: got %s %v, want %s %v", c.phone, c.day, market, got, c.market, c.rate)
		}
	}
}
