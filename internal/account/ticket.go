package account

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// TicketKind says for which step a ticket is good.
type TicketKind string

const (
	TicketSetup      TicketKind = "setup"       // the set-up code
	TicketSecond     TicketKind = "second"      // the password was right, a code is missing
	TicketReset      TicketKind = "reset"       // a forgotten password
	TicketPasskeyNew TicketKind = "passkey_new" // a passkey is being made
	TicketPasskeyIn  TicketKind = "passkey_in"  // somebody comes in by a passkey
	TicketSignOn     TicketKind = "signon"      // somebody is at another house's sign-on
)

// Ticket is a secret that is good for one step, once, and what is remembered
// for that step meanwhile. The store keeps the data sealed.
type Ticket struct {
	Kind        TicketKind
	WorkspaceID wa.WorkspaceID
	PersonID    wa.PersonID // zero: nobody yet
	Data        []byte
	Tries       int
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// TicketStore is what this file needs of a database.
type TicketStore interface {
	InsertTicket(tx txn.Tx, token Hash, t Ticket) error
	// Ticket finds one that has not expired.
	Ticket(tx txn.Tx, kind TicketKind, token Hash, now time.Time) (t Ticket, found bool, err error)
	// TryTicket counts a try and returns how many there were, this one included.
	TryTicket(tx txn.Tx, kind TicketKind, token Hash) (tries int, err error)
	// DeleteTicket uses one up; done is false when somebody was first.
	DeleteTicket(tx txn.Tx, kind TicketKind, token Hash) (done bool, err error)
	// DeleteTickets removes all of a kind that a person has (zero: nobody's).
	DeleteTickets(tx txn.Tx, kind TicketKind, person wa.PersonID) error
	// CountTickets tells how many of a kind a person was given since a moment.
	CountTickets(tx txn.Tx, kind TicketKind, person wa.PersonID, since time.Time) (int, error)
}

// issue writes a ticket and returns its secret.
func (a *Accounts) issue(tx txn.Tx, t Ticket, life time.Duration) (wa.Secret, time.Time, error) {
	token, hash := newToken()
	t.CreatedAt = a.now()
	t.ExpiresAt = t.CreatedAt.Add(life)
	return token, t.ExpiresAt, a.store.InsertTicket(tx, hash, t)
}

// redeem finds a ticket and uses it up; found is false for one that is
// unknown, expired or used, which are the same to whoever asks.
func (a *Accounts) redeem(tx txn.Tx, kind TicketKind, token string) (t Ticket, found bool, err error) {
	hash := hashOf(token)
	t, found, err = a.store.Ticket(tx, kind, hash, a.now())
	if err != nil || !found {
		return t, false, err
	}
	found, err = a.store.DeleteTicket(tx, kind, hash)
	return t, found, err
}

// KeepStep remembers data for a step of somebody who is not in yet, as the
// sign-on of another house; the token brings it back, once: see TakeStep.
func (a *Accounts) KeepStep(ctx context.Context, data []byte, life time.Duration) (token wa.Secret, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		token, _, err = a.issue(tx, Ticket{Kind: TicketSignOn, Data: data}, life)
		return err
	})
	return token, err
}

// TakeStep returns what KeepStep kept, once; found is false afterwards, and
// when it is too late.
func (a *Accounts) TakeStep(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		var t Ticket
		t, found, err = a.redeem(tx, TicketSignOn, token)
		data = t.Data
		return err
	})
	return data, found, err
}
