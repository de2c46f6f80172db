package cloudapi

import (
	"context"
	"net/http"
	"net/url"

	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// codeMediaUpload is 131053: with a link, Meta could not fetch it just now.
const codeMediaUpload = 131053

// Send posts one message (cloud-api.md 1.1).
func (c *Client) Send(ctx context.Context, n *wa.Number, m wa.Outgoing) (wa.Accepted, *wa.Failure) {
	body, err := meta.Outgoing(&m)
	if err != nil {
		return wa.Accepted{}, &wa.Failure{Class: wa.ClassNever, Cause: err,
			Problem: wa.Problem{Title: "The message cannot be written in Meta's form.", Details: fault.As(err).Detail}}
	}
	answer, failure := c.call(ctx, n, request{method: http.MethodPost, path: messages(n), body: body, once: true})
	if failure != nil {
		if failure.Problem.Code == codeMediaUpload && byLink(&m.Content) {
			failure.Class = wa.ClassRetryNow
		}
		return wa.Accepted{}, failure
	}
	accepted, err := meta.ParseSendAnswer(answer)
	if err != nil {
		return wa.Accepted{}, unreadable(http.StatusOK, err, true)
	}
	return accepted, nil
}

// MarkRead posts a read receipt (cloud-api.md 1.1).
func (c *Client) MarkRead(ctx context.Context, n *wa.Number, id wa.Wamid, typing bool) *wa.Failure {
	body, err := meta.Read(id, typing)
	if err != nil {
		return &wa.Failure{Class: wa.ClassNever, Cause: err}
	}
	return c.write(ctx, n, messages(n), body)
}

// write posts what answers {"success":true} and can be repeated.
func (c *Client) write(ctx context.Context, n *wa.Number, path string, body []byte) *wa.Failure {
	answer, failure := c.call(ctx, n, request{method: http.MethodPost, path: path, body: body})
	if failure != nil {
		return failure
	}
	if err := meta.ParseSuccess(answer); err != nil {
		return unreadable(http.StatusOK, err, false)
	}
	return nil
}

// byLink tells that Meta fetches the message's media from somewhere.
func byLink(c *wa.Content) bool {
	media := c.MediaPart()
	if media == nil && c.Interactive != nil {
		media = c.Interactive.Header.MediaPart()
	}
	if media != nil {
		return media.ID == "" && media.Link != ""
	}
	if c.Template == nil {
		return false
	}
	for i := range c.Template.Components {
		for k := range c.Template.Components[i].Parameters {
			if p := c.Template.Components[i].Parameters[k].MediaPart(); p != nil && p.ID == "" && p.Link != "" {
				return true
			}
		}
	}
	return false
}

func messages(n *wa.Number) string { return numberPath(n) + "/messages" }

func numberPath(n *wa.Number) string { return "/" + url.PathEscape(string(n.PhoneNumberID)) }

func accountPath(n *wa.Number) string { return "/" + url.PathEscape(string(n.WABAID)) }
