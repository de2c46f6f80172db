package sandboxclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client is one sandbox. It may be used from several goroutines.
type Client struct {
	base string
	http *http.Client
}

// New makes a client for the sandbox at that address, for example
// "http://127.0.0.1:8090".
func New(address string) *Client {
	return &Client{base: strings.TrimRight(address, "/"), http: &http.Client{}}
}

// URL is the sandbox's address, without a slash at the end. A program under test
// takes it as the base of Graph calls.
func (c *Client) URL() string { return c.base }

// Error is why the sandbox would not do something.
type Error struct {
	Status int    `json:"status"`
	Code   string `json:"code"` // stable: invalid, unknown_customer, …
	Detail string `json:"detail"`
}

// Error tells code and detail.
func (e *Error) Error() string {
	return fmt.Sprintf("sandbox: %s (%s, HTTP %d)", e.Detail, e.Code, e.Status)
}

// Call makes any call of the control API: path begins with /sandbox, in is
// written as JSON unless it is nil, the answer is read into out unless that is
// nil. A refusal is an *Error.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		e := &Error{Status: resp.StatusCode, Code: "unknown", Detail: resp.Status}
		if json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(e) != nil {
			e.Status = resp.StatusCode // the body was no problem; the status is
		}
		return e
	}
	if out == nil {
		_, err := io.Copy(io.Discard, resp.Body)
		return err
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("sandbox: answer of %s %s: %w", method, path, err)
	}
	return nil
}

// Ready waits until the sandbox answers, or ctx ends.
func (c *Client) Ready(ctx context.Context) error {
	for {
		err := c.Call(ctx, http.MethodGet, "/healthz", nil, nil)
		var refused *Error
		if err == nil || errors.As(err, &refused) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Idle waits, at most so long, until no message and no webhook is under way; it
// is an error when some still are. Use it before looking at what must not have
// happened.
func (c *Client) Idle(ctx context.Context, most time.Duration) error {
	var a struct {
		Idle     bool `json:"idle"`
		Webhooks int  `json:"webhooks"`
		Messages int  `json:"messages"`
	}
	if err := c.Call(ctx, http.MethodPost, "/sandbox/idle?wait="+most.String(), nil, &a); err != nil {
		return err
	}
	if !a.Idle {
		return fmt.Errorf("sandbox: after %s %d webhooks wait to be taken and %d messages are on their way", most, a.Webhooks, a.Messages)
	}
	return nil
}

// Reset lets the sandbox forget people, messages, templates, media, faults,
// conduct, clock and log. Callbacks stay.
func (c *Client) Reset(ctx context.Context) error {
	return c.Call(ctx, http.MethodPost, "/sandbox/reset", nil, nil)
}

// ResetTo is Reset, and ids begin as in a new sandbox with that seed: the same
// calls then give the same ids.
func (c *Client) ResetTo(ctx context.Context, seed uint64) error {
	return c.Call(ctx, http.MethodPost, "/sandbox/reset", map[string]uint64{"seed": seed}, nil)
}

// State is all that the sandbox knows, to be given to Restore. With media the
// bytes of media are there too.
func (c *Client) State(ctx context.Context, media bool) (json.RawMessage, error) {
	var state json.RawMessage
	err := c.Call(ctx, http.MethodGet, fmt.Sprintf("/sandbox/state?media=%t", media), nil, &state)
	return state, err
}

// Restore lets the sandbox go on from a State.
func (c *Client) Restore(ctx context.Context, state json.RawMessage) error {
	return c.Call(ctx, http.MethodPut, "/sandbox/state", state, nil)
}

// Customer is the person with that phone number (in any usual writing) or
// business-scoped user id. A phone exists from its first use on.
func (c *Client) Customer(id string) *Customer {
	return &Customer{c: c, path: "/sandbox/customers/" + url.PathEscape(id)}
}
