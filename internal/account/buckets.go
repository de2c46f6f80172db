package account

import (
	"sync"
	"time"

	"kontor/internal/fault"
)

// buckets bound how often something may be tried: each key has a bucket that
// begins full and gets one more try after every span. They are kept in memory:
// on several nodes each counts for itself.
type buckets struct {
	full  float64
	every time.Duration

	mu  *sync.Mutex
	by  map[string]bucket
	max int // keys; beyond that all start anew: memory is bounded, not fairness
}

type bucket struct {
	left float64
	at   time.Time
}

func newBuckets(full int, every time.Duration) buckets {
	return buckets{full: float64(full), every: every, mu: &sync.Mutex{}, by: map[string]bucket{}, max: 20_000}
}

// take takes a try, or says how long to wait. It is taken before the trying,
// so that many at once count too, and given back by back when it was right.
func (b buckets) take(now time.Time, key string) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	have, known := b.by[key]
	if !known {
		if len(b.by) >= b.max {
			clear(b.by)
		}
		have = bucket{left: b.full, at: now}
	}
	have.left = min(b.full, have.left+float64(now.Sub(have.at))/float64(b.every))
	have.at = now
	if ok = have.left >= 1; ok {
		have.left--
	} else {
		wait = time.Duration((1 - have.left) * float64(b.every))
	}
	b.by[key] = have
	return wait, ok
}

// back gives a try back.
func (b buckets) back(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if have, known := b.by[key]; known {
		have.left = min(b.full, have.left+1)
		b.by[key] = have
	}
}

// fill makes a bucket full again.
func (b buckets) fill(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.by, key)
}

// tooOften is the answer to a try that was not allowed.
func tooOften(wait time.Duration) error {
	return fault.New(fault.Limited, "too_many_sign_ins", "Too many attempts; this one was not looked at.", "Wait as long as Retry-After says, and try again.").Because(fault.Wait(wait))
}
