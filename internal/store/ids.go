package store

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"
)

// ids makes 63-bit ids that rise with time: 42 bits of milliseconds since 2020,
// then 21 bits that begin at random in each millisecond and count up. Two nodes
// meet with odds of one in a million per pair of ids in the same millisecond;
// the primary key then refuses the second and its writer tries again.
type ids struct {
	now func() time.Time

	mu   sync.Mutex
	last int64
}

var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

const (
	counterBits = 21
	// startBits leaves the upper half of the counter free, so that at least
	// 1 048 576 ids fit behind the random start.
	startBits = 20
)

func (g *ids) next() int64 { return g.block(1) }

// block makes n ids in a row, which nobody else gets, and returns the first.
func (g *ids) block(n int) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	floor := (g.now().UnixMilli() - epoch) << counterBits
	if g.last < floor {
		var b [8]byte
		rand.Read(b[:]) // never fails: crypto/rand ends the program instead
		g.last = floor + int64(binary.LittleEndian.Uint64(b[:])&(1<<startBits-1))
	} else {
		g.last++ // same millisecond, or the clock went back: go on counting
	}
	first := g.last
	g.last += int64(n - 1)
	return first
}
