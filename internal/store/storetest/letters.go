package storetest

import (
	"testing"

	"kontor/internal/store"
)

// Letters are the letters that wait, as they lie in the database: sealed, it is
// to be hoped.
func Letters(t testing.TB, o store.Options) (all [][]byte) {
	t.Helper()
	db, _ := raw(t, o)
	defer db.Close()
	rows, err := db.Query(`SELECT data_sealed FROM letter`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
