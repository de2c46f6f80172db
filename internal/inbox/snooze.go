package inbox

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Snooze keeps a conversation out of sight. What the customer says wakes it at
// once; so does whatever moves it in the queue.
type Snooze struct {
	Until time.Time // zero with Reply: only what the customer says wakes it
	Reply bool
}

// On reports whether it is snoozed.
func (s Snooze) On() bool { return s.Reply || !s.Until.IsZero() }

// MaxSnooze is how far ahead a conversation may be put off.
const MaxSnooze = 366 * 24 * time.Hour

// What woke a conversation: the detail of conversation.woken.
const (
	WokenByTime    = "time"
	WokenByMessage = "message"
	WokenByHand    = "hand"
)

// wake ends a snooze and reports whether there was one. Who waits begins to
// wait now: nobody was to take it before.
func (c *Conversation) wake(now time.Time) bool {
	if !c.Snooze.On() {
		return false
	}
	c.Snooze = Snooze{}
	if c.State == Waiting {
		c.WaitingSince = now
	}
	return true
}

// Overdue is a snoozed conversation whose time has come.
type Overdue struct {
	WorkspaceID wa.WorkspaceID
	ID          wa.ConversationID
}

// PutOff snoozes a conversation until a time or, with the zero Snooze.Until and
// Reply, until the customer writes. Snoozing again replaces.
func (i *Inbox) PutOff(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, s Snooze) error {
	now := i.Now()
	switch {
	case s.Reply == !s.Until.IsZero():
		return fault.Wrong("invalid_snooze", fault.Field{Name: "until", Detail: "Give either a time or until_reply."})
	case !s.Reply && (!s.Until.After(now) || s.Until.After(now.Add(MaxSnooze))):
		return fault.Wrong("invalid_snooze", fault.Field{Name: "until", Detail: "must be in the future, and within a year."})
	}
	return i.change(ctx, ws, id, actor, func(tx txn.Tx, c *Conversation, now time.Time) (happened, error) {
		if c.State == Closed {
			return happened{}, errClosed
		}
		if c.Snooze == s {
			return happened{}, nil
		}
		c.Snooze = s
		if s.Reply {
			return happened{kind: journal.ConversationSnoozed, detail: "reply"}, nil
		}
		return happened{kind: journal.ConversationSnoozed, detail: "until"}, i.wakeLater(tx, c, now)
	})
}

var errClosed = fault.New(fault.Conflict, "conversation_closed", "This conversation is closed; nothing was changed.", "It comes back by itself when the customer writes.")

// Wake ends a snooze by hand.
func (i *Inbox) Wake(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error {
	return i.change(ctx, ws, id, actor, func(_ txn.Tx, c *Conversation, now time.Time) (happened, error) {
		if !c.wake(now) {
			return happened{}, nil
		}
		return happened{kind: journal.ConversationWoken, detail: WokenByHand}, nil
	})
}

// WorkWake is the job that wakes a conversation; its subject is the conversation.
const WorkWake jobs.Kind = "conversation.wake"

// WakeWork is how snoozed conversations wake at their time: in the transaction
// that ends the job, so that each wakes once.
func (i *Inbox) WakeWork() jobs.Work {
	return jobs.Work{Kind: WorkWake, Do: func(ctx context.Context, run *jobs.Run) error {
		return i.Runner.Write(ctx, func(tx txn.Tx) error {
			c, err := i.Store.Conversation(tx, run.WorkspaceID, wa.ConversationID(run.Subject))
			if err != nil {
				return err
			}
			if err := i.wakeNow(tx, c); err != nil {
				return err
			}
			return run.Complete(tx)
		})
	}}
}

// wakeNow wakes what is due. What was put off further since then gets a job
// again: one that waits is done at its earliest due.
func (i *Inbox) wakeNow(tx txn.Tx, c *Conversation) error {
	now := i.Now()
	switch {
	case c == nil || c.Snooze.Until.IsZero():
		return nil
	case c.Snooze.Until.After(now):
		return i.wakeLater(tx, c, now)
	}
	c.wake(now)
	facts := []journal.Fact{c.fact(journal.ConversationWoken, 0, WokenByTime, now)}
	if c.State == Assigned && i.Settings.Gone(c.AssigneeID) {
		c.release(now)
		facts = append(facts, c.fact(journal.ConversationReleased, 0, ReleasedGone, now))
	}
	if err := i.Store.UpdateConversations(tx, []*Conversation{c}); err != nil {
		return err
	}
	return i.Journal.Append(tx, facts...)
}

// wakeLater enqueues the job. Jobs go by the real time, rules by i.Now.
func (i *Inbox) wakeLater(tx txn.Tx, c *Conversation, now time.Time) error {
	return i.Jobs.Enqueue(tx, jobs.Job{WorkspaceID: c.WorkspaceID, Kind: WorkWake, Subject: int64(c.ID), Due: time.Now().Add(c.Snooze.Until.Sub(now))})
}

// Watch wakes conversations whose time has come because the clock by which rules
// go was moved, as the sandbox's can be. It returns nil when ctx ends.
func (i *Inbox) Watch(ctx context.Context) error { return i.overdue().Run(ctx) }

func (i *Inbox) overdue() jobs.Forward {
	return jobs.Forward{Runner: i.Runner, Enqueue: i.Jobs.Enqueue, Log: i.Log, Overdue: func(tx txn.Tx) ([]jobs.Job, error) {
		due, err := i.Store.Overdue(tx, i.Now(), 100)
		late := make([]jobs.Job, len(due))
		for n, o := range due {
			late[n] = jobs.Job{WorkspaceID: o.WorkspaceID, Kind: WorkWake, Subject: int64(o.ID)}
		}
		return late, err
	}}
}
