// Package template is the catalogue of message templates: what WhatsApp has
// approved, where the variables of each stand, whether given values fit, and
// how the message reads with them.
//
// The catalogue is kept in the database, synchronised from WhatsApp, and
// answers from memory. Whoever follows the journal calls Invalidate on
// journal.TemplateChanged, so that every process sees a change at once; without
// that it is seen after maxAge.
package template

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Field names a wrong member of a request.
type Field = fault.Field

// Entry is a template of the catalogue.
type Entry struct {
	ID          wa.TemplateID
	WorkspaceID wa.WorkspaceID
	WABAID      wa.WABAID
	Definition  wa.TemplateDefinition
	SyncedAt    time.Time
}

// Deleted is the status of a template that WhatsApp no longer lists.
const Deleted = "DELETED"

// Store is the catalogue's memory.
type Store interface {
	// NewTemplateID makes an id larger than all before.
	NewTemplateID() wa.TemplateID
	// Load returns every template of the workspace, ordered by name, language and id.
	Load(tx txn.Tx, ws wa.WorkspaceID) ([]Entry, error)
	// OfAccount returns those of one WABA, locked for change.
	OfAccount(tx txn.Tx, ws wa.WorkspaceID, waba wa.WABAID) ([]Entry, error)
	// Save inserts or replaces by workspace, WABA, name and language. No key
	// appears twice in a batch.
	Save(tx txn.Tx, entries []Entry) error
}

// Carrier asks WhatsApp; all pages (cloud-api.md 5.1).
type Carrier interface {
	Templates(ctx context.Context, number *wa.Number) ([]wa.TemplateDefinition, *wa.Failure)
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Parts are what a Catalogue is made of. Log and Now may be missing.
type Parts struct {
	Runner  txn.Runner
	Store   Store
	Carrier Carrier
	Journal Journal
	Log     *slog.Logger
	Now     func() time.Time
}

// Catalogue is the whole of it. Safe for concurrent use.
type Catalogue struct {
	Parts

	mu     sync.Mutex
	pages  map[wa.WorkspaceID]*page // guarded by mu
	change int64                    // guarded by mu: rises with each invalidation
}

// New makes a Catalogue.
func New(p Parts) *Catalogue {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Catalogue{Parts: p, pages: map[wa.WorkspaceID]*page{}}
}

// page is a workspace's templates in memory; never written once it is shared.
type page struct {
	entries []Entry // by name, language, id
	byKey   map[key]int
	loaded  time.Time
}

type key struct {
	waba           wa.WABAID
	name, language string
}

// maxAge bounds how long another process's change may stay unseen without the journal.
const maxAge = time.Minute

// Invalidate forgets what is in memory of a workspace. Call it after the commit
// of a change.
func (c *Catalogue) Invalidate(ws wa.WorkspaceID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change++
	delete(c.pages, ws)
}

func (c *Catalogue) page(ctx context.Context, ws wa.WorkspaceID) (*page, error) {
	now := c.Now()
	c.mu.Lock()
	p, change := c.pages[ws], c.change
	c.mu.Unlock()
	if p != nil && now.Sub(p.loaded) < maxAge && !now.Before(p.loaded) {
		return p, nil
	}
	p = &page{byKey: map[key]int{}, loaded: now}
	err := c.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		p.entries, err = c.Store.Load(tx, ws)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range p.entries {
		e := &p.entries[i]
		p.byKey[key{e.WABAID, e.Definition.Name, e.Definition.Language}] = i
	}
	c.mu.Lock()
	if c.change == change { // else it may have been read before the change
		c.pages[ws] = p
	}
	c.mu.Unlock()
	return p, nil
}
