package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The files of testdata/management are written from the tables of cloud-api.md,
// not from what the sandbox answers. Everything goes through real HTTP.

// story is a series of calls and what must come of them. "{waba}", "{pnid}" and
// what earlier steps have kept stand in curly brackets.
type story struct {
	Name   string `json:"name"`
	Source string `json:"source"` // section of the contract
	Steps  []move `json:"steps"`
}

type move struct {
	Do      string            `json:"do"`      // "POST /v25.0/{waba}/message_templates"
	Body    json.RawMessage   `json:"body"`    // JSON
	Token   string            `json:"token"`   // instead of the usual one
	Times   int               `json:"times"`   // how often; default once
	Status  int               `json:"status"`  // default 200
	Code    int               `json:"code"`    // of the error
	Subcode int               `json:"subcode"` // of the error
	Type    string            `json:"type"`    // of the error
	Says    string            `json:"says"`    // is somewhere in the answer
	Want    json.RawMessage   `json:"want"`    // is part of the answer
	Lacks   []string          `json:"lacks"`   // members the answer must not have
	Keep    map[string]string `json:"keep"`    // name: path in the answer, as data.0.id
	Webhook string            `json:"webhook"` // a webhook of this field has come, with Want in it
	Clock   string            `json:"clock"`   // Meta's time moves on
}

func TestManagementStories(t *testing.T) {
	files, err := filepath.Glob("testdata/management/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("stories: got %d files and error %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "definitions.json") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all []story
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&all); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, one := range all {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json")+"/"+one.Name, func(t *testing.T) { tell(t, one) })
		}
	}
}

func tell(t *testing.T, one story) {
	clock := standing()
	w := newWorld(t, func(o *Options) { o.Clock = clock.now })
	kept := map[string]string{"waba": waba, "pnid": pnid, "app": configuredAppID(0), "hook": w.hooks.server.URL}
	fill := func(s string) string {
		for name, v := range kept {
			s = strings.ReplaceAll(s, "{"+name+"}", v)
		}
		return s
	}
	for i, st := range one.Steps {
		switch {
		case st.Clock != "":
			w.must("POST", "/sandbox/clock", `{"advance":"`+st.Clock+`"}`)
		case st.Webhook != "":
			w.hooks.until("webhook "+st.Webhook+" with "+fill(string(st.Want))+" (step "+itoa(i)+")", func(all []change) bool {
				for _, c := range all {
					if c.field == st.Webhook && contains(decoded(t, fill(string(st.Want))), c.value) == "" {
						return true
					}
				}
				return false
			})
		default:
			for range max(1, st.Times) {
				a := w.step(fill(st.Do), fill(string(st.Body)), st.Token)
				checkStep(t, i, &st, fill, a)
				for name, path := range st.Keep {
					kept[name], _ = dig(a.body, strings.Split(path, ".")...).(string)
					if kept[name] == "" {
						t.Fatalf("step %d: nothing at %s in %s", i, path, a.raw)
					}
				}
			}
		}
	}
}

func (w *world) step(do, body, token string) answer {
	method, path, _ := strings.Cut(do, " ")
	if token == "" {
		return w.do(method, path, body)
	}
	return w.do(method, path, body, "Authorization", "Bearer "+token)
}

