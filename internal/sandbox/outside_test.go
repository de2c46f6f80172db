package sandbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/meta"
)

// endpoint is a business's endpoint for flows, written from the contract alone
// (cloud-api.md 6.9).
type endpoint struct {
	t      *testing.T
	key    *rsa.PrivateKey
	server *httptest.Server

	mu     sync.Mutex
	seen   []map[string]any
	answer func(request map[string]any) (status int, answer any)
}

func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := &endpoint{t: t, key: key}
	e.server = httptest.NewServer(http.HandlerFunc(e.serve))
	t.Cleanup(e.server.Close)
	return e
}

func (e *endpoint) publicKey() string {
	der, err := x509.MarshalPKIXPublicKey(&e.key.PublicKey)
	if err != nil {
		e.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if !meta.VerifySignature([]byte(secret), body, r.Header.Get("X-Hub-Signature-256")) {
		w.WriteHeader(432)
		return
	}
	var in struct {
		Data []byte `json:"encrypted_flow_data"`
		Key  []byte `json:"encrypted_aes_key"`
		IV   []byte `json:"initial_vector"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		w.WriteHeader(400)
		return
	}
	aesKey, err := rsa.DecryptOAEP(sha256.New(), nil, e.key, in.Key, nil)
	if err != nil {
		w.WriteHeader(421)
		return
	}
	block, _ := aes.NewCipher(aesKey)
	gcm, _ := cipher.NewGCMWithNonceSize(block, len(in.IV))
	plain, err := gcm.Open(nil, in.IV, in.Data, nil)
	if err != nil {
		w.WriteHeader(421)
		return
	}
	var request map[string]any
	_ = json.Unmarshal(plain, &request)
	e.mu.Lock()
	e.seen = append(e.seen, request)
	status, answer := e.answer(request)
	e.mu.Unlock()
	w.WriteHeader(status)
	if status != 200 {
		_ = json.NewEncoder(w).Encode(answer)
		return
	}
	out, _ := json.Marshal(answer)
	for i := range in.IV {
		in.IV[i] ^= 0xff
	}
	_, _ = io.WriteString(w, base64.StdEncoding.EncodeToString(gcm.Seal(nil, in.IV, out, nil)))
}

func TestFlowEndpointIsAskedAsWhatsAppDoes(t *testing.T) {
	w := newWorld(t)
	e := newEndpoint(t)
	e.answer = func(request map[string]any) (int, any) {
		switch request["action"] {
		case "ping":
			return 200, map[string]any{"data": map[string]any{"status": "active"}}
		case "INIT":
			return 200, map[string]any{"screen": "DATES", "data": map[string]any{"days": []string{"Mon"}}}
		}
		data := request["data"].(map[string]any)
		switch {
		case data["error_message"] != nil:
			return 200, map[string]any{"data": map[string]any{"acknowledged": true}}
		case data["day"] == "late":
			return 427, map[string]any{"error_msg": "The order has gone out."}
		case data["day"] == "odd":
			return 200, map[string]any{"data": map[string]any{}}
		}
		return 200, map[string]any{"screen": "SUCCESS", "data": map[string]any{"extension_message_response": map[string]any{"params": map[string]any{"flow_token": request["flow_token"], "day": data["day"]}}}}
	}
	step := func(body string) answer {
		t.Helper()
		return w.do("POST", "/sandbox/customers/"+ana+"/flow", strings.Replace(body, "{", `{"endpoint_uri":"`+e.server.URL+`",`, 1))
	}
	if a := step(`{"action":"INIT"}`); a.status != 409 || a.body["code"] != "no_key" {
		t.Errorf("without a key: got %d %s", a.status, a.raw)
	}
	w.sb.mu.Lock()
	w.sb.st.portfolio.desk(pnid).Key = e.publicKey()
	w.sb.mu.Unlock()

	if a := w.must("POST", "/sandbox/flows/ping", `{"endpoint_uri":"`+e.server.URL+`"}`); a.body["problem"] != nil {
		t.Errorf("ping: got %s", a.raw)
	}
	w.writes(ana, "hi")
	sentID := w.sendOK("+"+ana, interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"77","flow_cta":"Book","flow_token":"tok-1","flow_action":"data_exchange"}}`))
	w.hooks.status(sentID, "delivered")
	if a := step(`{"action":"INIT"}`); a.body["screen"] != "DATES" || dig(a.body, "response", "data", "days", "0") != "Mon" || a.body["problem"] != nil {
		t.Errorf("INIT: got %s", a.raw)
	}
	if a := step(`{"action":"error","error_message":"no such day"}`); a.body["problem"] != nil {
		t.Errorf("error: got %s", a.raw)
	}
	if a := step(`{"action":"data_exchange","screen":"DATES","data":{"day":"late"}}`); a.body["http_status"] != json.Number("427") || !strings.Contains(textOf(a.body["problem"]), "The order has gone out.") {
		t.Errorf("427: got %s", a.raw)
	}
	if a := step(`{"action":"BACK","screen":"DATES","data":{"day":"odd"}}`); !strings.Contains(textOf(a.body["problem"]), "screen") {
		t.Errorf("no screen: got %s", a.raw)
	}
	a := step(`{"action":"data_exchange","screen":"DATES","data":{"day":"Mon"}}`)
	if a.body["completed"] != true {
		t.Fatalf("last step: got %s", a.raw)
	}
	v := w.hooks.message(a.body["message_id"].(string))
	var response map[string]any
	if err := json.Unmarshal([]byte(dig(v, "messages", "0", "interactive", "nfm_reply", "response_json").(string)), &response); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"flow_token": "tok-1", "day": "Mon"}, response); diff != "" {
		t.Errorf("response_json (-want +got):\n%s", diff)
	}
	if dig(v, "messages", "0", "context", "id") != sentID || dig(v, "messages", "0", "interactive", "nfm_reply", "name") != "flow" {
		t.Errorf("reply: got %v", v)
	}
	if a := step(`{"action":"complete","data":{"rating":5}}`); a.body["completed"] != true {
		t.Errorf("complete without asking: got %s", a.raw)
	}
	for _, body := range []string{`{"action":"dance"}`, `{"action":"INIT","data":[]}`, `{"action":"INIT","to":"9"}`} {
		if a := step(body); a.status != 422 {
			t.Errorf("%s: got %d %s, want 422", body, a.status, a.raw)
		}
	}

	// Another key: the endpoint answers 421, and is asked once more with the key
	// that was fetched anew.
	other := newEndpoint(t)
	w.sb.mu.Lock()
	w.sb.st.portfolio.desk(pnid).Key = other.publicKey()
	w.sb.mu.Unlock()
	if a := step(`{"action":"INIT"}`); a.body["http_status"] != json.Number("421") || !strings.Contains(textOf(a.body["problem"]), "decrypt") {
		t.Errorf("421: got %s", a.raw)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if first := e.seen[1]; first["action"] != "INIT" || first["flow_token"] != "tok-1" || first["version"] != "3.0" {
		t.Errorf("INIT as the endpoint saw it: %v", first)
	}
}

