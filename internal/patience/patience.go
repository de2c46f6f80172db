// Package patience reads what callers upload: a slow line may take as long as it
// moves, and one that stands still is given up. It also tells a sender who went
// away from a store that failed, which both end a copy with an error.
package patience

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Pause is how long an upload may stand still before it is given up.
const Pause = 30 * time.Second

// Line is a connection whose read deadline moves along while something comes.
// It is for one goroutine.
type Line struct {
	control *http.ResponseController
	at      time.Time // when the deadline was moved last
}

// On is the line of a request that w answers. End it before the answer: its
// deadline would otherwise hold for the connection's next request.
func On(w http.ResponseWriter) *Line { return &Line{control: http.NewResponseController(w)} }

// Renew moves the deadline along, at most once a second.
func (l *Line) Renew() {
	if now := time.Now(); now.Sub(l.at) > time.Second {
		l.at = now
		_ = l.control.SetReadDeadline(now.Add(Pause)) // a recorder in tests has none
	}
}

// End lifts the deadline.
func (l *Line) End() { _ = l.control.SetReadDeadline(time.Time{}) }

// Body is what comes on the line, renewed with each read.
type Body struct {
	from  io.Reader
	line  *Line
	broke error
}

// Body reads from, a part of what comes on the line.
func (l *Line) Body(from io.Reader) *Body { return &Body{from: from, line: l} }

func (b *Body) Read(p []byte) (int, error) {
	b.line.Renew()
	n, err := b.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.broke = err
	}
	return n, err
}

// Broke is why the line broke; nil when it did not, and whatever failed was
// the reader's own.
func (b *Body) Broke() error { return b.broke }
