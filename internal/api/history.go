package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"kontor/internal/account"
	"kontor/internal/desk"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

type historyInput struct {
	Paging
	Whom
	Order  string `query:"order" enum:"asc,desc" default:"asc" doc:"asc: in the order of arrival; desc: newest first."`
	Around string `query:"around" maxLength:"64" doc:"Half a page before this entry, the entry, the rest behind it: a message_id, in the timeline also a note_id."`
	At     string `query:"at" maxLength:"40" doc:"Begin with the first entry of this moment or later (asc), or the last one before it (desc): RFC 3339."`
}

// Pages is a page of a list that can be read in both directions.
type Pages[T any] struct {
	List[T]
	PreviousCursor *string `json:"previous_cursor" doc:"Cursor of the page before this one; null when there is none, or the list was begun at its end."`
}

// TimelineEntry is a message or a note.
type TimelineEntry struct {
	Kind    string   `json:"kind" enum:"message,note" doc:"Which of the two members it is."`
	ID      string   `json:"id" doc:"msg_… or nte_…"`
	At      Stamp    `json:"at"`
	Message *Message `json:"message"`
	Note    *Note    `json:"note"`
}

type filesInput struct {
	Paging
	Whom
	Kind string `query:"kind" enum:"image,video,audio,document,sticker" doc:"Only these; without it all kinds of files."`
}

const jumps = "With `around` or `at` it begins somewhere in the middle; `previous_cursor` then goes back from there. Give a cursor together with the order it came with."

func (a *API) histories() {
	handle(a, route{
		method: http.MethodGet, path: "/conversations/{phone}/history", id: "list-history", tag: "Conversations", right: account.Read,
		summary: "Read a conversation", text: "Every message once, in the order of arrival unless asked otherwise. " + jumps,
	}, a.history)
	handle(a, route{
		method: http.MethodGet, path: "/conversations/{phone}/timeline", id: "list-timeline", tag: "Conversations", right: account.Read,
		summary: "Read a conversation with its notes", text: "Messages, and between them what colleagues noted. " + jumps,
	}, a.timeline)
	handle(a, route{
		method: http.MethodGet, path: "/conversations/{phone}/media", id: "list-conversation-media", tag: "Conversations", right: account.Read,
		summary: "List the files of a conversation", text: "The messages that carry one, newest first.",
	}, a.files)
}

// entry is a message or a note with its place among both.
type entry struct {
	id      int64
	message *wa.Message
	note    *desk.Note
}

// reader reads a conversation behind a place (asc) or before it (desc).
type reader func(ctx context.Context, after int64, descending bool, limit int) ([]entry, error)

func (a *API) messagesOf(ws wa.WorkspaceID, id wa.ConversationID) reader {
	return func(ctx context.Context, after int64, descending bool, limit int) ([]entry, error) {
		ms, err := a.Inbox.Messages(ctx, inbox.History{WorkspaceID: ws, Conversation: id, After: wa.MessageID(after), Descending: descending, Limit: limit})
		out := make([]entry, len(ms))
		for i := range ms {
			out[i] = entry{id: int64(ms[i].ID), message: &ms[i]}
		}
		return out, err
	}
}

func (a *API) bothOf(ws wa.WorkspaceID, id wa.ConversationID) reader {
	messages := a.messagesOf(ws, id)
	return func(ctx context.Context, after int64, descending bool, limit int) ([]entry, error) {
		out, err := messages(ctx, after, descending, limit)
		if err != nil {
			return nil, err
		}
		notes, err := a.Desk.NotesOf(ctx, ws, id, after, descending, limit)
		if err != nil {
			return nil, err
		}
		for i := range notes {
			out = append(out, entry{id: int64(notes[i].ID), note: &notes[i]})
		}
		slices.SortFunc(out, func(a, b entry) int {
			if descending {
				a, b = b, a
			}
			return cmp.Compare(a.id, b.id)
		})
		return out[:min(len(out), limit)], nil
	}
}

// slice is a part of a history with the cursors of what lies on both sides.
type slice struct {
	entries    []entry
	next, prev *string
}

// A cursor of a history is the id of the entry beside which it goes on; one
// that goes back has a second number.
const backwards = 1

