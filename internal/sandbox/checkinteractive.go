package sandbox

import (
	"slices"
	"strings"
	"unicode"
)

// shape is what one interactive type allows (cloud-api.md 1.3).
type shape struct {
	headers  []string // allowed header types; none: no header
	header   bool     // the header is required
	body     int      // longest body
	bodyless bool     // the body may be missing
	rules    []rule
	also     func(interactive map[string]any) *refusal
}

const action = "interactive.action"

var anyHeader = []string{"text", "image", "video", "document"}

// shapes is by interactive.type.
var shapes = map[string]shape{
	"button": {headers: anyHeader, body: 1024, rules: []rule{
		{path: action + ".buttons", kind: list, need: true, min: 1, max: 3},
		{path: action + ".buttons[]", kind: object},
		{path: action + ".buttons[].type", kind: text, need: true, oneOf: []string{"reply"}},
		{path: action + ".buttons[].reply", kind: object, need: true},
		{path: action + ".buttons[].reply.id", kind: text, need: true, min: 1, max: 256, unique: true},
		{path: action + ".buttons[].reply.title", kind: text, need: true, min: 1, max: 20, unique: true},
	}},
	"list": {headers: []string{"text"}, body: 4096, rules: []rule{
		{path: action + ".button", kind: text, need: true, min: 1, max: 20},
		{path: action + ".sections", kind: list, need: true, min: 1, max: 10},
		{path: action + ".sections[]", kind: object},
		{path: action + ".sections[].title", kind: text, max: 24},
		{path: action + ".sections[].rows", kind: list, need: true, min: 1, max: 10},
		{path: action + ".sections[].rows[]", kind: object},
		{path: action + ".sections[].rows[].id", kind: text, need: true, min: 1, max: 200, unique: true},
		{path: action + ".sections[].rows[].title", kind: text, need: true, min: 1, max: 24},
		{path: action + ".sections[].rows[].description", kind: text, max: 72},
	}, also: inAll("rows", 10)},
	"cta_url": {headers: anyHeader, body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"cta_url"}},
		{path: action + ".parameters", kind: object, need: true},
		{path: action + ".parameters.display_text", kind: text, need: true, min: 1, max: 20},
		{path: action + ".parameters.url", kind: text, need: true, min: 1, max: 2000, also: isHTTP},
	}},
	"flow": {headers: anyHeader, body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"flow"}},
		{path: action + ".parameters", kind: object, need: true},
		{path: action + ".parameters.flow_message_version", kind: anything, need: true},
		{path: action + ".parameters.flow_cta", kind: text, need: true, min: 1, max: 30, also: noEmoji},
		{path: action + ".parameters.mode", kind: text, oneOf: []string{"published", "draft"}},
		{path: action + ".parameters.flow_action", kind: text, oneOf: []string{"navigate", "data_exchange"}},
		{path: action + ".parameters.flow_action_payload", kind: object},
	}, also: flowParameters},
	"product": {body: 1024, bodyless: true, rules: []rule{
		{path: action + ".catalog_id", kind: text, need: true, min: 1},
		{path: action + ".product_retailer_id", kind: text, need: true, min: 1},
	}},
	"product_list": {headers: []string{"text"}, header: true, body: 1024, rules: []rule{
		{path: action + ".catalog_id", kind: text, need: true, min: 1},
		{path: action + ".sections", kind: list, need: true, min: 1, max: 10},
		{path: action + ".sections[]", kind: object},
		{path: action + ".sections[].title", kind: text, max: 24},
		{path: action + ".sections[].product_items", kind: list, need: true, min: 1, max: 30},
		{path: action + ".sections[].product_items[].product_retailer_id", kind: text, need: true, min: 1},
	}, also: inAll("product_items", 30)},
	"catalog_message": {body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"catalog_message"}},
		{path: action + ".parameters", kind: object},
		{path: action + ".parameters.thumbnail_product_retailer_id", kind: text, min: 1},
	}},
	"location_request_message": {body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"send_location"}},
	}},
	"address_message": {headers: anyHeader, body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"address_message"}},
		{path: action + ".parameters", kind: object, need: true},
		{path: action + ".parameters.country", kind: text, need: true, oneOf: []string{"IN"}},
		{path: action + ".parameters.values", kind: object},
		{path: action + ".parameters.values.in_pin_code", kind: text, also: isPinCode},
		{path: action + ".parameters.saved_addresses", kind: list},
		{path: action + ".parameters.saved_addresses[]", kind: object},
		{path: action + ".parameters.saved_addresses[].id", kind: text, need: true, min: 1},
		{path: action + ".parameters.saved_addresses[].value", kind: object, need: true},
		{path: action + ".parameters.validation_errors", kind: object},
	}, also: knownAddress},
	"call_permission_request": {body: 1024, bodyless: true, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"call_permission_request"}},
	}},
	"voice_call": {body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"voice_call"}},
		{path: action + ".parameters", kind: object},
		{path: action + ".parameters.display_text", kind: text, max: 20},
		{path: action + ".parameters.ttl_minutes", kind: whole, min: 1, max: 43200},
		{path: action + ".parameters.payload", kind: text, max: 512},
	}},
	"carousel": {body: 1024, rules: []rule{
		{path: action + ".cards", kind: list, need: true, min: 2, max: 10},
		{path: action + ".cards[]", kind: object},
		{path: action + ".cards[].card_index", kind: whole, need: true},
		{path: action + ".cards[].type", kind: text, oneOf: []string{"cta_url", "product"}},
		{path: action + ".cards[].body.text", kind: text, max: 160, also: twoBreaks},
		{path: action + ".cards[].action", kind: object, need: true},
		{path: action + ".cards[].action.parameters.display_text", kind: text, need: true, min: 1, max: 20},
		{path: action + ".cards[].action.parameters.url", kind: text, need: true, also: isHTTP},
		{path: action + ".cards[].action.buttons[].quick_reply.id", kind: text, need: true, min: 1, max: 20},
		{path: action + ".cards[].action.buttons[].quick_reply.title", kind: text, need: true, min: 1, max: 20},
	}, also: sameCards},
	"contact_request": {body: 1024, rules: []rule{
		{path: action + ".name", kind: text, need: true, oneOf: []string{"request_contact_info"}},
	}},
	// Payments are accepted and passed through.
	"order_details": {headers: anyHeader, body: 1024, bodyless: true},
	"order_status":  {headers: anyHeader, body: 1024, bodyless: true},
}

