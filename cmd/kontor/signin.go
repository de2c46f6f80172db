package main

import (
	"errors"
	"fmt"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/wa"
)

type signinCmd struct {
	Name string `help:"Whom the link lets in; made if the workspace has nobody of that name. Default: the first person, or an owner." placeholder:"NAME"`
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
	id, err := s.person(e, a)
	if err != nil {
		return account.Link{}, err
	}
	return a.Accounts.NewLink(e.ctx, a.Workspace.ID, id)
}

func (s signinCmd) person(e *env, a *app.App) (wa.PersonID, error) {
	people, err := a.Accounts.People(e.ctx, a.Workspace.ID)
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if s.Name == "" || p.Name == s.Name {
			return p.ID, nil
		}
	}
	name := s.Name
	if name == "" {
		name = "Owner"
	}
	p, err := a.Accounts.CreatePerson(e.ctx, a.Workspace.ID, account.NewPerson{Name: name, Role: account.Role(s.Role)})
	return p.ID, err
}
