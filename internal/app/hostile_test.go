package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNothingThatIsSentBreaksACall sends every call of the OpenAPI document what
// no client should: bodies of every wrong kind, members of every wrong type,
// characters that databases refuse, and the same in paths, queries and headers.
// Nothing of it may be answered 5xx, and every refusal is a problem with a code.
func TestNothingThatIsSentBreaksACall(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		d := readDocument(t, s.app.OpenAPI())
		h := newHouse(s, s.app.Workspace, "zebra")
		n := 0
		for _, o := range d.operations {
			if strings.HasSuffix(o.path, "/events") && o.method == "GET" {
				continue // an endless answer
			}
			_, session, err := h.enter()
			h.must(err)
			h.cookie = session // a call may end it
			h.settle()         // or change what others need
			c := &caller{house: h, document: d, o: o}
			c.path = fillPath(o.path, h.chain(c.forms()))
			if o.method != "GET" && o.method != "HEAD" {
				c.wholes()
				c.parts()
			}
			c.addresses()
			n += c.n
		}
		if n < 3000 {
			t.Errorf("only %d requests were made: does the document still name the calls?", n)
		}
	})
}

// caller makes wrong requests of one call.
type caller struct {
	*house
	*document
	o    *operation
	path string // with one's own ids
	n    int
}

func (c *caller) forms() (forms []string) {
	for _, at := range parameterOf.FindAllStringIndex(c.o.path, -1) {
		forms = append(forms, pathKinds[c.o.path[:at[1]]][0])
	}
	return forms
}

var stable = regexp.MustCompile(`^[a-z][a-z0-9_]+$`)

// try makes a request and answers what came, which must be an answer in order.
func (c *caller) try(what, path, body string, headers ...string) reply {
	c.t.Helper()
	c.n++
	// Strangers have a limit for each address: everybody comes from elsewhere.
	headers = append([]string{"X-Kontor-Request", "1", "X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", c.n/250%250, c.n%250)}, headers...)
	r := c.send(c.o.method, path, body, headers...)
	if len(body) > 200 {
		body = body[:200] + "…"
	}
	if r.status >= 500 {
		c.t.Errorf("%s with %s (%s %q): got %d %s, want a refusal", c.o.call, what, path, body, r.status, r.raw)
	}
	if r.status >= 400 && c.o.method != "HEAD" {
		if kind := r.header.Get("Content-Type"); kind != "application/problem+json" || !stable.MatchString(text1(r, "code")) || r.body["status"] != float64(r.status) || text1(r, "detail") == "" {
			c.t.Errorf("%s with %s (%s %q): got %d %s of type %s, want a problem with a code", c.o.call, what, path, body, r.status, r.raw, kind)
		}
	}
	return r
}

func (c *caller) want(r reply, what string, statuses ...int) {
	c.t.Helper()
	if !slices.Contains(statuses, r.status) {
		c.t.Errorf("%s with %s: got %d %s, want one of %v", c.o.call, what, r.status, r.raw, statuses)
	}
}

// base is a body that the call takes.
func (c *caller) base() map[string]any {
	c.t.Helper()
	var v any
	switch {
	case len(bodies[c.o.call]) > 0:
		text := c.fillIn(strings.ReplaceAll(bodies[c.o.call][0], "$", "#"))
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			c.t.Fatalf("%s: %v", text, err)
		}
	case c.o.example != nil:
		v = c.o.example
	default:
		v = c.sample(c.o.body)
	}
	base, _ := v.(map[string]any)
	if base == nil {
		base = map[string]any{}
	}
	return base
}

// wholes sends bodies that are wrong as a whole.
func (c *caller) wholes() {
	for what, body := range map[string]string{
		"no body": "", "a list": "[]", "a text": `"x"`, "a number": "1", "null": "null", "half a body": `{"a":`, "no UTF-8": "{\"text\":\"\xff\xfe\"}", "two bodies": "{}{}",
		"many brackets": strings.Repeat("[", 50_000), "many objects": strings.Repeat(`{"a":`, 20_000), "the same member twice": `{"text":"a","text":"b"}`,
	} {
		r := c.try(what, c.path, body)
		if c.o.required && what != "two bodies" && what != "the same member twice" {
			c.want(r, what, 400, 401, 403, 404, 409, 415, 422, 429)
		}
	}
	large := c.try("3 MB", c.path, `{"text":"`+strings.Repeat("x", 3<<20)+`"}`)
	if c.o.body != nil {
		c.want(large, "3 MB", http.StatusRequestEntityTooLarge)
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense", "application/json; charset=utf-7"} {
		r := c.try(kind, c.path, "{}", "Content-Type", kind)
		if c.o.body != nil && !strings.HasPrefix(kind, "application/json") {
			c.want(r, kind, http.StatusUnsupportedMediaType)
		}
	}
}

// odd are values that a member may be given instead of its own.
var odd = map[string]string{
	"a zero byte": `"a\u0000b"`, "half a character": `"\ud800"`, "a long text": `"` + strings.Repeat("ä", 6000) + `"`, "an empty text": `""`, "blanks": `"   "`,
	"a turned text": `"\u202etxt.exe"`, "a huge number": `1e308`, "a number beyond": `9223372036854775808`, "a negative number": `-1`, "a fraction": `0.5`,
	"true": `true`, "null": `null`, "a list": `[1,[2]]`, "an object": `{"x":{"y":1}}`,
}

