package contact

import (
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Renumber applies what WhatsApp says of a person who changed the number or got
// a new BSUID (cloud-api.md 2.5): the new identities lead to the same contact. A
// BSUID changes with the number, so when WhatsApp names no new one, the old one
// is given up: whoever has it now must not get what was meant for this person.
// account is the one whose number was told.
func (b *Book) Renumber(tx txn.Tx, ws wa.WorkspaceID, account wa.WABAID, old wa.Identity, s wa.System) error {
	if s.WaID == "" && s.UserID == "" && s.ParentUserID == "" {
		return nil // another kind of news, such as a new encryption key
	}
	if s.PreviousUserID != "" {
		old.BSUID = s.PreviousUserID
	}
	now := wa.Identity{Phone: s.WaID, BSUID: s.UserID, ParentBSUID: s.ParentUserID}
	before := keys(wa.Sighting{WorkspaceID: ws, Identity: old})
	after := keys(wa.Sighting{WorkspaceID: ws, Identity: now})
	known, err := b.store.Find(tx, unique(append(append([]Key(nil), before...), after...)))
	if err != nil {
		return err
	}
	r := &resolution{book: b, known: known, fresh: map[Key]Owner{}, moved: map[Key]Owner{}, changes: map[*wa.Contact]*Change{}}
	var c *wa.Contact
	for _, k := range before {
		if c = known[k]; c != nil {
			break
		}
	}
	if c == nil {
		return nil
	}
	if now.Phone == "" && c.Phone != "" && now.BSUID != "" && now.BSUID != c.BSUID {
		r.lose(c)
	}
	r.claim(c, after, account)
	r.learn(c, now)
	return r.store(tx)
}

// Alias keeps that a number which the house wrote is the one that WhatsApp calls
// by another: in some countries (Brazil, Mexico) its wa_id has a digit more or
// less (cloud-api.md 1.1). Both then lead to one contact, so that the answer
// lands in the conversation that asked. A person who wrote under the wa_id before
// is that contact: from now on, the number as it was written leads there too.
func (b *Book) Alias(tx txn.Tx, ws wa.WorkspaceID, written, waID wa.Phone) error {
	from, to := Key{ws, KindPhone, string(written)}, Key{ws, KindPhone, string(waID)}
	if written == waID || written == "" || waID == "" {
		return nil
	}
	known, err := b.store.Find(tx, []Key{from, to})
	if err != nil {
		return err
	}
	ours, theirs := known[from], known[to]
	switch {
	case ours == nil || theirs != nil && theirs.ID == ours.ID:
		return nil
	case theirs == nil:
		return b.store.Claim(tx, map[Key]Owner{to: {Contact: ours.ID}}, nil)
	}
	return b.store.Claim(tx, nil, map[Key]Owner{from: {Contact: theirs.ID}})
}
