package meta

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every file of testdata/webhook is one webhook, beside what must become of it.
func TestParseWebhook(t *testing.T) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no webhooks to read: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			body := read(t, file)
			got, err := ParseWebhook(body)
			if err != nil {
				t.Fatalf("got %v, want no error", err)
			}
			compareGolden(t, strings.TrimSuffix(file, ".json")+".golden", pretty(t, got))

			slow, err := parseAnything(body)
			if err != nil {
				t.Fatalf("layer by layer: got %v, want no error", err)
			}
			if diff := cmp.Diff(pretty(t, slow), pretty(t, got)); diff != "" {
				t.Errorf("the two ways of reading differ (-layers +one pass):\n%s", diff)
			}
		})
	}
}

func TestParseWebhookRefuses(t *testing.T) {
	for body, code := range map[string]string{
		``:                               "not_json",
		`{"object":`:                     "not_json",
		"\xff":                           "not_json",
		`[]`:                             "not_a_webhook",
		`"x"`:                            "not_a_webhook",
		`null`:                           "not_a_webhook",
		`{}`:                             "not_a_webhook",
		`{"object":"x"}`:                 "not_a_webhook",
		`{"entry":[]}`:                   "not_a_webhook",
		`{"object":"x","entry":null}`:    "not_a_webhook",
		`{"object":"x","entry":{}}`:      "not_a_webhook",
		`{"object":null,"entry":[]}`:     "not_a_webhook",
		`{"object":{},"entry":[]}`:       "not_a_webhook",
		`{"object":"x","entry":[]} true`: "not_json",
	} {
		_, err := ParseWebhook([]byte(body))
		if !fault.Is(err, fault.Invalid) || fault.As(err).Code != code {
			t.Errorf("%q: got %v, want invalid %s", body, err, code)
		}
	}
}

// The caller may use its buffer again, so nothing kept may point into it.
func TestParseWebhookSharesNoMemory(t *testing.T) {
	body := read(t, "testdata/webhook/broken_among_whole.json")
	got, err := ParseWebhook(body)
	if err != nil {
		t.Fatal(err)
	}
	before := pretty(t, got)
	for i := range body {
		body[i] = 'x'
	}
	if after := pretty(t, got); after != before {
		t.Errorf("got %s\nwant %s", after, before)
	}
}

func TestUnknownMessageKeepsItsBytes(t *testing.T) {
	message := `{ "id":"wamid.1","type":"hologram", "hologram":{"b":1.50,"a":"\u00e9\/"} }`
	body := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"2"},"messages":[` + message + `]}}]}]}`
	got, err := ParseWebhook([]byte(body))
	if err != nil || len(got.Messages) != 1 {
		t.Fatalf("got %d messages and %v, want 1", len(got.Messages), err)
	}
	c := got.Messages[0].Content
	if c.Type != wa.TypeUnknown || c.RawType != "hologram" || string(c.Raw) != message {
		t.Errorf("got %s %q %s, want unknown \"hologram\" %s", c.Type, c.RawType, c.Raw, message)
	}
}

// Whoever plays Meta's part writes webhooks with the same structs.
func TestWebhookRoundTrip(t *testing.T) {
	for _, name := range []string{"text", "image", "order", "system_changed_number", "status_sent", "status_failed", "batch", "edit"} {
		var w Webhook
		original := read(t, "testdata/webhook/"+name+".json")
		if err := json.Unmarshal(original, &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		written, err := json.Marshal(w)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got, want any
		if json.Unmarshal(written, &got) != nil || json.Unmarshal(original, &want) != nil {
			t.Fatalf("%s: not JSON: %s", name, written)
		}
		if name == "order" { // numbers that came as text are written as numbers
			want = strings.NewReplacer(`"1"`, `1`, `"25"`, `25`).Replace(pretty(t, want))
			got = pretty(t, got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-read +written):\n%s", name, diff)
		}
	}
}

func TestRawIsAllThatIsWritten(t *testing.T) {
	value, err := json.Marshal(Value{MessagingProduct: Product, Raw: json.RawMessage(`{"event":"X"}`)})
	if err != nil || string(value) != `{"event":"X"}` {
		t.Errorf("value: got %s, %v", value, err)
	}
	message, err := json.Marshal(Message{ID: "x", Raw: json.RawMessage(`{"type":"poll"}`)})
	if err != nil || string(message) != `{"type":"poll"}` {
		t.Errorf("message: got %s, %v", message, err)
	}
}

func BenchmarkParseWebhook(b *testing.B) {
	for _, name := range []string{"text", "status_sent", "unknown_type", "batch"} {
		var compact bytes.Buffer
		if err := json.Compact(&compact, read(b, "testdata/webhook/"+name+".json")); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(compact.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseWebhook(compact.Bytes()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func pretty(t testing.TB, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(read(t, file)), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, diff)
	}
}
