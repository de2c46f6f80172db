package account

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// localePattern is BCP 47 as far as the web app uses it: "en", "pt-BR", "zh-Hans-CN".
var localePattern = regexp.MustCompile(`^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$`)

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
	fields := append(checkName(p.Name), checkRole(p.Role)...)
	fields = append(fields, checkLocale(p.Locale)...)
	if p.Email != "" && (!strings.Contains(p.Email, "@") || strings.ContainsAny(p.Email, " \t\r\n<>") || len(p.Email) > 254) {
		fields = append(fields, fault.Field{Name: "email", Detail: "is not an address.", Limit: 254, Length: utf8.RuneCountInString(p.Email)})
	}
	if len(fields) > 0 {
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
		return a.store.InsertPerson(tx, p)
	})
	return p, err
}

// People are those of a workspace, oldest first.
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
		return a.store.SetLocale(tx, ws, id, locale)
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
