package sandbox

import (
	"encoding/json"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"
)

// logLength is how many entries the log keeps.
const logLength = 2000

// logBody is how much of a body an entry shows.
const logBody = 16 << 10

// Entry is one line of GET /sandbox/log: a Graph call in, or a webhook, a
// handshake or a fetch out. Texts are shown, since this is a test tool; tokens
// are masked.
type Entry struct {
	Seq       uint64    // rises by one
	At        time.Time // sandbox time
	Direction string    // in, out
	Kind      string    // call, webhook, handshake, fetch
	Method    string
	Path      string   // without the host for calls in, the address for calls out
	Edge      string   // of calls in: messages, media, message_templates, …
	Summary   string   // "POST /messages text", "status delivered … 7Qm2"
	Updates   []string // of a webhook that carries several
	Wamid     string
	Status    int // HTTP status; 0: no answer was given
	Duration  time.Duration
	Request   []byte
	Response  []byte
	Code      int    // of the Graph error
	Subcode   int    // of the Graph error
	Details   string // of the Graph error
	Attempt   int    // of a webhook
	Fault     string // kind of the fault that struck
	Note      string
}

// MarshalJSON writes bodies as JSON where they are JSON, else as text.
func (e Entry) MarshalJSON() ([]byte, error) {
	type problem struct {
		Code    int    `json:"code"`
		Subcode int    `json:"subcode,omitempty"`
		Details string `json:"details,omitempty"`
	}
	out := struct {
		Seq        uint64          `json:"seq"`
		At         time.Time       `json:"at"`
		Direction  string          `json:"direction"`
		Kind       string          `json:"kind"`
		Method     string          `json:"method"`
		Path       string          `json:"path"`
		Edge       string          `json:"edge,omitempty"`
		Summary    string          `json:"summary"`
		Updates    []string        `json:"updates,omitempty"`
		Wamid      string          `json:"wamid,omitempty"`
		Status     int             `json:"status"`
		DurationMS float64         `json:"duration_ms"`
		Request    json.RawMessage `json:"request,omitempty"`
		Response   json.RawMessage `json:"response,omitempty"`
		Problem    *problem        `json:"problem,omitempty"`
		Attempt    int             `json:"attempt,omitempty"`
		Fault      string          `json:"fault,omitempty"`
		Note       string          `json:"note,omitempty"`
	}{
		e.Seq, e.At, e.Direction, e.Kind, e.Method, masked(e.Path), e.Edge, e.Summary, e.Updates, e.Wamid, e.Status,
		float64(e.Duration.Microseconds()) / 1000, shown(e.Request), shown(e.Response), nil, e.Attempt, e.Fault, e.Note,
	}
	if e.Code != 0 {
		out.Problem = &problem{e.Code, e.Subcode, e.Details}
	}
	return json.Marshal(out)
}

var secrets = regexp.MustCompile(`((?:access_token|appsecret_proof|input_token|client_secret|hub\.verify_token)=)[^&\s"]+`)
var secretMembers = regexp.MustCompile(`("(?:access_token|verify_token|client_secret|pin)"\s*:\s*)"[^"]*"`)

func masked(s string) string { return secrets.ReplaceAllString(s, "$1***") }

// shown is a body as it stands in the log.
func shown(body []byte) json.RawMessage {
	if len(body) == 0 {
		return nil
	}
	if len(body) <= logBody && json.Valid(body) {
		return secretMembers.ReplaceAll(body, []byte(`$1"***"`))
	}
	s := "(" + itoa(len(body)) + " bytes)"
	if utf8.Valid(body) {
		s = masked(string(body[:min(len(body), logBody)]))
	}
	b, _ := json.Marshal(s) // text always has a JSON form
	return b
}

// journal is the log: the newest entries.
type journal struct {
	mu   sync.Mutex
	ring []Entry
	seq  uint64
}

func newJournal() *journal { return &journal{ring: make([]Entry, 0, logLength)} }

// add notes an entry and shows it to the open pages. Whoever holds Sandbox.mu
// sets e.At.
func (j *journal) add(s *Sandbox, e Entry) {
	if e.At.IsZero() {
		e.At = s.now()
	}
	if len(e.Request) > logBody {
		e.Request = e.Request[:logBody:logBody]
	}
	j.mu.Lock()
	j.seq++
	e.Seq = j.seq
	if len(j.ring) < logLength {
		j.ring = append(j.ring, e)
	} else {
		j.ring[(e.Seq-1)%logLength] = e
	}
	j.mu.Unlock()
	s.events.publish("log", e)
}

// after are the entries younger than seq, oldest first, at most limit of them:
// the newest when seq is 0, else the next.
func (j *journal) after(seq uint64, limit int) (entries []Entry, last uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	first := seq + 1
	if kept := uint64(len(j.ring)); j.seq-kept+1 > first {
		first = j.seq - kept + 1
	}
	if seq == 0 && j.seq >= uint64(limit) {
		first = max(first, j.seq-uint64(limit)+1)
	}
	entries = []Entry{}
	for n := first; n <= j.seq && len(entries) < limit; n++ {
		entries = append(entries, j.ring[(n-1)%logLength])
	}
	return entries, j.seq
}

func (j *journal) clear() {
	j.mu.Lock()
	j.ring = j.ring[:0]
	j.seq = 0
	j.mu.Unlock()
}
