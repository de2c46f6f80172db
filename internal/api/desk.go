package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/desk"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Desk keeps what colleagues put beside conversations; *desk.Desk fulfils it.
type Desk interface {
	AllLabels(ctx context.Context, ws wa.WorkspaceID) ([]desk.Label, error)
	NewLabel(ctx context.Context, w desk.Who, name, colour string) (desk.Label, error)
	ChangeLabel(ctx context.Context, w desk.Who, id wa.LabelID, change desk.LabelChange) (desk.Label, error)
	DeleteLabel(ctx context.Context, w desk.Who, id wa.LabelID) error
	// Relabel adds labels and takes others off; all: add is the whole set.
	Relabel(ctx context.Context, w desk.Who, id wa.ConversationID, add, remove []wa.LabelID, all bool) error

	NewNote(ctx context.Context, w desk.Who, id wa.ConversationID, text string, mentions []wa.PersonID) (desk.Note, error)
	ChangeNote(ctx context.Context, w desk.Who, id wa.NoteID, text string, mentions []wa.PersonID) (desk.Note, error)
	DeleteNote(ctx context.Context, w desk.Who, id wa.NoteID) error
	Note(ctx context.Context, ws wa.WorkspaceID, id wa.NoteID) (desk.Note, error)
	NotesOf(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, after int64, descending bool, limit int) ([]desk.Note, error)
	MentionsOf(ctx context.Context, w desk.Who, before wa.NoteID, unseen bool, limit int) ([]desk.Mention, error)
	Seen(ctx context.Context, w desk.Who, ids []wa.NoteID) error

	NewReply(ctx context.Context, w desk.Who, r desk.QuickReply) (desk.QuickReply, error)
	ChangeReply(ctx context.Context, w desk.Who, id wa.QuickReplyID, change desk.ReplyChange) (desk.QuickReply, error)
	DeleteReply(ctx context.Context, w desk.Who, id wa.QuickReplyID) error
	Replies(ctx context.Context, w desk.Who, s desk.ReplySearch) ([]desk.QuickReply, error)

	PutDraft(ctx context.Context, w desk.Who, d desk.Draft) (desk.Draft, error)
	Draft(ctx context.Context, w desk.Who, id wa.ConversationID) (desk.Draft, error)
	DropDraft(ctx context.Context, w desk.Who, id wa.ConversationID) error
	DraftsOf(ctx context.Context, w desk.Who, limit int) ([]desk.Draft, error)
}

// deskWho is who acts at the desk.
func deskWho(ctx context.Context) desk.Who {
	p := principal(ctx)
	return desk.Who{WorkspaceID: p.WorkspaceID, Person: p.PersonID, Leads: leads(p)}
}

// leads reports whether somebody may change what is others': supervisors and above.
func leads(p account.Principal) bool {
	return p.Role == account.Owner || p.Role == account.Admin || p.Role == account.Supervisor
}

// team finds a team of the workspace by slug or id.
func (a *API) team(ctx context.Context, text string) (wa.TeamID, error) {
	teams, err := a.accounts.Teams(ctx, principal(ctx).WorkspaceID)
	if err != nil {
		return 0, err
	}
	for _, t := range teams {
		if t.Slug == text || t.ID.String() == text {
			return t.ID, nil
		}
	}
	return 0, fault.New(fault.NotFound, "team_not_found", "There is no such team in this workspace; nothing was changed.", "List the teams with GET teams.")
}

// Label is a mark of a workspace.
type Label struct {
	LabelOn
	CreatedAt Stamp `json:"created_at"`
}

// LabelRef is the label in a path.
type LabelRef struct {
	ID string `path:"id" maxLength:"64" doc:"lbl_…"`
}

type newLabelInput struct {
	Body struct {
		Name   string `json:"name" maxLength:"200" doc:"1–40 characters, once in the workspace whatever their case."`
		Colour string `json:"colour" maxLength:"20" doc:"# and six hexadecimal digits." example:"#7c3aed"`
	}
}

