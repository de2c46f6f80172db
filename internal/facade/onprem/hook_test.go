package onprem_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// program is what was written for the On-Premises API: it is called back.
type program struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string // bodies, in order
	header []http.Header
	refuse []int // statuses to answer first
	fresh  chan struct{}
}

// called starts a program and sets it as the number's callback address.
func (w *world) called(settings map[string]any) *program {
	w.Helper()
	p := &program{fresh: make(chan struct{}, 1000)}
	p.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.refuse) > 0 {
			rw.WriteHeader(p.refuse[0])
			p.refuse = p.refuse[1:]
			return
		}
		p.got, p.header = append(p.got, string(body)), append(p.header, r.Header)
		p.fresh <- struct{}{}
	}))
	w.Cleanup(p.Close)
	if settings == nil {
		settings = map[string]any{}
	}
	hooks, _ := settings["webhooks"].(map[string]any)
	if hooks == nil {
		hooks = map[string]any{}
	}
	hooks["url"] = p.URL + "/webhook"
	settings["webhooks"] = hooks
	w.ok(200, "PATCH", "/v1/settings/application", settings)
	return p
}

// heard waits for the callback that wanted describes and returns it.
func (p *program) heard(w *world, what string, wanted func(body string) bool) string {
	w.Helper()
	var found string
	w.until("the program hears of "+what, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, body := range p.got {
			if wanted(body) {
				found = body
				return true
			}
		}
		return false
	})
	return found
}

func holds(parts ...string) func(string) bool {
	return func(body string) bool {
		for _, part := range parts {
			if !strings.Contains(body, part) {
				return false
			}
		}
		return true
	}
}

func (p *program) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.got...)
}

// An old program sends, its customer answers, it is called back, and marks the
// answer read: the whole circle on both databases.
func TestFullCircle(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(map[string]any{"sent_status": true})
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "hello"}})
		in := p.heard(w, "the customer's message", holds(`"hello"`))
		var got struct {
			Contacts []struct {
				WaID    string `json:"wa_id"`
				Profile struct{ Name string }
			}
			Messages []struct{ From, ID, Timestamp, Type string }
		}
		if err := json.Unmarshal([]byte(in), &got); err != nil {
			t.Fatalf("%v in %s", err, in)
		}
		m := got.Messages[0]
		if m.From != customer || got.Contacts[0].WaID != customer || got.Contacts[0].Profile.Name != "Ida" || !regexp.MustCompile(`^\d{10}$`).MatchString(m.Timestamp) || len(m.ID) > 40 || !strings.HasPrefix(m.ID, "ABG") {
			t.Fatalf("got %s", in)
		}

		r := w.ok(201, "POST", "/v1/messages", map[string]any{"to": customer, "text": map[string]any{"body": "your bicycle is ready"}, "context": map[string]any{"message_id": m.ID}})
		id, _ := r.at("messages", 0, "id").(string)
		if len(id) > 40 || !strings.HasPrefix(id, "gBG") {
			t.Fatalf("got the id %q", id)
		}
		for _, status := range []string{"sent", "delivered"} {
			body := p.heard(w, status, holds(id, `"`+status+`"`))
			if !holds(`"recipient_id":"`+customer+`"`, `"message":{"recipient_id":"`+customer+`"}`, `"type":"message"`)(body) {
				t.Errorf("%s: got %s", status, body)
			}
		}
		w.control("POST", "/sandbox/customers/"+customer+"/read", nil, nil)
		p.heard(w, "read", holds(id, `"read"`))

		w.ok(200, "PUT", "/v1/messages/"+m.ID, map[string]any{"status": "read"})
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "thank you"}, "context": map[string]any{"message_id": w.wamid("your bicycle is ready")}})
		quoted := p.heard(w, "the answer", holds(`"thank you"`))
		if !holds(`"context":{"from":"` + ownPhone + `","id":"` + id + `"}`)(quoted) {
			t.Errorf("the quoted message: got %s, want the id %s", quoted, id)
		}
		for i, h := range p.header {
			if h.Get("X-Hub-Signature-256") != "" || !strings.HasPrefix(h.Get("Content-Type"), "application/json") {
				t.Errorf("callback %d: got the headers %v", i, h)
			}
		}
	})
}

// wamid is WhatsApp's id of a message that the customer's phone shows.
func (w *world) wamid(text string) string {
	w.Helper()
	for _, m := range w.phone() {
		if strings.Contains(canonical(m), text) {
			id, _ := m["id"].(string)
			return id
		}
	}
	w.Fatalf("the phone does not show %q: %v", text, w.phone())
	return ""
}

