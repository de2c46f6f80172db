package callback_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/callback"
	"kontor/internal/fault"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func TestAFailingConversationHoldsBackOnlyItself(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		e := newEndpoint(t, func(s said, w http.ResponseWriter) {
			if s.Conversation == 100 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		d.run()
		sub := d.subscribe(e)
		d.happens(1, 2, 5)
		seen := e.until(t, "the other conversation", func(seen []said) bool { told, _ := ordered(seen, 101); return len(told) == 5 })
		if told, ok := ordered(seen, 101); !ok {
			t.Errorf("got %v, want them in order", told)
		}
		if told, _ := ordered(seen, 100); len(told) > 1 {
			t.Errorf("got %v of the conversation that fails, want its first alone", told)
		}
		e.answers(nil)
		c.advance(10 * time.Second)
		seen = e.until(t, "the conversation that failed", func(seen []said) bool { told, _ := ordered(seen, 100); return len(told) == 5 })
		if told, ok := ordered(seen, 100); !ok {
			t.Errorf("got %v, want them in order", told)
		}
		until(t, func() bool { return count(t, d, sub, callback.Delivered) == 10 })
		log, err := d.Deliveries(context.Background(), callback.LogQuery{WorkspaceID: 1, SubscriptionID: sub.ID, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		first := log[len(log)-2] // of conversation 100 or 101; newest first
		if first.ConversationID != 100 {
			first = log[len(log)-1]
		}
		if first.Attempt != 2 || first.Status != 200 || first.Error != "" || first.EndedAt.IsZero() {
			t.Errorf("got %+v, want two attempts and a success", first)
		}
	})
}

func TestTheBreakerOpensProbesAndCloses(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		var down atomic.Bool
		down.Store(true)
		e := newEndpoint(t, func(_ said, w http.ResponseWriter) {
			if down.Load() {
				w.WriteHeader(http.StatusBadGateway)
			}
		})
		d.run()
		sub := d.subscribe(e)
		broken := func(want int) {
			t.Helper()
			restarted := newDesk(t, s, "another", c) // what is told outlives the process
			if n, err := restarted.Broken(context.Background()); err != nil || n != want {
				t.Errorf("got %d open breakers, %v; want %d", n, err, want)
			}
		}
		broken(0)
		d.happens(1, 20, 2)
		until(t, func() bool {
			now, err := d.Subscription(context.Background(), 1, sub.ID)
			return err == nil && now.Open()
		})
		broken(1)
		facts := map[string]int{}
		for _, f := range storetest.Facts(t, s) {
			facts[string(f.Kind)]++
		}
		if facts["subscription.failing"] != 1 {
			t.Errorf("got the facts %v, want one subscription.failing", facts)
		}
		before := len(e.all())
		c.advance(40 * time.Second)
		e.until(t, "a probe", func(seen []said) bool { return len(seen) > before })
		if more := len(e.all()) - before; more > 1 {
			t.Errorf("got %d calls for a probe, want 1", more)
		}
		down.Store(false)
		seen := e.until(t, "everything", func(seen []said) bool {
			c.advance(30 * time.Second) // the probe that failed may land only now
			for conversation := int64(100); conversation < 120; conversation++ {
				if told, _ := ordered(seen, conversation); len(told) != 2 {
					return false
				}
			}
			return true
		})
		for conversation := int64(100); conversation < 120; conversation++ {
			if told, ok := ordered(seen, conversation); !ok {
				t.Errorf("got %v, want them in order", told)
			}
		}
		until(t, func() bool { return count(t, d, sub, callback.Delivered) == 40 })
		until(t, func() bool {
			for _, f := range storetest.Facts(t, s) {
				if f.Kind == callback.SubscriptionRecovered {
					return true
				}
			}
			return false
		})
		broken(0)
	})
}

