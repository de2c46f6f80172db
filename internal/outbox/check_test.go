package outbox

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"kontor/internal/wa"
)

func chars(n int) string { return strings.Repeat("ü", n) } // two bytes, one character

func raw(format string, args ...any) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(format, args...))
}

func interactive(kind, action string) *wa.Interactive {
	return &wa.Interactive{Type: kind, Body: &wa.TextPart{Text: "body"}, Action: raw("%s", action)}
}

func content(v any) wa.Content {
	switch v := v.(type) {
	case *wa.Interactive:
		return wa.Content{Type: wa.TypeInteractive, Interactive: v}
	case *wa.Template:
		return wa.Content{Type: wa.TypeTemplate, Template: v}
	case []wa.ContactCard:
		return wa.Content{Type: wa.TypeContacts, Contacts: v}
	case *wa.Reaction:
		return wa.Content{Type: wa.TypeReaction, Reaction: v}
	case *wa.Location:
		return wa.Content{Type: wa.TypeLocation, Location: v}
	case string:
		return wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: v}}
	}
	panic("no such content")
}

func image(m wa.Media) wa.Content    { return wa.Content{Type: wa.TypeImage, Image: &m} }
func document(m wa.Media) wa.Content { return wa.Content{Type: wa.TypeDocument, Document: &m} }
func audio(m wa.Media) wa.Content    { return wa.Content{Type: wa.TypeAudio, Audio: &m} }

func buttons(n int, id, title string) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"type":"reply","reply":{"id":"%s%d","title":"%s%d"}}`, id, i, title, i))
	}
	return `{"buttons":[` + strings.Join(list, ",") + `]}`
}

func rows(sections, each int, id, title, description string) string {
	var all []string
	for s := range sections {
		var list []string
		for r := range each {
			list = append(list, fmt.Sprintf(`{"id":"%s%d%d","title":"%s","description":"%s"}`, id, s, r, title, description))
		}
		all = append(all, fmt.Sprintf(`{"title":"section %d","rows":[%s]}`, s, strings.Join(list, ",")))
	}
	return `{"button":"choose","sections":[` + strings.Join(all, ",") + `]}`
}

func cards(n int) []wa.ContactCard {
	return slices.Repeat([]wa.ContactCard{{Name: wa.ContactName{FormattedName: "Ada L", FirstName: "Ada"}}}, n)
}

func template(components ...wa.TemplateComponent) wa.Content {
	return content(&wa.Template{Name: "order_ready", Language: wa.Language{Code: "de"}, Components: components})
}

func body(text string) wa.TemplateComponent {
	return wa.TemplateComponent{Type: "body", Parameters: []wa.TemplateParameter{{Type: "text", Text: text}}}
}

func button(sub, index string, p wa.TemplateParameter) wa.TemplateComponent {
	return wa.TemplateComponent{Type: "button", SubType: sub, Index: wa.ButtonIndex(index), Parameters: []wa.TemplateParameter{p}}
}

func carouselOf(n int, text string) *wa.Interactive {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"card_index":%d,"type":"cta_url","header":{"type":"image","image":{"link":"https://a.example/b.png"}},"body":{"text":"%s"},"action":{"name":"cta_url","parameters":{"display_text":"go","url":"https://a.example"}}}`, i, text))
	}
	return interactive("carousel", `{"cards":[`+strings.Join(list, ",")+`]}`)
}

func products(sections, each int) string {
	var all []string
	for s := range sections {
		all = append(all, fmt.Sprintf(`{"title":"s%d","product_items":[%s]}`, s, strings.TrimSuffix(strings.Repeat(`{"product_retailer_id":"p"},`, each), ",")))
	}
	return `{"catalog_id":"c","sections":[` + strings.Join(all, ",") + `]}`
}

func listBody(n int) *wa.Interactive {
	m := interactive("list", rows(1, 1, "r", "t", ""))
	m.Body.Text = chars(n)
	return m
}

func buttonBody(n int) *wa.Interactive {
	m := interactive("button", buttons(1, "a", "b"))
	m.Body.Text = chars(n)
	return m
}

