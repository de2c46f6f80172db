package wa

import "time"

// Number is a business phone number with what is needed to speak for it.
// Secret members never appear in logs, errors or answers of the API.
type Number struct {
	ID            NumberID
	WorkspaceID   WorkspaceID
	TeamID        TeamID
	PhoneNumberID PhoneNumberID
	WABAID        WABAID
	PortfolioID   string // the business portfolio that owns the account; empty: not known
	DisplayPhone  string // as Meta writes it: "+49 451 5550100"
	VerifiedName  string
	Provider      string // "cloudapi"
	BaseURL       string // "https://graph.facebook.com", without version
	APIVersion    string // "v25.0"
	Throughput    string // STANDARD, HIGH, NOT_APPLICABLE
	Quality       string // GREEN, YELLOW, RED, UNKNOWN
	MessagingTier string // TIER_250 …
	State         NumberState
	StateReason   string    // stable code of why it stands, e.g. "token_invalid"
	PausedUntil   time.Time // sending cools down until then

	AccessToken Secret
	AppSecret   Secret
	VerifyToken Secret
}

// NumberState tells whether a number sends.
type NumberState string

const (
	NumberActive  NumberState = "active"
	NumberStopped NumberState = "stopped" // an operator must act; messages wait
)

// PerSecond is how many messages a second this number may send (cloud-api.md 4.1).
func (n *Number) PerSecond() int {
	if n.Throughput == "HIGH" {
		return 1000
	}
	return 80
}

// Secret is text that must not be seen. Every way of printing it masks it.
type Secret string

// Reveal is the secret itself; call it only where it is spoken to its owner.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string   { return s.mask() }
func (s Secret) GoString() string { return s.mask() }

// MarshalText keeps a secret out of every encoder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil }

func (s Secret) mask() string {
	if s == "" {
		return ""
	}
	return "••••"
}
