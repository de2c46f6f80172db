package sandbox

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCustomerWritesAndBusinessAnswers(t *testing.T) {
	w := newWorld(t)
	a := w.must("POST", "/sandbox/customers/+55 11 95550-0177/messages", `{"type":"text","text":{"body":"Olá / 你好 😀 <b>&"},"profile":{"name":"João"}}`)
	in := a.body["id"].(string)
	v := w.hooks.message(in)
	for path, want := range map[string]string{
		"messages.0.from": ana, "messages.0.text.body": "Olá / 你好 😀 <b>&", "messages.0.type": "text",
		"contacts.0.wa_id": ana, "contacts.0.profile.name": "João", "metadata.phone_number_id": pnid,
		"metadata.display_phone_number": "494515550100", "messaging_product": "whatsapp",
	} {
		if got := dig(v, strings.Split(path, ".")...); got != want {
			t.Errorf("%s: got %v, want %s", path, got, want)
		}
	}
	id, _ := dig(v, "contacts", "0", "user_id").(string)
	if !strings.HasPrefix(id, "BR.") || id != dig(v, "messages", "0", "from_user_id") {
		t.Errorf("BSUID: got %q, want BR.… in contacts and message", id)
	}

	out := w.sendOK("+"+ana, `"type":"text","text":{"body":"Bom dia"},"biz_opaque_callback_data":"ours"`)
	sentValue, deliveredValue := w.hooks.status(out, "sent"), w.hooks.status(out, "delivered")
	for _, v := range []map[string]any{sentValue, deliveredValue} {
		if got := dig(v, "statuses", "0", "recipient_id"); got != ana {
			t.Errorf("recipient_id: got %v, want %s", got, ana)
		}
		if got := dig(v, "statuses", "0", "biz_opaque_callback_data"); got != "ours" {
			t.Errorf("biz_opaque_callback_data: got %v, want ours", got)
		}
		if dig(v, "contacts", "0", "user_id") != id || dig(v, "statuses", "0", "pricing") == nil || dig(v, "statuses", "0", "conversation") != nil {
			t.Errorf("status wants contacts with the BSUID, pricing, and no conversation: %v", v)
		}
	}
	w.must("POST", "/sandbox/customers/"+ana+"/read", "")
	if v := w.hooks.status(out, "read"); dig(v, "statuses", "0", "pricing") != nil {
		t.Error("pricing is on read although delivered had it")
	}
	shown := w.phone(ana)
	if len(shown) != 2 || dig(shown[0], "id") != in || dig(shown[1], "id") != out {
		t.Fatalf("phone: got %v, want the two messages in order", shown)
	}
	if dig(shown[1], "status") != "read" || dig(shown[1], "direction") != "outbound" || dig(shown[1], "text", "body") != "Bom dia" {
		t.Errorf("phone shows %v", shown[1])
	}
	if a := w.do("POST", "/v25.0/"+pnid+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"`+in+`","typing_indicator":{"type":"text"}}`); a.status != 200 || a.body["success"] != true {
		t.Errorf("read receipt: got %d %s", a.status, a.raw)
	}
	if got := dig(w.phone(ana)[0], "status"); got != "read" {
		t.Errorf("the customer's tick: got %v, want read", got)
	}
	wantRefusal(t, w.do("POST", "/"+pnid+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.none"}`), 131009, "message_id")
}

