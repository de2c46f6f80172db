package nodes

import (
	"net"
	"sync"
	"testing"
)

// proxy is a line to PostgreSQL that a test can cut or silence.
type proxy struct {
	address string // where a node finds it
	target  string
	all     sync.WaitGroup

	mu     sync.Mutex
	mode   mode
	open   sync.Cond             // on mu: told when the mode changes or the proxy ends
	ended  bool                  // guarded by mu
	lines  map[net.Conn]struct{} // both ends of each; guarded by mu
	listen net.Listener
}

type mode int

const (
	whole  mode = iota
	silent      // what is sent gets nowhere and nobody is told, as on a broken cable
	closed      // lines are ended and new ones refused, as by a server that is gone
)

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), target: target, lines: map[net.Conn]struct{}{}, listen: l}
	p.open.L = &p.mu
	p.all.Go(p.accept)
	t.Cleanup(p.end)
	return p
}

// set changes what the line does from now on.
func (p *proxy) set(m mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
	if m == closed {
		p.drop()
	}
	p.open.Broadcast()
}

// drop ends all lines; mu is held.
func (p *proxy) drop() {
	for c := range p.lines {
		c.Close()
	}
	p.lines = map[net.Conn]struct{}{}
}

func (p *proxy) end() {
	p.mu.Lock()
	p.ended = true
	p.drop()
	p.open.Broadcast()
	p.mu.Unlock()
	p.listen.Close()
	p.all.Wait()
}

func (p *proxy) accept() {
	for {
		near, err := p.listen.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.serve(near) })
	}
}

func (p *proxy) serve(near net.Conn) {
	if !p.pass(near) {
		near.Close()
		return
	}
	far, err := net.Dial("tcp", p.target)
	if err != nil || !p.pass(far) {
		near.Close()
		return
	}
	p.all.Go(func() { p.copy(far, near) })
	p.copy(near, far)
}

// pass notes a connection and waits while the line is silent; false: it is closed.
func (p *proxy) pass(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == closed || p.ended {
		c.Close()
		return false
	}
	p.lines[c] = struct{}{}
	return p.wait()
}

// wait blocks while the line is silent; mu is held.
func (p *proxy) wait() bool {
	for p.mode == silent && !p.ended {
		p.open.Wait()
	}
	return !p.ended
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		on := p.wait()
		p.mu.Unlock()
		if n > 0 && on {
			if _, werr := to.Write(buffer[:n]); werr != nil {
				return
			}
		}
		if err != nil || !on {
			return
		}
	}
}
