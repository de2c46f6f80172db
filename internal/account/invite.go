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

// InvitationLife is how long an invitation opens.
const InvitationLife = 7 * 24 * time.Hour

// Invitation is a door for one person. The address is the inviter's word, never
// the guest's: by it another house's sign-on may know them later.
type Invitation struct {
	ID          wa.InvitationID
	WorkspaceID wa.WorkspaceID
	Email       string
	Name        string // what the inviter calls them; may be empty
	Role        Role
	Teams       []wa.TeamID
	InvitedBy   wa.PersonID // zero: a program or the operator
	CreatedAt   time.Time
	ExpiresAt   time.Time
	Mail        MailState
}

// MailState is what became of an invitation's mail.
type MailState string

const (
	MailNone    MailState = ""        // none was asked for
	MailWaiting MailState = "waiting" // to be sent, perhaps after a failure
	MailSent    MailState = "sent"    // the mail server took it
	MailFailed  MailState = "failed"  // given up
)

// InvitationStore is what invitations need of a database.
type InvitationStore interface {
	InsertInvitation(tx txn.Tx, i Invitation, token Hash) error
	// Invitations are those of a workspace that were neither accepted nor
	// revoked, oldest first, expired or not.
	Invitations(tx txn.Tx, ws wa.WorkspaceID) ([]Invitation, error)
	// InvitationByToken finds one that opens.
	InvitationByToken(tx txn.Tx, token Hash, now time.Time) (i Invitation, found bool, err error)
	// EndInvitation ends one that was neither accepted nor revoked; person is who
	// accepted, zero when nobody did; done tells.
	EndInvitation(tx txn.Tx, ws wa.WorkspaceID, id wa.InvitationID, person wa.PersonID, at time.Time) (done bool, err error)
	// SetInvitationMail notes what became of the mail; done is false when there
	// is no such invitation that is open.
	SetInvitationMail(tx txn.Tx, ws wa.WorkspaceID, id wa.InvitationID, state MailState) (done bool, err error)
}

// Invite is whom to invite.
type Invite struct {
	Email string
	Name  string // may be empty
	Role  Role
	Teams []wa.TeamID
	// Send has the link mailed to the guest, too, in the language of Locale
	// (empty: English).
	Send   bool
	Locale string
}

// Invite makes an invitation and its link's secret, which is returned here and,
// where that is asked for, mailed, and told nowhere again.
func (a *Accounts) Invite(ctx context.Context, by Principal, in Invite) (i Invitation, token wa.Secret, err error) {
	if err := by.mustManagePeople(); err != nil {
		return Invitation{}, "", err
	}
	i = Invitation{
		ID: wa.InvitationID(a.newID()), WorkspaceID: by.WorkspaceID, Email: strings.TrimSpace(in.Email), Name: strings.TrimSpace(in.Name), Role: in.Role,
		Teams: slices.Compact(slices.Sorted(slices.Values(in.Teams))), InvitedBy: by.PersonID, CreatedAt: a.now(), ExpiresAt: a.now().Add(InvitationLife),
	}
	if in.Send {
		if a.mailer == nil {
			return Invitation{}, "", errNoMailToGuests
		}
		i.Mail = MailWaiting
	}
	fields := append(checkRole(i.Role), checkEmail(i.Email)...)
	fields = append(fields, checkLocale(in.Locale)...)
	if i.Name != "" {
		fields = append(fields, checkName(i.Name)...)
	}
	if len(fields) > 0 {
		return Invitation{}, "", fault.Wrong("invalid_invitation", fields...)
	}
	if err := by.mustGive(i.Role); err != nil {
		return Invitation{}, "", err
	}
	settle, err := a.tryAddress(by.WorkspaceID)
	if err != nil {
		return Invitation{}, "", err
	}
	unsent := func() {}
	if in.Send {
		if unsent, err = a.mayWrite(i.WorkspaceID, i.Email); err != nil {
			settle(err)
			return Invitation{}, "", err
		}
	}
	token, hash := newToken()
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if err := a.checkTeams(tx, by.WorkspaceID, i.Teams); err != nil {
			return err
		}
		if err := a.mustBeFree(tx, by.WorkspaceID, i.Email); err != nil {
			return err
		}
		if err := a.store.InsertInvitation(tx, i, hash); err != nil {
			return err
		}
		if in.Send {
			letter := Letter{Kind: LetterInvitation, Subject: int64(i.ID), WorkspaceID: i.WorkspaceID, Token: token, TokenEnds: i.ExpiresAt, Locale: in.Locale, ExpiresAt: i.ExpiresAt}
			if err := a.post(tx, letter); err != nil {
				return err
			}
		}
		return a.tell(tx, by.WorkspaceID, FactInvitation, by.PersonID, i.ID.String()+" made")
	})
	settle(err)
	if err != nil {
		unsent()
	}
	return i, token, err
}

var errNoMailToGuests = fault.New(fault.Conflict, "mail_not_configured", "This Kontor sends no mail; nobody was invited.", "Leave send out and hand the link over yourself, or set KONTOR_SMTP_URL.")

// Invitations are those of a workspace that were neither accepted nor revoked.
func (a *Accounts) Invitations(ctx context.Context, ws wa.WorkspaceID) (all []Invitation, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		all, err = a.store.Invitations(tx, ws)
		return err
	})
	return all, err
}

