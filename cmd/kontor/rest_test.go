package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Files as small as they can be and still be what they say.
var (
	voice   = []byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead")
	film    = []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat")
	sticker = []byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\x01\x00\xff\x01\x00")
	invoice = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
)

const (
	carla = "4915112345678"
	m     = http.MethodPost // most calls of these stories
)

type object = map[string]any

// TestRESTStory is the main story without a browser: a customer writes, a
// program answers, and everything that was said can be read.
func TestRESTStory(t *testing.T) {
	eachEngine(t, func(t *testing.T, env []string) {
		w := dev(t, devEnv(t, env))
		told := w.stream()
		w.everyTypeArrives()
		w.slowFile()
		w.everySendArrives()
		w.peopleWithoutNumbers()
		w.limitsAreTold()
		w.aKeySendsOnce()
		w.greetsEachOpening()
		w.queueAssignClose()
		w.streamed(told)
		w = w.again()
		w.stop()
	})
}

func file(kind string, data []byte, more object) object {
	part := object{"data": base64.StdEncoding.EncodeToString(data)}
	for name, v := range more {
		part[name] = v
	}
	return object{"type": kind, kind: part}
}

// everyTypeArrives: a customer writes each type of message, and the history
// shows each with its content, once, in the order of arrival.
func (w *world) everyTypeArrives() {
	w.t.Helper()
	card := object{"name": object{"formatted_name": "Ida Hansen", "first_name": "Ida"}, "phones": []any{object{"phone": "+49 451 5550101"}}}
	first := w.writes(carla, object{"type": "text", "text": object{"body": "Guten Tag 👋"}, "profile": object{"name": "Carla"}}).text("wamid")
	cases := []struct {
		body       object
		typ        string // in the history; "": the body's
		path, want string // into the content
	}{
		{file("image", picture(), object{"caption": "my bicycle", "mime_type": "image/png"}), "", "image.caption", "my bicycle"},
		{file("audio", voice, object{"voice": true}), "", "audio.voice", "true"},
		{file("video", film, object{"mime_type": "video/mp4"}), "", "video.mime_type", "video/mp4"},
		{file("document", invoice, object{"filename": "invoice.pdf", "mime_type": "application/pdf"}), "", "document.filename", "invoice.pdf"},
		{file("sticker", sticker, object{"mime_type": "image/webp"}), "", "sticker.mime_type", "image/webp"},
		{object{"type": "location", "location": object{"latitude": 53.8655, "longitude": 10.6866, "name": "Home"}}, "", "location.latitude", "53.8655"},
		{object{"type": "contacts", "contacts": []any{card}}, "", "contacts.0.phones.0.phone", "+49 451 5550101"},
		{object{"type": "text", "text": object{"body": "about this"}, "context": object{"message_id": first}}, "", "context.id", first},
		{object{"type": "text", "text": object{"body": "I saw you"}, "referral": object{"source_url": "https://fb.me/x", "source_type": "ad", "source_id": "7", "headline": "Spring"}}, "", "referral.headline", "Spring"},
		{object{"type": "reaction", "reaction": object{"message_id": first, "emoji": "👍"}}, "", "reaction.emoji", "👍"},
		{object{"type": "interactive", "interactive": object{"type": "button_reply", "button_reply": object{"id": "yes", "title": "Yes"}}}, "", "reply.id", "yes"},
		{object{"type": "interactive", "interactive": object{"type": "list_reply", "list_reply": object{"id": "mon", "title": "Monday", "description": "mornings"}}}, "", "reply.description", "mornings"},
		{object{"type": "interactive", "interactive": object{"type": "nfm_reply", "nfm_reply": object{"name": "flow", "body": "Sent", "response_json": `{"day":"mon"}`}}}, "", "reply.response_json", `{"day":"mon"}`},
		{object{"type": "button", "button": object{"text": "Confirm", "payload": "c1"}}, "", "button.payload", "c1"},
		{object{"type": "order", "order": object{"catalog_id": "9", "text": "please", "product_items": []any{object{"product_retailer_id": "b-1", "quantity": 2, "item_price": 9.5, "currency": "EUR"}}}}, "", "order.product_items.0.product_retailer_id", "b-1"},
		{object{"type": "unsupported", "unsupported": object{"type": "poll"}}, "", "errors.0.code", "131051"},
		{object{"type": "hologram", "hologram": object{"depth": 3}}, "unknown", "raw_type", "hologram"},
	}
	ids := []string{first}
	for _, c := range cases {
		ids = append(ids, w.writes(carla, c.body).text("wamid"))
	}
	history := w.history(carla, 5)
	if len(history) != len(ids) {
		w.t.Fatalf("the history has %d messages, want %d", len(history), len(ids))
	}
	for i, item := range history {
		if got := dig(item, "wamid"); got != ids[i] {
			w.t.Fatalf("place %d of the history: got %v, want %s", i, got, ids[i])
		}
		if i == 0 {
			continue
		}
		c := cases[i-1]
		if c.typ == "" {
			c.typ = c.body["type"].(string)
		}
		if got := dig(item, "content.type"); got != c.typ || dig(item, "type") != c.typ || dig(item, "direction") != "inbound" || dig(item, "status") != "received" {
			w.t.Errorf("got a %v %v message with content of type %v and status %v, want an inbound %s, received", dig(item, "direction"), dig(item, "type"), got, dig(item, "status"), c.typ)
		}
		if got := fmt.Sprint(dig(item, "content."+c.path)); got != c.want {
			w.t.Errorf("%s: %s is %q, want %q", c.typ, c.path, got, c.want)
		}
	}
	for i, data := range map[int][]byte{1: picture(), 2: voice, 3: film, 4: invoice, 5: sticker} {
		w.sameBytes(ids[i], data)
	}
	w.editAndRevoke()
}

