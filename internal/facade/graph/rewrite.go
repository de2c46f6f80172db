package graph

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"kontor/internal/wa"
)

// metaHost is where Graph's own paging addresses point.
const metaHost = "graph.facebook.com"

// clean is the provider's answer as it may leave the house: addresses of the
// provider's become ours, and its token nowhere remains.
func (c *call) clean(n *wa.Number, body []byte, p passing, good bool) ([]byte, error) {
	w := &washing{c: c, n: n, token: n.AccessToken.Reveal(), hosts: []string{metaHost}}
	if base, err := url.Parse(n.BaseURL); err == nil && base.Host != "" {
		w.hosts = append(w.hosts, base.Host)
		w.prefix = strings.TrimRight(base.Path, "/")
	}
	change := good && p.change != nil
	if !change && !w.dirty(body) {
		return body, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if answer, ok := v.(map[string]any); ok && change {
		if err := p.change(answer); err != nil {
			return nil, err
		}
	}
	v = w.wash(v)
	if w.err != nil {
		return nil, w.err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// washing goes through one answer.
type washing struct {
	c      *call
	n      *wa.Number
	token  string
	hosts  []string // of the provider, with ports
	prefix string   // of the provider's paths, before the version
	err    error
}

func (w *washing) dirty(body []byte) bool {
	if w.token != "" && bytes.Contains(body, []byte(w.token)) || bytes.Contains(body, []byte("access_token")) || bytes.Contains(body, []byte(`\u`)) {
		return true
	}
	for _, host := range w.hosts {
		if bytes.Contains(body, []byte(host)) {
			return true
		}
	}
	return false
}

func (w *washing) wash(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = w.wash(member)
		}
	case []any:
		for i, element := range v {
			v[i] = w.wash(element)
		}
	case string:
		return w.text(v)
	}
	return v
}

// text turns an address of the provider's into one of ours and removes the
// token from anything else.
func (w *washing) text(s string) string {
	if at, err := url.Parse(s); err == nil && at.Host != "" && w.theirs(at.Host) {
		return w.address(at)
	}
	if w.token != "" {
		s = strings.ReplaceAll(s, w.token, "•••")
	}
	for _, host := range w.hosts {
		s = strings.ReplaceAll(s, host, w.c.r.Host)
	}
	return s
}

func (w *washing) theirs(host string) bool {
	for _, h := range w.hosts {
		if strings.EqualFold(h, host) {
			return true
		}
	}
	return false
}

var graphNode = regexp.MustCompile(`^(?:v[0-9]+(?:\.[0-9]+)?/)?([0-9]+(?:/.*)?|message_template_library)$`)

// address is ours for one of the provider's: the same call for a page of a
// list, and a file that is fetched for the caller for anything else.
func (w *washing) address(at *url.URL) string {
	path := strings.TrimPrefix(strings.TrimPrefix(at.EscapedPath(), w.prefix), "/")
	if m := graphNode.FindStringSubmatch(path); m != nil {
		query := at.Query()
		for _, name := range ownParameters {
			query.Del(name)
		}
		ours := w.c.base() + "/" + w.c.version + "/" + m[1]
		if text := query.Encode(); text != "" {
			ours += "?" + text
		}
		return ours
	}
	until := w.c.g.Now().Add(attachmentLife)
	ours, err := w.c.address(attachment{Workspace: w.n.WorkspaceID, Number: w.n.PhoneNumberID, URL: at.String(), Until: until.Unix()}, "0")
	if err != nil {
		w.err = err
	}
	return ours
}
