package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The permissions of WhatsApp (cloud-api.md 0).
const (
	scopeMessaging  = "whatsapp_business_messaging"
	scopeManagement = "whatsapp_business_management"
	scopeBusiness   = "business_management"
)

// accessToken is a token that the control API or an app's secret has made.
// Tokens of the configuration (NumberConfig.AccessTokens) have all permissions.
type accessToken struct {
	Token    string    `json:"token"`
	App      string    `json:"app_id"`
	Kind     string    `json:"type"` // USER, SYSTEM_USER, APP
	Scopes   []string  `json:"scopes"`
	Accounts []string  `json:"waba_ids,omitempty"` // none: every account
	Issued   time.Time `json:"issued_at"`
	Expires  time.Time `json:"expires_at,omitzero"` // zero: never
	Revoked  bool      `json:"revoked,omitempty"`
}

// covers tells whether the token was given for an account.
func (t *accessToken) covers(waba string) bool {
	return len(t.Accounts) == 0 || slices.Contains(t.Accounts, waba)
}

// token finds a token that was made; appID|secret is the token of that app.
func (p *portfolio) token(text string) *accessToken {
	for _, t := range p.Tokens {
		if subtle.ConstantTimeCompare([]byte(t.Token), []byte(text)) == 1 {
			return t
		}
	}
	if id, secret, ok := strings.Cut(text, "|"); ok {
		if a := p.app(id); a != nil && subtle.ConstantTimeCompare([]byte(a.Secret), []byte(secret)) == 1 {
			return &accessToken{Token: text, App: id, Kind: "APP", Scopes: []string{scopeMessaging, scopeManagement, scopeBusiness}}
		}
	}
	return nil
}

func badExpired(t *accessToken, now time.Time) *refusal {
	stamp := func(at time.Time) string { return at.UTC().Format("Monday, 02-Jan-06 15:04:05 MST") }
	return &refusal{
		code: codeToken, subcode: 463, status: http.StatusUnauthorized, bare: true,
		message: fmt.Sprintf("Error validating access token: Session has expired on %s. The current time is %s.", stamp(t.Expires), stamp(now)),
	}
}

// authorise refuses calls without a token, with one that this number or account
// does not know, that has expired, or that lacks the permission of the edge.
func (c *call) authorise() *refusal {
	if c.edge == "oauth/access_token" { // it gives tokens
		return nil
	}
	text := c.bearer()
	if text == "" {
		return noToken()
	}
	c.s.mu.Lock()
	t := c.s.st.portfolio.token(text)
	if t != nil { // a copy: it may be taken away meanwhile
		copied := *t
		t = &copied
	}
	now := c.s.nowLocked()
	c.s.mu.Unlock()
	c.token = t
	if bad := c.checkProof(text); bad != nil {
		return bad
	}
	if t == nil {
		if c.isMedia || c.s.knows(text, c.owners()) {
			return nil
		}
		if c.owner != "" {
			return unknownObject(c.r.Method, c.id)
		}
		return badToken("Error validating access token: the token is not one of this number or account.")
	}
	switch {
	case t.Revoked:
		return &refusal{
			code: codeToken, subcode: 460, status: http.StatusUnauthorized, bare: true,
			message: "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.",
		}
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return badExpired(t, now)
	case c.waba() != "" && !t.covers(c.waba()):
		return unknownObject(c.r.Method, c.id)
	case c.app != nil && t.App != c.app.ID:
		return unknownObject(c.r.Method, c.id)
	}
	if need := c.scope(); need != "" && !slices.Contains(t.Scopes, need) {
		if need == scopeMessaging {
			return &refusal{code: 131005, details: "The access token lacks the permission " + need + "."}
		}
		return &refusal{code: 10, bare: true, message: "(#10) Application does not have permission for this action"}
	}
	return nil
}

// mayUse tells whether the call's token is one of the number's.
func (c *call) mayUse(pnid string) bool {
	c.s.mu.Lock()
	n := c.s.st.numbers[pnid]
	c.s.mu.Unlock()
	switch {
	case n == nil:
		return true
	case c.token != nil:
		return c.token.covers(n.cfg.WABAID)
	}
	return c.s.knows(c.bearer(), []NumberConfig{n.cfg})
}

// waba is the account that the call concerns, "" for none.
func (c *call) waba() string {
	switch {
	case c.number != nil:
		return c.number.cfg.WABAID
	case c.account != nil:
		return c.account.id
	}
	return c.owner
}

// scope is the permission that the edge needs: whatsapp_business_messaging for
// sending and media, whatsapp_business_management for all else (cloud-api.md 0).
func (c *call) scope() string {
	switch c.edge {
	case "messages", "marketing_messages", "messages_encrypted", "media", "calls", "groups", "block_users", "call_permissions":
		return scopeMessaging
	}
	switch {
	case c.isMedia:
		return scopeMessaging
	case c.waba() == "":
		return ""
	}
	return scopeManagement
}

// checkProof checks appsecret_proof when it is given: the token's HMAC-SHA256
// under the app's secret.
func (c *call) checkProof(token string) *refusal {
	proof := c.query.Get("appsecret_proof")
	if proof == "" {
		proof = textOf(c.body["appsecret_proof"])
	}
	if proof == "" {
		return nil
	}
	mac := hmac.New(sha256.New, []byte(c.secret()))
	mac.Write([]byte(token))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(strings.ToLower(proof))) == 1 {
		return nil
	}
	return &refusal{
		code: codeInvalid, status: http.StatusBadRequest, kind: "GraphMethodException", bare: true,
		message: "Invalid appsecret_proof provided in the API argument",
	}
}

// secret is that of the app that the token belongs to: of a configured token
// the app of the number or account.
func (c *call) secret() string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.token != nil {
		if a := c.s.st.portfolio.app(c.token.App); a != nil {
			return a.Secret
		}
	}
	if n := c.s.numberOf(c.waba()); n != nil {
		return n.cfg.AppSecret
	}
	return c.s.firstNumber().cfg.AppSecret
}

// getAccessToken answers GET /oauth/access_token with client_credentials: the
// token of an app; and with the code of an Embedded Signup: a business token
// (cloud-api.md 0).
func (c *call) getAccessToken() (any, *refusal) {
	in := c.params()
	grant, id, secret := textOf(in["grant_type"]), plainText(in["client_id"]), textOf(in["client_secret"])
	switch {
	case id == "":
		return nil, &refusal{code: 101, status: http.StatusBadRequest, bare: true, message: "Missing client_id parameter."}
	case grant != "client_credentials" && in["code"] == nil:
		return nil, &refusal{code: codeInvalid, status: http.StatusBadRequest, bare: true, message: "Unsupported grant_type; the sandbox gives app tokens (client_credentials) and takes codes (code)."}
	}
	c.s.mu.Lock()
	a := c.s.st.portfolio.app(id)
	c.s.mu.Unlock()
	switch {
	case a == nil:
		return nil, &refusal{code: 101, status: http.StatusBadRequest, bare: true, message: "Error validating application. Cannot get application info due to a system error."}
	case subtle.ConstantTimeCompare([]byte(a.Secret), []byte(secret)) != 1:
		return nil, &refusal{code: 1, status: http.StatusBadRequest, bare: true, message: "Error validating client secret."}
	}
	if in["code"] != nil {
		return c.exchangeCode(a, textOf(in["code"]))
	}
	return map[string]any{"access_token": a.ID + "|" + a.Secret, "token_type": "bearer"}, nil
}
