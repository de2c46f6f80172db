package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWebhooksAreRetriedInOrder(t *testing.T) {
	w := newWorld(t)
	w.hooks.mu.Lock()
	w.hooks.answer = func(post int, _ []byte) int {
		if post <= 3 {
			return 503
		}
		return 200
	}
	w.hooks.mu.Unlock()
	var ids []string
	for range 5 {
		ids = append(ids, w.writes(ana, "hi"))
	}
	cs := w.hooks.until("five messages", func(cs []change) bool { return len(cs) == 5 })
	for i, c := range cs {
		if got := dig(c.value, "messages", "0", "id"); got != ids[i] {
			t.Errorf("message %d: got %v, want %s", i, got, ids[i])
		}
	}
}

// TestOrderIsKeptOverAnOutage: however often a business that is down was tried,
// it gets a customer's messages in order when it is back.
func TestOrderIsKeptOverAnOutage(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RetryBase = time.Millisecond })
	tried, back := make(chan struct{}), make(chan struct{})
	w.hooks.mu.Lock()
	w.hooks.answer = func(post int, _ []byte) int {
		select {
		case <-back:
			return 200
		default:
		}
		if post == patience+2 {
			close(tried)
		}
		return 503
	}
	w.hooks.mu.Unlock()
	first := w.writes(ana, "1")
	<-tried
	ids := []string{first, w.writes(ana, "2"), w.writes(ana, "3")}
	close(back)
	cs := w.hooks.until("three messages", func(cs []change) bool { return len(cs) == 3 })
	for i, c := range cs {
		if got := dig(c.value, "messages", "0", "id"); got != ids[i] {
			t.Errorf("message %d: got %v, want %s", i, got, ids[i])
		}
	}
}

// TestAWebhookThatIsAlwaysRefusedIsOvertaken: one poisonous update must not
// keep the customer's later ones for ever.
func TestAWebhookThatIsAlwaysRefusedIsOvertaken(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RetryBase = time.Millisecond })
	w.hooks.mu.Lock()
	w.hooks.answer = func(_ int, body []byte) int {
		if strings.Contains(string(body), "poison") {
			return 500
		}
		return 200
	}
	w.hooks.mu.Unlock()
	w.writes(ana, "poison")
	w.hooks.message(w.writes(ana, "fine"))
}

