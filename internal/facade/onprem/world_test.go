package onprem_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/sandbox"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// world is the whole product with a sandbox that plays Meta's part, as the
// programs of the On-Premises API meet it.
type world struct {
	testing.TB
	app    *app.App
	box    *sandbox.Sandbox
	number *wa.Number
	url    string // of the product
	meta   string // of the sandbox
	token  string // of admin, after login
}

const (
	adminKey = "0123456789abcdef0123456789abcdef"
	password = "Sec3t!word"
	customer = "4915112345678"
	ownPhone = "494515550100"
)

// each runs f in a world of its own on every engine.
func each(t *testing.T, f func(w *world)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { f(newWorld(t, engine)) })
	}
}

func newWorld(t testing.TB, engine string, more ...string) *world {
	t.Helper()
	env := []string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + adminKey, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1", "KONTOR_CUSTOMER_DAILY_LIMIT=0"}
	env = append(env, more...)
	if engine == "postgres" {
		env = append(env, "KONTOR_DATABASE_URL="+storetest.URL(t))
	}
	c, err := config.Load(config.Flags{}, env)
	if err != nil {
		t.Fatal(err)
	}
	log := &kept{}
	a, err := app.New(context.Background(), app.Options{Config: c, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error("stop:", err)
		}
		if t.Failed() {
			t.Log("the product wrote:\n" + log.String())
		}
	})
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, app: a, url: "http://" + a.Addr().String()}
	w.playMeta()
	if _, err := a.Premises.Enable(context.Background(), w.number, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.until("the product is ready", func() bool {
		resp, err := http.Get(w.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	w.until("the number's fields are read", func() bool {
		n, ok := a.Numbers.ByID(w.number.ID)
		return ok && n.DisplayPhone != ""
	})
	return w
}

// playMeta starts the sandbox and connects its number.
func (w *world) playMeta() {
	w.Helper()
	server := httptest.NewUnstartedServer(nil)
	w.meta = "http://" + server.Listener.Addr().String()
	own := sandbox.DefaultNumber()
	n, err := w.app.Connect(context.Background(), config.WhatsApp{
		AccessToken: "token-of-the-test", PhoneNumberID: wa.PhoneNumberID(own.PhoneNumberID), BusinessAccountID: wa.WABAID(own.WABAID),
		AppSecret: "secret-of-the-test", VerifyToken: "verify-of-the-test", APIVersion: config.DefaultAPIVersion, APIBaseURL: w.meta,
	})
	if err != nil {
		w.Fatal(err)
	}
	w.number = n
	w.box, err = sandbox.New(sandbox.Options{
		PublicURL: w.meta, Templates: sandbox.DemoTemplates(),
		Numbers: []sandbox.NumberConfig{{
			PhoneNumberID: own.PhoneNumberID, WABAID: own.WABAID, DisplayPhone: "+49 451 5550100", VerifiedName: "Nordlicht Service",
			AppSecret: "secret-of-the-test", VerifyToken: "verify-of-the-test", CallbackURL: w.url + "/api/v1/whatsapp/webhook",
		}},
	})
	if err != nil {
		w.Fatal(err)
	}
	server.Config.Handler = w.box
	server.Start()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.box.Run(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.Error("sandbox:", err)
		}
		w.box.CloseStreams()
		server.Close()
		if err := w.box.Close(); err != nil {
			w.Error("sandbox:", err)
		}
	})
}

// until waits for a condition; every look at it is a real request.
func (w *world) until(what string, condition func() bool) {
	w.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			w.Fatal("waited in vain until ", what)
		}
		time.Sleep(10 * time.Millisecond) // between two requests of a poll
	}
}

// reply is an answer of the façade.
type reply struct {
	status int
	header http.Header
	text   []byte
	body   map[string]any
}

