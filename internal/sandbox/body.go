package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/meta"
)

// maxBody bounds bodies that are not uploads.
const maxBody = 4 << 20

// readBody decodes a JSON or form body; multipart is the media edge's business.
func (c *call) readBody() *refusal {
	if c.r.Method != http.MethodPost && c.r.Method != http.MethodDelete {
		return nil
	}
	if strings.HasPrefix(c.object, sessionPrefix) {
		return nil // raw bytes
	}
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		if c.edge == "media" || c.edge == "assets" {
			return nil
		}
		return badParameter("multipart bodies are for uploads only")
	}
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil || len(raw) > maxBody {
		return badParameter("the body could not be read, or is larger than %d bytes", maxBody)
	}
	c.raw = raw
	if len(bytes.TrimSpace(raw)) == 0 {
		c.body = map[string]any{}
		return nil
	}
	var bad *refusal
	if kind == "application/x-www-form-urlencoded" && raw[0] != '{' {
		c.body, bad = formBody(raw)
	} else {
		c.body, bad = decodeObject(raw)
	}
	return bad
}

// formBody reads a form whose values may be JSON, as Graph does.
func formBody(raw []byte) (map[string]any, *refusal) {
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, badParameter("the body is not a form")
	}
	m := meta.FormMembers(values)
	for name, v := range m {
		if text, ok := v.(string); ok {
			m[name] = formValue(text)
		}
	}
	return m, nil
}

// formValue is the value of a form or query parameter, which may be JSON.
func formValue(v string) any {
	if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
		var inner any
		d := json.NewDecoder(strings.NewReader(v))
		d.UseNumber()
		if d.Decode(&inner) == nil {
			return withoutNulls(inner)
		}
	}
	return v
}

// marshal writes an answer: JSON without escapes for browsers.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
