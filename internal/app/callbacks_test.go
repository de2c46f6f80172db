package app_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/meta"
	"kontor/internal/store/storetest"
)

// got is a request as a subscriber saw it.
type got struct {
	header http.Header
	body   []byte
}

// subscriber is a receiver of outgoing webhooks that checks signatures with
// code of its own: nothing here is shared with the sender.
type subscriber struct {
	*httptest.Server
	mu     sync.Mutex
	seen   []got
	answer func(n int, g got) int // status for the n-th request
	came   chan struct{}
}

func newSubscriber(t *testing.T) *subscriber {
	s := &subscriber{came: make(chan struct{}, 10_000)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if r.URL.Query().Get("hub.verify_token") != "our word" || r.URL.Query().Get("hub.mode") != "subscribe" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			return
		}
		body, _ := io.ReadAll(r.Body)
		g := got{r.Header.Clone(), body}
		s.mu.Lock()
		s.seen = append(s.seen, g)
		n, answer := len(s.seen), s.answer
		s.mu.Unlock()
		status := http.StatusOK
		if answer != nil {
			status = answer(n, g)
		}
		w.WriteHeader(status)
		s.came <- struct{}{}
	}))
	t.Cleanup(s.Close)
	return s
}

// wait returns the requests when there are n of them.
func (s *subscriber) wait(t *testing.T, n int) []got {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		s.mu.Lock()
		seen := append([]got(nil), s.seen...)
		s.mu.Unlock()
		if len(seen) >= n {
			return seen
		}
		select {
		case <-s.came:
		case <-deadline:
			t.Fatalf("got %d webhooks, want %d", len(seen), n)
		}
	}
}

type world struct {
	*app.App
	t *testing.T
}

// eachWorld runs f against the product on each engine.
func eachWorld(t *testing.T, private string, f func(w *world)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			env := []string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + adminKey, "KONTOR_ALLOW_PRIVATE_CALLBACKS=" + private}
			if engine == "postgres" {
				env = append(env, "KONTOR_DATABASE_URL="+storetest.URL(t))
			}
			w := openWorld(t, env)
			f(w)
		})
	}
}

