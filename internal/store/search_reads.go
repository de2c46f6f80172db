package store

import (
	"slices"
	"strconv"

	"kontor/internal/search"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// searchRun is how many messages are read from one place: those that are indexed
// together lie together, so they are read in runs and not one by one.
const searchRun = 500

// MessagesByID implements search.Store. It reads runs of ids, leaving out what
// was not asked for; where few of a run are wanted it goes on behind it.
func (q Search) MessagesByID(tx txn.Tx, ids []wa.MessageID) (out []wa.Message, err error) {
	t := within(tx)
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for len(ids) > 0 {
		seen, last := 0, wa.MessageID(0)
		limit := min(len(ids), searchRun)
		err := t.query(`SELECT `+messageColumns+` FROM message m WHERE m.id >= $1 AND m.id <= $2 ORDER BY m.id LIMIT $3`, func(scan func(...any) error) error {
			var m wa.Message
			if err := q.s.scanMessage(scan, &m); err != nil {
				return err
			}
			seen, last = seen+1, m.ID
			if _, wanted := slices.BinarySearch(ids, m.ID); wanted {
				out = append(out, m)
			}
			return nil
		}, int64(ids[0]), int64(ids[len(ids)-1]), limit)
		if err != nil || seen < limit {
			return out, err
		}
		behind, found := slices.BinarySearch(ids, last)
		if found {
			behind++
		}
		ids = ids[behind:]
	}
	return out, nil
}

// MessagesBefore implements search.Store.
func (q Search) MessagesBefore(tx txn.Tx, before wa.MessageID, limit int) (out []wa.Message, err error) {
	err = within(tx).query(`SELECT `+messageColumns+` FROM message m WHERE m.id < $1 ORDER BY m.id DESC LIMIT $2`, func(scan func(...any) error) error {
		var m wa.Message
		err := q.s.scanMessage(scan, &m)
		out = append(out, m)
		return err
	}, int64(before), limit)
	return out, err
}

// searchAtOnce is how many documents one statement looks up. It always names so
// many, with zeros for those that are too few, so that there is one text of it:
// SQLite's readers prepare each statement anew, so a statement a row costs more
// than the rows do.
const searchAtOnce = 64

// atOnce hands over ids in portions, as the arguments of a statement behind the workspace.
func atOnce[T ~int64](ws wa.WorkspaceID, ids []T, ask func(args []any) error) error {
	for part := range slices.Chunk(ids, searchAtOnce) {
		args := make([]any, 1+searchAtOnce)
		args[0] = int64(ws)
		for i := range searchAtOnce {
			args[1+i] = int64(0)
			if i < len(part) {
				args[1+i] = int64(part[i])
			}
		}
		if err := ask(args); err != nil {
			return err
		}
	}
	return nil
}

// Found implements search.Store. The contacts are asked for by themselves: joined,
// PostgreSQL may think it better to read all there are.
func (q Search) Found(tx txn.Tx, ws wa.WorkspaceID, ids []wa.MessageID) (out []search.Found, err error) {
	err = atOnce(ws, ids, func(args []any) error {
		return within(tx).query(`SELECT `+messageColumns+` FROM message m WHERE m.workspace_id = $1 AND m.id IN (`+placeholders(2, searchAtOnce)+`)`,
			func(scan func(...any) error) error {
				var f search.Found
				err := q.s.scanMessage(scan, &f.Message)
				out = append(out, f)
				return err
			}, args...)
	})
	if err != nil {
		return nil, err
	}
	contacts := make([]wa.ContactID, len(out))
	for i, f := range out {
		contacts[i] = f.Message.ContactID
	}
	people, err := q.contacts(tx, ws, contacts)
	for i := range out {
		out[i].Contact = people[out[i].Message.ContactID]
	}
	return out, err
}

func (q Search) contacts(tx txn.Tx, ws wa.WorkspaceID, ids []wa.ContactID) (map[wa.ContactID]wa.Contact, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	found := make(map[wa.ContactID]wa.Contact, len(ids))
	err := atOnce(ws, slices.Compact(ids), func(args []any) error {
		return within(tx).query(`SELECT `+contactColumns+` FROM contact c WHERE c.workspace_id = $1 AND c.id IN (`+placeholders(2, searchAtOnce)+`)`,
			func(scan func(...any) error) error {
				var c wa.Contact
				err := scanContact(scan, &c)
				found[c.ID] = c
				return err
			}, args...)
	})
	return found, err
}

// MessageIDsOf implements search.Store.
func (q Search) MessageIDsOf(tx txn.Tx, ws wa.WorkspaceID, conversation wa.ConversationID, before wa.MessageID, limit int) (ids []int64, err error) {
	err = within(tx).query(`SELECT m.id FROM message m WHERE m.conversation_id = $1 AND m.workspace_id = $2 AND m.id < $3 ORDER BY m.id DESC LIMIT $4`,
		func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			ids = append(ids, id)
			return err
		}, int64(conversation), int64(ws), int64(before), limit)
	return ids, err
}

