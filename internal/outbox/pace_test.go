package outbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kontor/internal/wa"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// However the clock and the demand run, no sliding second, longer by the margin,
// holds more than the cap, and slots never go back in time.
func TestNoSlidingSecondHoldsMoreThanTheCap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]int{1, 2, 20, 80, 200}).Draw(t, "rate")
		p := NewPace(rate)
		most := len(p.slots)
		if most > rate || most < 1 {
			t.Fatalf("got %d a second, want at most %d and at least 1", most, rate)
		}
		now := noon
		var sent []time.Time
		for range rapid.IntRange(1, 400).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "ms")) * time.Millisecond)
			at := p.Book(now, wa.ConversationID(len(sent)))
			if at.Before(now) {
				t.Fatalf("slot %v lies before now %v", at, now)
			}
			if n := len(sent); n > 0 && at.Before(sent[n-1]) {
				t.Fatalf("slot %v lies before the one before it, %v", at, sent[n-1])
			}
			if n := len(sent); n >= most && at.Sub(sent[n-most]) < time.Second+marginLeast {
				t.Fatalf("message %d leaves %v after the %d-th before it, want a second", n, at.Sub(sent[n-most]), most)
			}
			sent = append(sent, at)
		}
	})
}

// Messages that leave later than their slot, one after the other or all at
// once, still never crowd a second.
func TestLateMessagesCrowdNoSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPace(rapid.SampledFrom([]int{2, 20, 80}).Draw(t, "rate"))
		most := len(p.slots)
		now := noon
		var left, waiting []time.Time // waiting: slots whose message has not left yet, oldest first
		for range rapid.IntRange(1, 400).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "ms")) * time.Millisecond)
			for range p.Slots(now, ahead, 4) {
				waiting = append(waiting, p.Book(now, wa.ConversationID(len(left)+len(waiting))))
			}
			stuck := rapid.IntRange(0, 3).Draw(t, "stuck") == 0 // nobody is served at this moment
			for len(waiting) > 0 && !stuck && !waiting[0].After(now) {
				p.Left(waiting[0], now)
				left, waiting = append(left, now), waiting[1:]
			}
		}
		for n := most; n < len(left); n++ {
			if left[n].Sub(left[n-most]) < time.Second+marginLeast {
				t.Fatalf("message %d left %v after the %d-th before it, want more than a second", n, left[n].Sub(left[n-most]), most)
			}
		}
	})
}

// A refusal for speed makes the number more careful, and quiet minutes less so.
func TestTheMarginIsLearned(t *testing.T) {
	p := NewPace(80)
	perSecond := func(now time.Time) (n int) { // messages within ten seconds, by ten
		end := now.Add(10 * time.Second)
		for ; p.Book(now, wa.ConversationID(n)).Before(end); n++ {
		}
		return n / 10
	}
	fast := perSecond(noon)
	now := noon.Add(time.Minute)
	for range 3 {
		until, fresh := p.CoolDown(now, 0)
		if !fresh {
			t.Fatal("a refusal after the rest was taken for one of the same")
		}
		now = until.Add(time.Second)
	}
	if careful := perSecond(now); careful >= fast-1 {
		t.Errorf("after three refusals: got %d a second, want fewer than %d", careful, fast-1)
	}
	for range 8 {
		now = now.Add(time.Minute)
		p.Went(now)
	}
	if again := perSecond(now.Add(time.Minute)); again != fast {
		t.Errorf("after quiet minutes: got %d a second, want %d again", again, fast)
	}
}

// A number under load uses at least 98 % of its cap, even when whoever drains
// it looks only now and then.
func TestTheCapIsUsed(t *testing.T) {
	for _, rate := range []int{80, 1000} {
		p := NewPace(rate)
		sent := 0
		for now := noon; now.Before(noon.Add(10 * time.Second)); now = now.Add(7 * time.Millisecond) {
			for range p.Slots(now, ahead, 512) {
				p.Book(now, wa.ConversationID(sent))
				sent++
			}
		}
		if least := rate * 10 * 98 / 100; sent < least {
			t.Errorf("at %d a second: got %d messages in 10 s, want at least %d", rate, sent, least)
		}
	}
}

// Messages that all wait leave evenly, and not in a burst at the start of each
// second: also after a silence, no quarter of a second has more than its share
// and what a number may make up for.
func TestMessagesAreSpreadEvenly(t *testing.T) {
	for _, rate := range []int{80, 1000} {
		p := NewPace(rate)
		var at []time.Time
		for now := noon; now.Before(noon.Add(20 * time.Second)); now = at[len(at)-1].Add(5 * time.Second) {
			for range 2 * rate {
				at = append(at, p.Book(now, wa.ConversationID(len(at))))
			}
		}
		quarter := time.Second / 4
		most := rate/4 + int(catchUp*time.Duration(rate)/time.Second) + 1
		for n := most; n < len(at); n++ {
			if within := at[n].Sub(at[n-most]); within < quarter {
				t.Fatalf("at %d a second: %d messages leave within %v, want %d at most in %v", rate, most+1, within, most, quarter)
			}
		}
	}
}

