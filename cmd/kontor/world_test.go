package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kontor/internal/store/storetest"
)

// The stories over REST run kontor as it is run in earnest: processes, ports,
// signals. adminKey is what they speak with.
var adminKey = strings.Repeat("0123456789", 4)

// eachEngine tells a story on SQLite and on PostgreSQL; env is what the
// processes need to use it.
func eachEngine(t *testing.T, f func(t *testing.T, env []string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, []string{"KONTOR_DATABASE_URL="}) })
	t.Run("postgres", func(t *testing.T) { f(t, []string{"KONTOR_DATABASE_URL=" + storetest.URL(t)}) })
}

// process is a kontor that runs.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
	ended chan struct{} // closed when it has ended
	err   error         // of Wait, after ended
	log   *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// begin starts kontor with nothing of KONTOR_* and WHATSAPP_* but env. It is
// ended with the test at the latest.
func begin(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command("kontor", args...), lines: make(chan string, 100), ended: make(chan struct{}), log: &safeBuffer{}}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "KONTOR_") && !strings.HasPrefix(v, "WHATSAPP_") {
			p.cmd.Env = append(p.cmd.Env, v)
		}
	}
	p.cmd.Env = append(p.cmd.Env, env...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.lines <- lines.Text()
		}
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.ended
		if t.Failed() {
			t.Logf("kontor %s wrote:\n%s", strings.Join(args, " "), p.log)
		}
	})
	return p
}

// says waits for a line of standard output and returns the pattern's first group.
func (p *process) says(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(patience)
	for {
		select {
		case line := <-p.lines:
			if m := re.FindStringSubmatch(line); m != nil {
				return m[len(m)-1]
			}
		case <-p.ended:
			p.t.Fatalf("kontor ended (%v) before it said %s; it wrote:\n%s", p.err, pattern, p.log)
		case <-deadline:
			p.t.Fatalf("kontor did not say %s", pattern)
		}
	}
}

// stop interrupts it: every command ends within five seconds with exit code 0.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.ended:
		if p.err != nil {
			p.t.Errorf("kontor ended with %v, want exit code 0; it wrote:\n%s", p.err, p.log)
		}
	case <-time.After(5 * time.Second):
		p.t.Errorf("kontor did not stop within 5 s")
	}
}

// kill ends it as a power cut would.
func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		p.t.Fatal(err)
	}
	<-p.ended
}

// peer is somebody who speaks HTTP and JSON: the product's API or the
// sandbox's control API.
type peer struct {
	t    *testing.T
	base string
	key  string
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	raw    []byte
	json   any
}

// dig walks into an answer: names, and places in lists.
func dig(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) text(path string) string {
	s, _ := dig(r.json, path).(string)
	return s
}

func (r reply) list(path string) []any {
	l, _ := dig(r.json, path).([]any)
	return l
}

func (c *peer) try(method, path string, body any, headers ...string) (reply, error) {
	var r io.Reader
	contentType := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case *form:
		r, contentType = &b.body, b.contentType
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return reply{}, err
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, c.base+path, r)
	if err != nil {
		return reply{}, err
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	out := reply{status: resp.StatusCode, header: resp.Header}
	if out.raw, err = io.ReadAll(resp.Body); err != nil {
		return reply{}, err
	}
	_ = json.Unmarshal(out.raw, &out.json) // files are no JSON
	return out, nil
}

