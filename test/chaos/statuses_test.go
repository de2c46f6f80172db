package chaos

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// fate is what WhatsApp will tell of a message.
type fate struct {
	whatsapp.Sent
	statuses []string // the highest last
	late     bool     // told at the very end only
}

func (f *fate) highest() string { return f.statuses[len(f.statuses)-1] }

// at is when a status happened: a second after the one before.
func (f *fate) at(n int) time.Time {
	return f.At.Truncate(time.Second).Add(time.Duration(n) * time.Second)
}

// reporter posts the statuses of what WhatsApp took: in any order, some twice,
// some late, on several connections.
type reporter struct {
	w       *world
	started chan struct{} // closed once the installation's address is known
	clients chan *kontor.Client
	posting sync.WaitGroup

	mu    sync.Mutex
	count uint64           // guarded by mu
	fates map[string]*fate // by text; guarded by mu
	twice []whatsapp.Sent  // what WhatsApp had taken before; guarded by mu
}

func newReporter(w *world) *reporter {
	return &reporter{w: w, started: make(chan struct{}), clients: make(chan *kontor.Client, 8), fates: map[string]*fate{}}
}

// begin makes the connections.
func (r *reporter) begin() {
	for range cap(r.clients) {
		c := kontor.NewClient(r.w.kontor.Address)
		r.w.Cleanup(c.Close)
		r.clients <- c
	}
	close(r.started)
}

// taken decides the fate of a message.
func (r *reporter) taken(s whatsapp.Sent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fates[s.Body] != nil {
		r.twice = append(r.twice, s)
		return
	}
	r.count++
	dice := r.w.dice(statusDice + r.count)
	f := &fate{Sent: s}
	switch n := dice.IntN(20); {
	case n == 0:
		f.statuses = []string{"sent", "failed"}
	case n < 3:
		f.statuses = []string{"sent", "delivered"}
	default:
		f.statuses, f.late = []string{"sent", "delivered", "read"}, n < 5
	}
	r.fates[s.Body] = f
	if !f.late {
		r.posting.Go(func() { r.post(f, dice) })
	}
}

// post posts the statuses of a message until each was answered.
func (r *reporter) post(f *fate, dice *rand.Rand) {
	<-r.started
	order := dice.Perm(len(f.statuses))
	if dice.IntN(3) == 0 { // one of them once more
		order = append(order, order[dice.IntN(len(order))])
	}
	for _, n := range order {
		if !f.late {
			r.w.pause(time.Duration(dice.Int64N(int64(300 * time.Millisecond))))
		}
		body := r.w.kontor.Numbers[0].Statuses(whatsapp.Status{
			To: strings.TrimPrefix(f.To, "+"), Wamid: f.Wamid, Opaque: f.Opaque, Status: f.statuses[n], At: f.at(n),
		})
		c := <-r.clients
		r.w.insist(c, body)
		r.clients <- c
	}
}

// finish waits until all was told, looks at those that nothing was told of, and
// tells of them.
func (r *reporter) finish(w *world, accepted outgoing) {
	r.posting.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	uncertain := 0
	for body, f := range r.fates {
		if !f.late || accepted[body] == nil {
			continue
		}
		m := w.message(accepted[body].id)
		switch {
		case m.Status == "accepted" && m.Wamid == f.Wamid:
		case m.Status == "uncertain" || m.Status == "held": // its answer was lost
			uncertain++
		default:
			w.Errorf("%q, of which nothing was told: got status %s and wamid %q, want accepted and %q, or uncertain", body, m.Status, m.Wamid, f.Wamid)
		}
		r.posting.Go(func() { r.post(f, w.dice(statusDice)) })
	}
	r.posting.Wait()
	w.Logf("%d messages were uncertain until a late status settled them", uncertain)
}
