package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// faultsView are copies of the faults in force; the caller holds mu.
func (s *Sandbox) faultsView() map[string]any {
	all := make([]fault, 0, len(s.st.faults))
	for _, f := range s.st.faults {
		all = append(all, *f)
	}
	return map[string]any{"data": all}
}

func (s *Sandbox) getFaults(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) { return s.faultsView(), nil })
}

// postFaults adds faults: one object, a list, or {"faults":[…]}.
func (s *Sandbox) postFaults(w http.ResponseWriter, r *http.Request) {
	var raw json.RawMessage
	if !s.readJSON(w, r, &raw) {
		return
	}
	in, err := readFaults(raw)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", strings.TrimPrefix(err.Error(), "json: "))
		return
	}
	s.under(w, func() (any, *apiError) {
		for _, f := range in {
			f.ID, f.Struck = "fault-"+strconv.FormatUint(s.st.next(), 10), 0
			s.st.faults = append(s.st.faults, f)
		}
		view := s.faultsView()
		s.events.publish("faults", view)
		return view, nil
	})
}

func readFaults(raw json.RawMessage) ([]*fault, error) {
	var in []*fault
	var wrapped struct {
		Faults []*fault `json:"faults"`
	}
	strict := func(v any) error {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		return d.Decode(v)
	}
	err := error(nil)
	switch raw := bytes.TrimSpace(raw); {
	case bytes.HasPrefix(raw, []byte("[")):
		err = strict(&in)
	case json.Unmarshal(raw, &wrapped) == nil && wrapped.Faults != nil:
		in, err = wrapped.Faults, strict(&wrapped)
	default:
		one := &fault{}
		in, err = []*fault{one}, strict(one)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range in {
		if f == nil {
			f = &fault{}
		}
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// deleteFaults ends one fault, or all.
func (s *Sandbox) deleteFaults(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.under(w, func() (any, *apiError) {
		var kept []*fault
		for _, f := range s.st.faults {
			if id != "" && f.ID != id {
				kept = append(kept, f)
			}
		}
		if id != "" && len(kept) == len(s.st.faults) {
			return nil, &apiError{http.StatusNotFound, "unknown_fault", "there is no fault with this id"}
		}
		s.st.faults = kept
		view := s.faultsView()
		s.events.publish("faults", view)
		return view, nil
	})
}

// getMediaBytes serves media to the phone's page, without a token.
func (s *Sandbox) getMediaBytes(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	m := s.st.media[r.PathValue("id")]
	s.mu.Unlock()
	if m == nil {
		problem(w, http.StatusNotFound, "unknown_media", "there is no media with this id, or it has expired")
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	s.serveBytes(w, r, m)
}

// getLog answers the newest entries, or those after a sequence number.
func (s *Sandbox) getLog(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit := logLength
	if q.Get("limit") != "" {
		n, err := strconv.Atoi(q.Get("limit"))
		if err != nil || n < 1 {
			problem(w, http.StatusUnprocessableEntity, "invalid", "limit must be a positive number")
			return
		}
		limit = min(n, logLength)
	}
	var after uint64
	if q.Get("after") != "" {
		var err error
		if after, err = strconv.ParseUint(q.Get("after"), 10, 63); err != nil {
			problem(w, http.StatusUnprocessableEntity, "invalid", "after must be the seq of an entry")
			return
		}
	}
	entries, last := s.journal.after(after, limit)
	write(w, http.StatusOK, map[string]any{"data": entries, "last": last})
}

// postReset forgets people, messages, templates, media, faults, conduct, clock
// and log. Callbacks, overrides and throughput stay, since they are
// configuration. Ids are never given again, unless a seed is asked for: then
// they begin as they would in a new sandbox with that seed.
func (s *Sandbox) postReset(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Seed *uint64 `json:"seed"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.mu.Lock()
	old := s.st
	seed, counter := old.seed, old.counter
	if in.Seed != nil {
		seed, counter = *in.Seed, 0
	}
	st := freshState(s.opt, seed, counter)
	st.keepSetup(s.opt, old.portfolio)
	for id, n := range old.numbers {
		if st.numbers[id] == nil {
			continue
		}
		kept := n.numberState
		kept.Service, kept.Profile = nil, nil
		st.numbers[id].numberState = kept
	}
	for id, a := range old.accounts {
		if st.accounts[id] != nil {
			st.accounts[id].accountState = a.accountState
		}
	}
	for _, m := range old.media {
		s.blobs.remove(m.SHA256)
	}
	s.st = st
	s.follow(st.posting)
	s.agenda.clear()
	s.courier.clear()
	s.journal.clear()
	s.mu.Unlock()
	s.events.publish("reset", struct{}{})
	s.changed()
	write(w, http.StatusOK, done)
}
