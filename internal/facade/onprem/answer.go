package onprem

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// clientVersion is the version that meta tells: the last one with new features.
// Some programs switch abilities on by comparing it (on-premises-api.md 0).
const clientVersion = "v2.53.0"

// answer is what a call says when all went well.
type answer struct {
	status int
	body   map[string]any              // beside meta; nil: meta alone
	raw    func(w http.ResponseWriter) // instead of body
}

// done is the "empty" success.
func done(status int) *answer { return &answer{status: status} }

// tell answers 200 with one member.
func tell(name string, v any) *answer {
	return &answer{status: http.StatusOK, body: map[string]any{name: v}}
}

// raw answers with something that is not JSON.
func raw(write func(w http.ResponseWriter)) *answer { return &answer{raw: write} }

// meta is in every answer. 360dialog's has more (on-premises-api.md 0).
func (c *call) meta(status int, message string) map[string]any {
	m := map[string]any{"api_status": "stable", "version": clientVersion}
	if c.dialog360 {
		m["success"], m["http_code"], m["httpCode"] = status < 300, status, status
		if message != "" {
			m["developer_message"], m["developerMessage"] = message, message
		}
	}
	return m
}

func (c *call) write(a *answer) {
	if a.raw != nil {
		a.raw(c.w)
		return
	}
	body := map[string]any{"meta": c.meta(a.status, "")}
	for name, v := range a.body {
		body[name] = v
	}
	c.writeJSON(a.status, body)
}

// writeRefusal answers no. Without errors the body is empty, as a file that is
// not there (3.3).
func (c *call) writeRefusal(r *Refusal) {
	if r.RetryAfter > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(int((r.RetryAfter+time.Second-1)/time.Second)))
	}
	if len(r.Errors) == 0 {
		c.w.WriteHeader(r.Status)
		return
	}
	if c.gateway { // 360dialog's own door speaks by meta alone
		c.writeJSON(r.Status, map[string]any{"meta": c.meta(r.Status, r.Errors[0].Details)})
		return
	}
	c.writeJSON(r.Status, map[string]any{"errors": r.Errors, "meta": c.meta(r.Status, r.Errors[0].Details)})
}

func (c *call) writeJSON(status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // maps of texts and numbers: cannot happen
		status = http.StatusInternalServerError
		b.Reset()
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/json;charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	c.w.WriteHeader(status)
	c.w.Write(b.Bytes()) // a client that went away has nobody to be told
}
