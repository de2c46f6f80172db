package order

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Limits of an order.
const (
	MaxRef        = 64
	MaxFields     = 50
	MaxFieldValue = 1000
)

// Draft is an order as the shop writes it: the whole of it, so that what is
// missing is taken away; only the number stays.
type Draft struct {
	Ref         string
	Customer    Whom
	Name        string
	Language    string
	Technician  Colleague // one member is set; none: nobody
	Status      string
	Fields      map[string]string
	Appointment string // RFC 3339, or without an offset in the workspace's time zone; empty: none
	Duration    time.Duration
	Number      wa.NumberID // zero: as before, at first Default
	Default     wa.NumberID

	IfVersion int64 // only if this is the version; zero: whatever it is
	IfNew     bool  // only if there is no such order yet
}

var (
	languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$`)
	nameForm     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_\-]{0,39}$`)
	fieldForm    = regexp.MustCompile(`^field\.[A-Za-z][A-Za-z0-9_\-]{0,39}$`)
)

// CodeVersion is the code of a Conflict: somebody changed the order meanwhile.
const CodeVersion = "order_version"

func errVersion(have int64) error {
	return fault.New(fault.Conflict, CodeVersion, fmt.Sprintf("The order has version %d by now, which is not the one that this change was made for. Nothing was changed.", have),
		"Read it with GET orders/{id}, make your change again, and send its ETag as If-Match.")
}

func (d *Draft) check(s *Settings, now time.Time) (appointment time.Time, err error) {
	var wrong []fault.Field
	add := func(name, detail string) { wrong = append(wrong, fault.Field{Name: name, Detail: detail}) }
	if n := utf8.RuneCountInString(d.Ref); n == 0 || n > MaxRef || strings.TrimSpace(d.Ref) != d.Ref || strings.ContainsFunc(d.Ref, func(r rune) bool { return r < ' ' || r == 0x7f || r == '%' || r == utf8.RuneError }) {
		add("id", "is a text of 1 to 64 characters, without % and without spaces around it.")
	}
	if s.status(d.Status) == nil {
		keys := make([]string, len(s.Statuses))
		for i, r := range s.Statuses {
			keys[i] = r.Key
		}
		add("status", "is none of this workspace's: "+strings.Join(keys, ", ")+".")
	}
	if d.Language != "" && !languageForm.MatchString(d.Language) {
		add("customer.language", "is no language code: write it as de or pt_BR.")
	}
	if n := utf8.RuneCountInString(d.Name); n > 200 {
		wrong = append(wrong, fault.Field{Name: "customer.name", Detail: "is too long.", Limit: 200, Length: n})
	}
	if len(d.Fields) > MaxFields {
		wrong = append(wrong, fault.Field{Name: "fields", Detail: "has too many members.", Limit: MaxFields, Length: len(d.Fields)})
	}
	for _, name := range slices.Sorted(maps.Keys(d.Fields)) {
		if !nameForm.MatchString(name) {
			add("fields", "has a name that is none: letters, digits, - and _, a letter first, 40 at most.")
		} else if n := utf8.RuneCountInString(d.Fields[name]); n > MaxFieldValue {
			wrong = append(wrong, fault.Field{Name: "fields." + name, Detail: "is too long.", Limit: MaxFieldValue, Length: n})
		}
	}
	if d.Duration < 0 || d.Duration > 31*24*time.Hour {
		add("appointment.duration_minutes", "is 0 to 44640 minutes.")
	}
	if d.Appointment != "" {
		if appointment, err = parseTime(d.Appointment, s.location()); err != nil || appointment.Before(now.AddDate(-10, 0, 0)) || appointment.After(now.AddDate(10, 0, 0)) {
			add("appointment.at", "is no time within ten years: write 2026-11-25T09:00:00+01:00, or 2026-11-25T09:00 in the workspace's time zone.")
		}
	}
	if len(wrong) > 0 {
		return appointment, fault.Wrong("invalid_order", wrong...)
	}
	return appointment.Truncate(time.Millisecond), nil
}

func parseTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