func beside(id int64, back bool) *string {
	c := packCursor(id)
	if back {
		c = packCursor(id, backwards)
	}
	return &c
}

// walk reads the part of a history that a request asks for.
func (a *API) walk(ctx context.Context, in *historyInput, v *inbox.View, read reader) (slice, error) {
	descending, given := in.Order == "desc", 0
	for _, text := range []string{in.Cursor, in.Around, in.At} {
		if text != "" {
			given++
		}
	}
	switch {
	case given > 1:
		return slice{}, fault.Wrong(codeInvalid, fault.Field{Name: "cursor", Detail: "Give only one of cursor, around and at."})
	case in.Around != "":
		id, err := a.entryOf(ctx, in.Around, v)
		if err != nil {
			return slice{}, err
		}
		return around(ctx, id, descending, in.Limit, in.Limit/2, read)
	case in.At != "":
		moment, err := momentOf("at", in.At)
		if err != nil {
			return slice{}, err
		}
		id, err := a.since(ctx, v, moment)
		if err != nil {
			return slice{}, err
		}
		if descending {
			id--
		}
		return around(ctx, id, descending, in.Limit, 0, read)
	}
	var place, back int64
	if unpackCursor(in.Cursor, &place, &back) == nil && back == backwards {
		return backwardsFrom(ctx, place, descending, in.Limit, read)
	}
	if err := unpackCursor(in.Cursor, &place); err != nil {
		return slice{}, err
	}
	entries, err := read(ctx, place, descending, in.Limit+1)
	s := cut(entries, in.Limit)
	if in.Cursor != "" && len(s.entries) > 0 {
		s.prev = beside(s.entries[0].id, true)
	}
	return s, err
}

// cut makes a page of what was asked for with one more than it has.
func cut(entries []entry, limit int) slice {
	s := slice{entries: entries}
	if len(entries) > limit {
		s.entries = entries[:limit]
		s.next = beside(entries[limit-1].id, false)
	}
	return s
}

// around is a page with up to before entries in front of id, and id itself, if
// it is one, as the first behind them.
func around(ctx context.Context, id int64, descending bool, limit, before int, read reader) (slice, error) {
	front, err := read(ctx, id, !descending, before+1)
	if err != nil {
		return slice{}, err
	}
	inclusive := id - 1
	if descending {
		inclusive = id + 1
	}
	rest, err := read(ctx, inclusive, descending, limit-before+1)
	if err != nil {
		return slice{}, err
	}
	s := cut(rest, limit-before)
	more := len(front) > before
	front = front[:min(len(front), before)]
	slices.Reverse(front)
	s.entries = append(front, s.entries...)
	switch {
	case !more:
	case len(s.entries) > 0:
		s.prev = beside(s.entries[0].id, true)
	default:
		s.prev = beside(id, true)
	}
	return s, nil
}

// backwardsFrom is the page in front of an entry, in the list's order.
func backwardsFrom(ctx context.Context, place int64, descending bool, limit int, read reader) (slice, error) {
	entries, err := read(ctx, place, !descending, limit+1)
	if err != nil || len(entries) == 0 {
		return slice{}, err
	}
	more := len(entries) > limit
	entries = entries[:min(len(entries), limit)]
	slices.Reverse(entries)
	s := slice{entries: entries, next: beside(entries[len(entries)-1].id, false)}
	if more {
		s.prev = beside(entries[0].id, true)
	}
	return s, nil
}

// entryOf is the place of an entry of this conversation.
func (a *API) entryOf(ctx context.Context, text string, v *inbox.View) (int64, error) {
	if id, err := wa.ParseMessageID(text); err == nil {
		m, found, err := a.Inbox.Message(ctx, v.WorkspaceID, id)
		if err != nil || found && m.ConversationID == v.ID {
			return int64(id), err
		}
	} else if id, err := wa.ParseNoteID(text); err == nil {
		n, err := a.Desk.Note(ctx, v.WorkspaceID, id)
		if err == nil && n.ConversationID == v.ID {
			return int64(id), nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return 0, err
		}
	} else {
		return 0, fault.Wrong(codeInvalid, fault.Field{Name: "around", Detail: "is not a message_id: it has msg_ and 13 more characters."})
	}
	return 0, fault.New(fault.NotFound, "message_unknown", "This conversation has no such message.", "Use the message_id of one of its messages.")
}

