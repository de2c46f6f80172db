package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/callback"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// DeliveryShape is one event for one subscription, and what became of it.
type DeliveryShape struct {
	ID             string  `json:"id" doc:"The delivery: dlv_…; receivers see it as webhook-id." example:"dlv_0d5k7v2q8c1a0"`
	Event          string  `json:"event" doc:"What happened." example:"message.received"`
	Detail         string  `json:"detail" doc:"An enumeration value, as the status that is told of; may be empty."`
	ConversationID *string `json:"conversation_id" doc:"Which conversation; null when it is about none."`
	ContactID      *string `json:"contact_id" doc:"Which person; null when it is about none."`
	MessageID      *string `json:"message_id" doc:"Which message; null when it is about none."`
	State          string  `json:"state" enum:"pending,delivered,dead" doc:"dead: given up after seven days, or since what it is about is gone; it can be redelivered."`
	Attempts       int     `json:"attempts" doc:"How often it was tried since it was written or redelivered."`
	NextAttemptAt  Stamp   `json:"next_attempt_at" doc:"When it is tried next; null when it is not. An earlier event of the conversation, a pause or an open breaker may hold it longer."`
	ExpiresAt      Stamp   `json:"expires_at" doc:"When it is given up."`
	ResponseStatus *int    `json:"response_status" doc:"HTTP status of the last answer; null when there was none."`
	DurationMS     int64   `json:"duration_ms" doc:"How long the last try took."`
	Error          *string `json:"error" doc:"Code of why the last try failed: timeout, connection_refused, tls_failed, address_refused, redirected, status_refused, gone, expired, …"`
	Size           int     `json:"size" doc:"Bytes of the body; 0 before the first try."`
	At             Stamp   `json:"at" doc:"When it happened."`
	CreatedAt      Stamp   `json:"created_at"`
	TriedAt        Stamp   `json:"tried_at" doc:"When it was last tried."`
	EndedAt        Stamp   `json:"ended_at" doc:"When it was delivered or given up."`
}

// DeliveryWhole is a delivery with what was sent and answered.
type DeliveryWhole struct {
	DeliveryShape
	Body     json.RawMessage `json:"body" doc:"As it was sent; null before the first try."`
	Response *string         `json:"response" doc:"The beginning of the last answer that was no success."`
}

// Redelivered is how many deliveries are sent again.
type Redelivered struct {
	Redelivered int `json:"redelivered" doc:"How many."`
}

type listDeliveriesInput struct {
	SubscriptionRef
	Paging
	State string `query:"state" enum:"pending,delivered,dead" doc:"Only these."`
	Event string `query:"event" maxLength:"100" doc:"Only this event, as message.received."`
}

// DeliveryRef is the delivery in a path.
type DeliveryRef struct {
	SubscriptionRef
	Delivery string `path:"delivery" maxLength:"64" doc:"dlv_…"`
}

type redeliverInput struct {
	SubscriptionRef
	Body struct {
		Since            time.Time `json:"since" doc:"Written at or after this moment."`
		Until            time.Time `json:"until,omitempty" doc:"Written before this moment; without it: to the newest."`
		IncludeDelivered bool      `json:"include_delivered,omitempty" doc:"Also what was delivered; default: only what was given up."`
	}
}

