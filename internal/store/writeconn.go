package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"kontor/internal/fault"
	"kontor/internal/txn"
)

// writeConn is the one connection of a writer goroutine.
type writeConn struct {
	conn   *sql.Conn
	engine engine
	stmts  *statements // on SQLite
	pipe   *pipeline   // on PostgreSQL
	reopen func(context.Context) (*sql.Conn, error)
	// committed is told of each commit, and told of what was in it.
	committed func()
	told      func(News)
	trace     func(query string)
	broken    bool
}

// spoiled says that one function of a group failed after it changed something,
// or at a statement; everything was rolled back.
type spoiled struct{ cause error }

func (s *spoiled) Error() string { return s.cause.Error() }
func (s *spoiled) Unwrap() error { return s.cause }

// plain is err as callers know it.
func plain(err error) error {
	var s *spoiled
	var l *lost
	switch {
	case errors.As(err, &s):
		return s.cause
	case errors.As(err, &l):
		return errUnavailable.Because(l.cause)
	}
	return err
}

// lost says that the connection broke before anything was committed.
type lost struct{ cause error }

func (l *lost) Error() string { return "the connection to the database was lost: " + l.cause.Error() }
func (l *lost) Unwrap() error { return l.cause }

var (
	errUnavailable = fault.New(fault.Unavailable, "store_unavailable", "The database cannot be reached; nothing was stored.", "Send the request again after a moment.")
	errRefused     = fault.New(fault.Unavailable, "store_failed", "The database could not keep this; nothing was stored.", "See the log for the reason (a full disk?), then send the request again.")
	errUncertain   = fault.New(fault.Unavailable, "store_uncertain", "The connection to the database broke during the commit: nobody knows whether this was stored.", "Look before you repeat it; with an Idempotency-Key, sending it again is safe.")
)

const (
	// reach is how long a writer tries to get a connection before everybody who
	// waits is told that there is none: a server that is restarted is back by then.
	reach = 3 * time.Second
	// reopenRest is the wait between two tries.
	reopenRest = 100 * time.Millisecond
)

// transaction runs the group in one transaction. Without an error, results holds
// each function's own answer. The errors are a *spoiled and a *lost (nothing was
// stored, and it may be tried again), errUncertain (it may have been stored), and
// faults about all alike.
func (c *writeConn) transaction(group []*work) (results []error, err error) {
	ctx, cancel := c.within() // no caller's: one who leaves must not break the transaction of the others
	defer cancel()
	if err := c.begin(ctx); err != nil {
		return nil, silent(ctx, err)
	}
	tx := &Tx{ctx: ctx, engine: c.engine, line: c.line(), trace: c.trace}
	results = make([]error, len(group))
	for i, item := range group {
		tx.wrote = false
		results[i] = run(item.f, tx)
		if failure := results[i]; failure != nil && tx.wrote || tx.failed != nil {
			if failure == nil {
				failure = tx.failed // the function kept silent about it
			}
			sound := c.rollback(ctx)
			switch {
			case noRoom(tx.failed): // SQLite may have rolled back by itself, so nothing is to be had from sound
				return nil, errRefused.Because(tx.failed)
			case !sound && connectionLost(tx.failed):
				return nil, silent(ctx, &lost{tx.failed})
			}
			return nil, &spoiled{failure}
		}
	}
	if err := c.commit(ctx); err != nil {
		return results, err
	}
	c.committed()
	c.told(tx.news)
	return results, nil
}

// writeWithin bounds a transaction. A server that has gone silent, or a line on
// which nothing comes back, must not hold everybody who writes for as long as
// TCP hopes, which is minutes.
const writeWithin = 10 * time.Second

// within is the time of a transaction. SQLite is in this process and has its own.
func (c *writeConn) within() (context.Context, context.CancelFunc) {
	if c.engine == sqlite {
		return context.Background(), func() {} // no more: the driver starts a goroutine a statement for a context that may end
	}
	return context.WithTimeout(context.Background(), writeWithin)
}

// silent makes of a lost connection on which the time ran out an answer to
// everybody: another try would take as long.
func silent(ctx context.Context, err error) error {
	var l *lost
	if ctx.Err() != nil && errors.As(err, &l) {
		return errUnavailable.Because(l.cause)
	}
	return err
}

