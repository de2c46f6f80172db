package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Tx is a transaction in hand: the inside of txn.Tx.
type Tx struct {
	ctx      context.Context
	engine   engine
	line     line
	readOnly bool
	trace    func(query string) // Options.Trace
	settled  int64              // on readers of PostgreSQL: where the frontier stood before this began
	news     News               // on writers: what others may wait for
	wrote    bool               // something was changed since the transaction, or this part of it, began
	// failed is the first error of a statement. PostgreSQL takes no further one in
	// that transaction and answers COMMIT by rolling back without an error;
	// SQLite may have ended the transaction. So nothing of it may be acknowledged,
	// even when the function that saw the error kept silent about it.
	failed error
}

// spoil remembers a statement's error and hands it on.
func (tx *Tx) spoil(err error) error {
	if err != nil && tx.failed == nil {
		tx.failed = err
	}
	return err
}

// line is where the statements of a transaction go. Texts are common ones: each
// line adapts them to its engine.
type line interface {
	// exec runs a statement and tells how many rows it changed.
	exec(ctx context.Context, query string, args []any) (changed int64, err error)
	// later runs a statement of which only a failure would matter. It may be told
	// at a later statement of the transaction, or at its commit.
	later(ctx context.Context, query string, args []any) error
	// query hands each row to scan. err is scan's, failed the statement's.
	query(ctx context.Context, query string, args []any, scan func(scan func(dest ...any) error) error) (err, failed error)
}

// tell says what is about to run, to whoever wanted to know.
func (tx *Tx) tell(query string) {
	if tx.trace != nil {
		tx.trace(tx.engine.adapt(query))
	}
}

// InTransaction marks the ticket.
func (*Tx) InTransaction() {}

var errReadOnly = errors.New("write inside a read-only transaction")

// exec runs a statement that changes something and tells how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	if tx.readOnly {
		return 0, errReadOnly
	}
	tx.wrote = true
	tx.tell(query)
	changed, err := tx.line.exec(tx.ctx, query, args)
	return changed, tx.spoil(err)
}

// do is exec for a statement whose number of changed rows nobody asks for. On
// PostgreSQL its failure may come with a later one, or with the commit.
func (tx *Tx) do(query string, args ...any) error {
	if tx.readOnly {
		return errReadOnly
	}
	tx.wrote = true
	tx.tell(query)
	return tx.spoil(tx.line.later(tx.ctx, query, args))
}

// query runs a statement that returns rows and hands each to scan. A statement
// that also changes something (RETURNING) is marked by change.
func (tx *Tx) query(query string, scan func(scan func(dest ...any) error) error, args ...any) error {
	tx.tell(query)
	err, failed := tx.line.query(tx.ctx, query, args, scan)
	if failed != nil {
		return tx.spoil(failed)
	}
	return err
}

// change is query for a statement with RETURNING.
func (tx *Tx) change(query string, scan func(scan func(dest ...any) error) error, args ...any) error {
	if tx.readOnly {
		return errReadOnly
	}
	tx.wrote = true
	return tx.query(query, scan, args...)
}

// one scans the only row of a query; found is false when there is none.
func (tx *Tx) one(query string, args []any, dest ...any) (found bool, err error) {
	err = tx.query(query, func(scan func(...any) error) error {
		found = true
		return scan(dest...)
	}, args...)
	return found, err
}

// column is one column of the rows that many works on: its name, its type on
// PostgreSQL, and a slice with one value a row.
type column struct {
	name   string
	pgType string
	values any
}

func ints[T ~int64](name string, values []T) column {
	plain := make([]int64, len(values))
	for i, v := range values {
		plain[i] = int64(v)
	}
	return column{name, "bigint", plain}
}

func texts[T ~string](name string, values []T) column {
	plain := make([]string, len(values))
	for i, v := range values {
		plain[i] = string(v)
	}
	return column{name, "text", plain}
}