func openWorld(t *testing.T, env []string) *world {
	t.Helper()
	c, err := config.Load(config.Flags{}, env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(context.Background(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Stop() })
	_, err = a.Connect(context.Background(), config.WhatsApp{PhoneNumberID: pnid, BusinessAccountID: "1", APIBaseURL: "http://127.0.0.1:1", APIVersion: "v25.0",
		AccessToken: "token", AppSecret: appSecret, VerifyToken: "verify"})
	if err == nil {
		err = a.Start(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return &world{App: a, t: t}
}

// call asks the API and answers the status and the body.
func (w *world) call(method, path string, in any) (int, map[string]any) {
	w.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			w.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, "http://"+w.Addr().String()+"/api/v1/whatsapp/"+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	text, _ := io.ReadAll(resp.Body)
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return resp.StatusCode, out
}

// subscribe makes a subscription and returns its id and secret.
func (w *world) subscribe(in map[string]any) (id, secret string) {
	w.t.Helper()
	status, out := w.call(http.MethodPost, "subscriptions", in)
	if status != http.StatusCreated {
		w.t.Fatalf("subscribe: got %d %v", status, out)
	}
	return out["id"].(string), out["secret"].(string)
}

// hears posts a webhook of Meta's.
func (w *world) hears(field, value string) {
	w.t.Helper()
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":%q,"value":%s}]}]}`, field, value)
	req, err := http.NewRequest(http.MethodPost, "http://"+w.Addr().String()+"/api/v1/whatsapp/webhook", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set(meta.SignatureHeader, meta.Sign([]byte(appSecret), body))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("intake: got %d", resp.StatusCode)
	}
}

func (w *world) writes(phone, wamid, message string) {
	w.t.Helper()
	w.hears("messages", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":"494515550100","phone_number_id":%q},
		"contacts":[{"profile":{"name":"Jörg / Größe"},"wa_id":%q,"user_id":"DE.%s"}],
		"messages":[{"from":%q,"from_user_id":"DE.%s","id":%q,"timestamp":"%d",%s}]}`, pnid, phone, phone, phone, phone, wamid, time.Now().Unix(), message))
}

// metaSigned checks X-Hub-Signature-256 by hand.
func metaSigned(secret string, g got) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(g.body)
	return g.header.Get("X-Hub-Signature-256") == "sha256="+hex.EncodeToString(mac.Sum(nil))
}

// standardSigned checks a Standard Webhooks signature by hand.
func standardSigned(t *testing.T, secret string, g got) bool {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", g.header.Get("webhook-id"), g.header.Get("webhook-timestamp"), g.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, one := range strings.Fields(g.header.Get("webhook-signature")) {
		if one == want {
			return true
		}
	}
	return false
}

func TestSubscribersAreToldInTheirDialect(t *testing.T) {
	eachWorld(t, "1", func(w *world) {
		cloud, own := newSubscriber(w.t), newSubscriber(w.t)
		_, cloudSecret := w.subscribe(map[string]any{"url": cloud.URL + "/hook?x=1", "dialect": "cloud-api", "secret": "a secret of theirs", "verify_token": "our word", "events": []string{"*"}})
		if cloudSecret != "a secret of theirs" {
			w.t.Errorf("got the secret %q, want that of the caller", cloudSecret)
		}
		ownID, ownSecret := w.subscribe(map[string]any{"url": own.URL, "dialect": "kontor", "events": []string{"message.received"}, "phone_number_id": pnid})

		message := `"type":"text","text":{"body":"Grüße & <b> / 😀","mood":"new"}`
		w.writes("4915112345678", "wamid.ONE", message)

		g := cloud.wait(w.t, 1)[0]
		if !metaSigned(cloudSecret, g) {
			w.t.Errorf("the signature is not of these bytes: %s", g.body)
		}
		if bytes.ContainsFunc(g.body, func(r rune) bool { return r > 126 }) || !bytes.Contains(g.body, []byte(`Gr\u00fc\u00dfe & <b> \/ \ud83d\ude00`)) {
			w.t.Errorf("got %s, want it escaped as Meta does", g.body)
		}
		var hook struct {
			Object string
			Entry  []struct {
				ID      string
				Changes []struct {
					Field string
					Value struct {
						MessagingProduct string `json:"messaging_product"`
						Metadata         map[string]string
						Contacts         []map[string]any
						Messages         []map[string]any
					}
				}
			}
		}
		if err := json.Unmarshal(g.body, &hook); err != nil {
			w.t.Fatal(err)
		}
		v := hook.Entry[0].Changes[0].Value
		m := v.Messages[0]
		if hook.Object != "whatsapp_business_account" || hook.Entry[0].ID != "1" || v.Metadata["phone_number_id"] != pnid || m["id"] != "wamid.ONE" || m["from"] != "4915112345678" ||
			m["text"].(map[string]any)["mood"] != "new" || v.Contacts[0]["profile"].(map[string]any)["name"] != "Jörg / Größe" || v.Contacts[0]["user_id"] != "DE.4915112345678" {
			w.t.Errorf("got %s, want the message as Meta wrote it", g.body)
		}

		g = own.wait(w.t, 1)[0]
		if !standardSigned(w.t, ownSecret, g) {
			w.t.Errorf("the signature %q is not of these bytes", g.header.Get("webhook-signature"))
		}
		var event struct {
			ID, Type, SpecVersion, Source, Subject string
			Data                                   struct {
				Message struct {
					MessageID string `json:"message_id"`
					Content   struct{ Text struct{ Body string } }
					Phone     string
				}
			}
		}
		if err := json.Unmarshal(g.body, &event); err != nil {
			w.t.Fatal(err)
		}
		if event.Type != "message.received" || event.ID != g.header.Get("webhook-id") || event.SpecVersion != "1.0" || event.Data.Message.Content.Text.Body != "Grüße & <b> / 😀" || event.Data.Message.Phone != "4915112345678" {
			w.t.Errorf("got %s", g.body)
		}

		// Both secrets count while they overlap.
		status, out := w.call(http.MethodPost, "subscriptions/"+ownID+"/secret", map[string]any{"overlap_hours": 1})
		if status != http.StatusOK {
			w.t.Fatalf("rotate: %d %v", status, out)
		}
		w.writes("4915112345678", "wamid.TWO", `"type":"text","text":{"body":"again"}`)
		if g = own.wait(w.t, 2)[1]; !standardSigned(w.t, ownSecret, g) || !standardSigned(w.t, out["secret"].(string), g) {
			w.t.Errorf("got the signatures %q, want one of each secret", g.header.Get("webhook-signature"))
		}

		// What Meta tells of the account goes on as it came, once.
		notice := `{"event":"APPROVED","message_template_id":7,"message_template_name":"hello","message_template_language":"de","reason":"NONE"}`
		w.hears("message_template_status_update", notice)
		all := cloud.wait(w.t, 3)
		if last := all[2].body; !bytes.Contains(last, []byte(`"field":"message_template_status_update"`)) || !bytes.Contains(last, []byte(`"message_template_id":7`)) {
			w.t.Errorf("got %s, want the notice", last)
		}
		if len(own.wait(w.t, 2)) != 2 {
			w.t.Error("the filter let something through")
		}

		status, log := w.call(http.MethodGet, "subscriptions/"+ownID+"/deliveries?state=delivered", nil)
		if entries, _ := log["data"].([]any); status != http.StatusOK || len(entries) != 2 {
			w.t.Errorf("got %d %v, want two entries of the log", status, log)
		} else {
			entry := entries[0].(map[string]any)
			_, whole := w.call(http.MethodGet, "subscriptions/"+ownID+"/deliveries/"+entry["id"].(string), nil)
			if body, _ := json.Marshal(whole["body"]); !bytes.Contains(body, []byte("again")) {
				w.t.Errorf("got %s, want the body as it was sent", body)
			}
			if status, out := w.call(http.MethodPost, "subscriptions/"+ownID+"/deliveries/"+entry["id"].(string)+"/redeliver", nil); status != http.StatusAccepted {
				w.t.Fatalf("redeliver: %d %v", status, out)
			}
			again := own.wait(w.t, 3)[2]
			if again.header.Get("webhook-id") != g.header.Get("webhook-id") || !bytes.Equal(again.body, g.body) {
				w.t.Errorf("got %s again, want the same id and bytes", again.body)
			}
		}
		status, out = w.call(http.MethodPost, "subscriptions/"+ownID+"/test", nil)
		if status != http.StatusOK || out["state"] != "delivered" || out["response_status"] != float64(200) {
			w.t.Errorf("test event: got %d %v", status, out)
		}
	})
}

// A customer whose number is known writes under a username: Meta leaves the
// number out, adds a hash, and so do we (cloud-api.md 2.3).
func TestAuthorsAreToldAsMetaNamedThem(t *testing.T) {
	eachWorld(t, "1", func(w *world) {
		cloud := newSubscriber(w.t)
		w.subscribe(map[string]any{"url": cloud.URL, "dialect": "cloud-api", "secret": "s", "events": []string{"message.received"}})
		w.writes("4915112345678", "wamid.ONE", `"type":"text","text":{"body":"hi"}`)
		contacts := `[{"profile":{"name":"J\u00f6rg","username":"joerg","badge":"blue"},"user_id":"DE.4915112345678","identity_key_hash":"Sjvjlx8G6Z0="}]`
		messages := fmt.Sprintf(`[{"from_user_id":"DE.4915112345678","id":"wamid.TWO","timestamp":"%d","type":"text","text":{"body":"again"}}]`, time.Now().Unix())
		w.hears("messages", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":"494515550100","phone_number_id":%q},"contacts":%s,"messages":%s}`, pnid, contacts, messages))
		body := cloud.wait(w.t, 2)[1].body
		if !bytes.Contains(body, []byte(`"contacts":`+contacts)) || !bytes.Contains(body, []byte(`"messages":`+messages)) {
			w.t.Errorf("got %s, want contacts %s and messages %s", body, contacts, messages)
		}
		status, page := w.call(http.MethodGet, "conversations/4915112345678/history", nil)
		if all, _ := page["data"].([]any); status != http.StatusOK || len(all) != 2 {
			w.t.Errorf("got %d %v, want both messages in one conversation", status, page)
		} else if text := fmt.Sprint(page); strings.Contains(text, "Sjvjlx8G6Z0") || strings.Contains(text, "badge") {
			w.t.Errorf("the API serves what is kept for receivers: %s", text)
		}
	})
}

