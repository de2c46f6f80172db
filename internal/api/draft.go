package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/desk"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// DraftRef tells that you have begun something in a conversation.
type DraftRef struct {
	ConversationID string `json:"conversation_id"`
	Mode           string `json:"mode" enum:"reply,note" doc:"reply: to the customer; note: for colleagues."`
	UpdatedAt      Stamp  `json:"updated_at" doc:"When it was written last."`
}

// Draft is what you have begun in a conversation.
type Draft struct {
	DraftRef
	Text    string  `json:"text"`
	ReplyTo *string `json:"reply_to" doc:"The message that it answers: msg_…"`
}

type draftInput struct {
	Whom
	Body struct {
		Text    string `json:"text" maxLength:"5000" doc:"At most 4096 characters; empty: the draft is taken away."`
		Mode    string `json:"mode,omitempty" enum:"reply,note" default:"reply" doc:"reply: to the customer; note: for colleagues."`
		ReplyTo string `json:"reply_to,omitempty" maxLength:"64" doc:"The message that it answers: msg_…"`
	}
}

func (a *API) drafts() {
	const tag = "Drafts"
	handle(a, route{
		method: http.MethodGet, path: "/drafts", id: "list-drafts", tag: tag, right: account.Read, summary: "List what you have begun", text: "For people. The newest 100, without their texts.",
	}, func(ctx context.Context, _ *none) (*body[List[DraftRef]], error) {
		drafts, err := a.Desk.DraftsOf(ctx, deskWho(ctx), 100)
		return answerWith(page(drafts, len(drafts), func(d desk.Draft) DraftRef { return showDraft(d).DraftRef }, nil)), err
	})
	handle(a, route{
		method: http.MethodGet, path: "/conversations/{phone}/draft", id: "get-draft", tag: tag, right: account.Read,
		summary: "See what you have begun in a conversation", text: "For people. It is the same on all your devices, and goes when you send it.",
	}, func(ctx context.Context, in *Whom) (*body[Draft], error) {
		id, err := a.find(ctx, in)
		if err != nil {
			return nil, err
		}
		d, err := a.Desk.Draft(ctx, deskWho(ctx), id)
		return answerWith(showDraft(d)), err
	})
	handle(a, route{
		method: http.MethodPut, path: "/conversations/{phone}/draft", id: "put-draft", tag: tag, right: account.Assign,
		summary: "Keep what you have begun in a conversation", text: "For people.", example: map[string]any{"text": "Dear Ida, "},
	}, func(ctx context.Context, in *draftInput) (*body[Draft], error) {
		d := desk.Draft{Text: in.Body.Text, Mode: desk.DraftMode(in.Body.Mode)}
		var err error
		if in.Body.ReplyTo != "" {
			if d.ReplyTo, err = wa.ParseMessageID(in.Body.ReplyTo); err != nil {
				return nil, fault.Wrong(codeInvalid, fault.Field{Name: "reply_to", Detail: "is not a message_id: it has msg_ and 13 more characters."})
			}
		}
		if d.ConversationID, err = a.find(ctx, &in.Whom); err != nil {
			return nil, err
		}
		d, err = a.Desk.PutDraft(ctx, deskWho(ctx), d)
		return answerWith(showDraft(d)), err
	})
	handle(a, route{
		method: http.MethodDelete, path: "/conversations/{phone}/draft", id: "delete-draft", tag: tag, right: account.Assign, status: http.StatusNoContent, summary: "Take away what you have begun in a conversation", text: "For people. There need be nothing.",
	}, func(ctx context.Context, in *Whom) (*struct{}, error) {
		id, err := a.find(ctx, in)
		if err != nil {
			return nil, err
		}
		return nil, a.Desk.DropDraft(ctx, deskWho(ctx), id)
	})
}

func showDraft(d desk.Draft) Draft {
	return Draft{
		DraftRef: DraftRef{ConversationID: d.ConversationID.String(), Mode: string(d.Mode), UpdatedAt: Stamp(d.UpdatedAt)},
		Text:     d.Text, ReplyTo: opt(d.ReplyTo.String()),
	}
}
