package account

import (
	"context"
	"slices"
	"strings"
	"time"

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

// Visit is what somebody went to another house's sign-on for.
type Visit struct {
	Next string `json:"next"` // where they want to be afterwards, a path of the web app
	// Who is in already and wants to be known by that sign-on from now on; zero:
	// they want to come in.
	WorkspaceID wa.WorkspaceID `json:"workspace,omitempty"`
	PersonID    wa.PersonID    `json:"person,omitempty"`
}

// Linked is a sign-on by which a person comes in.
type Linked struct {
	Issuer    string
	Subject   string
	CreatedAt time.Time
}

// SignOnStore is what sign-on needs of a database.
type SignOnStore interface {
	// ExternalLogin finds whom an issuer knows by a subject.
	ExternalLogin(tx txn.Tx, issuer, subject string) (p Person, found bool, err error)
	// ExternalLogins are those of a person, oldest first.
	ExternalLogins(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) ([]Linked, error)
	// InsertExternalLogin links p unless the subject is linked already; done tells.
	InsertExternalLogin(tx txn.Tx, issuer, subject string, p Person, at time.Time) (done bool, err error)
	// DeleteExternalLogins removes all of a person, and tells how many.
	DeleteExternalLogins(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (int, error)
	// InvitationsTo are those for an address in any workspace that open, newest first.
	InvitationsTo(tx txn.Tx, emailKey string, now time.Time) ([]Invitation, error)
}

// What a sign-on of another house is refused with.
var (
	ErrSignOnUnknown    = fault.New(fault.Forbidden, "sso_no_account", "Nobody here has the address that your sign-on tells.", "Ask an administrator of your workspace for an invitation.")
	ErrSignOnUnverified = fault.New(fault.Forbidden, "sso_unverified", "Your sign-on does not vouch for your address.", "Have your address verified there; or sign in in another way and link the sign-on to your account.")
	ErrSignOnDomain     = fault.New(fault.Forbidden, "sso_domain", "Addresses of this domain do not come in by sign-on.", "Sign in with the address of your house, or in another way.")
	ErrSignOnOther      = fault.New(fault.Forbidden, "sso_other", "Whoever has your address here is known by another account of the sign-on.", "Ask the operator: kontor person password with --drop-sign-on forgets the other one.")
	ErrSignOnInvited    = fault.New(fault.Conflict, "sso_invited", "Several workspaces have invited you; you are in none of them yet.", "Open the link of the invitation that you want to take up.")
	ErrSignOnClosed     = fault.New(fault.Forbidden, "sso_deactivated", "You are deactivated here.", "Ask an administrator of your workspace.")
	ErrSignOnTaken      = fault.New(fault.Conflict, "sso_taken", "This account of the sign-on lets in somebody else already; nothing was changed.", "Choose another account there, or have the other person unlink it.")

	errSignOnLinked = fault.New(fault.Conflict, "sso_linked", "Your account is linked to another account of the sign-on already; nothing was changed.", "Unlink that one first.")
	errLastWay      = fault.New(fault.Conflict, "last_way_in", "Without the sign-on you could not come in any more; nothing was changed.", "Set a password or add a passkey first.")
)

// SignOn lets in whom another house vouches for: whoever it knew by that
// subject before; else whoever has the verified address, or was invited by it;
// else somebody new with the role newcomer in the first workspace, unless that
// is empty. The second step is the other house's matter: none is asked for here.
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
	if err != nil {
		return Person{}, err
	}
	if p = l.Person; !found {
		p, err = a.arrive(tx, id, newcomer)
	} else {
		err = a.strange(tx, p, id.Issuer)
	}
	if err != nil {
		return Person{}, err
	}
	return p, a.link(tx, p, id)
}

// strange refuses whoever has the address of somebody whom the issuer knows by
// another subject: addresses are given to others in time, subjects never are.
func (a *Accounts) strange(tx txn.Tx, p Person, issuer string) error {
	linked, err := a.linkedBy(tx, p, issuer)
	if err == nil && linked {
		err = ErrSignOnOther
	}
	return err
}

func (a *Accounts) linkedBy(tx txn.Tx, p Person, issuer string) (bool, error) {
	all, err := a.store.ExternalLogins(tx, p.WorkspaceID, p.ID)
	for _, l := range all {
		if l.Issuer == issuer {
			return true, err
		}
	}
	return false, err
}

func (a *Accounts) link(tx txn.Tx, p Person, id Identity) error {
	if done, err := a.store.InsertExternalLogin(tx, id.Issuer, id.Subject, p, a.now()); err != nil || !done {
		return orFault(err, ErrSignOnTaken)
	}
	return a.tellPerson(tx, p, p.ID, "signon_linked")
}

// arrive makes a person of whom the other house vouches for: as their invitation
// says, else as a newcomer. They have no password.
func (a *Accounts) arrive(tx txn.Tx, id Identity, newcomer Role) (Person, error) {
	p := Person{ID: wa.PersonID(a.newID()), Email: strings.TrimSpace(id.Email), Role: newcomer, CreatedAt: a.now()}
	invited, err := a.store.InvitationsTo(tx, EmailKey(id.Email), a.now())
	if err != nil {
		return Person{}, err
	}
	switch {
	case slices.ContainsFunc(invited, func(i Invitation) bool { return i.WorkspaceID != invited[0].WorkspaceID }):
		return Person{}, ErrSignOnInvited // an address is one house's: which one is theirs to say
	case len(invited) > 0:
		p.WorkspaceID, p.Role, p.Name = invited[0].WorkspaceID, invited[0].Role, invited[0].Name
	case newcomer == "":
		return Person{}, ErrSignOnUnknown
	default:
		w, empty, err := a.empty(tx)
		if err != nil || empty || w.ID == 0 { // the first one in a house is its owner: see SetUp
			return Person{}, orFault(err, ErrSignOnUnknown)
		}
		p.WorkspaceID = w.ID
	}
	if name := strings.TrimSpace(strings.ToValidUTF8(id.Name, "")); len(checkName(name)) == 0 {
		p.Name = name
	} else if p.Name == "" {
		p.Name, _, _ = strings.Cut(p.Email, "@")
	}
	if len(checkPerson(p)) > 0 {
		return Person{}, ErrSignOnUnverified
	}
	if err := a.addPerson(tx, p, p.ID); err != nil || len(invited) == 0 {
		return p, err
	}
	return p, a.takeUp(tx, invited[0], p)
}

// BeginLink is asked before somebody goes to be linked: whoever has a password
// must give it, so that a page left open does not give an account away.
func (a *Accounts) BeginLink(ctx context.Context, p Principal, password string) error {
	return a.prove(ctx, p, password)
}

// LinkSignOn has a person who is in be let in by another house's sign-on from
// now on. The address that it tells does not matter: the person has shown both.
func (a *Accounts) LinkSignOn(ctx context.Context, p Principal, id Identity) error {
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		known, found, err := a.store.ExternalLogin(tx, id.Issuer, id.Subject)
		switch {
		case err != nil:
			return err
		case found && known.ID == person.ID:
			return nil
		case found:
			return ErrSignOnTaken
		}
		if linked, err := a.linkedBy(tx, person, id.Issuer); err != nil || linked {
			return orFault(err, errSignOnLinked)
		}
		return a.link(tx, person, id)
	})
}

// UnlinkSignOn forgets by whom a person was let in, unless they could then come
// in no more. Sessions go on.
func (a *Accounts) UnlinkSignOn(ctx context.Context, p Principal) error {
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		s, err := a.store.Security(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		if !s.Password && s.Passkeys == 0 {
			return errLastWay
		}
		return a.unlink(tx, person, p.PersonID)
	})
}

// DropSignOn is UnlinkSignOn on the operator's word.
func (a *Accounts) DropSignOn(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) error {
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, ws, id)
		if err != nil {
			return err
		}
		return a.unlink(tx, person, 0)
	})
}

func (a *Accounts) unlink(tx txn.Tx, p Person, actor wa.PersonID) error {
	if n, err := a.store.DeleteExternalLogins(tx, p.WorkspaceID, p.ID); err != nil || n == 0 {
		return err
	}
	return a.tellPerson(tx, p, actor, "signon_unlinked")
}
