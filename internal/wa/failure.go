package wa

import (
	"fmt"
	"time"
)

// Class sorts Meta's errors by what the sender can do (cloud-api.md 3).
type Class string

const (
	ClassRetryNow    Class = "retry_now"       // RN: at once, short jitter
	ClassBackoff     Class = "backoff"         // RB: again, later each time
	ClassPauseNumber Class = "pause_number"    // PN: nothing more from this number for a while, then back-off
	ClassStopNumber  Class = "stop_number"     // PN + CFG: number stands until an operator acts
	ClassPausePair   Class = "pause_pair"      // PP: this number and this person pause
	ClassToken       Class = "token"           // RT: token must be replaced; number stands, messages wait
	ClassTemplate    Class = "needs_template"  // NT: window closed
	ClassOptOut      Class = "opted_out"       // OO: stop marketing to this person
	ClassNever       Class = "never"           // NR: the message itself is wrong
	ClassOperator    Class = "operator"        // CFG: configuration must change; this message failed
	ClassPauseTempl  Class = "pause_template"  // PT: the template cannot be sent now
	ClassRegister    Class = "registration"    // REG: the number must be registered
	ClassDrop        Class = "final_recipient" // DROP: final for this recipient
	// ClassUncertain is ours: the request left and no answer came back, so
	// WhatsApp may or may not have the message (law 4).
	ClassUncertain Class = "uncertain"
)

// Failure is a send that did not end in WhatsApp's acceptance.
type Failure struct {
	Class      Class
	Problem    Problem
	Status     int           // HTTP status, 0 when there was none
	RetryAfter time.Duration // what the other side asked for, 0 when it did not
	Cause      error         // for the log
}

func (f *Failure) Error() string {
	if f.Problem.Code != 0 {
		return fmt.Sprintf("whatsapp refused: %d %s", f.Problem.Code, f.Problem.Title)
	}
	return fmt.Sprintf("whatsapp did not answer: %v", f.Cause)
}

func (f *Failure) Unwrap() error { return f.Cause }
