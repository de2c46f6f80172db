package hook

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"kontor/internal/callback"
	"kontor/internal/journal"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Notice is a change that WhatsApp told of, as it came.
type Notice struct {
	WABAID wa.WABAID
	Field  string
	Value  json.RawMessage
	At     time.Time
}

// House is what the dialects that speak Meta's JSON read.
type House interface {
	Number(id wa.NumberID) (*wa.Number, bool)
	// Message and Contact are nil when the workspace has none such.
	Message(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (*wa.Message, error)
	// ByWamid finds a message by WhatsApp's id; nil when the workspace has none such.
	ByWamid(ctx context.Context, ws wa.WorkspaceID, id wa.Wamid) (*wa.Message, error)
	// Contact also answers the parent BSUID, which may be empty.
	Contact(ctx context.Context, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, wa.BSUID, error)
	Notice(ctx context.Context, ws wa.WorkspaceID, id int64) (*Notice, error)
	// Told is the webhook that told of a message, of a status of one, or of a
	// notice (by its id, without a status); nil when it was not kept.
	Told(ctx context.Context, ws wa.WorkspaceID, subject int64, status wa.Status) (json.RawMessage, error)
}

// CloudAPI is the dialect "cloud-api": webhooks exactly as Meta's (cloud-api.md
// 2), one event each. Messages of ours have our ids in the form of WhatsApp's,
// also where a customer quotes one or reacts to it, and biz_opaque_callback_data
// is what the caller gave; what customers wrote keeps WhatsApp's own ids. What
// WhatsApp told is repeated member by member (House.Told); what was not kept so,
// and what Kontor itself has to tell, is written of what is known.
type CloudAPI struct {
	House House
}

var (
	_ callback.Dialect   = CloudAPI{}
	_ callback.Repeating = CloudAPI{}
)

// RepeatsWhatsApp implements callback.Repeating.
func (CloudAPI) RepeatsWhatsApp() {}

// Name implements callback.Dialect.
func (CloudAPI) Name() string { return "cloud-api" }

// Rules implements callback.Dialect.
func (CloudAPI) Rules() callback.Rules { return callback.Usual() }

// Speaks implements callback.Dialect. Meta has no words for what happens inside
// the house; a message that never left is one that failed.
func (CloudAPI) Speaks(e *callback.Event) bool {
	switch {
	case e.Kind == callback.Test, e.Kind == string(journal.MessageReceived), e.Kind == string(journal.MessageCanceled):
		return true
	case e.Kind == string(journal.MessageStatus):
		switch wa.Status(e.Detail) {
		case wa.StatusSent, wa.StatusDelivered, wa.StatusRead, wa.StatusPlayed, wa.StatusFailed, wa.StatusExpired, wa.StatusCanceled:
			return true
		}
		return false
	}
	return strings.HasPrefix(e.Kind, callback.NoticePrefix)
}

// NewSecret implements callback.Dialect: 32 hexadecimal digits, as an app secret.
func (CloudAPI) NewSecret() wa.Secret {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return wa.Secret(hex.EncodeToString(b[:]))
}

// CheckSecret implements callback.Dialect: every text can be an HMAC's key.
func (CloudAPI) CheckSecret(wa.Secret) error { return nil }

// Headers implements callback.Dialect: the signature over the exact bytes with
// exactly the secret. There is room for one, so after a rotation the new secret
// counts at once.
func (CloudAPI) Headers(s *callback.Subscription, _ *callback.Delivery, body []byte, _ time.Time) map[string]string {
	return map[string]string{meta.SignatureHeader: meta.Sign([]byte(s.Secret.Reveal()), body)}
}

// Render implements callback.Dialect.
func (c CloudAPI) Render(ctx context.Context, s *callback.Subscription, d *callback.Delivery) ([]byte, error) {
	switch {
	case d.Kind == callback.Test:
		return c.sample(d)
	case strings.HasPrefix(d.Kind, callback.NoticePrefix):
		told, err := c.notice(ctx, d)
		if err != nil {
			return nil, err
		}
		return c.renamed(ctx, d, nil, told)
	}
	n, ok := c.House.Number(d.NumberID)
	if !ok || n.WorkspaceID != d.WorkspaceID {
		return nil, callback.ErrGone
	}
	m, err := c.House.Message(ctx, d.WorkspaceID, d.MessageID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, callback.ErrGone
	}
	status := wa.Status(d.Detail)
	if m.Direction == wa.Inbound {
		status = ""
	}
	told, err := c.House.Told(ctx, d.WorkspaceID, int64(m.ID), status)
	if err == nil && told == nil {
		told, err = c.again(ctx, n, m, status, d.At)
	}
	if err != nil {
		return nil, err
	}
	return c.renamed(ctx, d, m, told)
}

// renamed is a webhook in which our messages have our ids: a caller knows them by
// no other. about is the message of ours that a status tells of.
func (c CloudAPI) renamed(ctx context.Context, d *callback.Delivery, about *wa.Message, told json.RawMessage) ([]byte, error) {
	var failed error
	told = meta.Rename(told, func(id wa.Wamid) (meta.Ours, bool) {
		m := about
		if id == "" || failed != nil {
			return meta.Ours{}, false
		}
		if m == nil || m.Direction == wa.Inbound {
			m, failed = c.House.ByWamid(ctx, d.WorkspaceID, id)
		}
		if m == nil || m.Direction != wa.Outbound || d.NumberID != 0 && m.NumberID != d.NumberID {
			return meta.Ours{}, false
		}
		return meta.Ours{ID: m.ID.Wamid(), Opaque: m.Opaque}, true
	})
	if failed != nil {
		return nil, failed
	}
	body, err := meta.Encode(told)
	if err != nil {
		return nil, fmt.Errorf("write a webhook: %w", err)
	}
	return body, nil
}

// again writes the webhook of what is known of a message: of one that came, or of
// what became of one that we sent.
func (c CloudAPI) again(ctx context.Context, n *wa.Number, m *wa.Message, status wa.Status, when time.Time) (json.RawMessage, error) {
	person, parent, err := c.House.Contact(ctx, m.WorkspaceID, m.ContactID)
	if err != nil {
		return nil, err
	}
	if person == nil {
		return nil, callback.ErrGone
	}
	v := meta.Value{MessagingProduct: meta.Product, Metadata: metadata(n)}
	if m.Direction == wa.Inbound {
		return received(n, m, person, parent, v)
	}
	return statusOf(n, m, person, parent, status, when, v)
}

// value is meta.Value with messages as they were written.
type value struct {
	MessagingProduct string            `json:"messaging_product"`
	Metadata         *meta.Metadata    `json:"metadata"`
	Contacts         []json.RawMessage `json:"contacts,omitempty"`
	Messages         []json.RawMessage `json:"messages,omitempty"`
}

func received(n *wa.Number, m *wa.Message, person *wa.Contact, parent wa.BSUID, v meta.Value) (json.RawMessage, error) {
	known := wa.Identity{Phone: person.Phone, BSUID: person.BSUID, ParentBSUID: parent, ProfileName: person.ProfileName, Username: person.Username}
	from, contacts, err := meta.Author(&m.Content, known)
	if err != nil {
		return nil, err
	}
	message, err := meta.Inbound(m.Wamid, from, m.At, &m.Content)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(value{MessagingProduct: v.MessagingProduct, Metadata: v.Metadata, Contacts: contacts, Messages: []json.RawMessage{message}})
	if err != nil {
		return nil, err
	}
	return envelope(n.WABAID, time.Time{}, meta.FieldMessages, raw)
}

// neverLeft is the error of a message that Kontor did not send. Meta has no
// code for that; 131000 is its "something went wrong".
func neverLeft(status wa.Status) []wa.Problem {
	details := "The message's time to live ran out before it was sent; it was not sent."
	if status == wa.StatusCanceled {
		details = "The message was withdrawn before it was sent; it was not sent."
	}
	return []wa.Problem{{Code: 131000, Title: "Something went wrong", Details: details}}
}

// statusOf is what became of a message of ours, of what is known.
func statusOf(n *wa.Number, m *wa.Message, person *wa.Contact, parent wa.BSUID, status wa.Status, told time.Time, v meta.Value) (json.RawMessage, error) {
	s := meta.Status{ID: string(m.ID.Wamid()), Status: string(status), RecipientID: string(person.Phone), RecipientUserID: string(person.BSUID), ParentRecipientUserID: string(parent)}
	when, priced := told, false
	switch status {
	case wa.StatusSent:
		when, priced = m.SentAt, true
	case wa.StatusDelivered:
		when, priced = m.DeliveredAt, true
	case wa.StatusRead:
		when, priced = m.ReadAt, m.DeliveredAt.IsZero()
	case wa.StatusPlayed:
		when = m.PlayedAt
	case wa.StatusFailed:
		when, s.Errors = m.FailedAt, meta.Errors(m.Problems)
	default:
		s.Status, s.Errors = string(wa.StatusFailed), meta.Errors(neverLeft(status))
	}
	if when.IsZero() {
		when = told
	}
	s.Timestamp = meta.At(when)
	if priced {
		s.Pricing, s.Conversation = meta.StatusPricing(m.Pricing, status == wa.StatusSent)
	}
	switch {
	case s.Status != string(wa.StatusFailed):
		v.Contacts = []meta.Contact{contact(person, parent, status != wa.StatusSent)}
	case s.RecipientID != "": // cloud-api.md 2.3: no contacts, and no BSUID of who is known by the number
		s.RecipientUserID, s.ParentRecipientUserID = "", ""
	}
	v.Statuses = []meta.Status{s}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return envelope(n.WABAID, time.Time{}, meta.FieldMessages, raw)
}

// notice hands on a change as it came.
func (c CloudAPI) notice(ctx context.Context, d *callback.Delivery) (json.RawMessage, error) {
	if told, err := c.House.Told(ctx, d.WorkspaceID, d.NoticeID, ""); told != nil || err != nil {
		return told, err
	}
	n, err := c.House.Notice(ctx, d.WorkspaceID, d.NoticeID)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, callback.ErrGone
	}
	return envelope(n.WABAID, n.At, n.Field, n.Value)
}

