package app

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/callback"
	"kontor/internal/facade/graph"
	"kontor/internal/meta"
	"kontor/internal/provider"
	"kontor/internal/wa"
)

// newGateway makes the façade of Meta's own API over the same nouns.
func (a *App) newGateway(o Options, registry *prometheus.Registry) (*graph.Gateway, error) {
	return graph.New(graph.Deps{
		Accounts: a.Accounts, Outbox: a.Outbox, Messages: a.Inbox, Numbers: a.Numbers, Carrier: a.carriers, Relay: a.carriers,
		Media: a.media, Templates: a.Templates, Sealer: a.seal, SyncTemplates: a.syncTemplates, Subscriptions: overrides{a.Callbacks},
		PublicURL: a.Config.PublicURL, Registry: registry, Log: a.log, Now: o.Now,
	})
}

var _ graph.Relay = carriers{}

// Relay passes a Graph call through to the number's provider, if that speaks
// Graph itself.
func (c carriers) Relay(ctx context.Context, n *wa.Number, call meta.Call) (reply meta.Reply, able bool, failure *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return meta.Reply{}, false, nil
	}
	relay, able := carrier.(provider.Relay)
	if !able {
		return meta.Reply{}, false, nil
	}
	reply, failure = relay.Relay(ctx, n, call)
	c.meter.Called(n.WorkspaceID, "relay", failure)
	return reply, true, failure
}

// overrides are the outgoing webhooks as the gateway sees them. What it made
// itself is known by its name.
type overrides struct{ callbacks *callback.Callbacks }

var _ graph.Subscriptions = overrides{}

const (
	overrideName    = "override of "
	overrideDialect = "cloud-api"
)

// Subscriptions implements graph.Subscriptions.
func (o overrides) Subscriptions(ctx context.Context, ws wa.WorkspaceID) (out []graph.Subscription, err error) {
	all, err := o.callbacks.Subscriptions(ctx, ws, 0, callback.MaxSubscriptions)
	for _, s := range all {
		if s.Dialect != overrideDialect {
			continue
		}
		node, made := strings.CutPrefix(s.Name, overrideName)
		if !made {
			node = ""
		}
		out = append(out, graph.Subscription{ID: s.ID, URL: s.URL, Number: s.NumberID, Override: node})
	}
	return out, err
}

// Subscribe implements graph.Subscriptions.
func (o overrides) Subscribe(ctx context.Context, ws wa.WorkspaceID, s graph.Subscription, secret, verifyToken wa.Secret) error {
	_, err := o.callbacks.Create(ctx, ws, callback.Draft{
		Name: overrideName + s.Override, URL: s.URL, Dialect: overrideDialect, NumberID: s.Number, Secret: secret, VerifyToken: verifyToken,
	})
	return err
}

// Unsubscribe implements graph.Subscriptions.
func (o overrides) Unsubscribe(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) error {
	return o.callbacks.Remove(ctx, ws, id)
}

// Handler is everything that the product serves, without a socket.
func (a *App) Handler() http.Handler { return a.api.Handler() }

// gatewayDoor puts the gateway beside what else is on the router.
type gatewayDoor struct{ *graph.Gateway }

func (g gatewayDoor) mount(next func(chi.Router)) func(chi.Router) {
	return func(r chi.Router) {
		next(r)
		g.Mount(r)
	}
}

var _ http.Handler = gatewayDoor{}
