package main

import (
	"fmt"
	"text/tabwriter"

	"kontor/internal/app"
	"kontor/internal/wa"
)

type personCmd struct {
	List     personList     `cmd:"" help:"List the people of the workspace."`
	Password personPassword `cmd:"" help:"Print a link by which a person sets a new password."`
}

type personList struct{ inside }

func (p personList) Run(e *env) error {
	return p.withWorkspace(e, func(a *app.App, ws wa.WorkspaceID) error {
		people, err := a.Accounts.People(e.ctx, ws)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tE-MAIL\tROLE\tSTATE")
		for _, p := range people {
			state := "active"
			if !p.DeactivatedAt.IsZero() {
				state = "deactivated"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Name, p.Email, p.Role, state)
		}
		return w.Flush()
	})
}

type personPassword struct {
	inside
	Email          string `arg:"" help:"The person's e-mail address." placeholder:"EMAIL"`
	DropSecondStep bool   `name:"drop-second-step" help:"Also take the authenticator and recovery codes away, for who has lost them."`
	DropSignOn     bool   `name:"drop-sign-on" help:"Also forget the account of the single sign-on that lets them in."`
}

// Run prints a link that is good once, for an hour.
func (p personPassword) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	return p.withWorkspace(e, func(a *app.App, ws wa.WorkspaceID) error {
		person, err := a.Accounts.PersonByEmail(e.ctx, ws, p.Email)
		if err != nil {
			return err
		}
		r, err := a.Accounts.NewReset(e.ctx, ws, person.ID)
		if err != nil {
			return err
		}
		if p.DropSecondStep {
			if err := a.Accounts.DropTOTP(e.ctx, ws, person.ID); err != nil {
				return err
			}
		}
		if p.DropSignOn {
			if err := a.Accounts.DropSignOn(e.ctx, ws, person.ID); err != nil {
				return err
			}
		}
		base := c.PublicURL
		if base == "" {
			base = "http://" + c.Listen
		}
		_, err = fmt.Fprintf(e.out, "new password: %s/reset?token=%s\n", base, r.Link.Token.Reveal())
		return err
	})
}
