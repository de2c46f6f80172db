package sandbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Subcodes of refused definitions (cloud-api.md 3.5); the code is always 100.
const (
	subLimit     = 2388019 // too many templates
	subDeleting  = 2388023 // name and language are being deleted
	subExists    = 2388024 // name and language exist
	subTooLong   = 2388040 // a text exceeds its limit
	subMissing   = 2388043 // a component lacks a member
	subHeader    = 2388047
	subBody      = 2388072
	subFooter    = 2388073
	subVariables = 2388293 // too many for the length of the text
	subEdge      = 2388299 // a variable at the start or end
	subNotFound  = 2593002 // no template with this name
)

// badTemplate refuses a definition as Meta does: code 100, what is wrong in the
// subcode and in the texts for people.
func badTemplate(subcode int, title, format string, args ...any) *refusal {
	return &refusal{
		code: codeInvalid, subcode: subcode, bare: true, message: "Invalid parameter", user: title, details: fmt.Sprintf(format, args...),
	}
}

// paramOneOf refuses a value that is none of a list, in Graph's words.
func paramOneOf(at string, allowed []string, got string) *refusal {
	text := fmt.Sprintf("Param %s must be one of {%s} - got %q.", at, strings.Join(allowed, ", "), clip(got))
	return &refusal{code: codeInvalid, bare: true, message: "(#100) " + text, details: text}
}

// paramMissing refuses a call without a parameter, in Graph's words.
func paramMissing(name string) *refusal {
	text := "The parameter " + name + " is required."
	return &refusal{code: codeInvalid, bare: true, message: "(#100) " + text, details: text}
}

// paramBad refuses a parameter, in Graph's words.
func paramBad(format string, args ...any) *refusal {
	text := fmt.Sprintf(format, args...)
	return &refusal{code: codeInvalid, bare: true, message: "(#100) " + text, details: text}
}

var (
	templateName    = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	anyVariable     = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	adjacent        = regexp.MustCompile(`\}\}\s*\{\{`)
	namedVariable   = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
	countedVariable = regexp.MustCompile(`^[1-9][0-9]*$`)
)

var categories = []string{"AUTHENTICATION", "MARKETING", "UTILITY"}

// checkDefinition checks the form of a template: names, limits, variables,
// which components and buttons go together (cloud-api.md 5.2, 5.3).
func checkDefinition(t *Template) *refusal {
	switch {
	case t.Name == "":
		return paramMissing("name")
	case !templateName.MatchString(t.Name):
		return paramBad("Param name must be 1 to 512 of a-z, 0-9 and _ - got %q.", clip(t.Name))
	case t.Language == "":
		return paramMissing("language")
	case t.Category == "":
		return paramMissing("category")
	case !slices.Contains(categories, t.Category):
		return paramOneOf("category", categories, t.Category)
	case t.ParameterFormat != "POSITIONAL" && t.ParameterFormat != "NAMED":
		return paramOneOf("parameter_format", []string{"POSITIONAL", "NAMED"}, t.ParameterFormat)
	}
	for i := range t.Components {
		if bad := checkComponent(t, &t.Components[i], "components"+index(i)); bad != nil {
			return bad
		}
	}
	return checkTogether(t)
}

var componentTypes = []string{"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST"}

// checkComponent checks one component by itself.
func checkComponent(t *Template, c *Component, at string) *refusal {
	switch c.Type {
	case "HEADER":
		return checkHeader(t, c, at)
	case "BODY":
		return checkBody(t, c, at)
	case "FOOTER":
		return checkFooter(t, c, at)
	case "BUTTONS":
		return checkButtons(t, c.Buttons, at)
	case "CAROUSEL":
		return checkCards(t, c.Cards, at)
	case "LIMITED_TIME_OFFER":
		return checkOffer(c, at)
	case "CALL_PERMISSION_REQUEST":
		return nil
	}
	return paramOneOf(at+"['type']", componentTypes, c.Type)
}

var headerFormats = []string{"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION", "PRODUCT"}

