package account

import (
	"context"
	"errors"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// LetterKind says what a letter is about. Kinds are stored; never rename one.
type LetterKind string

const (
	LetterReset      LetterKind = "reset"      // a link to a new password; subject: the person
	LetterInvitation LetterKind = "invitation" // subject: the invitation
)

// Letter is mail that waits to be sent: the row behind a job. There is one per
// kind and subject. What its link opens with lies sealed, and is gone with the
// row as soon as the letter was sent, given up or is of no use any more.
type Letter struct {
	Kind        LetterKind
	Subject     int64
	WorkspaceID wa.WorkspaceID
	Token       wa.Secret // empty: not made yet; see resetOf
	TokenEnds   time.Time // when the token opens no more; zero without one
	Locale      string    // the language asked for; empty: the reader's own, else English
	ExpiresAt   time.Time // afterwards the letter is of no use
}

// LetterStore is what letters need of a database.
type LetterStore interface {
	// PutLetter stores a letter; one of the same kind and subject gives way to it.
	PutLetter(tx txn.Tx, l Letter) error
	Letter(tx txn.Tx, ws wa.WorkspaceID, kind LetterKind, subject int64) (l Letter, found bool, err error)
	DeleteLetter(tx txn.Tx, ws wa.WorkspaceID, kind LetterKind, subject int64) error
}

// Queue has a job done after the commit; *jobs.Runner fulfils it.
type Queue interface {
	Enqueue(tx txn.Tx, job jobs.Job) error
}

// Mailer writes and sends letters; *mail.Post fulfils it. An error says that the
// letter may not have arrived, so that it is sent again later; one that is
// jobs.Permanent says that another try would end in the same way. No error may
// hold the token.
type Mailer interface {
	Reset(ctx context.Context, l ResetLetter) error
	Invitation(ctx context.Context, l InvitationLetter) error
}

// ResetLetter brings a link to a new password.
type ResetLetter struct {
	To        string // an address
	Name      string // the reader's
	Locale    string // a language tag; may be empty
	Token     wa.Secret
	ExpiresAt time.Time
}

// InvitationLetter brings the link of an invitation.
type InvitationLetter struct {
	To        string // an address
	Name      string // the guest's; may be empty
	House     string // the workspace's name
	InvitedBy string // a name; empty when nobody's
	Locale    string // a language tag; may be empty
	Token     wa.Secret
	ExpiresAt time.Time
}

// Kinds of work: one per kind of letter, since they are worth trying for
// different times.
const (
	workReset      jobs.Kind = "mail.reset"
	workInvitation jobs.Kind = "mail.invitation"
)

// letterLife is how long a letter about a forgotten password is tried: whoever
// asked has then long asked again.
const letterLife = 2 * time.Hour

// LetterWorks are how letters are sent, for the job runner; none without mail. A
// server that is away is tried again for an hour or so about a new password, and
// for a day about an invitation.
func (a *Accounts) LetterWorks() []jobs.Work {
	if a.mailer == nil {
		return nil
	}
	return []jobs.Work{
		{Kind: workReset, Do: a.letterWork(LetterReset, a.sendReset), Failed: a.letterFailed(LetterReset), Attempts: 12, First: 5 * time.Second, Most: 15 * time.Minute},
		{Kind: workInvitation, Do: a.letterWork(LetterInvitation, a.sendInvitation), Failed: a.letterFailed(LetterInvitation), Attempts: 32, First: 5 * time.Second, Most: time.Hour},
	}
}

// post has a letter sent after the commit of tx.
func (a *Accounts) post(tx txn.Tx, l Letter) error {
	if err := a.store.PutLetter(tx, l); err != nil {
		return err
	}
	kind := workReset
	if l.Kind == LetterInvitation {
		kind = workInvitation
	}
	return a.queue.Enqueue(tx, jobs.Job{WorkspaceID: l.WorkspaceID, Kind: kind, Subject: l.Subject})
}

// letterWork sends the letter of a job, unless it is of no use any more, and
// forgets it together with the job.
func (a *Accounts) letterWork(kind LetterKind, send func(context.Context, Letter) (sent bool, err error)) func(context.Context, *jobs.Run) error {
	return func(ctx context.Context, run *jobs.Run) error {
		var l Letter
		var found bool
		err := a.runner.Read(ctx, func(tx txn.Tx) (err error) {
			l, found, err = a.store.Letter(tx, run.WorkspaceID, kind, run.Subject)
			return err
		})
		if err != nil || !found {
			return err
		}
		sent := false
		if a.now().Before(l.ExpiresAt) {
			if sent, err = send(ctx, l); err != nil {
				return err
			}
		}
		return a.runner.Write(ctx, func(tx txn.Tx) error {
			if err := run.Complete(tx); err != nil {
				return err
			}
			if err := a.store.DeleteLetter(tx, run.WorkspaceID, kind, run.Subject); err != nil || !sent {
				return err
			}
			return a.noteMailed(tx, l, MailSent)
		})
	}
}

// letterFailed forgets a letter that was given up.
func (a *Accounts) letterFailed(kind LetterKind) func(txn.Tx, jobs.Job, error) error {
	return func(tx txn.Tx, job jobs.Job, _ error) error {
		if err := a.store.DeleteLetter(tx, job.WorkspaceID, kind, job.Subject); err != nil {
			return err
		}
		return a.noteMailed(tx, Letter{Kind: kind, Subject: job.Subject, WorkspaceID: job.WorkspaceID}, MailFailed)
	}
}

// noteMailed shows those who invite what became of the mail.
func (a *Accounts) noteMailed(tx txn.Tx, l Letter, state MailState) error {
	if l.Kind != LetterInvitation {
		return nil
	}
	id := wa.InvitationID(l.Subject)
	done, err := a.store.SetInvitationMail(tx, l.WorkspaceID, id, state)
	if err != nil || !done {
		return err
	}
	return a.tell(tx, l.WorkspaceID, FactInvitation, 0, id.String()+" mail_"+string(state))
}

func (a *Accounts) sendInvitation(ctx context.Context, l Letter) (sent bool, err error) {
	g, err := a.LookInvitation(ctx, l.Token.Reveal())
	if errors.Is(err, ErrSpent) { // accepted or revoked meanwhile
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.mailer.Invitation(ctx, InvitationLetter{
		To: g.Invitation.Email, Name: g.Invitation.Name, House: g.Workspace.Name, InvitedBy: g.InvitedBy,
		Locale: l.Locale, Token: l.Token, ExpiresAt: g.Invitation.ExpiresAt,
	})
}

func (a *Accounts) sendReset(ctx context.Context, l Letter) (sent bool, err error) {
	var p Person
	var send bool
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		p, l, send, err = a.resetOf(tx, l)
		return err
	})
	if err != nil || !send {
		return false, err
	}
	locale := p.Locale
	if locale == "" {
		locale = l.Locale
	}
	return true, a.mailer.Reset(ctx, ResetLetter{To: p.Email, Name: p.Name, Locale: locale, Token: l.Token, ExpiresAt: l.TokenEnds})
}

