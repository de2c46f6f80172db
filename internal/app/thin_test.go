package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestWhatRepeatsItselfIsSaidOnceInAWhile(t *testing.T) {
	var out bytes.Buffer
	log := thinned(slog.New(slog.NewTextHandler(&out, nil)))
	full := errors.New("store_failed: the disk is full")
	for n := range 1000 {
		log.Error("a webhook was not stored", "err", full)
		log.Error("request", "request_id", fmt.Sprint(n), "status", 503, "took", time.Duration(n))
		log.With("number", "num_1").Warn("left alone", "err", full)
		log.With("number", "num_2").Warn("left alone", "err", full)
	}
	log.Error("a webhook was not stored", "err", errors.New("something else"))
	log.Info("all is well")
	log.Info("all is well")
	if got := strings.Count(out.String(), "\n"); got != 7 {
		t.Errorf("got %d lines, want the four that repeat themselves once, the other error, and both notes:\n%s", got, &out)
	}
}

func TestWhatIsSaidAgainTellsHowOftenItWas(t *testing.T) {
	s := &said{lines: map[string]*line{}}
	now := time.Now()
	for n, c := range []struct {
		after time.Duration
		left  int
		pass  bool
	}{{0, 0, true}, {time.Second, 0, false}, {2 * time.Second, 0, false}, {thinEvery, 2, true}, {thinEvery + 1, 0, false}, {-time.Hour, 1, true}} {
		left, pass := s.say("the same", now.Add(c.after))
		if left != c.left || pass != c.pass {
			t.Errorf("%d: got %d and %v, want %d and %v", n, left, pass, c.left, c.pass)
		}
	}
	for n := range 3 * saidMost {
		s.say(fmt.Sprint(n), now)
	}
	if len(s.lines) > saidMost {
		t.Errorf("%d lines are remembered, want at most %d", len(s.lines), saidMost)
	}
}
