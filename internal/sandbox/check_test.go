package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// many repeats a JSON element n times, with %d replaced by its position.
func many(n int, element string) string {
	var all []string
	for i := range n {
		all = append(all, strings.ReplaceAll(element, "%d", fmt.Sprint(i)))
	}
	return strings.Join(all, ",")
}

func long(n int) string { return strings.Repeat("é", n) }

func interactive(kind, rest string) string {
	return `"type":"interactive","interactive":{"type":"` + kind + `",` + rest + `}`
}

func buttons(list string) string {
	return interactive("button", `"body":{"text":"b"},"action":{"buttons":[`+list+`]}`)
}

func sections(list string) string {
	return interactive("list", `"body":{"text":"b"},"action":{"button":"open","sections":[`+list+`]}`)
}

func cards(list string) string {
	return interactive("carousel", `"body":{"text":"b"},"action":{"cards":[`+list+`]}`)
}

const (
	button1 = `{"type":"reply","reply":{"id":"i%d","title":"t%d"}}`
	row1    = `{"id":"r%d","title":"row"}`
	card1   = `{"card_index":%d,"type":"cta_url","header":{"type":"image","image":{"link":"http://127.0.0.1:1/a"}},"body":{"text":"c"},"action":{"name":"cta_url","parameters":{"display_text":"go","url":"https://a.example"}}}`
)

