package load

import (
	"bufio"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

const (
	// limitFolder names the environment variable that makes the test binary a limit
	// server with its file in that folder.
	limitFolder = "KONTOR_LOAD_LIMIT_FOLDER"
	// limitGraph names the one with the base URL of the WhatsApp it sends to.
	limitGraph = "KONTOR_LOAD_LIMIT_GRAPH"
)

// TestMain lets the test binary be the limit server: a process of its own, as
// the product is, so that the two can be compared.
func TestMain(m *testing.M) {
	if folder := os.Getenv(limitFolder); folder != "" {
		if err := serveLimit(folder, os.Getenv(limitGraph)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// startLimit starts a limit server that sends to graph, and answers its address.
// It ends with the test, or with this process: whichever closes its standard input
// first.
func startLimit(tb testing.TB, graph string) (address string) {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), limitFolder+"="+tb.TempDir(), limitGraph+"="+graph), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Error("limit server:", err)
		}
	})
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal("limit server: ", err)
	}
	return strings.TrimSpace(address)
}

// serveLimit serves until standard input ends.
func serveLimit(folder, graph string) error {
	file, err := os.OpenFile(filepath.Join(folder, "lines"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin) // its end is the signal, whatever the reason
		l.Close()
	}()
	lines := &lines{file: file}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+kontor.Webhook, lines.webhook)
	mux.Handle("POST /api/v1/whatsapp/send/text", newRelay(lines, graph))
	err = http.Serve(l, mux)
	if strings.Contains(err.Error(), net.ErrClosed.Error()) {
		return nil
	}
	return err
}

// lines is a file to which everybody appends. One sync serves all who wait for it.
type lines struct {
	file *os.File

	mu      sync.Mutex
	next    *batch // guarded by mu
	syncing bool   // guarded by mu
}

type batch struct {
	lines []byte
	done  chan struct{}
	err   error
}

// webhook does the least that may be done before a webhook is answered 200.
func (l *lines) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	if !hmac.Equal([]byte(r.Header.Get(whatsapp.SignatureHeader)), []byte(whatsapp.Sign(kontor.Secret, body))) {
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	}
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Metadata struct {
						PhoneNumberID string `json:"phone_number_id"`
					} `json:"metadata"`
					Messages []struct{ From, ID, Timestamp, Type string } `json:"messages"`
				} `json:"value"`
			} `json:"changes"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(body, &hook); err != nil || len(hook.Entry) == 0 {
		http.Error(w, "json", http.StatusBadRequest)
		return
	}
	if err := l.append(body); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// append returns once the line is on disk. Whoever comes while nobody syncs,
// syncs, for all that wait then.
func (l *lines) append(line []byte) error {
	l.mu.Lock()
	if l.next == nil {
		l.next = &batch{done: make(chan struct{})}
	}
	b := l.next
	b.lines = append(append(b.lines, line...), '\n')
	lead := !l.syncing
	l.syncing = true
	l.mu.Unlock()
	if lead {
		l.sync()
	}
	<-b.done
	return b.err
}

func (l *lines) sync() {
	for {
		l.mu.Lock()
		b := l.next
		l.next = nil
		if b == nil {
			l.syncing = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		if _, b.err = l.file.Write(b.lines); b.err == nil {
			b.err = syscall.Fdatasync(int(l.file.Fd()))
		}
		close(b.done)
	}
}