func TestRetriesWaitLongerAndEndAfterSevenDays(t *testing.T) {
	base := 250 * time.Millisecond
	var got []time.Duration
	for attempt := 1; attempt <= 16; attempt += 5 {
		got = append(got, backoff(base, attempt, time.Hour))
	}
	if diff := cmp.Diff([]time.Duration{base, 8 * time.Second, 256 * time.Second, time.Hour}, got); diff != "" {
		t.Errorf("backoff at attempts 1, 6, 11, 16 (-want +got):\n%s", diff)
	}
	c := newCourier(&Sandbox{opt: Options{RetryBase: base}})
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	l := c.line(lineKey{number: pnid, messages: true, overridable: true})
	for _, age := range []time.Duration{retryHorizon - time.Minute, retryHorizon + time.Minute} {
		q := l.queue(age.String())
		u := &update{made: now.Add(-age)}
		q.items, q.state = []*update{u}, busy
		c.done(l, taken{q, q.items}, refused, now)
	}
	if _, kept := l.queues[(retryHorizon - time.Minute).String()]; !kept {
		t.Error("an update younger than seven days was given up")
	}
	if _, kept := l.queues[(retryHorizon + time.Minute).String()]; kept {
		t.Error("an update older than seven days is still tried")
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	hello := template("hello_world", "en_US", "")
	set := func(body string) {
		t.Helper()
		w.must("DELETE", "/sandbox/faults", "")
		w.must("POST", "/sandbox/faults", body)
	}
	count := func(id, status string) (n int) {
		w.hooks.mu.Lock()
		defer w.hooks.mu.Unlock()
		for _, c := range w.hooks.changes {
			if dig(c.value, "statuses", "0", "id") == id && dig(c.value, "statuses", "0", "status") == status {
				n++
			}
		}
		return n
	}

	set(`{"kind":"refuse","code":130429,"http_status":429,"count":1,"match":{"edge":"messages","type":"template"}}`)
	w.sendOK("+"+ana, `"type":"text","text":{"body":"not matched"}`)
	if a := w.send("+"+ana, hello); a.status != 429 || dig(a.body, "error", "code") != json.Number("130429") {
		t.Errorf("refuse: got %d %s", a.status, a.raw)
	}
	w.sendOK("+"+ana, hello)

	set(`[{"kind":"delay","delay_ms":30}]`)
	began := time.Now()
	w.sendOK("+"+ana, hello)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("delay: answered after %v, want 30 ms at least", took)
	}

	before := len(w.must("GET", "/sandbox/customers/"+ana+"/messages?all=true", "").body["data"].([]any))
	set(`{"faults":[{"kind":"lose_answer","count":1}]}`)
	req, _ := http.NewRequest("POST", w.url+"/"+pnid+"/messages", strings.NewReader(`{"messaging_product":"whatsapp","to":"+`+ana+`",`+hello+`}`))
	req.Header.Set("Authorization", "Bearer x")
	if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
		resp.Body.Close()
		t.Errorf("lose_answer: got %d, want a broken connection", resp.StatusCode)
	} else if !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "EOF") {
		t.Logf("broken connection: %v", err)
	}
	if after := len(w.must("GET", "/sandbox/customers/"+ana+"/messages?all=true", "").body["data"].([]any)); after != before+1 {
		t.Errorf("lose_answer: %d messages before, %d after, want one more", before, after)
	}

	set(`{"kind":"drop_webhook","match":{"type":"sent"}}`)
	id := w.sendOK("+"+ana, hello)
	w.hooks.status(id, "delivered") // sent would have come first
	if n := count(id, "sent"); n != 0 {
		t.Errorf("drop_webhook: sent came %d times all the same", n)
	}

	set(`{"kind":"double_webhook","match":{"type":"message","phone":"` + ana + `"}}`)
	twice := w.writes(ana, "twice")
	w.hooks.until("the message twice", func(cs []change) bool {
		n := 0
		for _, c := range cs {
			if dig(c.value, "messages", "0", "id") == twice {
				n++
			}
		}
		return n == 2
	})

	set(`{"kind":"reorder_webhook","delay_ms":50,"match":{"type":"sent"}}`)
	id = w.sendOK("+"+ana, hello)
	w.hooks.status(id, "sent")
	order := ""
	w.hooks.mu.Lock()
	for _, c := range w.hooks.changes {
		if dig(c.value, "statuses", "0", "id") == id {
			order += dig(c.value, "statuses", "0", "status").(string) + " "
		}
	}
	w.hooks.mu.Unlock()
	if order != "delivered sent " {
		t.Errorf("reorder_webhook: got %q, want delivered before sent", order)
	}

	for _, body := range []string{`{"kind":"earthquake"}`, `{"kind":"delay","ratio":2}`, `{"kind":"delay","count":-1}`, `{"kind":"refuse","http_status":200}`, `{"kind":"delay","delay_ms":-1}`, `{"sort":"delay"}`, `7`} {
		if a := w.do("POST", "/sandbox/faults", body); a.status != 422 {
			t.Errorf("fault %s: got %d, want 422", body, a.status)
		}
	}
	if a := w.do("DELETE", "/sandbox/faults/none", ""); a.status != 404 {
		t.Errorf("unknown fault: got %d, want 404", a.status)
	}
}

func TestRatioIsDeterministicUnderASeed(t *testing.T) {
	run := func() (hits []bool) {
		w := newWorld(t)
		w.must("POST", "/sandbox/faults", `{"kind":"refuse","ratio":0.5,"match":{"edge":"node"}}`)
		for range 40 {
			hits = append(hits, w.do("GET", "/"+pnid, "").status != 200)
		}
		return hits
	}
	first, second := run(), run()
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("same seed, other faults:\n%s", diff)
	}
	n := 0
	for _, hit := range first {
		if hit {
			n++
		}
	}
	if n < 10 || n > 30 {
		t.Errorf("half of 40 calls: %d were refused", n)
	}
}

