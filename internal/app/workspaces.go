package app

import (
	"context"
	"sync"
	"time"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// workspaces remembers what intake asks of every message: it runs inside the
// one writer and must not wait for another query. Follow keeps it at most a
// second old.
type workspaces struct {
	accounts *account.Accounts

	mu   sync.RWMutex
	byID map[wa.WorkspaceID]account.Workspace
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
	w.mu.Lock()
	w.byID = byID
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
