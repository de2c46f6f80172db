package plans

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kontor/internal/store/storetest"
)

// large are the tables that grow with what people write. A statement of a day's
// work must reach their rows by an index, however small the table is in a test.
var large = []string{
	"contact", "contact_identity", "conversation", "message", "fact", "outbox", "status_waiting", "change_waiting", "idempotency",
	"customer_usage", "opened", "media", "media_remote", "notice", "quarantine", "webhook", "parked", "job", "callback_delivery",
	"conversation_label", "note", "note_mention", "draft", "quick_reply", "premises_refusal", "premises_gone", "premises_token", "search_block",
}

// allowed are statements that may look at all rows of a large table, each with the reason.
var allowed = []struct{ prefix, reason string }{
	{"SELECT o.number_id, SUM(CASE WHEN o.state = 'queued'", "the figures of what waits: the queue is what has not left yet, and all of it is counted in its index"},
}

// TestNoStatementOfADayScansALargeTable runs what a business does in a day
// through the whole product and asks the database for the plan of every
// statement that this took. SQLite without statistics, and PostgreSQL with
// sequential scans forbidden and the joins that suit small tables only, use an
// index wherever there is one, whatever the size of the table: a scan that
// remains is an index that is missing.
func TestNoStatementOfADayScansALargeTable(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine)
			w.day(t)
			db, explain := w.explainer(t, engine)
			statements := w.statements()
			if len(statements) < 60 {
				t.Errorf("a day took %d statements, want 60 or more: the story does not reach what it is about", len(statements))
			}
			for _, statement := range statements {
				for _, fault := range explain(t, db, statement) {
					if !permitted(statement) {
						t.Errorf("%s\n\t%s", fault, squeeze(statement))
					}
				}
			}
		})
	}
}

func permitted(statement string) bool {
	for _, a := range allowed {
		if strings.HasPrefix(squeeze(statement), a.prefix) {
			return true
		}
	}
	return false
}

var spaces = regexp.MustCompile(`\s+`)

func squeeze(s string) string { return strings.TrimSpace(spaces.ReplaceAllString(s, " ")) }

// explainer opens the database beside the product and tells what is wrong with
// the plan of a statement.
func (w *world) explainer(t *testing.T, engine string) (*sql.DB, func(*testing.T, *sql.DB, string) []string) {
	driver, address, explain := "sqlite", "file:"+filepath.Join(w.data, "kontor.db"), explainSQLite
	if engine == "postgres" {
		driver, address, explain = "pgx", w.url+"&default_query_exec_mode=simple_protocol", explainPostgres // the driver prepares nothing beside us
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db, explain
}

var comment = regexp.MustCompile(`--[^\n]*`)

var parameter = regexp.MustCompile(`[?$](\d+)`)

// parameters is how many a statement has.
func parameters(statement string) int {
	most := 0
	for _, m := range parameter.FindAllStringSubmatch(comment.ReplaceAllString(statement, ""), -1) {
		var n int
		fmt.Sscan(m[1], &n)
		most = max(most, n)
	}
	return most
}

// scanned matches SQLite's "SCAN table", also "SCAN alias"; a search says SEARCH.
var scanned = regexp.MustCompile(`^SCAN (\w+)`)

func explainSQLite(t *testing.T, db *sql.DB, statement string) (faults []string) {
	rows, err := db.Query("EXPLAIN QUERY PLAN "+statement, make([]any, parameters(statement))...)
	if err != nil {
		t.Errorf("%v\n\t%s", err, squeeze(statement))
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if m := scanned.FindStringSubmatch(detail); m != nil && slices.Contains(large, table(statement, m[1])) {
			faults = append(faults, detail)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return faults
}

// table is the table behind an alias.
func table(statement, alias string) string {
	if slices.Contains(large, alias) {
		return alias
	}
	m := regexp.MustCompile(`(?i)\b(\w+)\s+(?:as\s+)?`+regexp.QuoteMeta(alias)+`\b`).FindAllStringSubmatch(comment.ReplaceAllString(statement, ""), -1)
	for _, found := range m {
		if slices.Contains(large, found[1]) {
			return found[1]
		}
	}
	return ""
}

var (
	sequential = regexp.MustCompile(`Seq Scan on (\w+)`)
	indexed    = regexp.MustCompile(`Index(?: Only)? Scan.* on (\w+)`)
)

func explainPostgres(t *testing.T, db *sql.DB, statement string) (faults []string) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	arguments := ""
	if n := parameters(statement); n > 0 {
		arguments = "(" + strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ") + ")"
	}
	for _, s := range []string{"SET enable_seqscan = off", "SET enable_mergejoin = off", "SET enable_hashjoin = off", "SET plan_cache_mode = force_generic_plan", "DEALLOCATE ALL", "PREPARE statement AS " + statement} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			t.Errorf("%v\n\t%s", err, squeeze(statement))
			return nil
		}
	}
	rows, err := conn.QueryContext(ctx, "EXPLAIN EXECUTE statement"+arguments)
	if err != nil {
		t.Errorf("%v\n\t%s", err, squeeze(statement))
		return nil
	}
	defer rows.Close()
	var whole string // an index scan without a condition reads the whole index
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, "->") || whole != "" && strings.Contains(line, "Index Cond") {
			if whole != "" && !strings.Contains(line, "Index Cond") {
				faults = append(faults, whole)
			}
			whole = ""
		}
		if m := sequential.FindStringSubmatch(line); m != nil && slices.Contains(large, m[1]) {
			faults = append(faults, strings.TrimSpace(line))
		}
		if m := indexed.FindStringSubmatch(line); m != nil && slices.Contains(large, m[1]) {
			whole = strings.TrimSpace(line)
		}
	}
	if whole != "" {
		faults = append(faults, whole)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return faults
}

// address is a database of the test's own: empty for SQLite.
func address(t *testing.T, engine string) string {
	if engine == "sqlite" {
		return ""
	}
	if _, err := url.Parse(storetest.Options(t, engine).URL); err != nil {
		t.Fatal(err)
	}
	return storetest.URL(t)
}
