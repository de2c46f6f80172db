package kontor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"kontor/test/load/whatsapp"
)

// Client posts over one connection that is kept, and opens another one when it
// broke. It writes requests by itself, because net/http's own client would take
// a large part of a small machine. It is for one goroutine.
type Client struct {
	Patience time.Duration // how long an answer may take
	Header   http.Header   // of the last answer

	address string
	conn    net.Conn
	in      *bufio.Reader
	out     []byte
}

// patience is how long an answer may take if nobody says otherwise.
const patience = 30 * time.Second

// NewClient makes a client of host:port; it connects at the first Post.
func NewClient(address string) *Client { return &Client{Patience: patience, address: address} }

// Close gives the connection back.
func (c *Client) Close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// PostWebhook posts a signed webhook and tells the status.
func (c *Client) PostWebhook(body []byte) (status int, err error) {
	status, _, err = c.Post(Webhook, whatsapp.SignatureHeader+": "+whatsapp.Sign(Secret, body)+"\r\n", body)
	return status, err
}

// PostAPI posts to a path behind /api/v1/whatsapp/. An idempotency key may be empty.
func (c *Client) PostAPI(path, idempotency string, body []byte) (status int, answer []byte, err error) {
	headers := "Authorization: Bearer " + Key + "\r\n"
	if idempotency != "" {
		headers += "Idempotency-Key: " + idempotency + "\r\n"
	}
	return c.Post("/api/v1/whatsapp/"+path, headers, body)
}

// Post posts JSON with further headers, each ended by "\r\n". An error means
// that nobody knows whether the request arrived.
func (c *Client) Post(path, headers string, body []byte) (status int, answer []byte, err error) {
	status, answer, err = c.exchange(path, headers, body)
	if err != nil {
		c.Close()
	}
	return status, answer, err
}

func (c *Client) exchange(path, headers string, body []byte) (int, []byte, error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.address, 2*time.Second)
		if err != nil {
			return 0, nil, err
		}
		c.conn, c.in = conn, bufio.NewReader(conn)
	}
	if err := c.conn.SetDeadline(time.Now().Add(c.Patience)); err != nil {
		return 0, nil, err
	}
	c.out = fmt.Appendf(c.out[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n%s\r\n",
		path, c.address, strconv.Itoa(len(body)), headers)
	if _, err := c.conn.Write(append(c.out, body...)); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return 0, nil, err
	}
	if resp.Close {
		c.Close()
	}
	c.Header = resp.Header
	return resp.StatusCode, answer, nil
}
