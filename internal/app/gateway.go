package app

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/facade/graph"
	"kontor/internal/meta"
	"kontor/internal/provider"
	"kontor/internal/wa"
)

// newGateway makes the façade of Meta's own API over the same nouns.
func (a *App) newGateway(o Options, registry *prometheus.Registry) (*graph.Gateway, error) {
	return graph.New(graph.Deps{
		Accounts: a.Accounts, Outbox: a.Outbox, Messages: a.Inbox, Numbers: a.Numbers, Carrier: a.carriers, Relay: a.carriers,
		Media: a.media, Templates: a.Templates, Sealer: a.seal, SyncTemplates: a.syncTemplates,
		Registry: registry, Log: a.log, Now: o.Now,
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

// gatewayDoor puts the gateway beside what else is on the router.
type gatewayDoor struct{ *graph.Gateway }

func (g gatewayDoor) mount(next func(chi.Router)) func(chi.Router) {
	return func(r chi.Router) {
		next(r)
		g.Mount(r)
	}
}

var _ http.Handler = gatewayDoor{}
