package app

import (
	"testing"
	"time"
)

func TestAClockThatWasSetIsNoticed(t *testing.T) {
	ahead := time.Duration(0)
	c := newClock(func() time.Time { return time.Now().Add(ahead) })
	for _, by := range []time.Duration{0, 2 * time.Hour, -2 * time.Hour, 500 * time.Millisecond} {
		before := ahead
		ahead += by
		told, now, jump := c.look()
		if off := jump - by; off > time.Second || off < -time.Second {
			t.Errorf("a jump by %v: got %v", by, jump)
		}
		if off := told.Sub(time.Now().Add(before)); off > time.Second || off < -time.Second {
			t.Errorf("a jump by %v: it would have said %v, want what it said before and what has passed", by, told)
		}
		if now.Sub(told) != jump {
			t.Errorf("a jump by %v: from %v to %v, but %v is told", by, told, now, jump)
		}
		c.accept(now)
	}
}
