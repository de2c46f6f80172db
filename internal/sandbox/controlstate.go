package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// exported is the body of GET and PUT /sandbox/state: the state file, and the
// bytes of media when they were asked for.
type exported struct {
	stateFile
	Bytes map[string]string `json:"media_bytes,omitempty"` // base64 by SHA-256
}

// getState answers GET /sandbox/state: all that the sandbox knows, for PUT. With
// media=true the bytes of media are there too.
func (s *Sandbox) getState(w http.ResponseWriter, r *http.Request) {
	out := exported{stateFile: *s.snapshot()}
	if r.URL.Query().Get("media") == "true" {
		out.Bytes = map[string]string{}
		for _, m := range out.Media {
			f, err := s.blobs.open(m.SHA256)
			if err != nil {
				continue // forgotten meanwhile
			}
			body, err := io.ReadAll(f)
			if err = errors.Join(err, f.Close()); err == nil {
				out.Bytes[m.SHA256] = base64.StdEncoding.EncodeToString(body)
			}
		}
	}
	write(w, http.StatusOK, out)
}

// maxState bounds PUT /sandbox/state.
const maxState = 512 << 20

// putState answers PUT /sandbox/state: the sandbox forgets everything and goes on
// from that state, with the ids that would have come next there.
func (s *Sandbox) putState(w http.ResponseWriter, r *http.Request) {
	var in exported
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxState)).Decode(&in); err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", strings.TrimPrefix(err.Error(), "json: "))
		return
	}
	if in.Version != stateVersion {
		problem(w, http.StatusUnprocessableEntity, "invalid", "version: this is no state of a sandbox, or of another version of it")
		return
	}
	for sum, text := range in.Bytes {
		st, err := s.blobs.put(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)), maxMedia)
		if err != nil || st.sum != sum {
			problem(w, http.StatusUnprocessableEntity, "invalid", "media_bytes: "+clip(sum)+" is not the SHA-256 of its bytes, or they could not be kept")
			return
		}
	}
	if err := in.check(s.opt); err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", err.Error())
		return
	}
	if err := s.replace(&in.stateFile); err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", err.Error())
		return
	}
	s.journal.clear()
	s.courier.poke()
	s.pokeDue()
	s.events.publish("reset", struct{}{})
	s.changed()
	write(w, http.StatusOK, done)
}

// check refuses a state that could not be taken over.
func (e *exported) check(o Options) error {
	switch {
	case slices.Contains(e.Templates, nil):
		return errors.New("templates: one of them is null")
	case slices.Contains(e.Media, nil):
		return errors.New("media: one of them is null")
	case slices.Contains(e.Pending, nil):
		return errors.New("pending: one of them is null")
	}
	for _, c := range e.Customers {
		if phone := digits(c.Phone); phone != c.Phone || len(phone) < 7 || len(phone) > 15 {
			return fmt.Errorf("customers: %q is not a phone number", clip(c.Phone))
		}
		for _, ch := range c.Chats {
			if ch == nil {
				return fmt.Errorf("customers: a chat of %s is null", c.Phone)
			}
		}
	}
	for _, f := range e.Faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("faults: %w", err)
		}
	}
	if e.Prices != nil {
		if err := e.Prices.check(); err != nil {
			return err
		}
	}
	if err := e.Posting.check(); err != nil {
		return err
	}
	return freshState(o, e.Seed, 0).restorePortfolio(o, e.Portfolio)
}

// replace forgets everything and takes over a state.
func (s *Sandbox) replace(f *stateFile) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda.clear()
	s.courier.clear()
	s.st = freshState(s.opt, f.Seed, 0)
	return s.restore(f, 0)
}

// postIdle answers POST /sandbox/idle: it waits until nothing is under way, that
// is no webhook waits to be taken and no message to be sent on, or until the
// timeout has passed. A test then need not wait by guessing.
func (s *Sandbox) postIdle(w http.ResponseWriter, r *http.Request) {
	timeout, bad := longPoll(r, 10*time.Second)
	if bad != nil {
		problem(w, bad.status, bad.code, bad.detail)
		return
	}
	end := time.NewTimer(timeout)
	defer end.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		hooks, messages := s.courier.count(), s.agenda.count()+int(s.fetching.Load())
		if hooks == 0 && messages == 0 && s.courier.count() == 0 {
			write(w, http.StatusOK, map[string]any{"idle": true, "webhooks": 0, "messages": 0})
			return
		}
		select {
		case <-look.C:
		case <-r.Context().Done():
			return
		case <-end.C:
			write(w, http.StatusOK, map[string]any{"idle": false, "webhooks": hooks, "messages": messages})
			return
		}
	}
}

// longestWait bounds calls that wait.
const longestWait = 60 * time.Second

// longPoll is the query parameter "wait": real time, at most longestWait.
func longPoll(r *http.Request, def time.Duration) (time.Duration, *apiError) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return def, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > longestWait {
		return 0, &apiError{http.StatusUnprocessableEntity, "invalid", `wait must be a duration up to 60s, as in "5s"`}
	}
	return d, nil
}
