package api

import (
	"context"
	"net/http"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/order"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// OrderEvent is an entry in an order's timeline.
type OrderEvent struct {
	Kind    string   `json:"kind" enum:"created,changed,status,appointment,closed,reopened,notice_scheduled,notice_dropped,notified,problem,linked" doc:"notified: the customer was sent message; problem: the customer was not told, and detail says why; linked: message belongs to the order now."`
	Version int64    `json:"version" doc:"Of the order, whose change it is about."`
	Status  string   `json:"status" doc:"Of the order, likewise."`
	Notice  *string  `json:"notice" enum:"status,appointment,reminder" doc:"What the customer was to be told of; null when it is about no such thing."`
	Code    *string  `json:"code" doc:"problem: the stable code of why, as window_closed or template_missing. changed: what. linked: by which rule: reply, only_open, sent, hand. notice_dropped: moved, canceled or closed."`
	Detail  *string  `json:"detail" doc:"problem: what happened, and what to do next. For people; the text may change."`
	DueAt   Stamp    `json:"due_at" doc:"appointment: when it is; notice_*: when it was to be sent."`
	Author  *Author  `json:"author" doc:"Who did it; null when Kontor or the customer did."`
	Message *Message `json:"message" doc:"The message that it is about, with its status as it is now."`
	At      Stamp    `json:"at"`
}

type orderPageInput struct {
	Paging
	OrderRef
}

type orderHistoryInput struct {
	Paging
	OrderRef
	Order string `query:"order" enum:"asc,desc" default:"asc" doc:"asc: in the order of arrival; desc: newest first."`
}

// OrderMessageBody is what to send for an order: exactly one kind.
type OrderMessageBody struct {
	Text       string          `json:"text,omitempty" maxLength:"4096" doc:"1–4096 characters; only while the customer service window is open." example:"Your bicycle is ready."`
	PreviewURL bool            `json:"preview_url,omitempty" doc:"Shows a preview of the first http(s) address in the text."`
	Template   *TemplateChoice `json:"template,omitempty" doc:"Which template, with the values of its variables."`
	Document   *DocumentPart   `json:"document,omitempty" doc:"Any document, at most 100 MB."`
	Image      *MediaPart      `json:"image,omitempty" doc:"JPEG or PNG, at most 5 MB."`
	Video      *MediaPart      `json:"video,omitempty" doc:"MP4 or 3GP, at most 16 MB."`
	Audio      *AudioPart      `json:"audio,omitempty" doc:"AAC, AMR, MP3, M4A or Ogg/Opus, at most 16 MB."`
	Context    *ReplyContext   `json:"context,omitempty" doc:"Which message this one answers."`
	Opaque     string          `json:"biz_opaque_callback_data,omitempty" maxLength:"512" doc:"A text of yours that comes back in every status of this message."`
}

type orderMessageInput struct {
	OrderRef
	IdempotencyKey string `header:"Idempotency-Key" minLength:"1" maxLength:"255" doc:"As with the send calls: the same key with the same body sends nothing again."`
	Body           OrderMessageBody
}

type linkInput struct {
	OrderRef
	Body struct {
		MessageID string `json:"message_id" minLength:"1" maxLength:"64" doc:"msg_…, of the order's customer."`
	}
}

func (a *API) orderStory(tag string) {
	handle(a, route{
		method: http.MethodGet, path: "/orders/{id}/timeline", id: "order-timeline", tag: tag, right: account.Read,
		summary: "See what happened to an order", text: "Oldest first: changes, messages about them with their status as it is now, and why the customer could not be told of one.",
	}, a.orderTimeline)
	handle(a, route{
		method: http.MethodGet, path: "/orders/{id}/history", id: "order-history", tag: tag, right: account.Read,
		summary: "Read an order's messages", text: "Both directions. What a customer writes belongs to the order by rule: a reply to a message of the order; else the customer's order on that number, if exactly one is open.",
	}, a.orderHistory)
	handle(a, route{
		method: http.MethodPost, path: "/orders/{id}/messages", id: "send-for-order", tag: tag, right: account.Send, status: http.StatusAccepted,
		summary: "Send for an order", text: "To its customer, from its number. Exactly one of text, template, document, image, video and audio; other kinds go by the send calls with the member order.",
		example: map[string]any{"text": "Your bicycle is ready."},
	}, func(ctx context.Context, in *orderMessageInput) (*body[Accepted], error) {
		kind, content, err := in.Body.content()
		if err != nil {
			return nil, err
		}
		if in.Body.Context != nil {
			content.Context = &wa.Context{ID: in.Body.Context.MessageID}
		}
		p := principal(ctx)
		r := outbox.Request{WorkspaceID: p.WorkspaceID, Content: content, Author: p.Author(), Opaque: in.Body.Opaque, Key: in.IdempotencyKey}
		if r.Key != "" {
			if r.Fingerprint, err = fingerprintOf("order\n"+in.ID, in.Body); err != nil {
				return nil, err
			}
		}
		receipt, err := a.Orders.Send(ctx, scopeOf(ctx), in.ID, r)
		if err != nil {
			return nil, inCallersWords(kind, err)
		}
		return answerWith(accepted(receipt)), nil
	})
	handle(a, route{
		method: http.MethodPost, path: "/orders/{id}/link", id: "link-message", tag: tag, right: account.Send, status: http.StatusNoContent,
		summary: "Link a message to an order", text: "For what no rule could place. A message belongs to one order: it leaves the one before.",
		example: map[string]any{"message_id": "msg_0d5k7v2q8c1a0"},
	}, func(ctx context.Context, in *linkInput) (*struct{}, error) {
		id, err := wa.ParseMessageID(in.Body.MessageID)
		if err != nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "message_id", Detail: "is not a message_id: it has msg_ and 13 more characters."})
		}
		return nil, a.Orders.Link(ctx, scopeOf(ctx), in.ID, id)
	})
}

