package callback

import "time"

const (
	week = 7 * 24 * time.Hour
	// breakAfter is how many failures in a row open the breaker.
	breakAfter = 10
	// The breaker's first rest; it doubles with each failed probe, to the longest.
	firstRest, longestRest = 30 * time.Second, 10 * time.Minute
	// longestAsk bounds what an endpoint may ask for by Retry-After.
	longestAsk = 24 * time.Hour
)

// waits are the pauses after the first failures; the last repeats. The first
// two help over a restart, the next over a broken deployment, the long ones over
// a weekend; together with Patience they make about 36 tries in seven days.
var waits = [...]time.Duration{
	5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 5 * time.Hour,
}

// Usual are the rules of a dialect that has no others: in order, any 2xx is a
// success, longer and longer waits for a week.
func Usual() Rules {
	return Rules{
		Ordered: true, Concurrency: 50, Patience: week, Wait: Backoff,
		Success: func(status int) bool { return status >= 200 && status < 300 },
	}
}

// Backoff is the usual wait after a failed attempt, with 20 % of jitter either way.
func Backoff(attempt int, spread float64) time.Duration {
	d := waits[min(max(attempt, 1), len(waits))-1]
	return time.Duration(float64(d) * (0.8 + 0.4*spread))
}

// failed is the health after one more failure at now; opened tells that the
// breaker opened by it. While it is open, a failed probe makes the rest longer.
// With steady it stays closed.
func (h Health) failed(now time.Time, code string, steady bool) (next Health, opened bool) {
	h.Failures++
	h.FailedAt, h.LastError = now, code
	switch {
	case steady:
	case h.Open() && now.Before(h.ProbeAt): // it was under way when the breaker opened
	case h.Open():
		h.ProbeAt = now.Add(min(max(now.Sub(h.OpenedAt), firstRest), longestRest)) // it doubles
	case h.Failures >= breakAfter:
		h.OpenedAt, h.ProbeAt, opened = now, now.Add(firstRest), true
	}
	return h, opened
}

// succeeded is the health after a success; closed tells that the breaker closed by it.
func (h Health) succeeded(now time.Time) (next Health, closed bool) {
	closed = h.Open()
	return Health{SucceededAt: now, FailedAt: h.FailedAt, LastError: h.LastError}, closed
}
