package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestGolden plays the stories of testdata/golden, each under a seed and with a
// clock that stands. A story has requests, one a file: its name is "send" (a
// message of the business), "write" (of the customer) or "METHOD path", its
// content the body. Behind each stand what must have come of it: "answer" and,
// once nothing is under way, "webhooks", in the order of the updates' ids.
// KONTOR_UPDATE=1 writes them, to be read against cloud-api.md 1 and 2.
func TestGolden(t *testing.T) {
	files := []string{}
	picture := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte("\x89PNG\r\n\x1a\npicture"))
	}))
	defer picture.Close()
	files, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			old, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := standing()
			w := newWorld(t, func(o *Options) { o.Clock = c.now })
			played := &txtar.Archive{Comment: old.Comment}
			add := func(name string, v any) {
				var b bytes.Buffer
				e := json.NewEncoder(&b)
				e.SetEscapeHTML(false)
				e.SetIndent("", "  ")
				if err := e.Encode(v); err != nil {
					t.Fatal(err)
				}
				text := strings.ReplaceAll(strings.ReplaceAll(b.String(), w.url, "$SANDBOX"), picture.URL, "$PICTURE")
				played.Files = append(played.Files, txtar.File{Name: name, Data: []byte(text)})
			}
			seen := 0
			for _, f := range old.Files {
				if f.Name == "answer" || f.Name == "webhooks" {
					continue
				}
				played.Files = append(played.Files, f)
				a := w.play(f.Name, strings.ReplaceAll(string(f.Data), "$PICTURE", picture.URL))
				add("answer", map[string]any{"status": a.status, "body": a.body})
				w.must("POST", "/sandbox/idle?wait=10s", "")
				w.hooks.mu.Lock()
				fresh := valuesOf(w.hooks.changes[seen:])
				seen = len(w.hooks.changes)
				w.hooks.mu.Unlock()
				if len(fresh) > 0 {
					add("webhooks", fresh)
				}
			}
			got := string(txtar.Format(played))
			if os.Getenv("KONTOR_UPDATE") == "1" {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(old)), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// play makes one request of a story.
func (w *world) play(name, body string) answer {
	w.t.Helper()
	switch name {
	case "send":
		return w.send("+"+ana, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(body), "{"), "}"))
	case "write":
		return w.do("POST", "/sandbox/customers/"+ana+"/messages", body)
	}
	method, path, _ := strings.Cut(name, " ")
	return w.do(method, path, strings.TrimSpace(body))
}

// FuzzCalls: whatever body comes to whatever edge, nothing panics and nothing
// answers 500, through the front door.
func FuzzCalls(f *testing.F) {
	for _, body := range []string{
		`{"messaging_product":"whatsapp","to":"+5511955500177","type":"text","text":{"body":"a"}}`,
		`{"messaging_product":"whatsapp","recipient":"BR.1","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x","typing_indicator":{"type":"text"}}`,
		`{"type":"image","image":{"data":"aGk=","mime_type":"image/png"}}`, `{"type":"edit","edit":{}}`,
		`{"kind":"refuse","ratio":0.5,"match":{"path":"*"}}`, `{"advance":"25h","freeze":true}`, `{"standing":"locked","for":"1h"}`,
		`{"field":"account_update","event":"DISABLED_UPDATE","value":{"a":[1,null]}}`, `{"action":"INIT","endpoint_uri":"http://127.0.0.1:1/"}`,
		`{"shape":"values","most":3}`, `{"version":1,"seed":"7","templates":[null]}`, `{"version":1,"seed":"7","customers":[{"phone":"5511955500177","chats":{"1":null}}]}`, `messaging_product=whatsapp&to=1`, `[]`, `{`, "\x00",
	} {
		for edge := range byte(len(fuzzEdges)) {
			f.Add(edge, []byte(body))
		}
	}
	sb, err := New(Options{Seed: 7, Templates: DemoTemplates(), Clock: func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sb.Close() })
	f.Fuzz(func(t *testing.T, edge byte, body []byte) {
		method, path, _ := strings.Cut(fuzzEdges[int(edge)%len(fuzzEdges)], " ")
		if path == "/sandbox/faults" && bytes.Contains(body, []byte("delay")) {
			t.Skip("a delay is a delay")
		}
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		sb.ServeHTTP(answer, r)
		asked := strings.Contains(answer.Body.String(), "of the sandbox") || strings.Contains(answer.Body.String(), `"code":131016`) || strings.Contains(answer.Body.String(), `"code":131057`) || strings.Contains(answer.Body.String(), `"code":131045`)
		if answer.Code >= 500 && !asked && answer.Code != http.StatusServiceUnavailable {
			t.Fatalf("%s %s with %q: got %d %s", method, path, body, answer.Code, answer.Body)
		}
		if strings.HasPrefix(path, "/sandbox/") {
			sb.mu.Lock()
			sb.st.faults, sb.st.conducts = nil, map[string]*conduct{}
			sb.mu.Unlock()
		}
	})
}

// fuzzEdges take the bodies of FuzzCalls.
var fuzzEdges = []string{
	"POST /v25.0/" + pnid + "/messages", "POST /" + pnid + "/marketing_messages", "POST /" + pnid, "POST /" + pnid + "/whatsapp_business_profile",
	"POST /" + pnid + "/register", "POST /" + waba + "/message_templates", "POST /" + waba + "/flows", "POST /300000000000001/uploads",
	"POST /sandbox/customers/" + ana + "/messages", "PATCH /sandbox/customers/" + ana, "POST /sandbox/customers/" + ana + "/number",
	"POST /sandbox/faults", "POST /sandbox/clock", "PATCH /sandbox/conduct/" + waba, "POST /sandbox/webhooks", "PATCH /sandbox/webhooks",
	"PUT /sandbox/state", "PUT /sandbox/pricing", "POST /sandbox/templates", "POST /sandbox/templates/hello_world/review", "POST /sandbox/templates/hello_world/pacing",
}
