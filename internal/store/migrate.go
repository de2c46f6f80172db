package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Both engines run the same files; lines
// marked "-- only:" are dropped for the other one before goose sees them, and an
// id becomes SQLite's rowid.
func migrate(ctx context.Context, eng engine, db *sql.DB) error {
	files, err := migrationsFor(eng)
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if eng == postgres {
		dialect = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

func migrationsFor(eng engine) (fs.FS, error) {
	out := fstest.MapFS{}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var kept [][]byte
		for line := range bytes.Lines(text) {
			if only, marked := marker(string(line)); marked && only != eng {
				continue
			}
			if eng == sqlite {
				line = rowid(line)
			}
			kept = append(kept, line)
		}
		out[name[len("migrations/"):]] = &fstest.MapFile{Data: bytes.Join(kept, nil)}
	}
	return out, nil
}

// rowid makes a BIGINT primary key the rowid itself, which SQLite does for the
// type INTEGER only: otherwise each such table has a second tree, to be searched
// and written with every row.
func rowid(line []byte) []byte {
	return bytes.Replace(line, []byte("BIGINT PRIMARY KEY"), []byte("INTEGER PRIMARY KEY"), 1)
}
