package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
)

// life is what runs between Start and Stop.
type life struct {
	listener net.Listener
	server   *http.Server
	// All circles are told to end at once, so that their times of grace run side by
	// side, and the database ends last. Nothing is lost between them: what one
	// hands to another lies in the database.
	followers circle
	orders    circle
	callbacks circle
	outbox    circle
	served    chan error
	failed    chan struct{} // something that must run has ended
	stopped   sync.Once
	stopErr   error
}

// circle is a set of goroutines that end together.
type circle struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	mu     sync.Mutex
	err    error
}

// start runs what belongs to the circle; failed is told when one ends by itself.
func (c *circle) start(failed chan<- struct{}, run ...func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	for _, r := range run {
		c.done.Go(func() {
			err := r(ctx)
			if err == nil || errors.Is(err, context.Canceled) {
				return
			}
			c.mu.Lock()
			c.err = errors.Join(c.err, err)
			c.mu.Unlock()
			select {
			case failed <- struct{}{}:
			default: // it was told already
			}
		})
	}
}

// stop ends the circle and returns what went wrong in it.
func (c *circle) stop() error {
	if c.cancel == nil {
		return nil // never started
	}
	c.cancel()
	c.done.Wait()
	return c.err
}

// stopGrace is how long Stop lets requests and calls come to their end: every
// command stops within 5 s (design.md 5).
const stopGrace = 2 * time.Second

// Listen takes the product's address, so that it is known before anything runs.
func (a *App) Listen() error {
	l, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s (KONTOR_LISTEN): %w", a.Config.Listen, err)
	}
	a.life.listener = l
	return nil
}

// Start starts everything, once, and returns; it listens if Listen was not
// called before.
func (a *App) Start(ctx context.Context) error {
	if a.life.listener == nil {
		if err := a.Listen(); err != nil {
			return err
		}
	}
	numbers := a.Numbers.All()
	var backlog journal.Cursor
	err := a.store.Read(ctx, func(tx txn.Tx) (err error) {
		backlog, err = a.store.Journal().End(tx)
		return err
	})
	if err != nil {
		return err
	}
	a.ready.begin(time.Now(), backlog, numbers)
	if err := a.refresh(ctx, numbers...); err != nil {
		return err
	}
	if err := a.runner().Write(ctx, a.sweepLater); err != nil {
		return err
	}
	if err := a.onpremUpgrade(ctx); err != nil {
		return err
	}
	a.life.server = &http.Server{
		Handler: a.api.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	a.life.failed = make(chan struct{}, 1)
	a.life.outbox.start(a.life.failed, a.Outbox.Run)
	a.life.followers.start(a.life.failed, a.store.Hear, a.jobs.Run, a.greeting.Run, a.indexer.Run, a.tail.run, a.api.Run, a.presence.Run, a.sweep, a.Premises.Run, a.onprem.Hook.Run, a.onpremListener, a.watchClock(a.now, a.sendSetBack), a.watchClock(time.Now, a.workSetBack))
	a.life.orders.start(a.life.failed, append(a.orderRuns(), a.routingRuns()...)...)
	a.life.callbacks.start(a.life.failed, a.deliver()...)
	a.life.served = make(chan error, 1)
	go func() { a.life.served <- a.life.server.Serve(a.life.listener) }() // Stop waits for it
	return nil
}

// sweep removes what has ended by itself: sessions, links.
func (a *App) sweep(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := errors.Join(a.Accounts.Sweep(ctx), a.Panels.Sweep(ctx)); err != nil && ctx.Err() == nil {
			a.log.Warn("old sessions and tokens could not be removed, trying again in an hour", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Stop ends everything backwards and closes the database. It may be called
// twice, and without Start.
func (a *App) Stop() error {
	a.life.stopped.Do(func() {
		var errs []error
		errs = append(errs, a.stopServer(), a.life.followers.stop(), a.life.orders.stop(), a.life.callbacks.stop(), a.life.outbox.stop(), a.Close())
		a.life.stopErr = errors.Join(errs...)
	})
	return a.life.stopErr
}

func (a *App) stopServer() error {
	if a.life.server == nil {
		if a.life.listener != nil {
			return a.life.listener.Close()
		}
		return nil
	}
	// Streams end with the followers; who still listens after that is cut off.
	a.life.followers.cancel()
	a.life.orders.cancel()
	a.life.callbacks.cancel()
	a.life.outbox.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	err := a.life.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = a.life.server.Close()
	}
	if served := <-a.life.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// Close gives back what New opened. Use Stop once anything was started.
func (a *App) Close() error {
	var errs []error
	if a.carriers.list != nil {
		a.carriers.list.Close()
	}
	if a.hooks != nil {
		a.hooks.Close()
	}
	if a.signon != nil {
		a.signon.Close()
	}
	if a.blobs != nil {
		errs = append(errs, a.blobs.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}

// Run waits until ctx ends, or something that must run fails, and stops what
// Start started: better to end, and be started again, than to go on halved.
func (a *App) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-a.life.failed:
		a.log.Error("a part of Kontor ended by itself, so all of it stops")
	case err := <-a.life.served:
		a.life.served <- err // Stop reads it again
	}
	return a.Stop()
}
