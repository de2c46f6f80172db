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

var (
	errOwnerOnly   = fault.New(fault.Forbidden, "owner_only", "Only an owner makes, changes or deactivates owners; nothing was changed.", "Ask an owner of the workspace.")
	errLastOwner   = fault.New(fault.Conflict, "last_owner", "This is the last owner of the workspace; nothing was changed.", "Make somebody else an owner first.")
	errYourself    = fault.New(fault.Conflict, "yourself", "You cannot deactivate yourself; nothing was changed.", "Ask another owner or admin.")
	errNotTheirs   = fault.New(fault.Forbidden, "forbidden", "By the address one comes in as this person, who has rights that you have not; nothing was changed.", "Ask somebody who has all of them.")
	errDeactivated = fault.New(fault.Conflict, "deactivated", "This person is deactivated; nothing was done.", "Reactivate the person first.")
)

// mustManagePeople refuses who may not. Nouns check it themselves here, since a
// mistake would give the house away.
func (p Principal) mustManagePeople() error {
	if p.Can(ManagePeople) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden", "Your role may not manage people; nothing was changed.", "Ask an owner or admin of the workspace.")
}

// mustGive refuses to give a role that somebody has not got all the rights of.
func (p Principal) mustGive(role Role) error {
	switch {
	case role == Owner && p.Role != Owner:
		return errOwnerOnly
	case !p.mayGive(role, 0):
		return fault.New(fault.Forbidden, "forbidden", "The role "+string(role)+" has rights that you have not; nothing was changed.", "Choose another role, or ask an owner.")
	}
	return nil
}

// PersonChange is what to change; nil leaves a member as it is.
type PersonChange struct {
	Name  *string
	Email *string // empty: none; they then come in by links and sign-on alone
	Role  *Role
	Teams *[]wa.TeamID
}

// ChangePerson changes somebody. What they may do changes with their next call.
func (a *Accounts) ChangePerson(ctx context.Context, by Principal, id wa.PersonID, change PersonChange) (p Person, err error) {
	var settle func(error)
	err = a.changePerson(ctx, by, id, func(tx txn.Tx, was Person) (now Person, what string, err error) {
		now, what = was, "changed"
		if change.Name != nil {
			now.Name = strings.TrimSpace(*change.Name)
		}
		if change.Email != nil {
			now.Email = strings.TrimSpace(*change.Email)
		}
		if change.Role != nil && *change.Role != was.Role {
			now.Role, what = *change.Role, "role"
			if fields := checkRole(now.Role); len(fields) > 0 {
				return now, "", fault.Wrong("invalid_person", fields...)
			}
			if err := by.mustGive(now.Role); err != nil {
				return now, "", err
			}
		}
		if fields := checkPerson(now); len(fields) > 0 {
			return now, "", fault.Wrong("invalid_person", fields...)
		}
		if EmailKey(now.Email) != EmailKey(was.Email) {
			// Whoever has the address has a new password mailed, and comes in.
			if !by.mayGive(now.Role, 0) {
				return now, "", errNotTheirs
			}
			if settle == nil { // a transaction may be tried again
				var err error
				if settle, err = a.tryAddress(by.WorkspaceID); err != nil {
					return now, "", err
				}
			}
			// A link to a new password went to the former address.
			if err := a.store.DeleteTickets(tx, TicketReset, id); err != nil {
				return now, "", err
			}
		}
		if change.Teams == nil {
			return now, what, nil
		}
		teams := slices.Compact(slices.Sorted(slices.Values(*change.Teams)))
		if err := a.checkTeams(tx, by.WorkspaceID, teams); err != nil {
			return now, "", err
		}
		if what == "changed" && now == was {
			what = "teams"
		}
		return now, what, a.store.SetTeams(tx, by.WorkspaceID, id, teams)
	}, &p)
	if settle != nil {
		settle(err)
	}
	return p, err
}

