package main

import (
	"errors"
	"fmt"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/wa"
)

type signinCmd struct {
	inside
	Name string `help:"Whom the link lets in; made if the workspace has nobody of that name. Default: the first person who may come in, or an owner." placeholder:"NAME"`
	Role string `help:"Role of a person who is made." default:"owner" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
}

// Run prints a sign-in link that is good once, for half an hour.
func (s signinCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	a, err := e.app(c, nil)
	if err != nil {
		return err
	}
	link, err := s.link(e, a)
	if err != nil {
		return errors.Join(err, a.Stop())
	}
	base := c.PublicURL
	if base == "" {
		base = "http://" + c.Listen
	}
	fmt.Fprintf(e.out, "sign in: %s/signin?token=%s\n", base, link.Token.Reveal())
	return a.Stop()
}

func (s signinCmd) link(e *env, a *app.App) (account.Link, error) {
	w, err := s.of(e, a)
	if err != nil {
		return account.Link{}, err
	}
	id, err := s.person(e, a, w.ID)
	if err != nil {
		return account.Link{}, err
	}
	return a.Accounts.NewLink(e.ctx, w.ID, id)
}

func (s signinCmd) person(e *env, a *app.App, ws wa.WorkspaceID) (wa.PersonID, error) {
	people, err := a.Accounts.People(e.ctx, ws)
	if err != nil {
		return 0, err
	}
	var out wa.PersonID // of that name, and deactivated
	for _, p := range people {
		switch active := p.DeactivatedAt.IsZero(); {
		case active && (s.Name == "" || p.Name == s.Name):
			return p.ID, nil
		case !active && s.Name != "" && p.Name == s.Name:
			out = p.ID
		}
	}
	if out != 0 {
		return out, nil // nobody is made a second time: NewLink says why there is no link
	}
	name := s.Name
	if name == "" {
		name = "Owner"
	}
	p, err := a.Accounts.CreatePerson(e.ctx, ws, account.NewPerson{Name: name, Role: account.Role(s.Role)})
	return p.ID, err
}
