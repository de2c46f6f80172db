package whatsapp

import (
	"slices"
	"time"
)

// Cap allows so many messages in every sliding second: the strictest way to
// read a limit "per second". It is not safe for concurrent use.
type Cap struct {
	last []time.Time // when the last ones were allowed, a ring
	next int         // the oldest of them
}

// NewCap allows n.
func NewCap(n int) *Cap { return &Cap{last: make([]time.Time, n)} }

// Admit allows one message at now, or refuses it.
func (c *Cap) Admit(now time.Time) bool {
	if now.Sub(c.last[c.next]) < time.Second {
		return false
	}
	c.last[c.next] = now
	c.next = (c.next + 1) % len(c.last)
	return true
}

// Busiest is how many of the moments lie in the busiest sliding second.
func Busiest(moments []time.Time) (most int) {
	sorted := slices.SortedFunc(slices.Values(moments), time.Time.Compare)
	first := 0
	for i, t := range sorted {
		for t.Sub(sorted[first]) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
