package account

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// setupLife is how long a set-up code is good; each start prints a new one.
const setupLife = 30 * 24 * time.Hour

var (
	errSetupDone = fault.New(fault.Conflict, "setup_done", "This Kontor has been set up already; nothing was changed.", "Sign in, or ask an owner for an invitation.")
	errSetupCode = fault.New(fault.Forbidden, "setup_code_wrong", "The set-up code is wrong or has expired; nothing was changed.", "Take the link that `kontor serve` prints at its start, on the line that begins with \"set up:\".")
)

// SetupNeeded reports whether the installation's first workspace has nobody.
func (a *Accounts) SetupNeeded(ctx context.Context) (needed bool, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		_, needed, err = a.empty(tx)
		return err
	})
	return needed, err
}

// empty finds the first workspace, and whether it has nobody.
func (a *Accounts) empty(tx txn.Tx) (w Workspace, empty bool, err error) {
	all, err := a.store.Workspaces(tx)
	if err != nil || len(all) == 0 {
		return w, false, err
	}
	people, err := a.store.People(tx, all[0].ID)
	return all[0], len(people) == 0, err
}

// NewSetupCode makes a code that lets whoever reads Kontor's output set it up;
// needed is false when there is somebody already. Codes of other nodes and
// earlier starts stay good, until one is used.
func (a *Accounts) NewSetupCode(ctx context.Context) (code wa.Secret, needed bool, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		code = ""
		w, empty, err := a.empty(tx)
		if needed = empty; err != nil || !empty {
			return err
		}
		code, _, err = a.issue(tx, Ticket{Kind: TicketSetup, WorkspaceID: w.ID}, setupLife)
		return err
	})
	return code, needed, err
}

// Setup is what the first person says.
type Setup struct {
	Code          string
	Name          string
	Email         string
	Password      string
	WorkspaceName string
	Locale        string
}

// SetUp makes the first owner, exactly once, and lets them in.
func (a *Accounts) SetUp(ctx context.Context, in Setup, from Arrival) (s Session, err error) {
	p := Person{ID: wa.PersonID(a.newID()), Name: strings.TrimSpace(in.Name), Email: strings.TrimSpace(in.Email), Role: Owner, Locale: in.Locale, CreatedAt: a.now()}
	house := strings.TrimSpace(in.WorkspaceName)
	// Strangers learn nothing of the form before they have the code.
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		if _, empty, err := a.empty(tx); err != nil || !empty {
			return orFault(err, errSetupDone)
		}
		_, found, err := a.store.Ticket(tx, TicketSetup, hashOf(in.Code), a.now())
		if err == nil && !found {
			err = errSetupCode
		}
		return err
	})
	if err != nil {
		return Session{}, err
	}
	fields := append(checkPerson(p), checkEmailGiven(p.Email)...)
	fields = append(fields, checkPassword(in.Password, p.Name, p.Email, house)...)
	for _, f := range checkName(house) {
		f.Name = "workspace_name"
		fields = append(fields, f)
	}
	if len(fields) > 0 {
		return Session{}, fault.Wrong("invalid_person", fields...)
	}
	hash, err := a.hasher.hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		w, empty, err := a.empty(tx)
		if err != nil || !empty {
			return orFault(err, errSetupDone)
		}
		// The lock makes one of two who come at once wait, and look again.
		if err := a.store.LockWorkspace(tx, w.ID); err != nil {
			return err
		}
		if w, empty, err = a.empty(tx); err != nil || !empty {
			return orFault(err, errSetupDone)
		}
		if _, found, err := a.redeem(tx, TicketSetup, in.Code); err != nil || !found {
			return orFault(err, errSetupCode)
		}
		p.WorkspaceID, w.Name = w.ID, house
		if err := a.store.UpdateWorkspace(tx, w); err != nil {
			return err
		}
		if err := a.addPerson(tx, p, p.ID); err != nil {
			return err
		}
		if err := a.store.SetPassword(tx, w.ID, p.ID, hash, a.now()); err != nil {
			return err
		}
		if err := a.store.DeleteTickets(tx, TicketSetup, 0); err != nil {
			return err
		}
		s, err = a.enter(tx, p, BySetup, from)
		return err
	})
	return s, err
}

func orFault(err error, f *fault.Error) error {
	if err != nil {
		return err
	}
	return f
}

// same compares secrets in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