func TestMediaThatMetaCouldNotFetch(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{`{"type":"image","image":{"lost":true,"caption":"c"}}`, `{"type":"video","video":{"size":104857601}}`} {
		id := w.must("POST", "/sandbox/customers/"+ana+"/messages", body).body["id"].(string)
		v := w.hooks.message(id)
		if dig(v, "messages", "0", "type") != "unsupported" || dig(v, "messages", "0", "errors", "0", "code") != json.Number("131052") || dig(v, "messages", "0", "image") != nil {
			t.Errorf("%s: got %v", body, v)
		}
	}
}

func TestPeopleChangeAndTakeBack(t *testing.T) {
	w := newWorld(t)
	id := w.writes(ana, "helo")
	w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"edit","edit":{"original_message_id":"`+id+`","message":{"type":"text","text":{"body":"hello"}}}}`)
	if shown := w.phone(ana)[0]; dig(shown, "text", "body") != "hello" || dig(shown, "edited_at") == nil {
		t.Errorf("edited: got %v", shown)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"16m"}`)
	if a := w.do("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"edit","edit":{"original_message_id":"`+id+`","message":{"type":"text","text":{"body":"x"}}}}`); a.status != 409 {
		t.Errorf("edit after 16 minutes: got %d, want 409", a.status)
	}
	back := w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"revoke","revoke":{"original_message_id":"`+id+`"}}`).body["id"].(string)
	if v := w.hooks.message(back); dig(v, "messages", "0", "revoke", "original_message_id") != id {
		t.Errorf("revoke: got %v", v)
	}
	if dig(w.phone(ana)[0], "revoked_at") == nil {
		t.Error("the phone still shows what was taken back")
	}
	if a := w.do("POST", "/sandbox/customers/4915100000001/messages", `{"type":"revoke","revoke":{"original_message_id":"`+id+`"}}`); a.status != 409 {
		t.Errorf("somebody else's message: got %d, want 409", a.status)
	}
}

func TestEveryWebhookCanBeSent(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	for _, e := range webhookExamples() {
		body, _ := json.Marshal(map[string]any{"field": e.Field, "event": e.Event, "customer": ana, "value": map[string]any{"marker": e.Event + "!"}})
		w.must("POST", "/sandbox/webhooks", string(body))
		var found change
		w.hooks.until(e.Field+" "+e.Event, func(cs []change) bool {
			for _, c := range cs {
				if c.field == e.Field && c.value["marker"] == e.Event+"!" {
					found = c
				}
			}
			return found.value != nil
		})
		raw, _ := json.Marshal(found.value)
		if strings.Contains(string(raw), `"$`) {
			t.Errorf("%s %s: a name was not filled in: %s", e.Field, e.Event, raw)
		}
		if e.Field != "messages" && found.entry["time"] == nil {
			t.Errorf("%s: entry has no time", e.Field)
		}
	}
	w.must("POST", "/sandbox/webhooks", `{"field":"standby","value":{"anything":1}}`)
	w.must("POST", "/sandbox/webhooks", `{"field":"account_update","event":"DISABLED_UPDATE","value":{"ban_info":{"waba_ban_state":"REINSTATE","waba_ban_date":null}}}`)
	w.hooks.until("an overlaid value", func(cs []change) bool {
		for _, c := range cs {
			if dig(c.value, "ban_info", "waba_ban_state") == "REINSTATE" {
				return dig(c.value, "ban_info", "waba_ban_date") == nil
			}
		}
		return false
	})
	for _, body := range []string{`{"field":"weather"}`, `{"field":"standby"}`, `{"field":"account_update","event":"PARTY"}`, `{"field":"security","phone_number_id":"1"}`, `{"field":"messages","event":"x","value":{}}`, `{"field":"calls","customer":"1"}`} {
		if a := w.do("POST", "/sandbox/webhooks", body); a.status != 422 {
			t.Errorf("%s: got %d %s, want 422", body, a.status, a.raw)
		}
	}
}

