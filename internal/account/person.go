package account

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// localePattern is BCP 47 as far as the web app uses it: "en", "pt-BR", "zh-Hans-CN".
var localePattern = regexp.MustCompile(`^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$`)

// maxEmail is the longest address there is (RFC 5321), in bytes.
const maxEmail = 254

// PersonStore is what people need of a database.
type PersonStore interface {
	// InsertPerson stores p unless somebody of the installation has the address;
	// done tells.
	InsertPerson(tx txn.Tx, p Person) (done bool, err error)
	Person(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (p Person, found bool, err error)
	// People are those of a workspace, the deactivated among them, oldest first.
	People(tx txn.Tx, ws wa.WorkspaceID) ([]Person, error)
	// UpdatePerson writes name, address, role, locale and deactivation unless
	// somebody else of the installation has the address; done tells.
	UpdatePerson(tx txn.Tx, p Person) (done bool, err error)
	// Traces tells of each of a workspace's people when they were seen last, and
	// whether they have a second factor or a passkey.
	Traces(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]Trace, error)
}

// Trace is what shows of a person's coming in.
type Trace struct {
	SeenAt       time.Time // zero: no session
	SecondFactor bool
}

// NewPerson is somebody to add.
type NewPerson struct {
	Name   string // 1–100 characters
	Email  string // may be empty
	Role   Role
	Locale string // may be empty
}

// CreatePerson adds somebody to a workspace. They come in by a link: see NewLink.
func (a *Accounts) CreatePerson(ctx context.Context, ws wa.WorkspaceID, n NewPerson) (Person, error) {
	p := Person{
		ID: wa.PersonID(a.newID()), WorkspaceID: ws, Name: strings.TrimSpace(n.Name), Email: strings.TrimSpace(n.Email),
		Role: n.Role, Locale: n.Locale, CreatedAt: a.now(),
	}
	if fields := checkPerson(p); len(fields) > 0 {
		return Person{}, fault.Wrong("invalid_person", fields...)
	}
	err := a.runner.Write(ctx, func(tx txn.Tx) error {
		_, found, err := a.store.Workspace(tx, ws)
		if err != nil {
			return err
		}
		if !found {
			return noWorkspace()
		}
		return a.addPerson(tx, p, 0)
	})
	return p, err
}

var errEmailTaken = fault.New(fault.Conflict, "email_taken", "Somebody has this e-mail address already; nothing was changed.", "Use another address, or reactivate the person who has it.")

// addPerson writes somebody who was checked.
func (a *Accounts) addPerson(tx txn.Tx, p Person, actor wa.PersonID) error {
	if done, err := a.store.InsertPerson(tx, p); err != nil || !done {
		return orFault(err, errEmailTaken)
	}
	return a.tellPerson(tx, p, actor, "added")
}

func checkPerson(p Person) []fault.Field {
	fields := append(checkName(p.Name), checkRole(p.Role)...)
	fields = append(fields, checkLocale(p.Locale)...)
	if p.Email != "" {
		fields = append(fields, checkEmail(p.Email)...)
	}
	return fields
}

func checkEmail(email string) []fault.Field {
	name, host, _ := strings.Cut(email, "@")
	if name == "" || host == "" || strings.ContainsAny(email, " \t\r\n<>,;:\"\\()[]") || strings.Contains(host, "@") || len(email) > maxEmail || !utf8.ValidString(email) || strings.ContainsFunc(email, unicode.IsControl) {
		return []fault.Field{{Name: "email", Detail: "is not an address.", Limit: maxEmail, Length: utf8.RuneCountInString(email)}}
	}
	return nil
}

// checkEmailGiven is for where somebody must have an address.
func checkEmailGiven(email string) []fault.Field {
	if email != "" {
		return nil
	}
	return []fault.Field{{Name: "email", Detail: "must not be empty."}}
}

// People are those of a workspace, the deactivated among them, oldest first.
func (a *Accounts) People(ctx context.Context, ws wa.WorkspaceID) (people []Person, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		people, err = a.store.People(tx, ws)
		return err
	})
	return people, err
}

// Person returns one of a workspace's people.
func (a *Accounts) Person(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) (p Person, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		p, err = a.person(tx, ws, id)
		return err
	})
	return p, err
}

// SetLocale keeps the language in which a person reads the web app; empty
// leaves it to the browser.
func (a *Accounts) SetLocale(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID, locale string) (p Person, err error) {
	if fields := checkLocale(locale); len(fields) > 0 {
		return Person{}, fault.Wrong("invalid_person", fields...)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if p, err = a.person(tx, ws, id); err != nil {
			return err
		}
		p.Locale = locale
		_, err := a.store.UpdatePerson(tx, p)
		return err
	})
	return p, err
}

func (a *Accounts) person(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (Person, error) {
	p, found, err := a.store.Person(tx, ws, id)
	if err != nil {
		return Person{}, err
	}
	if !found {
		return Person{}, noPerson()
	}
	return p, nil
}

func checkRole(r Role) []fault.Field {
	if r.Known() {
		return nil
	}
	return []fault.Field{{Name: "role", Detail: "must be one of owner, admin, supervisor, agent, technician, marketer, auditor."}}
}

func checkLocale(locale string) []fault.Field {
	if locale == "" || localePattern.MatchString(locale) {
		return nil
	}
	return []fault.Field{{Name: "locale", Detail: `is not a language tag such as "de" or "pt-BR".`}}
}

// Names are what the people and keys of a workspace are called, the revoked
// keys among them: a message may have been written by one.
type Names struct {
	People map[wa.PersonID]string
	Keys   map[wa.KeyID]string
}

// Names returns all names of a workspace.
func (a *Accounts) Names(ctx context.Context, ws wa.WorkspaceID) (n Names, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		n, err = a.store.Names(tx, ws)
		return err
	})
	return n, err
}
