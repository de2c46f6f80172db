package account

import (
	"context"
	"encoding/hex"
	"slices"

	"kontor/internal/fault"
	"kontor/internal/txn"
)

// Visible is a session as its owner sees it.
type Visible struct {
	SessionRow
	ID      string // ses_…; of no use to come in
	Current bool   // the one that asks
}

// visibleID names a session to its owner, by a part of the hash of its token.
func visibleID(h Hash) string { return "ses_" + hex.EncodeToString(h[:10]) }

// Sessions are those of the person, the newest first; token is the present one's.
func (a *Accounts) Sessions(ctx context.Context, p Principal, token string) (all []Visible, err error) {
	current := hashOf(token)
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		rows, err := a.store.Sessions(tx, p.WorkspaceID, p.PersonID, a.now())
		all = make([]Visible, len(rows))
		for i, row := range rows {
			all[i] = Visible{SessionRow: row, ID: visibleID(row.Token), Current: row.Token == current}
		}
		return err
	})
	return all, err
}

// EndSession ends one of the person's own sessions, and tells whether it was
// the present one.
func (a *Accounts) EndSession(ctx context.Context, p Principal, token, id string) (current bool, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		rows, err := a.store.Sessions(tx, p.WorkspaceID, p.PersonID, a.now())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r SessionRow) bool { return visibleID(r.Token) == id })
		if i < 0 {
			return fault.New(fault.NotFound, "session_not_found", "You have no such session; perhaps it has ended.", "List yours with GET me/sessions.")
		}
		current = rows[i].Token == hashOf(token)
		if err := a.store.DeleteSession(tx, rows[i].Token); err != nil {
			return err
		}
		return a.tell(tx, p.WorkspaceID, FactSessions, p.PersonID, p.PersonID.String()+" ended")
	})
	return current, err
}

// EndOtherSessions ends all of the person's sessions but the present one, and
// tells how many.
func (a *Accounts) EndOtherSessions(ctx context.Context, p Principal, token string) (ended int, err error) {
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if ended, err = a.store.DeleteSessions(tx, p.WorkspaceID, p.PersonID, hashOf(token)); err != nil || ended == 0 {
			return err
		}
		return a.tell(tx, p.WorkspaceID, FactSessions, p.PersonID, p.PersonID.String()+" ended")
	})
	return ended, err
}