// Put writes an order down. The same draft again changes nothing and tells
// nobody. Its faults say that nothing was changed: invalid_order (Invalid),
// contact_unknown, order_unknown (NotFound), order_version, order_exists
// (Conflict), order_not_yours (Forbidden).
func (b *Book) Put(ctx context.Context, s Scope, d Draft) (o *Order, created bool, err error) {
	err = b.Runner.Write(ctx, func(tx txn.Tx) (err error) {
		o, created, err = b.put(tx, s, d)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	b.Jobs.Wake()
	return o, created, nil
}

func (b *Book) put(tx txn.Tx, s Scope, d Draft) (*Order, bool, error) {
	settings, err := b.settings(tx, s.WorkspaceID)
	if err != nil {
		return nil, false, err
	}
	appointment, err := d.check(&settings, b.Now())
	if err != nil {
		return nil, false, err
	}
	before, err := b.Store.ByRef(tx, s.WorkspaceID, d.Ref)
	if err != nil {
		return nil, false, err
	}
	if s.Own && !s.Sees(before) {
		return nil, false, errUnknown // technicians make no orders, and see no others
	}
	next, err := b.draw(tx, s, d, before, appointment)
	if err != nil {
		return nil, false, err
	}
	if before == nil {
		if d.IfVersion != 0 {
			return nil, false, errUnknown
		}
		next.close(&settings, b.Now())
		done, err := b.Store.Insert(tx, next)
		if err != nil {
			return nil, false, err
		}
		if done {
			return next, true, b.follow(tx, s, &settings, nil, next)
		}
		// Somebody else was first a moment ago: this is a change of theirs.
		if before, err = b.Store.ByRef(tx, s.WorkspaceID, d.Ref); err != nil || before == nil {
			return nil, false, orInternal(err)
		}
		if next, err = b.draw(tx, s, d, before, appointment); err != nil {
			return nil, false, err
		}
	}
	switch {
	case d.IfNew:
		return nil, false, fault.New(fault.Conflict, "order_exists", "There is an order of this id already; nothing was changed.", "Leave If-None-Match out to change it.")
	case d.IfVersion != 0 && d.IfVersion != before.Version:
		return nil, false, errVersion(before.Version)
	case s.Own && (next.Technician != before.Technician || next.ContactID != before.ContactID || next.NumberID != before.NumberID):
		return nil, false, fault.New(fault.Forbidden, "order_not_yours", "Technicians change neither customer, technician nor number of an order; nothing was changed.", "Ask a colleague of the office.")
	case len(differences(before, next)) == 0:
		return before, false, nil
	}
	next.ClosedAt = time.Time{} // a changed order is worked on again, unless its status closes it
	next.close(&settings, b.Now())
	if !next.ClosedAt.IsZero() && !before.ClosedAt.IsZero() {
		next.ClosedAt = before.ClosedAt
	}
	next.Version++
	next.UpdatedAt = b.Now()
	if err := b.Store.Update(tx, next); err != nil {
		return nil, false, err
	}
	return next, false, b.follow(tx, s, &settings, before, next)
}

func orInternal(err error) error {
	if err == nil {
		err = fmt.Errorf("an order is there and cannot be read")
	}
	return err
}

// draw makes the order that a draft asks for.
func (b *Book) draw(tx txn.Tx, s Scope, d Draft, before *Order, appointment time.Time) (*Order, error) {
	now := b.Now()
	next := &Order{ID: wa.OrderID(b.NewID()), WorkspaceID: s.WorkspaceID, Ref: d.Ref, NumberID: d.Default, Version: 1, CreatedAt: now, UpdatedAt: now}
	if before != nil {
		same := *before
		next = &same
	}
	if d.Number != 0 {
		next.NumberID = d.Number
	}
	customer, err := b.People.Resolve(tx, s.WorkspaceID, next.NumberID, d.Customer)
	if err != nil {
		return nil, err
	}
	if customer == nil {
		return nil, fault.New(fault.NotFound, "contact_unknown", "There is no such contact here; nothing was changed.", "Name the customer by phone number, BSUID, or a contact_id of this workspace.")
	}
	technician, err := b.colleague(tx, s.WorkspaceID, d.Technician)
	if err != nil {
		return nil, err
	}
	next.ContactID, next.Technician, next.Status = customer.ID, technician, d.Status
	next.Details = Details{Name: d.Name, Language: d.Language, Fields: d.Fields}
	if before != nil && before.Details.Name == "" && before.ContactID == customer.ID && (d.Name == customer.DisplayName() || d.Name == "+"+string(customer.Phone)) {
		next.Details.Name = "" // it comes back as GET answered it: still nobody has given this order a name of its own
	}
	next.Appointment, next.Duration = appointment, d.Duration
	if appointment.IsZero() {
		next.Duration = 0
	}
	return next, nil
}

func (o *Order) close(s *Settings, now time.Time) {
	if r := s.status(o.Status); r != nil && r.Closes {
		o.ClosedAt = now
	}
}

// colleague finds whom a draft names as technician.
func (b *Book) colleague(tx txn.Tx, ws wa.WorkspaceID, c Colleague) (wa.PersonID, error) {
	if c == (Colleague{}) {
		return 0, nil
	}
	staff, err := b.People.Staff(tx, ws)
	if err != nil {
		return 0, err
	}
	var found []wa.PersonID
	for _, p := range staff {
		if c.ID != 0 && p.ID == c.ID || c.Email != "" && strings.EqualFold(p.Email, c.Email) || c.Name != "" && strings.EqualFold(p.Name, c.Name) {
			found = append(found, p.ID)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, fault.Wrong("technician_unknown", fault.Field{Name: "technician", Detail: "is nobody of this workspace; list them with GET people."})
	}
	return 0, fault.Wrong("technician_ambiguous", fault.Field{Name: "technician", Detail: "could be several people: name one by person_id."})
}

// differences names what the shop changed.
func differences(a, b *Order) (names []string) {
	add := func(differ bool, name string) {
		if differ {
			names = append(names, name)
		}
	}
	add(a.ContactID != b.ContactID || a.Details.Name != b.Details.Name || a.Details.Language != b.Details.Language, "customer")
	add(a.Technician != b.Technician, "technician")
	add(a.Status != b.Status, "status")
	add(!maps.Equal(a.Details.Fields, b.Details.Fields), "fields")
	add(!a.Appointment.Equal(b.Appointment) || a.Duration != b.Duration, "appointment")
	add(a.NumberID != b.NumberID, "number")
	return names
}

// follow writes what a change causes: timeline, facts, notices. before is nil
// for a new order.
func (b *Book) follow(tx txn.Tx, s Scope, settings *Settings, before, next *Order) error {
	var events []Event
	facts := []journal.Fact{}
	was := Order{}
	if before == nil {
		events, facts = append(events, b.event(next, EventCreated, s.Author)), append(facts, b.fact(Created, next, s.Author, ""))
	} else {
		was = *before
		changed := b.event(next, EventChanged, s.Author)
		rest := slices.DeleteFunc(differences(before, next), func(name string) bool { return name == "status" || name == "appointment" })
		if changed.Code = strings.Join(rest, ","); len(rest) > 0 {
			events = append(events, changed)
		}
		facts = append(facts, b.fact(Changed, next, s.Author, ""))
	}
	if was.Status != next.Status {
		events, facts = append(events, b.event(next, EventStatus, s.Author)), append(facts, b.fact(Status, next, s.Author, next.Status))
	}
	if !was.Appointment.Equal(next.Appointment) || was.Duration != next.Duration {
		e := b.event(next, EventPlanned, s.Author)
		e.Due = next.Appointment
		events = append(events, e)
	}
	switch {
	case before != nil && !was.Open() && next.Open():
		events = append(events, b.event(next, EventReopened, s.Author))
	case was.Open() && !next.Open():
		events = append(events, b.event(next, EventClosed, s.Author))
	}
	if err := b.Store.AddEvents(tx, events...); err != nil {
		return err
	}
	if err := b.Journal.Append(tx, facts...); err != nil {
		return err
	}
	if rule := settings.status(next.Status); was.Status != next.Status && rule != nil && rule.Message != nil {
		if err := b.plan(tx, next, NoticeStatus, b.Now()); err != nil {
			return err
		}
	}
	return b.appoint(tx, settings, &was, next)
}

// appoint moves, schedules and drops what is said about the appointment.
func (b *Book) appoint(tx txn.Tx, settings *Settings, was, next *Order) error {
	moved := !was.Appointment.Equal(next.Appointment)
	if !moved && was.Open() == next.Open() && was.ID != 0 {
		return nil
	}
	why := "moved"
	if !next.Open() {
		why = "closed"
	} else if next.Appointment.IsZero() {
		why = "canceled"
	}
	if err := b.drop(tx, next, why); err != nil {
		return err
	}
	now := b.Now()
	if !next.Open() || !next.Appointment.After(now) {
		return nil
	}
	told := moved && settings.Appointment != nil
	if told {
		if err := b.plan(tx, next, NoticeAppointment, now); err != nil {
			return err
		}
	}
	if settings.Reminder == nil {
		return nil
	}
	at := settings.remindAt(next.Appointment)
	if !at.After(now) {
		if told {
			return nil // the customer hears of it this very moment
		}
		at = now
	}
	return b.plan(tx, next, NoticeReminder, at)
}

// drop takes back what waits to be said about an appointment.
func (b *Book) drop(tx txn.Tx, o *Order, why string) error {
	waiting, err := b.Store.WaitingOf(tx, o.WorkspaceID, o.ID)
	if err != nil {
		return err
	}
	for _, n := range waiting {
		if n.Kind == NoticeStatus {
			continue
		}
		n.State = Dropped
		if err := b.Store.SettleNotice(tx, n); err != nil {
			return err
		}
		e := b.event(o, EventDropped, wa.Author{})
		e.Notice, e.Code, e.Due = n.Kind, why, n.Due
		if err := b.Store.AddEvents(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// plan writes down that the customer is to be told something at a time.
func (b *Book) plan(tx txn.Tx, o *Order, kind string, due time.Time) error {
	n := Notice{
		ID: b.NewID(), WorkspaceID: o.WorkspaceID, OrderID: o.ID, Kind: kind, Version: o.Version, Status: o.Status,
		Appointment: o.Appointment, State: Waiting, Due: due, CreatedAt: b.Now(),
	}
	if err := b.Store.AddNotice(tx, n); err != nil {
		return err
	}
	if kind == NoticeReminder {
		e := b.event(o, EventScheduled, wa.Author{})
		e.Notice, e.Due = kind, due
		if err := b.Store.AddEvents(tx, e); err != nil {
			return err
		}
	}
	return b.enqueue(tx, n)
}

// enqueue asks for the job that sends a notice. Jobs go by the real time, and
// rules by Now, which a sandbox may move: the job looks again when it runs.
func (b *Book) enqueue(tx txn.Tx, n Notice) error {
	job := jobs.Job{WorkspaceID: n.WorkspaceID, Kind: Work, Subject: n.ID}
	if wait := n.Due.Sub(b.Now()); wait > 0 {
		job.Due = time.Now().Add(wait)
	}
	return b.Jobs.Enqueue(tx, job)
}

// Close ends an order: it stays with its history, its reminder is dropped, and
// what the customer writes no longer belongs to it by itself. version is as in Draft.
func (b *Book) Close(ctx context.Context, s Scope, ref string, version int64) error {
	return b.Runner.Write(ctx, func(tx txn.Tx) error {
		o, err := b.find(tx, s, ref)
		if err != nil {
			return err
		}
		if s.Own {
			return fault.New(fault.Forbidden, "order_not_yours", "Technicians do not close orders by DELETE; nothing was changed.", "Set a status that closes it, or ask a colleague of the office.")
		}
		if version != 0 && version != o.Version {
			return errVersion(o.Version)
		}
		if !o.Open() {
			return nil
		}
		was := *o
		o.ClosedAt, o.UpdatedAt = b.Now(), b.Now()
		o.Version++
		if err := b.Store.Update(tx, o); err != nil {
			return err
		}
		settings, err := b.settings(tx, s.WorkspaceID)
		if err != nil {
			return err
		}
		return b.follow(tx, s, &settings, &was, o)
	})
}
