package store

import (
	"context"
	"database/sql"
	"fmt"
)

// direct is the line of whoever reads: each statement is a call of database/sql.
type direct struct {
	tx     *sql.Tx
	engine engine
}

// exec implements line.
func (d direct) exec(ctx context.Context, query string, args []any) (int64, error) {
	return changed(d.tx.ExecContext(ctx, d.engine.adapt(query), args...))
}

// later implements line.
func (d direct) later(ctx context.Context, query string, args []any) error {
	_, err := d.exec(ctx, query, args)
	return err
}

// query implements line.
func (d direct) query(ctx context.Context, query string, args []any, scan func(scan func(dest ...any) error) error) (err, failed error) {
	rows, failed := d.tx.QueryContext(ctx, d.engine.adapt(query), args...)
	if failed != nil {
		return nil, failed
	}
	return each(rows, scan)
}

// statements is the line of SQLite's writer: its prepared statements. The texts
// are constants of this package, so the map has a bound.
type statements struct {
	conn   *sql.Conn
	byText map[string]*sql.Stmt
}

// exec implements line.
func (p *statements) exec(ctx context.Context, query string, args []any) (int64, error) {
	stmt, err := p.get(ctx, query)
	if err != nil {
		return 0, err
	}
	return changed(stmt.ExecContext(ctx, args...))
}

// later implements line: there is no trip to save.
func (p *statements) later(ctx context.Context, query string, args []any) error {
	_, err := p.exec(ctx, query, args)
	return err
}

// query implements line.
func (p *statements) query(ctx context.Context, query string, args []any, scan func(scan func(dest ...any) error) error) (err, failed error) {
	stmt, failed := p.get(ctx, query)
	if failed != nil {
		return nil, failed
	}
	rows, failed := stmt.QueryContext(ctx, args...)
	if failed != nil {
		return nil, failed
	}
	return each(rows, scan)
}

func (p *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := p.byText[text]; ok {
		return stmt, nil
	}
	stmt, err := p.conn.PrepareContext(ctx, sqlite.adapt(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, err)
	}
	p.byText[text] = stmt
	return stmt, nil
}

func (p *statements) close() {
	for _, stmt := range p.byText {
		stmt.Close() // the connection ends next; there is nothing to lose
	}
}

func changed(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func each(rows *sql.Rows, scan func(scan func(dest ...any) error) error) (err, failed error) {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err, nil
		}
	}
	return nil, rows.Err()
}
