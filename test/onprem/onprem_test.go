package onprem

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/store/storetest"
)

var key = strings.Repeat("0123456789", 4)

const password = "Sec3t!word"

// TestAClientOfTheOldWorld runs the library against a kontor dev on each engine.
func TestAClientOfTheOldWorld(t *testing.T) {
	node := tools(t)
	binary := filepath.Join(t.TempDir(), "kontor")
	if out, err := exec.Command("go", "build", "-o", binary, "kontor/cmd/kontor").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			database := ""
			if engine == "postgres" {
				database = storetest.URL(t)
			}
			p := start(t, binary, database)
			p.firstLogin()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			run := exec.CommandContext(ctx, node, "sender.mjs")
			run.Env = append(os.Environ(), "ONPREM_HOST="+p.kontor, "ONPREM_PASSWORD="+password)
			var problems bytes.Buffer
			run.Stderr = &problems
			out, err := run.Output()
			if err != nil {
				t.Fatalf("the program: %v\n%s\n%s\nkontor wrote:\n%s", err, out, &problems, p.log)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			var got struct {
				ID      string
				Refused bool
			}
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil || got.ID == "" || !got.Refused {
				t.Errorf("the program printed %s (%v), want an id and that a bad token is refused", out, err)
			}
			p.shown("Welcome and congratulations")
			p.stop()
		})
	}
}

// firstLogin sets the password, as an operator does once with curl.
func (p *product) firstLogin() {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.kontor+"/v1/users/login", strings.NewReader(`{"new_password":"`+password+`"}`))
	if err != nil {
		p.t.Fatal(err)
	}
	r.SetBasicAuth("admin", "secret")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		p.t.Fatalf("first login: got %d %s", resp.StatusCode, body)
	}
}

// shown waits until the customer's phone shows a text.
func (p *product) shown(text string) {
	p.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		resp, err := http.Get(p.sandbox + "/sandbox/customers/4915112345678/messages")
		if err != nil {
			p.t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if strings.Contains(string(body), text) || strings.Contains(string(body), "hello_world") {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the phone shows %s, want %q", body, text)
		}
		time.Sleep(20 * time.Millisecond) // between two requests of a poll
	}
}

// tools is node, or the reason to skip.
func tools(t *testing.T) string {
	t.Helper()
	lacking := func(what string) {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			t.Fatal(what + ", and KONTOR_TEST_ALL=1 demands it; run the tests by `make test`")
		}
		t.Skip(what + "; `make test` installs what is missing")
	}
	if _, err := os.Stat("node_modules/@hyperjumptech/whatsapp-business-sender"); err != nil {
		lacking("the library is not installed in test/onprem/node_modules")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		lacking("there is no node in the PATH")
	}
	return node
}

// product is a kontor dev.
type product struct {
	t               *testing.T
	kontor, sandbox string // their addresses
	cmd             *exec.Cmd
	log             *buffer
	ended           chan error
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var said = map[string]*regexp.Regexp{
	"kontor":  regexp.MustCompile(`^ *Kontor +(http://\S+)`),
	"sandbox": regexp.MustCompile(`^ *Sandbox +(http://\S+)`),
}

func start(t *testing.T, binary, database string) *product {
	t.Helper()
	p := &product{t: t, log: &buffer{}, ended: make(chan error, 1), cmd: exec.Command(binary, "dev")}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "KONTOR_") && !strings.HasPrefix(v, "WHATSAPP_") {
			p.cmd.Env = append(p.cmd.Env, v)
		}
	}
	p.cmd.Env = append(p.cmd.Env, "KONTOR_DATA="+filepath.Join(t.TempDir(), "data"), "KONTOR_DATABASE_URL="+database,
		"KONTOR_LISTEN=127.0.0.1:0", "KONTOR_SANDBOX_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY="+key, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1")
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it has ended, unless the test failed
	found := make(chan map[string]string, 1)
	go func() { // ends with the product
		got := map[string]string{}
		for scan := bufio.NewScanner(out); scan.Scan(); {
			for name, pattern := range said {
				if m := pattern.FindStringSubmatch(scan.Text()); m != nil {
					got[name] = m[1]
				}
			}
			if len(got) == len(said) {
				found <- got
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	select {
	case got := <-found:
		p.kontor, p.sandbox = got["kontor"], got["sandbox"]
	case err := <-p.ended:
		t.Fatalf("kontor dev ended at once: %v\n%s", err, p.log)
	case <-time.After(30 * time.Second):
		t.Fatalf("kontor dev did not say where it is:\n%s", p.log)
	}
	p.ready()
	return p
}

func (p *product) ready() {
	p.t.Helper()
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		resp, err := http.Get(p.kontor + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-deadline:
			p.t.Fatalf("kontor dev did not become ready:\n%s", p.log)
		case <-poll.C:
		}
	}
}

// stop interrupts the product: it ends with exit code 0 and has logged no error.
func (p *product) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("kontor dev ended with %v, want exit code 0:\n%s", err, p.log)
		}
	case <-time.After(10 * time.Second):
		p.t.Error("kontor dev did not stop")
	}
	if log := p.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") {
		p.t.Errorf("kontor dev logged an error:\n%s", log)
	}
}