// TestValidation sends each wrong message through HTTP: code, HTTP status and
// the field that details name.
func TestValidation(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Numbers[0].PerSecond = -1
		o.Templates = append(o.Templates, oddTemplates()...)
	})
	w.writes(ana, "hi")
	for _, c := range []struct {
		name, body string
		code       int
		field      string
	}{
		{"text without payload", `"type":"text"`, 131008, "text"},
		{"text is no object", `"type":"text","text":"hi"`, 100, "text"},
		{"body missing", `"type":"text","text":{}`, 131008, "text.body"},
		{"body null", `"type":"text","text":{"body":null}`, 131008, "text.body"},
		{"body empty", `"type":"text","text":{"body":""}`, 131008, "text.body"},
		{"body is a number", `"type":"text","text":{"body":1}`, 100, "text.body"},
		{"body too long", `"type":"text","text":{"body":"` + long(4097) + `"}`, 100, "text.body"},
		{"preview_url", `"type":"text","text":{"body":"a","preview_url":"maybe"}`, 100, "text.preview_url"},
		{"type unknown", `"type":"telegram"`, 131051, "type"},
		{"type is a number", `"type":7`, 100, "type"},
		{"recipient_type", `"recipient_type":"crowd","type":"text","text":{"body":"a"}`, 131009, "recipient_type"},
		{"group", `"recipient_type":"group","type":"text","text":{"body":"a"}`, 131041, "to"},
		{"pin", `"type":"pin","pin":{"type":"pin","message_id":"wamid.a"}`, 131009, "pin"},
		{"pin without a message", `"type":"pin","pin":{"type":"unpin"}`, 131008, "pin.message_id"},
		{"pin of another kind", `"type":"pin","pin":{"type":"stick"}`, 131009, "pin.type"},
		{"opaque data too long", `"biz_opaque_callback_data":"` + long(513) + `","type":"text","text":{"body":"a"}`, 100, "biz_opaque_callback_data"},
		{"context without id", `"context":{},"type":"text","text":{"body":"a"}`, 131008, "context.message_id"},
		{"context id of somebody else", `"context":{"message_id":"msg_1"},"type":"text","text":{"body":"a"}`, 131009, "context.message_id"},
		{"image without id and link", `"type":"image","image":{}`, 131008, "image"},
		{"image with both", `"type":"image","image":{"id":"1","link":"https://a.example/b"}`, 100, "image"},
		{"image id unknown", `"type":"image","image":{"id":"1"}`, 100, "image.id"},
		{"image link", `"type":"image","image":{"link":"ftp://a.example"}`, 131009, "image.link"},
		{"image caption", `"type":"image","image":{"link":"https://a.example/b","caption":"` + long(1025) + `"}`, 100, "image.caption"},
		{"video caption", `"type":"video","video":{"link":"https://a.example/b","caption":"` + long(1025) + `"}`, 100, "video.caption"},
		{"document caption", `"type":"document","document":{"link":"https://a.example/b","caption":"` + long(1025) + `"}`, 100, "document.caption"},
		{"document filename", `"type":"document","document":{"link":"https://a.example/b","filename":"` + long(241) + `"}`, 100, "document.filename"},
		{"audio caption", `"type":"audio","audio":{"link":"https://a.example/b","caption":"c"}`, 100, "audio.caption"},
		{"sticker caption", `"type":"sticker","sticker":{"link":"https://a.example/b","caption":"c"}`, 100, "sticker.caption"},
		{"latitude missing", `"type":"location","location":{"longitude":1}`, 131008, "location.latitude"},
		{"latitude range", `"type":"location","location":{"latitude":91,"longitude":1}`, 131009, "location.latitude"},
		{"longitude range", `"type":"location","location":{"latitude":"1","longitude":"-181"}`, 131009, "location.longitude"},
		{"latitude is text", `"type":"location","location":{"latitude":"north","longitude":1}`, 100, "location.latitude"},
		{"no contacts", `"type":"contacts","contacts":[]`, 131009, "contacts"},
		{"too many contacts", `"type":"contacts","contacts":[` + many(258, `{"name":{"formatted_name":"a","first_name":"a"}}`) + `]`, 131009, "contacts"},
		{"contact without name", `"type":"contacts","contacts":[{}]`, 131008, "contacts[0].name"},
		{"contact without formatted_name", `"type":"contacts","contacts":[{"name":{"first_name":"a"}}]`, 131008, "contacts[0].name.formatted_name"},
		{"contact with one part", `"type":"contacts","contacts":[{"name":{"formatted_name":"a"}}]`, 131008, "contacts[0].name"},
		{"birthday", `"type":"contacts","contacts":[{"name":{"formatted_name":"a","first_name":"a"},"birthday":"1.2.2000"}]`, 131009, "contacts[0].birthday"},
		{"reaction without id", `"type":"reaction","reaction":{"emoji":"👍"}`, 131008, "reaction.message_id"},
		{"reaction with text", `"type":"reaction","reaction":{"message_id":"wamid.x","emoji":"ok"}`, 131009, "reaction.emoji"},
		{"reaction with context", `"context":{"message_id":"wamid.x"},"type":"reaction","reaction":{"message_id":"wamid.x","emoji":"👍"}`, 100, "context"},

		{"interactive type", interactive("dance", `"body":{"text":"b"},"action":{}`), 131009, "interactive.type"},
		{"interactive without type", `"type":"interactive","interactive":{"action":{}}`, 131008, "interactive.type"},
		{"without action", interactive("button", `"body":{"text":"b"}`), 131008, "interactive.action"},
		{"without body", interactive("button", `"action":{"buttons":[`+many(1, button1)+`]}`), 131008, "interactive.body"},
		{"body too long", interactive("button", `"body":{"text":"`+long(1025)+`"},"action":{"buttons":[`+many(1, button1)+`]}`), 100, "interactive.body.text"},
		{"footer too long", interactive("button", `"body":{"text":"b"},"footer":{"text":"`+long(61)+`"},"action":{"buttons":[`+many(1, button1)+`]}`), 100, "interactive.footer.text"},
		{"header too long", interactive("button", `"header":{"type":"text","text":"`+long(61)+`"},"body":{"text":"b"},"action":{"buttons":[`+many(1, button1)+`]}`), 100, "interactive.header.text"},
		{"header type", interactive("button", `"header":{"type":"sticker"},"body":{"text":"b"},"action":{"buttons":[`+many(1, button1)+`]}`), 131009, "interactive.header.type"},
		{"header without media", interactive("button", `"header":{"type":"image"},"body":{"text":"b"},"action":{"buttons":[`+many(1, button1)+`]}`), 131008, "interactive.header.image"},
		{"no button", buttons(""), 131009, "interactive.action.buttons"},
		{"four buttons", buttons(many(4, button1)), 131009, "interactive.action.buttons"},
		{"button type", buttons(`{"type":"link","reply":{"id":"a","title":"a"}}`), 131009, "interactive.action.buttons[0].type"},
		{"button without id", buttons(`{"type":"reply","reply":{"title":"a"}}`), 131008, "interactive.action.buttons[0].reply.id"},
		{"button id too long", buttons(`{"type":"reply","reply":{"id":"` + long(257) + `","title":"a"}}`), 100, "interactive.action.buttons[0].reply.id"},
		{"button title too long", buttons(`{"type":"reply","reply":{"id":"a","title":"` + long(21) + `"}}`), 100, "interactive.action.buttons[0].reply.title"},
		{"button ids twice", buttons(`{"type":"reply","reply":{"id":"a","title":"a"}},{"type":"reply","reply":{"id":"a","title":"b"}}`), 131009, "interactive.action.buttons[1].reply.id"},
		{"button titles twice", buttons(`{"type":"reply","reply":{"id":"a","title":"a"}},{"type":"reply","reply":{"id":"b","title":"a"}}`), 131009, "interactive.action.buttons[1].reply.title"},
		{"list body too long", interactive("list", `"body":{"text":"`+long(4097)+`"},"action":{"button":"o","sections":[{"rows":[`+many(1, row1)+`]}]}`), 100, "interactive.body.text"},
		{"list header", interactive("list", `"header":{"type":"image","image":{"id":"1"}},"body":{"text":"b"},"action":{"button":"o","sections":[{"rows":[`+many(1, row1)+`]}]}`), 131009, "interactive.header.type"},
		{"list button missing", interactive("list", `"body":{"text":"b"},"action":{"sections":[{"rows":[`+many(1, row1)+`]}]}`), 131008, "interactive.action.button"},
		{"list button too long", interactive("list", `"body":{"text":"b"},"action":{"button":"`+long(21)+`","sections":[{"rows":[`+many(1, row1)+`]}]}`), 100, "interactive.action.button"},
		{"no section", sections(""), 131009, "interactive.action.sections"},
		{"11 sections", sections(many(11, `{"title":"s","rows":[{"id":"q%d","title":"a"}]}`)), 131009, "interactive.action.sections"},
		{"11 rows in all", sections(`{"title":"a","rows":[` + many(6, row1) + `]},{"title":"b","rows":[` + many(5, `{"id":"s%d","title":"a"}`) + `]}`), 131009, "interactive.action.sections"},
		{"section title required", sections(`{"rows":[` + many(1, row1) + `]},{"title":"b","rows":[` + many(1, `{"id":"s%d","title":"a"}`) + `]}`), 131008, "interactive.action.sections[0].title"},
		{"section title too long", sections(`{"title":"` + long(25) + `","rows":[` + many(1, row1) + `]}`), 100, "interactive.action.sections[0].title"},
		{"row id too long", sections(`{"rows":[{"id":"` + long(201) + `","title":"a"}]}`), 100, "interactive.action.sections[0].rows[0].id"},
		{"row id twice", sections(`{"rows":[{"id":"a","title":"a"},{"id":"a","title":"b"}]}`), 131009, "interactive.action.sections[0].rows[1].id"},
		{"row title too long", sections(`{"rows":[{"id":"a","title":"` + long(25) + `"}]}`), 100, "interactive.action.sections[0].rows[0].title"},
		{"row description too long", sections(`{"rows":[{"id":"a","title":"a","description":"` + long(73) + `"}]}`), 100, "interactive.action.sections[0].rows[0].description"},
		{"cta label too long", interactive("cta_url", `"body":{"text":"b"},"action":{"name":"cta_url","parameters":{"display_text":"`+long(21)+`","url":"https://a.example"}}`), 100, "interactive.action.parameters.display_text"},
		{"cta url", interactive("cta_url", `"body":{"text":"b"},"action":{"name":"cta_url","parameters":{"display_text":"a","url":"a"}}`), 131009, "interactive.action.parameters.url"},
		{"cta name", interactive("cta_url", `"body":{"text":"b"},"action":{"name":"url","parameters":{"display_text":"a","url":"https://a.example"}}`), 131009, "interactive.action.name"},
		{"flow without id", interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_cta":"go"}}`), 131008, "interactive.action.parameters.flow_id"},
		{"flow version", interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"2","flow_id":"1","flow_cta":"go"}}`), 131009, "interactive.action.parameters.flow_message_version"},
		{"flow cta", interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"`+long(31)+`"}}`), 100, "interactive.action.parameters.flow_cta"},
		{"flow screen", interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"g","flow_action_payload":{}}}`), 131008, "interactive.action.parameters.flow_action_payload.screen"},
		{"flow data empty", interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"g","flow_action_payload":{"screen":"A","data":{}}}}`), 131009, "interactive.action.parameters.flow_action_payload.data"},
		{"product header", interactive("product", `"header":{"type":"text","text":"a"},"action":{"catalog_id":"1","product_retailer_id":"2"}`), 100, "interactive.header"},
		{"product", interactive("product", `"action":{"catalog_id":"1"}`), 131008, "interactive.action.product_retailer_id"},
		{"product_list header", interactive("product_list", `"body":{"text":"b"},"action":{"catalog_id":"1","sections":[{"title":"a","product_items":[{"product_retailer_id":"1"}]}]}`), 131008, "interactive.header"},
		{"31 products", interactive("product_list", `"header":{"type":"text","text":"a"},"body":{"text":"b"},"action":{"catalog_id":"1","sections":[{"title":"a","product_items":[`+many(30, `{"product_retailer_id":"1"}`)+`]},{"title":"b","product_items":[{"product_retailer_id":"1"}]}]}`), 131009, "interactive.action.sections"},
		{"catalog name", interactive("catalog_message", `"body":{"text":"b"},"action":{"name":"x"}`), 131009, "interactive.action.name"},
		{"location request name", interactive("location_request_message", `"body":{"text":"b"},"action":{"name":"x"}`), 131009, "interactive.action.name"},
		{"address country", interactive("address_message", `"body":{"text":"b"},"action":{"name":"address_message","parameters":{"country":"DE"}}`), 131009, "interactive.action.parameters.country"},
		{"call permission name", interactive("call_permission_request", `"action":{"name":"x"}`), 131009, "interactive.action.name"},
		{"voice call ttl", interactive("voice_call", `"body":{"text":"b"},"action":{"name":"voice_call","parameters":{"ttl_minutes":43201}}`), 131009, "interactive.action.parameters.ttl_minutes"},
		{"voice call payload", interactive("voice_call", `"body":{"text":"b"},"action":{"name":"voice_call","parameters":{"payload":"`+long(513)+`"}}`), 100, "interactive.action.parameters.payload"},
		{"contact request name", interactive("contact_request", `"body":{"text":"b"},"action":{"name":"x"}`), 131009, "interactive.action.name"},
		{"one card", cards(many(1, card1)), 131009, "interactive.action.cards"},
		{"11 cards", cards(many(11, card1)), 131009, "interactive.action.cards"},
		{"card without header", cards(strings.ReplaceAll(many(2, card1), `"header":{"type":"image","image":{"link":"http://127.0.0.1:1/a"}},`, "")), 131008, "interactive.action.cards[0].header"},
		{"card with a text header", cards(strings.ReplaceAll(many(2, card1), `"type":"image","image":{"link":"http://127.0.0.1:1/a"}`, `"type":"text","text":"a"`)), 131009, "interactive.action.cards[0].header.type"},
		{"product card without product", cards(many(2, `{"card_index":%d,"type":"product","action":{"catalog_id":"1"}}`)), 131008, "interactive.action.cards[0].action.product_retailer_id"},
		{"address field", interactive("address_message", `"body":{"text":"b"},"action":{"name":"address_message","parameters":{"country":"IN","values":{"planet":"Mars"}}}`), 131009, "planet"},
		{"pin code", interactive("address_message", `"body":{"text":"b"},"action":{"name":"address_message","parameters":{"country":"IN","values":{"in_pin_code":"12"}}}`), 131009, "in_pin_code"},
		{"flow_cta with emoji", interactive("flow", `"body":{"text":"b"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"Go 🚀"}}`), 131009, "flow_cta"},
		{"cards differ", cards(many(1, card1) + `,{"card_index":1,"type":"product","action":{"catalog_id":"1"}}`), 131009, "interactive.action.cards[1]"},
		{"card body too long", cards(strings.ReplaceAll(many(2, card1), `"c"`, `"`+long(161)+`"`)), 100, "interactive.action.cards[0].body.text"},
		{"card line breaks", cards(strings.ReplaceAll(many(2, card1), `"c"`, `"a\nb\nc\nd"`)), 131009, "interactive.action.cards[0].body.text"},

		{"template without name", `"type":"template","template":{"language":{"code":"de"}}`, 131008, "template.name"},
		{"template without language", `"type":"template","template":{"name":"hello_world"}`, 131008, "template.language"},
		{"template policy", template("hello_world", "en_US", "", `"policy":"fallback"`), 131009, "template.language.policy"},
		{"template unknown", template("nothing", "en_US", ""), 132001, "nothing"},
		{"template language", template("hello_world", "en", ""), 132001, "en"},
		{"template pending", template("pending", "de", ""), 132001, "pending"},
		{"template paused", template("paused", "de", ""), 132015, "paused"},
		{"template disabled", template("disabled", "de", ""), 132016, "disabled"},
		{"parameters for none", template("hello_world", "en_US", bodyOf(txt("a"))), 132000, "body"},
		{"header parameter for none", template("hello_world", "en_US", `{"type":"header","parameters":[`+txt("a")+`]}`), 132000, "header"},
		{"no components", template("order_update", "de", ""), 132000, "body"},
		{"one parameter of two", template("order_update", "de", bodyOf(txt("a"))), 132000, "body"},
		{"three parameters of two", template("order_update", "de", bodyOf(txt("a"), txt("b"), txt("c"))), 132000, "body"},
		{"parameter kind", template("order_update", "de", bodyOf(txt("a"), `{"type":"image","image":{"id":"1"}}`)), 132012, "template.components[0].parameters[1].type"},
		{"parameter empty", template("order_update", "de", bodyOf(txt("a"), txt(""))), 131008, "template.components[0].parameters[1].text"},
		{"parameter with a line break", template("order_update", "de", bodyOf(txt("a"), txt(`b\nc`))), 132018, "template.components[0].parameters[1].text"},
		{"parameter with five spaces", template("order_update", "de", bodyOf(txt("a"), txt("b     c"))), 132018, "template.components[0].parameters[1].text"},
		{"text too long with parameters", template("order_update", "de", bodyOf(txt("a"), txt(long(1020)))), 132005, "body"},
		{"currency without fallback", template("order_update", "de", bodyOf(txt("a"), `{"type":"currency","currency":{"code":"EUR","amount_1000":1000}}`)), 131008, "currency.fallback_value"},
		{"currency without code", template("order_update", "de", bodyOf(txt("a"), `{"type":"currency","currency":{"fallback_value":"1 €","code":"euro","amount_1000":1000}}`)), 132008, "currency.code"},
		{"currency without amount", template("order_update", "de", bodyOf(txt("a"), `{"type":"currency","currency":{"fallback_value":"1 €","code":"EUR"}}`)), 132008, "currency.amount_1000"},
		{"parameter with a control character", template("order_update", "de", bodyOf(txt("a"), txt(`b\u0007c`))), 132007, "template.components[0].parameters[1].text"},
		{"component unknown", template("hello_world", "en_US", `{"type":"belly"}`), 131009, "template.components[0].type"},
		{"named without names", template("appointment_reminder", "de", bodyOf(txt("a"), txt("b"))), 132012, "parameter_name"},
		{"named with a wrong name", template("appointment_reminder", "de", bodyOf(named("customer_name", "a"), named("hour", "b"))), 132012, "parameter_name"},
		{"named twice", template("appointment_reminder", "de", bodyOf(named("time", "a"), named("time", "b"))), 132012, "parameter_name"},
		{"named count", template("appointment_reminder", "de", bodyOf(named("time", "a"))), 132000, "body"},
		{"image header missing", template("visit_photo", "de", bodyOf(txt("a"))+","+urlButton("x")), 132012, "header"},
		{"image header is video", template("visit_photo", "de", `{"type":"header","parameters":[{"type":"video","video":{"link":"https://a.example/b"}}]},`+bodyOf(txt("a"))+","+urlButton("x")), 132012, "header"},
		{"image header without image", template("visit_photo", "de", `{"type":"header","parameters":[{"type":"image"}]},`+bodyOf(txt("a"))+","+urlButton("x")), 131008, "image"},
		{"url button missing", template("visit_photo", "de", imageHeader+","+bodyOf(txt("a"))), 131008, "index 0"},
		{"button index", template("visit_photo", "de", imageHeader+","+bodyOf(txt("a"))+`,{"type":"button","sub_type":"url","index":1,"parameters":[`+txt("a")+`]}`), 132012, "index"},
		{"button without index", template("visit_photo", "de", imageHeader+","+bodyOf(txt("a"))+`,{"type":"button","sub_type":"url","parameters":[`+txt("a")+`]}`), 131008, "index"},
		{"button sub_type", template("visit_photo", "de", imageHeader+","+bodyOf(txt("a"))+`,{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"a"}]}`), 132012, "sub_type"},
		{"quick reply payload", template("appointment_reminder", "de", bodyOf(named("time", "a"), named("customer_name", "b"))+`,{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"`+long(129)+`"}]}`), 100, "payload"},
		{"coupon missing", template("coupon", "de", ""), 131008, "index 0"},
		{"coupon with a space", template("coupon", "de", `{"type":"button","sub_type":"copy_code","index":0,"parameters":[{"type":"coupon_code","coupon_code":"A B"}]}`), 131009, "coupon_code"},
		{"otp button missing", template("login", "de", bodyOf(txt("123456"))), 131008, "index 0"},
		{"otp differs", template("login", "de", bodyOf(txt("123456"))+","+urlButton("654321")), 132012, "code"},
		{"otp too long", template("login", "de", bodyOf(txt("1234567890123456"))+","+urlButton("1234567890123456")), 100, "code"},
		{"offer without end", template("offer", "de", ""), 131008, "expiration_time_ms"},
		{"offer in seconds", template("offer", "de", `{"type":"limited_time_offer","parameters":[{"type":"limited_time_offer","limited_time_offer":{"expiration_time_ms":1700000000}}]}`), 131009, "expiration_time_ms"},
		{"carousel without cards", template("cards", "de", ""), 132000, "carousel"},
		{"card parameter count", template("cards", "de", `{"type":"carousel","cards":[{"card_index":0,"components":[`+bodyOf(txt("a"))+`]},{"card_index":1,"components":[]}]}`), 132000, "body"},
		{"gif header", template("gif", "de", `{"type":"header","parameters":[{"type":"gif","gif":{"link":"https://a.example/b"}}]}`), 132012, "gif"},
		{"location header", template("place", "de", `{"type":"header","parameters":[{"type":"location","location":{"latitude":1}}]}`), 131008, "longitude"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			a := w.send("+"+ana, c.body)
			wantRefusal(t, a, c.code, c.field)
		})
	}
	w.t = t
	if shown := len(w.phone(ana)); shown != 1 {
		t.Errorf("the phone shows %d messages, want only its own: a refused message must not arrive", shown)
	}
}