func bytea(name string, values [][]byte) column { return column{name, "bytea", values} }

// many runs one statement over many rows. The text contains {rows} where a
// SELECT of those rows stands, its columns named as in cols:
//
//	INSERT INTO t (id, name) {rows}
//	UPDATE t SET name = v.name FROM ({rows}) v WHERE t.id = v.id
//	SELECT t.id, t.name FROM ({rows}) v JOIN t ON t.id = v.id
//
// PostgreSQL gets all rows in one statement by unnest. SQLite runs the prepared
// statement once a row: it has no round trip to save, and one statement with
// many rows was measured slower (engines.md 2). scan may be nil when nothing is
// returned. On PostgreSQL rows come back in no order, and one statement must not
// touch a row twice: merge before calling.
func (tx *Tx) many(text string, cols []column, scan func(scan func(dest ...any) error) error) error {
	count := reflect.ValueOf(cols[0].values).Len()
	if count == 0 {
		return nil
	}
	reads := strings.HasPrefix(strings.TrimSpace(text), "SELECT")
	if tx.readOnly && !reads {
		return errReadOnly
	}
	tx.wrote = tx.wrote || !reads
	if tx.engine == postgres {
		args := make([]any, len(cols))
		for i, c := range cols {
			args[i] = c.values
		}
		return tx.rows(strings.Replace(text, "{rows}", unnest(cols), 1), scan, args)
	}
	query := strings.Replace(text, "{rows}", selectOne(cols), 1)
	return eachRow(cols, func(_ int, args []any) error { return tx.rows(query, scan, args) })
}

// insertNew runs an INSERT … ON CONFLICT … DO NOTHING over many rows and hands
// the first column of those that were new to added. PostgreSQL returns them; of
// SQLite, which gets one row a statement, the number of changed rows tells it,
// for less than RETURNING costs there.
func (tx *Tx) insertNew(text string, cols []column, added func(id int64)) error {
	ids := cols[0].values.([]int64)
	if tx.engine == postgres {
		return tx.many(text+" RETURNING "+cols[0].name, cols, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			added(id)
			return err
		})
	}
	query := strings.Replace(text, "{rows}", selectOne(cols), 1)
	return eachRow(cols, func(row int, args []any) error {
		changed, err := tx.exec(query, args...)
		if changed > 0 {
			added(ids[row])
		}
		return err
	})
}

// eachRow hands over the rows one by one; args are reused.
func eachRow(cols []column, f func(row int, args []any) error) error {
	args := make([]any, len(cols))
	for row := range reflect.ValueOf(cols[0].values).Len() {
		for i, c := range cols {
			switch v := c.values.(type) {
			case []int64:
				args[i] = v[row]
			case []string:
				args[i] = v[row]
			case [][]byte:
				args[i] = v[row]
			default:
				return fmt.Errorf("column %s: no adapter for %T", c.name, c.values)
			}
		}
		if err := f(row, args); err != nil {
			return err
		}
	}
	return nil
}

// rows is query, or do when there is nothing to scan, which is cheaper.
func (tx *Tx) rows(query string, scan func(scan func(dest ...any) error) error, args []any) error {
	if scan == nil {
		return tx.do(query, args...)
	}
	return tx.query(query, scan, args...)
}

func unnest(cols []column) string {
	var types, names strings.Builder
	for i, c := range cols {
		if i > 0 {
			types.WriteString(", ")
			names.WriteString(", ")
		}
		fmt.Fprintf(&types, "$%d::%s[]", i+1, c.pgType)
		names.WriteString(c.name)
	}
	return "SELECT * FROM unnest(" + types.String() + ") AS u(" + names.String() + ")"
}

// selectOne ends in WHERE true because SQLite would otherwise read the ON of
// ON CONFLICT as a join condition of the SELECT.
func selectOne(cols []column) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for i, c := range cols {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d AS %s", i+1, c.name)
	}
	b.WriteString(" WHERE true")
	return b.String()
}
