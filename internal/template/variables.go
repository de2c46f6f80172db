package template

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"kontor/internal/wa"
)

// Variable is one value that sending a template needs, for forms and for checks.
type Variable struct {
	Component string // header, body, button, limited_time_offer
	Index     int    // its place in the component from 0; of a button: the button's
	Card      int    // which card of a carousel, from 0; -1: none
	Name      string // of a named variable
	Kind      string // text, image, video, document, gif, location, product, payload, url, copy_code, flow, catalog, mpm, voice_call
	Example   string
	Required  bool // false: WhatsApp has a default (a quick reply's payload is its label)
}

var placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// placeholders are the names or numbers of a text's variables, in order, each once.
func placeholders(text string) (names []string) {
	seen := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	return names
}

// Variables lists what a message of this template must, or may, fill in.
func Variables(def *wa.TemplateDefinition) []Variable {
	return variables(def, def.Components, -1)
}

func variables(def *wa.TemplateDefinition, components []wa.DefinitionComponent, card int) (out []Variable) {
	for i := range components {
		c := &components[i]
		switch strings.ToUpper(c.Type) {
		case "HEADER":
			if format := strings.ToUpper(c.Format); format == "" || format == "TEXT" {
				out = append(out, textVariables(def, c, "header", card)...)
			} else {
				out = append(out, Variable{Component: "header", Card: card, Kind: strings.ToLower(format), Required: true})
			}
		case "BODY":
			out = append(out, textVariables(def, c, "body", card)...)
		case "BUTTONS":
			for j := range c.Buttons {
				if v, ok := buttonVariable(&c.Buttons[j]); ok {
					v.Component, v.Index, v.Card = "button", j, card
					out = append(out, v)
				}
			}
		case "CAROUSEL":
			for j := range c.Cards {
				out = append(out, variables(def, c.Cards[j].Components, j)...)
			}
		}
	}
	return out
}

func textVariables(def *wa.TemplateDefinition, c *wa.DefinitionComponent, component string, card int) (out []Variable) {
	names := placeholders(c.Text)
	if component == "body" && c.Text == "" && def.Category == "AUTHENTICATION" {
		names = []string{"1"} // WhatsApp writes the text itself, around the code
	}
	examples := readExamples(c.Example)
	for i, name := range names {
		v := Variable{Component: component, Index: i, Card: card, Kind: "text", Required: true, Example: examples.at(i)}
		if isNamed(def) {
			v.Name, v.Example = name, examples.named[name]
		}
		out = append(out, v)
	}
	return out
}

func isNamed(def *wa.TemplateDefinition) bool { return strings.EqualFold(def.ParameterFormat, "NAMED") }

// buttonVariable is what a button takes (cloud-api.md 1.4); ok is false for
// buttons that take nothing.
func buttonVariable(b *wa.DefinitionButton) (Variable, bool) {
	example := readExamples(b.Example).at(0)
	switch strings.ToUpper(b.Type) {
	case "QUICK_REPLY":
		return Variable{Kind: "payload"}, true
	case "URL":
		return Variable{Kind: "url", Example: example, Required: true}, strings.Contains(b.URL, "{{")
	case "OTP": // the code once more
		return Variable{Kind: "url", Example: example, Required: true}, true
	case "COPY_CODE":
		return Variable{Kind: "copy_code", Example: example, Required: true}, true
	case "MPM":
		return Variable{Kind: "mpm", Required: true}, true
	case "FLOW":
		return Variable{Kind: "flow"}, true
	case "CATALOG":
		return Variable{Kind: "catalog"}, true
	case "VOICE_CALL":
		return Variable{Kind: "voice_call"}, true
	}
	return Variable{}, false
}

// examples are those of one component, in either of Meta's forms.
type examples struct {
	list  []string
	named map[string]string
}

func (e examples) at(i int) string {
	if i < len(e.list) {
		return e.list[i]
	}
	return ""
}

// readExamples takes what cloud-api.md 5.3 shows: header_text ["x"], body_text
// [["a","b"]], …_named_params [{param_name,example}], and a button's text or list.
func readExamples(raw json.RawMessage) (e examples) {
	var object struct {
		HeaderText  []string       `json:"header_text"`
		BodyText    [][]string     `json:"body_text"`
		HeaderNamed []namedExample `json:"header_text_named_params"`
		BodyNamed   []namedExample `json:"body_text_named_params"`
	}
	var text string
	switch {
	case len(raw) == 0:
	case json.Unmarshal(raw, &text) == nil:
		e.list = []string{text}
	case json.Unmarshal(raw, &e.list) == nil:
	case json.Unmarshal(raw, &object) == nil:
		e.list = object.HeaderText
		if len(object.BodyText) > 0 {
			e.list = object.BodyText[0]
		}
		e.named = map[string]string{}
		for _, n := range append(object.HeaderNamed, object.BodyNamed...) {
			e.named[n.Name] = n.Example
		}
	}
	return e
}

type namedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// fill replaces a text's variables by what value answers for each.
func fill(text string, value func(name string, index int) string) string {
	order := map[string]int{}
	for i, name := range placeholders(text) {
		order[name] = i
		if n, err := strconv.Atoi(name); err == nil && n > 0 {
			order[name] = n - 1 // a position says itself which one it is
		}
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := placeholder.FindStringSubmatch(m)[1]
		return value(name, order[name])
	})
}
