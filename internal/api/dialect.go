package api

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"kontor/internal/callback"
	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// Dialect is the dialect "kontor" of outgoing webhooks: what the API would
// answer about an event, in an envelope with the members of CloudEvents, signed
// by the rules of Standard Webhooks. It stands here since its shapes are the API's.
func (a *API) Dialect() callback.Dialect { return dialect{a} }

type dialect struct{ a *API }

// eventVersion is that of the shape of data; it rises when a member changes its
// meaning or goes, not when one is added.
const eventVersion = "1"

// Told is what a subscriber of the dialect kontor gets.
type Told struct {
	SpecVersion string   `json:"specversion"`       // of CloudEvents: 1.0
	ID          string   `json:"id"`                // the delivery: the same at every try, to recognise a repetition
	Source      string   `json:"source"`            // urn:kontor: and the workspace
	Type        string   `json:"type"`              // message.received, …
	Version     string   `json:"version"`           // of the shape of data
	Subject     string   `json:"subject,omitempty"` // the conversation, else whatever it is about
	Time        Stamp    `json:"time"`              // when it happened
	Timestamp   Stamp    `json:"timestamp"`         // the same: Standard Webhooks calls it so
	ContentType string   `json:"datacontenttype"`   // application/json
	Data        ToldData `json:"data"`
}

// ToldData are the members of an event; which there are depends on its type.
type ToldData struct {
	MessageID      *string         `json:"message_id,omitempty"`
	ConversationID *string         `json:"conversation_id,omitempty"`
	ContactID      *string         `json:"contact_id,omitempty"`
	NumberID       *string         `json:"number_id,omitempty"`
	PhoneNumberID  *string         `json:"phone_number_id,omitempty"`
	ActorID        *string         `json:"actor_id,omitempty"`
	Status         *string         `json:"status,omitempty"`       // message.status: the status that is told of
	Detail         *string         `json:"detail,omitempty"`       // any other detail, as why a file could not be fetched
	Message        *Message        `json:"message,omitempty"`      // as GET messages/{id} answers
	Contact        *Contact        `json:"contact,omitempty"`      // the person
	Conversation   *Conversation   `json:"conversation,omitempty"` // as GET conversations/{phone} answers
	Number         *NumberShape    `json:"number,omitempty"`       // as in GET numbers
	Order          *Order          `json:"order,omitempty"`        // order.*: as GET orders/{id} answers
	Field          *string         `json:"field,omitempty"`        // notice.*: Meta's webhook field
	Value          json.RawMessage `json:"value,omitempty"`        // notice.*: what Meta wrote
}

// Name implements callback.Dialect.
func (dialect) Name() string { return "kontor" }

// Rules implements callback.Dialect.
func (dialect) Rules() callback.Rules { return callback.Usual() }

// Speaks implements callback.Dialect: it has words for everything but a message
// that there never was, which concerns the On-Premises API alone.
func (dialect) Speaks(e *callback.Event) bool { return e.Kind != string(premises.FactRefused) }

const secretPrefix = "whsec_"

// NewSecret implements callback.Dialect.
func (dialect) NewSecret() wa.Secret {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return wa.Secret(secretPrefix + base64.StdEncoding.EncodeToString(b[:]))
}

// CheckSecret implements callback.Dialect.
func (dialect) CheckSecret(s wa.Secret) error {
	if rest, ok := strings.CutPrefix(s.Reveal(), secretPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(rest); err != nil || len(key) == 0 {
			return errors.New("begins with whsec_, behind which base64 must stand.")
		}
	}
	return nil
}

// signingKey is the key behind a secret: whsec_ and base64, or the text itself.
func signingKey(s wa.Secret) []byte {
	if rest, ok := strings.CutPrefix(s.Reveal(), secretPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(rest); err == nil {
			return key
		}
	}
	return []byte(s.Reveal())
}

