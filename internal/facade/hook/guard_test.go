package hook

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"kontor/internal/callback"
	"kontor/internal/fault"
)

func TestAllowed(t *testing.T) {
	for text, want := range map[string][2]bool{ // without and with private addresses allowed
		"93.184.216.34": {true, true}, "2606:2800:220:1:248:1893:25c8:1946": {true, true},
		"127.0.0.1": {false, true}, "::1": {false, true}, "10.1.2.3": {false, true}, "192.168.0.1": {false, true}, "172.16.0.1": {false, true}, "fd12::1": {false, true},
		"169.254.169.254": {}, "fe80::1": {}, "fd00:ec2::254": {}, "0.0.0.0": {}, "0.1.2.3": {}, "::": {}, "224.0.0.1": {}, "ff02::1": {}, "255.255.255.255": {},
		"100.64.0.1": {}, "192.0.2.1": {}, "198.18.0.1": {}, "203.0.113.9": {}, "240.0.0.1": {},
		"::ffff:127.0.0.1": {false, true}, "::ffff:169.254.169.254": {}, "64:ff9b::7f00:1": {}, "2002:7f00:1::": {}, "2001::1": {}, "::7f00:1": {},
	} {
		ip := netip.MustParseAddr(text)
		if got := [2]bool{MayCall(ip, false), MayCall(ip, true)}; got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

// TestANameThatLeadsInsideIsRefusedWhenDialled stands for a name that leads
// elsewhere at the second look: what counts is the address that is dialled.
func TestANameThatLeadsInsideIsRefusedWhenDialled(t *testing.T) {
	called := false
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer s.Close()
	c := NewCaller(false, "test")
	defer c.Close()
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dial := c.transport.DialContext
	c.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dial(ctx, network, net.JoinHostPort("127.0.0.1", port)) // what a resolver under a stranger's hand would make of it
	}
	a := c.Post(context.Background(), callback.Call{URL: "https://shop.example/hooks", Body: []byte("{}")})
	if a.Problem != "address_refused" || !errors.Is(a.Cause, errRefused) || called {
		t.Errorf("got %+v, called %v; want it refused", a, called)
	}
}

func TestProblems(t *testing.T) {
	c := NewCaller(true, "test")
	defer c.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the caller has gone
		<-r.Context().Done()
	}))
	defer slow.Close()
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	for _, x := range []struct {
		ctx       context.Context
		url, want string
	}{
		{context.Background(), tls.URL, "tls_failed"}, // nobody's certificate
		{context.Background(), "http://" + gone, "connection_refused"},
		{context.Background(), "http://no-such-name.invalid/", "name_not_found"},
		{short, slow.URL, "timeout"},
		{context.Background(), "ftp://shop.example/", "address_refused"},
	} {
		if a := c.Post(x.ctx, callback.Call{URL: x.url, Body: []byte("{}")}); a.Problem != x.want || a.Status != 0 {
			t.Errorf("%s: got %+v, want %s", x.url, a, x.want)
		}
	}
}

func TestTheHandshake(t *testing.T) {
	var answer func(w http.ResponseWriter, r *http.Request)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer s.Close()
	c := NewCaller(true, "test")
	defer c.Close()
	for what, x := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		ok     bool
	}{
		"the challenge": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("hub.verify_token") == "wort" && r.URL.Query().Get("mine") == "1" && r.Method == http.MethodGet {
				w.Write([]byte(r.URL.Query().Get("hub.challenge")))
			}
		}, true},
		"something else": {func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) }, false},
		"a refusal":      {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }, false},
		"a redirect":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, false},
	} {
		answer = x.answer
		err := c.Verify(context.Background(), s.URL+"/?mine=1", "wort")
		if x.ok && err != nil || !x.ok && fault.As(err).Code != "callback_not_verified" {
			t.Errorf("%s: got %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "wort") {
			t.Errorf("%s: the fault tells the token", what)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "30": 30 * time.Second, "-1": 0, "soon": 0, "Sat, 21 Nov 2026 09:01:00 GMT": time.Minute, "Sat, 21 Nov 2026 08:00:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
