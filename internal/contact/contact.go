// Package contact keeps people. A person is not a phone number (law 7): a
// phone, a BSUID and a username are identities of a contact, any of which may
// be missing, appear later, or pass to somebody else.
package contact

import (
	"slices"
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
	// Insert adds contacts.
	Insert(tx txn.Tx, contacts []*wa.Contact) error
	// Update writes name, profile, phone, BSUID, username and language of contacts.
	Update(tx txn.Tx, contacts []*wa.Contact, now time.Time) error
	// Claim makes keys lead to contacts; a key that is new must be new in the
	// database too, or the transaction is tried again: two first messages of one
	// person may come at once.
	Claim(tx txn.Tx, fresh, moved map[Key]wa.ContactID) error
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

// Resolve finds the contact of each sighting, or makes one, and keeps what the
// sighting tells anew. The answer has one contact for each sighting, in order;
// it is nil where nothing identifies the person.
//
// Rules: the BSUID decides, then the parent BSUID, then the phone. A phone
// whose contact has another BSUID has passed to a new person: it leads to the
// new contact from now on, and the old one keeps its history.
func (b *Book) Resolve(tx txn.Tx, seen []wa.Sighting) ([]*wa.Contact, error) {
	var all []Key
	for _, s := range seen {
		all = append(all, keys(s)...)
	}
	known, err := b.store.Find(tx, unique(all))
	if err != nil {
		return nil, err
	}
	r := resolution{book: b, known: known, fresh: map[Key]wa.ContactID{}, moved: map[Key]wa.ContactID{}}
	out := make([]*wa.Contact, len(seen))
	for i, s := range seen {
		out[i] = r.place(s)
	}
	return out, r.store(tx)
}

// resolution is the work of one Resolve.
type resolution struct {
	book    *Book
	known   map[Key]*wa.Contact
	created []*wa.Contact
	changed []*wa.Contact
	fresh   map[Key]wa.ContactID
	moved   map[Key]wa.ContactID
}

func (r *resolution) place(s wa.Sighting) *wa.Contact {
	ks := keys(s)
	if len(ks) == 0 {
		return nil
	}
	c := r.find(s, ks)
	if c == nil {
		c = &wa.Contact{ID: wa.ContactID(r.book.newID()), WorkspaceID: s.WorkspaceID, CreatedAt: r.book.now()}
		r.created = append(r.created, c)
	}
	for _, k := range ks {
		old, had := r.known[k]
		if had && old.ID == c.ID {
			continue
		}
		_, unwritten := r.fresh[k]
		switch {
		case !had || unwritten:
			r.fresh[k] = c.ID
		default:
			r.moved[k] = c.ID
		}
		if had && k.Kind == KindPhone && string(old.Phone) == k.Value {
			old.Phone = ""
			r.change(old)
		}
		r.known[k] = c
	}
	if learn(c, s.Identity) {
		r.change(c)
	}
	return c
}

func (r *resolution) find(s wa.Sighting, ks []Key) *wa.Contact {
	for _, k := range ks {
		c, ok := r.known[k]
		if !ok {
			continue
		}
		if k.Kind == KindPhone && s.Identity.BSUID != "" && c.BSUID != "" && c.BSUID != s.Identity.BSUID {
			return nil // the number has a new owner
		}
		return c
	}
	return nil
}

// learn keeps what WhatsApp tells of a person and reports whether it was news.
func learn(c *wa.Contact, i wa.Identity) bool {
	before := *c
	set(&c.ProfileName, i.ProfileName)
	set(&c.Username, i.Username)
	set(&c.Phone, i.Phone)
	set(&c.BSUID, i.BSUID)
	return *c != before
}

func set[T ~string](field *T, value T) {
	if value != "" {
		*field = value
	}
}

func (r *resolution) change(c *wa.Contact) {
	if !slices.Contains(r.created, c) && !slices.Contains(r.changed, c) {
		r.changed = append(r.changed, c)
	}
}

func (r *resolution) store(tx txn.Tx) error {
	if err := r.book.store.Insert(tx, r.created); err != nil {
		return err
	}
	if err := r.book.store.Claim(tx, r.fresh, r.moved); err != nil {
		return err
	}
	if len(r.changed) == 0 {
		return nil
	}
	// In one order everywhere, so that two writers never wait for each other.
	slices.SortFunc(r.changed, func(a, b *wa.Contact) int { return int(min(max(a.ID-b.ID, -1), 1)) })
	now := r.book.now()
	if err := r.book.store.Update(tx, r.changed, now); err != nil {
		return err
	}
	facts := make([]journal.Fact, len(r.changed))
	for i, c := range r.changed {
		facts[i] = journal.Fact{WorkspaceID: c.WorkspaceID, Kind: journal.ContactChanged, ContactID: c.ID, At: now}
	}
	return r.book.journal.Append(tx, facts...)
}

// Renumber applies what WhatsApp says of a person who changed the number or got
// a new BSUID (cloud-api.md 2.5): the new identities lead to the same contact.
func (b *Book) Renumber(tx txn.Tx, ws wa.WorkspaceID, old wa.Identity, s wa.System) error {
	if s.PreviousUserID != "" {
		old.BSUID = s.PreviousUserID
	}
	found, err := b.store.Find(tx, keys(wa.Sighting{WorkspaceID: ws, Identity: old}))
	if err != nil || len(found) == 0 {
		return err
	}
	var c *wa.Contact
	for _, k := range keys(wa.Sighting{WorkspaceID: ws, Identity: old}) {
		if c = found[k]; c != nil {
			break
		}
	}
	now := wa.Identity{Phone: s.WaID, BSUID: s.UserID, ParentBSUID: s.ParentUserID}
	taken, err := b.store.Find(tx, keys(wa.Sighting{WorkspaceID: ws, Identity: now}))
	if err != nil {
		return err
	}
	r := resolution{book: b, known: taken, fresh: map[Key]wa.ContactID{}, moved: map[Key]wa.ContactID{}}
	for _, k := range keys(wa.Sighting{WorkspaceID: ws, Identity: now}) {
		if other, ok := taken[k]; !ok {
			r.fresh[k] = c.ID
		} else if other.ID != c.ID {
			r.moved[k] = c.ID
		}
	}
	if learn(c, now) {
		r.change(c)
	}
	return r.store(tx)
}

func unique(ks []Key) []Key {
	seen := make(map[Key]bool, len(ks))
	out := ks[:0]
	for _, k := range ks {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
