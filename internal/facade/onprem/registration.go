package onprem

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/meta"
	"kontor/internal/premises"
	"kontor/internal/wa"
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
	err = c.graph(c.ctx(), c.number, meta.Call{Method: http.MethodGet, Path: phonePath(c.number, ""), Query: url.Values{"fields": {"code_verification_status,status,verified_name"}}}, &s)
	if errors.Is(err, errNoGraph) {
		return standing{}, nil
	}
	return s, err
}

// phonePath is an address of a number's at Graph.
func phonePath(n *wa.Number, edge string) string {
	return "/" + url.PathEscape(string(n.PhoneNumberID)) + edge
}

// posting is a Graph call with a body.
func posting(path string, body map[string]any) meta.Call {
	text := rawJSON(body)
	return meta.Call{Method: http.MethodPost, Path: path, ContentType: "application/json", Body: bytes.NewReader(text), Length: int64(len(text))}
}

// ask posts JSON to an address of a number's.
func (h *Handler) ask(ctx context.Context, n *wa.Number, edge string, body map[string]any) error {
	return h.graph(ctx, n, posting(phonePath(n, edge), body), nil)
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
	if err := c.ask(c.ctx(), c.number, "/request_code", map[string]any{"code_method": strings.ToUpper(method), "language": "en_US"}); err != nil {
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
		if err := c.ask(c.ctx(), c.number, "/verify_code", map[string]any{"code": code}); err != nil {
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
	return c.ask(c.ctx(), c.number, "/register", map[string]any{"messaging_product": meta.Product, "pin": pin})
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
	err := c.ask(c.ctx(), c.number, "", map[string]any{"pin": pin})
	if errors.Is(err, errNoGraph) {
		c.note("pin")
		return nil
	}
	return err
}

// keyCheck is what WhatsApp was asked for last.
type keyCheck struct {
	On bool `json:"on"`
}

// CheckKeys brings the Cloud API's identity check to where
// show_security_notifications stands, whatever changed that: a PATCH, a DELETE,
// a backup, an operator. Without it WhatsApp tells of no change of a key. An
// error changes nothing here: the next change of the settings tries again.
func (h *Handler) CheckKeys(ctx context.Context, f premises.Facade) error {
	settings, err := h.Premises.Application(ctx, f)
	if err != nil {
		return err
	}
	var told keyCheck
	if _, err := h.Premises.Load(ctx, f, premises.DocKeyCheck, &told); err != nil {
		return err
	}
	wanted := keyCheck{f.Enabled && settings.ShowSecurity()}
	n, ok := h.Numbers.ByID(f.NumberID)
	if told == wanted || !ok {
		return nil
	}
	if err := h.ask(ctx, n, "/settings", map[string]any{"user_identity_change": map[string]any{"enable_identity_key_check": wanted.On}}); err != nil {
		return err
	}
	return h.Premises.Save(ctx, f, premises.DocKeyCheck, wanted)
}
