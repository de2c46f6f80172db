package inbox

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// This file lets customers change and take back what they wrote. WhatsApp sends
// an edit or a revoke as a message of its own, in any order: one that comes
// before the message it speaks of waits for it. Only who wrote a message changes
// it, so both are in one conversation, and its lock decides who comes first: the
// later one finds the earlier. The conversation says whether anything waits, so
// that all others pay nothing for it.

// Change is an edit or revoke that waits for its original.
type Change struct {
	ConversationID wa.ConversationID
	Original       wa.Wamid
	MessageID      wa.MessageID // of the edit or revoke
}

// originalOf is the message that an edit or revoke speaks of; empty for others.
func originalOf(m *wa.Message) wa.Wamid {
	switch c := &m.Content; {
	case c.Type == wa.TypeEdit && c.Edit != nil && c.Edit.Message != nil:
		return c.Edit.OriginalMessageID
	case c.Type == wa.TypeRevoke && c.Revoke != nil:
		return c.Revoke.OriginalMessageID
	}
	return ""
}

// revise applies the edits and revokes among new messages, and those that waited
// for one of these.
func (i *Inbox) revise(tx txn.Tx, messages []*wa.Message, conversations map[Pair]*Conversation, now time.Time) ([]journal.Fact, error) {
	changes, open, err := i.awaited(tx, messages, conversations)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		if originalOf(m) != "" {
			changes = append(changes, m)
		}
	}
	slices.SortStableFunc(changes, func(a, b *wa.Message) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	var facts []journal.Fact
	var early []Change
	for _, m := range changes {
		original, err := i.Store.ByWamid(tx, m.NumberID, originalOf(m))
		switch {
		case err != nil:
			return nil, err
		case original == nil:
			early = append(early, Change{m.ConversationID, originalOf(m), m.ID})
			continue
		case original.ContactID != m.ContactID || original.Direction != wa.Inbound:
			continue
		}
		told, err := i.apply(tx, m, original, now)
		if err != nil {
			return nil, err
		}
		facts = append(facts, told...)
	}
	if len(early) > 0 {
		if err := i.Store.KeepChanges(tx, early, now); err != nil {
			return nil, err
		}
	}
	if len(open) > 0 {
		err = i.Store.SettleChanges(tx, open)
	}
	return facts, err
}

// awaited takes the changes that waited for new messages; open are the
// conversations in which something waited.
func (i *Inbox) awaited(tx txn.Tx, messages []*wa.Message, conversations map[Pair]*Conversation) (changes []*wa.Message, open []wa.ConversationID, err error) {
	var asked []Change
	whose := map[wa.ConversationID]wa.WorkspaceID{}
	for _, m := range messages {
		if c := conversations[Pair{m.NumberID, m.ContactID}]; c.ChangesWait {
			asked = append(asked, Change{ConversationID: c.ID, Original: m.Wamid})
			whose[c.ID] = c.WorkspaceID
		}
	}
	if len(asked) == 0 {
		return nil, nil, nil
	}
	taken, err := i.Store.TakeChanges(tx, asked)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range taken {
		m, found, err := i.Store.Message(tx, whose[c.ConversationID], c.MessageID)
		if err != nil {
			return nil, nil, err
		}
		if found {
			changes = append(changes, &m)
		}
	}
	return changes, slices.Sorted(maps.Keys(whose)), nil
}

// apply changes an original. Whatever the order in which changes come, the
// youngest edit stands.
func (i *Inbox) apply(tx txn.Tx, m, original *wa.Message, now time.Time) ([]journal.Fact, error) {
	if m.Content.Type == wa.TypeRevoke {
		if original.RevokedAt.IsZero() || m.At.Before(original.RevokedAt) {
			original.RevokedAt = m.At
		}
		return fact(original, journal.MessageRevoked, now), i.Store.UpdateContent(tx, original)
	}
	if original.EditedAt.After(m.At) {
		return nil, nil
	}
	previous := original.Content
	m.Content.Edit.Previous = &previous
	if err := i.Store.UpdateContent(tx, m); err != nil {
		return nil, err
	}
	original.Content = *m.Content.Edit.Message
	original.Content.Context, original.Content.Referral = previous.Context, previous.Referral
	keepFile(&original.Content, &previous)
	original.EditedAt = m.At
	return fact(original, journal.MessageEdited, now), i.Store.UpdateContent(tx, original)
}

// keepFile leaves a message its file: people change the words beside it.
func keepFile(edited, previous *wa.Content) {
	words, file := edited.MediaPart(), previous.MediaPart()
	if words == nil || file == nil || edited.Type != previous.Type {
		return
	}
	caption := words.Caption
	*words = *file
	words.Caption = caption
}
