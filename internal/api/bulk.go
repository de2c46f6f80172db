package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

type bulkInput struct {
	Body struct {
		ConversationIDs []string `json:"conversation_ids" minItems:"1" maxItems:"100" nullable:"false" doc:"cnv_…"`
		Do              string   `json:"do" enum:"label,close,assign,release,transfer,snooze,wake,read,unread" doc:"As the single call of that name."`
		Add             []string `json:"add,omitempty" maxItems:"20" doc:"With label: put these on."`
		Remove          []string `json:"remove,omitempty" maxItems:"200" doc:"With label: take these off."`
		TransferBody
		SnoozeBody
	}
}

// BulkResults are what became of each conversation, in the order asked.
type BulkResults struct {
	Results []BulkResult `json:"results" nullable:"false" doc:"One for each conversation_id."`
}

// BulkResult is what became of one conversation.
type BulkResult struct {
	ConversationID string  `json:"conversation_id"`
	OK             bool    `json:"ok" doc:"Whether it was done."`
	Code           *string `json:"code" doc:"Why not: the code that the single call answers."`
	Detail         *string `json:"detail" doc:"The same in words."`
}

type bulkStep func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error

func (a *API) bulk() {
	handle(a, route{
		method: http.MethodPost, path: "/conversations/bulk", id: "change-conversations", tag: "Conversations", right: account.Assign,
		summary: "Do the same with many conversations", text: "Each by itself, as the single call does it: one that is refused holds up none of the others. WhatsApp is not told what is marked read in this way.",
		example: map[string]any{"conversation_ids": []string{"cnv_0d5k7v2q8c1a0"}, "do": "close"},
	}, func(ctx context.Context, in *bulkInput) (*body[BulkResults], error) {
		p := principal(ctx)
		ids := make([]wa.ConversationID, len(in.Body.ConversationIDs))
		for i, text := range in.Body.ConversationIDs {
			var err error
			if ids[i], err = wa.ParseConversationID(text); err != nil {
				return nil, fault.Wrong(codeInvalid, fault.Field{Name: "conversation_ids", Detail: "holds something that is not a conversation_id."})
			}
		}
		step, err := a.bulkStep(ctx, in)
		if err != nil {
			return nil, err
		}
		out := BulkResults{Results: make([]BulkResult, len(ids))}
		for i, id := range ids {
			r := &out.Results[i]
			r.ConversationID = id.String()
			err := step(ctx, p.WorkspaceID, id, p.PersonID)
			if r.OK = err == nil; r.OK {
				continue
			}
			f := fault.As(err)
			if f.Kind == fault.Internal || f.Kind == fault.Unavailable || ctx.Err() != nil {
				return nil, err
			}
			r.Code, r.Detail = &f.Code, &f.Detail
		}
		return answerWith(out), nil
	})
}

func (a *API) bulkStep(ctx context.Context, in *bulkInput) (bulkStep, error) {
	b := &in.Body
	switch b.Do {
	case "close":
		return a.Inbox.Close, nil
	case "release":
		return a.Inbox.Release, nil
	case "wake":
		return a.Inbox.Wake, nil
	case "unread":
		return a.Inbox.MarkUnread, nil
	case "read":
		return func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
			_, err := a.Inbox.MarkRead(ctx, ws, id, actor)
			return err
		}, nil
	case "snooze":
		s, err := b.snooze()
		return func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
			return a.Inbox.PutOff(ctx, ws, id, actor, s)
		}, err
	case "transfer":
		t, err := a.transferOf(ctx, b.TransferBody)
		return func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
			return a.Inbox.Transfer(ctx, ws, id, actor, t)
		}, err
	case "assign":
		to, err := a.assignee(ctx, b.PersonID)
		return func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
			return a.Inbox.Assign(ctx, ws, id, to, actor, b.Force)
		}, err
	}
	add, err := labelsOf("add", b.Add)
	if err != nil {
		return nil, err
	}
	remove, err := labelsOf("remove", b.Remove)
	return func(ctx context.Context, _ wa.WorkspaceID, id wa.ConversationID, _ wa.PersonID) error {
		return a.Desk.Relabel(ctx, deskWho(ctx), id, add, remove, false)
	}, err
}
