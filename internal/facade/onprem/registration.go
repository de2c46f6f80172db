package onprem

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/meta"
	"kontor/internal/premises"
)

// This file registers a number by the calls of the Cloud API that do what the
// old client's registration did (on-premises-api.md 2.1, cloud-api.md 5.1).

// twoStep is what is kept of two-step verification. PIN is empty in what older
// versions wrote.
type twoStep struct {
	Set bool   `json:"set"`
	PIN string `json:"pin,omitempty"`
}

// standing is how WhatsApp sees a number.
type standing struct {
	Code         string `json:"code_verification_status"` // VERIFIED, NOT_VERIFIED, EXPIRED
	Status       string `json:"status"`                   // CONNECTED, PENDING, UNVERIFIED, DISCONNECTED, …
	VerifiedName string `json:"verified_name"`
}

// connected tells that there is nothing to register. A number that sends needs
// no new code, whatever became of its old one.
func (s standing) connected() bool { return s.Status == "CONNECTED" || s.Status == "" }

func (s standing) verified() bool { return s.Code == "VERIFIED" || s.Code == "" }

// standing asks WhatsApp. A provider that does not speak Graph connected the
// number itself.
func (c *call) standing() (s standing, err error) {
	err = c.graph(meta.Call{Method: http.MethodGet, Path: c.phonePath(""), Query: url.Values{"fields": {"code_verification_status,status,verified_name"}}}, &s)
	if errors.Is(err, errNoGraph) {
		return standing{}, nil
	}
	return s, err
}

// phonePath is an address of the number's at Graph.
func (c *call) phonePath(edge string) string {
	return "/" + url.PathEscape(string(c.number.PhoneNumberID)) + edge
}

// ask posts JSON to an address of the number's.
func (c *call) ask(edge string, body map[string]any) error {
	text := rawJSON(body)
	return c.graph(meta.Call{Method: http.MethodPost, Path: c.phonePath(edge), ContentType: "application/json", Body: bytes.NewReader(text), Length: int64(len(text))}, nil)
}

// registration begins where the number stands. pin may be empty.
func (c *call) registration(method, pin string) (*answer, error) {
	s, err := c.standing()
	if err != nil {
		return nil, err
	}
	if pin != "" && !s.connected() {
		if err := c.Premises.Save(c.ctx(), c.facade, premises.DocTwoStep, twoStep{true, pin}); err != nil {
			return nil, err
		}
	}
	switch {
	case s.connected():
		c.note("method")
		return done(http.StatusCreated), nil
	case s.verified():
		return done(http.StatusCreated), c.signUp()
	}
	if err := c.ask("/request_code", map[string]any{"code_method": strings.ToUpper(method), "language": "en_US"}); err != nil {
		return nil, err
	}
	a := tell("account", []any{map[string]any{"vname": s.VerifiedName}})
	a.status = http.StatusAccepted
	return a, nil
}

// verification gives in the code and registers. That a PIN is missing is said
// before the code is used up.
func (c *call) verification(code string) (*answer, error) {
	s, err := c.standing()
	if err != nil {
		return nil, err
	}
	if s.connected() {
		c.note("code")
		return done(http.StatusCreated), nil
	}
	if _, err := c.pin(); err != nil {
		return nil, err
	}
	if !s.verified() {
		if err := c.ask("/verify_code", map[string]any{"code": code}); err != nil {
			return nil, err
		}
	}
	return done(http.StatusCreated), c.signUp()
}

func (c *call) signUp() error {
	pin, err := c.pin()
	if err != nil {
		return err
	}
	return c.ask("/register", map[string]any{"messaging_product": meta.Product, "pin": pin})
}

// pin is that of two-step verification, which the Cloud API cannot do without.
func (c *call) pin() (string, error) {
	var kept twoStep
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocTwoStep, &kept); err != nil {
		return "", err
	}
	if kept.PIN == "" {
		return "", refuse(1008, "The parameter pin is missing: the Cloud API registers no number without. Send it with POST /v1/account; nothing was registered.")
	}
	return kept.PIN, nil
}

// setPIN sets the PIN at WhatsApp.
func (c *call) setPIN(pin string) error {
	err := c.ask("", map[string]any{"pin": pin})
	if errors.Is(err, errNoGraph) {
		c.note("pin")
		return nil
	}
	return err
}

// checkIdentities switches the Cloud API's identity check with
// show_security_notifications: without it WhatsApp tells of no change.
func (c *call) checkIdentities(on bool) error {
	err := c.ask("/settings", map[string]any{"user_identity_change": map[string]any{"enable_identity_key_check": on}})
	if errors.Is(err, errNoGraph) {
		c.note("show_security_notifications")
		return nil
	}
	return err
}