func TestWhatWaitsTooLongIsGivenUpAndCanBeRedelivered(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		e := newEndpoint(t, func(_ said, w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot) })
		d.run()
		sub := d.subscribe(e)
		began := c.Now()
		d.happens(1, 2, 2)
		e.until(t, "a try", func(seen []said) bool { return len(seen) >= 2 })
		until(t, func() bool { return count(t, d, sub, callback.Pending) == 4 })
		c.advance(8 * 24 * time.Hour)
		until(t, func() bool { return count(t, d, sub, callback.Dead) == 4 })
		e.answers(nil)
		n, err := d.RedeliverSince(context.Background(), callback.RedeliverQuery{WorkspaceID: 1, SubscriptionID: sub.ID, Since: began})
		if err != nil || n != 4 {
			t.Fatalf("got %d, %v; want 4", n, err)
		}
		until(t, func() bool { return count(t, d, sub, callback.Delivered) == 4 })
	})
}

func TestWhatAnEndpointAsksForIsHeeded(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		e := newEndpoint(t, func(_ said, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		})
		d.run()
		sub := d.subscribe(e)
		asked := c.Now()
		d.happens(1, 1, 1)
		until(t, func() bool {
			log, err := d.Deliveries(context.Background(), callback.LogQuery{WorkspaceID: 1, SubscriptionID: sub.ID, Limit: 1})
			return err == nil && len(log) == 1 && log[0].Attempt == 1 && !log[0].DueAt.Before(asked.Add(2*time.Minute)) && log[0].Error == "status_refused"
		})
	})
}

// An endpoint that is down may stay so for days; meanwhile its courier looks
// once a second, and once more when a probe lands, instead of turning round.
func TestNothingTurnsWhileAnEndpointRests(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		hold, held := make(chan struct{}), make(chan struct{}, 1)
		var silent atomic.Bool
		e := newEndpoint(t, func(_ said, w http.ResponseWriter) {
			if silent.Load() {
				held <- struct{}{}
				<-hold
			}
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		d.run()
		sub := d.subscribe(e)
		d.happens(1, 20, 2)
		open := func() bool {
			now, err := d.Subscription(context.Background(), 1, sub.ID)
			return err == nil && now.Open()
		}
		for !open() { // each answer asks for an hour
			c.advance(time.Hour)
			before := len(e.all())
			e.until(t, "the next try", func(seen []said) bool { return open() || len(seen) > before })
		}
		c.advance(10 * time.Minute) // time for a probe, but not for the endpoint
		d.quiet(c, sub, "while the endpoint wants its rest")
		silent.Store(true)
		c.advance(time.Hour)
		<-held
		d.quiet(c, sub, "while a probe is under way")
		close(hold)
	})
}

// quiet fails when the clock is asked all the time. Over as long as the database
// is looked at 200 times, a waiting courier asks it a few times for each Poll that
// went by, however slow the machine is, and a turning one in each of its turns.
func (d *desk) quiet(c *clock, sub *callback.Subscription, when string) {
	t := d.t
	t.Helper()
	asked := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.asked
	}
	before, began := asked(), time.Now()
	for range 200 {
		if _, err := d.Subscription(context.Background(), sub.WorkspaceID, sub.ID); err != nil {
			t.Fatal(err)
		}
	}
	few := 5 + 5*int(1+time.Since(began)/d.Courier.Poll)
	if n := asked() - before; n > few {
		t.Errorf("the clock was asked %d times %s, want at most %d", n, when, few)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		elsewhere := newEndpoint(t, nil)
		e := newEndpoint(t, func(_ said, w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		sub := d.subscribe(e)
		got, err := d.Try(context.Background(), 1, sub.ID)
		if err != nil || got.State != callback.Dead || got.Error != "redirected" || len(elsewhere.all()) != 0 {
			t.Errorf("got %+v, %v, and %d calls elsewhere; want a failure and none", got, err, len(elsewhere.all()))
		}
	})
}

