package nodes

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/test/load/kontor"
)

func TestNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	binary := kontor.Build(t)
	for _, c := range []struct {
		name string
		play func(t *testing.T, binary string)
	}{
		{"one is cut off and another killed", cutOffAndKilled},
		{"one that slept sends nothing twice", slept},
		{"PostgreSQL is restarted", restarted},
		{"the database is gone for a while", gone},
		{"live streams tell of every node", live},
		{"a job runs once on one node", jobs},
	} {
		t.Run(c.name, func(t *testing.T) { c.play(t, binary) })
	}
}

// grid is some nodes under traffic, each on a line of its own to PostgreSQL.
type grid struct {
	*traffic
	lines     []*proxy
	processes []*kontor.Process
	client    http.Client
}

// straight is nothing in front of WhatsApp.
func straight(graph string) string { return graph }

// newGrid starts nodes, with front in front of WhatsApp, and waits until all are ready.
func newGrid(t *testing.T, binary string, nodes int, front func(graph string) string) *grid {
	t.Helper()
	if os.Getenv("KONTOR_TEST_POSTGRES") == "" && os.Getenv("KONTOR_TEST_ALL") != "1" {
		t.Skip("KONTOR_TEST_POSTGRES names no server")
	}
	g := &grid{traffic: start(t, binary, "", front)}
	at, err := url.Parse(g.cluster.Database)
	if err != nil {
		t.Fatal(err)
	}
	for n := range nodes {
		line := newProxy(t, at.Host)
		g.lines = append(g.lines, line)
		m := g.cluster.Node(t, line.address, 2)
		p, err := m.Start(t)
		if err != nil {
			t.Fatal(err)
		}
		g.processes = append(g.processes, p)
		if n == 0 { // it brings the schema; the others need not race for that
			g.ready(0)
		}
	}
	for n := range nodes {
		g.ready(n)
	}
	return g
}

func (g *grid) ready(n int) {
	g.Helper()
	if err := g.cluster.Nodes[n].Ready(g.ctx, "HIGH"); err != nil {
		g.Fatalf("node %d: %v", n, err)
	}
}

// holder waits until some node has a number, and tells which.
func (g *grid) holder() (node int) {
	g.Helper()
	err := kontor.Until(g.ctx, func() (bool, error) {
		leases, err := g.cluster.Leases(g.ctx)
		for name, m := range leases {
			if strings.HasPrefix(name, "number:") {
				node = slices.Index(g.cluster.Nodes, m)
				return true, err
			}
		}
		return false, err
	})
	if err != nil {
		g.Fatal("nobody has a number: ", err)
	}
	return node
}

// contract is within which time a node that is gone is replaced; the test's own
// machine may be busy, so a breach is twice that.
const contract = 10 * time.Second

// replaced waits until other nodes have all that the gone one had.
func (g *grid) replaced(gone int) {
	g.Helper()
	since := time.Now()
	had, err := g.cluster.Leases(g.ctx)
	if err != nil {
		g.Fatal(err)
	}
	err = kontor.Until(g.ctx, func() (bool, error) {
		now, err := g.cluster.Leases(g.ctx)
		for name := range had {
			if now[name] == nil || now[name] == g.cluster.Nodes[gone] {
				return false, fmt.Errorf("%s is not taken over: %v", name, err)
			}
		}
		return true, err
	})
	if err != nil {
		g.Fatal(err)
	}
	took := time.Since(since)
	g.Logf("node %d was replaced after %v", gone, took.Round(time.Millisecond))
	if took > 2*contract {
		g.Errorf("it took %v to replace a node, want %v", took, contract)
	}
}

// One of three nodes is cut off while it holds leases and traffic goes through
// all of them, and comes back; then another one is killed for good.
func cutOffAndKilled(t *testing.T, binary string) {
	g := newGrid(t, binary, 3, straight)
	g.flow(6, 3)
	g.pause(2 * time.Second)
	cut := g.holder()
	g.lines[cut].set(silent)
	g.replaced(cut)
	g.refuses(cut)
	g.lines[cut].set(whole)
	g.ready(cut)

	killed := g.holder()
	g.processes[killed].Kill()
	g.replaced(killed)
	g.pause(time.Second)
	g.stop(g.cluster.Nodes[(killed+1)%3])
}

// refuses waits until a node says what is wrong: no traffic, nothing accepted,
// but alive.
func (g *grid) refuses(n int) {
	g.Helper()
	m := g.cluster.Nodes[n]
	err := kontor.Until(g.ctx, func() (bool, error) {
		missing, err := m.Missing(g.ctx)
		return missing["database"] != "", err
	})
	if err != nil {
		g.Fatalf("node %d does not say that the database is missing: %v", n, err)
	}
	client := kontor.NewClient(m.Address)
	defer client.Close()
	status, answer, err := client.PostAPI("send/text", "", []byte(`{"to":"+447920000000","text":"refused"}`))
	if err != nil || status != 503 || !strings.Contains(string(answer), `"store_`) {
		g.Errorf("a cut off node answered %d %s, %v; want 503 with a fault of the store", status, answer, err)
	}
	if got := client.Header.Get("Retry-After"); got == "" {
		g.Error("a refusal without Retry-After")
	}
}

// A node that holds leases is put to sleep for longer than they last, and goes
// on as if nothing had been.
func slept(t *testing.T, binary string) {
	g := newGrid(t, binary, 2, straight)
	g.flow(4, 3)
	g.pause(2 * time.Second)
	asleep := g.holder()
	if err := g.processes[asleep].Freeze(); err != nil {
		t.Fatal(err)
	}
	g.replaced(asleep)
	if err := g.processes[asleep].Thaw(); err != nil {
		t.Fatal(err)
	}
	g.pause(2 * time.Second)
	g.ready(asleep)
	g.stop(g.cluster.Nodes[1-asleep])
}
