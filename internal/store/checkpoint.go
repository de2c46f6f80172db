package store

import (
	"context"
	"log/slog"
)

const (
	// checkpointEvery is after how many commits what they wrote is copied from the
	// log into the database file.
	checkpointEvery = 16
	// checkpointPages is the length of the log at which the writer copies the rest
	// itself: only when nothing is left does the log begin anew. 32 MiB.
	checkpointPages = 8000
)

// checkpoints copies pages from SQLite's log into its file beside the writer, so
// that commits need not wait for it: they are spread all over the file, and
// syncing them takes longer than a commit. A writer that is never idle adds pages
// meanwhile, so the log is seldom empty afterwards; the writer's own checkpoint,
// at checkpointPages, then has little left to do.
type checkpoints struct {
	bell    chan struct{}
	commits int // since the bell was rung; the writer's
}

func newCheckpoints() *checkpoints { return &checkpoints{bell: make(chan struct{}, 1)} }

// committed counts a commit.
func (k *checkpoints) committed() {
	if k.commits++; k.commits < checkpointEvery {
		return
	}
	k.commits = 0
	select {
	case k.bell <- struct{}{}:
	default: // it is at it
	}
}

// run copies whenever the bell rings, until closing is closed. What fails is
// tried again at the next bell, and by the writer in the end.
func (k *checkpoints) run(db databases, closing <-chan struct{}, log *slog.Logger) {
	for {
		select {
		case <-closing:
			return
		case <-k.bell:
		}
		var busy, pages, copied int
		err := db.write.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied)
		if err != nil {
			log.Warn("the log of the database could not be copied into its file; the next commits try again", "err", err)
		}
	}
}