func header(kind string, h wa.Header) *wa.Interactive {
	m := interactive(kind, buttons(1, "a", "b"))
	if kind == "list" {
		m.Action = raw("%s", rows(1, 1, "r", "t", ""))
	}
	m.Header = &h
	return m
}

func footer(n int) *wa.Interactive {
	m := interactive("button", buttons(1, "a", "b"))
	m.Footer = &wa.TextPart{Text: chars(n)}
	return m
}

func productList() *wa.Interactive {
	m := interactive("product_list", products(10, 3))
	m.Header = &wa.Header{Type: "text", Text: "goods"}
	return m
}

func withAction(m *wa.Interactive, action string) *wa.Interactive {
	c := *m
	c.Action = raw("%s", action)
	return &c
}

// One row a limit of cloud-api.md 1.1–1.4: at the limit it passes, one over it
// fails and names the field, the limit and the length.
func TestEveryLimit(t *testing.T) {
	link := "https://shop.example/a.jpg"
	cta := func(text, url string) *wa.Interactive {
		return interactive("cta_url", fmt.Sprintf(`{"name":"cta_url","parameters":{"display_text":"%s","url":"%s"}}`, text, url))
	}
	flow := func(ctaText, data string) *wa.Interactive {
		return interactive("flow", fmt.Sprintf(`{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"%s","flow_action":"navigate","flow_action_payload":{"screen":"A","data":%s}}}`, ctaText, data))
	}
	call := func(text string, minutes int, payload string) *wa.Interactive {
		return interactive("voice_call", fmt.Sprintf(`{"name":"voice_call","parameters":{"display_text":"%s","ttl_minutes":%d,"payload":"%s"}}`, text, minutes, payload))
	}
	payload := func(n int) wa.Content {
		return template(button("quick_reply", "0", wa.TemplateParameter{Type: "payload", Payload: raw("%q", chars(n))}))
	}
	coupon := func(code string) wa.Content {
		return template(button("copy_code", "0", wa.TemplateParameter{Type: "coupon_code", CouponCode: code}))
	}
	const act = "interactive.action"
	for _, row := range []struct {
		name       string
		good, bad  wa.Content
		field      string
		limit, len int
	}{
		{"text at least 1", content("a"), content(""), "text.body", 4096, 0},
		{"text not blank", content("a"), content(" \n"), "text.body", 4096, 2},
		{"text 4096", content(chars(4096)), content(chars(4097)), "text.body", 4096, 4097},
		{"caption 1024", image(wa.Media{Link: link, Caption: chars(1024)}), image(wa.Media{Link: link, Caption: chars(1025)}), "image.caption", 1024, 1025},
		{"document caption 1024", document(wa.Media{Link: link, Caption: chars(1024)}), document(wa.Media{Link: link, Caption: chars(1025)}), "document.caption", 1024, 1025},
		{"audio has no caption", audio(wa.Media{Link: link}), audio(wa.Media{Link: link, Caption: "x"}), "audio.caption", 0, 0},
		{"voice is audio's", audio(wa.Media{Link: link, Voice: true}), document(wa.Media{Link: link, Voice: true}), "document.voice", 0, 0},
		{"filename is a document's", document(wa.Media{Link: link, Filename: "a.pdf"}), image(wa.Media{Link: link, Filename: "a.jpg"}), "image.filename", 0, 0},
		{"media needs a source", image(wa.Media{ID: "1"}), image(wa.Media{}), "image", 0, 0},
		{"media has one source", image(wa.Media{Link: link}), image(wa.Media{ID: "1", Link: link}), "image", 0, 0},
		{"link is http(s)", image(wa.Media{Link: "http://a.example/x"}), image(wa.Media{Link: "ftp://a.example/x"}), "image.link", 0, 0},
		{"link has a host", image(wa.Media{Link: link}), image(wa.Media{Link: "https:///x"}), "image.link", 0, 0},
		{"media_id is ours", image(wa.Media{MediaID: wa.MediaRef(wa.MediaID(7).String())}), image(wa.Media{MediaID: "7"}), "image.media_id", 0, 0},
		{"latitude 90", content(&wa.Location{Latitude: 90, Longitude: 180}), content(&wa.Location{Latitude: 90.1}), "location.latitude", 0, 0},
		{"latitude -90", content(&wa.Location{Latitude: -90, Longitude: -180}), content(&wa.Location{Latitude: -90.1}), "location.latitude", 0, 0},
		{"longitude 180", content(&wa.Location{Longitude: 180}), content(&wa.Location{Longitude: 180.1}), "location.longitude", 0, 0},
		{"longitude is a number", content(&wa.Location{}), content(&wa.Location{Longitude: math.NaN()}), "location.longitude", 0, 0},
		{"contacts 257", content(cards(257)), content(cards(258)), "contacts", 257, 258},
		{"contacts at least 1", content(cards(1)), content(cards(0)), "contacts", 257, 0},
		{"contact needs a formatted name", content(cards(1)), content([]wa.ContactCard{{Name: wa.ContactName{FirstName: "Ada"}}}), "contacts[0].name.formatted_name", 0, 0},
		{"contact needs one more part", content(cards(1)), content([]wa.ContactCard{{Name: wa.ContactName{FormattedName: "Ada"}}}), "contacts[0].name", 0, 0},
		{"birthday", content([]wa.ContactCard{{Name: cards(1)[0].Name, Birthday: "1815-12-10"}}), content([]wa.ContactCard{{Name: cards(1)[0].Name, Birthday: "10.12.1815"}}), "contacts[0].birthday", 0, 0},
		{"reaction is an emoji", content(&wa.Reaction{MessageID: "w", Emoji: "👩‍👩‍👧"}), content(&wa.Reaction{MessageID: "w", Emoji: "ok"}), "reaction.emoji", 0, 0},
		{"reaction may be taken away", content(&wa.Reaction{MessageID: "w"}), content(&wa.Reaction{Emoji: "👍"}), "reaction.message_id", 0, 0},
		{"reaction quotes nothing", content(&wa.Reaction{MessageID: "w", Emoji: "1️⃣"}), wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: "w", Emoji: "❤️"}, Context: &wa.Context{ID: "w"}}, "context.message_id", 0, 0},
		{"buttons 3", content(interactive("button", buttons(3, "a", "b"))), content(interactive("button", buttons(4, "a", "b"))), act + ".buttons", 3, 4},
		{"buttons at least 1", content(interactive("button", buttons(1, "a", "b"))), content(interactive("button", `{"buttons":[]}`)), act + ".buttons", 3, 0},
		{"button id 256", content(interactive("button", buttons(1, chars(255), "b"))), content(interactive("button", buttons(1, chars(256), "b"))), act + ".buttons[0].reply.id", 256, 257},
		{"button title 20", content(interactive("button", buttons(1, "a", chars(19)))), content(interactive("button", buttons(1, "a", chars(20)))), act + ".buttons[0].reply.title", 20, 21},
		{"button titles are unique", content(interactive("button", buttons(2, "a", "b"))), content(interactive("button", `{"buttons":[{"type":"reply","reply":{"id":"1","title":"x"}},{"type":"reply","reply":{"id":"2","title":"x"}}]}`)), act + ".buttons[1].reply.title", 0, 0},
		{"button ids are unique", content(interactive("button", buttons(2, "a", "b"))), content(interactive("button", `{"buttons":[{"type":"reply","reply":{"id":"1","title":"x"}},{"type":"reply","reply":{"id":"1","title":"y"}}]}`)), act + ".buttons[1].reply.id", 0, 0},
		{"button type", content(interactive("button", buttons(1, "a", "b"))), content(interactive("button", `{"buttons":[{"type":"url","reply":{"id":"1","title":"x"}}]}`)), act + ".buttons[0].type", 0, 0},
		{"body 1024", content(buttonBody(1024)), content(buttonBody(1025)), "interactive.body.text", 1024, 1025},
		{"body is required", content(buttonBody(1)), content(&wa.Interactive{Type: "button", Action: raw("%s", buttons(1, "a", "b"))}), "interactive.body", 0, 0},
		{"list body 4096", content(listBody(4096)), content(listBody(4097)), "interactive.body.text", 4096, 4097},
		{"footer 60", content(footer(60)), content(footer(61)), "interactive.footer.text", 60, 61},
		{"header 60", content(header("button", wa.Header{Type: "text", Text: chars(60)})), content(header("button", wa.Header{Type: "text", Text: chars(61)})), "interactive.header.text", 60, 61},
		{"header media", content(header("button", wa.Header{Type: "image", Image: &wa.Media{ID: "1"}})), content(header("button", wa.Header{Type: "image"})), "interactive.header.image", 0, 0},
		{"a list's header is text", content(header("list", wa.Header{Type: "text", Text: "x"})), content(header("list", wa.Header{Type: "image", Image: &wa.Media{ID: "1"}})), "interactive.header.type", 0, 0},
		{"list rows 10", content(interactive("list", rows(2, 5, "r", "t", ""))), content(interactive("list", rows(1, 11, "r", "t", ""))), act + ".sections", 10, 11},
		{"list sections 10", content(interactive("list", rows(10, 1, "r", "t", ""))), content(interactive("list", rows(11, 1, "r", "t", ""))), act + ".sections", 10, 11},
		{"row id 200", content(interactive("list", rows(1, 1, chars(198), "t", ""))), content(interactive("list", rows(1, 1, chars(199), "t", ""))), act + ".sections[0].rows[0].id", 200, 201},
		{"row title 24", content(interactive("list", rows(1, 1, "r", chars(24), ""))), content(interactive("list", rows(1, 1, "r", chars(25), ""))), act + ".sections[0].rows[0].title", 24, 25},
		{"row description 72", content(interactive("list", rows(1, 1, "r", "t", chars(72)))), content(interactive("list", rows(1, 1, "r", "t", chars(73)))), act + ".sections[0].rows[0].description", 72, 73},
		{"row ids are unique", content(interactive("list", rows(1, 2, "r", "t", ""))), content(interactive("list", `{"button":"b","sections":[{"rows":[{"id":"1","title":"x"},{"id":"1","title":"y"}]}]}`)), act + ".sections[0].rows[1].id", 0, 0},
		{"section title 24", content(interactive("list", `{"button":"b","sections":[{"title":"`+chars(24)+`","rows":[{"id":"1","title":"x"}]}]}`)), content(interactive("list", `{"button":"b","sections":[{"title":"`+chars(25)+`","rows":[{"id":"1","title":"x"}]}]}`)), act + ".sections[0].title", 24, 25},
		{"sections have titles", content(interactive("list", `{"button":"b","sections":[{"rows":[{"id":"1","title":"x"}]}]}`)), content(interactive("list", `{"button":"b","sections":[{"title":"a","rows":[{"id":"1","title":"x"}]},{"rows":[{"id":"2","title":"x"}]}]}`)), act + ".sections[1].title", 24, 0},
		{"list button 20", content(interactive("list", strings.Replace(rows(1, 1, "r", "t", ""), "choose", chars(20), 1))), content(interactive("list", strings.Replace(rows(1, 1, "r", "t", ""), "choose", chars(21), 1))), act + ".button", 20, 21},
		{"cta text 20", content(cta(chars(20), "https://a.example")), content(cta(chars(21), "https://a.example")), act + ".parameters.display_text", 20, 21},
		{"cta url", content(cta("go", "http://a.example")), content(cta("go", "javascript:alert(1)")), act + ".parameters.url", 0, 0},
		{"flow cta 30", content(flow(chars(30), `{"a":1}`)), content(flow(chars(31), `{"a":1}`)), act + ".parameters.flow_cta", 30, 31},
		{"flow data is not empty", content(flow("go", `{"a":1}`)), content(flow("go", `{}`)), act + ".parameters.flow_action_payload.data", 0, 0},
		{"product needs its id", content(interactive("product", `{"catalog_id":"c","product_retailer_id":"p"}`)), content(interactive("product", `{"catalog_id":"c"}`)), act + ".product_retailer_id", 0, 0},
		{"products 30", content(productList()), content(withAction(productList(), products(1, 31))), act + ".sections", 30, 31},
		{"product sections 10", content(productList()), content(withAction(productList(), products(11, 1))), act + ".sections", 10, 11},
		{"product list needs a header", content(productList()), content(interactive("product_list", products(1, 1))), "interactive.header", 0, 0},
		{"location request", content(interactive("location_request_message", `{"name":"send_location"}`)), content(interactive("location_request_message", `{"name":"x"}`)), act + ".name", 0, 0},
		{"catalog message", content(interactive("catalog_message", `{"name":"catalog_message"}`)), content(interactive("catalog_message", `{}`)), act + ".name", 0, 0},
		{"contact request", content(interactive("contact_request", `{"name":"request_contact_info"}`)), content(interactive("contact_request", `{}`)), act + ".name", 0, 0},
		{"call permission", content(interactive("call_permission_request", `{"name":"call_permission_request"}`)), content(interactive("call_permission_request", `{"name":"x"}`)), act + ".name", 0, 0},
		{"address is Indian", content(interactive("address_message", `{"name":"address_message","parameters":{"country":"IN"}}`)), content(interactive("address_message", `{"name":"address_message","parameters":{"country":"DE"}}`)), act + ".parameters.country", 0, 0},
		{"call text 20", content(call(chars(20), 1, "p")), content(call(chars(21), 1, "p")), act + ".parameters.display_text", 20, 21},
		{"call minutes 43200", content(call("c", 43200, "p")), content(call("c", 43201, "p")), act + ".parameters.ttl_minutes", 43200, 43201},
		{"call payload 512", content(call("c", 1, chars(512))), content(call("c", 1, chars(513))), act + ".parameters.payload", 512, 513},
		{"carousel 10", content(carouselOf(10, "x")), content(carouselOf(11, "x")), act + ".cards", 10, 11},
		{"carousel at least 2", content(carouselOf(2, "x")), content(carouselOf(1, "x")), act + ".cards", 10, 1},
		{"card body 160", content(carouselOf(2, chars(160))), content(carouselOf(2, chars(161))), act + ".cards[0].body.text", 160, 161},
		{"card has two line breaks", content(carouselOf(2, `a\nb\nc`)), content(carouselOf(2, `a\nb\nc\nd`)), act + ".cards[0].body.text", 0, 0},
		{"action is an object", content(buttonBody(1)), content(interactive("button", `[]`)), act, 0, 0},
		{"interactive type", content(buttonBody(1)), content(interactive("quiz", `{}`)), "interactive.type", 0, 0},
		{"template name 512", content(&wa.Template{Name: strings.Repeat("a", 512), Language: wa.Language{Code: "de"}}), content(&wa.Template{Name: strings.Repeat("a", 513), Language: wa.Language{Code: "de"}}), "template.name", 512, 513},
		{"template name's letters", template(), content(&wa.Template{Name: "Order", Language: wa.Language{Code: "de"}}), "template.name", 0, 0},
		{"template language", template(), content(&wa.Template{Name: "a"}), "template.language.code", 0, 0},
		{"template policy", content(&wa.Template{Name: "a", Language: wa.Language{Code: "de", Policy: "deterministic"}}), content(&wa.Template{Name: "a", Language: wa.Language{Code: "de", Policy: "fallback"}}), "template.language.policy", 0, 0},
		{"payload 128", payload(128), payload(129), "template.components[0].parameters[0].payload", 128, 129},
		{"coupon 20", coupon(strings.Repeat("A", 20)), coupon(strings.Repeat("A", 21)), "template.components[0].parameters[0].coupon_code", 20, 21},
		{"coupon's letters", coupon("A1"), coupon("A-1"), "template.components[0].parameters[0].coupon_code", 0, 0},
		{"value without line break", template(body("a b")), template(body("a\nb")), "template.components[0].parameters[0].text", 0, 0},
		{"value without tab", template(body("a b")), template(body("a\tb")), "template.components[0].parameters[0].text", 0, 0},
		{"value with 4 spaces", template(body("a    b")), template(body("a     b")), "template.components[0].parameters[0].text", 4, 5},
		{"value is not empty", template(body("a")), template(body("")), "template.components[0].parameters[0].text", 0, 0},
		{"button index", template(button("url", "9", wa.TemplateParameter{Type: "text", Text: "x"})), template(button("url", "10", wa.TemplateParameter{Type: "text", Text: "x"})), "template.components[0].index", 0, 0},
		{"header has one value", template(wa.TemplateComponent{Type: "header", Parameters: make([]wa.TemplateParameter, 0)}), template(wa.TemplateComponent{Type: "header", Parameters: []wa.TemplateParameter{{Type: "text", Text: "a"}, {Type: "text", Text: "b"}}}), "template.components[0].parameters", 1, 2},
		{"offer's end", template(wa.TemplateComponent{Type: "limited_time_offer", Parameters: []wa.TemplateParameter{{Type: "limited_time_offer", LimitedOffer: raw(`{"expiration_time_ms":1}`)}}}), template(wa.TemplateComponent{Type: "limited_time_offer", Parameters: []wa.TemplateParameter{{Type: "limited_time_offer", LimitedOffer: raw(`{"expiration_time_ms":"soon"}`)}}}), "template.components[0].parameters[0].limited_time_offer.expiration_time_ms", 0, 0},
		{"multi-product 30", template(button("mpm", "0", wa.TemplateParameter{Type: "action", Action: raw(`{"thumbnail_product_retailer_id":"p",%s`, products(10, 3)[1:])})), template(button("mpm", "0", wa.TemplateParameter{Type: "action", Action: raw(`{"thumbnail_product_retailer_id":"p",%s`, products(1, 31)[1:])})), "template.components[0].parameters[0].action.sections", 30, 31},
		{"types that cannot be sent", content("a"), wa.Content{Type: wa.TypeOrder}, "type", 0, 0},
		{"the payload is there", content("a"), wa.Content{Type: wa.TypeText}, "text", 0, 0},
	} {
		if fields := Check(&row.good); len(fields) > 0 {
			t.Errorf("%s: at the limit got %+v, want it to pass", row.name, fields)
		}
		fields := Check(&row.bad)
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == row.field })
		if i < 0 {
			t.Errorf("%s: over the limit got %+v, want %s named", row.name, fields, row.field)
			continue
		}
		if f := fields[i]; f.Limit != row.limit || f.Length != row.len || f.Detail == "" {
			t.Errorf("%s: got limit %d, length %d, %q; want %d and %d", row.name, f.Limit, f.Length, f.Detail, row.limit, row.len)
		}
	}
}