// sample is the message that Meta's dashboard sends as a test.
func (c CloudAPI) sample(d *callback.Delivery) ([]byte, error) {
	waba, about := wa.WABAID("0"), &meta.Metadata{DisplayPhoneNumber: "16505551111", PhoneNumberID: "123456123"}
	if n, ok := c.House.Number(d.NumberID); ok && n.WorkspaceID == d.WorkspaceID {
		waba, about = n.WABAID, metadata(n)
	}
	raw, err := json.Marshal(meta.Value{
		MessagingProduct: meta.Product, Metadata: about,
		Contacts: []meta.Contact{{Profile: &meta.ContactProfile{Name: "test user name"}, WaID: "16315551181"}},
		Messages: []meta.Message{{From: "16315551181", ID: "wamid.test." + d.ID.String(), Timestamp: meta.At(d.At), Type: "text", Text: &meta.TextBody{Body: "this is a text message"}}},
	})
	if err != nil {
		return nil, err
	}
	told, err := envelope(waba, time.Time{}, meta.FieldMessages, raw)
	if err != nil {
		return nil, err
	}
	return meta.Encode(told)
}

func envelope(waba wa.WABAID, at time.Time, field string, raw json.RawMessage) (json.RawMessage, error) {
	if !json.Valid(raw) {
		return nil, errors.New("the value of a webhook is no JSON")
	}
	entry := meta.Entry{ID: string(waba), Changes: []meta.Change{{Value: meta.Value{Raw: raw}, Field: field}}}
	if !at.IsZero() {
		entry.Time = at.Unix()
	}
	body, err := json.Marshal(meta.Webhook{Object: meta.ObjectWhatsApp, Entry: []meta.Entry{entry}})
	if err != nil {
		return nil, fmt.Errorf("write a webhook: %w", err)
	}
	return body, nil
}

// metadata names the business number, in digits.
func metadata(n *wa.Number) *meta.Metadata {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, n.DisplayPhone)
	return &meta.Metadata{DisplayPhoneNumber: digits, PhoneNumberID: string(n.PhoneNumberID)}
}

// contact is the person as Meta writes it; the username is never on "sent"
// (cloud-api.md 2.3).
func contact(c *wa.Contact, parent wa.BSUID, username bool) meta.Contact {
	out := meta.Contact{WaID: string(c.Phone), UserID: string(c.BSUID), ParentUserID: string(parent)}
	p := meta.ContactProfile{Name: c.ProfileName}
	if username {
		p.Username = c.Username
	}
	if p != (meta.ContactProfile{}) {
		out.Profile = &p
	}
	return out
}