// raw makes a request with the headers of the world and what is given.
func (w *world) raw(method, path string, body []byte, headers ...string) reply {
	w.Helper()
	r, err := http.NewRequest(method, w.url+path, bytes.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	if w.token != "" {
		r.Header.Set("Authorization", "Bearer "+w.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	out := reply{status: resp.StatusCode, header: resp.Header}
	if out.text, err = io.ReadAll(resp.Body); err != nil {
		w.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(out.text, &out.body); err != nil {
			w.Fatalf("%s %s answered %q: %v", method, path, out.text, err)
		}
	}
	return out
}

// call sends JSON.
func (w *world) call(method, path string, body any, headers ...string) reply {
	w.Helper()
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			w.Fatal(err)
		}
	}
	return w.raw(method, path, text, append([]string{"Content-Type", "application/json"}, headers...)...)
}

// ok is call that must be answered with a status.
func (w *world) ok(status int, method, path string, body any, headers ...string) reply {
	w.Helper()
	r := w.call(method, path, body, headers...)
	if r.status != status {
		w.Fatalf("%s %s: got %d %s, want %d", method, path, r.status, r.text, status)
	}
	return r
}

// refused is call that must be answered with a status and a code.
func (w *world) refused(status, code int, method, path string, body any, headers ...string) reply {
	w.Helper()
	r := w.ok(status, method, path, body, headers...)
	if got := r.code(); got != code {
		w.Fatalf("%s %s: got code %d in %s, want %d", method, path, got, r.text, code)
	}
	return r
}

func (r reply) code() int {
	errors, _ := r.body["errors"].([]any)
	if len(errors) == 0 {
		return 0
	}
	code, _ := errors[0].(map[string]any)["code"].(float64)
	return int(code)
}

// at follows names and places into an answer.
func (r reply) at(path ...any) any {
	var v any = r.body
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// login is the first login of admin, with the password that the tests use.
func (w *world) login() {
	w.Helper()
	r := w.ok(http.StatusOK, "POST", "/v1/users/login", map[string]any{"new_password": password}, "Authorization", basic("admin", "secret"))
	w.token, _ = r.at("users", 0, "token").(string)
}

func basic(name, password string) string {
	r, _ := http.NewRequest("GET", "http://example.test", nil) // cannot fail
	r.SetBasicAuth(name, password)
	return r.Header.Get("Authorization")
}

// control speaks to the sandbox.
func (w *world) control(method, path string, body any, into any) {
	w.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	r, err := http.NewRequest(method, w.meta+path, bytes.NewReader(text))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 300 {
		w.Fatalf("%s %s: got %d %s", method, path, resp.StatusCode, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			w.Fatal(err)
		}
	}
}

// writes lets the customer write a text, which opens the window.
func (w *world) writes(text string) {
	w.Helper()
	w.control("POST", "/sandbox/customers/"+customer+"/messages", map[string]any{"type": "text", "text": map[string]any{"body": text}, "profile": map[string]any{"name": "Ida"}}, nil)
	w.until("the message is here", func() bool { return w.heard(text) })
}

// heard tells whether the house has a message with this text.
func (w *world) heard(text string) bool {
	r := w.call("GET", "/api/v1/whatsapp/conversations/"+customer+"/history?order=desc", nil, "Authorization", "Bearer "+adminKey)
	return strings.Contains(string(r.text), fmt.Sprintf("%q", text))
}

// phone is what the customer's phone shows.
func (w *world) phone() []map[string]any {
	w.Helper()
	var shown struct{ Data, Messages []map[string]any }
	var list json.RawMessage
	w.control("GET", "/sandbox/customers/"+customer+"/messages", nil, &list)
	if json.Unmarshal(list, &shown.Messages) == nil {
		return shown.Messages
	}
	if err := json.Unmarshal(list, &shown); err != nil {
		w.Fatal(err)
	}
	return append(shown.Messages, shown.Data...)
}

// kept is a log that may be written at once and read later.
type kept struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.buf.Write(p)
}

func (k *kept) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.buf.String()
}
