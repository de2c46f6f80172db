package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"kontor/internal/meta"
)

// The events of GET /sandbox/events. Each is one SSE event of that name with
// the value as JSON:
//
//	hello     {"now"}                   first, always
//	message   {"customer","message"}    a message appears on a phone; message as in GET …/messages
//	status    statusEvent               a tick changes, in either direction
//	typing    {"customer","phone_number_id"}  the business types, for up to 25 s
//	customer  customerView              a person was created or changed
//	template  Template                  a template was added or reviewed
//	number    numberView                a number changed
//	faults    {"data":[fault]}          the list of faults changed
//	log       Entry                     one more line of the log
//	clock     {"now","offset_seconds","frozen"}  the clock was moved
//	conduct   {"id","conduct"}          Meta treats somebody otherwise
//	reset     {}                        everything was forgotten
//	resync    {}                        this page was too slow and has missed events: read all again
type statusEvent struct {
	Customer      string       `json:"customer"`
	PhoneNumberID string       `json:"phone_number_id"`
	ID            string       `json:"id"`
	Status        string       `json:"status"`
	At            time.Time    `json:"at"`
	Errors        []meta.Error `json:"errors,omitempty"`
}

// eventBacklog is how many events may wait for one page.
const eventBacklog = 512

// hub hands events to the open pages. It never waits for a page: one that falls
// behind loses events and is told so.
type hub struct {
	mu     sync.Mutex
	pages  map[*page]bool
	closed bool
}

type page struct {
	events chan event
	missed bool // guarded by hub.mu
}

type event struct {
	name string
	data any
}

func newHub() *hub { return &hub{pages: map[*page]bool{}} }

// publish hands an event to all pages. data must not change afterwards.
func (h *hub) publish(name string, data any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		if p.missed {
			select {
			case p.events <- event{"resync", struct{}{}}:
				p.missed = false
			default:
				continue
			}
		}
		select {
		case p.events <- event{name, data}:
		default:
			p.missed = true
		}
	}
}

// watched tells whether any page is open, so that others need not build events in vain.
func (h *hub) watched() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pages) > 0
}

func (h *hub) join() *page {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &page{events: make(chan event, eventBacklog)}
	if h.closed {
		close(p.events)
		return p
	}
	h.pages[p] = true
	return p
}

func (h *hub) leave(p *page) {
	h.mu.Lock()
	delete(h.pages, p)
	h.mu.Unlock()
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for p := range h.pages {
		close(p.events)
		delete(h.pages, p)
	}
}

// getEvents streams events until the page goes away or the sandbox closes.
func (s *Sandbox) getEvents(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	p := s.events.join()
	defer s.events.leave(p)
	var only []string
	if names := r.URL.Query().Get("only"); names != "" {
		only = append(listOf(names), "hello", "reset", "resync")
	}
	send := func(e event) bool {
		if only != nil && !slices.Contains(only, e.name) {
			return true
		}
		data, err := json.Marshal(e.data)
		if err != nil {
			s.log.Error("event cannot be written", "event", e.name, "error", err)
			return true
		}
		if _, err := w.Write([]byte("event: " + e.name + "\ndata: " + string(data) + "\n\n")); err != nil {
			return false
		}
		return len(p.events) > 0 || out.Flush() == nil
	}
	if !send(event{"hello", map[string]any{"now": s.now()}}) {
		return
	}
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case e, ok := <-p.events:
			if !ok || !send(e) {
				return
			}
		case <-beat.C:
			if _, err := w.Write([]byte(": \n\n")); err != nil || out.Flush() != nil {
				return
			}
		}
	}
}