func (w *world) customerWrites(body map[string]any) {
	w.Helper()
	if body["profile"] == nil {
		body["profile"] = map[string]any{"name": "Ida"}
	}
	w.control("POST", "/sandbox/customers/"+customer+"/messages", body, nil)
}

// Each type of message as the old API told it; files in testdata/callbacks.
func TestCallbacksHaveTheOldForm(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(nil)
		picture := base64.StdEncoding.EncodeToString([]byte(files["picture.jpg"]))
		voice := base64.StdEncoding.EncodeToString([]byte(files["voice.ogg"]))
		n := newNames(w)
		for _, c := range []struct {
			name string
			body map[string]any
			sign string
		}{
			{"text", map[string]any{"type": "text", "text": map[string]any{"body": "a text <b>&"}}, `"a text`},
			{"image", map[string]any{"type": "image", "image": map[string]any{"data": picture, "mime_type": "image/jpeg", "caption": "my bike"}}, `"my bike"`},
			{"voice", map[string]any{"type": "audio", "audio": map[string]any{"data": voice, "mime_type": "audio/ogg; codecs=opus", "voice": true}}, `"voice"`},
			{"document", map[string]any{"type": "document", "document": map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(files["paper.pdf"])), "mime_type": "application/pdf", "filename": "bill.pdf"}}, `"bill.pdf"`},
			{"location", map[string]any{"type": "location", "location": map[string]any{"latitude": 53.8655, "longitude": 10.6866, "name": "Home"}}, `"Home"`},
			{"contacts", map[string]any{"type": "contacts", "contacts": []any{map[string]any{"name": map[string]any{"formatted_name": "Bo Lind", "first_name": "Bo"}, "phones": []any{map[string]any{"phone": "+46 70 123", "wa_id": "4670123"}}}}}, `"Bo Lind"`},
			{"button", map[string]any{"type": "button", "button": map[string]any{"payload": "yes-1", "text": "Yes"}}, `"yes-1"`},
			{"button_reply", map[string]any{"type": "interactive", "interactive": map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": "b1", "title": "Start"}}}, `"button_reply"`},
			{"list_reply", map[string]any{"type": "interactive", "interactive": map[string]any{"type": "list_reply", "list_reply": map[string]any{"id": "mon", "title": "Monday", "description": "early"}}}, `"list_reply"`},
			{"order", map[string]any{"type": "order", "order": map[string]any{"catalog_id": "c1", "text": "please", "product_items": []any{map[string]any{"product_retailer_id": "sku", "quantity": 2, "item_price": 9.5, "currency": "EUR"}}}}, `"sku"`},
			{"unsupported", map[string]any{"type": "unsupported", "errors": []any{map[string]any{"code": 131051, "title": "Message type unknown"}}}, `"unknown"`},
		} {
			w.customerWrites(c.body)
			got := p.heard(w, c.name, holds(c.sign))
			w.compare(filepath.Join("testdata/callbacks", c.name+".json"), n.hide(stamps.ReplaceAllString(got, `"timestamp":"<time>"`)))
		}
	})
}

var stamps = regexp.MustCompile(`"timestamp":"\d{10}"`)

// compare holds a callback against its file.
func (w *world) compare(file, got string) {
	w.Helper()
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		w.Fatalf("%v in %s", err, got)
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		w.Fatal(err)
	}
	got = string(text) + "\n"
	got = regexp.MustCompile(`<(message|received|media|hash) \d+>`).ReplaceAllString(got, "<$1>")
	got = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(got)
	got = regexp.MustCompile(`<(message|received|media|hash) \d+>`).ReplaceAllString(got, "<$1>")
	if os.Getenv("KONTOR_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			w.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		w.Fatal(err)
	}
	if got != string(want) {
		w.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// What a rule refuses is answered with an id and told later, in the old codes.
func TestLateFailures(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(nil)
		for _, c := range []struct {
			body map[string]any
			code string
		}{
			{map[string]any{"to": "4915199999999", "text": map[string]any{"body": "out of the blue"}}, `"code":470,"title":"Re-engagement message"`},
			{map[string]any{"to": customer, "type": "template", "template": map[string]any{"namespace": "n", "name": "no_such_template", "language": map[string]any{"policy": "deterministic", "code": "en_US"}}}, `"code":2001,"title":"Template Missing"`},
			{map[string]any{"to": customer, "type": "hsm", "hsm": map[string]any{"namespace": "n", "element_name": "hello_world", "language": map[string]any{"policy": "fallback", "code": "en_US"}, "localizable_params": []any{map[string]any{"default": "too many"}}}}, `"code":20`},
		} {
			r := w.ok(201, "POST", "/v1/messages", c.body)
			id, _ := r.at("messages", 0, "id").(string)
			body := p.heard(w, "the failure of "+canonical(c.body), holds(id, `"failed"`))
			if !holds(c.code, `"recipient_id"`)(body) {
				t.Errorf("%v: got %s, want %s", c.body, body, c.code)
			}
		}
	})
}