// call is try, where failing to get an answer fails the story.
func (c *peer) call(method, path string, body any, headers ...string) reply {
	c.t.Helper()
	r, err := c.try(method, path, body, headers...)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// must is call, where any status but want fails the story.
func (c *peer) must(want int, method, path string, body any, headers ...string) reply {
	c.t.Helper()
	r := c.call(method, path, body, headers...)
	if r.status != want {
		c.t.Fatalf("%s %s: got %d %s, want %d", method, path, r.status, r.raw, want)
	}
	return r
}

// until waits for a condition that another process brings about.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	deadline := time.After(patience)
	for !condition() {
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// form is a multipart body with one file.
type form struct {
	body        bytes.Buffer
	contentType string
}

func newForm(t *testing.T, filename, mimeType string, file []byte) *form {
	t.Helper()
	f := &form{}
	w := multipart.NewWriter(&f.body)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename=%q`, filename))
	h.Set("Content-Type", mimeType)
	part, err := w.CreatePart(h)
	if err == nil {
		_, err = part.Write(file)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	f.contentType = w.FormDataContentType()
	return f
}

// world is a kontor dev with what the stories need of it.
type world struct {
	*process
	api  *peer // below /api/v1/whatsapp
	root *peer // the product's other addresses
	meta *peer // the sandbox
	env  []string
}

// dev starts product and sandbox; a second start with what env returns finds
// everything where it was.
func dev(t *testing.T, env []string) *world {
	t.Helper()
	w := &world{process: begin(t, env, "dev"), env: env}
	w.root = &peer{t, w.says(`Kontor +(http://\S+)`), adminKey}
	w.meta = &peer{t, w.says(`Sandbox +(http://\S+)`), ""}
	w.api = &peer{t, w.root.base + "/api/v1/whatsapp", adminKey}
	w.ready()
	return w
}

func devEnv(t *testing.T, env []string) []string {
	t.Helper()
	free := freeAddresses(t, 2)
	return append([]string{"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=" + free[0], "KONTOR_SANDBOX_LISTEN=" + free[1], "KONTOR_ADMIN_KEY=" + adminKey}, env...)
}

func (w *world) ready() {
	w.t.Helper()
	until(w.t, "the product is ready", func() bool {
		r, err := w.root.try(http.MethodGet, "/readyz", nil)
		return err == nil && r.status == http.StatusOK
	})
}

// writes lets a customer write, and waits until it is in the conversation.
// It returns the message as the API shows it.
func (w *world) writes(phone string, body any) reply {
	w.t.Helper()
	id := w.meta.must(http.StatusOK, http.MethodPost, "/sandbox/customers/"+phone+"/messages", body).text("id")
	return w.arrived(id)
}

func (w *world) arrived(id string) (r reply) {
	w.t.Helper()
	until(w.t, "the message "+id+" arrived", func() bool {
		r = w.api.call(http.MethodGet, "/messages/"+id, nil)
		return r.status == http.StatusOK
	})
	return r
}

// sends makes a send call and returns our id.
func (w *world) sends(kind string, body any, headers ...string) string {
	w.t.Helper()
	return w.api.must(http.StatusAccepted, http.MethodPost, "/send/"+kind, body, headers...).text("message_id")
}

// comes waits until a message of ours has one of these statuses.
func (w *world) comes(id string, statuses ...string) (r reply) {
	w.t.Helper()
	until(w.t, fmt.Sprintf("%s is one of %v", id, statuses), func() bool {
		r = w.api.call(http.MethodGet, "/messages/"+id, nil)
		got := r.text("status")
		if got == "failed" {
			w.t.Fatalf("message %s failed: %s", id, r.raw)
		}
		for _, s := range statuses {
			if s == got {
				return true
			}
		}
		return false
	})
	return r
}

// phone is what a customer's phone shows, oldest first.
func (w *world) phone(phone string) []any {
	w.t.Helper()
	return w.meta.must(http.StatusOK, http.MethodGet, "/sandbox/customers/"+phone+"/messages", nil).list("data")
}

// history is a whole conversation, page by page.
func (w *world) history(who string, limit int) []any {
	w.t.Helper()
	var all []any
	for cursor := ""; ; {
		r := w.api.must(http.StatusOK, http.MethodGet, fmt.Sprintf("/conversations/%s/history?limit=%d&cursor=%s", url.PathEscape(who), limit, url.QueryEscape(cursor)), nil)
		all = append(all, r.list("data")...)
		if cursor = r.text("next_cursor"); cursor == "" {
			return all
		}
	}
}

// stream follows the live stream until the test ends; each fact's kind and
// ids go to the channel.
func (w *world) stream() <-chan map[string]any {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.api.base+"/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	facts := make(chan map[string]any, 1000)
	begun := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(resp.Body)
		event := ""
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
			}
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var fact map[string]any
			switch {
			case event == "hello":
				close(begun)
			case event == "fact" && json.Unmarshal([]byte(data), &fact) == nil:
				facts <- fact
			}
		}
	}()
	w.t.Cleanup(func() { cancel(); <-done; resp.Body.Close() })
	select {
	case <-begun:
	case <-time.After(patience):
		w.t.Fatal("the live stream did not say hello")
	}
	return facts
}
