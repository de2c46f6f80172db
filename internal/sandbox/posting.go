package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"kontor/internal/meta"
)

// posting is how updates are put into webhooks (cloud-api.md 2.1, batching).
type posting struct {
	// Shape: changes (default) puts several changes into one entry, values
	// several messages or statuses into one change, entries several entries into
	// one webhook.
	Shape string `json:"shape,omitempty"`
	// Most is how many updates one webhook holds; default 100, at most 1 000.
	Most int `json:"most,omitempty"`
	// LingerMS gathers updates for so long before they are posted; 0: only what
	// waits anyway travels together.
	LingerMS int `json:"linger_ms,omitempty"`
}

const (
	shapeChanges = "changes"
	shapeValues  = "values"
	shapeEntries = "entries"
)

func (p *posting) check() error {
	switch {
	case !slices.Contains([]string{"", shapeChanges, shapeValues, shapeEntries}, p.Shape):
		return fmt.Errorf("shape must be changes, values or entries, is %q", p.Shape)
	case p.Most < 0 || p.Most > 1000:
		return fmt.Errorf("most must be between 1 and 1000, is %d", p.Most)
	case p.LingerMS < 0 || p.LingerMS > 60_000:
		return fmt.Errorf("linger_ms must be between 0 and 60000, is %d", p.LingerMS)
	}
	return nil
}

// post lets the courier follow p; the caller holds mu.
func (s *Sandbox) follow(p posting) {
	s.st.posting = p
	most := p.Most
	if most == 0 {
		most = batch
	}
	s.courier.most.Store(int32(most))
	s.courier.linger.Store(int64(time.Duration(p.LingerMS) * time.Millisecond))
	s.courier.form.Store(or(p.Shape, shapeChanges))
}

// shape is the shape of webhooks now.
func (c *courier) shape() string {
	if s, ok := c.form.Load().(string); ok {
		return s
	}
	return shapeChanges
}

// entries puts updates of one number or account into entries (cloud-api.md 2.2).
func entries(updates []*update, shape string) []meta.Entry {
	var all []meta.Entry
	for _, u := range updates {
		time := int64(0)
		if u.field != meta.FieldMessages {
			time = u.made.Unix()
		}
		last := len(all) - 1
		if last < 0 || shape == shapeEntries || all[last].ID != u.account || all[last].Time != time {
			all = append(all, meta.Entry{ID: u.account, Time: time, Changes: []meta.Change{{Field: u.field, Value: u.value}}})
			continue
		}
		changes := all[last].Changes
		if before := &changes[len(changes)-1]; shape == shapeValues && before.Field == u.field && joinable(before.Value, u.value) {
			before.Value = join(before.Value, u.value)
			continue
		}
		all[last].Changes = append(changes, meta.Change{Field: u.field, Value: u.value})
	}
	return all
}

// joinable tells whether two values may stand in one change: messages with
// messages, statuses with statuses, of the same number.
func joinable(a, b meta.Value) bool {
	return a.Raw == nil && b.Raw == nil && a.Metadata != nil && b.Metadata != nil && *a.Metadata == *b.Metadata &&
		(len(a.Messages) > 0) == (len(b.Messages) > 0) && (len(a.Statuses) > 0) == (len(b.Statuses) > 0) &&
		len(a.Contacts) > 0 && len(b.Contacts) > 0
}

// join puts b behind a; a person stands in contacts once.
func join(a, b meta.Value) meta.Value {
	a.Messages = append(slices.Clone(a.Messages), b.Messages...)
	a.Statuses = append(slices.Clone(a.Statuses), b.Statuses...)
	a.Contacts = slices.Clone(a.Contacts)
	for _, c := range b.Contacts {
		if !slices.ContainsFunc(a.Contacts, func(known meta.Contact) bool { return known.UserID == c.UserID && known.WaID == c.WaID }) {
			a.Contacts = append(a.Contacts, c)
		}
	}
	return a
}

// getWebhooks answers GET /sandbox/webhooks: how they are posted, how many wait,
// and what POST can send.
func (s *Sandbox) getWebhooks(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) {
		p := s.st.posting
		p.Shape = or(p.Shape, shapeChanges)
		if p.Most == 0 {
			p.Most = batch
		}
		return map[string]any{"posting": p, "pending": s.courier.count(), "known": webhookExamples()}, nil
	})
}

// patchWebhooks answers PATCH /sandbox/webhooks; what is absent stays.
func (s *Sandbox) patchWebhooks(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Shape    *string `json:"shape"`
		Most     *int    `json:"most"`
		LingerMS *int    `json:"linger_ms"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		p := s.st.posting
		set(&p.Shape, in.Shape)
		set(&p.Most, in.Most)
		set(&p.LingerMS, in.LingerMS)
		if err := p.check(); err != nil {
			return nil, &apiError{http.StatusUnprocessableEntity, "invalid", err.Error()}
		}
		s.follow(p)
		s.changed()
		return p, nil
	})
}

// count is how many updates are not yet delivered.
func (c *courier) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, l := range c.lines {
		for _, q := range l.queues {
			n += len(q.items)
		}
	}
	return n
}
