package meta

import (
	"bytes"
	"encoding/json"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Product is messaging_product of everything (cloud-api.md 1.1).
const Product = "whatsapp"

// Send is the body of POST /{phone-number-id}/messages for a message
// (cloud-api.md 1.1). The payloads are package wa's, whose member names are
// Meta's; Outgoing leaves out the members that are only ours.
type Send struct {
	MessagingProduct      string           `json:"messaging_product"`
	RecipientType         string           `json:"recipient_type,omitempty"`
	To                    string           `json:"to,omitempty"`
	Recipient             string           `json:"recipient,omitempty"`
	Type                  wa.Type          `json:"type"`
	Context               *SendContext     `json:"context,omitempty"`
	Text                  *wa.Text         `json:"text,omitempty"`
	Image                 *wa.Media        `json:"image,omitempty"`
	Video                 *wa.Media        `json:"video,omitempty"`
	Audio                 *wa.Media        `json:"audio,omitempty"`
	Document              *wa.Media        `json:"document,omitempty"`
	Sticker               *wa.Media        `json:"sticker,omitempty"`
	Location              *wa.Location     `json:"location,omitempty"`
	Contacts              []wa.ContactCard `json:"contacts,omitempty"`
	Reaction              *wa.Reaction     `json:"reaction,omitempty"`
	Interactive           *wa.Interactive  `json:"interactive,omitempty"`
	Template              *wa.Template     `json:"template,omitempty"`
	BizOpaqueCallbackData string           `json:"biz_opaque_callback_data,omitempty"`
	IdentityKeyHash       string           `json:"recipient_identity_key_hash,omitempty"`
}

// SendContext quotes an earlier message of the chat.
type SendContext struct {
	MessageID string `json:"message_id"`
}

// Outgoing writes the body that sends m. Our id travels as
// biz_opaque_callback_data, so that a status settles what became of a request
// whose answer was lost (law 4). It is a fault.Invalid, and nothing can have
// been sent, when m has no recipient ("recipient_missing"), is of a type that
// cannot be sent or lacks its payload ("not_sendable"), has media without
// Meta's id or a link ("media_missing"), or holds broken JSON ("not_json").
func Outgoing(m *wa.Outgoing) ([]byte, error) {
	send, err := NewSend(m)
	if err != nil {
		return nil, err
	}
	return encode(send, "The message holds a part that is not JSON. Nothing was sent.")
}

// NewSend is the body as a struct: see Outgoing.
func NewSend(m *wa.Outgoing) (*Send, error) {
	c := &m.Content
	s := &Send{
		MessagingProduct: Product, RecipientType: "individual", Type: c.Type,
		BizOpaqueCallbackData: m.MessageID.String(), IdentityKeyHash: c.IdentityHash,
	}
	switch {
	case m.To.Phone != "": // with "+": without it Meta puts our own country in front
		s.To = "+" + strings.TrimPrefix(string(m.To.Phone), "+")
	case m.To.BSUID != "":
		s.Recipient = string(m.To.BSUID)
	default:
		return nil, unsendable("recipient_missing", "The message has no recipient. Nothing was sent.")
	}
	if c.Context != nil && c.Context.ID != "" && c.Type != wa.TypeReaction {
		s.Context = &SendContext{MessageID: c.Context.ID}
	}
	return s, s.fill(c)
}

// fill sets the payload that c.Type names.
func (s *Send) fill(c *wa.Content) (err error) {
	set := false
	switch c.Type {
	case wa.TypeText:
		s.Text, set = c.Text, c.Text != nil
	case wa.TypeImage:
		s.Image, err = clean(c.Image, withCaption)
		return err
	case wa.TypeVideo:
		s.Video, err = clean(c.Video, withCaption)
		return err
	case wa.TypeAudio:
		s.Audio, err = clean(c.Audio, withVoice)
		return err
	case wa.TypeDocument:
		s.Document, err = clean(c.Document, withCaption|withFilename)
		return err
	case wa.TypeSticker:
		s.Sticker, err = clean(c.Sticker, 0)
		return err
	case wa.TypeLocation:
		s.Location, set = cleanLocation(c.Location), c.Location != nil
	case wa.TypeContacts:
		s.Contacts, set = cleanCards(c.Contacts), len(c.Contacts) > 0
	case wa.TypeReaction:
		s.Reaction, set = c.Reaction, c.Reaction != nil
	case wa.TypeInteractive:
		if c.Interactive != nil {
			s.Interactive, err = cleanInteractive(c.Interactive)
			return err
		}
	case wa.TypeTemplate:
		if c.Template != nil {
			s.Template, err = cleanTemplate(c.Template)
			return err
		}
	}
	if !set {
		return unsendable("not_sendable", "A message of type \""+string(c.Type)+"\" needs its payload and must be one that can be sent. Nothing was sent.")
	}
	return nil
}

// Read writes the body that marks an inbound message, and all before it, read
// (cloud-api.md 1.1); with typing it also shows "typing…" for at most 25 s.
func Read(id wa.Wamid, typing bool) ([]byte, error) {
	type indicator struct {
		Type string `json:"type"`
	}
	body := struct {
		MessagingProduct string     `json:"messaging_product"`
		Status           string     `json:"status"`
		MessageID        wa.Wamid   `json:"message_id"`
		Typing           *indicator `json:"typing_indicator,omitempty"`
	}{MessagingProduct: Product, Status: "read", MessageID: id}
	if typing {
		body.Typing = &indicator{Type: "text"}
	}
	return json.Marshal(body)
}

// encode is json.Marshal without escaping <, > and & into six bytes each.
func encode(v any, detail string) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(512)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, unsendable("not_json", detail).Because(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func unsendable(code, detail string) *fault.Error {
	return fault.New(fault.Invalid, code, detail, "Correct the message and send it again.")
}