// begin starts a transaction on a sound connection.
func (c *writeConn) begin(ctx context.Context) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	if c.engine == postgres {
		c.pipe.begin() // with the first statement
		return nil
	}
	if _, err := c.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		c.broken = true
		if sqliteBusy(err) { // another process held the lock for the whole busy_timeout
			return errBusy.Because(err)
		}
		return &lost{fmt.Errorf("begin to write: %w", err)}
	}
	return nil
}

func (c *writeConn) line() line {
	if c.engine == postgres {
		return c.pipe
	}
	return c.stmts
}

// commit ends the transaction, or tells that it was not or may have been stored.
func (c *writeConn) commit(ctx context.Context) error {
	if c.trace != nil {
		c.trace("COMMIT")
	}
	word, err := c.sayCommit(ctx)
	if err == nil {
		return nil
	}
	if errors.Is(err, driver.ErrBadConn) { // it was dead before the word was sent
		c.broken = true
		return &lost{fmt.Errorf("commit: %w", err)}
	}
	if c.engine == postgres && !refusedCommit(err) {
		c.broken = true
		return errUncertain.Because(err)
	}
	c.rollback(ctx)
	if (!word || retriable(err)) && !noRoom(err) {
		return &spoiled{fmt.Errorf("commit: %w", err)}
	}
	return errRefused.Because(fmt.Errorf("commit: %w", err))
}

// sayCommit ends the transaction. word tells that it was the commit that failed,
// and not a statement whose failure is only seen now.
func (c *writeConn) sayCommit(ctx context.Context) (word bool, err error) {
	if c.engine == postgres {
		return c.pipe.commit(ctx)
	}
	_, err = c.conn.ExecContext(ctx, "COMMIT")
	return true, err
}

// refusedCommit reports whether PostgreSQL itself said that it did not commit.
// A FATAL error is no such word: it may come while a standby is waited for, when
// the commit has happened here already.
func refusedCommit(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Severity == "ERROR"
}

// connectionLost tells the end of a connection from a statement's own failure.
func connectionLost(err error) bool {
	var pg *pgconn.PgError
	return err != nil && (!errors.As(err, &pg) || pg.Severity == "FATAL" || pg.Severity == "PANIC")
}

// noRoom reports whether a statement failed because the disk is full or broken,
// which is nobody's fault and would be met by everybody else, too.
func noRoom(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "53100" || pg.Code == "58030" // disk_full, io_error
	}
	return sqliteNoRoom(err)
}

// rollback takes back what the transaction did; a connection on which that
// fails is given up, and the transaction with it.
func (c *writeConn) rollback(ctx context.Context) bool {
	var err error
	if c.engine == postgres {
		err = c.pipe.rollback(ctx)
	} else {
		_, err = c.conn.ExecContext(ctx, "ROLLBACK")
	}
	c.broken = c.broken || err != nil
	return err == nil
}

// run calls f and turns a panic into an error, so that one request cannot end
// the writer that all others need.
func run(f func(txn.Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			tx.wrote = true // unknown: treat as spoiled
			err = fmt.Errorf("panic inside a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return f(tx)
}

// ready makes sure that there is a sound connection with its statements.
func (c *writeConn) ready(ctx context.Context) error {
	if c.broken {
		c.close()
		ctx, cancel := context.WithTimeout(ctx, reach)
		defer cancel()
		conn, err := c.reopen(ctx)
		for ; err != nil; conn, err = c.reopen(ctx) {
			if pause(ctx, reopenRest); ctx.Err() != nil {
				return errUnavailable.Because(err)
			}
		}
		c.conn, c.broken = conn, false
	}
	switch {
	case c.engine == sqlite && c.stmts == nil:
		c.stmts = &statements{conn: c.conn, byText: map[string]*sql.Stmt{}}
	case c.engine == postgres && c.pipe == nil:
		c.pipe = newPipeline(c.conn)
	}
	return nil
}

// close gives the connection back. One that broke is destroyed with it, so that
// the pool does not hand it out again in the middle of a transaction.
func (c *writeConn) close() {
	if c.stmts != nil {
		c.stmts.close()
	}
	c.stmts, c.pipe = nil, nil
	if c.broken {
		c.conn.Raw(func(any) error { return driver.ErrBadConn }) // its only answer is the error just given
	}
	c.conn.Close() // the transaction, if any, was ended or is lost with the connection
}
