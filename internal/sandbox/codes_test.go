package sandbox

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kontor/internal/meta"
)

// produced are the errors that the tests of this package have seen over HTTP:
// in answers, in failed statuses and in customers' messages.
var produced = &seen{codes: map[string]bool{}}

type seen struct {
	mu    sync.Mutex
	codes map[string]bool // "code" and "code/subcode"
}

// note remembers one error object.
func (s *seen) note(e any) {
	code, ok := member(e, "code").(json.Number)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code.String()] = true
	if sub, ok := member(e, "error_subcode").(json.Number); ok {
		s.codes[code.String()+"/"+sub.String()] = true
	}
}

// webhook remembers the errors in a value.
func (s *seen) webhook(value any) {
	for _, list := range []string{"statuses", "messages"} {
		all, _ := member(value, list).([]any)
		for _, each := range all {
			errors, _ := member(each, "errors").([]any)
			for _, e := range errors {
				s.note(e)
			}
		}
	}
}

// TestMain fails when a code that the sandbox can answer by itself was produced
// by no test. It only judges whole runs.
func TestMain(m *testing.M) {
	code := m.Run()
	whole := true
	for _, name := range []string{"test.run", "test.skip", "test.fuzz", "test.list"} {
		whole = whole && flag.Lookup(name).Value.String() == ""
	}
	if code == 0 && whole {
		for _, row := range emittedCodes {
			if !produced.codes[row.key()] && !row.untestable {
				fmt.Printf("no test has produced %s: %s\n", row.key(), row.When)
				code = 1
			}
		}
		for key := range produced.codes {
			if !slices.ContainsFunc(emittedCodes, func(row emittedCode) bool { return row.key() == key || itoa(row.Code) == key }) {
				fmt.Printf("a test has produced %s, which is not in emittedCodes (codes.go)\n", key)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// TestEveryCodeIsInTheTable reads the sources: whatever code a refusal or a doom
// is made with stands in emittedCodes.
func TestEveryCodeIsInTheTable(t *testing.T) {
	written := codesInSource(t)
	table := map[string]bool{}
	for _, row := range emittedCodes {
		if table[row.key()] {
			t.Errorf("%s stands in the table twice", row.key())
		}
		table[row.key()] = true
		if row.When == "" {
			t.Errorf("%s: the table does not tell when", row.key())
		}
		if _, known := meta.LookupError(row.Code); !known && !slices.Contains([]int{2200, 2500, 101, 136024, 136025, 139000, 139001, 139002, 139003, 139004, 139100}, row.Code) {
			t.Errorf("%s is not in the table of Meta's errors", row.key())
		}
	}
	for _, s := range standings {
		written[strconv.Itoa(s.code)] = "standings"
	}
	for key, where := range written {
		if code, _, _ := strings.Cut(key, "/"); !table[key] && (code != "136024" && code != "136025" || code != key) { // these always have a subcode
			t.Errorf("%s makes an error %s that is not in emittedCodes (codes.go)", where, key)
		}
	}
}

// codesInSource finds "code" and "code/subcode" of every refusal and doom, with
// the place of one of them.
func codesInSource(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var trees []*ast.File
	consts := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
		ast.Inspect(tree, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == 1 && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.INT {
					consts[spec.Names[0].Name] = strings.ReplaceAll(lit.Value, "_", "")
				}
			}
			return true
		})
	}
	number := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			return strings.ReplaceAll(e.Value, "_", "")
		case *ast.Ident:
			return consts[e.Name]
		}
		return ""
	}
	found := map[string]string{}
	for _, tree := range trees {
		ast.Inspect(tree, func(n ast.Node) bool {
			place := func() string { return fset.Position(n.Pos()).String() }
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "refuse" && len(n.Args) > 0 {
					if code := number(n.Args[0]); code != "" {
						found[code] = place()
					}
				} else if ok && f.Name == "badTemplate" && number(n.Args[0]) != "" && number(n.Args[0]) != "0" {
					found["100/"+number(n.Args[0])] = place()
				}
			case *ast.CompositeLit:
				kind, _ := n.Type.(*ast.Ident)
				if _, isMap := n.Type.(*ast.MapType); isMap { // an error inside a webhook
					for _, e := range n.Elts {
						if pair, ok := e.(*ast.KeyValueExpr); ok {
							if key, ok := pair.Key.(*ast.BasicLit); ok && key.Value == `"code"` && number(pair.Value) != "" {
								found[number(pair.Value)] = place()
							}
						}
					}
				}
				if kind == nil || (kind.Name != "refusal" && kind.Name != "doom") {
					return true
				}
				code, sub := "", ""
				for i, e := range n.Elts {
					if pair, ok := e.(*ast.KeyValueExpr); ok {
						switch pair.Key.(*ast.Ident).Name {
						case "code":
							code = number(pair.Value)
						case "subcode":
							sub = number(pair.Value)
						}
					} else if i == 0 {
						code = number(e)
					}
				}
				if code != "" {
					found[code] = place()
				}
				if code != "" && sub != "" && sub != "0" {
					found[code+"/"+sub] = place()
				}
			}
			return true
		})
	}
	return found
}
