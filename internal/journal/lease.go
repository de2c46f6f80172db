package journal

import (
	"context"
	"errors"
	"math"
	"time"

	"kontor/internal/txn"
)

// everything is what Seen answers while another node follows.
var everything = Cursor{Seq: math.MaxInt64}

// turn takes or prolongs the lease when it is time, and works on a page.
func (f *Follower) turn(ctx context.Context) (more bool, err error) {
	switch {
	case f.epoch == 0:
		err = f.take(ctx)
	case time.Since(f.kept) >= f.o.Lease/3:
		err = f.keep(ctx)
	}
	if err == nil && f.epoch != 0 {
		more, err = f.step(ctx)
	}
	if errors.Is(err, errElsewhere) { // or the place was moved by somebody: both are read anew
		f.epoch = 0
		f.o.Log.Info("another node follows the journal now")
		return false, nil
	}
	return more, err
}

// take begins to follow, unless another node does.
func (f *Follower) take(ctx context.Context) error {
	var free, found bool
	var at Cursor
	err := f.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if free, err = f.store.LeaseFree(tx, f.reader.Name, f.o.Owner); err != nil || !free {
			return err
		}
		if _, found, err = f.store.Position(tx, f.reader.Name); err != nil || found || !f.reader.FromEnd {
			return err
		}
		at, err = f.store.End(tx)
		return err
	})
	if err != nil {
		return err
	}
	if !free {
		f.told.Store(&everything)
		return nil
	}
	began := time.Now() // the lease counts from before it was asked for
	var epoch int64
	var place Cursor
	var some []Parked
	err = f.runner.Write(ctx, func(tx txn.Tx) (err error) {
		if epoch, err = f.store.TakeLease(tx, f.reader.Name, f.o.Owner, f.o.Lease); err != nil || epoch == 0 {
			return err
		}
		if err = f.store.Begin(tx, f.reader.Name, at); err != nil {
			return err
		}
		if place, _, err = f.store.Position(tx, f.reader.Name); err != nil {
			return err
		}
		some, err = f.store.ParkedAll(tx, f.reader.Name, 1)
		return err
	})
	if err != nil || epoch == 0 {
		return err
	}
	f.epoch, f.kept = epoch, began
	f.place, f.seen, f.skipped = place, place, 0
	f.parked, f.parkedLook = len(some) > 0, time.Time{}
	return nil
}

// keep prolongs the lease and keeps the place, since it writes anyway.
func (f *Follower) keep(ctx context.Context) error {
	began := time.Now()
	err := f.runner.Write(ctx, func(tx txn.Tx) error {
		held, err := f.store.KeepLease(tx, f.reader.Name, f.epoch, f.o.Lease)
		if err == nil && !held {
			err = errElsewhere
		}
		if err != nil || f.skipped == 0 {
			return err
		}
		return f.store.Advance(tx, f.reader.Name, f.seen)
	})
	if err == nil {
		f.kept, f.place, f.skipped = began, f.seen, 0
	}
	return err
}

// settle keeps how far the reader looked, and lets another node follow at once.
func (f *Follower) settle(ctx context.Context) {
	if f.epoch == 0 {
		return
	}
	err := f.runner.Write(ctx, func(tx txn.Tx) error {
		held, err := f.store.DropLease(tx, f.reader.Name, f.epoch)
		if err != nil || !held || f.skipped == 0 {
			return err
		}
		return f.store.Advance(tx, f.reader.Name, f.seen)
	})
	if err != nil {
		f.o.Log.Warn("could not keep the place in the journal; unwanted facts are looked at again", "err", err)
	}
}
