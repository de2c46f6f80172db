package meta

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"

	"kontor/internal/wa"
)

// Message is one inbound message (cloud-api.md 2.4). Type names the member
// that is set. From and FromUserID may both be missing.
type Message struct {
	From             string    `json:"from,omitempty"`
	FromUserID       string    `json:"from_user_id,omitempty"`
	FromParentUserID string    `json:"from_parent_user_id,omitempty"`
	GroupID          string    `json:"group_id,omitempty"`
	ID               string    `json:"id"`
	Timestamp        Timestamp `json:"timestamp"`
	Type             string    `json:"type"`

	Context  *MessageContext `json:"context,omitempty"`
	Referral *Referral       `json:"referral,omitempty"`
	Errors   []Error         `json:"errors,omitempty"`

	Text        *TextBody        `json:"text,omitempty"`
	Image       *InMedia         `json:"image,omitempty"`
	Video       *InMedia         `json:"video,omitempty"`
	Audio       *InMedia         `json:"audio,omitempty"`
	Voice       *InMedia         `json:"voice,omitempty"` // type "voice", from On-Premises days
	Document    *InMedia         `json:"document,omitempty"`
	Sticker     *InMedia         `json:"sticker,omitempty"`
	Location    *InLocation      `json:"location,omitempty"`
	Contacts    []wa.ContactCard `json:"contacts,omitempty"`
	Reaction    *InReaction      `json:"reaction,omitempty"`
	Button      *wa.Button       `json:"button,omitempty"`
	Interactive *InteractiveTap  `json:"interactive,omitempty"`
	Order       *wa.Order        `json:"order,omitempty"`
	System      *System          `json:"system,omitempty"`
	Identity    *KeyIdentity     `json:"identity,omitempty"` // with system customer_identity_changed
	Edit        *Edit            `json:"edit,omitempty"`
	Revoke      *Revoke          `json:"revoke,omitempty"`
	Unsupported *wa.Unsupported  `json:"unsupported,omitempty"`

	// Raw, when set, is all that is written: for types that this package does
	// not know. Unmarshalling never sets it.
	Raw json.RawMessage `json:"-"`
}

// MarshalJSON writes Raw when it is set.
func (m Message) MarshalJSON() ([]byte, error) {
	if m.Raw != nil {
		return m.Raw, nil
	}
	type members Message
	return json.Marshal(members(m))
}

// MessageContext is what a message answers, or that it was forwarded.
type MessageContext struct {
	From                string              `json:"from,omitempty"`
	ID                  string              `json:"id,omitempty"`
	Forwarded           bool                `json:"forwarded,omitempty"`
	FrequentlyForwarded bool                `json:"frequently_forwarded,omitempty"`
	ReferredProduct     *wa.ReferredProduct `json:"referred_product,omitempty"`
}

// Referral is the click-to-WhatsApp ad or post the customer came from.
type Referral struct {
	SourceURL      string    `json:"source_url,omitempty"`
	SourceID       string    `json:"source_id,omitempty"`
	SourceType     string    `json:"source_type,omitempty"` // ad, post
	Body           string    `json:"body,omitempty"`
	Headline       string    `json:"headline,omitempty"`
	MediaType      string    `json:"media_type,omitempty"` // image, video
	ImageURL       string    `json:"image_url,omitempty"`
	VideoURL       string    `json:"video_url,omitempty"`
	ThumbnailURL   string    `json:"thumbnail_url,omitempty"`
	CtwaClid       string    `json:"ctwa_clid,omitempty"`
	WelcomeMessage *PartText `json:"welcome_message,omitempty"`
}

// PartText is an object that holds nothing but text.
type PartText struct {
	Text string `json:"text"`
}

// TextBody is the member "text" of an inbound message.
type TextBody struct {
	Body string `json:"body"`
}

