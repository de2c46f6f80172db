package onprem_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"kontor/internal/facade/onprem"
	"kontor/internal/premises"
)

// A clean-up that a client asks for is told of when it has ended, and so is that
// the number stands, as an error of no message (3.4, 4.2).
func TestServicesAndErrorsAreCalledBack(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		w.refused(400, 1022, "PUT", "/v1/services/message/gc", nil)
		p := w.called(nil)
		for _, what := range []string{"message", "media"} {
			r := w.ok(200, "PUT", "/v1/services/"+what+"/gc", nil)
			if r.at("services", what, "gc", "status") != "processing" {
				t.Errorf("%s: got %s", what, r.text)
			}
			w.golden("services_"+what, p.heard(w, "the end of the clean-up of "+what, holds(`"services":[{"`+what+`"`)))
		}
		if err := w.app.Numbers.Stop(context.Background(), w.number.ID, "token_invalid"); err != nil {
			t.Fatal(err)
		}
		w.golden("errors", p.heard(w, "the error", holds(`"errors":[{"code":1014`)))
		if err := w.app.Numbers.Resume(context.Background(), w.number.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.app.Numbers.Stop(context.Background(), w.number.ID, "whatsapp_131031"); err != nil {
			t.Fatal(err)
		}
		if got := p.heard(w, "the lock", holds(`"errors":[{"code":1031,"title":"Sender account has been locked"`)); !holds("cloud 131031")(got) {
			t.Errorf("got %s", got)
		}
		r := w.call("GET", "/v1/stats/app", nil)
		for _, want := range []string{`"type":"service"`, `"type":"error"`, `"result":"200"`} {
			if !strings.Contains(string(r.text), want) {
				t.Errorf("the figures of callbacks: got %s, want %s in it", r.text, want)
			}
		}
	})
}

// What becomes of a clean-up that fails is told as well.
func TestAFailedCollection(t *testing.T) {
	for detail, want := range map[string]premises.Collected{"media:failed": {What: "media", Failed: true}, "message:complete": {What: "message"}} {
		if got := premises.ParseCollected(detail); got != want || got.Detail() != detail {
			t.Errorf("%s: got %+v, and back %s", detail, got, got.Detail())
		}
	}
}

