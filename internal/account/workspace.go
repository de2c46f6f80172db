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

// Limits of what a workspace may be called and set to.
const (
	MaxName         = 100  // characters
	MaxGreeting     = 4096 // characters: the body of a text message (cloud-api.md 1.2)
	MinSessionHours = 1
	MaxSessionHours = 720 // 30 days: how long WhatsApp keeps what was not delivered
	defaultSession  = 24
)

var slugPattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// newWorkspace is one that was checked and not stored.
func (a *Accounts) newWorkspace(slug, name string) (Workspace, error) {
	w := Workspace{ID: wa.WorkspaceID(a.newID()), Slug: slug, Name: strings.TrimSpace(name), SessionHours: defaultSession, CreatedAt: a.now()}
	if fields := append(checkSlug(slug), checkName(w.Name)...); len(fields) > 0 {
		return Workspace{}, fault.Wrong("invalid_workspace", fields...)
	}
	return w, nil
}

// CreateWorkspace makes a tenant, which has nobody at first. It is the operator's
// alone. Its faults are Invalid "invalid_workspace" and Conflict "workspace_taken".
func (a *Accounts) CreateWorkspace(ctx context.Context, slug, name string) (Workspace, error) {
	w, err := a.newWorkspace(slug, name)
	if err != nil {
		return Workspace{}, err
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if done, err := a.store.InsertWorkspace(tx, w); err != nil || !done {
			return orFault(err, fault.New(fault.Conflict, "workspace_taken", "There is a workspace of this slug already; nothing was done.", "Choose another slug; `kontor workspace list` shows those that there are."))
		}
		return nil
	})
	if err != nil {
		return Workspace{}, err
	}
	return w, nil
}

// EnsureWorkspace returns the workspace with that slug, made if it is not there.
// An existing one keeps its name.
func (a *Accounts) EnsureWorkspace(ctx context.Context, slug, name string) (Workspace, error) {
	fresh, err := a.newWorkspace(slug, name)
	if err != nil {
		return Workspace{}, err
	}
	var w Workspace
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		var found bool
		var err error
		if w, found, err = a.store.WorkspaceBySlug(tx, slug); err != nil || found {
			return err
		}
		done, err := a.store.InsertWorkspace(tx, fresh)
		if err != nil || done {
			w = fresh
			return err
		}
		// Another node was first, between the look and the insert.
		w, _, err = a.store.WorkspaceBySlug(tx, slug)
		return err
	})
	return w, err
}

// Workspace returns one by id.
func (a *Accounts) Workspace(ctx context.Context, id wa.WorkspaceID) (Workspace, error) {
	return a.workspace(ctx, func(tx txn.Tx) (Workspace, bool, error) { return a.store.Workspace(tx, id) })
}

// WorkspaceBySlug returns one by its slug.
func (a *Accounts) WorkspaceBySlug(ctx context.Context, slug string) (Workspace, error) {
	return a.workspace(ctx, func(tx txn.Tx) (Workspace, bool, error) { return a.store.WorkspaceBySlug(tx, slug) })
}

func (a *Accounts) workspace(ctx context.Context, find func(txn.Tx) (Workspace, bool, error)) (w Workspace, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		if w, found, err = find(tx); err != nil {
			return err
		}
		if !found {
			return noWorkspace()
		}
		return nil
	})
	return w, err
}

// Workspaces are all of the installation, oldest first. It is for the operator's
// commands, never for a tenant's request.
func (a *Accounts) Workspaces(ctx context.Context) (all []Workspace, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		all, err = a.store.Workspaces(tx)
		return err
	})
	return all, err
}

// WorkspaceChange is what to change; nil leaves a member as it is.
type WorkspaceChange struct {
	Name         *string
	Greeting     *string // empty: no greeting
	SessionHours *int
}

// UpdateWorkspace changes a workspace's settings. They hold from the next
// conversation that opens.
func (a *Accounts) UpdateWorkspace(ctx context.Context, id wa.WorkspaceID, change WorkspaceChange) (w Workspace, err error) {
	if fields := change.check(); len(fields) > 0 {
		return Workspace{}, fault.Wrong("invalid_workspace", fields...)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		var found bool
		if w, found, err = a.store.Workspace(tx, id); err != nil {
			return err
		}
		if !found {
			return noWorkspace()
		}
		if change.Name != nil {
			w.Name = strings.TrimSpace(*change.Name)
		}
		if change.Greeting != nil {
			w.Greeting = strings.TrimSpace(*change.Greeting)
		}
		if change.SessionHours != nil {
			w.SessionHours = *change.SessionHours
		}
		return a.store.UpdateWorkspace(tx, w)
	})
	return w, err
}

func (c WorkspaceChange) check() (fields []fault.Field) {
	if c.Name != nil {
		fields = append(fields, checkName(strings.TrimSpace(*c.Name))...)
	}
	if c.Greeting != nil {
		fields = append(fields, checkGreeting(strings.TrimSpace(*c.Greeting))...)
	}
	if h := c.SessionHours; h != nil && (*h < MinSessionHours || *h > MaxSessionHours) {
		fields = append(fields, fault.Field{Name: "session_hours", Detail: "must be between 1 and 720 hours.", Limit: MaxSessionHours, Length: *h})
	}
	return fields
}

func checkGreeting(text string) []fault.Field {
	if !utf8.ValidString(text) {
		return []fault.Field{{Name: "greeting", Detail: "is not valid UTF-8 text."}}
	}
	if n := utf8.RuneCountInString(text); n > MaxGreeting {
		return []fault.Field{{Name: "greeting", Detail: "must have at most 4096 characters, as the body of a text message.", Limit: MaxGreeting, Length: n}}
	}
	return nil
}

func checkName(name string) []fault.Field {
	n := utf8.RuneCountInString(name)
	switch {
	case n == 0:
		return []fault.Field{{Name: "name", Detail: "must not be empty."}}
	case n > MaxName:
		return []fault.Field{{Name: "name", Detail: "must have at most 100 characters.", Limit: MaxName, Length: n}}
	case !utf8.ValidString(name):
		return []fault.Field{{Name: "name", Detail: "is not valid UTF-8 text."}}
	}
	return nil
}

func checkSlug(slug string) []fault.Field {
	if slugPattern.MatchString(slug) {
		return nil
	}
	return []fault.Field{{Name: "slug", Detail: "must have 1 to 63 of the characters a-z, 0-9 and -, and begin and end with a letter or digit.", Limit: 63, Length: len(slug)}}
}
