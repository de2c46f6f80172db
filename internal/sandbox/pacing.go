package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"kontor/internal/meta"
)

// pace is how a template is paced (cloud-api.md 5.5): after some messages the
// rest is answered held_for_quality_assessment, until Meta knows what people
// think of the first ones. Nothing is paced unless the control API says so,
// since Meta publishes no figures.
type pace struct {
	After   int  `json:"after"`             // messages that go out at once
	Sent    int  `json:"sent"`              // of those, how many have gone
	Seconds int  `json:"seconds,omitempty"` // sandbox time from the first held one to the decision; 0: none by itself
	Drop    bool `json:"drop,omitempty"`    // the decision by time: drop instead of release
	Planned bool `json:"planned,omitempty"` // that decision is on its way
}

// duePacing is the decision about a paced template (due.go).
const duePacing = "pacing"

// paced tells whether the message is held. The caller holds mu.
func (s *Sandbox) paced(o *outgoing, m *message) bool {
	if o.template == nil {
		return false
	}
	p := s.st.paces[o.template.ID]
	if p == nil {
		return false
	}
	if p.Sent < p.After {
		p.Sent++
		return false
	}
	if !p.Planned && p.Seconds > 0 {
		p.Planned = true
		s.after(time.Duration(p.Seconds)*time.Second, duePacing, o.template.ID)
	}
	return true
}

// decide ends the pacing of a template: what was held goes on its way, or fails
// with 132015 while the template is paused. It tells how many messages were
// held. The caller holds mu.
func (s *Sandbox) decide(id string, drop bool) int {
	delete(s.st.paces, id)
	s.st.portfolio.cancel(duePacing, id)
	t := s.st.template(id)
	if drop && t != nil {
		paused := *t
		paused.Status = "PAUSED"
		s.st.replaceTemplate(&paused)
		s.tellReview(&paused, review{Action: "pause"})
		s.events.publish("template", &paused)
	}
	count := 0
	for _, phone := range sortedKeys(s.st.customers) {
		for _, m := range s.st.customers[phone].list {
			if !m.Held || m.Template != id {
				continue
			}
			m.Held = false
			if drop {
				m.Doom = &doom{codePaused, "The template was paused for low quality while this message was held for quality assessment."}
			}
			s.later(m)
			count++
		}
	}
	s.changed()
	return count
}

// judge makes the decision that was planned; the caller holds mu.
func (s *Sandbox) judge(id string) {
	if p := s.st.paces[id]; p != nil {
		s.decide(id, p.Drop)
	}
}

// postPacing answers POST /sandbox/templates/{id}/pacing: pace a template, or
// release or drop what is held.
func (s *Sandbox) postPacing(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Action string `json:"action"` // hold (default), release, drop
		After  int    `json:"after"`
		For    string `json:"for"`
		Then   string `json:"then"` // release (default), drop
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	length, err := span(in.For)
	if err != nil || length < 0 || in.After < 0 || (in.Then != "" && in.Then != "release" && in.Then != "drop") ||
		(in.Action != "" && in.Action != "hold" && in.Action != "release" && in.Action != "drop") {
		problem(w, http.StatusUnprocessableEntity, "invalid", `action must be hold, release or drop, after not negative, for a duration as in "30m", then release or drop`)
		return
	}
	s.under(w, func() (any, *apiError) {
		t := s.findTemplate(r.PathValue("id"), r.URL.Query().Get("language"))
		if t == nil {
			return nil, &apiError{http.StatusNotFound, "unknown_template", "there is no template with this id, or not exactly one with this name and language"}
		}
		held := 0
		if in.Action == "release" || in.Action == "drop" {
			held = s.decide(t.ID, in.Action == "drop")
		} else {
			s.st.paces[t.ID] = &pace{After: in.After, Seconds: int(length / time.Second), Drop: in.Then == "drop"}
			s.changed()
		}
		return map[string]any{"success": true, "messages": held}, nil
	})
}

// tellAccount sends a webhook about an account; the caller holds mu.
func (s *Sandbox) tellAccount(account, field, event string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		s.log.Error("webhook cannot be written", "field", field, "error", err)
		return
	}
	s.courier.put(update{
		account: account, field: field, kind: field, detail: event,
		value: meta.Value{Raw: raw}, made: s.nowLocked().Truncate(time.Second),
	})
}
