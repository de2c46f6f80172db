package onprem

import (
	"context"

	"kontor/internal/premises"
	"kontor/internal/txn"
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

// identify adds the customer's identity where the client asked for it: to a
// change what it changed to, to other messages what is known.
func (h *Hook) identify(ctx context.Context, out *hookMessage, m *wa.Message, s *hookSettings) error {
	if !s.app.ShowSecurity() {
		return nil
	}
	var all identities
	if _, err := h.Premises.Load(ctx, s.facade, premises.DocIdentities, &all); err != nil {
		return err
	}
	key := all.of(s.facade, out.From)
	if systemType(m.Content.System) == changedIdentity {
		out.System.Identity = key
	} else {
		out.Identity = key
	}
	return nil
}

// KeyChanged takes in that a customer has another key, in the transaction in
// which the message is stored that tells so: from then on nothing is sent to the
// customer until the client acknowledges it (on-premises-api.md 7), where it
// asked to be told of such things. It does nothing for other messages.
func (h *Hook) KeyChanged(tx txn.Tx, m *wa.Message, who *wa.Contact) error {
	if systemType(m.Content.System) != changedIdentity || who == nil {
		return nil
	}
	f, found, err := h.Premises.FacadeTx(tx, m.WorkspaceID, m.NumberID)
	if err != nil || !found || !f.Enabled {
		return err
	}
	app, err := h.Premises.ApplicationTx(tx, f)
	if err != nil || !app.ShowSecurity() {
		return err
	}
	waID, hash := WaID(who.Phone, who.ID), m.Content.System.IdentityHash
	if hash == "" { // WhatsApp told that it changed, not to what
		hash = identityHash(f, waID+"/"+m.ID.String())
	}
	_, err = premises.ChangeTx(tx, h.Premises, f, premises.DocIdentities, func(all *identities) error {
		all.changed(waID, hash, m.At)
		return nil
	})
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
