package api

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Missing is one thing that is not ready yet.
type Missing struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

const readyWithin = 2 * time.Second

// operations adds what operators look at. It needs no key: it tells nothing of
// anybody's business. Whoever wants it kept from strangers does so at the proxy.
func (a *API) operations(r chi.Router) {
	healthy := func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, "application/json", map[string]string{"status": "ok"})
	}
	r.Get("/healthz", healthy)
	r.Head("/healthz", healthy)
	r.Get("/readyz", a.ready)
	r.Head("/readyz", a.ready)
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(a.Registry, promhttp.HandlerOpts{Registry: a.Registry}))
}

// ready answers 200 when every check is true, and otherwise 503 with what is missing.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	missing, alarms := a.missing(r.Context()), []Missing{}
	if a.Alarms != nil {
		alarms = a.Alarms()
	}
	status, word := http.StatusOK, "ready"
	if len(missing) > 0 {
		status, word = http.StatusServiceUnavailable, "not ready"
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, status, "application/json", struct {
		Status  string    `json:"status"`
		Missing []Missing `json:"missing"`
		Alarms  []Missing `json:"alarms"` // no reason to send the traffic elsewhere
	}{word, missing, alarms})
}

func (a *API) missing(ctx context.Context) []Missing {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	missing := []Missing{}
	for _, c := range a.Checks {
		if err := c.Ready(ctx); err != nil {
			missing = append(missing, Missing{Name: c.Name, Reason: err.Error()})
		}
	}
	return missing
}
