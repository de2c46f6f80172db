package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"kontor/internal/fault"
)

// moveTable is a table as both engines have it. It is read from the schemas, so
// that a table of a later migration moves without another word.
type moveTable struct {
	name     string
	columns  []string
	types    []string // PostgreSQL's, one a column: int8, text, bytea
	key      []string // primary key of SQLite, by which it is walked
	identity string   // column that PostgreSQL counts itself; "" for none
	parents  []string // tables that its foreign keys lead to
}

// moveOwn are tables that speak of one database and stay with it.
var moveOwn = []string{"goose_db_version", "move", "move_table"}

// describe reads the tables of both sides, parents before those that refer to them.
func describe(ctx context.Context, from *sql.Conn, to *pgx.Conn) ([]moveTable, error) {
	names, err := strs(ctx, from, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(moveOwn, n) })
	byName := map[string]moveTable{}
	for _, name := range names {
		t := moveTable{name: name}
		if t.columns, err = strs(ctx, from, `SELECT name FROM pragma_table_info(?1) ORDER BY name`, name); err != nil {
			return nil, err
		}
		if t.key, err = strs(ctx, from, `SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk`, name); err != nil {
			return nil, err
		}
		if t.parents, err = strs(ctx, from, `SELECT DISTINCT "table" FROM pragma_foreign_key_list(?1)`, name); err != nil {
			return nil, err
		}
		if err := t.match(ctx, to); err != nil {
			return nil, err
		}
		byName[name] = t
	}
	return parentsFirst(names, byName), nil
}

// match reads PostgreSQL's side of the table, which must have the same columns.
func (t *moveTable) match(ctx context.Context, to *pgx.Conn) error {
	rows, err := to.Query(ctx, `
		SELECT a.attname, y.typname, a.attidentity <> ''
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type y ON y.oid = a.atttypid
		WHERE n.nspname = current_schema() AND c.relname = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname COLLATE "C"`, t.name)
	if err != nil {
		return err
	}
	var columns []string
	var name, kind string
	var counted bool
	_, err = pgx.ForEachRow(rows, []any{&name, &kind, &counted}, func() error {
		columns, t.types = append(columns, name), append(t.types, kind)
		if counted {
			t.identity = name
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !slices.Equal(columns, t.columns) || len(t.key) == 0 {
		return fmt.Errorf("table %s has columns %v in SQLite (key %v) and %v in PostgreSQL", t.name, t.columns, t.key, columns)
	}
	return nil
}

func parentsFirst(names []string, byName map[string]moveTable) []moveTable {
	var out []moveTable
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		t, known := byName[name]
		if seen[name] || !known {
			return
		}
		seen[name] = true
		for _, p := range t.parents {
			add(p)
		}
		out = append(out, t)
	}
	for _, name := range names {
		add(name)
	}
	return out
}

func strs(ctx context.Context, from *sql.Conn, query string, args ...any) ([]string, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func idents(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n)
	}
	return strings.Join(out, ", ")
}

func (t moveTable) typeOf(column string) string { return t.types[slices.Index(t.columns, column)] }

// fit makes of a value of SQLite, which stores anything anywhere, the one that
// PostgreSQL's column takes.
func (t moveTable) fit(i int, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		if t.types[i] == "int8" {
			return v, nil
		}
	case string:
		if t.types[i] == "text" {
			return v, nil
		}
	case []byte:
		if t.types[i] == "bytea" {
			return slices.Clone(v), nil // the driver uses its memory again
		}
	}
	return nil, fmt.Errorf("column %s holds a %T, but is %s in PostgreSQL", t.columns[i], v, t.types[i])
}

// place is the key of a row as text.
func (t moveTable) place(row []any) (string, error) {
	key := make([]string, len(t.key))
	for i, name := range t.key {
		switch v := row[slices.Index(t.columns, name)].(type) {
		case int64:
			key[i] = strconv.FormatInt(v, 10)
		case string:
			key[i] = v
		case []byte:
			key[i] = hex.EncodeToString(v)
		default:
			return "", fmt.Errorf("key column %s holds a %T", name, v)
		}
	}
	text, err := json.Marshal(key)
	return string(text), err
}

