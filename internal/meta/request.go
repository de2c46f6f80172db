package meta

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// SendRequest is the body of POST /{phone-number-id}/messages as callers of
// Graph write it: a message, a read receipt or a typing indicator (cloud-api.md
// 1.1). The payloads are package wa's, whose member names are Meta's.
type SendRequest struct {
	MessagingProduct         string           `json:"messaging_product"`
	RecipientType            string           `json:"recipient_type"`
	To                       string           `json:"to"`
	Recipient                string           `json:"recipient"`
	Type                     string           `json:"type"`
	Status                   string           `json:"status"`
	MessageID                string           `json:"message_id"`
	TypingIndicator          *TypingIndicator `json:"typing_indicator"`
	Context                  *SendContext     `json:"context"`
	Text                     *wa.Text         `json:"text"`
	Image                    *wa.Media        `json:"image"`
	Video                    *wa.Media        `json:"video"`
	Audio                    *wa.Media        `json:"audio"`
	Document                 *wa.Media        `json:"document"`
	Sticker                  *wa.Media        `json:"sticker"`
	Location                 *wa.Location     `json:"location"`
	Contacts                 []wa.ContactCard `json:"contacts"`
	Reaction                 *wa.Reaction     `json:"reaction"`
	Interactive              *wa.Interactive  `json:"interactive"`
	Template                 *wa.Template     `json:"template"`
	BizOpaqueCallbackData    string           `json:"biz_opaque_callback_data"`
	RecipientIdentityKeyHash string           `json:"recipient_identity_key_hash"`
	AccessToken              string           `json:"access_token"` // some callers put it here
}

// TypingIndicator shows "typing…"; Type is "text".
type TypingIndicator struct {
	Type string `json:"type"`
}

// ParseSend reads a send as JSON: tolerantly, as Graph does (nulls, numbers as
// text, objects as text, unknown members), but never guessing. Its faults are
// Invalid: "not_json" for a body that is no JSON object, "wrong_type" for a
// member that cannot be read, which Fields names.
func ParseSend(body []byte) (*SendRequest, error) {
	r := &SendRequest{}
	if !bytes.Contains(body, []byte("null")) && json.Unmarshal(body, r) == nil && isObject(trim(body)) {
		return r, r.tidy()
	}
	v, err := decodeAny(body)
	members, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, fault.New(fault.Invalid, "not_json", "The body is not a JSON object. Nothing was sent.", "Send a JSON object with Content-Type: application/json.").Because(err)
	}
	return fitSend(members)
}

// ParseSendForm reads a send as a form, whose objects are JSON in text, or names
// with brackets.
func ParseSendForm(form url.Values) (*SendRequest, error) { return fitSend(FormMembers(form)) }

func fitSend(members map[string]any) (*SendRequest, error) {
	r := &SendRequest{}
	fit, err := coerce(withoutNulls(members), reflect.TypeFor[SendRequest](), "")
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(fit)
	if err == nil {
		err = json.Unmarshal(body, r)
	}
	if err != nil { // what coerce let pass and encoding/json does not: a type with a reader of its own
		return nil, wrongType("", "a message as Meta defines it")
	}
	return r, r.tidy()
}

// tidy brings to one form what callers write in several.
func (r *SendRequest) tidy() error {
	r.Type = strings.ToLower(r.Type)
	if r.Type == "" {
		r.Type = string(wa.TypeText) // as Graph reads it (cloud-api.md 1.1)
	}
	i := r.Interactive
	if i == nil {
		return nil
	}
	if i.Type == "request_contact_info" { // how whatsapp-api-js calls it, after the action's name
		i.Type = "contact_request"
	}
	if i.Footer != nil && i.Footer.Text == "" { // members that an SDK always writes
		i.Footer = nil
	}
	if len(i.Action) > 0 && i.Action[0] == '"' { // an object as text
		var text string
		if err := json.Unmarshal(i.Action, &text); err != nil || !json.Valid([]byte(text)) {
			return wrongType("interactive.action", "an object")
		}
		i.Action = json.RawMessage(text)
	}
	return nil
}

// Content is what the message says. Members of the payloads that only inbound
// messages have are dropped.
func (r *SendRequest) Content() wa.Content {
	c := wa.Content{Type: wa.Type(r.Type), IdentityHash: r.RecipientIdentityKeyHash}
	switch c.Type {
	case wa.TypeText:
		c.Text = r.Text
	case wa.TypeImage:
		c.Image = asked(r.Image)
	case wa.TypeVideo:
		c.Video = asked(r.Video)
	case wa.TypeAudio:
		c.Audio = asked(r.Audio)
	case wa.TypeDocument:
		c.Document = asked(r.Document)
	case wa.TypeSticker:
		c.Sticker = asked(r.Sticker)
	case wa.TypeLocation:
		c.Location = r.Location
	case wa.TypeContacts:
		c.Contacts = r.Contacts
	case wa.TypeReaction:
		c.Reaction = r.Reaction
	case wa.TypeInteractive:
		c.Interactive = r.Interactive
	case wa.TypeTemplate:
		c.Template = r.Template
	}
	if r.Context != nil && r.Context.MessageID != "" {
		c.Context = &wa.Context{ID: r.Context.MessageID}
	}
	return c
}

// asked is what a sender says of media.
func asked(m *wa.Media) *wa.Media {
	if m == nil {
		return nil
	}
	return &wa.Media{MediaID: m.MediaID, ID: m.ID, Link: m.Link, Caption: m.Caption, Filename: m.Filename, Voice: m.Voice}
}
