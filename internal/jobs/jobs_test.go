package jobs_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const kind jobs.Kind = "test.work"

// clock is a time that the test moves.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func options(c *clock) jobs.Options {
	return jobs.Options{Poll: 2 * time.Millisecond, Lease: 30 * time.Second, Grace: 10 * time.Second, Now: c.now}
}

// run runs a runner until stop is called or the test ends.
func run(t *testing.T, r *jobs.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error("run:", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func write(t *testing.T, s *store.Store, f func(tx txn.Tx) error) {
	t.Helper()
	if err := s.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t *testing.T, s *store.Store, r *jobs.Runner, subject int64, due time.Time) {
	t.Helper()
	write(t, s, func(tx txn.Tx) error {
		return r.Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: kind, Subject: subject, Due: due})
	})
	r.Wake()
}

func counts(t *testing.T, s *store.Store) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	err := s.Read(context.Background(), func(tx txn.Tx) error {
		all, err := s.Jobs().Counts(tx)
		for _, c := range all {
			out[c.State] += c.Jobs
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited in vain until ", what)
		}
	}
}

// effect appends a fact, to be counted afterwards.
func effect(s *store.Store, tx txn.Tx, subject int64) error {
	return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MediaStored, MessageID: wa.MessageID(subject)})
}

// effects counts them by subject. PostgreSQL shows facts only when no older
// transaction runs on the server, so a last one is written and waited for.
func effects(t *testing.T, s *store.Store) map[wa.MessageID]int {
	t.Helper()
	const last = -1
	write(t, s, func(tx txn.Tx) error { return effect(s, tx, last) })
	var out map[wa.MessageID]int
	until(t, "the effects can be read", func() bool {
		out = map[wa.MessageID]int{}
		err := s.Read(context.Background(), func(tx txn.Tx) error {
			facts, err := s.Journal().Next(tx, journal.Cursor{}, 5000)
			for _, f := range facts {
				out[f.MessageID]++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out[last] > 0
	})
	return out
}

func TestTwoRunnersDoEachJobOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const all = 500
		c := newClock()
		var mu sync.Mutex
		ran := map[int64]int{}
		node := func() *jobs.Runner {
			r := jobs.New(s, s.Jobs(), options(c))
			r.Handle(jobs.Work{Kind: kind, Do: func(ctx context.Context, run *jobs.Run) error {
				mu.Lock()
				ran[run.Subject]++
				mu.Unlock()
				return s.Write(ctx, func(tx txn.Tx) error {
					if err := effect(s, tx, run.Subject); err != nil {
						return err
					}
					return run.Complete(tx)
				})
			}})
			return r
		}
		a, b := node(), node()
		write(t, s, func(tx txn.Tx) error {
			for n := range all {
				if err := a.Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: kind, Subject: int64(n + 1)}); err != nil {
					return err
				}
			}
			return nil
		})
		run(t, a)
		run(t, b)
		until(t, "no job is left", func() bool { return len(counts(t, s)) == 0 })
		got := effects(t, s)
		mu.Lock()
		defer mu.Unlock()
		for n := int64(1); n <= all; n++ {
			if ran[n] != 1 || got[wa.MessageID(n)] != 1 {
				t.Errorf("job %d: ran %d times with %d effects, want once", n, ran[n], got[wa.MessageID(n)])
			}
		}
	})
}

func TestAJobIsDoneOnlyIfItsCauseWasStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := jobs.New(s, s.Jobs(), options(newClock()))
		refused := errors.New("changed my mind")
		err := s.Write(context.Background(), func(tx txn.Tx) error {
			if err := r.Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: kind, Subject: 1}); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if got := counts(t, s); len(got) != 0 {
			t.Fatalf("got jobs %v, want none", got)
		}
	})
}

func TestFailuresAreTriedAgainThenKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		r := jobs.New(s, s.Jobs(), options(c))
		var attempts atomic.Int64
		r.Handle(jobs.Work{Kind: kind, Attempts: 3, First: time.Minute, Do: func(context.Context, *jobs.Run) error {
			attempts.Add(1)
			return errors.New("not today")
		}, Failed: func(tx txn.Tx, job jobs.Job, cause error) error { return effect(s, tx, job.Subject) }})
		run(t, r)
		enqueue(t, s, r, 7, time.Time{})
		for n := int64(1); n <= 3; n++ {
			until(t, "the attempt ended", func() bool { return attempts.Load() == n && counts(t, s)["running"] == 0 })
			if n < 3 {
				c.advance(29 * time.Second) // less than the shortest wait after a first failure
				if got := counts(t, s)["waiting"]; got != 1 {
					t.Fatalf("after attempt %d: got %d waiting, want 1", n, got)
				}
				c.advance(4 * time.Minute) // more than the longest
			}
		}
		if got := counts(t, s); got["failed"] != 1 {
			t.Fatalf("got %v, want one failed", got)
		}
		if got := effects(t, s)[7]; got != 1 {
			t.Errorf("the noun was told %d times, want once", got)
		}
		var failed []jobs.Failed
		err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
			failed, err = s.Jobs().Failed(tx, 10)
			return err
		})
		if err != nil || len(failed) != 1 || failed[0].Subject != 7 || failed[0].Error != "not today" || failed[0].Attempt != 3 {
			t.Fatalf("got %+v and %v, want subject 7 after 3 attempts with its error", failed, err)
		}
		enqueue(t, s, r, 7, time.Time{}) // somebody asks again
		until(t, "it ran anew", func() bool { return attempts.Load() == 4 })
	})
}

func TestPermanentFailuresAreNotTriedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		r := jobs.New(s, s.Jobs(), options(c))
		causes := map[int64]error{
			1: fault.New(fault.Invalid, "bad", "", ""),
			2: fault.New(fault.NotFound, "gone", "", ""),
			3: jobs.Permanent(errors.New("never")),
			4: fault.New(fault.Unavailable, "later", "", ""),
			5: jobs.After(time.Hour, errors.New("come back")),
		}
		r.Handle(jobs.Work{Kind: kind, Do: func(_ context.Context, run *jobs.Run) error {
			if run.Subject == 6 {
				panic("a bug")
			}
			return causes[run.Subject]
		}})
		for n := range int64(6) {
			enqueue(t, s, r, n+1, time.Time{})
		}
		stop := run(t, r)
		until(t, "all ran", func() bool {
			got := counts(t, s)
			return got["failed"] == 3 && got["running"] == 0 && got["waiting"] == 3
		})
		stop()
		err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
			failed, err := s.Jobs().Failed(tx, 10)
			for i, want := range []int64{1, 2, 3} {
				if err == nil && failed[i].Subject != want {
					t.Errorf("got failed %d, want %d", failed[i].Subject, want)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		// Who was told to come back in an hour does not come earlier.
		var early []jobs.Job
		write(t, s, func(tx txn.Tx) (err error) {
			at := c.now().Add(59 * time.Minute)
			early, err = s.Jobs().Claim(tx, []jobs.Kind{kind}, at, at.Add(time.Minute), 10)
			return err
		})
		for _, job := range early {
			if job.Subject == 5 {
				t.Error("got a job before the time that its error named")
			}
		}
		if len(early) != 2 {
			t.Errorf("got %d due after 59 minutes, want the two that only failed", len(early))
		}
	})
}

func TestOneJobPerKindAndSubject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		r := jobs.New(s, s.Jobs(), options(c))
		started, goOn := make(chan int), make(chan struct{})
		r.Handle(jobs.Work{Kind: kind, Do: func(_ context.Context, run *jobs.Run) error {
			started <- run.Attempt
			<-goOn
			return nil
		}})
		enqueue(t, s, r, 1, c.now().Add(time.Hour))
		enqueue(t, s, r, 1, c.now().Add(2*time.Hour)) // waits already: nothing changes
		if got := counts(t, s)["waiting"]; got != 1 {
			t.Fatalf("got %d jobs, want 1", got)
		}
		run(t, r)
		enqueue(t, s, r, 1, time.Time{}) // earlier: now
		<-started
		enqueue(t, s, r, 1, time.Time{}) // what is new may have been missed by the run
		enqueue(t, s, r, 1, time.Time{})
		goOn <- struct{}{}
		if got := <-started; got != 1 {
			t.Errorf("got attempt %d, want a new job's first", got)
		}
		goOn <- struct{}{}
		until(t, "no job is left", func() bool { return len(counts(t, s)) == 0 })
	})
}

func TestACrashedRunIsDoneAgainAfterItsLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		r := jobs.New(s, s.Jobs(), options(c))
		attempts := make(chan int, 10)
		r.Handle(jobs.Work{Kind: kind, Do: func(_ context.Context, run *jobs.Run) error {
			attempts <- run.Attempt
			return nil
		}})
		enqueue(t, s, r, 1, time.Time{})
		// A process claims and is gone.
		var lost []jobs.Job
		write(t, s, func(tx txn.Tx) (err error) {
			lost, err = s.Jobs().Claim(tx, []jobs.Kind{kind}, c.now(), c.now().Add(30*time.Second), 10)
			return err
		})
		if len(lost) != 1 {
			t.Fatalf("got %d claimed, want 1", len(lost))
		}
		run(t, r)
		select {
		case n := <-attempts:
			t.Fatalf("got attempt %d within another's lease", n)
		case <-time.After(50 * time.Millisecond): // a chance to do wrong, not a synchronisation
		}
		c.advance(31 * time.Second)
		if n := <-attempts; n != 2 {
			t.Errorf("got attempt %d, want 2: the lost one counts", n)
		}
		until(t, "no job is left", func() bool { return len(counts(t, s)) == 0 })
		// The lost process comes back: it can change nothing.
		write(t, s, func(tx txn.Tx) error {
			done, err := s.Jobs().Complete(tx, lost[0])
			if done {
				t.Error("a lost run completed the job")
			}
			return err
		})
	})
}

