package api

import (
	"fmt"
	"testing"
	"time"
)

func TestTheLimitIsANetworks(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	l := newLimiter(2, func() time.Time { return now })
	for _, c := range []struct {
		address string
		ok      bool
	}{
		{"2001:db8:1:2::1", true}, {"2001:db8:1:2::2", true},
		{"2001:db8:1:2:ffff:ffff:ffff:ffff", false}, // the same house by yet another address
		{"2001:db8:1:2::3%eth0", false},
		{"2001:db8:1:3::1", true},
		{"192.0.2.1", true}, {"192.0.2.1", true}, {"192.0.2.1", false}, {"192.0.2.2", true},
		{"unknown", true},
	} {
		wait, ok := l.allow(c.address)
		if ok != c.ok || !ok && (wait <= 0 || wait > time.Minute) {
			t.Errorf("%s: got %v, to wait %s, want %v", c.address, ok, wait, c.ok)
		}
	}
	now = now.Add(30 * time.Second)
	if _, ok := l.allow("192.0.2.1"); !ok {
		t.Error("half a minute later: got none, want one of two a minute")
	}
}

// Whoever comes from many networks must not make the limiter forget one that is
// being held up, as long as it can forget others.
func TestTheLimiterForgetsThoseWhoRestedFirst(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	l := newLimiter(2, func() time.Time { return now })
	for i := range maxBuckets - 1 {
		l.allow(fmt.Sprintf("10.0.%d.%d", i/256, i%256))
	}
	now = now.Add(time.Minute)
	for range 2 {
		l.allow("192.0.2.1")
	}
	l.allow("192.0.2.2")
	if _, ok := l.allow("192.0.2.1"); ok {
		t.Error("got one more after others came, want it still held up")
	}
	if n := len(l.buckets); n != 2 {
		t.Errorf("got %d networks remembered, want the 2 that did not rest", n)
	}
}