func TestTenantsAreApart(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		e := newEndpoint(t, nil)
		d.run()
		sub := d.subscribe(e)
		d.happens(2, 3, 3) // another tenant's
		d.happens(1, 1, 1)
		until(t, func() bool { return count(t, d, sub, callback.Delivered) == 1 })
		if seen := e.all(); len(seen) != 1 {
			t.Errorf("got %v, want the own event alone", seen)
		}
		ctx := context.Background()
		log, err := d.Deliveries(ctx, callback.LogQuery{WorkspaceID: 1, SubscriptionID: sub.ID, Limit: 10})
		if err != nil || len(log) != 1 {
			t.Fatal(log, err)
		}
		for what, f := range map[string]func() error{
			"see":    func() error { _, err := d.Subscription(ctx, 2, sub.ID); return err },
			"change": func() error { _, err := d.Change(ctx, 2, sub.ID, callback.Change{}); return err },
			"rotate": func() error { _, err := d.Rotate(ctx, 2, sub.ID, "", 0); return err },
			"enable": func() error { _, err := d.Enable(ctx, 2, sub.ID); return err },
			"remove": func() error { return d.Remove(ctx, 2, sub.ID) },
			"try":    func() error { _, err := d.Try(ctx, 2, sub.ID); return err },
			"see the log": func() error {
				_, err := d.Deliveries(ctx, callback.LogQuery{WorkspaceID: 2, SubscriptionID: sub.ID, Limit: 1})
				return err
			},
			"see a body": func() error { _, err := d.Delivery(ctx, 2, sub.ID, log[0].ID); return err },
			"redeliver":  func() error { _, err := d.Redeliver(ctx, 2, sub.ID, log[0].ID); return err },
			"redeliver all": func() error {
				_, err := d.RedeliverSince(ctx, callback.RedeliverQuery{WorkspaceID: 2, SubscriptionID: sub.ID})
				return err
			},
		} {
			if err := f(); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s as another tenant: got %v, want not found", what, err)
			}
		}
	})
}

func TestPausedEventsWaitAndGoOn(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		e := newEndpoint(t, nil)
		d.run()
		sub := d.subscribe(e, "message.*")
		paused, active := callback.Paused, callback.Active
		ctx := context.Background()
		if _, err := d.Change(ctx, 1, sub.ID, callback.Change{State: &paused}); err != nil {
			t.Fatal(err)
		}
		d.happens(1, 2, 2)
		until(t, func() bool { return count(t, d, sub, callback.Pending) == 4 })
		if seen := e.all(); len(seen) != 0 {
			t.Errorf("got %v while paused", seen)
		}
		if _, err := d.Change(ctx, 1, sub.ID, callback.Change{State: &active}); err != nil {
			t.Fatal(err)
		}
		until(t, func() bool { return count(t, d, sub, callback.Delivered) == 4 })
		if err := d.Remove(ctx, 1, sub.ID); err != nil {
			t.Fatal(err)
		}
		if n, err := s.SweepDeliveries(ctx, time.Time{}); err != nil || n != 4 {
			t.Errorf("swept %d, %v; want the 4 of the removed subscription", n, err)
		}
	})
}

// TestTwoNodesDeliverEachOnce runs two processes' worth of couriers and
// followers over one database.
func TestTwoNodesDeliverEachOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		a, b := newDesk(t, s, "a", c), newDesk(t, s, "b", c)
		e := newEndpoint(t, nil)
		a.run()
		b.run()
		sub := a.subscribe(e)
		for range 5 {
			a.happens(1, 20, 5)
		}
		until(t, func() bool { return count(t, a, sub, callback.Delivered) == 500 })
		times := map[int64]int{}
		for _, s := range e.all() {
			times[s.ID]++
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("delivery %d came %d times, want once", id, n)
			}
		}
		if len(times) != 500 || e.beside != 0 {
			t.Errorf("got %d deliveries, %d beside one of the same conversation; want 500 and 0", len(times), e.beside)
		}
		// The one that holds the lease ends; the other goes on.
		a.end()
		b.happens(1, 3, 3)
		until(t, func() bool { return count(t, b, sub, callback.Delivered) == 509 })
	})
}

// TestClocksApartDeliverEachOnce has nodes whose clocks differ by ten minutes:
// what the one ahead writes down, the one behind delivers at once, and neither
// takes the other's lease for one that ran out.
func TestClocksApartDeliverEachOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		behind, ahead := newDesk(t, s, "behind", c), newDesk(t, s, "ahead", &clock{now: c.Now().Add(10 * time.Minute)})
		e := newEndpoint(t, nil)
		sub := behind.subscribe(e)
		ahead.follow() // it writes deliveries down
		behind.deliver()
		ahead.happens(1, 20, 5)
		until(t, func() bool { return count(t, behind, sub, callback.Delivered) == 100 })
		ahead.deliver()
		ahead.happens(1, 20, 5)
		until(t, func() bool { return count(t, behind, sub, callback.Delivered) == 200 })
		behind.end()
		ahead.happens(1, 20, 5)
		until(t, func() bool { return count(t, ahead, sub, callback.Delivered) == 300 })
		if seen := e.all(); len(seen) != 300 || e.beside != 0 {
			t.Errorf("got %d calls, %d beside one of the same conversation; want 300 and 0", len(seen), e.beside)
		}
	})
}

