package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// presenceLife is how long a page's word that it is open holds.
const presenceLife = 30 * time.Second

// person finds the customer of the path, by phone or BSUID; a phone that nobody
// has used yet is a new person when create is set. The caller holds mu.
func (s *Sandbox) person(r *http.Request, create bool) (*customer, *apiError) {
	id := r.PathValue("phone")
	if c := s.st.byBSUID[id]; c != nil {
		return c, nil
	}
	phone := digits(id)
	if strings.Contains(id, ".") && !strings.HasPrefix(id, "+") {
		return nil, &apiError{http.StatusNotFound, "unknown_customer", "nobody has this business-scoped user id"}
	}
	if c := s.st.customers[phone]; c != nil {
		return c, nil
	}
	switch {
	case len(phone) < 7 || len(phone) > 15:
		return nil, &apiError{http.StatusUnprocessableEntity, "invalid_phone", "a phone number has 7 to 15 digits, with its country code"}
	case slices.ContainsFunc(s.st.each(), func(n *number) bool { return n.digits == phone }):
		return nil, &apiError{http.StatusUnprocessableEntity, "invalid_phone", "this is the number of the business"}
	case !create:
		return nil, &apiError{http.StatusNotFound, "unknown_customer", "nobody with this number has written or was written to"}
	}
	return s.newCustomer(phone), nil
}

func (s *Sandbox) getCustomers(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	all := make([]customerView, 0, len(s.st.customers))
	for _, phone := range sortedKeys(s.st.customers) {
		all = append(all, s.customerView(s.st.customers[phone]))
	}
	s.mu.Unlock()
	write(w, http.StatusOK, map[string]any{"data": all})
}

func (s *Sandbox) getCustomer(w http.ResponseWriter, r *http.Request) {
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, false)
		if bad != nil {
			return nil, bad
		}
		return s.customerView(c), nil
	})
}

// customerChange is the body of PATCH; what is absent stays.
type customerChange struct {
	Name    *string `json:"name"`
	Profile *struct {
		Name *string `json:"name"`
	} `json:"profile"`
	Username      *string `json:"username"`
	BSUID         *string `json:"bsuid"`
	Online        *bool   `json:"online"`
	Blocked       *bool   `json:"blocked"`
	UsernameOnly  *bool   `json:"username_only"`
	OptedOut      *bool   `json:"opted_out_marketing"`
	NotOnWhatsApp *bool   `json:"not_on_whatsapp"`
	ReadsAtOnce   *bool   `json:"reads_at_once"`
	Experiment    *bool   `json:"experiment"`
	Language      *string `json:"language"`
}

// patchCustomer changes a person, who exists from now on. Coming online brings
// what waited; opting out or in again tells the business (user_preferences).
func (s *Sandbox) patchCustomer(w http.ResponseWriter, r *http.Request) {
	var in customerChange
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, true)
		if bad != nil {
			return nil, bad
		}
		return s.change(c, &in)
	})
}

// change applies a customerChange; the caller holds mu.
func (s *Sandbox) change(c *customer, in *customerChange) (any, *apiError) {
	if in.BSUID != nil && !s.st.rename(c, *in.BSUID) {
		return nil, &apiError{http.StatusConflict, "bsuid_taken", "somebody else has this business-scoped user id"}
	}
	wasOut := c.OptedOut
	set(&c.Name, in.Name)
	if in.Profile != nil {
		set(&c.Name, in.Profile.Name)
	}
	set(&c.Username, in.Username)
	set(&c.Blocked, in.Blocked)
	set(&c.UsernameOnly, in.UsernameOnly)
	set(&c.OptedOut, in.OptedOut)
	set(&c.NotOnWhatsApp, in.NotOnWhatsApp)
	set(&c.ReadsAtOnce, in.ReadsAtOnce)
	set(&c.Experiment, in.Experiment)
	set(&c.Language, in.Language)
	if in.Online != nil {
		c.Offline = !*in.Online
	}
	s.deliverWaiting(c)
	if c.open(time.Now()) {
		s.readAll(c, "")
	}
	if wasOut != c.OptedOut {
		s.tellPreference(c)
	}
	view := s.customerView(c)
	s.events.publish("customer", view)
	s.changed()
	return view, nil
}

