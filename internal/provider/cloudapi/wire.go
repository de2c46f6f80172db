package cloudapi

import (
	"context"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// countedConn counts what was handed to the operating system: before it is, so
// that an answer which comes at once never finds its request uncounted.
type countedConn struct {
	net.Conn
	written atomic.Int64
}

func (c *countedConn) Write(b []byte) (int, error) {
	c.written.Add(int64(len(b)))
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n - len(b)))
	return n, err
}

// departure knows whether a request can have left whole. httptrace's
// WroteRequest alone does not tell: it fires before the last bytes leave the
// buffer. So we note how much the connection had written when the request got
// it. net/http gives a connection one request at a time, so the difference is
// this request's.
type departure struct {
	conn   *countedConn
	before int64
	got    bool // a connection was had; without one nothing left
}

// watch adds d to ctx.
func (d *departure) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: d.gotConn})
}

// gotConn runs on the caller's goroutine, again when net/http moves a request
// of which nothing was written to another connection.
func (d *departure) gotConn(info httptrace.GotConnInfo) {
	conn := info.Conn
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = wrapped.NetConn()
	}
	d.got = true
	if d.conn, _ = conn.(*countedConn); d.conn != nil {
		d.before = d.conn.written.Load()
	}
}

// whole reports whether a request with a body of that size may have left
// whole. A request of which fewer bytes left than its body has cannot be acted
// upon; a few bytes more, like the alert with which TLS says good-bye, do not count.
func (d *departure) whole(body int) bool {
	if !d.got {
		return false
	}
	return d.conn == nil || d.conn.written.Load()-d.before >= int64(body)
}
