// Package premises is the state behind the drop-in for the On-Premises API
// (on-premises-api.md): which business numbers are served that way, the users
// and tokens of that API, and what its clients set. It is a noun of its own
// because none of it is the house's: Kontor's people, roles and settings are
// package account's, and no program of the old world should learn of them.
//
//	premises.go  a number's façade: on or off, and the host names that select it
//	password.go  how passwords are kept, and which are good enough
//	user.go      users: admin and whom it makes
//	login.go     login, tokens, the limit of tries
//	settings.go  the application settings, key by key, and what each does here
//	document.go  everything else that clients set
//	refusal.go   messages that were accepted and then refused by a rule
//	usage.go     which calls were used, for kontor doctor --onprem
//
// The package knows no HTTP and no JSON of the old API but the settings' own
// names. Everything belongs to one number of one workspace.
package premises

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Facade is one business number as the On-Premises API shows it.
type Facade struct {
	NumberID    wa.NumberID
	WorkspaceID wa.WorkspaceID
	Enabled     bool
	// Hosts are the host names, in lower case and without port, under which
	// requests are this number's; none: only the path or the user tells.
	Hosts     []string
	CreatedAt time.Time
}

// Store keeps all of it. Every method answers only what belongs to the
// workspace that it is given.
type Store interface {
	// Facades are all, of every workspace: which one a request means is found
	// before anybody has said who he is.
	Facades(tx txn.Tx) ([]Facade, error)
	// SaveFacade adds one or changes Enabled and Hosts; fresh tells that it is new.
	SaveFacade(tx txn.Tx, f Facade, now time.Time) (fresh bool, err error)

	Users(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) ([]User, error)
	User(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string) (u User, found bool, err error)
	// InsertUser adds a user; done is false when the name is taken.
	InsertUser(tx txn.Tx, u User) (done bool, err error)
	// SetPassword keeps Hash and MustChange.
	SetPassword(tx txn.Tx, u User) error
	// DeleteUser removes a user with every token.
	DeleteUser(tx txn.Tx, u User) error

	InsertToken(tx txn.Tx, t Token) error
	// Token finds one by its hash, whatever the workspace; expired ones are not found.
	Token(tx txn.Tx, hash Hash, now time.Time) (t Token, role Role, found bool, err error)
	DeleteToken(tx txn.Tx, t Token) error
	// DeleteTokens ends all of a user's.
	DeleteTokens(tx txn.Tx, u User) error

	Document(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string) (body []byte, found bool, err error)
	Documents(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) (map[string][]byte, error)
	SaveDocument(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string, body []byte, now time.Time) error
	DeleteDocument(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, name string) error

	InsertRefusal(tx txn.Tx, r Refusal) error
	Refusal(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (r Refusal, found bool, err error)

	// Hide makes a file unknown to the façade; Hidden asks.
	Hide(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, id wa.MediaID, now time.Time) error
	Hidden(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID, id wa.MediaID) (bool, error)

	// Count adds to the counters of calls; Calls reads them, most used first.
	Count(tx txn.Tx, calls []Call) error
	Calls(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) ([]Call, error)

	// DeleteOld removes tokens that ended, and refusals made, before the moment.
	DeleteOld(tx txn.Tx, before time.Time) error
}

// Parts are what a Book is made of. All are required.
type Parts struct {
	Runner txn.Runner
	Store  Store
	Now    func() time.Time // the real time: tokens do not follow the sandbox's clock
	Log    *slog.Logger
}

// Book is the package at work. Safe for concurrent use.
type Book struct {
	Parts
	tokens tokenCache
	tries  tries
	usage  usage
	hasher hasher

	mu      sync.Mutex // guards the two below
	facades []Facade
	readAt  time.Time
}

// New makes a Book.
func New(p Parts) *Book {
	return &Book{Parts: p, tokens: newTokenCache(), tries: newTries(), usage: newUsage(), hasher: newHasher()}
}

// facadesFor is how long the list of façades is believed: so long may a change
// by another process, as kontor number onprem enable, stay unseen.
const facadesFor = time.Second

// Facades are all that are enabled, of every workspace, at most a second old.
func (b *Book) Facades(ctx context.Context) ([]Facade, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.Now()
	if !b.readAt.IsZero() && now.Sub(b.readAt) < facadesFor && !now.Before(b.readAt) {
		return b.facades, nil
	}
	var all []Facade
	err := b.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		all, err = b.Store.Facades(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	b.facades = slices.DeleteFunc(all, func(f Facade) bool { return !f.Enabled })
	b.readAt = now
	return b.facades, nil
}

// Facade finds the façade of a number, enabled or not.
func (b *Book) Facade(ctx context.Context, ws wa.WorkspaceID, number wa.NumberID) (f Facade, found bool, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		f, found, err = b.FacadeTx(tx, ws, number)
		return err
	})
	return f, found, err
}