// Only 200 counts; what fails is tried again, in order.
func TestOnly200Counts(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	p := w.called(map[string]any{"callback_backoff_delay_ms": "10", "max_callback_backoff_delay_ms": 50})
	p.mu.Lock()
	p.refuse = []int{201, 204, 500}
	p.mu.Unlock()
	w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "one"}})
	w.writes("two")
	w.until("both came", func() bool { return strings.Contains(strings.Join(p.all(), ""), `"two"`) })
	if all := p.all(); len(all) != 2 || !holds(`"one"`)(all[0]) || !holds(`"two"`)(all[1]) {
		t.Errorf("got %v, want one and then two, each once", all)
	}
}

// The number's settings filter statuses, and headers of 360dialog's dialect
// travel with every callback.
func TestFiltersAndHeaders(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	p := w.called(map[string]any{"webhooks": map[string]any{"message": map[string]any{"delivered": false}}})
	w.ok(200, "POST", "/v1/configs/webhook", map[string]any{"url": p.URL + "/other", "headers": map[string]any{"X-Token": "t0p"}})
	w.writes("hello")
	w.ok(201, "POST", "/v1/messages", map[string]any{"to": customer, "text": map[string]any{"body": "hi"}})
	w.until("the phone shows it", func() bool { return strings.Contains(canonical(w.phone()), `"hi"`) })
	w.control("POST", "/sandbox/customers/"+customer+"/read", nil, nil)
	p.heard(w, "read", holds(`"read"`))
	for _, body := range p.all() {
		if holds(`"sent"`)(body) || holds(`"delivered"`)(body) {
			t.Errorf("got %s, which the settings leave out", body)
		}
	}
	if got := p.header[len(p.header)-1].Get("X-Token"); got != "t0p" {
		t.Errorf("X-Token: got %q", got)
	}
	w.refused(400, 1009, "POST", "/v1/configs/webhook", map[string]any{"url": p.URL, "headers": map[string]any{"Host": "evil"}})
	w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"webhooks": map[string]any{"url": ""}})
	before := len(p.all())
	w.writes("nobody listens")
	if after := len(p.all()); after != before {
		t.Errorf("got %d callbacks after the address was removed, want %d", after, before)
	}
}

// A kind of file that the client does not want to wait for comes without one.
func TestUndownloadedMedia(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	p := w.called(map[string]any{"media": map[string]any{"auto_download": []string{"voice"}}})
	w.customerWrites(map[string]any{"type": "image", "image": map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(files["picture.jpg"])), "mime_type": "image/jpeg"}})
	if got := p.heard(w, "the picture", holds(`"image"`)); !holds(`"status":"undownloaded"`)(got) || regexp.MustCompile(`"image":\{"id"`).MatchString(got) {
		t.Errorf("got %s, want no id and status undownloaded", got)
	}
}

// A customer without a number has digits of our own, which are no phone number
// and can be answered to.
func TestACustomerWithoutANumber(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(nil)
		w.control("PATCH", "/sandbox/customers/"+customer, map[string]any{"username": "ida.h", "username_only": true}, nil)
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "guess who"}})
		in := p.heard(w, "the message", holds(`"guess who"`))
		m := regexp.MustCompile(`"from":"(\d+)"`).FindStringSubmatch(in)
		if m == nil || len(m[1]) <= 15 || len(m[1]) > 19 {
			t.Fatalf("got %s, want digits that are no phone number", in)
		}
		r := w.ok(201, "POST", "/v1/messages", map[string]any{"to": m[1], "text": map[string]any{"body": "hello you"}})
		id, _ := r.at("messages", 0, "id").(string)
		got := p.heard(w, "the delivery", holds(id, `"delivered"`))
		if !holds(`"recipient_id":"` + m[1] + `"`)(got) {
			t.Errorf("got %s, want the same digits", got)
		}
	})
}
