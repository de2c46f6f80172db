package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// call is one Graph call.
type call struct {
	s       *Sandbox
	r       *http.Request
	edge    string   // what follows the node's id, "" for the node itself
	rest    []string // what follows the edge
	number  *number  // the node, or nil
	account *account // the node, or nil
	object  string   // id of a template or media object
	query   url.Values
	body    map[string]any // of JSON and form bodies; nil when there is none
	raw     []byte         // the body as it came, for the log
	note    string         // what the log adds to method and edge
	wamid   string         // for the log
}

// handler answers one edge: with a value that is written as JSON, or a refusal.
type handler func(*call) (any, *refusal)

// Nodes and their edges, by "METHOD edge". A node kind's own name is used in
// error texts, as Graph does.
type node struct {
	name  string
	edges map[string]handler
}

var numberNode = node{"WhatsAppBusinessPhoneNumber", map[string]handler{
	"GET ":                           (*call).getNumber,
	"POST ":                          (*call).postNumber,
	"POST messages":                  (*call).postMessage,
	"POST media":                     (*call).postMedia,
	"GET whatsapp_business_profile":  (*call).getProfile,
	"POST whatsapp_business_profile": (*call).postProfile,
}}

var accountNode = node{"WhatsAppBusinessAccount", map[string]handler{
	"GET ":                   (*call).getAccount,
	"GET phone_numbers":      (*call).listNumbers,
	"GET message_templates":  (*call).listTemplates,
	"GET subscribed_apps":    (*call).getSubscribed,
	"POST subscribed_apps":   (*call).postSubscribed,
	"DELETE subscribed_apps": (*call).deleteSubscribed,
}}

var templateNode = node{"WhatsAppMessageTemplate", map[string]handler{
	"GET ": (*call).getTemplate,
}}

var mediaNode = node{"WhatsAppBusinessMedia", map[string]handler{
	"GET ":    (*call).getMedia,
	"DELETE ": (*call).deleteMedia,
}}

var version = regexp.MustCompile(`^v\d+(\.\d+)?$`)

// isGraph tells whether a path is Graph's: it starts with a version or an id.
func isGraph(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return version.MatchString(first) || isID(first)
}

// serveGraph answers a Graph call and notes it in the log.
func (s *Sandbox) serveGraph(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := &call{s: s, r: r, query: r.URL.Query()}
	e := Entry{Direction: "in", Kind: "call", Method: r.Method, Path: r.URL.RequestURI()}
	value, bad, hit := c.answer()
	status := http.StatusOK
	if bad != nil {
		status = bad.httpStatus()
		e.Code, e.Details = bad.code, bad.details
		if e.Details == "" {
			e.Details = bad.message
		}
		s.mu.Lock()
		id := trace(s.st.seed, itoa(int(s.st.next())))
		s.mu.Unlock()
		value = bad.body(id)
	}
	body, err := marshal(value)
	if err != nil {
		s.log.Error("answer cannot be written", "path", r.URL.Path, "error", err)
		status, body = http.StatusInternalServerError, []byte(`{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}}`)
	}
	e.Edge, e.Request, e.Response, e.Status, e.Duration = c.edge, c.raw, body, status, time.Since(began)
	e.Summary, e.Wamid, e.Fault = strings.TrimSpace(r.Method+" /"+c.edge+" "+c.note), c.wamid, hit.name
	if hit.lose {
		e.Status, e.Note = 0, "the answer was lost by a fault"
		s.journal.add(s, e)
		panic(http.ErrAbortHandler) // net/http's way to break a connection
	}
	s.journal.add(s, e)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("facebook-api-version", "v25.0")
	h.Set("x-fb-trace-id", "sandbox")
	if bad != nil && bad.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token"`)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// answer finds the node and the edge, and asks the handler.
func (c *call) answer() (any, *refusal, struck) {
	h, bad := c.route()
	if bad != nil {
		return nil, bad, struck{}
	}
	if bad := c.readBody(); bad != nil {
		return nil, bad, struck{}
	}
	if bad := c.authorise(); bad != nil {
		return nil, bad, struck{}
	}
	hit := c.s.trouble(c)
	if hit.delay > 0 && !pause(c.r.Context(), hit.delay) {
		return nil, refuse(1, "the caller has gone"), hit
	}
	if hit.refuse != nil {
		return nil, hit.refuse, hit
	}
	value, bad := h(c)
	return value, bad, hit
}

// route splits the path into version, node and edge.
func (c *call) route() (handler, *refusal) {
	parts := strings.Split(strings.Trim(c.r.URL.Path, "/"), "/")
	if version.MatchString(parts[0]) {
		parts = parts[1:]
	}
	if len(parts) == 0 || parts[0] == "" {
		return nil, unknownPath("/")
	}
	if len(parts) > 1 {
		c.edge, c.rest = parts[1], parts[2:]
	}
	n, ok := c.find(parts[0])
	if !ok {
		if c.bearer() == "" {
			return nil, noToken()
		}
		if !isID(parts[0]) {
			return nil, unknownPath("/" + strings.Join(parts, "/"))
		}
		return nil, unknownObject(c.r.Method, parts[0])
	}
	h, ok := n.edges[c.r.Method+" "+c.edge]
	if !ok || len(c.rest) > 0 {
		if c.edge == "" {
			return nil, unknownObject(c.r.Method, parts[0])
		}
		return nil, unknownEdge(n.name, strings.Join(append([]string{c.edge}, c.rest...), "/"))
	}
	return h, nil
}

// find tells which kind of object has that id.
func (c *call) find(id string) (node, bool) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.number = s.st.numbers[id]; c.number != nil {
		return numberNode, true
	}
	if c.account = s.st.accounts[id]; c.account != nil {
		return accountNode, true
	}
	c.object = id
	if s.st.template(id) != nil {
		return templateNode, true
	}
	if m := s.st.media[id]; m != nil && !m.expired(s.nowLocked()) {
		return mediaNode, true
	}
	return node{}, false
}

// bearer is the token of the call: header, query or form (cloud-api.md 0).
func (c *call) bearer() string {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "OAuth") {
		return strings.TrimSpace(token)
	}
	if t := c.query.Get("access_token"); t != "" {
		return t
	}
	return textOf(c.body["access_token"])
}

func noToken() *refusal {
	return badToken("An access token is required to request this resource.")
}

// authorise refuses calls without a token, or with one that this number or
// account does not know.
func (c *call) authorise() *refusal {
	token := c.bearer()
	if token == "" {
		return noToken()
	}
	if c.s.knows(token, c.owners()) {
		return nil
	}
	return badToken("Error validating access token: the token is not one of this number or account.")
}

// owners are the numbers whose tokens may be used.
func (c *call) owners() []NumberConfig {
	var owners []NumberConfig
	for _, cfg := range c.s.opt.Numbers {
		if (c.number != nil && cfg.PhoneNumberID != c.number.cfg.PhoneNumberID) || (c.account != nil && cfg.WABAID != c.account.id) {
			continue
		}
		owners = append(owners, cfg)
	}
	return owners
}

// knows tells whether one of the numbers takes the token.
func (s *Sandbox) knows(token string, owners []NumberConfig) bool {
	for _, cfg := range owners {
		if len(cfg.AccessTokens) == 0 {
			return true
		}
		for _, t := range cfg.AccessTokens {
			if t == token {
				return true
			}
		}
	}
	return false
}

// pause waits for d; false when the caller went away first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
