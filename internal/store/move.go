package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"kontor/internal/fault"
)

// MoveOptions say what is moved where.
type MoveOptions struct {
	File string  // the SQLite file, which nobody else may have open
	To   Options // the PostgreSQL database: empty, or with the beginning of this very move
	// Told hears of every batch, in the goroutine of Move; nil: nobody does.
	Told func(MoveStep)
	// Batch is how many rows are copied in one transaction; 0: 5000.
	Batch int
	Now   func() time.Time // nil: time.Now
}

// MoveStep is how far one table is.
type MoveStep struct {
	Table    string
	Checking bool          // copied already; both sides are compared now
	Done, Of int64         // rows
	Fresh    int64         // those of Done that this run worked on
	Took     time.Duration // since this run began with the table
}

// PerSecond is the rate of this run, 0 when it is not known yet.
func (s MoveStep) PerSecond() float64 {
	if s.Took <= 0 {
		return 0
	}
	return float64(s.Fresh) / s.Took.Seconds()
}

// Left is how long the rest of the table takes at this rate, 0 when it is not known.
func (s MoveStep) Left() time.Duration {
	rate := s.PerSecond()
	if rate == 0 {
		return 0
	}
	return time.Duration(float64(s.Of-s.Done) / rate * float64(time.Second))
}

// Moved is what Move did.
type Moved struct {
	Tables  int
	Rows    int64
	Resumed bool // an earlier run had begun
	Anew    bool // an earlier run had begun, but the SQLite file was used since
	Already bool // an earlier run had come to the end; nothing was done
}

var (
	errMoveSource = fault.New(fault.NotFound, "move_source_missing", "There is no SQLite database to move; nothing was changed.", "Set KONTOR_DATA to the folder of the installation.")
	errMoveEmpty  = fault.New(fault.Conflict, "move_source_empty", "The SQLite database was never used, so there is nothing to move.", "Set KONTOR_DATABASE_URL and start Kontor: it begins in PostgreSQL.")
	errMoveBusy   = fault.New(fault.Conflict, "move_source_in_use", "Another program has the SQLite database open; nothing was moved.", "Stop Kontor (and whatever else reads the file), then run the command again.")
	errMoveTarget = fault.New(fault.Conflict, "move_target_in_use", "The PostgreSQL database holds data that is not of this move; nothing was changed.", "Name an empty database, or a search_path with a schema of its own.")
	errMovedElse  = fault.New(fault.Conflict, "moved_elsewhere", "This installation was moved to another PostgreSQL database already; nothing was changed.", "Use that one; or take the SQLite file back with kontor migrate --undo, without what PostgreSQL stored since.")
	errMoved      = fault.New(fault.Conflict, "moved", "This installation was moved to PostgreSQL; the SQLite file is no longer used.", "Set KONTOR_DATABASE_URL; or take the file back with kontor migrate --undo, without what PostgreSQL stored since.")
	errHalfMoved  = fault.New(fault.Conflict, "move_unfinished", "The move into this PostgreSQL database has not come to its end.", "Run kontor migrate --to again: it goes on where it stopped.")
)

// mover is a move under way.
type mover struct {
	o       MoveOptions
	from    *sql.Conn
	to      *pgx.Conn
	tables  []moveTable
	summary Moved
}

