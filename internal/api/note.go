package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/desk"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Note is what somebody of the house wrote for colleagues. It is no message and
// never leaves.
type Note struct {
	NoteID         string     `json:"note_id" doc:"Its ids lie among those of messages, in the order of arrival." example:"nte_0d5k7v2q8c1a0"`
	ConversationID string     `json:"conversation_id"`
	Author         *Assignee  `json:"author"`
	Text           string     `json:"text"`
	Mentions       []Assignee `json:"mentions" nullable:"false" doc:"Whom it names."`
	CreatedAt      Stamp      `json:"created_at"`
	EditedAt       Stamp      `json:"edited_at" doc:"When it was changed last."`
}

// Mention is a note that names you.
type Mention struct {
	Note         Note         `json:"note"`
	Conversation Conversation `json:"conversation" doc:"The one it is about."`
	SeenAt       Stamp        `json:"seen_at" doc:"When you marked it seen; null: not yet."`
}

// NoteBody is what a note is to say.
type NoteBody struct {
	Text     string   `json:"text" maxLength:"5000" doc:"1–4096 characters."`
	Mentions []string `json:"mentions,omitempty" maxItems:"20" doc:"People it names: per_…."`
}

// NoteRef is the note in a path.
type NoteRef struct {
	ID string `path:"id" maxLength:"64" doc:"nte_…"`
}

type newNoteInput struct {
	Whom
	Body NoteBody
}

type changeNoteInput struct {
	NoteRef
	Body NoteBody
}

type notesInput struct {
	Paging
	Whom
}

type mentionsInput struct {
	Paging
	Unseen bool `query:"unseen" doc:"Only those that you have not marked seen."`
}

type seenInput struct {
	Body *struct {
		NoteIDs []string `json:"note_ids,omitempty" maxItems:"100" doc:"nte_…; left out: all."`
	} `required:"false"`
}

func (a *API) notes() {
	const tag = "Notes"
	handle(a, route{
		method: http.MethodPost, path: "/conversations/{phone}/notes", id: "create-note", tag: tag, right: account.Assign, status: http.StatusCreated,
		summary: "Write a note for colleagues", text: "For people. A note is never sent to anybody outside, nor told to subscribers.", example: map[string]any{"text": "Wants the invoice by post."},
	}, a.newNote)
	handle(a, route{
		method: http.MethodGet, path: "/conversations/{phone}/notes", id: "list-notes", tag: tag, right: account.Read, summary: "List the notes of a conversation", text: "Newest first.",
	}, a.notesOf)
	handle(a, route{
		method: http.MethodPatch, path: "/notes/{id}", id: "change-note", tag: tag, right: account.Assign,
		summary: "Change a note", text: "Its author, and supervisors and above. Text and mentions are replaced.", example: map[string]any{"text": "Wants the invoice by mail."},
	}, a.changeNote)
	handle(a, route{
		method: http.MethodDelete, path: "/notes/{id}", id: "delete-note", tag: tag, right: account.Assign, status: http.StatusNoContent,
		summary: "Delete a note", text: "Its author, and supervisors and above.",
	}, func(ctx context.Context, in *NoteRef) (*struct{}, error) {
		id, err := noteOf("id", in.ID)
		if err != nil {
			return nil, err
		}
		return nil, a.Desk.DeleteNote(ctx, deskWho(ctx), id)
	})
	handle(a, route{
		method: http.MethodGet, path: "/mentions", id: "list-mentions", tag: tag, right: account.Read, summary: "List the notes that name you", text: "Newest first. For people.",
	}, a.mentions)
	handle(a, route{
		method: http.MethodPost, path: "/mentions/seen", id: "see-mentions", tag: tag, right: account.Read, status: http.StatusNoContent,
		summary: "Mark mentions seen", text: "All, or those named. For people.",
	}, func(ctx context.Context, in *seenInput) (*struct{}, error) {
		var ids []wa.NoteID
		if in.Body != nil {
			for _, t := range in.Body.NoteIDs {
				id, err := noteOf("note_ids", t)
				if err != nil {
					return nil, err
				}
				ids = append(ids, id)
			}
		}
		return nil, a.Desk.Seen(ctx, deskWho(ctx), ids)
	})
}

