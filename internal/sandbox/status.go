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
	shown := !(m.ByBSUID && c.UsernameOnly)
	st := meta.Status{
		ID: m.ID, Status: status, Timestamp: meta.At(now),
		RecipientUserID: c.BSUID, BizOpaqueCallbackData: m.Data,
	}
	if shown {
		st.RecipientID = c.Phone
	}
	v := meta.Value{MessagingProduct: "whatsapp", Metadata: n.metadata()}
	if status == failed {
		st.Errors = m.Errors
		if !m.ByBSUID {
			st.RecipientUserID = ""
		}
	}
	if status != failed || s.opt.ContactsOnFailed {
		v.Contacts = []meta.Contact{c.contact(shown, status != sent)}
	}
	if m.Price != nil && (status == sent || (!m.Priced && (status == delivered || status == read))) {
		st.Pricing = m.Price
		m.Priced = status != sent
		if !m.Free.IsZero() { // conversation is left for free entry points only, from v24 on
			st.Conversation = &meta.Conversation{ID: trace(s.st.seed, m.ID), Origin: &meta.Origin{Type: "referral_conversion"}}
			if status == sent {
				st.Conversation.ExpirationTimestamp = meta.At(m.Free)
			}
		}
	}
	v.Statuses = []meta.Status{st}
	return v
}

func (n *number) metadata() *meta.Metadata {
	return &meta.Metadata{DisplayPhoneNumber: n.digits, PhoneNumberID: n.cfg.PhoneNumberID}
}
