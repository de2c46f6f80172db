package plans

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/sandbox"
)

const key = "0123456789012345678901234567890123456789"

// world is the product and a sandbox for its number, in this process.
type world struct {
	data, url string
	app       *app.App
	box       *sandbox.Sandbox
	product   string // address
	session   string // of the person who asks; empty: a program does
	meta      string

	mu   sync.Mutex
	seen map[string]bool // statements
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{data: t.TempDir(), url: address(t, engine), seen: map[string]bool{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.meta = "http://" + listener.Addr().String()
	environment := []string{"KONTOR_DATA=" + w.data, "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + key, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1"}
	if w.url != "" {
		environment = append(environment, "KONTOR_DATABASE_URL="+w.url)
	}
	c, err := config.Load(config.Flags{}, environment)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(context.Background(), app.Options{
		Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}}, Trace: w.note,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.app = a
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error("stop:", err)
		}
	})
	own := sandbox.DefaultNumber()
	n, err := a.Connect(context.Background(), config.WhatsApp{
		PhoneNumberID: "200000000000001", BusinessAccountID: "100000000000001", APIBaseURL: w.meta, APIVersion: "v25.0",
		AccessToken: "token", AppSecret: "secret of the app", VerifyToken: "verify",
	})
	if err == nil {
		err = a.Listen()
	}
	if err != nil {
		t.Fatal(err)
	}
	w.product = "http://" + a.Addr().String()
	w.box, err = sandbox.New(sandbox.Options{
		PublicURL: w.meta, StatusDelayMin: -1, StatusDelayMax: -1,
		Numbers: []sandbox.NumberConfig{{
			PhoneNumberID: string(n.PhoneNumberID), WABAID: string(n.WABAID), DisplayPhone: own.DisplayPhone, VerifiedName: "House",
			AppSecret: n.AppSecret.Reveal(), VerifyToken: n.VerifyToken.Reveal(), CallbackURL: w.product + "/api/v1/whatsapp/webhook",
		}},
		Templates: sandbox.DemoTemplates(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{Handler: w.box}
	var both sync.WaitGroup
	both.Go(func() { w.box.Run(ctx) })
	both.Go(func() { server.Serve(listener) })
	t.Cleanup(func() {
		server.Close()
		cancel()
		both.Wait()
		w.box.Close()
	})
	if err := a.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) note(statement string) {
	if statement == "COMMIT" { // it has no plan
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[statement] = true
}

func (w *world) statements() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, 0, len(w.seen))
	for s := range w.seen {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// ask calls an address and returns its answer, which must have the status.
func (w *world) ask(t *testing.T, method, address string, body any, want int) map[string]any {
	t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if w.session != "" {
		req.Header.Set("Cookie", "kontor_session="+w.session)
		req.Header.Set("X-Kontor-Request", "1")
	} else {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	req.Header.Set("Content-Type", "application/json")
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("%x", text))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != want {
		t.Fatalf("%s %s: got %d %s, want %d", method, address, resp.StatusCode, raw, want)
	}
	var out map[string]any
	json.Unmarshal(raw, &out) // some answers are empty
	return out
}

func (w *world) api(t *testing.T, method, path string, body any, want int) map[string]any {
	t.Helper()
	return w.ask(t, method, w.product+"/api/v1/whatsapp/"+path, body, want)
}

// until waits for something to become true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain for: ", what)
}

// subscriber counts what it is told.
func subscriber(t *testing.T) (address string, told func() int) {
	var mu sync.Mutex
	count := 0
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if challenge := r.URL.Query().Get("hub.challenge"); challenge != "" {
			io.WriteString(rw, challenge)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		count++
	}))
	t.Cleanup(s.Close)
	return s.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return count
	}
}
