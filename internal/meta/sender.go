package meta

import (
	"encoding/json"
	"reflect"

	"kontor/internal/wa"
)

// entries are the members of contacts[] as they came, beside the contacts that
// were read of them; nil when reading lost nothing.
type entries []json.RawMessage

// of is the entry that c, one of contacts, was read of.
func (e entries) of(c *Contact, contacts []Contact) json.RawMessage {
	for i := range e {
		if c == &contacts[i] {
			return e[i]
		}
	}
	return nil
}

// senderOf is how a message names its author, with the entry of contacts[] that
// is theirs; nil when Author writes the same of what a contact keeps, which it
// does for nearly every message: one with number and name, and the same ids in
// both places. Where Meta left the number out, the contact may still have it.
func senderOf(m *Message, c *Contact, raw json.RawMessage) *wa.Sender {
	usual := c != nil && m.System == nil && m.From != "" && m.From == c.WaID && m.FromUserID == c.UserID && m.FromParentUserID == c.ParentUserID && c.IdentityKeyHash == "" &&
		c.Profile != nil && c.Profile.Name != "" && string(phone(m.From)) == m.From
	whole := raw == nil || same(raw, c)
	if usual && whole {
		return nil
	}
	s := &wa.Sender{From: m.From, FromUserID: m.FromUserID, FromParentUserID: m.FromParentUserID}
	switch {
	case c == nil:
	case whole:
		s.Contact, _ = json.Marshal(c) // texts in structs: it cannot fail
	default:
		s.Contact = raw
	}
	return s
}

// same reports whether all that raw says is in c.
func same(raw json.RawMessage, c *Contact) bool {
	again, err := json.Marshal(c)
	if err != nil {
		return false
	}
	var before, after any
	if json.Unmarshal(raw, &before) != nil || json.Unmarshal(again, &after) != nil {
		return false
	}
	return reflect.DeepEqual(said(before, ""), said(after, ""))
}

// Author is how Meta named the author of a received message, for Inbound, and
// the entries of contacts[] beside it: as they were kept, else from what is known
// of the contact. System messages have none, but for request_welcome (cloud-api.md 2.5).
func Author(c *wa.Content, known wa.Identity) (from wa.Identity, contacts []json.RawMessage, err error) {
	if s := c.Sender; s != nil {
		if s.Contact != nil {
			contacts = []json.RawMessage{s.Contact}
		}
		return wa.Identity{Phone: wa.Phone(s.From), BSUID: wa.BSUID(s.FromUserID), ParentBSUID: wa.BSUID(s.FromParentUserID)}, contacts, nil
	}
	if c.Type == wa.TypeSystem && c.System != nil && c.System.Type != "request_welcome" {
		return known, nil, nil
	}
	contact := Contact{WaID: string(known.Phone), UserID: string(known.BSUID), ParentUserID: string(known.ParentBSUID)}
	if p := (ContactProfile{Name: known.ProfileName, Username: known.Username}); p != (ContactProfile{}) {
		contact.Profile = &p
	}
	raw, err := json.Marshal(contact)
	return known, []json.RawMessage{raw}, err
}
