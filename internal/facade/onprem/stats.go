package onprem

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"kontor/internal/wa"
)

// figures counts calls, or callbacks, of this process for each number, under the
// names that dashboards of the old client ask for (on-premises-api.md 5).
type figures struct {
	mu    sync.Mutex
	begun map[wa.NumberID]int64
	ended map[figureKey]*figure
}

// figureKey holds names of ours and HTTP statuses only, so there are few of them.
type figureKey struct {
	number wa.NumberID
	what   string // POST_v1_messages; of a callback: message, status, …
	status int    // 0: there was no answer
}

type figure struct {
	count int64
	took  time.Duration
}

func newFigures() *figures {
	return &figures{begun: map[wa.NumberID]int64{}, ended: map[figureKey]*figure{}}
}

// read counts a request that came in.
func (f *figures) read(number wa.NumberID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun[number]++
}

// add counts something that ended.
func (f *figures) add(number wa.NumberID, what string, status int, took time.Duration) {
	key := figureKey{number, what, status}
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.ended[key]
	if one == nil {
		one = &figure{}
		f.ended[key] = one
	}
	one.count++
	one.took += took
}

// counted is one row of figures.
type counted struct {
	figureKey
	figure
}

// of are the rows of a number, and how many requests of its came in.
func (f *figures) of(number wa.NumberID) (rows []counted, begun int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, one := range f.ended {
		if key.number == number {
			rows = append(rows, counted{key, *one})
		}
	}
	slices.SortFunc(rows, func(a, b counted) int {
		return cmp.Or(strings.Compare(a.what, b.what), cmp.Compare(a.status, b.status))
	})
	return rows, f.begun[number]
}

// figureName is a route as metrics name it: POST_v1_settings_backup.
func figureName(route string) string {
	return strings.NewReplacer(" /", "_", "/", "_", "{", "", "}", "").Replace(route)
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

// timed adds how many there were and how long they took together.
func (f families) timed(name, what string, one figure, labels ...string) {
	f.add(name+"_sum", "counter", "Milliseconds that "+what+" took.", float64(one.took)/float64(time.Millisecond), labels...)
	f.add(name+"_count", "counter", "Number of "+what+".", float64(one.count), labels...)
}

// resultOf is the HTTP status of a callback, or that there was none.
func resultOf(status int) string {
	if status == 0 {
		return "error"
	}
	return strconv.Itoa(status)
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
	rows, _ := c.Hook.figures.of(c.facade.NumberID)
	for _, row := range rows {
		f.timed("callback_requests_duration_ms", "callbacks", row.figure, "node", node, "result", resultOf(row.status), "type", row.what)
	}
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
	rows, begun := c.figures.of(c.facade.NumberID)
	handled := int64(0)
	for _, row := range rows {
		handled += row.count
		f.timed("api_requests_duration_ms", "calls", row.figure, "node", node, "result", strconv.Itoa(row.status), "method", row.what)
	}
	f.add("web_requests", "counter", "Requests.", float64(begun), "node", node, "state", "read")
	f.add("web_requests", "counter", "Requests.", float64(handled), "node", node, "state", "handle-request")
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