// FacadeTx is Facade in a transaction of the caller's.
func (b *Book) FacadeTx(tx txn.Tx, ws wa.WorkspaceID, number wa.NumberID) (f Facade, found bool, err error) {
	all, err := b.Store.Facades(tx)
	for _, one := range all {
		if one.NumberID == number && one.WorkspaceID == ws {
			f, found = one, true
		}
	}
	return f, found, err
}

func (b *Book) forgetFacades() {
	b.mu.Lock()
	b.readAt = time.Time{}
	b.mu.Unlock()
}

// First user of every façade, as the old client had it (on-premises-api.md 1).
// Its password opens nothing but the first login, which must set a new one.
const (
	FirstUser     = "admin"
	firstPassword = "secret"
)

// Enable serves a number over the On-Premises API. A number that never was gets
// the user admin; hosts replaces the host names unless it is nil.
func (b *Book) Enable(ctx context.Context, n *wa.Number, hosts []string) (Facade, error) {
	return b.set(ctx, n, true, hosts)
}

// Disable ends it. Users and settings stay for another Enable; tokens do not
// open anything meanwhile.
func (b *Book) Disable(ctx context.Context, n *wa.Number) (Facade, error) {
	return b.set(ctx, n, false, nil)
}

func (b *Book) set(ctx context.Context, n *wa.Number, enabled bool, hosts []string) (f Facade, err error) {
	hosts, err = cleanHosts(hosts)
	if err != nil {
		return Facade{}, err
	}
	hash, err := b.hasher.hash(ctx, firstPassword)
	if err != nil {
		return Facade{}, err
	}
	now := b.Now()
	err = b.Runner.Write(ctx, func(tx txn.Tx) error {
		all, err := b.Store.Facades(tx)
		if err != nil {
			return err
		}
		f = Facade{NumberID: n.ID, WorkspaceID: n.WorkspaceID, Enabled: enabled, Hosts: hosts, CreatedAt: now}
		for _, other := range all {
			switch {
			case other.NumberID == n.ID:
				f.CreatedAt = other.CreatedAt
				if hosts == nil {
					f.Hosts = other.Hosts
				}
			case slices.ContainsFunc(other.Hosts, func(h string) bool { return slices.Contains(hosts, h) }):
				return errHostTaken
			}
		}
		fresh, err := b.Store.SaveFacade(tx, f, now)
		if err != nil || !fresh {
			return err
		}
		_, err = b.Store.InsertUser(tx, User{NumberID: n.ID, WorkspaceID: n.WorkspaceID, Name: FirstUser, Role: Admin, Hash: hash, MustChange: true, CreatedAt: now})
		return err
	})
	b.forgetFacades()
	b.tokens.forget()
	return f, err
}

var errHostTaken = fault.New(fault.Conflict, "onprem_host_taken", "Another number is selected by this host name already; nothing was changed.", "Choose another host name, or disable that number first.")

// cleanHosts puts host names into the form in which requests are compared.
func cleanHosts(hosts []string) ([]string, error) {
	if hosts == nil {
		return nil, nil
	}
	out := []string{}
	for _, h := range hosts {
		h = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(h), "."))
		if h == "" {
			continue
		}
		if len(h) > 253 || strings.ContainsAny(h, " /:@?#") {
			return nil, fault.Wrong("onprem_host", fault.Field{Name: "host", Detail: "This must be a host name without scheme, port and path."})
		}
		out = append(out, h)
	}
	return out, nil
}

// keepFor is how long refusals, and tokens that ended, are kept.
const keepFor = 30 * 24 * time.Hour

// Sweep removes what is too old.
func (b *Book) Sweep(ctx context.Context) error {
	before := b.Now().Add(-keepFor)
	return b.Runner.Write(ctx, func(tx txn.Tx) error { return b.Store.DeleteOld(tx, before) })
}
