package boundaries

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// query matches the beginning of an SQL statement as we write them.
var query = regexp.MustCompile(`(?s)^\s*(SELECT\s.+\sFROM\s|SELECT 1|INSERT INTO\s|UPDATE\s+\w+\s+SET\s|DELETE FROM\s|CREATE (TABLE|INDEX|SCHEMA)\s|WITH \w+ AS\s)`)

func TestSQLStandsInStoreOnly(t *testing.T) {
	for _, f := range goFiles(t) {
		if within(f.pkg, "internal/store") || within(f.pkg, "test") {
			continue
		}
		for _, imported := range f.imports {
			if imported == "database/sql" || strings.HasPrefix(imported, "github.com/jackc/pgx") || strings.HasPrefix(imported, "modernc.org/sqlite") {
				t.Errorf("%s imports %s: only internal/store speaks to a database, so that every query runs, and is tested, on both.", f.path, imported)
			}
		}
		f.literals(func(text string, line int) {
			if query.MatchString(text) {
				t.Errorf("%s:%d holds SQL: queries stand in internal/store, one file per noun, where storetest runs them on both databases.", f.path, line)
			}
		})
	}
}

func TestQueryIsRecognised(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT id FROM message WHERE id = $1":                       true,
		"\n\tINSERT INTO message (id) VALUES ($1)":                   true,
		"UPDATE message SET status = $1":                             true,
		"DELETE FROM message":                                        true,
		"Select one of the templates from the list.":                 false,
		"UPDATE your templates":                                      false,
		"an update of " + "the settings is needed; SELECT is a word": false,
	} {
		if got := query.MatchString(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestNounsKnowNoHTTP(t *testing.T) {
	for _, f := range goFiles(t) {
		if r := ringOf(f.pkg); r == nil || f.test || suite(f.pkg) || (r.name != "nouns" && r.name != "words" && r.name != "ground") {
			continue
		}
		for _, imported := range f.imports {
			if imported == "net/http" || strings.HasPrefix(imported, "net/http/") {
				t.Errorf("%s imports %s: a noun states rules and is asked by any protocol; HTTP stands in the edges.", f.path, imported)
			}
		}
	}
}

// wire are members that only Meta's own JSON has.
var wire = regexp.MustCompile(`\bjson:"(messaging_product|recipient_type)\b`)

func TestGraphJSONStandsAtTheEdges(t *testing.T) {
	allowed := []string{"internal/meta", "internal/provider", "internal/facade", "internal/sandbox", "test"}
	for _, f := range goFiles(t) {
		ok := f.test
		for _, folder := range allowed {
			ok = ok || within(f.pkg, folder)
		}
		if ok {
			continue
		}
		f.literals(func(text string, line int) {
			if wire.MatchString(text) {
				t.Errorf("%s:%d declares Meta's JSON: it stands in internal/meta, the carriers, the façades and the sandbox, so that a change at Meta's has one place.", f.path, line)
			}
		})
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	commented := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		text := ""
		if f.tree.Doc != nil {
			text = f.tree.Doc.Text()
		}
		name := f.tree.Name.Name
		whole := strings.HasPrefix(text, "Package "+name+" ") || (name == "main" && text != "")
		commented[f.pkg] = commented[f.pkg] || whole
	}
	for pkg, ok := range commented {
		if !ok {
			t.Errorf("%s has no package comment: it is the letter to the next reader. Say what it is for, how its parts fit and what it never does, beginning with \"Package …\".", pkg)
		}
	}
}

const longest = 600

func TestFilesCanBeReadInOneSitting(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.lines > longest {
			t.Errorf("%s has %d lines: at most %d, since a longer file hides a noun that wants a file of its own.", f.path, f.lines, longest)
		}
	}
}

func TestNoInit(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, decl := range f.tree.Decls {
			if name := funcName(decl); name == "init" {
				t.Errorf("%s has an init function: lists are written out (all.go) and started by name, so that nothing happens by an import.", f.path)
			}
		}
	}
}

// unfinished marks work left for later; the words are put together so that this file passes.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X:)\b`)

func TestNothingIsLeftForLater(t *testing.T) {
	for _, path := range files(t, ".go", ".ts", ".tsx", ".css", ".sql", ".sh", ".md", "Makefile", ".ci/run") {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if word := unfinished.FindString(line); word != "" {
				t.Errorf("%s:%d says %s: finish it, or open an issue and say what holds today.", path, i+1, word)
			}
		}
	}
}
