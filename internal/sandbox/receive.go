package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"kontor/internal/meta"
)

// numberTo finds a number by id or by its phone; the first when to is empty.
// The caller holds mu.
func (s *Sandbox) numberTo(to string) *number {
	if to == "" {
		return s.firstNumber()
	}
	if n := s.st.numbers[to]; n != nil {
		return n
	}
	for _, n := range s.st.numbers {
		if n.digits == digits(to) {
			return n
		}
	}
	return nil
}

// receive puts the customer's message on the phone and sends it to the
// business; the caller holds mu.
func (s *Sandbox) receive(c *customer, n *number, in *incoming, base string) (*message, error) {
	now := s.nowLocked()
	if profile, ok := in.body["profile"].(map[string]any); ok {
		if name := textOf(profile["name"]); name != "" {
			c.Name = name
		}
		if name := textOf(profile["username"]); name != "" {
			c.Username = name
		}
		if s.events.watched() {
			s.events.publish("customer", s.customerView(c))
		}
	}
	m := &message{
		ID: s.st.wamid(c.Phone, true), Inbound: true, Number: n.cfg.PhoneNumberID, Customer: c.Phone, Type: in.typ, At: now,
		Status: sent, SentAt: now,
	}
	hook := map[string]any{}
	for name, v := range in.body {
		switch name {
		case "to", "profile", "bsuid", "from", "id", "timestamp":
		default:
			hook[name] = v
		}
	}
	m.Context = s.quote(hook, c, n, in)
	if in.media != nil {
		hook[in.typ] = s.inboundPayload(in, base)
		m.attach(in.media.ID, in.media.ID)
	}
	if in.typ == "unsupported" && hook["unsupported"] == nil {
		hook["unsupported"] = map[string]any{"type": "unknown"}
	}
	if in.typ == "unsupported" && hook["errors"] == nil {
		hook["errors"] = []any{map[string]any{
			"code": codeType, "title": "Message type unknown", "message": "Message type unknown",
			"error_data": map[string]any{"details": "Message type is currently not supported."},
		}}
	}
	hook["id"], hook["timestamp"], hook["type"] = m.ID, strconv.FormatInt(now.Unix(), 10), in.typ
	hook["from_user_id"] = c.BSUID
	if s.st.conduct(portfolioID).ParentIDs {
		hook["from_parent_user_id"] = parent(c.BSUID)
	}
	shown := s.shown(c, n)
	if shown {
		hook["from"] = c.Phone
	}
	var err error
	if m.Content, err = json.Marshal(hook[in.typ]); err != nil {
		return nil, err
	}
	if in.lost {
		hook = unfetched(hook, in.typ)
	}
	raw, err := json.Marshal(hook)
	if err != nil {
		return nil, err
	}
	s.st.add(c, m, s.opt.MessagesPerCustomer)
	if s.blockedBy(n, c) { // it shows one tick for ever, and the business hears nothing
		s.changed()
		return m, nil
	}
	s.noteContact(c, n, m, in)
	s.rewrite(m, in)
	v := meta.Value{MessagingProduct: "whatsapp", Metadata: n.metadata(), Messages: []meta.Message{{Raw: raw}}}
	if in.typ != "system" { // cloud-api.md 2.5
		v.Contacts = []meta.Contact{s.contactFor(c, n, shown, true)}
	}
	s.courier.put(update{
		number: m.Number, account: n.cfg.WABAID, customer: c.Phone, field: meta.FieldMessages,
		kind: "message", detail: in.typ, id: m.ID, value: v, made: now,
	})
	if s.events.watched() {
		s.events.publish("message", messageEvent{c.Phone, m.view("")})
	}
	s.changed()
	return m, nil
}

// unfetched is the webhook of media that Meta could not fetch (cloud-api.md 1.5).
func unfetched(hook map[string]any, kind string) map[string]any {
	delete(hook, kind)
	hook["type"], hook["unsupported"] = "unsupported", map[string]any{"type": kind}
	hook["errors"] = []any{map[string]any{
		"code": codeLostMedia, "title": "Media download error", "message": "Media download error",
		"error_data": map[string]any{"details": "The media of the message could not be downloaded, or is larger than 100 MB."},
	}}
	return hook
}

