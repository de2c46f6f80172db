package meta

import (
	"bytes"
	"encoding/json"
	"io"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Fields of notices that keep a part of a webhook which has no field of its
// own, because its form is not one that Meta documents.
const (
	FieldEntry  = "entry"   // an entry without changes, or of another object than WhatsApp
	FieldChange = "changes" // a change that is no object
)

// ParseWebhook takes a verified webhook apart. It is an error only when body is
// not JSON (code "not_json") or not an object with "object" and "entry" (code
// "not_a_webhook"), both fault.Invalid.
//
// Everything else is kept. A message of a type that this program does not know,
// or whose payload is broken, becomes wa.TypeUnknown with its JSON in Raw; a
// readable message that Inbound would not write again as it came, since a member
// is broken or new, keeps its type and has Raw too. What
// cannot be told from another (a message without id, a status without id or
// status, an entry without changes) becomes a notice with its JSON, as does
// every field but "messages". Raw never shares memory with body.
//
// At is zero where Meta gave no time that can be read.
func ParseWebhook(body []byte) (wa.Webhook, error) {
	if w, ok := parseUsual(body); ok {
		return w, nil
	}
	return parseAnything(body)
}

// strictly reads JSON that has no member which T does not know: what a newer
// version of Meta's adds is then kept raw instead of lost.
func strictly(raw []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil {
		return false
	}
	_, err := d.Token() // nothing may come behind it
	return err == io.EOF
}

// parseUsual reads the webhooks that make up nearly all the traffic in one
// pass. It gives up (false) on anything that parseAnything must keep raw, which
// members that nobody here knows are too; the two agree on what it does read,
// which a test and the fuzzer hold.
func parseUsual(body []byte) (wa.Webhook, bool) {
	var in Webhook
	if !strictly(body, &in) || in.Object != ObjectWhatsApp || in.Entry == nil {
		return wa.Webhook{}, false
	}
	var out wa.Webhook
	for i := range in.Entry {
		if in.Entry[i].Changes == nil {
			return wa.Webhook{}, false
		}
		for j := range in.Entry[i].Changes {
			change := &in.Entry[i].Changes[j]
			if change.Field != FieldMessages || !usual(&change.Value, &out) {
				return wa.Webhook{}, false
			}
		}
	}
	return out, true
}

// usual adds the messages and statuses of v to out; false when a part must be kept raw.
func usual(v *Value, out *wa.Webhook) bool {
	if len(v.Errors) > 0 || len(v.Messages)+len(v.Statuses) == 0 || v.Metadata == nil {
		return false
	}
	number := wa.PhoneNumberID(v.Metadata.PhoneNumberID)
	for i := range v.Messages {
		m := &v.Messages[i]
		content, known := contentOf(m)
		if !known || m.ID == "" || !common(m) {
			return false
		}
		out.Messages = append(out.Messages, received(number, m, content, v.Contacts, nil, i, len(v.Messages)))
	}
	for i := range v.Statuses {
		s := &v.Statuses[i]
		if s.ID == "" || !wa.Status(s.Status).Reported() {
			return false
		}
		out.Statuses = append(out.Statuses, report(number, s, v.Contacts, i, len(v.Statuses)))
	}
	return true
}

// common is false for the rarer messages that Inbound may not write again as
// they came; anyMessage looks whether it does.
func common(m *Message) bool {
	if m.GroupID != "" || m.Identity != nil || len(m.Errors) > 0 || m.Interactive != nil && m.Interactive.NFMReply != nil {
		return false
	}
	switch m.Type {
	case "text", "image", "video", "audio", "document", "sticker", "reaction", "button", "interactive":
		return true
	}
	return false
}

// parseAnything reads any webhook, layer by layer, so that each part can fail alone.
func parseAnything(body []byte) (wa.Webhook, error) {
	if !json.Valid(body) {
		return wa.Webhook{}, fault.New(fault.Invalid, "not_json",
			"The body is not JSON. Nothing was stored.",
			"Send the webhook as Meta writes it, unchanged.")
	}
	var envelope struct {
		Object json.RawMessage `json:"object"`
		Entry  json.RawMessage `json:"entry"`
	}
	body = trim(body)
	if !isObject(body) || json.Unmarshal(body, &envelope) != nil ||
		!isScalar(envelope.Object) || !isArray(envelope.Entry) {
		return wa.Webhook{}, fault.New(fault.Invalid, "not_a_webhook",
			"The body is not a webhook: it needs \"object\" and a list \"entry\". Nothing was stored.",
			"Send the webhook as Meta writes it, unchanged.")
	}
	var out wa.Webhook
	entries, _ := list(envelope.Entry)
	for _, entry := range entries {
		if isNull(entry) {
			continue
		}
		anyEntry(looseText(envelope.Object), body, entry, &out)
	}
	return out, nil
}

func anyEntry(object string, body []byte, raw json.RawMessage, out *wa.Webhook) {
	entry, _, ok := loosely[struct {
		ID      string          `json:"id"`
		Time    Timestamp       `json:"time"`
		Changes json.RawMessage `json:"changes"`
	}](raw)
	around := func(entry json.RawMessage) json.RawMessage { return fieldsOf(body).with("entry", listOf(entry)) }
	about := aside{Notice: wa.Notice{WABAID: wa.WABAID(entry.ID), At: entry.Time.Time}, around: around}
	changes, isList := list(entry.Changes)
	if !ok || !isList || entry.Changes == nil || object != ObjectWhatsApp {
		about.keep(FieldEntry, raw, out)
		return
	}
	about.around = func(change json.RawMessage) json.RawMessage {
		return around(fieldsOf(raw).with("changes", listOf(change)))
	}
	for _, change := range changes {
		if !isNull(change) {
			anyChange(about, change, out)
		}
	}
}

func anyChange(about aside, raw json.RawMessage, out *wa.Webhook) {
	change, _, ok := loosely[struct {
		Field string          `json:"field"`
		Value json.RawMessage `json:"value"`
	}](raw)
	if !ok || change.Field == "" {
		about.keep(FieldChange, raw, out)
		return
	}
	around := about.around
	about.around = func(value json.RawMessage) json.RawMessage { return around(fieldsOf(raw).with("value", value)) }
	value, _, ok := loosely[anyValue](change.Value)
	metadata, _, _ := loosely[Metadata](value.Metadata)
	about.PhoneNumberID = wa.PhoneNumberID(metadata.PhoneNumberID)
	if !ok || change.Field != FieldMessages || !value.unfold(about, change.Value, out) {
		about.keep(change.Field, change.Value, out)
	}
}

// aside is what is kept as a notice; around writes the webhook that has nothing
// but what it is given.
type aside struct {
	wa.Notice
	around func(json.RawMessage) json.RawMessage
}

// keep adds a notice that holds raw as it came, "null" for a missing value.
func (a aside) keep(field string, raw json.RawMessage, out *wa.Webhook) {
	if raw == nil {
		raw = json.RawMessage("null")
	}
	a.Field, a.Raw, a.Told = field, raw, a.around(raw)
	out.Notices = append(out.Notices, a.Notice)
}

// anyValue is the value of a "messages" change, nothing of which is certain.
type anyValue struct {
	Metadata json.RawMessage `json:"metadata"`
	Contacts json.RawMessage `json:"contacts"`
	Messages json.RawMessage `json:"messages"`
	Statuses json.RawMessage `json:"statuses"`
	Errors   json.RawMessage `json:"errors"`
}

// unfold adds what v holds; false when there is nothing in it that it can tell apart.
func (v *anyValue) unfold(about aside, raw json.RawMessage, out *wa.Webhook) bool {
	people, _ := list(v.Contacts)
	contacts := make([]Contact, len(people))
	for i := range people {
		contacts[i], _, _ = loosely[Contact](people[i])
	}
	messages, areMessages := list(v.Messages)
	for i, message := range messages {
		anyMessage(about, raw, message, contacts, people, i, len(messages), out)
	}
	statuses, areStatuses := list(v.Statuses)
	for i, status := range statuses {
		anyStatus(about, raw, status, contacts, i, len(statuses), out)
	}
	if !areMessages || !areStatuses {
		return false
	}
	troubles, _ := list(v.Errors)
	if len(troubles) > 0 {
		for _, trouble := range troubles {
			e, _, _ := loosely[Error](trouble)
			about.Problems = append(about.Problems, e.problem())
		}
		if len(messages)+len(statuses) > 0 {
			raw = fieldsOf(raw).without("messages", "statuses")
		}
		about.keep(FieldMessages, raw, out)
	}
	return len(messages)+len(statuses)+len(troubles) > 0
}

func anyMessage(about aside, value, raw json.RawMessage, contacts []Contact, people entries, i, n int, out *wa.Webhook) {
	if isNull(raw) {
		return
	}
	m, whole, ok := loosely[Message](raw)
	if !ok || m.ID == "" || m.GroupID != "" { // a group's is kept aside as a message, and told as it came
		who := wa.Identity{Phone: phone(m.From), BSUID: wa.BSUID(m.FromUserID)}
		about.keep(FieldMessages, alone(value, "messages", withoutURL(raw), who, i, n), out)
	}
	if !ok || m.ID == "" {
		return
	}
	content, known := contentOf(&m)
	if !known && m.Type == string(wa.TypeInteractive) {
		content.Reply = otherReply(raw)
		known = content.Reply != nil
	}
	if !known {
		content.Type, content.RawType = wa.TypeUnknown, m.Type
	}
	if !known || !whole || !faithful(raw, &m, &content) {
		content.Raw = raw
	}
	out.Messages = append(out.Messages, received(about.PhoneNumberID, &m, content, contacts, people, i, n))
}

// otherReply is an answer to an interactive message of a kind that has no
// struct: the member that its type names, or else the whole.
func otherReply(message json.RawMessage) *wa.Reply {
	m, _, _ := loosely[struct {
		Interactive map[string]json.RawMessage `json:"interactive"`
	}](message)
	kind := looseText(m.Interactive["type"])
	if kind == "" {
		return nil
	}
	if member := m.Interactive[kind]; !isNull(member) {
		return &wa.Reply{Type: kind, Raw: member}
	}
	whole, err := json.Marshal(m.Interactive)
	if err != nil {
		return nil
	}
	return &wa.Reply{Type: kind, Raw: whole}
}

// anyStatus also keeps as a notice what the house can do nothing with: what is
// no status, and a status that is newer than this program.
func anyStatus(about aside, value, raw json.RawMessage, contacts []Contact, i, n int, out *wa.Webhook) {
	if isNull(raw) {
		return
	}
	s, _, ok := loosely[Status](raw)
	readable := ok && s.ID != "" && s.Status != ""
	if readable {
		out.Statuses = append(out.Statuses, report(about.PhoneNumberID, &s, contacts, i, n))
	}
	if !readable || !wa.Status(s.Status).Reported() {
		about.keep(FieldMessages, alone(value, "statuses", raw, s.recipient(), i, n), out)
	}
}