// InMedia is media of an inbound message: an id good for 7 days, and since
// October 2025 a URL good for 5 minutes. SHA256 is base64.
type InMedia struct {
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	MimeType string `json:"mime_type,omitempty"`
	SHA256   string `json:"sha256,omitempty"`
	ID       string `json:"id"`
	URL      string `json:"url,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
	Animated bool   `json:"animated,omitempty"`
}

// InLocation is a place the customer shared.
type InLocation struct {
	Latitude  Degrees `json:"latitude"`
	Longitude Degrees `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	URL       string  `json:"url,omitempty"`
}

// Degrees is a number that may come as text.
type Degrees float64

// UnmarshalJSON takes a number or text; anything else is an error.
func (d *Degrees) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	f, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err != nil || !(f >= -180 && f <= 180) {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[Degrees]()}
	}
	*d = Degrees(f)
	return nil
}

// InReaction is a customer's reaction; without Emoji it is taken away.
type InReaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji,omitempty"`
}

// InteractiveTap is the answer to an interactive message; Type names its member.
type InteractiveTap struct {
	Type                string          `json:"type"`
	ButtonReply         *TapReply       `json:"button_reply,omitempty"`
	ListReply           *TapReply       `json:"list_reply,omitempty"`
	NFMReply            *NFMReply       `json:"nfm_reply,omitempty"`
	CallPermissionReply json.RawMessage `json:"call_permission_reply,omitempty"` // {response,expiration_timestamp?,is_permanent?,response_source}
}

// TapReply is the button or row that was tapped.
type TapReply struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// NFMReply is a completed form. ResponseJSON is text that usually, not always,
// holds a JSON object.
type NFMReply struct {
	Name         string   `json:"name,omitempty"`
	Body         string   `json:"body,omitempty"`
	ResponseJSON JSONText `json:"response_json"`
}

// JSONText is text that holds JSON. When a payload carries the JSON itself
// instead of text, that JSON is the text.
type JSONText string

// UnmarshalJSON takes anything.
func (t *JSONText) UnmarshalJSON(b []byte) error {
	*t = JSONText(looseText(b))
	return nil
}

// System is the member "system" (cloud-api.md 2.5).
type System struct {
	Type                 string          `json:"type"`
	Body                 string          `json:"body,omitempty"`
	WaID                 string          `json:"wa_id,omitempty"`
	NewWaID              string          `json:"new_wa_id,omitempty"` // how old versions wrote WaID
	UserID               string          `json:"user_id,omitempty"`
	ParentUserID         string          `json:"parent_user_id,omitempty"`
	PreviousUserID       string          `json:"previous_user_id,omitempty"`
	PreviousParentUserID string          `json:"previous_parent_user_id,omitempty"`
	Identity             json.RawMessage `json:"identity,omitempty"` // KeyIdentity, or the hash alone in old versions
}

// KeyIdentity tells that the customer's encryption key changed.
type KeyIdentity struct {
	Acknowledged     json.RawMessage `json:"acknowledged,omitempty"`
	CreatedTimestamp Timestamp       `json:"created_timestamp,omitzero"`
	Hash             string          `json:"hash,omitempty"`
}

// Edit is the member "edit": the new text of an earlier message. Message has
// type, context and the payload member, no id.
type Edit struct {
	OriginalMessageID string       `json:"original_message_id"`
	Message           *EditMessage `json:"message,omitempty"`
}

// EditMessage is the new content of an edited message: text, or media with
// another caption.
type EditMessage struct {
	Type     string          `json:"type"`
	Context  *MessageContext `json:"context,omitempty"`
	Text     *TextBody       `json:"text,omitempty"`
	Image    *InMedia        `json:"image,omitempty"`
	Video    *InMedia        `json:"video,omitempty"`
	Document *InMedia        `json:"document,omitempty"`
}

// Revoke is the member "revoke": the customer took a message back.
type Revoke struct {
	OriginalMessageID string `json:"original_message_id"`
}
