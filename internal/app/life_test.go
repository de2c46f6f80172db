package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/meta"
)

const (
	adminKey  = "0123456789012345678901234567890123456789"
	appSecret = "the secret of the app"
	pnid      = "200000000000001"
)

func open(t *testing.T, data string, log *slog.Logger) (*app.App, error) {
	t.Helper()
	c, err := config.Load(config.Flags{}, []string{"KONTOR_DATA=" + data, "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + adminKey})
	if err != nil {
		t.Fatal(err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return app.New(context.Background(), app.Options{Config: c, Log: log, Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}}})
}

// start runs the product with one number, whose WhatsApp never answers.
func start(t *testing.T, data string, log *slog.Logger) *app.App {
	t.Helper()
	a, err := open(t, data, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Stop() }) // the test looks at the error where it matters
	_, err = a.Connect(context.Background(), config.WhatsApp{
		PhoneNumberID: pnid, BusinessAccountID: "1", APIBaseURL: "http://127.0.0.1:1", APIVersion: "v25.0",
		AccessToken: "token", AppSecret: appSecret, VerifyToken: "verify",
	})
	if err == nil {
		err = a.Start(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// write posts a text by webhook and reports whether it was acknowledged.
func write(c *http.Client, a *app.App, n int64) bool {
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"49","phone_number_id":%q},"messages":[{"from":"49151%08d","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"Geheimnis"}}]}}]}]}`,
		pnid, n%50, n, time.Now().Unix())
	req, err := http.NewRequest(http.MethodPost, "http://"+a.Addr().String()+"/api/v1/whatsapp/webhook", bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set(meta.SignatureHeader, meta.Sign([]byte(appSecret), body))
	resp, err := c.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func TestStopUnderLoadLosesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	data := filepath.Join(t.TempDir(), "data")
	var log lines
	a := start(t, data, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	defer client.CloseIdleConnections()

	// Somebody who listens and never reads must not hold up the end.
	req, err := http.NewRequest(http.MethodGet, "http://"+a.Addr().String()+"/api/v1/whatsapp/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminKey)
	listener, err := client.Do(req)
	for end := time.Now().Add(10 * time.Second); err == nil && listener.StatusCode == http.StatusServiceUnavailable && time.Now().Before(end); {
		listener.Body.Close() // the stream starts beside the server, and may come after it
		listener, err = client.Do(req)
	}
	if err != nil || listener.StatusCode != http.StatusOK {
		t.Fatal("listen to the live stream:", err, listener)
	}
	defer listener.Body.Close()

	var next, acknowledged atomic.Int64
	ended := make(chan struct{})
	enough := make(chan struct{})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				if write(client, a, next.Add(1)) && acknowledged.Add(1) == 300 {
					close(enough)
				}
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(30 * time.Second):
		t.Fatal("intake is stuck")
	}
	began := time.Now()
	if err := a.Stop(); err != nil {
		t.Error("stop:", err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("stopping took %v, want less than 4s", took)
	}
	if err := a.Stop(); err != nil {
		t.Error("stop again:", err)
	}
	close(ended)
	all.Wait()

	for _, secret := range []string{"Geheimnis", "49151", adminKey, appSecret, "wamid."} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	again, err := open(t, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	views, err := again.Inbox.List(context.Background(), inbox.Filter{WorkspaceID: again.Workspace.ID, Tab: inbox.TabAll, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var stored int64
	for _, v := range views {
		for page := (inbox.History{WorkspaceID: v.WorkspaceID, Conversation: v.ID, Limit: 100}); ; {
			ms, err := again.Inbox.Messages(context.Background(), page)
			if err != nil {
				t.Fatal(err)
			}
			stored += int64(len(ms))
			if len(ms) < page.Limit {
				break
			}
			page.After = ms[len(ms)-1].ID
		}
	}
	if stored < acknowledged.Load() {
		t.Errorf("got %d messages, want all %d that were acknowledged", stored, acknowledged.Load())
	}
	if err := again.Stop(); err != nil {
		t.Error(err)
	}
	modes(t, data)

	listener.Body.Close()
	client.CloseIdleConnections()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before+3; {
		if time.Now().After(end) {
			var b [1 << 16]byte
			t.Fatalf("got %d goroutines, began with %d:\n%s", runtime.NumGoroutine(), before, b[:runtime.Stack(b[:], true)])
		}
		runtime.Gosched()
	}
}

// modes sees that nobody else reads what lies in the data folder.
func modes(t *testing.T, data string) {
	t.Helper()
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, want it for its owner alone", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatWasOpenBeforeKeepsTheDatabasePrivate(t *testing.T) {
	data := t.TempDir()
	if err := os.Chmod(data, 0o755); err != nil {
		t.Fatal(err)
	}
	a := start(t, data, nil)
	defer a.Stop()
	for _, name := range []string{"kontor.db", "kontor.db-wal", "kontor.db-shm", "message.key"} {
		if info, err := os.Stat(filepath.Join(data, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got %v, %v; want -rw-------", name, info, err)
		}
	}
}

func TestItStopsHoweverFarItCame(t *testing.T) {
	a, err := open(t, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(); err != nil {
		t.Error("stop without start:", err)
	}
	if a, err = open(t, t.TempDir(), nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	addr := a.Addr().String()
	if err := a.Stop(); err != nil {
		t.Error("stop after listen:", err)
	}
	if resp, err := http.Get("http://" + addr + "/healthz"); err == nil {
		resp.Body.Close()
		t.Error("the address still answers")
	}
}

func TestADatabaseWithoutItsKeySaysSo(t *testing.T) {
	data := t.TempDir()
	a, err := open(t, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(data, "message.key")
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, data, nil); fault.As(err).Code != "message_key_missing" {
		t.Errorf("got %v, want message_key_missing", err)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a key was made that opens nothing")
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}
	if a, err = open(t, data, nil); err != nil {
		t.Fatal(err)
	}
	a.Stop()
}

// lines is a log that may be written at once and read later.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
