// Package number keeps the business phone numbers: who owns them, how to speak
// for them, how fast they may send, and whether they stand. A number belongs to
// one workspace; the phone number id is unique over all of them (law 8).
//
// Numbers are read at every webhook and every send, so the Book keeps all of
// them in memory and reloads when the journal says that one changed.
package number

import (
	"cmp"
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
	// ByID and ByPhoneNumberID return one, locked until the transaction ends; nil
	// when there is none.
	ByID(tx txn.Tx, id wa.NumberID) (*wa.Number, error)
	ByPhoneNumberID(tx txn.Tx, id wa.PhoneNumberID) (*wa.Number, error)
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

	reading sync.Mutex // one Reload at a time, so that an older one never wins

	mu      sync.RWMutex
	all     []*wa.Number // by ID
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
	b.reading.Lock()
	defer b.reading.Unlock()
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
	sortByID(all)
	b.mu.Lock()
	b.all, b.byID, b.byPhone = all, byID, byPhone
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
	out := make([]*wa.Number, 0, len(b.all))
	for _, n := range b.all {
		if want(n) {
			out = append(out, n)
		}
	}
	return out
}

// Connect adds a number, or brings the credentials of one that the workspace has
// already up to date; team, pace and what else is known of it stay. A number
// that stands is let go on when it gets another access token, and only then: a
// restart is no reason. A number of another workspace is refused with
// "number_taken".
func (b *Book) Connect(ctx context.Context, n wa.Number) (*wa.Number, error) {
	n.ID = wa.NumberID(b.newID())
	now := b.now()
	var out *wa.Number
	err := b.runner.Write(ctx, func(tx txn.Tx) error {
		known, err := b.store.ByPhoneNumberID(tx, n.PhoneNumberID)
		if err != nil {
			return err
		}
		if known == nil {
			fresh := n
			fresh.State, fresh.Throughput, fresh.Quality = wa.NumberActive, cmp.Or(n.Throughput, "STANDARD"), cmp.Or(n.Quality, "UNKNOWN")
			out = &fresh
			if err := b.store.Insert(tx, out, now); err != nil {
				return err
			}
			return b.tell(tx, out, "connected", now)
		}
		if known.WorkspaceID != n.WorkspaceID {
			return errTaken
		}
		fresh := reconnected(*known, n)
		if out = &fresh; fresh == *known {
			return nil
		}
		if err := b.store.Update(tx, out, now); err != nil {
			return err
		}
		return b.tell(tx, out, "connected", now)
	})
	if err != nil {
		return nil, fmt.Errorf("connect number %s: %w", n.PhoneNumberID, err)
	}
	return out, b.Reload(ctx)
}

var errTaken = fault.New(fault.Conflict, "number_taken",
	"This phone number id belongs to another workspace; nothing was changed.",
	"Check the phone number id, or remove the number from the other workspace first.")

// reconnected is known with what n gives anew.
func reconnected(known, n wa.Number) wa.Number {
	if n.AccessToken != known.AccessToken {
		known.State, known.StateReason, known.PausedUntil = wa.NumberActive, "", time.Time{}
	}
	known.Provider, known.BaseURL, known.APIVersion = n.Provider, n.BaseURL, n.APIVersion
	known.AccessToken, known.AppSecret, known.VerifyToken = n.AccessToken, n.AppSecret, n.VerifyToken
	known.WABAID, known.TeamID = cmp.Or(n.WABAID, known.WABAID), cmp.Or(n.TeamID, known.TeamID)
	known.DisplayPhone, known.VerifiedName = cmp.Or(n.DisplayPhone, known.DisplayPhone), cmp.Or(n.VerifiedName, known.VerifiedName)
	return known
}

func (b *Book) tell(tx txn.Tx, n *wa.Number, what string, now time.Time) error {
	return b.journal.Append(tx, journal.Fact{WorkspaceID: n.WorkspaceID, Kind: journal.NumberChanged, NumberID: n.ID, Detail: what, At: now})
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
		f.Throughput == n.Throughput && f.MessagingTier == n.MessagingTier && cmp.Or(f.PortfolioID, n.PortfolioID) == n.PortfolioID {
		return nil
	}
	return b.change(ctx, id, "fields", func(n *wa.Number) {
		n.DisplayPhone, n.VerifiedName = cmp.Or(f.DisplayPhone, n.DisplayPhone), cmp.Or(f.VerifiedName, n.VerifiedName)
		n.Quality, n.Throughput = cmp.Or(f.Quality, n.Quality), cmp.Or(f.Throughput, n.Throughput)
		n.MessagingTier, n.PortfolioID = cmp.Or(f.MessagingTier, n.MessagingTier), cmp.Or(f.PortfolioID, n.PortfolioID)
	})
}

// Pause lets a number cool down until then; messages wait unharmed.
func (b *Book) Pause(ctx context.Context, id wa.NumberID, until time.Time, reason string) error {
	return b.change(ctx, id, "paused", func(n *wa.Number) {
		if until.After(n.PausedUntil) {
			n.PausedUntil, n.StateReason = until, reason
		}
	})
}

// Stop makes a number stand until an operator acts; messages wait unharmed.
func (b *Book) Stop(ctx context.Context, id wa.NumberID, reason string) error {
	return b.change(ctx, id, "stopped", func(n *wa.Number) {
		n.State, n.StateReason = wa.NumberStopped, reason
	})
}

// Resume lets a number send again.
func (b *Book) Resume(ctx context.Context, id wa.NumberID) error {
	return b.change(ctx, id, "resumed", func(n *wa.Number) {
		n.State, n.StateReason, n.PausedUntil = wa.NumberActive, "", time.Time{}
	})
}

var errUnknown = fault.New(fault.NotFound, "number_unknown", "There is no such business number here.", "List the numbers with GET /api/v1/whatsapp/numbers.")

// change edits a number as the database has it, since another process may have
// changed it too, stores it with its fact, and shows it.
func (b *Book) change(ctx context.Context, id wa.NumberID, what string, edit func(*wa.Number)) error {
	now := b.now()
	err := b.runner.Write(txn.About(ctx, int64(id)), func(tx txn.Tx) error {
		n, err := b.store.ByID(tx, id)
		if err != nil {
			return err
		}
		if n == nil {
			return errUnknown
		}
		before := *n
		if edit(n); *n == before {
			return nil
		}
		if err := b.store.Update(tx, n, now); err != nil {
			return err
		}
		return b.tell(tx, n, what, now)
	})
	if err != nil {
		return fmt.Errorf("change number %s: %w", id, err)
	}
	return b.Reload(ctx)
}
