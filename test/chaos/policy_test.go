package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// WhatsApp tells nothing of what it took, one answer in ten is lost and the
// product is killed: the policies alone decide what becomes of what is uncertain.
func TestPoliciesUnderKills(t *testing.T) {
	rounds, seed := number(t, "KONTOR_CHAOS_ROUNDS", 4), number(t, "KONTOR_CHAOS_SEED", time.Now().UnixNano())
	binary := kontor.Build(t)
	for _, engine := range kontor.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Logf("KONTOR_CHAOS_SEED=%d KONTOR_CHAOS_ROUNDS=%d", seed, rounds)
			decide(t, binary, engine, int(rounds), uint64(seed))
		})
	}
}

func decide(t *testing.T, binary, engine string, rounds int, seed uint64) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rounds)*5*time.Second+2*time.Minute)
	defer cancel()
	w := &world{T: t, seed: seed, ctx: ctx, over: make(chan struct{})}
	w.meta = whatsapp.Start(whatsapp.Options{Latency: 20 * time.Millisecond, Throughput: "HIGH", Fault: w.forgets()})
	defer w.meta.Close()
	w.kontor = kontor.NewIn(t, t.TempDir(), binary, engine, w.meta.URL, 1, "KONTOR_UNCERTAIN_AFTER=1s")

	var actors sync.WaitGroup
	var all []*deciding
	for n, d := range []deciding{{policy: "resend", keyed: true}, {policy: "hold", keyed: true}, {policy: "resend"}, {policy: "hold"}} {
		d.sender, d.refused = newSender(w, n), map[string]bool{}
		all = append(all, &d)
		actors.Go(d.send)
	}
	last := w.kill(rounds)
	if err := w.kontor.Ready(ctx, "HIGH"); err != nil {
		t.Error("after the last kill: ", err)
	}
	close(w.over)
	actors.Wait()
	for _, d := range all {
		d.settled()
	}
	taken := w.copies()
	for _, d := range all {
		d.ends(taken)
	}
	if err := last.Stop(); err != nil {
		t.Errorf("the last process did not stop well: %v", err)
	}
	doubts := w.doubts()
	for _, d := range all {
		d.check(taken, doubts)
	}
}

// forgets loses the answers to one message in ten after it was taken.
func (w *world) forgets() func() whatsapp.Fault {
	var mu sync.Mutex
	dice := w.dice(metaDice)
	return func() whatsapp.Fault {
		mu.Lock()
		defer mu.Unlock()
		return whatsapp.Fault{Delay: time.Duration(dice.Int64N(int64(40 * time.Millisecond))), LoseAnswer: dice.IntN(10) == 0}
	}
}

// deciding is a sender whose messages have one policy. Without a key it asks
// once for each: who repeats without a key may send twice by their own doing.
type deciding struct {
	*sender
	policy  string
	keyed   bool
	unknown []string        // texts without an answer: accepted or not
	refused map[string]bool // texts that were surely not accepted
}

func (d *deciding) send() {
	defer d.client.Close()
	var open []*thread
	for turn := 0; d.w.running(); turn++ {
		if len(open) < audience {
			open = append(open, d.meet())
			continue
		}
		n := d.dice.IntN(len(open))
		d.say(open[n], turn)
		if len(open[n].sent) == enough {
			open = append(open[:n], open[n+1:]...)
		}
		d.w.pause(time.Duration(d.dice.Int64N(int64(30 * time.Millisecond))))
	}
}

func (d *deciding) say(t *thread, turn int) {
	m := &outbound{to: t.phone, body: fmt.Sprintf("%s %s %d", d.name, d.policy, turn)}
	key := ""
	if d.keyed {
		key = "key of " + m.body
	}
	ask, err := json.Marshal(map[string]string{"to": "+" + t.phone, "text": m.body, "on_uncertain": d.policy})
	if err != nil {
		d.w.Error(err)
		return
	}
	for d.w.ctx.Err() == nil {
		status, answer, err := d.client.PostAPI("send/text", key, ask)
		switch {
		case err == nil && status == 202:
			var receipt struct {
				MessageID string `json:"message_id"`
			}
			if err := json.Unmarshal(answer, &receipt); err != nil || receipt.MessageID == "" {
				d.w.Errorf("send/text answered %s", answer)
			}
			m.id = receipt.MessageID
			t.sent, d.sent = append(t.sent, m), append(d.sent, m)
			return
		case err == nil && status < 500 && status != 429:
			d.w.Errorf("send/text was answered %d %s", status, answer)
			return
		case d.keyed:
			d.w.pause(20 * time.Millisecond)
			continue
		case err != nil || strings.Contains(string(answer), "store_uncertain"):
			d.unknown = append(d.unknown, m.body)
		default: // any other refusal says that nothing was stored
			d.refused[m.body] = true
		}
		d.w.pause(20 * time.Millisecond)
		return
	}
}

