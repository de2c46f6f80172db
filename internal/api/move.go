package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// SnoozeBody is how long to put a conversation off.
type SnoozeBody struct {
	Until      string `json:"until,omitempty" maxLength:"40" doc:"RFC 3339: in the future, within a year." example:"2026-11-23T08:00:00Z"`
	UntilReply bool   `json:"until_reply,omitempty" doc:"Until the customer writes."`
}

type snoozeInput struct {
	Whom
	Body SnoozeBody
}

type automationInput struct {
	Whom
	Body struct {
		State   string `json:"state" enum:"auto,paused,off"`
		Until   string `json:"until,omitempty" maxLength:"40" doc:"With paused: RFC 3339, within 30 days; or minutes."`
		Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"43200" doc:"With paused: for how long."`
	}
}

// TransferBody is to whom a conversation is handed.
type TransferBody struct {
	PersonID string `json:"person_id,omitempty" maxLength:"64" doc:"To this person: per_…."`
	Team     string `json:"team,omitempty" maxLength:"64" doc:"To the queue of this team: its slug or tea_…; none: of no team."`
	Force    bool   `json:"force,omitempty" doc:"Also when somebody else has it."`
}

type transferInput struct {
	Whom
	Body TransferBody
}

// InboxSettings are a workspace's rules for its conversations.
type InboxSettings struct {
	ReopenHours  int `json:"reopen_hours" minimum:"0" maximum:"720" doc:"For how long a closed conversation goes back to whom it had when its customer writes again; 0: it always goes to the queue."`
	PauseMinutes int `json:"pause_minutes" minimum:"0" maximum:"43200" doc:"How long programs keep silent in a conversation after a person has written; 0: they do not."`
}

func (a *API) moves() {
	const tag = "Conversations"
	move := func(r route, do func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error) {
		handle(a, r, func(ctx context.Context, in *Whom) (*body[Conversation], error) { return a.moved(ctx, in, do) })
	}
	move(route{
		method: http.MethodPost, path: "/conversations/{phone}/unread", id: "unread-conversation", tag: tag, right: account.Assign, summary: "Mark a conversation unread", text: "For the whole house.",
	}, a.Inbox.MarkUnread)
	handle(a, route{
		method: http.MethodPost, path: "/conversations/{phone}/snooze", id: "snooze-conversation", tag: tag, right: account.Assign,
		summary: "Put a conversation off", text: "It is in the tab `later` until its time comes, and comes back at once when the customer writes or somebody takes, hands over or closes it.",
		example: map[string]any{"until": "2026-11-23T08:00:00Z"},
	}, func(ctx context.Context, in *snoozeInput) (*body[Conversation], error) {
		s, err := in.Body.snooze()
		if err != nil {
			return nil, err
		}
		return a.moved(ctx, &in.Whom, func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
			return a.Inbox.PutOff(ctx, ws, id, actor, s)
		})
	})
	move(route{method: http.MethodDelete, path: "/conversations/{phone}/snooze", id: "wake-conversation", tag: tag, right: account.Assign, summary: "Bring a snoozed conversation back"}, a.Inbox.Wake)
	move(route{
		method: http.MethodPost, path: "/queue/{phone}/reopen", id: "reopen-conversation", tag: "Queue", right: account.Assign,
		summary: "Open a closed conversation again", text: "It is yours then; an API key puts it into the queue. One that is open stays as it is.",
	}, a.Inbox.Reopen)
	handle(a, route{
		method: http.MethodPost, path: "/queue/{phone}/transfer", id: "transfer-conversation", tag: "Queue", right: account.Assign,
		summary: "Hand a conversation over", text: "To a person, who has it then, or to a team, in whose queue it waits. What somebody else has is refused without force: 409 `already_assigned`.",
		example: map[string]any{"team": "repairs"},
	}, a.transfer)
	handle(a, route{
		method: http.MethodPut, path: "/conversations/{phone}/automation", id: "change-automation", tag: tag, right: account.Send,
		summary: "Let programs answer, or keep silent", text: "Programs that answer by themselves: the greeting, and flows. A message that a person sends pauses them by itself; closing the conversation ends a pause.",
		example: map[string]any{"state": "paused", "minutes": 60},
	}, a.setAutomation)
	handle(a, route{
		method: http.MethodGet, path: "/inbox-settings", id: "get-inbox-settings", tag: tag, right: account.Read, summary: "See the rules for conversations",
	}, func(ctx context.Context, _ *none) (*body[InboxSettings], error) {
		r, err := a.Inbox.Rules(ctx, principal(ctx).WorkspaceID)
		return answerWith(InboxSettings(r)), err
	})
	handle(a, route{
		method: http.MethodPut, path: "/inbox-settings", id: "put-inbox-settings", tag: tag, right: account.ManageWorkspace,
		summary: "Change the rules for conversations", text: "They hold within a second.", example: map[string]any{"reopen_hours": 24, "pause_minutes": 720},
	}, func(ctx context.Context, in *struct{ Body InboxSettings }) (*body[InboxSettings], error) {
		return answerWith(in.Body), a.Inbox.SetRules(ctx, principal(ctx).WorkspaceID, inbox.Rules(in.Body))
	})
}

// moved moves the conversation of a path and shows what became of it.
func (a *API) moved(ctx context.Context, in *Whom, do func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error) (*body[Conversation], error) {
	p := principal(ctx)
	id, err := a.find(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := do(ctx, p.WorkspaceID, id, p.PersonID); err != nil {
		return nil, err
	}
	return a.shownConversation(ctx, id)
}

func (b *SnoozeBody) snooze() (s inbox.Snooze, err error) {
	s.Reply = b.UntilReply
	if b.Until != "" {
		s.Until, err = momentOf("until", b.Until)
	}
	return s, err
}

// momentOf reads RFC 3339, to the millisecond that is stored.
func momentOf(field, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fault.Wrong(codeInvalid, fault.Field{Name: field, Detail: "is not a time as 2026-11-23T08:00:00Z (RFC 3339)."})
	}
	return t.UTC().Truncate(time.Millisecond), nil
}

func (a *API) setAutomation(ctx context.Context, in *automationInput) (*body[Conversation], error) {
	var until time.Time
	switch {
	case in.Body.Until != "" && in.Body.Minutes != 0:
		return nil, fault.Wrong(codeInvalid, fault.Field{Name: "until", Detail: "Give either until or minutes."})
	case in.Body.Until != "":
		var err error
		if until, err = momentOf("until", in.Body.Until); err != nil {
			return nil, err
		}
	case in.Body.Minutes != 0:
		until = a.now().Add(time.Duration(in.Body.Minutes) * time.Minute).UTC().Truncate(time.Millisecond)
	}
	return a.moved(ctx, &in.Whom, func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
		return a.Inbox.SetAutomation(ctx, ws, id, actor, inbox.Robot(in.Body.State), until)
	})
}

func (a *API) transfer(ctx context.Context, in *transferInput) (*body[Conversation], error) {
	t, err := a.transferOf(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return a.moved(ctx, &in.Whom, func(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
		return a.Inbox.Transfer(ctx, ws, id, actor, t)
	})
}

// transferOf reads to whom a conversation goes; both must be of the workspace.
func (a *API) transferOf(ctx context.Context, b TransferBody) (t inbox.Transfer, err error) {
	t.Force = b.Force
	switch {
	case (b.PersonID == "") == (b.Team == ""):
		return t, fault.Wrong(codeInvalid, fault.Field{Name: "person_id", Detail: "Give either person_id or team."})
	case b.PersonID != "":
		t.Person, err = a.colleague(ctx, b.PersonID)
	case b.Team != "none":
		t.Team, err = a.team(ctx, b.Team)
	}
	return t, err
}

// colleague is a person of the workspace.
func (a *API) colleague(ctx context.Context, text string) (wa.PersonID, error) {
	id, err := wa.ParsePersonID(text)
	if err != nil {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: "person_id", Detail: "is not a person_id: it has per_ and 13 more characters."})
	}
	p, err := a.accounts.Person(ctx, principal(ctx).WorkspaceID, id)
	if err == nil && !p.DeactivatedAt.IsZero() {
		err = fault.New(fault.Conflict, "deactivated", "This person is deactivated and takes no conversations; nothing was done.", "Choose somebody else.")
	}
	return id, err
}