// sameBytes: what a customer sent is kept and served byte for byte. Who asks
// while it is still on its way from WhatsApp gets it when it is here.
func (w *world) sameBytes(id string, want []byte) {
	w.t.Helper()
	message := w.api.must(http.StatusOK, http.MethodGet, "/messages/"+id, nil)
	got := w.api.call(http.MethodGet, "/media/"+message.text("content."+message.text("type")+".media_id"), nil)
	if got.status != http.StatusOK || !bytes.Equal(got.raw, want) {
		w.t.Errorf("the %s came back as %d with %d bytes, want 200 with the %d that were sent", message.text("type"), got.status, len(got.raw), len(want))
	}
}

// slowFile: a picture is asked for before WhatsApp has handed it over.
func (w *world) slowFile() {
	w.t.Helper()
	w.meta.must(http.StatusOK, m, "/sandbox/faults", object{"kind": "delay", "delay_ms": 700, "count": 1, "match": object{"edge": "node"}})
	w.sameBytes(w.writes(carla, file("image", picture(), object{"mime_type": "image/png"})).text("wamid"), picture())
	w.meta.must(http.StatusOK, http.MethodDelete, "/sandbox/faults", nil)
}

// editAndRevoke: a customer changes a message, and takes another one back.
func (w *world) editAndRevoke() {
	w.t.Helper()
	edited := w.writes(carla, object{"type": "text", "text": object{"body": "for tow"}}).text("wamid")
	revoked := w.writes(carla, object{"type": "text", "text": object{"body": "oops"}}).text("wamid")
	for _, body := range []object{
		{"type": "edit", "edit": object{"original_message_id": edited, "message": object{"type": "text", "text": object{"body": "for two"}}}},
		{"type": "revoke", "revoke": object{"original_message_id": revoked}},
	} {
		w.meta.must(http.StatusOK, m, "/sandbox/customers/"+carla+"/messages", body)
	}
	until(w.t, "the message is changed", func() bool {
		return w.api.call(http.MethodGet, "/messages/"+edited, nil).text("content.text.body") == "for two"
	})
	until(w.t, "the message is taken back", func() bool {
		return w.api.call(http.MethodGet, "/messages/"+revoked, nil).text("revoked_at") != ""
	})
}

