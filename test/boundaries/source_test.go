package boundaries

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "kontor"
)

// file is a Go file of the module. Its package is the folder's path below the module.
type file struct {
	path    string // from the root: "internal/wa/wa.go"
	pkg     string // "internal/wa"
	test    bool   // a _test.go file
	imports []string
	tree    *ast.File
	fset    *token.FileSet
	lines   int
}

// goFiles reads every Go file of the module.
func goFiles(t *testing.T) []file {
	t.Helper()
	fset := token.NewFileSet()
	var all []file
	for _, path := range files(t, ".go") {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		f := file{path: path, pkg: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(path, "_test.go"), tree: tree, fset: fset, lines: strings.Count(string(text), "\n")}
		for _, spec := range tree.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			f.imports = append(f.imports, name)
		}
		all = append(all, f)
	}
	if len(all) < 50 {
		t.Fatalf("found only %d Go files; the tests look in the wrong place", len(all))
	}
	return all
}

// files lists the files with one of the endings that are written by hand, from the root.
func files(t *testing.T, endings ...string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch name := entry.Name(); {
			case name == "node_modules", name == "testdata", name == "kontor-data", rel == "web/dist", rel == "bin",
				strings.HasPrefix(name, ".") && rel != "." && rel != ".ci":
				return filepath.SkipDir
			}
			return nil
		}
		if slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(rel, e) }) {
			all = append(all, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ours is the package's path below the module, and whether it is one of ours.
func ours(imported string) (string, bool) {
	pkg, ok := strings.CutPrefix(imported, module+"/")
	return pkg, ok
}

// external reports whether the import is neither ours nor the standard library's.
func external(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	_, own := ours(imported)
	return !own && strings.Contains(first, ".")
}

// literals calls f with every string literal of the file, but for imports.
func (f file) literals(visit func(text string, line int)) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if _, ok := n.(*ast.ImportSpec); ok {
			return false
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				visit(text, f.fset.Position(lit.Pos()).Line)
			}
		}
		return true
	})
}

// funcName is the name of a plain function, or "".
func funcName(decl ast.Decl) string {
	if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
		return fn.Name.Name
	}
	return ""
}
