package order

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// say sends a wording to the order's customer: as text where the workspace
// says so and the window is open, else as template. Its faults that blame a
// rule mean that nothing was sent.
func (b *Book) say(ctx context.Context, tx txn.Tx, o *Order, s *Settings, w *Wording, n *Notice) (wa.MessageID, error) {
	contact, err := b.People.Contact(tx, o.WorkspaceID, o.ContactID)
	if err != nil {
		return 0, err
	}
	if contact == nil {
		return 0, fault.New(fault.NotFound, "contact_unknown", "The customer of this order is no longer known; nothing was sent.", "PUT the order with the customer's number.")
	}
	v := &values{order: o, settings: s, notice: n, customer: o.Details.Name}
	if v.customer == "" {
		v.customer = contact.DisplayName()
	}
	if v.technician, err = b.technicianName(tx, o); err != nil {
		return 0, err
	}
	wanted := s.languages(o.Details.Language, contact.Language)
	m := Message{WorkspaceID: o.WorkspaceID, NumberID: o.NumberID, Contact: o.ContactID, Key: "order-notice:" + strconv.FormatInt(n.ID, 10)}
	if language, ok := choose(wanted, slices.Sorted(maps.Keys(w.Texts))); ok && s.FreeText {
		v.language = language
		text, err := v.fill(w.Texts[language])
		if err != nil {
			return 0, err
		}
		m.Content = wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: text}}
		id, err := b.Mail.Accept(ctx, tx, m)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "window_closed" {
			return id, err
		}
	}
	if m.Content, err = b.template(ctx, o, w, v, wanted); err != nil {
		return 0, err
	}
	return b.Mail.Accept(ctx, tx, m)
}

func (b *Book) technicianName(tx txn.Tx, o *Order) (string, error) {
	if o.Technician == 0 {
		return "", nil
	}
	staff, err := b.People.Staff(tx, o.WorkspaceID)
	for _, p := range staff {
		if p.ID == o.Technician {
			return p.Name, err
		}
	}
	return "", err
}

// template fills a template in, in the first language that there is one for.
func (b *Book) template(ctx context.Context, o *Order, w *Wording, v *values, wanted []string) (wa.Content, error) {
	found, err := b.Mail.Templates(ctx, o.NumberID, w.Template)
	if err != nil {
		return wa.Content{}, err
	}
	byLanguage := map[string]wa.TemplateDefinition{}
	for _, d := range found {
		byLanguage[d.Language] = d
	}
	language, ok := choose(wanted, slices.Sorted(maps.Keys(byLanguage)))
	if !ok {
		return wa.Content{}, fault.New(fault.Conflict, "template_missing",
			"The template "+w.Template+" is approved in none of the languages "+strings.Join(wanted, ", ")+". Nothing was sent.", "Have it approved by WhatsApp, or name another one with PUT order-statuses.")
	}
	v.language = language
	definition := byLanguage[language]
	t := &wa.Template{Name: w.Template, Language: wa.Language{Code: language}}
	for _, part := range []struct {
		kind     string
		patterns []string
	}{{"header", w.Header}, {"body", w.Body}} {
		if len(part.patterns) == 0 {
			continue
		}
		c := wa.TemplateComponent{Type: part.kind}
		names := named(&definition, part.kind)
		for i, pattern := range part.patterns {
			text, err := v.fill(pattern)
			if err != nil {
				return wa.Content{}, err
			}
			p := wa.TemplateParameter{Type: "text", Text: strings.Join(strings.Fields(text), " ")} // WhatsApp takes no line breaks in values
			if i < len(names) {
				p.ParameterName = names[i]
			}
			c.Parameters = append(c.Parameters, p)
		}
		t.Components = append(t.Components, c)
	}
	return wa.Content{Type: wa.TypeTemplate, Template: t}, nil
}

