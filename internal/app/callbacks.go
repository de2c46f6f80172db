package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/api"
	"kontor/internal/callback"
	"kontor/internal/facade/hook"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// newCallbacks wires outgoing webhooks; the dialects follow when what they
// speak through is there.
func (a *App) newCallbacks(o Options, run txn.Runner, registry prometheus.Registerer) {
	a.hooks = hook.NewCaller(a.Config.AllowPrivateCallbacks, "kontor/"+o.Version)
	a.Callbacks = callback.New(callback.Deps{
		Runner: run, Store: a.store.Callbacks(), Journal: a.store.Journal(), Numbers: a.Numbers, Caller: a.hooks, Meter: newHookMeter(registry),
		NewID: a.store.NewID, Now: o.Now, Log: a.log, Courier: callback.CourierOptions{Owner: owner(a.Config.Data), Grace: stopGrace},
	})
	a.telling = a.Callbacks.Follower(a.store.Journal(), a.signal)
}

// deliver follows the journal for subscribers, and calls them.
func (a *App) deliver() []func(context.Context) error {
	a.Callbacks.Speak(a.api.Dialect(), hook.CloudAPI{House: house{a}})
	return []func(context.Context) error{a.telling.Run, a.Callbacks.Run}
}

// sweepDeliveries removes what is too old of the log of outgoing webhooks.
func (a *App) sweepDeliveries(ctx context.Context) error {
	var before time.Time
	if a.Config.CallbackDays > 0 {
		before = time.Now().Add(-time.Duration(a.Config.CallbackDays) * 24 * time.Hour)
	}
	removed, err := a.store.SweepDeliveries(ctx, before)
	if removed > 0 {
		a.log.Info("removed old deliveries of outgoing webhooks", "deliveries", removed)
	}
	return err
}

// house is what dialects read of the nouns.
type house struct{ a *App }

var _ hook.House = house{}

func (h house) Number(id wa.NumberID) (*wa.Number, bool) { return h.a.Numbers.ByID(id) }

func (h house) Message(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (*wa.Message, error) {
	m, found, err := h.a.Inbox.Message(ctx, ws, id)
	if err != nil || !found {
		return nil, err
	}
	return &m, nil
}

func (h house) ByWamid(ctx context.Context, ws wa.WorkspaceID, id wa.Wamid) (*wa.Message, error) {
	m, found, err := h.a.Inbox.MessageByWamid(ctx, ws, id)
	if err != nil || !found {
		return nil, err
	}
	return &m, nil
}

func (h house) Contact(ctx context.Context, ws wa.WorkspaceID, id wa.ContactID) (c *wa.Contact, parent wa.BSUID, err error) {
	err = h.a.store.Read(ctx, func(tx txn.Tx) error {
		if c, err = h.a.store.Inbox().Contact(tx, ws, id); err != nil || c == nil {
			return err
		}
		parent, err = h.a.store.Callbacks().Parent(tx, ws, id)
		return err
	})
	return c, parent, err
}

func (h house) Told(ctx context.Context, ws wa.WorkspaceID, subject int64, status wa.Status) (told json.RawMessage, err error) {
	err = h.a.store.Read(ctx, func(tx txn.Tx) error {
		told, err = h.a.store.Callbacks().Told(tx, ws, subject, status)
		return err
	})
	return told, err
}

func (h house) Notice(ctx context.Context, ws wa.WorkspaceID, id int64) (n *hook.Notice, err error) {
	err = h.a.store.Read(ctx, func(tx txn.Tx) error {
		waba, field, value, at, found, err := h.a.store.Callbacks().Notice(tx, ws, id)
		if found {
			n = &hook.Notice{WABAID: waba, Field: field, Value: value, At: at}
		}
		return err
	})
	return n, err
}

// events is house for the API's own dialect.
type events struct{ house }

var _ api.Events = events{}

func (e events) Contact(ctx context.Context, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error) {
	c, _, err := e.house.Contact(ctx, ws, id)
	return c, err
}

func (e events) Notice(ctx context.Context, ws wa.WorkspaceID, id int64) (json.RawMessage, error) {
	n, err := e.house.Notice(ctx, ws, id)
	if err != nil || n == nil {
		return nil, err
	}
	return n.Value, nil
}

var _ callback.Store = store.Callbacks{}

// hookMeter counts deliveries for Prometheus.
type hookMeter struct {
	tries *prometheus.CounterVec
	took  prometheus.Histogram
}

func newHookMeter(reg prometheus.Registerer) *hookMeter {
	m := &hookMeter{
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kontor_callback_tries_total", Help: "Tries to deliver an outgoing webhook, by what came of them; dead ones were given up."}, []string{"dialect", "outcome"}),
		took:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: "kontor_callback_seconds", Help: "How long subscribers took to answer.", Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10}}),
	}
	reg.MustRegister(m.tries, m.took)
	return m
}

func (m *hookMeter) Delivered(dialect, outcome string, took time.Duration) {
	m.tries.WithLabelValues(dialect, outcome).Inc()
	m.took.Observe(took.Seconds())
}
