package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/search"
	"kontor/internal/wa"
)

// Search finds messages and people; *search.Search fulfils it.
type Search interface {
	Find(ctx context.Context, q search.Query) (search.Answer, error)
	FindPeople(ctx context.Context, ws wa.WorkspaceID, text string, limit int) ([]search.PersonHit, error)
}

// SearchAnswer is a page of what was found.
type SearchAnswer struct {
	List[SearchHit]
	People   []SearchPerson `json:"people" nullable:"false" doc:"People who answer, at most five: by name, username, any part of the number, or BSUID. Only on the first page, and only while no filter but phone_number_id is set."`
	Indexing SearchIndexing `json:"indexing" doc:"How far the index has come: what is newer, or older while past is true, may be missing."`
}

// SearchHit is a message that was found.
type SearchHit struct {
	Message Message      `json:"message"`
	Contact Contact      `json:"contact" doc:"With whom it was exchanged."`
	Excerpt []SearchPart `json:"excerpt" nullable:"false" doc:"What it says around the first word found, in pieces; without words to look for its beginning."`
}

// SearchPart is a piece of text.
type SearchPart struct {
	Text  string `json:"text" doc:"The pieces follow each other without anything in between."`
	Match bool   `json:"match" doc:"It is one of the words that were looked for."`
}

// SearchPerson is somebody who was found.
type SearchPerson struct {
	Contact        Contact      `json:"contact"`
	ConversationID *string      `json:"conversation_id" doc:"The newest conversation with this person; null: there is none."`
	PhoneNumberID  *string      `json:"phone_number_id" doc:"Meta's id of the business number of that conversation."`
	Name           []SearchPart `json:"name" nullable:"false" doc:"contact.name in pieces."`
	Phone          []SearchPart `json:"phone" nullable:"false" doc:"contact.phone in pieces; empty when none is known."`
}

// SearchIndexing is how far the index has come.
type SearchIndexing struct {
	Until Stamp `json:"until" doc:"Everything that was said up to then is indexed; null: indexing has not begun."`
	Past  bool  `json:"past" doc:"What was there before the index was made is still being read, newest first."`
}

type searchInput struct {
	Paging
	Q             string    `query:"q" doc:"What to look for, at most 200 characters and 12 words. Every word must occur; words of three letters and more may go on (invoice finds invoices), and so may the last one while no space follows. Case, accents and umlauts do not count (strasse finds Straße, mueller finds Müller). May be empty with has." example:"invoice R-2402"`
	PhoneNumberID string    `query:"phone_number_id" maxLength:"64" doc:"Only of this business number."`
	PersonID      string    `query:"person_id" maxLength:"64" doc:"Only what this colleague wrote: per_…"`
	Label         string    `query:"label" maxLength:"64" doc:"Only of conversations that have this label now: lbl_…"`
	Conversation  string    `query:"conversation_id" maxLength:"64" doc:"Only of this conversation: cnv_… Its messages are found at once, however far the index has come."`
	From          time.Time `query:"from" doc:"Only what was said at or after this moment." example:"2026-11-01T00:00:00Z"`
	To            time.Time `query:"to" doc:"Only what was said before this moment." example:"2026-12-01T00:00:00Z"`
	Has           string    `query:"has" enum:"image,video,audio,document,sticker,location,contacts,order,media,link" doc:"Only messages that carry this; media: a file of any kind."`
	Direction     string    `query:"direction" enum:"inbound,outbound" doc:"inbound: the customer wrote."`
}

// searchPeople is how many people a page shows.
const searchPeople = 5

func (a *API) search() {
	handle(a, route{
		method: http.MethodGet, path: "/search", id: "search", tag: "Conversations", right: account.Read,
		summary: "Find messages and people", text: "Newest first. A page may be shorter than limit, even empty, and have a next one. Messages that were taken back are not found.",
	}, a.look)
}

func (a *API) look(ctx context.Context, in *searchInput) (*body[SearchAnswer], error) {
	p := principal(ctx)
	q := search.Query{WorkspaceID: p.WorkspaceID, Text: in.Q, From: in.From, To: in.To, Has: search.Has(in.Has), Direction: wa.Direction(in.Direction), Limit: in.Limit}
	if err := unpackCursor(in.Cursor, (*int64)(&q.Before)); err != nil {
		return nil, err
	}
	if in.PhoneNumberID != "" {
		n, err := a.ownNumber(p.WorkspaceID, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return nil, err
		}
		q.NumberID = n.ID
	}
	if in.PersonID != "" {
		var err error
		if q.PersonID, err = wa.ParsePersonID(in.PersonID); err != nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "person_id", Detail: "is not a person_id: it has per_ and 13 more characters."})
		}
	}
	if in.Label != "" {
		var err error
		if q.LabelID, err = labelOf("label", in.Label); err != nil {
			return nil, err
		}
	}
	if in.Conversation != "" {
		var err error
		if q.ConversationID, err = wa.ParseConversationID(in.Conversation); err != nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "conversation_id", Detail: "is not a conversation_id: it has cnv_ and 13 more characters."})
		}
	}
	if !in.From.IsZero() && !in.To.IsZero() && !in.From.Before(in.To) {
		return nil, fault.Wrong(codeInvalid, fault.Field{Name: "to", Detail: "must be later than from."})
	}
	found, err := a.Search.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	var people []search.PersonHit
	if q.Before == 0 && q.PersonID == 0 && q.LabelID == 0 && q.ConversationID == 0 && q.From.IsZero() && q.To.IsZero() && q.Has == "" && q.Direction == "" {
		if people, err = a.Search.FindPeople(ctx, p.WorkspaceID, in.Q, searchPeople); err != nil {
			return nil, err
		}
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	return answerWith(show.found(found, people, q.NumberID)), nil
}

func (s shown) found(a search.Answer, people []search.PersonHit, number wa.NumberID) SearchAnswer {
	out := SearchAnswer{
		List:     List[SearchHit]{Data: make([]SearchHit, len(a.Messages))},
		People:   make([]SearchPerson, 0, len(people)),
		Indexing: SearchIndexing{Until: Stamp(a.State.Until), Past: a.State.Past},
	}
	for i, h := range a.Messages {
		out.Data[i] = SearchHit{Message: s.message(&h.Message, h.Contact.Phone), Contact: contact(&h.Contact), Excerpt: searchParts(h.Excerpt)}
	}
	if a.Next != 0 {
		next := packCursor(int64(a.Next))
		out.NextCursor = &next
	}
	for _, h := range people {
		if number != 0 && h.NumberID != number {
			continue
		}
		p := SearchPerson{Contact: contact(&h.Contact), Name: searchParts(h.Name), Phone: searchParts(h.Phone)}
		if h.ConversationID != 0 {
			id := h.ConversationID.String()
			p.ConversationID, p.PhoneNumberID = &id, opt(s.phoneNumberID(h.NumberID))
		}
		out.People = append(out.People, p)
	}
	return out
}

func searchParts(parts []search.Part) []SearchPart {
	out := make([]SearchPart, len(parts))
	for i, p := range parts {
		out[i] = SearchPart(p)
	}
	return out
}