// named are the names of a component's variables, in order; none when they are numbered.
func named(d *wa.TemplateDefinition, kind string) (names []string) {
	if !strings.EqualFold(d.ParameterFormat, "NAMED") {
		return nil
	}
	for _, c := range d.Components {
		if strings.EqualFold(c.Type, kind) {
			for _, m := range variable.FindAllStringSubmatch(c.Text, -1) {
				if !slices.Contains(names, m[1]) {
					names = append(names, m[1])
				}
			}
		}
	}
	return names
}

// languages are those to try, the best first: the order's or the contact's,
// what it is based on, then the same of the workspace's default.
func (s *Settings) languages(order, contact string) (out []string) {
	own := order
	if own == "" {
		own = contact
	}
	for _, l := range []string{own, s.DefaultLanguage} {
		for _, try := range []string{l, base(l)} {
			if try != "" && !slices.ContainsFunc(out, func(had string) bool { return plain(had) == plain(try) }) {
				out = append(out, try)
			}
		}
	}
	return out
}

// base is the language without its country: pt of pt_BR.
func base(language string) string {
	if i := strings.IndexAny(language, "_-"); i >= 0 {
		return language[:i]
	}
	return language
}

// plain is a language code in one writing, to compare.
func plain(language string) string {
	return strings.ToLower(strings.ReplaceAll(language, "-", "_"))
}

// choose takes the first wanted language that there is. A language without a
// country also takes one with a country: pt is served by pt_BR.
func choose(wanted, have []string) (string, bool) {
	for _, w := range wanted {
		for _, h := range have {
			if plain(w) == plain(h) {
				return h, true
			}
		}
		if plain(w) != plain(base(w)) {
			continue
		}
		for _, h := range have {
			if plain(base(h)) == plain(w) {
				return h, true
			}
		}
	}
	return "", false
}

// values fill patterns in.
type values struct {
	order                *Order
	settings             *Settings
	notice               *Notice
	customer, technician string
	language             string
}

// fill replaces the variables of a pattern; one without a value is a fault that
// names it, since WhatsApp takes no empty ones.
func (v *values) fill(pattern string) (string, error) {
	var missing []string
	text := variable.ReplaceAllStringFunc(pattern, func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		value := v.of(name)
		if strings.TrimSpace(value) == "" {
			missing = append(missing, name)
		}
		return value
	})
	if len(missing) > 0 {
		return "", fault.New(fault.Conflict, "value_missing", "The order has no value for "+strings.Join(missing, ", ")+", which the message needs. Nothing was sent.",
			"PUT the order with it, or change the message with PUT order-statuses.")
	}
	return text, nil
}

func (v *values) of(name string) string {
	at := v.notice.Appointment
	switch name {
	case "order":
		return v.order.Ref
	case "status":
		rule := v.settings.status(v.notice.Status)
		if rule == nil {
			return v.notice.Status
		}
		if l, ok := choose([]string{v.language, base(v.language), v.settings.DefaultLanguage, base(v.settings.DefaultLanguage)}, slices.Sorted(maps.Keys(rule.Labels))); ok {
			return rule.Labels[l]
		}
		return rule.Key
	case "customer":
		return v.customer
	case "technician":
		return v.technician
	case "appointment":
		return v.time(at, dateForm(v.language)+" 15:04")
	case "date":
		return v.time(at, dateForm(v.language))
	case "time":
		return v.time(at, "15:04")
	}
	return v.order.Details.Fields[strings.TrimPrefix(name, "field.")]
}

func (v *values) time(t time.Time, form string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.settings.location()).Format(form)
}

// dateForm is how a language writes a date in digits.
func dateForm(language string) string {
	switch plain(base(language)) {
	case "de", "pl", "cs", "ru", "tr", "da", "nb", "fi":
		return "02.01.2006"
	case "pt", "es", "fr", "it":
		return "02/01/2006"
	case "zh", "ja":
		return "2006年01月02日"
	case "en":
		return "2 Jan 2006"
	}
	return "2006-01-02"
}
