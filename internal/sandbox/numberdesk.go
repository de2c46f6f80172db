package sandbox

import (
	"encoding/json"
	"time"
)

// numberDesk is what is set for one number beside what its webhooks need
// (cloud-api.md 6.1–6.7). The zero value is a number that is connected.
type numberDesk struct {
	Status       string            `json:"status,omitempty"`      // CONNECTED when empty
	CodeStatus   string            `json:"code_status,omitempty"` // VERIFIED when empty
	Code         string            `json:"code,omitempty"`        // asked for and not yet entered
	CodeUntil    time.Time         `json:"code_until,omitzero"`
	CodeFailures int               `json:"code_failures,omitempty"`
	PIN          string            `json:"pin,omitempty"` // of two-step verification; empty: off
	PINFailures  []time.Time       `json:"pin_failures,omitempty"`
	Registered   []time.Time       `json:"registered,omitempty"` // calls of register and deregister
	Onboarded    time.Time         `json:"onboarded,omitzero"`
	Region       string            `json:"region,omitempty"`
	Name         string            `json:"name,omitempty"`        // verified_name, when it was changed
	NameStatus   string            `json:"name_status,omitempty"` // APPROVED when empty
	NewName      string            `json:"new_name,omitempty"`
	NewStatus    string            `json:"new_name_status,omitempty"` // NONE when empty
	Limit        string            `json:"limit,omitempty"`           // messaging limit tier
	Mode         string            `json:"account_mode,omitempty"`    // LIVE when empty
	Official     bool              `json:"official,omitempty"`
	Coexists     bool              `json:"on_biz_app,omitempty"`
	Settings     json.RawMessage   `json:"settings,omitempty"`
	CartOff      bool              `json:"cart_off,omitempty"`
	CatalogShown bool              `json:"catalog_shown,omitempty"`
	Automation   json.RawMessage   `json:"automation,omitempty"`
	Codes        []qrCode          `json:"qr,omitempty"`
	Blocked      []blockedPerson   `json:"blocked,omitempty"`
	Username     string            `json:"username,omitempty"`
	UsernameSet  string            `json:"username_status,omitempty"`
	Key          string            `json:"key,omitempty"` // business_public_key
	KeyStale     bool              `json:"key_stale,omitempty"`
	Overrides    map[string]string `json:"overrides,omitempty"` // by id of an app beside the configured one
}

// The states of a number that the sandbox itself sets (cloud-api.md 6.2).
const (
	statusConnected    = "CONNECTED"
	statusDisconnected = "DISCONNECTED"
	statusUnverified   = "UNVERIFIED"
	statusPending      = "PENDING"
)

func (d *numberDesk) status() string { return or(d.Status, statusConnected) }

func (d *numberDesk) codeStatus() string { return or(d.CodeStatus, "VERIFIED") }

// or is s, or def when s is empty.
func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
