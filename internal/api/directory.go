package api

import (
	"context"
	"sync"
	"time"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// directory knows the names of those who write, so that a message can say who
// sent it without a query for each.
type directory struct {
	accounts *account.Accounts
	now      func() time.Time

	mu    sync.Mutex
	known map[wa.WorkspaceID]listing
}

type listing struct {
	names account.Names
	until time.Time
}

const namesFor = 5 * time.Second // how old a name may be

func newDirectory(a *account.Accounts, now func() time.Time) *directory {
	return &directory{accounts: a, now: now, known: map[wa.WorkspaceID]listing{}}
}

func (d *directory) of(ctx context.Context, ws wa.WorkspaceID) (account.Names, error) {
	now := d.now()
	d.mu.Lock()
	have, ok := d.known[ws]
	d.mu.Unlock()
	if ok && now.Before(have.until) {
		return have.names, nil
	}
	names, err := d.accounts.Names(ctx, ws)
	if err != nil {
		return account.Names{}, err
	}
	d.mu.Lock()
	d.known[ws] = listing{names, now.Add(namesFor)}
	d.mu.Unlock()
	return names, nil
}

// author is who of the house wrote a message; nil for what a customer wrote.
func author(names account.Names, m wa.Author) *Author {
	switch m.Kind {
	case wa.AuthorPerson:
		return &Author{Kind: string(m.Kind), ID: opt(m.PersonID.String()), Name: opt(names.People[m.PersonID])}
	case wa.AuthorAPI:
		return &Author{Kind: string(m.Kind), ID: opt(m.KeyID.String()), Name: opt(names.Keys[m.KeyID])}
	case "":
		return nil
	}
	return &Author{Kind: string(m.Kind)}
}
