package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// LinkLife is how long a sign-in link opens.
	LinkLife = 30 * time.Minute
	// SessionLife is how long a session lasts after its last use.
	SessionLife = 30 * 24 * time.Hour
	// renewAfter is how much of a session's life passes before its use extends
	// it, and is seen: one write in five minutes and person, not one a request.
	renewAfter = 5 * time.Minute
)

// SessionStore is what this file needs of a database.
type SessionStore interface {
	InsertLink(tx txn.Tx, token Hash, person wa.PersonID, expires time.Time) error
	// LinkPerson finds whom a link that is unused and not expired lets in.
	LinkPerson(tx txn.Tx, token Hash, now time.Time) (p Person, found bool, err error)
	// UseLink marks a link as used; done is false when somebody was first.
	UseLink(tx txn.Tx, token Hash, now time.Time) (done bool, err error)

	InsertSession(tx txn.Tx, s SessionRow) error
	// SessionOf finds a session that has not expired, of a person who may come in.
	SessionOf(tx txn.Tx, token Hash, now time.Time) (s SessionRow, found bool, err error)
	// Sessions are those of a person that have not expired, newest first.
	Sessions(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, now time.Time) ([]SessionRow, error)
	ExtendSession(tx txn.Tx, token Hash, seen, expires time.Time) error
	DeleteSession(tx txn.Tx, token Hash) error
	// DeleteSessions ends a person's sessions but the one that is kept, and
	// tells how many.
	DeleteSessions(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, kept Hash) (int, error)
}

// Method is how somebody came in.
type Method string

const (
	ByLink       Method = "link"
	ByPassword   Method = "password" // and the second step, where there is one
	ByPasskey    Method = "passkey"
	BySignOn     Method = "sso"
	BySetup      Method = "setup"
	ByInvitation Method = "invitation"
)

// Arrival is where somebody comes in from, as far as it helps them to know
// their own sessions.
type Arrival struct {
	Device  string // "Firefox on Windows"; at most 100 bytes
	Address string // of the network; at most 64 bytes
}

// SessionRow is a session as stored.
type SessionRow struct {
	Token     Hash
	Person    Person
	Operator  bool // the workspace is the installation's first
	Method    Method
	From      Arrival
	CreatedAt time.Time
	SeenAt    time.Time // exact to five minutes
	ExpiresAt time.Time
}

// ErrLink is what a link answers that was used, has expired or never was. It
// does not tell which, for strangers who try.
var ErrLink = fault.New(fault.Unauthorized, "link_expired", "This sign-in link was used already or has expired.", "Ask for a new one: the command `kontor signin` prints it.")

// ErrSession is the answer to a session that is not there.
var ErrSession = fault.New(fault.Unauthorized, "not_signed_in", "The session has ended.", "Open a new sign-in link: the command `kontor signin` prints one.")

// Link is a sign-in link's secret part. It opens once.
type Link struct {
	Token     wa.Secret
	ExpiresAt time.Time
}

// NewLink makes a sign-in link for one of a workspace's people, who may come in.
func (a *Accounts) NewLink(ctx context.Context, ws wa.WorkspaceID, person wa.PersonID) (Link, error) {
	token, hash := newToken()
	expires := a.now().Add(LinkLife)
	err := a.runner.Write(ctx, func(tx txn.Tx) error {
		p, err := a.person(tx, ws, person)
		if err != nil {
			return err
		}
		if !p.DeactivatedAt.IsZero() {
			return errDeactivated
		}
		return a.store.InsertLink(tx, hash, person, expires)
	})
	if err != nil {
		return Link{}, err
	}
	return Link{Token: token, ExpiresAt: expires}, nil
}

// Session is a person who has come in.
type Session struct {
	Token     wa.Secret // the cookie's value
	Person    Person
	ExpiresAt time.Time
}

// SignIn uses up a link and opens a session, in one transaction. ErrLink
// answers a link that does not open.
func (a *Accounts) SignIn(ctx context.Context, token string, from Arrival) (s Session, err error) {
	link, now := hashOf(token), a.now()
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		p, found, err := a.store.LinkPerson(tx, link, now)
		if err != nil {
			return err
		}
		if !found {
			return ErrLink
		}
		done, err := a.store.UseLink(tx, link, now)
		if err != nil {
			return err
		}
		if !done { // the same link in two browsers at once: one comes in
			return ErrLink
		}
		s, err = a.enter(tx, p, ByLink, from)
		return err
	})
	return s, err
}

// enter opens a session for somebody who has proved who they are.
func (a *Accounts) enter(tx txn.Tx, p Person, by Method, from Arrival) (Session, error) {
	secret, hash := newToken()
	now := a.now()
	s := Session{Token: secret, Person: p, ExpiresAt: now.Add(SessionLife)}
	row := SessionRow{Token: hash, Person: p, Method: by, From: from.cut(), CreatedAt: now, SeenAt: now, ExpiresAt: s.ExpiresAt}
	if err := a.store.InsertSession(tx, row); err != nil {
		return Session{}, err
	}
	return s, a.tell(tx, p.WorkspaceID, FactSignedIn, p.ID, p.ID.String()+" "+string(by))
}

func (f Arrival) cut() Arrival {
	return Arrival{Device: cutText(f.Device, 100), Address: cutText(f.Address, 64)}
}

func cutText(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}

// Session finds whom a session's token stands for. Use extends the session; when
// it did, renewed is the new end, for the cookie, and otherwise zero.
func (a *Accounts) Session(ctx context.Context, token string) (p Principal, renewed time.Time, err error) {
	hash, now := hashOf(token), a.now()
	var row SessionRow
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		if row, found, err = a.store.SessionOf(tx, hash, now); err != nil {
			return err
		}
		if !found {
			return ErrSession
		}
		return nil
	})
	if err != nil {
		return Principal{}, time.Time{}, err
	}
	if until := now.Add(SessionLife); until.Sub(row.ExpiresAt) >= renewAfter {
		err = a.runner.Write(ctx, func(tx txn.Tx) error { return a.store.ExtendSession(tx, hash, now, until) })
		if err != nil {
			return Principal{}, time.Time{}, err
		}
		renewed = until
	}
	return Principal{
		WorkspaceID: row.Person.WorkspaceID, PersonID: row.Person.ID, Name: row.Person.Name, Role: row.Person.Role, Operator: row.Operator,
	}, renewed, nil
}

// SignOut ends a session. Ending one that is not there is no error.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	hash := hashOf(token)
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		row, found, err := a.store.SessionOf(tx, hash, a.now())
		if err != nil || !found {
			return err
		}
		if err := a.store.DeleteSession(tx, hash); err != nil {
			return err
		}
		return a.tell(tx, row.Person.WorkspaceID, FactSessions, row.Person.ID, row.Person.ID.String()+" ended")
	})
}

// newToken makes 32 random bytes in the form they travel in, and their hash.
func newToken() (wa.Secret, Hash) {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	token := base64.RawURLEncoding.EncodeToString(b[:])
	return wa.Secret(token), hashOf(token)
}

func hashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }
