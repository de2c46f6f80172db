package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipeline is the line of a writer on PostgreSQL. What is said with later is
// kept and travels in front of the next statement whose answer somebody wants,
// in one round trip with it: a batch of webhooks asks three questions, and BEGIN,
// what follows from the answers, and COMMIT cost no trips of their own. The server
// takes the statements one after the other, and none behind one that failed.
//
// A failure of what was said with later is found at the next answer, or at the
// commit. It is the failure of the transaction in either case.
type pipeline struct {
	conn  *sql.Conn // its own alone
	batch *pgx.Batch
	open  bool // the server has been told to begin
}

func newPipeline(conn *sql.Conn) *pipeline { return &pipeline{conn: conn, batch: &pgx.Batch{}} }

func (p *pipeline) begin() {
	p.batch, p.open = &pgx.Batch{}, false
	p.batch.Queue("BEGIN")
}

// later implements line.
func (p *pipeline) later(_ context.Context, query string, args []any) error {
	p.batch.Queue(postgres.adapt(query), args...)
	return nil
}

// exec implements line.
func (p *pipeline) exec(ctx context.Context, query string, args []any) (changed int64, err error) {
	p.batch.Queue(postgres.adapt(query), args...)
	err = p.send(ctx, func(answers pgx.BatchResults) error {
		tag, err := answers.Exec()
		changed = tag.RowsAffected()
		return err
	})
	return changed, err
}

// query implements line.
func (p *pipeline) query(ctx context.Context, query string, args []any, scan func(scan func(dest ...any) error) error) (err, failed error) {
	p.batch.Queue(postgres.adapt(query), args...)
	failed = p.send(ctx, func(answers pgx.BatchResults) error {
		rows, failed := answers.Query()
		if failed != nil {
			return failed
		}
		defer rows.Close()
		for err == nil && rows.Next() {
			err = scan(rows.Scan)
		}
		rows.Close()
		return rows.Err()
	})
	return err, failed
}

// commit says what was kept, and COMMIT behind it. word tells that the answer to
// COMMIT itself was an error, or none came: not so when something before it failed.
func (p *pipeline) commit(ctx context.Context) (word bool, err error) {
	if !p.open {
		if p.batch.Len() == 1 { // nothing was asked
			p.batch = &pgx.Batch{}
			return false, nil
		}
		// A connection may have died since the last transaction. It is found out
		// before COMMIT is said, so that nobody need wonder what became of it.
		if err := p.send(ctx, nil); err != nil {
			return false, err
		}
	}
	p.batch.Queue("COMMIT")
	err = p.send(ctx, func(answers pgx.BatchResults) error {
		word = true
		tag, err := answers.Exec()
		if err == nil && tag.String() != "COMMIT" {
			return errRolledBack
		}
		return err
	})
	p.open = err != nil // a statement before it may have failed: the server waits for ROLLBACK then
	return word, err
}

// errRolledBack: PostgreSQL answers COMMIT so, without an error, when something failed before.
var errRolledBack = &pgconn.PgError{Severity: "ERROR", Code: "25P02", Message: "the transaction was rolled back"}

// rollback takes back what the server did; what was not said yet is forgotten.
func (p *pipeline) rollback(ctx context.Context) error {
	p.batch = &pgx.Batch{}
	if !p.open {
		return nil
	}
	p.batch.Queue("ROLLBACK")
	err := p.send(ctx, nil)
	p.open = false
	return err
}

// send says what waits. The answer to the last of it is answer's, which may be
// nil. A connection that was dead before anything was said is driver.ErrBadConn.
func (p *pipeline) send(ctx context.Context, answer func(pgx.BatchResults) error) error {
	batch := p.batch
	p.batch, p.open = &pgx.Batch{}, true
	return p.conn.Raw(func(of any) error {
		conn := of.(*stdlib.Conn).Conn()
		if conn.IsClosed() {
			return driver.ErrBadConn
		}
		answers := conn.SendBatch(ctx, batch)
		failures := batch.Len()
		if answer != nil {
			failures--
		}
		err := said(answers, failures)
		if err == nil && answer != nil {
			err = answer(answers)
		}
		return errors.Join(err, answers.Close())
	})
}

// said takes the answers to what was said with later: they tell of failures only.
func said(answers pgx.BatchResults, n int) error {
	for range n {
		if _, err := answers.Exec(); err != nil {
			return err
		}
	}
	return nil
}
