package meta

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// ObjectWhatsApp is Webhook.Object of everything that concerns WhatsApp.
const ObjectWhatsApp = "whatsapp_business_account"

// FieldMessages is Change.Field of messages, statuses and errors. The other
// fields are listed in cloud-api.md 2.7.
const FieldMessages = "messages"

// Webhook is one POST of Meta's (cloud-api.md 2.2): up to 1 000 updates in
// several entries and changes. Reading a stranger's webhook is ParseWebhook's
// work; unmarshalling into Webhook is strict about types.
type Webhook struct {
	Object string  `json:"object"`
	Entry  []Entry `json:"entry"`
}

// Entry is what happened to one WhatsApp Business Account; ID is the WABA id.
// Time is in unix seconds, set on management fields and usually 0 on messages.
type Entry struct {
	ID      string   `json:"id"`
	Time    int64    `json:"time,omitempty"`
	Changes []Change `json:"changes"`
}

// Change is one update. Field tells what Value holds.
type Change struct {
	Value Value  `json:"value"`
	Field string `json:"field"`
}

// Value is the value of a "messages" change. For every other field set Raw,
// which is then all that is written; unmarshalling never sets it.
type Value struct {
	MessagingProduct string    `json:"messaging_product,omitempty"`
	Metadata         *Metadata `json:"metadata,omitempty"`
	Contacts         []Contact `json:"contacts,omitempty"`
	Messages         []Message `json:"messages,omitempty"`
	Statuses         []Status  `json:"statuses,omitempty"`
	Errors           []Error   `json:"errors,omitempty"`

	Raw json.RawMessage `json:"-"`
}

// MarshalJSON writes Raw when it is set.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Raw != nil {
		return v.Raw, nil
	}
	type members Value
	return json.Marshal(members(v))
}

// Metadata names the business number. DisplayPhoneNumber has digits only.
type Metadata struct {
	DisplayPhoneNumber string `json:"display_phone_number,omitempty"`
	PhoneNumberID      string `json:"phone_number_id"`
}

// Contact is the person of a message or status (cloud-api.md 2.3). WaID is
// missing for username users outside the retention rule, UserID (the BSUID) in
// payloads from before April 2026.
type Contact struct {
	Profile         *ContactProfile `json:"profile,omitempty"`
	WaID            string          `json:"wa_id,omitempty"`
	UserID          string          `json:"user_id,omitempty"`
	ParentUserID    string          `json:"parent_user_id,omitempty"`
	IdentityKeyHash string          `json:"identity_key_hash,omitempty"`
}

// ContactProfile is what the person calls themselves; either member may be missing.
type ContactProfile struct {
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

// Error is an error inside a webhook (cloud-api.md 3.1, "webhook form").
type Error struct {
	Code      Int        `json:"code"`
	Title     string     `json:"title,omitempty"`
	Message   string     `json:"message,omitempty"`
	ErrorData *ErrorData `json:"error_data,omitempty"`
	Href      string     `json:"href,omitempty"`
}

// ErrorData is error_data. Some edges write it as plain text, which becomes Details.
type ErrorData struct {
	MessagingProduct string `json:"messaging_product,omitempty"`
	Details          string `json:"details,omitempty"`
}

// UnmarshalJSON takes an object or text; of anything else it keeps the JSON in Details.
func (d *ErrorData) UnmarshalJSON(b []byte) error {
	type members ErrorData
	if len(b) > 0 && b[0] == '{' && json.Unmarshal(b, (*members)(d)) == nil {
		return nil
	}
	*d = ErrorData{Details: looseText(b)}
	return nil
}

// Timestamp is a moment that Meta writes as text of unix seconds.
// The zero Timestamp is "none"; tag members with omitzero.
type Timestamp struct{ time.Time }

// At is the Timestamp of t.
func At(t time.Time) Timestamp { return Timestamp{t} }

// MarshalJSON writes text of unix seconds, and "" for none.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte(`""`), nil
	}
	b := append(make([]byte, 0, 12), '"')
	b = strconv.AppendInt(b, t.Unix(), 10)
	return append(b, '"'), nil
}

// UnmarshalJSON takes text or a number, in seconds or (from 1e12 on) in
// milliseconds. What is no time becomes none: it must not lose its message.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	*t = Timestamp{}
	n, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
		if err != nil || !(f > 0 && f < 1e15) {
			return nil
		}
		n = int64(f)
	}
	t.Time = unix(n)
	return nil
}

// The last moment we take for a time, in milliseconds: the end of the year 9999,
// since nothing that stores or prints times goes further.
const lastMilli = 253402300799999

// unix reads seconds, or milliseconds from 1e12 on; no time for nonsense.
func unix(n int64) time.Time {
	switch {
	case n <= 0 || n > lastMilli:
		return time.Time{}
	case n >= 1e12:
		return time.UnixMilli(n).UTC()
	case n > lastMilli/1000:
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// Int is a whole number that some payloads write as text.
type Int int

// UnmarshalJSON takes a number or text; what is neither becomes 0.
func (i *Int) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(string(bytes.Trim(b, `"`)))
	if err != nil {
		n = 0
	}
	*i = Int(n)
	return nil
}

// looseText is the text of a JSON string, the digits of a number, nothing for
// null, and else the JSON itself.
func looseText(b []byte) string {
	var s string
	switch {
	case len(b) == 0 || string(b) == "null":
		return ""
	case b[0] == '"' && json.Unmarshal(b, &s) == nil:
		return s
	}
	return string(b)
}
