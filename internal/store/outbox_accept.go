package store

import (
	"cmp"
	"fmt"
	"slices"

	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Outbox keeps what is to be sent and what became of it.
type Outbox struct{ s *Store }

// Outbox returns the queries of package outbox.
func (s *Store) Outbox() Outbox { return Outbox{s} }

var _ outbox.Store = Outbox{}

// NewMessageID implements outbox.Store.
func (q Outbox) NewMessageID() wa.MessageID { return wa.MessageID(q.s.NewID()) }

// keyRef finds a Key again by what the database answers.
type keyRef struct {
	ws  wa.WorkspaceID
	key string
}

func keysByRef(keys []*outbox.Key) (byRef map[keyRef]*outbox.Key, workspaces []wa.WorkspaceID, texts []string) {
	byRef = make(map[keyRef]*outbox.Key, len(keys))
	for _, k := range keys {
		byRef[keyRef{k.WorkspaceID, k.Key}] = k
		workspaces, texts = append(workspaces, k.WorkspaceID), append(texts, k.Key)
	}
	return byRef, workspaces, texts
}

// FindKeys implements outbox.Store.
func (q Outbox) FindKeys(tx txn.Tx, keys []*outbox.Key) error {
	byRef, workspaces, names := keysByRef(keys)
	return within(tx).many(`
		SELECT i.workspace_id, i.key, i.fingerprint, m.id, m.conversation_id, m.contact_id, m.number_id
		FROM ({rows}) v
		JOIN idempotency i ON i.workspace_id = v.workspace_id AND i.key = v.key
		JOIN message m ON m.id = i.message_id`,
		[]column{ints("workspace_id", workspaces), texts("key", names)},
		func(scan func(...any) error) error {
			var ref keyRef
			var print []byte
			var r outbox.Receipt
			if err := scan(&ref.ws, &ref.key, &print, &r.MessageID, &r.ConversationID, &r.ContactID, &r.NumberID); err != nil {
				return err
			}
			k := byRef[ref]
			k.Found, k.FoundFingerprint, k.Receipt = true, print, r
			return nil
		})
}

// ReserveKeys implements outbox.Store. Keys are written in their order, so that
// two writers with the same keys wait for each other instead of both.
func (q Outbox) ReserveKeys(tx txn.Tx, keys []*outbox.Key) error {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b *outbox.Key) int {
		return cmp.Or(cmp.Compare(a.WorkspaceID, b.WorkspaceID), cmp.Compare(a.Key, b.Key))
	})
	byRef, workspaces, names := keysByRef(keys)
	n := len(keys)
	prints, messages, created := make([][]byte, n), make([]wa.MessageID, n), make([]int64, n)
	for i, k := range keys {
		prints[i], messages[i], created[i] = k.Fingerprint, k.MessageID, ms(k.At)
	}
	return within(tx).many(`
		INSERT INTO idempotency (workspace_id, key, fingerprint, message_id, created_at) {rows}
		ON CONFLICT (workspace_id, key) DO NOTHING
		RETURNING workspace_id, key`,
		[]column{ints("workspace_id", workspaces), texts("key", names), bytea("fingerprint", prints), ints("message_id", messages), ints("created_at", created)},
		func(scan func(...any) error) error {
			var ref keyRef
			if err := scan(&ref.ws, &ref.key); err != nil {
				return err
			}
			byRef[ref].Won = true
			return nil
		})
}

// ForgetKeys implements outbox.Store.
func (q Outbox) ForgetKeys(tx txn.Tx, keys []*outbox.Key) error {
	_, workspaces, names := keysByRef(keys)
	return within(tx).many(`
		DELETE FROM idempotency WHERE (workspace_id, key) IN (SELECT workspace_id, key FROM ({rows}) v)`,
		[]column{ints("workspace_id", workspaces), texts("key", names)}, nil)
}

// FindRefs implements outbox.Store.
func (q Outbox) FindRefs(tx txn.Tx, refs []*outbox.Ref) error {
	var places []int64
	var conversations []wa.ConversationID
	var ids []wa.MessageID
	var byWamid []int64
	var numbers []wa.NumberID
	var named []wa.ConversationID
	var wamids []wa.Wamid
	for i, r := range refs {
		if r.ID != 0 {
			places, conversations, ids = append(places, int64(i)), append(conversations, r.ConversationID), append(ids, r.ID)
		} else {
			byWamid, numbers, named, wamids = append(byWamid, int64(i)), append(numbers, r.NumberID), append(named, r.ConversationID), append(wamids, r.Wamid)
		}
	}
	take := func(scan func(...any) error) error {
		var place, said, revoked int64
		var id wa.MessageID
		var wamid wa.Wamid
		var kind wa.Type
		if err := scan(&place, &id, &wamid, &kind, &said, &revoked); err != nil {
			return err
		}
		r := refs[place]
		r.Found, r.FoundID, r.Known, r.Type, r.At, r.Revoked = true, id, wamid, kind, at(said), revoked != 0
		return nil
	}
	if len(places) > 0 {
		if err := within(tx).many(`
			SELECT v.place, m.id, m.wamid, m.type, m.at, m.revoked_at FROM ({rows}) v
			JOIN message m ON m.id = v.id AND m.conversation_id = v.conversation_id`,
			[]column{ints("place", places), ints("conversation_id", conversations), ints("id", ids)}, take); err != nil {
			return err
		}
	}
	if len(byWamid) == 0 {
		return nil
	}
	return within(tx).many(`
		SELECT v.place, m.id, m.wamid, m.type, m.at, m.revoked_at FROM ({rows}) v
		JOIN message m ON m.number_id = v.number_id AND m.wamid = v.wamid AND m.conversation_id = v.conversation_id AND m.wamid <> ''`,
		[]column{ints("place", byWamid), ints("number_id", numbers), ints("conversation_id", named), texts("wamid", wamids)}, take)
}

