package inbox

import (
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Placement asks where an outbound message belongs, and is answered in place.
type Placement struct {
	Number  *wa.Number
	Contact wa.ContactID // given: this contact
	To      wa.Recipient // otherwise: whoever has this phone or BSUID

	Conversation *Conversation
	Person       *wa.Contact
	Err          error // about this placement alone
}

var errNoContact = fault.New(fault.NotFound, "contact_unknown", "There is no such contact here; nothing was sent.", "Use a phone number, a BSUID, or a contact_id of this workspace.")

// Place finds, or begins, the conversations in which messages will be sent. A
// person who never wrote gets a contact and a closed conversation, whose window
// was never open.
func (i *Inbox) Place(tx txn.Tx, placements []*Placement) error {
	now := i.Now()
	if err := i.placePeople(tx, placements, now); err != nil {
		return err
	}
	numbers := map[Pair]*wa.Number{}
	var pairs []Pair
	for _, p := range placements {
		if p.Err != nil {
			continue
		}
		key := Pair{p.Number.ID, p.Person.ID}
		if numbers[key] == nil {
			numbers[key] = p.Number
			pairs = append(pairs, key)
		}
	}
	found, err := i.ensure(tx, pairs, func(p Pair) *wa.Number { return numbers[p] }, now)
	if err != nil {
		return err
	}
	for _, p := range placements {
		if p.Err == nil {
			p.Conversation = found[Pair{p.Number.ID, p.Person.ID}]
		}
	}
	return nil
}

func (i *Inbox) placePeople(tx txn.Tx, placements []*Placement, now time.Time) error {
	var seen []wa.Sighting
	var asked []*Placement
	for _, p := range placements {
		p.Err, p.Person, p.Conversation = nil, nil, nil // may be run again
		if p.Contact == 0 {
			seen = append(seen, wa.Sighting{WorkspaceID: p.Number.WorkspaceID, WABAID: p.Number.WABAID, Identity: wa.Identity{Phone: p.To.Phone, BSUID: p.To.BSUID}, At: now})
			asked = append(asked, p)
			continue
		}
		person, err := i.Store.Contact(tx, p.Number.WorkspaceID, p.Contact)
		if err != nil {
			return err
		}
		if p.Person = person; person == nil {
			p.Err = errNoContact
		}
	}
	people, err := i.Contacts.Resolve(tx, seen)
	if err != nil {
		return err
	}
	for n, p := range asked {
		if p.Person = people[n]; p.Person == nil {
			p.Err = errNoContact
		}
	}
	return nil
}
