package order

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Change is what a preview asks about: a status, an appointment, or both.
type Change struct {
	Status      *string
	Appointment *string // as in Draft; empty: none
}

// Foreseen is a message that a change would cause, as things stand now.
type Foreseen struct {
	Kind     string // NoticeStatus, NoticeAppointment, NoticeReminder
	Due      time.Time
	Text     bool // free text, since the window is open; otherwise Template
	Template string
	Language string
	Header   string // of a template, filled in
	Body     string // what the customer reads
	Problem  *fault.Error
}

// Preview tells what the customer would be told if an order changed so; nothing
// is written. What it says may differ when the message is due: the window, the
// templates and the settings are looked at again then. Its faults are those of
// Put.
func (b *Book) Preview(ctx context.Context, s Scope, ref string, c Change) (out []Foreseen, err error) {
	var was, next Order
	var settings Settings
	var v values
	var contact *wa.Contact
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		o, err := b.find(tx, s, ref)
		if err != nil {
			return err
		}
		was, next = *o, *o
		if settings, err = b.settings(tx, s.WorkspaceID); err != nil {
			return err
		}
		if contact, err = b.People.Contact(tx, o.WorkspaceID, o.ContactID); err != nil {
			return err
		}
		v.technician, err = b.technicianName(tx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := c.apply(&settings, &next, b.Now()); err != nil {
		return nil, err
	}
	if contact == nil {
		contact = &wa.Contact{}
	}
	until, err := b.Mail.Window(ctx, next.WorkspaceID, next.NumberID, next.ContactID)
	if err != nil {
		return nil, err
	}
	v.order, v.settings = &next, &settings
	if v.customer = next.Details.Name; v.customer == "" {
		v.customer = contact.DisplayName()
	}
	for _, n := range b.causes(&settings, &was, &next) {
		one, err := b.foresee(ctx, v, n, contact.Language, until.After(n.Due))
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// apply makes the order what it would be.
func (c Change) apply(s *Settings, o *Order, now time.Time) error {
	d := Draft{Ref: o.Ref, Status: o.Status}
	if c.Status != nil {
		d.Status = *c.Status
	} else if s.status(d.Status) == nil { // its status is gone from the settings: that is no fault of this question
		d.Status = s.Statuses[0].Key
	}
	if c.Appointment != nil {
		d.Appointment = *c.Appointment
	}
	at, err := d.check(s, now)
	if err != nil {
		return err
	}
	if c.Status != nil {
		o.Status = d.Status
	}
	if c.Appointment != nil {
		o.Appointment = at
	}
	o.ClosedAt = time.Time{}
	o.close(s, now)
	return nil
}

// causes are the notices that follow and appoint would plan.
func (b *Book) causes(s *Settings, was, next *Order) (out []Notice) {
	now := b.Now()
	add := func(kind string, due time.Time) {
		out = append(out, Notice{Kind: kind, Status: next.Status, Appointment: next.Appointment, Due: due})
	}
	if rule := s.status(next.Status); was.Status != next.Status && rule != nil && rule.Message != nil {
		add(NoticeStatus, now)
	}
	moved := !was.Appointment.Equal(next.Appointment)
	if !moved && was.Open() == next.Open() || !next.Open() || !next.Appointment.After(now) {
		return out
	}
	told := moved && s.Appointment != nil
	if told {
		add(NoticeAppointment, now)
	}
	if s.Reminder != nil {
		at := s.remindAt(next.Appointment)
		if at.After(now) {
			add(NoticeReminder, at)
		} else if !told {
			add(NoticeReminder, now)
		}
	}
	return out
}

// foresee says a notice without sending it, by the same steps as say.
func (b *Book) foresee(ctx context.Context, v values, n Notice, contactLanguage string, open bool) (Foreseen, error) {
	out := Foreseen{Kind: n.Kind, Due: n.Due}
	w := v.settings.wording(&n)
	v.notice = &n
	wanted := v.settings.languages(v.order.Details.Language, contactLanguage)
	fails := func(err error) (Foreseen, error) {
		if !refused(err) {
			return out, err
		}
		out.Problem = fault.As(err)
		return out, nil
	}
	if language, ok := choose(wanted, slices.Sorted(maps.Keys(w.Texts))); ok && v.settings.FreeText && open {
		v.language = language
		out.Text, out.Language = true, language
		text, err := v.fill(w.Texts[language])
		if err != nil {
			return fails(err)
		}
		out.Body = text
		return out, nil
	}
	out.Template = w.Template
	content, err := b.template(ctx, v.order, w, &v, wanted)
	if err != nil {
		return fails(err)
	}
	out.Language = content.Template.Language.Code
	found, err := b.Mail.Templates(ctx, v.order.NumberID, w.Template)
	if err != nil {
		return out, err
	}
	for _, d := range found {
		if d.Language == out.Language {
			out.Header, out.Body = filled(&d, content.Template, "header"), filled(&d, content.Template, "body")
		}
	}
	return out, nil
}

// filled is a part of a template with its values in their places.
func filled(d *wa.TemplateDefinition, t *wa.Template, kind string) string {
	var given []wa.TemplateParameter
	for _, c := range t.Components {
		if c.Type == kind {
			given = c.Parameters
		}
	}
	for _, c := range d.Components {
		if !strings.EqualFold(c.Type, kind) {
			continue
		}
		return variable.ReplaceAllStringFunc(c.Text, func(place string) string {
			name := variable.FindStringSubmatch(place)[1]
			for i, p := range given {
				if p.ParameterName == name || p.ParameterName == "" && strconv.Itoa(i+1) == name {
					return p.Text
				}
			}
			return place
		})
	}
	return ""
}
