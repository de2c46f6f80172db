package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

type assignInput struct {
	Whom
	Body *struct {
		PersonID string `json:"person_id,omitempty" maxLength:"64" doc:"Who gets it: per_…; default: you. An API key must name somebody."`
		Force    bool   `json:"force,omitempty" doc:"Takes it over from whoever has it."`
	} `required:"false"`
}

func (a *API) queue() {
	handle(a, route{
		method: http.MethodGet, path: "/queue/pending", id: "list-queue", tag: "Queue", right: account.Read,
		summary: "See who waits", text: "The conversations that nobody has, longest waiting first.",
	}, a.pending)
	handle(a, route{
		method: http.MethodPost, path: "/queue/{phone}/assign", id: "assign-conversation", tag: "Queue", right: account.Assign,
		summary: "Assign a conversation", text: "Of two who claim it at once exactly one gets it; the other is told who and when: 409 `already_assigned`.",
		example: map[string]any{"person_id": "per_0d5k7v2q8c1a0"},
	}, a.assign)
	for _, move := range []struct {
		name, id, summary, text string
		do                      func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error
	}{
		{"close", "close-conversation", "Close a conversation", "The customer's next message opens it again, as the workspace's settings say: for whom it had, or in the queue.", a.Inbox.Close},
		{"release", "release-conversation", "Put a conversation back into the queue", "", a.Inbox.Release},
	} {
		handle(a, route{
			method: http.MethodPost, path: "/queue/{phone}/" + move.name, id: move.id, tag: "Queue", right: account.Assign, summary: move.summary, text: move.text,
		}, func(ctx context.Context, in *Whom) (*body[Conversation], error) {
			return a.moved(ctx, in, move.do)
		})
	}
}

func (a *API) pending(ctx context.Context, in *Paging) (*body[List[Conversation]], error) {
	after, err := placeOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	views, err := a.Inbox.Pending(ctx, principal(ctx).WorkspaceID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return answerWith(page(views, in.Limit, show.conversation, func(v inbox.View) string { return placeCursor(v.WaitingSince, v.ID) })), nil
}

func (a *API) assign(ctx context.Context, in *assignInput) (*body[Conversation], error) {
	named, force := "", false
	if in.Body != nil {
		named, force = in.Body.PersonID, in.Body.Force
	}
	to, err := a.assignee(ctx, named)
	if err != nil {
		return nil, err
	}
	return a.moved(ctx, &in.Whom, func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
		return a.Inbox.Assign(ctx, ws, id, to, actor, force)
	})
}

// assignee is who is to get a conversation: whoever is named, else who asks.
func (a *API) assignee(ctx context.Context, named string) (wa.PersonID, error) {
	if named != "" {
		return a.colleague(ctx, named)
	}
	p := principal(ctx)
	if p.PersonID == 0 {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: "person_id", Detail: "An API key must name the person."})
	}
	return p.PersonID, nil
}
