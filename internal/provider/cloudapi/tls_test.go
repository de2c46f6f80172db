package cloudapi_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kontor/internal/provider/cloudapi"
	"kontor/internal/provider/providertest"
	"kontor/internal/wa"
)

// Whether a request left is known beneath TLS too.
func TestSendOverTLS(t *testing.T) {
	asked := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if asked++; asked > 1 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, accepted)
	}))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := cloudapi.New(cloudapi.Options{Now: time.Now, TLS: &tls.Config{RootCAs: roots}})
	t.Cleanup(c.Close)

	if a, f := c.Send(t.Context(), number(server.URL), providertest.Message()); f != nil || a.Wamid != "wamid.1" {
		t.Errorf("got %v and %v, want acceptance", a, f)
	}
	if _, f := c.Send(t.Context(), number(server.URL), providertest.Message()); f == nil || f.Class != wa.ClassUncertain {
		t.Errorf("answer lost: got %v, want %s", f, wa.ClassUncertain)
	}
	if asked != 2 {
		t.Errorf("got %d requests, want 2", asked)
	}
	stranger := newClient(t) // does not trust the server: the handshake fails, the message stays here
	if _, f := stranger.Send(t.Context(), number(server.URL), providertest.Message()); f == nil || f.Class != wa.ClassBackoff || f.Status != 0 {
		t.Errorf("unknown certificate: got %v, want %s", f, wa.ClassBackoff)
	}
}
