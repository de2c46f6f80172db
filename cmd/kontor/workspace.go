package main

import (
	"fmt"
	"text/tabwriter"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/wa"
)

type workspaceCmd struct {
	Create workspaceCreate `cmd:"" help:"Make a workspace: a tenant with people, keys and numbers of its own."`
	List   workspaceList   `cmd:"" help:"List the workspaces."`
}

type workspaceCreate struct {
	Slug string `arg:"" help:"Its part in addresses; it never changes: a-z, 0-9 and -."`
	Name string `help:"What it is called." required:"" placeholder:"NAME"`
}

func (w workspaceCreate) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		made, err := a.Accounts.CreateWorkspace(e.ctx, w.Slug, w.Name)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Workspace %s is made; it has nobody yet.\n", made.Slug)
		_, err = fmt.Fprintf(e.out, "next: kontor signin --workspace %s --name NAME lets its owner in, kontor setup --workspace %s connects its number.\n", made.Slug, made.Slug)
		return err
	})
}

type workspaceList struct{}

func (workspaceList) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		all, err := a.Accounts.Workspaces(e.ctx)
		if err != nil {
			return err
		}
		numbers := map[wa.WorkspaceID]int{}
		for _, n := range a.Numbers.All() {
			numbers[n.WorkspaceID]++
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "SLUG\tNAME\tPEOPLE\tNUMBERS\tMADE")
		for _, ws := range all {
			people, err := a.Accounts.People(e.ctx, ws.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", ws.Slug, ws.Name, len(people), numbers[ws.ID], ws.CreatedAt.Format("2006-01-02"))
		}
		return w.Flush()
	})
}

// inside is in which workspace a command works.
type inside struct {
	Workspace string `help:"Slug of the workspace; default: the first one, which is the operator's." placeholder:"SLUG"`
}

// of finds it; one that is not there is not made.
func (i inside) of(e *env, a *app.App) (account.Workspace, error) {
	if i.Workspace == "" {
		return a.Workspace, nil
	}
	return a.Accounts.WorkspaceBySlug(e.ctx, i.Workspace)
}

// withWorkspace is withApp for a command that works in a workspace.
func (i inside) withWorkspace(e *env, f func(a *app.App, ws wa.WorkspaceID) error) error {
	return e.withApp(func(a *app.App) error {
		w, err := i.of(e, a)
		if err != nil {
			return err
		}
		return f(a, w.ID)
	})
}
