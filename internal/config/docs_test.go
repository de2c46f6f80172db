package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"kontor/internal/config"
)

const (
	docs  = "../../docs/configuration.md"
	begin = "<!-- settings: written by `KONTOR_UPDATE=1 go test ./internal/config` -->\n"
	end   = "<!-- end of settings -->\n"
)

// The table in docs/configuration.md is the table in settings.go.
func TestDocumentationListsEverySetting(t *testing.T) {
	page, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has lost the lines %q and %q between which the settings stand", docs, begin, end)
	}
	want := before + begin + table() + end + after
	if os.Getenv("KONTOR_UPDATE") == "1" {
		if err := os.WriteFile(docs, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Errorf("%s does not list the settings as they are; run KONTOR_UPDATE=1 go test ./internal/config", docs)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("\n| environment | file | flag | default | meaning |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range config.Settings() {
		env, key, standard := code(s.Env), code(s.Key), "none"
		if s.Secret {
			env += " or " + code(s.Env+"_FILE")
			key += " or " + code(s.Key+"_file")
		}
		if s.Default != "" {
			standard = code(s.Default)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", env, key, code("--"+s.Flag), standard, s.Help)
	}
	b.WriteByte('\n')
	return b.String()
}

func code(text string) string { return "`" + text + "`" }
