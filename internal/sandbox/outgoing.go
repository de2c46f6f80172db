package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// outgoing is the body of POST /{phone-number-id}/messages (cloud-api.md 1.1),
// checked as far as that is possible without the sandbox's state.
type outgoing struct {
	to, recipient string
	typ           string
	contextID     string
	data          string // biz_opaque_callback_data
	identity      string // recipient_identity_key_hash
	marketing     bool   // came by the Marketing Messages API
	receipt       *receipt
	content       json.RawMessage // the payload as written
	payload       any             // the payload decoded, without nulls
	media         []mediaRef
	template      *Template // set by the sandbox once found
	rendered      *rendered
}

// receipt is the body that marks a message read.
type receipt struct {
	messageID string
	typing    bool
}

var envelopeRules = []rule{
	{path: "messaging_product", kind: text, need: true, oneOf: []string{"whatsapp"}},
	{path: "recipient_type", kind: text, oneOf: []string{"individual", "group"}},
	{path: "to", kind: anything, also: textOrNumber},
	{path: "recipient", kind: text},
	{path: "type", kind: text},
	{path: "context", kind: object},
	{path: "context.message_id", kind: text, need: true, min: 1, also: isWamid},
	{path: "biz_opaque_callback_data", kind: text, max: 512},
	{path: "recipient_identity_key_hash", kind: text, max: 512},
}

var receiptRules = []rule{
	{path: "messaging_product", kind: text, need: true, oneOf: []string{"whatsapp"}},
	{path: "status", kind: text, need: true, oneOf: []string{"read"}},
	{path: "message_id", kind: text, need: true, min: 1},
	{path: "typing_indicator", kind: object},
	{path: "typing_indicator.type", kind: text, need: true, oneOf: []string{"text"}},
}

func isWamid(v any, at string) *refusal {
	if !strings.HasPrefix(textOf(v), "wamid.") {
		return refuse(codeValue, "%s: %q is not a message id", at, clip(textOf(v)))
	}
	return nil
}

// decodeObject reads exactly one JSON object, numbers as written.
func decodeObject(body []byte) (map[string]any, *refusal) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil || m == nil {
		return nil, badParameter("the body is not a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badParameter("there is more than one JSON value in the body")
	}
	withoutNulls(m)
	return m, nil
}

// parseOutgoing checks the body of a send. It is pure: what needs the catalogue
// of templates, the uploaded media or the chat is checked by the sandbox.
// marketing tells that it came by the Marketing Messages API.
func parseOutgoing(root map[string]any, marketing bool) (*outgoing, *refusal) {
	if _, ok := root["status"]; ok && !marketing {
		return parseReceipt(root)
	}
	if f := check(root, envelopeRules); f != nil {
		return nil, f
	}
	o := &outgoing{
		to: plainText(root["to"]), recipient: textOf(root["recipient"]), typ: strings.ToLower(textOf(root["type"])),
		contextID: textOf(member(root["context"], "message_id")), data: textOf(root["biz_opaque_callback_data"]),
		identity: textOf(root["recipient_identity_key_hash"]), marketing: marketing,
	}
	if textOf(root["recipient_type"]) == "group" {
		return nil, refuse(131041, "to: the sandbox has no groups, so there is none with this id")
	}
	if o.to == "" && o.recipient == "" {
		return nil, missing("to")
	}
	if o.typ == "" {
		o.typ = "text"
	}
	if f := o.checkPayload(root); f != nil {
		return nil, f
	}
	o.payload = root[o.typ]
	if o.typ == "pin" {
		return nil, noPin(o.payload)
	}
	content, err := json.Marshal(o.payload)
	if err != nil {
		return nil, badParameter("%s: not JSON", o.typ)
	}
	o.content = content
	var f *refusal
	o.media, f = mediaRefs(map[string]any{o.typ: o.payload}, "")
	if f != nil {
		return nil, f
	}
	return o, nil
}

func (o *outgoing) checkPayload(root map[string]any) *refusal {
	switch o.typ {
	case "interactive":
		return checkInteractive(root)
	case "template":
		return check(root, templateRules)
	}
	rules, ok := plain[o.typ]
	if !ok {
		names := append(sortedKeys(plain), "interactive", "template")
		slices.Sort(names)
		return refuse(codeType, "type: must be one of {%s}, is %q", strings.Join(names, ", "), clip(o.typ))
	}
	return check(root, rules)
}

func parseReceipt(root map[string]any) (*outgoing, *refusal) {
	if f := check(root, receiptRules); f != nil {
		return nil, f
	}
	return &outgoing{receipt: &receipt{messageID: textOf(root["message_id"]), typing: root["typing_indicator"] != nil}}, nil
}

// templateKey is the name and the exact language asked for.
func (o *outgoing) templateKey() (name, language string) {
	return textOf(member(o.payload, "name")), textOf(member(member(o.payload, "language"), "code"))
}

// pricingCategory is how the message's category is written in prices; "" for
// what is no template.
func (o *outgoing) pricingCategory() string {
	switch {
	case o.template == nil:
		return ""
	case o.marketing:
		return "marketing_lite"
	}
	return strings.ToLower(o.template.Category)
}
