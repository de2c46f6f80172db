package outbox

import (
	"time"

	"kontor/internal/wa"
)

// Pace decides when the next message of one number may leave (law 6,
// cloud-api.md 4.1 and 4.2). It is pure: it reads no clock and sleeps nowhere.
// It is kept by one goroutine.
//
// Three things bound a message: the number's rate, counted in every sliding
// second and spread evenly; the pair's bucket; and the cool-down after WhatsApp
// refused for speed.
//
// A message is under way for a time that varies, and messages that left within
// a little more than a second may arrive within one. So the second is counted
// longer by a margin. A refusal for speed says that the margin is too small for
// the way there: it grows, and shrinks again when none follows.
type Pace struct {
	margin   time.Duration // by which the second is longer
	learned  time.Time     // when the margin grew or shrank last
	interval time.Duration // between two messages, evenly
	slots    []time.Time   // the last booked ones, a ring as long as the rate
	head     int           // the oldest of them
	next     time.Time     // when the next message would be due evenly

	cool    time.Time // nothing leaves before
	strikes int       // refusals for speed in a row

	pairs map[wa.ConversationID]time.Time // when the pair's bucket will be full again
	swept int

	told time.Time // the last moment it heard of
}

const (
	// catchUp is how far behind the even spread a number may fall and still make
	// up for it: longer than a commit takes, shorter than a burst.
	catchUp = 50 * time.Millisecond
	// marginLeast leaves 1.5 % of the cap unused; each refusal adds marginStep.
	marginLeast = 15 * time.Millisecond
	marginStep  = 15 * time.Millisecond
	marginMost  = 120 * time.Millisecond
	marginKept  = time.Minute // without a refusal, then half of what was learned is forgotten

	pairBurst    = 45
	pairInterval = 6*time.Second + 100*time.Millisecond // a little slower than allowed, for the way there

	coolFirst = time.Second
	coolMax   = 15 * time.Minute
)

// NewPace makes the pace of a number that may send perSecond messages.
func NewPace(perSecond int) *Pace {
	p := &Pace{margin: marginLeast, pairs: map[wa.ConversationID]time.Time{}}
	p.SetRate(perSecond)
	return p
}

// SetRate changes the cap. What was sent in the last second still counts.
func (p *Pace) SetRate(perSecond int) {
	n := max(1, perSecond)
	if n == len(p.slots) {
		return
	}
	old := make([]time.Time, 0, len(p.slots))
	for i := range p.slots {
		old = append(old, p.slots[(p.head+i)%len(p.slots)])
	}
	p.slots, p.head = make([]time.Time, n), 0
	if len(old) > n {
		old = old[len(old)-n:]
	}
	copy(p.slots[n-len(old):], old)
	p.setMargin(p.margin)
}

func (p *Pace) setMargin(d time.Duration) {
	p.margin = min(max(d, marginLeast), marginMost)
	p.interval = (time.Second + p.margin) / time.Duration(len(p.slots))
}

// Ask says whether a message of the conversation may go now, or not before when.
func (p *Pace) Ask(now time.Time, conversation wa.ConversationID) (ok bool, notBefore time.Time) {
	p.hear(now)
	t := later(p.slot(now, 0), p.pair(now, conversation))
	return !t.After(now), t
}

// PairFree says whether the pair's bucket has a message left, whatever the
// number's rate says.
func (p *Pace) PairFree(now time.Time, conversation wa.ConversationID) (ok bool, notBefore time.Time) {
	p.hear(now)
	t := p.pair(now, conversation)
	return !t.After(now), t
}

// Slots is how many messages may leave until now+ahead, at most limit.
func (p *Pace) Slots(now time.Time, ahead time.Duration, limit int) int {
	p.hear(now)
	end := now.Add(ahead)
	limit = min(limit, len(p.slots))
	for n := range limit {
		if p.slot(now, n).After(end) {
			return n
		}
	}
	return limit
}

// Next is when the number's next slot is; not before now.
func (p *Pace) Next(now time.Time) time.Time {
	p.hear(now)
	return p.slot(now, 0)
}

// Book takes the next slot for a message of the conversation and says when it
// may leave. The pair's bucket must have been asked before.
func (p *Pace) Book(now time.Time, conversation wa.ConversationID) time.Time {
	p.hear(now)
	t := p.slot(now, 0)
	p.slots[p.head] = t
	p.head = (p.head + 1) % len(p.slots)
	p.next = later(p.next, now).Add(p.interval)
	p.pairs[conversation] = later(p.pairs[conversation], t).Add(pairInterval)
	p.sweep(now)
	return t
}

