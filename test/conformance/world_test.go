package conformance

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/sandbox"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

const (
	key    = "0123456789012345678901234567890123456789"
	secret = "secret of the app"
)

// number is a business number of its own account, so that nothing Meta does to
// one reaches another.
type number struct {
	ID, WABA, Display string
	Token             string // "token" when empty
	Unknown           bool   // the product knows it, WhatsApp does not
	Paused            bool   // the sandbox sends no webhooks for it
}

// digits is how webhooks write the number.
func (n *number) digits() string { return "49451" + n.ID[len(n.ID)-7:] }

// house makes n numbers.
func house(n int) []*number {
	all := make([]*number, n)
	for i := range all {
		all[i] = &number{ID: fmt.Sprintf("2000000%08d", i+1), WABA: fmt.Sprintf("1000000%08d", i+1), Display: fmt.Sprintf("+49451%07d", i+1)}
	}
	return all
}

// world is the product and a sandbox for its numbers, in this process, over HTTP.
// Both go by Meta's clock.
type world struct {
	product, meta string // addresses
	app           *app.App
	box           atomic.Pointer[sandbox.Sandbox]
}

func (w *world) now() time.Time {
	if box := w.box.Load(); box != nil {
		return box.Now()
	}
	return time.Now()
}

// newWorld starts both. before is called when the sandbox answers and the
// product does not work yet.
func newWorld(t *testing.T, engine string, numbers []*number, before func(w *world)) *world {
	t.Helper()
	w := &world{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.meta = "http://" + listener.Addr().String()
	environment := []string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + key, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1"}
	if engine == "postgres" {
		environment = append(environment, "KONTOR_DATABASE_URL="+storetest.URL(t))
	}
	c, err := config.Load(config.Flags{}, environment)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(context.Background(), app.Options{
		Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}}, Now: w.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error("stop:", err)
		}
	})
	w.app = a
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	w.product = "http://" + a.Addr().String()
	options := sandbox.Options{PublicURL: w.meta, StatusDelayMin: -1, StatusDelayMax: -1, Seed: 1, Templates: append(sandbox.DemoTemplates(), sandbox.Template{
		Name: "spring_offer", Language: "en_US", Category: "MARKETING",
		Components: []sandbox.Component{{Type: "BODY", Text: "Spring is here. Come and see our new bicycles."}},
	})}
	for _, n := range numbers {
		w.connect(t, n)
		if n.Unknown {
			continue
		}
		own := sandbox.NumberConfig{PhoneNumberID: n.ID, WABAID: n.WABA, DisplayPhone: n.Display, VerifiedName: "House", AppSecret: secret, VerifyToken: "verify"}
		if !n.Paused {
			own.CallbackURL = w.product + "/api/v1/whatsapp/webhook"
		}
		options.Numbers = append(options.Numbers, own)
	}
	box, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	w.serve(t, box, listener)
	if before != nil {
		before(w)
	}
	if err := a.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

type object = map[string]any

// answer is what came back of a call.
type answer struct {
	status int
	raw    []byte
	body   object // nil when it is no object
	header http.Header
}

// call asks an address. body is sent as it is when it is []byte, else as JSON.
func call(t *testing.T, method, address, token string, body any) answer {
	t.Helper()
	text, ready := body.([]byte)
	if body != nil && !ready {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	return do(t, req)
}

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, raw: raw, header: resp.Header}
	decode(raw, &a.body)
	return a
}

// decode reads JSON with numbers as they are written; what is none is left out.
func decode(raw []byte, into any) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	_ = d.Decode(into)
}

// control calls the sandbox's control API.
func (w *world) control(t *testing.T, method, path string, body any) object {
	t.Helper()
	a := call(t, method, w.meta+"/sandbox/"+path, "token", body)
	if a.status != http.StatusOK && a.status != http.StatusCreated {
		t.Fatalf("%s /sandbox/%s: got %d %s", method, path, a.status, a.raw)
	}
	return a.body
}

// graph calls the Graph API: the sandbox's.
func (w *world) graph(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return call(t, method, w.meta+"/v25.0/"+path, "token", body)
}

// gateway calls the Graph API of the product.
func (w *world) gateway(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return call(t, method, w.product+"/v25.0/"+path, key, body)
}

// api calls the product's own API.
func (w *world) api(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return call(t, method, w.product+"/api/v1/whatsapp/"+path, key, body)
}

// must is api, which must not fail.
func (w *world) must(t *testing.T, method, path string, body any) object {
	t.Helper()
	a := w.api(t, method, path, body)
	if a.status >= 300 {
		t.Fatalf("%s %s: got %d %s", method, path, a.status, a.raw)
	}
	return a.body
}

// writes lets a customer write to a number, and waits until the product knows.
func (w *world) writes(t *testing.T, n *number, phone string) (wamid string) {
	t.Helper()
	a := w.control(t, "POST", "customers/"+phone+"/messages", object{"type": "text", "text": object{"body": "hello"}, "to": n.ID})
	wamid = text(a["id"])
	eventually(t, "the product knows that "+phone+" wrote", func() bool {
		return w.api(t, "GET", "messages/"+wamid, nil).status == http.StatusOK
	})
	return wamid
}

// idle waits until the sandbox has nothing under way.
func (w *world) idle(t *testing.T) {
	t.Helper()
	if got := w.control(t, "POST", "idle?wait=20s", object{}); got["idle"] != true {
		t.Fatalf("the sandbox does not come to rest: %v", got)
	}
}

// posts signs a webhook as Meta does (cloud-api.md 2.1) and posts it.
func (w *world) posts(t *testing.T, body []byte) answer {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	req, err := http.NewRequest("POST", w.product+"/api/v1/whatsapp/webhook", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return do(t, req)
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain for: ", what)
}

// at is the member on a path of names and indexes ("errors.0.code"); nil for none.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case object:
			v = x[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// text is a text or number as text; "" for anything else.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// list is the objects of a list.
func list(v any) []object {
	all, _ := v.([]any)
	var out []object
	for _, e := range all {
		if o, ok := e.(object); ok {
			out = append(out, o)
		}
	}
	return out
}

// connect gives the product a number, or the number its token.
func (w *world) connect(t *testing.T, n *number) {
	t.Helper()
	_, err := w.app.Connect(context.Background(), config.WhatsApp{
		PhoneNumberID: wa.PhoneNumberID(n.ID), BusinessAccountID: wa.WABAID(n.WABA), APIBaseURL: w.meta, APIVersion: "v25.0",
		AccessToken: wa.Secret(cmp.Or(n.Token, "token")), AppSecret: secret, VerifyToken: "verify",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// newSandbox is a world of a sandbox alone, with one number.
func newSandbox(t *testing.T, change ...func(*sandbox.Options)) *world {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{meta: "http://" + listener.Addr().String()}
	options := sandbox.Options{PublicURL: w.meta, StatusDelayMin: -1, StatusDelayMax: -1, Seed: 1}
	for _, f := range change {
		f(&options)
	}
	box, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	w.serve(t, box, listener)
	return w
}

// serve runs the sandbox until the test ends.
func (w *world) serve(t *testing.T, box *sandbox.Sandbox, listener net.Listener) {
	w.box.Store(box)
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{Handler: box}
	var both sync.WaitGroup
	both.Go(func() { _ = box.Run(ctx) })           // ends with ctx
	both.Go(func() { _ = server.Serve(listener) }) // ends with Close
	t.Cleanup(func() {
		server.Close()
		cancel()
		both.Wait()
		box.Close()
	})
}