func TestAnswerNamesTheRecipientAsAsked(t *testing.T) {
	w := newWorld(t)
	w.writes("4915112345678", "hi")
	person := w.must("GET", "/sandbox/customers/4915112345678", "").body["bsuid"].(string)
	a := w.send("+49 (151) 1234-5678", `"type":"text","text":{"body":"a"}`)
	if dig(a.body, "contacts", "0", "input") != "+49 (151) 1234-5678" || dig(a.body, "contacts", "0", "wa_id") != "4915112345678" || dig(a.body, "contacts", "0", "user_id") != nil {
		t.Errorf("by phone: got %s", a.raw)
	}
	if dig(a.body, "messages", "0", "message_status") != nil {
		t.Errorf("message_status is for templates only: %s", a.raw)
	}
	a = w.do("POST", "/v25.0/"+pnid+"/messages", `{"messaging_product":"whatsapp","recipient":"`+person+`","type":"text","text":{"body":"b"}}`)
	if dig(a.body, "contacts", "0", "input") != person || dig(a.body, "contacts", "0", "wa_id") != nil || dig(a.body, "contacts", "0", "user_id") != person {
		t.Errorf("by BSUID: got %s", a.raw)
	}
	if a := w.send("0151 12345678", template("hello_world", "en_US", "")); dig(a.body, "contacts", "0", "wa_id") != "4915112345678" || dig(a.body, "messages", "0", "message_status") != "accepted" {
		t.Errorf("national number: got %s", a.raw)
	}
	for to, code := range map[string]int{"": 131008, "abc": 131009, "+494515550100": 131021} {
		wantRefusal(t, w.send(to, `"type":"text","text":{"body":"a"}`), code, "to")
	}
	wantRefusal(t, w.do("POST", "/"+pnid+"/messages", `{"messaging_product":"whatsapp","recipient":"DE.1","type":"text","text":{"body":"b"}}`), 131009, "recipient")
	wantRefusal(t, w.do("POST", "/"+pnid+"/messages", `{"to":"+49151","type":"text","text":{"body":"b"}}`), 131008, "messaging_product")
}

func TestWindowClosesAfterADay(t *testing.T) {
	w := newWorld(t)
	never := w.sendOK("+4915100000001", `"type":"text","text":{"body":"a"}`)
	v := w.hooks.status(never, "failed")
	if dig(v, "statuses", "0", "errors", "0", "code") != json.Number("131047") || dig(v, "contacts") != nil {
		t.Errorf("failed: got %v, want 131047 and no contacts", v)
	}
	w.writes(ana, "hi")
	w.hooks.status(w.sendOK("+"+ana, `"type":"text","text":{"body":"a"}`), "delivered")
	w.must("POST", "/sandbox/clock", `{"advance":"25h"}`)
	w.hooks.status(w.sendOK("+"+ana, `"type":"text","text":{"body":"b"}`), "failed")
	w.hooks.status(w.sendOK("+"+ana, template("hello_world", "en_US", "")), "delivered")
	if n := len(w.phone(ana)); n != 3 {
		t.Errorf("phone shows %d messages, want 3: what failed never arrived", n)
	}
	sync := newWorld(t, func(o *Options) { o.SyncWindow = true })
	wantRefusal(t, sync.send("+"+ana, `"type":"text","text":{"body":"a"}`), 131047, "24 hours")
}

func TestRates(t *testing.T) {
	c := standing()
	w := newWorld(t, func(o *Options) { o.Clock = c.now })
	hello := template("hello_world", "en_US", "")
	for i := range 80 {
		w.sendOK("+49151000010"+strconv.Itoa(10+i), hello)
	}
	wantRefusal(t, w.send("+4915100002000", hello), 130429, "80")
	c.mu.Lock()
	c.at = c.at.Add(time.Second)
	c.mu.Unlock()
	for range 45 {
		w.sendOK("+4915100003000", hello)
	}
	wantRefusal(t, w.send("+4915100003000", hello), 131056, "same phone number")
	w.must("POST", "/sandbox/clock", `{"advance":"6s"}`)
	w.sendOK("+4915100003000", hello)
	wantRefusal(t, w.send("+4915100003000", hello), 131056, "same phone number")
	w.must("PATCH", "/sandbox/numbers/"+pnid, `{"throughput":"HIGH"}`)
	if ch := w.hooks.field("phone_number_quality_update"); ch.value["event"] != "THROUGHPUT_UPGRADE" {
		t.Errorf("webhook: got %v", ch.value)
	}
	for i := range 200 {
		w.sendOK("+491520000"+strconv.Itoa(1000+i), hello)
	}
	if got := dig(w.do("GET", "/v25.0/"+pnid+"?fields=throughput", "").body, "throughput", "level"); got != "HIGH" {
		t.Errorf("throughput.level: got %v, want HIGH", got)
	}
}

