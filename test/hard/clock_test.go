package hard

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"kontor/internal/app"
	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// moved is t as it would have been read from a machine whose clock was set by so
// many whole seconds: what the clock says differs, what has passed does not.
// Package time gives nobody a time in which the two differ, so this changes its
// insides (time.Time: the seconds stand in wall from bit 30 on).
func moved(t time.Time, by time.Duration) time.Time {
	inside := (*struct {
		wall uint64
		ext  int64
		loc  *time.Location
	})(unsafe.Pointer(&t))
	inside.wall += uint64(int64(by/time.Second)) << 30
	return t
}

func TestMovedIsAsAClockThatWasSet(t *testing.T) {
	now := time.Now()
	for _, by := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		set := moved(now, by)
		if got := set.Round(0).Sub(now.Round(0)); got != by {
			t.Errorf("the clock differs by %v, want %v", got, by)
		}
		if got := set.Sub(now); got != 0 {
			t.Errorf("%v have passed, want none", got)
		}
	}
}

// The clock jumps two hours ahead and back again under traffic, and two hours
// back and ahead again: no message is lost, doubled, out of order, or waits for
// the clock to come somewhere again.
func TestTheClockJumps(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, engine := range kontor.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			jump(t, engine)
		})
	}
}

// times is an installation whose clock a test sets.
type times struct {
	*testing.T
	ctx    context.Context
	kontor *kontor.Installation
	meta   *whatsapp.Fake
	ahead  atomic.Int64 // by how much the clock is
	over   chan struct{}

	mu      sync.Mutex
	sent    map[string][]string // ids of messages by customer, as they were accepted; guarded by mu
	written map[string][]string // wamids by who wrote; guarded by mu
	faults  []int               // codes with which WhatsApp refuses the next messages; guarded by mu
}

func jump(t *testing.T, engine string) {
	w := &times{T: t, over: make(chan struct{}), sent: map[string][]string{}, written: map[string][]string{}}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
	defer cancel()
	w.ctx = ctx
	w.meta = whatsapp.Start(whatsapp.Options{Latency: 10 * time.Millisecond, Throughput: "STANDARD", Fault: w.fault})
	defer w.meta.Close()
	w.kontor, _ = kontor.Inside(t, engine, w.meta.URL, app.Options{Now: func() time.Time { return moved(time.Now(), time.Duration(w.ahead.Load())) }})
	if err := w.kontor.Ready(ctx, "STANDARD"); err != nil {
		t.Fatal(err)
	}
	var actors sync.WaitGroup
	for n := range 4 {
		actors.Go(func() { w.customer(n) })
	}
	for n, hours := range []time.Duration{2, 0, -2, 0} {
		w.people(n)
		w.backlog(n)
		w.ahead.Store(int64(hours * time.Hour))
		w.backlog(n + 10)
		w.drained()
	}
	close(w.over)
	actors.Wait()
	w.check()
}

func (w *times) fault() (f whatsapp.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.faults) > 0 {
		f.Refuse, w.faults = w.faults[0], w.faults[1:]
	}
	return f
}

func (w *times) running() bool {
	select {
	case <-w.over:
		return false
	case <-w.ctx.Done():
		return false
	default:
		return true
	}
}

// customer writes all the time.
func (w *times) customer(n int) {
	client := kontor.NewClient(w.kontor.Address)
	defer client.Close()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for k := 0; w.running(); k++ {
		w.writes(client, fmt.Sprintf("447985%06d", n), k)
		<-tick.C
	}
}

