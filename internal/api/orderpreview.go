package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/order"
)

// ForeseenMessage is what a customer would be told.
type ForeseenMessage struct {
	Notice   string          `json:"notice" enum:"status,appointment,reminder" doc:"What it would be about."`
	DueAt    Stamp           `json:"due_at" doc:"When it would be sent: now, or before the appointment."`
	Way      string          `json:"way" enum:"text,template" doc:"text: as free text, since the customer service window is open then."`
	Template *string         `json:"template" doc:"Name of the template; null for free text."`
	Language *string         `json:"language" doc:"In which language; null when there is none to send in."`
	Header   string          `json:"header" doc:"The template's header, filled in."`
	Text     string          `json:"text" doc:"What the customer would read."`
	Problem  *ForeseenRefuse `json:"problem" doc:"Why the customer would not be told; null when nothing stands in the way."`
}

// ForeseenRefuse is why a message would not be sent.
type ForeseenRefuse struct {
	Code   string `json:"code" doc:"Stable, as in the timeline: template_missing, value_missing, …"`
	Detail string `json:"detail" doc:"What would happen. For people."`
	Advice string `json:"advice" doc:"What to do. For people."`
}

// Foreseen are the messages of a change.
type Foreseen struct {
	Messages []ForeseenMessage `json:"messages" nullable:"false" doc:"In the order in which they would be sent; none: the customer would hear nothing."`
}

type orderPreviewInput struct {
	OrderRef
	Body struct {
		Status      *string `json:"status,omitempty" maxLength:"40" doc:"The status that it would get."`
		Appointment *string `json:"appointment,omitempty" maxLength:"40" doc:"When the appointment would be, as in PUT orders/{id}; empty: none."`
	}
}

func (a *API) orderPreview(tag string) {
	handle(a, route{
		method: http.MethodPost, path: "/orders/{id}/preview", id: "preview-order", tag: tag, right: account.Read,
		summary: "See what a change would tell the customer", text: "Nothing is changed and nothing is sent. A change that is no change tells nothing.",
		example: map[string]any{"status": "ready_for_pickup"},
	}, func(ctx context.Context, in *orderPreviewInput) (*body[Foreseen], error) {
		if in.Body.Status == nil && in.Body.Appointment == nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "status", Detail: "or appointment is needed."})
		}
		found, err := a.Orders.Preview(ctx, scopeOf(ctx), in.ID, order.Change{Status: in.Body.Status, Appointment: in.Body.Appointment})
		if err != nil {
			return nil, err
		}
		out := Foreseen{Messages: make([]ForeseenMessage, len(found))}
		for i, f := range found {
			m := ForeseenMessage{Notice: f.Kind, DueAt: Stamp(f.Due), Way: "template", Template: opt(f.Template), Language: opt(f.Language), Header: f.Header, Text: f.Body}
			if f.Text {
				m.Way = "text"
			}
			if f.Problem != nil {
				m.Problem = &ForeseenRefuse{f.Problem.Code, f.Problem.Detail, f.Problem.Advice}
			}
			out.Messages[i] = m
		}
		return answerWith(out), nil
	})
}
