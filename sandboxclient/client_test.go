package sandboxclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/sandboxclient"
)

// program is kontor, built once for all tests of this package.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "sandboxclient-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	// go test keeps results of a package whose files have not changed; looking at
	// the sandbox's files makes them count.
	sources, _ := filepath.Glob("../internal/sandbox/*") // the pattern is right
	for _, name := range append(sources, "../cmd/kontor/sandbox.go") {
		if _, err := os.Stat(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	program = filepath.Join(folder, "kontor")
	if out, err := exec.Command("go", "build", "-o", program, "kontor/cmd/kontor").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build kontor: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

const number = "200000000000001"

// shop is a small business on the Cloud API: it answers every message.
type shop struct {
	graph  string
	server *httptest.Server
	mu     sync.Mutex
	seen   []string
}

func newShop() *shop {
	s := &shop{}
	s.server = httptest.NewServer(s)
	return s
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet { // the handshake
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						ID, From string
						Text     struct{ Body string }
					}
				}
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&hook)
	for _, e := range hook.Entry {
		for _, c := range e.Changes {
			for _, m := range c.Value.Messages {
				s.mu.Lock()
				s.seen = append(s.seen, m.Text.Body)
				s.mu.Unlock()
				_ = s.send(m.From, "You said: "+m.Text.Body)
			}
		}
	}
}

func (s *shop) send(to, text string) error {
	body, _ := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": "+" + to, "type": "text", "text": map[string]string{"body": text}})
	req, _ := http.NewRequest(http.MethodPost, s.graph+"/v25.0/"+number+"/messages", strings.NewReader(string(body)))
	req.Header.Set("Authorization", "Bearer token")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%d %s", resp.StatusCode, text)
	}
	return nil
}

// start runs a sandbox and a shop that answers.
func start(ctx context.Context) (*sandboxclient.Process, *shop, error) {
	s := newShop()
	box, err := sandboxclient.Start(ctx, sandboxclient.Options{Program: program, Callback: s.server.URL, Seed: 1})
	if err == nil {
		s.graph = box.URL()
	}
	return box, s, err
}

func world(t *testing.T) (context.Context, *sandboxclient.Process, *shop) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	box, s, err := start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer cancel()
		if err := box.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
		s.server.Close()
	})
	return ctx, box, s
}