// since is the place of the first entry of a moment or later; behind all when
// there is none. A note between two messages may be that entry.
func (a *API) since(ctx context.Context, v *inbox.View, moment time.Time) (int64, error) {
	found, err := a.Inbox.Since(ctx, v.WorkspaceID, v.ID, moment)
	if err != nil {
		return 0, err
	}
	place := int64(found)
	if place == 0 {
		place = math.MaxInt64 - 1
	}
	notes, err := a.Desk.NotesOf(ctx, v.WorkspaceID, v.ID, place, true, 100)
	for _, n := range notes {
		if n.CreatedAt.Before(moment) {
			break
		}
		place = int64(n.ID)
	}
	return place, err
}

// viewed is the conversation of a path, and what shows it.
func (a *API) viewed(ctx context.Context, in *Whom) (*inbox.View, shown, error) {
	id, err := a.find(ctx, in)
	if err != nil {
		return nil, shown{}, err
	}
	v, err := a.Inbox.View(ctx, principal(ctx).WorkspaceID, id)
	if err != nil {
		return nil, shown{}, err
	}
	show, err := a.show(ctx)
	return v, show, err
}

func (a *API) history(ctx context.Context, in *historyInput) (*body[Pages[Message]], error) {
	v, show, err := a.viewed(ctx, &in.Whom)
	if err != nil {
		return nil, err
	}
	s, err := a.walk(ctx, in, v, a.messagesOf(v.WorkspaceID, v.ID))
	if err != nil {
		return nil, err
	}
	if err := show.waits(ctx, s.messages()...); err != nil {
		return nil, err
	}
	return answerWith(shownPages(s, func(e entry) Message { return show.message(e.message, v.Contact.Phone) })), nil
}

func (a *API) timeline(ctx context.Context, in *historyInput) (*body[Pages[TimelineEntry]], error) {
	v, show, err := a.viewed(ctx, &in.Whom)
	if err != nil {
		return nil, err
	}
	s, err := a.walk(ctx, in, v, a.bothOf(v.WorkspaceID, v.ID))
	if err != nil {
		return nil, err
	}
	if err := show.waits(ctx, s.messages()...); err != nil {
		return nil, err
	}
	return answerWith(shownPages(s, func(e entry) TimelineEntry {
		if e.note != nil {
			n := show.note(*e.note)
			return TimelineEntry{Kind: "note", ID: n.NoteID, At: n.CreatedAt, Note: &n}
		}
		m := show.message(e.message, v.Contact.Phone)
		return TimelineEntry{Kind: "message", ID: m.MessageID, At: m.At, Message: &m}
	})), nil
}

func shownPages[T any](s slice, show func(entry) T) Pages[T] {
	p := Pages[T]{List: List[T]{Data: make([]T, len(s.entries)), NextCursor: s.next}, PreviousCursor: s.prev}
	for i, e := range s.entries {
		p.Data[i] = show(e)
	}
	return p
}

func (s slice) messages() (out []*wa.Message) {
	for _, e := range s.entries {
		if e.message != nil {
			out = append(out, e.message)
		}
	}
	return out
}

// viewedFrom is viewed for a list, with the place where the page goes on.
func (a *API) viewedFrom(ctx context.Context, p Paging, in *Whom) (v *inbox.View, show shown, place int64, err error) {
	if err = unpackCursor(p.Cursor, &place); err != nil {
		return nil, shown{}, 0, err
	}
	v, show, err = a.viewed(ctx, in)
	return v, show, place, err
}

func (a *API) files(ctx context.Context, in *filesInput) (*body[List[Message]], error) {
	v, show, before, err := a.viewedFrom(ctx, in.Paging, &in.Whom)
	if err != nil {
		return nil, err
	}
	ms, err := a.Inbox.Files(ctx, inbox.History{WorkspaceID: v.WorkspaceID, Conversation: v.ID, After: wa.MessageID(before), Limit: in.Limit + 1}, wa.Type(in.Kind))
	if err != nil {
		return nil, err
	}
	return answerWith(page(ms, in.Limit,
		func(m wa.Message) Message { return show.message(&m, v.Contact.Phone) },
		func(m wa.Message) string { return packCursor(int64(m.ID)) })), nil
}