// Labeled implements search.Store.
func (q Search) Labeled(tx txn.Tx, ws wa.WorkspaceID, label wa.LabelID, ids []wa.ConversationID) (map[wa.ConversationID]bool, error) {
	has := map[wa.ConversationID]bool{}
	err := atOnce(ws, ids, func(args []any) error {
		return within(tx).query(`
			SELECT conversation_id FROM conversation_label
			WHERE workspace_id = $1 AND conversation_id IN (`+placeholders(2, searchAtOnce)+`) AND label_id = $`+strconv.Itoa(2+searchAtOnce),
			func(scan func(...any) error) error {
				var id wa.ConversationID
				err := scan(&id)
				has[id] = true
				return err
			}, append(args, int64(label))...)
	})
	return has, err
}

// ContactsByID implements search.Store.
func (q Search) ContactsByID(tx txn.Tx, ids []wa.ContactID) (out []wa.Contact, err error) {
	err = within(tx).many(`SELECT `+contactColumns+` FROM ({rows}) v JOIN contact c ON c.id = v.id`, []column{ints("id", ids)},
		func(scan func(...any) error) error {
			var c wa.Contact
			err := scanContact(scan, &c)
			out = append(out, c)
			return err
		})
	return out, err
}

// ContactsBefore implements search.Store.
func (q Search) ContactsBefore(tx txn.Tx, before wa.ContactID, limit int) (out []wa.Contact, err error) {
	err = within(tx).query(`SELECT `+contactColumns+` FROM contact c WHERE c.id < $1 ORDER BY c.id DESC LIMIT $2`, func(scan func(...any) error) error {
		var c wa.Contact
		err := scanContact(scan, &c)
		out = append(out, c)
		return err
	}, int64(before), limit)
	return out, err
}

// People implements search.Store.
func (q Search) People(tx txn.Tx, ws wa.WorkspaceID, ids []wa.ContactID) ([]search.Person, error) {
	contacts, err := q.contacts(tx, ws, ids)
	if err != nil {
		return nil, err
	}
	newest := make(map[wa.ContactID]search.Person, len(ids))
	err = atOnce(ws, ids, func(args []any) error {
		return within(tx).query(`SELECT id, contact_id, number_id, last_at FROM conversation WHERE workspace_id = $1 AND contact_id IN (`+placeholders(2, searchAtOnce)+`)`,
			func(scan func(...any) error) error {
				var p search.Person
				var id wa.ContactID
				var last int64
				err := scan(&p.ConversationID, &id, &p.NumberID, &last)
				if p.LastAt = at(last); p.LastAt.After(newest[id].LastAt) || newest[id].ConversationID == 0 {
					newest[id] = p
				}
				return err
			}, args...)
	})
	out := make([]search.Person, 0, len(contacts))
	for _, id := range ids {
		if c, there := contacts[id]; there {
			p := newest[id]
			p.Contact = c
			out = append(out, p)
		}
	}
	return out, err
}

// Gone implements search.Store.
func (q Search) Gone(tx txn.Tx, kind search.Kind, ids []int64) (gone []int64, err error) {
	table := "message"
	if kind == search.Contacts {
		table = "contact"
	}
	for part := range slices.Chunk(ids, searchRun) {
		there := make(map[int64]bool, len(part))
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		err := within(tx).query(`SELECT id FROM `+table+` WHERE id IN (`+placeholders(1, len(part))+`)`, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			there[id] = true
			return err
		}, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range part {
			if !there[id] {
				gone = append(gone, id)
			}
		}
	}
	return gone, nil
}