// Headers implements callback.Dialect by Standard Webhooks: the signature is
// over id, time and body; while two secrets count, there are two signatures.
func (dialect) Headers(s *callback.Subscription, d *callback.Delivery, body []byte, now time.Time) map[string]string {
	id, at := d.ID.String(), strconv.FormatInt(now.Unix(), 10)
	sign := func(secret wa.Secret) string {
		mac := hmac.New(sha256.New, signingKey(secret))
		mac.Write([]byte(id + "." + at + "."))
		mac.Write(body)
		return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	signature := sign(s.Secret)
	if s.Previous != "" && now.Before(s.PreviousUntil) {
		signature += " " + sign(s.Previous)
	}
	return map[string]string{"webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature}
}

// Render implements callback.Dialect.
func (k dialect) Render(ctx context.Context, s *callback.Subscription, d *callback.Delivery) ([]byte, error) {
	data, err := k.data(ctx, d)
	if err != nil {
		return nil, err
	}
	e := Told{
		SpecVersion: "1.0", ID: d.ID.String(), Source: "urn:kontor:" + s.WorkspaceID.String(), Type: d.Kind, Version: eventVersion,
		Time: Stamp(d.At), Timestamp: Stamp(d.At), ContentType: "application/json", Data: data,
	}
	for _, id := range []string{d.ConversationID.String(), d.ContactID.String(), d.NumberID.String()} {
		if e.Subject == "" {
			e.Subject = id
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (k dialect) data(ctx context.Context, d *callback.Delivery) (ToldData, error) {
	data := ToldData{
		MessageID: opt(d.MessageID.String()), ConversationID: opt(d.ConversationID.String()), ContactID: opt(d.ContactID.String()),
		NumberID: opt(d.NumberID.String()), ActorID: opt(d.ActorID.String()),
	}
	if n, ok := k.a.Numbers.ByID(d.NumberID); ok && n.WorkspaceID == d.WorkspaceID {
		data.PhoneNumberID = opt(n.PhoneNumberID)
		if d.Kind == string(journal.NumberChanged) {
			shape := showNumber(n)
			data.Number = &shape
		}
	}
	if d.Kind == string(journal.MessageStatus) {
		data.Status = opt(d.Detail)
	} else {
		data.Detail = opt(d.Detail)
	}
	if d.NoticeID != 0 {
		n, err := k.a.Events.Notice(ctx, d.WorkspaceID, d.NoticeID)
		if err != nil {
			return data, err
		}
		if n == nil {
			return data, callback.ErrGone
		}
		data.Field, data.Value = opt(strings.TrimPrefix(d.Kind, callback.NoticePrefix)), n
		return data, nil
	}
	names, err := k.a.names.of(ctx, d.WorkspaceID)
	if err != nil {
		return data, err
	}
	show := shown{a: k.a, names: names}
	var person *wa.Contact
	if d.ContactID != 0 {
		if person, err = k.a.Events.Contact(ctx, d.WorkspaceID, d.ContactID); err != nil {
			return data, err
		}
		if person == nil {
			return data, callback.ErrGone
		}
		shape := contact(person)
		data.Contact = &shape
	}
	if strings.HasPrefix(d.Kind, "order.") {
		if err := k.order(ctx, d, show, person, &data); err != nil {
			return data, err
		}
	}
	if d.MessageID != 0 && d.Kind != "message.refused" { // of that there is an id only: see package premises
		return data, k.message(ctx, d, show, person, &data)
	}
	if strings.HasPrefix(d.Kind, "conversation.") {
		v, err := k.a.Inbox.View(ctx, d.WorkspaceID, d.ConversationID)
		switch {
		case fault.Is(err, fault.NotFound):
			return data, callback.ErrGone
		case err != nil:
			return data, err
		}
		shape := show.conversation(*v)
		data.Conversation = &shape
	}
	return data, nil
}

// order shows the order of an event, whose detail names it; of order.status the
// status that is told of stands behind.
func (k dialect) order(ctx context.Context, d *callback.Delivery, show shown, customer *wa.Contact, data *ToldData) error {
	text, status, _ := strings.Cut(d.Detail, " ")
	data.Detail, data.Status = nil, opt(status)
	id, err := wa.ParseOrderID(text)
	if err != nil {
		return callback.ErrGone
	}
	o, err := k.a.Orders.ByID(ctx, d.WorkspaceID, id)
	if err != nil {
		return err
	}
	if o == nil {
		return callback.ErrGone
	}
	shape := show.order(o, customer)
	data.Order = &shape
	return nil
}

// message shows the message of an event. A status event tells of its status,
// also when the message has come further since.
func (k dialect) message(ctx context.Context, d *callback.Delivery, show shown, person *wa.Contact, data *ToldData) error {
	m, found, err := k.a.Inbox.Message(ctx, d.WorkspaceID, d.MessageID)
	if err != nil {
		return err
	}
	if !found {
		return callback.ErrGone
	}
	var phone wa.Phone
	if person != nil {
		phone = person.Phone
	}
	if d.Kind == string(journal.MessageStatus) && m.Direction == wa.Outbound {
		m.Status = wa.Status(d.Detail)
	}
	shape := show.message(&m, phone)
	data.Message = &shape
	return nil
}

// Events is what the dialect reads beside the inbox.
type Events interface {
	// Contact is nil when the workspace has none such; Notice is what Meta wrote, likewise.
	Contact(ctx context.Context, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error)
	Notice(ctx context.Context, ws wa.WorkspaceID, id int64) (json.RawMessage, error)
}
