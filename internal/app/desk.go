package app

import (
	"kontor/internal/api"
	"kontor/internal/desk"
	"kontor/internal/inbox"
	"kontor/internal/presence"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// newDesk wires what colleagues put beside conversations.
func (a *App) newDesk(o Options) {
	a.Desk = desk.New(desk.Parts{
		Runner: a.runner(), Store: a.store.Desk(), Conversations: subjects{a.store.Inbox()}, Colleagues: staff{a}, Journal: a.store.Journal(),
		NewID: a.store.NewID, Now: o.Now,
	})
	a.jobs.Handle(a.Inbox.WakeWork())
}

// draftSent lets go of what a person had begun, once it is accepted.
func (a *App) draftSent(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.ConversationID) error {
	return a.Desk.Sent(tx, ws, person, id)
}

// colleagues lets the API hear who looks at what, and say it to all nodes.
type colleagues struct {
	*presence.Board
	store *store.Store
}

var _ api.Presence = colleagues{}

// Say implements api.Presence; this node hears it in the same way as the others.
func (c colleagues) Say(w presence.Word) {
	c.store.Announce(store.Present{Workspace: w.Workspace, Conversation: w.Conversation, Person: w.Person, State: string(w.State)})
}

// subjects shows the desk the conversations that things are put beside.
type subjects struct {
	store interface {
		Conversation(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (*inbox.Conversation, error)
		Message(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error)
	}
}

var _ desk.Conversations = subjects{}

func (s subjects) Subject(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (desk.Subject, bool, error) {
	c, err := s.store.Conversation(tx, ws, id)
	if err != nil || c == nil {
		return desk.Subject{}, false, err
	}
	return desk.Subject{ConversationID: c.ID, NumberID: c.NumberID, ContactID: c.ContactID}, true, nil
}

func (s subjects) Holds(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, message wa.MessageID) (bool, error) {
	m, found, err := s.store.Message(tx, ws, message)
	return found && m.ConversationID == id, err
}

// staff shows who works in a workspace.
type staff struct{ a *App }

var (
	_ desk.Colleagues = staff{}
	_ inbox.Staff     = staff{}
)

func (s staff) People(tx txn.Tx, ws wa.WorkspaceID, ids []wa.PersonID) (map[wa.PersonID]bool, error) {
	found := make(map[wa.PersonID]bool, len(ids))
	for _, id := range ids {
		_, known, err := s.a.store.Accounts().Person(tx, ws, id)
		if err != nil {
			return nil, err
		}
		found[id] = known
	}
	return found, nil
}

// Ready implements inbox.Staff: whoever was deactivated, or is away, gets nothing back.
func (s staff) Ready(tx txn.Tx, ws wa.WorkspaceID, ids []wa.PersonID) (map[wa.PersonID]bool, error) {
	return s.a.store.Routing().Ready(tx, ws, ids)
}
