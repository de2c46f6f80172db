package sandbox

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"time"
)

// What customers see of a number beside its messages, and the key of its Flows:
// commerce settings, conversational automation, encryption (cloud-api.md 6.6, 6.7).

// getCommerce answers GET /{phone-number-id}/whatsapp_commerce_settings.
func (c *call) getCommerce() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	d := c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	return map[string]any{"data": []any{choose(map[string]any{
		"id": c.number.cfg.PhoneNumberID, "is_cart_enabled": !d.CartOff, "is_catalog_visible": d.CatalogShown,
	}, parseFields(c.query.Get("fields")), "is_cart_enabled", "is_catalog_visible")}}, nil
}

// postCommerce answers POST of the same edge; its parameters may stand in the query.
func (c *call) postCommerce() (any, *refusal) {
	in := c.params()
	if bad := check(in, []rule{{path: "is_cart_enabled", kind: boolean}, {path: "is_catalog_visible", kind: boolean}}); bad != nil {
		return nil, bad
	}
	if in["is_cart_enabled"] == nil && in["is_catalog_visible"] == nil {
		return nil, paramBad("One of the parameters is_cart_enabled, is_catalog_visible is required.")
	}
	return c.atDesk(func(d *numberDesk, _ time.Time) *refusal {
		if v := in["is_cart_enabled"]; v != nil {
			d.CartOff = truth(v) != true
		}
		if v := in["is_catalog_visible"]; v != nil {
			d.CatalogShown = truth(v) == true
		}
		return nil
	})
}

// automationRules are the limits of conversational components (cloud-api.md 4.4).
var automationRules = []rule{
	{path: "enable_welcome_message", kind: boolean},
	{path: "prompts", kind: list, max: 4},
	{path: "prompts[]", kind: text, min: 1, max: 80, unique: true, also: noEmoji},
	{path: "commands", kind: list, max: 30},
	{path: "commands[]", kind: object},
	{path: "commands[].command_name", kind: text, need: true, min: 1, max: 32, unique: true, also: noEmoji},
	{path: "commands[].command_description", kind: text, need: true, min: 1, max: 256, also: noEmoji},
}

// postAutomation answers POST /{phone-number-id}/conversational_automation;
// what is not given stays. It is read by ?fields=conversational_automation.
func (c *call) postAutomation() (any, *refusal) {
	in := c.params()
	if bad := check(in, automationRules); bad != nil {
		return nil, bad
	}
	return c.atDesk(func(d *numberDesk, _ time.Time) *refusal {
		all := d.automation(c.number.cfg.PhoneNumberID)
		for _, name := range []string{"enable_welcome_message", "prompts", "commands"} {
			if v, ok := in[name]; ok {
				all[name] = truth(v)
			}
		}
		raw, err := json.Marshal(all)
		if err != nil {
			return paramBad("The parameters could not be read.")
		}
		d.Automation = raw
		return nil
	})
}

// automation is the field conversational_automation; the caller holds mu.
func (d *numberDesk) automation(id string) map[string]any {
	all := map[string]any{"id": id, "enable_welcome_message": false, "prompts": []any{}, "commands": []any{}}
	if len(d.Automation) > 0 {
		_ = json.Unmarshal(d.Automation, &all) // our own
	}
	return all
}

// getEncryption answers GET /{phone-number-id}/whatsapp_business_encryption.
func (c *call) getEncryption() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	d := c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	data := []any{}
	if d.Key != "" {
		status := "VALID"
		if d.KeyStale {
			status = "MISMATCH"
		}
		data = append(data, map[string]any{"business_public_key": d.Key, "business_public_key_signature_status": status})
	}
	return map[string]any{"data": data}, nil
}

// postEncryption answers POST of the same edge: a PEM of an RSA key of 2048 bits.
func (c *call) postEncryption() (any, *refusal) {
	text := textOf(c.params()["business_public_key"])
	if text == "" {
		return nil, paramMissing("business_public_key")
	}
	key := publicKey(text)
	switch {
	case key == nil:
		return nil, paramBad("Param business_public_key must be a public RSA key in PEM.")
	case key.N.BitLen() != 2048:
		return nil, paramBad("Param business_public_key must have 2048 bits - got %d.", key.N.BitLen())
	}
	return c.atDesk(func(d *numberDesk, _ time.Time) *refusal {
		d.Key, d.KeyStale = strings.TrimSpace(text)+"\n", false
		return nil
	})
}

// publicKey reads a PEM, nil when it holds no RSA key.
func publicKey(text string) *rsa.PublicKey {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key
	}
	any, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil
	}
	key, _ := any.(*rsa.PublicKey)
	return key
}
