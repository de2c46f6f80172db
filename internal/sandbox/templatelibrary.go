package sandbox

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// libraryTemplate is one template of Meta's library (cloud-api.md 5.1). All are
// UTILITY.
type libraryTemplate struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Language   string           `json:"language"`
	Category   string           `json:"category"`
	Topic      string           `json:"topic"`
	Usecase    string           `json:"usecase"`
	Industry   []string         `json:"industry"`
	Header     string           `json:"header,omitempty"`
	Body       string           `json:"body"`
	BodyParams []string         `json:"body_params"`
	ParamTypes []string         `json:"body_param_types"`
	Buttons    []TemplateButton `json:"buttons,omitempty"`
}

//go:embed library.json
var libraryFile []byte

// library is a small library in the form of Meta's; its texts are our own.
var library = sync.OnceValue(func() []libraryTemplate {
	var all []libraryTemplate
	if err := json.Unmarshal(libraryFile, &all); err != nil {
		panic("sandbox: library.json: " + err.Error()) // part of the program
	}
	for i := range all {
		all[i].ID, all[i].Category = "77000000000000"+itoa(100+i), "UTILITY"
	}
	return all
})

// getTemplateLibrary answers GET /message_template_library with its filters.
func (c *call) getTemplateLibrary() (any, *refusal) {
	var all []map[string]any
	for _, t := range library() {
		if c.wantsLibrary(t) {
			all = append(all, asObject(t))
		}
	}
	return answerOf(paged(c, all))
}

func (c *call) wantsLibrary(t libraryTemplate) bool {
	is := func(filter, value string) bool {
		want := c.query.Get(filter)
		return want == "" || strings.EqualFold(want, value)
	}
	search := strings.ToLower(c.query.Get("search"))
	industry := c.query.Get("industry")
	return is("topic", t.Topic) && is("usecase", t.Usecase) && is("language", t.Language) && is("name", t.Name) &&
		(industry == "" || slices.ContainsFunc(t.Industry, func(i string) bool { return strings.EqualFold(i, industry) })) &&
		strings.Contains(strings.ToLower(t.Name+" "+t.Header+" "+t.Body), search)
}

// createFromLibrary answers the creation of a template by library_template_name:
// approved at once, since the text is Meta's own.
func (c *call) createFromLibrary(in map[string]any) (any, *refusal) {
	from := textOf(in["library_template_name"])
	t, bad := readTemplate(in)
	if bad != nil {
		return nil, bad
	}
	c.note = t.Name
	switch {
	case t.Name == "":
		return nil, paramMissing("name")
	case !strings.EqualFold(t.Category, "UTILITY"):
		return nil, paramOneOf("category", []string{"UTILITY"}, t.Category)
	}
	i := slices.IndexFunc(library(), func(l libraryTemplate) bool { return l.Name == from && l.Language == t.Language })
	if i < 0 {
		return nil, badTemplate(0, "Library template not found", "There is no library template %q in %s.", clip(from), clip(t.Language))
	}
	l := library()[i]
	t.Account, t.Library, t.Status = c.account.id, l.Name, "APPROVED"
	t.Components = l.components()
	if bad := t.libraryButtons(in); bad != nil {
		return nil, bad
	}
	if bad := t.libraryBody(in); bad != nil {
		return nil, bad
	}
	if bad := checkDefinition(t); bad != nil {
		return nil, bad
	}
	return c.submit(t)
}

// components are those of a template made from l.
func (l libraryTemplate) components() []Component {
	var all []Component
	if l.Header != "" {
		all = append(all, Component{Type: "HEADER", Format: "TEXT", Text: l.Header})
	}
	body := Component{Type: "BODY", Text: l.Body}
	if len(l.BodyParams) > 0 {
		body.Example = example("body_text", [][]string{l.BodyParams})
	}
	all = append(all, body)
	if len(l.Buttons) > 0 {
		all = append(all, Component{Type: "BUTTONS", Buttons: slices.Clone(l.Buttons)})
	}
	return all
}

// libraryButtons puts the addresses and numbers of library_template_button_inputs
// in; buttons have to be given one input each.
func (t *Template) libraryButtons(in map[string]any) *refusal {
	buttons := part(t.Components, "BUTTONS")
	inputs, _ := in["library_template_button_inputs"].([]any)
	if buttons == nil {
		if len(inputs) > 0 {
			return badTemplate(0, "Number of buttons", "library_template_button_inputs: this library template has no buttons")
		}
		return nil
	}
	if len(inputs) != len(buttons.Buttons) {
		return badTemplate(subMissing, "Missing field", "library_template_button_inputs: this library template has %d buttons, %d are given", len(buttons.Buttons), len(inputs))
	}
	for i := range buttons.Buttons {
		b := &buttons.Buttons[i]
		if kind := strings.ToUpper(textOf(member(inputs[i], "type"))); kind != b.Type {
			return paramOneOf("library_template_button_inputs"+index(i)+"['type']", []string{b.Type}, kind)
		}
		switch b.Type {
		case "URL":
			u := member(inputs[i], "url")
			if b.URL = or(textOf(member(u, "base_url")), textOf(u)); b.URL == "" {
				return paramMissing("library_template_button_inputs" + index(i) + "['url']['base_url']")
			}
			if sample := textOf(member(u, "url_suffix_example")); sample != "" {
				raw, _ := json.Marshal([]string{sample}) // a string
				b.Example = raw
			}
		case "PHONE_NUMBER":
			if b.PhoneNumber = textOf(member(inputs[i], "phone_number")); b.PhoneNumber == "" {
				return paramMissing("library_template_button_inputs" + index(i) + "['phone_number']")
			}
		}
	}
	return nil
}

// libraryBody adds the sentences that library_template_body_inputs asks for.
func (t *Template) libraryBody(in map[string]any) *refusal {
	inputs, _ := in["library_template_body_inputs"].(map[string]any)
	body := part(t.Components, "BODY")
	for _, name := range sortedKeys(inputs) {
		sentence, ok := librarySentences[name]
		if !ok {
			return paramOneOf("library_template_body_inputs", sortedKeys(librarySentences), name)
		}
		if plain := inputs[name]; plain == true || plain == "true" || name == "add_contact_number" {
			body.Text += " " + strings.ReplaceAll(sentence, "%s", textOf(plain))
		}
	}
	return nil
}

// librarySentences are data; never changed.
var librarySentences = map[string]string{
	"add_contact_number":          "If you have questions, call us at %s.",
	"add_learn_more_link":         "Learn more on our website.",
	"add_security_recommendation": "For your security, do not share this code.",
	"add_track_package_link":      "You can track your package on our website.",
}
