package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"kontor/internal/wa"
)

// messageColumns are a whole message, in the order that scanMessage reads.
const messageColumns = `m.id, m.workspace_id, m.number_id, m.contact_id, m.conversation_id, m.direction, m.wamid, m.status, m.content_sealed,
	m.author_kind, m.author_id, m.opaque, m.at, m.stored_at, m.sent_at, m.delivered_at, m.read_at, m.played_at, m.failed_at, m.edited_at, m.revoked_at,
	m.problems, m.pricing`

// scanMessage reads a message and opens what it says.
func (s *Store) scanMessage(scan func(...any) error, m *wa.Message, more ...any) error {
	var sealed []byte
	var authorID int64
	var said, stored, sent, delivered, read, played, failed, edited, revoked int64
	var problems, pricing string
	err := scan(append([]any{&m.ID, &m.WorkspaceID, &m.NumberID, &m.ContactID, &m.ConversationID, &m.Direction, &m.Wamid, &m.Status, &sealed,
		&m.Author.Kind, &authorID, &m.Opaque, &said, &stored, &sent, &delivered, &read, &played, &failed, &edited, &revoked, &problems, &pricing}, more...)...)
	if err != nil {
		return err
	}
	m.At, m.StoredAt, m.SentAt, m.DeliveredAt = at(said), at(stored), at(sent), at(delivered)
	m.ReadAt, m.PlayedAt, m.FailedAt, m.EditedAt, m.RevokedAt = at(read), at(played), at(failed), at(edited), at(revoked)
	switch m.Author.Kind {
	case wa.AuthorPerson:
		m.Author.PersonID = wa.PersonID(authorID)
	case wa.AuthorAPI:
		m.Author.KeyID = wa.KeyID(authorID)
	}
	if err := parseText(problems, &m.Problems); err != nil {
		return fmt.Errorf("message %s, problems: %w", m.ID, err)
	}
	if err := parseText(pricing, &m.Pricing); err != nil {
		return fmt.Errorf("message %s, pricing: %w", m.ID, err)
	}
	return s.openContent(m.WorkspaceID, sealed, &m.Content)
}

// jsonText is v as JSON text, or the empty text when there is nothing.
func jsonText(v any, none bool) (string, error) {
	if none {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// parseText reads what jsonText wrote.
func parseText(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// sortedIDs are the keys of a map in rising order: rows are always changed in
// this order, so that two writers never wait for each other.
func sortedIDs[K ~int64, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[K])
	return keys
}
