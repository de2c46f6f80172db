package onprem

import (
	"strings"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// templateContent reads a template message. The Cloud API needs no namespace
// and knows one language policy; both are taken and not needed.
func (c *call) templateContent(o *object) (wa.Content, error) {
	t := c.named(o, "name")
	content := wa.Content{Type: wa.TypeTemplate, Template: t}
	components := o.list("components")
	o.into("components", &t.Components)
	o.surplus()
	if len(*o.problems) > 0 {
		return content, nil
	}
	for i := range t.Components {
		if err := c.ownComponent(&t.Components[i], components[i]); err != nil {
			return content, err
		}
	}
	return content, nil
}

// named reads which template is meant. "fallback" was withdrawn and is taken for
// deterministic, because the Cloud API has only that.
func (c *call) named(o *object, name string) *wa.Template {
	c.note(o.ignore("namespace")...)
	t := &wa.Template{Name: o.need(name)}
	l := o.needObject("language")
	t.Language.Code = l.need("code")
	switch l.text("policy") {
	case "", "deterministic":
	case "fallback":
		c.note("policy")
	default:
		l.wrong("policy", "it must be deterministic.")
	}
	l.surplus()
	return t
}

// ownComponent turns the files of a component into the house's. Some clients
// write the types in upper case.
func (c *call) ownComponent(t *wa.TemplateComponent, raw any) error {
	t.Type, t.SubType = strings.ToLower(t.Type), strings.ToLower(t.SubType)
	parameters, _ := reach(raw, "parameters").([]any)
	for i := range t.Parameters {
		p := &t.Parameters[i]
		p.Type = strings.ToLower(p.Type)
		m := p.MediaPart()
		if m == nil {
			continue
		}
		name := ""
		if i < len(parameters) {
			name = providerName(reach(parameters[i], p.Type, "provider"))
		}
		if err := c.own(m, name); err != nil {
			return err
		}
	}
	return nil
}

// hsmContent turns the older form of a template message into the newer one
// (on-premises-api.md 3.2): the parameters fill the body in their order.
func (c *call) hsmContent(o *object) wa.Content {
	t := c.named(o, "element_name")
	var values []wa.TemplateParameter
	for _, one := range o.list("localizable_params") {
		in, ok := one.(map[string]any)
		if !ok {
			o.wrong("localizable_params", "it must be an array of objects.")
			break
		}
		values = append(values, hsmParameter(&object{in: in, path: o.path + "localizable_params.", asked: map[string]bool{}, problems: o.problems}))
	}
	if len(values) > 0 {
		t.Components = []wa.TemplateComponent{{Type: "body", Parameters: values}}
	}
	o.surplus()
	return wa.Content{Type: wa.TypeTemplate, Template: t}
}

func hsmParameter(o *object) wa.TemplateParameter {
	p := wa.TemplateParameter{Type: "text", Text: o.need("default")}
	if money := o.object("currency"); money != nil {
		p = wa.TemplateParameter{Type: "currency", Currency: &wa.Currency{FallbackValue: p.Text, Code: money.need("currency_code"), Amount1000: money.number("amount_1000")}}
		money.surplus()
	}
	if o.has("date_time") { // the Cloud API shows the words and ignores the parts
		p = wa.TemplateParameter{Type: "date_time", DateTime: &wa.DateTime{FallbackValue: p.Text}}
		if p.DateTime.FallbackValue == "" {
			p.DateTime.FallbackValue = o.text("default")
		}
	}
	o.ignore("date_time")
	o.surplus()
	return p
}

// templateCode is the code of values that do not fit the template.
func templateCode(fields []fault.Field) int {
	for _, f := range fields {
		switch {
		case f.Limit > 0 && f.Length > f.Limit && strings.Contains(f.Detail, "characters"):
			return 2005
		case strings.Contains(f.Detail, "is required") && !strings.Contains(f.Name, "parameters"):
			return 2009
		}
	}
	for _, f := range fields {
		if strings.Contains(f.Name, "parameters[") {
			return 2012
		}
	}
	return 2000
}
