package sandbox

import "time"

// markRead marks an inbound message and all earlier ones of the chat read, and
// shows typing when asked to (cloud-api.md 1.1).
func (s *Sandbox) markRead(n *number, r *receipt) (any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	m := s.st.messages[r.messageID]
	if m == nil || !m.Inbound || m.Number != n.cfg.PhoneNumberID {
		return nil, refuse(codeValue, "message_id: %q is no message that this number has received", clip(r.messageID))
	}
	if now.Sub(m.At) > 30*24*time.Hour {
		return nil, refuse(codeValue, "message_id: the message is older than 30 days")
	}
	for _, each := range s.st.customer(m.Customer).list {
		if each.Inbound && each.Number == m.Number && rank(each.Status) < rank(read) {
			each.Status, each.ReadAt = read, now
			s.events.publish("status", statusEvent{Customer: m.Customer, PhoneNumberID: m.Number, ID: each.ID, Status: read, At: now})
		}
		if each == m {
			break
		}
	}
	if r.typing {
		s.st.customer(m.Customer).chat(m.Number).TypingUntil = now.Add(typingLife)
		s.events.publish("typing", map[string]string{"customer": m.Customer, "phone_number_id": m.Number})
	}
	s.changed()
	return done, nil
}