// everySendArrives: each send call's message is on the phone as it was meant,
// and its status climbs until it was read.
func (w *world) everySendArrives() {
	w.t.Helper()
	upload := func(name, mimeType string, data []byte) string {
		r := w.api.must(http.StatusCreated, m, "/media", newForm(w.t, name, mimeType, data))
		got := w.api.must(http.StatusOK, http.MethodGet, "/media/"+r.text("media_id"), nil)
		if !bytes.Equal(got.raw, data) {
			w.t.Errorf("%s: other bytes came back than were uploaded", name)
		}
		return r.text("media_id")
	}
	asked := w.writes(carla, object{"type": "text", "text": object{"body": "and now?"}})
	image := upload("bicycle.png", "image/png", picture())
	cases := []struct {
		kind       string
		body       object
		typ        string // on the phone
		path, want string
	}{
		{"text", object{"text": "Good *morning*", "context": object{"message_id": asked.text("message_id")}}, "text", "context.id", asked.text("wamid")},
		{"template", object{"template": object{"name": "hello_world", "language": object{"code": "en_US"}}}, "template", "template.name", "hello_world"},
		{"template", object{"template": object{"name": "order_update", "language": object{"code": "de"}, "components": []any{
			object{"type": "body", "parameters": []any{object{"type": "text", "text": "R-7"}, object{"type": "text", "text": "fertig"}}}}}}, "template", "rendered.body", "Ihr Auftrag R-7 hat einen neuen Stand: fertig. Wir melden uns, sobald sich etwas ändert."},
		{"template", object{"template": object{"name": "visit_photo", "language": object{"code": "en_US"}, "components": []any{
			object{"type": "header", "parameters": []any{object{"type": "image", "image": object{"media_id": image}}}},
			object{"type": "body", "parameters": []any{object{"type": "text", "text": "R-7"}}},
			object{"type": "button", "sub_type": "url", "index": "0", "parameters": []any{object{"type": "text", "text": "R-7"}}}}}}, "template", "template.name", "visit_photo"},
		{"buttons", object{"text": "Shall we?", "footer": "Workshop", "header": "Repair", "buttons": []any{object{"id": "yes", "title": "Yes"}, object{"id": "no", "title": "No"}}}, "interactive", "interactive.action.buttons.1.reply.id", "no"},
		{"list", object{"text": "When?", "button": "Choose", "sections": []any{object{"title": "Week", "rows": []any{object{"id": "mon", "title": "Monday"}}}}}, "interactive", "interactive.action.sections.0.rows.0.id", "mon"},
		{"cta_url", object{"text": "Here", "display_text": "Open", "url": "https://shop.example/1"}, "interactive", "interactive.action.parameters.url", "https://shop.example/1"},
		{"image", object{"image": object{"media_id": image, "caption": "as new"}}, "image", "image.caption", "as new"},
		{"image", object{"image": object{"id": image}}, "image", "type", "image"}, // whoever knows Meta's API writes it so
		{"document", object{"document": object{"media_id": upload("i.pdf", "application/pdf", invoice), "filename": "invoice-7.pdf"}}, "document", "document.filename", "invoice-7.pdf"},
		{"audio", object{"audio": object{"media_id": upload("v.ogg", "audio/ogg", voice), "voice": true}}, "audio", "audio.voice", "true"},
		{"video", object{"video": object{"media_id": upload("f.mp4", "video/mp4", film), "caption": "how to"}}, "video", "video.caption", "how to"},
		{"sticker", object{"sticker": object{"media_id": upload("s.webp", "image/webp", sticker)}}, "sticker", "type", "sticker"},
		{"location", object{"location": object{"latitude": 53.8655, "longitude": 10.6866, "name": "Workshop"}}, "location", "location.name", "Workshop"},
		{"contacts", object{"contacts": []any{object{"name": object{"formatted_name": "Ida Hansen", "first_name": "Ida"}, "phones": []any{object{"phone": "+49 451 5550101"}}}}}, "contacts", "contacts.0.name.first_name", "Ida"},
		{"reaction", object{"reaction": object{"message_id": asked.text("message_id"), "emoji": "🎉"}}, "reaction", "reaction.message_id", asked.text("wamid")},
	}
	var ids []string
	for i, c := range cases {
		c.body["to"] = []string{carla, "+49 151 1234-5678", "0049 (151) 12345678"}[i%3]
		ids = append(ids, w.sends(c.kind, c.body))
	}
	wamids := map[string]string{}
	for i, id := range ids {
		status := []string{"delivered", "read"}
		if cases[i].kind == "reaction" {
			status = append(status, "sent") // reactions are not delivered (cloud-api.md 2.6)
		}
		wamids[id] = w.comes(id, status...).text("wamid")
	}
	shown := map[string]any{}
	place := map[string]int{}
	for i, message := range w.phone(carla) {
		id, _ := dig(message, "id").(string)
		shown[id], place[id] = message, i
	}
	for i, c := range cases {
		message := shown[wamids[ids[i]]]
		if got := dig(message, "type"); got != c.typ {
			w.t.Errorf("send/%s: the phone shows %v, want %s", c.kind, got, c.typ)
		}
		if got := fmt.Sprint(dig(message, c.path)); got != c.want {
			w.t.Errorf("send/%s: on the phone %s is %q, want %q", c.kind, c.path, got, c.want)
		}
		if i > 0 && place[wamids[ids[i]]] < place[wamids[ids[i-1]]] {
			w.t.Errorf("send/%s overtook send/%s", c.kind, cases[i-1].kind)
		}
	}
	// The picture on the phone is the picture that was uploaded.
	address, _ := dig(shown[wamids[ids[7]]], "image.url").(string)
	if got := (&peer{w.t, "", ""}).call(http.MethodGet, address, nil); !bytes.Equal(got.raw, picture()) {
		w.t.Errorf("the phone's picture at %s has other bytes than the one that was sent", address)
	}

	w.meta.must(http.StatusOK, m, "/sandbox/customers/"+carla+"/read", nil)
	for i, id := range ids {
		if cases[i].kind == "reaction" {
			continue
		}
		r := w.comes(id, "read")
		sent, delivered, read := r.text("sent_at"), r.text("delivered_at"), r.text("read_at")
		if sent == "" || delivered < sent || read < delivered {
			w.t.Errorf("send/%s: sent at %s, delivered at %s, read at %s, want them in this order", cases[i].kind, sent, delivered, read)
		}
	}
}

