package sandbox

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// templateRules describe the member "template" (cloud-api.md 1.4), before the
// template itself is known.
var templateRules = []rule{
	{path: "template", kind: object, need: true},
	{path: "template.name", kind: text, need: true, min: 1, max: 512},
	{path: "template.language", kind: object, need: true},
	{path: "template.language.code", kind: text, need: true, min: 1},
	{path: "template.language.policy", kind: text, oneOf: []string{"deterministic"}},
	{path: "template.components", kind: list},
	{path: "template.components[]", kind: object},
	{path: "template.components[].type", kind: text, need: true, min: 1},
	{path: "template.components[].sub_type", kind: text},
	{path: "template.components[].index", kind: whole},
	{path: "template.components[].parameters", kind: list},
	{path: "template.components[].parameters[]", kind: object},
	{path: "template.components[].parameters[].type", kind: text, need: true, min: 1},
	{path: "template.components[].cards", kind: list},
	{path: "template.components[].cards[]", kind: object},
	{path: "template.components[].cards[].components", kind: list},
	{path: "template.components[].cards[].components[]", kind: object},
	{path: "template.components[].cards[].components[].type", kind: text, need: true, min: 1},
	{path: "template.components[].cards[].components[].index", kind: whole},
	{path: "template.components[].cards[].components[].parameters", kind: list},
	{path: "template.components[].cards[].components[].parameters[]", kind: object},
	{path: "template.components[].cards[].components[].parameters[].type", kind: text, need: true, min: 1},
}

// usable tells whether the template may be sent now.
func (t *Template) usable() *refusal {
	switch t.Status {
	case "APPROVED":
		return nil
	case "PAUSED":
		return refuse(codePaused, "template name (%s) in %s is paused", t.Name, t.Language)
	case "DISABLED":
		return refuse(132016, "template name (%s) in %s is disabled", t.Name, t.Language)
	}
	return refuse(codeTemplate, "template name (%s) in %s is not approved, its status is %s", t.Name, t.Language, t.Status)
}

// filled is what a send gives to one template or to one card of its carousel.
type filled struct {
	named    bool
	at       string
	parts    []Component // of the definition
	sent     []any       // the send's components
	otp      string      // the code of an authentication template
	rendered *rendered
}

// checkTemplate compares what was sent with the approved template, and fills it
// in as the customer will read it.
func checkTemplate(t *Template, template map[string]any) (*rendered, *refusal) {
	sent, _ := template["components"].([]any)
	f := &filled{named: t.named(), at: "template.components", parts: t.Components, sent: sent, rendered: &rendered{}}
	if bad := f.all(); bad != nil {
		return nil, bad
	}
	return f.rendered, nil
}

func (f *filled) all() *refusal {
	for i, c := range f.sent {
		switch kind := strings.ToLower(textOf(member(c, "type"))); kind {
		case "header", "body", "button", "limited_time_offer", "carousel", "tap_target_configuration", "order_details", "order_status":
		default:
			return refuse(codeValue, "%s%s.type: %q is no template component", f.at, index(i), clip(kind))
		}
	}
	for _, step := range []func() *refusal{f.header, f.body, f.footer, f.buttons, f.offer, f.carousel} {
		if bad := step(); bad != nil {
			return bad
		}
	}
	return nil
}

// parameters are those of the sent component of that type, with its path.
func (f *filled) parameters(kind string) (ps []any, at string) {
	for i, c := range f.sent {
		if strings.EqualFold(textOf(member(c, "type")), kind) {
			ps, _ = member(c, "parameters").([]any)
			return ps, f.at + index(i) + ".parameters"
		}
	}
	return nil, f.at + "." + kind
}