func TestPhonesThatCannotBeReached(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	patch := func(body string) { w.must("PATCH", "/sandbox/customers/"+ana, body) }
	patch(`{"online":false}`)
	id := w.sendOK("+"+ana, `"type":"text","text":{"body":"waits"}`)
	w.hooks.status(id, "sent")
	a := w.must("GET", "/sandbox/customers/"+ana+"/messages", "")
	if len(a.body["data"].([]any)) != 1 || a.body["waiting"] != json.Number("1") {
		t.Errorf("offline phone: got %s, want its own message only and one waiting", a.raw)
	}
	patch(`{"online":true}`)
	w.hooks.status(id, "delivered")

	patch(`{"blocked":true}`)
	blocked := w.sendOK("+"+ana, `"type":"text","text":{"body":"never"}`)
	w.hooks.status(blocked, "sent")
	if a := w.do("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"text","text":{"body":"x"}}`); a.status != 409 {
		t.Errorf("who has blocked cannot write: got %d", a.status)
	}
	patch(`{"blocked":false,"opted_out_marketing":true}`)
	if ch := w.hooks.field("user_preferences"); dig(ch.value, "user_preferences", "0", "value") != "stop" {
		t.Errorf("user_preferences: got %v", ch.value)
	}
	w.must("POST", "/sandbox/templates", `{"name":"sale","language":"de","category":"MARKETING","components":[{"type":"BODY","text":"Nur heute"}]}`)
	v := w.hooks.status(w.sendOK("+"+ana, template("sale", "de", "")), "failed")
	if dig(v, "statuses", "0", "errors", "0", "code") != json.Number("131050") {
		t.Errorf("marketing after opting out: got %v, want 131050", v)
	}
	patch(`{"not_on_whatsapp":true}`)
	v = w.hooks.status(w.sendOK("+"+ana, template("hello_world", "en_US", "")), "failed")
	if dig(v, "statuses", "0", "errors", "0", "code") != json.Number("131026") {
		t.Errorf("not on WhatsApp: got %v, want 131026", v)
	}
}

func TestReactionNeedsAMessageOfTheChat(t *testing.T) {
	w := newWorld(t)
	in := w.writes(ana, "hi")
	w.writes("4915100000009", "hi")
	ok := w.sendOK("+"+ana, `"type":"reaction","reaction":{"message_id":"`+in+`","emoji":"👍"}`)
	w.hooks.status(ok, "sent")
	if got := dig(w.phone(ana)[0], "reactions", "business"); got != "👍" {
		t.Errorf("reaction on the phone: got %v", got)
	}
	for _, to := range []string{"+4915100000009"} {
		v := w.hooks.status(w.sendOK(to, `"type":"reaction","reaction":{"message_id":"`+in+`","emoji":"👍"}`), "failed")
		if dig(v, "statuses", "0", "errors", "0", "code") != json.Number("131009") {
			t.Errorf("reaction in another chat: got %v, want 131009", v)
		}
	}
}

func TestOpenChatReadsAtOnceAndVoiceIsPlayed(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	w.must("POST", "/sandbox/customers/"+ana+"/presence", `{"open":true}`)
	id := w.sendOK("+"+ana, `"type":"text","text":{"body":"a"}`)
	w.hooks.status(id, "read")
	w.must("POST", "/sandbox/customers/"+ana+"/presence", `{"open":false}`)

	media := uploaded(t, w, "note.ogg", "audio/ogg; codecs=opus", []byte("OggS0000000000000000000000000OpusHead"))
	voice := w.sendOK("+"+ana, `"type":"audio","audio":{"id":"`+media+`","voice":true}`)
	w.hooks.status(voice, "delivered")
	w.must("POST", "/sandbox/customers/"+ana+"/messages/"+voice+"/played", "")
	w.hooks.status(voice, "read")
	w.hooks.status(voice, "played")
}

