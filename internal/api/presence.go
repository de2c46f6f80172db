package api

import (
	"context"
	"encoding/json"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/presence"
	"kontor/internal/wa"
)

// Presence knows who looks at which conversation; *presence.Board fulfils it
// but for Say.
type Presence interface {
	// Say tells this node and the others; it does not wait for them.
	Say(w presence.Word)
	In(ws wa.WorkspaceID, id wa.ConversationID) []presence.Mark
	Rooms(ws wa.WorkspaceID) []wa.ConversationID
}

// Room is who is in a conversation at this moment.
type Room struct {
	ConversationID string    `json:"conversation_id"`
	People         []Present `json:"people" nullable:"false" doc:"All who are there; none: nobody any more."`
}

// Present is somebody who is in a conversation.
type Present struct {
	Assignee
	State string `json:"state" enum:"viewing,typing" doc:"typing: writes at this moment."`
}

type presenceInput struct {
	Whom
	Body struct {
		State string `json:"state" enum:"viewing,typing,left" doc:"viewing holds for 40 seconds: say it again every 15; typing for 7, after which you are viewing: say it again every 3."`
	}
}

func (a *API) presences() {
	const tag = "Presence"
	handle(a, route{
		method: http.MethodPost, path: "/conversations/{phone}/presence", id: "say-presence", tag: tag, right: account.Read, status: http.StatusNoContent,
		summary: "Say that you look at a conversation", text: "For people. Colleagues see it in the live stream; it is not stored, and ends by itself.", example: map[string]any{"state": "viewing"},
	}, func(ctx context.Context, in *presenceInput) (*struct{}, error) {
		p := principal(ctx)
		if p.PersonID == 0 {
			return nil, fault.New(fault.Conflict, "not_a_person", "Presence is for people, and an API key is none; nothing was done.", "Sign in as a person.")
		}
		id, err := a.find(ctx, &in.Whom)
		if err != nil {
			return nil, err
		}
		if _, err := a.Inbox.View(ctx, p.WorkspaceID, id); err != nil {
			return nil, err
		}
		a.Presence.Say(presence.Word{Workspace: p.WorkspaceID, Conversation: id, Person: p.PersonID, State: presence.State(in.Body.State)})
		return nil, nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/presence", id: "list-presence", tag: tag, right: account.Read, summary: "See who looks at what", text: "The conversations in which somebody is, all on one page. The live stream tells the changes.",
	}, func(ctx context.Context, _ *none) (*body[List[Room]], error) {
		show, err := a.show(ctx)
		ids := a.Presence.Rooms(principal(ctx).WorkspaceID)
		return answerWith(page(ids, len(ids), show.room(principal(ctx).WorkspaceID), nil)), err
	})
}

func (s shown) room(ws wa.WorkspaceID) func(id wa.ConversationID) Room {
	return func(id wa.ConversationID) Room {
		r := Room{ConversationID: id.String(), People: []Present{}}
		for _, m := range s.a.Presence.In(ws, id) {
			r.People = append(r.People, Present{*s.who(m.Person), string(m.State)})
		}
		return r
	}
}

// Present has those who listen told that somebody came to a conversation, left
// it, or writes. It does not block.
func (a *API) Present(ws wa.WorkspaceID, id wa.ConversationID) { a.hub.present(ws, id) }

// tellPresence sends what changed since it was told last.
func (a *API) tellPresence(ctx context.Context, s *sse, l *listener) error {
	show, err := a.show(ctx)
	if err != nil {
		a.log.WarnContext(ctx, "who looks at what could not be told", "err", err)
		return nil
	}
	for _, id := range a.hub.changed(l) {
		data, err := json.Marshal(show.room(l.workspace)(id))
		if err != nil {
			return err
		}
		if err := s.write("event: presence\ndata: %s\n\n", data); err != nil {
			return err
		}
	}
	return nil
}
