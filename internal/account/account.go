// Package account knows who may do what: workspaces (tenants), their teams and
// people, the links and sessions by which people come in, and the API keys by
// which programs do.
//
// Nothing that opens a door is kept: of links, sessions and keys the store has
// only the SHA-256. That is enough, since each is at least 32 characters of
// randomness (or, for KONTOR_ADMIN_KEY, of the operator's choice), which nobody
// can guess by trying; a slow hash would only make every request slow. A secret
// is found by its hash in an index, so no comparison leaks its length or prefix.
// Passwords, which people choose, are kept by argon2id; what must be known in
// plain to be checked (TOTP secrets, passkeys) is sealed.
//
//	workspace.go, team.go        tenants and their teams
//	person.go, people.go         who works there, and changing it
//	address.go                   what may be learned of addresses, and sent to them
//	invite.go, setup.go          how somebody comes to be there
//	role.go                      who may do what
//	session.go, sessions.go      sign-in links, sessions, their list
//	signin.go                    password and second step
//	password.go, hash.go         what a password must be, how it is kept
//	totp.go, recovery.go         second factors
//	passkey.go, signon.go        passkeys; the sign-on of another house
//	reset.go                     forgotten passwords
//	letter.go                    mail that waits to be sent
//	ticket.go                    secrets that are good for one step, once
//	key.go                       API keys
//	audit.go                     what of this is told in the journal
//
// The package speaks no HTTP and knows no mail server: it hands out secrets to
// whoever may give them to their person, and letters to a Mailer.
package account

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Workspace is a tenant. A tenant sees only its own (law 8).
type Workspace struct {
	ID           wa.WorkspaceID
	Slug         string // in the webhook's address: /webhook/whatsapp/{slug}/{team}
	Name         string
	Greeting     string // sent when a conversation opens; empty: none
	SessionHours int    // how long a conversation's session lasts, in hours
	CreatedAt    time.Time
}

// Team is a part of a workspace that a number can belong to.
type Team struct {
	ID          wa.TeamID
	WorkspaceID wa.WorkspaceID
	Slug        string
	Name        string
	CreatedAt   time.Time
}

// Person is somebody who works in a workspace.
type Person struct {
	ID          wa.PersonID
	WorkspaceID wa.WorkspaceID
	Name        string
	Email       string
	Role        Role
	Locale      string // language of the web app, "pt-BR"; empty: the browser's
	CreatedAt   time.Time
	// DeactivatedAt is zero for who may come in. Nobody is ever deleted: their
	// messages keep an author.
	DeactivatedAt time.Time
}

// Key is an API key without its secret.
type Key struct {
	ID          wa.KeyID
	WorkspaceID wa.WorkspaceID
	Name        string
	Hint        string // the last four characters, to recognise it
	Role        Role
	Scope       Scope // which of the role's rights; zero: all
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero: never
	LastUsedAt  time.Time // exact to ten minutes; zero: never used
	RevokedAt   time.Time // zero while it opens
}

// Hash is the SHA-256 of a secret.
type Hash [32]byte

// Store is what the package needs of a database. Every method works inside the
// transaction of its ticket; found and done are false when there is no such row.
type Store interface {
	// InsertWorkspace stores w unless its slug is taken; done tells.
	InsertWorkspace(tx txn.Tx, w Workspace) (done bool, err error)
	Workspace(tx txn.Tx, id wa.WorkspaceID) (w Workspace, found bool, err error)
	WorkspaceBySlug(tx txn.Tx, slug string) (w Workspace, found bool, err error)
	// Workspaces are all of the installation, oldest first: the first is the operator's.
	Workspaces(tx txn.Tx) ([]Workspace, error)
	// UpdateWorkspace writes name, greeting and session hours.
	UpdateWorkspace(tx txn.Tx, w Workspace) error
	// LockWorkspace lets one transaction at a time go on from here, until its end:
	// what is counted behind it (owners) stays counted.
	LockWorkspace(tx txn.Tx, id wa.WorkspaceID) error

	Names(tx txn.Tx, ws wa.WorkspaceID) (Names, error)

	TeamStore
	PersonStore
	SessionStore
	PasswordStore
	FactorStore
	TicketStore
	InvitationStore
	LetterStore
	KeyStore

	// DeleteExpired removes links, sessions, tickets and letters that ended before the moment.
	DeleteExpired(tx txn.Tx, before time.Time) error
}

// Accounts is the package at work. It is safe for concurrent use.
type Accounts struct {
	runner txn.Runner
	store  Store
	newID  func() int64
	now    func() time.Time
	keys   keyCache

	hasher    hasher
	passwords buckets // by address for mail: wrong passwords
	codes     buckets // by person: wrong codes of the second step
	elsewhere buckets // by workspace: see address.go
	houseMail buckets
	guestMail buckets // by address
	journal   Journal // nil: nothing is told
	queue     Queue   // of letters
	mailer    Mailer  // nil: there is no mail
}

// Journal is where the package tells what changed.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Option is something that Accounts can do without.
type Option func(*Accounts)

// WithJournal has changes told in the journal: see Fact… in audit.go.
func WithJournal(j Journal) Option { return func(a *Accounts) { a.journal = j } }

// WithMail lets people ask for mail, which works of LetterWorks send; without it,
// RequestReset refuses.
func WithMail(q Queue, m Mailer) Option { return func(a *Accounts) { a.queue, a.mailer = q, m } }

// New makes Accounts. newID gives ids that rise with time, as store.NewID does.
func New(runner txn.Runner, store Store, newID func() int64, now func() time.Time, options ...Option) *Accounts {
	a := &Accounts{
		runner: runner, store: store, newID: newID, now: now, keys: newKeyCache(),
		hasher: newHasher(usualCost), passwords: newBuckets(10, time.Minute), codes: newBuckets(10, 5*time.Minute),
		elsewhere: newBuckets(elsewhereAtOnce, elsewhereEvery), houseMail: newBuckets(guestsAtOnce, guestsEvery), guestMail: newBuckets(guestAtOnce, guestEvery),
	}
	for _, o := range options {
		o(a)
	}
	return a
}

// Now is the time by which links, sessions and keys end.
func (a *Accounts) Now() time.Time { return a.now() }

// Sweep removes links, sessions, tickets and letters that ended more than a day ago.
func (a *Accounts) Sweep(ctx context.Context) error {
	before := a.now().Add(-24 * time.Hour)
	return a.runner.Write(ctx, func(tx txn.Tx) error { return a.store.DeleteExpired(tx, before) })
}

// Faults of this package that several functions answer.
func noWorkspace() *fault.Error {
	return fault.New(fault.NotFound, "workspace_not_found", "There is no such workspace.", "Check the id or the slug.")
}

func noPerson() *fault.Error {
	return fault.New(fault.NotFound, "person_not_found", "Nobody in this workspace has that id.", "List the people with GET people.")
}
