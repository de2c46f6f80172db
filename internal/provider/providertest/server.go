// Package providertest is what every carrier must pass: a server that does as
// its script says, on a real socket, and the promises of provider.Carrier as
// tests over it.
package providertest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
)

// Answer is what the server does with one request.
type Answer struct {
	Status int // 200 when 0
	Header map[string]string
	Body   string

	// Lose reads the whole request and breaks the connection.
	Lose bool
	// Cut answers, but breaks the connection in the middle of the body.
	Cut bool
	// Hang reads the whole request and then never answers.
	Hang bool
	// Then is run when the whole request has been read, before the answer.
	Then func()
}

// Seen is a request that reached the server.
type Seen struct {
	Method, Path, Query string
	Header              http.Header
	Body                []byte
	ContentLength       int64
}

// Server answers by its script: the answers in their order, the last one for
// all further requests.
type Server struct {
	URL string

	mu     sync.Mutex
	script []Answer
	seen   []Seen
	over   chan struct{} // closed when the test ends; frees those that hang
}

// NewServer starts a server that stops with the test.
func NewServer(t testing.TB, script ...Answer) *Server {
	t.Helper()
	s := &Server{script: script, over: make(chan struct{})}
	server := httptest.NewServer(s)
	s.URL = server.URL
	t.Cleanup(func() {
		close(s.over)
		server.Close()
	})
	return s
}

// Seen is every request so far, in the order of arrival.
func (s *Server) Seen() []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Seen(nil), s.seen...)
}

// Only is the one request that there must have been.
func (s *Server) Only(t testing.TB) Seen {
	t.Helper()
	seen := s.Seen()
	if len(seen) != 1 {
		t.Fatalf("got %d requests, want 1", len(seen))
	}
	return seen[0]
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away in the middle of its request
	}
	answer := s.take(Seen{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: body, ContentLength: r.ContentLength})
	if answer.Then != nil {
		answer.Then()
	}
	switch {
	case answer.Hang:
		<-s.over
		return
	case answer.Lose:
		panic(http.ErrAbortHandler)
	}
	for name, value := range answer.Header {
		w.Header().Set(name, value)
	}
	if answer.Cut {
		w.Header().Set("Content-Length", strconv.Itoa(len(answer.Body)+100))
	}
	if answer.Status != 0 {
		w.WriteHeader(answer.Status)
	}
	io.WriteString(w, answer.Body) // a client that is gone has no use for it
	if answer.Cut {
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) take(r Seen) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r)
	if len(s.script) == 0 {
		return Answer{Status: http.StatusNotFound}
	}
	answer := s.script[0]
	if len(s.script) > 1 {
		s.script = s.script[1:]
	}
	return answer
}

// NobodyThere is an address at which every connection is refused.
func NobodyThere(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}
