package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Note is what somebody of the house wrote for colleagues about a conversation.
// Its id lies among those of messages, in the order of arrival.
type Note struct {
	ID             wa.NoteID
	WorkspaceID    wa.WorkspaceID
	ConversationID wa.ConversationID
	Author         wa.PersonID
	Text           string // 1–4096 characters, sealed at rest
	Mentions       []wa.PersonID
	CreatedAt      time.Time
	EditedAt       time.Time
}

// Mention is a note that names somebody.
type Mention struct {
	Note   Note
	SeenAt time.Time // zero: not yet
}

// MaxMentions is how many people a note may name.
const MaxMentions = 20

// Notes is where notes are kept.
type Notes interface {
	InsertNote(tx txn.Tx, n Note) error
	UpdateNote(tx txn.Tx, n Note) error
	DeleteNote(tx txn.Tx, ws wa.WorkspaceID, id wa.NoteID) error
	Note(tx txn.Tx, ws wa.WorkspaceID, id wa.NoteID) (n Note, found bool, err error)
	// NotesOf is a page of a conversation's notes, in the order of arrival or,
	// descending, the newest first; after is the last id seen, of notes or messages.
	NotesOf(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, after int64, descending bool, limit int) ([]Note, error)
	// MentionsOf are the notes that name a person, newest first.
	MentionsOf(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, before wa.NoteID, unseen bool, limit int) ([]Mention, error)
	// Seen marks mentions of a person; no ids: all.
	Seen(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, ids []wa.NoteID, now time.Time) error
}

var (
	errNoteUnknown = fault.New(fault.NotFound, "note_unknown", "There is no such note here.", "List them with GET conversations/{phone}/notes.")
	errNotYourNote = fault.New(fault.Forbidden, "not_your_note", "Somebody else wrote this note; nothing was changed.", "Ask its author or a supervisor.")
)

// NewNote writes a note for colleagues.
func (d *Desk) NewNote(ctx context.Context, w Who, id wa.ConversationID, text string, mentions []wa.PersonID) (Note, error) {
	if w.Person == 0 {
		return Note{}, errNotAPerson
	}
	n := Note{ID: wa.NoteID(d.NewID()), WorkspaceID: w.WorkspaceID, ConversationID: id, Author: w.Person, Text: strings.TrimSpace(text), Mentions: once(mentions), CreatedAt: d.Now()}
	if err := n.check(); err != nil {
		return Note{}, err
	}
	return n, d.Runner.Write(ctx, func(tx txn.Tx) error {
		s, err := d.subject(tx, w.WorkspaceID, id)
		if err != nil {
			return err
		}
		if err := d.known(tx, &n); err != nil {
			return err
		}
		if err := d.Store.InsertNote(tx, n); err != nil {
			return err
		}
		if err := d.Store.DropDraft(tx, w.WorkspaceID, w.Person, id, DraftNote); err != nil {
			return err
		}
		return d.Journal.Append(tx, s.fact(w, NoteAdded, n.ID.String(), n.CreatedAt))
	})
}

// ChangeNote replaces what a note says. Who is mentioned already and stays is
// not told again.
func (d *Desk) ChangeNote(ctx context.Context, w Who, id wa.NoteID, text string, mentions []wa.PersonID) (n Note, err error) {
	err = d.Runner.Write(ctx, func(tx txn.Tx) error {
		var s Subject
		if n, s, err = d.own(tx, w, id); err != nil {
			return err
		}
		n.Text, n.Mentions, n.EditedAt = strings.TrimSpace(text), once(mentions), d.Now()
		if err := n.check(); err != nil {
			return err
		}
		if err := d.known(tx, &n); err != nil {
			return err
		}
		if err := d.Store.UpdateNote(tx, n); err != nil {
			return err
		}
		return d.Journal.Append(tx, s.fact(w, NoteChanged, n.ID.String(), n.EditedAt))
	})
	return n, err
}

// DeleteNote takes a note away.
func (d *Desk) DeleteNote(ctx context.Context, w Who, id wa.NoteID) error {
	return d.Runner.Write(ctx, func(tx txn.Tx) error {
		_, s, err := d.own(tx, w, id)
		if err != nil {
			return err
		}
		if err := d.Store.DeleteNote(tx, w.WorkspaceID, id); err != nil {
			return err
		}
		return d.Journal.Append(tx, s.fact(w, NoteRemoved, id.String(), d.Now()))
	})
}

// own finds a note that w may change, and holds its conversation.
func (d *Desk) own(tx txn.Tx, w Who, id wa.NoteID) (Note, Subject, error) {
	n, found, err := d.Store.Note(tx, w.WorkspaceID, id)
	switch {
	case err != nil:
		return Note{}, Subject{}, err
	case !found:
		return Note{}, Subject{}, errNoteUnknown
	case n.Author != w.Person && !w.Leads:
		return Note{}, Subject{}, errNotYourNote
	}
	s, err := d.subject(tx, w.WorkspaceID, n.ConversationID)
	return n, s, err
}

func (n *Note) check() error {
	wrong := checkText(n.Text)
	if len(n.Mentions) > MaxMentions {
		wrong = append(wrong, fault.Field{Name: "mentions", Detail: "A note names at most 20 people.", Limit: MaxMentions, Length: len(n.Mentions)})
	}
	if len(wrong) > 0 {
		return fault.Wrong("invalid_note", wrong...)
	}
	return nil
}

// known refuses mentions of people who are not of the workspace.
func (d *Desk) known(tx txn.Tx, n *Note) error {
	if len(n.Mentions) == 0 {
		return nil
	}
	people, err := d.Colleagues.People(tx, n.WorkspaceID, n.Mentions)
	if err != nil {
		return err
	}
	for _, p := range n.Mentions {
		if !people[p] {
			return fault.New(fault.NotFound, "person_not_found", "Nobody in this workspace has that id.", "List the people with GET people.")
		}
	}
	return nil
}

func once(people []wa.PersonID) []wa.PersonID {
	people = slices.Clone(people)
	slices.Sort(people)
	return slices.Compact(people)
}

// NotesOf is a page of a conversation's notes; see Notes.NotesOf.
func (d *Desk) NotesOf(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, after int64, descending bool, limit int) (notes []Note, err error) {
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		notes, err = d.Store.NotesOf(tx, ws, id, after, descending, limit)
		return err
	})
	return notes, err
}

// Note finds one of a workspace.
func (d *Desk) Note(ctx context.Context, ws wa.WorkspaceID, id wa.NoteID) (n Note, err error) {
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		if n, found, err = d.Store.Note(tx, ws, id); err == nil && !found {
			err = errNoteUnknown
		}
		return err
	})
	return n, err
}

// MentionsOf are the notes that name the person who asks, newest first.
func (d *Desk) MentionsOf(ctx context.Context, w Who, before wa.NoteID, unseen bool, limit int) (m []Mention, err error) {
	if w.Person == 0 {
		return nil, errNotAPerson
	}
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		m, err = d.Store.MentionsOf(tx, w.WorkspaceID, w.Person, before, unseen, limit)
		return err
	})
	return m, err
}

// Seen marks mentions of the person who asks; no ids: all.
func (d *Desk) Seen(ctx context.Context, w Who, ids []wa.NoteID) error {
	if w.Person == 0 {
		return errNotAPerson
	}
	return d.Runner.Write(ctx, func(tx txn.Tx) error {
		return d.Store.Seen(tx, w.WorkspaceID, w.Person, ids, d.Now())
	})
}
