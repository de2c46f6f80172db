package hook

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"kontor/internal/callback"
)

// An endpoint is trusted by the certificates that were named for it, and by no
// other subscription's.
func TestRootsOfASubscription(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is refused on purpose
	server.StartTLS()
	defer server.Close()
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	c := NewCaller(true, "test")
	defer c.Close()
	for round := range 2 { // connections that are kept open change nothing
		for _, tc := range []struct {
			name, problem string
			roots         []byte
			status        int
		}{
			{"named", "", own, 200},
			{"not named", "tls_failed", nil, 0},
			{"no certificates", "tls_failed", []byte("nothing"), 0},
		} {
			a := c.Post(context.Background(), callback.Call{URL: server.URL, Body: []byte("{}"), Roots: tc.roots})
			if a.Status != tc.status || a.Problem != tc.problem {
				t.Errorf("%s, round %d: got %d %q (%v), want %d %q", tc.name, round, a.Status, a.Problem, a.Cause, tc.status, tc.problem)
			}
		}
	}
	for i := range 3 * manyRoots {
		if _, err := c.trusting(fmt.Appendf(nil, "%s# %d", own, i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.trusts.by); n > manyRoots {
		t.Errorf("got %d transports kept, want at most %d", n, manyRoots)
	}
}
