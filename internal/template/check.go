package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kontor/internal/wa"
)

// Check compares the values of a message with what its template asks for
// (cloud-api.md 1.4): counts, kinds and names of header, body, buttons and
// cards, and the length of the text once they are filled in (error 132005). The
// limits of single values are checked before, without the definition.
func (c *Catalogue) Check(def *wa.TemplateDefinition, t *wa.Template) []Field { return Check(def, t) }

// Check: see Catalogue.Check.
func Check(def *wa.TemplateDefinition, t *wa.Template) []Field {
	k := checker{def: def}
	k.components("template.components", def.Components, t.Components)
	if len(k.fields) > 0 {
		return k.fields
	}
	r := Render(def, t)
	k.length("template.components", "header", r.Header, 60)
	k.length("template.components", "body", bodyOf(def.Components, t.Components, def), 1024)
	return k.fields
}

type checker struct {
	def    *wa.TemplateDefinition
	fields []Field
}

func (k *checker) add(name, detail string) {
	k.fields = append(k.fields, Field{Name: name, Detail: detail})
}

func (k *checker) length(name, what, text string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		k.fields = append(k.fields, Field{Name: name, Detail: fmt.Sprintf("With these values the %s has %d characters; at most %d are allowed.", what, n, most), Limit: most, Length: n})
	}
}

// components compares one level: the template's own, or a card's.
func (k *checker) components(name string, defs []wa.DefinitionComponent, given []wa.TemplateComponent) {
	wanted := variables(k.def, slices.DeleteFunc(slices.Clone(defs), func(d wa.DefinitionComponent) bool {
		return strings.EqualFold(d.Type, "CAROUSEL")
	}), -1)
	for _, part := range []string{"header", "body"} {
		k.part(name, part, only(wanted, part), given)
	}
	k.buttons(name, only(wanted, "button"), given)
	k.carousel(name, defs, given)
}

func only(all []Variable, component string) (out []Variable) {
	for _, v := range all {
		if v.Component == component {
			out = append(out, v)
		}
	}
	return out
}

// find is the given component of a type; at is its path, or where it is missing.
func find(name, kind string, given []wa.TemplateComponent) (c *wa.TemplateComponent, at string) {
	for i := range given {
		if strings.EqualFold(given[i].Type, kind) {
			return &given[i], fmt.Sprintf("%s[%d]", name, i)
		}
	}
	return nil, name
}

// part compares header or body.
func (k *checker) part(name, kind string, wanted []Variable, given []wa.TemplateComponent) {
	c, at := find(name, kind, given)
	var parameters []wa.TemplateParameter
	if c != nil {
		parameters = c.Parameters
		at += ".parameters"
	}
	if len(parameters) != len(wanted) {
		k.fields = append(k.fields, Field{
			Name: at, Limit: len(wanted), Length: len(parameters),
			Detail: fmt.Sprintf("The %s of this template takes %s; %d given.", kind, describe(wanted), len(parameters)),
		})
		return
	}
	seen := map[string]bool{}
	for i := range parameters {
		p, here := &parameters[i], fmt.Sprintf("%s[%d]", at, i)
		if !fits(wanted[i].Kind, p.Type) {
			k.add(here+".type", fmt.Sprintf("This must be %s; it is %q.", wanted[i].Kind, p.Type))
		}
		if wanted[i].Name == "" {
			continue
		}
		known := slices.ContainsFunc(wanted, func(v Variable) bool { return v.Name == p.ParameterName })
		if !known || seen[p.ParameterName] {
			k.add(here+".parameter_name", fmt.Sprintf("Each of these names must stand here once: %s.", strings.Join(namesOf(wanted), ", ")))
		}
		seen[p.ParameterName] = true
	}
}

// fits compares the kind of a variable with the type of a value.
func fits(kind, given string) bool {
	given = strings.ToLower(given)
	if kind == "text" {
		return given == "text" || given == "currency" || given == "date_time"
	}
	return kind == given || kind == "gif" && given == "video"
}

func describe(wanted []Variable) string {
	switch {
	case len(wanted) == 0:
		return "no parameters"
	case wanted[0].Name != "":
		return fmt.Sprintf("%d parameters named %s", len(wanted), strings.Join(namesOf(wanted), ", "))
	case len(wanted) == 1:
		return "1 parameter of type " + wanted[0].Kind
	}
	return strconv.Itoa(len(wanted)) + " parameters"
}

func namesOf(wanted []Variable) (names []string) {
	for _, v := range wanted {
		names = append(names, v.Name)
	}
	return names
}

// buttons: each button that needs a value has one, and no value is for another kind.
func (k *checker) buttons(name string, wanted []Variable, given []wa.TemplateComponent) {
	have := map[int]bool{}
	for i := range given {
		c, at := &given[i], fmt.Sprintf("%s[%d]", name, i)
		if !strings.EqualFold(c.Type, "button") {
			continue
		}
		index, err := strconv.Atoi(string(c.Index))
		pos := slices.IndexFunc(wanted, func(v Variable) bool { return v.Index == index })
		switch {
		case strings.EqualFold(c.SubType, "order_details"), strings.EqualFold(c.SubType, "order_status"): // payments: passed on
		case err != nil || pos < 0:
			k.add(at+".index", "This template has no button with a value at this place.")
		case subType(wanted[pos].Kind) != strings.ToLower(c.SubType):
			k.add(at+".sub_type", fmt.Sprintf("The button at this place is of sub_type %s; it is given as %q.", subType(wanted[pos].Kind), c.SubType))
		default:
			have[index] = true
		}
	}
	for _, v := range wanted {
		if v.Required && !have[v.Index] {
			k.add(name, fmt.Sprintf("The button at index %d needs a component of type button, sub_type %s.", v.Index, subType(v.Kind)))
		}
	}
}

func subType(kind string) string {
	if kind == "payload" {
		return "quick_reply"
	}
	return kind
}

func (k *checker) carousel(name string, defs []wa.DefinitionComponent, given []wa.TemplateComponent) {
	c, at := find(name, "carousel", given)
	i := slices.IndexFunc(defs, func(d wa.DefinitionComponent) bool { return strings.EqualFold(d.Type, "CAROUSEL") })
	switch {
	case i < 0 && c == nil:
		return
	case i < 0:
		k.add(at, "This template has no carousel.")
		return
	case c == nil:
		if len(variables(k.def, defs[i:i+1], -1)) > 0 {
			k.add(at, fmt.Sprintf("This template needs a carousel component with %d cards.", len(defs[i].Cards)))
		}
		return
	}
	cards := defs[i].Cards
	if len(c.Cards) != len(cards) {
		k.fields = append(k.fields, Field{Name: at + ".cards", Limit: len(cards), Length: len(c.Cards), Detail: fmt.Sprintf("This template has %d cards; %d given.", len(cards), len(c.Cards))})
		return
	}
	seen := map[int]bool{}
	for j, card := range c.Cards {
		here := fmt.Sprintf("%s.cards[%d]", at, j)
		if card.CardIndex < 0 || card.CardIndex >= len(cards) || seen[card.CardIndex] {
			k.add(here+".card_index", fmt.Sprintf("Each of 0 to %d must stand here once.", len(cards)-1))
			continue
		}
		seen[card.CardIndex] = true
		k.components(here+".components", cards[card.CardIndex].Components, card.Components)
	}
}
