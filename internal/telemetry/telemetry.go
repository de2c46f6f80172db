// Package telemetry counts what Kontor does: for Prometheus over the whole
// process, and by workspace for the figures of S2-9, since a tenant sees only
// its own. A registry is passed in; nothing here is global. All counts begin
// with the process.
package telemetry

import (
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/wa"
)

// Meter holds the counters. Safe for concurrent use.
type Meter struct {
	received prometheus.Counter
	sent     *prometheus.CounterVec
	refused  *prometheus.CounterVec
	uploaded prometheus.Counter
	calls    *prometheus.CounterVec

	mu         sync.Mutex
	workspaces map[wa.WorkspaceID]*tally // guarded by mu
}

// tally is what one workspace did.
type tally struct {
	received, sent, templates, uploaded, errors atomic.Int64
}

// Figures are a workspace's counts since the process started (S2-9).
type Figures struct {
	Received  int64 // messages that customers wrote
	Sent      int64 // messages that WhatsApp took
	Templates int64 // those of them that were templates
	Uploaded  int64 // files handed to WhatsApp
	Errors    int64 // calls to WhatsApp that failed
}

// New makes the counters on a registry.
func New(reg prometheus.Registerer) *Meter {
	m := &Meter{
		received:   prometheus.NewCounter(prometheus.CounterOpts{Name: "kontor_messages_received_total", Help: "Messages that customers wrote, each counted once."}),
		sent:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kontor_messages_sent_total", Help: "Messages that WhatsApp took."}, []string{"type"}),
		refused:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kontor_sends_refused_total", Help: "Sends that WhatsApp refused or did not answer, by class."}, []string{"class"}),
		uploaded:   prometheus.NewCounter(prometheus.CounterOpts{Name: "kontor_media_uploaded_total", Help: "Files handed to WhatsApp."}),
		calls:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kontor_whatsapp_calls_total", Help: "Requests to WhatsApp's API."}, []string{"call", "outcome"}),
		workspaces: map[wa.WorkspaceID]*tally{},
	}
	reg.MustRegister(m.received, m.sent, m.refused, m.uploaded, m.calls)
	return m
}

func (m *Meter) of(ws wa.WorkspaceID) *tally {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.workspaces[ws]
	if t == nil {
		t = &tally{}
		m.workspaces[ws] = t
	}
	return t
}

// Received counts a message that a customer wrote.
func (m *Meter) Received(ws wa.WorkspaceID) {
	m.received.Inc()
	m.of(ws).received.Add(1)
}

// Called counts a request to WhatsApp; failure is nil when it was answered well.
func (m *Meter) Called(ws wa.WorkspaceID, call string, failure *wa.Failure) {
	if failure != nil {
		m.calls.WithLabelValues(call, "failed").Inc()
		m.of(ws).errors.Add(1)
		return
	}
	m.calls.WithLabelValues(call, "ok").Inc()
}

// Sent counts a send and what became of it.
func (m *Meter) Sent(ws wa.WorkspaceID, t wa.Type, failure *wa.Failure) {
	m.Called(ws, "send", failure)
	if failure != nil {
		m.refused.WithLabelValues(string(failure.Class)).Inc()
		return
	}
	m.sent.WithLabelValues(string(t)).Inc()
	m.of(ws).sent.Add(1)
	if t == wa.TypeTemplate {
		m.of(ws).templates.Add(1)
	}
}

// Uploaded counts a file handed to WhatsApp.
func (m *Meter) Uploaded(ws wa.WorkspaceID, failure *wa.Failure) {
	m.Called(ws, "upload", failure)
	if failure == nil {
		m.uploaded.Inc()
		m.of(ws).uploaded.Add(1)
	}
}

// Figures reads a workspace's counts.
func (m *Meter) Figures(ws wa.WorkspaceID) Figures {
	t := m.of(ws)
	return Figures{Received: t.received.Load(), Sent: t.sent.Load(), Templates: t.templates.Load(), Uploaded: t.uploaded.Load(), Errors: t.errors.Load()}
}
