package sandbox

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// rendered is a template as the customer sees it; what the phone's page shows.
type rendered struct {
	Header  *renderedHeader  `json:"header,omitempty"`
	Body    string           `json:"body,omitempty"`
	Footer  string           `json:"footer,omitempty"`
	Offer   string           `json:"offer,omitempty"`
	Buttons []renderedButton `json:"buttons,omitempty"`
	Cards   []rendered       `json:"cards,omitempty"`
}

// renderedHeader is text, or media or a place as it was sent.
type renderedHeader struct {
	Type  string         `json:"type"`
	Text  string         `json:"text,omitempty"`
	Media map[string]any `json:"media,omitempty"`
}

// renderedButton is a button with its address or payload filled in.
type renderedButton struct {
	Type    string `json:"type"` // quick_reply, url, phone_number, copy_code, otp, flow, catalog, mpm, …
	Text    string `json:"text,omitempty"`
	URL     string `json:"url,omitempty"`
	Phone   string `json:"phone_number,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// sentButton is one button component of a send.
type sentButton struct {
	subType    string
	parameters []any
	at         string
}

// sentButtons are the send's button components by index.
func (f *filled) sentButtons(count int) (map[int]sentButton, *refusal) {
	sent := map[int]sentButton{}
	for i, c := range f.sent {
		if !strings.EqualFold(textOf(member(c, "type")), "button") {
			continue
		}
		at := f.at + index(i)
		n, ok := number64(member(c, "index"))
		if !ok {
			return nil, missing(at + ".index")
		}
		if n < 0 || int(n) >= count {
			return nil, refuse(codeFormat, "%s.index: the template has %d buttons, there is none at index %d", at, count, int(n))
		}
		if textOf(member(c, "sub_type")) == "" {
			return nil, missing(at + ".sub_type")
		}
		if _, twice := sent[int(n)]; twice {
			return nil, refuse(codeValue, "%s.index: %d is there twice", at, int(n))
		}
		ps, _ := member(c, "parameters").([]any)
		sent[int(n)] = sentButton{strings.ToLower(textOf(member(c, "sub_type"))), ps, at}
	}
	return sent, nil
}

// buttons compares the sent button components with those of the template
// (cloud-api.md 1.4, rows "button …").
func (f *filled) buttons() *refusal {
	var defs []TemplateButton
	if def := part(f.parts, "BUTTONS"); def != nil {
		defs = def.Buttons
	}
	sent, bad := f.sentButtons(len(defs))
	if bad != nil {
		return bad
	}
	for i, def := range defs {
		b, given := sent[i]
		kind := strings.ToLower(def.Type)
		want := kind
		if kind == "otp" {
			want = "url"
		}
		if given && b.subType != want {
			return refuse(codeFormat, "%s.sub_type: the button at index %d is of type %s, received %s", b.at, i, kind, b.subType)
		}
		out := renderedButton{Type: kind, Text: def.Text, URL: def.URL, Phone: def.PhoneNumber}
		if bad := f.button(kind, i, def, b, &out); bad != nil {
			return bad
		}
		f.rendered.Buttons = append(f.rendered.Buttons, out)
	}
	return nil
}

var coupon = regexp.MustCompile(`^[0-9A-Za-z]{1,20}$`)

func (f *filled) button(kind string, i int, def TemplateButton, b sentButton, out *renderedButton) *refusal {
	var first any
	if len(b.parameters) > 0 {
		first = b.parameters[0]
	}
	required := refuse(codeMissing, "%s: Button at index %d of type %s requires a parameter", f.at, i, kind)
	switch kind {
	case "url":
		needs := len(variables(def.URL)) > 0
		value := textOf(member(first, "text"))
		switch {
		case needs && value == "":
			return required
		case !needs && len(b.parameters) > 0:
			return refuse(codeCount, "%s: Button at index %d of type Url does not take a parameter", b.at, i)
		case utf8.RuneCountInString(value) > 2000:
			return refuse(codeInvalid, "%s.parameters[0].text: must be at most 2000 characters long", b.at)
		}
		out.URL = variable.ReplaceAllLiteralString(def.URL, value)
	case "otp":
		value := textOf(member(first, "text"))
		if value == "" {
			return required
		}
		if value != f.otp {
			return refuse(codeFormat, "%s.parameters[0].text: must be the code of the body", b.at)
		}
		out.Payload = value
	case "quick_reply":
		out.Payload = def.Text
		if first == nil {
			return nil
		}
		if out.Payload = textOf(member(first, "payload")); out.Payload == "" {
			return missing(b.at + ".parameters[0].payload")
		}
		if n := utf8.RuneCountInString(out.Payload); n > 128 {
			return refuse(codeInvalid, "%s.parameters[0].payload: must be at most 128 characters long, is %d", b.at, n)
		}
	case "copy_code":
		if out.Payload = textOf(member(first, "coupon_code")); out.Payload == "" {
			return required
		}
		if !coupon.MatchString(out.Payload) {
			return refuse(codeValue, "%s.parameters[0].coupon_code: must be 1 to 20 letters and digits", b.at)
		}
	case "mpm":
		if member(first, "action") == nil {
			return required
		}
		return checkProducts(member(first, "action"), b.at+".parameters[0].action")
	case "flow", "catalog", "spm":
		if first == nil {
			return nil
		}
		return checkAction(first, b.at+".parameters[0]")
	case "voice_call":
		return checkVoiceCall(b)
	case "phone_number", "request_contact_info":
		if len(b.parameters) > 0 {
			return refuse(codeCount, "%s: Button at index %d of type %s does not take a parameter", b.at, i, kind)
		}
	}
	return nil
}

// actionRules are the parameters of flow and catalog buttons (cloud-api.md 1.4).
var actionRules = []rule{
	{path: "type", kind: text, need: true},
	{path: "action", kind: object, need: true},
	{path: "action.flow_token", kind: text, min: 1},
	{path: "action.flow_action_data", kind: object},
	{path: "action.thumbnail_product_retailer_id", kind: text, min: 1},
}

func checkAction(parameter any, at string) *refusal {
	m, _ := parameter.(map[string]any)
	return below(at, check(m, actionRules))
}

// productRules are those of a button for several products (cloud-api.md 1.4).
var productRules = []rule{
	{path: "thumbnail_product_retailer_id", kind: text, min: 1},
	{path: "sections", kind: list, need: true, min: 1, max: 10},
	{path: "sections[]", kind: object},
	{path: "sections[].title", kind: text, need: true, min: 1, max: 24},
	{path: "sections[].product_items", kind: list, need: true, min: 1, max: 30},
	{path: "sections[].product_items[]", kind: object},
	{path: "sections[].product_items[].product_retailer_id", kind: text, need: true, min: 1},
}

func checkProducts(action any, at string) *refusal {
	m, ok := action.(map[string]any)
	if !ok {
		return refuse(codeInvalid, "%s: must be an object", at)
	}
	if bad := check(m, productRules); bad != nil {
		return below(at, bad)
	}
	sections, _ := m["sections"].([]any)
	total := 0
	for _, section := range sections {
		items, _ := member(section, "product_items").([]any)
		total += len(items)
	}
	if total > 30 {
		return refuse(codeValue, "%s.sections: must have at most 30 products in all, has %d", at, total)
	}
	return nil
}

// checkVoiceCall: ttl_minutes and payload may be given, each as a parameter of
// its own.
func checkVoiceCall(b sentButton) *refusal {
	rules := []rule{
		{path: "type", kind: text, need: true, oneOf: []string{"ttl_minutes", "payload"}},
		{path: "ttl_minutes", kind: whole, min: 1, max: 43200},
		{path: "payload", kind: text, min: 1, max: 512},
	}
	for i, p := range b.parameters {
		m, _ := p.(map[string]any)
		at := b.at + ".parameters" + index(i)
		if bad := check(m, rules); bad != nil {
			return below(at, bad)
		}
		if kind := textOf(m["type"]); m[kind] == nil {
			return missing(at + "." + kind)
		}
	}
	return nil
}

// below puts a path in front of what a refusal is about.
func below(at string, bad *refusal) *refusal {
	if bad != nil {
		bad.details = at + "." + bad.details
	}
	return bad
}
