package onprem_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// The listener of its own serves nothing but the On-Premises API, over TLS.
func TestTheListenerOfItsOwn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free now
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	w := newWorld(t, "sqlite", "KONTOR_ONPREM_LISTEN="+address)
	w.login()
	var seen *x509.Certificate
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error {
		seen = s.PeerCertificates[0]
		return nil
	}}}}
	get := func(path string) (int, string) {
		r, err := http.NewRequest("GET", "https://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+w.token)
		var resp *http.Response
		w.until("the listener answers", func() bool {
			resp, err = client.Do(r)
			return err == nil
		})
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	if status, body := get("/v1/health"); status != 200 || !strings.Contains(body, `"gateway_status":"connected"`) {
		t.Errorf("health: got %d %s", status, body)
	}
	if status, body := get("/metrics"); status != 200 || !strings.Contains(body, `"web_uptime"`) {
		t.Errorf("/metrics is /v1/metrics here: got %d %s", status, body)
	}
	if status, body := get("/api/v1/whatsapp/numbers"); status != 404 || !strings.Contains(body, `"code":1006`) {
		t.Errorf("the native API: got %d %s, want it to be unknown here", status, body)
	}
	if err := seen.VerifyHostname("localhost"); err != nil || seen.IsCA {
		t.Errorf("the certificate: %v, CA %v", err, seen.IsCA)
	}
}
