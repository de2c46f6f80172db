package outbox

import (
	"time"

	"kontor/internal/wa"
)

// Remedy is what a first try that failed leads to, in a word: fail, again, cool
// (the number rests), pair (the conversation rests), stop (the number stands),
// uncertain.
func Remedy(f *wa.Failure, failFast bool) string {
	now := time.Unix(0, 0)
	v := judge(f, &Claimed{Attempt: 1, FailFast: failFast}, now, time.Minute, 1)
	switch {
	case v.stop != "" && v.kind == Again:
		return "stop"
	case v.cool && v.kind == Again:
		return "cool"
	case v.kind == Refused:
		return "fail"
	case v.kind == Unsure:
		return "uncertain"
	case ruleOf(f, &Claimed{}).remedy == coolPair:
		return "pair"
	}
	return "again"
}

// AcceptsWaiting is how many messages wait for the transaction that accepts them.
func (o *Outbox) AcceptsWaiting() int { return o.accepts.Waiting() }
