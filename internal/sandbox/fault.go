package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// fault is a trouble that the control API asked for.
type fault struct {
	ID         string  `json:"id"`
	Kind       string  `json:"kind"`                  // see faultKinds
	Code       int     `json:"code,omitempty"`        // refuse, fail_message: Meta's code, default 131000
	HTTPStatus int     `json:"http_status,omitempty"` // refuse: default that of the code
	Ratio      float64 `json:"ratio,omitempty"`       // share of what matches; 0: all
	Count      int     `json:"count,omitempty"`       // how often at most; 0: for ever
	DelayMS    int     `json:"delay_ms,omitempty"`    // delay: default 1 000; reorder_webhook: default 500
	Body       string  `json:"body,omitempty"`        // refuse: graph (default), html or empty, as servers in front of Graph answer
	Details    string  `json:"details,omitempty"`     // refuse, fail_message: error_data.details
	Match      match   `json:"match,omitzero"`
	Struck     int     `json:"struck"` // how often it has
	Seen       int     `json:"seen"`   // how often it could have
}

// match narrows a fault; empty members match everything.
type match struct {
	Edge   string `json:"edge,omitempty"`   // of a call: messages, media, message_templates, …; "node" for an object itself
	Method string `json:"method,omitempty"` // of a call
	// Type is the message type of a send; of a webhook message, status, one of
	// sent, delivered, read, played, failed, a message type, or the field.
	Type   string `json:"type,omitempty"`
	Phone  string `json:"phone,omitempty"`  // the customer's
	Number string `json:"number,omitempty"` // phone number id of the business
	Path   string `json:"path,omitempty"`   // of a call, without version: its beginning, "*" stands for one segment
}

// What a fault can do.
const (
	faultRefuse  = "refuse"          // a call gets an error and changes nothing
	faultDelay   = "delay"           // a call is answered later
	faultLose    = "lose_answer"     // a call takes effect and the connection breaks
	faultDrop    = "drop_webhook"    // an update is never sent
	faultDouble  = "double_webhook"  // an update is sent twice
	faultReorder = "reorder_webhook" // an update is overtaken by later ones
	faultFail    = "fail_message"    // a send is taken and fails later, by a status
)

var faultKinds = []string{faultRefuse, faultDelay, faultLose, faultDrop, faultDouble, faultReorder, faultFail}

func (f *fault) check() error {
	switch {
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("kind must be one of %v, is %q", faultKinds, f.Kind)
	case f.Ratio < 0 || f.Ratio > 1:
		return fmt.Errorf("ratio must be between 0 and 1, is %v", f.Ratio)
	case f.Count < 0:
		return fmt.Errorf("count must not be negative, is %d", f.Count)
	case f.DelayMS < 0 || f.DelayMS > 600_000:
		return fmt.Errorf("delay_ms must be between 0 and 600000, is %d", f.DelayMS)
	case f.Body != "" && f.Body != "graph" && f.Body != "html" && f.Body != "empty":
		return fmt.Errorf("body must be graph, html or empty, is %q", f.Body)
	case f.Code < 0:
		return fmt.Errorf("code must not be negative, is %d", f.Code)
	case f.HTTPStatus != 0 && (f.HTTPStatus < 400 || f.HTTPStatus > 599):
		return fmt.Errorf("http_status must be between 400 and 599, is %d", f.HTTPStatus)
	}
	f.Match.Phone = digits(f.Match.Phone)
	return nil
}

func (f *fault) wait(def time.Duration) time.Duration {
	if f.DelayMS == 0 {
		return def
	}
	return time.Duration(f.DelayMS) * time.Millisecond
}

// strikes finds the first fault of that kind that applies, and counts it. about
// names what it would strike, so that a ratio chooses the same things under the
// same seed whatever the order; "" counts instead: the first, the second, ….
// The caller holds mu.
func (s *Sandbox) strikes(kind, about string, applies func(match) bool) *fault {
	for _, f := range s.st.faults {
		if f.Kind != kind || (f.Count > 0 && f.Struck >= f.Count) || !applies(f.Match) {
			continue
		}
		f.Seen++
		which := about
		if which == "" {
			which = itoa(f.Seen)
		}
		if f.Ratio > 0 && f.Ratio < 1 && chance(s.st.seed, "fault", f.ID, which) >= f.Ratio {
			continue
		}
		f.Struck++
		return f
	}
	return nil
}

