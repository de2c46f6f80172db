package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// fault is a trouble that the control API asked for.
type fault struct {
	ID         string  `json:"id"`
	Kind       string  `json:"kind"`                  // see faultKinds
	Code       int     `json:"code,omitempty"`        // refuse: Meta's code, default 131000
	HTTPStatus int     `json:"http_status,omitempty"` // refuse: default that of the code
	Ratio      float64 `json:"ratio,omitempty"`       // share of what matches; 0: all
	Count      int     `json:"count,omitempty"`       // how often at most; 0: for ever
	DelayMS    int     `json:"delay_ms,omitempty"`    // delay: default 1 000; reorder_webhook: default 500
	Match      match   `json:"match,omitzero"`
	Struck     int     `json:"struck"` // how often it has
}

// match narrows a fault; empty members match everything.
type match struct {
	Edge   string `json:"edge,omitempty"`   // of a call: messages, media, message_templates, …; "node" for an object itself
	Method string `json:"method,omitempty"` // of a call
	// Type is the message type of a send; of a webhook message, status, one of
	// sent, delivered, read, played, failed, a message type, or the field.
	Type  string `json:"type,omitempty"`
	Phone string `json:"phone,omitempty"` // the customer's
}

// What a fault can do.
const (
	faultRefuse  = "refuse"          // a call gets an error and changes nothing
	faultDelay   = "delay"           // a call is answered later
	faultLose    = "lose_answer"     // a call takes effect and the connection breaks
	faultDrop    = "drop_webhook"    // an update is never sent
	faultDouble  = "double_webhook"  // an update is sent twice
	faultReorder = "reorder_webhook" // an update is overtaken by later ones
)

var faultKinds = []string{faultRefuse, faultDelay, faultLose, faultDrop, faultDouble, faultReorder}

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

// strikes finds the first fault of that kind that applies, and counts it. The
// caller holds mu.
func (s *Sandbox) strikes(kind string, applies func(match) bool) *fault {
	for _, f := range s.st.faults {
		if f.Kind != kind || (f.Count > 0 && f.Struck >= f.Count) || !applies(f.Match) {
			continue
		}
		if f.Ratio > 0 && f.Ratio < 1 && s.random.Float64() >= f.Ratio {
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
		if m.Edge != "" || m.Method != "" || (m.Phone != "" && m.Phone != u.customer) {
			return false
		}
		return m.Type == "" || m.Type == u.kind || m.Type == u.detail || m.Type == u.field
	}
	if s.strikes(faultDrop, applies) != nil {
		e := Entry{Direction: "out", Kind: "webhook", Fault: faultDrop, Note: "dropped by a fault"}
		e.Summary, e.Wamid, _ = summarise([]*update{u})
		e.At = s.nowLocked()
		s.journal.add(s, e)
		return 0, 0
	}
	copies = 1
	if s.strikes(faultDouble, applies) != nil {
		copies = 2
	}
	if f := s.strikes(faultReorder, applies); f != nil {
		hold = f.wait(500 * time.Millisecond)
	}
	return copies, hold
}

// struck are the faults that apply to one call.
type struck struct {
	refuse *refusal
	delay  time.Duration
	lose   bool
	name   string
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
	applies := func(m match) bool {
		return (m.Edge == "" || m.Edge == edge) && (m.Method == "" || m.Method == c.r.Method) &&
			(m.Type == "" || m.Type == typ) && (m.Phone == "" || m.Phone == phone)
	}
	if f := s.strikes(faultDelay, applies); f != nil {
		t.delay, t.name = f.wait(time.Second), f.Kind
	}
	if f := s.strikes(faultRefuse, applies); f != nil {
		code := f.Code
		if code == 0 {
			code = 131000
		}
		t.refuse, t.name = refuse(code, "refused by a fault of the sandbox"), f.Kind
		t.refuse.status = f.HTTPStatus
		return t
	}
	if f := s.strikes(faultLose, applies); f != nil {
		t.lose, t.name = true, f.Kind
	}
	return t
}