func TestClock(t *testing.T) {
	c := standing()
	w := newWorld(t, func(o *Options) { o.Clock = c.now })
	for body, want := range map[string]string{
		`{"set":"2026-10-01T00:00:00Z"}`: "2026-10-01T00:00:00Z",
		`{"set":"1790000000"}`:           "2026-09-21T14:13:20Z",
		`{"set":"now"}`:                  "2026-11-20T10:00:00Z",
	} {
		if a := w.must("POST", "/sandbox/clock", body); a.body["now"] != want {
			t.Errorf("%s: got %s, want %s", body, a.raw, want)
		}
	}
	w.must("POST", "/sandbox/clock", `{"set":"now"}`)
	if a := w.must("POST", "/sandbox/clock", `{"advance":"7d"}`); a.body["now"] != "2026-11-27T10:00:00Z" {
		t.Errorf("7d: got %s", a.raw)
	}
	for _, body := range []string{``, `{}`, `{"advance":"soon"}`, `{"set":"tomorrow"}`, `{"advance":"1h","set":"now"}`, `{"jump":"1h"}`} {
		if a := w.do("POST", "/sandbox/clock", body); a.status != 422 {
			t.Errorf("%s: got %d, want 422", body, a.status)
		}
	}
}

func TestForeignPagesAreRefused(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.AllowedHosts = []string{"sandbox.test"} })
	host := strings.TrimPrefix(w.url, "http://")
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"no Origin", nil, 200},
		{"own Origin", []string{"Origin", w.url}, 200},
		{"foreign Origin", []string{"Origin", "https://evil.example"}, 403},
		{"other port", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"null Origin", []string{"Origin", "null"}, 403},
		{"rebound name", []string{"Host", "evil.example"}, 403},
		{"rebound name with own Origin", []string{"Host", "evil.example", "Origin", "http://evil.example"}, 403},
		{"localhost", []string{"Host", "localhost:8090"}, 200},
		{"IPv6", []string{"Host", "[::1]:8090"}, 200},
		{"allowed", []string{"Host", "sandbox.test:8090"}, 200},
		{"picture on a foreign page", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"same site", []string{"Sec-Fetch-Site", "same-origin", "Host", host}, 200},
	} {
		if a := w.do("GET", "/sandbox/numbers", "", c.headers...); a.status != c.want {
			t.Errorf("%s: got %d, want %d", c.name, a.status, c.want)
		}
	}
	if a := w.do("GET", "/", "", "Host", "evil.example"); a.status != 403 {
		t.Errorf("page for a rebound name: got %d, want 403", a.status)
	}
	if a := w.do("GET", "/v25.0/"+pnid, "", "Host", "graph.internal"); a.status != 200 {
		t.Errorf("Graph for another host: got %d, want 200: it has tokens", a.status)
	}
}

func TestOpenAPIListsEveryRoute(t *testing.T) {
	w := newWorld(t)
	a := w.must("GET", "/sandbox/openapi.json", "")
	schemas := dig(a.body, "components", "schemas").(map[string]any)
	for _, r := range append(w.sb.routes(), w.sb.setupRoutes()...) {
		op := dig(a.body, "paths", r.path, strings.ToLower(r.method))
		if op == nil {
			t.Errorf("%s %s is not described", r.method, r.path)
		}
		for _, name := range []string{r.body, r.answer} {
			if name != "" && schemas[name] == nil {
				t.Errorf("%s %s names schema %s, which is not there", r.method, r.path, name)
			}
		}
	}
	var walkRefs func(v any)
	walkRefs = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if name, ok := strings.CutPrefix(textOf(v["$ref"]), "#/components/schemas/"); ok && schemas[name] == nil {
				t.Errorf("$ref to %s, which is not there", name)
			}
			for _, e := range v {
				walkRefs(e)
			}
		case []any:
			for _, e := range v {
				walkRefs(e)
			}
		}
	}
	walkRefs(a.body)
	if a := w.do("GET", "/sandbox/nothing", ""); a.status != 404 || a.body["code"] != "not_found" {
		t.Errorf("unknown path: got %d %s", a.status, a.raw)
	}
	if a := w.do("DELETE", "/sandbox/clock", ""); a.status != 405 {
		t.Errorf("wrong method: got %d, want 405", a.status)
	}
}

