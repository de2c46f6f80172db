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
	write := stdlib.OpenDB(*cfg)
	write.SetMaxOpenConns(4) // the writers, migrations, and one to spare
	read := stdlib.OpenDB(*cfg)
	read.SetMaxOpenConns(12)
	read.SetMaxIdleConns(12)
	read.SetConnMaxIdleTime(5 * time.Minute)
	d := databases{write: write, read: read}
	if err := checkPostgres(ctx, write); err != nil {
		return databases{}, errors.Join(fmt.Errorf("open PostgreSQL: %w", err), d.close())
	}
	return d, nil
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
