package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"kontor/internal/fault"
	"kontor/internal/txn"
)

// openPostgres opens the pools; schema is made if it is missing and put first
// on the search path, so that several installations (and every test) can share
// one server.
func openPostgres(ctx context.Context, dsn, schema string) (databases, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return databases{}, fmt.Errorf("KONTOR_DATABASE_URL: %w", err)
	}
	if schema != "" {
		conn, err := pgx.ConnectConfig(ctx, cfg.Copy())
		if err != nil {
			return databases{}, fmt.Errorf("reach PostgreSQL: %w", err)
		}
		_, err = conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize())
		if err = errors.Join(err, conn.Close(ctx)); err != nil {
			return databases{}, fmt.Errorf("make schema %s: %w", schema, err)
		}
		cfg.RuntimeParams["search_path"] = pgx.Identifier{schema}.Sanitize()
	}
	cfg.RuntimeParams["application_name"] = "kontor"
	watched := stdlib.OptionAfterConnect(watch)
	write := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(steer))
	write.SetMaxOpenConns(4) // the writers, migrations, and one to spare
	read := stdlib.OpenDB(*cfg, watched)
	read.SetMaxOpenConns(12)
	read.SetMaxIdleConns(12)
	read.SetConnMaxIdleTime(5 * time.Minute)
	d := databases{write: write, read: read, config: cfg}
	if err := checkPostgres(ctx, write); err != nil {
		return databases{}, errors.Join(fmt.Errorf("open PostgreSQL: %w", err), d.close())
	}
	var namespace int64
	if err := write.QueryRowContext(ctx, "SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema()").Scan(&namespace); err != nil {
		return databases{}, errors.Join(fmt.Errorf("open PostgreSQL: find the schema: %w", err), d.close())
	}
	d.channel = channelOf(namespace)
	return d, nil
}

// watch has the server end what a node that is cut off leaves behind. Its
// connections stay open on the server, where nobody told them, and a transaction
// in the middle of which it happened holds the rows of conversations and leases
// that the other nodes wait for.
func watch(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `
		SET idle_in_transaction_session_timeout = '5s';
		SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '8s'`)
	return err
}

// steer is watch for those who write. What they look for they know by its key,
// but a statement is planned once a connection, often while the tables are
// small: reading all of a table is then the cheapest plan, and stays it when the
// table has grown, until the server analyses it. And where a scan is the only
// way, its forbidding cost must not have a plan compiled.
func steer(ctx context.Context, conn *pgx.Conn) error {
	if err := watch(ctx, conn); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "SET enable_seqscan = off; SET jit = off")
	return err
}

// gone reports whether err tells of a server that cannot be reached, or that
// ended the connection, rather than of the statement.
func gone(err error) bool {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return false
	case !errors.As(err, &pg):
		return true
	}
	// Connection exceptions and the server's own ends (57P01 to 57P05), too many clients.
	return pg.Severity == "FATAL" || pg.Severity == "PANIC" || strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "53300"
}

// checkPostgres refuses a server that would not keep what it acknowledges.
func checkPostgres(ctx context.Context, db *sql.DB) error {
	for _, name := range []string{"fsync", "synchronous_commit"} {
		var value string
		if err := db.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		if value == "off" {
			return fmt.Errorf("the server runs with %s=off, but Kontor needs it on to keep what it acknowledges", name)
		}
	}
	return nil
}

// readWithin bounds one read: a server that has gone silent must not hold
// whoever follows the journal for as long as TCP hopes.
const readWithin = 10 * time.Second

// readPostgres runs f in one snapshot for all its statements.
func (s *Store) readPostgres(ctx context.Context, f func(tx txn.Tx) error) error {
	within, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	tx := &Tx{ctx: within, engine: postgres, readOnly: true, trace: s.trace, settled: s.frontier.place.Load()} // before the snapshot: see frontier
	t, err := s.read.BeginTx(within, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err == nil {
		defer t.Rollback() // nothing was written: ending is all that matters
		tx.line = direct{t, postgres}
		if err = f(tx); err == nil {
			return nil
		}
	} else {
		tx.failed = err
	}
	if gone(tx.failed) && ctx.Err() == nil {
		return errUnread.Because(err)
	}
	return err
}

var errUnread = fault.New(fault.Unavailable, "store_unavailable", "The database cannot be reached.", "Send the request again after a moment.")

// errText is what a text is refused with that PostgreSQL cannot hold.
var errText = fault.Wrong("invalid_text", fault.Field{Name: "text", Detail: "A text holds a zero byte, or is not UTF-8."})

// ofText tells whoever sent a text that PostgreSQL cannot hold so, instead of
// calling it a failure of ours. SQLite holds anything.
func ofText(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "22021" { // character_not_in_repertoire
		return errText.Because(err)
	}
	return err
}

// retriable reports whether the same transaction may succeed at once: a lost
// race between two writers, or a busy file.
func retriable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", "23505": // serialization failure, deadlock, two nodes inserted the same key
			return true
		case "0A000": // another node changed the schema under a prepared statement, which is now forgotten
			return strings.Contains(pg.Message, "cached plan")
		}
		return false
	}
	return sqliteBusy(err)
}
