package patience_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"kontor/internal/patience"
)

// line is a connection that remembers its deadlines.
type line struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (l *line) SetReadDeadline(t time.Time) error {
	l.deadlines = append(l.deadlines, t)
	return nil
}

func TestTheDeadlineMovesWithTheBodyAndGoesInTheEnd(t *testing.T) {
	w := &line{ResponseRecorder: httptest.NewRecorder()}
	l := patience.On(w)
	start := time.Now()
	body := l.Body(iotest.OneByteReader(strings.NewReader("slow but steady")))
	if text, err := io.ReadAll(body); err != nil || string(text) != "slow but steady" || body.Broke() != nil {
		t.Fatalf("got %q, %v, broken by %v", text, err, body.Broke())
	}
	l.End()
	if n := len(w.deadlines); n < 2 || w.deadlines[0].Before(start.Add(patience.Pause)) || !w.deadlines[n-1].IsZero() {
		t.Errorf("got the deadlines %v, want one a pause ahead and none in the end", w.deadlines)
	}
}

func TestABrokenLineIsTold(t *testing.T) {
	gone := errors.New("the sender is gone")
	body := patience.On(httptest.NewRecorder()).Body(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone)))
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, gone) || !errors.Is(body.Broke(), gone) {
		t.Errorf("got %v, told as %v, want the line's error", err, body.Broke())
	}
}