func checkStep(t *testing.T, i int, st *move, fill func(string) string, a answer) {
	t.Helper()
	status := st.Status
	if status == 0 {
		status = 200
	}
	if a.status != status {
		t.Fatalf("step %d, %s %s: got %d %s, want %d", i, st.Do, st.Body, a.status, a.raw, status)
	}
	text := func(v any) string {
		n, _ := v.(json.Number)
		return n.String()
	}
	if st.Code != 0 && text(dig(a.body, "error", "code")) != itoa(st.Code) {
		t.Errorf("step %d, %s: got %s, want code %d", i, st.Do, a.raw, st.Code)
	}
	if st.Subcode != 0 && text(dig(a.body, "error", "error_subcode")) != itoa(st.Subcode) {
		t.Errorf("step %d, %s: got %s, want subcode %d", i, st.Do, a.raw, st.Subcode)
	}
	if st.Type != "" && dig(a.body, "error", "type") != st.Type {
		t.Errorf("step %d, %s: got %s, want type %s", i, st.Do, a.raw, st.Type)
	}
	if !strings.Contains(string(a.raw), st.Says) {
		t.Errorf("step %d, %s: got %s, want it to say %q", i, st.Do, a.raw, st.Says)
	}
	if len(st.Want) > 0 {
		if why := contains(decoded(t, fill(string(st.Want))), a.body); why != "" {
			t.Errorf("step %d, %s: got %s: %s", i, st.Do, a.raw, why)
		}
	}
	for _, path := range st.Lacks {
		if v := dig(a.body, strings.Split(path, ".")...); v != nil {
			t.Errorf("step %d, %s: got %v at %s, want nothing", i, st.Do, v, path)
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if text != "" && d.Decode(&v) != nil {
		t.Fatalf("not JSON: %s", text)
	}
	return v
}

// contains tells what of want is not in got, "" when all is. Lists must be of
// the same length; "*" stands for any text that is not empty.
func contains(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return "want an object"
		}
		for name, v := range want {
			if why := contains(v, have[name]); why != "" {
				return name + ": " + why
			}
		}
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return "want a list of " + itoa(len(want))
		}
		for i := range want {
			if why := contains(want[i], have[i]); why != "" {
				return index(i) + ": " + why
			}
		}
	case string:
		if text, _ := got.(string); want == "*" && text != "" {
			return ""
		}
		if got != want {
			return "want " + want
		}
	default:
		if got != want {
			b, _ := json.Marshal(want)
			return "want " + string(b)
		}
	}
	return ""
}

// TestDefinitions hands every template of testdata/management/definitions.json in:
// cloud-api.md 5.2 and 5.3, row by row.
func TestDefinitions(t *testing.T) {
	raw, err := os.ReadFile("testdata/management/definitions.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name    string         `json:"name"`
		With    map[string]any `json:"with"` // over a template that is right
		Without []string       `json:"without"`
		Subcode int            `json:"subcode"`
		Code    int            `json:"code"` // 0: it is taken
		Says    string         `json:"says"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(o *Options) { o.Clock = standing().now })
	for i, c := range all {
		if i%90 == 89 { // a hundred creations an hour
			w.must("POST", "/sandbox/clock", `{"advance":"1h"}`)
		}
		body := map[string]any{
			"name": "case_" + itoa(i), "language": "en_US", "category": "UTILITY",
			"components": []any{map[string]any{"type": "BODY", "text": "Case number " + itoa(i) + " of the table"}},
		}
		for name, v := range c.With {
			body[name] = v
		}
		for _, name := range c.Without {
			delete(body, name)
		}
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(strings.ReplaceAll(string(b), "LONG1025", strings.Repeat("word ", 205)), "LONG61", strings.Repeat("y", 61))
		text = strings.ReplaceAll(text, "LONG161", strings.Repeat("z", 161))
		text = strings.ReplaceAll(text, "LONG26", strings.Repeat("x", 26))
		a := w.do("POST", "/v25.0/"+waba+"/message_templates", text)
		if c.Code == 0 {
			if a.status != 200 || a.body["status"] != "PENDING" || a.body["id"] == nil || a.body["category"] == nil {
				t.Errorf("%s: got %d %s, want it taken", c.Name, a.status, a.raw)
			}
			continue
		}
		st := move{Do: "create " + c.Name, Status: 400, Code: c.Code, Subcode: c.Subcode, Type: "OAuthException", Says: c.Says}
		checkStep(t, i, &st, func(s string) string { return s }, a)
	}
}

func TestPhotoAndHandles(t *testing.T) {
	w := newWorld(t)
	picture := qrMust(t)
	a := w.must("POST", "/v25.0/"+configuredAppID(0)+"/uploads?file_name=me.png&file_type=image/png&file_length="+itoa(len(picture)), "")
	h := w.do("POST", "/v25.0/"+a.body["id"].(string), string(picture), "file_offset", "0", "Content-Type", "application/octet-stream")
	handle, _ := h.body["h"].(string)
	if handle == "" {
		t.Fatalf("upload: got %d %s", h.status, h.raw)
	}
	w.must("POST", "/v25.0/"+pnid+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","profile_picture_handle":"`+handle+`"}`)
	p := w.must("GET", "/v25.0/"+pnid+"/whatsapp_business_profile?fields=profile_picture_url", "")
	url, _ := dig(p.body, "data", "0", "profile_picture_url").(string)
	if !strings.HasPrefix(url, w.url) {
		t.Fatalf("photo: got %s", p.raw)
	}
	if got := w.do("GET", strings.TrimPrefix(url, w.url), ""); !bytes.Equal(got.raw, picture) || got.header.Get("Content-Type") != "image/png" {
		t.Errorf("photo: got %d, %d bytes of %s, want %d", got.status, len(got.raw), got.header.Get("Content-Type"), len(picture))
	}
}

