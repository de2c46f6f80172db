// Package kontor runs the product for load and chaos tests as operators do: the
// real binary as a process of its own, over a real database, known by its
// addresses only. Everything it starts ends with the test.
//
//	installation.go  a database, its numbers, and what is asked of it by HTTP
//	process.go       one run of `kontor serve`, which may be killed
//	client.go        a cheap connection for load, so that little of the machine goes to the asking
package kontor

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the schema of a test is made and removed by it

	"kontor/internal/store"
	"kontor/test/load/whatsapp"
)

const (
	// Secret signs the webhooks.
	Secret = "app-secret-of-the-load"
	// Key opens the API.
	Key = "0123456789abcdef0123456789abcdef0123456789"
	// Webhook is where WhatsApp posts.
	Webhook = "/api/v1/whatsapp/webhook"
)

// Build makes the binary, in a folder that is removed with the test.
func Build(tb testing.TB) (binary string) {
	tb.Helper()
	binary = filepath.Join(tb.TempDir(), "kontor")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "kontor/cmd/kontor").CombinedOutput(); err != nil {
		tb.Fatalf("build the binary: %v\n%s", err, out)
	}
	return binary
}

// Engines are both databases. A test on one that this machine lacks is skipped
// by New.
var Engines = [...]string{"sqlite", "postgres"}

// Installation is one Kontor: a database of its own, an address and numbers. It
// may be started again and again.
type Installation struct {
	Address string // host:port
	Numbers []whatsapp.Account

	binary string
	data   string // its KONTOR_DATA
	url    string // its KONTOR_DATABASE_URL; empty: SQLite
	env    []string
	log    string // file of what the processes say
	client *http.Client
}

// New makes an installation with numbers that graph plays WhatsApp for. On
// PostgreSQL it is a schema of the server that KONTOR_TEST_POSTGRES names; the
// test is skipped without one, unless KONTOR_TEST_ALL=1 demands it.
func New(tb testing.TB, binary, engine, graph string, numbers int) *Installation {
	tb.Helper()
	return NewIn(tb, filepath.Join(tb.TempDir(), "data"), binary, engine, graph, numbers)
}

// NewIn is New with KONTOR_DATA in a folder of the test's choice, and with
// settings ("NAME=value") beyond those that every installation has. What the
// processes say lies elsewhere.
func NewIn(tb testing.TB, data, binary, engine, graph string, numbers int, settings ...string) *Installation {
	tb.Helper()
	folder := tb.TempDir()
	i := &Installation{Address: freeAddress(tb), binary: binary, data: data, log: filepath.Join(folder, "log"),
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
	i.env = append(environment(), "KONTOR_DATA="+data, "KONTOR_LISTEN="+i.Address, "KONTOR_ADMIN_KEY="+Key, "KONTOR_LOG_LEVEL=warn")
	i.env = append(i.env, settings...)
	if engine == "postgres" {
		i.url = Schema(tb)
		i.env = append(i.env, "KONTOR_DATABASE_URL="+i.url)
	}
	i.connectAll(tb, graph, numbers)
	tb.Cleanup(func() {
		i.client.CloseIdleConnections()
		if tb.Failed() {
			tb.Logf("what the processes said last:\n%s", i.said())
		}
	})
	return i
}

// environment is this process's own without any setting of the product.
func environment() (env []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "KONTOR_") && !strings.HasPrefix(v, "WHATSAPP_") && !strings.HasPrefix(v, "MESSAGE_") {
			env = append(env, v)
		}
	}
	return env
}

// connectAll adds numbers of one account.
func (i *Installation) connectAll(tb testing.TB, graph string, numbers int) {
	tb.Helper()
	for n := range numbers {
		i.connect(tb, graph, whatsapp.Account{WABA: "100000000000001", PhoneID: fmt.Sprint(200000000000001 + n), Display: fmt.Sprint(15550001000 + n)})
	}
}

