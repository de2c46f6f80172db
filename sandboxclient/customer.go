package sandboxclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Customer is a person with a phone.
type Customer struct {
	c    *Client
	path string
}

// Message is one message as a phone shows it.
type Message struct {
	ID        string          `json:"id"`
	Direction string          `json:"direction"` // inbound: the customer wrote it; outbound: the business
	Type      string          `json:"type"`
	Number    string          `json:"phone_number_id"`
	At        time.Time       `json:"at"`
	Status    string          `json:"status"` // accepted, sent, delivered, read, played, failed
	Errors    []MessageError  `json:"errors"`
	Raw       json.RawMessage `json:"-"` // the whole, in Meta's field names
}

// MessageError is why a message failed.
type MessageError struct {
	Code  int    `json:"code"`
	Title string `json:"title"`
	Data  struct {
		Details string `json:"details"`
	} `json:"error_data"`
}

// UnmarshalJSON keeps the whole message in Raw.
func (m *Message) UnmarshalJSON(b []byte) error {
	type members Message
	if err := json.Unmarshal(b, (*members)(m)); err != nil {
		return err
	}
	m.Raw = append(json.RawMessage(nil), b...)
	return nil
}

// Text is what the person reads: the body of a text, the body of an interactive
// message, the text of a template with its parameters, or a caption.
func (m *Message) Text() string {
	var v map[string]json.RawMessage
	if json.Unmarshal(m.Raw, &v) != nil {
		return ""
	}
	var content struct {
		Body    json.RawMessage `json:"body"`
		Caption string          `json:"caption"`
	}
	member := m.Type
	if m.Type == "template" {
		member = "rendered"
	}
	if json.Unmarshal(v[member], &content) != nil {
		return ""
	}
	var text string
	if json.Unmarshal(content.Body, &text) == nil && text != "" {
		return text
	}
	var body struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(content.Body, &body) == nil && body.Text != "" {
		return body.Text
	}
	return content.Caption
}

// Writes lets the person write a text; it returns the id that the business sees.
func (p *Customer) Writes(ctx context.Context, text string) (id string, err error) {
	return p.Sends(ctx, map[string]any{"type": "text", "text": map[string]string{"body": text}})
}

// Taps lets the person tap a reply button or a row of a list, by its id.
func (p *Customer) Taps(ctx context.Context, id, title string) (string, error) {
	return p.Sends(ctx, map[string]any{"type": "interactive", "interactive": map[string]any{
		"type": "button_reply", "button_reply": map[string]string{"id": id, "title": title},
	}})
}

// Sends lets the person send any message: type and the member it names as in a
// webhook; optionally to (a phone number id), profile, context, referral.
func (p *Customer) Sends(ctx context.Context, message map[string]any) (id string, err error) {
	var a struct {
		ID string `json:"id"`
	}
	err = p.c.Call(ctx, http.MethodPost, p.path+"/messages", message, &a)
	return a.ID, err
}

// Messages are what the phone shows, oldest first, in both directions.
func (p *Customer) Messages(ctx context.Context) ([]Message, error) {
	return p.list(ctx, url.Values{})
}

// Everything is Messages with what has not arrived, or never will.
func (p *Customer) Everything(ctx context.Context) ([]Message, error) {
	return p.list(ctx, url.Values{"all": {"true"}})
}

// Next waits, at most so long, for the first message from the business that
// comes to the phone behind the message with that id ("" for the first of all).
func (p *Customer) Next(ctx context.Context, after string, most time.Duration) (*Message, error) {
	all, err := p.list(ctx, url.Values{"after": {after}, "direction": {"outbound"}, "wait": {most.String()}})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("sandbox: no message came within %s", most)
	}
	return &all[0], nil
}

func (p *Customer) list(ctx context.Context, q url.Values) ([]Message, error) {
	var a struct {
		Data []Message `json:"data"`
	}
	err := p.c.Call(ctx, http.MethodGet, p.path+"/messages?"+q.Encode(), nil, &a)
	return a.Data, err
}

// Reads lets the person read everything.
func (p *Customer) Reads(ctx context.Context) error {
	return p.c.Call(ctx, http.MethodPost, p.path+"/read", nil, nil)
}

// Change is what PATCH /sandbox/customers takes; nil members stay.
type Change struct {
	Name          *string `json:"name,omitempty"`
	Username      *string `json:"username,omitempty"`
	BSUID         *string `json:"bsuid,omitempty"`
	Language      *string `json:"language,omitempty"`
	Online        *bool   `json:"online,omitempty"`
	Blocked       *bool   `json:"blocked,omitempty"`
	UsernameOnly  *bool   `json:"username_only,omitempty"`
	OptedOut      *bool   `json:"opted_out_marketing,omitempty"`
	NotOnWhatsApp *bool   `json:"not_on_whatsapp,omitempty"`
	ReadsAtOnce   *bool   `json:"reads_at_once,omitempty"`
	Experiment    *bool   `json:"experiment,omitempty"`
}

// Ptr is a pointer to v, for the members of Change and Conduct.
func Ptr[T any](v T) *T { return &v }

// Person is a customer as the sandbox knows them.
type Person struct {
	Phone       string    `json:"phone"`
	BSUID       string    `json:"bsuid"`
	Name        string    `json:"name"`
	Username    string    `json:"username"`
	Online      bool      `json:"online"`
	Waiting     int       `json:"waiting"` // messages not yet delivered
	Unread      int       `json:"unread"`
	WindowUntil time.Time `json:"window_until"`
	IdentityKey string    `json:"identity_key_hash"`
	TypingUntil time.Time `json:"typing_until"` // the business types
}

// Change changes the person, who exists from then on.
func (p *Customer) Change(ctx context.Context, change Change) (*Person, error) {
	var a Person
	err := p.c.Call(ctx, http.MethodPatch, p.path, change, &a)
	return &a, err
}

// Person is the person as the sandbox knows them now.
func (p *Customer) Person(ctx context.Context) (*Person, error) {
	var a Person
	err := p.c.Call(ctx, http.MethodGet, p.path, nil, &a)
	return &a, err
}

// Moves gives the person another phone number, and so another BSUID; the
// businesses they know are told.
func (p *Customer) Moves(ctx context.Context, phone string) (*Person, error) {
	var a Person
	err := p.c.Call(ctx, http.MethodPost, p.path+"/number", map[string]string{"phone": phone}, &a)
	return &a, err
}

// FlowStep is one step of a flow on the person's phone.
type FlowStep struct {
	Action   string         `json:"action"` // INIT, data_exchange, BACK, error, complete
	Message  string         `json:"message_id,omitempty"`
	FlowID   string         `json:"flow_id,omitempty"`
	Token    string         `json:"flow_token,omitempty"`
	Screen   string         `json:"screen,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
	Endpoint string         `json:"endpoint_uri,omitempty"`
}

// FlowAnswer is what came of it.
type FlowAnswer struct {
	Status    int            `json:"http_status"`
	Screen    string         `json:"screen"`
	Response  map[string]any `json:"response"` // decrypted
	Completed bool           `json:"completed"`
	MessageID string         `json:"message_id"`
	Problem   string         `json:"problem"` // why the person sees an error; empty when all is well
}

// Flow takes one step of a flow: the sandbox calls the business's endpoint with
// WhatsApp's encryption, and sends the reply when the flow is complete.
func (p *Customer) Flow(ctx context.Context, step FlowStep) (*FlowAnswer, error) {
	var a FlowAnswer
	err := p.c.Call(ctx, http.MethodPost, p.path+"/flow", step, &a)
	return &a, err
}
