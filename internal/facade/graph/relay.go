package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// passing is a call on its way to the provider: everything in it is proven to
// be the workspace's.
type passing struct {
	path    string          // below the version
	fields  map[string]bool // see edge
	members []string        // see edge
	query   url.Values      // nil: the caller's
	body    *meta.Call      // body and headers of their own, or nil: the caller's
	// change edits a good answer; nil: it is relayed as it is.
	change func(body map[string]any) error
	done   func() // after a success
}

var errNoGraph = fault.New(fault.Invalid, codeUnsupported, "The provider of this number does not speak Meta's management API; nothing was done.", "Use Kontor's own API, or the provider's pages.")

// pass makes the call with the number's own token and relays the answer.
func (c *call) pass(n *wa.Number, p passing) error {
	out := meta.Call{Method: c.r.Method, Path: p.path, Query: p.query}
	if out.Method == http.MethodHead {
		out.Method = http.MethodGet
	}
	if out.Query == nil {
		out.Query = c.passedQuery(p.fields)
	}
	if p.body != nil {
		out.Body, out.ContentType, out.Length, out.Header = p.body.Body, p.body.ContentType, p.body.Length, p.body.Header
	} else if out.Method != http.MethodGet { // some clients send {} with every call
		if err := c.passedBody(&out, p.members); err != nil {
			return err
		}
	}
	if out.Method != http.MethodGet {
		if err := onlyMembers(out.Query, p.members); err != nil {
			return err
		}
	}
	reply, able, failure := c.g.Relay.Relay(c.r.Context(), n, out)
	switch {
	case !able:
		return errNoGraph
	case failure != nil:
		return failure
	}
	return c.relay(n, reply, p)
}

// passedBody is the caller's JSON or form without what is the gateway's.
func (c *call) passedBody(out *meta.Call, members []string) error {
	switch c.bodyKind {
	case "":
		return nil
	case "multipart", "raw":
		return fault.New(fault.Invalid, codeParameter, "The body has a type that this call does not take; nothing was done.", "Send Content-Type: application/json.")
	}
	if err := c.readBody(); err != nil {
		return err
	}
	var text []byte
	if c.form != nil {
		kept := url.Values{}
		for name, values := range c.form {
			kept[name] = values
		}
		for _, name := range ownParameters {
			kept.Del(name)
		}
		if err := onlyMembers(kept, members); err != nil {
			return err
		}
		text, out.ContentType = []byte(kept.Encode()), "application/x-www-form-urlencoded"
	} else {
		body, err := c.object()
		if err != nil {
			return err
		}
		for _, name := range ownParameters {
			delete(body, name)
		}
		if err := onlyMembers(body, members); err != nil {
			return err
		}
		if text, err = json.Marshal(body); err != nil {
			return err
		}
		out.ContentType = "application/json"
	}
	out.Body, out.Length = bytes.NewReader(text), int64(len(text))
	return nil
}

// object is the JSON body, with its members as they were written.
func (c *call) object() (map[string]json.RawMessage, error) {
	body := map[string]json.RawMessage{}
	if text := bytes.TrimSpace(c.body); len(text) > 0 {
		if err := json.Unmarshal(text, &body); err != nil || body == nil {
			return nil, fault.New(fault.Invalid, "not_json", "The body is not a JSON object; nothing was done.", "Send a JSON object with Content-Type: application/json.").Because(err)
		}
	}
	return body, nil
}

// onlyMembers refuses what would make another call of it, and members that are
// not on the list.
func onlyMembers[V any](body map[string]V, members []string) error {
	for name := range body {
		if slices.Contains(oddParameters, name) {
			return oddParameter(name)
		}
		if members != nil && !slices.Contains(members, name) && name != "messaging_product" {
			return fault.New(fault.Invalid, codeParameter, fmt.Sprintf("The parameter %s is not passed through; nothing was done.", clip(name)), "")
		}
	}
	return nil
}

// relay answers with what the provider answered, but for tokens and hosts.
func (c *call) relay(n *wa.Number, reply meta.Reply, p passing) error {
	failed := reply.Status >= 300
	if e := meta.ParseError(reply.Body); e != nil {
		failed = true
		if e.Class(reply.Status) == wa.ClassToken {
			return errToken.Because(fmt.Errorf("code %d, trace %q", int(e.Code), e.FBTraceID))
		}
	} else if failed || !json.Valid(reply.Body) {
		return fault.New(fault.Unavailable, "whatsapp_unavailable", fmt.Sprintf("WhatsApp answered with the HTTP status %d and nothing of Graph's.", reply.Status), "Try again after a while.")
	}
	body, err := c.clean(n, reply.Body, p, !failed)
	if err != nil {
		return err
	}
	code := 0
	status := http.StatusOK
	if failed {
		e := meta.ParseError(reply.Body)
		code, status = int(e.Code), max(reply.Status, http.StatusBadRequest)
	} else if p.done != nil {
		p.done()
	}
	h := c.w.Header()
	for name, values := range reply.Header {
		h[name] = values
	}
	c.answered = true
	c.head(contentJSON)
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // the client has left: nobody to tell
	c.g.count(c.label, code)
	return nil
}

// sync has the catalogue read anew after a change that was made past it. The
// change itself is done: that the catalogue follows later is no failure of it.
func (c *call) sync() {
	if err := c.g.SyncTemplates(c.r.Context(), c.who.WorkspaceID); err != nil {
		c.g.Log.WarnContext(c.r.Context(), "templates were changed, but their reading could not be ordered", "request_id", c.trace(), "err", err)
	}
}
