package meta

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

func media(kind string) *wa.Media {
	return &wa.Media{MediaID: "med_0000000000001", ID: "1003383421387256", Link: "https://example.com/" + kind,
		Caption: "our <menu> & more", Filename: "menu.pdf", MimeType: "application/pdf", SHA256: "x", Size: 5,
		URL: "https://lookaside.fbsbx.com/x", Voice: true, Animated: true}
}

func link(kind string) *wa.Media {
	m := media(kind)
	m.ID, m.MediaID = "", ""
	return m
}

// everySend is a message of every kind that can be sent; its name is its
// golden file in testdata/send, written from cloud-api.md 1.1 to 1.4.
func everySend() map[string]wa.Content {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	text := func(s string) *wa.TextPart { return &wa.TextPart{Text: s} }
	interactive := func(i wa.Interactive) wa.Content { return wa.Content{Type: wa.TypeInteractive, Interactive: &i} }
	template := func(components ...wa.TemplateComponent) wa.Content {
		return wa.Content{Type: wa.TypeTemplate, Rendered: &wa.Rendered{Body: "ours alone"},
			Template: &wa.Template{Name: "order_confirmation", Language: wa.Language{Code: "en_US"}, Components: components}}
	}
	header := func(p wa.TemplateParameter) wa.TemplateComponent {
		return wa.TemplateComponent{Type: "header", Parameters: []wa.TemplateParameter{p}}
	}
	button := func(kind string, p ...wa.TemplateParameter) wa.TemplateComponent {
		return wa.TemplateComponent{Type: "button", SubType: kind, Index: "0", Parameters: p}
	}
	return map[string]wa.Content{
		"text":           {Type: wa.TypeText, Text: &wa.Text{Body: "Moin <b> & bye 👋", PreviewURL: true}},
		"text_reply":     {Type: wa.TypeText, Text: &wa.Text{Body: "yes"}, Context: &wa.Context{ID: "wamid.IN1", From: "4915510000001"}},
		"image_id":       {Type: wa.TypeImage, Image: media("a.jpg")},
		"image_link":     {Type: wa.TypeImage, Image: link("a.jpg")},
		"video":          {Type: wa.TypeVideo, Video: media("a.mp4")},
		"audio":          {Type: wa.TypeAudio, Audio: &wa.Media{ID: "1"}},
		"audio_voice":    {Type: wa.TypeAudio, Audio: media("a.ogg")},
		"document":       {Type: wa.TypeDocument, Document: media("menu.pdf")},
		"sticker":        {Type: wa.TypeSticker, Sticker: media("a.webp")},
		"location":       {Type: wa.TypeLocation, Location: &wa.Location{Latitude: 53.8655, Longitude: 0, Name: "Holstentor", Address: "Lübeck", URL: "https://example.com"}},
		"reaction":       {Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: "wamid.IN1", Emoji: "👍"}, Context: &wa.Context{ID: "wamid.IN1"}},
		"reaction_taken": {Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: "wamid.IN1"}},
		"contacts": {Type: wa.TypeContacts, Contacts: []wa.ContactCard{{
			Name:   wa.ContactName{FormattedName: "Bea Lind", FirstName: "Bea"},
			Phones: []wa.ContactPhone{{Phone: "+4915510000002", Type: "CELL", WaID: "4915510000002"}},
			Org:    &wa.ContactOrg{Company: "Lind & Co"}, Birthday: "1990-02-03", VCard: "BEGIN:VCARD", Origin: "x"}}},
		"interactive_button": interactive(wa.Interactive{Type: "button", Header: &wa.Header{Type: "text", Text: "Table"}, Body: text("When?"), Footer: text("Answer by 18:00"),
			Action: raw(`{"buttons":[{"type":"reply","reply":{"id":"b1","title":"18:00"}}]}`)}),
		"interactive_button_image": interactive(wa.Interactive{Type: "button", Header: &wa.Header{Type: "image", Image: media("a.jpg")}, Body: text("This?"),
			Action: raw(`{"buttons":[{"type":"reply","reply":{"id":"b1","title":"Yes"}}]}`)}),
		"interactive_list": interactive(wa.Interactive{Type: "list", Body: text("Times"),
			Action: raw(`{"button":"Show","sections":[{"title":"Today","rows":[{"id":"r1","title":"18:00","description":"two seats"}]}]}`)}),
		"interactive_cta_url": interactive(wa.Interactive{Type: "cta_url", Header: &wa.Header{Type: "document", Document: link("menu.pdf")}, Body: text("Menu"),
			Action: raw(`{"name":"cta_url","parameters":{"display_text":"Open","url":"https://example.com/?a=1&b=2"}}`)}),
		"interactive_location_request": interactive(wa.Interactive{Type: "location_request_message", Body: text("Where?"), Action: raw(`{"name":"send_location"}`)}),
		"interactive_order_details":    interactive(wa.Interactive{Type: "order_details", Body: text("Pay"), Action: raw(`{"name":"review_and_pay","parameters":{"total_amount":{"value":2100,"offset":100}}}`)}),
		"template_plain":               template(),
		"template_positional": template(
			header(wa.TemplateParameter{Type: "text", Text: "Ada"}),
			wa.TemplateComponent{Type: "body", Parameters: []wa.TemplateParameter{{Type: "text", Text: "7"},
				{Type: "currency", Currency: &wa.Currency{FallbackValue: "€12.50", Code: "EUR", Amount1000: 12500}},
				{Type: "date_time", DateTime: &wa.DateTime{FallbackValue: "1 May"}}}}),
		"template_named":           template(wa.TemplateComponent{Type: "body", Parameters: []wa.TemplateParameter{{Type: "text", ParameterName: "name", Text: "Ada"}}}),
		"template_header_image":    template(header(wa.TemplateParameter{Type: "image", Image: media("a.jpg")})),
		"template_header_video":    template(header(wa.TemplateParameter{Type: "video", Video: link("a.mp4")})),
		"template_header_document": template(header(wa.TemplateParameter{Type: "document", Document: media("menu.pdf")})),
		"template_header_gif":      template(header(wa.TemplateParameter{Type: "gif", GIF: media("a.mp4")})),
		"template_header_location": template(header(wa.TemplateParameter{Type: "location", Location: &wa.Location{Latitude: 1, Longitude: 2, Name: "n", Address: "a", URL: "u"}})),
		"template_header_product":  template(header(wa.TemplateParameter{Type: "product", Product: raw(`{"product_retailer_id":"p","catalog_id":"c"}`)})),
		"template_buttons": template(
			button("quick_reply", wa.TemplateParameter{Type: "payload", Payload: raw(`"yes-1"`)}),
			button("url", wa.TemplateParameter{Type: "text", Text: "orders/7"}),
			button("copy_code", wa.TemplateParameter{Type: "coupon_code", CouponCode: "SAVE10"}),
			button("flow", wa.TemplateParameter{Type: "action", Action: raw(`{"flow_token":"t"}`)}),
			button("voice_call", wa.TemplateParameter{Type: "ttl_minutes", TTLMinutes: raw(`60`)}, wa.TemplateParameter{Type: "payload", Payload: raw(`"p"`)})),
		"template_offer": template(wa.TemplateComponent{Type: "limited_time_offer", Parameters: []wa.TemplateParameter{
			{Type: "limited_time_offer", LimitedOffer: raw(`{"expiration_time_ms":1790000000000}`)}}}),
		"template_tap_target": template(wa.TemplateComponent{Type: "tap_target_configuration", Parameters: []wa.TemplateParameter{
			{Type: "tap_target_configuration", TapTarget: raw(`[{"url":"https://example.com","title":"Shop"}]`)}}}),
		"template_carousel": template(wa.TemplateComponent{Type: "carousel", Cards: []wa.TemplateCard{
			{CardIndex: 0, Components: []wa.TemplateComponent{header(wa.TemplateParameter{Type: "image", Image: media("a.jpg")})}},
			{CardIndex: 1, Components: []wa.TemplateComponent{header(wa.TemplateParameter{Type: "image", Image: link("b.jpg")})}}}}),
	}
}

