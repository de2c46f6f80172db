package api

import (
	"sync"
	"time"
)

// signinsPerMinute is how many sign-in links one address may try in a minute.
// Links cannot be guessed; this keeps trying from costing anything.
const signinsPerMinute = 20

// triesPerMinute is how many calls for those who are not in yet one address may
// make. An office of many people is one address; what guards a single account
// is package account's.
const triesPerMinute = 40

// limiter is a bucket for each address, which fills evenly over a minute.
type limiter struct {
	perMinute float64
	now       func() time.Time

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

const maxBuckets = 10_000 // beyond that all start anew: memory is bounded, not fairness

func newLimiter(perMinute int, now func() time.Time) *limiter {
	return &limiter{perMinute: float64(perMinute), now: now, buckets: map[string]bucket{}}
}

// allow takes one from the address's bucket, or says how long to wait.
func (l *limiter) allow(host string) (wait time.Duration, ok bool) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[host]
	if !known {
		if len(l.buckets) >= maxBuckets {
			clear(l.buckets)
		}
		b = bucket{left: l.perMinute, at: now}
	}
	b.left = min(l.perMinute, b.left+now.Sub(b.at).Minutes()*l.perMinute)
	b.at = now
	ok = b.left >= 1
	if ok {
		b.left--
	} else {
		wait = time.Duration((1 - b.left) / l.perMinute * float64(time.Minute))
	}
	l.buckets[host] = b
	return wait, ok
}
