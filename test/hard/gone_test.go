package hard

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// The database is gone while people look at the web app and a file is to be
// fetched: pages and refusals still come, the live stream stays or can be taken
// up where it stopped, and the job is done afterwards, each without hands. (What
// webhooks and programs are answered meanwhile stands in test/nodes.)
func TestTheDatabaseIsGone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	if os.Getenv("KONTOR_TEST_POSTGRES") == "" && os.Getenv("KONTOR_TEST_ALL") != "1" {
		t.Skip("KONTOR_TEST_POSTGRES names no server")
	}
	meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
	defer meta.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	database := kontor.Schema(t)
	at, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	line := newLine(t, at.Host)
	files := &shelf{size: 1000}
	cluster := kontor.NewCluster(t, kontor.Build(t), database, files.front(t, meta.URL))
	m := cluster.Node(t, line.address, 1)
	p, err := m.Start(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Ready(ctx, "HIGH"); err != nil {
		t.Fatal(err)
	}
	g := &goneTest{T: t, ctx: ctx, m: m, client: http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	g.listen()
	defer func() { g.stream.Body.Close() }()
	g.told(g.writes(1, ""))
	line.cut()
	g.answers()
	line.mend()
	if err := m.Ready(ctx, "HIGH"); err != nil {
		t.Fatal("it does not come back: ", err)
	}
	g.told(g.writes(2, "5550002"))
	if err := kontor.Until(ctx, func() (bool, error) { return files.count("5550002") > 0, nil }); err != nil {
		t.Error("the job is not done: ", err)
	}
	if err := p.Stop(); err != nil {
		t.Error("stop: ", err)
	}
}

// goneTest is a node whose database goes, a customer who writes to it, and an
// agent's page that follows what happens.
type goneTest struct {
	*testing.T
	ctx    context.Context
	m      *kontor.Member
	client http.Client

	stream *http.Response
	events *bufio.Scanner
	last   string // id of the last event
}

func (g *goneTest) get(path, key string) *http.Response {
	g.Helper()
	req, err := http.NewRequestWithContext(g.ctx, http.MethodGet, "http://"+g.m.Address+path, nil)
	if err != nil {
		g.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if g.last != "" {
		req.Header.Set("Last-Event-ID", g.last)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		g.Fatal(err)
	}
	return resp
}

// listen opens the live stream, where the one before stopped.
func (g *goneTest) listen() {
	g.Helper()
	g.stream = g.get("/api/v1/whatsapp/events", kontor.Key)
	g.events = bufio.NewScanner(g.stream.Body)
}

// told waits until the stream, or one that goes on where it ended, tells of a message.
func (g *goneTest) told(wamid string) {
	g.Helper()
	for {
		for g.events.Scan() {
			if g.tells(wamid) {
				return
			}
		}
		g.stream.Body.Close()
		if g.ctx.Err() != nil {
			g.Fatalf("the live stream never told of %s: %v", wamid, g.events.Err())
		}
		g.listen()
	}
}

// tells reads a line of the stream.
func (g *goneTest) tells(wamid string) bool {
	g.Helper()
	if id, ok := strings.CutPrefix(g.events.Text(), "id: "); ok {
		g.last = id
	}
	data, ok := strings.CutPrefix(g.events.Text(), "data: ")
	var fact struct {
		Kind    string `json:"kind"`
		Message string `json:"message_id"`
	}
	if !ok || json.Unmarshal([]byte(data), &fact) != nil || fact.Kind != "message.received" {
		return false
	}
	var got struct {
		Wamid string `json:"wamid"`
	}
	if err := g.m.Get(g.ctx, "messages/"+fact.Message, &got); err != nil {
		g.Fatal(err)
	}
	return got.Wamid == wamid
}

// writes has a customer write, again until it is taken in.
func (g *goneTest) writes(n int64, image string) (wamid string) {
	g.Helper()
	c := kontor.NewClient(g.m.Address)
	defer c.Close()
	text := whatsapp.Text{From: "447988000000", Name: "Ada", Wamid: whatsapp.Wamid("gone", n), Body: "hello", At: time.Now()}
	body := g.m.Numbers[0].Messages(text)
	if image != "" {
		body = g.m.Numbers[0].Image(text, image)
	}
	err := kontor.Until(g.ctx, func() (bool, error) {
		status, err := c.PostWebhook(body)
		return status == 200, err
	})
	if err != nil {
		g.Fatal(err)
	}
	return text.Wamid
}

// answers looks at what people see while the database is gone.
func (g *goneTest) answers() {
	g.Helper()
	if err := kontor.Until(g.ctx, func() (bool, error) { missing, err := g.m.Missing(g.ctx); return missing["database"] != "", err }); err != nil {
		g.Fatal("readyz does not say that the database is missing: ", err)
	}
	for _, c := range []struct {
		path, key string
		want      int
	}{
		{"/", "", 200}, // the web app's pages lie in the program
		{"/healthz", "", 200},
		{"/api/v1/whatsapp/conversations", kontor.Key, 503},
	} {
		resp := g.get(c.path, c.key)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.want {
			g.Errorf("%s was answered %d %.200s, %v; want %d", c.path, resp.StatusCode, body, err, c.want)
		}
		if c.want == 503 && (!strings.Contains(string(body), `"store_unavailable"`) || resp.Header.Get("Retry-After") == "") {
			g.Errorf("%s was answered %.300s with Retry-After %q; want store_unavailable, and when to come again", c.path, body, resp.Header.Get("Retry-After"))
		}
	}
}

// line is a way to PostgreSQL that can be cut: what is open is ended, what is
// new is refused, as by a server that is down.
type line struct {
	address string
	target  string
	listen  net.Listener
	all     sync.WaitGroup

	mu   sync.Mutex
	down bool                  // guarded by mu
	open map[net.Conn]struct{} // both ends of each; guarded by mu
}

func newLine(t *testing.T, target string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &line{address: l.Addr().String(), target: target, listen: l, open: map[net.Conn]struct{}{}}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		p.cut()
		l.Close()
		p.all.Wait()
	})
	return p
}

func (p *line) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for c := range p.open {
		c.Close()
	}
	clear(p.open)
}

func (p *line) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}

func (p *line) accept() {
	for {
		near, err := p.listen.Accept()
		if err != nil {
			return
		}
		if far, err := net.Dial("tcp", p.target); err != nil {
			near.Close()
		} else if p.keep(near, far) {
			p.all.Go(func() { io.Copy(far, near); far.Close() })
			p.all.Go(func() { io.Copy(near, far); near.Close() })
		}
	}
}

// keep notes both ends, or closes them while the line is down.
func (p *line) keep(ends ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range ends {
		if p.down {
			c.Close()
			continue
		}
		p.open[c] = struct{}{}
	}
	return !p.down
}
