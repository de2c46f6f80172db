package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

// TestWhatIsOverdueByAnotherClockIsBroughtForward lets the clock of a noun jump
// over the time of its job, which is due in an hour of the real time.
func TestWhatIsOverdueByAnotherClockIsBroughtForward(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		wall, rules := newClock(), newClock()
		r := jobs.New(s, s.Jobs(), options(wall))
		ran := make(chan int64, 10)
		r.Handle(jobs.Work{Kind: kind, Do: func(_ context.Context, run *jobs.Run) error {
			ran <- run.Subject
			return nil
		}})
		run(t, r)
		due := rules.now().Add(time.Hour)
		enqueue(t, s, r, 7, due)
		enqueue(t, s, r, 8, due.Add(time.Hour))

		var looks atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- jobs.Forward{Runner: s, Enqueue: r.Enqueue, Wake: r.Wake, Log: slog.New(slog.DiscardHandler), Overdue: func(txn.Tx) ([]jobs.Job, error) {
				switch looks.Add(1) {
				case 1: // the clock stands: nothing is overdue yet
					return nil, nil
				case 2: // a look that fails is made again
					rules.advance(90 * time.Minute)
					return nil, errors.New("the database is away")
				case 3:
					return overdue(rules.now(), due), nil
				}
				return nil, nil
			}}.Run(ctx)
		}()
		select {
		case got := <-ran:
			if got != 7 {
				t.Errorf("the job %d ran, want 7, which alone is overdue", got)
			}
		case <-time.After(30 * time.Second):
			t.Error("what is overdue by the other clock did not run")
		}
		if n := looks.Load(); n < 3 {
			t.Errorf("it ran after %d looks, want it when it was overdue", n)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("got %v at the end, want nil", err)
		}
		if got := counts(t, s)["waiting"]; got != 1 {
			t.Errorf("%d jobs wait, want the one of later", got)
		}
	})
}

// overdue are the jobs of the test whose time has come: 7 at due, 8 an hour later.
func overdue(now, due time.Time) []jobs.Job {
	all := []jobs.Job{{WorkspaceID: 1, Kind: kind, Subject: 7, Due: due}, {WorkspaceID: 1, Kind: kind, Subject: 8, Due: due.Add(time.Hour)}}
	return slices.DeleteFunc(all, func(j jobs.Job) bool { return j.Due.After(now) })
}
