package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
)

// TestTheWebAppKnowsTheAPI makes the web app's types of the API anew and compares
// them with those in the repository. KONTOR_UPDATE=1 writes them.
func TestTheWebAppKnowsTheAPI(t *testing.T) {
	const kept, tool = "../../web/src/api/schema.ts", "../../web/node_modules/.bin/openapi-typescript"
	if _, err := os.Stat(tool); err != nil {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			t.Fatal("the web app's tools are missing, and KONTOR_TEST_ALL=1 demands them: npm --prefix web ci")
		}
		t.Skip("needs the web app's tools: npm --prefix web ci")
	}
	c, err := config.Load(config.Flags{}, []string{"KONTOR_DATA=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	document, made := filepath.Join(t.TempDir(), "openapi.json"), filepath.Join(t.TempDir(), "schema.ts")
	if err := os.WriteFile(document, a.OpenAPI(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if said, err := exec.CommandContext(ctx, tool, document, "-o", made).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("KONTOR_UPDATE") == "1" {
		if err := os.WriteFile(kept, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(have, want) {
		return
	}
	lines := strings.Split(string(have), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(lines) || lines[i] != line {
			t.Fatalf("web/src/api/schema.ts is not what the API says, from line %d:\n%s\nRun: KONTOR_UPDATE=1 go test -run TestTheWebAppKnowsTheAPI ./internal/app", i+1, line)
		}
	}
	t.Fatal("web/src/api/schema.ts says more than the API. Run: KONTOR_UPDATE=1 go test -run TestTheWebAppKnowsTheAPI ./internal/app")
}