func wantRefusal(t *testing.T, a answer, code int, field string) {
	t.Helper()
	got, _ := dig(a.body, "error", "code").(json.Number)
	if got.String() != fmt.Sprint(code) {
		t.Fatalf("code: got %s, want %d (%d %s)", got, code, a.status, a.raw)
	}
	if want := (&refusal{code: code}).httpStatus(); a.status != want {
		t.Errorf("status: got %d, want %d", a.status, want)
	}
	if details := textOf(dig(a.body, "error", "error_data", "details")); !strings.Contains(details, field) {
		t.Errorf("details: got %q, want the field %q in it", details, field)
	}
	if want := fmt.Sprintf("(#%d) ", code); !strings.HasPrefix(textOf(dig(a.body, "error", "message")), want) {
		t.Errorf("message: got %q, want it to begin with %q", dig(a.body, "error", "message"), want)
	}
	if textOf(dig(a.body, "error", "type")) != "OAuthException" || textOf(dig(a.body, "error", "fbtrace_id")) == "" {
		t.Errorf("error lacks type or fbtrace_id: %s", a.raw)
	}
}

const imageHeader = `{"type":"header","parameters":[{"type":"image","image":{"link":"https://a.example/b"}}]}`

func template(name, language, components string, more ...string) string {
	lang := `"code":"` + language + `"`
	if len(more) > 0 {
		lang += "," + more[0]
	}
	return `"type":"template","template":{"name":"` + name + `","language":{` + lang + `},"components":[` + components + `]}`
}