func (a *API) deliveries(tag string) {
	const right = account.ManageSubscriptions
	handle(a, route{
		method: http.MethodPost, path: "/subscriptions/{id}/test", id: "test-subscription", tag: tag, right: right,
		summary: "Send a test event", text: "Sends one event of the kind subscription.test (cloud-api: Meta's sample message) at once and once, and answers what came of it; a refusal by the address is no error of this call. It stands in the log.",
	}, func(ctx context.Context, in *SubscriptionRef) (*body[DeliveryWhole], error) {
		id, err := parseSubscription(in.ID)
		if err != nil {
			return nil, err
		}
		d, err := a.Callbacks.Try(ctx, principal(ctx).WorkspaceID, id)
		if err != nil {
			return nil, err
		}
		return answerWith(wholeDelivery(d)), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/subscriptions/{id}/deliveries", id: "list-deliveries", tag: tag, right: right,
		summary: "See what was delivered", text: "The log, newest first, without bodies. Kept for KONTOR_CALLBACK_DAYS.",
	}, func(ctx context.Context, in *listDeliveriesInput) (*body[List[DeliveryShape]], error) {
		id, err := parseSubscription(in.ID)
		if err != nil {
			return nil, err
		}
		var before int64
		if err := unpackCursor(in.Cursor, &before); err != nil {
			return nil, err
		}
		found, err := a.Callbacks.Deliveries(ctx, callback.LogQuery{
			WorkspaceID: principal(ctx).WorkspaceID, SubscriptionID: id, State: callback.DeliveryState(in.State), Event: in.Event, Before: wa.DeliveryID(before), Limit: in.Limit + 1,
		})
		if err != nil {
			return nil, err
		}
		return answerWith(page(found, in.Limit, deliveryShape, func(d *callback.Delivery) string { return packCursor(int64(d.ID)) })), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/subscriptions/{id}/deliveries/{delivery}", id: "get-delivery", tag: tag, right: right,
		summary: "See a delivery with its body", text: "The body may hold what customers wrote. It is kept sealed.",
	}, func(ctx context.Context, in *DeliveryRef) (*body[DeliveryWhole], error) {
		sub, id, err := in.ids()
		if err != nil {
			return nil, err
		}
		d, err := a.Callbacks.Delivery(ctx, principal(ctx).WorkspaceID, sub, id)
		if err != nil {
			return nil, err
		}
		return answerWith(wholeDelivery(d)), nil
	})
	handle(a, route{
		method: http.MethodPost, path: "/subscriptions/{id}/deliveries/{delivery}/redeliver", id: "redeliver", tag: tag, right: right, status: http.StatusAccepted,
		summary: "Deliver again", text: "The same id and the same bytes, tried for seven days anew, whatever became of it before. One that waits is tried at once.",
	}, func(ctx context.Context, in *DeliveryRef) (*body[DeliveryShape], error) {
		sub, id, err := in.ids()
		if err != nil {
			return nil, err
		}
		d, err := a.Callbacks.Redeliver(ctx, principal(ctx).WorkspaceID, sub, id)
		if err != nil {
			return nil, err
		}
		return answerWith(deliveryShape(d)), nil
	})
	handle(a, route{
		method: http.MethodPost, path: "/subscriptions/{id}/redeliver", id: "redeliver-since", tag: tag, right: right, status: http.StatusAccepted,
		summary: "Deliver a span again", text: "Everything of the span that was given up, or also what was delivered: for a receiver that lost what it had taken.",
		example: map[string]any{"since": "2026-11-20T08:00:00Z"},
	}, func(ctx context.Context, in *redeliverInput) (*body[Redelivered], error) {
		id, err := parseSubscription(in.ID)
		if err != nil {
			return nil, err
		}
		n, err := a.Callbacks.RedeliverSince(ctx, callback.RedeliverQuery{
			WorkspaceID: principal(ctx).WorkspaceID, SubscriptionID: id, Since: in.Body.Since, Until: in.Body.Until, Delivered: in.Body.IncludeDelivered,
		})
		if err != nil {
			return nil, err
		}
		return answerWith(Redelivered{n}), nil
	})
}

func (r *DeliveryRef) ids() (wa.SubscriptionID, wa.DeliveryID, error) {
	sub, err := parseSubscription(r.ID)
	if err != nil {
		return 0, 0, err
	}
	id, err := wa.ParseDeliveryID(r.Delivery)
	if err != nil {
		return 0, 0, fault.New(fault.NotFound, "delivery_not_found", "There is no such delivery of this subscription; nothing was done.", "List the deliveries with GET subscriptions/{id}/deliveries.")
	}
	return sub, id, nil
}

func deliveryShape(d *callback.Delivery) DeliveryShape {
	out := DeliveryShape{
		ID: d.ID.String(), Event: d.Kind, Detail: d.Detail, ConversationID: opt(d.ConversationID.String()), ContactID: opt(d.ContactID.String()), MessageID: opt(d.MessageID.String()),
		State: string(d.State), Attempts: d.Attempt, ExpiresAt: Stamp(d.ExpiresAt), DurationMS: d.Duration.Milliseconds(), Error: opt(d.Error), Size: d.Size,
		At: Stamp(d.At), CreatedAt: Stamp(d.CreatedAt), TriedAt: Stamp(d.TriedAt), EndedAt: Stamp(d.EndedAt),
	}
	if d.State == callback.Pending {
		out.NextAttemptAt = Stamp(d.DueAt)
	}
	if d.Status != 0 {
		out.ResponseStatus = &d.Status
	}
	return out
}

func wholeDelivery(d *callback.Delivery) DeliveryWhole {
	out := DeliveryWhole{DeliveryShape: deliveryShape(d), Body: d.Body}
	if len(d.Answer) > 0 {
		text := plainBody(d.Answer)
		out.Response = &text
	}
	if out.Body == nil {
		out.Body = json.RawMessage("null")
	}
	return out
}
