package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// copy brings the rest of a table over. Rows and the place behind them are one
// transaction, so a run that was ended anywhere neither leaves out nor doubles.
func (m *mover) copy(ctx context.Context, t moveTable) error {
	step := MoveStep{Table: t.name}
	var place string
	var checked int64
	err := m.to.QueryRow(ctx, `SELECT place, copied, checked_at FROM move_table WHERE name = $1`, t.name).Scan(&place, &step.Done, &checked)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if err := m.from.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoted(t.name)).Scan(&step.Of); err != nil {
		return err
	}
	var key []any
	if place != "" {
		if key, err = t.keyOf(place); err != nil {
			return err
		}
	}
	began := m.o.Now()
	for step.Done < step.Of {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := m.batch(ctx, t, key)
		if err != nil {
			return fmt.Errorf("read from SQLite: %w", err)
		}
		if len(rows) == 0 {
			break // the check tells that something is missing
		}
		last := rows[len(rows)-1]
		if place, err = t.place(last); err != nil {
			return err
		}
		if err := m.put(ctx, t, rows, place, step.Done+int64(len(rows))); err != nil {
			return fmt.Errorf("write to PostgreSQL behind row %d: %w", step.Done, err)
		}
		if key, err = t.keyOf(place); err != nil {
			return err
		}
		step.Done += int64(len(rows))
		step.Fresh += int64(len(rows))
		step.Took = m.o.Now().Sub(began)
		m.o.Told(step)
	}
	return nil
}

// put writes a batch and where it ended.
func (m *mover) put(ctx context.Context, t moveTable, rows [][]any, place string, copied int64) error {
	tx, err := m.to.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // after a commit it does nothing
	// COPY writes the values given into identity columns, too.
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(rows)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO move_table (name, place, copied) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET place = excluded.place, copied = excluded.copied`, t.name, place, copied)
	if err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// check compares a table on both sides by count and checksum.
func (m *mover) check(ctx context.Context, t moveTable) error {
	m.summary.Tables++
	var checked int64
	err := m.to.QueryRow(ctx, `SELECT copied, checked_at FROM move_table WHERE name = $1`, t.name).Scan(new(int64), &checked)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	step := MoveStep{Table: t.name, Checking: true}
	if err := m.from.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoted(t.name)).Scan(&step.Of); err != nil {
		return err
	}
	m.summary.Rows += step.Of
	if checked != 0 {
		return nil // by an earlier run; neither side was written to since
	}
	began := m.o.Now()
	there, here := newSum(), newSum()
	if err := m.target(ctx, t, there.add); err != nil {
		return fmt.Errorf("read from PostgreSQL: %w", err)
	}
	err = m.source(ctx, t, " ORDER BY "+idents(t.key), nil, func(row []any) error {
		step.Done, step.Fresh = step.Done+1, step.Fresh+1
		if step.Done%int64(m.o.Batch) == 0 || step.Done == step.Of {
			step.Took = m.o.Now().Sub(began)
			m.o.Told(step)
		}
		return here.add(row)
	})
	if err != nil {
		return fmt.Errorf("read from SQLite: %w", err)
	}
	if a, b := here.hash.Sum(nil), there.hash.Sum(nil); here.rows != there.rows || !bytes.Equal(a, b) {
		return errMoveDiffers.Because(fmt.Errorf("SQLite has %d rows (%x), PostgreSQL %d rows (%x)", here.rows, a[:8], there.rows, b[:8]))
	}
	_, err = m.to.Exec(ctx, `UPDATE move_table SET checked_at = $2 WHERE name = $1`, t.name, max(m.o.Now().UnixMilli(), 1))
	return err
}

// mustBeEmpty refuses a target that somebody uses.
func (m *mover) mustBeEmpty(ctx context.Context) error {
	for _, t := range m.tables {
		var used bool
		if err := m.to.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+quoted(t.name)+")").Scan(&used); err != nil {
			return err
		}
		if used {
			return errMoveTarget.Because(fmt.Errorf("table %s has rows", t.name))
		}
	}
	return nil
}

// clear takes back the beginning of a move that is out of date.
func (m *mover) clear(ctx context.Context) error {
	names := []string{"move", "move_table"}
	for _, t := range m.tables {
		names = append(names, t.name)
	}
	if _, err := m.to.Exec(ctx, "TRUNCATE "+idents(names)); err != nil {
		return fmt.Errorf("take back an earlier beginning: %w", err)
	}
	return nil
}
