package app

import (
	"context"
	"slices"

	"kontor/internal/callback"
	"kontor/internal/facade/onprem"
	"kontor/internal/journal"
	"kontor/internal/premises"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// hookName is what the subscription of a number's On-Premises client is called.
const hookName = "On-Premises API"

// hookEvents are what an On-Premises client may be told of: its dialect leaves out
// what it has no words for.
func hookEvents() []string {
	return []string{"message.*", string(journal.NumberChanged), string(premises.FactCollected)}
}

// onpremHooks keeps one subscription for each number whose client set a
// callback address: package callback delivers, the settings say where and how.
type onpremHooks struct{ a *App }

var _ onprem.Callbacks = onpremHooks{}

// Check implements onprem.Callbacks.
func (h onpremHooks) Check(address string) error { return h.a.Callbacks.Caller.Check(address) }

// Changed implements onprem.Callbacks.
func (h onpremHooks) Changed(ctx context.Context, f premises.Facade) error {
	// First, so that whoever delivers looks anew at what is set now.
	if err := h.a.onprem.Hook.Reload(ctx); err != nil {
		return err
	}
	settings, err := h.a.Premises.Application(ctx, f)
	if err != nil {
		return err
	}
	s, err := h.subscription(ctx, f)
	if err != nil {
		return err
	}
	address := settings.WebhookURL()
	wanted := f.Enabled && address != ""
	switch {
	case s == nil && wanted:
		_, err = h.a.Callbacks.Create(ctx, f.WorkspaceID, callback.Draft{
			Name: hookName, URL: address, Dialect: onprem.DialectName, Events: hookEvents(), NumberID: f.NumberID,
		})
	case s != nil && !wanted:
		err = h.a.Callbacks.Remove(ctx, f.WorkspaceID, s.ID)
	case s != nil && (s.URL != address || !slices.Equal(s.Events, hookEvents())):
		events := hookEvents()
		_, err = h.a.Callbacks.Change(ctx, f.WorkspaceID, s.ID, callback.Change{URL: &address, Events: &events})
	case s != nil: // the same address by other rules: whoever delivers looks anew
		err = h.a.runner().Write(ctx, func(tx txn.Tx) error { return h.a.store.Callbacks().Touch(tx, s.ID) })
	}
	return err
}

// subscription is that of a façade; nil when there is none.
func (h onpremHooks) subscription(ctx context.Context, f premises.Facade) (*callback.Subscription, error) {
	all, err := h.a.Callbacks.Subscriptions(ctx, f.WorkspaceID, 0, callback.MaxSubscriptions)
	for _, s := range all {
		if s.Dialect == onprem.DialectName && s.NumberID == f.NumberID && s.Name == hookName {
			return s, err
		}
	}
	return nil, err
}

// Waiting implements onprem.Callbacks.
func (h onpremHooks) Waiting(ctx context.Context, f premises.Facade) (int64, error) {
	s, err := h.subscription(ctx, f)
	if err != nil || s == nil {
		return 0, err
	}
	return s.Pending, nil
}

// newOnPremHook makes the dialect of the old callbacks.
func (a *App) newOnPremHook() *onprem.Hook {
	return onprem.NewHook(onprem.HookDeps{
		Premises: a.Premises, Messages: a.Inbox, Contacts: people{a.store}, Files: a.media, Refusals: refusals{a}, Numbers: a.Numbers, Stored: a.storedNumber, Fetch: onprem.NewLinks(a.Config.AllowPrivateCallbacks), Changed: a.signal.Wait, Log: a.log,
	})
}

// storedNumber reads a number as the database has it.
func (a *App) storedNumber(ctx context.Context, id wa.NumberID) (n *wa.Number, err error) {
	err = a.store.Read(ctx, func(tx txn.Tx) error {
		all, err := a.store.Numbers().All(tx)
		if i := slices.IndexFunc(all, func(one *wa.Number) bool { return one.ID == id }); i >= 0 {
			n = all[i]
		}
		return err
	})
	return n, err
}

// Contact implements onprem.Contacts.
func (p people) Contact(ctx context.Context, ws wa.WorkspaceID, id wa.ContactID) (c *wa.Contact, err error) {
	err = p.store.Read(ctx, func(tx txn.Tx) error {
		c, err = p.store.Inbox().Contact(tx, ws, id)
		return err
	})
	return c, err
}

// refusals reads what a rule refused after it was answered.
type refusals struct{ a *App }

// Refusal implements onprem.Refusals.
func (r refusals) Refusal(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (out premises.Refusal, found bool, err error) {
	err = r.a.store.Read(ctx, func(tx txn.Tx) error {
		out, found, err = r.a.Premises.FindRefusal(tx, ws, id)
		return err
	})
	return out, found, err
}

// EnableOnPrem serves a number over the On-Premises API; hosts are the host
// names that select it, nil leaves them as they are.
func (a *App) EnableOnPrem(ctx context.Context, n *wa.Number, hosts []string) (premises.Facade, error) {
	f, err := a.Premises.Enable(ctx, n, hosts)
	if err != nil {
		return f, err
	}
	return f, a.onpremChanged(ctx, f)
}

// onpremChanged has the callbacks and WhatsApp follow what was set for a number.
func (a *App) onpremChanged(ctx context.Context, f premises.Facade) error {
	if err := a.onprem.CheckKeys(ctx, f); err != nil { // what was asked for stays: the next change tries again
		a.log.WarnContext(ctx, "the identity check of the number could not be switched; WhatsApp may tell of no change", "number", f.NumberID.String(), "err", err)
	}
	return onpremHooks{a}.Changed(ctx, f)
}

// onpremUpgrade brings the subscriptions that an older version made to the events
// of this one. One that cannot be changed, as when its address is refused by now,
// is told of what it was.
func (a *App) onpremUpgrade(ctx context.Context) error {
	facades, err := a.Premises.Facades(ctx)
	if err != nil {
		return err
	}
	hooks := onpremHooks{a}
	for _, f := range facades {
		s, err := hooks.subscription(ctx, f)
		if err == nil && s != nil && !slices.Equal(s.Events, hookEvents()) {
			err = hooks.Changed(ctx, f)
		}
		if err != nil {
			a.log.WarnContext(ctx, "the callbacks of a number's On-Premises client could not be brought up to date; it is not told of services and errors", "number", f.NumberID.String(), "err", err)
		}
	}
	return nil
}

// DisableOnPrem ends it; users and settings stay.
func (a *App) DisableOnPrem(ctx context.Context, n *wa.Number) error {
	f, err := a.Premises.Disable(ctx, n)
	if err != nil {
		return err
	}
	return a.onpremChanged(ctx, f)
}
