package routing_test

import (
	"testing"
	"time"

	"kontor/internal/routing"
)

// hours reads spans as "mon 09:00-17:30".
func hours(t *testing.T, zone string, closed []string, spans ...string) routing.Hours {
	t.Helper()
	h := routing.Hours{Zone: zone, Closed: closed}
	days := map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
	for _, s := range spans {
		from, ok := routing.ParseClock(s[4:9])
		to, too := routing.ParseClock(s[10:])
		if !ok || !too {
			t.Fatal("no times: ", s)
		}
		h.Spans = append(h.Spans, routing.Span{Day: days[s[:3]], From: from, To: to})
	}
	return h
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestHoursOpenByTheClockOnTheWall(t *testing.T) {
	week := []string{"mon 09:00-12:30", "mon 13:30-17:30", "tue 22:00-24:00", "wed 00:00-06:00"}
	early := []string{"sun 02:30-05:00"} // what the clocks leave out, or show twice
	days := []string{"mon 00:00-24:00", "tue 00:00-24:00", "wed 00:00-24:00", "thu 00:00-24:00", "fri 00:00-24:00", "sat 00:00-24:00", "sun 00:00-24:00"}
	const berlin = "Europe/Berlin"
	for name, c := range map[string]struct {
		h     routing.Hours
		at    string
		open  bool
		opens string // next; empty: open now, or never
	}{
		"always":                       {hours(t, "UTC", nil), "2026-11-21T03:00:00Z", true, ""},
		"before the day begins":        {hours(t, berlin, nil, week...), "2026-11-23T07:59:59Z", false, "2026-11-23T08:00:00Z"},
		"the minute it begins":         {hours(t, berlin, nil, week...), "2026-11-23T08:00:00Z", true, ""},
		"the last minute of the part":  {hours(t, berlin, nil, week...), "2026-11-23T11:29:59Z", true, ""},
		"the minute it ends":           {hours(t, berlin, nil, week...), "2026-11-23T11:30:00Z", false, "2026-11-23T12:30:00Z"},
		"until midnight":               {hours(t, berlin, nil, week...), "2026-11-24T22:59:59Z", true, ""},
		"past midnight":                {hours(t, berlin, nil, week...), "2026-11-24T23:00:00Z", true, ""},
		"the night is over":            {hours(t, berlin, nil, week...), "2026-11-25T05:00:00Z", false, "2026-11-30T08:00:00Z"},
		"summer is an hour earlier":    {hours(t, berlin, nil, week...), "2026-07-06T06:30:00Z", false, "2026-07-06T07:00:00Z"},
		"another day there":            {hours(t, "Pacific/Auckland", nil, "sat 09:00-17:00"), "2026-11-20T20:00:00Z", true, ""},
		"half an hour off":             {hours(t, "Asia/Kolkata", nil, "mon 09:00-17:00"), "2026-11-23T03:29:00Z", false, "2026-11-23T03:30:00Z"},
		"a closed day":                 {hours(t, berlin, []string{"2026-12-25"}), "2026-12-25T10:00:00Z", false, "2026-12-25T23:00:00Z"},
		"closed, by the day there":     {hours(t, berlin, []string{"2026-12-25"}), "2026-12-24T23:00:00Z", false, "2026-12-25T23:00:00Z"},
		"not closed yet":               {hours(t, berlin, []string{"2026-12-25"}), "2026-12-24T22:59:59Z", true, ""},
		"a closed monday":              {hours(t, berlin, []string{"2026-11-23", "2026-11-24", "2026-11-25"}, week...), "2026-11-23T10:00:00Z", false, "2026-11-30T08:00:00Z"},
		"all days, every minute":       {hours(t, berlin, nil, days...), "2026-11-24T23:00:00Z", true, ""},
		"it begins in the lost hour":   {hours(t, berlin, nil, early...), "2026-03-29T00:59:59Z", false, "2026-03-29T01:00:00Z"},
		"after the lost hour":          {hours(t, berlin, nil, early...), "2026-03-29T01:00:00Z", true, ""},
		"before the double hour":       {hours(t, berlin, nil, early...), "2026-10-25T00:00:00Z", false, "2026-10-25T00:30:00Z"},
		"the first time":               {hours(t, berlin, nil, early...), "2026-10-25T00:45:00Z", true, ""},
		"the clock is back before it":  {hours(t, berlin, nil, early...), "2026-10-25T01:15:00Z", false, "2026-10-25T01:30:00Z"},
		"back into what was over":      {hours(t, berlin, nil, "sun 01:00-02:15"), "2026-10-25T00:30:00Z", false, "2026-10-25T01:00:00Z"},
		"no midnight on that day":      {hours(t, "Africa/Cairo", []string{"2026-04-23"}), "2026-04-23T12:00:00Z", false, "2026-04-23T22:00:00Z"},
		"two offsets within the hours": {hours(t, "America/Sao_Paulo", nil, "sun 00:00-01:00"), "2018-11-04T02:59:00Z", false, "2018-11-11T02:00:00Z"},
		"a minute a week":              {hours(t, "UTC", nil, "mon 09:00-09:01"), "2026-11-23T09:01:00Z", false, "2026-11-30T09:00:00Z"},
		"never":                        {hours(t, "UTC", nil, "mon 09:00-09:00"), "2026-11-23T09:00:00Z", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			at := moment(t, c.at)
			if got := c.h.Open(at); got != c.open {
				t.Errorf("open: got %v, want %v", got, c.open)
			}
			var want time.Time
			if c.opens != "" {
				want = moment(t, c.opens)
			}
			got := c.h.Opens(at)
			if !got.Equal(want) {
				t.Errorf("opens: got %v, want %v", got, want)
			}
			if !got.IsZero() && (!c.h.Open(got) || c.h.Open(got.Add(-time.Second))) {
				t.Errorf("it is not that it opens at %v", got)
			}
		})
	}
}

// TestTheNextOpeningIsTheFirst walks through the quarters of an hour of a year and finds
// every opening that Opens tells, and no other.
func TestTheNextOpeningIsTheFirst(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana"} {
		h := hours(t, zone, []string{"2026-03-29", "2026-07-01"}, "sun 00:30-02:15", "sun 02:30-03:30", "mon 09:00-17:00", "sat 23:00-24:00")
		at, end := moment(t, "2026-01-01T00:00:00Z"), moment(t, "2027-01-01T00:00:00Z")
		next, was := h.Opens(at), h.Open(at)
		for ; at.Before(end); at = at.Add(15 * time.Minute) {
			open := h.Open(at)
			if open && !was && !next.Equal(at) {
				t.Fatalf("%s: it opens at %v, and was to at %v", zone, at, next)
			}
			if !open && was {
				next = h.Opens(at)
			}
			was = open
		}
	}
}

func TestClocksAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{"00:00": "00:00", "09:05": "09:05", "23:59": "23:59", "24:00": "24:00"} {
		if c, ok := routing.ParseClock(text); !ok || c.String() != want {
			t.Errorf("%s: got %s, %v", text, c, ok)
		}
	}
	for _, text := range []string{"", "9:00", "24:01", "25:00", "12:60", "12.30", "12:30:00", "-1:00", " 09:00", "09:00\n"} {
		if c, ok := routing.ParseClock(text); ok {
			t.Errorf("%q: got %s, want that it is none", text, c)
		}
	}
}
