package meta

import (
	"bytes"
	"encoding/json"
	"maps"

	"kontor/internal/wa"
)

// Tell gives every message and every status of hook, which was read of body, the
// webhook that would have told of it alone (Told): entry, change and value with
// all their members as they came, the ones that nobody here knows included, one
// message or status, and the entry of contacts[] that is its person's. Media lose
// their url, which only Meta's token opens.
func Tell(body []byte, hook *wa.Webhook) {
	t := teller{messages: hook.Messages, statuses: hook.Statuses}
	envelope := fieldsOf(trim(body))
	entries, _ := list(envelope["entry"])
	for _, e := range entries {
		entry := fieldsOf(e)
		changes, _ := list(entry["changes"])
		for _, c := range changes {
			change := fieldsOf(c)
			if looseText(change["field"]) == FieldMessages {
				t.change(change["value"], func(value json.RawMessage) json.RawMessage {
					return envelope.with("entry", listOf(entry.with("changes", listOf(change.with("value", value)))))
				})
			}
		}
	}
}

// teller hands out what it reads to messages and statuses, which stand in the
// order in which ParseWebhook read them.
type teller struct {
	messages []wa.Received
	statuses []wa.StatusReport
}

// change looks at the value of one change; around writes a webhook that has
// nothing but a value.
func (t *teller) change(value json.RawMessage, around func(value json.RawMessage) json.RawMessage) {
	v, _, _ := loosely[anyValue](value)
	messages, _ := list(v.Messages)
	for i, raw := range messages {
		m, _, ok := loosely[Message](raw)
		if !ok || len(t.messages) == 0 || t.messages[0].Wamid != wa.Wamid(m.ID) {
			continue // it could not be told from others: a notice has it
		}
		who := wa.Identity{Phone: phone(m.From), BSUID: wa.BSUID(m.FromUserID)}
		t.messages[0].Told = around(alone(value, "messages", withoutURL(raw), who, i, len(messages)))
		t.messages = t.messages[1:]
	}
	statuses, _ := list(v.Statuses)
	for i, raw := range statuses {
		s, _, ok := loosely[Status](raw)
		if !ok || len(t.statuses) == 0 || t.statuses[0].Wamid != wa.Wamid(s.ID) || t.statuses[0].Status != wa.Status(s.Status) {
			continue
		}
		t.statuses[0].Told = around(alone(value, "statuses", raw, s.recipient(), i, len(statuses)))
		t.statuses = t.statuses[1:]
	}
}

// alone is the value of a "messages" change as if it held nothing but element i
// of the n in one of its lists, which is about who.
func alone(value json.RawMessage, under string, one json.RawMessage, who wa.Identity, i, n int) json.RawMessage {
	v := fieldsOf(value)
	for _, name := range []string{"messages", "statuses", "errors"} {
		delete(v, name)
	}
	if contacts := theirs(v["contacts"], who, i, n); contacts != nil {
		v["contacts"] = contacts
	} else {
		delete(v, "contacts")
	}
	return v.with(under, listOf(one))
}

// theirs is contacts[] for element i of n, which is about who: as it came when
// there is nobody else in it, else the entry of that person; nil when there is none.
func theirs(contacts json.RawMessage, who wa.Identity, i, n int) json.RawMessage {
	entries, ok := list(contacts)
	if !ok || n == 1 || len(entries) < 2 {
		return contacts
	}
	people := make([]Contact, len(entries))
	for k := range entries {
		people[k], _, _ = loosely[Contact](entries[k])
	}
	c := matching(who, people, i, n)
	for k := range people {
		if c == &people[k] {
			return listOf(entries[k])
		}
	}
	return nil
}

// withoutURL is a message without the addresses of its media; as it came where it
// has none.
func withoutURL(message json.RawMessage) json.RawMessage {
	m := fieldsOf(message)
	changed := false
	for _, name := range []string{"image", "video", "audio", "voice", "document", "sticker"} {
		if media := fieldsOf(m[name]); media["url"] != nil {
			delete(media, "url")
			m[name], changed = media.raw(), true
		}
	}
	if edit := fieldsOf(m["edit"]); edit["message"] != nil {
		if inner := withoutURL(edit["message"]); string(inner) != string(edit["message"]) {
			m["edit"], changed = edit.with("message", inner), true
		}
	}
	if !changed {
		return message
	}
	return m.raw()
}

