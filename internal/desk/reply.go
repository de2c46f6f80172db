package desk

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// QuickReply is a text that is often needed. With neither team nor person it is
// for the whole workspace; one of a team is offered in the team's conversations.
type QuickReply struct {
	ID          wa.QuickReplyID
	WorkspaceID wa.WorkspaceID
	Team        wa.TeamID
	Person      wa.PersonID
	Shortcut    string // 1–40 of a-z, 0-9, - and _; once for the same people
	Text        string // 1–4096 characters with {{placeholders}}, sealed at rest
	UpdatedAt   time.Time
}

// MaxQuickReplies is how many there are for the same people.
const MaxQuickReplies = 500

// Replies is where quick replies are kept.
type Replies interface {
	// InsertReply and UpdateReply answer done = false when the shortcut is taken.
	InsertReply(tx txn.Tx, r QuickReply) (done bool, err error)
	UpdateReply(tx txn.Tx, r QuickReply) (done bool, err error)
	DeleteReply(tx txn.Tx, ws wa.WorkspaceID, id wa.QuickReplyID) error
	Reply(tx txn.Tx, ws wa.WorkspaceID, id wa.QuickReplyID) (r QuickReply, found bool, err error)
	// RepliesFor are those of the workspace, of all its teams, and of a person, by shortcut.
	RepliesFor(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID) ([]QuickReply, error)
	// CountReplies is how many the same people have.
	CountReplies(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID, person wa.PersonID) (int64, error)
}

var shortcutForm = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)

func (r *QuickReply) check() error {
	r.Shortcut, r.Text = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(r.Shortcut), "/")), strings.TrimSpace(r.Text)
	wrong := checkText(r.Text)
	if !shortcutForm.MatchString(r.Shortcut) {
		wrong = append(wrong, fault.Field{Name: "shortcut", Detail: "must have 1 to 40 of the characters a-z, 0-9, - and _.", Limit: 40, Length: len(r.Shortcut)})
	}
	if len(wrong) > 0 {
		return fault.Wrong("invalid_quick_reply", wrong...)
	}
	return nil
}

var (
	errReplyUnknown   = fault.New(fault.NotFound, "quick_reply_unknown", "There is no such quick reply here; nothing was changed.", "List them with GET quick-replies.")
	errShortcutExists = fault.New(fault.Conflict, "shortcut_exists", "There is a quick reply with this shortcut for the same people; nothing was changed.", "Change that one, or use another shortcut.")
	errManyReplies    = fault.New(fault.Conflict, "too_many_quick_replies", "There are at most 500 quick replies for the same people; nothing was changed.", "Delete one that nobody needs.")
)

// NewReply keeps a quick reply: people their own, and whoever leads those of
// teams and of the workspace.
func (d *Desk) NewReply(ctx context.Context, w Who, r QuickReply) (QuickReply, error) {
	r.ID, r.WorkspaceID, r.UpdatedAt = wa.QuickReplyID(d.NewID()), w.WorkspaceID, d.Now()
	if err := r.check(); err != nil {
		return QuickReply{}, err
	}
	if err := w.owns(&r); err != nil {
		return QuickReply{}, err
	}
	return r, d.Runner.Write(ctx, func(tx txn.Tx) error {
		n, err := d.Store.CountReplies(tx, w.WorkspaceID, r.Team, r.Person)
		if err != nil {
			return err
		}
		if n >= MaxQuickReplies {
			return errManyReplies
		}
		done, err := d.Store.InsertReply(tx, r)
		if err == nil && !done {
			err = errShortcutExists
		}
		if err != nil {
			return err
		}
		return d.replyFact(tx, w)
	})
}

// owns refuses what is not w's to change. What is another person's is not there.
func (w Who) owns(r *QuickReply) error {
	switch {
	case r.Person != 0 && w.Person == 0:
		return errNotAPerson
	case r.Person != 0 && r.Person != w.Person:
		return errReplyUnknown
	case r.Person == 0 && !w.Leads:
		return errLeads
	}
	return nil
}