// Rename changes somebody's own name.
func (a *Accounts) Rename(ctx context.Context, p Principal, name string) error {
	name = strings.TrimSpace(name)
	if fields := checkName(name); len(fields) > 0 {
		return fault.Wrong("invalid_person", fields...)
	}
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		person.Name = name
		if _, err := a.store.UpdatePerson(tx, person); err != nil {
			return err
		}
		return a.tellPerson(tx, person, p.PersonID, "changed")
	})
}

// Deactivate puts somebody out, at once: their sessions end, nothing lets them in
// until they are reactivated, and their invitations are revoked. They stay known,
// as the author of what they wrote.
func (a *Accounts) Deactivate(ctx context.Context, by Principal, id wa.PersonID) (p Person, err error) {
	if id == by.PersonID && id != 0 {
		return Person{}, errYourself
	}
	err = a.changePerson(ctx, by, id, func(tx txn.Tx, was Person) (Person, string, error) {
		if was.DeactivatedAt.IsZero() {
			was.DeactivatedAt = a.now()
		}
		return was, "deactivated", a.endOthers(tx, was, Hash{})
	}, &p)
	return p, err
}

// Reactivate lets somebody in again, by what they came in by before.
func (a *Accounts) Reactivate(ctx context.Context, by Principal, id wa.PersonID) (p Person, err error) {
	err = a.changePerson(ctx, by, id, func(_ txn.Tx, was Person) (Person, string, error) {
		now := was
		now.DeactivatedAt = time.Time{}
		// Somebody with fewer rights must not bring back more than they may give.
		return now, "reactivated", by.mustGive(was.Role)
	}, &p)
	return p, err
}

// changePerson holds what is the same in every change of somebody else: who may,
// that owners are an owner's matter, and that one of them stays.
func (a *Accounts) changePerson(ctx context.Context, by Principal, id wa.PersonID, change func(tx txn.Tx, was Person) (now Person, what string, err error), into *Person) error {
	if err := by.mustManagePeople(); err != nil {
		return err
	}
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		// One at a time: of two owners who put each other out, one finds out.
		if err := a.store.LockWorkspace(tx, by.WorkspaceID); err != nil {
			return err
		}
		was, err := a.person(tx, by.WorkspaceID, id)
		if err != nil {
			return err
		}
		if was.Role == Owner && by.Role != Owner {
			return errOwnerOnly
		}
		*into = Person{}
		now, what, err := change(tx, was)
		if err != nil {
			return err
		}
		if owns(was) && !owns(now) {
			if err := a.mustStayOwned(tx, was); err != nil {
				return err
			}
		}
		done, err := a.store.UpdatePerson(tx, now)
		if err == nil && !done {
			err = a.mustBeFree(tx, by.WorkspaceID, now.Email)
		}
		if err != nil || !done {
			return orFault(err, errEmailTaken)
		}
		if err := a.revokeLapsed(tx, by, now); err != nil {
			return err
		}
		*into = now
		return a.tellPerson(tx, now, by.PersonID, what)
	})
}

func owns(p Person) bool { return p.Role == Owner && p.DeactivatedAt.IsZero() }

// mustStayOwned refuses to lose the last owner.
func (a *Accounts) mustStayOwned(tx txn.Tx, leaving Person) error {
	people, err := a.store.People(tx, leaving.WorkspaceID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(people, func(p Person) bool { return p.ID != leaving.ID && owns(p) }) {
		return errLastOwner
	}
	return nil
}

// PersonByEmail finds one of a workspace's people by address.
func (a *Accounts) PersonByEmail(ctx context.Context, ws wa.WorkspaceID, email string) (p Person, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		l, found, err := a.store.Login(tx, EmailKey(email))
		if err == nil && (!found || l.Person.WorkspaceID != ws) {
			err = fault.New(fault.NotFound, "person_not_found", "Nobody in this workspace has that e-mail address.", "`kontor person list` shows who is there.")
		}
		p = l.Person
		return err
	})
	return p, err
}

// Traces tells of each of a workspace's people when they were seen last, and
// whether they have a second factor.
func (a *Accounts) Traces(ctx context.Context, ws wa.WorkspaceID) (t map[wa.PersonID]Trace, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		t, err = a.store.Traces(tx, ws)
		return err
	})
	return t, err
}
