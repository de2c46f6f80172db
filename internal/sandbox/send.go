package sandbox

import (
	"time"

	"kontor/internal/meta"
)

// postMessage answers POST /{phone-number-id}/messages: sends, read receipts
// and typing (cloud-api.md 1.1).
func (c *call) postMessage() (any, *refusal) {
	c.note = textOf(c.body["type"])
	o, bad := parseOutgoing(c.body, false)
	if bad != nil {
		return nil, bad
	}
	if o.receipt != nil {
		c.note, c.wamid = "read", o.receipt.messageID
		return c.s.markRead(c.number, o.receipt)
	}
	return c.take(o)
}

// take checks what the chat and the catalogue decide, and takes a message in.
func (c *call) take(o *outgoing) (any, *refusal) {
	if c.note = o.typ; o.typ == "interactive" {
		c.note += " " + textOf(member(o.payload, "type"))
	}
	if bad := c.s.prepare(o, c.number); bad != nil {
		return nil, bad
	}
	answer, bad := c.s.accept(o, c.number)
	if bad != nil {
		return nil, bad
	}
	c.wamid = answer.Messages[0].ID
	return answer, nil
}

// prepare checks what needs the catalogue and the uploaded media, and fills in
// the template.
func (s *Sandbox) prepare(o *outgoing, n *number) *refusal {
	if o.typ == "template" {
		name, language := o.templateKey()
		s.mu.Lock()
		t := s.st.templateNamed(n.cfg.WABAID, name, language)
		s.mu.Unlock()
		if t == nil {
			return refuse(codeTemplate, "template name (%s) does not exist in %s", clip(name), clip(language))
		}
		if bad := t.usable(); bad != nil {
			return bad
		}
		filledIn, bad := checkTemplate(t, o.payload.(map[string]any))
		if bad != nil {
			return bad
		}
		o.template, o.rendered = t, filledIn
		if bad := o.checkGIF(); bad != nil {
			return bad
		}
	}
	return s.checkMedia(o, n)
}

// checkGIF keeps GIF headers to the Marketing Messages API (cloud-api.md 1.4).
func (o *outgoing) checkGIF() *refusal {
	for _, ref := range o.media {
		if ref.kind == "gif" && !o.marketing {
			return refuse(codeFormat, "%s: GIF headers are for the Marketing Messages API only", ref.at)
		}
	}
	return nil
}

// checkMedia checks media that is sent by id: it exists, belongs to the number
// and suits its place. Links are fetched later.
func (s *Sandbox) checkMedia(o *outgoing, n *number) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ref := range o.media {
		if ref.id == "" {
			continue
		}
		m := s.st.media[ref.id]
		if m == nil || m.expired(s.nowLocked()) || m.Number != n.cfg.PhoneNumberID {
			return refuse(codeInvalid, "%s.id: there is no media with id %s for this number, or it has expired", ref.at, clip(ref.id))
		}
		if bad := ref.suits(m); bad != nil {
			return bad
		}
	}
	return nil
}

// accept takes the message in: finds the recipient, asks whether the number may
// send, applies the rates, and sets its way out in motion. A 200 means no more
// than that (cloud-api.md 1.1).
func (s *Sandbox) accept(o *outgoing, n *number) (*meta.SendAnswer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	phone, known, bad := s.addressee(o, n)
	if bad != nil {
		return nil, bad
	}
	if bad := s.barred(o, n, phone, now); bad != nil {
		return nil, bad
	}
	c := known
	if c == nil {
		c = s.newCustomer(phone)
	}
	if o.identity != "" && o.identity != c.identity(s.st.seed) {
		return nil, refuse(codeIdentity, "recipient_identity_key_hash: the identity of the recipient has changed")
	}
	ch := c.chat(n.cfg.PhoneNumberID)
	if !n.rate.allow(now, n.perSecond()) {
		return nil, refuse(codeRate, "Cloud API message throughput has been reached: %d messages per second", n.perSecond())
	}
	if n.perSecond() > 0 {
		if ok, wait := ch.Pair.allow(now); !ok {
			return nil, refuse(codePair, "Too many messages sent from this phone number to the same phone number in a short period of time; there is room again in %s", wait.Round(time.Second))
		}
	}
	if bad := s.flowStands(o, n, now); bad != nil {
		return nil, bad
	}
	why := s.doomed(o, n, c, ch, now)
	if why != nil && why.Code == codeWindow && s.opt.SyncWindow {
		return nil, refuse(why.Code, "%s", why.Details)
	}
	if o.template != nil && why == nil {
		if bad := s.overLimit(n.cfg.WABAID, c, ch.windowOpen(now), now); bad != nil {
			return nil, bad
		}
	}
	if o.to != "" && !ch.KnownUntil.After(now.Add(knownLife-time.Hour)) {
		ch.KnownUntil = now.Add(knownLife)
	}
	m := s.newMessage(o, n, c, now)
	m.Doom = why
	m.Held = why == nil && s.paced(o, m)
	s.st.add(c, m, s.opt.MessagesPerCustomer)
	s.react(m, o, why)
	if !m.Held {
		s.later(m)
	}
	ch.TypingUntil = time.Time{}
	if s.events.watched() {
		s.events.publish("message", messageEvent{c.Phone, m.view("")})
	}
	s.changed()
	return o.answer(m, c), nil
}