// hear notices a clock that was set back: everything booked moves back with it.
// Left where it was, it would hold the number up until the clock has come there
// again. Moments of several calls may cross by less than a second.
func (p *Pace) hear(now time.Time) {
	if back := now.Sub(p.told); back < -time.Second {
		for i, t := range p.slots {
			if !t.IsZero() {
				p.slots[i] = t.Add(back)
			}
		}
		for conversation, full := range p.pairs {
			p.pairs[conversation] = full.Add(back)
		}
		p.next, p.cool = p.next.Add(back), p.cool.Add(back)
	}
	p.told = now
}

// Left tells that the message of a slot left later than that, as it happens on
// a busy machine: what counts is when WhatsApp sees it, so the second that its
// successor waits for begins then. (Each slot has one successor, a second or
// more behind it; so no second holds more than there are slots, whatever the
// order in which late messages leave.)
func (p *Pace) Left(slot, left time.Time) {
	if !left.After(slot) {
		return
	}
	n := len(p.slots)
	for i := 1; i <= n; i++ { // the newest first: a slot is booked shortly before it
		if at := &p.slots[(p.head-i+n)%n]; at.Equal(slot) {
			*at = left
			return
		}
	}
}

// slot is the n-th next slot (from 0).
func (p *Pace) slot(now time.Time, n int) time.Time {
	even := later(p.next, now).Add(time.Duration(n)*p.interval - catchUp)
	window := time.Time{}
	if oldest := p.slots[(p.head+n)%len(p.slots)]; !oldest.IsZero() {
		window = oldest.Add(time.Second + p.margin)
	}
	return later(later(now, even), later(window, p.cool))
}

// pair is when the pair's bucket (45, one more every 6 s) has a message left.
func (p *Pace) pair(now time.Time, conversation wa.ConversationID) time.Time {
	full, ok := p.pairs[conversation]
	if !ok {
		return now
	}
	return later(now, full.Add(-(pairBurst-1)*pairInterval))
}

// sweep forgets pairs whose bucket is full; it costs as much as the bookings since the last one.
func (p *Pace) sweep(now time.Time) {
	if len(p.pairs) < 2*p.swept+64 {
		return
	}
	for conversation, full := range p.pairs {
		if !full.After(now) {
			delete(p.pairs, conversation)
		}
	}
	p.swept = len(p.pairs)
}

// CoolDown stops the number after a refusal for speed: for at least least, and
// twice as long each time, up to 15 minutes of its own accord. Refusals that
// come while it cools are those of messages that were under way already: fresh
// is false for them.
func (p *Pace) CoolDown(now time.Time, least time.Duration) (until time.Time, fresh bool) {
	if now.Before(p.cool) {
		p.cool = later(p.cool, now.Add(least))
		return p.cool, false
	}
	wait := max(least, min(coolMax, coolFirst<<min(p.strikes, 20)))
	p.strikes++
	p.cool = now.Add(wait)
	p.setMargin(p.margin + marginStep)
	p.learned = now
	return p.cool, true
}

// CoolUntil adopts a cool-down that was kept, as after a restart.
func (p *Pace) CoolUntil(t time.Time) { p.cool = later(p.cool, t) }

// Resume ends a cool-down before its time: an operator wants it.
func (p *Pace) Resume() { p.cool, p.strikes = time.Time{}, 0 }

// Margin is by how much the second is counted longer at the moment.
func (p *Pace) Margin() time.Duration { return p.margin }

// Cooling is until when nothing leaves; zero or past: it does.
func (p *Pace) Cooling() time.Time { return p.cool }

// Went tells that WhatsApp took a message: once a cool-down is over, the next
// one begins small again, and in time the margin shrinks.
func (p *Pace) Went(now time.Time) {
	if now.Before(p.cool) {
		return
	}
	p.strikes = 0
	if p.margin > marginLeast && now.Sub(p.learned) >= marginKept {
		p.setMargin(marginLeast + (p.margin-marginLeast)/2)
		p.learned = now
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Lanes shares slots between the lanes: interactive before bulk, but one slot
// in ten is bulk's first, so that answers never starve a broadcast.
type Lanes struct{ owed int }

const bulkShare = 10

// Split says in how many of n slots bulk has the first choice.
func (l *Lanes) Split(n int) (bulk int) {
	l.owed += n
	bulk = l.owed / bulkShare
	l.owed %= bulkShare
	return bulk
}
