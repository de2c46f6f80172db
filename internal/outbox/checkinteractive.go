package outbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kontor/internal/wa"
)

// shape is what one interactive type allows (cloud-api.md 1.3).
type shape struct {
	headers  []string // allowed header types; none: no header
	header   bool     // the header is required
	body     int      // longest body
	bodyless bool     // the body may be missing
	action   func(k *checker, raw json.RawMessage)
}

var anyHeader = []string{"text", "image", "video", "document"}

// shapeOf finds what a type allows; ok is false for a type that is not known.
func shapeOf(kind string) (s shape, ok bool) {
	switch kind {
	case "button":
		return shape{headers: anyHeader, body: 1024, action: (*checker).buttons}, true
	case "list":
		return shape{headers: []string{"text"}, body: 4096, action: (*checker).list}, true
	case "cta_url":
		return shape{headers: anyHeader, body: 1024, action: (*checker).ctaURL}, true
	case "flow":
		return shape{headers: anyHeader, body: 1024, action: (*checker).flow}, true
	case "product":
		return shape{body: 1024, bodyless: true, action: (*checker).product}, true
	case "product_list":
		return shape{headers: []string{"text"}, header: true, body: 1024, action: (*checker).productList}, true
	case "catalog_message":
		return shape{body: 1024, action: named("catalog_message")}, true
	case "location_request_message":
		return shape{body: 1024, action: named("send_location")}, true
	case "address_message":
		return shape{headers: anyHeader, body: 1024, action: (*checker).address}, true
	case "call_permission_request":
		return shape{body: 1024, bodyless: true, action: named("call_permission_request")}, true
	case "voice_call":
		return shape{body: 1024, action: (*checker).voiceCall}, true
	case "carousel":
		return shape{body: 1024, action: (*checker).carousel}, true
	case "contact_request":
		return shape{body: 1024, action: named("request_contact_info")}, true
	case "order_details", "order_status": // payments are passed on as they are
		return shape{headers: anyHeader, body: 1024, bodyless: true, action: func(*checker, json.RawMessage) {}}, true
	}
	return shape{}, false
}

const action = "interactive.action"

func (k *checker) interactive(m *wa.Interactive) {
	s, ok := shapeOf(m.Type)
	if !ok {
		k.add("interactive.type", fmt.Sprintf("Interactive messages of type %q cannot be sent.", clip(m.Type)))
		return
	}
	k.header(s, m)
	switch {
	case m.Body != nil:
		k.text("interactive.body.text", m.Body.Text, 1, s.body)
	case !s.bodyless:
		k.present("interactive.body", false)
	}
	if m.Footer != nil {
		k.text("interactive.footer.text", m.Footer.Text, 1, 60)
	}
	if !isObject(m.Action) {
		k.add(action, "An action object is required.")
		return
	}
	s.action(k, m.Action)
}

func (k *checker) header(s shape, m *wa.Interactive) {
	h := m.Header
	switch {
	case h == nil:
		if s.header {
			k.present("interactive.header", false)
		}
	case len(s.headers) == 0:
		k.add("interactive.header", "A message of this interactive type has no header.")
	case !slices.Contains(s.headers, h.Type):
		k.oneOf("interactive.header.type", h.Type, s.headers...)
	case h.Type == "text":
		k.text("interactive.header.text", h.Text, 1, 60)
	default:
		part := map[string]*wa.Media{"image": h.Image, "video": h.Video, "document": h.Document}[h.Type]
		if k.present("interactive.header."+h.Type, part != nil) {
			k.media("interactive.header."+h.Type, part)
		}
	}
}

// decode reads an action into the form that its type has.
func (k *checker) decode(raw json.RawMessage, into any) bool {
	if err := json.Unmarshal(raw, into); err != nil {
		k.add(action, "The action does not have the form of this interactive type.")
		return false
	}
	return true
}

func (k *checker) buttons(raw json.RawMessage) {
	var a wa.ButtonsAction
	if !k.decode(raw, &a) {
		return
	}
	k.count(action+".buttons", len(a.Buttons), 1, 3, "buttons")
	ids, titles := map[string]bool{}, map[string]bool{}
	for i, b := range a.Buttons {
		name := fmt.Sprintf("%s.buttons[%d]", action, i)
		k.oneOf(name+".type", b.Type, "reply")
		k.text(name+".reply.id", b.Reply.ID, 1, 256)
		k.text(name+".reply.title", b.Reply.Title, 1, 20)
		k.unique(ids, name+".reply.id", b.Reply.ID)
		k.unique(titles, name+".reply.title", b.Reply.Title)
	}
}

