package onprem

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"kontor/internal/callback"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// DialectName is what subscriptions call the callbacks of the On-Premises API.
const DialectName = "on-premises"

// Hook writes callbacks in the form of the On-Premises API (on-premises-api.md
// 4): bare messages, contacts and statuses, timestamps as texts, no signature.
// It is a dialect of package callback, which delivers; how often and how many at
// once is what the number's settings say.
type Hook struct {
	HookDeps
	figures *figures     // of callbacks
	mu      sync.RWMutex // guards known
	known   map[wa.NumberID]*hookSettings
}

// HookDeps are what a Hook is made of.
type HookDeps struct {
	Premises *premises.Book
	Messages Messages
	Contacts Contacts
	Files    Files
	Refusals Refusals
	Numbers  Numbers
	// Stored reads a number as the database has it; nil when there is none. What
	// is in memory may be older than the fact that is told.
	Stored func(ctx context.Context, id wa.NumberID) (*wa.Number, error)
	// Fetch reads the pictures of ads, from addresses that WhatsApp names.
	Fetch Fetcher
	// Changed is closed at the next commit that may hold something new.
	Changed func() <-chan struct{}
	Log     *slog.Logger
}

// Contacts knows people; package store fulfils it by way of app.
type Contacts interface {
	// Contact is nil when the person was forgotten.
	Contact(ctx context.Context, ws wa.WorkspaceID, id wa.ContactID) (*wa.Contact, error)
}

