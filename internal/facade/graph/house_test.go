package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/meta"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

const (
	adminKey  = "0123456789012345678901234567890123456789"
	appSecret = "the secret of the app"

	phone    = "106540352242922" // the first workspace's number
	phoneTwo = "106540352242923" // its second, on the same account
	account1 = "102290129340398"
	other    = "206540352242922" // another workspace's number
	account2 = "202290129340398"
	customer = "4915510000001"
	token1   = "EAAtokenOfTheFirstNumber"
	token2   = "EAAtokenOfTheOtherNumber"
)

// house is the whole product over a real database, with a Graph of the test's
// own on a socket: what goes through can be seen there.
type house struct {
	t        testing.TB
	app      *app.App
	graph    *upstream
	url      string
	key      string // of an admin of the first workspace
	otherKey string // of an admin of the other one
	ahead    atomic.Int64
}

// engines tells a story on SQLite and on PostgreSQL.
func engines(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, open(t, "")) })
	t.Run("postgres", func(t *testing.T) { f(t, open(t, storetest.URL(t))) })
}

func open(t testing.TB, database string) *house {
	t.Helper()
	return openWith(t, database)
}

// openBench is a house without the guard against loops, which would refuse the
// thousandth message to one customer.
func openBench(t testing.TB) *house { return openWith(t, "", "KONTOR_CUSTOMER_DAILY_LIMIT=0") }

func openWith(t testing.TB, database string, more ...string) *house {
	t.Helper()
	h := &house{t: t, graph: newUpstream(t), key: adminKey}
	c, err := config.Load(config.Flags{}, append(more,
		"KONTOR_DATA="+filepath.Join(t.TempDir(), "data"), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY="+adminKey, "KONTOR_DATABASE_URL="+database,
	))
	h.must(err)
	h.app, err = app.New(context.Background(), app.Options{
		Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}},
		Now: func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) },
	})
	h.must(err)
	t.Cleanup(func() { h.app.Stop() })
	ctx := context.Background()
	two, err := h.app.Accounts.EnsureWorkspace(ctx, "two", "Two")
	h.must(err)
	h.otherKey = h.keyOf(two.ID, account.Admin)
	for _, n := range []wa.Number{
		{WorkspaceID: h.app.Workspace.ID, PhoneNumberID: phone, WABAID: account1, AccessToken: token1},
		{WorkspaceID: h.app.Workspace.ID, PhoneNumberID: phoneTwo, WABAID: account1, AccessToken: token1},
		{WorkspaceID: two.ID, PhoneNumberID: other, WABAID: account2, AccessToken: token2},
	} {
		n.Provider, n.BaseURL, n.APIVersion, n.AppSecret, n.VerifyToken = "cloudapi", h.graph.url, "v25.0", appSecret, "verify"
		_, err := h.app.Numbers.Connect(ctx, n)
		h.must(err)
		h.must(h.app.Templates.Seed(ctx, n.WorkspaceID, n.WABAID))
	}
	h.must(h.app.Start(ctx))
	h.url = "http://" + h.app.Addr().String()
	h.until("templates are read", func() bool {
		_, ok, err := h.app.Templates.Find(ctx, two.ID, account2, "greeting", "en_US")
		_, ok1, err1 := h.app.Templates.Find(ctx, h.app.Workspace.ID, account1, "greeting", "en_US")
		return err == nil && err1 == nil && ok && ok1
	})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) keyOf(ws wa.WorkspaceID, role account.Role) string {
	h.t.Helper()
	_, secret, err := h.app.Accounts.CreateKey(context.Background(), account.Principal{WorkspaceID: ws, Role: account.Owner}, string(role), role)
	h.must(err)
	return secret.Reveal()
}

// until waits for what another goroutine of the product brings about.
func (h *house) until(what string, condition func() bool) {
	h.t.Helper()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	deadline := time.After(20 * time.Second)
	for !condition() {
		select {
		case <-poll.C:
		case <-deadline:
			h.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// reply is an answer of the gateway's, read.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	raw    []byte
	json   map[string]any
}

// dig walks into an answer: "error.code", "messages.0.id".
func (r reply) dig(path string) any {
	var v any = r.json
	for name := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) text(path string) string { s, _ := r.dig(path).(string); return s }

func (r reply) code() int { n, _ := r.dig("error.code").(float64); return int(n) }

// wants checks status and code; whatever is refused must be Graph's in form.
func (r reply) wants(status, code int) reply {
	r.t.Helper()
	if r.status != status || r.code() != code {
		r.t.Errorf("got %d with code %d (%s), want %d with %d", r.status, r.code(), r.raw, status, code)
	}
	r.wellFormed()
	return r
}

func (r reply) wellFormed() {
	r.t.Helper()
	if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		r.t.Errorf("got Content-Type %q (%s), want JSON", kind, r.raw)
	}
	if r.status < 400 {
		return
	}
	if r.text("error.message") == "" || r.text("error.type") == "" || r.dig("error.code") == nil || r.text("error.fbtrace_id") == "" || r.text("error.error_data.details") == "" {
		r.t.Errorf("got %s, want a whole Graph error", r.raw)
	}
}

// call makes a request with a key; body is JSON when it is text.
func (h *house) call(key, method, path string, body any, headers ...string) reply {
	h.t.Helper()
	var in io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case string:
		in, kind = strings.NewReader(b), "application/json"
	case *upload:
		in, kind = bytes.NewReader(b.body.Bytes()), b.kind
	default:
		text, err := json.Marshal(b)
		h.must(err)
		in, kind = bytes.NewReader(text), "application/json"
	}
	address := path
	if strings.HasPrefix(path, "/") {
		address = h.url + path
	}
	req, err := http.NewRequest(method, address, in)
	h.must(err)
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	h.must(err)
	defer resp.Body.Close()
	out := reply{t: h.t, status: resp.StatusCode, header: resp.Header}
	out.raw, err = io.ReadAll(resp.Body)
	h.must(err)
	_ = json.Unmarshal(out.raw, &out.json) // files are no JSON
	return out
}