func bodyOf(params ...string) string {
	return `{"type":"body","parameters":[` + strings.Join(params, ",") + `]}`
}
func txt(s string) string { return `{"type":"text","text":"` + s + `"}` }
func named(n, s string) string {
	return `{"type":"text","parameter_name":"` + n + `","text":"` + s + `"}`
}
func urlButton(s string) string {
	return `{"type":"button","sub_type":"url","index":"0","parameters":[` + txt(s) + `]}`
}

// oddTemplates are the kinds that the demo catalogue lacks.
func oddTemplates() []Template {
	one := func(name, status string, components ...Component) Template {
		return Template{Name: name, Language: "de", Category: "MARKETING", Status: status, Components: components}
	}
	body := Component{Type: "BODY", Text: "Hallo"}
	otp := one("login", "", Component{Type: "BODY"}, Component{Type: "BUTTONS", Buttons: []TemplateButton{{Type: "OTP", OTPType: "COPY_CODE"}}})
	otp.Category = "AUTHENTICATION"
	return []Template{
		one("pending", "PENDING", body), one("paused", "PAUSED", body), one("disabled", "DISABLED", body),
		one("coupon", "", body, Component{Type: "BUTTONS", Buttons: []TemplateButton{{Type: "COPY_CODE"}}}),
		otp,
		one("offer", "", Component{Type: "LIMITED_TIME_OFFER", Offer: &Offer{Text: "Nur heute", HasExpiration: true}}, body),
		one("cards", "", body, Component{Type: "CAROUSEL", Cards: []Card{{Components: []Component{body}}, {Components: []Component{body}}}}),
		one("gif", "", Component{Type: "HEADER", Format: "GIF"}, body),
		one("place", "", Component{Type: "HEADER", Format: "LOCATION"}, body),
	}
}