func TestReadingAtOnceBringsWhatIsUnderWay(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.StatusDelayMin, o.StatusDelayMax = time.Hour, time.Hour })
	w.writes(ana, "hi")
	id := w.sendOK("+"+ana, `"type":"text","text":{"body":"a"}`)
	if n := len(w.phone(ana)); n != 1 {
		t.Errorf("phone shows %d messages before anything was delivered, want its own", n)
	}
	w.must("POST", "/sandbox/customers/"+ana+"/read", "")
	for _, status := range []string{"sent", "delivered", "read"} {
		w.hooks.status(id, status)
	}
}

func TestUsernameOnlyHidesTheNumber(t *testing.T) {
	w := newWorld(t)
	w.must("PATCH", "/sandbox/customers/"+ana, `{"username_only":true,"username":"joao.b","profile":{"name":"João"}}`)
	v := w.hooks.message(w.writes(ana, "hi"))
	if dig(v, "messages", "0", "from") != nil || dig(v, "contacts", "0", "wa_id") != nil || dig(v, "contacts", "0", "profile", "username") != "joao.b" {
		t.Errorf("webhook shows the number or lacks the username: %v", v)
	}
	id := dig(v, "messages", "0", "from_user_id").(string)
	a := w.do("POST", "/v25.0/"+pnid+"/messages", `{"messaging_product":"whatsapp","recipient":"`+id+`","type":"text","text":{"body":"a"}}`)
	out := dig(a.body, "messages", "0", "id").(string)
	v = w.hooks.status(out, "delivered")
	if dig(v, "statuses", "0", "recipient_id") != nil || dig(v, "statuses", "0", "recipient_user_id") != id || dig(v, "contacts", "0", "wa_id") != nil {
		t.Errorf("status shows the number: %v", v)
	}
	if v := w.hooks.status(out, "sent"); dig(v, "contacts", "0", "profile", "username") != nil {
		t.Error("sent carries the username")
	}
	w.must("POST", "/sandbox/templates", `{"name":"code","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}`)
	wantRefusal(t, w.do("POST", "/"+pnid+"/messages", `{"messaging_product":"whatsapp","recipient":"`+id+`",`+template("code", "de", bodyOf(txt("1"))+","+urlButton("1"))+`}`), 131062, "recipient")
}