// Files tells what is known of a file, and keeps those of ads; *media.Media
// fulfils it.
type Files interface {
	Save(ctx context.Context, ws wa.WorkspaceID, name, declared string, r io.Reader, limit int64) (media.File, error)
	Find(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (media.File, error)
}

// Refusals finds messages that a rule refused after they were answered.
type Refusals interface {
	Refusal(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (premises.Refusal, bool, error)
}

var (
	_ callback.Dialect    = (*Hook)(nil)
	_ callback.Particular = (*Hook)(nil)
	_ callback.Attentive  = (*Hook)(nil)
)

// hookSettings is what a number's client set, as far as callbacks need it.
type hookSettings struct {
	facade  premises.Facade
	app     premises.Application
	headers map[string]string
	roots   []byte // PEM, of /v1/certificates/webhooks/ca
}

// NewHook makes a Hook; Run keeps its settings up to date.
func NewHook(d HookDeps) *Hook {
	return &Hook{HookDeps: d, figures: newFigures(), known: map[wa.NumberID]*hookSettings{}}
}

// Reload reads the settings of every façade that is on.
func (h *Hook) Reload(ctx context.Context) error {
	facades, err := h.Premises.Facades(ctx)
	if err != nil {
		return err
	}
	known := make(map[wa.NumberID]*hookSettings, len(facades))
	for _, f := range facades {
		s := &hookSettings{facade: f, headers: map[string]string{}}
		if s.app, err = h.Premises.Application(ctx, f); err != nil {
			return err
		}
		if _, err := h.Premises.Load(ctx, f, premises.DocHeaders, &s.headers); err != nil {
			return err
		}
		var ca PEM
		if _, err := h.Premises.Load(ctx, f, premises.DocWebhookCA, &ca); err != nil {
			return err
		}
		s.roots = []byte(ca.PEM)
		known[f.NumberID] = s
	}
	h.mu.Lock()
	h.known = known
	h.mu.Unlock()
	return nil
}

// reloadEvery is how long a change by another node may stay unseen.
const reloadEvery = 5 * time.Second

// Run reads the settings anew every few seconds until ctx ends, since another
// node may have changed them.
func (h *Hook) Run(ctx context.Context) error {
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		if err := h.Reload(ctx); err != nil && ctx.Err() == nil {
			h.Log.Warn("the settings of On-Premises clients could not be read; what was read last counts", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (h *Hook) settings(number wa.NumberID) *hookSettings {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if s := h.known[number]; s != nil {
		return s
	}
	return &hookSettings{}
}

// Name implements callback.Dialect.
func (h *Hook) Name() string { return DialectName }

// Speaks implements callback.Dialect: messages that came, the statuses that the
// number's settings ask for, clean-ups that ended, and that the number stands.
// Played is not known to the old API.
func (h *Hook) Speaks(e *callback.Event) bool {
	switch journal.Kind(e.Kind) {
	case journal.MessageReceived, premises.FactRefused, premises.FactCollected:
		return true
	case journal.NumberChanged:
		return e.Detail == numberStopped
	case journal.MessageStatus:
		app := h.settings(e.NumberID).app
		switch wa.Status(e.Detail) {
		case wa.StatusSent:
			return app.Sent()
		case wa.StatusDelivered:
			return app.Delivered()
		case wa.StatusRead:
			return app.Read()
		case wa.StatusFailed, wa.StatusExpired:
			return true
		}
	}
	return e.Kind == callback.Test
}

// Render implements callback.Dialect.
func (h *Hook) Render(ctx context.Context, s *callback.Subscription, d *callback.Delivery) ([]byte, error) {
	var body any
	var err error
	switch journal.Kind(d.Kind) {
	case journal.MessageReceived:
		body, err = h.inbound(ctx, &d.Event)
	case journal.MessageStatus:
		body, err = h.status(ctx, &d.Event)
	case premises.FactRefused:
		body, err = h.refused(ctx, &d.Event)
	case premises.FactCollected:
		body = collected(&d.Event)
	case journal.NumberChanged:
		body, err = h.stopped(ctx, &d.Event)
	default: // a test: an empty list is what every program survives
		body = map[string]any{"statuses": []any{}}
	}
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

// Called implements callback.Attentive, for /v1/stats/app.
func (h *Hook) Called(e *callback.Event, status int, took time.Duration) {
	h.figures.add(e.NumberID, kindOf(e), status, took)
}

// kindOf is what a callback holds, as figures name it.
func kindOf(e *callback.Event) string {
	switch journal.Kind(e.Kind) {
	case journal.MessageReceived:
		return "message"
	case journal.MessageStatus, premises.FactRefused:
		return "status"
	case premises.FactCollected:
		return "service"
	case journal.NumberChanged:
		return "error"
	}
	return "test"
}

// Headers implements callback.Dialect: none but those that a client of
// 360dialog's dialect set; the old callbacks were not signed.
func (h *Hook) Headers(s *callback.Subscription, _ *callback.Delivery, _ []byte, _ time.Time) map[string]string {
	return maps.Clone(h.settings(s.NumberID).headers)
}

// NewSecret implements callback.Dialect: there is nothing to sign with.
func (h *Hook) NewSecret() wa.Secret { return "" }

// CheckSecret implements callback.Dialect.
func (h *Hook) CheckSecret(s wa.Secret) error {
	if s != "" {
		return errors.New("is not used: callbacks of the On-Premises API are not signed.")
	}
	return nil
}

// patience is for how long a callback is tried (4.1).
const patience = 24 * time.Hour

// Rules implements callback.Dialect, with the presets of the settings.
func (h *Hook) Rules() callback.Rules { return rulesOf(&hookSettings{}) }

// RulesOf are the rules of one number.
func (h *Hook) RulesOf(s *callback.Subscription) callback.Rules {
	return rulesOf(h.settings(s.NumberID))
}

// rulesOf: the waits are the client's alone, so no breaker is laid over them, and
// without callback_persist what failed is not taken over a restart (2.2, 4.1).
func rulesOf(s *hookSettings) callback.Rules {
	app := s.app
	step, most := app.Backoff(), app.MaxBackoff()
	return callback.Rules{
		Ordered: true, Concurrency: app.Concurrency(), Patience: patience, Steady: true, Volatile: !app.Persist(), Roots: s.roots,
		Success: func(status int) bool { return status == http.StatusOK },
		Wait:    func(attempt int, _ float64) time.Duration { return linear(attempt, step, most) },
	}
}

// linear is the wait after the n-th failure: n steps, up to the most (4.1).
func linear(attempt int, step, most time.Duration) time.Duration {
	if attempt < 1 {
		attempt = 1
	}
	if step <= 0 || time.Duration(attempt) > most/max(step, 1) {
		return max(most, step)
	}
	return time.Duration(attempt) * step
}
