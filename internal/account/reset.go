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
func (a *Accounts) Mails() bool { return a.letters != nil }

// RequestReset has a link to a new password mailed to whoever has the address.
// It answers the same, after the same work, when nobody has.
func (a *Accounts) RequestReset(ctx context.Context, email string) error {
	if a.letters == nil {
		return errNoMail
	}
	key := EmailKey(email)
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		l, found, err := a.store.Login(tx, key)
		if err != nil {
			return err
		}
		if !found || !l.Person.DeactivatedAt.IsZero() {
			all, err := a.store.Workspaces(tx)
			if err != nil || len(all) == 0 {
				return err
			}
			return a.letters.Reset(tx, all[0].ID, wa.PersonID(a.newID())) // nobody
		}
		return a.letters.Reset(tx, l.Person.WorkspaceID, l.Person.ID)
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

// ResetLetter is what the letter of Letters.Reset holds, made when it is sent:
// so the secret lies nowhere meanwhile. send is false when there is nobody to
// write to, or they got enough letters within the hour.
func (a *Accounts) ResetLetter(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) (r Reset, send bool, err error) {
	var sent int
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		p, found, err := a.store.Person(tx, ws, id)
		send = found && p.DeactivatedAt.IsZero() && p.Email != ""
		if err != nil || !send {
			return err
		}
		sent, err = a.store.CountTickets(tx, TicketReset, id, a.now().Add(-ResetLife))
		return err
	})
	if err != nil || !send || sent >= resetsAnHour {
		return Reset{}, false, err
	}
	r, err = a.NewReset(ctx, ws, id)
	return r, err == nil, err
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
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		if _, found, err := a.redeem(tx, TicketReset, token); err != nil || !found {
			return orFault(err, ErrSpent)
		}
		return a.keepPassword(tx, p, p.ID, hash, Hash{})
	})
}