func (k *checker) list(raw json.RawMessage) {
	var a wa.ListAction
	if !k.decode(raw, &a) {
		return
	}
	k.text(action+".button", a.Button, 1, 20)
	k.count(action+".sections", len(a.Sections), 1, 10, "sections")
	ids, rows := map[string]bool{}, 0
	for i, s := range a.Sections {
		name := fmt.Sprintf("%s.sections[%d]", action, i)
		k.sectionTitle(name+".title", s.Title, len(a.Sections))
		if len(s.Rows) == 0 {
			k.add(name+".rows", "A section has at least one row.")
		}
		rows += len(s.Rows)
		for j, r := range s.Rows {
			row := fmt.Sprintf("%s.rows[%d]", name, j)
			k.text(row+".id", r.ID, 1, 200)
			k.text(row+".title", r.Title, 1, 24)
			k.text(row+".description", r.Description, 0, 72)
			k.unique(ids, row+".id", r.ID)
		}
	}
	if rows > 10 {
		k.count(action+".sections", rows, 1, 10, "rows in all sections")
	}
}

// sectionTitle is required where there is more than one section.
func (k *checker) sectionTitle(name, title string, sections int) {
	least := 0
	if sections > 1 {
		least = 1
	}
	k.text(name, title, least, 24)
}

func (k *checker) ctaURL(raw json.RawMessage) {
	var a wa.CTAURLAction
	if !k.decode(raw, &a) {
		return
	}
	k.oneOf(action+".name", a.Name, "cta_url")
	k.text(action+".parameters.display_text", a.Parameters.DisplayText, 1, 20)
	k.link(action+".parameters.url", a.Parameters.URL)
}

func named(want string) func(*checker, json.RawMessage) {
	return func(k *checker, raw json.RawMessage) {
		var a struct {
			Name string `json:"name"`
		}
		if k.decode(raw, &a) {
			k.oneOf(action+".name", a.Name, want)
		}
	}
}

func (k *checker) flow(raw json.RawMessage) {
	var a struct {
		Name       string `json:"name"`
		Parameters struct {
			Version json.RawMessage `json:"flow_message_version"`
			ID      json.RawMessage `json:"flow_id"`
			Name    string          `json:"flow_name"`
			CTA     string          `json:"flow_cta"`
			Mode    string          `json:"mode"`
			Action  string          `json:"flow_action"`
			Payload *struct {
				Screen string          `json:"screen"`
				Data   json.RawMessage `json:"data"`
			} `json:"flow_action_payload"`
		} `json:"parameters"`
	}
	if !k.decode(raw, &a) {
		return
	}
	p, at := a.Parameters, action+".parameters"
	k.oneOf(action+".name", a.Name, "flow")
	k.oneOf(at+".flow_message_version", plain(p.Version), "3")
	if plain(p.ID) == "" && p.Name == "" {
		k.add(at+".flow_id", "One of flow_id and flow_name is required.")
	}
	k.text(at+".flow_cta", p.CTA, 1, 30)
	if p.Mode != "" {
		k.oneOf(at+".mode", p.Mode, "published", "draft")
	}
	if p.Action != "" {
		k.oneOf(at+".flow_action", p.Action, "navigate", "data_exchange")
	}
	if p.Payload == nil {
		return
	}
	if p.Action != "data_exchange" && p.Payload.Screen == "" {
		k.present(at+".flow_action_payload.screen", false)
	}
	if p.Payload.Data != nil && (!isObject(p.Payload.Data) || strings.Trim(string(p.Payload.Data), "{} \t\r\n") == "") {
		k.add(at+".flow_action_payload.data", "This must be an object that is not empty.")
	}
}

func (k *checker) product(raw json.RawMessage) {
	var a struct {
		Catalog string `json:"catalog_id"`
		Product string `json:"product_retailer_id"`
	}
	if k.decode(raw, &a) {
		k.present(action+".catalog_id", a.Catalog != "")
		k.present(action+".product_retailer_id", a.Product != "")
	}
}

// productSection is a section of products, here and in multi-product templates.
type productSection struct {
	Title string `json:"title"`
	Items []struct {
		ID string `json:"product_retailer_id"`
	} `json:"product_items"`
}

func (k *checker) productList(raw json.RawMessage) {
	var a struct {
		Catalog  string           `json:"catalog_id"`
		Sections []productSection `json:"sections"`
	}
	if k.decode(raw, &a) {
		k.present(action+".catalog_id", a.Catalog != "")
		k.productSections(action+".sections", a.Sections)
	}
}

func (k *checker) productSections(name string, sections []productSection) {
	k.count(name, len(sections), 1, 10, "sections")
	items := 0
	for i, s := range sections {
		at := fmt.Sprintf("%s[%d]", name, i)
		k.sectionTitle(at+".title", s.Title, len(sections))
		if len(s.Items) == 0 {
			k.add(at+".product_items", "A section has at least one product.")
		}
		items += len(s.Items)
		for j, item := range s.Items {
			k.present(fmt.Sprintf("%s.product_items[%d].product_retailer_id", at, j), item.ID != "")
		}
	}
	if items > 30 {
		k.count(name, items, 1, 30, "products in all sections")
	}
}

func (k *checker) address(raw json.RawMessage) {
	var a struct {
		Name       string `json:"name"`
		Parameters struct {
			Country string `json:"country"`
		} `json:"parameters"`
	}
	if k.decode(raw, &a) {
		k.oneOf(action+".name", a.Name, "address_message")
		k.oneOf(action+".parameters.country", a.Parameters.Country, "IN")
	}
}

