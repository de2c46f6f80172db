package account

import (
	"errors"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// An address is one person of the whole installation, so whoever manages the
// people of a house hears that it is taken, also when somebody of another house
// has it. They hear it a few times, and are then kept from trying: nobody learns
// by a list of addresses who works elsewhere. Letters to guests have limits too,
// since they go to whomever an inviter names.
const (
	elsewhereAtOnce = 20 // addresses of other houses, by house; then one in elsewhereEvery
	elsewhereEvery  = 10 * time.Minute
	guestsAtOnce    = 100 // letters to guests, by house; then one in guestsEvery
	guestsEvery     = time.Minute
	guestAtOnce     = 3 // letters to one address, from any house; then one in guestEvery
	guestEvery      = time.Hour
)

// errEmailElsewhere reads like errEmailTaken, and is another one to us.
var errEmailElsewhere = fault.New(errEmailTaken.Kind, errEmailTaken.Code, errEmailTaken.Detail, errEmailTaken.Advice)

// mustBeFree refuses an address that somebody has.
func (a *Accounts) mustBeFree(tx txn.Tx, ws wa.WorkspaceID, email string) error {
	l, taken, err := a.store.Login(tx, EmailKey(email))
	switch {
	case err != nil || !taken:
		return err
	case l.Person.WorkspaceID != ws:
		return errEmailElsewhere
	}
	return errEmailTaken
}

// tryAddress is asked before what tells whether an address is taken, so that many
// at once count too. settle is told how it ended: only an address of another
// house counts.
func (a *Accounts) tryAddress(ws wa.WorkspaceID) (settle func(error), err error) {
	key := ws.String()
	wait, ok := a.elsewhere.take(a.now(), key)
	if !ok {
		return nil, fault.New(fault.Limited, "too_many_addresses", "Too many addresses were tried that are taken; this one was not looked at.", "Wait as long as Retry-After says, and try again.").Because(fault.Wait(wait))
	}
	return func(err error) {
		if !errors.Is(err, errEmailElsewhere) {
			a.elsewhere.back(key)
		}
	}, nil
}

// mayWrite takes a letter to a guest out of what a house may send and an address
// may get; undo puts it back.
func (a *Accounts) mayWrite(ws wa.WorkspaceID, email string) (undo func(), err error) {
	now, house, guest := a.now(), ws.String(), EmailKey(email)
	wait, ok := a.guestMail.take(now, guest)
	if !ok {
		return nil, tooManyLetters("This address was sent as many letters as one may get", wait)
	}
	if wait, ok = a.houseMail.take(now, house); !ok {
		a.guestMail.back(guest)
		return nil, tooManyLetters("This workspace sent as many letters as one may", wait)
	}
	return func() { a.guestMail.back(guest); a.houseMail.back(house) }, nil
}

func tooManyLetters(what string, wait time.Duration) error {
	return fault.New(fault.Limited, "too_many_letters", what+"; nobody was invited.", "Leave send out and hand the link over yourself, or wait as long as Retry-After says.").Because(fault.Wait(wait))
}
