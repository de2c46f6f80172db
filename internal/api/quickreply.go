package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/desk"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// QuickReply is a text that is often needed.
type QuickReply struct {
	QuickReplyID string   `json:"quick_reply_id" doc:"Kontor's id of it: qr_…"`
	Scope        string   `json:"scope" enum:"workspace,team,person" doc:"Whose it is; one of a team is offered in the team's conversations."`
	TeamID       *string  `json:"team_id" doc:"With scope team."`
	Team         *string  `json:"team" doc:"Slug of that team."`
	Shortcut     string   `json:"shortcut" doc:"What is typed behind / to find it."`
	Text         string   `json:"text" doc:"With {{placeholders}}."`
	Filled       *string  `json:"filled" doc:"The text for the conversation that was asked for; null when none was."`
	Blanks       []string `json:"blanks" nullable:"false" doc:"Placeholders that are still in filled, for a person to fill in."`
	UpdatedAt    Stamp    `json:"updated_at" doc:"When it was changed last."`
}

type quickRepliesInput struct {
	Q            string `query:"q" maxLength:"100" doc:"In shortcut or text, whatever the case."`
	Scope        string `query:"scope" enum:"workspace,team,person" doc:"Only these."`
	Conversation string `query:"conversation" maxLength:"64" doc:"cnv_…: fills the placeholders for it, and leaves out what other teams have."`
}

type newQuickReplyInput struct {
	Body struct {
		Scope    string `json:"scope" enum:"workspace,team,person" doc:"person: yours; the others are for supervisors and above to make."`
		Team     string `json:"team,omitempty" maxLength:"64" doc:"With scope team: its slug or tea_…."`
		Shortcut string `json:"shortcut" maxLength:"64" doc:"1–40 of a-z, 0-9, - and _; once for the same people." example:"hours"`
		Text     string `json:"text" maxLength:"5000" doc:"1–4096 characters; {{contact.name}}, {{contact.first_name}}, {{contact.phone}}, {{agent.name}}, {{agent.first_name}}, {{number.name}} and {{workspace.name}} are filled in, any other {{name}} is left to the agent."`
	}
}

// QuickReplyRef is the quick reply in a path.
type QuickReplyRef struct {
	ID string `path:"id" maxLength:"64" doc:"qr_…"`
}

type changeQuickReplyInput struct {
	QuickReplyRef
	Body struct {
		Shortcut *string `json:"shortcut,omitempty" maxLength:"64" doc:"1–40 of a-z, 0-9, - and _."`
		Text     *string `json:"text,omitempty" maxLength:"5000" doc:"1–4096 characters."`
	}
}

func (a *API) quickReplies() {
	const tag = "Quick replies"
	handle(a, route{
		method: http.MethodGet, path: "/quick-replies", id: "list-quick-replies", tag: tag, right: account.Read,
		summary: "Find quick replies", text: "Those of the workspace, its teams, and your own; the best match first: shortcuts that begin with `q`, those that hold it, texts that do. All on one page.",
	}, a.listQuickReplies)
	handle(a, route{
		method: http.MethodPost, path: "/quick-replies", id: "create-quick-reply", tag: tag, right: account.Assign, status: http.StatusCreated, summary: "Keep a quick reply",
		example: map[string]any{"scope": "workspace", "shortcut": "hours", "text": "Dear {{contact.name}}, we are there from 9 to 18."},
	}, func(ctx context.Context, in *newQuickReplyInput) (*body[QuickReply], error) {
		r := desk.QuickReply{Shortcut: in.Body.Shortcut, Text: in.Body.Text}
		switch in.Body.Scope {
		case "person":
			if r.Person = principal(ctx).PersonID; r.Person == 0 {
				return nil, fault.New(fault.Conflict, "not_a_person", "An API key has no quick replies of its own; nothing was done.", "Sign in as a person, or keep it for the workspace.")
			}
		case "team":
			var err error
			if r.Team, err = a.team(ctx, in.Body.Team); err != nil {
				return nil, err
			}
		}
		r, err := a.Desk.NewReply(ctx, deskWho(ctx), r)
		return a.answerQuickReply(ctx, r, err)
	})
	handle(a, route{
		method: http.MethodPatch, path: "/quick-replies/{id}", id: "change-quick-reply", tag: tag, right: account.Assign, summary: "Change a quick reply", example: map[string]any{"text": "We are there from 9 to 17."},
	}, func(ctx context.Context, in *changeQuickReplyInput) (*body[QuickReply], error) {
		id, err := quickReplyOf(in.ID)
		if err != nil {
			return nil, err
		}
		r, err := a.Desk.ChangeReply(ctx, deskWho(ctx), id, desk.ReplyChange(in.Body))
		return a.answerQuickReply(ctx, r, err)
	})
	handle(a, route{
		method: http.MethodDelete, path: "/quick-replies/{id}", id: "delete-quick-reply", tag: tag, right: account.Assign, status: http.StatusNoContent, summary: "Delete a quick reply",
	}, func(ctx context.Context, in *QuickReplyRef) (*struct{}, error) {
		id, err := quickReplyOf(in.ID)
		if err != nil {
			return nil, err
		}
		return nil, a.Desk.DeleteReply(ctx, deskWho(ctx), id)
	})
}

