// Package account knows who may do what: workspaces (tenants), their teams and
// people, the links and sessions by which people come in, and the API keys by
// which programs do.
//
// Nothing that opens a door is kept: of links, sessions and keys the store has
// only the SHA-256. That is enough, since each is at least 32 characters of
// randomness (or, for KONTOR_ADMIN_KEY, of the operator's choice), which nobody
// can guess by trying; a slow hash would only make every request slow. A secret
// is found by its hash in an index, so no comparison leaks its length or prefix.
//
// The package never sends the sign-in link anywhere and keeps no password.
package account

import (
	"context"
	"time"

	"kontor/internal/fault"
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
}

// Key is an API key without its secret.
type Key struct {
	ID          wa.KeyID
	WorkspaceID wa.WorkspaceID
	Name        string
	Hint        string // the last four characters, to recognise it
	Role        Role
	CreatedAt   time.Time
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

	// InsertTeam stores t unless its slug is taken in the workspace; done tells.
	InsertTeam(tx txn.Tx, t Team) (done bool, err error)
	TeamBySlug(tx txn.Tx, ws wa.WorkspaceID, slug string) (t Team, found bool, err error)
	Teams(tx txn.Tx, ws wa.WorkspaceID) ([]Team, error)

	InsertPerson(tx txn.Tx, p Person) error
	Person(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (p Person, found bool, err error)
	// People are those of a workspace, oldest first.
	People(tx txn.Tx, ws wa.WorkspaceID) ([]Person, error)
	SetLocale(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, locale string) error
	Names(tx txn.Tx, ws wa.WorkspaceID) (Names, error)

	InsertLink(tx txn.Tx, token Hash, person wa.PersonID, expires time.Time) error
	// LinkPerson finds whom a link that is unused and not expired lets in.
	LinkPerson(tx txn.Tx, token Hash, now time.Time) (p Person, found bool, err error)
	// UseLink marks a link as used; done is false when somebody was first.
	UseLink(tx txn.Tx, token Hash, now time.Time) (done bool, err error)

	InsertSession(tx txn.Tx, token Hash, p Person, created, expires time.Time) error
	// SessionOf finds the person of a session that has not expired, and whether
	// the workspace is the installation's first.
	SessionOf(tx txn.Tx, token Hash, now time.Time) (s SessionRow, found bool, err error)
	ExtendSession(tx txn.Tx, token Hash, expires time.Time) error
	DeleteSession(tx txn.Tx, token Hash) error

	// InsertKey stores a key unless its hash is there already; done tells.
	InsertKey(tx txn.Tx, k Key, secret Hash) (done bool, err error)
	// KeyByHash finds a key, revoked or not, in any workspace.
	KeyByHash(tx txn.Tx, secret Hash) (k Key, operator, found bool, err error)
	Key(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID) (k Key, found bool, err error)
	// Keys are those of a workspace that are not revoked, oldest first.
	Keys(tx txn.Tx, ws wa.WorkspaceID) ([]Key, error)
	RevokeKey(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID, at time.Time) error

	// DeleteExpired removes links and sessions that ended before the moment.
	DeleteExpired(tx txn.Tx, before time.Time) error
}

// SessionRow is a session as stored.
type SessionRow struct {
	Person    Person
	Operator  bool
	ExpiresAt time.Time
}

// Accounts is the package at work. It is safe for concurrent use.
type Accounts struct {
	runner txn.Runner
	store  Store
	newID  func() int64
	now    func() time.Time
	keys   keyCache
}

// New makes Accounts. newID gives ids that rise with time, as store.NewID does.
func New(runner txn.Runner, store Store, newID func() int64, now func() time.Time) *Accounts {
	return &Accounts{runner: runner, store: store, newID: newID, now: now, keys: newKeyCache()}
}

// Sweep removes links and sessions that ended more than a day ago.
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
