package onprem

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"kontor/internal/premises"
)

// registered is what clients told of the registration. The number itself is
// connected by the house (kontor setup), so nothing of it is needed to send.
type registered struct {
	CC          string `json:"cc,omitempty"`
	PhoneNumber string `json:"phone_number,omitempty"`
	Shards      int64  `json:"shards,omitempty"`
}

// register: a number that is connected to the Cloud API is what the old API
// calls 201, "nothing to do". One that WhatsApp wants verified is sent a code
// (202); one that is verified, but not registered, is registered when the PIN is
// known. A number other than this façade's is refused, so that nobody believes
// it registered.
func (c *call) register() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	cc, phone := c.ownPhone(body)
	method := body.need("method")
	switch method {
	case "", "sms", "voice":
	default:
		body.wrong("method", "it must be sms or voice.")
	}
	c.checkCert(body, body.need("cert"))
	pin := body.text("pin")
	checkPIN(body, pin)
	if err := body.end(); err != nil {
		return nil, err
	}
	c.note("cert")
	_, err = premises.Change(c.ctx(), c.Premises, c.facade, premises.DocRegistered, func(r *registered) error {
		r.CC, r.PhoneNumber = cc, phone
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.registration(method, pin)
}

// ownPhone reads cc and phone_number and compares them with the number served.
func (c *call) ownPhone(body *object) (cc, phone string) {
	cc, phone = body.need("cc"), body.need("phone_number")
	for _, p := range []struct{ name, value string }{{"cc", cc}, {"phone_number", phone}} {
		if p.value != "" && strings.Trim(p.value, "0123456789") != "" {
			body.wrong(p.name, "it must have digits only.")
			return cc, phone
		}
	}
	if own := digitsOf(c.number.DisplayPhone); own != "" && cc != "" && phone != "" && cc+phone != own {
		body.wrong("phone_number", "this façade serves another number.")
	}
	return cc, phone
}

func (c *call) checkCert(body *object, cert string) {
	if cert == "" {
		return
	}
	if _, err := base64.StdEncoding.DecodeString(cert); err != nil {
		body.wrong("cert", "it must be base64.")
	}
}

func checkPIN(body *object, pin string) {
	if pin != "" && (len(pin) != 6 || strings.Trim(pin, "0123456789") != "") {
		body.wrong("pin", "it must have six digits.")
	}
}

// verifyCode gives WhatsApp the code that it sent, and registers the number;
// there is nothing to verify of one that is connected.
func (c *call) verifyCode() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	code := body.text("code")
	if err := body.end(); err != nil {
		return nil, err
	}
	if code == "" {
		return nil, refuse(1005, "Error checking code (missing)")
	}
	return c.verification(code)
}

func (c *call) readShards() (*answer, error) {
	var r registered
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocRegistered, &r); err != nil {
		return nil, err
	}
	return tell("account", map[string]any{"shards": max(r.Shards, 1)}), nil
}

func (c *call) setShards() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	cc, phone := c.ownPhone(body)
	shards := body.number("shards")
	if !body.has("shards") {
		body.missing("shards")
	} else if !slices.Contains([]int64{1, 2, 4, 8, 16, 32}, shards) {
		body.wrong("shards", "it must be 1, 2, 4, 8, 16 or 32.")
	}
	checkPIN(body, body.text("pin"))
	c.checkCert(body, body.text("cert"))
	if err := body.end(); err != nil {
		return nil, err
	}
	c.note("shards")
	_, err = premises.Change(c.ctx(), c.Premises, c.facade, premises.DocRegistered, func(r *registered) error {
		r.CC, r.PhoneNumber, r.Shards = cc, phone, shards
		return nil
	})
	return done(http.StatusCreated), err
}

// setTwoStep sets the PIN of the number at WhatsApp. It is kept, sealed, for the
// registration that may follow.
func (c *call) setTwoStep() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	pin := body.need("pin")
	checkPIN(body, pin)
	if err := body.end(); err != nil {
		return nil, err
	}
	if err := c.setPIN(pin); err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.Premises.Save(c.ctx(), c.facade, premises.DocTwoStep, twoStep{true, pin})
}

// dropTwoStep: the Cloud API cannot take a PIN away.
func (c *call) dropTwoStep() (*answer, error) {
	c.note("pin")
	return done(http.StatusOK), c.Premises.Remove(c.ctx(), c.facade, premises.DocTwoStep)
}
