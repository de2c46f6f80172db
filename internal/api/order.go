package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/order"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// Orders keeps the orders of shops; *order.Book fulfils it but for Send.
type Orders interface {
	Put(ctx context.Context, s order.Scope, d order.Draft) (o *order.Order, created bool, err error)
	Close(ctx context.Context, s order.Scope, ref string, version int64) error
	Get(ctx context.Context, s order.Scope, ref string) (*order.Order, error)
	ByID(ctx context.Context, ws wa.WorkspaceID, id wa.OrderID) (*order.Order, error)
	List(ctx context.Context, s order.Scope, q order.Query, who *order.Whom, technician order.Colleague) ([]*order.Order, error)
	Timeline(ctx context.Context, s order.Scope, ref string, after int64, limit int) ([]order.Event, error)
	History(ctx context.Context, s order.Scope, ref string, after wa.MessageID, descending bool, limit int) ([]wa.Message, *wa.Contact, error)
	Customers(ctx context.Context, orders ...*order.Order) (map[wa.ContactID]*wa.Contact, error)
	Preview(ctx context.Context, s order.Scope, ref string, c order.Change) ([]order.Foreseen, error)
	Link(ctx context.Context, s order.Scope, ref string, message wa.MessageID) error
	// OrderOf is the order that a message belongs to; zero: none.
	OrderOf(ctx context.Context, ws wa.WorkspaceID, message wa.MessageID) (wa.OrderID, error)
	// Send sends a message for an order: to its customer, from its number, unless
	// the request names others; a message to another customer is refused.
	Send(ctx context.Context, s order.Scope, ref string, r outbox.Request) (outbox.Receipt, error)
	Settings(ctx context.Context, ws wa.WorkspaceID) (order.Settings, error)
	SetSettings(ctx context.Context, ws wa.WorkspaceID, s order.Settings) (order.Settings, error)
}

// Order is a job of a shop for a customer.
type Order struct {
	ID            string            `json:"id" doc:"The shop's own id." example:"R-2402"`
	OrderID       string            `json:"order_id" doc:"Kontor's id of it: ord_…, as events name it." example:"ord_0d5k7v2q8c1a0"`
	Customer      OrderCustomer     `json:"customer" doc:"For whom."`
	Technician    *Assignee         `json:"technician" doc:"Who does it; null: nobody yet."`
	Status        string            `json:"status" doc:"One of the workspace's: see GET order-statuses." example:"in_progress"`
	Fields        map[string]string `json:"fields" doc:"What else the shop says about it; messages may hold it as {{field.NAME}}."`
	Appointment   *OrderAppointment `json:"appointment" doc:"When the customer comes or is visited; null: no appointment."`
	PhoneNumberID string            `json:"phone_number_id" doc:"Meta's id of the business number that speaks for it."`
	State         string            `json:"state" enum:"open,closed" doc:"closed: kept with its history; what the customer writes no longer belongs to it by itself."`
	WindowUntil   *Stamp            `json:"window_until,omitempty" doc:"Until when free text may be sent to the customer; null when they never wrote. Only where one order is answered, not in lists."`
	Version       int64             `json:"version" doc:"Rises with each change; the ETag."`
	CreatedAt     Stamp             `json:"created_at"`
	UpdatedAt     Stamp             `json:"updated_at" doc:"When it was last changed."`
	ClosedAt      Stamp             `json:"closed_at"`
}

// OrderCustomer is the customer of an order.
type OrderCustomer struct {
	ContactID string  `json:"contact_id"`
	Phone     *string `json:"phone" doc:"Digits with country code; null when none is known."`
	BSUID     *string `json:"bsuid" doc:"WhatsApp's business-scoped user id."`
	Name      string  `json:"name" doc:"What the shop calls the customer, else what the house does."`
	Language  *string `json:"language" doc:"In which the customer is written to; null: the contact's, else the workspace's."`
}

// OrderAppointment is when the customer comes or is visited.
type OrderAppointment struct {
	At              Stamp `json:"at" doc:"When it begins."`
	DurationMinutes int64 `json:"duration_minutes" doc:"How long it takes; 0: not said."`
}

// OrderRef is the order in a path.
type OrderRef struct {
	ID string `path:"id" maxLength:"200" doc:"The shop's own id, at most 64 characters, percent-encoded."`
}

