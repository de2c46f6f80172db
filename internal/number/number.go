// Package number keeps the business phone numbers: who owns them, how to speak
// for them, how fast they may send, and whether they stand. A number belongs to
// one workspace; the phone number id is unique over all of them (law 8).
//
// Numbers are read at every webhook and every send, so the Book keeps all of
// them in memory and reloads when the journal says that one changed.
package number

import (
	"context"
	"fmt"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Store is what the Book needs of the database.
type Store interface {
	// All returns every number with its secrets opened.
	All(tx txn.Tx) ([]*wa.Number, error)
	// Insert adds a number; Update replaces one by its ID.
	Insert(tx txn.Tx, n *wa.Number, now time.Time) error
	Update(tx txn.Tx, n *wa.Number, now time.Time) error
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Fields asks WhatsApp about a number.
type Fields interface {
	Fields(ctx context.Context, n *wa.Number) (wa.NumberFields, *wa.Failure)
}

// Book is the register of numbers. Safe for concurrent use. What it returns is
// shared: never change a *wa.Number in place.
type Book struct {
	runner  txn.Runner
	store   Store
	journal Journal
	fields  Fields
	newID   func() int64
	now     func() time.Time

	mu      sync.RWMutex
	byID    map[wa.NumberID]*wa.Number
	byPhone map[wa.PhoneNumberID]*wa.Number
}

// Deps are what New needs.
type Deps struct {
	Runner  txn.Runner
	Store   Store
	Journal Journal
	Fields  Fields
	NewID   func() int64
	Now     func() time.Time
}

// New makes an empty Book; call Reload before use.
func New(d Deps) *Book {
	return &Book{runner: d.Runner, store: d.Store, journal: d.Journal, fields: d.Fields, newID: d.NewID, now: d.Now}
}

// Reload reads all numbers anew.
func (b *Book) Reload(ctx context.Context) error {
	var all []*wa.Number
	err := b.runner.Read(ctx, func(tx txn.Tx) (err error) {
		all, err = b.store.All(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the numbers: %w", err)
	}
	byID := make(map[wa.NumberID]*wa.Number, len(all))
	byPhone := make(map[wa.PhoneNumberID]*wa.Number, len(all))
	for _, n := range all {
		byID[n.ID], byPhone[n.PhoneNumberID] = n, n
	}
	b.mu.Lock()
	b.byID, b.byPhone = byID, byPhone
	b.mu.Unlock()
	return nil
}

// ByID finds a number by our id.
func (b *Book) ByID(id wa.NumberID) (*wa.Number, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n, ok := b.byID[id]
	return n, ok
}

// ByPhoneNumberID finds a number by Meta's id.
func (b *Book) ByPhoneNumberID(id wa.PhoneNumberID) (*wa.Number, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n, ok := b.byPhone[id]
	return n, ok
}

// All returns every number, in the order in which they were connected.
func (b *Book) All() []*wa.Number {
	return b.some(func(*wa.Number) bool { return true })
}

// Of returns a workspace's numbers, in the order in which they were connected.
func (b *Book) Of(ws wa.WorkspaceID) []*wa.Number {
	return b.some(func(n *wa.Number) bool { return n.WorkspaceID == ws })
}

func (b *Book) some(want func(*wa.Number) bool) []*wa.Number {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]*wa.Number, 0, len(b.byID))
	for _, n := range b.byID {
		if want(n) {
			out = append(out, n)
		}
	}
	sortByID(out)
	return out
}

// Connect adds a number, or replaces the credentials of one that the workspace
// has already. A number of another workspace is refused with "number_taken".
func (b *Book) Connect(ctx context.Context, n wa.Number) (*wa.Number, error) {
	if known, ok := b.ByPhoneNumberID(n.PhoneNumberID); ok {
		if known.WorkspaceID != n.WorkspaceID {
			return nil, fault.New(fault.Conflict, "number_taken",
				"This phone number id belongs to another workspace; nothing was changed.",
				"Check the phone number id, or remove the number from the other workspace first.")
		}
		return b.change(ctx, known.ID, "connected", func(old *wa.Number) {
			id, fields := old.ID, *old
			*old = n
			old.ID = id
			old.State, old.StateReason = wa.NumberActive, ""
			old.DisplayPhone, old.VerifiedName, old.Quality, old.MessagingTier = keep(n.DisplayPhone, fields.DisplayPhone), keep(n.VerifiedName, fields.VerifiedName), fields.Quality, fields.MessagingTier
			old.Throughput = fields.Throughput
		})
	}
	n.ID = wa.NumberID(b.newID())
	n.State = wa.NumberActive
	if n.Throughput == "" {
		n.Throughput = "STANDARD"
	}
	if n.Quality == "" {
		n.Quality = "UNKNOWN"
	}
	now := b.now()
	err := b.runner.Write(ctx, func(tx txn.Tx) error {
		if err := b.store.Insert(tx, &n, now); err != nil {
			return err
		}
		return b.journal.Append(tx, journal.Fact{WorkspaceID: n.WorkspaceID, Kind: journal.NumberChanged, NumberID: n.ID, Detail: "connected", At: now})
	})
	if err != nil {
		return nil, fmt.Errorf("connect number %s: %w", n.PhoneNumberID, err)
	}
	return &n, b.Reload(ctx)
}

func keep(fresh, old string) string {
	if fresh != "" {
		return fresh
	}
	return old
}

// Refresh asks WhatsApp for a number's pace, quality and name and keeps them.
func (b *Book) Refresh(ctx context.Context, id wa.NumberID) error {
	n, ok := b.ByID(id)
	if !ok {
		return errUnknown
	}
	f, failure := b.fields.Fields(ctx, n)
	if failure != nil {
		return failure
	}
	if f.DisplayPhone == n.DisplayPhone && f.VerifiedName == n.VerifiedName && f.Quality == n.Quality &&
		f.Throughput == n.Throughput && f.MessagingTier == n.MessagingTier {
		return nil
	}
	_, err := b.change(ctx, id, "fields", func(n *wa.Number) {
		n.DisplayPhone, n.VerifiedName = keep(f.DisplayPhone, n.DisplayPhone), keep(f.VerifiedName, n.VerifiedName)
		n.Quality, n.Throughput = keep(f.Quality, n.Quality), keep(f.Throughput, n.Throughput)
		n.MessagingTier = keep(f.MessagingTier, n.MessagingTier)
	})
	return err
}

// Pause lets a number cool down until then; messages wait unharmed.
func (b *Book) Pause(ctx context.Context, id wa.NumberID, until time.Time, reason string) error {
	_, err := b.change(ctx, id, "paused", func(n *wa.Number) {
		if until.After(n.PausedUntil) {
			n.PausedUntil, n.StateReason = until, reason
		}
	})
	return err
}

// Stop makes a number stand until an operator acts; messages wait unharmed.
func (b *Book) Stop(ctx context.Context, id wa.NumberID, reason string) error {
	_, err := b.change(ctx, id, "stopped", func(n *wa.Number) {
		n.State, n.StateReason = wa.NumberStopped, reason
	})
	return err
}

// Resume lets a number send again.
func (b *Book) Resume(ctx context.Context, id wa.NumberID) error {
	_, err := b.change(ctx, id, "resumed", func(n *wa.Number) {
		n.State, n.StateReason, n.PausedUntil = wa.NumberActive, "", time.Time{}
	})
	return err
}

var errUnknown = fault.New(fault.NotFound, "number_unknown", "There is no such business number here.", "List the numbers with GET /api/v1/whatsapp/numbers.")

// change applies edit to a copy, stores it with its fact, and shows it.
func (b *Book) change(ctx context.Context, id wa.NumberID, what string, edit func(*wa.Number)) (*wa.Number, error) {
	known, ok := b.ByID(id)
	if !ok {
		return nil, errUnknown
	}
	fresh := *known
	edit(&fresh)
	now := b.now()
	err := b.runner.Write(ctx, func(tx txn.Tx) error {
		if err := b.store.Update(tx, &fresh, now); err != nil {
			return err
		}
		return b.journal.Append(tx, journal.Fact{WorkspaceID: fresh.WorkspaceID, Kind: journal.NumberChanged, NumberID: id, Detail: what, At: now})
	})
	if err != nil {
		return nil, fmt.Errorf("change number %s: %w", fresh.PhoneNumberID, err)
	}
	b.mu.Lock()
	b.byID[id], b.byPhone[fresh.PhoneNumberID] = &fresh, &fresh
	b.mu.Unlock()
	return &fresh, nil
}