func noteOf(field, text string) (wa.NoteID, error) {
	id, err := wa.ParseNoteID(text)
	if err != nil {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: field, Detail: "is not a note_id: it has nte_ and 13 more characters."})
	}
	return id, nil
}

func (b *NoteBody) people() ([]wa.PersonID, error) {
	out := make([]wa.PersonID, len(b.Mentions))
	for i, t := range b.Mentions {
		var err error
		if out[i], err = wa.ParsePersonID(t); err != nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "mentions", Detail: "holds something that is not a person_id."})
		}
	}
	return out, nil
}

func (a *API) newNote(ctx context.Context, in *newNoteInput) (*body[Note], error) {
	mentions, err := in.Body.people()
	if err != nil {
		return nil, err
	}
	id, err := a.find(ctx, &in.Whom)
	if err != nil {
		return nil, err
	}
	n, err := a.Desk.NewNote(ctx, deskWho(ctx), id, in.Body.Text, mentions)
	if err != nil {
		return nil, err
	}
	return a.answerNote(ctx, n)
}

func (a *API) changeNote(ctx context.Context, in *changeNoteInput) (*body[Note], error) {
	id, err := noteOf("id", in.ID)
	if err != nil {
		return nil, err
	}
	mentions, err := in.Body.people()
	if err != nil {
		return nil, err
	}
	n, err := a.Desk.ChangeNote(ctx, deskWho(ctx), id, in.Body.Text, mentions)
	if err != nil {
		return nil, err
	}
	return a.answerNote(ctx, n)
}

func (a *API) answerNote(ctx context.Context, n desk.Note) (*body[Note], error) {
	show, err := a.show(ctx)
	return answerWith(show.note(n)), err
}

func (s shown) note(n desk.Note) Note {
	out := Note{
		NoteID: n.ID.String(), ConversationID: n.ConversationID.String(), Author: s.who(n.Author), Text: n.Text, Mentions: make([]Assignee, len(n.Mentions)),
		CreatedAt: Stamp(n.CreatedAt), EditedAt: Stamp(n.EditedAt),
	}
	for i, p := range n.Mentions {
		out.Mentions[i] = *s.who(p)
	}
	return out
}

func (a *API) notesOf(ctx context.Context, in *notesInput) (*body[List[Note]], error) {
	v, show, before, err := a.viewedFrom(ctx, in.Paging, &in.Whom)
	if err != nil {
		return nil, err
	}
	notes, err := a.Desk.NotesOf(ctx, v.WorkspaceID, v.ID, before, true, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return answerWith(page(notes, in.Limit, show.note, func(n desk.Note) string { return packCursor(int64(n.ID)) })), nil
}

func (a *API) mentions(ctx context.Context, in *mentionsInput) (*body[List[Mention]], error) {
	var before int64
	if err := unpackCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	found, err := a.Desk.MentionsOf(ctx, deskWho(ctx), wa.NoteID(before), in.Unseen, in.Limit+1)
	if err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[wa.ConversationID]Conversation{}
	for _, m := range found {
		if _, known := seen[m.Note.ConversationID]; known {
			continue
		}
		v, err := a.Inbox.View(ctx, principal(ctx).WorkspaceID, m.Note.ConversationID)
		if err != nil {
			return nil, err
		}
		seen[v.ID] = show.conversation(*v)
	}
	return answerWith(page(found, in.Limit, func(m desk.Mention) Mention {
		return Mention{Note: show.note(m.Note), Conversation: seen[m.Note.ConversationID], SeenAt: Stamp(m.SeenAt)}
	}, func(m desk.Mention) string { return packCursor(int64(m.Note.ID)) })), nil
}
