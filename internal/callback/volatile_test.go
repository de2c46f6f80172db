package callback_test

import (
	"net/http"
	"testing"
	"time"

	"kontor/internal/callback"
	"kontor/internal/store"
)

// volatile is a dialect whose receivers want nothing kept that failed.
type volatile struct{ plain }

func (volatile) Name() string { return "volatile" }

func (volatile) Rules() callback.Rules {
	r := callback.Usual()
	r.Volatile, r.Wait = true, func(int, float64) time.Duration { return time.Minute }
	return r
}

// What failed is tried again as long as the process lives; the next one gives it
// up, and still tells what nobody tried before.
func TestVolatileDeliveriesEndWithTheProcess(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		first := newDesk(t, s, "a", c)
		first.Speak(volatile{})
		e := newEndpoint(t, func(_ said, w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) })
		first.run()
		sub, err := first.Create(first.ctx, 1, callback.Draft{URL: e.URL, Dialect: "volatile", Events: []string{"message.*"}})
		if err != nil {
			t.Fatal(err)
		}
		first.happens(1, 1, 1)
		e.until(t, "the first try", func(seen []said) bool { return len(seen) == 1 })
		e.until(t, "another try", func(seen []said) bool { c.advance(time.Minute); return len(seen) >= 2 })
		first.end()
		tried := len(e.all())

		c.advance(time.Hour)
		second := newDesk(t, s, "a", c)
		second.Speak(volatile{})
		e.answers(nil)
		second.run()
		second.happens(1, 1, 1) // in the same conversation: behind what is given up
		until(t, func() bool {
			return count(t, second, sub, callback.Dead) == 1 && count(t, second, sub, callback.Delivered) == 1
		})
		if got := len(e.all()) - tried; got != 1 {
			t.Errorf("got %d calls after the restart, want 1: of the new event", got)
		}
	})
}