func (f *filled) header() *refusal {
	def := part(f.parts, "HEADER")
	ps, at := f.parameters("header")
	if def == nil {
		if len(ps) > 0 {
			return refuse(codeCount, "header: number of parameters (%d) does not match the expected number of params (0)", len(ps))
		}
		return nil
	}
	if def.Format == "TEXT" {
		s, bad := f.text("header", def.Text, ps, at, 60)
		f.rendered.Header = &renderedHeader{Type: "text", Text: s}
		return bad
	}
	want := strings.ToLower(def.Format)
	if len(ps) == 0 {
		if want == "product" {
			return nil
		}
		return refuse(codeFormat, "header: Format mismatch, expected %s, received UNKNOWN", def.Format)
	}
	got := strings.ToLower(textOf(member(ps[0], "type")))
	if len(ps) != 1 {
		return refuse(codeCount, "header: number of parameters (%d) does not match the expected number of params (1)", len(ps))
	}
	if got != want {
		return refuse(codeFormat, "header: Format mismatch, expected %s, received %s", def.Format, strings.ToUpper(got))
	}
	value, ok := member(ps[0], want).(map[string]any)
	if !ok {
		return missing(at + "[0]." + want)
	}
	if want == "product" {
		for _, name := range []string{"product_retailer_id", "catalog_id"} {
			if textOf(value[name]) == "" {
				return missing(at + "[0].product." + name)
			}
		}
	}
	if want == "location" {
		for _, name := range []string{"latitude", "longitude"} {
			if _, ok := number64(value[name]); !ok {
				return missing(at + "[0].location." + name)
			}
		}
	}
	f.rendered.Header = &renderedHeader{Type: want, Media: value}
	return nil
}

func (f *filled) body() *refusal {
	def := part(f.parts, "BODY")
	ps, at := f.parameters("body")
	if def == nil {
		if len(ps) > 0 {
			return refuse(codeCount, "body: number of parameters (%d) does not match the expected number of params (0)", len(ps))
		}
		return nil
	}
	text := def.Text
	if f.hasOTP() { // Meta's own text with the code in it
		if text == "" {
			text = "*{{1}}* is your verification code."
		}
		if len(ps) > 0 {
			f.otp = textOf(member(ps[0], "text"))
			if utf8.RuneCountInString(f.otp) > 15 {
				return refuse(codeInvalid, "%s[0].text: a code has at most 15 characters", at)
			}
		}
	}
	s, bad := f.text("body", text, ps, at, 1024)
	f.rendered.Body = s
	return bad
}

func (f *filled) footer() *refusal {
	if def := part(f.parts, "FOOTER"); def != nil {
		f.rendered.Footer = def.Text
	}
	return nil
}

func (f *filled) hasOTP() bool {
	def := part(f.parts, "BUTTONS")
	return def != nil && slices.ContainsFunc(def.Buttons, func(b TemplateButton) bool { return b.Type == "OTP" })
}