// keyCheck is whether the number's identity check is on at WhatsApp.
func (w *world) keyCheck() bool {
	w.Helper()
	r, err := http.NewRequest("GET", w.meta+"/v25.0/"+string(w.number.PhoneNumberID)+"/settings", nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token-of-the-test")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct {
		Change struct {
			On bool `json:"enable_identity_key_check"`
		} `json:"user_identity_change"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || resp.StatusCode != 200 {
		w.Fatalf("settings of the number: got %d (%v)", resp.StatusCode, err)
	}
	return got.Change.On
}

// The Cloud API's identity check follows show_security_notifications, whatever
// changed that, and a change that could not be made is made at the next.
func TestTheIdentityCheckFollowsTheSettings(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		at := func(what string, want bool) {
			t.Helper()
			if got := w.keyCheck(); got != want {
				t.Fatalf("%s: got %v, want %v", what, got, want)
			}
		}
		at("at first", false)
		w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"show_security_notifications": true})
		at("switched on", true)
		backup, _ := w.ok(200, "POST", "/v1/settings/backup", map[string]any{"password": "B4ckup!pw"}).at("settings", "data").(string)
		w.ok(200, "DELETE", "/v1/settings/application", nil)
		at("after DELETE", false)
		w.ok(200, "POST", "/v1/settings/restore", map[string]any{"password": "B4ckup!pw", "data": backup})
		at("restored", true)
		ctx := context.Background()
		if err := w.app.DisableOnPrem(ctx, w.number); err != nil {
			t.Fatal(err)
		}
		at("disabled", false)
		if _, err := w.app.EnableOnPrem(ctx, w.number, nil); err != nil {
			t.Fatal(err)
		}
		at("enabled", true)
		w.control("POST", "/sandbox/faults", map[string]any{"kind": "refuse", "code": 2, "count": 1, "match": map[string]any{"edge": "settings"}}, nil)
		w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"show_security_notifications": false})
		at("refused by WhatsApp", true)
		w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"sent_status": true})
		at("at the next change", false)
	})
}

// A new key holds back what is sent although nobody can be told of it: the
// program finds it by asking.
func TestAKeyChangesWithoutACallbackAddress(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"show_security_notifications": true})
		w.writes("hello")
		text := map[string]any{"to": customer, "text": map[string]any{"body": "hi"}}
		w.ok(201, "POST", "/v1/messages", text)
		var now struct {
			Hash string `json:"identity_key_hash"`
		}
		w.control("POST", "/sandbox/customers/"+customer+"/identity", nil, &now)
		w.until("sending is held back", func() bool { return w.call("POST", "/v1/messages", text).code() == 1028 })
		path := "/v1/contacts/" + customer + "/identity"
		if r := w.ok(200, "GET", path, nil); r.at("contacts", "hash") != now.Hash || r.at("contacts", "acknowledged") != false {
			t.Errorf("got %s, want the hash %s", r.text, now.Hash)
		}
		w.ok(200, "PUT", path, map[string]any{"hash": now.Hash})
		w.ok(201, "POST", "/v1/messages", text)
		// Off, nothing is held back and nothing is remembered.
		w.ok(200, "DELETE", "/v1/settings/application", nil)
		w.control("POST", "/sandbox/customers/"+customer+"/identity", nil, nil)
		w.writes("again")
		w.ok(201, "POST", "/v1/messages", text)
	})
}

// The rest of the callbacks as the contract has them: replies, other kinds of
// media, changes of the customer's, and what failed before it left.
func TestMoreCallbacksHaveTheOldForm(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(map[string]any{"media": map[string]any{"auto_download": []string{"audio", "voice", "document"}}})
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "first"}})
		p.heard(w, "the first text", holds(`"first"`))
		picture := base64.StdEncoding.EncodeToString([]byte(files["picture.jpg"]))
		sound := base64.StdEncoding.EncodeToString([]byte("ID3\x03\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"))
		for _, c := range []struct {
			name string
			body map[string]any
			sign string
		}{
			{"audio", map[string]any{"type": "audio", "audio": map[string]any{"data": sound, "mime_type": "audio/mpeg"}}, `"type":"audio"`},
			{"undownloaded", map[string]any{"type": "image", "image": map[string]any{"data": picture, "mime_type": "image/jpeg"}}, `"undownloaded"`},
			{"reply", map[string]any{"type": "text", "text": map[string]any{"body": "about that"}, "context": map[string]any{"message_id": w.wamid("first")}}, `"about that"`},
			{"flow_reply", map[string]any{"type": "interactive", "interactive": map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{"name": "flow", "body": "Sent", "response_json": `{"flow_token":"t"}`}}}, `"nfm_reply"`},
		} {
			w.customerWrites(c.body)
			w.golden(c.name, p.heard(w, c.name, holds(c.sign)))
		}
		r := w.ok(201, "POST", "/v1/messages", map[string]any{"to": "4915199999999", "text": map[string]any{"body": "out of the blue"}})
		id, _ := r.at("messages", 0, "id").(string)
		w.golden("status_refused", p.heard(w, "the refusal", holds(id)))

		w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"show_security_notifications": true})
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "who am I"}})
		w.golden("identity", p.heard(w, "the identity", holds(`"who am I"`, `"identity"`)))
		w.control("POST", "/sandbox/customers/"+customer+"/identity", nil, nil)
		w.golden("system_identity", p.heard(w, "the new identity", holds(`"user_identity_changed"`)))
		w.control("POST", "/sandbox/customers/"+customer+"/number", map[string]any{"phone": "4915187654321"}, nil)
		w.golden("system_number", p.heard(w, "the new number", holds(`"user_changed_number"`)))
	})
}

// A file of a customer's that WhatsApp does not hand over is told with error 400.
func TestMediaThatCannotBeFetched(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(nil)
		w.control("POST", "/sandbox/faults", map[string]any{"kind": "refuse", "code": 100, "match": map[string]any{"edge": "node", "method": "GET"}}, nil)
		w.customerWrites(map[string]any{"type": "image", "image": map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(files["picture.jpg"])), "mime_type": "image/jpeg"}})
		w.golden("media_failed", p.heard(w, "the picture", holds(`"code":400`)))
	})
}

// A message whose time ran out before it left fails with 410.
func TestAMessageThatExpired(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(nil)
		w.writes("hello")
		if err := w.app.Numbers.Pause(context.Background(), w.number.ID, time.Now().Add(time.Hour), "test"); err != nil {
			t.Fatal(err)
		}
		r := w.ok(201, "POST", "/v1/messages", map[string]any{"to": customer, "ttl": 1, "text": map[string]any{"body": "too late"}})
		id, _ := r.at("messages", 0, "id").(string)
		w.golden("status_expired", p.heard(w, "the end", holds(id, `"failed"`)))
	})
}

// Monitors of the old client find their names, of their own number only.
func TestFiguresHaveTheOldNames(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		w.called(nil)
		w.writes("hello")
		w.until("a callback was counted", func() bool {
			return strings.Contains(string(w.call("GET", "/v1/stats/app", nil).text), "callback_requests_duration_ms_count")
		})
		for path, names := range map[string][]string{
			"/v1/stats/app": {"callback_queue_size", "callback_requests_duration_ms_count", "callback_requests_duration_ms_sum"},
			"/v1/stats/db":  {"db_contacts", "db_messages", "db_message_receipts"},
			"/v1/metrics":   {"web_uptime", "web_requests", "api_requests_duration_ms_sum", "api_requests_duration_ms_count"},
		} {
			for _, key := range []string{"Bearer " + w.token, "Apikey " + adminKey} {
				said := string(w.call("GET", path, nil, "Authorization", key).text)
				text := string(w.call("GET", path+"?format=prometheus", nil, "Authorization", key).text)
				for _, name := range names {
					if !strings.Contains(said, `"`+name+`":{"type":`) && !strings.Contains(said, `"`+name+`":{`) {
						t.Errorf("%s: got %s, want %s", path, said, name)
					}
					if !strings.Contains(text, "\n# TYPE "+name+" ") && !strings.HasPrefix(text, "# HELP "+name+" ") {
						t.Errorf("%s for Prometheus: got %s, want %s", path, text, name)
					}
				}
			}
		}
		text := string(w.call("GET", "/v1/metrics?format=prometheus", nil).text)
		for _, want := range []string{`web_requests{node="kontor",state="read"}`, `web_requests{node="kontor",state="handle-request"}`, `api_requests_duration_ms_count{method="POST_v1_users_login",node="kontor",result="200"} 1`} {
			if !strings.Contains(text, want) {
				t.Errorf("got %s, want %s", text, want)
			}
		}
	})
}

// Every call has a pair of request and answer in testdata/calls that went well.
func TestEveryCallHasAGoldenPair(t *testing.T) {
	missing := onprem.RoutesWithout(t, "testdata/calls/*.txt")
	if len(missing) > 0 {
		t.Errorf("got no golden pair that went well of:\n%s", strings.Join(missing, "\n"))
	}
}
