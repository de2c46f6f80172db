package store

import (
	"context"
	"errors"

	"kontor/internal/txn"
)

// Broken runs a statement that no database takes.
func Broken(tx txn.Tx) error {
	_, err := within(tx).one(`SELECT no_such_column FROM workspace`, nil, new(int64))
	return err
}

// Backend is the PostgreSQL process that serves a transaction.
func Backend(tx txn.Tx) (pid int64, err error) {
	_, err = within(tx).one(`SELECT pg_backend_pid()`, nil, &pid)
	return pid, err
}

// Exec runs a statement in a database of PostgreSQL that no store has open.
func Exec(ctx context.Context, o Options, text string) error {
	dbs, err := openPostgres(ctx, o.URL, o.Schema)
	if err != nil {
		return err
	}
	_, err = dbs.write.ExecContext(ctx, text)
	return errors.Join(err, dbs.close())
}