// Move copies a SQLite installation into PostgreSQL, table by table, compares
// both sides, and marks the SQLite file as moved. Nobody else can open the file
// meanwhile. A run that was ended goes on at the next call. Errors are faults
// with a move_… code where the operator can do something.
func Move(ctx context.Context, o MoveOptions) (_ Moved, err error) {
	if o.Batch == 0 {
		o.Batch = 5000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Told == nil {
		o.Told = func(MoveStep) {}
	}
	from, closeFrom, err := openAlone(ctx, o.File)
	if err != nil {
		return Moved{}, err
	}
	defer func() { err = errors.Join(err, closeFrom()) }()
	to, closeTo, err := openTarget(ctx, o.To)
	if err != nil {
		return Moved{}, err
	}
	defer func() { err = errors.Join(err, closeTo()) }()
	m := &mover{o: o, from: from, to: to}
	if m.tables, err = describe(ctx, from, to); err != nil {
		return Moved{}, err
	}
	if err := m.agree(ctx); err != nil || m.summary.Already {
		return m.summary, err
	}
	for _, t := range m.tables {
		if err := m.copy(ctx, t); err != nil {
			return m.summary, fmt.Errorf("copy table %s: %w", t.name, err)
		}
	}
	for _, t := range m.tables {
		if err := m.check(ctx, t); err != nil {
			return m.summary, fmt.Errorf("check table %s: %w", t.name, err)
		}
	}
	return m.summary, m.finish(ctx)
}

// Unmove lets Kontor use a SQLite file again that was moved. It does not touch PostgreSQL.
func Unmove(ctx context.Context, file string) (was bool, err error) {
	conn, end, err := openAlone(ctx, file)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, end()) }()
	res, err := conn.ExecContext(ctx, `DELETE FROM move`)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// openAlone opens the SQLite file for this connection alone: in exclusive mode
// the lock is held from the first look at the file until the connection ends,
// and is not given while any other connection is open, idle ones included.
func openAlone(ctx context.Context, file string) (*sql.Conn, func() error, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, errMoveSource.Because(err)
	} else if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", sqliteAloneDSN(file))
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1) // a second one would wait for the first one's lock
	conn, err := aloneConn(ctx, db)
	if err != nil {
		err = errors.Join(err, db.Close())
		if sqliteBusy(err) {
			err = errMoveBusy.Because(err)
		}
		return nil, nil, err
	}
	return conn, func() error { return errors.Join(conn.Close(), db.Close()) }, nil
}

func aloneConn(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	if err := checkDurable(ctx, db); err != nil {
		return nil, err
	}
	if err := migrate(ctx, sqlite, db); err != nil {
		return nil, fmt.Errorf("bring the SQLite schema up to date: %w", err)
	}
	return db.Conn(ctx)
}

// openTarget opens PostgreSQL and keeps one connection, whose COPY is what makes moving fast.
func openTarget(ctx context.Context, o Options) (*pgx.Conn, func() error, error) {
	dbs, err := openPostgres(ctx, o.URL, o.Schema)
	if err != nil {
		return nil, nil, err
	}
	if err := migrate(ctx, postgres, dbs.write); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make the PostgreSQL schema: %w", err), dbs.close())
	}
	conn, err := dbs.write.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, dbs.close())
	}
	var to *pgx.Conn
	err = conn.Raw(func(c any) error {
		to = c.(*stdlib.Conn).Conn() // ours while conn is not given back
		return nil
	})
	end := func() error { return errors.Join(conn.Close(), dbs.close()) }
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return to, end, nil
}

// mark is the row of table move.
type mark struct {
	there        bool
	token        string
	installation []byte
	finished     bool
}

func (m *mover) marks(ctx context.Context) (source, target mark, err error) {
	const query = `SELECT token, installation, finished_at <> 0 FROM move WHERE id = 1`
	switch err := m.from.QueryRowContext(ctx, query).Scan(&source.token, &source.installation, &source.finished); {
	case err == nil:
		source.there = true
	case !errors.Is(err, sql.ErrNoRows):
		return source, target, err
	}
	switch err := m.to.QueryRow(ctx, query).Scan(&target.token, &target.installation, &target.finished); {
	case err == nil:
		target.there = true
	case !errors.Is(err, pgx.ErrNoRows):
		return source, target, err
	}
	return source, target, nil
}

