package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"kontor/internal/fault"
	"kontor/internal/txn"
)

// writer is the group commit (docs/adr/0004). Everybody who writes hands over a
// function and waits; a writer goroutine takes all functions that wait at that
// moment, runs them in one transaction, commits once, and answers all. Nobody
// sleeps in the hope of company: the group is whoever came while the last
// commit was on its way.
//
// SQLite has one writer, because it has one lock. PostgreSQL has two: more were
// measured slower on two cores.
type writer struct {
	engine engine
	dbs    databases
	queue  chan *work
	log    *slog.Logger

	closing chan struct{}
	once    sync.Once
	done    sync.WaitGroup
}

// work is one function that waits for its commit.
type work struct {
	f   func(tx txn.Tx) error
	err chan error // buffered: the writer never waits for a caller who left
}

const (
	maxGroup = 512
	maxQueue = 4096 // callers beyond that wait for a place, and are refused when their time runs out
)

// errClosed is what a write gets after Close.
var errClosed = fault.New(fault.Unavailable, "stopping", "Kontor is stopping; nothing was stored.", "Send the request again in a few seconds.")

func startWriter(ctx context.Context, eng engine, dbs databases, log *slog.Logger) (*writer, error) {
	w := &writer{engine: eng, dbs: dbs, queue: make(chan *work, maxQueue), log: log, closing: make(chan struct{})}
	count := 1
	if eng == postgres {
		count = 2
	}
	for range count {
		conn, err := dbs.write.Conn(ctx)
		if err != nil {
			close(w.closing)
			w.done.Wait()
			return nil, fmt.Errorf("open a connection to write: %w", err)
		}
		w.done.Go(func() { w.loop(conn) })
	}
	return w, nil
}

// do hands f over and waits. When the caller's time runs out before a writer
// took f, f is not run; after that the outcome is waited for.
func (w *writer) do(ctx context.Context, f func(tx txn.Tx) error) error {
	item := &work{f: f, err: make(chan error, 1)}
	select {
	case <-w.closing:
		return errClosed
	default:
	}
	select {
	case w.queue <- item:
	case <-ctx.Done():
		return fault.New(fault.Limited, "store_busy", "The database is busy; nothing was stored.", "Send the request again after a moment.").Because(ctx.Err())
	case <-w.closing:
		return errClosed
	}
	return <-item.err
}

func (w *writer) loop(conn *sql.Conn) {
	c := &writeConn{conn: conn, engine: w.engine, reopen: w.dbs.write.Conn}
	defer c.close()
	group := make([]*work, 0, maxGroup)
	for {
		select {
		case first := <-w.queue:
			group = w.gather(append(group[:0], first))
			w.commit(c, group)
		case <-w.closing:
			for { // what was handed over before the end is still answered
				select {
				case item := <-w.queue:
					w.commit(c, w.gather([]*work{item}))
				default:
					return
				}
			}
		}
	}
}

// gather takes who is waiting, without waiting for more.
func (w *writer) gather(group []*work) []*work {
	for len(group) < maxGroup {
		select {
		case item := <-w.queue:
			group = append(group, item)
		default:
			return group
		}
	}
	return group
}

// commit runs a group. A function that fails before it changed anything is
// answered and left out; one that fails after a change spoils the transaction,
// so everything is rolled back and each runs again alone: one bad request never
// fails its neighbours.
func (w *writer) commit(c *writeConn, group []*work) {
	results, err := c.transaction(group)
	if err == nil {
		for i, item := range group {
			item.err <- results[i]
		}
		return
	}
	if len(group) == 1 && !retriable(err) {
		group[0].err <- err
		return
	}
	if len(group) > 1 {
		w.log.Warn("group commit failed, running its parts alone", "size", len(group), "err", err)
	}
	for _, item := range group {
		item.err <- w.alone(c, item)
	}
}

// alone runs one function in a transaction of its own, again a few times when
// the database says that only the moment was wrong.
func (w *writer) alone(c *writeConn, item *work) error {
	var err error
	for range 4 {
		var results []error
		results, err = c.transaction([]*work{item})
		if err == nil {
			return results[0]
		}
		if !retriable(err) {
			return err
		}
	}
	return err
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.closing) })
	w.done.Wait()
	return w.dbs.close()
}

// writeConn is the one connection of a writer goroutine.
type writeConn struct {
	conn   *sql.Conn
	engine engine
	stmts  *statements
	reopen func(context.Context) (*sql.Conn, error)
	broken bool
}

// transaction runs the group in one transaction. err means that nothing was
// stored; without it, results holds each function's own answer.
func (c *writeConn) transaction(group []*work) (results []error, err error) {
	ctx := context.Background() // a caller who leaves must not break the transaction of the others
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	begin := "BEGIN"
	if c.engine == sqlite {
		begin = "BEGIN IMMEDIATE"
	}
	if _, err := c.conn.ExecContext(ctx, begin); err != nil {
		c.broken = true
		return nil, fmt.Errorf("begin to write: %w", err)
	}
	defer func() {
		if err != nil {
			if _, rerr := c.conn.ExecContext(ctx, "ROLLBACK"); rerr != nil {
				c.broken = true
			}
		}
	}()
	tx := &Tx{ctx: ctx, engine: c.engine, run: c.conn, stmts: c.stmts}
	results = make([]error, len(group))
	for i, item := range group {
		tx.wrote = false
		results[i] = run(item.f, tx)
		if results[i] != nil && (tx.wrote || c.engine == postgres && !fromNoun(results[i])) {
			return nil, results[i]
		}
	}
	if _, err := c.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	return results, nil
}

// fromNoun tells a refusal by a rule from a database error: after the latter,
// PostgreSQL takes no further statement in the same transaction.
func fromNoun(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind != fault.Internal
}

// run calls f and turns a panic into an error, so that one request cannot end
// the writer that all others need.
func run(f func(txn.Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			tx.wrote = true // unknown: treat as spoiled
			err = fmt.Errorf("panic inside a transaction: %v", p)
		}
	}()
	return f(tx)
}

// ready makes sure that there is a sound connection with its statements.
func (c *writeConn) ready(ctx context.Context) error {
	if c.broken {
		c.close()
		conn, err := c.reopen(ctx)
		if err != nil {
			return fault.New(fault.Unavailable, "store_unavailable", "The database cannot be reached; nothing was stored.", "Send the request again after a moment.").Because(err)
		}
		c.conn, c.broken = conn, false
	}
	if c.stmts == nil && c.engine == sqlite {
		c.stmts = &statements{conn: c.conn, engine: c.engine, byText: map[string]*sql.Stmt{}}
	}
	return nil
}

func (c *writeConn) close() {
	if c.stmts != nil {
		c.stmts.close()
		c.stmts = nil
	}
	c.conn.Close() // the transaction, if any, was ended or is lost with the connection
}
