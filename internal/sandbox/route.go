package sandbox

import (
	"context"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"
)

// settle finds the version that answers, and lets happen what was to happen by
// now: reviews, ends of pauses, deletions.
func (c *call) settle() {
	first, _, _ := strings.Cut(strings.TrimPrefix(c.r.URL.Path, "/"), "/")
	asked := ""
	if version.MatchString(first) {
		asked = first
	}
	c.s.mu.Lock()
	c.version = servedVersion(asked, c.s.nowLocked())
	c.s.settle()
	c.s.mu.Unlock()
}

// isRootEdge tells whether a path without version names an edge of the root.
func isRootEdge(path string) bool {
	path = strings.Trim(path, "/")
	for key := range rootEdges.edges {
		if _, name, _ := strings.Cut(key, " "); name == path {
			return true
		}
	}
	return false
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
	whole := strings.Join(parts, "/")
	if isRootEdge(whole) {
		if h := rootEdges.edges[c.r.Method+" "+whole]; h != nil {
			c.edge = whole
			return h, nil
		}
		return nil, unknownPath("/" + whole)
	}
	if len(parts) > 1 {
		c.edge, c.rest = parts[1], parts[2:]
	}
	c.id = parts[0]
	n, ok := c.find(parts[0])
	if !ok {
		if c.bearer() == "" {
			return nil, noToken()
		}
		if !isID(parts[0]) {
			return nil, unknownPath("/" + whole)
		}
		return nil, unknownObject(c.r.Method, parts[0])
	}
	if h := n.edges[c.r.Method+" "+c.edge]; h != nil && len(c.rest) == 0 {
		return h, nil
	}
	if h := n.edges[c.r.Method+" "+c.edge+"/*"]; h != nil && len(c.rest) == 1 {
		return h, nil
	}
	full := strings.Join(append([]string{c.edge}, c.rest...), "/")
	if h := n.edges[c.r.Method+" "+full]; h != nil {
		return h, nil
	}
	if c.edge == "" || n.has(full) {
		return nil, unknownObject(c.r.Method, parts[0])
	}
	return nil, unknownEdge(n.name, full)
}

// has tells whether the node has that edge, for whatever method.
func (n node) has(edge string) bool {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if n.edges[method+" "+edge] != nil {
			return true
		}
	}
	return false
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
	if id == "app" {
		id = c.ownApp()
	}
	if c.app = s.st.portfolio.app(id); c.app != nil {
		return appNode, true
	}
	if c.flow = s.st.portfolio.flow(id); c.flow != nil {
		c.owner = c.flow.Account
		return flowNode, true
	}
	c.object = id
	if s.st.session(id) != nil {
		return sessionNode, true
	}
	if t := s.st.template(id); t != nil {
		c.owner = t.Account
		return templateNode, true
	}
	if m := s.st.media[id]; m != nil && !m.expired(s.nowLocked()) {
		c.isMedia = true
		return mediaNode, true
	}
	return node{}, false
}

// ownApp is the app that the call's token belongs to, which Graph calls "app": of
// a configured token that of the first number that takes it. The caller holds mu.
func (c *call) ownApp() string {
	text := c.bearer()
	if t := c.s.st.portfolio.token(text); t != nil {
		return t.App
	}
	for _, n := range c.s.st.each() {
		if c.s.knows(text, []NumberConfig{n.cfg}) {
			for i := range c.s.st.portfolio.Apps {
				if a := c.s.st.portfolio.Apps[i]; a.Configured && a.Secret == n.cfg.AppSecret {
					return a.ID
				}
			}
		}
	}
	return ""
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

// owners are the numbers whose tokens may be used.
func (c *call) owners() []NumberConfig {
	if c.number != nil {
		return []NumberConfig{c.number.cfg}
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	waba := c.waba()
	var owners []NumberConfig
	for _, n := range c.s.st.each() {
		if waba == "" || n.cfg.WABAID == waba {
			owners = append(owners, n.cfg)
		}
	}
	if owners == nil { // an account without numbers is used with the first number's tokens
		owners = append(owners, c.s.firstNumber().cfg)
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
			if subtle.ConstantTimeCompare([]byte(t), []byte(token)) == 1 {
				return true
			}
		}
	}
	return false
}

// params are the parameters of a call: those of the body, and those of the query
// that the body does not have, as Graph takes them from either.
func (c *call) params() map[string]any {
	all := map[string]any{}
	for name := range c.query {
		if name != "access_token" && name != "appsecret_proof" && name != "fields" {
			all[name] = formValue(c.query.Get(name))
		}
	}
	for name, v := range c.body {
		all[name] = v
	}
	return all
}

// registered refuses sends of a number that is not connected (cloud-api.md 3.6, 6.2).
func (c *call) registered() *refusal {
	switch c.edge {
	case "messages", "marketing_messages", "messages_encrypted", "calls":
	default:
		return nil
	}
	if c.number == nil {
		return nil
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	switch c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID).status() {
	case statusConnected, "FLAGGED", "RATE_LIMITED":
		return nil
	case "BANNED", "RESTRICTED":
		return refuse(131031, "Business Account locked: the number is banned or restricted")
	}
	return refuse(133010, "The phone number is not registered: register it with POST /%s/register", c.number.cfg.PhoneNumberID)
}

// notCapable answers edges that exist at Meta and that the sandbox does not play:
// they say so and change nothing.
func (c *call) notCapable() (any, *refusal) {
	return nil, &refusal{
		code: 3, bare: true,
		message: "(#3) Application does not have the capability to make this API call. The sandbox does not play the edge " + c.edge + ".",
	}
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
