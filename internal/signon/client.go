package signon

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	callTime    = 10 * time.Second
	connectTime = 5 * time.Second
	// answerRead is more than any document or token of a provider holds.
	answerRead = 1 << 20
)

var errRedirect = errors.New("the other house redirects, and where to is not followed")

// newClient makes how we call the other house. It names some of the addresses
// itself, so they are guarded like any that a stranger gives: see Options.Control.
// A proxy of the environment does not count: it would resolve names where no
// guard stands.
func newClient(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: connectTime, Control: o.Control}
	return &http.Client{
		Timeout:       callTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
		Transport: bounded{&http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: connectTime, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		}},
	}
}

// bounded cuts answers that are longer than any should be.
type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.Transport.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, answerRead), resp.Body}
	}
	return resp, err
}