// resetOf finds whom a letter is for, and makes its link, which all tries share:
// the letter that was lost and the one that arrives open the same door. send is
// false when there is nobody to write to, they got enough letters within the
// hour, or the link was used already.
func (a *Accounts) resetOf(tx txn.Tx, l Letter) (p Person, _ Letter, send bool, err error) {
	p, found, err := a.store.Person(tx, l.WorkspaceID, wa.PersonID(l.Subject))
	if err != nil || !found || !p.DeactivatedAt.IsZero() || p.Email == "" {
		return p, l, false, err
	}
	if l.Token != "" && l.TokenEnds.Sub(a.now()) > ResetLife/2 {
		_, unused, err := a.store.Ticket(tx, TicketReset, hashOf(l.Token.Reveal()), a.now())
		return p, l, unused, err
	}
	sent, err := a.store.CountTickets(tx, TicketReset, p.ID, a.now().Add(-ResetLife))
	if err != nil || sent >= resetsAnHour {
		return p, l, false, err
	}
	l.Token, l.TokenEnds, err = a.issue(tx, Ticket{Kind: TicketReset, WorkspaceID: p.WorkspaceID, PersonID: p.ID}, ResetLife)
	if err != nil {
		return p, l, false, err
	}
	return p, l, true, a.store.PutLetter(tx, l)
}
