package template

import (
	"slices"
	"strings"

	"kontor/internal/wa"
)

// Render is the message as the customer reads it.
func (c *Catalogue) Render(def *wa.TemplateDefinition, t *wa.Template) wa.Rendered {
	return Render(def, t)
}

// Render fills the values in. The cards of a carousel follow the body, a
// paragraph each, and their buttons follow the template's own. A value that is
// missing stays visible as its variable.
func Render(def *wa.TemplateDefinition, t *wa.Template) (r wa.Rendered) {
	r.Body = bodyOf(def.Components, t.Components, def)
	for i := range def.Components {
		d := &def.Components[i]
		switch strings.ToUpper(d.Type) {
		case "HEADER":
			r.Header = fillFrom(d.Text, "header", t.Components)
		case "FOOTER":
			r.Footer = d.Text
		case "BUTTONS":
			r.Buttons = append(r.Buttons, labels(d.Buttons)...)
		case "CAROUSEL":
			renderCards(&r, def, d.Cards, t.Components)
		}
	}
	return r
}

func bodyOf(defs []wa.DefinitionComponent, given []wa.TemplateComponent, def *wa.TemplateDefinition) string {
	i := slices.IndexFunc(defs, func(d wa.DefinitionComponent) bool { return strings.EqualFold(d.Type, "BODY") })
	if i < 0 {
		return ""
	}
	text := defs[i].Text
	if text == "" && def.Category == "AUTHENTICATION" {
		text = "{{1}}" // WhatsApp writes the rest in the customer's language
	}
	return fillFrom(text, "body", given)
}

func renderCards(r *wa.Rendered, def *wa.TemplateDefinition, cards []wa.DefinitionCard, given []wa.TemplateComponent) {
	c, _ := find("", "carousel", given)
	paragraphs := []string{}
	if r.Body != "" {
		paragraphs = append(paragraphs, r.Body)
	}
	for i, card := range cards {
		var values []wa.TemplateComponent
		if c != nil {
			if j := slices.IndexFunc(c.Cards, func(t wa.TemplateCard) bool { return t.CardIndex == i }); j >= 0 {
				values = c.Cards[j].Components
			}
		}
		if text := bodyOf(card.Components, values, def); text != "" {
			paragraphs = append(paragraphs, text)
		}
		for _, d := range card.Components {
			if strings.EqualFold(d.Type, "BUTTONS") {
				r.Buttons = append(r.Buttons, labels(d.Buttons)...)
			}
		}
	}
	r.Body = strings.Join(paragraphs, "\n\n")
}

func labels(buttons []wa.DefinitionButton) (out []string) {
	for _, b := range buttons {
		if b.Text != "" {
			out = append(out, b.Text)
		}
	}
	return out
}

// fillFrom fills a text with the parameters of a component.
func fillFrom(text, kind string, given []wa.TemplateComponent) string {
	c, _ := find("", kind, given)
	return fill(text, func(name string, index int) string {
		if c != nil {
			for i := range c.Parameters {
				if c.Parameters[i].ParameterName == name {
					return valueOf(&c.Parameters[i])
				}
			}
			if index < len(c.Parameters) && c.Parameters[index].ParameterName == "" {
				return valueOf(&c.Parameters[index])
			}
		}
		return "{{" + name + "}}"
	})
}

func valueOf(p *wa.TemplateParameter) string {
	switch {
	case p.Currency != nil:
		return p.Currency.FallbackValue
	case p.DateTime != nil:
		return p.DateTime.FallbackValue
	}
	return p.Text
}
