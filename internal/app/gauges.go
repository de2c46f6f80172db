package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/api"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// gauges show at each scrape how the numbers stand and what waits to be sent.
// Numbers are named by our id: a metric tells nobody's phone number.
type gauges struct {
	numbers interface{ All() []*wa.Number }
	outbox  interface {
		Pending(ctx context.Context, ws wa.WorkspaceID) ([]outbox.Pending, error)
	}
	callbacks interface {
		Broken(ctx context.Context) (int, error)
	}
	now func() time.Time
	log *slog.Logger

	stopped, paused, waiting, broken *prometheus.Desc
}

var _ prometheus.Collector = (*gauges)(nil)

func newGauges(a *App, now func() time.Time) *gauges {
	return &gauges{
		numbers: a.Numbers, outbox: a.Outbox, callbacks: a.Callbacks, now: now, log: a.log,
		stopped: prometheus.NewDesc("kontor_number_stopped", "1 while a number stands until somebody resumes it; its messages wait unharmed.", []string{"number"}, nil),
		paused:  prometheus.NewDesc("kontor_number_paused", "1 while a number cools down after WhatsApp refused for speed.", []string{"number"}, nil),
		waiting: prometheus.NewDesc("kontor_outbox_messages", "Messages in the outbox: queued, messaging_limit (those of queued that wait for it), under_way, uncertain, held.", []string{"number", "state"}, nil),
		broken:  prometheus.NewDesc("kontor_callback_breakers_open", "Subscriptions to outgoing webhooks whose breaker is open, since their address keeps failing; every node tells of all.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	out <- g.stopped
	out <- g.paused
	out <- g.waiting
	out <- g.broken
}

// gaugeTime bounds a scrape's question to the database.
const gaugeTime = 2 * time.Second

// Collect implements prometheus.Collector. When the database does not answer,
// the counts are left out: a gap says more than a nought.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	now := g.now()
	all := g.numbers.All()
	for _, n := range all {
		out <- prometheus.MustNewConstMetric(g.stopped, prometheus.GaugeValue, one(n.State == wa.NumberStopped), n.ID.String())
		out <- prometheus.MustNewConstMetric(g.paused, prometheus.GaugeValue, one(n.PausedUntil.After(now)), n.ID.String())
	}
	ctx, cancel := context.WithTimeout(context.Background(), gaugeTime)
	defer cancel()
	if broken, err := g.callbacks.Broken(ctx); err != nil {
		g.log.Warn("the open breakers could not be counted for the metrics", "err", err)
	} else {
		out <- prometheus.MustNewConstMetric(g.broken, prometheus.GaugeValue, float64(broken))
	}
	pending, err := g.outbox.Pending(ctx, 0)
	if err != nil {
		g.log.Warn("the outbox could not be counted for the metrics", "err", err)
		return
	}
	byNumber := map[wa.NumberID]outbox.Pending{}
	for _, p := range pending {
		byNumber[p.NumberID] = p
	}
	for _, n := range all {
		p := byNumber[n.ID]
		for state, count := range map[string]int64{
			"queued": p.Queued, "messaging_limit": p.Parked, "under_way": p.UnderWay, "uncertain": p.Uncertain, "held": p.OnHold,
		} {
			out <- prometheus.MustNewConstMetric(g.waiting, prometheus.GaugeValue, float64(count), n.ID.String(), state)
		}
	}
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// alarms are the numbers that stand: Kontor is ready, but somebody must act.
func (a *App) alarms() []api.Missing {
	alarms := []api.Missing{}
	for _, n := range a.Numbers.All() {
		if n.State == wa.NumberStopped {
			alarms = append(alarms, api.Missing{Name: "number " + n.ID.String(), Reason: n.StateReason})
		}
	}
	return alarms
}
