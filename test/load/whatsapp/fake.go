// Package whatsapp plays WhatsApp's part in load and chaos tests: a Graph API
// that takes messages after a while, holds a cap in every sliding second, can
// refuse, and can lose its answer after it took a message; and the webhooks
// that WhatsApp would post. It notes all it took, so that what came twice shows.
//
// It shares no code with the product or its sandbox, and does no more than
// these tests ask: it checks no field and knows no window.
package whatsapp

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault is what goes wrong with one message; the zero value is nothing.
type Fault struct {
	Refuse     int           // error code; the message is not taken
	LoseAnswer bool          // the message is taken, and the connection cut instead of an answer
	Delay      time.Duration // beyond Options.Latency
}

// Options are how this WhatsApp behaves.
type Options struct {
	Latency    time.Duration // from the arrival of a message to the answer
	Cap        int           // messages in every sliding second and number; 0: any
	Throughput string        // STANDARD or HIGH
	// Fault is asked for every message under the cap; nil: nothing goes wrong.
	Fault func() Fault
	// Taken is called for every message taken, before the answer; nil: nobody asks.
	Taken func(Sent)
}

// Sent is a message that was taken.
type Sent struct {
	PhoneID, To, Body, Wamid, Opaque string
	At                               time.Time // when it arrived
}

// Fake is the server. Close ends it.
type Fake struct {
	URL string

	o       Options
	server  *httptest.Server
	scope   string
	limited atomic.Int64
	wrong   atomic.Int64

	mu   sync.Mutex
	caps map[string]*Cap // by phone number id; guarded by mu
	sent []Sent          // in the order of arrival; guarded by mu
}

// Start starts one on a free loopback port.
func Start(o Options) *Fake {
	f := &Fake{o: o, caps: map[string]*Cap{}, scope: fmt.Sprintf("%x", time.Now().UnixNano())}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	f.URL = f.server.URL
	return f
}

// Close ends the server; calls under way are cut off.
func (f *Fake) Close() {
	f.server.CloseClientConnections()
	f.server.Close()
}

// Sent are the messages taken so far, in the order of their arrival.
func (f *Fake) Sent() []Sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Sent(nil), f.sent...)
}

// Count is how many were taken.
func (f *Fake) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sent)
}

// Limited is how many were refused for speed.
func (f *Fake) Limited() int64 { return f.limited.Load() }

// Wrong is how many calls could not be understood.
func (f *Fake) Wrong() int64 { return f.wrong.Load() }

func (f *Fake) serve(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	last := parts[len(parts)-1]
	switch {
	case r.Method == http.MethodPost && last == "messages" && len(parts) >= 2:
		f.message(w, r, parts[len(parts)-2])
	case r.Method == http.MethodGet && last == "message_templates":
		reply(w, 200, object{"data": []object{}})
	case r.Method == http.MethodGet:
		reply(w, 200, object{"id": last, "display_phone_number": last, "verified_name": "Load", "quality_rating": "GREEN",
			"throughput": object{"level": f.o.Throughput}, "status": "CONNECTED"})
	default:
		reply(w, 200, object{"success": true})
	}
}

// outgoing is what the fake reads of a message.
type outgoing struct {
	Status string `json:"status"`
	To     string `json:"to"`
	Text   struct {
		Body string `json:"body"`
	} `json:"text"`
	Opaque string `json:"biz_opaque_callback_data"`
}

func (f *Fake) message(w http.ResponseWriter, r *http.Request, phoneID string) {
	arrived := time.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var m outgoing
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	switch {
	case err != nil || m.Status == "" && m.To == "":
		f.wrong.Add(1)
		refuse(w, 100)
		return
	case m.Status != "": // a read receipt
		reply(w, 200, object{"success": true})
		return
	case !f.admit(phoneID, arrived):
		f.limited.Add(1)
		refuse(w, 130429)
		return
	}
	var fault Fault
	if f.o.Fault != nil {
		fault = f.o.Fault()
	}
	if fault.Refuse != 0 {
		refuse(w, fault.Refuse)
		return
	}
	wamid := f.take(Sent{PhoneID: phoneID, To: m.To, Body: m.Text.Body, Opaque: m.Opaque, At: arrived})
	time.Sleep(f.o.Latency + fault.Delay - time.Since(arrived))
	if fault.LoseAnswer {
		panic(http.ErrAbortHandler) // cuts the connection
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":%q}]}`, m.To, strings.TrimPrefix(m.To, "+"), wamid)
}

func (f *Fake) admit(phoneID string, now time.Time) bool {
	if f.o.Cap == 0 {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.caps[phoneID]
	if c == nil {
		c = NewCap(f.o.Cap)
		f.caps[phoneID] = c
	}
	return c.Admit(now)
}

func (f *Fake) take(s Sent) (wamid string) {
	f.mu.Lock()
	s.Wamid = Wamid(f.scope, int64(len(f.sent)))
	f.sent = append(f.sent, s)
	f.mu.Unlock()
	if f.o.Taken != nil {
		f.o.Taken(s)
	}
	return s.Wamid
}

// refuse answers an error in Graph's form (cloud-api.md 3.1).
func refuse(w http.ResponseWriter, code int) {
	status := map[int]int{2: 503, 100: 400, 130429: 429, 131000: 500}[code]
	if status == 0 {
		status = 400
	}
	reply(w, status, object{"error": object{
		"message": fmt.Sprintf("(#%d) refused by the test", code), "type": "OAuthException", "code": code,
		"error_data": object{"messaging_product": "whatsapp", "details": "refused by the test"}, "fbtrace_id": "Atest",
	}})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // the other side is gone if this fails
}