// blockedBy tells whether the business has blocked the person. The caller holds mu.
func (s *Sandbox) blockedBy(n *number, c *customer) bool {
	d := s.st.portfolio.Desks[n.cfg.PhoneNumberID]
	return d != nil && slices.ContainsFunc(d.Blocked, func(b blockedPerson) bool { return b.Phone == c.Phone })
}

// rewrite shows an edit or a revoke on the phone.
func (s *Sandbox) rewrite(m *message, in *incoming) {
	change, _ := in.body[in.typ].(map[string]any)
	target := s.st.messages[textOf(change["original_message_id"])]
	if target == nil {
		return
	}
	switch in.typ {
	case "revoke":
		target.Revoked = m.At
	case "edit":
		kind := textOf(member(change["message"], "type"))
		if content, err := json.Marshal(member(change["message"], kind)); err == nil && kind == target.Type {
			target.Content, target.Edited = content, m.At
		}
	}
}

// noteContact opens the window, begins a free entry point, reads the chat (who
// writes has it before their eyes) and places reactions.
func (s *Sandbox) noteContact(c *customer, n *number, m *message, in *incoming) {
	if in.typ == "system" {
		return
	}
	ch := c.chat(n.cfg.PhoneNumberID)
	ch.LastInbound = m.At
	if !c.UsernameOnly {
		ch.KnownUntil = m.At.Add(knownLife)
	}
	if in.body["referral"] != nil {
		ch.AdClick = m.At
	}
	if in.typ == "reaction" {
		if target := s.st.messages[textOf(member(in.body["reaction"], "message_id"))]; target != nil && target.Customer == c.Phone {
			target.setReaction("customer", textOf(member(in.body["reaction"], "emoji")))
		}
	}
}

// inboundPayload is the media member of the webhook.
func (s *Sandbox) inboundPayload(in *incoming, base string) map[string]any {
	given, _ := in.body[in.typ].(map[string]any)
	out := map[string]any{
		"id": in.media.ID, "mime_type": in.media.MimeType, "sha256": in.media.base64Sum(), "url": s.mediaURLLocked(base, in.media),
	}
	for _, name := range []string{"caption", "filename", "voice", "animated"} {
		if v, ok := given[name]; ok {
			out[name] = v
		}
	}
	if in.typ == "audio" && out["voice"] == nil {
		out["voice"] = false
	}
	if in.typ == "sticker" && out["animated"] == nil {
		out["animated"] = animated(in.media.Head)
	}
	return out
}

// quote completes context: message_id is taken as id, from is who wrote the
// quoted message, and a tap without context gets the newest message that has
// what was tapped. It returns the id of the quoted message.
func (s *Sandbox) quote(hook map[string]any, c *customer, n *number, in *incoming) string {
	ctx, _ := hook["context"].(map[string]any)
	id := textOf(member(ctx, "id"))
	if id == "" {
		id = textOf(member(ctx, "message_id"))
	}
	if id == "" {
		id = tapped(c, n, in)
	}
	if id == "" {
		return ""
	}
	out := map[string]any{"from": n.digits}
	for name, v := range ctx {
		if name != "message_id" {
			out[name] = v
		}
	}
	out["id"] = id
	if target := s.st.messages[id]; target != nil && target.Inbound {
		out["from"] = c.Phone
	}
	hook["context"] = out
	return id
}

// tapped finds the newest message of the number that offers the button, row or
// quick reply of in.
func tapped(c *customer, n *number, in *incoming) string {
	var want string
	switch in.typ {
	case "button":
		want = textOf(member(in.body["button"], "text"))
	case "interactive":
		reply := member(in.body["interactive"], textOf(member(in.body["interactive"], "type")))
		want = textOf(member(reply, "id"))
	default:
		return ""
	}
	quoted, _ := json.Marshal(want) // a string
	for i := len(c.list) - 1; i >= 0; i-- {
		m := c.list[i]
		if m.Inbound || m.Number != n.cfg.PhoneNumberID || !m.arrived() {
			continue
		}
		if m.Type == "interactive" && in.typ == "interactive" && strings.Contains(string(m.Content), string(quoted)) {
			return m.ID
		}
		if m.Rendered != nil && in.typ == "button" {
			for _, b := range m.Rendered.Buttons {
				if b.Type == "quick_reply" && b.Text == want {
					return m.ID
				}
			}
		}
	}
	return ""
}
