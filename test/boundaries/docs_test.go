package boundaries

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// declared collects what the code declares: "outbox.Outbox.Accept", "inbox.Inbox", "outbox.Check".
func declared(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		pkg := f.tree.Name.Name
		for _, decl := range f.tree.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				names[pkg+"."+receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[pkg+"."+s.Name.Name] = true
						if contract, ok := s.Type.(*ast.InterfaceType); ok {
							for _, method := range contract.Methods.List {
								for _, n := range method.Names {
									names[pkg+"."+s.Name.Name+"."+n.Name] = true
								}
							}
						}
					case *ast.ValueSpec:
						for _, n := range s.Names {
							names[pkg+"."+n.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	kind := d.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if generic, ok := kind.(*ast.IndexExpr); ok {
		kind = generic.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}

var (
	codeName = regexp.MustCompile("`([a-z0-9]+(?:\\.[A-Za-z0-9]+)+)`")
	codePath = regexp.MustCompile("`((?:\\.\\./)*(?:cmd|internal|web|docs|test|\\.ci)/[A-Za-z0-9_./-]*)`")
	link     = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// Guides name packages, functions and files; they go stale in silence unless something reads them.
func TestGuidesNameWhatExists(t *testing.T) {
	names := declared(t)
	packages := map[string]bool{}
	for name := range names {
		pkg, _, _ := strings.Cut(name, ".")
		packages[pkg] = true
	}
	for _, path := range files(t, ".md") {
		if within(filepath.ToSlash(filepath.Dir(path)), "web") {
			continue // speaks of web/src in its own way
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		planned := false // a section that says which files begin a folder that does not exist yet
		for i, line := range strings.Split(string(text), "\n") {
			planned = planned && !strings.HasPrefix(line, "## ") || strings.Contains(line, "begins with")
			for _, m := range codeName.FindAllStringSubmatch(line, -1) {
				pkg, _, _ := strings.Cut(m[1], ".")
				if packages[pkg] && !names[m[1]] && !fileName(m[1]) {
					t.Errorf("%s:%d names %s, which the code does not declare.", path, i+1, m[1])
				}
			}
			for _, m := range codePath.FindAllStringSubmatch(line, -1) {
				if planned || strings.Contains(m[1], "NAME") {
					continue
				}
				if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
					t.Errorf("%s:%d names %s, which does not exist.", path, i+1, m[1])
				}
			}
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if _, err := os.Stat(filepath.Join(root, filepath.Dir(path), m[1])); err != nil {
					t.Errorf("%s:%d links to %s, which does not exist.", path, i+1, m[1])
				}
			}
		}
	}
}

// fileName tells "settings.go" and "message.key" from a name in the code.
func fileName(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".md", ".key", ".json", ".yaml", ".sql", ".ts", ".tsx", ".mod", ".sum", ".com", ".fetch":
		return true
	}
	return false
}

const mapLength = 200

func TestTheMapListsEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > mapLength {
		t.Errorf("ARCHITECTURE.md has %d lines: at most %d, so that people read it.", n, mapLength)
	}
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		if seen[f.pkg] || suite(f.pkg) || !within(f.pkg, "internal") {
			continue
		}
		seen[f.pkg] = true
		name := strings.TrimPrefix(f.pkg, "internal/")
		if top, _, below := strings.Cut(name, "/"); below {
			name = top // a folder's own folders are its own affair
		}
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("ARCHITECTURE.md does not name package %s (as `%s`).", f.pkg, name)
		}
	}
}
