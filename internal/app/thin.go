package app

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// thin lets a warning or an error that repeats itself through once in a while.
// A full disk or a database that is gone is met by every request; ten thousand
// lines a minute about it bury whatever else there is to read, and take the room
// that is missing. The next one that passes says how many were left out.
type thin struct {
	slog.Handler
	scope string // attributes and groups of With
	said  *said  // shared by all handlers that came from one
}

// thinEvery is how often the same is said again.
const thinEvery = 10 * time.Second

// said remembers what was said of late.
type said struct {
	mu    sync.Mutex
	lines map[string]*line // guarded by mu
}

type line struct {
	at   time.Time
	left int // out since then
}

// saidMost bounds what is remembered; beyond it everything is forgotten, and
// said once more than it need be.
const saidMost = 512

func thinned(log *slog.Logger) *slog.Logger {
	return slog.New(thin{Handler: log.Handler(), said: &said{lines: map[string]*line{}}})
}

// Handle implements slog.Handler.
func (t thin) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return t.Handler.Handle(ctx, r)
	}
	repeated, pass := t.said.say(t.scope+content(r), r.Time)
	if !pass {
		return nil
	}
	if repeated > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("repeated", repeated))
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (t thin) WithAttrs(attrs []slog.Attr) slog.Handler {
	t.Handler = t.Handler.WithAttrs(attrs)
	for _, a := range attrs {
		t.scope += a.String() + "\n"
	}
	return t
}

// WithGroup implements slog.Handler.
func (t thin) WithGroup(name string) slog.Handler {
	t.Handler = t.Handler.WithGroup(name)
	t.scope += name + "\n"
	return t
}

// content is what a record says, without what differs between two that say the
// same: which request it was, how long it took and how much was answered.
func content(r slog.Record) string {
	var b strings.Builder
	b.WriteString(r.Level.String())
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "request_id", "took", "bytes", "size":
		default:
			b.WriteByte('\n')
			b.WriteString(a.String())
		}
		return true
	})
	return b.String()
}

// say reports whether the content may be said now, and how often it was left out before.
func (s *said) say(content string, now time.Time) (left int, pass bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lines[content]
	if l != nil {
		if since := now.Sub(l.at); since >= 0 && since < thinEvery { // less than 0: the clock was set back
			l.left++
			return 0, false
		}
		left = l.left
		l.at, l.left = now, 0
		return left, true
	}
	if len(s.lines) >= saidMost {
		clear(s.lines)
	}
	s.lines[content] = &line{at: now}
	return 0, true
}
