package nodes

import (
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// PostgreSQL goes down under load, once as by a crash and once as an operator
// stops it. Nodes come back by themselves and nothing acknowledged is lost.
func restarted(t *testing.T, binary string) {
	s := newServer(t)
	g := &grid{traffic: start(t, binary, s.url(), straight)}
	for n := range 2 {
		if _, err := g.cluster.Node(t, "", 2).Start(t); err != nil {
			t.Fatal(err)
		}
		g.ready(n)
	}
	g.flow(4, 3)
	for _, how := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGINT} {
		g.pause(3 * time.Second)
		s.stop(how)
		g.pause(time.Second)
		s.start()
		for n := range 2 {
			g.ready(n)
		}
	}
	g.pause(2 * time.Second)
	g.stop(g.cluster.Nodes[0])
}

// The database is gone for some seconds: first it refuses, as a server that is
// down, then it is silent, as behind a broken cable. WhatsApp is asked to come
// again, programs are told what is wrong and when to ask again, operators see
// why; then everything goes on by itself. KONTOR_NODES_GONE=60s makes it last longer.
func gone(t *testing.T, binary string) {
	g := newGrid(t, binary, 1, straight)
	close(g.telling)
	m, line := g.cluster.Nodes[0], g.lines[0]
	for n, how := range []mode{closed, silent} {
		line.set(how)
		g.refuses(0)
		client := kontor.NewClient(m.Address)
		th := &thread{number: m.Numbers[0], phone: "447930000000"}
		text := th.number.Messages(whatsapp.Text{From: th.phone, Name: "Ada", Wamid: whatsapp.Wamid("gone", int64(n)), Body: "is anybody there?", At: time.Now()})
		status, err := client.PostWebhook(text)
		if err != nil || status != 503 || client.Header.Get("Retry-After") == "" {
			t.Errorf("a webhook was answered %d, %v; want 503 with Retry-After", status, err)
		}
		if status, err := g.get("healthz"); status != 200 {
			t.Errorf("healthz: %d, %v; the process itself is well", status, err)
		}
		g.pause(absence(t))
		missing, err := m.Missing(g.ctx)
		if err != nil || !strings.Contains(missing["database"], "database") || strings.Contains(missing["database"], "127.0.0.1") {
			t.Errorf("readyz says %v, %v; want that the database is missing, and no address", missing, err)
		}
		line.set(whole)
		g.ready(0)
		err = kontor.Until(g.ctx, func() (bool, error) {
			status, err := client.PostWebhook(text)
			return status == 200, err
		})
		if err != nil {
			t.Fatal("the webhook is not taken in: ", err)
		}
		client.Close()
		th.inbound = []string{whatsapp.Wamid("gone", int64(n))}
		if got := g.history(m, th); len(got) != n+1 || got[n].Wamid != th.inbound[0] {
			t.Errorf("got %+v, want what the customer wrote, once", got)
		}
	}
}

// absence is how long the database stays away beyond what is looked at.
func absence(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("KONTOR_NODES_GONE")
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal("KONTOR_NODES_GONE: ", err)
	}
	return d
}

// get asks the first node for one of the pages that operators look at.
func (g *grid) get(path string) (status int, err error) {
	at := url.URL{Scheme: "http", Host: g.cluster.Nodes[0].Address, Path: "/" + path}
	resp, err := g.client.Get(at.String())
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
