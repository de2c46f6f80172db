package sandboxclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Now is Meta's time.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	return c.clock(ctx, http.MethodGet, nil)
}

// Advance moves Meta's time on.
func (c *Client) Advance(ctx context.Context, by time.Duration) (time.Time, error) {
	return c.clock(ctx, http.MethodPost, map[string]any{"advance": by.String()})
}

// SetClock sets Meta's time; the zero time brings it back to the real one.
func (c *Client) SetClock(ctx context.Context, at time.Time) (time.Time, error) {
	set := "now"
	if !at.IsZero() {
		set = at.Format(time.RFC3339)
	}
	return c.clock(ctx, http.MethodPost, map[string]any{"set": set})
}

// Freeze lets Meta's time stand, or go on again.
func (c *Client) Freeze(ctx context.Context, stand bool) (time.Time, error) {
	return c.clock(ctx, http.MethodPost, map[string]any{"freeze": stand})
}

func (c *Client) clock(ctx context.Context, method string, in any) (time.Time, error) {
	var a struct {
		Now time.Time `json:"now"`
	}
	err := c.Call(ctx, method, "/sandbox/clock", in, &a)
	return a.Now, err
}

// The kinds of faults.
const (
	Refuse         = "refuse"          // a call gets an error and changes nothing
	Delay          = "delay"           // a call is answered later
	LoseAnswer     = "lose_answer"     // a call takes effect and the connection breaks
	FailMessage    = "fail_message"    // a send is taken and fails later
	DropWebhook    = "drop_webhook"    // an update is never sent
	DoubleWebhook  = "double_webhook"  // an update is sent twice
	ReorderWebhook = "reorder_webhook" // an update is overtaken by later ones
)

// Fault is a trouble to be in force until it is ended or used up.
type Fault struct {
	ID         string  `json:"id,omitempty"`
	Kind       string  `json:"kind"`
	Code       int     `json:"code,omitempty"`        // Refuse, FailMessage: Meta's code; default 131000
	HTTPStatus int     `json:"http_status,omitempty"` // Refuse: default that of the code
	Body       string  `json:"body,omitempty"`        // Refuse: graph (default), html, empty
	Details    string  `json:"details,omitempty"`
	Ratio      float64 `json:"ratio,omitempty"` // share of what matches; 0: all
	Count      int     `json:"count,omitempty"` // how often at most; 0: for ever
	DelayMS    int     `json:"delay_ms,omitempty"`
	Match      Match   `json:"match"`
	Struck     int     `json:"-"` // how often it has; of Faults
}

// Match narrows a fault; empty members match everything.
type Match struct {
	Edge   string `json:"edge,omitempty"`   // of a call: messages, media, …
	Method string `json:"method,omitempty"` // of a call
	Path   string `json:"path,omitempty"`   // of a call: its beginning without version, * for one segment
	Type   string `json:"type,omitempty"`   // of a send, or of a webhook: message, status, sent, …
	Phone  string `json:"phone,omitempty"`  // the customer's
	Number string `json:"number,omitempty"` // phone number id
}

// AddFault puts a fault in force and returns its id.
func (c *Client) AddFault(ctx context.Context, f Fault) (id string, err error) {
	all, err := c.faults(ctx, http.MethodPost, "", f)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[len(all)-1].ID, nil
}

// Faults are those in force, with how often each has struck.
func (c *Client) Faults(ctx context.Context) ([]Fault, error) {
	return c.faults(ctx, http.MethodGet, "", nil)
}

// EndFault ends one fault.
func (c *Client) EndFault(ctx context.Context, id string) error {
	_, err := c.faults(ctx, http.MethodDelete, "/"+url.PathEscape(id), nil)
	return err
}

// EndFaults ends all faults.
func (c *Client) EndFaults(ctx context.Context) error {
	_, err := c.faults(ctx, http.MethodDelete, "", nil)
	return err
}