func (k *checker) voiceCall(raw json.RawMessage) {
	var a struct {
		Name       string `json:"name"`
		Parameters struct {
			Display string          `json:"display_text"`
			TTL     json.RawMessage `json:"ttl_minutes"`
			Payload string          `json:"payload"`
		} `json:"parameters"`
	}
	if !k.decode(raw, &a) {
		return
	}
	k.oneOf(action+".name", a.Name, "voice_call")
	k.text(action+".parameters.display_text", a.Parameters.Display, 0, 20)
	k.text(action+".parameters.payload", a.Parameters.Payload, 0, 512)
	if a.Parameters.TTL != nil {
		k.minutes(action+".parameters.ttl_minutes", a.Parameters.TTL)
	}
}

// minutes is the life of a call button: cloud-api.md 1.3, voice_call.
func (k *checker) minutes(name string, raw json.RawMessage) {
	n, err := strconv.Atoi(plain(raw))
	if err != nil || n < 1 || n > 43200 {
		k.fields = append(k.fields, Field{Name: name, Detail: "This must be a whole number of minutes from 1 to 43200.", Limit: 43200, Length: n})
	}
}

// card is one card of an interactive carousel.
type card struct {
	Index  *int   `json:"card_index"`
	Type   string `json:"type"`
	Header *struct {
		Type  string    `json:"type"`
		Image *wa.Media `json:"image"`
		Video *wa.Media `json:"video"`
	} `json:"header"`
	Body   *wa.TextPart `json:"body"`
	Action struct {
		Name       string              `json:"name"`
		Parameters wa.CTAURLParameters `json:"parameters"`
		Buttons    []struct {
			Type       string        `json:"type"`
			QuickReply wa.ButtonText `json:"quick_reply"`
		} `json:"buttons"`
		Catalog string `json:"catalog_id"`
		Product string `json:"product_retailer_id"`
	} `json:"action"`
}

func (k *checker) carousel(raw json.RawMessage) {
	var a struct {
		Cards []card `json:"cards"`
	}
	if !k.decode(raw, &a) {
		return
	}
	k.count(action+".cards", len(a.Cards), 2, 10, "cards")
	for i := range a.Cards {
		name := fmt.Sprintf("%s.cards[%d]", action, i)
		k.card(name, &a.Cards[i])
		if a.Cards[i].form() != a.Cards[0].form() {
			k.add(name, "All cards must have the same structure.")
		}
	}
}

func (k *checker) card(name string, c *card) {
	k.present(name+".card_index", c.Index != nil)
	if c.Body != nil {
		k.text(name+".body.text", c.Body.Text, 1, 160)
		if strings.Count(c.Body.Text, "\n") > 2 {
			k.add(name+".body.text", "The text of a card has at most two line breaks.")
		}
	}
	if c.Header != nil {
		switch c.Header.Type {
		case "image":
			k.cardMedia(name+".header.image", c.Header.Image)
		case "video":
			k.cardMedia(name+".header.video", c.Header.Video)
		default:
			k.oneOf(name+".header.type", c.Header.Type, "image", "video")
		}
	}
	switch {
	case c.Type == "product":
		k.present(name+".action.catalog_id", c.Action.Catalog != "")
		k.present(name+".action.product_retailer_id", c.Action.Product != "")
	case c.Type != "cta_url":
		k.oneOf(name+".type", c.Type, "cta_url", "product")
	case len(c.Action.Buttons) > 0:
		for i, b := range c.Action.Buttons {
			at := fmt.Sprintf("%s.action.buttons[%d]", name, i)
			k.oneOf(at+".type", b.Type, "quick_reply")
			k.text(at+".quick_reply.id", b.QuickReply.ID, 1, 20)
			k.text(at+".quick_reply.title", b.QuickReply.Title, 1, 20)
		}
	default:
		k.oneOf(name+".action.name", c.Action.Name, "cta_url")
		k.text(name+".action.parameters.display_text", c.Action.Parameters.DisplayText, 1, 20)
		k.link(name+".action.parameters.url", c.Action.Parameters.URL)
	}
}

// cardMedia: the action is passed on as written, so an upload of ours cannot
// be turned into WhatsApp's id in it.
func (k *checker) cardMedia(name string, m *wa.Media) {
	if !k.present(name, m != nil) {
		return
	}
	if m.MediaID != "" {
		k.add(name+".media_id", "The cards of a carousel take id or link.")
		return
	}
	k.media(name, m)
}

// form is what must be equal in all cards.
func (c *card) form() string {
	header := ""
	if c.Header != nil {
		header = c.Header.Type
	}
	return fmt.Sprint(c.Type, "/", header, "/", c.Action.Name, "/", len(c.Action.Buttons), "/", c.Body != nil)
}

func isObject(raw json.RawMessage) bool {
	var m map[string]json.RawMessage
	return len(raw) > 0 && json.Unmarshal(raw, &m) == nil && m != nil
}

// plain is a JSON text or number without its quotes; "" for anything else.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}