func TestAllWrongFieldsAreNamedAtOnce(t *testing.T) {
	m := interactive("button", `{"buttons":[{"type":"reply","reply":{"id":"","title":"`+chars(21)+`"}}]}`)
	m.Body.Text = chars(1025)
	m.Footer = &wa.TextPart{Text: chars(61)}
	c := content(m)
	var names []string
	for _, f := range Check(&c) {
		names = append(names, f.Name)
	}
	want := []string{"interactive.body.text", "interactive.footer.text", "interactive.action.buttons[0].reply.id", "interactive.action.buttons[0].reply.title"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

// One row a line of cloud-api.md 1.5.
func TestEveryMediaLimit(t *testing.T) {
	for _, row := range []struct {
		kind, mime, wrong string
		size              int64
	}{
		{"image", "image/jpeg", "image/webp", 5 << 20},
		{"image", "image/png", "application/pdf", 5 << 20},
		{"video", "video/mp4", "video/webm", 16 << 20},
		{"video", "video/3gpp", "image/png", 16 << 20},
		{"audio", "audio/ogg; codecs=opus", "audio/opus", 16 << 20},
		{"audio", "audio/aac", "audio/wav", 16 << 20},
		{"sticker", "image/webp", "image/png", 500 << 10},
		{"document", "application/zip", "", 100 << 20},
	} {
		for _, c := range []struct {
			mime string
			size int64
			ok   bool
		}{{row.mime, row.size, true}, {row.mime, row.size + 1, false}, {row.wrong, row.size, row.wrong == ""}} {
			var k checker
			k.checkUpload(part{row.kind, row.kind, &wa.Media{}}, c.mime, c.size)
			if (len(k.fields) == 0) != c.ok {
				t.Errorf("%s of %d bytes as %s: got %+v, want accepted %v", c.mime, c.size, row.kind, k.fields, c.ok)
			}
		}
	}
	var k checker
	k.checkUpload(part{"audio", "audio", &wa.Media{Voice: true}}, "audio/mpeg", 1)
	if len(k.fields) != 1 {
		t.Errorf("got %+v, want a voice message refused that is not audio/ogg", k.fields)
	}
}
