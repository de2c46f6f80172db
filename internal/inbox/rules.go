package inbox

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Rules are what a workspace decides about its conversations.
type Rules struct {
	// ReopenHours is for how long a closed conversation goes back to whom it had
	// when its customer writes again; 0: it always goes to the queue.
	ReopenHours int `json:"reopen_hours"`
	// PauseMinutes is how long programs keep silent after a person has written; 0: they do not.
	PauseMinutes int `json:"pause_minutes"`
}

// Limits of Rules.
const (
	MaxReopenHours  = 30 * 24
	MaxPauseMinutes = 30 * 24 * 60
)

// DefaultRules hold for a workspace that has decided nothing: the queue takes
// what comes again, and a person who writes has half a day without programs.
func DefaultRules() Rules { return Rules{PauseMinutes: 12 * 60} }

// goesBack reports whether a closed conversation returns to its last owner.
func (r Rules) goesBack(c *Conversation, now time.Time) bool {
	return r.ReopenHours > 0 && c.LastAssignee != 0 && now.Sub(c.ClosedAt) <= time.Duration(r.ReopenHours)*time.Hour
}

func (r Rules) check() error {
	var wrong []fault.Field
	if r.ReopenHours < 0 || r.ReopenHours > MaxReopenHours {
		wrong = append(wrong, fault.Field{Name: "reopen_hours", Detail: "must be between 0 and 720 hours.", Limit: MaxReopenHours, Length: r.ReopenHours})
	}
	if r.PauseMinutes < 0 || r.PauseMinutes > MaxPauseMinutes {
		wrong = append(wrong, fault.Field{Name: "pause_minutes", Detail: "must be between 0 and 43200 minutes.", Limit: MaxPauseMinutes, Length: r.PauseMinutes})
	}
	if len(wrong) > 0 {
		return fault.Wrong("invalid_settings", wrong...)
	}
	return nil
}

// AllRules are the rules of those workspaces that have decided something.
func (i *Inbox) AllRules(ctx context.Context) (all map[wa.WorkspaceID]Rules, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		all, err = i.Store.AllRules(tx)
		return err
	})
	return all, err
}

// Rules are a workspace's.
func (i *Inbox) Rules(ctx context.Context, ws wa.WorkspaceID) (Rules, error) {
	all, err := i.AllRules(ctx)
	if err != nil {
		return Rules{}, err
	}
	if r, own := all[ws]; own {
		return r, nil
	}
	return DefaultRules(), nil
}

// SetRules changes them. Other nodes go by them within a second.
func (i *Inbox) SetRules(ctx context.Context, ws wa.WorkspaceID, r Rules) error {
	if err := r.check(); err != nil {
		return err
	}
	return i.Runner.Write(ctx, func(tx txn.Tx) error { return i.Store.SetRules(tx, ws, r, i.Now()) })
}

// giveBack hands conversations that their customers opened again to whom they
// had last, where these are there. They are in the queue already.
func (i *Inbox) giveBack(tx txn.Tx, returning []*Conversation, now time.Time) (facts []journal.Fact, err error) {
	asked := map[wa.WorkspaceID][]wa.PersonID{}
	for _, c := range returning {
		asked[c.WorkspaceID] = append(asked[c.WorkspaceID], c.LastAssignee)
	}
	ready := map[wa.WorkspaceID]map[wa.PersonID]bool{}
	for ws, people := range asked {
		if ready[ws], err = i.Staff.Ready(tx, ws, people); err != nil {
			return nil, err
		}
	}
	for _, c := range returning {
		if ready[c.WorkspaceID][c.LastAssignee] {
			c.State, c.AssigneeID, c.WaitingSince = Assigned, c.LastAssignee, time.Time{}
			facts = append(facts, c.fact(journal.ConversationAssigned, 0, AssignedReopened, now))
		}
	}
	return facts, nil
}

// AssignedReopened is the detail of conversation.assigned when the rule for
// reopening did it.
const AssignedReopened = "reopened"

func (c *Conversation) fact(kind journal.Kind, actor wa.PersonID, detail string, now time.Time) journal.Fact {
	return journal.Fact{
		WorkspaceID: c.WorkspaceID, Kind: kind, NumberID: c.NumberID, ContactID: c.ContactID, ConversationID: c.ID, ActorID: actor, Detail: detail, At: now,
	}
}