// newCustomer lets a person exist and tells the page; the caller holds mu.
func (s *Sandbox) newCustomer(phone string) *customer {
	c := s.st.customer(phone)
	if s.events.watched() {
		s.events.publish("customer", s.customerView(c))
	}
	return c
}

// addressee finds who the message is for: by phone, else by BSUID or parent BSUID.
func (s *Sandbox) addressee(o *outgoing, n *number) (phone string, c *customer, bad *refusal) {
	if o.to == "" {
		if o.template != nil && o.template.Category == "AUTHENTICATION" {
			return "", nil, refuse(codeByUserID, "recipient: authentication templates cannot be sent to a business-scoped user id")
		}
		c = s.st.byBSUID[unparented(o.recipient)]
		if c == nil {
			return "", nil, refuse(codeValue, "recipient: %q is no business-scoped user id of this portfolio", clip(o.recipient))
		}
		return c.Phone, c, nil
	}
	phone = normalise(o.to, n.digits, s.opt.CountryCodeAlways)
	switch {
	case phone == "":
		return "", nil, refuse(codeValue, "to: %q is not a phone number", clip(o.to))
	case phone == n.digits:
		return "", nil, refuse(131021, "to: the recipient is the sender")
	}
	return phone, s.st.customers[phone], nil
}

// doomed tells why the message will fail after the 200, nil when it will not
// (cloud-api.md 3.1, "sync or async").
func (s *Sandbox) doomed(o *outgoing, n *number, c *customer, ch *chat, now time.Time) *doom {
	if d := s.failing(o, n, c); d != nil {
		return d
	}
	marketing := o.template != nil && o.template.Category == "MARKETING"
	switch {
	case s.blockedBy(n, c):
		return &doom{codeUndeliver, "Message Undeliverable: the business has blocked the recipient."}
	case c.NotOnWhatsApp:
		return &doom{codeUndeliver, "Message Undeliverable: the recipient is not on WhatsApp."}
	case o.typ != "template" && !ch.windowOpen(now):
		return &doom{codeWindow, "Message failed to send because more than 24 hours have passed since the customer last replied to this number."}
	case marketing && c.OptedOut:
		return &doom{codeOptedOut, "User has stopped receiving marketing messages from this business."}
	case marketing && c.Experiment:
		return &doom{codeExperiment, "Failed to send message because this user's phone number is part of an experiment."}
	case marketing:
		if why := s.capped(n, c, ch, now); why != "" {
			return &doom{codeCapped, why}
		}
	case o.typ == "reaction":
		target := s.st.messages[textOf(member(o.payload, "message_id"))]
		if target == nil || target.Customer != c.Phone || target.Number != n.cfg.PhoneNumberID ||
			target.Type == "reaction" || now.Sub(target.At) > reactionAge {
			return &doom{codeValue, "reaction.message_id: the message is not in this chat, older than 30 days, deleted, or a reaction itself"}
		}
	}
	return nil
}

func (s *Sandbox) newMessage(o *outgoing, n *number, c *customer, now time.Time) *message {
	m := &message{
		ID: s.st.wamid(c.Phone, false), Number: n.cfg.PhoneNumberID, Customer: c.Phone, Type: o.typ, Content: o.content,
		Context: o.contextID, At: now, Status: accepted, Data: o.data, ByBSUID: o.to == "", Identity: o.identity,
		Rendered: o.rendered, Category: o.pricingCategory(), Expires: now.Add(timeToLive(o.template)),
	}
	if o.template != nil {
		m.Template = o.template.ID
	}
	for _, ref := range o.media {
		if ref.link != "" {
			m.Links = append(m.Links, ref)
		} else {
			m.attach(ref.id, ref.id)
		}
	}
	return m
}

// attach notes which media stands behind an id or a link of the content. The
// map is replaced, never changed: views may still show the old one.
func (m *message) attach(name, id string) {
	all := map[string]string{name: id}
	for k, v := range m.Media {
		all[k] = v
	}
	m.Media = all
}

// react puts the business's reaction on its target.
func (s *Sandbox) react(m *message, o *outgoing, why *doom) {
	if o.typ == "reaction" && why == nil {
		target := s.st.messages[textOf(member(o.payload, "message_id"))]
		target.setReaction("business", textOf(member(o.payload, "emoji")))
	}
}

func (m *message) setReaction(who, emoji string) {
	all := map[string]string{}
	for k, v := range m.Reactions {
		all[k] = v
	}
	if delete(all, who); emoji != "" {
		all[who] = emoji
	}
	m.Reactions = all
}

// answer is the body of the 200.
func (o *outgoing) answer(m *message, c *customer) *meta.SendAnswer {
	contact := meta.AnswerContact{Input: o.to, WaID: c.Phone}
	if o.to == "" {
		contact = meta.AnswerContact{Input: o.recipient}
	}
	if o.recipient != "" {
		contact.UserID = c.BSUID
	}
	id := meta.AnswerMessage{ID: m.ID}
	if o.typ == "template" {
		id.MessageStatus = "accepted"
	}
	if m.Held {
		id.MessageStatus = "held_for_quality_assessment"
	}
	return &meta.SendAnswer{MessagingProduct: "whatsapp", Contacts: []meta.AnswerContact{contact}, Messages: []meta.AnswerMessage{id}}
}