var interactiveRules = []rule{
	{path: "interactive", kind: object, need: true},
	{path: "interactive.type", kind: text, need: true, min: 1},
	{path: "interactive.header", kind: object},
	{path: "interactive.header.type", kind: text, need: true},
	{path: "interactive.header.text", kind: text, max: 60},
	{path: "interactive.body", kind: object},
	{path: "interactive.body.text", kind: text, need: true, min: 1},
	{path: "interactive.footer", kind: object},
	{path: "interactive.footer.text", kind: text, need: true, min: 1, max: 60},
	{path: "interactive.action", kind: object, need: true},
}

// checkInteractive checks a message of type interactive; root holds the member.
func checkInteractive(root map[string]any) *refusal {
	if f := check(root, interactiveRules); f != nil {
		return f
	}
	in := root["interactive"].(map[string]any)
	name := textOf(in["type"])
	sh, ok := shapes[name]
	if !ok {
		return refuse(codeValue, "interactive.type: %q is not supported", clip(name))
	}
	if f := sh.checkHeader(in); f != nil {
		return f
	}
	bodyRules := []rule{
		{path: "interactive.body", kind: object, need: !sh.bodyless},
		{path: "interactive.body.text", kind: text, max: sh.body},
	}
	if f := check(root, bodyRules); f != nil {
		return f
	}
	if f := check(root, sh.rules); f != nil {
		return f
	}
	if sh.also != nil {
		return sh.also(in)
	}
	return nil
}

func (sh shape) checkHeader(in map[string]any) *refusal {
	header, ok := in["header"].(map[string]any)
	if !ok {
		if sh.header {
			return missing("interactive.header")
		}
		return nil
	}
	kind := textOf(header["type"])
	switch {
	case len(sh.headers) == 0:
		return refuse(codeInvalid, "interactive.header: not allowed with type %s", textOf(in["type"]))
	case !slices.Contains(sh.headers, kind):
		return refuse(codeValue, "interactive.header.type: must be one of {%s}, is %q", strings.Join(sh.headers, ", "), clip(kind))
	case kind == "text" && textOf(header["text"]) == "":
		return missing("interactive.header.text")
	case kind != "text" && member(header, kind) == nil:
		return missing("interactive.header." + kind)
	}
	return nil
}

// inAll bounds the elements of all sections together, and wants a title where
// there is more than one section.
func inAll(name string, most int) func(map[string]any) *refusal {
	return func(in map[string]any) *refusal {
		sections, _ := member(in["action"], "sections").([]any)
		total := 0
		for i, section := range sections {
			elements, _ := member(section, name).([]any)
			total += len(elements)
			if len(sections) > 1 && textOf(member(section, "title")) == "" {
				return missing(action + ".sections" + index(i) + ".title")
			}
		}
		if total > most {
			return refuse(codeValue, "%s.sections: must have at most %d %s in all, has %d", action, most, name, total)
		}
		return nil
	}
}