func (h *house) post(path string, body any, headers ...string) reply {
	h.t.Helper()
	return h.call(h.key, http.MethodPost, "/v25.0"+path, body, headers...)
}

func (h *house) get(path string) reply {
	h.t.Helper()
	return h.call(h.key, http.MethodGet, "/v25.0"+path, nil)
}

// writes has a customer write to a number; content are the message's members.
func (h *house) writes(number, wamid, content string) {
	h.t.Helper()
	waba := account1
	if number == other {
		waba = account2
	}
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"49","phone_number_id":%q},"contacts":[{"profile":{"name":"Carla"},"wa_id":%q}],
		"messages":[{"from":%q,"id":%q,"timestamp":"%d",%s}]}}]}]}`, waba, number, customer, customer, wamid, time.Now().Unix(), content)
	req, err := http.NewRequest(http.MethodPost, h.url+"/api/v1/whatsapp/webhook", bytes.NewReader(body))
	h.must(err)
	req.Header.Set(meta.SignatureHeader, meta.Sign([]byte(appSecret), body))
	resp, err := http.DefaultTransport.RoundTrip(req)
	h.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("the webhook was answered %d", resp.StatusCode)
	}
}

const hello = `"type":"text","text":{"body":"hello"}`

// upstream is a Graph that answers by its routes and remembers what it saw.
type upstream struct {
	url    string
	mu     sync.Mutex
	seen   []seen
	routes map[string]func(r *http.Request, body []byte) (int, string)
	sent   int
}

type seen struct {
	method, path, query, token, kind string
	body                             []byte
	header                           http.Header
}

func newUpstream(t testing.TB) *upstream {
	u := &upstream{routes: map[string]func(*http.Request, []byte) (int, string){}}
	server := httptest.NewServer(u)
	t.Cleanup(server.Close)
	u.url = server.URL
	for _, n := range []string{phone, phoneTwo, other} {
		u.answers("GET /"+n, 200, `{"id":"`+n+`","display_phone_number":"+49 451 5550100","verified_name":"Kontor","quality_rating":"GREEN","throughput":{"level":"HIGH"},"status":"CONNECTED"}`)
		u.on("POST /"+n+"/messages", func(_ *http.Request, body []byte) (int, string) {
			if bytes.Contains(body, []byte(`"status":"read"`)) {
				return 200, `{"success":true}`
			}
			u.sent++
			return 200, fmt.Sprintf(`{"messaging_product":"whatsapp","contacts":[{"input":"+%s","wa_id":"%s"}],"messages":[{"id":"wamid.sent%d"}]}`, customer, customer, u.sent)
		})
		u.answers("POST /"+n+"/media", 200, `{"id":"1003383421387256"}`)
	}
	for waba, ids := range map[string][2]string{account1: {"594425479261596", "594425479261597"}, account2: {"694425479261596", "694425479261597"}} {
		u.answers("GET /"+waba+"/message_templates", 200, `{"data":[
			{"id":"`+ids[0]+`","name":"greeting","language":"en_US","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Hello {{1}}"}]},
			{"id":"`+ids[1]+`","name":"paused_one","language":"en_US","status":"PAUSED","category":"MARKETING","components":[{"type":"BODY","text":"Buy"}]},
			{"id":"1`+ids[1]+`","name":"hello_world","language":"en_US","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Hello"}]}]}`)
	}
	return u
}

// noObject is how Graph says that it does not have an object for the caller.
const noObject = `{"error":{"message":"Unsupported get request. Object does not exist","type":"GraphMethodException","code":100,"error_subcode":33,"fbtrace_id":"A1"}}`

// on sets what a path below the version is answered; the handler runs under the lock.
func (u *upstream) on(route string, f func(r *http.Request, body []byte) (int, string)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.routes[route] = f
}

func (u *upstream) answers(route string, status int, body string) {
	u.on(route, func(*http.Request, []byte) (int, string) { return status, body })
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/v25.0")
	u.mu.Lock()
	u.seen = append(u.seen, seen{r.Method, path, r.URL.RawQuery, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), body, r.Header.Clone()})
	status, answer := 400, noObject
	if f := u.routes[r.Method+" "+path]; f != nil {
		status, answer = f(r, body)
	}
	u.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

// forget begins to remember anew.
func (u *upstream) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen = nil
}

// calls are those to a method and path, "" for all.
func (u *upstream) calls(route string) (out []seen) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.seen {
		if route == "" || s.method+" "+s.path == route {
			out = append(out, s)
		}
	}
	return out
}