// Ours is a message that the house sent, as its receivers know it: by an id of
// the house's, and with the caller's own biz_opaque_callback_data.
type Ours struct {
	ID     wa.Wamid
	Opaque string
}

// Rename is a webhook (Told, or one that was written again) in which messages of
// ours have our ids: where statuses are about one, where a customer quotes one or
// reacts to it. ours is asked for each id; false: it is not ours, and stays.
func Rename(webhook json.RawMessage, ours func(wa.Wamid) (Ours, bool)) json.RawMessage {
	envelope := fieldsOf(webhook)
	envelope.each("entry", func(entry fields) {
		entry.each("changes", func(change fields) {
			value := fieldsOf(change["value"])
			value.each("messages", func(m fields) { m.renameOthers(ours) })
			value.each("statuses", func(s fields) { s.renameStatus(ours) })
			if len(value) > 0 {
				change["value"] = value.raw()
			}
		})
	})
	return envelope.raw()
}

func (s fields) renameStatus(ours func(wa.Wamid) (Ours, bool)) {
	o, ok := ours(wa.Wamid(looseText(s["id"])))
	if !ok {
		return
	}
	s["id"] = quoted(string(o.ID))
	delete(s, "biz_opaque_callback_data")
	if o.Opaque != "" {
		s["biz_opaque_callback_data"] = quoted(o.Opaque)
	}
}

// renameOthers replaces the ids of other messages that a message names.
func (m fields) renameOthers(ours func(wa.Wamid) (Ours, bool)) {
	for member, name := range map[string]string{"context": "id", "reaction": "message_id"} {
		inner := fieldsOf(m[member])
		if o, ok := ours(wa.Wamid(looseText(inner[name]))); ok {
			m[member] = inner.with(name, quoted(string(o.ID)))
		}
	}
	if edit := fieldsOf(m["edit"]); edit["message"] != nil {
		edited := fieldsOf(edit["message"])
		edited.renameOthers(ours)
		m["edit"] = edit.with("message", edited.raw())
	}
}

// fields is an object whose members stay as they came.
type fields map[string]json.RawMessage

// fieldsOf reads an object; what is none has no members.
func fieldsOf(raw []byte) fields {
	f := fields{}
	if isObject(raw) && json.Unmarshal(raw, &f) != nil {
		return fields{}
	}
	return f
}

// with is the object with a member of another value.
func (f fields) with(name string, value json.RawMessage) json.RawMessage {
	f = maps.Clone(f)
	f[name] = value
	return f.raw()
}

// without is the object without some members.
func (f fields) without(names ...string) json.RawMessage {
	f = maps.Clone(f)
	for _, name := range names {
		delete(f, name)
	}
	return f.raw()
}

// each has change work on every object of a list. What it leaves alone stays as
// it was written, member by member; so does a list that cannot be read.
func (f fields) each(name string, change func(fields)) {
	elements, ok := list(f[name])
	if !ok || len(elements) == 0 {
		return
	}
	for i, e := range elements {
		if isObject(e) {
			inner := fieldsOf(e)
			before := maps.Clone(inner)
			if change(inner); !maps.EqualFunc(before, inner, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
				elements[i] = inner.raw()
			}
		}
	}
	f[name] = listOf(elements...)
}

func (f fields) raw() json.RawMessage {
	raw, err := json.Marshal(map[string]json.RawMessage(f))
	if err != nil { // every member was read as JSON
		return json.RawMessage("{}")
	}
	return raw
}

func listOf(elements ...json.RawMessage) json.RawMessage {
	raw, err := json.Marshal(elements)
	if err != nil { // likewise
		return json.RawMessage("[]")
	}
	return raw
}

func quoted(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // text can always be written
	return raw
}
