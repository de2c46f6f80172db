package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/internal/txn"
)

// errElsewhere says that another node works for this reader at the moment.
var errElsewhere = errors.New("another node follows")

// refused is an error of the reader's own, as opposed to one of the database:
// the former parks a fact, the latter is waited out.
type refused struct{ cause error }

func (r *refused) Error() string { return r.cause.Error() }
func (r *refused) Unwrap() error { return r.cause }

// maxSkipped bounds how far a reader's kept place lags behind facts that it does not want.
const maxSkipped = 2000

// parkedRarely is how often parked facts are looked for when none are known.
const parkedRarely = time.Minute

// step works on one page of the journal; more tells that another may be waiting.
func (f *Follower) step(ctx context.Context) (more bool, err error) {
	var page []Fact
	var due []Parked
	f.looked = time.Now()
	err = f.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if page, err = f.store.Next(tx, f.seen, f.o.Batch); err != nil || f.looked.Before(f.parkedLook) {
			return err
		}
		due, err = f.parkedDue(tx)
		return err
	})
	if err != nil {
		return false, err
	}
	freed, err := f.retry(ctx, due)
	if err == nil {
		err = f.follow(ctx, page)
	}
	if err == nil {
		seen := f.seen
		f.told.Store(&seen)
	}
	return freed || len(page) == f.o.Batch, err
}

// parkedDue looks for parked facts, and notes whether there are any at all.
func (f *Follower) parkedDue(tx txn.Tx) (due []Parked, err error) {
	if due, err = f.store.ParkedDue(tx, f.reader.Name, f.o.Now(), f.o.Batch); err != nil {
		return nil, err
	}
	some := due
	if len(due) == 0 {
		if some, err = f.store.ParkedAll(tx, f.reader.Name, 1); err != nil {
			return nil, err
		}
	}
	f.parked = len(some) > 0
	f.parkedLook = f.looked.Add(parkedRarely)
	if f.parked {
		f.parkedLook = f.looked.Add(f.o.Poll)
	}
	return due, nil
}

// follow moves the reader behind page: all at once, or fact by fact when the
// reader refuses one of them.
func (f *Follower) follow(ctx context.Context, page []Fact) error {
	if len(page) == 0 {
		return nil
	}
	var wanted []Fact
	for _, fact := range page {
		if f.wants(fact) {
			wanted = append(wanted, fact)
		}
	}
	end := page[len(page)-1].Cursor
	f.idle = len(wanted) == 0
	if f.idle {
		f.seen = end
		if f.skipped += len(page); f.skipped < maxSkipped {
			return nil
		}
		return f.move(ctx, nil, end, nil)
	}
	err := f.move(ctx, wanted, end, nil)
	var r *refused
	if !errors.As(err, &r) {
		return err
	}
	f.o.Log.Warn("a batch was refused, handling its facts one by one", "facts", len(wanted), "err", r.cause)
	for _, fact := range wanted {
		err := f.move(ctx, []Fact{fact}, fact.Cursor, nil)
		if errors.As(err, &r) {
			f.o.Log.Error("a fact was refused, its conversation is parked", "kind", fact.Kind, "conversation", fact.ConversationID.String(), "err", r.cause)
			err = f.move(ctx, []Fact{fact}, fact.Cursor, r.cause)
		}
		if err != nil {
			return err
		}
	}
	f.seen = end
	return nil
}

// move handles facts and moves the reader to a place, in one transaction. With
// a cause the facts are parked instead.
func (f *Follower) move(ctx context.Context, facts []Fact, to Cursor, cause error) error {
	err := f.runner.Write(ctx, func(tx txn.Tx) error {
		place, held, err := f.store.Hold(tx, f.reader.Name, f.epoch)
		if err != nil {
			return err
		}
		if !held || place != f.place {
			return errElsewhere
		}
		if err := f.handleOrPark(tx, facts, cause); err != nil {
			return err
		}
		return f.store.Advance(tx, f.reader.Name, to)
	})
	if err != nil {
		return err
	}
	f.place, f.seen, f.skipped = to, to, 0
	return nil
}

// handleOrPark parks the facts of conversations that have parked facts already,
// and hands the others to the reader, or parks them too when there is a cause.
func (f *Follower) handleOrPark(tx txn.Tx, facts []Fact, cause error) error {
	if !f.parked && cause == nil { // nearly always
		return f.handle(tx, facts)
	}
	f.parked, f.parkedLook = true, time.Time{} // before it is certain: a commit may be stored and its answer lost
	var conversations []int64
	for _, fact := range facts {
		if fact.ConversationID != 0 {
			conversations = append(conversations, int64(fact.ConversationID))
		}
	}
	blocked, err := f.store.ParkedAmong(tx, f.reader.Name, conversations)
	if err != nil {
		return err
	}
	var now []Fact
	var aside []Parked
	for _, fact := range facts {
		switch {
		case blocked[int64(fact.ConversationID)]:
			aside = append(aside, Parked{Fact: fact})
		case cause != nil:
			aside = append(aside, f.failed(Parked{Fact: fact}, cause))
		default:
			now = append(now, fact)
		}
	}
	if err := f.handle(tx, now); err != nil {
		return err
	}
	return f.store.Park(tx, f.reader.Name, aside...)
}

// handle calls the reader; a panic is an error of its own, so that one fact
// cannot end the reader for all.
func (f *Follower) handle(tx txn.Tx, facts []Fact) (err error) {
	if len(facts) == 0 {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = &refused{fmt.Errorf("panic: %v", p)}
		}
	}()
	if err := f.reader.Handle(tx, facts); err != nil {
		return &refused{err}
	}
	return nil
}

// retry tries parked facts again; freed tells that one went through, so the
// next of its conversation has its turn.
func (f *Follower) retry(ctx context.Context, due []Parked) (freed bool, err error) {
	for _, p := range due {
		err := f.again(ctx, p, nil)
		var r *refused
		if errors.As(err, &r) {
			f.o.Log.Error("a parked fact was refused again", "kind", p.Fact.Kind, "conversation", p.Fact.ConversationID.String(), "attempt", p.Attempt+1, "err", r.cause)
			err = f.again(ctx, p, r.cause)
		} else if err == nil {
			freed = true
			f.parkedLook = time.Time{}
		}
		if err != nil {
			return freed, err
		}
	}
	return freed, nil
}

// again handles one parked fact, or with a cause parks it for longer.
func (f *Follower) again(ctx context.Context, p Parked, cause error) error {
	return f.runner.Write(ctx, func(tx txn.Tx) error {
		_, held, err := f.store.Hold(tx, f.reader.Name, f.epoch)
		if err != nil {
			return err
		}
		if !held {
			return errElsewhere
		}
		gone, err := f.store.Unpark(tx, f.reader.Name, p.Fact.Cursor)
		if err != nil || !gone { // another node handled it meanwhile
			return err
		}
		if cause != nil {
			return f.store.Park(tx, f.reader.Name, f.failed(p, cause))
		}
		return f.handle(tx, []Fact{p.Fact})
	})
}

// failed is p after one more failure.
func (f *Follower) failed(p Parked, cause error) Parked {
	p.Attempt++
	wait := min(f.o.Retry<<min(p.Attempt-1, 20), 10*time.Minute)
	p.Due = f.o.Now().Add(wait)
	p.Error = cause.Error()
	return p
}
