package nodes

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// stream is a live stream from one node.
type stream struct {
	t    *testing.T
	body *bufio.Scanner
	end  func()
	last string // the id of the last event: where to go on
}

func (g *grid) listen(n int, after string) *stream {
	g.Helper()
	ctx, cancel := context.WithCancel(g.ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.cluster.Nodes[n].Address+"/api/v1/whatsapp/events", nil)
	if err != nil {
		g.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+kontor.Key)
	if after != "" {
		req.Header.Set("Last-Event-ID", after)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		g.Fatal(err)
	}
	s := &stream{t: g.T, body: bufio.NewScanner(resp.Body), last: after, end: func() { cancel(); resp.Body.Close() }}
	g.Cleanup(s.end)
	if event, _ := s.next(); resp.StatusCode != 200 || event != "hello" {
		g.Fatalf("node %d: got %d and %q first, want hello", n, resp.StatusCode, event)
	}
	return s
}

func (s *stream) next() (event, data string) {
	for s.body.Scan() {
		name, value, _ := strings.Cut(s.body.Text(), ": ")
		switch {
		case name == "event":
			event = value
		case name == "id":
			s.last = value
		case name == "data":
			data = value
		case name == "" && event != "":
			return event, data
		}
	}
	s.t.Fatal("the stream ended: ", s.body.Err())
	return "", ""
}

// received reads on to the next message of a customer and answers its id.
func (s *stream) received() string {
	for {
		event, data := s.next()
		var f struct {
			Kind    string `json:"kind"`
			Message string `json:"message_id"`
		}
		if event != "fact" {
			continue
		}
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			s.t.Fatal(err)
		}
		if f.Kind == "message.received" {
			return f.Message
		}
	}
}

// What comes in on any node is told on all of them, in one order, and a client
// goes on at another node where it stopped at the first.
func live(t *testing.T, binary string) {
	g := newGrid(t, binary, 3, straight)
	close(g.telling)
	const count = 60
	streams := []*stream{g.listen(0, ""), g.listen(1, ""), g.listen(2, "")}
	th := &thread{number: g.cluster.Nodes[0].Numbers[0], phone: "447940000000"}
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := range count {
			c := kontor.NewClient(g.cluster.Nodes[n%3].Address)
			wamid := whatsapp.Wamid("live", int64(n))
			status, err := c.PostWebhook(th.number.Messages(whatsapp.Text{From: th.phone, Name: "Ada", Wamid: wamid, Body: fmt.Sprint(n), At: time.Now()}))
			if err != nil || status != 200 {
				t.Errorf("message %d: %d, %v", n, status, err)
			}
			c.Close()
		}
	})
	told := make([][]string, 3)
	for n, s := range streams {
		for len(told[n]) < count {
			told[n] = append(told[n], s.received())
			if n == 0 && len(told[n]) == count/2 { // its node goes away: the client asks another one
				after := s.last
				s.end()
				s = g.listen(1, after)
			}
		}
	}
	writing.Wait()
	var want []string
	for _, m := range g.history(g.cluster.Nodes[1], th) {
		want = append(want, m.ID)
	}
	for n := range told {
		if !slices.Equal(told[n], want) {
			t.Errorf("node %d told of %v, want %v", n, told[n], want)
		}
	}
}

// shelf answers for WhatsApp's files, and counts how often each is fetched.
type shelf struct {
	mu      sync.Mutex
	fetched map[string]int // guarded by mu
}

func (s *shelf) front(t *testing.T, graph string) (address string) {
	t.Helper()
	at, err := url.Parse(graph)
	if err != nil {
		t.Fatal(err)
	}
	rest := httputil.NewSingleHostReverseProxy(at)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		switch {
		case strings.HasPrefix(r.URL.Path, "/files/"):
			s.mu.Lock()
			s.fetched[name]++
			s.mu.Unlock()
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write([]byte("a picture"))
		case strings.HasPrefix(name, "5550"):
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"messaging_product":"whatsapp","url":"%s/files/%s","mime_type":"image/jpeg","file_size":9,"id":"%s"}`, server.URL, name, name)
		default:
			rest.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A job is enqueued with its cause on one node and runs once on some node.
func jobs(t *testing.T, binary string) {
	files := &shelf{fetched: map[string]int{}}
	g := newGrid(t, binary, 3, func(graph string) string { return files.front(t, graph) })
	close(g.telling)
	const pictures = 90
	account := g.cluster.Nodes[0].Numbers[0]
	var posting sync.WaitGroup
	for n := range 3 {
		posting.Go(func() {
			c := kontor.NewClient(g.cluster.Nodes[n].Address)
			defer c.Close()
			for k := range pictures / 3 {
				id := fmt.Sprintf("5550%d%05d", n, k)
				status, err := c.PostWebhook(account.Image(whatsapp.Text{From: fmt.Sprintf("44795000000%d", n), Name: "Ada", Wamid: whatsapp.Wamid(id, 0), At: time.Now()}, id))
				if err != nil || status != 200 {
					t.Errorf("picture %s: %d, %v", id, status, err)
				}
			}
		})
	}
	posting.Wait()
	err := kontor.Until(g.ctx, func() (bool, error) {
		var left, stored int
		err := g.cluster.DB.QueryRow(`SELECT (SELECT COUNT(*) FROM job WHERE kind = 'media.fetch'), (SELECT COUNT(*) FROM media WHERE state = 'stored')`).Scan(&left, &stored)
		if err == nil && (left > 0 || stored < pictures) {
			err = fmt.Errorf("%d jobs are left, %d pictures stored", left, stored)
		}
		return err == nil, err
	})
	if err != nil {
		t.Fatal(err)
	}
	files.mu.Lock()
	defer files.mu.Unlock()
	if len(files.fetched) != pictures {
		t.Errorf("%d pictures were fetched, want %d", len(files.fetched), pictures)
	}
	for id, n := range files.fetched {
		if n != 1 {
			t.Errorf("picture %s was fetched %d times", id, n)
		}
	}
}
