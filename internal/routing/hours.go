package routing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // a container may know no time zones

	"kontor/internal/fault"
)

// Hours are when a team is there, by the clocks of its time zone.
type Hours struct {
	Zone   string   // as Europe/Berlin
	Spans  []Span   // empty: always
	Closed []string // days of the calendar on which nobody is there, "2026-12-25"
}

// Span is a part of a day of the week. It ends on that day: what goes past
// midnight is two of them.
type Span struct {
	Day  time.Weekday `json:"day"`
	From Clock        `json:"from"`
	To   Clock        `json:"to"` // not part of it any more
}

// Clock is what a clock on the wall shows, in minutes since midnight; 24:00 is
// the end of the day.
type Clock int

const fullDay Clock = 24 * 60

// String writes "09:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

var clockForm = regexp.MustCompile(`^([01][0-9]|2[0-4]):([0-5][0-9])$`)

// ParseClock reads "09:30", from "00:00" to "24:00".
func ParseClock(text string) (c Clock, ok bool) {
	parts := clockForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	hours, _ := strconv.Atoi(parts[1])
	minutes, _ := strconv.Atoi(parts[2])
	c = Clock(hours*60 + minutes)
	return c, c <= fullDay
}

// Limits of Hours.
const (
	MaxSpans  = 70  // ten a day
	MaxClosed = 400 // a year and a little more
)

// tidy puts the parts in order and answers what is wrong with them.
func (h *Hours) tidy() (wrong []fault.Field) {
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "" || h.Zone == "Local" {
		wrong = append(wrong, fault.Field{Name: "time_zone", Detail: "is no time zone: write it as Europe/Berlin or UTC."})
	}
	if len(h.Spans) > MaxSpans {
		wrong = append(wrong, fault.Field{Name: "hours", Detail: "has more than 70 parts.", Limit: MaxSpans, Length: len(h.Spans)})
	}
	for i, s := range h.Spans {
		if s.From < 0 || s.From >= s.To || s.To > fullDay {
			wrong = append(wrong, fault.Field{Name: fmt.Sprintf("hours[%d].to", i), Detail: "must be after from. What goes past midnight is two parts: to 24:00, and from 00:00 on the next day."})
		}
	}
	if len(h.Closed) > MaxClosed {
		wrong = append(wrong, fault.Field{Name: "closed_days", Detail: "has more than 400 days.", Limit: MaxClosed, Length: len(h.Closed)})
	}
	for i, day := range h.Closed {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			wrong = append(wrong, fault.Field{Name: fmt.Sprintf("closed_days[%d]", i), Detail: "is no day: write it as 2026-12-25."})
		}
	}
	h.Spans, h.Closed = append([]Span{}, h.Spans...), append([]string{}, h.Closed...) // the caller keeps theirs
	slices.SortStableFunc(h.Spans, func(a, b Span) int {
		if a.Day != b.Day {
			return int((a.Day+6)%7) - int((b.Day+6)%7) // a week begins on Monday
		}
		return int(a.From - b.From)
	})
	slices.Sort(h.Closed)
	h.Closed = slices.Compact(h.Closed)
	return wrong
}

// location is the time zone, which was checked when it was saved.
func (h Hours) location() *time.Location {
	l, err := time.LoadLocation(h.Zone)
	if err != nil {
		return time.UTC
	}
	return l
}

// Open reports whether the team is there at a moment.
func (h Hours) Open(at time.Time) bool { return h.open(at.In(h.location())) }

func (h Hours) open(local time.Time) bool {
	if slices.Contains(h.Closed, local.Format(time.DateOnly)) {
		return false
	}
	clock := Clock(local.Hour()*60 + local.Minute())
	return len(h.Spans) == 0 || slices.ContainsFunc(h.Spans, func(s Span) bool {
		return s.Day == local.Weekday() && s.From <= clock && clock < s.To
	})
}

// ahead is how many days Opens looks: past every day that can be closed.
const ahead = MaxClosed + 8

// Opens is the next moment at which the team is there; zero when it is there
// now, or when that moment is more than a year away.
//
// Hours go by the clock on the wall, and that may jump. What begins in an hour
// that is left out begins with the jump; of an hour that comes twice, both count.
func (h Hours) Opens(now time.Time) (opens time.Time) {
	zone := h.location()
	local := now.In(zone)
	if h.open(local) {
		return time.Time{}
	}
	year, month, day := local.Date()
	for n := range ahead {
		date := time.Date(year, month, day+n, 0, 0, 0, 0, time.UTC) // the day alone: in UTC none is odd
		for _, at := range h.moments(date, zone) {
			there := at.In(zone)
			if there.Format(time.DateOnly) == date.Format(time.DateOnly) && at.After(now) && h.open(there) && (opens.IsZero() || at.Before(opens)) {
				opens = at
			}
		}
		if !opens.IsZero() {
			return opens.UTC()
		}
	}
	return time.Time{}
}

// moments are those at which the team may begin to be there on a day: where a
// span begins, and where the clock jumps; some may lie beside the day.
func (h Hours) moments(date time.Time, zone *time.Location) (all []time.Time) {
	if slices.Contains(h.Closed, date.Format(time.DateOnly)) {
		return nil
	}
	// No zone is further than 14 hours from UTC, so the day lies in between.
	first, last := date.Add(-15*time.Hour), date.Add(39*time.Hour)
	offsets := []int{offset(first, zone)}
	for t := first; ; {
		_, t = t.In(zone).ZoneBounds()
		if t.IsZero() || t.After(last) {
			break
		}
		all = append(all, t)
		offsets = append(offsets, offset(t, zone))
	}
	begins := []Clock{}
	for _, s := range h.Spans {
		if s.Day == date.Weekday() {
			begins = append(begins, s.From)
		}
	}
	if len(h.Spans) == 0 {
		begins = append(begins, 0)
	}
	for _, c := range begins {
		for _, o := range offsets {
			at := date.Add(time.Duration(c)*time.Minute - time.Duration(o)*time.Second)
			if offset(at, zone) == o { // the clock does show that then
				all = append(all, at)
			}
		}
	}
	return all
}

func offset(at time.Time, zone *time.Location) int {
	_, seconds := at.In(zone).Zone()
	return seconds
}
