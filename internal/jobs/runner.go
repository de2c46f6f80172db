package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"kontor/internal/txn"
)

// Store is where jobs are kept. "This run's" means: same id, same attempt, and
// still running; whoever lost a job changes nothing.
type Store interface {
	// Enqueue adds a job, due at job.Due. One that waits is left as it is, but
	// for an earlier due; one that runs is run once more afterwards; one that
	// was given up starts anew.
	Enqueue(tx txn.Tx, job Job, now time.Time) error
	// Due reports whether Claim would find something.
	Due(tx txn.Tx, kinds []Kind, now time.Time) (bool, error)
	// Claim takes up to limit due jobs until a time, and counts the attempt. Jobs
	// whose lease ran out are due again.
	Claim(tx txn.Tx, kinds []Kind, now, until time.Time, limit int) ([]Job, error)
	// Extend moves the lease of those jobs that are still their run's, and returns their ids.
	Extend(tx txn.Tx, running []Job, until time.Time) ([]int64, error)
	// Complete removes this run's job; done is false when it is not this run's.
	Complete(tx txn.Tx, job Job) (done bool, err error)
	// Retry lets this run's job wait until due, with the error of this run.
	Retry(tx txn.Tx, job Job, due time.Time, problem string) (done bool, err error)
	// GiveUp keeps this run's job as failed; done is false when it is not this
	// run's, or was enqueued again meanwhile and so starts anew.
	GiveUp(tx txn.Tx, job Job, problem string) (done bool, err error)
	// Release gives this run's job back as if it had not been claimed.
	Release(tx txn.Tx, job Job, now time.Time) error
}

// Options tune a Runner; the zero value is what the product uses.
type Options struct {
	Concurrency int              // jobs at once in this process; 0: 8
	Lease       time.Duration    // how long a claim outlives its process; 0: a minute
	Poll        time.Duration    // look without a wake-up; 0: a second
	Grace       time.Duration    // how long running jobs may go on when Run is told to end; 0: 3 seconds
	Now         func() time.Time // nil: time.Now
	Log         *slog.Logger     // nil: nothing is logged
}

func (o Options) orDefault() Options {
	if o.Concurrency == 0 {
		o.Concurrency = 8
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Grace == 0 {
		o.Grace = 3 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Runner enqueues jobs and does them. Enqueue and Wake are safe for concurrent use.
type Runner struct {
	runner txn.Runner
	store  Store
	o      Options
	wake   chan struct{} // holds one wake-up
	works  map[Kind]Work // written before Run only
	kinds  []Kind

	mu      sync.Mutex
	running map[int64]*under // guarded by mu, by job id
}

// under is a job that runs here.
type under struct {
	run    *Run
	cancel context.CancelCauseFunc
}

// New makes a runner. Handle tells it what it can do; Run starts it.
func New(runner txn.Runner, store Store, o Options) *Runner {
	return &Runner{
		runner: runner, store: store, o: o.orDefault(),
		wake: make(chan struct{}, 1), works: map[Kind]Work{}, running: map[int64]*under{},
	}
}

// Handle adds a kind of work. It is called before Run, once per kind; a second
// time is a mistake in the program and panics.
func (r *Runner) Handle(w Work) {
	if _, twice := r.works[w.Kind]; twice {
		panic("jobs: two handlers for " + string(w.Kind))
	}
	r.works[w.Kind] = w.orDefault()
	r.kinds = append(r.kinds, w.Kind)
}

// Enqueue adds a job in the transaction of what causes it. There is one per
// kind and subject: enqueuing what waits already only moves it to an earlier
// due; what runs is run once more afterwards. Call Wake after the commit, or
// the job is found within a second.
func (r *Runner) Enqueue(tx txn.Tx, job Job) error {
	now := r.o.Now()
	if job.Due.IsZero() {
		job.Due = now
	}
	return r.store.Enqueue(tx, job, now)
}

// Wake lets the runner look at once. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // a wake-up is waiting already
	}
}

// Run does jobs until ctx ends. Then it takes no more, lets what runs finish
// within the grace, cancels and gives back the rest, and returns nil when every
// handler has returned. Whatever a crash leaves behind is done again after its lease.
func (r *Runner) Run(ctx context.Context) error {
	// Handlers outlive ctx by the grace.
	work, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	var handlers, keeper sync.WaitGroup
	beat, stopBeat := context.WithCancel(context.WithoutCancel(ctx))
	keeper.Go(func() { r.keepLeases(beat) })
	defer keeper.Wait()
	defer stopBeat()

	slots := make(chan struct{}, r.o.Concurrency)
	freed := make(chan struct{}, 1)
	for ctx.Err() == nil {
		free := cap(slots) - len(slots)
		claimed, err := r.claim(ctx, free)
		if err != nil && ctx.Err() == nil {
			r.o.Log.Error("claiming jobs stopped, trying again", "err", err)
		}
		for _, job := range claimed {
			slots <- struct{}{} // never blocks: no more were claimed than were free
			handlers.Go(func() {
				defer func() {
					<-slots
					select {
					case freed <- struct{}{}:
					default:
					}
				}()
				r.do(work, job)
			})
		}
		if free > 0 && len(claimed) == free && err == nil {
			continue // there may be more, if a slot is free again
		}
		r.rest(ctx, freed)
	}
	r.drain(&handlers, cut)
	return nil
}

// rest waits for a wake-up, a free slot, the poll interval or the end.
func (r *Runner) rest(ctx context.Context, freed <-chan struct{}) {
	timer := time.NewTimer(r.o.Poll)
	defer timer.Stop()
	select {
	case <-r.wake:
	case <-freed:
	case <-timer.C:
	case <-ctx.Done():
	}
}

var errStopping = errors.New("kontor is stopping")

func (r *Runner) drain(handlers *sync.WaitGroup, cut context.CancelCauseFunc) {
	timer := time.AfterFunc(r.o.Grace, func() { cut(errStopping) })
	defer timer.Stop()
	handlers.Wait()
}

func (r *Runner) claim(ctx context.Context, free int) (claimed []Job, err error) {
	if free == 0 {
		return nil, nil
	}
	now := r.o.Now()
	var due bool
	err = r.runner.Read(ctx, func(tx txn.Tx) (err error) { // looking costs no commit
		due, err = r.store.Due(tx, r.kinds, now)
		return err
	})
	if err != nil || !due {
		return nil, err
	}
	err = r.runner.Write(ctx, func(tx txn.Tx) (err error) {
		claimed, err = r.store.Claim(tx, r.kinds, now, now.Add(r.o.Lease), free)
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}