// writes has somebody write once; WhatsApp's own clock is right.
func (w *times) writes(client *kontor.Client, phone string, n int) {
	wamid := whatsapp.Wamid(phone, int64(n))
	status, err := client.PostWebhook(w.kontor.Numbers[0].Messages(whatsapp.Text{From: phone, Name: "Customer", Wamid: wamid, Body: fmt.Sprint(n), At: time.Now()}))
	if err != nil || status != 200 {
		w.Errorf("a webhook was answered %d, %v; want 200", status, err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written[phone] = append(w.written[phone], wamid)
}

const timesPeople = 25

func timesPhone(n int) string { return fmt.Sprintf("447986%06d", n) }

// people has everybody who will be written to open their window.
func (w *times) people(round int) {
	client := kontor.NewClient(w.kontor.Address)
	defer client.Close()
	for n := range timesPeople {
		w.writes(client, timesPhone(n), round)
	}
}

// backlog accepts more than leaves in a second, some of it held back for a
// moment; the first are refused, once because of speed, so that the number rests.
func (w *times) backlog(round int) {
	w.Helper()
	client := kontor.NewClient(w.kontor.Address)
	defer client.Close()
	w.mu.Lock()
	w.faults = []int{131000, 130429, 2}
	w.mu.Unlock()
	for n := range 4 * timesPeople {
		phone := timesPhone(n % timesPeople)
		delay := 0
		if n >= 3*timesPeople {
			delay = 3
		}
		status, answer, err := client.PostAPI("send/text", "", fmt.Appendf(nil, `{"to":"+%s","text":"%d of round %d","delay_seconds":%d}`, phone, n, round, delay))
		var receipt struct {
			MessageID string `json:"message_id"`
		}
		if err == nil {
			err = json.Unmarshal(answer, &receipt)
		}
		if err != nil || status != 202 {
			w.Fatalf("send/text was answered %d %s, %v; want 202", status, answer, err)
		}
		w.mu.Lock()
		w.sent[phone] = append(w.sent[phone], receipt.MessageID)
		w.mu.Unlock()
	}
}

// drained waits until WhatsApp has all that was accepted.
func (w *times) drained() {
	w.Helper()
	w.mu.Lock()
	want := 0
	for _, ids := range w.sent {
		want += len(ids)
	}
	w.mu.Unlock()
	if err := kontor.Until(w.ctx, func() (bool, error) { return w.meta.Count() >= want, nil }); err != nil {
		w.Fatalf("WhatsApp has %d of %d messages with the clock %v ahead: %v", w.meta.Count(), want, time.Duration(w.ahead.Load()), err)
	}
}

// timed is what the test reads of a message.
type timed struct {
	ID        string `json:"message_id"`
	Wamid     string `json:"wamid"`
	Direction string `json:"direction"`
}

func (w *times) check() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	copies := map[string]int{}
	var arrived = map[string][]string{}
	for _, s := range w.meta.Sent() {
		if copies[s.To+s.Body]++; copies[s.To+s.Body] > 1 {
			w.Errorf("WhatsApp got %q twice", s.Body)
		}
		arrived[s.To[len(s.To)-12:]] = append(arrived[s.To[len(s.To)-12:]], s.Wamid)
	}
	for phone, want := range w.written {
		var written, sent, left []string
		for _, m := range w.settled(phone) {
			if m.Direction == "inbound" {
				written = append(written, m.Wamid)
			} else {
				sent, left = append(sent, m.ID), append(left, m.Wamid)
			}
		}
		if !slices.Equal(written, want) {
			w.Errorf("%s wrote %d messages, and %d are there; want each once and in their order", phone, len(want), len(written))
		}
		if !slices.Equal(sent, w.sent[phone]) {
			w.Errorf("to %s, %d messages were accepted, and %d are there; want each once and in their order", phone, len(w.sent[phone]), len(sent))
		}
		if !slices.Equal(left, arrived[phone]) {
			w.Errorf("to %s, messages arrived in another order than they were accepted in", phone)
		}
	}
	var c struct {
		WindowUntil time.Time `json:"window_until"`
	}
	if err := w.kontor.Get(w.ctx, "conversations/"+timesPhone(0), &c); err != nil {
		w.Fatal(err)
	}
	if left := time.Until(c.WindowUntil); left < 23*time.Hour || left > 24*time.Hour+time.Minute {
		w.Errorf("the window is open for %v more, want a day", left)
	}
}

// settled is a whole conversation when WhatsApp's answers to all of it are
// stored, which they are a moment after it has the messages.
func (w *times) settled(phone string) (all []timed) {
	w.Helper()
	err := kontor.Until(w.ctx, func() (bool, error) {
		all = w.history(phone)
		return !slices.ContainsFunc(all, func(m timed) bool { return m.Wamid == "" }), nil
	})
	if err != nil {
		w.Fatalf("the conversation with %s: %v", phone, err)
	}
	return all
}

// history is a whole conversation, oldest first.
func (w *times) history(phone string) (all []timed) {
	w.Helper()
	cursor := ""
	for {
		var page struct {
			Data []timed `json:"data"`
			Next *string `json:"next_cursor"`
		}
		if err := w.kontor.Get(w.ctx, "conversations/"+phone+"/history?limit=100&cursor="+url.QueryEscape(cursor), &page); err != nil {
			w.Fatal(err)
		}
		all = append(all, page.Data...)
		if page.Next == nil {
			return all
		}
		cursor = *page.Next
	}
}
