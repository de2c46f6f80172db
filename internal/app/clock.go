package app

import (
	"context"
	"time"

	"kontor/internal/store"
	"kontor/internal/wa"
)

const (
	// clockEvery is how often a clock is looked at.
	clockEvery = time.Second
	// clockSlack is by how much a clock may differ from what passed: one that is
	// put right little by little, as by NTP, or that stands (the sandbox's may).
	clockSlack = 2 * time.Second
)

// clock notices that the clock of now was set, by the one that nobody sets.
type clock struct {
	now    func() time.Time
	said   time.Time // when it was last looked at, by that clock
	looked time.Time // the same by the one that nobody sets
}

func newClock(now func() time.Time) *clock {
	return &clock{now: now, said: now().Round(0), looked: time.Now()} // Round takes the other clock's reading away
}

// look compares the clock with what has passed since the last look: jump is by
// how much it was set ahead (or back, below 0), and told what it would say otherwise.
func (c *clock) look() (told, now time.Time, jump time.Duration) {
	told, now = c.said.Add(time.Since(c.looked)), c.now().Round(0)
	return told, now, now.Sub(told)
}

// accept goes on from what the clock says now.
func (c *clock) accept(now time.Time) { c.said, c.looked = now, time.Now() }

// watchClock tells setBack when a clock was set back, again until it succeeds.
func (a *App) watchClock(now func() time.Time, setBack func(context.Context, store.SetBack) (int64, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		c := newClock(now)
		tick := time.NewTicker(clockEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			told, is, jump := c.look()
			if jump < -clockSlack {
				moved, err := setBack(ctx, store.SetBack{Told: told, Now: is})
				if err != nil {
					if ctx.Err() == nil {
						a.log.Warn("the clock was set back, and what waits could not be moved back with it yet", "err", err)
					}
					continue
				}
				a.log.Warn("the clock was set back; what waits was moved back with it", "by", -jump.Round(time.Second), "moved", moved)
			} else if jump > clockSlack {
				a.log.Warn("the clock was set ahead, or the machine slept", "by", jump.Round(time.Second))
			}
			c.accept(is)
		}
	}
}

func (a *App) sendSetBack(ctx context.Context, b store.SetBack) (moved int64, err error) {
	var numbers []wa.NumberID
	for _, n := range a.Numbers.All() {
		numbers = append(numbers, n.ID)
	}
	moved, err = a.store.SendSetBack(ctx, b, owner(a.Config.Data), numbers)
	if err == nil {
		err = a.Numbers.Reload(ctx)
	}
	return moved, err
}

func (a *App) workSetBack(ctx context.Context, b store.SetBack) (int64, error) {
	return a.store.WorkSetBack(ctx, b)
}
