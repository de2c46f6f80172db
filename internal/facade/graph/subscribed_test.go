package graph_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/meta"
)

// receiver is a program that gets webhooks as Meta sends them.
type receiver struct {
	*httptest.Server
	got chan string // bodies with a good signature
	bad chan string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: make(chan string, 100), bad: make(chan string, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			if q := req.URL.Query(); q.Get("hub.mode") == "subscribe" && q.Get("hub.verify_token") == "open sesame" {
				_, _ = io.WriteString(w, q.Get("hub.challenge"))
				return
			}
			w.WriteHeader(http.StatusForbidden)
			return
		}
		body, _ := io.ReadAll(req.Body)
		if meta.VerifySignature([]byte(appSecret), body, req.Header.Get(meta.SignatureHeader)) {
			r.got <- string(body)
		} else {
			r.bad <- string(body)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) next(t *testing.T, with string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case body := <-r.got:
			if strings.Contains(body, with) {
				return
			}
		case body := <-r.bad:
			t.Fatalf("a webhook with a bad signature: %s", body)
		case <-deadline:
			t.Fatalf("no webhook with %s came", with)
		}
	}
}

func TestOverridesBecomeSubscriptionsAtKontor(t *testing.T) {
	h := openWith(t, "", "KONTOR_ALLOW_PRIVATE_CALLBACKS=1")
	apps, one := "/"+account1+"/subscribed_apps", newReceiver(t)
	h.graph.forget()
	if got := h.get(apps).wants(200, 0); got.dig("data.0") != nil {
		t.Errorf("got %s, want nobody", got.raw)
	}
	h.post(apps, nil).wants(400, 100)                           // nobody would be told: no silent success
	h.call(h.key, "DELETE", "/v25.0"+apps, nil).wants(400, 100) // nor is there anybody to end
	h.post(apps, `{"override_callback_uri":"`+one.URL+`"}`).wants(400, 131008)
	if got := h.post(apps, `{"override_callback_uri":"`+one.URL+`","verify_token":"wrong"}`); got.status != 400 {
		t.Errorf("got %d %s, want 400 since the handshake fails", got.status, got.raw)
	}
	h.call(h.keyOf(h.app.Workspace.ID, account.Agent), "POST", "/v25.0"+apps, `{"override_callback_uri":"`+one.URL+`","verify_token":"open sesame"}`).wants(403, 10)
	h.post(apps, `{"override_callback_uri":"`+one.URL+`","verify_token":"open sesame"}`).wants(200, 0)
	h.post(apps, `{"override_callback_uri":"`+one.URL+`","verify_token":"open sesame"}`).wants(200, 0)
	if got := h.get(apps).wants(200, 0); got.text("data.0.override_callback_uri") != one.URL || got.dig("data.1") != nil || got.text("data.0.whatsapp_business_api_data.name") != "Kontor" {
		t.Errorf("got %s, want the one once", got.raw)
	}
	h.writes(phone, "wamid.first", hello)
	one.next(t, "wamid.first")

	two := newReceiver(t)
	h.post(apps+"?"+url.Values{"override_callback_uri": {two.URL}, "verify_token": {"open sesame"}}.Encode(), nil).wants(200, 0)
	h.post("/"+phoneTwo, `{"webhook_configuration":{"override_callback_uri":"`+one.URL+`","verify_token":"open sesame"}}`).wants(200, 0)
	if got := h.get(apps).wants(200, 0); got.text("data.0.override_callback_uri") != two.URL || got.text("data.1.override_callback_uri") != one.URL {
		t.Errorf("got %s, want the new address in place of the old, and the number's", got.raw)
	}
	sent := h.post("/"+phone+"/messages", `{`+to+`"text":{"body":"hi"},"biz_opaque_callback_data":"order 7"}`).wants(200, 0).text("messages.0.id")
	h.writes(phone, "wamid.second", hello)
	two.next(t, "wamid.second")
	if sent == "" {
		t.Error("no id")
	}

	h.post("/"+phoneTwo, `{"webhook_configuration":{"override_callback_uri":""}}`).wants(200, 0)
	h.call(h.otherKey, "DELETE", "/v25.0/"+account2+"/subscribed_apps", nil).wants(400, 100) // theirs are others
	h.call(h.key, "DELETE", "/v25.0"+apps, nil).wants(200, 0)
	if got := h.get(apps).wants(200, 0); got.dig("data.0") != nil {
		t.Errorf("got %s, want nobody", got.raw)
	}
	for _, s := range h.graph.calls("") {
		if strings.HasSuffix(s.path, "/subscribed_apps") || s.method == "POST" && s.path == "/"+phoneTwo {
			t.Errorf("%s %s reached Meta: the webhooks would be gone", s.method, s.path)
		}
	}
}