func TestOutgoing(t *testing.T) {
	for name, content := range everySend() {
		t.Run(name, func(t *testing.T) {
			body, err := Outgoing(&wa.Outgoing{MessageID: 42, To: wa.Recipient{Phone: "4915510000001", BSUID: "DE.1"}, Content: content})
			if err != nil {
				t.Fatalf("got %v, want no error", err)
			}
			var got any
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			compareGolden(t, filepath.Join("testdata/send", name+".json"), pretty(t, got))
			for _, ours := range []string{"med_", "lookaside", "ours alone", "VCARD", `\u0026`} {
				if strings.Contains(string(body), ours) {
					t.Errorf("%q left the house: %s", ours, body)
				}
			}
		})
	}
}

func TestOutgoingLeavesTheMessageAlone(t *testing.T) {
	for name, content := range everySend() {
		before := pretty(t, content)
		if _, err := Outgoing(&wa.Outgoing{MessageID: 1, To: wa.Recipient{Phone: "1"}, Content: content}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(before, pretty(t, content)); diff != "" {
			t.Errorf("%s was changed (-before +after):\n%s", name, diff)
		}
	}
}

func TestOutgoingRecipient(t *testing.T) {
	text := wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "x"}}
	for _, c := range []struct {
		to            wa.Recipient
		phone, bsuid  string
		expectedFault string
	}{
		{wa.Recipient{Phone: "4915510000001"}, "+4915510000001", "", ""},
		{wa.Recipient{Phone: "+4915510000001"}, "+4915510000001", "", ""},
		{wa.Recipient{BSUID: "DE.1"}, "", "DE.1", ""},
		{wa.Recipient{Phone: "1", BSUID: "DE.1"}, "+1", "", ""},
		{wa.Recipient{}, "", "", "recipient_missing"},
	} {
		got, err := NewSend(&wa.Outgoing{MessageID: 1, To: c.to, Content: text})
		if c.expectedFault != "" {
			if err == nil || fault.As(err).Code != c.expectedFault {
				t.Errorf("%v: got %v, want %s", c.to, err, c.expectedFault)
			}
			continue
		}
		if err != nil || got.To != c.phone || got.Recipient != c.bsuid {
			t.Errorf("%v: got to %q recipient %q and %v, want %q and %q", c.to, got.To, got.Recipient, err, c.phone, c.bsuid)
		}
	}
}