// TestValidMessages sends one of each kind that must be taken.
func TestValidMessages(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Numbers[0].PerSecond = -1
		o.Templates = append(o.Templates, oddTemplates()...)
	})
	in := w.writes(ana, "hi")
	for name, body := range map[string]string{
		"text":             `"type":"text","text":{"body":"` + long(4096) + `","preview_url":true}`,
		"type left out":    `"text":{"body":"a"},"something":"new"`,
		"context":          `"context":{"message_id":"` + in + `"},"type":"text","text":{"body":"a"}`,
		"location as text": `"type":"location","location":{"latitude":"-23.5","longitude":"-46.6","name":null,"address":null}`,
		"contacts":         `"type":"contacts","contacts":[{"name":{"formatted_name":"A","first_name":"A"},"birthday":null,"phones":[{"phone":"+49"}]}]`,
		"reaction":         `"type":"reaction","reaction":{"message_id":"` + in + `","emoji":"👩‍🔧"}`,
		"reaction removed": `"type":"reaction","reaction":{"message_id":"` + in + `","emoji":""}`,
		"buttons":          buttons(many(3, button1)),
		"list":             sections(`{"title":"a","rows":[` + many(10, row1) + `]}`),
		"carousel":         cards(strings.ReplaceAll(many(2, card1), "127.0.0.1:1", "127.0.0.1:1")),
		"location request": interactive("location_request_message", `"body":{"text":"b"},"action":{"name":"send_location"}`),
		"hello_world":      template("hello_world", "en_US", ""),
		"positional":       template("order_update", "pt_BR", bodyOf(txt("R-1"), `{"type":"currency","currency":{"fallback_value":"1 €","code":"EUR","amount_1000":1000}}`)),
		"named, any order": template("appointment_reminder", "zh_CN", bodyOf(named("time", "9:00"), named("customer_name", "陈"))+`,{"type":"BUTTON","sub_type":"QUICK_REPLY","index":0,"parameters":[{"type":"payload","payload":"yes"}]}`),
		"otp":              template("login", "de", bodyOf(txt("123456"))+","+urlButton("123456")),
		"coupon":           template("coupon", "de", `{"type":"button","sub_type":"copy_code","index":0,"parameters":[{"type":"coupon_code","coupon_code":"SAVE20"}]}`),
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.sendOK("+"+ana, body)
		})
	}
}

