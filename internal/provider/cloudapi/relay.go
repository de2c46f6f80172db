package cloudapi

import (
	"context"
	"fmt"
	"net/http"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Relay implements provider.Relay.
func (c *Client) Relay(ctx context.Context, n *wa.Number, call meta.Call) (meta.Reply, *wa.Failure) {
	patience := c.timeout
	if call.Length < 0 || call.Length > answerLimit {
		patience = transferTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var left departure
	req, err := http.NewRequestWithContext(left.watch(ctx), call.Method, address(n, call.Path, call.Query), call.Body)
	if err != nil {
		return meta.Reply{}, misconfigured(err)
	}
	for name, values := range call.Header {
		req.Header[name] = values
	}
	if call.Body != nil {
		req.ContentLength = call.Length
		req.Header.Set("Content-Type", call.ContentType)
	}
	c.sign(req, n)
	if call.Header.Get("file_offset") != "" { // uploads want the older scheme (cloud-api.md 5.1)
		req.Header.Set("Authorization", "OAuth "+n.AccessToken.Reveal())
	}
	mayHaveEffect := func() bool { return call.Method != http.MethodGet && left.got }
	res, err := c.calls.Do(req)
	if err != nil {
		return meta.Reply{}, unanswered(err, mayHaveEffect())
	}
	defer res.Body.Close()
	body, err := readAll(res, pageLimit)
	if err != nil {
		return meta.Reply{}, unreadable(res.StatusCode, err, mayHaveEffect())
	}
	if res.StatusCode == http.StatusBadGateway || res.StatusCode == http.StatusGatewayTimeout || res.StatusCode < 200 || 300 <= res.StatusCode && res.StatusCode < 400 {
		f := unanswered(fmt.Errorf("answer with status %d", res.StatusCode), mayHaveEffect())
		f.Status = res.StatusCode
		return meta.Reply{}, f
	}
	reply := meta.Reply{Status: res.StatusCode, Body: body, Header: http.Header{}}
	for _, name := range meta.ReplyHeaders() {
		if v := res.Header.Get(name); v != "" {
			reply.Header.Set(name, v)
		}
	}
	return reply, nil
}