// text fills the variables of text with parameters: as many as there are
// variables, by position or by name, of a kind that has text.
func (f *filled) text(where, text string, ps []any, at string, limit int) (string, *refusal) {
	names := variables(text)
	if len(ps) != len(names) {
		return "", refuse(codeCount, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", where, len(ps), len(names))
	}
	if !f.named {
		names = make([]string, len(ps))
		for i := range names {
			names[i] = itoa(i + 1)
		}
	}
	values := map[string]string{}
	for i, p := range ps {
		here := at + index(i)
		value, bad := paramText(p, here)
		if bad != nil {
			return "", bad
		}
		name := names[i]
		if f.named {
			if name = textOf(member(p, "parameter_name")); name == "" {
				return "", refuse(codeFormat, "%s.parameter_name: required, the template has named parameters", here)
			}
			if _, twice := values[name]; twice || !slices.Contains(names, name) {
				return "", refuse(codeFormat, "%s.parameter_name: %q is not a parameter of the %s, or is there twice", here, clip(name), where)
			}
		}
		values[name] = value
	}
	s := variable.ReplaceAllStringFunc(text, func(v string) string { return values[variable.FindStringSubmatch(v)[1]] })
	if n := utf8.RuneCountInString(s); n > limit {
		return "", refuse(codeTooLong, "%s: the text with its parameters has %d characters, at most %d are allowed", where, n, limit)
	}
	return s, nil
}

var spaces = regexp.MustCompile(` {5,}`)

// paramText is the text of a text, currency or date_time parameter.
func paramText(p any, at string) (string, *refusal) {
	var s string
	switch kind := strings.ToLower(textOf(member(p, "type"))); kind {
	case "text":
		v, ok := member(p, "text").(string)
		if !ok || v == "" {
			return "", missing(at + ".text")
		}
		s = v
	case "currency", "date_time":
		if s = textOf(member(member(p, kind), "fallback_value")); s == "" {
			return "", missing(at + "." + kind + ".fallback_value")
		}
		if bad := checkCurrency(member(p, "currency"), at+".currency"); kind == "currency" && bad != nil {
			return "", bad
		}
	default:
		return "", refuse(codeFormat, "%s.type: Format mismatch, expected TEXT, received %s", at, strings.ToUpper(clip(kind)))
	}
	if strings.ContainsAny(s, "\n\t\r") || spaces.MatchString(s) {
		return "", refuse(codeNewlines, "%s.text: Param text cannot have new-line/tab characters or more than 4 consecutive spaces", at)
	}
	if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
		return "", refuse(codeCharacters, "%s.text: Param text holds a character that is not allowed", at)
	}
	return s, nil
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// checkCurrency: a code of ISO 4217 and an amount in thousandths.
func checkCurrency(v any, at string) *refusal {
	if code := textOf(member(v, "code")); !currencyCode.MatchString(code) {
		return refuse(codeParameter, "%s.code: must be a currency code as EUR, is %q", at, clip(code))
	}
	if !whole.holds(member(v, "amount_1000")) {
		return refuse(codeParameter, "%s.amount_1000: must be a whole number, the amount times 1000", at)
	}
	return nil
}

func (f *filled) offer() *refusal {
	def := part(f.parts, "LIMITED_TIME_OFFER")
	ps, at := f.parameters("limited_time_offer")
	if def == nil || def.Offer == nil {
		if len(ps) > 0 {
			return refuse(codeCount, "limited_time_offer: the template has none")
		}
		return nil
	}
	f.rendered.Offer = def.Offer.Text
	if !def.Offer.HasExpiration {
		return nil
	}
	if len(ps) == 0 {
		return missing(at + ".limited_time_offer.expiration_time_ms")
	}
	ms, ok := number64(member(member(ps[0], "limited_time_offer"), "expiration_time_ms"))
	if !ok {
		return missing(at + "[0].limited_time_offer.expiration_time_ms")
	}
	if ms < 1e12 {
		return refuse(codeValue, "%s[0].limited_time_offer.expiration_time_ms: must be unix milliseconds", at)
	}
	return nil
}

func (f *filled) carousel() *refusal {
	def := part(f.parts, "CAROUSEL")
	var cards []any
	at := f.at
	for i, c := range f.sent {
		if strings.EqualFold(textOf(member(c, "type")), "carousel") {
			cards, _ = member(c, "cards").([]any)
			at = f.at + index(i) + ".cards"
		}
	}
	want := 0
	if def != nil {
		want = len(def.Cards)
	}
	if len(cards) != want {
		return refuse(codeCount, "carousel: number of cards (%d) does not match the expected number of cards (%d)", len(cards), want)
	}
	for i, card := range cards {
		sent, _ := member(card, "components").([]any)
		one := &filled{named: f.named, at: at + index(i) + ".components", parts: def.Cards[i].Components, sent: sent, rendered: &rendered{}}
		if bad := one.all(); bad != nil {
			return bad
		}
		f.rendered.Cards = append(f.rendered.Cards, *one.rendered)
	}
	return nil
}
