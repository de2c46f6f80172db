// Package store holds every query of Kontor, for SQLite and for PostgreSQL,
// from one text each (docs/adr/0001). Each noun has one file and one type here
// (Inbox, Outbox, Accounts, …) that fulfils the contract the noun declares.
//
// Rules that every query keeps:
//   - parameters are $1…$N; the SQLite adapter rewrites them to ?1…?N;
//   - ids and times are BIGINT made in Go: times in milliseconds of Unix time,
//     0 for "has not happened"; no SQL clock, no auto-increment;
//   - text is never NULL: the empty string means none;
//   - the workspace is part of every condition that a tenant's request reaches;
//   - a line that only one engine understands ends in "-- only: sqlite" or
//     "-- only: postgres" and a comment beside it says why;
//   - statements on the hot path work on many rows at once: see Tx.many.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"kontor/internal/txn"
)

// Options say where the data lies.
type Options struct {
	// URL is "postgres://…", or empty for SQLite.
	URL string
	// File is the SQLite file; its folder must exist. Ignored with a URL.
	File string
	// Schema is the PostgreSQL schema to use, made if missing; empty: public.
	Schema string
	Log    *slog.Logger
	// Trace is called with every statement of a transaction before it runs, in the
	// engine's own words and from many goroutines, and with COMMIT at the end of one
	// that writes; nil: nobody wants to know. It holds the transaction up, so a
	// test may make a slow disk of it.
	Trace func(query string)
}

// Store is an open database with its writers and readers.
type Store struct {
	engine engine
	read   *sql.DB
	writer *writer
	ids    ids
	seal   Sealer
	trace  func(query string)
	log    *slog.Logger

	news     *newsroom
	frontier *frontier
	config   *pgx.ConnConfig // PostgreSQL: for the line on which Hear listens
	channel  string          // PostgreSQL: where the nodes of this installation talk

	packers sync.Pool // of *flate.Writer, whose tables are dear to make
}

var _ txn.Runner = (*Store)(nil)

// Open opens the database, checks that it keeps what it acknowledges, brings
// the schema up to date, and starts the writers.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	var (
		eng engine
		dbs databases
		err error
	)
	if o.URL == "" {
		eng = sqlite
		dbs, err = openSQLite(ctx, o.File)
	} else {
		eng = postgres
		dbs, err = openPostgres(ctx, o.URL, o.Schema)
	}
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, eng, dbs.write); err != nil {
		return nil, errors.Join(fmt.Errorf("bring the database schema up to date: %w", err), dbs.close())
	}
	if err := refuseMoved(ctx, eng, dbs.write); err != nil {
		return nil, errors.Join(err, dbs.close())
	}
	s := &Store{engine: eng, read: dbs.read, log: o.Log, trace: o.Trace, config: dbs.config, channel: dbs.channel, news: newNewsroom(rand.Text())}
	s.frontier = newFrontier(func() { s.news.here(News{Facts: true}) })
	s.ids.now = time.Now
	if eng == sqlite { // nodes of one PostgreSQL would all go on from the same id
		if err := dbs.read.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM message").Scan(&s.ids.last); err != nil {
			return nil, errors.Join(fmt.Errorf("find the last message: %w", err), dbs.close())
		}
	}
	s.writer, err = startWriter(ctx, eng, dbs, s.news.committed, o)
	if err != nil {
		return nil, errors.Join(err, dbs.close())
	}
	return s, nil
}

// SetSealer installs what seals bodies and secrets. It is called once, after
// Open and before the first message, since the keys themselves lie in the database.
func (s *Store) SetSealer(seal Sealer) { s.seal = seal }

// Close waits for the writers to finish what they hold and closes the database.
func (s *Store) Close() error {
	s.frontier.stop()
	return s.writer.close()
}

// Engine is "sqlite" or "postgres".
func (s *Store) Engine() string { return string(s.engine) }

// Ping asks the database for a sign of life, and remembers whether it kept what
// was written last. Its error is fit for strangers.
func (s *Store) Ping(ctx context.Context) error {
	err := s.read.PingContext(ctx)
	switch {
	case err == nil && s.writer.full():
		return errors.New("the database cannot keep what is written, its disk may be full; the log says why")
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the database does not answer")
	}
	s.log.Warn("the database cannot be reached", "err", err)
	return errors.New("the database cannot be reached; the log says why")
}

// Write implements txn.Runner by group commit: see writer.
func (s *Store) Write(ctx context.Context, f func(tx txn.Tx) error) error {
	return ofText(s.writer.do(ctx, f))
}

// Read implements txn.Runner on a connection of the read pool.
func (s *Store) Read(ctx context.Context, f func(tx txn.Tx) error) error {
	if s.engine == postgres {
		return ofText(s.readPostgres(ctx, f))
	}
	t, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer t.Rollback() // nothing was written: ending is all that matters
	return f(&Tx{ctx: ctx, engine: sqlite, line: direct{t, sqlite}, readOnly: true, trace: s.trace})
}

// NewID makes an id that is larger than every one this process made before.
func (s *Store) NewID() int64 { return s.ids.next() }

// within turns the ticket into what it is here.
func within(tx txn.Tx) *Tx { return tx.(*Tx) }

// ms is a time as it is stored.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at is the time that ms stored.
func at(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// orLast is the id before which a page begins, newest first; 0: before none.
func orLast(before int64) int64 {
	if before == 0 {
		return math.MaxInt64
	}
	return before
}

// flag is a bool as it is stored: SQLite has none.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// placeholders makes "$from,$from+1,…" for n parameters.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}
