package sandbox

import (
	"time"

	"kontor/internal/meta"
)

// customer is a person with a phone. Who has written or was written to exists.
type customer struct {
	Phone    string `json:"phone"`
	BSUID    string `json:"bsuid"`
	Name     string `json:"name"`
	Username string `json:"username,omitempty"`

	Offline       bool      `json:"offline,omitempty"`         // nothing is delivered
	Blocked       bool      `json:"blocked,omitempty"`         // has blocked the business
	UsernameOnly  bool      `json:"username_only,omitempty"`   // the number is not shown to the business
	OptedOut      bool      `json:"opted_out,omitempty"`       // of marketing
	NotOnWhatsApp bool      `json:"not_on_whatsapp,omitempty"` // 131026
	ReadsAtOnce   bool      `json:"reads_at_once,omitempty"`   // as if the chat were always open
	Experiment    bool      `json:"experiment,omitempty"`      // part of Meta's marketing experiment: 130472
	Language      string    `json:"language,omitempty"`        // of the phone, for its page
	Identity      int       `json:"identity,omitempty"`        // how often the identity key has changed
	Outside       time.Time `json:"outside,omitzero"`          // last template outside of a window: counts for the messaging limit
	openUntil     time.Time // the phone's page said it is open; real time

	Marketing []time.Time `json:"marketing,omitempty"` // marketing messages of the last day; replaced, never changed

	Chats map[string]*chat `json:"chats"` // by phone number id
	list  []*message       // what the phone shows, oldest first
}

// chat is what counts between one customer and one number.
type chat struct {
	LastInbound time.Time `json:"last_inbound,omitzero"` // opens the 24-hour window
	Pair        bucket    `json:"pair"`
	AdClick     time.Time `json:"ad_click,omitzero"`     // the customer came by an ad and has no answer yet
	FreeUntil   time.Time `json:"free_until,omitzero"`   // end of the free entry point (cloud-api.md 7.2)
	TypingUntil time.Time `json:"typing_until,omitzero"` // the business types, until it answers or 25 s have passed
	KnownUntil  time.Time `json:"known_until,omitzero"`  // the business wrote to the phone number (cloud-api.md 2.3, retention)
}

const (
	serviceWindow   = 24 * time.Hour
	freeEntryWindow = 72 * time.Hour
	reactionAge     = 30 * 24 * time.Hour
	knownLife       = 30 * 24 * time.Hour
	typingLife      = 25 * time.Second
)

// windowOpen tells whether free-form messages may be sent (cloud-api.md 7.2).
func (c *chat) windowOpen(now time.Time) bool {
	return !c.LastInbound.IsZero() && now.Sub(c.LastInbound) < serviceWindow
}

// chat finds or opens the chat with a number.
func (c *customer) chat(pnid string) *chat {
	ch := c.Chats[pnid]
	if ch == nil {
		ch = &chat{}
		c.Chats[pnid] = ch
	}
	return ch
}

// open tells whether the person looks at the chat now.
func (c *customer) open(real time.Time) bool {
	return !c.Offline && !c.Blocked && (c.ReadsAtOnce || real.Before(c.openUntil))
}

// contact is the person in contacts[] of a webhook. Without the number when it
// is withheld; without the username on sent statuses (cloud-api.md 2.3).
func (c *customer) contact(withPhone, withUsername bool) meta.Contact {
	out := meta.Contact{Profile: &meta.ContactProfile{Name: c.Name}, UserID: c.BSUID}
	if withPhone {
		out.WaID = c.Phone
	}
	if withUsername {
		out.Profile.Username = c.Username
	}
	return out
}

// customer finds the person with that phone, or lets one exist from now on.
func (st *state) customer(phone string) *customer {
	c := st.customers[phone]
	if c == nil {
		c = &customer{Phone: phone, BSUID: bsuid(st.seed, phone), Name: "Customer " + tail(phone, 4), Chats: map[string]*chat{}}
		st.customers[phone] = c
		st.byBSUID[c.BSUID] = c
	}
	return c
}

// rename gives a person another BSUID; false when somebody else has it.
func (st *state) rename(c *customer, id string) bool {
	if other := st.byBSUID[id]; other != nil {
		return other == c
	}
	delete(st.byBSUID, c.BSUID)
	c.BSUID = id
	st.byBSUID[id] = c
	return true
}

// add puts a message on the phone and drops the oldest beyond most.
func (st *state) add(c *customer, m *message, most int) {
	st.messages[m.ID] = m
	c.list = append(c.list, m)
	if over := len(c.list) - most; over > 0 {
		for _, old := range c.list[:over] {
			delete(st.messages, old.ID)
		}
		c.list = append([]*message(nil), c.list[over:]...)
	}
}

// tail is the end of s.
func tail(s string, n int) string { return s[max(0, len(s)-n):] }
