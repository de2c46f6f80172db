package cloudapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

const (
	answerLimit = 1 << 20  // bytes of an answer
	pageLimit   = 16 << 20 // bytes of a page of templates
)

// request is one call of Graph's.
type request struct {
	method string
	path   string     // below the version, parts escaped
	query  url.Values // or nil
	body   []byte     // JSON, or nil
	limit  int64      // bytes of the answer; answerLimit when 0
	// once is set when doing it twice does harm: then an answer that did not
	// come makes the call uncertain.
	once bool
}

// call does it and returns the body of a good answer.
func (c *Client) call(ctx context.Context, n *wa.Number, r request) ([]byte, *wa.Failure) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var left departure
	if r.once {
		ctx = left.watch(ctx)
	}
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address(n, r.path, r.query), body)
	if err != nil {
		return nil, misconfigured(err)
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.exchange(req, n, r.limit, func() bool { return r.once && left.whole(len(r.body)) })
}

// exchange sends req and reads the answer. mayHaveEffect is asked when no
// answer of Graph's came.
func (c *Client) exchange(req *http.Request, n *wa.Number, limit int64, mayHaveEffect func() bool) ([]byte, *wa.Failure) {
	c.sign(req, n)
	res, err := c.calls.Do(req)
	if err != nil {
		return nil, unanswered(err, mayHaveEffect())
	}
	defer res.Body.Close()
	if limit == 0 {
		limit = answerLimit
	}
	body, err := readAll(res, limit)
	if res.StatusCode >= 300 {
		return nil, c.refusal(res, body, err, mayHaveEffect)
	}
	if err != nil {
		return nil, unreadable(res.StatusCode, err, mayHaveEffect())
	}
	if bytes.Contains(body, []byte(`"error"`)) && meta.ParseError(body) != nil { // a refusal, whatever the status says
		return nil, c.refusal(res, body, nil, mayHaveEffect)
	}
	return body, nil
}

// sign adds the headers that every request has. The token goes nowhere else.
func (c *Client) sign(req *http.Request, n *wa.Number) {
	req.Header.Set("Authorization", "Bearer "+n.AccessToken.Reveal())
	req.Header.Set("User-Agent", c.userAgent)
}

// address joins the number's base, its version unless the base has one, and path.
func address(n *wa.Number, path string, query url.Values) string {
	base := baseOf(n)
	var b strings.Builder
	b.Grow(len(base) + len(n.APIVersion) + len(path) + 2)
	b.WriteString(base)
	if n.APIVersion != "" && !endsInVersion(base) {
		b.WriteByte('/')
		b.WriteString(strings.Trim(n.APIVersion, "/"))
	}
	b.WriteString(path)
	if len(query) > 0 {
		b.WriteByte('?')
		b.WriteString(query.Encode())
	}
	return b.String()
}

func baseOf(n *wa.Number) string {
	if n.BaseURL == "" {
		return DefaultBaseURL
	}
	return strings.TrimRight(n.BaseURL, "/")
}

// endsInVersion finds "/v18.0" at the end.
func endsInVersion(base string) bool {
	last := base[strings.LastIndexByte(base, '/')+1:]
	digits, ok := strings.CutPrefix(last, "v")
	if !ok || digits == "" {
		return false
	}
	return strings.Trim(digits, "0123456789.") == "" && digits[0] != '.'
}

// errTooLong is an answer beyond its limit.
var errTooLong = errors.New("the answer is longer than any of Graph's")

func readAll(res *http.Response, limit int64) ([]byte, error) {
	if res.ContentLength > limit {
		return nil, errTooLong
	}
	var b bytes.Buffer
	if res.ContentLength > 0 {
		b.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	read, err := b.ReadFrom(io.LimitReader(res.Body, limit+1))
	if err == nil && read > limit {
		err = errTooLong
	}
	return b.Bytes(), err
}

// unanswered is the failure of a request to which nothing came back.
func unanswered(err error, mayHaveEffect bool) *wa.Failure {
	f := &wa.Failure{Class: wa.ClassBackoff, Cause: bare(err)}
	if mayHaveEffect {
		f.Class = wa.ClassUncertain
	}
	return f
}

// unreadable is the failure of a request whose good answer broke off or is not
// Graph's.
func unreadable(status int, err error, mayHaveEffect bool) *wa.Failure {
	f := unanswered(fmt.Errorf("answer with status %d: %w", status, bare(err)), mayHaveEffect)
	f.Status = status
	return f
}

// misconfigured is a request that cannot be made from what the number says.
func misconfigured(err error) *wa.Failure {
	return &wa.Failure{Class: wa.ClassOperator, Cause: bare(err),
		Problem: wa.Problem{Title: "The number's base URL or ids are not right."}}
}

// bare takes the address off net/http's errors: that of a file is a key to it.
func bare(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