// FuzzMessage: no body makes the checks panic, and every refusal has a code of
// the error table.
func FuzzMessage(f *testing.F) {
	seeds := []string{
		`{"messaging_product":"whatsapp","to":"1","type":"text","text":{"body":"a"}}`,
		`{"messaging_product":"whatsapp","to":"1",` + buttons(many(2, button1)) + `}`,
		`{"messaging_product":"whatsapp","to":"1",` + cards(many(2, card1)) + `}`,
		`{"messaging_product":"whatsapp","to":"1",` + template("appointment_reminder", "de", bodyOf(named("time", "a"))) + `}`,
		`{"messaging_product":"whatsapp","to":"1",` + template("cards", "de", `{"type":"carousel","cards":[{"components":[]},{"components":[{"type":"button","index":"0","sub_type":"url"}]}]}`) + `}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x","typing_indicator":{"type":"text"}}`,
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	catalogue := append(DemoTemplates(), oddTemplates()...)
	for i := range catalogue {
		catalogue[i].normal()
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		root, bad := decodeObject(body)
		var o *outgoing
		if bad == nil {
			o, bad = parseOutgoing(root, false)
		}
		if bad != nil {
			if bad.title() == "Something went wrong" && bad.code != 131041 {
				t.Fatalf("code %d is not in the error table: %s", bad.code, bad.details)
			}
			return
		}
		if o.typ != "template" {
			return
		}
		for i := range catalogue {
			if _, bad := checkTemplate(&catalogue[i], o.payload.(map[string]any)); bad != nil && bad.title() == "Something went wrong" {
				t.Fatalf("code %d is not in the error table: %s", bad.code, bad.details)
			}
		}
	})
}
