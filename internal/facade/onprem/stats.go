package onprem

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// figures counts the calls of this process, under the names that dashboards of
// the old client ask for (on-premises-api.md 5).
type figures struct {
	mu    sync.Mutex
	calls map[figureKey]*figure
}

type figureKey struct {
	method string // POST_v1_messages
	status int
}

type figure struct {
	count int64
	took  time.Duration
}

func newFigures() *figures { return &figures{calls: map[figureKey]*figure{}} }

// served counts one call; name is the route's, so there are few of them.
func (f *figures) served(name string, status int, took time.Duration) {
	key := figureKey{strings.NewReplacer(" /", "_", "/", "_", "{", "", "}", "").Replace(name), status}
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.calls[key]
	if one == nil {
		one = &figure{}
		f.calls[key] = one
	}
	one.count++
	one.took += took
}

func (f *figures) totals() (calls, failed int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, one := range f.calls {
		calls += one.count
		if key.status >= 500 {
			failed += one.count
		}
	}
	return calls, failed
}

// family is one metric with its values.
type family struct {
	Type string   `json:"type"`
	Help string   `json:"help"`
	Data []sample `json:"data"`
}

type sample struct {
	Labels map[string]string `json:"labels"`
	Value  float64           `json:"value"`
}

type families map[string]*family

func (f families) add(name, kind, help string, value float64, labels ...string) {
	if f[name] == nil {
		f[name] = &family{Type: kind, Help: help, Data: []sample{}}
	}
	l := map[string]string{}
	for i := 0; i+1 < len(labels); i += 2 {
		l[labels[i]] = labels[i+1]
	}
	f[name].Data = append(f[name].Data, sample{l, value})
}

// node is the name of the only one.
const node = "kontor"

func (c *call) statsApp() (*answer, error) {
	waiting, err := c.Callbacks.Waiting(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	f := families{}
	f.add("callback_queue_size", "gauge", "Callbacks that were not acknowledged yet.", float64(waiting), "node", node)
	f.add("gateway_connected", "gauge", "1 while the number is connected.", oneIf(c.gatewayStatus() == "connected"), "node", node)
	f.add("uptime", "counter", "Seconds since the start.", c.uptime(), "node", node)
	return c.figuresAnswer("app", f), nil
}

func (c *call) statsDB() (*answer, error) {
	counts, err := c.Store.Counts(c.ctx(), c.facade.WorkspaceID, c.facade.NumberID)
	if err != nil {
		return nil, err
	}
	f := families{}
	f.add("db_contacts", "gauge", "People that are known.", float64(counts["contacts"]), "type", "whatsapp_user")
	f.add("db_contacts", "gauge", "People that are known.", 0, "type", "non_whatsapp_user")
	f.add("db_messages", "gauge", "Messages that are stored.", float64(counts["messages_inbound"]), "type", "inbound")
	f.add("db_messages", "gauge", "Messages that are stored.", float64(counts["messages_outbound"]), "type", "outbound")
	f.add("db_message_receipts", "gauge", "Messages of ours that were delivered or read.", float64(counts["receipts"]))
	return c.figuresAnswer("db", f), nil
}

func (c *call) metrics() (*answer, error) {
	f := families{}
	f.add("web_uptime", "counter", "Seconds since the start.", c.uptime(), "node", node)
	c.figures.mu.Lock()
	defer c.figures.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(c.figures.calls), func(a, b figureKey) int {
		return strings.Compare(fmt.Sprint(a.method, a.status), fmt.Sprint(b.method, b.status))
	})
	total := int64(0)
	for _, key := range keys {
		one := c.figures.calls[key]
		total += one.count
		labels := []string{"node", node, "result", strconv.Itoa(key.status), "method", key.method}
		f.add("api_requests_duration_ms_sum", "counter", "Milliseconds that calls took.", float64(one.took)/float64(time.Millisecond), labels...)
		f.add("api_requests_duration_ms_count", "counter", "Calls.", float64(one.count), labels...)
	}
	f.add("web_requests", "counter", "Requests.", float64(total), "node", node, "state", "handle-request")
	return c.figuresAnswer("", f), nil
}

func (c *call) uptime() float64 { return float64(c.Now().Sub(c.started) / time.Second) }

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// figuresAnswer is JSON, or Prometheus' text with ?format=prometheus.
func (c *call) figuresAnswer(group string, f families) *answer {
	if c.r.URL.Query().Get("format") == "prometheus" {
		return raw(func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
			w.Write([]byte(f.prometheus())) // a client that went away has nobody to be told
		})
	}
	if group == "" {
		return tell("metrics", f)
	}
	return tell("stats", map[string]any{group: f})
}

func (f families) prometheus() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f)) {
		one := f[name]
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, one.Help, name, one.Type)
		for _, s := range one.Data {
			labels := make([]string, 0, len(s.Labels))
			for _, l := range slices.Sorted(maps.Keys(s.Labels)) {
				labels = append(labels, l+"="+strconv.Quote(s.Labels[l]))
			}
			b.WriteString(name)
			if len(labels) > 0 {
				b.WriteString("{" + strings.Join(labels, ",") + "}")
			}
			fmt.Fprintf(&b, " %s\n", strconv.FormatFloat(s.Value, 'g', -1, 64))
		}
	}
	return b.String()
}
