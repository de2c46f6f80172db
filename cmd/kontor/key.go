package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/wa"
)

type keyCmd struct {
	Create keyCreate `cmd:"" help:"Make an API key and print it, once."`
	List   keyList   `cmd:"" help:"List the API keys that open."`
	Revoke keyRevoke `cmd:"" help:"Make an API key useless at once."`
}

type keyCreate struct {
	inside
	Name string `help:"What the key is for." required:"" placeholder:"NAME"`
	Role string `help:"What the key may do." default:"admin" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
}

func (k keyCreate) Run(e *env) error {
	return k.withWorkspace(e, func(a *app.App, ws wa.WorkspaceID) error {
		_, secret, err := a.Accounts.CreateKey(e.ctx, operator(ws), k.Name, account.Role(k.Role))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, secret.Reveal())
		return err
	})
}

type keyList struct{ inside }

func (k keyList) Run(e *env) error {
	return k.withWorkspace(e, func(a *app.App, ws wa.WorkspaceID) error {
		keys, err := a.Accounts.Keys(e.ctx, ws)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tENDS IN\tMADE")
		for _, k := range keys {
			fmt.Fprintf(w, "%s\t%s\t%s\t…%s\t%s\n", k.ID, k.Name, k.Role, k.Hint, k.CreatedAt.Format(time.DateOnly))
		}
		return w.Flush()
	})
}

type keyRevoke struct {
	inside
	ID string `arg:"" help:"The key's id, from kontor key list."`
}

func (k keyRevoke) Run(e *env) error {
	id, err := wa.ParseKeyID(k.ID)
	if err != nil {
		return fmt.Errorf("%q is no key id; kontor key list shows them", k.ID)
	}
	return k.withWorkspace(e, func(a *app.App, ws wa.WorkspaceID) error { return a.Accounts.RevokeKey(e.ctx, ws, id, 0) })
}

// operator is who stands at the machine: whoever may read the data folder may
// do everything in it.
func operator(ws wa.WorkspaceID) account.Principal {
	return account.Principal{WorkspaceID: ws, Name: "operator", Role: account.Owner, Operator: true}
}

// withApp opens the product without starting it, for a command beside a
// running one or without any.
func (e *env) withApp(f func(a *app.App) error) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	a, err := e.app(c, nil)
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Stop())
}
