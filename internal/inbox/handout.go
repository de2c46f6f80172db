package inbox

import (
	"slices"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Gift is a conversation that a rule gives to somebody; By is the rule's name,
// and the detail of conversation.assigned.
type Gift struct {
	ID     wa.ConversationID
	Person wa.PersonID
	By     string
}

// Queued holds up to as many conversations of each team's queue as asked, those
// that wait longest, until the transaction ends: who claims one meanwhile comes
// second. What somebody took between the look and the hold is left out.
func (i *Inbox) Queued(tx txn.Tx, ws wa.WorkspaceID, asked map[wa.TeamID]int) ([]*Conversation, error) {
	var pairs []Pair
	for team, limit := range asked {
		some, err := i.Store.Queued(tx, ws, team, limit)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, some...)
	}
	slices.SortFunc(pairs, comparePairs) // as intake locks them: neither waits for the other
	held, err := i.Store.Conversations(tx, pairs)
	if err != nil {
		return nil, err
	}
	queued := make([]*Conversation, 0, len(held))
	for _, p := range pairs {
		c := held[p]
		if c == nil || c.WorkspaceID != ws || c.State != Waiting || c.Snooze.On() || asked[c.TeamID] == 0 {
			continue
		}
		queued = append(queued, c)
	}
	return queued, nil
}

// Give gives away conversations that this transaction holds and that wait.
func (i *Inbox) Give(tx txn.Tx, ws wa.WorkspaceID, gifts []Gift) error {
	ids := make([]wa.ConversationID, len(gifts))
	for n, g := range gifts {
		ids[n] = g.ID
	}
	held, err := i.Store.Held(tx, ids)
	if err != nil {
		return err
	}
	now := i.Now()
	given := make([]*Conversation, 0, len(gifts))
	facts := make([]journal.Fact, 0, len(gifts))
	for _, g := range gifts {
		c := held[g.ID]
		if c == nil || c.WorkspaceID != ws || c.State != Waiting {
			continue
		}
		c.assign(g.Person)
		given = append(given, c)
		facts = append(facts, c.fact(journal.ConversationAssigned, 0, g.By, now))
	}
	slices.SortFunc(given, func(a, b *Conversation) int { return comparePairs(a.pair(), b.pair()) })
	if err := i.Store.UpdateConversations(tx, given); err != nil {
		return err
	}
	return i.Journal.Append(tx, facts...)
}

// Load is how many open conversations each person of a workspace has, but for
// the snoozed.
func (i *Inbox) Load(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]int, error) {
	return i.Store.Loads(tx, ws)
}