func TestLog(t *testing.T) {
	w := newWorld(t)
	in := w.writes(ana, "hi")
	w.hooks.message(in)
	w.send("+"+ana, `"type":"text","text":{}`)
	w.do("GET", "/v25.0/"+pnid+"?access_token=topsecret", "")
	w.do("POST", "/"+waba+"/subscribed_apps", `{"override_callback_uri":"http://127.0.0.1:1/","verify_token":"topsecret"}`)
	a := w.must("GET", "/sandbox/log", "")
	if strings.Contains(string(a.raw), "topsecret") {
		t.Errorf("the log shows a token: %s", a.raw)
	}
	var found, refused bool
	for _, e := range a.body["data"].([]any) {
		found = found || (dig(e, "kind") == "webhook" && dig(e, "wamid") == in && dig(e, "status") == json.Number("200"))
		refused = refused || (dig(e, "edge") == "messages" && dig(e, "problem", "code") == json.Number("131008") && dig(e, "problem", "details") != nil)
	}
	if !found || !refused {
		t.Errorf("log lacks the webhook (%v) or the refusal (%v): %s", found, refused, a.raw)
	}
	last := a.body["last"].(json.Number).String()
	w.do("GET", "/v25.0/"+waba, "")
	a = w.must("GET", "/sandbox/log?after="+last, "")
	if n := len(a.body["data"].([]any)); n != 1 || dig(a.body, "data", "0", "path") != "/v25.0/"+waba {
		t.Errorf("after %s: got %s", last, a.raw)
	}
}

func TestLogKeepsTheNewest(t *testing.T) {
	s := &Sandbox{events: newHub(), journal: newJournal()}
	at := time.Unix(1, 0)
	for range logLength + 10 {
		s.journal.add(s, Entry{At: at})
	}
	all, last := s.journal.after(0, logLength)
	if len(all) != logLength || all[0].Seq != 11 || last != logLength+10 {
		t.Errorf("got %d entries from %d, last %d", len(all), all[0].Seq, last)
	}
	some, _ := s.journal.after(last-3, 2)
	if len(some) != 2 || some[0].Seq != last-2 {
		t.Errorf("after: got %v", some)
	}
	newest, _ := s.journal.after(0, 5)
	if len(newest) != 5 || newest[4].Seq != last {
		t.Errorf("newest: got %d to %d", newest[0].Seq, newest[4].Seq)
	}
}

