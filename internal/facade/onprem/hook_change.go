package onprem

import (
	"context"

	"kontor/internal/premises"
	"kontor/internal/wa"
)

// The types of a system message in the old API (on-premises-api.md 4.2).
const (
	changedNumber   = "user_changed_number"
	changedIdentity = "user_identity_changed"
)

// systemType is what the old API called a change; empty for those that it did
// not know, as of a business-scoped id.
func systemType(s *wa.System) string {
	if s == nil {
		return ""
	}
	switch s.Type {
	case changedNumber, "customer_changed_number":
		return changedNumber
	case changedIdentity, "customer_identity_changed":
		return changedIdentity
	}
	return ""
}

// wantsSystem tells whether the client asked to be told of a change.
func wantsSystem(s *wa.System, app premises.Application) bool {
	switch systemType(s) {
	case changedNumber:
		return app.NotifyNumberChange()
	case changedIdentity:
		return app.ShowSecurity()
	}
	return false
}

func systemOf(s *wa.System) *hookSystem {
	if s == nil {
		return &hookSystem{}
	}
	return &hookSystem{Type: systemType(s), Body: s.Body, NewWaID: string(s.WaID)}
}

// hookIdentity is what is known of a customer's key. The time is in milliseconds.
type hookIdentity struct {
	Acknowledged bool   `json:"acknowledged"`
	Created      int64  `json:"created_timestamp"`
	Hash         string `json:"hash"`
}

// identify adds the customer's identity where the client asked for it. A change
// is remembered before it is told of: from then on nothing is sent to the
// customer until the client acknowledges it (on-premises-api.md 7).
func (h *Hook) identify(ctx context.Context, out *hookMessage, m *wa.Message, s *hookSettings) error {
	if !s.app.ShowSecurity() {
		return nil
	}
	if systemType(m.Content.System) != changedIdentity {
		var all identities
		if _, err := h.Premises.Load(ctx, s.facade, premises.DocIdentities, &all); err != nil {
			return err
		}
		out.Identity = all.of(s.facade, out.From)
		return nil
	}
	hash := m.Content.System.IdentityHash
	if hash == "" { // WhatsApp told that it changed, not to what
		hash = identityHash(s.facade, out.From+"/"+m.ID.String())
	}
	all, err := premises.Change(ctx, h.Premises, s.facade, premises.DocIdentities, func(all *identities) error {
		all.changed(out.From, hash, m.At)
		return nil
	})
	if err == nil {
		out.System.Identity = all.of(s.facade, out.From)
	}
	return err
}

// altered quotes the message that a customer changed or withdrew. The old API had
// no words for it: it comes as a message of an unknown type, as its clients saw
// whatever was newer than they (on-premises-api.md 4.3).
func (h *Hook) altered(ctx context.Context, out *hookMessage, m *wa.Message) error {
	out.unknown()
	var original wa.Wamid
	switch c := &m.Content; {
	case c.Edit != nil:
		original = c.Edit.OriginalMessageID
	case c.Revoke != nil:
		original = c.Revoke.OriginalMessageID
	}
	if original == "" {
		return nil
	}
	id, err := h.idOf(ctx, m, string(original))
	out.Context = &hookContext{From: out.From, ID: id}
	return err
}
