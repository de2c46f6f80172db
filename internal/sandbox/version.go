package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// graphVersion is one version of the Graph API and when it lives
// (cloud-api.md 8.1).
type graphVersion struct {
	number   int
	released time.Time
	ends     time.Time // zero: not known yet
}

// graphVersions are data, oldest first; never changed.
var graphVersions = []graphVersion{
	{19, onDay(2024, time.January, 23), onDay(2026, time.May, 21)},
	{20, onDay(2024, time.May, 21), onDay(2026, time.September, 24)},
	{21, onDay(2024, time.October, 2), onDay(2027, time.January, 21)},
	{22, onDay(2025, time.January, 21), onDay(2027, time.May, 20)},
	{23, onDay(2025, time.May, 29), onDay(2027, time.October, 8)},
	{24, onDay(2025, time.October, 8), onDay(2028, time.February, 18)},
	{25, onDay(2026, time.February, 18), onDay(2028, time.July, 29)},
	{26, onDay(2026, time.July, 29), time.Time{}},
}

func onDay(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// servedVersion is the version that answers a call: the one asked for, the
// oldest living one for a version that has ended or for none, and the newest
// released one for a version that is not released yet.
func servedVersion(asked string, now time.Time) int {
	oldest, newest := 0, 0
	for _, v := range graphVersions {
		if v.released.After(now) {
			continue
		}
		if newest = v.number; oldest == 0 && (v.ends.IsZero() || v.ends.After(now)) {
			oldest = v.number
		}
	}
	if newest == 0 { // before the first version this table knows
		newest = graphVersions[0].number
	}
	if oldest == 0 { // after the last
		oldest = newest
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(asked, "v"), ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return oldest
	}
	return min(max(n, oldest), newest)
}

// versionName writes a version as Graph does.
func versionName(n int) string { return "v" + strconv.Itoa(n) + ".0" }

// newest is the name of the newest version; the caller holds mu.
func (s *Sandbox) newest() string { return versionName(servedVersion("v9999.0", s.nowLocked())) }