func checkHeader(t *Template, c *Component, at string) *refusal {
	switch {
	case !slices.Contains(headerFormats, c.Format):
		return paramOneOf(at+"['format']", headerFormats, c.Format)
	case c.Format == "GIF" && t.Category != "MARKETING":
		return badTemplate(subHeader, "Header format incorrect", "%s: a GIF header is for marketing templates", at)
	case c.Format != "TEXT":
		return nil
	case c.Text == "":
		return badTemplate(subMissing, "Missing field", "component of type HEADER is missing expected field(s) (text)")
	case utf8.RuneCountInString(c.Text) > 60:
		return tooLong(at+".text", c.Text, 60)
	case len(variables(c.Text)) > 1:
		return badTemplate(subHeader, "Header format incorrect", "%s.text: a header has one variable at most", at)
	case strings.ContainsAny(c.Text, "\n\r*~`") || hasEmoji(c.Text):
		return badTemplate(subHeader, "Header format incorrect", "%s.text: a header has no new lines, formatting characters or emojis", at)
	}
	return checkVariables(t, c.Text, at, subHeader)
}

func checkBody(t *Template, c *Component, at string) *refusal {
	if t.Category == "AUTHENTICATION" {
		return nil // the text is Meta's
	}
	limit := 1024
	switch {
	case part(t.Components, "LIMITED_TIME_OFFER") != nil:
		limit = 600
	case hasButton(t.Components, "SPM"):
		limit = 160
	}
	switch {
	case strings.TrimSpace(c.Text) == "":
		return badTemplate(subBody, "Body format incorrect", "%s.text: must not be empty", at)
	case utf8.RuneCountInString(c.Text) > limit:
		return tooLong(at+".text", c.Text, limit)
	}
	return checkVariables(t, c.Text, at, subBody)
}

func checkFooter(t *Template, c *Component, at string) *refusal {
	switch {
	case t.Category == "AUTHENTICATION":
		if c.CodeExpirationMinutes < 0 || c.CodeExpirationMinutes > 90 {
			return paramBad("Param %s['code_expiration_minutes'] must be between 1 and 90 - got %d.", at, c.CodeExpirationMinutes)
		}
		return nil
	case c.Text == "":
		return badTemplate(subMissing, "Missing field", "component of type FOOTER is missing expected field(s) (text)")
	case utf8.RuneCountInString(c.Text) > 60:
		return tooLong(at+".text", c.Text, 60)
	case strings.Contains(c.Text, "{{"):
		return badTemplate(subFooter, "Footer format incorrect", "%s.text: a footer has no variables", at)
	}
	return nil
}

func tooLong(at, text string, limit int) *refusal {
	return badTemplate(subTooLong, "Character limit exceeded", "%s: has %d characters, at most %d are allowed", at, utf8.RuneCountInString(text), limit)
}

// checkVariables checks how variables are written and numbered.
func checkVariables(t *Template, text, at string, subcode int) *refusal {
	bad := func(why string) *refusal {
		return badTemplate(subcode, "Variable format incorrect", "%s.text: %s", at, why)
	}
	if strings.Count(text, "{{") != strings.Count(text, "}}") || strings.Count(text, "{{") != len(anyVariable.FindAllString(text, -1)) {
		return bad("the brackets of a variable are not {{ and }}")
	}
	var names []string
	for _, m := range anyVariable.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSpace(m[1])
		switch {
		case t.named() && !namedVariable.MatchString(name):
			return bad("a named variable is a-z, 0-9 and _, starting with a letter, as in {{order_id}}")
		case !t.named() && !countedVariable.MatchString(name):
			return bad("a positional variable is a number, as in {{1}}")
		case t.named() && slices.Contains(names, name):
			return bad("the variable " + name + " is there twice, names must be unique")
		}
		names = append(names, name)
	}
	if !t.named() && !sequential(names) {
		return bad("variables must be {{1}}, {{2}}, … without a gap")
	}
	return nil
}

// sequential tells whether names are 1…n, in whatever order, however often.
func sequential(names []string) bool {
	for i := range len(slices.Compact(slices.Sorted(slices.Values(names)))) {
		if !slices.Contains(names, itoa(i+1)) {
			return false
		}
	}
	return true
}

// hasEmoji tells whether text holds a pictograph.
func hasEmoji(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r == 0x20E3 || r == 0xFE0F
	})
}

// hasButton tells whether a template has a button of that type.
func hasButton(components []Component, kind string) bool {
	buttons := part(components, "BUTTONS")
	return buttons != nil && slices.ContainsFunc(buttons.Buttons, func(b TemplateButton) bool { return b.Type == kind })
}

// texts reads a JSON array of strings, or one string.
func texts(raw json.RawMessage) []string {
	var all []string
	var one string
	switch {
	case json.Unmarshal(raw, &all) == nil:
		return all
	case json.Unmarshal(raw, &one) == nil:
		return []string{one}
	}
	return nil
}