// disturb tells how often the update is sent, and how long it is held back. The
// caller holds mu.
func (s *Sandbox) disturb(u *update) (copies int, hold time.Duration) {
	if len(s.st.faults) == 0 {
		return 1, 0
	}
	applies := func(m match) bool {
		if m.Edge != "" || m.Method != "" || m.Path != "" || (m.Phone != "" && m.Phone != u.customer) || (m.Number != "" && m.Number != u.number) {
			return false
		}
		return m.Type == "" || m.Type == u.kind || m.Type == u.detail || m.Type == u.field
	}
	if s.strikes(faultDrop, u.id+" "+u.detail, applies) != nil {
		e := Entry{Direction: "out", Kind: "webhook", Fault: faultDrop, Note: "dropped by a fault"}
		e.Summary, e.Wamid, _ = summarise([]*update{u})
		e.At = s.nowLocked()
		s.journal.add(s, e)
		return 0, 0
	}
	copies = 1
	if s.strikes(faultDouble, u.id+" "+u.detail, applies) != nil {
		copies = 2
	}
	if f := s.strikes(faultReorder, u.id+" "+u.detail, applies); f != nil {
		hold = f.wait(500 * time.Millisecond)
	}
	return copies, hold
}

// failing is the failure that a fault asks for. The caller holds mu.
func (s *Sandbox) failing(o *outgoing, n *number, c *customer) *doom {
	f := s.strikes(faultFail, "", func(m match) bool {
		return (m.Edge == "" || m.Edge == "messages") && m.Method == "" && m.Path == "" && (m.Type == "" || m.Type == o.typ) &&
			(m.Phone == "" || m.Phone == c.Phone) && (m.Number == "" || m.Number == n.cfg.PhoneNumberID)
	})
	if f == nil {
		return nil
	}
	return &doom{f.code(), or(f.Details, "failed by a fault of the sandbox")}
}

func (f *fault) code() int {
	if f.Code == 0 {
		return 131000
	}
	return f.Code
}

// struck are the faults that apply to one call.
type struck struct {
	refuse *refusal
	delay  time.Duration
	lose   bool
	name   string
	body   string // html or empty: what is answered instead of a Graph error
}

// otherBody is what a server in front of Graph answers when it is Graph that is
// down (cloud-api.md 3.1): a page, or nothing.
func (t struck) otherBody() (contentType string, body []byte) {
	if t.body == "html" {
		return "text/html; charset=utf-8", []byte("<html><body><h1>Sorry, something went wrong.</h1></body></html>")
	}
	return "text/plain", nil
}

// trouble finds the faults for a Graph call. The caller does not hold mu.
func (s *Sandbox) trouble(c *call) (t struck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.st.faults) == 0 {
		return t
	}
	edge := c.edge
	if edge == "" {
		edge = "node"
	}
	typ, phone := textOf(c.body["type"]), digits(plainText(c.body["to"]))
	if known := s.st.byBSUID[unparented(textOf(c.body["recipient"]))]; phone == "" && known != nil {
		phone = known.Phone
	}
	number := ""
	if c.number != nil {
		number = c.number.cfg.PhoneNumberID
	}
	applies := func(m match) bool {
		return (m.Edge == "" || m.Edge == edge) && (m.Method == "" || m.Method == c.r.Method) &&
			(m.Type == "" || m.Type == typ) && (m.Phone == "" || m.Phone == phone) &&
			(m.Number == "" || m.Number == number) && (m.Path == "" || onPath(c.r.URL.Path, m.Path))
	}
	if f := s.strikes(faultDelay, "", applies); f != nil {
		t.delay, t.name = f.wait(time.Second), f.Kind
	}
	if f := s.strikes(faultRefuse, "", applies); f != nil {
		t.refuse, t.name, t.body = refuse(f.code(), "%s", or(f.Details, "refused by a fault of the sandbox")), f.Kind, f.Body
		t.refuse.status = f.HTTPStatus
		return t
	}
	if f := s.strikes(faultLose, "", applies); f != nil {
		t.lose, t.name = true, f.Kind
	}
	return t
}

// onPath tells whether a path, without its version, begins with the segments of
// pattern, where "*" stands for any one.
func onPath(path, pattern string) bool {
	have := strings.Split(strings.Trim(path, "/"), "/")
	if len(have) > 0 && version.MatchString(have[0]) {
		have = have[1:]
	}
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	if len(want) > 0 && version.MatchString(want[0]) {
		want = want[1:]
	}
	if len(want) > len(have) {
		return false
	}
	for i, segment := range want {
		if segment != "*" && segment != have[i] {
			return false
		}
	}
	return true
}
