package outbox

import (
	"testing"
	"time"

	"kontor/internal/wa"
)

// Every class of the contract has its row here, with what becomes of a first
// try and of the number.
func TestEveryClassHasItsRemedy(t *testing.T) {
	hour := time.Hour
	rows := []struct {
		class   wa.Class
		attempt int
		least   time.Duration
		want    verdict
	}{
		{wa.ClassRetryNow, 1, 0, verdict{kind: Again, due: noon.Add(200 * time.Millisecond), attempt: 1}},
		{wa.ClassRetryNow, 2, 0, verdict{kind: Refused}},
		{wa.ClassBackoff, 1, 0, verdict{kind: Again, due: noon.Add(time.Second), attempt: 1}},
		{wa.ClassBackoff, 5, 0, verdict{kind: Again, due: noon.Add(16 * time.Second), attempt: 5}},
		{wa.ClassBackoff, 50, 0, verdict{kind: Again, due: noon.Add(15 * time.Minute), attempt: 50}},
		{wa.ClassBackoff, 1, time.Minute, verdict{kind: Again, due: noon.Add(time.Minute), attempt: 1}},
		{wa.ClassBackoff, 1, 24 * hour, verdict{kind: Refused}},
		{wa.ClassBackoff, 105, 0, verdict{kind: Refused}},
		{wa.ClassPauseNumber, 1, time.Second, verdict{kind: Again, due: noon, attempt: 0, cool: true}},
		{wa.ClassPauseNumber, 1000, time.Second, verdict{kind: Again, due: noon, attempt: 999, cool: true}},
		{wa.ClassPausePair, 1, 0, verdict{kind: Again, due: noon.Add(time.Second), attempt: 1}},
		{wa.ClassPausePair, 3, 0, verdict{kind: Again, due: noon.Add(16 * time.Second), attempt: 3}},
		{wa.ClassPausePair, 300, 0, verdict{kind: Again, due: noon.Add(1024 * time.Second), attempt: 300}},
		{wa.ClassStopNumber, 1, 0, verdict{kind: Again, due: noon, attempt: 0, stop: "whatsapp_131042"}},
		{wa.ClassToken, 1, 0, verdict{kind: Again, due: noon, attempt: 0, stop: "token_invalid"}},
		{wa.ClassUncertain, 1, 0, verdict{kind: Unsure, due: noon.Add(5 * time.Minute)}},
		{wa.ClassTemplate, 1, 0, verdict{kind: Refused}},
		{wa.ClassOptOut, 1, 0, verdict{kind: Refused}},
		{wa.ClassNever, 1, 0, verdict{kind: Refused}},
		{wa.ClassOperator, 1, 0, verdict{kind: Refused}},
		{wa.ClassPauseTempl, 1, 0, verdict{kind: Refused}},
		{wa.ClassPauseTempl, 1, hour, verdict{kind: Again, due: noon.Add(hour), attempt: 1}},
		{wa.ClassRegister, 1, 0, verdict{kind: Refused}},
		{wa.ClassDrop, 1, 0, verdict{kind: Refused}},
		{"newer_than_this_program", 1, 0, verdict{kind: Refused}},
	}
	for _, row := range rows {
		f := &wa.Failure{Class: row.class, Problem: wa.Problem{Code: 131042}, RetryAfter: row.least}
		if got := judge(f, &Claimed{Attempt: row.attempt}, noon, 5*time.Minute, 1); got != row.want {
			t.Errorf("%s, try %d: got %+v, want %+v", row.class, row.attempt, got, row.want)
		}
	}
}

// Code 10 may be about a Flow's key alone; then it says nothing of the number.
func TestAFlowsKeyStopsNoNumber(t *testing.T) {
	flow := wa.Content{Type: wa.TypeInteractive, Interactive: &wa.Interactive{Type: "flow"}}
	button := wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{Components: []wa.TemplateComponent{{Type: "body"}, {Type: "button", SubType: "FLOW"}}}}
	plain := wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "hi"}}
	for _, row := range []struct {
		code    int
		content wa.Content
		stop    string
	}{{10, flow, ""}, {10, button, ""}, {10, plain, "whatsapp_10"}, {200, flow, "whatsapp_200"}, {131005, button, "whatsapp_131005"}, {300, plain, ""}} {
		f := &wa.Failure{Class: wa.ClassOperator, Problem: wa.Problem{Code: row.code}}
		got := judge(f, &Claimed{Attempt: 1, Content: row.content}, noon, time.Minute, 1)
		if wantKind := map[bool]OutcomeKind{true: Refused, false: Again}[row.stop == ""]; got.stop != row.stop || got.kind != wantKind {
			t.Errorf("%d for %s: got %+v, want stop %q", row.code, row.content.Type, got, row.stop)
		}
	}
}

func TestJitterOnlyShortens(t *testing.T) {
	r := ruleFor(wa.ClassBackoff)
	for attempt := 1; attempt < 20; attempt++ {
		low, high := r.wait(attempt, 0, 0), r.wait(attempt, 0, 1)
		if low != high/2 || high > r.max {
			t.Errorf("try %d: got %v to %v, want the second half of a wait no longer than %v", attempt, low, high, r.max)
		}
		if got := r.wait(attempt, time.Hour, 0); got != time.Hour {
			t.Errorf("try %d: got %v, want the hour that WhatsApp asks for", attempt, got)
		}
	}
}