// peopleWithoutNumbers: somebody who shows only a username is written to by BSUID.
func (w *world) peopleWithoutNumbers() {
	w.t.Helper()
	const phone = "4915187654321"
	bsuid := w.meta.must(http.StatusOK, http.MethodPatch, "/sandbox/customers/"+phone, object{"username": "vera", "username_only": true}).text("bsuid")
	got := w.writes(phone, object{"type": "text", "text": object{"body": "no number"}})
	if dig(got.json, "phone") != nil {
		w.t.Errorf("the phone of a person who hides it is %v, want none", dig(got.json, "phone"))
	}
	id := w.sends("text", object{"to": bsuid, "text": "hello Vera"})
	w.comes(id, "delivered", "read")
	if n := len(w.history(bsuid, 50)); n != 2 {
		w.t.Errorf("the conversation by BSUID has %d messages, want 2", n)
	}
	if n := len(w.history(got.text("contact_id"), 50)); n != 2 {
		w.t.Errorf("the conversation by contact id has %d messages, want 2", n)
	}
}

// limitsAreTold: a value that is too long is refused before anything is
// queued, with the member, the limit and its length.
func (w *world) limitsAreTold() {
	w.t.Helper()
	before := len(w.history(carla, 100))
	long := func(n int) string { return strings.Repeat("ä", n) }
	row := func(n int) []any {
		rows := make([]any, n)
		for i := range rows {
			rows[i] = object{"id": fmt.Sprint(i), "title": fmt.Sprint("row ", i)}
		}
		return rows
	}
	for _, c := range []struct {
		kind          string
		body          object
		field         string
		limit, length float64
	}{
		{"text", object{"text": long(4097)}, "text", 4096, 4097},
		{"buttons", object{"text": "?", "buttons": []any{object{"id": "a", "title": long(21)}}}, "buttons[0].title", 20, 21},
		{"buttons", object{"text": long(1025), "buttons": []any{object{"id": "a", "title": "A"}}}, "text", 1024, 1025},
		{"buttons", object{"text": "?", "buttons": []any{object{"id": "a", "title": "A"}, object{"id": "b", "title": "B"}, object{"id": "c", "title": "C"}, object{"id": "d", "title": "D"}}}, "buttons", 3, 4},
		{"list", object{"text": "?", "button": "Go", "sections": []any{object{"title": "S", "rows": row(11)}}}, "sections", 10, 11},
		{"list", object{"text": "?", "button": long(21), "sections": []any{object{"title": "S", "rows": row(1)}}}, "button", 20, 21},
		{"cta_url", object{"text": "?", "display_text": long(21), "url": "https://shop.example"}, "display_text", 20, 21},
		{"image", object{"image": object{"link": "https://shop.example/a.jpg", "caption": long(1025)}}, "image.caption", 1024, 1025},
		{"document", object{"document": object{"link": "https://shop.example/a.pdf", "filename": long(241)}}, "document.filename", 240, 241},
		{"location", object{"location": object{"latitude": 91, "longitude": 0}}, "location.latitude", 90, 91},
	} {
		c.body["to"] = carla
		r := w.api.call(m, "/send/"+c.kind, c.body)
		if r.status != http.StatusUnprocessableEntity || r.header.Get("Content-Type") != "application/problem+json" || r.text("code") == "" {
			w.t.Errorf("send/%s with a long %s: got %d %s, want 422 as problem+json", c.kind, c.field, r.status, r.raw)
			continue
		}
		if got := dig(r.json, "errors.0"); !strings.HasPrefix(fmt.Sprint(dig(got, "name")), c.field) || dig(got, "limit") != c.limit || dig(got, "length") != c.length {
			w.t.Errorf("send/%s: got %v, want %s with limit %v and length %v", c.kind, got, c.field, c.limit, c.length)
		}
	}
	for _, body := range []object{{"text": "hi"}, {"to": "12", "text": "hi"}, {"to": carla, "text": "hi", "colour": "red"}, {"to": carla}} {
		if r := w.api.call(m, "/send/text", body); r.status != http.StatusUnprocessableEntity {
			w.t.Errorf("send/text %v: got %d %s, want 422", body, r.status, r.raw)
		}
	}
	if r := w.api.call(m, "/send/text", "{"); r.status != http.StatusBadRequest {
		w.t.Errorf("half a body: got %d, want 400", r.status)
	}
	if after := len(w.history(carla, 100)); after != before {
		w.t.Errorf("the history has %d messages after the refusals, want %d as before", after, before)
	}
	for key, want := range map[string]int{"": http.StatusUnauthorized, "wrong": http.StatusUnauthorized} {
		if r := (&peer{w.t, w.api.base, key}).call(m, "/send/text", object{"to": carla, "text": "hi"}); r.status != want {
			w.t.Errorf("with the key %q: got %d, want %d", key, r.status, want)
		}
	}
}

