package order

import (
	"context"
	"errors"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Work is the job that sends a notice; its subject is the notice's id.
const Work jobs.Kind = "order.notify"

// NotifyWork is how notices are sent.
func (b *Book) NotifyWork() jobs.Work {
	return jobs.Work{Kind: Work, Do: b.notify, Failed: b.gaveUp}
}

// notify sends what waits to be said about the order of a notice, oldest
// change first. The messages, their places in the timeline and the end of the
// job are one transaction: whatever ends the program, each is sent once.
func (b *Book) notify(ctx context.Context, run *jobs.Run) error {
	var numbers []wa.NumberID
	err := b.Runner.Write(ctx, func(tx txn.Tx) error {
		numbers = nil
		n, err := b.Store.Notice(tx, run.WorkspaceID, run.Subject)
		if err != nil {
			return err
		}
		if n != nil && n.State == Waiting {
			if numbers, err = b.sendWaiting(ctx, tx, n); err != nil {
				return err
			}
		}
		return run.Complete(tx)
	})
	for _, id := range numbers {
		b.Mail.Wake(id)
	}
	return err
}

func (b *Book) sendWaiting(ctx context.Context, tx txn.Tx, asked *Notice) (numbers []wa.NumberID, err error) {
	o, err := b.Store.ByID(tx, asked.WorkspaceID, asked.OrderID) // locked: no other job of this order sends now
	if err != nil || o == nil {
		return nil, err
	}
	waiting, err := b.Store.WaitingOf(tx, o.WorkspaceID, o.ID)
	if err != nil {
		return nil, err
	}
	settings, err := b.settings(tx, o.WorkspaceID)
	if err != nil {
		return nil, err
	}
	for _, n := range waiting {
		if n.Due.After(b.Now()) {
			if n.ID == asked.ID { // the time by which rules go is behind the real one
				if err := b.enqueue(tx, n); err != nil {
					return nil, err
				}
			}
			continue
		}
		if err := b.tell(ctx, tx, o, &settings, n); err != nil {
			return nil, err
		}
		numbers = append(numbers, o.NumberID)
	}
	return numbers, nil
}

// tell sends one notice, or writes into the timeline why it is not sent.
func (b *Book) tell(ctx context.Context, tx txn.Tx, o *Order, s *Settings, n Notice) error {
	wording, late := s.wording(&n), n.Kind != NoticeStatus && !n.Appointment.After(b.Now())
	switch {
	case late:
		return b.trouble(tx, o, n, fault.New(fault.Conflict, "appointment_past", "The appointment was over before this could be said.", "Tell the customer yourself if it still matters."))
	case wording == nil:
		return b.trouble(tx, o, n, fault.New(fault.Conflict, "message_unset", "The settings name no message for this any more.", "See PUT order-statuses."))
	}
	id, err := b.say(ctx, tx, o, s, wording, &n)
	if err != nil {
		if refused(err) {
			return b.trouble(tx, o, n, err)
		}
		return err
	}
	n.State, n.MessageID = Sent, id
	if err := b.Store.SettleNotice(tx, n); err != nil {
		return err
	}
	if _, err := b.Store.Link(tx, o.WorkspaceID, id, o.ID, ByNotice, b.Now()); err != nil {
		return err
	}
	e := b.event(o, EventNotified, wa.Author{})
	e.Notice, e.MessageID, e.Version, e.Status = n.Kind, id, n.Version, n.Status
	return b.note(tx, o, e)
}

// wording is what the settings say to a notice.
func (s *Settings) wording(n *Notice) *Wording {
	switch n.Kind {
	case NoticeAppointment:
		return s.Appointment
	case NoticeReminder:
		if s.Reminder != nil {
			return &s.Reminder.Wording
		}
		return nil
	}
	if r := s.status(n.Status); r != nil {
		return r.Message
	}
	return nil
}

// refused reports whether an error is the answer of a rule, which another try
// would meet again, and not a failure of the house.
func refused(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable
}

// trouble settles a notice that cannot be sent: never silently.
func (b *Book) trouble(tx txn.Tx, o *Order, n Notice, err error) error {
	n.State = Problem
	if err := b.Store.SettleNotice(tx, n); err != nil {
		return err
	}
	f := fault.As(err)
	e := b.event(o, EventProblem, wa.Author{})
	e.Notice, e.Version, e.Status, e.Code, e.Detail = n.Kind, n.Version, n.Status, f.Code, f.Detail
	for _, w := range f.Fields {
		e.Detail += " " + w.Name + ": " + w.Detail
	}
	if f.Advice != "" {
		e.Detail += " " + f.Advice
	}
	return b.note(tx, o, e)
}

// note writes an event and tells that there is one.
func (b *Book) note(tx txn.Tx, o *Order, e Event) error {
	if err := b.Store.AddEvents(tx, e); err != nil {
		return err
	}
	f := b.fact(Changed, o, e.Author, "")
	f.MessageID = e.MessageID
	return b.Journal.Append(tx, f)
}

// gaveUp writes into the timeline that the house failed to send a notice.
func (b *Book) gaveUp(tx txn.Tx, job jobs.Job, cause error) error {
	n, err := b.Store.Notice(tx, job.WorkspaceID, job.Subject)
	if err != nil || n == nil || n.State != Waiting {
		return err
	}
	o, err := b.Store.ByID(tx, job.WorkspaceID, n.OrderID)
	if err != nil || o == nil {
		return err
	}
	b.Log.Error("a notice of an order was given up", "order", o.ID.String(), "notice", n.Kind, "err", cause)
	return b.trouble(tx, o, *n, fault.New(fault.Internal, "notice_failed", "Kontor failed at this again and again; nothing was sent.", "See Kontor's log, and tell the customer yourself."))
}

// Watch has notices sent that are due while the time by which rules go may jump
// (a sandbox moves it): the jobs, which go by the real time, would come too
// late. It returns nil when ctx ends. Without a sandbox nobody needs it.
func (b *Book) Watch(ctx context.Context) error {
	return jobs.Forward{Runner: b.Runner, Enqueue: b.Jobs.Enqueue, Wake: b.Jobs.Wake, Log: b.Log, Overdue: func(tx txn.Tx) ([]jobs.Job, error) {
		due, err := b.Store.Overdue(tx, b.Now(), 100)
		late := make([]jobs.Job, len(due))
		for i, n := range due {
			late[i] = jobs.Job{WorkspaceID: n.WorkspaceID, Kind: Work, Subject: n.ID}
		}
		return late, err
	}}.Run(ctx)
}
