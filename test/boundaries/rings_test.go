package boundaries

import (
	"slices"
	"strings"
	"testing"
)

// ring is a set of packages and what they may know of the rest of the module.
// A package may always know its own subfolders' parents and its test suites.
type ring struct {
	name     string
	packages []string // with everything below them
	knows    []string // rings, or single packages
	stdOnly  bool     // nothing from other modules
	why      string
}

// rings is the architecture (ARCHITECTURE.md), from the inside out.
var rings = []ring{
	{name: "words", stdOnly: true, knows: []string{"words"},
		packages: []string{"internal/wa", "internal/fault", "internal/txn"},
		why:      "words are what all others exchange: whatever they import, everybody imports"},
	{name: "ground", knows: []string{"words"},
		packages: []string{"internal/journal", "internal/jobs"},
		why:      "the journal and the jobs carry every noun and must not know one"},
	{name: "nouns", knows: []string{"words", "ground"},
		packages: []string{"internal/account", "internal/number", "internal/contact", "internal/template", "internal/inbox", "internal/desk", "internal/presence", "internal/outbox", "internal/media", "internal/premises",
			"internal/flow", "internal/broadcast", "internal/order", "internal/panel", "internal/callback", "internal/analytics", "internal/privacy", "internal/search", "internal/routing"},
		why: "a noun never imports a noun or an edge: it declares the small interface it needs, and internal/app fits another package to it"},
	{name: "meta", knows: []string{"words"},
		packages: []string{"internal/meta"},
		why:      "meta is Meta's wire format and nothing else"},
	{name: "sandbox", knows: []string{"internal/meta", "words"},
		packages: []string{"internal/sandbox"},
		why:      "the sandbox plays Meta's part: sharing code with the product would let both be wrong in the same way"},
	{name: "edges", knows: []string{"words", "ground", "nouns", "meta", "internal/telemetry", "internal/patience"},
		packages: []string{"internal/provider", "internal/facade", "internal/api", "internal/webhook", "internal/mail", "internal/signon", "internal/integration", "internal/blob", "internal/store"},
		why:      "an edge serves the nouns; two edges that need each other are fitted together in internal/app"},
	{name: "tools", knows: []string{"words", "tools"},
		packages: []string{"internal/seal", "internal/config", "internal/telemetry", "internal/patience"},
		why:      "tools know no part of the product, so that every part may be built without them"},
	{name: "sandboxclient", packages: []string{"sandboxclient"}, stdOnly: true,
		why: "the sandbox's client is for other people's tests: it must not drag the product along"},
	{name: "web", packages: []string{"web"}, stdOnly: true,
		why: "package web holds the built pages and nothing else"},
	{name: "app", knows: []string{"words", "ground", "nouns", "meta", "sandbox", "edges", "tools", "web"},
		packages: []string{"internal/app"},
		why:      "app is the only package that knows them all"},
	{name: "cmd", knows: []string{"app", "words", "nouns", "tools", "sandbox", "web"},
		packages: []string{"cmd"},
		why:      "commands parse and call; what they start is wired in internal/app, so that tests can start it too"},
	{name: "tests", knows: []string{"app", "words", "ground", "nouns", "meta", "sandbox", "edges", "tools", "web", "cmd"},
		packages: []string{"test"},
		why:      "nothing of the product may need the tests"},
}

// suites are test support of a package: they may know what their tests need.
func suite(pkg string) bool { return strings.HasSuffix(pkg, "test") && pkg != "test" }

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// ringOf finds the ring of a package; the longest folder wins.
func ringOf(pkg string) *ring {
	var found *ring
	length := -1
	for i := range rings {
		for _, folder := range rings[i].packages {
			if within(pkg, folder) && len(folder) > length {
				found, length = &rings[i], len(folder)
			}
		}
	}
	return found
}

func TestEveryPackageHasItsRing(t *testing.T) {
	for _, f := range goFiles(t) {
		if ringOf(f.pkg) == nil {
			t.Errorf("%s: package %s stands in no ring. Decide what it is and add it to rings in %s.", f.path, f.pkg, "test/boundaries/rings_test.go")
		}
	}
}

func TestPackagesKnowOnlyWhatTheirRingMay(t *testing.T) {
	for _, f := range goFiles(t) {
		from := ringOf(f.pkg)
		if from == nil || f.test || suite(f.pkg) {
			continue
		}
		for _, imported := range f.imports {
			if external(imported) && from.stdOnly {
				t.Errorf("%s imports %s, but %s use the standard library only, since %s.", f.path, imported, from.name, from.why)
			}
			pkg, own := ours(imported)
			if !own || mayKnow(from, f.pkg, pkg) {
				continue
			}
			t.Errorf("%s imports %s, which is not for %s: %s.", f.path, imported, from.name, from.why)
		}
	}
}

func mayKnow(from *ring, pkg, imported string) bool {
	if suite(imported) {
		return false // test support stays out of the product
	}
	for _, folder := range from.packages {
		if within(pkg, folder) && within(imported, folder) {
			return true // one noun's, or one contract's, own folders
		}
	}
	to := ringOf(imported)
	return to != nil && (slices.Contains(from.knows, to.name) || slices.Contains(from.knows, imported))
}

// Tests may use real databases and suites, but a sandbox that is tested with the
// product's own parts would prove nothing.
func TestSandboxTestsStayOutside(t *testing.T) {
	for _, f := range goFiles(t) {
		if !within(f.pkg, "internal/sandbox") {
			continue
		}
		for _, imported := range f.imports {
			pkg, own := ours(imported)
			if to := ringOf(pkg); own && !within(pkg, "internal/sandbox") && (to == nil || (to.name != "meta" && to.name != "words")) {
				t.Errorf("%s imports %s: the sandbox and its tests know only meta and the words, since it stands for Meta.", f.path, imported)
			}
		}
	}
}

// The rules themselves: what must be refused is refused, what must be allowed is allowed.
func TestTheRulesRefuseAndAllow(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"internal/inbox", "internal/wa", true},
		{"internal/inbox", "internal/journal", true},
		{"internal/inbox", "internal/contact", false},
		{"internal/inbox", "internal/store", false},
		{"internal/flow", "internal/flow/parse", true},
		{"internal/wa", "internal/journal", false},
		{"internal/journal", "internal/outbox", false},
		{"internal/store", "internal/inbox", true},
		{"internal/store", "internal/store/storetest", false},
		{"internal/provider/cloudapi", "internal/provider", true},
		{"internal/provider", "internal/provider/cloudapi", true},
		{"internal/provider/cloudapi", "internal/meta", true},
		{"internal/provider/cloudapi", "internal/store", false},
		{"internal/api", "internal/app", false},
		{"internal/sandbox", "internal/meta", true},
		{"internal/sandbox", "internal/inbox", false},
		{"internal/meta", "internal/wa", true},
		{"internal/meta", "internal/inbox", false},
		{"internal/app", "internal/store", true},
		{"internal/app", "cmd/kontor", false},
		{"cmd/kontor", "internal/app", true},
		{"cmd/kontor", "internal/store", false},
	} {
		if got := mayKnow(ringOf(c.from), c.from, c.to); got != c.want {
			t.Errorf("may %s import %s: got %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
