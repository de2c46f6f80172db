package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/callback"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Callbacks keeps the subscriptions of outgoing webhooks; *callback.Callbacks
// fulfils it.
type Callbacks interface {
	Create(ctx context.Context, ws wa.WorkspaceID, d callback.Draft) (*callback.Subscription, error)
	Subscriptions(ctx context.Context, ws wa.WorkspaceID, after wa.SubscriptionID, limit int) ([]*callback.Subscription, error)
	Subscription(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (*callback.Subscription, error)
	Change(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID, ch callback.Change) (*callback.Subscription, error)
	Remove(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) error
	Rotate(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID, secret wa.Secret, overlap time.Duration) (*callback.Subscription, error)
	Enable(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (*callback.Subscription, error)
	// Try sends a test event at once and returns what came of it.
	Try(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (*callback.Delivery, error)

	Deliveries(ctx context.Context, q callback.LogQuery) ([]*callback.Delivery, error)
	Delivery(ctx context.Context, ws wa.WorkspaceID, sub wa.SubscriptionID, id wa.DeliveryID) (*callback.Delivery, error)
	Redeliver(ctx context.Context, ws wa.WorkspaceID, sub wa.SubscriptionID, id wa.DeliveryID) (*callback.Delivery, error)
	RedeliverSince(ctx context.Context, q callback.RedeliverQuery) (int, error)
}

// Subscription is somebody who is told of what happens, by outgoing webhooks.
type Subscription struct {
	ID            string   `json:"id" doc:"The subscription: sub_…." example:"sub_0d5k7v2q8c1a0"`
	Name          string   `json:"name" doc:"What the house calls it; may be empty."`
	URL           string   `json:"url" doc:"The address that is called." example:"https://shop.example/hooks/whatsapp"`
	Dialect       string   `json:"dialect" doc:"kontor: Standard Webhooks; cloud-api: exactly as Meta's Cloud API calls." example:"kontor"`
	Events        []string `json:"events" nullable:"false" doc:"Which events: *, a group as message.*, or names." example:"[\"*\"]"`
	PhoneNumberID *string  `json:"phone_number_id" doc:"Only of this business number (Meta's id); null: of all."`
	State         string   `json:"state" enum:"active,paused,failing" doc:"paused: somebody paused it, events wait. failing: its breaker is open since it kept failing; events wait and one is tried now and then. Both for at most seven days."`
	SecretHint    string   `json:"secret_hint" doc:"The last four characters of the secret, to recognise it."`
	Verified      bool     `json:"verified" doc:"Whether the address answered the handshake for its verify_token; false when it has none."`
	PreviousUntil Stamp    `json:"previous_secret_until" doc:"Until when the secret before is signed with as well; null when there is none."`
	Pending       int64    `json:"pending" doc:"Deliveries that wait."`
	Dead          int64    `json:"dead" doc:"Deliveries that were given up and can be redelivered."`
	Failures      int      `json:"failures" doc:"How many tries failed in a row."`
	OpenedAt      Stamp    `json:"failing_since" doc:"When the breaker opened; null while it is closed."`
	ProbeAt       Stamp    `json:"next_probe_at" doc:"When one delivery is tried while the breaker is open."`
	SucceededAt   Stamp    `json:"last_success_at" doc:"When a delivery was last taken, within some seconds."`
	FailedAt      Stamp    `json:"last_failure_at" doc:"When a delivery last failed, within some seconds."`
	LastError     *string  `json:"last_error" doc:"Code of the last failure: timeout, connection_refused, status_refused, …"`
	CreatedAt     Stamp    `json:"created_at"`
	UpdatedAt     Stamp    `json:"updated_at" doc:"When somebody last changed it."`
}

// NewSubscription is a subscription with its secret, which is shown this once.
type NewSubscription struct {
	Subscription
	Secret string `json:"secret" doc:"What deliveries are signed with. It is shown here and never again."`
}

type newSubscriptionInput struct {
	Body struct {
		URL           string           `json:"url" minLength:"1" maxLength:"2000" doc:"The address to call: https, and no private one unless KONTOR_ALLOW_PRIVATE_CALLBACKS allows it."`
		Dialect       string           `json:"dialect" enum:"kontor,cloud-api" doc:"The language in which it is told."`
		Secret        string           `json:"secret,omitempty" maxLength:"256" doc:"What to sign with; without it one is made. kontor: whsec_ and base64, or any text; cloud-api: any text, as an app secret."`
		VerifyToken   string           `json:"verify_token,omitempty" maxLength:"256" doc:"With it the address must first answer Meta's handshake (GET with hub.mode, hub.challenge, hub.verify_token); without it the address is trusted."`
		Events        []string         `json:"events,omitempty" maxItems:"50" doc:"Which events; default: all. For cloud-api those that Meta has: message.received, message.status, message.canceled, notice.*."`
		PhoneNumberID wa.PhoneNumberID `json:"phone_number_id,omitempty" maxLength:"50" doc:"Only of this business number (Meta's id)."`
		Name          string           `json:"name,omitempty" maxLength:"100" doc:"What the house calls it."`
	}
}

// SubscriptionRef is the subscription in a path.
type SubscriptionRef struct {
	ID string `path:"id" maxLength:"64" doc:"sub_…"`
}

type changeSubscriptionInput struct {
	SubscriptionRef
	Body struct {
		URL         *string   `json:"url,omitempty" minLength:"1" maxLength:"2000" doc:"The new address; what waits goes there."`
		Events      *[]string `json:"events,omitempty" maxItems:"50" doc:"Which events from now on; empty: all."`
		State       *string   `json:"state,omitempty" enum:"active,paused" doc:"paused: events wait, for at most seven days."`
		Name        *string   `json:"name,omitempty" maxLength:"100" doc:"What the house calls it."`
		VerifyToken *string   `json:"verify_token,omitempty" maxLength:"256" doc:"For the handshake; empty: none."`
	}
}

type rotateInput struct {
	SubscriptionRef
	Body struct {
		Secret       string `json:"secret,omitempty" maxLength:"256" doc:"The new secret; without it one is made."`
		OverlapHours *int   `json:"overlap_hours,omitempty" minimum:"0" maximum:"168" doc:"How long kontor signs with the old secret as well; default 24. cloud-api has one signature and uses the new secret at once."`
	}
}

func (a *API) subscriptions() {
	const tag, right = "Outgoing webhooks", account.ManageSubscriptions
	handle(a, route{
		method: http.MethodPost, path: "/subscriptions", id: "create-subscription", tag: tag, right: right, status: http.StatusCreated,
		summary: "Subscribe", text: "The address is called with what happens from now on: at least once, in order per conversation, repeated with growing pauses for seven days until it answers 2xx within 10 seconds.",
		example: map[string]any{"url": "https://shop.example/hooks/whatsapp", "dialect": "kontor", "events": []any{"message.*"}},
	}, func(ctx context.Context, in *newSubscriptionInput) (*body[NewSubscription], error) {
		draft := callback.Draft{
			Name: in.Body.Name, URL: in.Body.URL, Dialect: in.Body.Dialect, Events: in.Body.Events, Secret: wa.Secret(in.Body.Secret), VerifyToken: wa.Secret(in.Body.VerifyToken),
		}
		ws := principal(ctx).WorkspaceID
		if in.Body.PhoneNumberID != "" {
			n, err := a.ownNumber(ws, in.Body.PhoneNumberID)
			if err != nil {
				return nil, err
			}
			draft.NumberID = n.ID
		}
		s, err := a.Callbacks.Create(ctx, ws, draft)
		if err != nil {
			return nil, err
		}
		return answerWith(NewSubscription{a.subscription(s), s.Secret.Reveal()}), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/subscriptions", id: "list-subscriptions", tag: tag, right: right,
		summary: "List subscriptions", text: "Oldest first, without their secrets.",
	}, func(ctx context.Context, in *Paging) (*body[List[Subscription]], error) {
		var after int64
		if err := unpackCursor(in.Cursor, &after); err != nil {
			return nil, err
		}
		found, err := a.Callbacks.Subscriptions(ctx, principal(ctx).WorkspaceID, wa.SubscriptionID(after), in.Limit+1)
		if err != nil {
			return nil, err
		}
		return answerWith(page(found, in.Limit, a.subscription, func(s *callback.Subscription) string { return packCursor(int64(s.ID)) })), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/subscriptions/{id}", id: "get-subscription", tag: tag, right: right, summary: "See a subscription",
	}, func(ctx context.Context, in *SubscriptionRef) (*body[Subscription], error) {
		return a.onSubscription(ctx, in.ID, a.Callbacks.Subscription)
	})
	handle(a, route{
		method: http.MethodPatch, path: "/subscriptions/{id}", id: "change-subscription", tag: tag, right: right,
		summary: "Change a subscription", text: "Members that are left out stay. A new address, or a new verify_token, must answer the handshake when there is a verify_token.",
		example: map[string]any{"state": "paused"},
	}, func(ctx context.Context, in *changeSubscriptionInput) (*body[Subscription], error) {
		ch := callback.Change{Name: in.Body.Name, URL: in.Body.URL, Events: in.Body.Events, State: (*callback.State)(in.Body.State), VerifyToken: (*wa.Secret)(in.Body.VerifyToken)}
		return a.onSubscription(ctx, in.ID, func(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) (*callback.Subscription, error) {
			return a.Callbacks.Change(ctx, ws, id, ch)
		})
	})
	handle(a, route{
		method: http.MethodDelete, path: "/subscriptions/{id}", id: "delete-subscription", tag: tag, right: right, status: http.StatusNoContent,
		summary: "Unsubscribe", text: "Nothing more is delivered, also of what waits, and the log goes.",
	}, func(ctx context.Context, in *SubscriptionRef) (*struct{}, error) {
		id, err := parseSubscription(in.ID)
		if err != nil {
			return nil, err
		}
		return nil, a.Callbacks.Remove(ctx, principal(ctx).WorkspaceID, id)
	})
	handle(a, route{
		method: http.MethodPost, path: "/subscriptions/{id}/secret", id: "rotate-subscription-secret", tag: tag, right: right,
		summary: "Rotate the secret", example: map[string]any{"overlap_hours": 24},
	}, func(ctx context.Context, in *rotateInput) (*body[NewSubscription], error) {
		id, err := parseSubscription(in.ID)
		if err != nil {
			return nil, err
		}
		hours := 24
		if in.Body.OverlapHours != nil {
			hours = *in.Body.OverlapHours
		}
		s, err := a.Callbacks.Rotate(ctx, principal(ctx).WorkspaceID, id, wa.Secret(in.Body.Secret), time.Duration(hours)*time.Hour)
		if err != nil {
			return nil, err
		}
		return answerWith(NewSubscription{a.subscription(s), s.Secret.Reveal()}), nil
	})
	handle(a, route{
		method: http.MethodPost, path: "/subscriptions/{id}/enable", id: "enable-subscription", tag: tag, right: right,
		summary: "Let a failing or paused subscription go on", text: "Closes the breaker; what waits is tried at once.",
	}, func(ctx context.Context, in *SubscriptionRef) (*body[Subscription], error) {
		return a.onSubscription(ctx, in.ID, a.Callbacks.Enable)
	})
	a.deliveries(tag)
}

func (a *API) onSubscription(ctx context.Context, text string, do func(context.Context, wa.WorkspaceID, wa.SubscriptionID) (*callback.Subscription, error)) (*body[Subscription], error) {
	id, err := parseSubscription(text)
	if err != nil {
		return nil, err
	}
	s, err := do(ctx, principal(ctx).WorkspaceID, id)
	if err != nil {
		return nil, err
	}
	return answerWith(a.subscription(s)), nil
}

func parseSubscription(text string) (wa.SubscriptionID, error) {
	id, err := wa.ParseSubscriptionID(text)
	if err != nil {
		return 0, fault.New(fault.NotFound, "subscription_not_found", "There is no such subscription in this workspace; nothing was done.", "List the subscriptions with GET subscriptions.")
	}
	return id, nil
}

func (a *API) subscription(s *callback.Subscription) Subscription {
	out := Subscription{
		ID: s.ID.String(), Name: s.Name, URL: s.URL, Dialect: s.Dialect, Events: s.Events, State: string(s.State), Verified: !s.VerifiedAt.IsZero(),
		Pending: s.Pending, Dead: s.Dead, Failures: s.Failures, OpenedAt: Stamp(s.OpenedAt), ProbeAt: Stamp(s.ProbeAt),
		SucceededAt: Stamp(s.SucceededAt), FailedAt: Stamp(s.FailedAt), LastError: opt(s.LastError), CreatedAt: Stamp(s.CreatedAt), UpdatedAt: Stamp(s.UpdatedAt),
	}
	if n, ok := a.Numbers.ByID(s.NumberID); ok {
		out.PhoneNumberID = opt(n.PhoneNumberID)
	}
	if s.State == callback.Active && s.Open() {
		out.State = "failing"
	}
	if secret := s.Secret.Reveal(); len(secret) >= 16 {
		out.SecretHint = secret[len(secret)-4:]
	}
	if s.PreviousUntil.After(a.now()) {
		out.PreviousUntil = Stamp(s.PreviousUntil)
	}
	return out
}
