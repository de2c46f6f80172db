package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// An id that Kontor does not know may still be the workspace's: a template made
// a moment ago, a flow, a file uploaded to Meta by somebody else. The provider
// is asked, with the token of the workspace's own numbers; but a token may see
// more than one workspace's accounts, so its answer alone proves nothing. What
// proves is that the object hangs on an account or number of the workspace.

// ask finds out what an unknown id names.
func (c *call) ask(ctx context.Context, id string, own []*wa.Number) (*node, error) {
	if found, err := c.askMedia(ctx, id, id); !fault.Is(err, fault.NotFound) {
		return found, err
	}
	for _, n := range accountsOf(own) {
		found, err := c.askAccount(ctx, id, n, own)
		if found != nil || err != nil {
			return found, err
		}
	}
	return nil, errUnknown(id)
}

// maxAsked bounds how many numbers are asked for one id: whoever has more names
// the right one in phone_number_id.
const maxAsked = 10

// askMedia asks for a file by WhatsApp's id: it belongs to one number, which
// Meta compares (cloud-api.md 1.5).
func (c *call) askMedia(ctx context.Context, id, remoteID string) (*node, error) {
	numbers := c.g.Numbers.Of(c.who.WorkspaceID)
	if asked := c.query.Get("phone_number_id"); asked != "" {
		numbers = slices.DeleteFunc(numbers, func(n *wa.Number) bool { return string(n.PhoneNumberID) != asked })
	}
	if len(numbers) > maxAsked {
		numbers = numbers[:maxAsked]
	}
	for _, n := range numbers {
		if m, failure := c.g.Carrier.Media(ctx, n, remoteID); failure == nil {
			return &node{kind: mediaKind, id: id, number: n, remote: m.ID}, nil
		} else if failure.Problem.Code == 0 && (failure.Status == 0 || failure.Status >= 500) {
			return nil, failure // no answer: that says nothing about the id
		}
	}
	return nil, errUnknown(id)
}

// accountsOf is one number for each account.
func accountsOf(own []*wa.Number) (out []*wa.Number) {
	seen := map[wa.WABAID]bool{}
	for _, n := range own {
		if n.WABAID != "" && !seen[n.WABAID] {
			seen[n.WABAID] = true
			out = append(out, n)
		}
	}
	return out
}

// askAccount looks for a flow or template on one account; nil and nil when it
// is neither.
func (c *call) askAccount(ctx context.Context, id string, n *wa.Number, own []*wa.Number) (*node, error) {
	var flow struct {
		Account struct {
			ID string `json:"id"`
		} `json:"whatsapp_business_account"`
	}
	if ok, err := c.read(ctx, n, "/"+id, url.Values{"fields": {"id,name,whatsapp_business_account"}}, &flow); err != nil {
		return nil, err
	} else if ok && slices.ContainsFunc(own, func(o *wa.Number) bool { return string(o.WABAID) == flow.Account.ID }) {
		return &node{kind: flowKind, id: id, number: n}, nil
	}
	var t struct {
		Name     string `json:"name"`
		Language string `json:"language"`
	}
	if ok, err := c.read(ctx, n, "/"+id, url.Values{"fields": {"id,name,language"}}, &t); err != nil || !ok || t.Name == "" || t.Language == "" {
		return nil, err
	}
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	query := url.Values{"fields": {"id"}, "name": {t.Name}, "limit": {"100"}}
	if _, err := c.read(ctx, n, "/"+url.PathEscape(string(n.WABAID))+"/message_templates", query, &list); err != nil {
		return nil, err
	}
	for _, e := range list.Data {
		if e.ID == id {
			return &node{kind: templateKind, id: id, number: n, name: t.Name}, nil
		}
	}
	return nil, nil
}

// read asks the provider and reads the answer; ok is false when it refused.
func (c *call) read(ctx context.Context, n *wa.Number, path string, query url.Values, into any) (ok bool, err error) {
	reply, able, failure := c.g.Relay.Relay(ctx, n, meta.Call{Method: http.MethodGet, Path: path, Query: query})
	switch {
	case !able:
		return false, nil
	case failure != nil:
		return false, failure
	}
	return reply.Status < 300 && json.Unmarshal(reply.Body, into) == nil, nil
}