// keyOf is the key that place wrote.
func (t moveTable) keyOf(place string) ([]any, error) {
	var text []string
	if err := json.Unmarshal([]byte(place), &text); err != nil {
		return nil, fmt.Errorf("read the place %q: %w", place, err)
	}
	if len(text) != len(t.key) {
		return nil, fmt.Errorf("the place %q does not fit the key %v", place, t.key)
	}
	key := make([]any, len(text))
	for i, name := range t.key {
		var err error
		switch t.typeOf(name) {
		case "int8":
			key[i], err = strconv.ParseInt(text[i], 10, 64)
		case "bytea":
			key[i], err = hex.DecodeString(text[i])
		default:
			key[i] = text[i]
		}
		if err != nil {
			return nil, fmt.Errorf("read the place %q: %w", place, err)
		}
	}
	return key, nil
}

// maxMoveBytes ends a batch early when its rows are large.
const maxMoveBytes = 8 << 20

// batch reads the next rows of the source behind key, which is empty at the beginning.
func (m *mover) batch(ctx context.Context, t moveTable, key []any) ([][]any, error) {
	where := ""
	if len(key) > 0 {
		marks := make([]string, len(key))
		for i := range key {
			marks[i] = "?" + strconv.Itoa(i+1)
		}
		where = " WHERE (" + idents(t.key) + ") > (" + strings.Join(marks, ", ") + ")"
	}
	var out [][]any
	size := 0
	errFull := errors.New("full")
	err := m.source(ctx, t, where+" ORDER BY "+idents(t.key)+" LIMIT "+strconv.Itoa(m.o.Batch), key, func(row []any) error {
		out = append(out, slices.Clone(row))
		for _, v := range row {
			switch v := v.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		if size > maxMoveBytes {
			return errFull
		}
		return nil
	})
	if errors.Is(err, errFull) {
		err = nil
	}
	return out, err
}

// source reads rows of SQLite, fitted to PostgreSQL. row is used again.
func (m *mover) source(ctx context.Context, t moveTable, rest string, args []any, f func(row []any) error) error {
	rows, err := m.from.QueryContext(ctx, "SELECT "+idents(t.columns)+" FROM "+quoted(t.name)+rest, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	row, dest := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, v := range row {
			if row[i], err = t.fit(i, v); err != nil {
				return err
			}
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// target reads all rows of PostgreSQL in the order of SQLite: text by its bytes.
func (m *mover) target(ctx context.Context, t moveTable, f func(row []any) error) error {
	order := make([]string, len(t.key))
	for i, name := range t.key {
		order[i] = quoted(name)
		if t.typeOf(name) == "text" {
			order[i] += ` COLLATE "C"`
		}
	}
	rows, err := m.to.Query(ctx, "SELECT "+idents(t.columns)+" FROM "+quoted(t.name)+" ORDER BY "+strings.Join(order, ", "))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.Values()
		if err != nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sum is a checksum over rows: each value with its kind and length.
type sum struct {
	hash hash.Hash
	rows int64
	buf  []byte
}

func newSum() *sum { return &sum{hash: sha256.New()} }

func (s *sum) add(row []any) error {
	s.rows++
	s.buf = s.buf[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			s.buf = append(s.buf, 0)
		case int64:
			s.buf = binary.BigEndian.AppendUint64(append(s.buf, 1), uint64(v))
		case string:
			s.buf = append(binary.BigEndian.AppendUint64(append(s.buf, 2), uint64(len(v))), v...)
		case []byte:
			s.buf = append(binary.BigEndian.AppendUint64(append(s.buf, 3), uint64(len(v))), v...)
		default:
			return fmt.Errorf("no checksum for a %T", v)
		}
	}
	s.hash.Write(s.buf) // a hash never fails
	return nil
}

var errMoveDiffers = fault.New(fault.Internal, "move_differs", "What was copied is not what the SQLite database holds; the installation was not moved, and SQLite is still in use.", "Empty the PostgreSQL database, then run the command again.")
