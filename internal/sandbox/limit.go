package sandbox

import "time"

// window counts what happened in the last second, whenever that second began:
// the strictest reading of "messages per second" (cloud-api.md 4.1).
type window struct {
	at   []time.Time // a ring of the newest moments
	next int
	full bool
}

// allow notes one message at now unless limit were noted in the second before.
// A limit of 0 allows everything.
func (w *window) allow(now time.Time, limit int) bool {
	if limit <= 0 {
		return true
	}
	if len(w.at) != limit {
		*w = window{at: make([]time.Time, limit)}
	}
	if w.full {
		if since := now.Sub(w.at[w.next]); since >= 0 && since < time.Second {
			return false
		}
	}
	w.at[w.next] = now
	w.next++
	if w.next == limit {
		w.next, w.full = 0, true
	}
	return true
}

// bucket is the pair limit: 45 at once, one more every six seconds
// (cloud-api.md 4.2).
type bucket struct {
	Spent float64   `json:"spent"`
	At    time.Time `json:"at"`
}

const (
	pairBurst  = 45
	pairRefill = 6 * time.Second
)

// allow takes one from the bucket; when it is empty, wait tells how long until
// there is one again.
func (b *bucket) allow(now time.Time) (ok bool, wait time.Duration) {
	if passed := now.Sub(b.At); passed > 0 {
		b.Spent = max(0, b.Spent-passed.Seconds()/pairRefill.Seconds())
	} else if passed < 0 { // the clock was set back
		b.Spent = 0
	}
	b.At = now
	if b.Spent+1 > pairBurst {
		return false, time.Duration((b.Spent + 1 - pairBurst) * float64(pairRefill))
	}
	b.Spent++
	return true, 0
}