// Count implements outbox.Store.
func (q Outbox) Count(tx txn.Tx, usage []*outbox.Usage) error {
	type ref struct {
		number  wa.NumberID
		contact wa.ContactID
		day     int64
	}
	n := len(usage)
	numbers, contacts, days, add := make([]wa.NumberID, n), make([]wa.ContactID, n), make([]int64, n), make([]int64, n)
	byRef := make(map[ref]*outbox.Usage, n)
	for i, u := range usage {
		numbers[i], contacts[i], days[i], add[i] = u.NumberID, u.ContactID, u.Day, u.Add
		byRef[ref{u.NumberID, u.ContactID, u.Day}] = u
	}
	return within(tx).many(`
		INSERT INTO customer_usage (number_id, contact_id, day, sent) {rows}
		ON CONFLICT (number_id, contact_id, day) DO UPDATE SET sent = customer_usage.sent + excluded.sent
		RETURNING number_id, contact_id, day, sent`,
		[]column{ints("number_id", numbers), ints("contact_id", contacts), ints("day", days), ints("sent", add)},
		func(scan func(...any) error) error {
			var r ref
			var total int64
			if err := scan(&r.number, &r.contact, &r.day, &total); err != nil {
				return err
			}
			byRef[r].Total = total
			return nil
		})
}

// Insert implements outbox.Store.
func (q Outbox) Insert(tx txn.Tx, entries []*outbox.Entry) error {
	n := len(entries)
	ids, workspaces, numbers := make([]wa.MessageID, n), make([]wa.WorkspaceID, n), make([]wa.NumberID, n)
	contacts, conversations := make([]wa.ContactID, n), make([]wa.ConversationID, n)
	types, statuses, authors, opaques := make([]wa.Type, n), make([]wa.Status, n), make([]wa.AuthorKind, n), make([]string, n)
	authorIDs, times, stored := make([]int64, n), make([]int64, n), make([]int64, n)
	contents := make([][]byte, n)
	lanes, due, expires, policies := make([]outbox.Lane, n), make([]int64, n), make([]int64, n), make([]outbox.Policy, n)
	opens, failFast := make([]int64, n), make([]int64, n)
	for i, e := range entries {
		m := &e.Message
		sealed, err := q.s.sealContent(m.WorkspaceID, &m.Content)
		if err != nil {
			return fmt.Errorf("message %s: %w", m.ID, err)
		}
		ids[i], workspaces[i], numbers[i], contacts[i], conversations[i] = m.ID, m.WorkspaceID, m.NumberID, m.ContactID, m.ConversationID
		types[i], statuses[i], contents[i], opaques[i] = m.Content.Type, m.Status, sealed, m.Opaque
		authors[i], authorIDs[i] = m.Author.Kind, int64(m.Author.PersonID)
		if m.Author.Kind == wa.AuthorAPI {
			authorIDs[i] = int64(m.Author.KeyID)
		}
		times[i], stored[i] = ms(m.At), ms(m.StoredAt)
		lanes[i], due[i], expires[i], policies[i] = e.Lane, ms(e.DueAt), ms(e.ExpiresAt), e.OnUncertain
		opens[i], failFast[i] = flag(m.Content.Type == wa.TypeTemplate), flag(e.FailFast)
	}
	err := within(tx).many(`
		INSERT INTO message (id, workspace_id, number_id, contact_id, conversation_id, type, status, content_sealed, author_kind, author_id, opaque, at, stored_at, direction)
		SELECT id, workspace_id, number_id, contact_id, conversation_id, type, status, content_sealed, author_kind, author_id, opaque, at, stored_at, 'outbound' FROM ({rows}) v`,
		[]column{
			ints("id", ids), ints("workspace_id", workspaces), ints("number_id", numbers), ints("contact_id", contacts), ints("conversation_id", conversations),
			texts("type", types), texts("status", statuses), bytea("content_sealed", contents), texts("author_kind", authors), ints("author_id", authorIDs),
			texts("opaque", opaques), ints("at", times), ints("stored_at", stored),
		}, nil)
	if err != nil {
		return err
	}
	return within(tx).many(`
		INSERT INTO outbox (message_id, workspace_id, number_id, conversation_id, state, lane, due_at, expires_at, on_uncertain, opens, fail_fast)
		SELECT message_id, workspace_id, number_id, conversation_id, 'queued', lane, due_at, expires_at, on_uncertain, opens, fail_fast FROM ({rows}) v`,
		[]column{
			ints("message_id", ids), ints("workspace_id", workspaces), ints("number_id", numbers), ints("conversation_id", conversations),
			ints("lane", lanes), ints("due_at", due), ints("expires_at", expires), texts("on_uncertain", policies),
			ints("opens", opens), ints("fail_fast", failFast),
		}, nil)
}
