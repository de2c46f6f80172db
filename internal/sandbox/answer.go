package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// fields is what a caller asked for: a tree, "a,b{c}" (cloud-api.md 0).
type fields map[string]fields

// parseFields reads the parameter "fields"; nil when it is empty. Filters in
// dot form ("analytics.start(1)") are cut off.
func parseFields(s string) fields {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	all := fields{}
	depth, start := 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || (s[i] == ',' && depth == 0):
			name, inner, _ := strings.Cut(strings.TrimSpace(s[start:i]), "{")
			name, _, _ = strings.Cut(name, ".")
			if name = strings.TrimSpace(name); name != "" {
				all[name] = parseFields(strings.TrimSuffix(inner, "}"))
			}
			start = i + 1
		case s[i] == '{' || s[i] == '(':
			depth++
		case s[i] == '}' || s[i] == ')':
			depth--
		}
	}
	return all
}

// choose keeps the fields asked for, else those of def, and always the id.
// Unknown fields are left out.
func choose(object map[string]any, want fields, def ...string) map[string]any {
	out := map[string]any{}
	if id, ok := object["id"]; ok {
		out["id"] = id
	}
	if want == nil {
		for _, name := range def {
			if v, ok := object[name]; ok {
				out[name] = v
			}
		}
		return out
	}
	for name, inner := range want {
		v, ok := object[name]
		if !ok {
			continue
		}
		if m, isObject := v.(map[string]any); isObject && inner != nil {
			v = choose(m, inner)
		}
		out[name] = v
	}
	return out
}

// object turns a struct into the form that choose works on.
func asObject(v any) map[string]any {
	b, err := json.Marshal(v)
	if err != nil {
		return map[string]any{}
	}
	m := map[string]any{}
	_ = json.Unmarshal(b, &m) // what Marshal wrote can be read
	return m
}

const (
	pageSize    = 25
	maxPageSize = 1000
)

// paged cuts one page out of all and wraps it as Graph does, with cursors and
// the address of the next page (cloud-api.md 0).
func paged[T any](c *call, all []T) (map[string]any, *refusal) {
	limit := pageSize
	if s := c.query.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return nil, badParameter("limit: must be a positive integer")
		}
		limit = min(n, maxPageSize)
	}
	start, end := 0, len(all)
	if after := c.query.Get("after"); after != "" {
		n, ok := cursor(after)
		if !ok || n >= len(all)+1 {
			return nil, c.badCursor("after")
		}
		start = n + 1
	} else if before := c.query.Get("before"); before != "" {
		n, ok := cursor(before)
		if !ok || n > len(all) {
			return nil, c.badCursor("before")
		}
		end = n
		start = max(0, end-limit)
	}
	start = min(start, len(all))
	end = min(end, start+limit)
	data := all[start:end]
	if data == nil {
		data = []T{}
	}
	out := map[string]any{"data": data}
	if len(data) > 0 {
		paging := map[string]any{"cursors": map[string]string{"before": asCursor(start), "after": asCursor(end - 1)}}
		if end < len(all) {
			paging["next"] = c.pageURL("after", asCursor(end-1), limit)
		}
		if start > 0 {
			paging["previous"] = c.pageURL("before", asCursor(start), limit)
		}
		out["paging"] = paging
	}
	return out, nil
}

// badCursor refuses a cursor: 131059 since v24.0 (cloud-api.md 3.4).
func (c *call) badCursor(name string) *refusal {
	if c.version < 24 {
		return badParameter("%s: the cursor is invalid or has expired", name)
	}
	return refuse(131059, "%s: the cursor is invalid or has expired", name)
}

func asCursor(i int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("at:" + strconv.Itoa(i)))
}

func cursor(s string) (int, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || !strings.HasPrefix(string(b), "at:") {
		return 0, false
	}
	n, err := strconv.Atoi(string(b[3:]))
	return n, err == nil && n >= 0
}

// pageURL is the address of another page; without the token.
func (c *call) pageURL(direction, at string, limit int) string {
	q := url.Values{}
	for name, v := range c.query {
		if name != "after" && name != "before" && name != "access_token" {
			q[name] = v
		}
	}
	q.Set(direction, at)
	q.Set("limit", strconv.Itoa(limit))
	return c.s.base(c.r) + c.r.URL.Path + "?" + q.Encode()
}

var done = map[string]bool{"success": true}