// parts sends bodies with one wrong member.
func (c *caller) parts() {
	if c.o.body == nil {
		return
	}
	base := c.base()
	with := func(what, path, value string) reply {
		var v any
		text, err := json.Marshal(base)
		if err == nil {
			err = json.Unmarshal(text, &v) // a copy
		}
		if err != nil {
			c.t.Fatal(err)
		}
		v = put(v, strings.Split(path, "."))
		if text, err = json.Marshal(v); err != nil {
			c.t.Fatal(err)
		}
		return c.try(what+" as "+path, c.path, strings.ReplaceAll(string(text), `"\u0001"`, value))
	}
	c.want(with("an unknown member", "unheard_of", `"x"`), "an unknown member", 401, 403, 404, 409, 422)
	c.want(with("a member of no name", "\u2028", `"x"`), "a member of no name", 401, 403, 404, 409, 422)
	paths := map[string]bool{}
	c.members(c.o.body, func(path string, _ *schema) {
		for part := path; part != ""; part = part[:max(0, strings.LastIndexByte(part, '.'))] {
			paths[part] = true
			paths[strings.TrimSuffix(part, "[]")] = true
		}
	})
	for path := range paths {
		if strings.HasSuffix(path, "\u2026") || path == "" {
			continue
		}
		for what, value := range odd {
			with(what, path, value)
		}
	}
	for _, more := range free[c.o.call] {
		c.try("free members", c.path, c.fillIn(more))
	}
}

// free are bodies with zero bytes where the document lets anything stand.
var free = map[string][]string{
	"PUT /orders/{id}": {`{"customer":{"phone":"#phone"},"status":"received","fields":{"a":"x\u0000y"}}`, `{"customer":{"phone":"#phone"},"status":"received","fields":{"a\u0000":"x"}}`},
	"PUT /order-statuses": {`{"statuses":[{"key":"received","labels":{"de":"x\u0000"}}],"time_zone":"UTC","default_language":"en_US","free_text":false}`,
		`{"statuses":[{"key":"received","labels":{"d\u0000e":"x"}}],"time_zone":"UTC","default_language":"en_US","free_text":false}`},
	"POST /send/template": {`{"to":"#contact","template":{"name":"hello_world","language":{"code":"en_US"},"components":[{"type":"body\u0000","parameters":[{"type":"text","text":"\u0000"}]}]}}`,
		`{"to":"#contact","template":{"name":"hello_world","language":{"code":"en_US"},"components":[1,"x",null]}}`},
	"POST /send/text":     {`{"to":"#contact","text":"hi","context":{"message_id":"#message","x":"\u0000"}}`},
	"POST /send/contacts": {`{"to":"#contact","contacts":[{"name":{"formatted_name":"A\u0000","first_name":"A"},"x\u0000":"\u0000"}]}`},
}

// put sets a member of a body to the mark \u0001, and makes what holds it.
func put(v any, path []string) any {
	if len(path) == 0 {
		return "\u0001"
	}
	name, list := strings.CutSuffix(path[0], "[]")
	object, _ := v.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	object = maps.Clone(object)
	if !list {
		object[name] = put(object[name], path[1:])
		return object
	}
	entries, _ := object[name].([]any)
	var first any
	if len(entries) > 0 {
		first = entries[0]
	}
	object[name] = []any{put(first, path[1:])}
	return object
}

// addresses sends what is wrong outside the body.
func (c *caller) addresses() {
	texts := map[string]string{
		"a zero byte": "%00", "a zero byte within": "a%00b", "no UTF-8": "%ff%fe", "half a character": "%ed%a0%80", "a way out": "..%2f..%2fetc%2fpasswd", "a quote": "%27%20OR%201=1--",
		"a long text": strings.Repeat("a", 3000), "a large number": "99999999999999999999", "a negative one": "-1", "blanks": "%20%20", "lines": "a%0d%0aSet-Cookie:%20a=b", "a percent": "%25",
	}
	text := ""
	if c.o.body != nil {
		raw, err := json.Marshal(c.base())
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(raw)
	}
	for _, at := range parameterOf.FindAllString(c.o.path, -1) {
		for what, value := range texts {
			c.try(what+" as "+at, parameterOf.ReplaceAllString(strings.ReplaceAll(c.o.path, at, value), "1"), text)
		}
	}
	for _, p := range c.o.parameters {
		switch p.In {
		case "query":
			for what, value := range texts {
				c.try(what+" as "+p.Name, c.path+"?"+p.Name+"="+value, text)
			}
		case "header":
			for what, value := range map[string]string{"no UTF-8": "\xff\xfe", "a long text": strings.Repeat("a", 3000), "a word": "x", "a number": "99999999999999999999"} {
				c.try(what+" as "+p.Name, c.path, text, p.Name, value)
			}
		}
	}
	if c.o.method == "GET" {
		r := c.try("an unknown parameter", c.path+"?unheard_of=1", "")
		if r.status == http.StatusOK && !strings.HasPrefix(c.o.path, "/media/") {
			c.t.Errorf("%s with an unknown parameter: got 200, want it refused", c.o.call)
		}
	}
}
