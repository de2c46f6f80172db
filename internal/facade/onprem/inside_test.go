package onprem

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kontor/internal/wa"
)

func TestIdsAreReadBack(t *testing.T) {
	for _, id := range []wa.MessageID{1, 4711, 1 << 40, 1<<63 - 1} {
		for _, d := range []wa.Direction{wa.Inbound, wa.Outbound} {
			s := MessageID(id, d)
			want := map[wa.Direction]string{wa.Outbound: "gBGG", wa.Inbound: "ABGG"}[d]
			if got, ok := ParseMessageID(s); !ok || got != id || len(s) > 40 || !strings.HasPrefix(s, want) {
				t.Errorf("%d: got %q, back %d (%v)", id, s, got, ok)
			}
		}
		m := MediaID(wa.MediaID(id))
		if got, ok := ParseMediaID(m); !ok || got != wa.MediaID(id) || len(m) != 36 || m[14] != '4' || !strings.ContainsRune("89ab", rune(m[19])) {
			t.Errorf("%d: got %q, back %d (%v), want a UUID of version 4", id, m, got, ok)
		}
	}
	for _, s := range []string{"", "gBGGFlBxZ0M_AgkSjW7mD4HxMUw", "ABGG", "wamid.X", MessageID(7, wa.Inbound) + "A"} {
		if id, ok := ParseMessageID(s); ok {
			t.Errorf("%q: got %d, want that it is none of ours", s, id)
		}
	}
	if id, ok := ParseMediaID("0b1d6e41-6a0e-4b3f-9d5e-0a1b2c3d4e5f"); ok {
		t.Errorf("got %d of a UUID that is not ours", id)
	}
	alias := WaID("", 450_000_000_000_000_001)
	if id, ok := contactOf(alias); !ok || id != 450_000_000_000_000_001 || strings.Trim(alias, "0123456789") != "" {
		t.Errorf("got %q, back %d (%v)", alias, id, ok)
	}
	if _, ok := contactOf("4915112345678"); ok {
		t.Error("a phone number was taken for a contact")
	}
}

func TestWaitsGrowByOneStep(t *testing.T) {
	for _, c := range []struct {
		attempt          int
		step, most, want time.Duration
	}{
		{1, 3 * time.Second, 15 * time.Minute, 3 * time.Second}, {2, 3 * time.Second, 15 * time.Minute, 6 * time.Second},
		{10, 3 * time.Second, 15 * time.Minute, 30 * time.Second}, {300, 3 * time.Second, 15 * time.Minute, 15 * time.Minute},
		{1 << 40, 3 * time.Second, 15 * time.Minute, 15 * time.Minute}, {0, time.Second, time.Minute, time.Second}, {1, time.Hour, time.Minute, time.Hour},
	} {
		if got := linear(c.attempt, c.step, c.most); got != c.want {
			t.Errorf("failure %d of %v up to %v: got %v, want %v", c.attempt, c.step, c.most, got, c.want)
		}
	}
}

func TestLateCodes(t *testing.T) {
	for cloud, want := range map[int]int{131047: 470, 131048: 471, 131026: 1026, 132001: 2001, 132000: 2000, 132015: 2061, 132016: 2062, 131053: 1014, 131049: 472, 130429: 429,
		190: 1014, 0: 1014, 200: 1005, 999999: 500, 470: 470, 2060: 2060} {
		if got := LateError(wa.Problem{Code: cloud}); got.Code != want || got.Title == "" {
			t.Errorf("cloud %d: got %+v, want %d", cloud, got, want)
		}
	}
	if got := LateError(wa.Problem{Code: 131047, Title: "Re-engagement message", Details: "too late"}); got.Details != "too late (cloud 131047)" {
		t.Errorf("details: got %q, want the cause to be kept", got.Details)
	}
}

func TestHSMBecomesATemplate(t *testing.T) {
	v, err := parseJSON([]byte(`{"namespace":"n","element_name":"order_ready","language":{"policy":"fallback","code":"de"},"localizable_params":[
		{"default":"4711"},{"default":"12,50 €","currency":{"currency_code":"EUR","amount_1000":12500}},{"default":"Freitag","date_time":{"component":{"day_of_week":5}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	o := newObject(v.(map[string]any))
	c := new(call).hsmContent(o)
	if err := o.end(); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(c.Template)
	want := `{"name":"order_ready","language":{"code":"de"},"components":[{"type":"body","parameters":[{"type":"text","text":"4711"},{"type":"currency","currency":{"fallback_value":"12,50 €","code":"EUR","amount_1000":12500}},{"type":"date_time","date_time":{"fallback_value":"Freitag"}}]}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAddressesInsideAreRefused(t *testing.T) {
	for address, want := range map[string][2]bool{ // without and with KONTOR_ALLOW_PRIVATE_CALLBACKS
		"127.0.0.1:80": {false, true}, "10.1.2.3:443": {false, true}, "[::1]:80": {false, true}, "169.254.169.254:80": {false, false},
		"[fe80::1]:80": {false, false}, "0.0.0.0:80": {false, false}, "100.64.1.1:80": {false, false}, "[64:ff9b::7f00:1]:80": {false, false},
		"224.0.0.1:80": {false, false}, "8.8.8.8:443": {true, true}, "[::ffff:127.0.0.1]:80": {false, true},
	} {
		for i, private := range []bool{false, true} {
			if err := outside(address, private); (err == nil) != want[i] {
				t.Errorf("%s, private %v: got %v", address, private, err)
			}
		}
	}
}

// FuzzMessage: whatever comes, it is a message or a refusal in the old form.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"to":"4915112345678","text":{"body":"x"}}`, `{"to":"+49","type":"hsm","hsm":{"element_name":"a","language":{"code":"de"},"localizable_params":[{"default":"x","currency":{}}]}}`,
		`{"to":1,"type":"interactive","interactive":{"type":"button","header":{"type":"image","image":{}}}}`, `{"to":"1","type":"template","template":{"name":"a","language":{},"components":[{"parameters":[{"type":"image","image":null}]},null]}}`,
		`{"type":"contacts","contacts":[null]}`, `{"ttl":"P1DT1H","to":"4915112345678","type":"location","location":{"latitude":"x"}}`, `[]`, `null`, `{"text":null}`, `{"preview_url":3,"context":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		h := &Handler{}
		c := &call{Handler: h, w: httptest.NewRecorder(), r: httptest.NewRequest(http.MethodPost, "/v1/messages", strings.NewReader(string(body))), number: &wa.Number{DisplayPhone: "+49 451 5550100"}}
		o, err := c.readObject()
		if err == nil && !needsHouse(o) {
			_, _, err = c.request(o)
		}
		if err == nil {
			return
		}
		var r *Refusal
		if !errors.As(err, &r) || r.Status < 400 || r.Status >= 500 || len(r.Errors) == 0 || r.Errors[0].Title == "" {
			t.Fatalf("%q: got %v, want a refusal with a code", body, err)
		}
		if text, err := json.Marshal(r.Errors); err != nil || !json.Valid(text) {
			t.Fatalf("%q: %v", body, err)
		}
	})
}

// needsHouse tells whether reading a message would ask the database.
func needsHouse(o *object) bool {
	text, _ := json.Marshal(o.in)
	return strings.Contains(string(text), `"message_id"`) || strings.Contains(string(text), `"id"`) || strings.Contains(string(text), `"provider"`)
}
