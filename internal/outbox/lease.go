package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/internal/txn"
)

var (
	errNumberGone = errors.New("the number is no longer ours to send for")
	errLeaseLost  = errors.New("another process has taken the number over")
)

// takeOver waits until the number is ours and settles what an earlier owner
// left: what it had claimed may or may not have reached WhatsApp. Whoever waits
// looks at intervals only; the bell is for the owner.
func (d *Deliverer) takeOver(ctx context.Context) error {
	for {
		free, err := d.free(ctx)
		if err == nil && free {
			err = d.take(ctx)
		}
		if err != nil {
			return fmt.Errorf("take the number over: %w", err)
		}
		if d.epoch != 0 {
			return nil
		}
		if !sleep(ctx, d.o.Delivery.Poll) {
			return ctx.Err()
		}
	}
}

func (d *Deliverer) free(ctx context.Context) (free bool, err error) {
	err = d.o.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		free, err = d.o.Store.LeaseFree(tx, d.id, d.o.Delivery.Owner)
		return err
	})
	return free, err
}

func (d *Deliverer) take(ctx context.Context) error {
	began, now := time.Now(), d.o.Now().UTC()
	err := d.write(ctx, func(tx txn.Tx) (err error) {
		d.epoch, err = d.o.Store.TakeLease(tx, d.id, d.o.Delivery.Owner, d.o.Delivery.Lease)
		if err != nil || d.epoch == 0 {
			return err
		}
		moved, err := d.o.Store.Orphans(tx, d.id, d.epoch, now.Add(d.o.Delivery.UncertainAfter))
		if err != nil {
			return err
		}
		return d.o.tell(tx, now, moved)
	})
	if err == nil && d.epoch != 0 {
		d.keptAt(began)
	}
	return err
}

// keepLease prolongs the lease in time. While that fails nothing leaves beyond
// two thirds of it (see ours), since somebody else may take the number over.
func (d *Deliverer) keepLease(ctx context.Context) error {
	lease := d.o.Delivery.Lease
	age := d.leaseAge()
	if age < lease/3 {
		return nil
	}
	began := time.Now()
	var ours bool
	err := d.write(ctx, func(tx txn.Tx) (err error) {
		ours, err = d.o.Store.KeepLease(tx, d.id, d.epoch, lease)
		return err
	})
	switch {
	case err != nil && age < 2*lease/3:
		d.log.Warn("cannot prolong the lease of the number yet", "err", err)
	case err != nil:
		return fmt.Errorf("prolong the lease: %w", err)
	case !ours:
		return errLeaseLost
	default:
		d.keptAt(began)
	}
	return nil
}

func (d *Deliverer) keptAt(began time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = began
}

// leaseAge is how long ago the lease was last known to begin, by this process's
// own clocks: the one that nobody sets, and the other, which goes on while the
// machine sleeps. The rules' time (Parts.Now) does not count here.
func (d *Deliverer) leaseAge() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	return max(now.Sub(d.kept), now.Round(0).Sub(d.kept.Round(0)))
}

// ours reports whether a message may leave now: the lease surely runs. It asks
// nobody, so it holds for a process that cannot reach the database, or that was
// stopped for a while and goes on with what it had claimed. The last third of
// the lease is for calls that are on their way when it ends.
func (d *Deliverer) ours() bool { return d.leaseAge() < 2*d.o.Delivery.Lease/3 }
