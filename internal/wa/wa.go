// Package wa holds the words that two nouns of Kontor exchange: identifiers,
// the content of a message, what happened to it, and what WhatsApp said about
// it. It imports the standard library only and knows no wire format: Meta's
// JSON is translated in package meta, SQL in package store.
//
// Names are the field's own (phone number id, WABA, wamid, BSUID, customer
// service window), so that a reader of Meta's documentation is at home here.
package wa

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"strings"
)

// Identifiers that WhatsApp gives. All are opaque strings.
type (
	// PhoneNumberID is Meta's id of a business phone number.
	PhoneNumberID string
	// WABAID is Meta's id of a WhatsApp Business Account.
	WABAID string
	// Wamid is WhatsApp's id of one message, in either direction.
	Wamid string
	// BSUID is a business-scoped user id ("DE.1349…"): one per portfolio and person.
	BSUID string
	// Phone is a number in digits without "+", as in wa_id.
	Phone string
)

// Identifiers that Kontor gives. They are made in Go, rise with time, and are
// never reused. Zero means "none".
type (
	WorkspaceID    int64
	TeamID         int64
	PersonID       int64
	NumberID       int64
	ContactID      int64
	ConversationID int64
	MessageID      int64
	MediaID        int64
	TemplateID     int64
	KeyID          int64
	SubscriptionID int64
	DeliveryID     int64
	InvitationID   int64
	PasskeyID      int64
)

// The forms in which our ids leave the house: a prefix that tells what it is,
// and thirteen characters of base32 that sort as the ids do.
const (
	messagePrefix      = "msg_"
	contactPrefix      = "con_"
	conversationPrefix = "cnv_"
	personPrefix       = "per_"
	numberPrefix       = "num_"
	mediaPrefix        = "med_"
	keyPrefix          = "key_"
	workspacePrefix    = "wks_"
	templatePrefix     = "tpl_"
	teamPrefix         = "tea_"
	subscriptionPrefix = "sub_"
	deliveryPrefix     = "dlv_"
)

func (id MessageID) String() string      { return format(messagePrefix, int64(id)) }
func (id ContactID) String() string      { return format(contactPrefix, int64(id)) }
func (id ConversationID) String() string { return format(conversationPrefix, int64(id)) }
func (id PersonID) String() string       { return format(personPrefix, int64(id)) }
func (id NumberID) String() string       { return format(numberPrefix, int64(id)) }
func (id MediaID) String() string        { return format(mediaPrefix, int64(id)) }
func (id KeyID) String() string          { return format(keyPrefix, int64(id)) }
func (id WorkspaceID) String() string    { return format(workspacePrefix, int64(id)) }
func (id TemplateID) String() string     { return format(templatePrefix, int64(id)) }
func (id TeamID) String() string         { return format(teamPrefix, int64(id)) }
func (id SubscriptionID) String() string { return format(subscriptionPrefix, int64(id)) }
func (id DeliveryID) String() string     { return format(deliveryPrefix, int64(id)) }

// ErrID is what the Parse functions answer for text that is not an id of that kind.
var ErrID = errors.New("not an id of this kind")

// ParseMessageID reads the form that MessageID.String writes.
func ParseMessageID(s string) (MessageID, error) {
	n, err := parse(messagePrefix, s)
	return MessageID(n), err
}

// ParseContactID reads the form that ContactID.String writes.
func ParseContactID(s string) (ContactID, error) {
	n, err := parse(contactPrefix, s)
	return ContactID(n), err
}

// ParseConversationID reads the form that ConversationID.String writes.
func ParseConversationID(s string) (ConversationID, error) {
	n, err := parse(conversationPrefix, s)
	return ConversationID(n), err
}

// ParsePersonID reads the form that PersonID.String writes.
func ParsePersonID(s string) (PersonID, error) {
	n, err := parse(personPrefix, s)
	return PersonID(n), err
}

// ParseNumberID reads the form that NumberID.String writes.
func ParseNumberID(s string) (NumberID, error) {
	n, err := parse(numberPrefix, s)
	return NumberID(n), err
}

// ParseMediaID reads the form that MediaID.String writes.
func ParseMediaID(s string) (MediaID, error) { n, err := parse(mediaPrefix, s); return MediaID(n), err }

// ParseKeyID reads the form that KeyID.String writes.
func ParseKeyID(s string) (KeyID, error) { n, err := parse(keyPrefix, s); return KeyID(n), err }

// ParseTemplateID reads the form that TemplateID.String writes.
func ParseTemplateID(s string) (TemplateID, error) {
	n, err := parse(templatePrefix, s)
	return TemplateID(n), err
}

// ParseSubscriptionID reads the form that SubscriptionID.String writes.
func ParseSubscriptionID(s string) (SubscriptionID, error) {
	n, err := parse(subscriptionPrefix, s)
	return SubscriptionID(n), err
}

// ParseDeliveryID reads the form that DeliveryID.String writes.
func ParseDeliveryID(s string) (DeliveryID, error) {
	n, err := parse(deliveryPrefix, s)
	return DeliveryID(n), err
}

// The alphabet is base32hex in lower case: its order is the order of the numbers.
var alphabet = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

func format(prefix string, n int64) string {
	if n == 0 {
		return ""
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	return prefix + alphabet.EncodeToString(b[:])
}

func parse(prefix, s string) (int64, error) {
	text, ok := strings.CutPrefix(s, prefix)
	if !ok || len(text) != 13 {
		return 0, ErrID
	}
	b, err := alphabet.DecodeString(text)
	if err != nil || len(b) != 8 {
		return 0, ErrID
	}
	n := int64(binary.BigEndian.Uint64(b))
	if n <= 0 || format(prefix, n) != s {
		return 0, ErrID
	}
	return n, nil
}
