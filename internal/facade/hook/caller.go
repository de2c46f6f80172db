// Package hook speaks to those who subscribed: it calls their addresses, never
// one that is private, and writes webhooks in Meta's words.
//
//	caller.go    one POST, or the GET handshake; never a redirect, never long
//	guard.go     which addresses may be called; roots.go: by which certificates
//	cloudapi.go  the dialect "cloud-api": Meta's exact payloads
//	escape.go    JSON as Meta's servers write it
//
// It keeps nothing and decides nothing: what is sent, when and how often is
// package callback's.
package hook

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kontor/internal/callback"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

const (
	callTime    = 10 * time.Second
	connectTime = 5 * time.Second
	// answerKept is how much of an answer is kept for people; answerRead how much
	// is read so that the connection can be used again.
	answerKept, answerRead = 1 << 10, 64 << 10
)

// Caller calls subscribers. Safe for concurrent use.
type Caller struct {
	private   bool
	agent     string
	transport *http.Transport
	trusts    trusts
}

var _ callback.Caller = (*Caller)(nil)

// NewCaller makes a Caller; with private it may also call loopback and private
// addresses, and without TLS. Settings for proxies in the environment do not
// count: a proxy would resolve names where no guard stands.
func NewCaller(private bool, agent string) *Caller {
	c := &Caller{private: private, agent: agent}
	dialer := &net.Dialer{Timeout: connectTime, KeepAlive: 30 * time.Second, Control: Guard(private)}
	c.transport = &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: connectTime, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConns: 1000, MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	return c
}

// Close ends connections that are kept open.
func (c *Caller) Close() {
	c.transport.CloseIdleConnections()
	c.trusts.close()
}

// Post implements callback.Caller.
func (c *Caller) Post(ctx context.Context, call callback.Call) callback.Answer {
	began := time.Now()
	a := c.post(ctx, call)
	a.Duration = time.Since(began)
	return a
}

func (c *Caller) post(ctx context.Context, call callback.Call) callback.Answer {
	if err := c.Check(call.URL); err != nil { // a setting may have changed since
		return callback.Answer{Problem: "address_refused", Cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		return callback.Answer{Problem: "address_refused", Cause: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", c.agent)
	for name, value := range call.Headers {
		req.Header.Set(name, value)
	}
	transport, err := c.trusting(call.Roots)
	if err != nil {
		return callback.Answer{Problem: "tls_failed", Cause: err}
	}
	resp, err := transport.RoundTrip(req) // not a Client: it would follow redirects
	if err != nil {
		return callback.Answer{Problem: problem(err), Cause: err}
	}
	defer resp.Body.Close()
	a := callback.Answer{Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	a.Body, _ = io.ReadAll(io.LimitReader(resp.Body, answerKept))     // the status is the answer; its text is for people
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, answerRead)) // the same
	if a.Status >= 300 && a.Status < 400 {
		a.Problem = "redirected"
	}
	return a
}

// Verify implements callback.Caller by Meta's handshake.
func (c *Caller) Verify(ctx context.Context, address string, token wa.Secret) error {
	challenge, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000))
	if err != nil {
		return err
	}
	want := strconv.FormatInt(1_000_000_000+challenge.Int64(), 10)
	u, err := url.Parse(address)
	if err != nil {
		return wrong("is no web address.")
	}
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", want)
	q.Set("hub.verify_token", token.Reveal())
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return wrong("is no web address.")
	}
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return unverified("could not be reached (" + problem(err) + ")")
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, answerKept))
	switch {
	case resp.StatusCode != http.StatusOK:
		return unverified("answered the handshake with HTTP " + strconv.Itoa(resp.StatusCode) + " instead of 200")
	case err != nil || strings.TrimSpace(string(got)) != want:
		return unverified("did not answer the handshake with the bare hub.challenge")
	}
	return nil
}

func unverified(what string) error {
	return &fault.Error{Kind: fault.Invalid, Code: "callback_not_verified",
		Detail: "The address " + what + "; nothing was changed.",
		Advice: "Let it answer GET with hub.mode=subscribe and its verify token by 200 and hub.challenge; or leave verify_token out.",
		Fields: []fault.Field{{Name: "url", Detail: what + "."}}}
}

// problem is a stable code of why there was no answer.
func problem(err error) string {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.Is(err, errRefused):
		return "address_refused"
	case errors.As(err, &dns):
		return "name_not_found"
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid), errors.As(err, &record), errors.As(err, &verify):
		return "tls_failed"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection_refused"
	}
	return "connection_failed"
}

// retryAfter reads seconds or a date; 0 for nothing, the past and nonsense.
func retryAfter(text string, now time.Time) time.Duration {
	if text == "" {
		return 0
	}
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), 1_000_000)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