func qrMust(t *testing.T) []byte {
	t.Helper()
	picture, err := qrPNG(qrLink + "ABCDEFGHIJKLMN")
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// TestSeveralApps subscribes a second app, whose secret signs what it gets.
func TestSeveralApps(t *testing.T) {
	w := newWorld(t)
	other, override := newReceiver(t), newReceiver(t)
	a := w.must("POST", "/sandbox/apps", `{"name":"Second","secret":"`+secret+`-2","callback_url":"`+other.server.URL+`"}`)
	other.secret, override.secret = secret+"-2", secret+"-2"
	app := a.body["id"].(string)
	w.must("POST", "/sandbox/tokens", `{"token":"second","app_id":"`+app+`"}`)
	as := func(method, path, body string) answer {
		got := w.do(method, path, body, "Authorization", "Bearer second")
		if got.status != 200 {
			t.Fatalf("%s %s: got %d %s", method, path, got.status, got.raw)
		}
		return got
	}
	as("POST", "/v25.0/"+waba+"/subscribed_apps", "")
	if list := as("GET", "/v25.0/"+waba+"/subscribed_apps", ""); len(list.body["data"].([]any)) != 2 {
		t.Errorf("subscribed apps: got %s, want 2", list.raw)
	}
	id := w.writes(ana, "to both")
	w.hooks.message(id)
	other.message(id)
	as("POST", "/v25.0/"+waba+"/subscribed_apps", `{"override_callback_uri":"`+override.server.URL+`","verify_token":"v"}`)
	id = w.writes(ana, "to the override of the second")
	override.message(id)
	w.hooks.message(id)
	w.must("POST", "/sandbox/templates/hello_world/review", `{"action":"pause"}`)
	other.field("message_template_status_update")
	as("DELETE", "/v25.0/"+waba+"/subscribed_apps", "")
	if list := as("GET", "/v25.0/"+waba+"/subscribed_apps", ""); len(list.body["data"].([]any)) != 1 {
		t.Errorf("subscribed apps after DELETE: got %s, want 1", list.raw)
	}
}

// TestAnalyticsCountTheTraffic sends, delivers and reads, and asks for sums.
func TestAnalyticsCountTheTraffic(t *testing.T) {
	clock := standing()
	w := newWorld(t, func(o *Options) { o.Clock = clock.now })
	w.must("POST", "/v25.0/"+waba, `{"is_enabled_for_insights":true}`)
	list := w.must("GET", "/v25.0/"+waba+"/message_templates?name=order_update&language=de", "")
	tid := dig(list.body, "data", "0", "id").(string)
	body := template("order_update", "de", `{"type":"body","parameters":[{"type":"text","text":"R-1"},{"type":"text","text":"da"}]}`)
	id := w.sendOK("+4915112345678", body)
	w.hooks.status(id, "delivered")
	w.must("POST", "/sandbox/customers/4915112345678/read", "")
	w.hooks.status(id, "read")
	w.hooks.message(w.writes("4915112345678", "danke"))
	from, to := clock.now().Add(-time.Hour).Unix(), clock.now().Add(time.Hour).Unix()
	span := ".start(" + itoa(int(from)) + ").end(" + itoa(int(to)) + ")"
	a := w.must("GET", "/v25.0/"+waba+"?fields=analytics"+span+".granularity(DAY)", "")
	if why := contains(decoded(t, `{"analytics":{"granularity":"DAY","phone_numbers":["494515550100"],"country_codes":["DE"],"data_points":[{"sent":1,"delivered":1}]}}`), a.body); why != "" {
		t.Errorf("analytics: got %s: %s", a.raw, why)
	}
	a = w.must("GET", "/v25.0/"+waba+"?fields=analytics"+span+".granularity(DAY).product_types([100])", "")
	if why := contains(decoded(t, `{"analytics":{"data_points":[{"sent":1,"delivered":1}]}}`), a.body); why != "" {
		t.Errorf("analytics of received messages: got %s: %s", a.raw, why)
	}
	a = w.must("GET", "/v25.0/"+waba+"?fields=pricing_analytics"+span+".granularity(DAILY).dimensions(PRICING_CATEGORY,PRICING_TYPE,COUNTRY,PHONE)", "")
	if why := contains(decoded(t, `{"pricing_analytics":{"data":[{"data_points":[{"country":"DE","phone_number":"494515550100","pricing_category":"UTILITY","pricing_type":"REGULAR","volume":1}]}]}}`), a.body); why != "" {
		t.Errorf("pricing_analytics: got %s: %s", a.raw, why)
	}
	if cost, _ := dig(a.body, "pricing_analytics", "data", "0", "data_points", "0", "cost").(json.Number).Float64(); cost <= 0 {
		t.Errorf("pricing_analytics: got %s, want a cost", a.raw)
	}
	a = w.must("GET", "/v25.0/"+waba+"?fields=conversation_analytics"+span+".granularity(DAILY).dimensions(CONVERSATION_CATEGORY)", "")
	if why := contains(decoded(t, `{"conversation_analytics":{"data":[{"data_points":[{"conversation":1,"conversation_category":"UTILITY"}]}]}}`), a.body); why != "" {
		t.Errorf("conversation_analytics: got %s: %s", a.raw, why)
	}
	path := "/v25.0/" + waba + "/template_analytics?start=" + itoa(int(from)) + "&end=" + itoa(int(to)) + "&granularity=DAILY&template_ids=[" + tid + "]"
	a = w.must("GET", path, "")
	if why := contains(decoded(t, `{"data":[{"granularity":"DAILY","data_points":[{"template_id":"`+tid+`","sent":1,"delivered":1,"read":1,"cost":[{"type":"amount_spent"}]}]}]}`), a.body); why != "" {
		t.Errorf("template_analytics: got %s: %s", a.raw, why)
	}
	for query, code := range map[string]int{
		"analytics.end(5).granularity(DAY)":                       100,
		"analytics" + span + ".granularity(WEEK)":                 100,
		"pricing_analytics" + span + ".granularity(DAY)":          100,
		"pricing_analytics.start(1).end(5).granularity(DAILY)":    100,
		"template_analytics" + span + ".granularity(DAILY)":       100,
		"template_analytics" + span + ".granularity(HALF_HOUR)":   100,
		"analytics" + span + ".granularity(DAY).product_types(7)": 100,
	} {
		if a := w.do("GET", "/v25.0/"+waba+"?fields="+query, ""); a.status != 400 || dig(a.body, "error", "code") != json.Number(itoa(code)) {
			t.Errorf("%s: got %d %s, want code %d", query, a.status, a.raw, code)
		}
	}
}

// TestSetupOutlastsARestart keeps apps, accounts, numbers, tokens, pending
// reviews and flows in the state file.
func TestSetupOutlastsARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	clock := standing()
	w := newWorld(t, func(o *Options) { o.StateFile, o.Clock = file, clock.now })
	w.must("POST", "/sandbox/accounts", `{"waba_id":"777","name":"Second"}`)
	w.must("POST", "/sandbox/numbers", `{"phone_number_id":"888","waba_id":"777","display_phone":"+1 555 010 0199"}`)
	w.must("POST", "/sandbox/tokens", `{"token":"tok","waba_ids":["777"]}`)
	w.must("POST", "/v25.0/777/flows", `{"name":"f","categories":["OTHER"]}`)
	a := w.must("POST", "/v25.0/777/message_templates", `{"name":"waits","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Bitte warten"}]}`)
	id := a.body["id"].(string)
	w.stop()
	w = newWorld(t, func(o *Options) { o.StateFile, o.Clock = file, clock.now })
	if a := w.must("GET", "/v25.0/888?fields=status,display_phone_number", ""); a.body["status"] != "CONNECTED" || a.body["display_phone_number"] != "+1 555 010 0199" {
		t.Errorf("number: got %s", a.raw)
	}
	if a := w.must("GET", "/v25.0/777/flows", ""); dig(a.body, "data", "0", "name") != "f" {
		t.Errorf("flows: got %s", a.raw)
	}
	if a := w.do("GET", "/v25.0/"+waba, "", "Authorization", "Bearer tok"); a.status != 400 {
		t.Errorf("a token for another account: got %d %s, want 400", a.status, a.raw)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"1m"}`)
	if a := w.must("GET", "/v25.0/"+id+"?fields=status", ""); a.body["status"] != "APPROVED" {
		t.Errorf("template: got %s, want it APPROVED by the review that was planned before", a.raw)
	}
	w.must("POST", "/sandbox/reset", "")
	if a := w.must("GET", "/v25.0/777/phone_numbers", ""); dig(a.body, "data", "0", "id") != "888" {
		t.Errorf("after a reset: got %s, want the number still there", a.raw)
	}
	if a := w.must("GET", "/v25.0/777/flows", ""); len(a.body["data"].([]any)) != 0 {
		t.Errorf("after a reset: got %s, want no flows", a.raw)
	}
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		asked string
		now   time.Time
		want  int
	}{
		{"v25.0", onDay(2026, 11, 20), 25},
		{"", onDay(2026, 11, 20), 21},
		{"v19.0", onDay(2026, 11, 20), 21}, // ended 21 May 2026
		{"v20.0", onDay(2026, 9, 23), 20},
		{"v20.0", onDay(2026, 9, 24), 21},
		{"v21.0", onDay(2027, 1, 21), 22},
		{"v26.0", onDay(2026, 7, 28), 25}, // not released yet
		{"v26.0", onDay(2026, 7, 29), 26},
		{"v99.0", onDay(2026, 11, 20), 26},
		{"v25.0", onDay(2023, 1, 1), 19},
	} {
		if got := servedVersion(c.asked, c.now); got != c.want {
			t.Errorf("%q on %s: got v%d, want v%d", c.asked, c.now.Format(time.DateOnly), got, c.want)
		}
	}
	w := newWorld(t, func(o *Options) { o.Clock = standing().now })
	a := w.must("GET", "/v19.0/"+pnid+"?fields=whatsapp_business_manager_messaging_limit", "")
	if got := a.header.Get("facebook-api-version"); got != "v21.0" || len(a.body) != 1 {
		t.Errorf("an ended version: got %s %s, want v21.0 without the field of v24.0", got, a.raw)
	}
}

func TestProofOfTheSecret(t *testing.T) {
	w := newWorld(t)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("any"))
	proof := hex.EncodeToString(mac.Sum(nil))
	if a := w.do("GET", "/v25.0/"+pnid+"?appsecret_proof="+proof, ""); a.status != 200 {
		t.Errorf("right proof: got %d %s, want 200", a.status, a.raw)
	}
	if a := w.do("GET", "/v25.0/"+pnid+"?access_token=any&appsecret_proof="+proof, "", "Authorization", ""); a.status != 200 {
		t.Errorf("right proof, token in the query: got %d %s, want 200", a.status, a.raw)
	}
	if a := w.do("GET", "/v25.0/"+pnid+"?appsecret_proof="+proof, "", "Authorization", "Bearer other"); a.status != 400 {
		t.Errorf("proof of another token: got %d %s, want 400", a.status, a.raw)
	}
}

// TestQRSymbol compares the symbol of a link with one that was drawn by another
// program: its finders, its timing, and the sum of its dark modules.
func TestQRSymbol(t *testing.T) {
	symbol := qrSymbol(qrLink + "ABCDEFGHIJKLMN")
	if symbol == nil {
		t.Fatal("no symbol")
	}
	for _, at := range [][2]int{{0, 0}, {0, qrSize - 7}, {qrSize - 7, 0}} {
		for i := range 7 {
			if !symbol[at[0]][at[1]+i] || !symbol[at[0]+6][at[1]+i] || !symbol[at[0]+i][at[1]] || !symbol[at[0]+i][at[1]+6] {
				t.Fatalf("finder at %v is not closed", at)
			}
		}
	}
	if qrSymbol(strings.Repeat("x", qrMost+1)) != nil {
		t.Error("a text that does not fit: got a symbol, want none")
	}
}

func TestTemplateLimits(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Clock = standing().now })
	create := func(i int) answer {
		return w.do("POST", "/v25.0/"+waba+"/message_templates",
			`{"name":"n_`+itoa(i)+`","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Satz Nummer `+itoa(i)+`"}]}`)
	}
	for i := range 100 { // cloud-api.md 4.4: 100 per hour
		if a := create(i); a.status != 200 {
			t.Fatalf("template %d: got %d %s", i, a.status, a.raw)
		}
	}
	if a := create(100); a.status != 400 || dig(a.body, "error", "code") != json.Number("80007") {
		t.Errorf("template 101 within an hour: got %d %s, want 80007", a.status, a.raw)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"1h"}`)
	w.must("PATCH", "/sandbox/accounts/"+waba, `{"verified":false}`)
	for i := range 137 { // with 13 of the start: 250
		w.must("POST", "/sandbox/templates", `{"name":"c_`+itoa(i)+`","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Satz"}]}`)
	}
	wantRefused(t, create(100), 100, subLimit)
	w.must("PATCH", "/sandbox/accounts/"+waba, `{"verified":true}`)
	if a := create(100); a.status != 200 {
		t.Errorf("a verified business: got %d %s, want 200", a.status, a.raw)
	}
}

