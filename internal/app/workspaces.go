package app

import (
	"context"
	"sync"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// workspaces remembers what intake asks of every message: it runs inside the
// one writer and must not wait for another query. Follow keeps it at most a
// second old.
type workspaces struct {
	accounts *account.Accounts
	runner   txn.Runner
	rules    func(tx txn.Tx) (map[wa.WorkspaceID]inbox.Rules, error)
	staffing interface {
		// Homes are the teams to which numbers' conversations come.
		Homes(tx txn.Tx) (map[wa.NumberID]wa.TeamID, error)
		// Gone are those who were deactivated.
		Gone(tx txn.Tx) (map[wa.PersonID]bool, error)
	}

	mu     sync.RWMutex
	byID   map[wa.WorkspaceID]account.Workspace
	ruling map[wa.WorkspaceID]inbox.Rules // of those that decided something
	homes  map[wa.NumberID]wa.TeamID
	gone   map[wa.PersonID]bool
}

func (w *workspaces) reload(ctx context.Context) error {
	all, err := w.accounts.Workspaces(ctx)
	if err != nil {
		return err
	}
	byID := make(map[wa.WorkspaceID]account.Workspace, len(all))
	for _, ws := range all {
		byID[ws.ID] = ws
	}
	var ruling map[wa.WorkspaceID]inbox.Rules
	var homes map[wa.NumberID]wa.TeamID
	var gone map[wa.PersonID]bool
	err = w.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if ruling, err = w.rules(tx); err != nil {
			return err
		}
		if homes, err = w.staffing.Homes(tx); err != nil {
			return err
		}
		gone, err = w.staffing.Gone(tx)
		return err
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.byID, w.ruling, w.homes, w.gone = byID, ruling, homes, gone
	w.mu.Unlock()
	return nil
}

// SessionLength implements inbox.Settings.
func (w *workspaces) SessionLength(id wa.WorkspaceID) time.Duration {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if ws, ok := w.byID[id]; ok {
		return time.Duration(ws.SessionHours) * time.Hour
	}
	return 24 * time.Hour // a workspace made this very second
}

// Rules implements inbox.Settings.
func (w *workspaces) Rules(id wa.WorkspaceID) inbox.Rules {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if r, own := w.ruling[id]; own {
		return r
	}
	return inbox.DefaultRules()
}

// Home implements inbox.Settings.
func (w *workspaces) Home(id wa.NumberID) wa.TeamID {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.homes[id]
}

// Gone implements inbox.Settings.
func (w *workspaces) Gone(id wa.PersonID) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.gone[id]
}

// defaultTeam is where numbers without a team are reached.
const defaultTeam = "default"

// Team implements webhook.Tenants.
func (w *workspaces) Team(ctx context.Context, tenant, team string) (wa.WorkspaceID, wa.TeamID, bool) {
	ws, err := w.accounts.WorkspaceBySlug(ctx, tenant)
	if err != nil {
		return 0, 0, false
	}
	if team == defaultTeam {
		return ws.ID, 0, true
	}
	teams, err := w.accounts.Teams(ctx, ws.ID)
	if err != nil {
		return 0, 0, false
	}
	for _, t := range teams {
		if t.Slug == team {
			return ws.ID, t.ID, true
		}
	}
	return 0, 0, false
}
