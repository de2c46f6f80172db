package wa

import (
	"encoding/json"
	"time"
)

// Direction tells who wrote.
type Direction string

const (
	Inbound  Direction = "inbound"  // the customer wrote
	Outbound Direction = "outbound" // the business wrote
)

// Status is how far a message has come. The strings are those of the native API.
type Status string

const (
	StatusReceived  Status = "received"  // inbound, stored
	StatusAccepted  Status = "accepted"  // written to the outbox, not sent yet
	StatusUncertain Status = "uncertain" // was under way when something broke: WhatsApp may have it or not
	StatusHeld      Status = "held"      // waits for a person's decision, or Meta assesses quality
	StatusSent      Status = "sent"
	StatusDelivered Status = "delivered"
	StatusRead      Status = "read"
	StatusPlayed    Status = "played" // voice message, first play
	StatusFailed    Status = "failed"
	StatusExpired   Status = "expired"  // its time to live ran out before it left
	StatusCanceled  Status = "canceled" // withdrawn before it left
)

// rank orders what WhatsApp reports. States before "sent" are ours and share a rank.
var rank = map[Status]int{
	StatusSent: 1, StatusDelivered: 2, StatusRead: 3, StatusPlayed: 4,
}

// Climbs reports whether a message in state s moves on when WhatsApp reports
// next (law 3: sent < delivered < read < played). A failure counts until the
// message was delivered, and only a later proof of delivery overrules it.
func (s Status) Climbs(next Status) bool {
	switch {
	case s == next, s == StatusReceived:
		return false
	case next == StatusFailed:
		return rank[s] < rank[StatusDelivered]
	case s == StatusFailed:
		return rank[next] >= rank[StatusDelivered]
	}
	return rank[next] > rank[s]
}

// Reported reports whether it is one of the states that WhatsApp reports, as far
// as this program knows them.
func (s Status) Reported() bool { return rank[s] > 0 || s == StatusFailed }

// Final reports whether nothing more is expected of a message in this state.
func (s Status) Final() bool {
	switch s {
	case StatusFailed, StatusExpired, StatusCanceled, StatusPlayed:
		return true
	}
	return false
}

// Message is one message of a conversation, in either direction, with what
// became of it. Times are zero when the thing has not happened.
type Message struct {
	ID             MessageID
	WorkspaceID    WorkspaceID
	NumberID       NumberID
	ContactID      ContactID
	ConversationID ConversationID
	Direction      Direction
	Wamid          Wamid // empty until WhatsApp has given one
	Status         Status
	Content        Content
	Author         Author
	Opaque         string    // the caller's own biz_opaque_callback_data, at most 512 characters
	At             time.Time // inbound: WhatsApp's timestamp; outbound: when it was accepted
	StoredAt       time.Time
	SentAt         time.Time
	DeliveredAt    time.Time
	ReadAt         time.Time
	PlayedAt       time.Time
	FailedAt       time.Time
	EditedAt       time.Time // the customer changed it
	RevokedAt      time.Time // the customer took it back
	Problems       []Problem
	Pricing        *Pricing
}

// Author says who of the house wrote an outbound message.
type Author struct {
	Kind     AuthorKind
	PersonID PersonID // set when Kind is AuthorPerson
	KeyID    KeyID    // set when Kind is AuthorAPI
}

// AuthorKind is a person, a program, or Kontor itself.
type AuthorKind string

const (
	AuthorPerson   AuthorKind = "person"
	AuthorAPI      AuthorKind = "api"
	AuthorGreeting AuthorKind = "greeting"
	AuthorOrder    AuthorKind = "order" // a change of an order, by the workspace's settings
)

// Pricing is what WhatsApp said about the charge (cloud-api.md 7.4).
type Pricing struct {
	Billable bool   `json:"billable"`
	Model    string `json:"pricing_model,omitempty"` // PMP, CBP
	Type     string `json:"type,omitempty"`          // regular, free_customer_service, free_entry_point, or newer
	Category string `json:"category,omitempty"`      // with hyphens: authentication-international
	// Conversation is Meta's pricing conversation: only where Meta still names
	// one, which is for free-entry windows and in old versions (cloud-api.md 2.6).
	Conversation *PricedConversation `json:"conversation,omitempty"`
}

// PricedConversation is what WhatsApp charged by before it charged by message.
type PricedConversation struct {
	ID        string    `json:"id"`
	Origin    string    `json:"origin,omitempty"` // marketing, utility, service, referral_conversion, …
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Identity is what a webhook tells about a person. Any member may be missing
// (law 7): a username user has no phone, an old payload no BSUID.
type Identity struct {
	Phone        Phone
	BSUID        BSUID
	ParentBSUID  BSUID
	Username     string
	ProfileName  string
	IdentityHash string
}

// Zero reports whether nothing identifies the person.
func (i Identity) Zero() bool { return i.Phone == "" && i.BSUID == "" && i.ParentBSUID == "" }

// Inbound is one message of a webhook.
type Received struct {
	PhoneNumberID PhoneNumberID
	From          Identity
	Wamid         Wamid
	At            time.Time
	GroupID       string
	Content       Content
	// Told is the webhook that told of this message alone, as it came, but for the
	// addresses of media; nil unless somebody is told in WhatsApp's own words.
	Told json.RawMessage `json:"-"`
}

// StatusReport is one status of a webhook.
type StatusReport struct {
	PhoneNumberID PhoneNumberID
	Wamid         Wamid
	Status        Status // one of sent, delivered, read, played, failed; others keep their name and climb nowhere
	At            time.Time
	Recipient     Identity
	Opaque        string // what was sent as biz_opaque_callback_data: our own id, see OpaqueID
	Problems      []Problem
	Class         Class // of the first problem, when Status is failed
	Pricing       *Pricing
	// Told is the webhook that told of this status alone, as it came; nil unless
	// somebody is told in WhatsApp's own words.
	Told json.RawMessage `json:"told,omitempty"`
}

// Told is a webhook of Meta's that told of one message or one status, kept for
// those who are told in the same words.
type Told struct {
	WorkspaceID WorkspaceID
	MessageID   MessageID
	Status      Status // empty: of the message itself
	Body        json.RawMessage
	At          time.Time // when it came
}

// Notice is any other change of a webhook: template and account events, and
// fields that this program does not know. It is kept as it came.
type Notice struct {
	WABAID        WABAID
	PhoneNumberID PhoneNumberID // empty for account-level fields
	Field         string
	At            time.Time
	Problems      []Problem // value.errors[] of a messages field
	Raw           json.RawMessage
	Told          json.RawMessage `json:"-"` // the webhook that told of this alone
}

// Webhook is one POST of Meta's, taken apart.
type Webhook struct {
	Messages []Received
	Statuses []StatusReport
	Notices  []Notice
}

// Sighting is one time that WhatsApp told us who somebody is.
type Sighting struct {
	WorkspaceID WorkspaceID
	WABAID      WABAID // the account of the number that sees or addresses the person
	Identity    Identity
	At          time.Time
}
