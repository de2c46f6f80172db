package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// orderCmd speaks to a running Kontor, as the other commands about messages do.
type orderCmd struct {
	List   orderList   `cmd:"" help:"List orders, newest first."`
	Show   orderShow   `cmd:"" help:"Show an order and what happened to it."`
	Put    orderPut    `cmd:"" help:"Write an order: what is not named stays as it is."`
	Status orderStatus `cmd:"" help:"Give an order another status; the customer is told as the settings say."`
}

// orderShape is an order as GET answers it and, with other members, PUT takes it.
type orderShape struct {
	ID       string `json:"id"`
	Customer struct {
		ContactID string  `json:"contact_id"`
		Phone     *string `json:"phone"`
		Name      string  `json:"name"`
		Language  *string `json:"language"`
	} `json:"customer"`
	Technician *struct {
		PersonID string `json:"person_id"`
		Name     string `json:"name"`
	} `json:"technician"`
	Status      string            `json:"status"`
	State       string            `json:"state"`
	Fields      map[string]string `json:"fields"`
	Appointment *struct {
		At              string `json:"at"`
		DurationMinutes int64  `json:"duration_minutes"`
	} `json:"appointment"`
	Version   int64     `json:"version"`
	UpdatedAt time.Time `json:"updated_at"`
}

// draft is the order as PUT takes it, unchanged.
func (o *orderShape) draft() map[string]any {
	customer := map[string]any{"contact_id": o.Customer.ContactID, "name": o.Customer.Name}
	if o.Customer.Language != nil {
		customer["language"] = *o.Customer.Language
	}
	d := map[string]any{"customer": customer, "status": o.Status, "fields": o.Fields}
	if o.Technician != nil {
		d["technician"] = map[string]any{"person_id": o.Technician.PersonID}
	}
	if o.Appointment != nil {
		d["appointment"] = map[string]any{"at": o.Appointment.At, "duration_minutes": o.Appointment.DurationMinutes}
	}
	return d
}

func (o *orderShape) technician() string {
	if o.Technician == nil {
		return "-"
	}
	return o.Technician.Name
}

func (o *orderShape) phone() string {
	if o.Customer.Phone == nil {
		return "-"
	}
	return "+" + *o.Customer.Phone
}

func (o *orderShape) appointment() string {
	if o.Appointment == nil {
		return "-"
	}
	return o.Appointment.At
}

func orderPath(id string) string { return "orders/" + url.PathEscape(id) }

type orderList struct {
	client
	Search     string `help:"Only those whose id has this in it." placeholder:"TEXT"`
	Status     string `help:"Only with this status." placeholder:"STATUS"`
	Technician string `help:"Only of this technician: id, e-mail address or name." placeholder:"WHO"`
	Customer   string `help:"Only of this customer: number, contact id or BSUID." placeholder:"WHO"`
	State      string `help:"open, closed or all." enum:"open,closed,all" default:"open"`
	Last       int    `help:"How many; at most 100." default:"50" placeholder:"N"`
}

func (c orderList) Run(e *env) error {
	q := url.Values{"state": {c.State}, "limit": {fmt.Sprint(c.Last)}}
	for name, value := range map[string]string{"search": c.Search, "status": c.Status, "technician": c.Technician, "customer": c.Customer} {
		if value != "" {
			q.Set(name, value)
		}
	}
	var page struct{ Data []orderShape }
	if err := c.get(e.ctx, "orders?"+q.Encode(), &page); err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ORDER\tSTATUS\tSTATE\tCUSTOMER\tPHONE\tTECHNICIAN\tAPPOINTMENT\tCHANGED")
	for _, o := range page.Data {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.Status, o.State, o.Customer.Name, o.phone(), o.technician(), o.appointment(), o.UpdatedAt.Format(time.RFC3339))
	}
	return w.Flush()
}

type orderShow struct {
	client
	ID string `arg:"" help:"The shop's own id."`
}

func (c orderShow) Run(e *env) error {
	var o orderShape
	if err := c.get(e.ctx, orderPath(c.ID), &o); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s  %s (%s), version %d\ncustomer     %s %s\ntechnician   %s\nappointment  %s\n", o.ID, o.Status, o.State, o.Version, o.Customer.Name, o.phone(), o.technician(), o.appointment())
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		fmt.Fprintf(e.out, "  %s: %s\n", name, o.Fields[name])
	}
	fmt.Fprintln(e.out)
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	cursor := ""
	for {
		var page struct {
			Data []struct {
				Kind, Status         string
				Notice, Code, Detail *string
				DueAt                *time.Time `json:"due_at"`
				Message              *struct{ Text, Status, Direction string }
				At                   time.Time
			}
			NextCursor *string `json:"next_cursor"`
		}
		if err := c.get(e.ctx, orderPath(c.ID)+"/timeline?limit=100&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return err
		}
		for _, ev := range page.Data {
			words := []string{}
			for _, s := range []*string{ev.Notice, ev.Code, ev.Detail} {
				if s != nil {
					words = append(words, *s)
				}
			}
			if ev.Kind == "status" {
				words = append(words, ev.Status)
			}
			if ev.DueAt != nil {
				words = append(words, ev.DueAt.Format(time.RFC3339))
			}
			if m := ev.Message; m != nil {
				words = append(words, fmt.Sprintf("%s, %s: %s", m.Direction, m.Status, m.Text))
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", ev.At.Format(time.RFC3339), ev.Kind, strings.Join(words, " · "))
		}
		if page.NextCursor == nil {
			return w.Flush()
		}
		cursor = *page.NextCursor
	}
}