func TestTapsFindTheirMessage(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	offer := w.sendOK("+"+ana, buttons(`{"type":"reply","reply":{"id":"yes","title":"Ja"}}`))
	w.hooks.status(offer, "delivered")
	tap := w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"yes","title":"Ja"}}}`)
	v := w.hooks.message(tap.body["id"].(string))
	if dig(v, "messages", "0", "context", "id") != offer || dig(v, "messages", "0", "context", "from") != "494515550100" {
		t.Errorf("context of the tap: got %v, want %s", dig(v, "messages", "0", "context"), offer)
	}
	reminder := w.sendOK("+"+ana, template("appointment_reminder", "pt_BR", bodyOf(named("customer_name", "João"), named("time", "9"))))
	w.hooks.status(reminder, "delivered")
	shown := w.phone(ana)
	last := shown[len(shown)-1]
	if got := dig(last, "rendered", "body"); got != "Olá João, nosso técnico estará aí amanhã às 9 horas." {
		t.Errorf("rendered body: got %v", got)
	}
	if got := dig(last, "rendered", "buttons", "1", "text"); got != "Remarcar" {
		t.Errorf("rendered button: got %v", got)
	}
	tap = w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"button","button":{"text":"Confirmar","payload":"Confirmar"},"context":{"id":"`+reminder+`"}}`)
	if v := w.hooks.message(tap.body["id"].(string)); dig(v, "messages", "0", "context", "id") != reminder {
		t.Errorf("context of the quick reply: got %v", v)
	}
	odd := w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"hologram","hologram":{"depth":3}}`)
	if v := w.hooks.message(odd.body["id"].(string)); dig(v, "messages", "0", "hologram", "depth") != json.Number("3") {
		t.Errorf("unknown type: got %v", v)
	}
}

func TestCustomerMessagesAreChecked(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ phone, body string }{
		{ana, `{}`}, {ana, `[]`}, {ana, `{"type":"text"}`}, {ana, `{"type":"text","text":{"body":""}}`},
		{ana, `{"type":"image","image":{}}`}, {ana, `{"type":"image","image":{"data":"%%"}}`}, {ana, `{"type":"image","image":{"link":"http://127.0.0.1:1/x"}}`},
		{ana, `{"type":"interactive","interactive":{"type":"button_reply"}}`}, {ana, `{"type":"location","location":{"latitude":1}}`},
		{ana, `{"type":"text","text":{"body":"a"},"to":"999"}`}, {"12", `{"type":"text","text":{"body":"a"}}`},
		{"494515550100", `{"type":"text","text":{"body":"a"}}`},
	} {
		if a := w.do("POST", "/sandbox/customers/"+c.phone+"/messages", c.body); a.status != 422 || a.body["code"] == nil {
			t.Errorf("%s writes %s: got %d %s, want 422 with a code", c.phone, c.body, a.status, a.raw)
		}
	}
}

func TestStateOutlastsARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox", "state.json")
	keep := func(o *Options) { o.StateFile = file }
	w := newWorld(t, keep)
	png := []byte("\x89PNG\r\n\x1a\n0000")
	in := w.must("POST", "/sandbox/customers/"+ana+"/messages", `{"type":"image","image":{"data":"iVBORw0KGgowMDAw","mime_type":"image/png"}}`).body["id"].(string)
	w.hooks.message(in)
	w.must("PATCH", "/sandbox/customers/"+ana, `{"online":false}`)
	out := w.sendOK("+"+ana, `"type":"text","text":{"body":"waits"}`)
	w.hooks.status(out, "sent")
	w.must("POST", "/sandbox/clock", `{"advance":"1h"}`)
	w.must("POST", "/sandbox/templates", `{"name":"mine","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"a"}]}`)
	w.hooks.server.Close() // the business is down
	last := w.writes(ana, "are you there?")
	w.stop()
	if left, _ := filepath.Glob(file + ".new-*"); len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}

	again := newWorld(t, keep)
	again.hooks.message(last)
	shown := again.phone(ana)
	if len(shown) != 2 || dig(shown[0], "id") != in || dig(shown[1], "id") != last {
		t.Fatalf("phone after the restart: got %v", shown)
	}
	if got := get(t, dig(shown[0], "image", "url").(string)); string(got) != string(png) {
		t.Errorf("picture after the restart: got %q, want %q", got, png)
	}
	again.must("PATCH", "/sandbox/customers/"+ana, `{"online":true}`)
	again.hooks.status(out, "delivered")
	if got := again.must("GET", "/sandbox/clock", "").body["offset_seconds"]; got != json.Number("3600") {
		t.Errorf("clock offset: got %v, want 3600", got)
	}
	if a := again.do("GET", "/v25.0/"+waba+"/message_templates?name=mine", ""); len(a.body["data"].([]any)) != 1 {
		t.Errorf("template after the restart: got %s", a.raw)
	}
	if next := again.writes(ana, "new"); next == last || next == in {
		t.Error("a wamid was given twice")
	}
	again.stop()
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{StateFile: file}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("damaged state file: got %v, want an error that says so", err)
	}
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	first := w.writes(ana, "hi")
	w.hooks.message(first)
	w.must("POST", "/sandbox/clock", `{"advance":"7d"}`)
	w.must("POST", "/sandbox/faults", `{"kind":"delay"}`)
	w.must("POST", "/sandbox/reset", "")
	if n := len(w.must("GET", "/sandbox/customers", "").body["data"].([]any)); n != 0 {
		t.Errorf("customers after a reset: got %d, want none", n)
	}
	if n := len(w.must("GET", "/sandbox/faults", "").body["data"].([]any)); n != 0 {
		t.Errorf("faults after a reset: got %d, want none", n)
	}
	second := w.writes(ana, "hi")
	if second == first {
		t.Error("a reset gave a wamid again")
	}
	w.hooks.message(second)
}
