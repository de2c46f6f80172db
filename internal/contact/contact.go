// Package contact keeps people. A person is not a phone number (law 7): a
// phone, a BSUID and a username are identities of a contact, any of which may
// be missing, appear later, or pass to somebody else.
package contact

import (
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Kind names an identity that finds a contact. A username does not: it can be
// given up and taken by somebody else without a word from WhatsApp.
type Kind string

const (
	KindPhone  Kind = "phone"
	KindBSUID  Kind = "bsuid"
	KindParent Kind = "parent_bsuid"
)

// Key is one identity in one workspace.
type Key struct {
	WorkspaceID wa.WorkspaceID
	Kind        Kind
	Value       string
}

// Store is what the Book needs of the database.
type Store interface {
	// Find returns the contacts that these keys lead to.
	Find(tx txn.Tx, keys []Key) (map[Key]*wa.Contact, error)
	// Accounts returns, for each of these contacts, the WhatsApp Business Accounts
	// through whose numbers a BSUID of the person was first seen.
	Accounts(tx txn.Tx, contacts []wa.ContactID) (map[wa.ContactID][]wa.WABAID, error)
	// Insert adds contacts.
	Insert(tx txn.Tx, contacts []*wa.Contact) error
	// Update writes what was learned, and nothing else: what others change of a
	// contact at the same moment stays.
	Update(tx txn.Tx, changes []*Change, now time.Time) error
	// Claim makes keys lead to contacts; a key that is new must be new in the
	// database too, or the transaction is tried again: two first messages of one
	// person may come at once.
	Claim(tx txn.Tx, fresh, moved map[Key]Owner) error
}

// Owner is whom a key leads to, and through which account it was seen; empty
// when the house named it itself.
type Owner struct {
	Contact wa.ContactID
	Seen    wa.WABAID
}

// Change is what was learned about a contact.
type Change struct {
	Contact   *wa.Contact
	Learned   wa.Identity // empty members stay as they are
	LostPhone wa.Phone    // the number is no longer this person's
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Book finds and makes contacts.
type Book struct {
	store   Store
	journal Journal
	newID   func() int64
	now     func() time.Time
}

// New makes a Book.
func New(store Store, j Journal, newID func() int64, now func() time.Time) *Book {
	return &Book{store: store, journal: j, newID: newID, now: now}
}

// keys are the identities of a sighting, the most telling first. A BSUID
// belongs to one person for as long as it lives; a number may pass on.
func keys(s wa.Sighting) []Key {
	var out []Key
	add := func(kind Kind, value string) {
		if value != "" {
			out = append(out, Key{s.WorkspaceID, kind, value})
		}
	}
	add(KindBSUID, string(s.Identity.BSUID))
	add(KindParent, string(s.Identity.ParentBSUID))
	add(KindPhone, string(s.Identity.Phone))
	return out
}
