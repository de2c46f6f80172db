package storetest

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/internal/store"
)

// History is a past to give to a database: so many people with one conversation
// each, and so many messages from them, spread evenly. Of a hundred conversations
// two wait, three are assigned and the others are closed.
type History struct {
	People, Messages int64
	Workspace        int64
	Number           int64 // 0: that of the first message, and so is the workspace
	// Settled leaves out the facts, as retention does once everybody has read them.
	Settled bool
}

// Fill writes a history into a database that nobody has open and that has one
// message, whose content all others get. It takes minutes for ten million: the
// rows are made by the database, and indexes of messages afterwards.
//
// People are contacts 1, 2, …, whose phones are Phone(1), Phone(2), …
func Fill(t testing.TB, o store.Options, h History) {
	t.Helper()
	db, texts := raw(t, o)
	defer db.Close()
	db.SetMaxOpenConns(1) // settings of a connection hold for all statements
	do := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if h.Number == 0 {
		if err := db.QueryRow("SELECT workspace_id, number_id FROM message").Scan(&h.Workspace, &h.Number); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range texts.before {
		do(s)
	}
	indexes := map[string]string{}
	rows, err := db.Query(texts.indexes)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		indexes[name] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range indexes {
		do("DROP INDEX " + name)
	}
	for _, s := range fillings {
		do(texts.fit(s, h))
	}
	if !h.Settled {
		do(factsFilling)
	}
	for _, text := range indexes {
		do(text)
	}
	for _, s := range texts.after {
		do(s)
	}
}

// Phone is the phone of the n-th person of a history.
func Phone(n int64) string { return fmt.Sprint(491510000000 + n) }

var fillings = []string{
	`INSERT INTO contact (id, workspace_id, profile_name, phone, created_at, updated_at)
	 SELECT n, {workspace}, 'Katrin Petersen', CAST(491510000000 + n AS TEXT), 1, 1 FROM {people}`,
	`INSERT INTO contact_identity (workspace_id, kind, value, contact_id)
	 SELECT {workspace}, 'phone', CAST(491510000000 + n AS TEXT), n FROM {people}`,
	`INSERT INTO conversation (id, workspace_id, number_id, contact_id, state, assignee_id, last_message_id, last_inbound_id, last_at, waiting_since, created_at)
	 SELECT n, {workspace}, {number}, n, CASE WHEN n % 100 < 2 THEN 'waiting' WHEN n % 100 < 5 THEN 'assigned' ELSE 'closed' END, CASE WHEN n % 100 BETWEEN 2 AND 4 THEN 1 ELSE 0 END,
	        n, n, 1790000000000 + n, 1790000000000 + n, 1 FROM {people}`,
	`INSERT INTO message (id, workspace_id, number_id, contact_id, conversation_id, direction, type, wamid, status, content_sealed, at, stored_at)
	 SELECT n, {workspace}, {number}, n * 7919 % {count} + 1, n * 7919 % {count} + 1, 'inbound', 'text', 'wamid.' || {random}, 'received',
	        (SELECT content_sealed FROM message ORDER BY id DESC LIMIT 1), 1780000000000 + n, 1780000000000 + n FROM {messages}`,
}

const factsFilling = `INSERT INTO fact (workspace_id, kind, number_id, contact_id, conversation_id, message_id, detail, at)
	 SELECT workspace_id, 'message.received', number_id, contact_id, conversation_id, id, 'text', at FROM message`

type texts struct {
	before, after   []string
	indexes         string // names and texts of those of messages
	series, randoms string
}

func (x texts) fit(s string, h History) string {
	series := func(n int64) string { return strings.ReplaceAll(x.series, "{n}", fmt.Sprint(n)) }
	return strings.NewReplacer(
		"{people}", series(h.People), "{messages}", series(h.Messages), "{count}", fmt.Sprint(h.People), "{random}", x.randoms,
		"{workspace}", fmt.Sprint(h.Workspace), "{number}", fmt.Sprint(h.Number),
	).Replace(s)
}

// raw opens the database itself, beside the product.
func raw(t testing.TB, o store.Options) (*sql.DB, texts) {
	t.Helper()
	driver, address := "sqlite", "file:"+o.File
	x := texts{
		before:  []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000", "PRAGMA temp_store = MEMORY"},
		after:   []string{"PRAGMA journal_mode = WAL"},
		indexes: `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'message' AND sql <> ''`,
		series:  `(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {n}) SELECT n FROM s)`,
		randoms: `lower(hex(randomblob(28)))`,
	}
	if o.URL != "" {
		driver = "pgx"
		u, err := url.Parse(o.URL)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", o.Schema)
		u.RawQuery = q.Encode()
		address = u.String()
		x = texts{
			before:  []string{"SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'"},
			after:   []string{"VACUUM (ANALYZE)"},
			indexes: `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'message' AND indexname <> 'message_pkey'`,
			series:  `generate_series(CAST(1 AS BIGINT), CAST({n} AS BIGINT)) s(n)`,
			randoms: `md5(random()::text) || md5(random()::text)`,
		}
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	return db, x
}