// wantRefused wants HTTP 400 with that code and subcode.
func wantRefused(t *testing.T, a answer, code, subcode int) {
	t.Helper()
	if a.status != 400 || dig(a.body, "error", "code") != json.Number(itoa(code)) || dig(a.body, "error", "error_subcode") != json.Number(itoa(subcode)) {
		t.Errorf("got %d %s, want 400 with %d/%d", a.status, a.raw, code, subcode)
	}
}

// TestOddBodiesBreakNothing sends every edge what no client should send.
func TestOddBodiesBreakNothing(t *testing.T) {
	w := newWorld(t)
	made := w.must("POST", "/v25.0/"+waba+"/flows", `{"name":"odd","categories":["OTHER"]}`)
	list := w.must("GET", "/v25.0/"+waba+"/message_templates?name=hello_world", "")
	tid := dig(list.body, "data", "0", "id").(string)
	bodies := []string{
		`{}`, `[]`, `null`, `7`, `{"name":7}`, `{"name":{},"language":[],"category":{},"components":{}}`, `{"name":"a","components":[null,1,"x",[],{}]}`,
		`{"name":"a","language":"de","category":"UTILITY","components":[{"type":"BODY","text":7}]}`,
		`{"name":"a","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"{{"},{"type":"BUTTONS","buttons":[null,{}]},{"type":"CAROUSEL","cards":[{},null]}]}`,
		`{"name":"a","language":"de","category":"AUTHENTICATION","components":[{"type":"LIMITED_TIME_OFFER"},{"type":"HEADER"},{"type":"FOOTER"}]}`,
		`{"name":"a","language":"de","category":"UTILITY","library_template_name":"order_confirmed_1","library_template_button_inputs":[7],"library_template_body_inputs":7}`,
		`{"messaging_product":"whatsapp","block_users":[7,{},{"user":""},{"user":"+"}],"websites":[7],"pin":{},"prompts":7,"commands":[7]}`,
		`{"calling":7,"storage_configuration":{"status":7}}`, `{"webhook_configuration":7}`, `{"flow_json":7,"categories":7,"name":"b"}`,
		`{"name":"c","categories":["OTHER"],"flow_json":"{\"version\":7.3,\"screens\":[7,{\"id\":7,\"layout\":{\"children\":[7,{\"type\":7},{\"type\":\"If\",\"then\":7}]}}],\"routing_model\":{\"A\":7}}"}`,
		`{"template_ids":7,"hsm_ids":{},"hsm_id":[],"languages":7,"source_waba_id":{},"page_number":"x","fields":7,"object":7}`,
		`{"business_public_key":7}`, `{"username":7}`, `{"prefilled_message":7,"code":7}`, `{"code_method":7,"language":7,"code":7}`,
	}
	nodes := map[string]node{pnid: numberNode, waba: accountNode, configuredAppID(0): appNode, tid: templateNode, made.body["id"].(string): flowNode}
	for id, n := range nodes {
		for _, key := range sortedKeys(n.edges) {
			method, edge, _ := strings.Cut(key, " ")
			path := "/v25.0/" + id + "/" + strings.ReplaceAll(edge, "*", "x")
			for _, body := range bodies {
				if key == "DELETE " {
					continue // it would end the story
				}
				if a := w.do(method, strings.TrimSuffix(path, "/"), body); a.status >= 500 && dig(a.body, "error", "code") != json.Number("3") {
					t.Errorf("%s %s %s: got %d %s", method, path, body, a.status, a.raw)
				}
			}
			for _, query := range []string{"fields={{{", "fields=analytics.start(", "limit=-1", "after=%00", "filtering=[7]", "sort=x", "template_ids=[[", "fields=analytics.start(1).end(2).granularity(DAY)", "start=a&end=b"} {
				if a := w.do("GET", strings.TrimSuffix(path, "/")+"?"+query, ""); a.status >= 500 && dig(a.body, "error", "code") != json.Number("3") {
					t.Errorf("GET %s?%s: got %d %s", path, query, a.status, a.raw)
				}
			}
		}
	}
}