// tellPreference sends user_preferences (cloud-api.md 2.7) to the numbers the
// person has a chat with.
func (s *Sandbox) tellPreference(c *customer) {
	value, detail := "resume", "User requested to resume marketing messages"
	if c.OptedOut {
		value, detail = "stop", "User requested to stop marketing messages"
	}
	for _, pnid := range sortedKeys(c.Chats) {
		n := s.st.numbers[pnid]
		if n == nil {
			continue
		}
		pref := map[string]any{
			"user_id": c.BSUID, "detail": detail, "category": "marketing_messages", "value": value, "timestamp": s.nowLocked().Unix(),
		}
		shown := s.shown(c, n)
		if shown {
			pref["wa_id"] = c.Phone
		}
		s.tell(n, "user_preferences", value, map[string]any{
			"messaging_product": "whatsapp", "metadata": n.metadata(),
			"contacts": []any{s.contactFor(c, n, shown, true)}, "user_preferences": []any{pref},
		})
	}
}

// getMessages answers what the phone shows. With all=true messages that have
// not arrived, or never will, are there too. With after=ID only what came to the
// phone behind that message; with wait the answer waits until there is something.
func (s *Sandbox) getMessages(w http.ResponseWriter, r *http.Request) {
	timeout, bad := longPoll(r, 0)
	if bad != nil {
		problem(w, bad.status, bad.code, bad.detail)
		return
	}
	var changes <-chan event
	if timeout > 0 {
		page := s.events.join() // before the first look, so that nothing is missed
		defer s.events.leave(page)
		changes = page.events
	}
	end := time.NewTimer(timeout)
	defer end.Stop()
	base := s.base(r)
	for {
		s.mu.Lock()
		c, bad := s.person(r, true)
		var views []map[string]any
		waits := 0
		if bad == nil {
			views, waits = c.shows(r, base), s.customerView(c).Waiting
		}
		s.mu.Unlock()
		switch {
		case bad != nil:
			problem(w, bad.status, bad.code, bad.detail)
			return
		case len(views) > 0 || timeout == 0:
			write(w, http.StatusOK, map[string]any{"data": views, "waiting": waits})
			return
		}
		select {
		case _, open := <-changes:
			if open {
				continue
			}
		case <-r.Context().Done():
			return
		case <-end.C:
		}
		timeout = 0
	}
}

// shows are the messages of the phone that the request asks for.
func (c *customer) shows(r *http.Request, base string) []map[string]any {
	q := r.URL.Query()
	all, after, direction := q.Get("all") == "true", q.Get("after"), q.Get("direction")
	views := make([]map[string]any, 0, len(c.list))
	for _, m := range c.list {
		if m.ID == after {
			views = views[:0]
			continue
		}
		if (all || m.arrived()) && (direction == "" || (direction == "inbound") == m.Inbound) {
			views = append(views, m.view(base))
		}
	}
	return views
}

// postRead reads everything that phone has got; messages under way arrive first.
func (s *Sandbox) postRead(w http.ResponseWriter, r *http.Request) {
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, true)
		if bad != nil {
			return nil, bad
		}
		return map[string]any{"success": true, "read": s.readAll(c, r.URL.Query().Get("phone_number_id"))}, nil
	})
}

// postPresence hears from a page whether it shows that phone.
func (s *Sandbox) postPresence(w http.ResponseWriter, r *http.Request) {
	in := struct {
		Open *bool `json:"open"`
	}{}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, true)
		if bad != nil {
			return nil, bad
		}
		c.openUntil = time.Time{}
		if in.Open == nil || *in.Open {
			c.openUntil = time.Now().Add(presenceLife)
			if c.open(time.Now()) {
				s.readAll(c, "")
			}
		}
		return done, nil
	})
}

// postPlayed plays a voice message, which also reads it.
func (s *Sandbox) postPlayed(w http.ResponseWriter, r *http.Request) {
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, false)
		if bad != nil {
			return nil, bad
		}
		m := s.st.messages[r.PathValue("id")]
		switch {
		case m == nil || m.Inbound || m.Customer != c.Phone || !m.arrived():
			return nil, &apiError{http.StatusNotFound, "unknown_message", "this phone does not show a message with this id"}
		case m.Type != "audio":
			return nil, &apiError{http.StatusConflict, "not_audio", "only voice messages are played"}
		}
		s.setStatus(m, c, read)
		s.setStatus(m, c, played)
		return done, nil
	})
}
