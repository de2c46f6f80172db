package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// templateLanguages are Meta's codes (cloud-api.md 5.2).
var templateLanguages = strings.Fields(`af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da nl
	nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH
	fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa
	ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN es_MX es_PA es_PE es_UY sw sv ta te th tr uk ur uz vi zu`)

// checkSubmission checks what Meta wants of a template that is handed in for
// review, beyond its form: examples, where variables stand, how long it lives.
func checkSubmission(t *Template) *refusal {
	if !slices.Contains(templateLanguages, t.Language) {
		return paramOneOf("language", templateLanguages, t.Language)
	}
	if bad := checkTTL(t); bad != nil {
		return bad
	}
	if t.Category == "AUTHENTICATION" {
		return nil
	}
	return checkSamples(t, t.Components, "components")
}

// checkTTL checks message_send_ttl_seconds (cloud-api.md 5.2).
func checkTTL(t *Template) *refusal {
	low, high, unlimited := 30, 900, true
	switch t.Category {
	case "UTILITY":
		high = 43200
	case "MARKETING":
		low, high, unlimited = 43200, 2592000, false
	}
	if t.SendTTL == 0 || (t.SendTTL == -1 && unlimited) || (t.SendTTL >= low && t.SendTTL <= high) {
		return nil
	}
	return paramBad("Param message_send_ttl_seconds must be between %d and %d for category %s - got %d.", low, high, t.Category, t.SendTTL)
}

// samples is the member "example" of a component.
type samples struct {
	HeaderText   []string        `json:"header_text"`
	HeaderHandle []string        `json:"header_handle"`
	BodyText     json.RawMessage `json:"body_text"` // [["a","b"]] or ["a","b"]
	HeaderNamed  []namedSample   `json:"header_text_named_params"`
	BodyNamed    []namedSample   `json:"body_text_named_params"`
}

type namedSample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// checkSamples wants an example for every variable and every media header, and
// looks where the variables of texts stand.
func checkSamples(t *Template, components []Component, at string) *refusal {
	for i, c := range components {
		here := at + index(i)
		var ex samples
		_ = json.Unmarshal(c.Example, &ex) // one that cannot be read is missing
		names := variables(c.Text)
		var bad *refusal
		switch c.Type {
		case "HEADER":
			bad = checkHeaderSample(t, c, &ex, names)
		case "BODY":
			bad = checkBodySample(t, c, &ex, names, here)
		case "BUTTONS":
			bad = checkButtonSamples(c.Buttons)
		case "CAROUSEL":
			for j, card := range c.Cards {
				if bad == nil {
					bad = checkSamples(t, card.Components, here+".cards"+index(j)+".components")
				}
			}
		}
		if bad != nil {
			return bad
		}
	}
	return nil
}

func lacksExample(kind, field string) *refusal {
	return badTemplate(subMissing, "Message template \"components\" param is missing expected field(s)",
		"component of type %s is missing expected field(s) (%s)", kind, field)
}

func checkHeaderSample(t *Template, c Component, ex *samples, names []string) *refusal {
	switch {
	case slices.Contains([]string{"IMAGE", "VIDEO", "DOCUMENT", "GIF"}, c.Format):
		if len(ex.HeaderHandle) != 1 || ex.HeaderHandle[0] == "" {
			return lacksExample("HEADER", "example.header_handle")
		}
		if !strings.HasPrefix(ex.HeaderHandle[0], "4:") && !strings.HasPrefix(ex.HeaderHandle[0], "https://") {
			return badTemplate(subHeader, "Invalid media handle", "header_handle: %q is not the handle of a finished upload", clip(ex.HeaderHandle[0]))
		}
	case c.Format != "TEXT" || len(names) == 0:
	case t.named() && !allNamed(names, ex.HeaderNamed):
		return lacksExample("HEADER", "example.header_text_named_params")
	case !t.named() && (len(ex.HeaderText) != 1 || ex.HeaderText[0] == ""):
		return lacksExample("HEADER", "example.header_text")
	}
	return nil
}

func checkBodySample(t *Template, c Component, ex *samples, names []string, at string) *refusal {
	if len(names) == 0 {
		return nil
	}
	if t.named() && !allNamed(names, ex.BodyNamed) {
		return lacksExample("BODY", "example.body_text_named_params")
	}
	if !t.named() && !counted(ex.BodyText, len(names)) {
		return lacksExample("BODY", "example.body_text")
	}
	body := strings.TrimSpace(c.Text)
	switch {
	case strings.HasPrefix(body, "{{") || strings.HasSuffix(body, "}}"):
		return badTemplate(subEdge, "Variables can't be at the start or end of the template",
			"%s.text: a variable stands at the start or end of the text", at)
	case adjacent.MatchString(body):
		return badTemplate(subBody, "Body format incorrect", "%s.text: two variables stand beside each other without text between them", at)
	case wordsOf(body) < 2*len(names)+1:
		return badTemplate(subVariables, "This template has too many variables for its length",
			"%s.text: %d variables need at least %d words beside them, there are %d", at, len(names), 2*len(names)+1, wordsOf(body))
	}
	return nil
}

// allNamed tells whether every variable has an example.
func allNamed(names []string, given []namedSample) bool {
	for _, name := range names {
		if !slices.ContainsFunc(given, func(s namedSample) bool { return s.Name == name && s.Example != "" }) {
			return false
		}
	}
	return true
}

// counted tells whether there are n examples, as [["a","b"]] or ["a","b"].
func counted(raw json.RawMessage, n int) bool {
	var rows [][]string
	all := texts(raw)
	if json.Unmarshal(raw, &rows) == nil && len(rows) > 0 {
		all = rows[0]
	}
	return len(all) == n && !slices.Contains(all, "")
}

// wordsOf counts the words of a text beside its variables. Where words are
// written without spaces, two characters count as one word.
func wordsOf(text string) int {
	n := 0
	for _, word := range strings.Fields(anyVariable.ReplaceAllString(text, " ")) {
		han := 0
		for _, r := range word {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao) {
				han++
			}
		}
		if han > 0 {
			n += (han + 1) / 2
		} else if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

func checkButtonSamples(buttons []TemplateButton) *refusal {
	for _, b := range buttons {
		switch {
		case b.Type == "URL" && strings.HasSuffix(b.URL, "{{1}}") && len(texts(b.Example)) != 1:
			return lacksExample("BUTTONS", "example of a URL with a variable")
		case b.Type == "COPY_CODE" && len(texts(b.Example)) != 1:
			return lacksExample("BUTTONS", "example of COPY_CODE")
		}
	}
	return nil
}
