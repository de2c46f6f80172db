package onprem

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

var goldenPair = regexp.MustCompile(`(?m)^> (GET|POST|PUT|PATCH|DELETE) (\S.*)\n(?:> ?.*\n)*< 2\d\d`)

// RoutesWithout are the calls of the API of which the files hold no request that
// was answered well.
func RoutesWithout(t *testing.T, pattern string) (missing []string) {
	t.Helper()
	router := New(Deps{}).router
	seen := map[string]bool{}
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range goldenPair.FindAllStringSubmatch(string(text), -1) {
			path, _, _ := strings.Cut(pair[2], "?")
			path = strings.TrimRight(strings.NewReplacer("<", "", ">", "").Replace(path), "/")
			found := chi.NewRouteContext()
			if router.Match(found, pair[1], path) {
				seen[pair[1]+" "+found.RoutePattern()] = true
			}
		}
	}
	err = chi.Walk(router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !seen[method+" "+route] {
			missing = append(missing, method+" "+route)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(missing)
	return missing
}
