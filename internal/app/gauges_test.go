package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/config"
	"kontor/internal/store/storetest"
)

// page reads one of the pages that operators look at.
func (w *world) page(path string) (status int, text string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+w.Addr().String()+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// shows waits until /metrics has all these lines.
func (w *world) shows(what string, lines ...string) {
	w.t.Helper()
	var missing string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		_, text := w.page("/metrics")
		missing = ""
		for _, line := range lines {
			if !strings.Contains(text, "\n"+line+"\n") {
				missing += line + "; "
			}
		}
		if missing == "" {
			return
		}
	}
	w.t.Fatalf("%s: /metrics lacks %s", what, missing)
}

// alarmed are the alarms of /readyz, by name.
func (w *world) alarmed() map[string]string {
	w.t.Helper()
	status, text := w.page("/readyz")
	var answer struct {
		Alarms []struct{ Name, Reason string }
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		w.t.Fatalf("/readyz: %d %s", status, text)
	}
	alarms := map[string]string{}
	for _, a := range answer.Alarms {
		alarms[a.Name] = a.Reason
	}
	return alarms
}

// TestOperatorsSeeWhatStands has an answer lost and a permission taken away, and
// looks at what operators watch.
func TestOperatorsSeeWhatStands(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			env := []string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + adminKey, "KONTOR_UNCERTAIN_AFTER=1s"}
			if engine == "postgres" {
				env = append(env, "KONTOR_DATABASE_URL="+storetest.URL(t))
			}
			const losesAnswers, forbids, takes = 0, 1, 2
			var mood atomic.Int32
			graph := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				out.Header().Set("Content-Type", "application/json")
				switch {
				case !strings.HasSuffix(r.URL.Path, "/messages"):
					fmt.Fprintf(out, `{"id":%q,"data":[],"success":true}`, pnid)
				case mood.Load() == losesAnswers:
					panic(http.ErrAbortHandler)
				case mood.Load() == forbids:
					out.WriteHeader(http.StatusForbidden)
					io.WriteString(out, `{"error":{"message":"(#131005) Access denied","type":"OAuthException","code":131005}}`)
				default:
					io.WriteString(out, `{"messaging_product":"whatsapp","messages":[{"id":"wamid.taken"}]}`)
				}
			}))
			t.Cleanup(graph.Close)
			w := openWorld(t, env)
			_, err := w.Connect(context.Background(), config.WhatsApp{PhoneNumberID: pnid, BusinessAccountID: "1", APIBaseURL: graph.URL, APIVersion: "v25.0",
				AccessToken: "token", AppSecret: appSecret, VerifyToken: "verify"})
			if err != nil {
				t.Fatal(err)
			}
			number := w.Numbers.All()[0].ID.String()
			messages := func(state string, n int) string {
				return fmt.Sprintf(`kontor_outbox_messages{number=%q,state=%q} %d`, number, state, n)
			}
			stopped := func(n int) string { return fmt.Sprintf(`kontor_number_stopped{number=%q} %d`, number, n) }
			send := func(to string) {
				t.Helper()
				w.writes(to, "wamid."+to, `"type":"text","text":{"body":"hi"}`)
				if status, out := w.call(http.MethodPost, "send/text", map[string]any{"to": to, "text": "ho"}); status != http.StatusAccepted {
					t.Fatalf("send: %d %v", status, out)
				}
			}
			w.shows("at first", stopped(0), messages("queued", 0), messages("under_way", 0), messages("uncertain", 0), messages("held", 0), messages("messaging_limit", 0), "kontor_callback_breakers_open 0")
			if got := w.alarmed(); len(got) != 0 {
				t.Errorf("got the alarms %v at first", got)
			}
			send("4915112345671")
			w.shows("after a lost answer", stopped(0), messages("held", 1), messages("uncertain", 0))
			mood.Store(forbids)
			send("4915112345672")
			w.shows("without permission", stopped(1), messages("queued", 1), messages("held", 1))
			if got, want := w.alarmed(), "whatsapp_131005"; len(got) != 1 || got["number "+number] != want {
				t.Errorf("got the alarms %v, want %s of number %s", got, want, number)
			}
			mood.Store(takes)
			if status, out := w.call(http.MethodPost, "numbers/"+pnid+"/resume", nil); status != http.StatusOK {
				t.Fatalf("resume: %d %v", status, out)
			}
			w.shows("when it was put right", stopped(0), messages("queued", 0), messages("held", 1))
			if got := w.alarmed(); len(got) != 0 {
				t.Errorf("got the alarms %v in the end", got)
			}
		})
	}
}
