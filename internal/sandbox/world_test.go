package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/meta"
)

// The numbers of the tests.
const (
	pnid   = "200000000000001"
	waba   = "100000000000001"
	secret = "sandbox-app-secret"
	ana    = "5511955500177"
)

// world is a running sandbox with a business that listens.
type world struct {
	t     *testing.T
	sb    *Sandbox
	url   string
	hooks *receiver
	stop  func()
}

// newWorld starts a sandbox whose statuses follow at once.
func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, hooks: newReceiver(t)}
	n := DefaultNumber()
	n.CallbackURL = w.hooks.server.URL
	o := Options{
		Seed: 7, Numbers: []NumberConfig{n}, Templates: DemoTemplates(),
		StatusDelayMin: -1, StatusDelayMax: -1, RetryBase: 5 * time.Millisecond,
	}
	for _, f := range change {
		f(&o)
	}
	sb, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.sb = sb
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- sb.Run(ctx) }()
	server := httptest.NewServer(sb)
	w.url = server.URL
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			sb.CloseStreams()
			server.Close()
			cancel()
			if err := <-ran; err != nil {
				t.Errorf("Run: %v", err)
			}
			if err := sb.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	t.Cleanup(w.stop)
	return w
}

type answer struct {
	status int
	body   map[string]any
	raw    []byte
	header http.Header
}

// do calls the sandbox; body is JSON text, or "" for none.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if !strings.HasPrefix(path, "/sandbox") {
		req.Header.Set("Authorization", "Bearer any")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, raw: raw, header: resp.Header}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	_ = d.Decode(&a.body)
	produced.note(dig(a.body, "error"))
	return a
}

// must is do for a call that has to answer 2xx.
func (w *world) must(method, path, body string) answer {
	w.t.Helper()
	a := w.do(method, path, body)
	if a.status/100 != 2 {
		w.t.Fatalf("%s %s %s: got %d %s, want 2xx", method, path, body, a.status, a.raw)
	}
	return a
}

// send posts to the messages edge; body lacks messaging_product and to.
func (w *world) send(to, body string) answer {
	w.t.Helper()
	return w.do("POST", "/v25.0/"+pnid+"/messages", `{"messaging_product":"whatsapp","to":"`+to+`",`+body+`}`)
}

// sendOK is send for a message that has to be taken; it returns the wamid.
func (w *world) sendOK(to, body string) string {
	w.t.Helper()
	a := w.send(to, body)
	if a.status != 200 {
		w.t.Fatalf("send %s: got %d %s, want 200", body, a.status, a.raw)
	}
	return dig(a.body, "messages", "0", "id").(string)
}

// writes lets a customer write text and returns the wamid.
func (w *world) writes(phone, text string) string {
	w.t.Helper()
	a := w.must("POST", "/sandbox/customers/"+phone+"/messages", `{"type":"text","text":{"body":"`+text+`"}}`)
	return a.body["id"].(string)
}

// phone is what a phone shows.
func (w *world) phone(phone string) []any {
	w.t.Helper()
	return w.must("GET", "/sandbox/customers/"+phone+"/messages", "").body["data"].([]any)
}

// dig follows a path of member names and positions.
func dig(v any, path ...string) any {
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			i := int(p[0] - '0')
			if i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// change is one update as the business got it.
type change struct {
	field string
	value map[string]any
	entry map[string]any
}

// receiver is the business: it checks signatures and remembers.
type receiver struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	cond    *sync.Cond
	changes []change
	posts   int
	answer  func(post int, body []byte) int // status of the n-th post; nil: 200
	verify  func(r *http.Request) (int, string)
	secret  string // of the app; secret when empty
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{t: t}
	r.cond = sync.NewCond(&r.mu)
	r.server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.server.Close)
	return r
}

func (rc *receiver) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		status, body := 200, r.URL.Query().Get("hub.challenge")
		if rc.verify != nil {
			status, body = rc.verify(r)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return
	}
	body, _ := io.ReadAll(r.Body)
	if !meta.VerifySignature([]byte(or(rc.secret, secret)), body, r.Header.Get(meta.SignatureHeader)) {
		rc.t.Errorf("webhook with a wrong signature: %s", r.Header.Get(meta.SignatureHeader))
	}
	if !strings.HasPrefix(r.Header.Get("X-Hub-Signature"), "sha1=") {
		rc.t.Error("webhook without X-Hub-Signature")
	}
	for _, b := range body {
		if b >= 0x80 {
			rc.t.Errorf("webhook holds bytes outside ASCII: %s", body)
			break
		}
	}
	var hook struct {
		Object string
		Entry  []map[string]any
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&hook); err != nil || hook.Object != "whatsapp_business_account" {
		rc.t.Errorf("webhook is not JSON: %v %s", err, body)
	}
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.posts++
	if rc.answer != nil {
		if status := rc.answer(rc.posts, body); status != 200 {
			w.WriteHeader(status)
			return
		}
	}
	for _, e := range hook.Entry {
		for _, c := range e["changes"].([]any) {
			m := c.(map[string]any)
			rc.changes = append(rc.changes, change{m["field"].(string), m["value"].(map[string]any), e})
			produced.webhook(m["value"])
		}
	}
	rc.cond.Broadcast()
}

// until waits for a condition over everything that was received.
func (rc *receiver) until(what string, ok func([]change) bool) []change {
	rc.t.Helper()
	late := false
	timer := time.AfterFunc(10*time.Second, func() {
		rc.mu.Lock()
		late = true
		rc.mu.Unlock()
		rc.cond.Broadcast()
	})
	defer timer.Stop()
	rc.mu.Lock()
	defer rc.mu.Unlock()
	for !ok(rc.changes) {
		if late {
			b, _ := json.Marshal(valuesOf(rc.changes))
			rc.t.Fatalf("no %s came; got %s", what, b)
		}
		rc.cond.Wait()
	}
	return append([]change(nil), rc.changes...)
}

func valuesOf(cs []change) (all []map[string]any) {
	for _, c := range cs {
		all = append(all, c.value)
	}
	return all
}

// status waits for a status of a message and returns the change's value.
func (rc *receiver) status(id, status string) map[string]any {
	rc.t.Helper()
	var found map[string]any
	rc.until("status "+status+" of "+id, func(cs []change) bool {
		for _, c := range cs {
			if dig(c.value, "statuses", "0", "id") == id && dig(c.value, "statuses", "0", "status") == status {
				found = c.value
				return true
			}
		}
		return false
	})
	return found
}

// message waits for an inbound message.
func (rc *receiver) message(id string) map[string]any {
	rc.t.Helper()
	var found map[string]any
	rc.until("message "+id, func(cs []change) bool {
		for _, c := range cs {
			if dig(c.value, "messages", "0", "id") == id {
				found = c.value
				return true
			}
		}
		return false
	})
	return found
}

// field waits for an update of another field than messages.
func (rc *receiver) field(name string) change {
	rc.t.Helper()
	var found change
	rc.until("webhook of field "+name, func(cs []change) bool {
		for _, c := range cs {
			if c.field == name {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func standing() *clock { return &clock{at: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)} }
