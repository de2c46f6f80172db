package sandbox

import (
	"encoding/json"
	"maps"
	"strconv"
	"time"
)

// messageEvent is the SSE event "message".
type messageEvent struct {
	Customer string         `json:"customer"`
	Message  map[string]any `json:"message"`
}

// view is a message as the phone shows it: Meta's field names, and for each
// media a url of ours that needs no token. base is the address in front of
// these urls, "" for paths. The caller holds mu; the view shares nothing that
// changes.
func (m *message) view(base string) map[string]any {
	v := map[string]any{
		"id": m.ID, "direction": "outbound", "type": m.Type, "phone_number_id": m.Number,
		"timestamp": strconv.FormatInt(m.At.Unix(), 10), "at": m.At, "status": m.Status,
		"arrived": m.arrived(),
	}
	if m.Inbound {
		v["direction"] = "inbound"
	}
	for name, at := range map[string]time.Time{"sent_at": m.SentAt, "delivered_at": m.DeliveredAt, "read_at": m.ReadAt, "played_at": m.PlayedAt, "edited_at": m.Edited, "revoked_at": m.Revoked} {
		if !at.IsZero() {
			v[name] = at
		}
	}
	if m.Held {
		v["held"] = true
	}
	if m.Context != "" {
		v["context"] = map[string]string{"id": m.Context}
	}
	if len(m.Errors) > 0 {
		v["errors"] = m.Errors
	}
	if len(m.Reactions) > 0 {
		v["reactions"] = m.Reactions
	}
	v[m.Type] = content{m.Content, base, m.Media}
	if m.Rendered != nil {
		v["rendered"] = content{m.Rendered, base, m.Media}
	}
	return v
}

// arrived tells whether the message is on the phone.
func (m *message) arrived() bool {
	return m.Inbound || rank(m.Status) >= rank(delivered) && m.Status != failed || m.Type == "reaction" && m.Status == sent
}

// content is a payload that gets its media urls when it is written, which is
// after the lock was given back.
type content struct {
	value any
	base  string
	media map[string]string // by id or link; immutable
}

// MarshalJSON writes the payload with "url" beside every id or link of media.
func (c content) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(c.value)
	if err != nil || len(c.media) == 0 {
		return b, err
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	return json.Marshal(c.withURLs(v))
}

func (c content) withURLs(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = c.withURLs(v[i])
		}
	case map[string]any:
		for name, e := range v {
			v[name] = c.withURLs(e)
		}
		for _, name := range []string{"id", "link"} {
			if id, ok := c.media[textOf(v[name])]; ok {
				v = maps.Clone(v)
				v["url"] = c.base + "/sandbox/media/" + id
				return v
			}
		}
	}
	return v
}

// customerView is a person in the control API.
type customerView struct {
	Phone         string    `json:"phone"`
	BSUID         string    `json:"bsuid"`
	Name          string    `json:"name"`
	Username      string    `json:"username"`
	Online        bool      `json:"online"`
	Blocked       bool      `json:"blocked"`
	UsernameOnly  bool      `json:"username_only"`
	OptedOut      bool      `json:"opted_out_marketing"`
	NotOnWhatsApp bool      `json:"not_on_whatsapp"`
	ReadsAtOnce   bool      `json:"reads_at_once"`
	Experiment    bool      `json:"experiment"`
	Language      string    `json:"language"`
	IdentityKey   string    `json:"identity_key_hash"`
	TypingUntil   time.Time `json:"typing_until,omitzero"` // a business types for this person
	Waiting       int       `json:"waiting"`               // messages not yet delivered
	Unread        int       `json:"unread"`                // messages delivered and not read
	WindowUntil   time.Time `json:"window_until,omitzero"`
	LastAt        time.Time `json:"last_at,omitzero"` // of the newest message
}

// customerView is c as it is now; the caller holds mu.
func (s *Sandbox) customerView(c *customer) customerView {
	v := customerView{
		Phone: c.Phone, BSUID: c.BSUID, Name: c.Name, Username: c.Username, Online: !c.Offline, Blocked: c.Blocked,
		UsernameOnly: c.UsernameOnly, OptedOut: c.OptedOut, NotOnWhatsApp: c.NotOnWhatsApp, ReadsAtOnce: c.ReadsAtOnce,
		Experiment: c.Experiment, Language: c.Language, IdentityKey: c.identity(s.st.seed),
	}
	for _, ch := range c.Chats {
		if until := ch.typing(s.nowLocked()); until.After(v.TypingUntil) {
			v.TypingUntil = until
		}
		if until := ch.LastInbound.Add(serviceWindow); !ch.LastInbound.IsZero() && until.After(v.WindowUntil) {
			v.WindowUntil = until
		}
	}
	for _, m := range c.list {
		v.LastAt = m.At
		switch {
		case m.Inbound || m.Type == "reaction":
		case m.Status == sent || m.Status == accepted:
			v.Waiting++
		case m.Status == delivered:
			v.Unread++
		}
	}
	return v
}
