package inbox

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Overview is the queue and the load of a workspace at one moment.
type Overview struct {
	Waiting []TeamQueue
	Load    []Load
	Snoozed int64 // of whoever
}

// TeamQueue is who waits for a team, or with the zero team for none.
type TeamQueue struct {
	Team    wa.TeamID
	Waiting int64
	Since   time.Time // of who waits longest
}

// Load is what a person has of a team's conversations.
type Load struct {
	Team    wa.TeamID
	Person  wa.PersonID
	Open    int64 // not snoozed
	Snoozed int64
	Unread  int64 // of the open ones, those with something unread
}

// Overview counts what waits and who has how much: each is one look into an
// index of the open conversations.
func (i *Inbox) Overview(ctx context.Context, ws wa.WorkspaceID) (o Overview, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		o, err = i.Store.Overview(tx, ws)
		return err
	})
	return o, err
}
