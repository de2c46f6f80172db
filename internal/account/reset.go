package account

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// ResetLife is how long a link to a new password opens.
	ResetLife = time.Hour
	// resetsAnHour bounds the mail that strangers can have sent to somebody.
	resetsAnHour = 3
)

var errNoMail = fault.New(fault.Conflict, "mail_not_configured", "This Kontor sends no mail; nothing was done.", "Ask an administrator; at the machine, `kontor person password` makes a link to a new password.")

// ErrSpent is ErrLink for links that are not made to sign in.
var ErrSpent = fault.New(fault.Unauthorized, "link_expired", "This link was used already or has expired.", "Ask for a new one.")

// Mails reports whether letters go out.
func (a *Accounts) Mails() bool { return a.mailer != nil }

// RequestReset has a link to a new password mailed to whoever has the address,
// in their language, else in that of locale, which may be empty. It answers the
// same, after the same work, when nobody has: a letter is written then too, and
// finds no reader when it is to be sent. So nobody learns who is here, not even
// by the clock.
func (a *Accounts) RequestReset(ctx context.Context, email, locale string) error {
	if a.mailer == nil {
		return errNoMail
	}
	key := EmailKey(email)
	if len(key) > maxEmail {
		return nil // longer than any that we have
	}
	if len(checkLocale(locale)) > 0 {
		locale = ""
	}
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		all, err := a.store.Workspaces(tx)
		if err != nil || len(all) == 0 {
			return err
		}
		l := Letter{Kind: LetterReset, WorkspaceID: all[0].ID, Subject: a.newID(), Locale: locale, ExpiresAt: a.now().Add(letterLife)} // to nobody
		who, found, err := a.store.Login(tx, key)
		if err != nil {
			return err
		}
		if found {
			l.WorkspaceID, l.Subject = who.Person.WorkspaceID, int64(who.Person.ID)
		}
		waiting, found, err := a.store.Letter(tx, l.WorkspaceID, LetterReset, l.Subject)
		if err != nil {
			return err
		}
		if found { // whoever asks again while the mail server is away gets one letter
			l = waiting
		}
		return a.post(tx, l)
	})
}

// Reset is a link to a new password, and whose it is.
type Reset struct {
	Link   Link
	Person Person
}

// NewReset makes a link to a new password for one of a workspace's people.
func (a *Accounts) NewReset(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) (r Reset, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if r.Person, err = a.person(tx, ws, id); err != nil {
			return err
		}
		if !r.Person.DeactivatedAt.IsZero() {
			return errDeactivated
		}
		r.Link.Token, r.Link.ExpiresAt, err = a.issue(tx, Ticket{Kind: TicketReset, WorkspaceID: ws, PersonID: id}, ResetLife)
		return err
	})
	return r, err
}

// LookReset tells whose password a link would set, and until when.
func (a *Accounts) LookReset(ctx context.Context, token string) (p Person, expires time.Time, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		t, found, err := a.store.Ticket(tx, TicketReset, hashOf(token), a.now())
		if err != nil {
			return err
		}
		if !found {
			return ErrSpent
		}
		p, found, err = a.store.Person(tx, t.WorkspaceID, t.PersonID)
		expires = t.ExpiresAt
		if err == nil && (!found || !p.DeactivatedAt.IsZero()) {
			err = ErrSpent
		}
		return err
	})
	return p, expires, err
}

// ResetPassword uses up a link and sets the password. All sessions of the
// person end; a second factor stays.
func (a *Accounts) ResetPassword(ctx context.Context, token, password string) error {
	p, _, err := a.LookReset(ctx, token)
	if err != nil {
		return err
	}
	if fields := checkPassword(password, p.Name, p.Email); len(fields) > 0 {
		return fault.Wrong("invalid_password", fields...)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if _, found, err := a.redeem(tx, TicketReset, token); err != nil || !found {
			return orFault(err, ErrSpent)
		}
		return a.keepPassword(tx, p, p.ID, hash, Hash{})
	})
	if err == nil {
		// What was wrong were the former one's guesses, their own or a stranger's.
		a.passwords.fill(bucketOf(EmailKey(p.Email)))
	}
	return err
}
