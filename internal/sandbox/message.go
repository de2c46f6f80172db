package sandbox

import (
	"encoding/json"
	"time"

	"kontor/internal/meta"
)

// message is one message of a chat, in either direction.
type message struct {
	ID       string          `json:"id"`
	Inbound  bool            `json:"inbound,omitempty"` // the customer wrote it
	Number   string          `json:"number"`            // phone number id
	Customer string          `json:"customer"`          // phone
	Type     string          `json:"type"`
	Content  json.RawMessage `json:"content"` // the member Type names; immutable
	Context  string          `json:"context,omitempty"`
	At       time.Time       `json:"at"` // sandbox time

	Status      string       `json:"status"` // accepted, sent, delivered, read, played, failed
	SentAt      time.Time    `json:"sent_at,omitzero"`
	DeliveredAt time.Time    `json:"delivered_at,omitzero"`
	ReadAt      time.Time    `json:"read_at,omitzero"`
	PlayedAt    time.Time    `json:"played_at,omitzero"`
	Edited      time.Time    `json:"edited_at,omitzero"`
	Revoked     time.Time    `json:"revoked_at,omitzero"`
	Errors      []meta.Error `json:"errors,omitempty"`

	Data     string        `json:"data,omitempty"`     // biz_opaque_callback_data
	ByBSUID  bool          `json:"by_bsuid,omitempty"` // addressed by recipient
	Identity string        `json:"identity,omitempty"` // recipient_identity_key_hash it was sent with
	Template string        `json:"template,omitempty"` // id of its template
	Held     bool          `json:"held,omitempty"`     // for quality assessment (pacing.go)
	Rendered *rendered     `json:"rendered,omitempty"` // of a template; immutable
	Category string        `json:"category,omitempty"` // pricing category of a template, "" for service
	Expires  time.Time     `json:"expires,omitzero"`   // not delivered by then: dropped
	Price    *meta.Pricing `json:"price,omitempty"`    // decided when sent; immutable
	Market   string        `json:"market,omitempty"`   // of the recipient, when priced
	Cost     float64       `json:"cost,omitempty"`     // in USD by the rates of that day; 0 when nothing is charged
	Free     time.Time     `json:"free,omitzero"`      // end of the free entry point it was sent in
	Priced   bool          `json:"priced,omitempty"`   // delivered or read has carried the price
	Doom     *doom         `json:"doom,omitempty"`     // it will fail, and why
	Links    []mediaRef    `json:"-"`                  // still to be fetched before it is sent

	// Media tells which media of ours stands behind an id or a link of Content.
	Media map[string]string `json:"media,omitempty"`
	// Reactions are the emojis on it, by who put them there: business, customer.
	Reactions map[string]string `json:"reactions,omitempty"`
}

// doom is a failure that Meta reports in a status, after the 200.
type doom struct {
	Code    int    `json:"code"`
	Details string `json:"details"`
}

// The states of a message. "accepted" is ours: Meta has answered 200 and no
// status went out yet.
const (
	accepted  = "accepted"
	sent      = "sent"
	delivered = "delivered"
	read      = "read"
	played    = "played"
	failed    = "failed"
)

// rank orders the states; statuses only climb.
func rank(status string) int {
	switch status {
	case sent:
		return 1
	case delivered:
		return 2
	case read:
		return 3
	case played:
		return 4
	case failed:
		return 5
	}
	return 0
}

// timeToLive is how long an undelivered message waits: 30 days, authentication
// ten minutes, or what its template says (cloud-api.md 1.1, 5.2).
func timeToLive(t *Template) time.Duration {
	switch {
	case t == nil:
		return 30 * 24 * time.Hour
	case t.SendTTL > 0:
		return time.Duration(t.SendTTL) * time.Second
	case t.Category == "AUTHENTICATION" && t.SendTTL == 0:
		return 10 * time.Minute
	}
	return 30 * 24 * time.Hour
}
