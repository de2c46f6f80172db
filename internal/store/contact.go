package store

import (
	"cmp"
	"slices"
	"time"

	"kontor/internal/contact"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Contacts keeps people and the identities that lead to them.
type Contacts struct{ s *Store }

var _ contact.Store = Contacts{}

// Contacts returns the queries of package contact.
func (s *Store) Contacts() Contacts { return Contacts{s} }

const contactColumns = `c.id, c.workspace_id, c.name, c.profile_name, c.phone, c.bsuid, c.username, c.language, c.created_at`

func scanContact(scan func(...any) error, c *wa.Contact, more ...any) error {
	var created int64
	err := scan(append([]any{&c.ID, &c.WorkspaceID, &c.Name, &c.ProfileName, &c.Phone, &c.BSUID, &c.Username, &c.Language, &created}, more...)...)
	c.CreatedAt = at(created)
	return err
}

// Find returns the contacts that these keys lead to; keys of one contact share
// one *Contact.
func (q Contacts) Find(tx txn.Tx, keys []contact.Key) (map[contact.Key]*wa.Contact, error) {
	found := make(map[contact.Key]*wa.Contact, len(keys))
	byID := map[wa.ContactID]*wa.Contact{}
	err := within(tx).many(`
		SELECT `+contactColumns+`, i.kind, i.value
		FROM ({rows}) v
		JOIN contact_identity i ON i.workspace_id = v.workspace_id AND i.kind = v.kind AND i.value = v.value
		JOIN contact c ON c.id = i.contact_id`, identityColumns(keys), func(scan func(...any) error) error {
		var c wa.Contact
		k := contact.Key{}
		if err := scanContact(scan, &c, &k.Kind, &k.Value); err != nil {
			return err
		}
		k.WorkspaceID = c.WorkspaceID
		if byID[c.ID] == nil {
			byID[c.ID] = &c
		}
		found[k] = byID[c.ID]
		return nil
	})
	return found, err
}

func identityColumns(keys []contact.Key) []column {
	workspaces, kinds, values := make([]int64, len(keys)), make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		workspaces[i], kinds[i], values[i] = int64(k.WorkspaceID), string(k.Kind), k.Value
	}
	return []column{ints("workspace_id", workspaces), texts("kind", kinds), texts("value", values)}
}

// Insert adds contacts.
func (q Contacts) Insert(tx txn.Tx, contacts []*wa.Contact) error {
	cols, times := contactRows(contacts)
	return within(tx).many(`
		INSERT INTO contact (id, workspace_id, name, profile_name, phone, bsuid, username, language, created_at, updated_at)
		SELECT id, workspace_id, name, profile_name, phone, bsuid, username, language, at, at FROM ({rows}) v`,
		append(cols, ints("at", times)), nil)
}

// Accounts returns the accounts through whose numbers BSUIDs of contacts were seen.
func (q Contacts) Accounts(tx txn.Tx, contacts []wa.ContactID) (map[wa.ContactID][]wa.WABAID, error) {
	found := make(map[wa.ContactID][]wa.WABAID, len(contacts))
	err := within(tx).many(`
		SELECT i.contact_id, i.waba_id FROM ({rows}) v JOIN contact_identity i ON i.contact_id = v.contact_id
		WHERE i.kind = 'bsuid'`, []column{ints("contact_id", contacts)}, func(scan func(...any) error) error {
		var id wa.ContactID
		var account wa.WABAID
		err := scan(&id, &account)
		found[id] = append(found[id], account)
		return err
	})
	return found, err
}

