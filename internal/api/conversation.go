package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// Whom is the person in a path.
type Whom struct {
	Phone         string `path:"phone" maxLength:"200" doc:"A phone number with country code in any usual writing, a contact_id, a BSUID, or a conversation_id." example:"494515550100"`
	PhoneNumberID string `query:"phone_number_id" maxLength:"64" doc:"The business number, when the workspace has several. Default: that of the newest conversation with this person."`
}

type conversationsInput struct {
	Paging
	Tab           string `query:"tab" enum:"mine,unassigned,all,later,closed" default:"all" doc:"mine: assigned to you; unassigned: in the queue; all: whatever is neither closed nor snoozed; later: the snoozed, whoever has them."`
	PhoneNumberID string `query:"phone_number_id" maxLength:"64" doc:"Only of this business number."`
	Label         string `query:"label" maxLength:"64" doc:"Only with this label: lbl_…."`
	Team          string `query:"team" maxLength:"64" doc:"Only of this team: its slug or tea_…; none: of no team."`
	Assignee      string `query:"assignee" maxLength:"64" doc:"Only of this person: per_…."`
	Unread        bool   `query:"unread" doc:"Only those with something unread."`
}

// Conversations is a page of conversations with the numbers on the tabs.
type Conversations struct {
	List[Conversation]
	Counts Counts `json:"counts" doc:"How many there are on each tab, and how many have something unread."`
}

// Counts are the numbers on the tabs, whatever the list is narrowed by.
type Counts struct {
	Mine       int64 `json:"mine"`
	Unassigned int64 `json:"unassigned"`
	All        int64 `json:"all"`
	Later      int64 `json:"later" doc:"Snoozed ones."`
	Closed     int64 `json:"closed" doc:"At most 1000: that many or more."`
	Unread     int64 `json:"unread" doc:"Conversations with something unread that are yours or nobody's."`
}

func (a *API) conversations() {
	handle(a, route{
		method: http.MethodGet, path: "/conversations", id: "list-conversations", tag: "Conversations", right: account.Read,
		summary: "List conversations", text: "Newest first. An API key has no conversations of its own: `mine` is empty for it.",
	}, a.listConversations)
	handle(a, route{
		method: http.MethodGet, path: "/conversations/{phone}", id: "get-conversation", tag: "Conversations", right: account.Read,
		summary: "See the conversation with a person",
	}, func(ctx context.Context, in *Whom) (*body[Conversation], error) {
		id, err := a.find(ctx, in)
		if err != nil {
			return nil, err
		}
		return a.shownConversation(ctx, id)
	})
	a.histories()
	handle(a, route{
		method: http.MethodPost, path: "/conversations/{phone}/read", id: "read-conversation", tag: "Conversations", right: account.Send,
		summary: "Mark a conversation read", text: "Sets unread to 0 for the house, and tells WhatsApp that the newest inbound message was read. When WhatsApp cannot be told, the conversation is read for the house all the same.",
	}, a.readConversation)
}

func (a *API) listConversations(ctx context.Context, in *conversationsInput) (*body[Conversations], error) {
	p := principal(ctx)
	f := inbox.Filter{WorkspaceID: p.WorkspaceID, Tab: inbox.Tab(in.Tab), Person: p.PersonID, Unread: in.Unread, Limit: in.Limit + 1}
	var err error
	if f.Before, err = placeOf(in.Cursor); err != nil {
		return nil, err
	}
	if in.PhoneNumberID != "" {
		n, err := a.ownNumber(p.WorkspaceID, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return nil, err
		}
		f.Number = n.ID
	}
	if err := a.narrow(ctx, &f, in); err != nil {
		return nil, err
	}
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	var views []inbox.View
	if f.Tab != inbox.TabMine || p.PersonID != 0 { // nothing is assigned to a key
		if views, err = a.Inbox.List(ctx, f); err != nil {
			return nil, err
		}
	}
	counts, err := a.Inbox.Count(ctx, p.WorkspaceID, p.PersonID)
	if err != nil {
		return nil, err
	}
	return answerWith(Conversations{
		List:   page(views, in.Limit, show.conversation, func(v inbox.View) string { return placeCursor(v.LastAt, v.ID) }),
		Counts: Counts(counts),
	}), nil
}

// narrow reads what a list of conversations is to be narrowed by.
func (a *API) narrow(ctx context.Context, f *inbox.Filter, in *conversationsInput) (err error) {
	wrong := func(name, detail string) error {
		return fault.Wrong(codeInvalid, fault.Field{Name: name, Detail: detail})
	}
	if in.Label != "" {
		if f.Label, err = wa.ParseLabelID(in.Label); err != nil {
			return wrong("label", "is not a label_id: it has lbl_ and 13 more characters.")
		}
	}
	if in.Assignee != "" {
		if f.Assignee, err = wa.ParsePersonID(in.Assignee); err != nil {
			return wrong("assignee", "is not a person_id: it has per_ and 13 more characters.")
		}
	}
	switch in.Team {
	case "":
	case "none":
		f.Team = inbox.NoTeam
	default:
		f.Team, err = a.team(ctx, in.Team)
	}
	return err
}

func (a *API) readConversation(ctx context.Context, in *Whom) (*body[Conversation], error) {
	p := principal(ctx)
	id, err := a.find(ctx, in)
	if err != nil {
		return nil, err
	}
	newest, err := a.Inbox.MarkRead(ctx, p.WorkspaceID, id, p.PersonID)
	if err != nil {
		return nil, err
	}
	out, err := a.shownConversation(ctx, id)
	if err != nil || newest == "" {
		return out, err
	}
	v, err := a.Inbox.View(ctx, p.WorkspaceID, id)
	if err != nil {
		return nil, err
	}
	if _, err := a.markRead(ctx, v.NumberID, newest, false); err != nil {
		a.log.WarnContext(ctx, "the read receipt did not reach WhatsApp", "conversation", id.String(), "err", err)
	}
	return out, nil
}

// find is the conversation that a path names.
func (a *API) find(ctx context.Context, in *Whom) (wa.ConversationID, error) {
	ws := principal(ctx).WorkspaceID
	if id, err := wa.ParseConversationID(in.Phone); err == nil {
		return id, nil // whoever reads or moves it asks for this workspace's only
	}
	who, err := parseWho("phone", in.Phone)
	if err != nil {
		return 0, err
	}
	var number wa.NumberID
	if in.PhoneNumberID != "" {
		n, err := a.ownNumber(ws, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return 0, err
		}
		number = n.ID
	}
	return a.Inbox.Find(ctx, ws, who, number)
}

func (a *API) shownConversation(ctx context.Context, id wa.ConversationID) (*body[Conversation], error) {
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	v, err := a.Inbox.View(ctx, principal(ctx).WorkspaceID, id)
	if err != nil {
		return nil, err
	}
	return answerWith(show.conversation(*v)), nil
}
