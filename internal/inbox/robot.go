package inbox

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Robot says whether programs may answer a conversation by themselves: the
// greeting today, flows and models later. What a program is told to send by
// somebody (an API call, an order's notice) is not meant.
type Robot string

const (
	RobotAuto   Robot = "auto"   // they answer
	RobotPaused Robot = "paused" // they keep silent until a time
	RobotOff    Robot = "off"    // they keep silent until somebody says otherwise
)

// Automation is a conversation's Robot as it is stored. The zero value is auto.
type Automation struct {
	Off   bool
	Until time.Time   // paused until then
	By    wa.PersonID // who made it silent
}

// State is what holds at a moment: a pause ends by itself.
func (a Automation) State(now time.Time) Robot {
	switch {
	case a.Off:
		return RobotOff
	case now.Before(a.Until):
		return RobotPaused
	}
	return RobotAuto
}

// Pause silences programs in one conversation.
type Pause struct {
	ID    wa.ConversationID
	Until time.Time
	By    wa.PersonID
}

// SetAutomation changes it by hand. Until counts with RobotPaused alone.
func (i *Inbox) SetAutomation(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, to Robot, until time.Time) error {
	var a Automation
	switch to {
	case RobotAuto:
	case RobotOff:
		a = Automation{Off: true, By: actor}
	case RobotPaused:
		now := i.Now()
		if !until.After(now) || until.After(now.Add(MaxPauseMinutes*time.Minute)) {
			return fault.Wrong("invalid_automation", fault.Field{Name: "until", Detail: "must be in the future, and within 30 days."})
		}
		a = Automation{Until: until, By: actor}
	default:
		return fault.Wrong("invalid_automation", fault.Field{Name: "state", Detail: "must be one of auto, paused, off."})
	}
	return i.change(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, _ time.Time) (happened, error) {
		if c.Automation == a {
			return happened{}, nil
		}
		c.Automation = a
		return happened{kind: journal.ConversationRobot, detail: string(to)}, nil
	})
}

// Sent is told of messages that were accepted, in their transaction, which holds
// the rows of their conversations: they are the newest now, and where a person
// wrote one, programs keep silent for a while.
func (i *Inbox) Sent(tx txn.Tx, touched []Touched) error {
	if err := i.Store.Touch(tx, touched); err != nil {
		return err
	}
	written := map[wa.ConversationID]wa.PersonID{}
	var ids []wa.ConversationID
	for _, t := range touched {
		if t.Person == 0 {
			continue
		}
		if written[t.ConversationID] == 0 {
			ids = append(ids, t.ConversationID)
		}
		written[t.ConversationID] = t.Person
	}
	if len(ids) == 0 {
		return nil
	}
	return i.hush(tx, ids, written)
}

func (i *Inbox) hush(tx txn.Tx, ids []wa.ConversationID, written map[wa.ConversationID]wa.PersonID) error {
	now := i.Now()
	found, err := i.Store.Held(tx, ids)
	if err != nil {
		return err
	}
	var pauses []Pause
	var facts []journal.Fact
	for _, id := range ids {
		c := found[id]
		if c == nil || c.Automation.Off {
			continue
		}
		// A pause is never shortened, and not written anew for seconds.
		until := now.Add(time.Duration(i.Settings.Rules(c.WorkspaceID).PauseMinutes) * time.Minute)
		if until.Sub(c.Automation.Until) < time.Minute || !until.After(now) {
			continue
		}
		pauses = append(pauses, Pause{ID: id, Until: until, By: written[id]})
		if c.Automation.State(now) == RobotAuto {
			facts = append(facts, c.fact(journal.ConversationRobot, written[id], string(RobotPaused), now))
		}
	}
	if len(pauses) == 0 {
		return nil
	}
	if err := i.Store.Pause(tx, pauses); err != nil {
		return err
	}
	return i.Journal.Append(tx, facts...)
}