func TestSlotsTellWhatBookWillGive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPace(rapid.IntRange(1, 100).Draw(t, "rate"))
		now := noon
		for range rapid.IntRange(0, 150).Draw(t, "before") {
			p.Book(now, 1)
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "ms")) * time.Millisecond)
		}
		n := p.Slots(now, ahead, 20)
		for i := range n {
			if at := p.Book(now, 1); at.After(now.Add(ahead)) {
				t.Fatalf("slot %d of %d is %v ahead, want at most %v", i, n, at.Sub(now), ahead)
			}
		}
		if n < 20 && n < len(p.slots) && !p.Next(now).After(now.Add(ahead)) {
			t.Fatalf("there is one more slot after the %d told", n)
		}
	})
}

func TestAPairHasABucket(t *testing.T) {
	p := NewPace(1000)
	for i := range pairBurst {
		if ok, _ := p.PairFree(noon, 7); !ok {
			t.Fatalf("message %d of the burst must wait", i+1)
		}
		p.Book(noon, 7)
	}
	ok, when := p.PairFree(noon, 7)
	if ok || when.Before(noon.Add(6*time.Second)) || when.After(noon.Add(7*time.Second)) {
		t.Errorf("got ok %v at %v, want to wait 6 s", ok, when.Sub(noon))
	}
	if ok, _ := p.PairFree(noon, 8); !ok {
		t.Error("another customer must wait too")
	}
	if ok, when := p.Ask(noon, 7); ok || !when.After(noon) {
		t.Errorf("got ok %v at %v, want the pair's moment", ok, when)
	}
}

// The bucket of the contract (45, one more every 6 s) is never overdrawn.
func TestAPairNeverGoesBeyondTheContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPace(1000)
		now, tokens, last := noon, 45.0, noon
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20000).Draw(t, "ms")) * time.Millisecond)
			if ok, _ := p.PairFree(now, 1); !ok {
				continue
			}
			at := p.Book(now, 1)
			tokens = min(45, tokens+at.Sub(last).Seconds()/6) - 1
			if last = at; tokens < 0 {
				t.Fatalf("WhatsApp's bucket would stand at %.2f", tokens)
			}
		}
	})
}

func TestPairsAreForgottenWhenTheirBucketIsFull(t *testing.T) {
	p := NewPace(1000)
	now := noon
	for i := range 5000 {
		p.Book(now, wa.ConversationID(i))
		now = now.Add(100 * time.Millisecond)
	}
	if len(p.pairs) > 500 {
		t.Errorf("got %d pairs in memory, want only those of the last seconds", len(p.pairs))
	}
}

func TestCoolDownGrowsAndForgets(t *testing.T) {
	p := NewPace(80)
	now := noon
	var waits []time.Duration
	for range 4 {
		until, fresh := p.CoolDown(now, 0)
		if !fresh {
			t.Fatal("a refusal after the rest must begin a new one")
		}
		if _, fresh := p.CoolDown(now.Add(time.Millisecond), 0); fresh {
			t.Error("a refusal of what was under way must not lengthen the next rest")
		}
		if p.Slots(now, ahead, 10) != 0 {
			t.Error("a resting number has slots")
		}
		waits = append(waits, until.Sub(now))
		now = until
	}
	for i, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second} {
		if waits[i] != want {
			t.Errorf("rest %d: got %v, want %v", i, waits[i], want)
		}
	}
	p.Went(now.Add(-time.Millisecond)) // a yes to what was under way proves nothing
	if until, _ := p.CoolDown(now, 0); until.Sub(now) != 16*time.Second {
		t.Errorf("got %v, want 16 s", until.Sub(now))
	}
	now = now.Add(time.Minute)
	p.Went(now)
	if until, _ := p.CoolDown(now, 0); until.Sub(now) != time.Second {
		t.Errorf("got %v after a success, want 1 s", until.Sub(now))
	}
	now = now.Add(time.Minute)
	if until, _ := p.CoolDown(now, time.Hour); until.Sub(now) != time.Hour {
		t.Errorf("got %v, want the hour that WhatsApp asks for", until.Sub(now))
	}
}

func TestAChangedRateRemembersTheLastSecond(t *testing.T) {
	p := NewPace(1000)
	for range 500 {
		p.Book(noon, 1)
	}
	p.SetRate(80)
	if n := p.Slots(noon.Add(500*time.Millisecond), 0, 100); n != 0 {
		t.Errorf("got %d slots half a second after 500 messages, want none at 80 a second", n)
	}
	p.SetRate(1000)
	if n := p.Slots(noon.Add(2*time.Second), 0, 100); n == 0 {
		t.Error("got no slots two seconds later")
	}
}

// A clock that was a day ahead and is set back does not hold the number up for
// that day, and the last second still counts.
func TestAClockSetBackTakesTheBookingsAlong(t *testing.T) {
	p := NewPace(80)
	tomorrow := noon.Add(25 * time.Hour)
	for range pairBurst {
		p.Book(tomorrow, 1)
	}
	p.CoolDown(tomorrow, 5*time.Second)
	if next := p.Next(noon); next.Before(noon.Add(5*time.Second)) || next.After(noon.Add(6*time.Second)) {
		t.Errorf("the next slot is at %v, want it when the cool-down of five seconds is over, from %v", next, noon)
	}
	if free, from := p.PairFree(noon, 1); free || from.After(noon.Add(2*pairInterval)) {
		t.Errorf("the pair is free (%v) from %v, want it soon after %v and not at once", free, from, noon)
	}
}

func TestBulkGetsOneSlotInTen(t *testing.T) {
	var l Lanes
	bulk := 0
	for range 100 {
		bulk += l.Split(3)
	}
	if bulk != 30 {
		t.Errorf("got %d of 300 slots, want 30", bulk)
	}
}
