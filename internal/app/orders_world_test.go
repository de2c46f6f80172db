package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
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
)

// shop is the product with a sandbox for its number, in this process, and a
// time that the test moves.
type shop struct {
	t           *testing.T
	environment []string
	meta, base  string
	app         *app.App
	ahead       atomic.Int64 // of the real time, as time.Duration
}

func onBoth(t *testing.T, f func(t *testing.T, s *shop)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { f(t, openShop(t, engine)) })
	}
}

func openShop(t *testing.T, engine string) *shop {
	t.Helper()
	s := &shop{t: t, environment: []string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + adminKey, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1"}}
	if engine == "postgres" {
		s.environment = append(s.environment, "KONTOR_DATABASE_URL="+storetest.URL(t))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.meta = "http://" + listener.Addr().String()
	s.make()
	n, err := s.app.Connect(context.Background(), config.WhatsApp{
		PhoneNumberID: pnid, BusinessAccountID: "100000000000001", APIBaseURL: s.meta, APIVersion: "v25.0",
		AccessToken: "token", AppSecret: appSecret, VerifyToken: "verify",
	})
	if err == nil {
		err = s.app.Listen()
	}
	if err != nil {
		t.Fatal(err)
	}
	address := s.app.Addr().String()
	s.base, s.environment[1] = "http://"+address+"/api/v1/whatsapp/", "KONTOR_LISTEN="+address
	box, err := sandbox.New(sandbox.Options{
		PublicURL: s.meta, StatusDelayMin: -1, StatusDelayMax: -1,
		Numbers: []sandbox.NumberConfig{{
			PhoneNumberID: pnid, WABAID: string(n.WABAID), DisplayPhone: sandbox.DefaultNumber().DisplayPhone, VerifiedName: "Repair shop",
			AppSecret: appSecret, VerifyToken: "verify", CallbackURL: s.base + "webhook",
		}},
		Templates: shopTemplates(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{Handler: box}
	var both sync.WaitGroup
	both.Go(func() { box.Run(ctx) })
	both.Go(func() { server.Serve(listener) })
	t.Cleanup(func() {
		if err := s.app.Stop(); err != nil {
			t.Error("stop:", err)
		}
		server.Close()
		cancel()
		both.Wait()
		box.Close()
	})
	s.start()
	return s
}

func (s *shop) make() {
	s.t.Helper()
	c, err := config.Load(config.Flags{}, s.environment)
	if err == nil {
		s.app, err = app.New(context.Background(), app.Options{
			Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}, "embed.html": {Data: []byte("<html>\n  <head>\n  </head>")}, "embed/embed.js": {Data: []byte("1")}},
			Now: func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) },
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) start() {
	s.t.Helper()
	if err := s.app.Start(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	s.until("the templates are there", func() bool { return len(s.list("templates?status=APPROVED")) >= len(shopTemplates()) })
}

// shopTemplates are those of the seed, in some languages.
func shopTemplates() (all []sandbox.Template) {
	add := func(name, text string, example []string, languages ...string) {
		raw, _ := json.Marshal(map[string]any{"body_text": [][]string{example}})
		for _, l := range languages {
			all = append(all, sandbox.Template{Name: name, Language: l, Category: "UTILITY", Components: []sandbox.Component{{Type: "BODY", Text: l + ": " + text, Example: raw}}})
		}
	}
	add("order_status_update", "order {{1}} is now {{2}}, thank you.", []string{"R-1", "done"}, "en_US", "de", "pt_BR")
	add("appointment_reminder", "at {{1}} about {{2}}, see you.", []string{"9:00", "Pixel"}, "en_US", "de")
	return all
}

// reply is an answer of the product.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (s *shop) ask(credential, method, address string, body any, headers ...string) reply {
	s.t.Helper()
	r, err := s.try(credential, method, address, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// try is ask where nobody may answer.
func (s *shop) try(credential, method, address string, body any, headers ...string) (reply, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return reply{}, err
	}
	req, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if cookie, ok := strings.CutPrefix(credential, "cookie "); ok {
		req.Header.Set("Cookie", "kontor_session="+cookie)
		req.Header.Set("X-Kontor-Request", "1")
	} else {
		req.Header.Set("Authorization", "Bearer "+credential)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	json.Unmarshal(raw, &r.body) // some answers are empty
	return r, nil
}

func (s *shop) call(method, path string, body any, want int, headers ...string) reply {
	s.t.Helper()
	return s.callAs(adminKey, method, path, body, want, headers...)
}

func (s *shop) callAs(credential, method, path string, body any, want int, headers ...string) reply {
	s.t.Helper()
	r := s.ask(credential, method, s.base+path, body, headers...)
	if r.status != want {
		s.t.Fatalf("%s %s: got %d %s, want %d", method, path, r.status, r.raw, want)
	}
	return r
}

func (s *shop) list(path string) (out []map[string]any) {
	s.t.Helper()
	for _, e := range s.call("GET", path, nil, 200).body["data"].([]any) {
		out = append(out, e.(map[string]any))
	}
	return out
}

func (s *shop) until(what string, ok func() bool) {
	s.t.Helper()
	s.within(20*time.Second, what, ok)
}

func (s *shop) within(most time.Duration, what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	s.t.Fatal("waited in vain for: ", what)
}

// got are the texts that a customer's phone shows from the shop.
func (s *shop) got(phone string) (texts []string) {
	s.t.Helper()
	r := s.ask("", "GET", s.meta+"/sandbox/customers/"+phone+"/messages?direction=outbound", nil)
	var out struct {
		Data []struct{ Text struct{ Body string } }
	}
	if err := json.Unmarshal([]byte(r.raw), &out); err != nil {
		s.t.Fatal(err)
	}
	for _, m := range out.Data {
		texts = append(texts, m.Text.Body) // empty for what is no text
	}
	return texts
}

func (s *shop) says(phone, text, about string) {
	s.t.Helper()
	m := map[string]any{"type": "text", "text": map[string]any{"body": text}}
	if about != "" {
		m["context"] = map[string]any{"id": about}
	}
	if r := s.ask("", "POST", s.meta+"/sandbox/customers/"+phone+"/messages", m); r.status != 200 {
		s.t.Fatalf("the customer cannot write: %d %s", r.status, r.raw)
	}
}

// hear follows the live stream: what it tells of orders.
func (s *shop) hear(credential string) <-chan map[string]any {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", s.base+"events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Cookie", "kontor_session="+strings.TrimPrefix(credential, "cookie "))
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		s.t.Fatal("the live stream: ", err, resp)
	}
	facts := make(chan map[string]any, 1000)
	var done sync.WaitGroup
	done.Go(func() {
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			var f map[string]any
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &f) == nil {
				if kind, _ := f["kind"].(string); strings.HasPrefix(kind, "order.") {
					facts <- f
				}
			}
		}
	})
	s.t.Cleanup(func() { cancel(); done.Wait(); resp.Body.Close() })
	return facts
}

// events are the entries of a timeline of a kind.
func (s *shop) events(ref, kind string) (out []map[string]any) {
	s.t.Helper()
	for _, e := range s.list("orders/" + ref + "/timeline?limit=100") {
		if e["kind"] == kind {
			out = append(out, e)
		}
	}
	return out
}

func draft(phone, language, status string) map[string]any {
	return map[string]any{"customer": map[string]any{"phone": phone, "name": "Ida Hansen", "language": language}, "status": status, "fields": map[string]any{"device_model": "Pixel 9"}}
}

func text(e map[string]any) string {
	m, _ := e["message"].(map[string]any)
	t, _ := m["text"].(string)
	return t
}