// agree finds out whether this is a new move, the rest of one, or none at all.
func (m *mover) agree(ctx context.Context) error {
	var keys []byte
	if err := m.from.QueryRowContext(ctx, `SELECT sealed FROM keyset WHERE id = 1`).Scan(&keys); errors.Is(err, sql.ErrNoRows) {
		return errMoveEmpty
	} else if err != nil {
		return err
	}
	installation := sha256.Sum256(keys)
	source, target, err := m.marks(ctx)
	if err != nil {
		return err
	}
	same := source.there && target.there && source.token == target.token
	switch {
	case same && source.finished && target.finished:
		m.summary.Already = true
		return nil
	case same && !target.finished:
		m.summary.Resumed = true
		return nil
	case source.finished:
		return errMovedElse
	case target.there && (target.finished || string(target.installation) != string(installation[:])):
		return errMoveTarget
	case target.there:
		m.summary.Anew = true
		if err := m.clear(ctx); err != nil {
			return err
		}
	default:
		if err := m.mustBeEmpty(ctx); err != nil {
			return err
		}
	}
	return m.begin(ctx, installation[:])
}

// begin writes the marks; the source's first, since only both together count.
func (m *mover) begin(ctx context.Context, installation []byte) error {
	token, now := rand.Text(), ms(m.o.Now())
	_, err := m.from.ExecContext(ctx, `
		INSERT INTO move (id, token, installation, began_at) VALUES (1, ?1, ?2, ?3)
		ON CONFLICT (id) DO UPDATE SET token = excluded.token, installation = excluded.installation, began_at = excluded.began_at`,
		token, installation, now)
	if err != nil {
		return fmt.Errorf("mark the SQLite database: %w", err)
	}
	if _, err = m.to.Exec(ctx, `INSERT INTO move (id, token, installation, began_at) VALUES (1, $1, $2, $3)`, token, installation, now); err != nil {
		return fmt.Errorf("mark the PostgreSQL database: %w", err)
	}
	return nil
}

// finish lets PostgreSQL count on behind what was copied and learn its figures,
// and sets the marks: the source's first, so that at no moment both can be used.
func (m *mover) finish(ctx context.Context) error {
	for _, t := range m.tables {
		if t.identity != "" {
			// The next value lies above all copied ones; on an empty table it is 1.
			_, err := m.to.Exec(ctx, fmt.Sprintf(`SELECT setval(pg_get_serial_sequence($1, $2), (SELECT COALESCE(MAX(%[1]s), 0) + 1 FROM %[2]s), false)`,
				quoted(t.identity), quoted(t.name)), quoted(t.name), t.identity)
			if err != nil {
				return fmt.Errorf("count on in %s.%s: %w", t.name, t.identity, err)
			}
		}
		if _, err := m.to.Exec(ctx, `ANALYZE `+quoted(t.name)); err != nil {
			return fmt.Errorf("analyse %s: %w", t.name, err)
		}
	}
	now := ms(m.o.Now())
	if _, err := m.from.ExecContext(ctx, `UPDATE move SET finished_at = ?1 WHERE id = 1`, now); err != nil {
		return fmt.Errorf("mark the SQLite database as moved: %w", err)
	}
	if _, err := m.to.Exec(ctx, `UPDATE move SET finished_at = $1 WHERE id = 1`, now); err != nil {
		return fmt.Errorf("mark the PostgreSQL database as complete: %w", err)
	}
	return nil
}

// refuseMoved keeps the product from a SQLite file that was moved and from a
// PostgreSQL database that is only half filled. A file whose move was begun and
// not finished may be used; its mark goes, so that the move begins anew.
func refuseMoved(ctx context.Context, eng engine, db *sql.DB) error {
	var finished bool
	err := db.QueryRowContext(ctx, `SELECT finished_at <> 0 FROM move WHERE id = 1`).Scan(&finished)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look whether the database was moved: %w", err)
	case eng == postgres && !finished:
		return errHalfMoved
	case eng == sqlite && finished:
		return errMoved
	case eng == sqlite:
		if _, err := db.ExecContext(ctx, `DELETE FROM move`); err != nil {
			return fmt.Errorf("take back the mark of an unfinished move: %w", err)
		}
	}
	return nil
}
