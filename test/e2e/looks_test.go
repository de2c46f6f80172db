package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestLooks looks at every page of a house in which people work.
func TestLooks(t *testing.T) {
	p, dir := newProduct(t)
	picture := filepath.Join(dir, "bicycle.png")
	writePicture(t, picture)
	p.start()
	p.tell(t, "looks", "E2E_SIGNIN="+p.link, "E2E_OTHER="+p.newLink("--name=Ben Krüger"), "E2E_PICTURE="+picture)
	p.stop()
}

// TestEveryPageIsLookedAt compares the addresses that the app knows with those
// that TestLooks looks at: a new page needs a line in pages.mjs.
func TestEveryPageIsLookedAt(t *testing.T) {
	routes := all(t, "../../web/src/routes.tsx", `path: '(/[^']*)'`)
	sections := all(t, "../../web/src/settings/sections.ts", `name: '(\w+)'`)
	looked := all(t, "pages.mjs", `\{ route: '(/[^']*)'`)
	lookedIn := all(t, "pages.mjs", `section: '(\w+)'`)
	if len(routes) < 10 || len(sections) < 5 {
		t.Fatalf("found the routes %q and the sections %q: they are written in another way now", routes, sections)
	}
	for _, route := range routes {
		if !slices.Contains(looked, route) {
			t.Errorf("nobody looks at %s: add it to pages.mjs", route)
		}
	}
	for _, section := range sections {
		if !slices.Contains(lookedIn, section) {
			t.Errorf("nobody looks at the section %s of the settings: add it to pages.mjs", section)
		}
	}
}

// all are the first groups of everything that pattern matches in a file.
func all(t *testing.T, name, pattern string) (found []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1])
	}
	return found
}
