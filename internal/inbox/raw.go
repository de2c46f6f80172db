package inbox

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Raw is a webhook as it came, verified. It is kept in the transaction that
// takes it in, for some days, and can be taken in again.
type Raw struct {
	ID           int64       // set when it is kept
	Tenant, Team string      // of the address it came to; empty: the address of all
	SignerID     wa.NumberID // a number whose app secret signed it
	Body         []byte
	ReceivedAt   time.Time
}

// Span chooses kept webhooks: those after an id, received from Since until
// before Until. Zero values choose all.
type Span struct {
	After        int64
	Since, Until time.Time
	// Phone leaves out parts for other numbers when they are taken in again.
	Phone wa.PhoneNumberID
	Limit int // at most so many
}

// Replayed is what became of webhooks that were taken in again.
type Replayed struct {
	Webhooks int   // looked at
	Messages int   // in them
	Fresh    int   // those of Messages that were not there before
	Statuses int   // in them; one that is known changes nothing
	Unknown  int   // parts for numbers that nobody here knows
	Orphaned int   // webhooks whose signer is no longer here: they were left out
	Last     int64 // id of the last one looked at; where to go on
}

// Raws returns kept webhooks, oldest first.
func (i *Inbox) Raws(ctx context.Context, s Span) (raws []Raw, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		raws, err = i.Store.Raws(tx, s)
		return err
	})
	return raws, err
}

// LatestRaws returns a page of kept webhooks, newest first; before is the last
// id seen, 0 at the beginning.
func (i *Inbox) LatestRaws(ctx context.Context, before int64, limit int) (raws []Raw, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		raws, err = i.Store.LatestRaws(tx, before, limit)
		return err
	})
	return raws, err
}

// keepRaws writes down what came with a batch of deliveries.
func (i *Inbox) keepRaws(tx txn.Tx, batch []*Delivery) error {
	var raws []*Raw
	for _, d := range batch {
		if d.Raw != nil {
			raws = append(raws, d.Raw)
		}
	}
	if len(raws) == 0 {
		return nil
	}
	return i.Store.KeepRaws(tx, raws)
}
