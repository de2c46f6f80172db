package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/internal/facade/onprem"
	"kontor/internal/journal"
	"kontor/internal/premises"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// This file puts the drop-in for the On-Premises API together.

func (a *App) newOnPrem(o Options) *onprem.Handler {
	// Tokens end by the real time, as sessions do.
	a.Premises = premises.New(premises.Parts{Runner: a.runner(), Store: a.store.Premises(), Now: time.Now, Log: a.log})
	hook := a.newOnPremHook()
	a.Callbacks.Speak(hook)
	for what := range collectWorks {
		a.jobs.Handle(a.collectWork(what))
	}
	return onprem.New(onprem.Deps{
		Premises: a.Premises, Keys: a.Accounts, Monitor: a.Config.OnPremMonitorKey, Outbox: a.Outbox, Messages: a.Inbox, Numbers: a.Numbers, Media: a.media, Carrier: a.carriers, Relay: a.carriers,
		Templates: a.Templates, People: people{a.store}, Callbacks: onpremHooks{a}, Hook: hook, Store: rows{a.store}, Tell: a.store.Journal().Append,
		Ready: a.numberReady, Fetch: onprem.NewLinks(a.Config.AllowPrivateCallbacks), Refresh: a.syncTemplates, Collect: a.collect, NewID: a.store.NewID, Log: a.log, Now: o.Now,
	})
}

// people tells the façade by which number WhatsApp calls somebody.
type people struct{ store *store.Store }

// WaID implements onprem.People.
func (p people) WaID(ctx context.Context, ws wa.WorkspaceID, phone wa.Phone) (known wa.Phone, err error) {
	known = phone
	err = p.store.Read(ctx, func(tx txn.Tx) error {
		id, err := p.store.Inbox().Known(tx, ws, wa.Recipient{Phone: phone})
		if err != nil || id == 0 {
			return err
		}
		person, err := p.store.Inbox().Contact(tx, ws, id)
		if err == nil && person != nil && person.Phone != "" {
			known = person.Phone
		}
		return err
	})
	return known, err
}

// rows counts what the database holds.
type rows struct{ *store.Store }

// Counts implements onprem.Figures.
func (r rows) Counts(ctx context.Context, ws wa.WorkspaceID, number wa.NumberID) (counts map[string]int64, err error) {
	err = r.Read(ctx, func(tx txn.Tx) error {
		counts, err = r.Premises().Counts(tx, ws, number)
		return err
	})
	return counts, err
}

// numberReady is the start-up phase of one number (S4-5): at the start, and each
// time that it is connected anew, until its templates are loaded and what was
// stored has been worked on; six minutes at most.
func (a *App) numberReady(_ context.Context, n *wa.Number) error {
	now := time.Now()
	if err := a.ready.worked(now, a.greeting); err != nil {
		return err
	}
	return a.ready.number(now, n.ID)
}

// number tells why a number cannot send yet.
func (r *readiness) number(now time.Time, id wa.NumberID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if why, waits := r.waiting[id]; waits && now.Sub(r.started) < startup {
		return fmt.Errorf("the templates are not loaded: %w", why)
	}
	if since, waits := r.again[id]; waits && now.Sub(since) < startup {
		return errors.New("the number was connected again and its templates are not loaded yet")
	}
	return nil
}

// reconnected begins the phase again for a number that stood or got new credentials.
func (r *readiness) reconnected(now time.Time, id wa.NumberID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.again == nil {
		r.again = map[wa.NumberID]time.Time{}
	}
	r.again[id] = now
}

// numberHeard begins the start-up phase of a number that is connected again.
func (a *App) numberHeard(ctx context.Context, f journal.Fact) error {
	if f.Detail != "connected" && f.Detail != "resumed" {
		return nil
	}
	n, ok := a.Numbers.ByID(f.NumberID)
	if !ok || n.WABAID == "" {
		return nil
	}
	a.ready.reconnected(time.Now(), n.ID)
	return a.refresh(ctx, n)
}