// TechnicianRef names a technician by one of its members.
type TechnicianRef struct {
	PersonID string `json:"person_id,omitempty" maxLength:"64" doc:"Somebody of the house: per_…."`
	Email    string `json:"email,omitempty" maxLength:"254" doc:"The address that the house has of them."`
	Name     string `json:"name,omitempty" maxLength:"200" doc:"The full name, if only one person has it."`
}

type putOrderInput struct {
	OrderRef
	IfMatch     string `header:"If-Match" maxLength:"40" doc:"The ETag that this change was made for; another version is answered 412 order_version."`
	IfNoneMatch string `header:"If-None-Match" maxLength:"40" doc:"*: only if there is no such order yet; otherwise 409 order_exists."`
	Body        struct {
		Customer struct {
			Phone     string `json:"phone,omitempty" maxLength:"60" doc:"With country code, in any usual writing."`
			ContactID string `json:"contact_id,omitempty" maxLength:"64" doc:"A contact of this workspace."`
			BSUID     string `json:"bsuid,omitempty" maxLength:"140" doc:"WhatsApp's business-scoped user id."`
			Name      string `json:"name,omitempty" maxLength:"200" doc:"What the shop calls the customer."`
			Language  string `json:"language,omitempty" maxLength:"15" doc:"In which to write, as de or pt_BR."`
		} `json:"customer" doc:"For whom: exactly one of phone, contact_id and bsuid."`
		Technician  *TechnicianRef    `json:"technician,omitempty" doc:"Who does it; none: nobody yet."`
		Status      string            `json:"status" minLength:"1" maxLength:"40" doc:"One of GET order-statuses."`
		Fields      map[string]string `json:"fields,omitempty" doc:"At most 50; names of letters, digits, - and _; values of at most 1000 characters."`
		Appointment *struct {
			At              string `json:"at" minLength:"1" maxLength:"40" doc:"RFC 3339, or without an offset in the workspace's time zone." example:"2026-11-25T09:00"`
			DurationMinutes int64  `json:"duration_minutes,omitempty" minimum:"0" maximum:"44640" doc:"How long it takes."`
		} `json:"appointment,omitempty" doc:"When the customer comes or is visited; none: no appointment."`
		PhoneNumberID string `json:"phone_number_id,omitempty" maxLength:"64" doc:"Which business number speaks. Default: as before; at first that of the newest conversation with the customer, else the workspace's first."`
	}
}

type orderAnswer struct {
	Status int
	ETag   string `header:"ETag"`
	Body   Order
}

type listOrdersInput struct {
	Paging
	Status     string `query:"status" maxLength:"40" doc:"Only with this status."`
	Technician string `query:"technician" maxLength:"254" doc:"Only of this technician: person_id, e-mail address or name."`
	Customer   string `query:"customer" maxLength:"200" doc:"Only of this customer: phone number, contact_id or BSUID."`
	Search     string `query:"search" maxLength:"64" doc:"Only those whose id has this in it, in any case."`
	State      string `query:"state" enum:"open,closed,all" default:"all" doc:"Only open or closed ones."`
}

type closeOrderInput struct {
	OrderRef
	IfMatch string `header:"If-Match" maxLength:"40" doc:"Only if this is still its ETag."`
}

func (a *API) orders() {
	const tag = "Orders"
	handle(a, route{
		method: http.MethodPut, path: "/orders/{id}", id: "put-order", tag: tag, right: account.Assign,
		summary: "Write an order down", text: "The whole of it: what is left out is taken away, but for the business number. 201 when it is new. The same again changes nothing and tells nobody. A change of the status, or of the appointment, tells the customer once as the workspace's settings say; what came of that is in the timeline. A closed order that is changed is open again. Technicians change their own orders only, and make none.",
		example: map[string]any{"customer": map[string]any{"phone": "+49 451 5550100", "name": "Ida Hansen", "language": "de"}, "technician": map[string]any{"email": "tom@shop.example"},
			"status": "received", "fields": map[string]any{"device_model": "Pixel 9"}, "appointment": map[string]any{"at": "2026-11-25T09:00", "duration_minutes": 30}},
	}, a.putOrder)
	handle(a, route{
		method: http.MethodGet, path: "/orders/{id}", id: "get-order", tag: tag, right: account.Read, summary: "See an order",
	}, func(ctx context.Context, in *OrderRef) (*orderAnswer, error) {
		o, err := a.Orders.Get(ctx, scopeOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return a.answerOrder(ctx, o, http.StatusOK)
	})
	handle(a, route{
		method: http.MethodGet, path: "/orders", id: "list-orders", tag: tag, right: account.Read,
		summary: "List orders", text: "Newest first. Technicians see their own.",
	}, a.listOrders)
	handle(a, route{
		method: http.MethodDelete, path: "/orders/{id}", id: "close-order", tag: tag, right: account.Assign, status: http.StatusNoContent,
		summary: "Close an order", text: "It stays, with its timeline and history, since messages belong to it; its reminder is dropped, and what the customer writes no longer belongs to it by itself. Doing it again changes nothing.",
	}, func(ctx context.Context, in *closeOrderInput) (*struct{}, error) {
		version, err := versionOf(in.IfMatch)
		if err != nil {
			return nil, err
		}
		return nil, a.Orders.Close(ctx, scopeOf(ctx), in.ID, version)
	})
	a.orderPreview(tag)
	a.orderStory(tag)
	a.orderStatuses(tag)
}

// scopeOf is how far the principal of a request sees: technicians see what is theirs.
func scopeOf(ctx context.Context) order.Scope {
	p := principal(ctx)
	return order.Scope{WorkspaceID: p.WorkspaceID, Author: p.Author(), Own: p.Role == account.Technician}
}

// versionOf reads an ETag; the empty one, and *, is any version.
func versionOf(tag string) (int64, error) {
	tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
	if tag == "" || tag == "*" {
		return 0, nil
	}
	v, err := strconv.ParseInt(tag, 10, 64)
	if err != nil || v <= 0 {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: "If-Match", Detail: "is no ETag of an order: send it as GET orders/{id} answered it."})
	}
	return v, nil
}

func (a *API) putOrder(ctx context.Context, in *putOrderInput) (*orderAnswer, error) {
	ws, b := principal(ctx).WorkspaceID, &in.Body
	d := order.Draft{Ref: in.ID, Name: b.Customer.Name, Language: b.Customer.Language, Status: b.Status, Fields: b.Fields, IfNew: strings.TrimSpace(in.IfNoneMatch) == "*"}
	var err error
	if d.IfVersion, err = versionOf(in.IfMatch); err != nil {
		return nil, err
	}
	who, err := customerOf(b.Customer.Phone, b.Customer.ContactID, b.Customer.BSUID)
	if err != nil {
		return nil, err
	}
	d.Customer = order.Whom(who)
	if b.Technician != nil {
		if d.Technician, err = technicianOf(*b.Technician); err != nil {
			return nil, err
		}
	}
	if b.Appointment != nil {
		d.Appointment, d.Duration = b.Appointment.At, time.Duration(b.Appointment.DurationMinutes)*time.Minute
	}
	if d.Default, err = a.sender(ctx, ws, who, wa.PhoneNumberID(b.PhoneNumberID)); err != nil {
		return nil, err
	}
	if b.PhoneNumberID != "" {
		d.Number = d.Default
	}
	o, created, err := a.Orders.Put(ctx, scopeOf(ctx), d)
	if err != nil {
		return nil, err
	}
	if created {
		return a.answerOrder(ctx, o, http.StatusCreated)
	}
	return a.answerOrder(ctx, o, http.StatusOK)
}

func customerOf(phone, contact, bsuid string) (inbox.Whom, error) {
	field, text := "", ""
	for _, given := range [][2]string{{"phone", phone}, {"contact_id", contact}, {"bsuid", bsuid}} {
		switch {
		case given[1] == "":
		case text != "":
			return inbox.Whom{}, fault.Wrong(codeInvalid, fault.Field{Name: "customer", Detail: "needs exactly one of phone, contact_id and bsuid."})
		default:
			field, text = "customer."+given[0], given[1]
		}
	}
	if text == "" {
		return inbox.Whom{}, fault.Wrong(codeInvalid, fault.Field{Name: "customer", Detail: "needs exactly one of phone, contact_id and bsuid."})
	}
	return parseWho(field, text)
}

