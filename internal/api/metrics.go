package api

import (
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/wa"
)

// metrics count what is answered. Routes are patterns, so that no metric holds
// a phone number and their number has a bound.
type metrics struct {
	requests *prometheus.CounterVec   // by method, route and status
	took     *prometheus.HistogramVec // by route

	byWorkspace sync.Map // wa.WorkspaceID -> *atomic.Int64
	children    sync.Map // requestLabels -> children: WithLabelValues is too slow for every request
}

type requestLabels struct {
	method, route string
	status        int
}

type children struct {
	requests prometheus.Counter
	took     prometheus.Observer
}

func newMetrics(r *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kontor_http_requests_total", Help: "Requests answered, by route and status."}, []string{"method", "route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kontor_http_request_seconds", Help: "How long an answer took, by route. Live streams count until they end.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.took} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if !plainWord(method) || len(method) > 7 {
		method = "other"
	}
	labels := requestLabels{method, route, status}
	c, ok := m.children.Load(labels)
	if !ok {
		c, _ = m.children.LoadOrStore(labels, children{m.requests.WithLabelValues(method, route, strconv.Itoa(status)), m.took.WithLabelValues(method, route)})
	}
	c.(children).requests.Inc()
	c.(children).took.Observe(took.Seconds())
}

// called counts a call of a workspace.
func (m *metrics) called(ws wa.WorkspaceID) {
	n, ok := m.byWorkspace.Load(ws)
	if !ok {
		n, _ = m.byWorkspace.LoadOrStore(ws, new(atomic.Int64))
	}
	n.(*atomic.Int64).Add(1)
}

// calls is how many calls a workspace made.
func (m *metrics) calls(ws wa.WorkspaceID) int64 {
	if n, ok := m.byWorkspace.Load(ws); ok {
		return n.(*atomic.Int64).Load()
	}
	return 0
}

// levelOf keeps thousands of good answers a second out of the log unless asked for.
func levelOf(route string, status int) slog.Level {
	switch {
	case route == "/readyz": // "not yet" is an answer, asked for again every second
		return slog.LevelDebug
	case status >= 500:
		return slog.LevelError
	case status >= 400:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

func requestAttrs(method, route string, status int, bytes int64, took time.Duration, req *request) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("request_id", req.id), slog.String("method", method), slog.String("route", route), slog.Int("status", status),
		slog.Int64("bytes", bytes), slog.Duration("took", took),
	}
	if req.principal.WorkspaceID != 0 {
		attrs = append(attrs, slog.String("workspace", req.principal.WorkspaceID.String()), slog.String("by", who(req)))
	}
	return attrs
}

func who(req *request) string {
	if req.principal.PersonID != 0 {
		return req.principal.PersonID.String()
	}
	return req.principal.KeyID.String()
}
