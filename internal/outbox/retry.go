package outbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kontor/internal/wa"
)

// remedy is what a failed try leads to.
type remedy int

const (
	giveUp     remedy = iota // the message failed
	again                    // the message waits and is tried again
	coolNumber               // the number cools down; the message is unharmed
	coolPair                 // the message waits, and its conversation behind it
	stopNumber               // the number stands; the message is unharmed
	await                    // nobody knows: wait for a status
)

// rule is a row of the retry table.
type rule struct {
	remedy remedy
	base   time.Duration // wait after the first try
	growth int           // each further wait is so many times longer
	max    time.Duration // but no longer than this
	tries  int           // the message fails after so many; 0: never for this reason
}

// patience is the longest wait that a message is kept for: what WhatsApp allows
// only a day later is reported as failed, so that somebody decides.
const patience = 24 * time.Hour

// ruleFor is the retry table over the classes of cloud-api.md 3.1. A class that
// is not in it fails, since repeating what is not understood doubles messages.
func ruleFor(class wa.Class) rule {
	switch class {
	case wa.ClassRetryNow: // "once" (cloud-api.md 3.4, 131053)
		return rule{remedy: again, base: 200 * time.Millisecond, growth: 1, max: time.Second, tries: 2}
	case wa.ClassBackoff: // 1 s, 2 s, 4 s … 15 min; 105 tries take about a day
		return rule{remedy: again, base: time.Second, growth: 2, max: 15 * time.Minute, tries: 105}
	case wa.ClassPauseNumber: // a refusal for speed is never a failed message (law 6)
		return rule{remedy: coolNumber}
	case wa.ClassPausePair: // 4^n s (cloud-api.md 4.2)
		return rule{remedy: coolPair, base: time.Second, growth: 4, max: 1024 * time.Second}
	case wa.ClassStopNumber, wa.ClassToken:
		return rule{remedy: stopNumber}
	case wa.ClassUncertain:
		return rule{remedy: await}
	case wa.ClassTemplate, wa.ClassOptOut, wa.ClassNever, wa.ClassOperator,
		wa.ClassPauseTempl, wa.ClassRegister, wa.ClassDrop:
		return rule{remedy: giveUp}
	}
	return rule{remedy: giveUp}
}

// wait is how long after the attempt-th try (from 1) the next one comes.
// jitter, 0 to 1, spreads messages that failed together over the second half.
func (r rule) wait(attempt int, least time.Duration, jitter float64) time.Duration {
	d := r.base
	for range attempt - 1 {
		if d *= time.Duration(r.growth); d >= r.max {
			break
		}
	}
	d = min(d, r.max)
	if r.remedy == again {
		d = d/2 + time.Duration(jitter*float64(d/2))
	}
	return max(d, least)
}

// verdict is what becomes of a message and of its number.
type verdict struct {
	kind    OutcomeKind
	due     time.Time
	attempt int
	cool    bool   // the number cools down
	stop    string // why the number stands; empty: it does not
}

// ruleOf is the row for a failure of c. Three of the contract's rows are
// narrower than their class: 1 may be the message's own fault, so it is tried a
// few times only (3.4), a Flow that is throttled for an hour is a limit of speed
// and no failure (3.5, 132069), and a permission that is missing (3.2) is missing
// for the next message too.
func ruleOf(f *wa.Failure, c *Claimed) rule {
	r := ruleFor(f.Class)
	switch {
	case forbidden(f.Problem.Code) && !(f.Problem.Code == 10 && hasFlow(&c.Content)):
		r = ruleFor(wa.ClassStopNumber)
	case f.Problem.Code == 1 && r.remedy == again:
		r.tries = 5
	case f.Class == wa.ClassPauseTempl && f.RetryAfter > 0:
		r = ruleFor(wa.ClassBackoff)
	}
	return r
}

// judge reads the table.
func judge(f *wa.Failure, c *Claimed, now time.Time, uncertainAfter time.Duration, jitter float64) verdict {
	r := ruleOf(f, c)
	switch r.remedy {
	case await:
		return verdict{kind: Unsure, due: now.Add(uncertainAfter)}
	case coolNumber:
		if c.FailFast {
			return verdict{kind: Refused, cool: true}
		}
		return verdict{kind: Again, due: now, attempt: c.Attempt - 1, cool: true}
	case stopNumber:
		return verdict{kind: Again, due: now, attempt: c.Attempt - 1, stop: stopReason(f)}
	case again, coolPair:
		if r.remedy == coolPair && c.FailFast {
			return verdict{kind: Refused}
		}
		wait := r.wait(c.Attempt, f.RetryAfter, jitter)
		if r.tries > 0 && c.Attempt >= r.tries || wait >= patience {
			return verdict{kind: Refused}
		}
		return verdict{kind: Again, due: now.Add(wait), attempt: c.Attempt}
	}
	return verdict{kind: Refused}
}

// forbidden are the refusals that speak of the token's permissions and not of
// the message (cloud-api.md 3.2): each message of the number would meet the same,
// a whole broadcast one by one. 3 is not among them, since a capability may be
// missing for one kind of message only.
func forbidden(code int) bool {
	return code == 10 || code >= 200 && code <= 299 || code == 131005
}

// hasFlow reports whether a message opens a Flow: 10 may then be about the key
// that Flows need, and other messages go (cloud-api.md 3.2).
func hasFlow(c *wa.Content) bool {
	if c.Interactive != nil && c.Interactive.Type == "flow" {
		return true
	}
	return c.Template != nil && slices.ContainsFunc(c.Template.Components, func(part wa.TemplateComponent) bool { return strings.EqualFold(part.SubType, "flow") })
}

// accountWide are the refusals that speak of all calls for an account
// (cloud-api.md 3.3), so that all its numbers rest.
func accountWide(f *wa.Failure) bool {
	switch f.Problem.Code {
	case 4, 80007:
		return true
	}
	return false
}

// stopReason is a stable code of why a number stands.
func stopReason(f *wa.Failure) string {
	if f.Class == wa.ClassToken {
		return "token_invalid"
	}
	return fmt.Sprintf("whatsapp_%d", f.Problem.Code)
}
