// Package cloudapi is the carrier that speaks Meta's Cloud API over HTTP
// (cloud-api.md 1, 5, 6). What it promises is written at provider.Carrier.
//
// The files: client.go sets up the connections, call.go makes one call and
// judges what came of it, wire.go knows whether a request left, send.go,
// media.go and account.go are the operations.
package cloudapi

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Name is what wa.Number.Provider holds for this carrier.
const Name = "cloudapi"

// DefaultBaseURL is Meta's own Graph; a number with a BaseURL uses that.
const DefaultBaseURL = "https://graph.facebook.com"

const (
	// concurrent is how many requests may be under way to one host; more wait
	// for a connection, which is before anything is sent.
	concurrent = 512
	// idle is shorter than what servers allow, so that a request seldom meets a
	// connection that the other side is just closing: that makes it uncertain.
	idle = 30 * time.Second

	defaultTimeout  = 30 * time.Second
	transferTimeout = 10 * time.Minute // of a file, up to 100 MB
)

// Options sets up a Client. Now is required.
type Options struct {
	Now       func() time.Time
	UserAgent string
	Timeout   time.Duration // of a call from start to end, files apart; 30 s when 0
	TLS       *tls.Config   // for servers with a certificate of their own; nil for the system's
}

// Client is the carrier. It is safe for concurrent use.
type Client struct {
	now       func() time.Time
	userAgent string
	timeout   time.Duration
	transport *http.Transport
	calls     *http.Client // follows no redirect
	downloads *http.Client // follows few, to Meta's hosts only
}

// New makes a Client. Close it when its last call has returned.
func New(o Options) *Client {
	c := &Client{now: o.Now, userAgent: o.UserAgent, timeout: o.Timeout}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	if c.userAgent == "" {
		c.userAgent = "kontor"
	}
	c.transport = newTransport(o.TLS)
	c.calls = &http.Client{Transport: c.transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	c.downloads = &http.Client{Transport: c.transport, CheckRedirect: checkRedirect}
	return c
}

// Close lets go of idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// newTransport pools connections of HTTP/1.1. With one request to a connection,
// "was it written" is a fact about one socket (see wire.go), and the loss of a
// connection makes one message uncertain, not hundreds.
func newTransport(config *tls.Config) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxConnsPerHost:        concurrent,
		MaxIdleConnsPerHost:    concurrent,
		IdleConnTimeout:        idle,
		MaxResponseHeaderBytes: 64 << 10,
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	return t
}
