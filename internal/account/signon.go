package account

import (
	"context"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Identity is somebody as another house's sign-on (OpenID Connect) vouches for them.
type Identity struct {
	Issuer   string
	Subject  string // the issuer's own id of them: it never changes hands
	Email    string
	Verified bool // the issuer has checked the address
	Name     string
}

// What a sign-on of another house is refused with.
var (
	ErrSignOnUnknown    = fault.New(fault.Forbidden, "sso_no_account", "Nobody here has the address that your sign-on tells.", "Ask an administrator of your workspace for an invitation.")
	ErrSignOnUnverified = fault.New(fault.Forbidden, "sso_unverified", "Your sign-on does not vouch for your address.", "Have your address verified there.")
	ErrSignOnClosed     = fault.New(fault.Forbidden, "sso_deactivated", "You are deactivated here.", "Ask an administrator of your workspace.")
)

// SignOn lets in whom another house vouches for: whoever it knew by that
// subject before, else whoever has the verified address; else somebody new with
// the role newcomer in the first workspace, unless that is empty.
func (a *Accounts) SignOn(ctx context.Context, id Identity, newcomer Role, from Arrival) (s Session, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		p, err := a.identify(tx, id, newcomer)
		if err != nil {
			return err
		}
		if !p.DeactivatedAt.IsZero() {
			return ErrSignOnClosed
		}
		s, err = a.enter(tx, p, BySignOn, from)
		return err
	})
	return s, err
}

func (a *Accounts) identify(tx txn.Tx, id Identity, newcomer Role) (Person, error) {
	p, found, err := a.store.ExternalLogin(tx, id.Issuer, id.Subject)
	if err != nil || found {
		return p, err
	}
	// An address that nobody checked may be anybody's.
	if !id.Verified || id.Email == "" {
		return Person{}, ErrSignOnUnverified
	}
	l, found, err := a.store.Login(tx, EmailKey(id.Email))
	switch {
	case err != nil:
		return Person{}, err
	case found:
		p = l.Person
	case newcomer == "":
		return Person{}, ErrSignOnUnknown
	default:
		if p, err = a.newcomer(tx, id, newcomer); err != nil {
			return Person{}, err
		}
	}
	if err := a.store.InsertExternalLogin(tx, id.Issuer, id.Subject, p, a.now()); err != nil {
		return Person{}, err
	}
	return p, a.tellPerson(tx, p, p.ID, "signon_linked")
}

func (a *Accounts) newcomer(tx txn.Tx, id Identity, role Role) (Person, error) {
	all, err := a.store.Workspaces(tx)
	if err != nil || len(all) == 0 {
		return Person{}, orFault(err, noWorkspace())
	}
	name := strings.TrimSpace(strings.ToValidUTF8(id.Name, ""))
	if len(checkName(name)) > 0 {
		name, _, _ = strings.Cut(id.Email, "@")
	}
	p := Person{ID: wa.PersonID(a.newID()), WorkspaceID: all[0].ID, Name: name, Email: strings.TrimSpace(id.Email), Role: role, CreatedAt: a.now()}
	if len(checkPerson(p)) > 0 {
		return Person{}, ErrSignOnUnverified
	}
	return p, a.addPerson(tx, p, p.ID)
}