// content is what to say, and its kind.
func (b *OrderMessageBody) content() (kind string, c wa.Content, err error) {
	given := 0
	add := func(there bool, name string, make func() (wa.Content, error)) {
		if there {
			given++
			kind = name
			c, err = make()
		}
	}
	add(b.Text != "", "text", (&TextBody{Text: b.Text, PreviewURL: b.PreviewURL}).content)
	if b.Template != nil {
		add(true, "template", (&TemplateBody{Template: *b.Template}).content)
	}
	if b.Document != nil {
		add(true, "document", (&DocumentBody{Document: *b.Document}).content)
	}
	if b.Image != nil {
		add(true, "image", (&ImageBody{Image: *b.Image}).content)
	}
	if b.Video != nil {
		add(true, "video", (&VideoBody{Video: *b.Video}).content)
	}
	if b.Audio != nil {
		add(true, "audio", (&AudioBody{Audio: *b.Audio}).content)
	}
	if given != 1 {
		err = fault.Wrong(codeInvalid, fault.Field{Name: "text", Detail: "needs exactly one of text, template, document, image, video and audio beside it."})
	}
	return kind, c, err
}

func (a *API) orderTimeline(ctx context.Context, in *orderPageInput) (*body[List[OrderEvent]], error) {
	var after int64
	if err := unpackCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	s := scopeOf(ctx)
	events, err := a.Orders.Timeline(ctx, s, in.ID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	o, err := a.Orders.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	customers, err := a.Orders.Customers(ctx, o)
	if err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	var phone wa.Phone
	if c := customers[o.ContactID]; c != nil {
		phone = c.Phone
	}
	return answerWith(page(events, in.Limit,
		func(e order.Event) OrderEvent { return show.orderEvent(&e, phone) },
		func(e order.Event) string { return packCursor(e.ID) })), nil
}

func (s shown) orderEvent(e *order.Event, phone wa.Phone) OrderEvent {
	out := OrderEvent{
		Kind: e.Kind, Version: e.Version, Status: e.Status, Notice: opt(e.Notice), Code: opt(e.Code), Detail: opt(e.Detail),
		DueAt: Stamp(e.Due), Author: author(s.names, e.Author), At: Stamp(e.At),
	}
	if e.Message != nil {
		m := s.message(e.Message, phone)
		out.Message = &m
	}
	return out
}

func (a *API) orderHistory(ctx context.Context, in *orderHistoryInput) (*body[List[Message]], error) {
	return a.orderMessages(ctx, scopeOf(ctx), in.ID, in.Cursor, in.Order == "desc", in.Limit)
}

func (a *API) orderMessages(ctx context.Context, s order.Scope, ref, cursor string, descending bool, limit int) (*body[List[Message]], error) {
	var after wa.MessageID
	if err := unpackCursor(cursor, (*int64)(&after)); err != nil {
		return nil, err
	}
	messages, customer, err := a.Orders.History(ctx, s, ref, after, descending, limit+1)
	if err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	if err := show.waits(ctx, pointers(messages)...); err != nil {
		return nil, err
	}
	var phone wa.Phone
	if customer != nil {
		phone = customer.Phone
	}
	return answerWith(page(messages, limit,
		func(m wa.Message) Message { return show.message(&m, phone) },
		func(m wa.Message) string { return packCursor(int64(m.ID)) })), nil
}

type statusesInput struct{ Body order.Settings }

func (a *API) orderStatuses(tag string) {
	handle(a, route{
		method: http.MethodGet, path: "/order-statuses", id: "get-order-statuses", tag: tag, right: account.Read,
		summary: "See the statuses of orders and their messages", text: "Built in: received, in_progress, completed and ready_for_pickup with the template order_status_update, and a reminder 24 hours before an appointment with the template appointment_reminder.",
	}, func(ctx context.Context, _ *none) (*body[order.Settings], error) {
		s, err := a.Orders.Settings(ctx, principal(ctx).WorkspaceID)
		if err != nil {
			return nil, err
		}
		return answerWith(s), nil
	})
	handle(a, route{
		method: http.MethodPut, path: "/order-statuses", id: "put-order-statuses", tag: tag, right: account.ManageWorkspace,
		summary: "Set the statuses of orders and their messages", text: "The whole of it; take what GET answers and change it. Orders keep a status that goes, until their next change; reminders that are scheduled keep their time.",
	}, func(ctx context.Context, in *statusesInput) (*body[order.Settings], error) {
		s, err := a.Orders.SetSettings(ctx, principal(ctx).WorkspaceID, in.Body)
		if err != nil {
			return nil, err
		}
		return answerWith(s), nil
	})
}

// tellFact sends a fact to whoever may hear it: technicians hear of their own
// orders only.
func (a *API) tellFact(ctx context.Context, s *sse, f journal.Fact) error {
	if panelOf(ctx) != nil {
		return a.tellPanel(ctx, s, f)
	}
	if strings.HasPrefix(string(f.Kind), account.FactPrefix) {
		// Somebody's session, role or key changed: perhaps this stream's.
		if !a.stillIn(ctx) {
			return errLeft
		}
		if !principal(ctx).Can(account.ManagePeople) {
			s.at = f.Cursor // who signs in when is no business of their colleagues
			return nil
		}
	}
	if scope := scopeOf(ctx); scope.Own && strings.HasPrefix(string(f.Kind), "order.") {
		text, _, _ := strings.Cut(f.Detail, " ")
		id, err := wa.ParseOrderID(text)
		if err != nil {
			return err
		}
		o, err := a.Orders.ByID(ctx, scope.WorkspaceID, id)
		if err != nil {
			return err
		}
		if o == nil || scope.Author.PersonID == 0 || o.Technician != scope.Author.PersonID {
			s.at = f.Cursor
			return nil
		}
	}
	return s.fact(f)
}
