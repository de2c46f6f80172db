package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// newsRest is how long commits are gathered into one piece of news: at
	// thousands of commits a second the others are woken some hundred times.
	newsRest = 3 * time.Millisecond
	// listenCheck is how often a line on which nothing came is asked for a sign of
	// life, and how long the answer may take.
	listenCheck = 5 * time.Second
	// listenWait is the longest wait between two tries to listen again.
	listenWait = 10 * time.Second
)

// Hear tells the other nodes on the same PostgreSQL what this one commits, and
// hears what they do, until ctx ends; then it returns nil. A line that breaks is
// opened again, with waits that grow; meanwhile everybody's poll finds what is
// new. On SQLite there is nobody else, and Hear returns at once.
//
// News goes out after the commit that it is of, in a statement of its own:
// PostgreSQL lets one transaction with a NOTIFY commit at a time, on the whole
// server, and holds up all others for the length of its disk sync
// (docs/adr/0008-several-nodes.md).
func (s *Store) Hear(ctx context.Context) error {
	if s.engine == sqlite {
		return nil
	}
	s.news.tell(true)
	defer s.news.tell(false)
	told := make(chan struct{})
	go func() {
		defer close(told)
		s.tellOthers(ctx)
	}()
	defer func() { <-told }()
	for wait := 50 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, listenWait) {
		began := time.Now()
		err := s.listen(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > time.Minute {
			wait = 50 * time.Millisecond
		}
		s.log.Warn("news of other nodes are not heard, trying again; until then they are looked for once a second", "wait", wait, "err", err)
		pause(ctx, wait)
	}
	return nil
}

// tellOthers sends what was committed, one statement for all that came meanwhile.
func (s *Store) tellOthers(ctx context.Context) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news.bell:
		}
		err := s.tell(ctx, s.news.take())
		if err != nil && ctx.Err() == nil && !failing {
			s.log.Warn("other nodes could not be told what was stored; they find it within a second", "err", err)
		}
		failing = err != nil
		pause(ctx, newsRest)
	}
}

func (s *Store) tell(ctx context.Context, n News) error {
	if n.empty() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	_, err := s.read.ExecContext(ctx, `SELECT pg_notify($1, $2)`, s.channel, n.text(s.news.node))
	return err
}

// listen hears news on a connection of its own until that breaks.
func (s *Store) listen(ctx context.Context) error {
	conn, err := s.line(ctx)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		conn.Close(ctx) // the server forgets the line by itself if this fails
	}()
	// What came while nobody listened is looked for now. After a fail-over it may
	// be another server, which may have lost the last that the old one had.
	s.frontier.forget()
	s.news.here(News{All: true})
	for {
		silence, cancel := context.WithTimeout(ctx, listenCheck)
		told, err := conn.WaitForNotification(silence)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			if node, n := parseNews(told.Payload); node != s.news.node {
				s.news.here(n)
			}
		case errors.Is(err, context.DeadlineExceeded) && !conn.IsClosed():
			if err := ping(ctx, conn); err != nil {
				return fmt.Errorf("the line to PostgreSQL is silent: %w", err)
			}
		default:
			return err
		}
	}
}

func (s *Store) line(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, s.config.Copy())
	if err != nil {
		return nil, err
	}
	err = watch(ctx, conn)
	if err == nil {
		_, err = conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.channel}.Sanitize())
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	return conn.Ping(ctx)
}

// pause lets time pass, or ctx end.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
