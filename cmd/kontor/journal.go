package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kontor/internal/app"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

type journalCmd struct {
	Tail   journalTail   `cmd:"" help:"Print what happened, as ids and kinds, in order."`
	Replay journalReplay `cmd:"" help:"Take kept webhooks in again; what is known changes nothing."`
}

type journalReplay struct {
	Since  time.Time `help:"Received at or after this moment (2026-11-20T08:00:00Z); default: from the oldest." format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME"`
	Until  time.Time `help:"Received before this moment; default: to the newest." format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME"`
	Number string    `help:"Only what is for this number: its id at Meta." placeholder:"ID"`
}

// replayPage is how many webhooks are taken in between two lines of progress.
const replayPage = 10_000

// Run takes in page by page; Ctrl-C ends it between two, and it may be repeated.
func (r journalReplay) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		var all inbox.Replayed
		span := inbox.Span{Since: r.Since, Until: r.Until, Phone: wa.PhoneNumberID(r.Number), Limit: replayPage}
		for e.ctx.Err() == nil {
			sum, err := a.Replay(e.ctx, span)
			all.Webhooks, all.Messages, all.Fresh = all.Webhooks+sum.Webhooks, all.Messages+sum.Messages, all.Fresh+sum.Fresh
			all.Statuses, all.Unknown, all.Orphaned = all.Statuses+sum.Statuses, all.Unknown+sum.Unknown, all.Orphaned+sum.Orphaned
			if err != nil && e.ctx.Err() == nil {
				return err
			}
			if span.After = sum.Last; sum.Webhooks < replayPage {
				break
			}
			fmt.Fprintf(e.problems, "%d webhooks looked at, %d messages were new\n", all.Webhooks, all.Fresh)
		}
		if e.ctx.Err() != nil {
			fmt.Fprintln(e.out, "Interrupted; it may be repeated. Until here:")
		}
		fmt.Fprintf(e.out, "%d webhooks with %d messages, of which %d were new, and %d statuses.\n", all.Webhooks, all.Messages, all.Fresh, all.Statuses)
		if all.Unknown > 0 {
			fmt.Fprintf(e.out, "%d parts are for numbers that are not connected; they are in quarantine.\n", all.Unknown)
		}
		if all.Orphaned > 0 {
			fmt.Fprintf(e.out, "%d webhooks were left out: the number that signed them is no longer here.\n", all.Orphaned)
		}
		return nil
	})
}

type journalTail struct {
	Follow    bool   `short:"f" help:"Go on with what happens, until Ctrl-C."`
	Workspace string `help:"Only of this workspace." placeholder:"SLUG"`
	JSON      bool   `help:"One JSON object a line."`
	Last      int    `help:"How many facts to begin with; 0: all." default:"50" placeholder:"N"`
}

// line is a fact for programs; ids that do not apply are left out.
type line struct {
	Seq            int64     `json:"seq"`
	At             time.Time `json:"at"`
	Kind           string    `json:"kind"`
	WorkspaceID    string    `json:"workspace_id,omitempty"`
	NumberID       string    `json:"number_id,omitempty"`
	ContactID      string    `json:"contact_id,omitempty"`
	ConversationID string    `json:"conversation_id,omitempty"`
	MessageID      string    `json:"message_id,omitempty"`
	ActorID        string    `json:"actor_id,omitempty"`
	Detail         string    `json:"detail,omitempty"`
}

// Run prints facts. They hold ids and kinds, never names, numbers or text.
func (j journalTail) Run(e *env) error {
	if j.Last < 0 {
		return errors.New("--last takes 0 or more")
	}
	return e.withApp(func(a *app.App) error {
		var ws wa.WorkspaceID
		if j.Workspace != "" {
			w, err := a.Accounts.WorkspaceBySlug(e.ctx, j.Workspace)
			if err != nil {
				return err
			}
			ws = w.ID
		}
		print := func(f app.Fact) error { return j.print(e, f) }
		err := a.Tail(e.ctx, app.TailOptions{Workspace: ws, Last: j.Last, Follow: j.Follow}, print)
		if e.ctx.Err() != nil {
			return nil // Ctrl-C is how following ends
		}
		return err
	})
}

func (j journalTail) print(e *env, f app.Fact) error {
	l := line{Seq: f.Cursor.Seq, At: f.At, Kind: string(f.Kind), Detail: f.Detail}
	for _, id := range []struct {
		into *string
		set  bool
		text fmt.Stringer
	}{
		{&l.WorkspaceID, f.WorkspaceID != 0, f.WorkspaceID}, {&l.NumberID, f.NumberID != 0, f.NumberID}, {&l.ContactID, f.ContactID != 0, f.ContactID},
		{&l.ConversationID, f.ConversationID != 0, f.ConversationID}, {&l.MessageID, f.MessageID != 0, f.MessageID}, {&l.ActorID, f.ActorID != 0, f.ActorID},
	} {
		if id.set {
			*id.into = id.text.String()
		}
	}
	if j.JSON {
		return json.NewEncoder(e.out).Encode(l)
	}
	_, err := fmt.Fprintf(e.out, "%d %s %s", l.Seq, l.At.Format(time.RFC3339Nano), l.Kind)
	for _, text := range []string{l.Detail, l.WorkspaceID, l.NumberID, l.ContactID, l.ConversationID, l.MessageID, l.ActorID} {
		if text != "" && err == nil {
			_, err = fmt.Fprint(e.out, " ", text)
		}
	}
	if err == nil {
		_, err = fmt.Fprintln(e.out)
	}
	return err
}