// RevokeInvitation closes the door.
func (a *Accounts) RevokeInvitation(ctx context.Context, by Principal, id wa.InvitationID) error {
	if err := by.mustManagePeople(); err != nil {
		return err
	}
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		if done, err := a.revokeInvitation(tx, by, id); err != nil || !done {
			return orFault(err, fault.New(fault.NotFound, "invitation_not_found", "There is no such invitation in this workspace; perhaps it was accepted.", "List the invitations with GET invitations."))
		}
		return nil
	})
}

func (a *Accounts) revokeInvitation(tx txn.Tx, by Principal, id wa.InvitationID) (done bool, err error) {
	if done, err = a.store.EndInvitation(tx, by.WorkspaceID, id, 0, a.now()); err != nil || !done {
		return false, err
	}
	if err := a.store.DeleteLetter(tx, by.WorkspaceID, LetterInvitation, int64(id)); err != nil {
		return false, err
	}
	return true, a.tell(tx, by.WorkspaceID, FactInvitation, by.PersonID, id.String()+" revoked")
}

// revokeLapsed closes the doors that somebody left open who may open them no
// more: whoever was put out would come in again by an invitation of their own.
func (a *Accounts) revokeLapsed(tx txn.Tx, by Principal, p Person) error {
	all, err := a.store.Invitations(tx, p.WorkspaceID)
	if err != nil {
		return err
	}
	now := Principal{WorkspaceID: p.WorkspaceID, PersonID: p.ID, Role: p.Role}
	for _, i := range all {
		if i.InvitedBy != p.ID || p.DeactivatedAt.IsZero() && now.Can(ManagePeople) && now.mayGive(i.Role, 0) {
			continue
		}
		if _, err := a.revokeInvitation(tx, by, i.ID); err != nil {
			return err
		}
	}
	return nil
}

// Guest is what an invitation shows to whoever has its link.
type Guest struct {
	Invitation Invitation
	Workspace  Workspace
	InvitedBy  string // a name; empty when nobody's
	Teams      []Team
}

// LookInvitation shows an invitation to whoever has its link.
func (a *Accounts) LookInvitation(ctx context.Context, token string) (g Guest, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		g, err = a.guest(tx, token)
		return err
	})
	return g, err
}

func (a *Accounts) guest(tx txn.Tx, token string) (g Guest, err error) {
	i, found, err := a.store.InvitationByToken(tx, hashOf(token), a.now())
	if err != nil || !found {
		return g, orFault(err, ErrSpent)
	}
	g.Invitation = i
	if g.Workspace, found, err = a.store.Workspace(tx, i.WorkspaceID); err != nil || !found {
		return g, orFault(err, ErrSpent)
	}
	by, _, err := a.store.Person(tx, i.WorkspaceID, i.InvitedBy)
	if err != nil {
		return g, err
	}
	g.InvitedBy = by.Name
	for _, id := range i.Teams {
		t, found, err := a.store.Team(tx, i.WorkspaceID, id)
		if err != nil {
			return g, err
		}
		if found {
			g.Teams = append(g.Teams, t)
		}
	}
	return g, nil
}

// Acceptance is what a guest says.
type Acceptance struct {
	Token    string
	Name     string
	Password string
	Locale   string
}

// Accept makes a person of a guest, once, and lets them in.
func (a *Accounts) Accept(ctx context.Context, in Acceptance, from Arrival) (s Session, err error) {
	g, err := a.LookInvitation(ctx, in.Token)
	if err != nil {
		return Session{}, err
	}
	p := Person{
		ID: wa.PersonID(a.newID()), WorkspaceID: g.Workspace.ID, Name: strings.TrimSpace(in.Name), Email: g.Invitation.Email,
		Role: g.Invitation.Role, Locale: in.Locale, CreatedAt: a.now(),
	}
	fields := append(checkPerson(p), checkPassword(in.Password, p.Name, p.Email, g.Workspace.Name)...)
	if len(fields) > 0 {
		return Session{}, fault.Wrong("invalid_person", fields...)
	}
	hash, err := a.hasher.hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		g, err := a.guest(tx, in.Token)
		if err != nil {
			return err
		}
		if err := a.addPerson(tx, p, p.ID); err != nil {
			return err
		}
		if err := a.store.SetPassword(tx, p.WorkspaceID, p.ID, hash, a.now()); err != nil {
			return err
		}
		if err := a.takeUp(tx, g.Invitation, p); err != nil {
			return err
		}
		s, err = a.enter(tx, p, ByInvitation, from)
		return err
	})
	return s, err
}

// takeUp ends an invitation in favour of who came, and puts them into its teams.
func (a *Accounts) takeUp(tx txn.Tx, i Invitation, p Person) error {
	if done, err := a.store.EndInvitation(tx, i.WorkspaceID, i.ID, p.ID, a.now()); err != nil || !done {
		return orFault(err, ErrSpent)
	}
	if err := a.store.DeleteLetter(tx, i.WorkspaceID, LetterInvitation, int64(i.ID)); err != nil {
		return err
	}
	var teams []wa.TeamID
	for _, id := range i.Teams {
		_, found, err := a.store.Team(tx, i.WorkspaceID, id)
		if err != nil {
			return err
		}
		if found {
			teams = append(teams, id)
		}
	}
	if err := a.store.SetTeams(tx, p.WorkspaceID, p.ID, teams); err != nil {
		return err
	}
	return a.tell(tx, p.WorkspaceID, FactInvitation, p.ID, i.ID.String()+" accepted")
}