// settled waits until nothing is uncertain any more: WhatsApp has said yes, or
// the message is held.
func (d *deciding) settled() {
	d.w.Helper()
	left := append([]*outbound(nil), d.sent...)
	err := kontor.Until(d.w.ctx, func() (bool, error) {
		for len(left) > 0 {
			if m := d.w.message(left[0].id); m.Status == "uncertain" || m.Status == "accepted" && m.Wamid == "" {
				return false, fmt.Errorf("%s is %s, %d behind it", left[0].id, m.Status, len(left)-1)
			}
			left = left[1:]
		}
		return true, nil
	})
	if err != nil {
		d.w.Fatalf("wait for the policy %s to decide: %v", d.policy, err)
	}
}

// copies are what WhatsApp took by text: the ids under which each was sent, one
// for every copy.
func (w *world) copies() map[string][]string {
	taken := map[string][]string{}
	for _, s := range w.meta.Sent() {
		taken[s.Body] = append(taken[s.Body], s.Opaque)
	}
	return taken
}

// ends looks at how each accepted message ended.
func (d *deciding) ends(taken map[string][]string) {
	for _, o := range d.sent {
		switch m := d.w.message(o.id); {
		case m.Status == "held" && d.policy == "hold":
		case m.Status != "accepted" || m.Wamid == "":
			d.w.Errorf("%q: got status %s and wamid %q, want it taken, or held if that is its policy", o.body, m.Status, m.Wamid)
		case len(taken[o.body]) == 0:
			d.w.Errorf("%q has the wamid %q and never reached WhatsApp", o.body, m.Wamid)
		}
	}
}

// doubts are how often each message became uncertain, as the journal tells.
func (w *world) doubts() map[string]int {
	w.Helper()
	out, err := w.kontor.Command(w.ctx, "journal", "tail", "--json", "--last=0")
	if err != nil {
		w.Fatal(err)
	}
	doubts := map[string]int{}
	for line := range bytes.Lines(out) {
		var f struct {
			Kind    string `json:"kind"`
			Message string `json:"message_id"`
			Detail  string `json:"detail"`
		}
		if err := json.Unmarshal(line, &f); err != nil {
			w.Fatalf("%s: %v", line, err)
		}
		if f.Kind == "message.status" && f.Detail == "uncertain" {
			doubts[f.Message]++
		}
	}
	return doubts
}

// check compares what WhatsApp took with the policy's promise: hold, at most
// once; resend, at least once, and a copy more only for each time that nobody knew.
func (d *deciding) check(taken map[string][]string, doubts map[string]int) {
	never, twice, arrived := 0, 0, 0
	for _, o := range d.sent {
		switch n := len(taken[o.body]); {
		case n == 0 && d.policy == "resend":
			d.w.Errorf("%q never reached WhatsApp", o.body)
		case n == 0:
			never++
		case n > 1:
			twice++
		}
		d.allowed(o.body, o.id, taken[o.body], doubts)
	}
	for _, body := range d.unknown {
		if ids := taken[body]; len(ids) > 0 {
			arrived++
			d.allowed(body, ids[0], ids, doubts)
		}
	}
	for body := range d.refused {
		if len(taken[body]) > 0 {
			d.w.Errorf("%q was refused and reached WhatsApp", body)
		}
	}
	d.w.Logf("%s, keys %v: %d accepted, %d never arrived, %d arrived more than once; %d without an answer, of which %d arrived; %d refused",
		d.policy, d.keyed, len(d.sent), never, twice, len(d.unknown), arrived, len(d.refused))
	if len(d.sent) == 0 {
		d.w.Errorf("nothing was sent with %s", d.policy)
	}
	if d.policy == "resend" && d.keyed && twice == 0 {
		d.w.Error("nothing was sent again: the policy was not tried")
	}
}

// allowed looks at the copies of one text.
func (d *deciding) allowed(body, id string, copies []string, doubts map[string]int) {
	for _, other := range copies {
		if other != id {
			d.w.Errorf("%q was accepted twice, as %s and %s", body, id, other)
		}
	}
	switch n := len(copies); {
	case n > 1 && d.policy == "hold":
		d.w.Errorf("WhatsApp got %q %d times, and it was to be held", body, n)
	case n > 1+doubts[id]:
		d.w.Errorf("WhatsApp got %q %d times, and it was uncertain %d times", body, n, doubts[id])
	case n == 0 && doubts[id] == 0:
		d.w.Errorf("%q never reached WhatsApp and was never uncertain", body)
	}
}
