package cloudapi

import (
	"net"
	"net/http/httptrace"
	"testing"
)

// A request of which less left than its body has cannot be acted upon.
func TestDeparture(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	go func() { // ends when the pipe is closed
		b := make([]byte, 64)
		for {
			if _, err := far.Read(b); err != nil {
				return
			}
		}
	}()
	conn := &countedConn{Conn: near}
	write := func(n int) {
		if _, err := conn.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
	}
	write(1000) // an earlier request
	var d departure
	if d.whole(100) {
		t.Error("without a connection: got whole, want not")
	}
	d.gotConn(httptrace.GotConnInfo{Conn: conn})
	for _, step := range []struct {
		write int
		whole bool
	}{{0, false}, {31, false}, {68, false}, {1, true}, {200, true}} {
		if write(step.write); d.whole(100) != step.whole {
			t.Errorf("after %d more bytes: got whole %v, want %v", step.write, !step.whole, step.whole)
		}
	}
	d.gotConn(httptrace.GotConnInfo{Conn: conn}) // moved on: earlier bytes do not count
	if d.whole(100) {
		t.Error("on another try: got whole, want not")
	}
	d.gotConn(httptrace.GotConnInfo{Conn: near})
	if !d.whole(100) {
		t.Error("a connection that does not count: got not, want whole, to be safe")
	}
}

// hasty answers while it is still being written to.
type hasty struct {
	net.Conn
	answered func()
}

func (h hasty) Write(b []byte) (int, error) {
	h.answered()
	return len(b), nil
}

// An answer may be there before the write that asked for it has returned.
func TestAnAnswerFindsItsRequestCounted(t *testing.T) {
	var d departure
	whole := false
	conn := &countedConn{Conn: hasty{answered: func() { whole = d.whole(100) }}}
	d.gotConn(httptrace.GotConnInfo{Conn: conn})
	if _, err := conn.Write(make([]byte, 150)); err != nil || !whole {
		t.Errorf("got whole %v, %v, when the answer came; want true", whole, err)
	}
}