// aKeySendsOnce: however often and at once a send is repeated with its key,
// the customer gets it once.
func (w *world) aKeySendsOnce() {
	w.t.Helper()
	const n = 20
	ids := make(chan string, n)
	for range n {
		go func() {
			r, err := w.api.try(m, "/send/text", object{"to": carla, "text": "exactly once"}, "Idempotency-Key", "once")
			if err != nil || r.status != http.StatusAccepted {
				ids <- fmt.Sprintf("%d %s %v", r.status, r.raw, err)
				return
			}
			ids <- r.text("message_id")
		}()
	}
	first := <-ids
	for range n - 1 {
		if id := <-ids; id != first {
			w.t.Errorf("a repetition was answered with %s, want %s", id, first)
		}
	}
	w.comes(first, "delivered", "read")
	copies := 0
	for _, message := range w.phone(carla) {
		if dig(message, "text.body") == "exactly once" {
			copies++
		}
	}
	if copies != 1 {
		w.t.Errorf("the phone shows it %d times, want once", copies)
	}
	if r := w.api.call(m, "/send/text", object{"to": carla, "text": "something else"}, "Idempotency-Key", "once"); r.status != http.StatusConflict || r.text("code") != "idempotency_mismatch" {
		w.t.Errorf("the same key with another body: got %d %s, want 409 idempotency_mismatch", r.status, r.raw)
	}
}

