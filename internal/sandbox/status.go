package sandbox

import (
	"time"

	"kontor/internal/meta"
)

// setSent reports that Meta has sent the message on, and decides its price.
func (s *Sandbox) setSent(m *message, c *customer) {
	n := s.st.numbers[m.Number]
	s.price(m, n, c.chat(m.Number))
	s.setStatus(m, c, sent)
}

// fail reports why the message will not arrive.
func (s *Sandbox) fail(m *message, c *customer) {
	m.Errors = refuse(m.Doom.Code, "%s", m.Doom.Details).asWebhook()
	s.setStatus(m, c, failed)
}

// setStatus moves an outbound message up and tells the business and the page.
// The caller holds mu.
func (s *Sandbox) setStatus(m *message, c *customer, status string) {
	if rank(status) <= rank(m.Status) {
		return
	}
	now := s.nowLocked()
	m.Status = status
	switch status {
	case sent:
		m.SentAt = now
	case delivered:
		m.DeliveredAt = now
	case read:
		m.ReadAt = now
	case played:
		m.PlayedAt = now
	}
	n := s.st.numbers[m.Number]
	s.courier.put(update{
		number: m.Number, account: n.cfg.WABAID, customer: m.Customer, field: meta.FieldMessages,
		kind: "status", detail: status, id: m.ID, value: s.statusValue(m, n, c, status, now), made: now,
	})
	s.events.publish("status", statusEvent{Customer: m.Customer, PhoneNumberID: m.Number, ID: m.ID, Status: status, At: now, Errors: m.Errors})
	s.changed()
}

// statusValue is the webhook's value (cloud-api.md 2.3, 2.6).
func (s *Sandbox) statusValue(m *message, n *number, c *customer, status string, now time.Time) meta.Value {
	shown := !m.ByBSUID || s.shown(c, n)
	st := meta.Status{
		ID: m.ID, Status: status, Timestamp: meta.At(now),
		RecipientUserID: c.BSUID, BizOpaqueCallbackData: m.Data,
	}
	if shown {
		st.RecipientID = c.Phone
	}
	if s.st.conduct(portfolioID).ParentIDs {
		st.ParentRecipientUserID = parent(c.BSUID)
	}
	if m.Identity != "" || s.checksIdentity(n) {
		st.RecipientIdentityKeyHash = c.identity(s.st.seed)
	}
	v := meta.Value{MessagingProduct: "whatsapp", Metadata: n.metadata()}
	if status == failed {
		st.Errors = m.Errors
		if !m.ByBSUID {
			st.RecipientUserID, st.ParentRecipientUserID = "", ""
		}
	}
	if status != failed || s.opt.ContactsOnFailed {
		v.Contacts = []meta.Contact{s.contactFor(c, n, shown, status != sent)}
	}
	if m.Price != nil && (status == sent || (!m.Priced && (status == delivered || status == read))) {
		st.Pricing = m.Price
		m.Priced = status != sent
		st.Conversation = s.conversation(m, n, status, now)
	}
	v.Statuses = []meta.Status{st}
	return v
}

// conversation is left for free entry points only from v24 on; before, every
// message has one (cloud-api.md 2.6).
func (s *Sandbox) conversation(m *message, n *number, status string, now time.Time) *meta.Conversation {
	conv := &meta.Conversation{ID: trace(s.st.seed, m.ID), Origin: &meta.Origin{Type: m.Price.Category}}
	end := m.Free
	switch {
	case !m.Free.IsZero():
		conv.Origin.Type = "referral_conversion"
	case s.webhookVersion(n) >= 24:
		return nil
	default:
		end = now.Add(serviceWindow)
	}
	if status == sent {
		conv.ExpirationTimestamp = meta.At(end)
	}
	return conv
}

// webhookVersion is the Graph version whose shapes the webhooks of a number
// have (cloud-api.md 8.1). The caller holds mu.
func (s *Sandbox) webhookVersion(n *number) int {
	newest := servedVersion("v9999.0", s.nowLocked())
	if own := s.st.conduct(n.cfg.WABAID).WebhookVersion; own != 0 {
		return min(own, newest)
	}
	return newest
}

func (n *number) metadata() *meta.Metadata {
	return &meta.Metadata{DisplayPhoneNumber: n.digits, PhoneNumberID: n.cfg.PhoneNumberID}
}