type orderPut struct {
	client
	ID            string            `arg:"" help:"The shop's own id."`
	Customer      string            `help:"The customer's number with country code; needed for a new order." placeholder:"NUMBER"`
	Name          string            `help:"What the shop calls the customer." placeholder:"NAME"`
	Language      string            `help:"In which to write, as de or pt_BR." placeholder:"LANG"`
	Status        string            `help:"Default for a new order: the first of the settings." placeholder:"STATUS"`
	Technician    string            `help:"E-mail address or name; 'nobody' takes the technician away." placeholder:"WHO"`
	Field         map[string]string `help:"A field, as device_model=Pixel; an empty value takes it away." placeholder:"NAME=VALUE"`
	Appointment   string            `help:"As 2026-11-25T09:00 in the workspace's time zone, or RFC 3339; 'none' takes it away." placeholder:"TIME"`
	Minutes       int64             `help:"How long the appointment takes." placeholder:"N"`
	PhoneNumberID string            `name:"number" help:"Which business number speaks: its id at Meta." placeholder:"ID"`
}

func (c orderPut) Run(e *env) error {
	var page struct{ Data []orderShape }
	if err := c.get(e.ctx, "orders?state=all&limit=100&search="+url.QueryEscape(c.ID), &page); err != nil {
		return err
	}
	d, version := map[string]any{"customer": map[string]any{}, "fields": map[string]string{}}, int64(0)
	fields := map[string]string{}
	for _, o := range page.Data {
		if o.ID == c.ID {
			d, version = o.draft(), o.Version
			fields = o.Fields
		}
	}
	if version == 0 && c.Status == "" {
		var s struct{ Statuses []struct{ Key string } }
		if err := c.get(e.ctx, "order-statuses", &s); err != nil {
			return err
		}
		d["status"] = s.Statuses[0].Key
	}
	c.change(d, fields)
	var o orderShape
	if err := c.put(e.ctx, orderPath(c.ID), version, d, &o); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%s is %s, version %d\n", o.ID, o.Status, o.Version)
	return err
}

// change writes what the command line names into the order.
func (c orderPut) change(d map[string]any, fields map[string]string) {
	customer := d["customer"].(map[string]any)
	if c.Customer != "" {
		delete(customer, "contact_id")
		customer["phone"] = c.Customer
	}
	for name, value := range map[string]string{"name": c.Name, "language": c.Language} {
		if value != "" {
			customer[name] = value
		}
	}
	d["status"] = cmp.Or(c.Status, fmt.Sprint(d["status"]))
	switch {
	case c.Technician == "nobody":
		delete(d, "technician")
	case strings.Contains(c.Technician, "@"):
		d["technician"] = map[string]any{"email": c.Technician}
	case c.Technician != "":
		d["technician"] = map[string]any{"name": c.Technician}
	}
	for name, value := range c.Field {
		if fields[name] = value; value == "" {
			delete(fields, name)
		}
	}
	d["fields"] = fields
	switch {
	case c.Appointment == "none":
		delete(d, "appointment")
	case c.Appointment != "":
		d["appointment"] = map[string]any{"at": c.Appointment, "duration_minutes": c.Minutes}
	}
	if c.PhoneNumberID != "" {
		d["phone_number_id"] = c.PhoneNumberID
	}
}

type orderStatus struct {
	client
	ID      string `arg:"" help:"The shop's own id."`
	Status  string `arg:"" help:"One of the workspace's statuses."`
	Preview bool   `help:"Only print what the customer would be told."`
}

func (c orderStatus) Run(e *env) error {
	var o orderShape
	if err := c.get(e.ctx, orderPath(c.ID), &o); err != nil {
		return err
	}
	var foreseen struct {
		Messages []struct {
			Way, Text          string
			Template, Language *string
			Problem            *struct{ Code, Detail, Advice string }
		}
	}
	if err := c.post(e.ctx, orderPath(c.ID)+"/preview", "", map[string]any{"status": c.Status}, &foreseen); err != nil {
		return err
	}
	for _, m := range foreseen.Messages {
		switch {
		case m.Problem != nil:
			fmt.Fprintf(e.out, "the customer will not be told: %s (%s)\n  next: %s\n", m.Problem.Detail, m.Problem.Code, m.Problem.Advice)
		case m.Template != nil:
			fmt.Fprintf(e.out, "template %s, %s: %s\n", *m.Template, *m.Language, m.Text)
		default:
			fmt.Fprintf(e.out, "text: %s\n", m.Text)
		}
	}
	if len(foreseen.Messages) == 0 {
		fmt.Fprintln(e.out, "the customer is told nothing")
	}
	if c.Preview {
		return nil
	}
	d := o.draft()
	d["status"] = c.Status
	if err := c.put(e.ctx, orderPath(c.ID), o.Version, d, &o); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%s is %s, version %d\n", o.ID, o.Status, o.Version)
	return err
}