func TestFaultsClockAndLog(t *testing.T) {
	ctx, box, s := world(t)
	ana := box.Customer("+55 11 95550-0177")
	id, err := ana.Writes(ctx, "hi")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := ana.Next(ctx, id, 10*time.Second); err != nil || m.Text() != "You said: hi" {
		t.Fatalf("answer: got %v, %v", m, err)
	}
	fault, err := box.AddFault(ctx, sandboxclient.Fault{Kind: sandboxclient.Refuse, Code: 130429, Count: 1, Match: sandboxclient.Match{Edge: "messages", Number: number}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.send("5511955500177", "a"); err == nil || !strings.Contains(err.Error(), "130429") {
		t.Errorf("with a fault: got %v, want 130429", err)
	}
	if all, err := box.Faults(ctx); err != nil || len(all) != 1 || all[0].ID != fault || all[0].Struck != 1 {
		t.Errorf("faults: got %v, %v", all, err)
	}
	if err := box.EndFault(ctx, fault); err != nil {
		t.Error(err)
	}
	before, _ := box.Now(ctx)
	if after, err := box.Advance(ctx, 25*time.Hour); err != nil || after.Sub(before) < 25*time.Hour {
		t.Errorf("Advance: %s to %s, %v", before, after, err)
	}
	if err := s.send("5511955500177", "too late"); err != nil {
		t.Error(err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		t.Error(err)
	}
	all, err := ana.Everything(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if last := all[len(all)-1]; last.Status != "failed" || last.Errors[0].Code != 131047 {
		t.Errorf("outside the window: got %+v", last)
	}
	entries, err := box.Log(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, e := range entries {
		if e.Problem != nil && e.Problem.Code == 130429 && e.Fault == sandboxclient.Refuse {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("the log shows %d refusals, want 1", refused)
	}
	if err := box.SetConduct(ctx, number, sandboxclient.Conduct{Standing: sandboxclient.Ptr("payment")}); err != nil {
		t.Error(err)
	}
	if err := s.send("5511955500177", "a"); err == nil || !strings.Contains(err.Error(), "131042") {
		t.Errorf("payment: got %v, want 131042", err)
	}
	var refusal *sandboxclient.Error
	if err := box.SetConduct(ctx, number, sandboxclient.Conduct{Standing: sandboxclient.Ptr("sad")}); !errors.As(err, &refusal) || refusal.Code != "invalid" || refusal.Status != 422 {
		t.Errorf("nonsense: got %v, want *Error invalid", err)
	}
}

func TestStateComesBackWithItsIDs(t *testing.T) {
	ctx, box, _ := world(t)
	ana := box.Customer("5511955500177")
	id, err := ana.Writes(ctx, "first")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Next(ctx, id, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	state, err := box.State(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ana.Writes(ctx, "second")
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := box.Restore(ctx, state); err != nil {
		t.Fatal(err)
	}
	if all, err := ana.Messages(ctx); err != nil || len(all) != 2 {
		t.Errorf("after Restore the phone shows %d messages, want 2 (%v)", len(all), err)
	}
	if again, err := ana.Writes(ctx, "second"); err != nil || again != second {
		t.Errorf("the next id: got %s, want %s as before (%v)", again, second, err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := box.ResetTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if again, err := ana.Writes(ctx, "first"); err != nil || again != id {
		t.Errorf("the first id after ResetTo: got %s, want %s (%v)", again, id, err)
	}
	var refusal *sandboxclient.Error
	if err := box.Restore(ctx, json.RawMessage(`{"version":0}`)); !errors.As(err, &refusal) {
		t.Errorf("a state that is none: got %v", err)
	}
}

func TestPeople(t *testing.T) {
	ctx, box, s := world(t)
	ana := box.Customer("5511955500177")
	person, err := ana.Change(ctx, sandboxclient.Change{Online: sandboxclient.Ptr(false), Name: sandboxclient.Ptr("Ana")})
	if err != nil || person.Online || person.Name != "Ana" {
		t.Fatalf("Change: got %+v, %v", person, err)
	}
	if _, err := ana.Writes(ctx, "hi"); err != nil {
		t.Fatal(err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if person, err := ana.Person(ctx); err != nil || person.Waiting != 1 {
		t.Errorf("offline: got %+v, %v, want one message waiting", person, err)
	}
	if _, err := ana.Change(ctx, sandboxclient.Change{Online: sandboxclient.Ptr(true)}); err != nil {
		t.Fatal(err)
	}
	if err := ana.Reads(ctx); err != nil {
		t.Fatal(err)
	}
	if all, _ := ana.Messages(ctx); len(all) != 2 || all[1].Status != "read" {
		t.Errorf("after reading: got %+v", all)
	}
	moved, err := ana.Moves(ctx, "+55 11 95550-0199")
	if err != nil || moved.Phone != "5511955500199" || moved.BSUID == person.BSUID {
		t.Errorf("Moves: got %+v, %v", moved, err)
	}
	if _, err := box.Freeze(ctx, true); err != nil {
		t.Error(err)
	}
	if at, err := box.SetClock(ctx, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)); err != nil || at.Format(time.RFC3339) != "2026-10-01T00:00:00Z" {
		t.Errorf("SetClock: got %s, %v", at, err)
	}
	if err := box.Review(ctx, "hello_world", "pause", ""); err != nil {
		t.Error(err)
	}
	if err := box.Webhook(ctx, "account_update", "ACCOUNT_VIOLATION", "", map[string]any{"violation_info": map[string]string{"violation_type": "SCAM"}}); err != nil {
		t.Error(err)
	}
	if err := box.SetCallback(ctx, number, s.server.URL, "word"); err != nil {
		t.Error(err)
	}
	if err := box.EndFaults(ctx); err != nil {
		t.Error(err)
	}
	if err := box.Reset(ctx); err != nil {
		t.Error(err)
	}
}

func TestStartTellsWhyNot(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := sandboxclient.Start(ctx, sandboxclient.Options{Program: program, Callback: "nowhere"})
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Errorf("a callback that is no URL: got %v, want exit code 2", err)
	}
	if _, err := sandboxclient.Start(ctx, sandboxclient.Options{Program: "/no/such/program"}); err == nil {
		t.Error("no program: got no error")
	}
}