// ReplyChange is what to change; nil leaves a member as it is.
type ReplyChange struct{ Shortcut, Text *string }

// ChangeReply changes a quick reply.
func (d *Desk) ChangeReply(ctx context.Context, w Who, id wa.QuickReplyID, change ReplyChange) (r QuickReply, err error) {
	err = d.Runner.Write(ctx, func(tx txn.Tx) error {
		if r, err = d.reply(tx, w, id); err != nil {
			return err
		}
		if change.Shortcut != nil {
			r.Shortcut = *change.Shortcut
		}
		if change.Text != nil {
			r.Text = *change.Text
		}
		r.UpdatedAt = d.Now()
		if err := r.check(); err != nil {
			return err
		}
		done, err := d.Store.UpdateReply(tx, r)
		if err == nil && !done {
			err = errShortcutExists
		}
		if err != nil {
			return err
		}
		return d.replyFact(tx, w)
	})
	return r, err
}

// DeleteReply takes a quick reply away.
func (d *Desk) DeleteReply(ctx context.Context, w Who, id wa.QuickReplyID) error {
	return d.Runner.Write(ctx, func(tx txn.Tx) error {
		if _, err := d.reply(tx, w, id); err != nil {
			return err
		}
		if err := d.Store.DeleteReply(tx, w.WorkspaceID, id); err != nil {
			return err
		}
		return d.replyFact(tx, w)
	})
}

func (d *Desk) reply(tx txn.Tx, w Who, id wa.QuickReplyID) (QuickReply, error) {
	r, found, err := d.Store.Reply(tx, w.WorkspaceID, id)
	if err == nil && !found {
		err = errReplyUnknown
	}
	if err == nil {
		err = w.owns(&r)
	}
	return r, err
}

func (d *Desk) replyFact(tx txn.Tx, w Who) error {
	return d.Journal.Append(tx, journal.Fact{WorkspaceID: w.WorkspaceID, Kind: QuickReplyChanged, ActorID: w.Person, At: d.Now()})
}

// ReplySearch chooses quick replies.
type ReplySearch struct {
	Text  string    // in shortcut or text, whatever its case; empty: all
	Team  wa.TeamID // of this team and of none; with All it does not count
	All   bool      // of every team
	Scope string    // workspace, team, person; empty: all
}

// Replies are those that w may use, the best match first: shortcuts that begin
// with what is sought, those that hold it, texts that do. Texts are sealed at
// rest, so that they are looked through here; there are some hundred.
func (d *Desk) Replies(ctx context.Context, w Who, s ReplySearch) (replies []QuickReply, err error) {
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		replies, err = d.Store.RepliesFor(tx, w.WorkspaceID, w.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	sought := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s.Text), "/"))
	replies = slices.DeleteFunc(replies, func(r QuickReply) bool {
		return s.Scope != "" && s.Scope != r.Scope() || r.Team != 0 && !s.All && r.Team != s.Team || r.rank(sought) == nowhere
	})
	slices.SortStableFunc(replies, func(a, b QuickReply) int { return cmp.Compare(a.rank(sought), b.rank(sought)) })
	return replies, nil
}

// Scope says whose it is: workspace, team, person.
func (r *QuickReply) Scope() string {
	switch {
	case r.Person != 0:
		return "person"
	case r.Team != 0:
		return "team"
	}
	return "workspace"
}

// nowhere is the rank of what does not hold what is sought.
const nowhere = 3

func (r *QuickReply) rank(sought string) int {
	switch {
	case strings.HasPrefix(r.Shortcut, sought):
		return 0
	case strings.Contains(r.Shortcut, sought):
		return 1
	case strings.Contains(strings.ToLower(r.Text), sought):
		return 2
	}
	return nowhere
}
