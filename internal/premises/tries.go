package premises

import (
	"sync"
	"time"
)

// A name may fail ten times a minute, and an address thirty times: enough for a
// person's typing errors and a program with an old password, too few to guess.
const (
	triesPerName = 10
	triesPerFrom = 30
	triesWindow  = time.Minute
	triesKept    = 20_000 // entries at most; then all are forgotten
)

// tries counts logins that failed, in this process.
type tries struct {
	mu *sync.Mutex
	by map[string]*try
}

type try struct {
	since time.Time
	count int
}

func newTries() tries { return tries{&sync.Mutex{}, map[string]*try{}} }

func (t tries) allow(now time.Time, name, from string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count(now, "n"+name) < triesPerName && t.count(now, "f"+from) < triesPerFrom
}

func (t tries) count(now time.Time, key string) int {
	e := t.by[key]
	if e == nil || now.Sub(e.since) >= triesWindow || now.Before(e.since) {
		return 0
	}
	return e.count
}

func (t tries) failed(now time.Time, name, from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.by) > triesKept {
		clear(t.by)
	}
	for _, key := range []string{"n" + name, "f" + from} {
		if t.count(now, key) == 0 {
			t.by[key] = &try{since: now}
		}
		t.by[key].count++
	}
}