func TestALostRunsEffectsDoNotStand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		o := options(c)
		o.Lease = 30 * time.Millisecond // heartbeats every 10 ms, by the machine's clock
		r := jobs.New(s, s.Jobs(), o)
		canceled := make(chan error, 1)
		r.Handle(jobs.Work{Kind: kind, Do: func(ctx context.Context, run *jobs.Run) error {
			if run.Attempt > 1 {
				return nil
			}
			// Another node takes the job over, as after a pause of this one. On
			// PostgreSQL a claim passes over a row that a heartbeat has locked.
			for taken := 0; taken == 0; {
				err := s.Write(ctx, func(tx txn.Tx) error {
					claimed, err := s.Jobs().Claim(tx, []jobs.Kind{kind}, c.now().Add(time.Hour), c.now().Add(time.Hour), 1)
					taken = len(claimed)
					return err
				})
				if err != nil {
					return err
				}
			}
			<-ctx.Done() // told by the heartbeat
			err := s.Write(context.WithoutCancel(ctx), func(tx txn.Tx) error {
				if err := effect(s, tx, run.Subject); err != nil {
					return err
				}
				return run.Complete(tx)
			})
			canceled <- err
			return err
		}})
		enqueue(t, s, r, 1, time.Time{})
		run(t, r)
		if err := <-canceled; !errors.Is(err, jobs.ErrLost) {
			t.Fatalf("got %v, want ErrLost", err)
		}
		if got := effects(t, s)[1]; got != 0 {
			t.Fatalf("got %d effects of a lost run, want none", got)
		}
		if got := counts(t, s)["running"]; got != 1 {
			t.Fatalf("got %v, want the job with its new owner", counts(t, s))
		}
	})
}

func TestHeartbeatsKeepALongJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		o := options(c)
		o.Lease = 60 * time.Millisecond
		a, b := jobs.New(s, s.Jobs(), o), jobs.New(s, s.Jobs(), o)
		var runs atomic.Int64
		started, goOn := make(chan struct{}, 10), make(chan struct{})
		work := jobs.Work{Kind: kind, Do: func(ctx context.Context, _ *jobs.Run) error {
			runs.Add(1)
			started <- struct{}{}
			select {
			case <-goOn:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		a.Handle(work)
		b.Handle(work)
		enqueue(t, s, a, 1, time.Time{})
		run(t, a)
		<-started
		run(t, b)
		// The leases follow the test's clock: two of them pass, step by step, each
		// step waiting for a heartbeat that was made after the last.
		for range 4 {
			before := c.now()
			c.advance(30 * time.Millisecond)
			until(t, "a heartbeat", func() bool {
				var due bool
				err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
					due, err = s.Jobs().Due(tx, []jobs.Kind{kind}, before.Add(30*time.Millisecond+o.Lease-time.Millisecond))
					return err
				})
				return err == nil && !due
			})
		}
		close(goOn)
		until(t, "no job is left", func() bool { return len(counts(t, s)) == 0 })
		if got := runs.Load(); got != 1 {
			t.Fatalf("got %d runs, want 1", got)
		}
	})
}

func TestStopWaitsThenGivesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newClock()
		o := options(c)
		o.Grace = 20 * time.Millisecond
		r := jobs.New(s, s.Jobs(), o)
		started := make(chan struct{}, 2)
		stopping := make(chan struct{})
		r.Handle(jobs.Work{Kind: kind, Do: func(ctx context.Context, run *jobs.Run) error {
			started <- struct{}{}
			if run.Subject == 1 { // ends within the grace
				<-stopping
				return nil
			}
			<-ctx.Done() // does not, and heeds its context
			return ctx.Err()
		}})
		enqueue(t, s, r, 1, time.Time{})
		enqueue(t, s, r, 2, time.Time{})
		stop := run(t, r)
		<-started
		<-started
		close(stopping)
		stop()
		if got := counts(t, s); got["waiting"] != 1 || len(got) != 1 {
			t.Fatalf("got %v, want the unfinished one waiting and the other gone", got)
		}
		var again []jobs.Job
		write(t, s, func(tx txn.Tx) (err error) {
			again, err = s.Jobs().Claim(tx, []jobs.Kind{kind}, c.now(), c.now().Add(time.Minute), 10)
			return err
		})
		if len(again) != 1 || again[0].Subject != 2 || again[0].Attempt != 1 {
			t.Fatalf("got %+v, want subject 2 with no attempt counted", again)
		}
	})
}
