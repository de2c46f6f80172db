// Package panel decides who may see one order's messages from inside another
// system's page (S3-4): a shop's server asks, with its API key, for a short-lived
// token for one order, perhaps in the name of one of the house's people, and one
// origin; the page hands it to the panel's frame.
//
//	panel.go    tokens: issue, verify, end
//	origin.go   which web origins may show panels of a workspace
//
// A token opens one order and nothing else. It ends by its time, when it is
// ended, when the key that made it is revoked or expires, when the person that
// it names is deactivated, and when its origin is taken from the workspace's
// list: each is looked at with every call. The store has the
// SHA-256 of the secret part only; that is enough for 32 random bytes. The
// package knows neither orders nor roles: the edge resolves the one and asks for
// the other.
package panel

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// Prefix begins every token, so that leak scanners and people know what they see.
	Prefix = "kontor_panel_"
	// DefaultLife, MinLife and MaxLife are how long a token opens.
	DefaultLife = 15 * time.Minute
	MinLife     = 5 * time.Second
	MaxLife     = 24 * time.Hour
	// kept is how long an ended token is remembered: its frame may still be asked
	// for, by a page that is about to bring a new one.
	kept = 24 * time.Hour
)

// Token is what a token allows, without its secret.
type Token struct {
	ID          wa.PanelTokenID
	WorkspaceID wa.WorkspaceID
	KeyID       wa.KeyID    // the key that made it
	PersonID    wa.PersonID // in whose name; zero: the key's
	OrderID     wa.OrderID
	Origin      string // of the page that may show it: https://erp.shop.example
	Send        bool   // besides reading
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// Stored is a token as the store has it, with what it depends on as it is now.
type Stored struct {
	Token
	Hash       [sha256.Size]byte
	EndedAt    time.Time // zero while nobody ended it
	KeyRevoked bool
	KeyExpires time.Time // zero: never
	KeyRole    string
	PersonRole string // empty when nobody is named, or the person is gone or deactivated
}

// orphaned reports whether the key that made the token opens no more.
func (s *Stored) orphaned(now time.Time) bool {
	return s.KeyRevoked || !s.KeyExpires.IsZero() && !now.Before(s.KeyExpires)
}

// Role is that in which the token acts: the person's, else the key's; empty when
// the person is gone or deactivated.
func (s *Stored) Role() string {
	if s.PersonID != 0 {
		return s.PersonRole
	}
	return s.KeyRole
}

// Store is what the package needs of a database.
type Store interface {
	// Origins are those of a workspace's list, in its order.
	Origins(tx txn.Tx, ws wa.WorkspaceID) ([]string, error)
	SaveOrigins(tx txn.Tx, ws wa.WorkspaceID, origins []string, now time.Time) error

	InsertToken(tx txn.Tx, t Token, secret [sha256.Size]byte) error
	// Token finds one by its id, in any workspace: like a key, it is how a request
	// gets its workspace.
	Token(tx txn.Tx, id wa.PanelTokenID) (s Stored, found bool, err error)
	// EndToken ends one of a workspace's; done is false when there is none such.
	EndToken(tx txn.Tx, ws wa.WorkspaceID, id wa.PanelTokenID, now time.Time) (done bool, err error)
	// DeleteExpired removes tokens that expired before the moment.
	DeleteExpired(tx txn.Tx, before time.Time) error
}

// Panels keeps tokens and origins. Safe for concurrent use.
type Panels struct {
	runner txn.Runner
	store  Store
	newID  func() int64
	now    func() time.Time
}

// New makes Panels. now is the real time: moving a sandbox's clock ends no token.
func New(runner txn.Runner, store Store, newID func() int64, now func() time.Time) *Panels {
	return &Panels{runner: runner, store: store, newID: newID, now: now}
}

// Faults of tokens. A token that does not open tells why only as far as its
// holder can do something: expired ones are renewed by the page.
var (
	ErrExpired = fault.New(fault.Unauthorized, "panel_token_expired", "The panel's token has expired; nothing was sent.", "Have your server make a new one with POST panel-tokens and give it to the panel.")
	ErrToken   = fault.New(fault.Unauthorized, "panel_token_invalid", "The panel's token is unknown or was ended; nothing was sent.", "Have your server make a new one with POST panel-tokens.")
	ErrOrigin  = fault.New(fault.Forbidden, "panel_origin_refused", "The panel's token is not for this page; nothing was sent.", "Make a token for the origin of the page, which must be in the workspace's list (PUT panel-origins).")
)

// Issue makes a token; its secret is returned here and nowhere again. t says
// everything but ID and times; life 0 is DefaultLife. Its faults are Invalid
// "invalid_panel_token" and Conflict "panel_origin_unlisted".
func (p *Panels) Issue(ctx context.Context, t Token, life time.Duration) (Token, wa.Secret, error) {
	if life == 0 {
		life = DefaultLife
	}
	if life < MinLife || life > MaxLife {
		return Token{}, "", fault.Wrong("invalid_panel_token", fault.Field{Name: "expires_in", Detail: "is 5 to 86400 seconds (24 hours)."})
	}
	origin, problem := ParseOrigin(t.Origin)
	if problem != "" {
		return Token{}, "", fault.Wrong("invalid_panel_token", fault.Field{Name: "origin", Detail: problem})
	}
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	secret := base64.RawURLEncoding.EncodeToString(b[:])
	t.ID, t.Origin, t.CreatedAt = wa.PanelTokenID(p.newID()), origin, p.now()
	t.ExpiresAt = t.CreatedAt.Add(life)
	err := p.runner.Write(ctx, func(tx txn.Tx) error {
		listed, err := p.store.Origins(tx, t.WorkspaceID)
		if err != nil {
			return err
		}
		if !slices.Contains(listed, origin) {
			return fault.New(fault.Conflict, "panel_origin_unlisted", "Pages of "+origin+" may not show panels of this workspace; no token was made.", "Add the origin in the settings, or with PUT panel-origins.")
		}
		return p.store.InsertToken(tx, t, sha256.Sum256([]byte(secret)))
	})
	if err != nil {
		return Token{}, "", err
	}
	id := strings.TrimPrefix(t.ID.String(), "pnl_")
	return t, wa.Secret(Prefix + id + "_" + secret), nil
}

// split takes a token apart; ok is false when it has not the form of one.
func split(token string) (id wa.PanelTokenID, secret string, ok bool) {
	rest, ok := strings.CutPrefix(token, Prefix)
	if !ok || len(token) > 200 {
		return 0, "", false
	}
	public, secret, ok := strings.Cut(rest, "_")
	id, err := wa.ParsePanelTokenID("pnl_" + public)
	return id, secret, ok && err == nil && secret != ""
}

// Verify finds what a token allows to a page of an origin: ErrToken, ErrExpired
// or ErrOrigin when nothing.
func (p *Panels) Verify(ctx context.Context, token, origin string) (Stored, error) {
	id, secret, ok := split(token)
	if !ok {
		return Stored{}, ErrToken
	}
	var s Stored
	var listed []string
	err := p.runner.Read(ctx, func(tx txn.Tx) (err error) {
		var found bool
		if s, found, err = p.store.Token(tx, id); err != nil || !found {
			ok = false
			return err
		}
		listed, err = p.store.Origins(tx, s.WorkspaceID)
		return err
	})
	if err != nil {
		return Stored{}, err
	}
	sum := sha256.Sum256([]byte(secret))
	switch {
	case !ok, subtle.ConstantTimeCompare(sum[:], s.Hash[:]) != 1, s.orphaned(p.now()), !s.EndedAt.IsZero():
		return Stored{}, ErrToken
	case origin != s.Origin, !slices.Contains(listed, s.Origin):
		return Stored{}, ErrOrigin
	case !p.now().Before(s.ExpiresAt):
		return Stored{}, ErrExpired
	}
	return s, nil
}

// Frame is the one origin that may show the frame of a token; empty when none
// may. An expired token still names it: its page may bring a new one.
func (p *Panels) Frame(ctx context.Context, id wa.PanelTokenID) (origin string, err error) {
	err = p.runner.Read(ctx, func(tx txn.Tx) error {
		s, found, err := p.store.Token(tx, id)
		if err != nil || !found || s.orphaned(p.now()) || !s.EndedAt.IsZero() {
			return err
		}
		listed, err := p.store.Origins(tx, s.WorkspaceID)
		if slices.Contains(listed, s.Origin) {
			origin = s.Origin
		}
		return err
	})
	return origin, err
}

// End ends a token at once. Its fault is NotFound "panel_token_unknown"; ending
// one again is no error.
func (p *Panels) End(ctx context.Context, ws wa.WorkspaceID, id wa.PanelTokenID) error {
	return p.runner.Write(ctx, func(tx txn.Tx) error {
		done, err := p.store.EndToken(tx, ws, id, p.now())
		if err == nil && !done {
			err = fault.New(fault.NotFound, "panel_token_unknown", "There is no such panel token in this workspace; nothing was ended.", "Take token_id from the answer of POST panel-tokens.")
		}
		return err
	})
}

// Sweep removes tokens that ended by their time a day ago.
func (p *Panels) Sweep(ctx context.Context) error {
	before := p.now().Add(-kept)
	return p.runner.Write(ctx, func(tx txn.Tx) error { return p.store.DeleteExpired(tx, before) })
}
