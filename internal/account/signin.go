package account

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// SecondLife is how long somebody may take for the second step.
	SecondLife = 10 * time.Minute
	// secondTries is how many wrong codes end the step; the password must then
	// be given again.
	secondTries = 5
)

var (
	// ErrRefused is the one answer to whoever may not come in by a password: it
	// does not tell whether the address, the password or the account is at fault.
	ErrRefused = fault.New(fault.Unauthorized, "sign_in_refused", "This e-mail address and password do not open Kontor.", "Check both; or have the password reset, or ask an administrator of your workspace.")
	// ErrSecond is the answer to a second step that is over.
	ErrSecond = fault.New(fault.Unauthorized, "second_step_ended", "The time for the second step is over, or too many codes were wrong.", "Begin again with your password.")
)

// Entry is how far somebody has come: in, or at the second step.
type Entry struct {
	Session Session   // when Second is empty
	Second  wa.Secret // the ticket for SignInSecond
}

// SignInPassword lets in whoever knows address and password. The answer and the
// work are the same whatever was wrong; an address may be wrong ten times, then
// once a minute.
func (a *Accounts) SignInPassword(ctx context.Context, email, password string, from Arrival) (e Entry, err error) {
	key := EmailKey(email)
	if len(key) > maxEmail || len(password) > 4*MaxPassword {
		return Entry{}, ErrRefused
	}
	bucket := bucketOf(key)
	wait, ok := a.passwords.take(a.now(), bucket)
	if !ok {
		return Entry{}, tooOften(wait)
	}
	var l Login
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		l, _, err = a.store.Login(tx, key)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	right, stale, err := a.hasher.matches(ctx, l.Hash, password)
	if err != nil {
		a.passwords.back(bucket)
		return Entry{}, err
	}
	if !right || !l.Person.DeactivatedAt.IsZero() {
		return Entry{}, ErrRefused
	}
	a.passwords.back(bucket)
	fresh := l.Hash
	if stale {
		if fresh, err = a.hasher.hash(ctx, password); err != nil {
			return Entry{}, err
		}
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		now, found, err := a.store.Login(tx, key) // what was compared may have changed meanwhile
		switch {
		case err != nil:
			return err
		case !found || now.Hash != l.Hash || !now.Person.DeactivatedAt.IsZero():
			return ErrRefused
		case stale:
			if err := a.store.Rehash(tx, now.Person.WorkspaceID, now.Person.ID, l.Hash, fresh); err != nil {
				return err
			}
		}
		e, err = a.admit(tx, now, from)
		return err
	})
	return e, err
}

// bucketOf is where wrong passwords of an address are counted.
func bucketOf(emailKey string) string { return "email " + emailKey }

// admit lets somebody in whose password was right, or to the second step.
func (a *Accounts) admit(tx txn.Tx, l Login, from Arrival) (e Entry, err error) {
	if !l.TOTP {
		e.Session, err = a.enter(tx, l.Person, ByPassword, from)
		return e, err
	}
	e.Second, _, err = a.issue(tx, Ticket{Kind: TicketSecond, WorkspaceID: l.Person.WorkspaceID, PersonID: l.Person.ID}, SecondLife)
	return e, err
}

// SignInSecond finishes what SignInPassword began, by a code of the
// authenticator or a recovery code. A ticket stands five wrong codes, a person
// ten, then one in five minutes.
func (a *Accounts) SignInSecond(ctx context.Context, token, code string, from Arrival) (s Session, err error) {
	hash := hashOf(token)
	var refused error
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		s, refused = Session{}, nil
		t, found, err := a.store.Ticket(tx, TicketSecond, hash, a.now())
		if err != nil {
			return err
		}
		if !found {
			return ErrSecond
		}
		tries, err := a.store.TryTicket(tx, TicketSecond, hash)
		if err != nil {
			return err
		}
		l, found, err := a.store.LoginOf(tx, t.WorkspaceID, t.PersonID)
		if err != nil {
			return err
		}
		if !found || !l.Person.DeactivatedAt.IsZero() || tries > secondTries {
			_, refused = a.store.DeleteTicket(tx, TicketSecond, hash)
			if refused == nil {
				refused = ErrSecond
			}
			return nil // the ticket's end stays
		}
		if refused, err = a.checkCode(tx, l.Person, code); err != nil || refused != nil {
			return err // the try stays counted
		}
		if done, err := a.store.DeleteTicket(tx, TicketSecond, hash); err != nil || !done {
			if err == nil {
				err = ErrSecond
			}
			return err
		}
		s, err = a.enter(tx, l.Person, ByPassword, from)
		return err
	})
	if err == nil {
		err = refused
	}
	return s, err
}
