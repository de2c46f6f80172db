package wa

import (
	"io"
	"time"
)

// Recipient is whom a message goes to: a phone number, or a BSUID when no
// number is known. With both, the phone wins (cloud-api.md 1.1).
type Recipient struct {
	Phone Phone
	BSUID BSUID
}

// Outgoing is one message as a carrier gets it: complete and checked. Media
// carry Meta's ID or a Link, never a MediaID of ours; Content.Context and
// Reaction name wamids.
type Outgoing struct {
	MessageID MessageID
	To        Recipient
	Content   Content
}

// Accepted is WhatsApp's yes. It means "taken", not "delivered".
type Accepted struct {
	Wamid Wamid
	WaID  Phone // the number as WhatsApp normalises it; empty when addressed by BSUID
	BSUID BSUID // when WhatsApp tells it
	Held  bool  // held_for_quality_assessment: accepted, not on its way yet
}

// Upload is a file for WhatsApp.
type Upload struct {
	Filename string
	MimeType string
	Size     int64
	Open     func() (io.ReadCloser, error) // may be called again for another try
}

// RemoteMedia is what WhatsApp knows of a media id, and for five minutes where its bytes are.
type RemoteMedia struct {
	ID       string
	URL      string
	MimeType string
	SHA256   string
	Size     int64
}

// NumberFields is what WhatsApp says of a business number (cloud-api.md 6.2).
type NumberFields struct {
	DisplayPhone  string
	VerifiedName  string
	Quality       string
	Throughput    string
	MessagingTier string
	Status        string // CONNECTED, …
	PortfolioID   string // the business portfolio that owns the account; empty: not told
	CheckedAt     time.Time
}

// Profile is the public business profile (cloud-api.md 6.6).
type Profile struct {
	About             string   `json:"about,omitempty"`
	Address           string   `json:"address,omitempty"`
	Description       string   `json:"description,omitempty"`
	Email             string   `json:"email,omitempty"`
	Vertical          string   `json:"vertical,omitempty"`
	Websites          []string `json:"websites,omitempty"`
	ProfilePictureURL string   `json:"profile_picture_url,omitempty"`
}
