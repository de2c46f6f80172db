package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/meta"
)

// call is one request.
type call struct {
	g *Gateway
	w http.ResponseWriter
	r *http.Request
	place
	query    url.Values
	who      account.Principal
	label    string // for the metrics: "POST number/messages"
	bodyKind string // "json", "form", "multipart", "raw" or ""
	body     []byte // of json and form
	form     url.Values
	upload   *form // of multipart, once begun
	answered bool
}

const (
	maxBody     = 1 << 20 // bytes of JSON or a form
	bodyTimeout = 10 * time.Second
)

// serve finds out who calls and what for, and does it.
func (c *call) serve() error {
	c.place = parsePath(c.r.URL)
	c.query = c.r.URL.Query()
	c.bodyKind = kindOfBody(c.r)
	if err := c.authenticate(); err != nil {
		return err
	}
	if err := c.odd(); err != nil {
		return err
	}
	do, err := c.route()
	if err != nil {
		return err
	}
	return do()
}

// kindOfBody tells how a body is to be read; no type at all is read as JSON.
func kindOfBody(r *http.Request) string {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return ""
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "multipart/form-data":
		return "multipart"
	case kind == "application/x-www-form-urlencoded":
		return "form"
	case kind == "", kind == "application/json", kind == "text/plain", kind == "text/javascript", strings.HasSuffix(kind, "+json"):
		return "json"
	}
	return "raw"
}

var (
	errNobody = fault.New(fault.Unauthorized, "unauthorized", "An access token is required to request this resource.", "Send Authorization: Bearer with an API key of Kontor.")
	proof     = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
)

// authenticate finds whom the token stands for: in the header, the query or the
// body (cloud-api.md 0). An appsecret_proof is accepted and must have its form:
// it is made from an app secret of the caller's, which Kontor does not know, and
// the key alone opens.
func (c *call) authenticate() error {
	token := bearer(c.r.Header.Get("Authorization"))
	if token == "" {
		token = c.query.Get("access_token")
	}
	if token == "" && (c.bodyKind == "json" || c.bodyKind == "form") {
		if err := c.readBody(); err != nil {
			return err
		}
		token = c.parameter("access_token")
	}
	if token == "" && c.bodyKind == "multipart" {
		f, err := c.openForm()
		if err != nil {
			return err
		}
		token = f.fields["access_token"]
	}
	if token == "" {
		return errNobody
	}
	given := c.query.Get("appsecret_proof")
	if given == "" && c.form != nil {
		given = c.form.Get("appsecret_proof")
	}
	if given != "" && !proof.MatchString(given) {
		return fault.New(fault.Invalid, codeParameter, "Invalid appsecret_proof provided in the API argument.", "It is the hexadecimal HMAC-SHA256 of the token; Kontor does not need it.")
	}
	var err error
	c.who, err = c.g.Accounts.Verify(c.r.Context(), token)
	return err
}

func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "OAuth") {
		return strings.TrimSpace(token)
	}
	return ""
}

// odd refuses what would make another call of this one at Graph.
func (c *call) odd() error {
	for _, name := range oddParameters {
		if c.query.Has(name) {
			return oddParameter(name)
		}
	}
	return nil
}

// oddParameters change what a Graph call is: a GET could delete, one path could
// name many objects.
var oddParameters = []string{"method", "batch", "ids", "callback", "suppress_http_code", "include_headers"}

func oddParameter(name string) error {
	return fault.New(fault.Invalid, codeParameter, "The parameter "+name+" is not taken by this gateway; nothing was done.", "Make one call for each thing, with its own method.")
}

// need refuses callers whose role lacks a right.
func (c *call) need(right account.Right) error {
	if c.who.Can(right) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden", "The role of this key ("+string(c.who.Role)+") does not have the right "+string(right)+"; nothing was done.", "Use a key with another role.")
}

// readBody takes a JSON or form body in, once: so much and no more, within a time.
func (c *call) readBody() error {
	if c.body != nil || c.bodyKind != "json" && c.bodyKind != "form" {
		return nil
	}
	control := http.NewResponseController(c.w)
	timed := control.SetReadDeadline(time.Now().Add(bodyTimeout)) == nil // a recorder in tests has none
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if timed {
		_ = control.SetReadDeadline(time.Time{}) // was accepted a moment ago
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &fault.Error{Kind: fault.TooLarge, Code: "too_large", Detail: "The body is larger than 1 MiB; nothing was done.", Advice: "Upload files to the media edge and name their ids."}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.New(fault.Invalid, "body_timeout", "The body did not arrive within 10 seconds; nothing was done.", "Send the request again.")
	case err != nil:
		return fault.New(fault.Invalid, "not_json", "The body could not be read to its end; nothing was done.", "Send the request again.").Because(err)
	}
	if c.body = body; body == nil {
		c.body = []byte{}
	}
	text := bytes.TrimSpace(body)
	if c.bodyKind == "form" && (len(text) == 0 || text[0] != '{') { // some clients call JSON a form
		if c.form, err = url.ParseQuery(string(text)); err != nil {
			return fault.New(fault.Invalid, "not_json", "The body is not a form; nothing was done.", "Send JSON or application/x-www-form-urlencoded.").Because(err)
		}
		return nil
	}
	c.bodyKind = "json"
	return nil
}

// parameter is a text that callers put into the query, a form or a JSON body.
func (c *call) parameter(name string) string {
	if v := c.query.Get(name); v != "" {
		return v
	}
	if c.form != nil {
		return c.form.Get(name)
	}
	if c.bodyKind != "json" || len(c.body) == 0 {
		return ""
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(c.body, &members) != nil {
		return ""
	}
	var text string
	if json.Unmarshal(members[name], &text) == nil {
		return text
	}
	return strings.TrimSpace(string(members[name])) // a number as text
}

// trace names the request in Kontor's log, as fbtrace_id does at Meta.
func (c *call) trace() string { return c.w.Header().Get("X-Request-Id") }

// head sets what every answer of Graph's carries.
func (c *call) head(contentType string) {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("facebook-api-version", c.version)
	if id := c.trace(); id != "" {
		h.Set("x-fb-trace-id", id)
	}
}

const contentJSON = "application/json; charset=UTF-8"

// write answers with JSON.
func (c *call) write(status int, v any) {
	c.answered = true
	c.head(contentJSON)
	c.w.WriteHeader(status)
	enc := json.NewEncoder(c.w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client has left: nobody to tell
}

// succeed answers with a result.
func (c *call) succeed(v any) error {
	c.write(http.StatusOK, v)
	c.g.count(c.label, 0)
	return nil
}

// success is what most writes answer.
var success = meta.Success{Success: true}

// base is the address of the gateway as the caller knows it. A proxy's word on
// TLS is believed: whoever forges it changes the own answer only.
func (c *call) base() string {
	if public, err := url.Parse(c.g.PublicURL); err == nil && public.Host != "" && strings.EqualFold(public.Host, c.r.Host) {
		return public.Scheme + "://" + public.Host
	}
	scheme := "http"
	if c.r.TLS != nil || strings.EqualFold(c.r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	return scheme + "://" + c.r.Host
}