func TestCapabilitiesFollowTheVersion(t *testing.T) {
	w := newWorld(t)
	w.conduct(waba, `{"webhook_version":23}`)
	w.must("POST", "/sandbox/webhooks", `{"field":"business_capability_update"}`)
	if ch := w.hooks.field("business_capability_update"); ch.value["max_daily_conversation_per_phone"] == nil || ch.value["max_daily_conversations_per_business"] != nil {
		t.Errorf("v23: got %v", ch.value)
	}
	w.writes(ana, "hi")
	id := w.sendOK("+"+ana, `"type":"text","text":{"body":"a"}`)
	sentValue, deliveredValue := w.hooks.status(id, "sent"), w.hooks.status(id, "delivered")
	if dig(sentValue, "statuses", "0", "conversation", "expiration_timestamp") == nil || dig(deliveredValue, "statuses", "0", "conversation", "id") == nil || dig(deliveredValue, "statuses", "0", "conversation", "expiration_timestamp") != nil {
		t.Errorf("v23 conversation: got %v and %v", sentValue, deliveredValue)
	}
}

func TestWebhooksAreGathered(t *testing.T) {
	for shape, want := range map[string][3]int{"changes": {1, 4, 1}, "values": {1, 1, 4}, "entries": {4, 1, 1}} {
		w := newWorld(t)
		first := make(chan [3]int, 100)
		w.hooks.mu.Lock()
		w.hooks.answer = func(_ int, body []byte) int {
			var hook struct {
				Entry []struct {
					Changes []struct {
						Value struct{ Messages []any }
					}
				}
			}
			_ = json.Unmarshal(body, &hook)
			first <- [3]int{len(hook.Entry), len(hook.Entry[0].Changes), len(hook.Entry[0].Changes[0].Value.Messages)}
			return 200
		}
		w.hooks.mu.Unlock()
		w.must("PATCH", "/sandbox/webhooks", `{"shape":"`+shape+`","linger_ms":60000}`)
		for _, phone := range []string{ana, ana, "4915100000001", "4915100000002"} {
			w.writes(phone, "hi")
		}
		if a := w.must("GET", "/sandbox/webhooks", ""); a.body["pending"] != json.Number("4") {
			t.Errorf("%s: %v updates wait, want 4", shape, a.body["pending"])
		}
		w.must("POST", "/sandbox/clock", `{"advance":"61s"}`)
		if got := <-first; got != want {
			t.Errorf("%s: got entries, changes and messages %v, want %v", shape, got, want)
		}
	}
	w := newWorld(t)
	for _, body := range []string{`{"shape":"round"}`, `{"most":1001}`, `{"linger_ms":-1}`} {
		if a := w.do("PATCH", "/sandbox/webhooks", body); a.status != 422 {
			t.Errorf("%s: got %d, want 422", body, a.status)
		}
	}
}

func TestClockStands(t *testing.T) {
	c := standing()
	w := newWorld(t, func(o *Options) { o.Clock = c.now })
	a := w.must("POST", "/sandbox/clock", `{"set":"2026-10-01T00:00:00Z","freeze":true}`)
	if a.body["frozen"] != true {
		t.Errorf("got %s, want frozen", a.raw)
	}
	c.mu.Lock()
	c.at = c.at.Add(time.Hour)
	c.mu.Unlock()
	if a := w.must("POST", "/sandbox/clock", `{"freeze":true}`); a.body["now"] != "2026-10-01T00:00:00Z" {
		t.Errorf("frozen again, an hour later: got %s", a.raw)
	}
	if a := w.must("POST", "/sandbox/clock", `{"advance":"90m"}`); a.body["now"] != "2026-10-01T01:30:00Z" {
		t.Errorf("advance: got %s", a.raw)
	}
	w.hooks.message(w.writes(ana, "hi")) // webhooks go on
	if a := w.must("POST", "/sandbox/clock", `{"freeze":false}`); a.body["now"] != "2026-10-01T01:30:00Z" || a.body["frozen"] != false {
		t.Errorf("thaw: got %s", a.raw)
	}
	c.mu.Lock()
	c.at = c.at.Add(time.Minute)
	c.mu.Unlock()
	if a := w.must("GET", "/sandbox/clock", ""); a.body["now"] != "2026-10-01T01:31:00Z" {
		t.Errorf("a minute later: got %s", a.raw)
	}
}