type changeLabelInput struct {
	LabelRef
	Body struct {
		Name   *string `json:"name,omitempty" maxLength:"200" doc:"1–40 characters."`
		Colour *string `json:"colour,omitempty" maxLength:"20" doc:"# and six hexadecimal digits."`
	}
}

type labelsInput struct {
	Whom
	Body struct {
		LabelIDs []string `json:"label_ids" maxItems:"20" nullable:"false" doc:"The whole set: lbl_…."`
	}
}

func (a *API) labels() {
	const tag = "Labels"
	handle(a, route{
		method: http.MethodGet, path: "/labels", id: "list-labels", tag: tag, right: account.Read, summary: "List the labels", text: "All of the workspace, by name.",
	}, func(ctx context.Context, _ *none) (*body[List[Label]], error) {
		all, err := a.Desk.AllLabels(ctx, principal(ctx).WorkspaceID)
		return answerWith(page(all, len(all), showLabel, nil)), err
	})
	handle(a, route{
		method: http.MethodPost, path: "/labels", id: "create-label", tag: tag, right: account.Assign, status: http.StatusCreated, summary: "Make a label",
		example: map[string]any{"name": "VIP", "colour": "#7c3aed"},
	}, func(ctx context.Context, in *newLabelInput) (*body[Label], error) {
		l, err := a.Desk.NewLabel(ctx, deskWho(ctx), in.Body.Name, in.Body.Colour)
		return answerWith(showLabel(l)), err
	})
	handle(a, route{
		method: http.MethodPatch, path: "/labels/{id}", id: "change-label", tag: tag, right: account.Assign,
		summary: "Rename or recolour a label", text: "For supervisors and above. It changes on every conversation that has it.",
	}, func(ctx context.Context, in *changeLabelInput) (*body[Label], error) {
		id, err := labelOf("id", in.ID)
		if err != nil {
			return nil, err
		}
		l, err := a.Desk.ChangeLabel(ctx, deskWho(ctx), id, desk.LabelChange(in.Body))
		return answerWith(showLabel(l)), err
	})
	handle(a, route{
		method: http.MethodDelete, path: "/labels/{id}", id: "delete-label", tag: tag, right: account.Assign, status: http.StatusNoContent,
		summary: "Delete a label", text: "For supervisors and above. It is taken off every conversation.",
	}, func(ctx context.Context, in *LabelRef) (*struct{}, error) {
		id, err := labelOf("id", in.ID)
		if err != nil {
			return nil, err
		}
		return nil, a.Desk.DeleteLabel(ctx, deskWho(ctx), id)
	})
	handle(a, route{
		method: http.MethodPut, path: "/conversations/{phone}/labels", id: "label-conversation", tag: tag, right: account.Assign,
		summary: "Set the labels of a conversation", example: map[string]any{"label_ids": []string{"lbl_0d5k7v2q8c1a0"}},
	}, func(ctx context.Context, in *labelsInput) (*body[Conversation], error) {
		want, err := labelsOf("label_ids", in.Body.LabelIDs)
		if err != nil {
			return nil, err
		}
		id, err := a.find(ctx, &in.Whom)
		if err != nil {
			return nil, err
		}
		if err := a.Desk.Relabel(ctx, deskWho(ctx), id, want, nil, true); err != nil {
			return nil, err
		}
		return a.shownConversation(ctx, id)
	})
}

func showLabel(l desk.Label) Label {
	return Label{LabelOn{LabelID: l.ID.String(), Name: l.Name, Colour: l.Colour}, Stamp(l.CreatedAt)}
}

func labelOf(field, text string) (wa.LabelID, error) {
	id, err := wa.ParseLabelID(text)
	if err != nil {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: field, Detail: "is not a label_id: it has lbl_ and 13 more characters."})
	}
	return id, nil
}

func labelsOf(field string, texts []string) ([]wa.LabelID, error) {
	ids := make([]wa.LabelID, len(texts))
	for i, t := range texts {
		var err error
		if ids[i], err = labelOf(field, t); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
