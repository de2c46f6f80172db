package onprem

import (
	"context"
	"time"

	"kontor/internal/callback"
	"kontor/internal/wa"
)

// hookStatus is how far a message of ours has come. The recipient stands twice:
// older versions had recipient_id, newer ones message.recipient_id (4.2). A
// conversation is never invented: the Cloud API tells none any more.
type hookStatus struct {
	ID          string        `json:"id"`
	RecipientID string        `json:"recipient_id"`
	Message     hookRecipient `json:"message"`
	Status      string        `json:"status"`
	Timestamp   string        `json:"timestamp"`
	Type        string        `json:"type"`
	Pricing     *hookPricing  `json:"pricing,omitempty"`
	Errors      []Error       `json:"errors,omitempty"`
}

type hookRecipient struct {
	RecipientID string `json:"recipient_id"`
}

type hookPricing struct {
	PricingModel string `json:"pricing_model,omitempty"`
	Billable     bool   `json:"billable"`
	Category     string `json:"category,omitempty"`
}

// status writes that a message of ours came further.
func (h *Hook) status(ctx context.Context, e *callback.Event) (hookBody, error) {
	m, who, err := h.about(ctx, e)
	if err != nil {
		return hookBody{}, err
	}
	s := h.settings(m.NumberID)
	base := hookStatus{ID: MessageID(m.ID, wa.Outbound), RecipientID: WaID(who.Phone, who.ID), Type: "message"}
	base.Message.RecipientID = base.RecipientID
	if m.Pricing != nil && !s.app.HidePricing() {
		base.Pricing = &hookPricing{m.Pricing.Model, m.Pricing.Billable, m.Pricing.Category}
	}
	var out []hookStatus
	add := func(status string, at time.Time) {
		one := base
		if one.Status = status; at.IsZero() {
			at = e.At
		}
		one.Timestamp = stamp(at)
		out = append(out, one)
	}
	switch wa.Status(e.Detail) {
	case wa.StatusSent:
		add("sent", m.SentAt)
	case wa.StatusDelivered:
		add("delivered", m.DeliveredAt)
	case wa.StatusRead:
		if m.DeliveredAt.IsZero() && s.app.Delivered() { // WhatsApp may leave it out (4.3)
			add("delivered", m.ReadAt)
		}
		add("read", m.ReadAt)
	case wa.StatusExpired:
		add("failed", time.Time{})
		out[0].Errors = []Error{newError(410, "The time to live of the message ran out before it was sent.")}
	default:
		add("failed", m.FailedAt)
		for _, p := range m.Problems {
			out[0].Errors = append(out[0].Errors, LateError(p))
		}
		if len(out[0].Errors) == 0 {
			out[0].Errors = []Error{newError(500, "")}
		}
	}
	return hookBody{Statuses: out}, nil
}

// refused writes that a rule refused a message after it was answered.
func (h *Hook) refused(ctx context.Context, e *callback.Event) (hookBody, error) {
	r, found, err := h.Refusals.Refusal(ctx, e.WorkspaceID, e.MessageID)
	if err != nil {
		return hookBody{}, err
	}
	if !found {
		return hookBody{}, callback.ErrGone
	}
	return hookBody{Statuses: []hookStatus{{
		ID: MessageID(r.ID, wa.Outbound), RecipientID: r.To, Message: hookRecipient{r.To}, Status: "failed", Timestamp: stamp(r.At), Type: "message",
		Errors: []Error{LateError(r.Problem)},
	}}}, nil
}
