package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// clockView is Meta's time, and how far it is from ours.
type clockView struct {
	Now    time.Time `json:"now"`
	Offset float64   `json:"offset_seconds"`
	Frozen bool      `json:"frozen"`
}

func (s *Sandbox) clockView() clockView {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	return clockView{now, now.Sub(s.opt.Clock()).Round(time.Millisecond).Seconds(), !s.st.frozen.IsZero()}
}

func (s *Sandbox) getClock(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, s.clockView())
}

// clockChange is the body of POST /sandbox/clock.
type clockChange struct {
	Advance string `json:"advance"`
	Set     string `json:"set"`
	Freeze  *bool  `json:"freeze"`
}

// postClock moves Meta's time: {"advance":"25h"} or {"set":"2026-10-01T00:00:00Z"};
// {"set":"now"} brings it back. {"freeze":true} lets it stand, alone or with one
// of them, until {"freeze":false}; a frozen clock can be moved.
func (s *Sandbox) postClock(w http.ResponseWriter, r *http.Request) {
	var in clockChange
	if !s.readJSON(w, r, &in) {
		return
	}
	step, err := span(in.Advance)
	var to time.Time
	if err == nil && in.Set != "" && in.Set != "now" {
		to, err = moment(in.Set)
	}
	if err != nil || (in.Advance != "" && in.Set != "") || in == (clockChange{}) {
		problem(w, http.StatusUnprocessableEntity, "invalid", `give either advance, as in "25h" or "7d", or set, as in "2026-10-01T00:00:00Z" or "now", or freeze, true or false`)
		return
	}
	s.mu.Lock()
	s.moveClock(in, step, to)
	s.settle()
	s.mu.Unlock()
	s.courier.poke()
	s.pokeDue()
	s.changed()
	view := s.clockView()
	s.events.publish("clock", view)
	write(w, http.StatusOK, view)
}

// moveClock does what postClock was asked for; the caller holds mu.
func (s *Sandbox) moveClock(in clockChange, step time.Duration, to time.Time) {
	st, real := s.st, s.opt.Clock().UTC()
	switch {
	case in.Set == "now":
		st.offset, st.moved = 0, 0
	case in.Set != "":
		st.offset, st.moved = to.Sub(real), to.Sub(real)
	default:
		st.offset += step
		st.moved += step
	}
	switch {
	case st.frozen.IsZero():
	case in.Set != "":
		st.frozen = real.Add(st.offset)
	default:
		st.frozen = st.frozen.Add(step)
	}
	if in.Freeze == nil || *in.Freeze == !st.frozen.IsZero() {
		return
	}
	if *in.Freeze {
		st.frozen = real.Add(st.offset)
	} else {
		st.offset = st.frozen.Sub(real)
		st.frozen = time.Time{}
	}
}

// span reads a duration as Go writes it, or whole days ("7d").
func span(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}

// moment reads RFC 3339 or unix seconds.
func moment(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 && n < 1<<34 {
		return time.Unix(n, 0), nil
	}
	return time.Parse(time.RFC3339, s)
}
