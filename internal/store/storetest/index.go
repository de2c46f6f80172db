package storetest

import (
	"testing"

	"kontor/internal/store"
	"kontor/internal/wa"
)

// Erase removes a message beside the product, as somebody would who tells nobody.
func Erase(t testing.TB, o store.Options, id wa.MessageID) {
	t.Helper()
	db, _ := raw(t, o)
	defer db.Close()
	if _, err := db.Exec(`DELETE FROM message WHERE id = $1`, int64(id)); err != nil {
		t.Fatal(err)
	}
}

// Dump is everything that lies in the tables of the search index, as it lies there.
func Dump(t testing.TB, o store.Options) (all []byte) {
	t.Helper()
	db, _ := raw(t, o)
	defer db.Close()
	for _, query := range []string{`SELECT head_sealed FROM search_segment`, `SELECT sealed FROM search_block`} {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Size is how many bytes a database takes up, without its log.
func Size(t testing.TB, o store.Options) (bytes int64) {
	t.Helper()
	db, _ := raw(t, o)
	defer db.Close()
	query := `SELECT SUM(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema())`
	if o.URL == "" {
		query = `SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)`
	}
	if err := db.QueryRow(query).Scan(&bytes); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return bytes
}

// Unname takes everything by which a person is known from a contact, beside the product.
func Unname(t testing.TB, o store.Options, id wa.ContactID) {
	t.Helper()
	db, _ := raw(t, o)
	defer db.Close()
	if _, err := db.Exec(`UPDATE contact SET name = '', profile_name = '', username = '', phone = '', bsuid = '' WHERE id = $1`, int64(id)); err != nil {
		t.Fatal(err)
	}
}