// greetsEachOpening: the greeting of the workspace is sent once for every
// conversation that opens, and to nobody before it was set.
func (w *world) greetsEachOpening() {
	w.t.Helper()
	const phone, greeting = "4915199999999", "Hello! We answer within the hour."
	greetings := func() (n int) {
		for _, message := range w.phone(phone) {
			if dig(message, "text.body") == greeting {
				n++
			}
		}
		return n
	}
	w.api.must(http.StatusOK, http.MethodPatch, "/workspace", object{"greeting": greeting})
	defer w.api.must(http.StatusOK, http.MethodPatch, "/workspace", object{"greeting": ""})
	w.writes(phone, object{"type": "text", "text": object{"body": "hello"}})
	until(w.t, "the customer is greeted", func() bool { return greetings() == 1 })
	w.writes(phone, object{"type": "text", "text": object{"body": "anybody there?"}})
	w.api.must(http.StatusOK, m, "/queue/"+phone+"/close", nil)
	w.writes(phone, object{"type": "text", "text": object{"body": "me again"}})
	until(w.t, "the conversation that opened again is greeted", func() bool { return greetings() == 2 })
	greeted := 0
	for _, item := range w.history(phone, 100) {
		if dig(item, "author.kind") == "greeting" {
			greeted++
		}
	}
	if greeted != 2 {
		w.t.Errorf("the history shows %d greetings, want 2", greeted)
	}
}

// queueAssignClose: a new conversation waits, somebody gets it, closes it, and
// the customer's next message opens it again.
func (w *world) queueAssignClose() {
	w.t.Helper()
	const phone = "4915155555555"
	state := func() reply { return w.api.must(http.StatusOK, http.MethodGet, "/conversations/"+phone, nil) }
	waits := func() bool {
		for _, c := range w.api.must(http.StatusOK, http.MethodGet, "/queue/pending", nil).list("data") {
			if dig(c, "contact.phone") == phone {
				return true
			}
		}
		return false
	}
	w.writes(phone, object{"type": "text", "text": object{"body": "first"}})
	if !waits() {
		w.t.Error("a new conversation is not in the queue")
	}
	people := w.api.must(http.StatusOK, http.MethodGet, "/people", nil)
	ana, ben := people.text("data.0.person_id"), people.text("data.1.person_id")
	w.api.must(http.StatusOK, m, "/queue/"+phone+"/assign", object{"person_id": ana})
	if got := state(); waits() || got.text("state") != "assigned" || got.text("assignee.person_id") != ana {
		w.t.Errorf("after assigning: %s", got.raw)
	}
	if r := w.api.call(m, "/queue/"+phone+"/assign", object{"person_id": ben}); r.status != http.StatusConflict || r.text("code") != "already_assigned" {
		w.t.Errorf("a second claim: got %d %s, want 409 already_assigned", r.status, r.raw)
	}
	w.api.must(http.StatusOK, m, "/queue/"+phone+"/assign", object{"person_id": ben, "force": true})
	w.writes(phone, object{"type": "text", "text": object{"body": "second"}})
	if got := state(); got.text("assignee.person_id") != ben || dig(got.json, "unread") != 2.0 {
		w.t.Errorf("a message to an assigned conversation: %s", got.raw)
	}
	w.api.must(http.StatusOK, m, "/conversations/"+phone+"/read", nil)
	w.api.must(http.StatusOK, m, "/queue/"+phone+"/close", nil)
	if got := state(); got.text("state") != "closed" || dig(got.json, "unread") != 0.0 {
		w.t.Errorf("after closing: %s", got.raw)
	}
	w.writes(phone, object{"type": "text", "text": object{"body": "third"}})
	if got := state(); got.text("state") != "waiting" || !waits() {
		w.t.Errorf("after the customer wrote again: %s", got.raw)
	}
	if r := w.api.call(m, "/queue/4915100000000/close", nil); r.status != http.StatusNotFound {
		w.t.Errorf("closing nobody's conversation: got %d, want 404", r.status)
	}
}

