package outbox_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// counted tells how often messages were claimed.
type counted struct {
	outbox.Store
	claims *atomic.Int64
}

func (c counted) Claim(tx txn.Tx, id wa.NumberID, epoch int64, ids []wa.MessageID) ([]*outbox.Claimed, bool, error) {
	c.claims.Add(1)
	return c.Store.Claim(tx, id, epoch, ids)
}

// Every answer of WhatsApp's rings the bell. A number with much to send must
// not take that as a reason to claim the next message alone.
func TestABusyNumberClaimsManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const people, each = 100, 4
		var claims atomic.Int64
		h := build(t, s, func(p *outbox.Parts) { p.Store = counted{p.Store, &claims} })
		phones := h.several(people)
		for n := range each {
			for _, p := range phones {
				r := text(p, fmt.Sprint(n))
				r.NumberID = h.number.ID
				h.accept(r)
			}
		}
		began := time.Now()
		stop := h.drain(h.Outbox)
		h.delivered(people * each)
		stop()
		// A machine that is slow makes fewer and larger claims: the bound holds on any.
		if got, most := claims.Load(), int64(people*each/4+time.Since(began)/(20*time.Millisecond)); got > most {
			t.Errorf("got %d claims for %d messages, want at most %d", got, people*each, most)
		}
	})
}
