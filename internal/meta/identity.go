package meta

import (
	"strings"

	"kontor/internal/wa"
)

// received is message i of n, told by one of contacts.
func received(number wa.PhoneNumberID, m *Message, content wa.Content, contacts []Contact, people entries, i, n int) wa.Received {
	from := wa.Identity{
		Phone:       phone(m.From),
		BSUID:       wa.BSUID(m.FromUserID),
		ParentBSUID: wa.BSUID(m.FromParentUserID),
	}
	c := matching(from, contacts, i, n)
	content.Sender = senderOf(m, c, people.of(c, contacts))
	from = complete(from, c)
	if m.System != nil {
		from = whomSystemMeans(from, m)
	}
	return wa.Received{
		PhoneNumberID: number, From: from, Wamid: wa.Wamid(m.ID), At: m.Timestamp.Time,
		GroupID: m.GroupID, Content: content,
	}
}

// complete adds to id what the matching contact tells, if there is one.
func complete(id wa.Identity, c *Contact) wa.Identity {
	if c == nil {
		return id
	}
	if id.Phone == "" {
		id.Phone = phone(c.WaID)
	}
	if id.BSUID == "" {
		id.BSUID = wa.BSUID(c.UserID)
	}
	if id.ParentBSUID == "" {
		id.ParentBSUID = wa.BSUID(c.ParentUserID)
	}
	if c.Profile != nil {
		id.ProfileName, id.Username = c.Profile.Name, c.Profile.Username
	}
	if c.IdentityKeyHash != "" {
		id.IdentityHash = c.IdentityKeyHash
	}
	return id
}

// matching finds the contact of the person with that BSUID, else with that
// number, else the one at the same place, else the only one. The last two are
// guesses, so they never join what contradicts: a wrong name on a message is
// worse than none.
func matching(id wa.Identity, contacts []Contact, i, n int) *Contact {
	if id.BSUID != "" {
		for k := range contacts {
			if contacts[k].UserID == string(id.BSUID) {
				return &contacts[k]
			}
		}
	}
	if id.Phone != "" {
		for k := range contacts {
			if phone(contacts[k].WaID) == id.Phone && !contradicts(id, &contacts[k]) {
				return &contacts[k]
			}
		}
	}
	var guess *Contact
	switch {
	case len(contacts) == 1:
		guess = &contacts[0]
	case len(contacts) == n:
		guess = &contacts[i]
	}
	if guess == nil || contradicts(id, guess) {
		return nil
	}
	return guess
}

// contradicts tells that c has another number or another BSUID than id.
func contradicts(id wa.Identity, c *Contact) bool {
	return id.Phone != "" && c.WaID != "" && phone(c.WaID) != id.Phone ||
		id.BSUID != "" && c.UserID != "" && c.UserID != string(id.BSUID)
}

// whomSystemMeans finds the person a system message is about, as known so far:
// after a change of BSUID the message has no sender but the previous id.
func whomSystemMeans(from wa.Identity, m *Message) wa.Identity {
	s := m.System
	if from.BSUID == "" {
		from.BSUID = wa.BSUID(s.PreviousUserID)
	}
	if from.ParentBSUID == "" {
		from.ParentBSUID = wa.BSUID(s.PreviousParentUserID)
	}
	if from.BSUID == "" && from.Phone == "" {
		from.BSUID = wa.BSUID(s.UserID)
	}
	if from.IdentityHash != "" {
		return from
	}
	if m.Identity != nil && m.Identity.Hash != "" {
		from.IdentityHash = m.Identity.Hash
	} else if key, _, ok := loosely[KeyIdentity](s.Identity); ok {
		from.IdentityHash = key.Hash
	} else if isScalar(s.Identity) {
		from.IdentityHash = looseText(s.Identity)
	}
	return from
}

// phone is the digits of a number as Meta writes it: usually digits already.
func phone(s string) wa.Phone {
	if strings.IndexFunc(s, notDigit) < 0 {
		return wa.Phone(s)
	}
	return wa.Phone(strings.Map(func(r rune) rune {
		if notDigit(r) {
			return -1
		}
		return r
	}, s))
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