// TestALeaseIsTheSubscriptions shows who may deliver, by the database's clock,
// and that nothing of it stays when the subscription goes.
func TestALeaseIsTheSubscriptions(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		sub := d.subscribe(newEndpoint(t, nil))
		q := s.Callbacks()
		take := func(owner string, want bool) (epoch int64) {
			t.Helper()
			write(t, s, func(tx txn.Tx) (err error) {
				free, err := q.LeaseFree(tx, sub.ID, owner)
				if err != nil {
					return err
				}
				epoch, err = q.TakeLease(tx, sub.ID, owner, time.Minute)
				if free != want || epoch > 0 != want {
					t.Errorf("%s: got free %v and epoch %d, want %v", owner, free, epoch, want)
				}
				return err
			})
			return epoch
		}
		keep := func(epoch int64, lease time.Duration, want bool) {
			t.Helper()
			write(t, s, func(tx txn.Tx) error {
				ours, err := q.KeepLease(tx, sub.ID, epoch, lease)
				if ours != want {
					t.Errorf("epoch %d: got ours %v, want %v", epoch, ours, want)
				}
				return err
			})
		}
		first := take("a", true)
		take("b", false)
		keep(first, -time.Millisecond, true) // it runs out
		second := take("b", true)
		if second <= first {
			t.Errorf("got epoch %d after %d", second, first)
		}
		keep(first, time.Minute, false)
		if err := d.Remove(context.Background(), 1, sub.ID); err != nil {
			t.Fatal(err)
		}
		keep(second, time.Minute, false)
		write(t, s, func(tx txn.Tx) error {
			if epoch, err := q.TakeLease(tx, sub.ID, "c", time.Minute); err != nil || epoch != 0 {
				t.Errorf("got epoch %d, %v of a subscription that was removed", epoch, err)
			}
			return nil
		})
	})
}

func TestWhatIsGoneIsNotToldAndHoldsNobodyBack(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		d := newDesk(t, s, "a", c)
		e := newEndpoint(t, nil)
		sub := d.subscribe(e)
		err := s.Write(context.Background(), func(tx txn.Tx) error {
			var ds []*callback.Delivery
			for _, detail := range []string{"gone", "0001"} {
				ds = append(ds, &callback.Delivery{SubscriptionID: sub.ID, State: callback.Pending, DueAt: c.Now(), ExpiresAt: c.Now().Add(time.Hour), CreatedAt: c.Now(),
					Event: callback.Event{Kind: "message.received", WorkspaceID: 1, ConversationID: 7, Detail: detail, At: c.Now()}})
			}
			return s.Callbacks().Enqueue(tx, ds)
		})
		if err != nil {
			t.Fatal(err)
		}
		d.run()
		until(t, func() bool { return count(t, d, sub, callback.Delivered) == 1 && count(t, d, sub, callback.Dead) == 1 })
		if seen := e.all(); len(seen) != 1 || !strings.HasPrefix(seen[0].N, "0001") {
			t.Errorf("got %v, want the second alone", seen)
		}
	})
}

func count(t testing.TB, d *desk, sub *callback.Subscription, state callback.DeliveryState) int {
	t.Helper()
	n := 0
	for before := wa.DeliveryID(0); ; {
		log, err := d.Deliveries(context.Background(), callback.LogQuery{WorkspaceID: sub.WorkspaceID, SubscriptionID: sub.ID, State: state, Before: before, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		n += len(log)
		if len(log) < 1000 {
			return n
		}
		before = log[len(log)-1].ID
	}
}

// until looks at a condition of the database again and again.
func until(t testing.TB, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal("waited for too long")
		}
		time.Sleep(5 * time.Millisecond)
	}
}
