package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// migrateCmd moves a SQLite installation to PostgreSQL.
type migrateCmd struct {
	To   string `help:"The PostgreSQL database, empty: postgres://user@host:5432/database. Every user of the machine sees a command line: leave the password to PGPASSWORD or ~/.pgpass." xor:"way" required:"" placeholder:"URL"`
	Undo bool   `help:"Use the SQLite file again; what PostgreSQL stored since the move is not in it." xor:"way" required:""`
}

// Run moves, or takes a move back. Ctrl-C ends it; the next run goes on there.
func (m migrateCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if m.Undo {
		return m.undo(e, c)
	}
	u, err := url.Parse(m.To)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return fault.New(fault.Invalid, "move_target_invalid", "--to is no PostgreSQL address.", "Write it as postgres://user@host:5432/database.")
	}
	p := progress{env: e}
	moved, err := app.Move(e.ctx, c, wa.Secret(m.To), p.tell)
	if err != nil && e.ctx.Err() != nil && !isFault(err) {
		fmt.Fprintln(e.out, "Interrupted. Nothing is lost: SQLite is still in use, and the same command goes on from here.")
		return nil
	}
	if err != nil {
		return err
	}
	if moved.Already {
		fmt.Fprintln(e.out, "This installation was moved to that database already.")
	} else {
		fmt.Fprintf(e.out, "Moved and compared: %d tables, %d rows.\n", moved.Tables, moved.Rows)
	}
	fmt.Fprintf(e.out, `Now set KONTOR_DATABASE_URL=%s and start Kontor.
Keep %s: media and message.key stay there, and without the key nothing can be read.
`, u.Redacted(), c.Data)
	return nil
}

func (m migrateCmd) undo(e *env, c *config.Config) error {
	was, err := app.Unmove(e.ctx, c)
	if err != nil {
		return err
	}
	if !was {
		_, err = fmt.Fprintln(e.out, "The SQLite file was not moved; nothing was changed.")
		return err
	}
	_, err = fmt.Fprintln(e.out, "The SQLite file is in use again once KONTOR_DATABASE_URL is unset. PostgreSQL was not touched.")
	return err
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}

// progress tells of tables: each when it is done, long ones every two seconds.
type progress struct {
	env  *env
	told time.Time
}

func (p *progress) tell(s app.MoveStep) {
	done := s.Done == s.Of
	if !done && time.Since(p.told) < 2*time.Second {
		return
	}
	p.told = time.Now()
	word := "copied"
	if s.Checking {
		word = "compared"
	}
	fmt.Fprintf(p.env.out, "%s %s: %d of %d rows", s.Table, word, s.Done, s.Of)
	if rate := s.PerSecond(); rate > 0 {
		fmt.Fprintf(p.env.out, ", %.0f rows/s", rate)
	}
	if !done {
		fmt.Fprintf(p.env.out, ", %s left", s.Left().Round(time.Second))
	}
	fmt.Fprintln(p.env.out)
}
