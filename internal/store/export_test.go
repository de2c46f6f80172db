package store

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Broken runs a statement that no database takes.
func Broken(tx txn.Tx) error {
	_, err := within(tx).one(`SELECT no_such_column FROM workspace`, nil, new(int64))
	return err
}

// NoRoom runs a statement for which there is no room: on PostgreSQL it says so,
// on SQLite the file may grow no further, until Room.
func NoRoom(tx txn.Tx) error {
	t := within(tx)
	if t.engine == postgres {
		_, err := t.exec(`DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`)
		return err
	}
	if _, err := t.exec(`PRAGMA max_page_count = 1`); err != nil {
		return err
	}
	_, err := t.exec(`CREATE TABLE too_large AS SELECT zeroblob(10000000) AS bytes`)
	return err
}

// Room lets the file grow again.
func Room(tx txn.Tx) error {
	t := within(tx)
	if t.engine == postgres {
		return nil
	}
	_, err := t.exec(`PRAGMA max_page_count = 4294967294`)
	return err
}

// Backend is the PostgreSQL process that serves a transaction.
func Backend(tx txn.Tx) (pid int64, err error) {
	_, err = within(tx).one(`SELECT pg_backend_pid()`, nil, &pid)
	return pid, err
}

// Later locks a number by a statement whose failure shows at the next answer, or
// at the commit.
func Later(tx txn.Tx, id wa.NumberID) error {
	return within(tx).do(`UPDATE number SET state = state WHERE id = $1`, int64(id))
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

// Turn counts how often a conversation was held by a transaction that came to
// its end, this one included.
func Turn(tx txn.Tx, id wa.ConversationID) (turn int, err error) {
	err = within(tx).change(`UPDATE conversation SET session_id = session_id + 1 WHERE id = $1 RETURNING session_id`,
		func(scan func(...any) error) error { return scan(&turn) }, int64(id))
	return turn, err
}

// EndLines ends the connections on which the nodes of this installation listen.
func EndLines(tb testing.TB, s *Store) (ended int) {
	tb.Helper()
	err := s.read.QueryRow(`SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query = $1`,
		"LISTEN "+pgx.Identifier{s.channel}.Sanitize()).Scan(&ended)
	if err != nil {
		tb.Fatal(err)
	}
	return ended
}

// Lease writes a lease as an earlier version may have left it.
func Lease(tx txn.Tx, name string) error {
	_, err := within(tx).exec(`INSERT INTO lease (name, owner, epoch, expires_at) VALUES ($1, 'nobody', 1, 0)`, name)
	return err
}

// Leases are the names of all leases, in order.
func Leases(tx txn.Tx) (names []string, err error) {
	err = within(tx).query(`SELECT name FROM lease ORDER BY name`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

// Queued is how many functions wait for a writer.
func Queued(s *Store) int { return len(s.writer.queue) }
