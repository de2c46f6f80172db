package contact

import (
	"cmp"
	"slices"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Resolve finds the contact of each sighting, or makes one, and keeps what the
// sighting tells anew. The answer has one contact for each sighting, in order;
// it is nil where nothing identifies the person.
//
// Rules: the BSUID decides, then the parent BSUID, then the phone. A phone whose
// contact is known to this account by another BSUID has passed to a new person:
// it leads to the new contact from now on, and the old one keeps its history. If
// only other accounts know that contact's BSUID, both are the same person, since
// each business portfolio has its own BSUID for everybody (cloud-api.md 2.3).
func (b *Book) Resolve(tx txn.Tx, seen []wa.Sighting) ([]*wa.Contact, error) {
	r := &resolution{book: b, fresh: map[Key]Owner{}, moved: map[Key]Owner{}, changes: map[*wa.Contact]*Change{}}
	if err := r.look(tx, seen); err != nil {
		return nil, err
	}
	out := make([]*wa.Contact, len(seen))
	for i, s := range seen {
		out[i] = r.place(s)
	}
	return out, r.store(tx)
}

// resolution is the work of one Resolve or Renumber.
type resolution struct {
	book     *Book
	known    map[Key]*wa.Contact
	accounts map[wa.ContactID][]wa.WABAID // of contacts whose phone may have passed on
	created  []*wa.Contact
	changes  map[*wa.Contact]*Change
	fresh    map[Key]Owner
	moved    map[Key]Owner
}

// look finds what is known of these people: first by the most telling key of
// each, which is all there is to ask for nearly every message, then by the
// others where they may tell more.
func (r *resolution) look(tx txn.Tx, seen []wa.Sighting) (err error) {
	var first, rest []Key
	for _, s := range seen {
		if ks := keys(s); len(ks) > 0 {
			first = append(first, ks[0])
		}
	}
	if r.known, err = r.book.store.Find(tx, unique(first)); err != nil {
		return err
	}
	for _, s := range seen {
		ks := keys(s)
		if len(ks) < 2 {
			continue
		}
		// A contact's own phone always leads to it, so it need not be asked for.
		if c := r.known[ks[0]]; c == nil || s.Identity.ParentBSUID != "" || c.Phone != s.Identity.Phone {
			rest = append(rest, ks[1:]...)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	more, err := r.book.store.Find(tx, unique(rest))
	if err != nil {
		return err
	}
	r.join(more)
	return r.lookForAccounts(tx, seen)
}

// join adds what a second look found; a person has one *wa.Contact in a resolution.
func (r *resolution) join(more map[Key]*wa.Contact) {
	byID := make(map[wa.ContactID]*wa.Contact, len(r.known))
	for _, c := range r.known {
		byID[c.ID] = c
	}
	for k, c := range more {
		if same := byID[c.ID]; same != nil {
			c = same
		}
		byID[c.ID] = c
		r.known[k] = c
	}
}

func (r *resolution) lookForAccounts(tx txn.Tx, seen []wa.Sighting) (err error) {
	var doubtful []wa.ContactID
	for _, s := range seen {
		c := r.known[Key{s.WorkspaceID, KindPhone, string(s.Identity.Phone)}]
		if c != nil && s.Identity.BSUID != "" && c.BSUID != "" && c.BSUID != s.Identity.BSUID {
			doubtful = append(doubtful, c.ID)
		}
	}
	if len(doubtful) == 0 {
		return nil
	}
	slices.Sort(doubtful)
	r.accounts, err = r.book.store.Accounts(tx, slices.Compact(doubtful))
	return err
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
	told := s.Identity
	if c.BSUID != "" && !r.replaces(c, s) {
		told.BSUID = ""
	}
	r.claim(c, ks, s.WABAID)
	r.learn(c, told)
	return c
}

func (r *resolution) find(s wa.Sighting, ks []Key) *wa.Contact {
	for _, k := range ks {
		c, ok := r.known[k]
		if !ok {
			continue
		}
		if k.Kind == KindPhone && s.Identity.BSUID != "" && c.BSUID != "" && c.BSUID != s.Identity.BSUID && !r.elsewhere(c, s.WABAID) {
			return nil // the number has a new owner
		}
		return c
	}
	return nil
}

// elsewhere reports whether c's BSUIDs are those of other accounts only.
func (r *resolution) elsewhere(c *wa.Contact, account wa.WABAID) bool {
	accounts := r.accounts[c.ID]
	return account != "" && len(accounts) > 0 && !slices.Contains(accounts, account) && !slices.Contains(accounts, "")
}

// replaces reports whether a sighting's BSUID takes the place of the one that c
// is shown and addressed by: not when c had it all along, and not when it is
// another portfolio's.
func (r *resolution) replaces(c *wa.Contact, s wa.Sighting) bool {
	if s.Identity.BSUID == "" || s.Identity.BSUID == c.BSUID {
		return false
	}
	owner, known := r.known[Key{s.WorkspaceID, KindBSUID, string(s.Identity.BSUID)}]
	return !(known && owner == c) && !r.elsewhere(c, s.WABAID)
}

// claim makes keys lead to c. A phone that leads to somebody else is taken from
// them, so that nobody is addressed by a number that is no longer theirs.
func (r *resolution) claim(c *wa.Contact, ks []Key, account wa.WABAID) {
	for _, k := range ks {
		old, had := r.known[k]
		if had && old.ID == c.ID || k.Kind == KindPhone && string(c.Phone) == k.Value {
			continue
		}
		if _, unwritten := r.fresh[k]; !had || unwritten {
			r.fresh[k] = Owner{c.ID, account}
		} else {
			r.moved[k] = Owner{c.ID, account}
		}
		if had && k.Kind == KindPhone && string(old.Phone) == k.Value {
			r.lose(old)
		}
		r.known[k] = c
	}
}

// learn keeps what WhatsApp tells of a person.
func (r *resolution) learn(c *wa.Contact, i wa.Identity) {
	news := wa.Identity{
		ProfileName: learned(&c.ProfileName, i.ProfileName), Username: learned(&c.Username, i.Username),
		Phone: learned(&c.Phone, i.Phone), BSUID: learned(&c.BSUID, i.BSUID),
	}
	if news == (wa.Identity{}) {
		return
	}
	change := r.change(c)
	change.Learned.ProfileName = cmp.Or(news.ProfileName, change.Learned.ProfileName)
	change.Learned.Username = cmp.Or(news.Username, change.Learned.Username)
	change.Learned.Phone = cmp.Or(news.Phone, change.Learned.Phone)
	change.Learned.BSUID = cmp.Or(news.BSUID, change.Learned.BSUID)
}

// learned sets field to value, if there is one, and returns it if that was news.
func learned[T ~string](field *T, value T) (news T) {
	if value == "" || value == *field {
		return ""
	}
	*field = value
	return value
}

// lose takes a contact's number away.
func (r *resolution) lose(c *wa.Contact) {
	change := r.change(c)
	change.LostPhone, change.Learned.Phone, c.Phone = c.Phone, "", ""
}

func (r *resolution) change(c *wa.Contact) *Change {
	if r.changes[c] == nil {
		r.changes[c] = &Change{Contact: c}
	}
	return r.changes[c]
}

func (r *resolution) store(tx txn.Tx) error {
	if err := r.book.store.Insert(tx, r.created); err != nil {
		return err
	}
	if err := r.book.store.Claim(tx, r.fresh, r.moved); err != nil {
		return err
	}
	for _, c := range r.created { // written whole
		delete(r.changes, c)
	}
	if len(r.changes) == 0 {
		return nil
	}
	changes := make([]*Change, 0, len(r.changes))
	for _, c := range r.changes {
		changes = append(changes, c)
	}
	// In one order everywhere, so that two writers never wait for each other.
	slices.SortFunc(changes, func(a, b *Change) int { return cmp.Compare(a.Contact.ID, b.Contact.ID) })
	now := r.book.now()
	if err := r.book.store.Update(tx, changes, now); err != nil {
		return err
	}
	facts := make([]journal.Fact, len(changes))
	for i, c := range changes {
		facts[i] = journal.Fact{WorkspaceID: c.Contact.WorkspaceID, Kind: journal.ContactChanged, ContactID: c.Contact.ID, At: now}
	}
	return r.book.journal.Append(tx, facts...)
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