func TestStatusesAreToldWithOurIDs(t *testing.T) {
	eachWorld(t, "1", func(w *world) {
		cloud := newSubscriber(w.t)
		w.subscribe(map[string]any{"url": cloud.URL, "dialect": "cloud-api", "secret": "s", "events": []string{"message.status"}})
		w.writes("4915112345678", "wamid.IN", `"type":"text","text":{"body":"hi"}`)
		status, out := w.call(http.MethodPost, "send/text", map[string]any{"to": "4915112345678", "text": "ho", "biz_opaque_callback_data": "order 7"})
		if status != http.StatusAccepted {
			w.t.Fatalf("send: %d %v", status, out)
		}
		id := out["message_id"].(string)
		for i, s := range []string{"sent", "delivered", "read"} {
			pricing := `,"pricing":{"billable":true,"pricing_model":"PMP","category":"service","type":"regular"},"conversation":{"id":"c1","expiration_timestamp":"1990000000","origin":{"type":"service"}}`
			if s == "read" {
				pricing = ""
			}
			w.hears("messages", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":"49","phone_number_id":%q},
				"statuses":[{"id":"wamid.OUT","status":%q,"timestamp":"%d","recipient_id":"4915112345678","biz_opaque_callback_data":%q%s}]}`, pnid, s, time.Now().Unix()+int64(i), id, pricing))
		}
		var told []string
		for _, g := range cloud.wait(w.t, 3) {
			var hook meta.Webhook
			if err := json.Unmarshal(g.body, &hook); err != nil {
				w.t.Fatal(err)
			}
			s := hook.Entry[0].Changes[0].Value.Statuses[0]
			told = append(told, s.Status)
			if ours, ok := wamidOurs(s.ID); !ok || ours != id || s.BizOpaqueCallbackData != "order 7" || s.RecipientID != "4915112345678" {
				w.t.Errorf("got %s, want our id %s and the caller's own data", g.body, id)
			}
			if hasPrice := s.Pricing != nil && s.Conversation != nil; hasPrice == (s.Status == "read") {
				w.t.Errorf("%s: got pricing %v", s.Status, s.Pricing)
			}
		}
		if strings.Join(told, " ") != "sent delivered read" {
			w.t.Errorf("got %v, want sent, delivered, read", told)
		}
	})
}

// Programs look for user_id in every status's contact, also of people who were
// only written to so far (cloud-api.md 10).
func TestStatusesNamePeopleWhoNeverWrote(t *testing.T) {
	eachWorld(t, "1", func(w *world) {
		cloud := newSubscriber(w.t)
		w.subscribe(map[string]any{"url": cloud.URL, "dialect": "cloud-api", "secret": "s", "events": []string{"message.status"}})
		status, out := w.call(http.MethodPost, "send/template", map[string]any{"to": "4915112345999", "template": map[string]any{"name": "hello_world", "language": map[string]any{"code": "en_US"}}})
		if status != http.StatusAccepted {
			w.t.Fatalf("send: %d %v", status, out)
		}
		w.hears("messages", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":"49","phone_number_id":%q},
			"contacts":[{"profile":{"name":"Ana"},"wa_id":"4915112345999","user_id":"DE.4915112345999"}],
			"statuses":[{"id":"wamid.T","status":"sent","timestamp":"%d","recipient_id":"4915112345999","recipient_user_id":"DE.4915112345999","biz_opaque_callback_data":%q}]}`,
			pnid, time.Now().Unix(), out["message_id"]))
		body := string(cloud.wait(w.t, 1)[0].body)
		for _, part := range []string{`"user_id":"DE.4915112345999"`, `"recipient_user_id":"DE.4915112345999"`, `"name":"Ana"`, `"wa_id":"4915112345999"`} {
			if !strings.Contains(body, part) {
				w.t.Errorf("got %s, want %s in it", body, part)
			}
		}
		w.writes("4915112345999", "wamid.FIRST", `"type":"text","text":{"body":"hi"}`)
		status, page := w.call(http.MethodGet, "conversations/4915112345999/history", nil)
		if all, _ := page["data"].([]any); status != http.StatusOK || len(all) != 2 {
			w.t.Errorf("got %d %v, want template and answer in one conversation", status, page)
		}
	})
}