// connect adds a number by `kontor setup`.
func (i *Installation) connect(tb testing.TB, graph string, a whatsapp.Account) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	setup := exec.CommandContext(ctx, i.binary, "setup")
	setup.Env = append(i.env[:len(i.env):len(i.env)], "WHATSAPP_API_BASE_URL="+graph, "WHATSAPP_ACCESS_TOKEN=a-token", "WHATSAPP_PHONE_NUMBER_ID="+a.PhoneID,
		"WHATSAPP_BUSINESS_ACCOUNT_ID="+a.WABA, "WHATSAPP_APP_SECRET="+Secret, "WHATSAPP_WEBHOOK_VERIFY_TOKEN=verify")
	if out, err := setup.CombinedOutput(); err != nil {
		tb.Fatalf("kontor setup: %v\n%s", err, out)
	}
	i.Numbers = append(i.Numbers, a)
}

// Store tells where the database is, for who looks into it, or fills it, while no
// process has it open.
func (i *Installation) Store(tb testing.TB) store.Options {
	tb.Helper()
	if i.url == "" {
		return store.Options{File: filepath.Join(i.data, "kontor.db")}
	}
	at, err := url.Parse(i.url)
	if err != nil {
		tb.Fatal(err)
	}
	return store.Options{URL: i.url, Schema: at.Query().Get("search_path")}
}

// Log is what the processes have said so far.
func (i *Installation) Log() (string, error) {
	text, err := os.ReadFile(i.log)
	return string(text), err
}

// said is the end of the log.
func (i *Installation) said() string {
	text, err := i.Log()
	if err != nil {
		return err.Error()
	}
	return text[max(0, len(text)-8000):]
}

// Get reads a path of the API into answer, a pointer; the path begins behind
// /api/v1/whatsapp/. Any status but 200 is an error.
func (i *Installation) Get(ctx context.Context, path string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+i.Address+"/api/v1/whatsapp/"+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+Key)
	resp, err := i.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", path, resp.Status, body)
	}
	return json.Unmarshal(body, answer)
}

// Until asks again and again until done answers true or ctx ends; the error
// then is that of ctx and the last one of done.
func Until(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := done()
		if ok && err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; the last word was %v", ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// Ready waits until Kontor takes traffic and knows how fast every number may
// send, level being what WhatsApp says of them.
func (i *Installation) Ready(ctx context.Context, level string) error {
	return Until(ctx, func() (bool, error) {
		resp, err := i.client.Get("http://" + i.Address + "/readyz")
		if err != nil {
			return false, err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return false, fmt.Errorf("readyz: %s", resp.Status)
		}
		var numbers struct {
			Data []struct {
				Throughput string `json:"throughput"`
			} `json:"data"`
		}
		if err := i.Get(ctx, "numbers", &numbers); err != nil {
			return false, err
		}
		for _, n := range numbers.Data {
			if n.Throughput != level {
				return false, fmt.Errorf("a number's throughput is %q", n.Throughput)
			}
		}
		return len(numbers.Data) == len(i.Numbers), nil
	})
}

// Schema makes a schema of the test's own and answers the URL that uses it.
func Schema(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv("KONTOR_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			tb.Fatal("KONTOR_TEST_POSTGRES names no server, and KONTOR_TEST_ALL=1 demands one")
		}
		tb.Skip("KONTOR_TEST_POSTGRES names no server")
	}
	at, err := url.Parse(server)
	if err != nil {
		tb.Fatal("KONTOR_TEST_POSTGRES: ", err)
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		tb.Fatal(err)
	}
	name := fmt.Sprintf("load_%x", time.Now().UnixNano())
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			tb.Log("remove the schema of the test:", err)
		}
		db.Close()
	})
	q := at.Query()
	q.Set("search_path", name)
	at.RawQuery = q.Encode()
	return at.String()
}

// freeAddress is one on which nobody listens at the moment.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
