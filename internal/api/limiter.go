package api

import (
	"net/netip"
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

// limiter is a bucket for each network, which fills evenly over a minute.
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

// maxBuckets is how many are remembered. Beyond that those go that are full
// again, which changes nothing; if there are none, all: memory is bounded, not
// fairness.
const maxBuckets = 10_000

// network is what one household or office has: an address of IPv4, and of IPv6
// the half by which it is routed, since the other half is its own to change.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

func newLimiter(perMinute int, now func() time.Time) *limiter {
	return &limiter{perMinute: float64(perMinute), now: now, buckets: map[string]bucket{}}
}

// allow takes one from the bucket of the address's network, or says how long to wait.
func (l *limiter) allow(address string) (wait time.Duration, ok bool) {
	now, host := l.now(), network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[host]
	if !known {
		l.room(now)
		b = bucket{left: l.perMinute, at: now}
	}
	b.left = l.filled(b, now)
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

func (l *limiter) filled(b bucket, now time.Time) float64 {
	return min(l.perMinute, b.left+now.Sub(b.at).Minutes()*l.perMinute)
}

// room makes some for one more.
func (l *limiter) room(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for host, b := range l.buckets {
		if l.filled(b, now) >= l.perMinute {
			delete(l.buckets, host)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}
