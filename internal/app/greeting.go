package app

import (
	"context"
	"errors"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/outbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// greeter answers every conversation that opens with the workspace's greeting,
// if it has one. It is a reader of the journal: the greeting is accepted in the
// same transaction as the reader's move, so each opening is greeted once.
type greeter struct {
	workspace func(tx txn.Tx, id wa.WorkspaceID) (account.Workspace, bool, error)
	// conversation finds one, locked until the transaction ends.
	conversation func(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID) (*inbox.Conversation, error)
	now          func() time.Time
	accept       func(ctx context.Context, tx txn.Tx, r outbox.Request) (outbox.Receipt, error)
	wake         func(wa.NumberID)
}

const greetingReader = "greeting"

func (g greeter) reader() journal.Reader {
	return journal.Reader{Name: greetingReader, Kinds: []journal.Kind{journal.ConversationOpened}, FromEnd: true, Handle: g.greet}
}

func (g greeter) greet(tx txn.Tx, facts []journal.Fact) error {
	for _, f := range facts {
		ws, found, err := g.workspace(tx, f.WorkspaceID)
		if err != nil {
			return err
		}
		if !found || ws.Greeting == "" {
			continue
		}
		c, err := g.conversation(tx, f.WorkspaceID, f.ConversationID)
		if err != nil {
			return err
		}
		if c == nil || c.Automation.State(g.now()) != inbox.RobotAuto {
			continue // a person has it in hand
		}
		_, err = g.accept(context.Background(), tx, outbox.Request{
			WorkspaceID: f.WorkspaceID, NumberID: f.NumberID, Contact: f.ContactID,
			Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: ws.Greeting}},
			Author:  wa.Author{Kind: wa.AuthorGreeting},
		})
		// A refusal by a rule (the window closed while Kontor was down, a daily
		// limit) is an answer: the greeting is too late or too much, and is left out.
		var refused *fault.Error
		if err != nil && !(errors.As(err, &refused) && refused.Kind != fault.Internal) {
			return err
		}
		g.wake(f.NumberID)
	}
	return nil
}
