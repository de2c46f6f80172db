package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/internal/meta"
)

// identity is the hash of the person's identity key, which changes when they
// install WhatsApp anew (cloud-api.md 1.1, 2.3).
func (c *customer) identity(seed uint64) string {
	return base64.StdEncoding.EncodeToString(mix(seed, "identity", c.Phone, strconv.Itoa(c.Identity))[:9])
}

// parent is the parent BSUID of a BSUID: CC.ENT.… (cloud-api.md 2.3).
func parent(id string) string {
	country, rest, ok := strings.Cut(id, ".")
	if !ok {
		return ""
	}
	return country + ".ENT." + rest
}

// unparented is the BSUID of a parent BSUID, or the BSUID itself.
func unparented(id string) string { return strings.Replace(id, ".ENT.", ".", 1) }

// shown tells whether webhooks of that number carry the person's phone number:
// unless they use a username and no retention condition holds (cloud-api.md 2.3).
// The caller holds mu.
func (s *Sandbox) shown(c *customer, n *number) bool {
	if !c.UsernameOnly {
		return true
	}
	ch := c.Chats[n.cfg.PhoneNumberID]
	return ch != nil && s.st.conduct(n.cfg.WABAID).Retention && s.nowLocked().Before(ch.KnownUntil)
}

// contactFor is the person in contacts[] of a webhook of that number. The caller
// holds mu.
func (s *Sandbox) contactFor(c *customer, n *number, withPhone, withUsername bool) meta.Contact {
	out := c.contact(withPhone, withUsername)
	if s.st.conduct(portfolioID).ParentIDs {
		out.ParentUserID = parent(c.BSUID)
	}
	if s.checksIdentity(n) {
		out.IdentityKeyHash = c.identity(s.st.seed)
	}
	return out
}

// checksIdentity tells whether the number has the identity change check on
// (cloud-api.md 6.3). The caller holds mu.
func (s *Sandbox) checksIdentity(n *number) bool {
	var settings struct {
		Identity struct {
			Enabled bool `json:"enable_identity_key_check"`
		} `json:"user_identity_change"`
	}
	d := s.st.portfolio.Desks[n.cfg.PhoneNumberID]
	return d != nil && len(d.Settings) > 0 && json.Unmarshal(d.Settings, &settings) == nil && settings.Identity.Enabled
}

// systemMessage sends a system message (cloud-api.md 2.5) to every number that
// the person has a chat with and that hears of such things. The caller holds mu.
func (s *Sandbox) systemMessage(c *customer, from string, system map[string]any, hears func(*number) bool, withContact bool) {
	for _, pnid := range sortedKeys(c.Chats) {
		n := s.st.numbers[pnid]
		if n == nil || !hears(n) {
			continue
		}
		now := s.nowLocked()
		id := s.st.wamid(c.Phone, true)
		hook := map[string]any{"id": id, "timestamp": strconv.FormatInt(now.Unix(), 10), "type": "system", "system": system}
		if from != "" {
			hook["from"] = from
		}
		raw, _ := json.Marshal(hook) // strings and numbers
		v := meta.Value{MessagingProduct: "whatsapp", Metadata: n.metadata(), Messages: []meta.Message{{Raw: raw}}}
		if withContact {
			v.Contacts = []meta.Contact{s.contactFor(c, n, s.shown(c, n), true)}
		}
		s.courier.put(update{
			number: pnid, account: n.cfg.WABAID, customer: c.Phone, field: meta.FieldMessages,
			kind: "message", detail: "system", id: id, value: v, made: now,
		})
	}
}

// postNumberChange answers POST /sandbox/customers/{phone}/number: the person
// takes a new phone number, which also gives a new BSUID, and the businesses
// they have a chat with hear user_changed_number; without phone only the BSUID
// changes, and they hear user_changed_user_id (cloud-api.md 2.5).
func (s *Sandbox) postNumberChange(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Phone string `json:"phone"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, false)
		if bad != nil {
			return nil, bad
		}
		to := digits(in.Phone)
		switch {
		case in.Phone != "" && (len(to) < 7 || len(to) > 15):
			return nil, &apiError{http.StatusUnprocessableEntity, "invalid_phone", "a phone number has 7 to 15 digits, with its country code"}
		case to != "" && s.st.customers[to] != nil:
			return nil, &apiError{http.StatusConflict, "phone_taken", "somebody else has this number"}
		}
		s.renumber(c, to)
		view := s.customerView(c)
		s.events.publish("customer", view)
		s.changed()
		return view, nil
	})
}

// previousIDs is since when user_changed_number tells the ids from before
// (cloud-api.md 2.5, 8.2).
var previousIDs = time.Date(2026, time.August, 11, 0, 0, 0, 0, time.UTC)

// renumber gives a person another phone (or only another BSUID) and tells the
// businesses. The caller holds mu.
func (s *Sandbox) renumber(c *customer, to string) {
	oldPhone, oldID := c.Phone, c.BSUID
	id := bsuid(s.st.seed, or(to, c.Phone)+"#"+strconv.FormatUint(s.st.next(), 10))
	s.st.rename(c, id)
	system := map[string]any{
		"type": "user_changed_user_id", "body": "User " + c.Name + " changed their user id",
		"user_id": id, "previous_user_id": oldID,
	}
	if s.st.conduct(portfolioID).ParentIDs {
		system["parent_user_id"], system["previous_parent_user_id"] = parent(id), parent(oldID)
	}
	if to != "" && s.nowLocked().Before(previousIDs) {
		delete(system, "previous_user_id")
		delete(system, "previous_parent_user_id")
	}
	from := ""
	if to != "" {
		delete(s.st.customers, oldPhone)
		c.Phone = to
		s.st.customers[to] = c
		for _, m := range c.list {
			m.Customer = to
		}
		system["type"], system["body"] = "user_changed_number", "User "+c.Name+" changed from "+oldPhone+" to "+to
		if from = oldPhone; c.UsernameOnly {
			from, system["body"] = "", "User "+c.Name+" changed their number"
		} else {
			system["wa_id"] = to
		}
	}
	s.systemMessage(c, from, system, func(*number) bool { return true }, false)
}

// postIdentity answers POST /sandbox/customers/{phone}/identity: the person
// installs WhatsApp anew. Numbers that check identities hear of it.
func (s *Sandbox) postIdentity(w http.ResponseWriter, r *http.Request) {
	s.under(w, func() (any, *apiError) {
		c, bad := s.person(r, false)
		if bad != nil {
			return nil, bad
		}
		c.Identity++
		now := s.nowLocked()
		from := c.Phone
		if c.UsernameOnly {
			from = ""
		}
		s.systemMessage(c, from, map[string]any{
			"type": "customer_identity_changed", "body": "User " + c.Name + " may have installed WhatsApp anew",
			"identity": map[string]any{"acknowledged": false, "created_timestamp": now.Unix(), "hash": c.identity(s.st.seed)},
		}, s.checksIdentity, true)
		s.changed()
		return map[string]any{"success": true, "identity_key_hash": c.identity(s.st.seed)}, nil
	})
}

// typing tells until when the number types for the person; zero when it does not.
func (c *chat) typing(now time.Time) time.Time {
	if now.Before(c.TypingUntil) {
		return c.TypingUntil
	}
	return time.Time{}
}