func (c *Client) faults(ctx context.Context, method, rest string, in any) ([]Fault, error) {
	var a struct {
		Data []struct {
			Fault
			Struck int `json:"struck"`
		} `json:"data"`
	}
	err := c.Call(ctx, method, "/sandbox/faults"+rest, in, &a)
	all := make([]Fault, len(a.Data))
	for i, f := range a.Data {
		all[i], all[i].Struck = f.Fault, f.Struck
	}
	return all, err
}

// Portfolio is the id of the portfolio for SetConduct.
const Portfolio = "portfolio"

// Conduct is how Meta treats a number, an account or the portfolio; nil members
// stay.
type Conduct struct {
	Standing     *string   `json:"standing,omitempty"` // locked, restricted, payment, maintenance, …; "" for none
	For          *string   `json:"for,omitempty"`      // how long it holds, sandbox time
	Countries    *[]string `json:"restricted_countries,omitempty"`
	Recipients   *[]string `json:"allowed_recipients,omitempty"`
	MarketingCap *int      `json:"marketing_cap,omitempty"`
	CallsPerHour *int      `json:"calls_per_hour,omitempty"`
	Limit        *int      `json:"messaging_limit,omitempty"` // of the portfolio
}

// SetConduct changes how Meta treats the number or account with that id, or the
// Portfolio.
func (c *Client) SetConduct(ctx context.Context, id string, conduct Conduct) error {
	return c.Call(ctx, http.MethodPatch, "/sandbox/conduct/"+url.PathEscape(id), conduct, nil)
}

// Review decides about a template, by its id or its name (when only one has
// it): action is approve, reject, pause, unpause, disable; reason is that of a
// rejection.
func (c *Client) Review(ctx context.Context, template, action, reason string) error {
	return c.Call(ctx, http.MethodPost, "/sandbox/templates/"+url.PathEscape(template)+"/review", map[string]string{"action": action, "reason": reason}, nil)
}

// Webhook sends a webhook of any field: an example of that event with value laid
// over it. about is a phone number id, or empty for the first number.
func (c *Client) Webhook(ctx context.Context, field, event, about string, value map[string]any) error {
	in := map[string]any{"field": field, "event": event}
	if about != "" {
		in["phone_number_id"] = about
	}
	if value != nil {
		in["value"] = value
	}
	return c.Call(ctx, http.MethodPost, "/sandbox/webhooks", in, nil)
}

// SetCallback sets where the webhooks of a number go, after a handshake with
// that token.
func (c *Client) SetCallback(ctx context.Context, number, callback, verifyToken string) error {
	return c.Call(ctx, http.MethodPatch, "/sandbox/numbers/"+url.PathEscape(number), map[string]string{"callback_url": callback, "verify_token": verifyToken}, nil)
}

// LogEntry is one line of the log: a call that the program made, or a webhook,
// handshake, fetch or flow request of the sandbox.
type LogEntry struct {
	Seq       uint64          `json:"seq"`
	At        time.Time       `json:"at"`
	Direction string          `json:"direction"` // in, out
	Kind      string          `json:"kind"`      // call, webhook, handshake, fetch, flow
	Method    string          `json:"method"`
	Path      string          `json:"path"`
	Edge      string          `json:"edge"`
	Summary   string          `json:"summary"`
	Status    int             `json:"status"`
	Request   json.RawMessage `json:"request"`
	Response  json.RawMessage `json:"response"`
	Fault     string          `json:"fault"`
	Problem   *struct {       // what the sandbox's checks said; nil when all was well
		Code    int    `json:"code"`
		Details string `json:"details"`
	} `json:"problem"`
}

// Log are the newest entries of the log, oldest first; after a seq only those
// behind it.
func (c *Client) Log(ctx context.Context, after uint64) ([]LogEntry, error) {
	var a struct {
		Data []LogEntry `json:"data"`
	}
	path := "/sandbox/log"
	if after > 0 {
		path += fmt.Sprintf("?after=%d", after)
	}
	err := c.Call(ctx, http.MethodGet, path, nil, &a)
	return a.Data, err
}