func TestEventsAndPage(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Page = fstest.MapFS{
			"sandbox.html": {Data: []byte("<title>phones</title>")}, "index.html": {Data: []byte("the product")},
			"assets/a-1.js": {Data: []byte("x")},
		}
	})
	if a := w.do("GET", "/", ""); string(a.raw) != "<title>phones</title>" {
		t.Errorf("page: got %s", a.raw)
	}
	if a := w.do("GET", "/assets/a-1.js", ""); string(a.raw) != "x" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("asset: got %s %v", a.raw, a.header)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", w.url+"/sandbox/events", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func(name string) map[string]any {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "event: "+name && lines.Scan() {
				var m map[string]any
				if err := json.Unmarshal([]byte(strings.TrimPrefix(lines.Text(), "data: ")), &m); err != nil {
					t.Fatal(err)
				}
				return m
			}
		}
		t.Fatalf("no event %s: %v", name, lines.Err())
		return nil
	}
	next("hello")
	in := w.writes(ana, "hi")
	if e := next("message"); e["customer"] != ana || dig(e, "message", "id") != in || dig(e, "message", "text", "body") != "hi" {
		t.Errorf("message event: got %v", e)
	}
	if e := next("status"); e["id"] != in || e["status"] != "delivered" {
		t.Errorf("status event: got %v", e)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"1h"}`)
	if e := next("clock"); e["offset_seconds"] != 3600.0 {
		t.Errorf("clock event: got %v", e)
	}
	w.stop() // must not wait for the open stream
}

func TestPricesByDate(t *testing.T) {
	july, october := onDay(2025, time.July, 1), onDay(2026, time.October, 1)
	september := october.Add(-time.Hour)
	book := defaultPrices()
	for _, c := range []struct {
		at                    time.Time
		c                     circumstances
		model, kind, category string
		billable              bool
	}{
		{july.Add(-time.Hour), circumstances{category: "marketing"}, "CBP", "regular", "marketing", true},
		{july.Add(-time.Hour), circumstances{category: "service", windowed: true}, "CBP", "free_customer_service", "service", false},
		{july, circumstances{category: "marketing"}, "PMP", "regular", "marketing", true},
		{july, circumstances{category: "authentication", windowed: true}, "PMP", "regular", "authentication", true},
		{september, circumstances{category: "utility"}, "PMP", "regular", "utility", true},
		{september, circumstances{category: "utility", windowed: true}, "PMP", "free_customer_service", "utility", false},
		{september, circumstances{category: "service", windowed: true}, "PMP", "free_customer_service", "service", false},
		{october, circumstances{category: "utility", windowed: true}, "PMP", "regular", "utility", true},
		{october, circumstances{category: "service", allowance: true, freeType: "free_customer_service"}, "PMP", "free_customer_service", "service", false},
		{october, circumstances{category: "service"}, "PMP", "regular", "service", true},
		{october, circumstances{category: "marketing", freeEntry: true}, "PMP", "free_entry_point", "referral_conversion", false},
	} {
		p := book.price(c.at, c.c)
		if p.PricingModel != c.model || p.Type != c.kind || p.Category != c.category || *p.Billable != c.billable {
			t.Errorf("%s %+v: got %s %s %s %v", c.at.Format(time.DateOnly), c.c, p.PricingModel, p.Type, p.Category, *p.Billable)
		}
	}
}

func TestAllowanceAndFreeEntryPoint(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.FreeServiceMessages = 1 })
	w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"text","text":{"body":"from the ad"},"referral":{"source_type":"ad","source_id":"1","ctwa_clid":"c"}}`)
	text := `"type":"text","text":{"body":"a"}`
	v := w.hooks.status(w.sendOK("+"+ana, text), "sent")
	if dig(v, "statuses", "0", "pricing", "type") != "free_entry_point" || dig(v, "statuses", "0", "conversation", "origin", "type") != "referral_conversion" {
		t.Errorf("free entry point: got %v", v)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"73h"}`)
	w.writes(ana, "again")
	first := w.hooks.status(w.sendOK("+"+ana, text), "sent")
	second := w.hooks.status(w.sendOK("+"+ana, text), "sent")
	if dig(first, "statuses", "0", "pricing", "billable") != false || dig(second, "statuses", "0", "pricing", "billable") != true {
		t.Errorf("allowance of one: got %v and %v", dig(first, "statuses", "0", "pricing"), dig(second, "statuses", "0", "pricing"))
	}
}

func TestOptionsAreChecked(t *testing.T) {
	n := DefaultNumber()
	for name, change := range map[string]func(*NumberConfig){
		"phone number id": func(n *NumberConfig) { n.PhoneNumberID = "abc" },
		"WABA id":         func(n *NumberConfig) { n.WABAID = "" },
		"display phone":   func(n *NumberConfig) { n.DisplayPhone = "none" },
		"throughput":      func(n *NumberConfig) { n.Throughput = "LUDICROUS" },
		"callback":        func(n *NumberConfig) { n.CallbackURL = "nowhere" },
	} {
		bad := n
		change(&bad)
		if _, err := New(Options{Numbers: []NumberConfig{bad}}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error that names it", name, err)
		}
	}
	if _, err := New(Options{Numbers: []NumberConfig{n, n}}); err == nil {
		t.Error("the same number twice: got no error")
	}
	if _, err := New(Options{}); err != nil {
		t.Errorf("no options: got %v", err)
	}
}
