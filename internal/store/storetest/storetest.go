// Package storetest opens real databases for tests: SQLite in a folder of the
// test's own, and PostgreSQL in a schema of the test's own. Nothing is mocked.
//
// PostgreSQL is the server that KONTOR_TEST_POSTGRES names ("postgres://…"),
// which `make test` starts; without it the PostgreSQL half of a test is
// skipped, unless KONTOR_TEST_ALL=1 demands it.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // for dropping the schema after the test

	"kontor/internal/seal"
	"kontor/internal/store"
	"kontor/internal/txn"
)

// Each runs f once on every engine that this machine has.
func Each(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { f(t, Open(t, engine)) })
	}
}

// Open opens an empty store on one engine; it is closed and removed with the test.
func Open(t testing.TB, engine string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), Options(t, engine))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("close the store:", err)
		}
	})
	Seal(t, s)
	return s
}

// Options are those of an empty database of the test's own, for tests that open it themselves.
func Options(t testing.TB, engine string) store.Options {
	t.Helper()
	if engine == "sqlite" {
		return store.Options{File: filepath.Join(t.TempDir(), "kontor.db")}
	}
	server := os.Getenv("KONTOR_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			t.Fatal("KONTOR_TEST_POSTGRES names no server, and KONTOR_TEST_ALL=1 demands one; run the tests by `make test`")
		}
		t.Skip("KONTOR_TEST_POSTGRES names no server; `make test` starts one")
	}
	var b [8]byte
	rand.Read(b[:])
	schema := "test_" + hex.EncodeToString(b[:])
	t.Cleanup(func() { drop(t, server, schema) })
	return store.Options{URL: server, Schema: schema}
}

func drop(t testing.TB, server, schema string) {
	if err := do(server, "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
		t.Error("drop the test's schema:", err)
	}
}

func do(server, statement string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

// URL is the address of a PostgreSQL that works in an empty schema of the
// test's own, for tests that hand it to another process.
func URL(t testing.TB) string {
	t.Helper()
	o := Options(t, "postgres")
	if err := do(o.URL, "CREATE SCHEMA "+o.Schema); err != nil {
		t.Fatal("make the test's schema:", err)
	}
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", o.Schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Seal gives the store keys of its own.
func Seal(t testing.TB, s *store.Store) {
	t.Helper()
	key := make([]byte, seal.KeyLength)
	err := s.Write(context.Background(), func(tx txn.Tx) error {
		keys, err := s.Keyset(tx, func() ([]byte, error) { return seal.NewKeyset(key) })
		if err != nil {
			return err
		}
		sealer, err := seal.New(key, keys)
		if err == nil {
			s.SetSealer(sealer)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
