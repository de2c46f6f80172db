package store

import "kontor/internal/txn"

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