// streamed: the live stream told of all that, in the order of each message's life.
func (w *world) streamed(told <-chan map[string]any) {
	w.t.Helper()
	id := w.sends("text", object{"to": carla, "text": "last words"})
	w.comes(id, "delivered", "read")
	kinds := map[string]int{}
	var life []string
	deadline := time.After(patience)
	for len(life) == 0 || life[len(life)-1] != "message.status delivered" {
		select {
		case fact := <-told:
			kind, _ := fact["kind"].(string)
			kinds[kind]++
			if fact["message_id"] == id {
				life = append(life, strings.TrimSpace(kind+" "+fmt.Sprint(fact["detail"])))
			}
		case <-deadline:
			w.t.Fatalf("the stream told %v of the last message, want delivered in the end", life)
		}
	}
	if got := strings.Join(life, ", "); got != "message.accepted, message.status sent, message.status delivered" {
		w.t.Errorf("the life of a message: got %s", got)
	}
	for _, kind := range []string{"message.received", "message.edited", "message.revoked", "conversation.opened", "conversation.assigned", "conversation.closed", "conversation.read", "media.stored"} {
		if kinds[kind] == 0 {
			w.t.Errorf("the stream told nothing of the kind %s; it told %v", kind, kinds)
		}
	}
}

// again interrupts the product amid sends, starts it again and finds every
// message that was accepted, delivered once and in order.
func (w *world) again() *world {
	w.t.Helper()
	phones := []string{"4915166600001", "4915166600002", "4915166600003"} // a pair takes 45 at once
	const each = 20
	for _, phone := range phones {
		w.writes(phone, object{"type": "text", "text": object{"body": "hello"}})
	}
	// WhatsApp is slow, so that the end finds calls under way.
	w.meta.must(http.StatusOK, m, "/sandbox/faults", object{"kind": "delay", "delay_ms": 100, "match": object{"edge": "messages"}})
	for i := range each {
		for _, phone := range phones {
			w.sends("text", object{"to": phone, "text": fmt.Sprint(i)})
		}
	}
	w.stop()
	next := dev(w.t, w.env)
	for _, phone := range phones {
		until(w.t, "all messages to "+phone+" are delivered", func() bool {
			delivered := 0
			for _, item := range next.history(phone, 100) {
				if status := dig(item, "status"); status == "delivered" || status == "read" {
					delivered++
				}
			}
			return delivered == each
		})
		var order []string
		for _, message := range next.phone(phone) {
			if dig(message, "direction") == "outbound" {
				order = append(order, fmt.Sprint(dig(message, "text.body")))
			}
		}
		for i, got := range order {
			if len(order) != each || got != fmt.Sprint(i) {
				w.t.Errorf("the phone shows %v, want 0 to %d in order", order, each-1)
				break
			}
		}
	}
	return next
}
