package api

import (
	"context"
	"net/http"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// MessageRef is the message in a path.
type MessageRef struct {
	ID string `path:"id" maxLength:"512" doc:"Our id (msg_…) or WhatsApp's (wamid.…), of either direction."`
}

type readInput struct {
	MessageRef
	Body *struct {
		Typing bool `json:"typing,omitempty" doc:"Also shows typing… to the customer, until your answer or for 25 seconds."`
	} `required:"false"`
}

// Success says that something was done.
type Success struct {
	Success bool `json:"success"`
}

func (a *API) messages() {
	handle(a, route{
		method: http.MethodGet, path: "/messages/{id}", id: "get-message", tag: "Messages", right: account.Read,
		summary: "See a message", text: "With its content and how far it has come.",
	}, func(ctx context.Context, in *MessageRef) (*body[Message], error) {
		m, err := a.message(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return a.shownMessage(ctx, m)
	})
	for _, move := range []struct {
		name, summary, text string
		do                  func(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, error)
	}{
		{"cancel", "Cancel a message", "Withdraws a message that has not left the outbox, or gives up one that is held because nobody knows whether WhatsApp has it. Once it is under way the answer is 409 `already_under_way`, and the message goes on.", a.Outbox.Cancel},
		{"release", "Send a held message after all", "A message is held when an answer of WhatsApp's was lost and no status told that it has the message: the customer may get it twice. One that is not held is refused with 409 `not_held`.", a.Outbox.Release},
	} {
		handle(a, route{
			method: http.MethodPost, path: "/messages/{id}/" + move.name, id: move.name + "-message", tag: "Messages", right: account.Send,
			summary: move.summary, text: move.text,
		}, func(ctx context.Context, in *MessageRef) (*body[Message], error) {
			m, err := a.message(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			if m.Direction != wa.Outbound {
				return nil, fault.New(fault.Conflict, "not_outbound", "This message came from a customer; nothing was done.", "Name a message that you sent.")
			}
			if m, err = move.do(ctx, m.WorkspaceID, m.ID); err != nil {
				return nil, err
			}
			return a.shownMessage(ctx, m)
		})
	}
	handle(a, route{
		method: http.MethodPost, path: "/messages/{id}/read", id: "read-message", tag: "Messages", right: account.Send, status: http.StatusAccepted,
		summary: "Tell WhatsApp that a message was read", text: "Marks an inbound message and all before it read at the customer's phone. Do it within 30 days (cloud-api.md 1.1).",
		example: map[string]any{"typing": true},
	}, func(ctx context.Context, in *readInput) (*body[Success], error) {
		m, err := a.message(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if m.Direction != wa.Inbound || m.Wamid == "" {
			return nil, fault.New(fault.Conflict, "not_inbound", "This message did not come from a customer; nothing was done.", "Only inbound messages can be marked read.")
		}
		return a.markRead(ctx, m.NumberID, m.Wamid, in.Body != nil && in.Body.Typing)
	})
}

func (a *API) markRead(ctx context.Context, number wa.NumberID, id wa.Wamid, typing bool) (*body[Success], error) {
	n, ok := a.Numbers.ByID(number)
	if !ok {
		return nil, fault.New(fault.Conflict, "number_unknown", "The business number of this message is no longer connected; nothing was done.", "Connect the number again.")
	}
	if f := a.Carrier.MarkRead(ctx, n, id, typing); f != nil {
		return nil, failure(f)
	}
	return answerWith(Success{true}), nil
}

// message finds a message of the caller's workspace by either id.
func (a *API) message(ctx context.Context, id string) (wa.Message, error) {
	ws := principal(ctx).WorkspaceID
	var m wa.Message
	var found bool
	var err error
	if ours, bad := wa.ParseMessageID(id); bad == nil {
		m, found, err = a.Inbox.Message(ctx, ws, ours)
	} else if ours, ok := wa.Wamid(id).Ours(); ok { // as the gateway and webhooks in Meta's dialect write it
		m, found, err = a.Inbox.Message(ctx, ws, ours)
	} else if !strings.HasPrefix(id, "msg_") {
		m, found, err = a.Inbox.MessageByWamid(ctx, ws, wa.Wamid(id))
	}
	if err == nil && !found {
		err = fault.New(fault.NotFound, "message_unknown", "There is no such message here.", "Use message_id or wamid of a message of this workspace.")
	}
	return m, err
}

func (a *API) shownMessage(ctx context.Context, m wa.Message) (*body[Message], error) {
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	v, err := a.Inbox.View(ctx, m.WorkspaceID, m.ConversationID)
	if err != nil {
		return nil, err
	}
	if err := show.waits(ctx, &m); err != nil {
		return nil, err
	}
	return answerWith(show.message(&m, v.Contact.Phone)), nil
}