func technicianOf(t TechnicianRef) (order.Colleague, error) {
	c := order.Colleague{Email: strings.TrimSpace(t.Email), Name: strings.TrimSpace(t.Name)}
	given := 0
	for _, s := range []string{t.PersonID, c.Email, c.Name} {
		if s != "" {
			given++
		}
	}
	var err error
	if t.PersonID != "" {
		c.ID, err = wa.ParsePersonID(t.PersonID)
	}
	if given != 1 || err != nil {
		return c, fault.Wrong(codeInvalid, fault.Field{Name: "technician", Detail: "needs exactly one of person_id (per_…), email and name."})
	}
	return c, nil
}

func (a *API) listOrders(ctx context.Context, in *listOrdersInput) (*body[List[Order]], error) {
	q := order.Query{Status: in.Status, Search: strings.TrimSpace(in.Search), Limit: in.Limit + 1}
	if in.State != "all" {
		q.State = in.State
	}
	if err := unpackCursor(in.Cursor, (*int64)(&q.Before)); err != nil {
		return nil, err
	}
	var who *order.Whom
	if in.Customer != "" {
		w, err := parseWho("customer", in.Customer)
		if err != nil {
			return nil, err
		}
		who = (*order.Whom)(&w)
	}
	var technician order.Colleague
	switch id, err := wa.ParsePersonID(in.Technician); {
	case err == nil:
		technician.ID = id
	case strings.Contains(in.Technician, "@"):
		technician.Email = in.Technician
	default:
		technician.Name = in.Technician
	}
	found, err := a.Orders.List(ctx, scopeOf(ctx), q, who, technician)
	if err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	customers, err := a.Orders.Customers(ctx, found...)
	if err != nil {
		return nil, err
	}
	return answerWith(page(found, in.Limit,
		func(o *order.Order) Order { return show.order(o, customers[o.ContactID]) },
		func(o *order.Order) string { return packCursor(int64(o.ID)) })), nil
}

func (a *API) answerOrder(ctx context.Context, o *order.Order, status int) (*orderAnswer, error) {
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	customers, err := a.Orders.Customers(ctx, o)
	if err != nil {
		return nil, err
	}
	until, err := a.orderWindow(ctx, o)
	if err != nil {
		return nil, err
	}
	shape, window := show.order(o, customers[o.ContactID]), Stamp(until)
	shape.WindowUntil = &window
	return &orderAnswer{Status: status, ETag: `"` + strconv.FormatInt(o.Version, 10) + `"`, Body: shape}, nil
}

// orderWindow is until when free text may be sent to an order's customer; zero
// when they never wrote.
func (a *API) orderWindow(ctx context.Context, o *order.Order) (time.Time, error) {
	id, err := a.Inbox.Find(ctx, o.WorkspaceID, inbox.Whom{Contact: o.ContactID}, o.NumberID)
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	v, err := a.Inbox.View(ctx, o.WorkspaceID, id)
	if err != nil {
		return time.Time{}, err
	}
	return v.WindowUntil, nil
}

// order shows an order; customer is nil when the person is no longer known.
func (s shown) order(o *order.Order, customer *wa.Contact) Order {
	out := Order{
		ID: o.Ref, OrderID: o.ID.String(), Status: o.Status, Fields: o.Details.Fields, PhoneNumberID: s.phoneNumberID(o.NumberID), State: "open", Version: o.Version,
		CreatedAt: Stamp(o.CreatedAt), UpdatedAt: Stamp(o.UpdatedAt), ClosedAt: Stamp(o.ClosedAt),
		Customer: OrderCustomer{ContactID: o.ContactID.String(), Name: o.Details.Name, Language: opt(o.Details.Language)},
	}
	if out.Fields == nil {
		out.Fields = map[string]string{}
	}
	if !o.Open() {
		out.State = "closed"
	}
	if customer != nil {
		out.Customer.Phone, out.Customer.BSUID = opt(customer.Phone), opt(customer.BSUID)
		if out.Customer.Name == "" {
			out.Customer.Name = customer.DisplayName()
		}
	}
	if o.Technician != 0 {
		out.Technician = &Assignee{PersonID: o.Technician.String(), Name: s.names.People[o.Technician]}
	}
	if !o.Appointment.IsZero() {
		out.Appointment = &OrderAppointment{At: Stamp(o.Appointment), DurationMinutes: int64(o.Duration / time.Minute)}
	}
	return out
}