func quickReplyOf(text string) (wa.QuickReplyID, error) {
	id, err := wa.ParseQuickReplyID(text)
	if err != nil {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: "id", Detail: "is not a quick_reply_id: it has qr_ and 13 more characters."})
	}
	return id, nil
}

func (a *API) listQuickReplies(ctx context.Context, in *quickRepliesInput) (*body[List[QuickReply]], error) {
	s := desk.ReplySearch{Text: in.Q, Scope: in.Scope, All: in.Conversation == ""}
	var values map[string]string
	if in.Conversation != "" {
		id, err := wa.ParseConversationID(in.Conversation)
		if err != nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "conversation", Detail: "is not a conversation_id: it has cnv_ and 13 more characters."})
		}
		v, err := a.Inbox.View(ctx, principal(ctx).WorkspaceID, id)
		if err != nil {
			return nil, err
		}
		s.Team = v.TeamID
		if values, err = a.fillings(ctx, v); err != nil {
			return nil, err
		}
	}
	found, err := a.Desk.Replies(ctx, deskWho(ctx), s)
	if err != nil {
		return nil, err
	}
	slugs, err := a.slugs(ctx)
	return answerWith(page(found, len(found), func(r desk.QuickReply) QuickReply { return showQuickReply(r, slugs, values) }, nil)), err
}

// fillings are the values of the placeholders in a conversation.
func (a *API) fillings(ctx context.Context, v *inbox.View) (map[string]string, error) {
	w, err := a.accounts.Workspace(ctx, v.WorkspaceID)
	if err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	agent := show.names.People[principal(ctx).PersonID]
	// Of the customer only what is a name: a number in its place would be read out as one.
	name := v.Contact.Name
	if name == "" {
		name = v.Contact.ProfileName
	}
	return map[string]string{
		"contact.name": name, "contact.first_name": desk.FirstName(name), "contact.phone": string(v.Contact.Phone),
		"agent.name": agent, "agent.first_name": desk.FirstName(agent), "number.name": show.conversation(*v).NumberName, "workspace.name": w.Name,
	}, nil
}

func (a *API) slugs(ctx context.Context) (map[wa.TeamID]string, error) {
	teams, err := a.accounts.Teams(ctx, principal(ctx).WorkspaceID)
	slugs := make(map[wa.TeamID]string, len(teams))
	for _, t := range teams {
		slugs[t.ID] = t.Slug
	}
	return slugs, err
}

func (a *API) answerQuickReply(ctx context.Context, r desk.QuickReply, err error) (*body[QuickReply], error) {
	if err != nil {
		return nil, err
	}
	slugs, err := a.slugs(ctx)
	return answerWith(showQuickReply(r, slugs, nil)), err
}

func showQuickReply(r desk.QuickReply, slugs map[wa.TeamID]string, values map[string]string) QuickReply {
	out := QuickReply{
		QuickReplyID: r.ID.String(), Scope: r.Scope(), TeamID: opt(r.Team.String()), Team: opt(slugs[r.Team]), Shortcut: r.Shortcut, Text: r.Text,
		Blanks: []string{}, UpdatedAt: Stamp(r.UpdatedAt),
	}
	if values != nil {
		filled, blanks := desk.Fill(r.Text, values)
		out.Filled, out.Blanks = &filled, append(out.Blanks, blanks...)
	}
	return out
}