func flowParameters(in map[string]any) *refusal {
	p := member(in["action"], "parameters")
	if textOf(member(p, "flow_id")) == "" && textOf(member(p, "flow_name")) == "" && plainText(member(p, "flow_id")) == "" {
		return missing(action + ".parameters.flow_id")
	}
	if plainText(member(p, "flow_message_version")) != "3" {
		return refuse(codeValue, "%s.parameters.flow_message_version: must be \"3\"", action)
	}
	payload, ok := member(p, "flow_action_payload").(map[string]any)
	if !ok {
		return nil
	}
	if textOf(member(p, "flow_action")) != "data_exchange" && textOf(payload["screen"]) == "" {
		return missing(action + ".parameters.flow_action_payload.screen")
	}
	if data, ok := payload["data"]; ok {
		if m, isObject := data.(map[string]any); !isObject || len(m) == 0 {
			return refuse(codeValue, "%s.parameters.flow_action_payload.data: must be an object that is not empty", action)
		}
	}
	return nil
}

func twoBreaks(v any, at string) *refusal {
	if strings.Count(textOf(v), "\n") > 2 {
		return refuse(codeValue, "%s: must have at most 2 line breaks", at)
	}
	return nil
}

// cardForm checks one card of a carousel: a media card has a picture or a film
// and a link or quick replies, a product card a product (cloud-api.md 1.3).
func cardForm(card any, at string) *refusal {
	header, act := member(card, "header"), member(card, "action")
	if textOf(member(card, "type")) == "product" {
		for _, name := range []string{"catalog_id", "product_retailer_id"} {
			if textOf(member(act, name)) == "" {
				return missing(at + ".action." + name)
			}
		}
		return nil
	}
	kind := textOf(member(header, "type"))
	buttons, _ := member(act, "buttons").([]any)
	switch {
	case header == nil:
		return missing(at + ".header")
	case kind != "image" && kind != "video":
		return refuse(codeValue, "%s.header.type: must be image or video, is %q", at, clip(kind))
	case member(header, kind) == nil:
		return missing(at + ".header." + kind)
	case len(buttons) == 0 && member(act, "parameters") == nil:
		return missing(at + ".action.parameters")
	}
	return nil
}

// addressFields are what an address in India has (cloud-api.md 1.3).
var addressFields = []string{
	"name", "phone_number", "in_pin_code", "house_number", "floor_number", "tower_number", "building_name", "address",
	"landmark_area", "city", "state",
}

// knownAddress: values and validation_errors name fields of an address.
func knownAddress(in map[string]any) *refusal {
	p := member(in["action"], "parameters")
	for _, where := range []string{"values", "validation_errors"} {
		fields, _ := member(p, where).(map[string]any)
		for _, name := range sortedKeys(fields) {
			if !slices.Contains(addressFields, name) {
				return refuse(codeValue, "%s.parameters.%s.%s: is no field of an address", action, where, clip(name))
			}
		}
	}
	return nil
}

func isPinCode(v any, at string) *refusal {
	if s := textOf(v); len(s) != 6 || digits(s) != s {
		return refuse(codeValue, "%s: must have 6 digits", at)
	}
	return nil
}

func noEmoji(v any, at string) *refusal {
	if strings.ContainsFunc(textOf(v), func(r rune) bool { return r > 0x2fff && unicode.Is(unicode.So, r) || r >= 0x1f000 }) {
		return refuse(codeValue, "%s: must not hold emoji", at)
	}
	return nil
}

// sameCards: all cards of a carousel have the same structure.
func sameCards(in map[string]any) *refusal {
	cards, _ := member(in["action"], "cards").([]any)
	first := ""
	for i, card := range cards {
		buttons, _ := member(member(card, "action"), "buttons").([]any)
		form := strings.Join([]string{
			textOf(member(card, "type")), textOf(member(member(card, "header"), "type")),
			textOf(member(member(card, "action"), "name")), index(len(buttons)), boolText(member(card, "body") != nil),
		}, " ")
		if i == 0 {
			first = form
		} else if form != first {
			return refuse(codeValue, "%s.cards%s: all cards must have the same structure", action, index(i))
		}
	}
	for i, card := range cards {
		if bad := cardForm(card, action+".cards"+index(i)); bad != nil {
			return bad
		}
	}
	return nil
}