// A caller knows its messages by the ids that it got from us, so an answer must
// name them by these.
func TestAnswersNameOurMessagesByOurIDs(t *testing.T) {
	eachWorld(t, "1", func(w *world) {
		cloud := newSubscriber(w.t)
		w.subscribe(map[string]any{"url": cloud.URL, "dialect": "cloud-api", "secret": "s", "events": []string{"message.received"}})
		w.writes("4915112345678", "wamid.IN", `"type":"text","text":{"body":"hi"}`)
		status, out := w.call(http.MethodPost, "send/text", map[string]any{"to": "4915112345678", "text": "ho"})
		if status != http.StatusAccepted {
			w.t.Fatalf("send: %d %v", status, out)
		}
		id := out["message_id"].(string)
		w.hears("messages", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":"49","phone_number_id":%q},
			"statuses":[{"id":"wamid.O\/U+T=","status":"sent","timestamp":"%d","recipient_id":"4915112345678","biz_opaque_callback_data":%q}]}`, pnid, time.Now().Unix(), id))
		w.writes("4915112345678", "wamid.QUOTE", `"type":"text","context":{"from":"49","id":"wamid.O\/U+T="},"text":{"body":"I mean \"wamid.O\/U+T=\""}`)
		w.writes("4915112345678", "wamid.THUMB", `"type":"reaction","reaction":{"message_id":"wamid.O\/U+T=","emoji":"👍"}`)
		w.writes("4915112345678", "wamid.NEW", `"type":"newer","context":{"id":"wamid.O\/U+T="},"newer":{"than":"this"}`)
		w.writes("4915112345678", "wamid.OWN", `"type":"text","context":{"from":"4915112345678","id":"wamid.IN"},"text":{"body":"my own"}`)
		want := map[string]string{"wamid.QUOTE": id, "wamid.THUMB": id, "wamid.NEW": id, "wamid.OWN": "wamid.IN"}
		for _, g := range cloud.wait(w.t, 5) {
			var hook struct {
				Entry []struct {
					Changes []struct {
						Value struct {
							Messages []struct {
								ID       string
								Context  struct{ ID string }
								Reaction struct {
									MessageID string `json:"message_id"`
								}
								Text struct{ Body string }
							}
						}
					}
				}
			}
			if err := json.Unmarshal(g.body, &hook); err != nil {
				w.t.Fatal(err)
			}
			m := hook.Entry[0].Changes[0].Value.Messages[0]
			named := m.Context.ID + m.Reaction.MessageID
			if ours, ok := wamidOurs(named); ok {
				named = ours
			}
			if named != want[m.ID] {
				w.t.Errorf("%s names %q, want %q: %s", m.ID, named, want[m.ID], g.body)
			}
			if m.ID == "wamid.QUOTE" && m.Text.Body != `I mean "wamid.O/U+T="` {
				w.t.Errorf("got the text %q, want what the customer wrote", m.Text.Body)
			}
		}
	})
}

func TestSubscriptionsAreRefused(t *testing.T) {
	w := openWorld(t, []string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + adminKey})
	for _, c := range []struct {
		in   map[string]any
		code string
	}{
		{map[string]any{"url": "http://shop.example/x", "dialect": "kontor"}, "invalid_url"},
		{map[string]any{"url": "https://127.0.0.1/x", "dialect": "kontor"}, "address_refused"},
		{map[string]any{"url": "https://localhost/x", "dialect": "kontor"}, "address_refused"},
		{map[string]any{"url": "https://169.254.169.254/latest", "dialect": "kontor"}, "address_refused"},
		{map[string]any{"url": "https://[::ffff:10.0.0.1]/", "dialect": "kontor"}, "address_refused"},
		{map[string]any{"url": "https://user:word@shop.example/", "dialect": "kontor"}, "invalid_url"},
		{map[string]any{"url": "https://shop.example/", "dialect": "kontor", "events": []string{"message.recieved"}}, "unknown_event"},
		{map[string]any{"url": "https://shop.example/", "dialect": "kontor", "secret": "whsec_!!"}, "invalid_request"},
		{map[string]any{"url": "https://shop.example/", "dialect": "esperanto"}, "invalid_request"},
	} {
		if status, out := w.call(http.MethodPost, "subscriptions", c.in); status != http.StatusUnprocessableEntity || out["code"] != c.code {
			t.Errorf("%v: got %d %v, want %s", c.in, status, out["code"], c.code)
		}
	}
	if status, out := w.call(http.MethodGet, "subscriptions/sub_0000000000001", nil); status != http.StatusNotFound {
		t.Errorf("got %d %v, want 404", status, out)
	}
}

func TestAnAddressThatDoesNotAnswerTheHandshakeIsRefused(t *testing.T) {
	eachWorld(t, "1", func(w *world) {
		s := newSubscriber(w.t)
		status, out := w.call(http.MethodPost, "subscriptions", map[string]any{"url": s.URL, "dialect": "cloud-api", "verify_token": "another word"})
		if status != http.StatusUnprocessableEntity || out["code"] != "callback_not_verified" {
			w.t.Errorf("got %d %v, want callback_not_verified", status, out)
		}
		if _, list := w.call(http.MethodGet, "subscriptions", nil); len(list["data"].([]any)) != 0 {
			w.t.Errorf("got %v, want no subscription", list)
		}
	})
}

// wamidOurs reads the disguise of our ids as a client could: by hand.
func wamidOurs(wamid string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(wamid, "wamid."))
	if err != nil || len(b) != 15 || string(b[:6]) != "KONTOR" {
		return "", false
	}
	const alphabet = "0123456789abcdefghijklmnopqrstuv"
	var bits, n uint
	text := "msg_"
	for _, c := range b[7:] {
		bits, n = bits<<8|uint(c), n+8
		for n >= 5 {
			n -= 5
			text += string(alphabet[bits>>n&31])
		}
	}
	return text + string(alphabet[bits<<(5-n)&31]), true
}
