package hard

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// shelf stands in front of WhatsApp and has its files, all of one size.
type shelf struct {
	size int

	mu      sync.Mutex
	fetched map[string]int // guarded by mu
}

// front answers where WhatsApp is to be asked from now on. Files have ids that begin with 5550.
func (s *shelf) front(t *testing.T, graph string) (address string) {
	t.Helper()
	at, err := url.Parse(graph)
	if err != nil {
		t.Fatal(err)
	}
	file := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), make([]byte, s.size-11)...)
	rest := httputil.NewSingleHostReverseProxy(at)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		switch {
		case strings.HasPrefix(r.URL.Path, "/files/"):
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write(file) // who asked is gone if this fails
			s.note(name)
		case strings.HasPrefix(name, "5550"):
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"messaging_product":"whatsapp","url":"%s/files/%s","mime_type":"image/jpeg","file_size":%d,"id":"%s"}`, server.URL, name, s.size, name)
		default:
			rest.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (s *shelf) note(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fetched == nil {
		s.fetched = map[string]int{}
	}
	s.fetched[name]++
}

// count is how often a file was fetched.
func (s *shelf) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched[name]
}
