package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	driver "modernc.org/sqlite"
)

// databases are the two handles of an open database: SQLite allows one writer,
// so writing and reading have pools of their own on both engines.
type databases struct {
	write *sql.DB
	read  *sql.DB

	config  *pgx.ConnConfig // PostgreSQL: how to open further connections
	channel string          // PostgreSQL: where the nodes of this installation talk
}

func (d databases) close() error { return errors.Join(d.write.Close(), d.read.Close()) }

// openSQLite opens the file in write-ahead mode with full syncing: a commit
// survives a power cut if the disk honours sync. Its log is copied into the file
// beside the writer: see checkpoints.
func openSQLite(ctx context.Context, file string) (databases, error) {
	write, err := sql.Open("sqlite", sqliteDSN(file, "immediate", 32))
	if err != nil {
		return databases{}, err
	}
	// One for the writer, one for checkpoints, one for migrations and checks beside them.
	write.SetMaxOpenConns(3)
	read, err := sql.Open("sqlite", sqliteDSN(file, "deferred", 4)+"&_pragma=query_only(1)")
	if err != nil {
		return databases{}, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	d := databases{write: write, read: read}
	if err := checkDurable(ctx, write); err != nil {
		return databases{}, errors.Join(fmt.Errorf("open %s: %w", file, err), d.close())
	}
	return d, nil
}

// sqliteDSN is how a connection is opened that keeps so many MiB of pages. What
// readers ask for again and again is in the cache of the operating system too.
func sqliteDSN(file, lock string, cache int) string {
	return sqliteAddress(file, url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(%d)", -1024*cache),
		fmt.Sprintf("wal_autocheckpoint(%d)", checkpointPages),
	}})
}

// sqliteAloneDSN is for the only connection to a file. The lock is exclusive only
// if nothing looked at the file before the mode was set, and the driver runs
// pragmas in the order of their letters: so there must be none before locking_mode.
func sqliteAloneDSN(file string) string {
	return sqliteAddress(file, url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(1000)", "locking_mode(EXCLUSIVE)", "synchronous(FULL)"}})
}

func sqliteAddress(file string, q url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// checkDurable refuses a database that would not keep what it acknowledges:
// some file systems silently refuse write-ahead mode.
func checkDurable(ctx context.Context, db *sql.DB) error {
	var mode string
	var sync int
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&sync); err != nil {
		return err
	}
	if mode != "wal" || sync != 2 {
		return fmt.Errorf("the database runs with journal_mode=%s synchronous=%d, but Kontor needs wal and 2 to keep what it acknowledges; put KONTOR_DATA on a local disk", mode, sync)
	}
	return nil
}

// sqliteBusy reports whether err is SQLite's BUSY or LOCKED.
func sqliteBusy(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code()&0xff == 5 || e.Code()&0xff == 6)
}

// sqliteNoRoom reports whether err is SQLite's FULL or IOERR.
func sqliteNoRoom(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code()&0xff == 13 || e.Code()&0xff == 10)
}
