package chaos

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

func TestKills(t *testing.T) {
	rounds, seed := number(t, "KONTOR_CHAOS_ROUNDS", 6), number(t, "KONTOR_CHAOS_SEED", time.Now().UnixNano())
	if rounds < 1 || rounds > 1000 {
		t.Fatalf("KONTOR_CHAOS_ROUNDS is %d, want 1 to 1000", rounds)
	}
	binary := kontor.Build(t)
	for _, engine := range kontor.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Logf("KONTOR_CHAOS_SEED=%d KONTOR_CHAOS_ROUNDS=%d", seed, rounds)
			play(t, binary, engine, int(rounds), uint64(seed))
		})
	}
}

func number(t *testing.T, name string, standard int64) int64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// world is one installation and everybody around it.
type world struct {
	*testing.T
	kontor *kontor.Installation
	meta   *whatsapp.Fake
	seed   uint64

	// ctx ends when nothing may be waited for any longer.
	ctx context.Context
	// over is closed when nobody starts anything new; what was begun is still
	// tried until it is answered.
	over chan struct{}
}

// dice are one actor's own: who decides must not depend on who is faster.
func (w *world) dice(actor uint64) *rand.Rand { return rand.New(rand.NewPCG(w.seed, actor)) }

// The actors' numbers, for their dice.
const (
	killerDice, metaDice, statusDice = 1, 2, 1 << 40
	customerDice, senderDice         = 100, 200
)

func play(t *testing.T, binary, engine string, rounds int, seed uint64) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rounds)*5*time.Second+2*time.Minute)
	defer cancel()
	w := &world{T: t, seed: seed, ctx: ctx, over: make(chan struct{})}
	reporter := newReporter(w)
	w.meta = whatsapp.Start(whatsapp.Options{Latency: 20 * time.Millisecond, Throughput: "HIGH", Fault: w.faults(), Taken: reporter.taken})
	defer w.meta.Close()
	w.kontor = kontor.New(t, binary, engine, w.meta.URL, 1)
	reporter.begin()

	var actors sync.WaitGroup
	customers, senders := make([]*customers, 16), make([]*sender, 4)
	for n := range customers {
		customers[n] = newCustomers(w, n)
		actors.Go(customers[n].write)
	}
	for n := range senders {
		senders[n] = newSender(w, n)
		actors.Go(senders[n].send)
	}
	last := w.kill(rounds)
	if err := w.kontor.Ready(ctx, "HIGH"); err != nil {
		t.Error("after the last kill: ", err)
	}
	close(w.over)
	actors.Wait()

	accepted := outgoing{}
	for _, s := range senders {
		accepted.add(s.sent)
	}
	w.drained(accepted)
	reporter.finish(w, accepted)
	w.checkSent(accepted, reporter)
	written := 0
	for _, s := range senders {
		written += w.checkThreads(s.threads)
	}
	for _, c := range customers {
		written += w.checkThreads(c.threads)
	}
	t.Logf("%d messages of customers were answered 200", written)
	if err := last.Stop(); err != nil {
		t.Errorf("the last process did not stop well: %v", err)
	}
}

// kill starts the product and kills it, again and again at random moments of
// its life: often under load, sometimes while it starts. The last process lives.
func (w *world) kill(rounds int) *kontor.Process {
	dice := w.dice(killerDice)
	for range rounds {
		p := w.start()
		wait := 500*time.Millisecond + time.Duration(dice.Int64N(int64(1500*time.Millisecond)))
		if dice.IntN(5) == 0 {
			wait = time.Duration(dice.Int64N(int64(500 * time.Millisecond)))
		}
		w.pause(wait)
		if err := p.Ended(); err != nil {
			w.Error("it ended by itself: ", err)
		}
		p.Kill()
	}
	return w.start()
}

func (w *world) start() *kontor.Process {
	w.Helper()
	p, err := w.kontor.Start(w.T)
	if err != nil {
		w.Fatal("start it: ", err)
	}
	return p
}

// pause lets time pass: for the load to go on, and between tries.
func (w *world) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-w.ctx.Done():
	}
}

// running is false when nobody starts anything new.
func (w *world) running() bool {
	select {
	case <-w.over:
		return false
	case <-w.ctx.Done():
		return false
	default:
		return true
	}
}

// insist posts a webhook until it is answered 200, as WhatsApp does.
func (w *world) insist(c *kontor.Client, body []byte) {
	for w.ctx.Err() == nil {
		status, err := c.PostWebhook(body)
		if err == nil && status == 200 {
			return
		}
		if err == nil && status < 500 {
			w.Errorf("a webhook was answered %d", status)
			return
		}
		w.pause(20 * time.Millisecond)
	}
}

// faults makes WhatsApp fail: 4 % of the messages are refused for now, one in a
// thousand for speed, and of 3 % the answer is lost after they were taken.
func (w *world) faults() func() whatsapp.Fault {
	var mu sync.Mutex
	dice := w.dice(metaDice)
	return func() (f whatsapp.Fault) {
		mu.Lock()
		defer mu.Unlock()
		f.Delay = time.Duration(dice.Int64N(int64(60 * time.Millisecond)))
		switch n := dice.IntN(1000); {
		case n < 30:
			f.Refuse = 131000
		case n < 40:
			f.Refuse = 2
		case n < 41:
			f.Refuse = 130429
		case n < 71:
			f.LoseAnswer = true
		}
		return f
	}
}
