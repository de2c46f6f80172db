package callback

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kontor/internal/wa"
)

func TestBackoffGrowsToHoursAndFillsAWeek(t *testing.T) {
	var sum, last time.Duration
	tries := 0
	for sum < week {
		tries++
		wait := Backoff(tries, 0.5)
		if wait < last {
			t.Errorf("after attempt %d: got %v, want no less than %v", tries, wait, last)
		}
		last = wait
		sum += wait
	}
	if Backoff(1, 0.5) != 5*time.Second || tries < 30 || tries > 45 {
		t.Errorf("got %v first and %d tries in a week", Backoff(1, 0.5), tries)
	}
	if low, high := Backoff(3, 0), Backoff(3, 1); low != 48*time.Second || high != 72*time.Second {
		t.Errorf("got jitter from %v to %v, want 48s to 72s", low, high)
	}
}

func TestBreaker(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	var h Health
	var opened bool
	for n := 1; n <= breakAfter; n++ {
		if h, opened = h.failed(now, "timeout", false); opened != (n == breakAfter) {
			t.Fatalf("after %d failures: opened %v", n, opened)
		}
	}
	if want := now.Add(firstRest); !h.ProbeAt.Equal(want) {
		t.Errorf("got the probe at %v, want %v", h.ProbeAt, want)
	}
	straggler, _ := h.failed(now.Add(time.Second), "timeout", false)
	if !straggler.ProbeAt.Equal(h.ProbeAt) {
		t.Error("a call that was under way moved the probe")
	}
	var rests []time.Duration
	for range 7 {
		at := h.ProbeAt
		h, opened = h.failed(at, "timeout", false)
		rests = append(rests, h.ProbeAt.Sub(at))
		if opened {
			t.Error("it opened twice")
		}
	}
	want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 10 * time.Minute, 10 * time.Minute}
	if !slices.Equal(rests, want) {
		t.Errorf("got the rests %v, want %v", rests, want)
	}
	h, closed := h.succeeded(now)
	if !closed || h.Open() || h.Failures != 0 || h.LastError != "timeout" {
		t.Errorf("got %+v, %v; want it closed", h, closed)
	}
}

// TestSteadyRulesKeepTheBreakerClosed: where the waits are the receiver's own,
// nothing is laid over them.
func TestSteadyRulesKeepTheBreakerClosed(t *testing.T) {
	var h Health
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for n := range 10 * breakAfter {
		var opened bool
		if h, opened = h.failed(now, "timeout", true); opened || h.Open() || h.Failures != n+1 {
			t.Fatalf("failure %d: got %+v, opened %v; want it counted and closed", n+1, h, opened)
		}
	}
}

func TestPatterns(t *testing.T) {
	for p, want := range map[string]bool{
		"*": true, "message.*": true, "message.received": true, "conversation.closed": true, "notice.*": true, "notice.account_update": true,
		"message.recieved": false, "messages": false, "": false, "**": false, "orders.*": false, "subscription.failing": false, "Message.received": false,
	} {
		if got := ValidPattern(p); got != want {
			t.Errorf("%q: got %v, want %v", p, got, want)
		}
	}
	s := &Subscription{WorkspaceID: 1, NumberID: 7, Events: []string{"message.*", "notice.account_update"}}
	for _, c := range []struct {
		e    Event
		want bool
	}{
		{Event{Kind: "message.status", WorkspaceID: 1, NumberID: 7}, true},
		{Event{Kind: "message.status", WorkspaceID: 2, NumberID: 7}, false},
		{Event{Kind: "message.status", WorkspaceID: 1, NumberID: 8}, false},
		{Event{Kind: "conversation.closed", WorkspaceID: 1, NumberID: 7}, false},
		{Event{Kind: "notice.account_update", WorkspaceID: 1, NumberID: 7}, true},
	} {
		if got := s.wants(&c.e); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.e, got, c.want)
		}
	}
}

// TestKindsAreThoseOfTheJournal keeps a fact that is new from being left out unnoticed.
func TestKindsAreThoseOfTheJournal(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../journal/journal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if kind, err := strconv.Unquote(lit.Value); err == nil && strings.Count(kind, ".") == 1 && !strings.ContainsAny(kind, "/ ") && !slices.Contains(Kinds(), kind) {
				t.Errorf("the fact %s cannot be subscribed to", kind)
			}
		}
		return true
	})
}

func TestQueueKeepsOrder(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	d := func(id, conversation int64) *Delivery {
		return &Delivery{ID: wa.DeliveryID(id), DueAt: now, Event: Event{ConversationID: wa.ConversationID(conversation)}}
	}
	q := newQueue(true)
	for i := int64(1); i <= 30; i++ {
		q.add(d(i, 5), now)
	}
	q.add(d(31, 6), now)
	q.add(d(32, 0), now)
	q.add(d(33, 0), now)
	q.add(d(3, 5), now) // fetched twice
	var flying []*line
	for l := q.next(now); l != nil; l = q.next(now) {
		flying = append(flying, l)
	}
	if len(flying) != 4 { // conversations 5 and 6, and two that wait for nobody
		t.Fatalf("got %d that fly at once, want 4", len(flying))
	}
	first := flying[0]
	for want := int64(1); want <= restInLine+1; want++ {
		if int64(first.head.ID) != want {
			t.Fatalf("got %d, want %d", first.head.ID, want)
		}
		fill := q.landed(first, true)
		if last := want == restInLine+1; last != (fill != nil) {
			t.Fatalf("after %d: fill %v", want, fill)
		} else if !last {
			first = q.next(now)
		}
	}
	first = flying[1]
	first.head.DueAt = now.Add(time.Minute)
	q.landed(first, false)
	if q.next(now) != nil {
		t.Error("one that rests was let go")
	}
	if wait := q.wait(now, time.Hour); wait != time.Minute {
		t.Errorf("got the wait %v, want a minute", wait)
	}
	q.hurry(now)
	if q.next(now) == nil {
		t.Error("one that was hurried was not let go")
	}
	fresh, retried := d(40, 7), d(41, 8) // of a node whose clock is ahead
	fresh.DueAt, retried.DueAt, retried.Attempt = now.Add(time.Hour), now.Add(time.Hour), 1
	q.add(retried, now)
	q.add(fresh, now)
	if l := q.next(now); l == nil || l.head != fresh {
		t.Errorf("got %+v, want the one that was never tried", l)
	}
	if l := q.next(now); l != nil {
		t.Errorf("got %+v, want the one that failed to wait", l.head)
	}
}