func TestOutgoingRefuses(t *testing.T) {
	ours := &wa.Media{MediaID: "med_0000000000001"}
	header := []wa.TemplateParameter{{Type: "image", Image: ours}}
	card := wa.TemplateComponent{Type: "carousel", Cards: []wa.TemplateCard{{Components: []wa.TemplateComponent{{Type: "header", Parameters: header}}}}}
	for name, c := range map[string]struct {
		content wa.Content
		code    string
	}{
		"no type":            {wa.Content{}, "not_sendable"},
		"inbound type":       {wa.Content{Type: wa.TypeOrder, Order: &wa.Order{}}, "not_sendable"},
		"no payload":         {wa.Content{Type: wa.TypeText}, "not_sendable"},
		"no interactive":     {wa.Content{Type: wa.TypeInteractive}, "not_sendable"},
		"no template":        {wa.Content{Type: wa.TypeTemplate}, "not_sendable"},
		"no cards":           {wa.Content{Type: wa.TypeContacts}, "not_sendable"},
		"no media":           {wa.Content{Type: wa.TypeImage}, "media_missing"},
		"our media":          {wa.Content{Type: wa.TypeImage, Image: ours}, "media_missing"},
		"our media, header":  {wa.Content{Type: wa.TypeInteractive, Interactive: &wa.Interactive{Header: &wa.Header{Type: "image", Image: ours}}}, "media_missing"},
		"our media, param":   {wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{Components: []wa.TemplateComponent{{Parameters: header}}}}, "media_missing"},
		"our media, card":    {wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{Components: []wa.TemplateComponent{card}}}, "media_missing"},
		"action is not JSON": {wa.Content{Type: wa.TypeInteractive, Interactive: &wa.Interactive{Action: json.RawMessage("{")}}, "not_json"},
	} {
		_, err := Outgoing(&wa.Outgoing{MessageID: 1, To: wa.Recipient{Phone: "1"}, Content: c.content})
		if !fault.Is(err, fault.Invalid) || fault.As(err).Code != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
}

func TestRead(t *testing.T) {
	for typing, want := range map[bool]string{
		false: `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1"}`,
		true:  `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1","typing_indicator":{"type":"text"}}`,
	} {
		if got, err := Read("wamid.1", typing); err != nil || string(got) != want {
			t.Errorf("typing %v: got %s and %v, want %s", typing, got, err, want)
		}
	}
}

func BenchmarkOutgoing(b *testing.B) {
	sends := everySend()
	for _, name := range []string{"text", "template_positional"} {
		m := wa.Outgoing{MessageID: 42, To: wa.Recipient{Phone: "4915510000001"}, Content: sends[name]}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Outgoing(&m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
