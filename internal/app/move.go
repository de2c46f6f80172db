package app

import (
	"context"
	"path/filepath"

	"kontor/internal/config"
	"kontor/internal/store"
	"kontor/internal/wa"
)

// MoveStep is how far a table is on its way to PostgreSQL.
type MoveStep = store.MoveStep

// Moved is what Move did.
type Moved = store.Moved

// database is the SQLite file of an installation.
func database(c *config.Config) string { return filepath.Join(c.Data, "kontor.db") }

// Move copies the SQLite database in c.Data into the PostgreSQL database at to,
// whatever c.DatabaseURL says, and marks it as moved. told hears of every batch.
// Media and message.key stay where they are. Nobody may have the file open.
func Move(ctx context.Context, c *config.Config, to wa.Secret, told func(MoveStep)) (Moved, error) {
	return store.Move(ctx, store.MoveOptions{File: database(c), To: store.Options{URL: to.Reveal()}, Told: told})
}

// Unmove lets Kontor use the SQLite database in c.Data again; was is false when it was not moved.
func Unmove(ctx context.Context, c *config.Config) (was bool, err error) {
	return store.Unmove(ctx, database(c))
}