// Update writes what was learned of contacts. A column of which nothing was
// learned keeps what it has now, which may be newer than what was read.
func (q Contacts) Update(tx txn.Tx, changes []*contact.Change, now time.Time) error {
	n := len(changes)
	idents, workspaces, times := make([]int64, n), make([]int64, n), make([]int64, n)
	profiles, usernames, bsuids, phones, lost := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, c := range changes {
		idents[i], workspaces[i], times[i] = int64(c.Contact.ID), int64(c.Contact.WorkspaceID), ms(now)
		profiles[i], usernames[i], bsuids[i] = c.Learned.ProfileName, c.Learned.Username, string(c.Learned.BSUID)
		phones[i], lost[i] = string(c.Learned.Phone), string(c.LostPhone)
	}
	return within(tx).many(`
		UPDATE contact SET
			profile_name = CASE WHEN v.profile_name <> '' THEN v.profile_name ELSE contact.profile_name END,
			username = CASE WHEN v.username <> '' THEN v.username ELSE contact.username END,
			bsuid = CASE WHEN v.bsuid <> '' THEN v.bsuid ELSE contact.bsuid END,
			phone = CASE WHEN v.phone <> '' THEN v.phone WHEN contact.phone = v.lost_phone THEN '' ELSE contact.phone END,
			updated_at = v.at
		FROM ({rows}) v WHERE contact.id = v.id AND contact.workspace_id = v.workspace_id`, []column{
		ints("id", idents), ints("workspace_id", workspaces), texts("profile_name", profiles), texts("username", usernames),
		texts("bsuid", bsuids), texts("phone", phones), texts("lost_phone", lost), ints("at", times),
	}, nil)
}

func contactRows(contacts []*wa.Contact) (cols []column, created []int64) {
	n := len(contacts)
	idents, workspaces := make([]int64, n), make([]int64, n)
	names, profiles, phones, bsuids, usernames, languages := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	created = make([]int64, n)
	for i, c := range contacts {
		idents[i], workspaces[i] = int64(c.ID), int64(c.WorkspaceID)
		names[i], profiles[i], phones[i], bsuids[i], usernames[i], languages[i] = c.Name, c.ProfileName, string(c.Phone), string(c.BSUID), c.Username, c.Language
		created[i] = ms(c.CreatedAt)
	}
	return []column{
		ints("id", idents), ints("workspace_id", workspaces), texts("name", names), texts("profile_name", profiles),
		texts("phone", phones), texts("bsuid", bsuids), texts("username", usernames), texts("language", languages),
	}, created
}

// Claim makes keys lead to contacts. A fresh key that another writer has made
// meanwhile breaks the unique key, and the transaction is tried again.
func (q Contacts) Claim(tx txn.Tx, fresh, moved map[contact.Key]contact.Owner) error {
	t := within(tx)
	err := t.many(`INSERT INTO contact_identity (workspace_id, kind, value, contact_id, waba_id) {rows}`, claimColumns(fresh), nil)
	if err != nil {
		return err
	}
	return t.many(`
		UPDATE contact_identity SET contact_id = v.contact_id, waba_id = v.waba_id FROM ({rows}) v
		WHERE contact_identity.workspace_id = v.workspace_id AND contact_identity.kind = v.kind AND contact_identity.value = v.value`,
		claimColumns(moved), nil)
}

// claimColumns puts rows in one order, so that two writers never wait for each other.
func claimColumns(m map[contact.Key]contact.Owner) []column {
	keys := make([]contact.Key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b contact.Key) int {
		return cmp.Or(cmp.Compare(a.WorkspaceID, b.WorkspaceID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
	})
	owners, accounts := make([]wa.ContactID, len(keys)), make([]wa.WABAID, len(keys))
	for i, k := range keys {
		owners[i], accounts[i] = m[k].Contact, m[k].Seen
	}
	return append(identityColumns(keys), ints("contact_id", owners), texts("waba_id", accounts))
}

// ByID finds one contact of a workspace.
func (q Contacts) ByID(tx txn.Tx, ws wa.WorkspaceID, id wa.ContactID) (c wa.Contact, found bool, err error) {
	err = within(tx).query(`SELECT `+contactColumns+` FROM contact c WHERE c.id = $1 AND c.workspace_id = $2`,
		func(scan func(...any) error) error {
			found = true
			return scanContact(scan, &c)
		}, int64(id), int64(ws))
	return c, found, err
}
