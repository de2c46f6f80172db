package disk_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kontor/internal/blob"
	"kontor/internal/blob/blobtest"
	"kontor/internal/blob/disk"
)

func open(t *testing.T, dir string) *disk.Store {
	t.Helper()
	s, err := disk.Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestDisk(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, t.TempDir()) })
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestLayout(t *testing.T) {
	dir := t.TempDir()
	key, size, err := open(t, dir).Put(context.Background(), 7, strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if key != hash || size != 3 {
		t.Fatalf("got %s and %d, want the SHA-256 of abc and 3 bytes", key, size)
	}
	got := files(t, dir)
	if want := "7/ba/78/" + hash; len(got) != 1 || filepath.ToSlash(got[0]) != want {
		t.Fatalf("got files %v, want only %s", got, want)
	}
	stat, err := os.Stat(filepath.Join(dir, got[0]))
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Fatalf("got mode %v, %v; want a file that only its owner reads", stat.Mode(), err)
	}
}

func TestNothingOutsideItsRoot(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, "7")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(context.Background(), 7, strings.NewReader("abc")); err == nil {
		t.Error("got no error, want a refusal to follow the link")
	}
	if got := files(t, outside); len(got) != 0 {
		t.Errorf("got files %v outside the root, want none", got)
	}
	if got := files(t, filepath.Join(dir, "tmp")); len(got) != 0 {
		t.Errorf("got unfinished files %v after a failure, want none", got)
	}
}

func TestStartSweepsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "young": time.Hour} {
		file := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(file, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(file, when, when); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	if got := files(t, dir); len(got) != 1 || got[0] != filepath.Join("tmp", "young") {
		t.Fatalf("got %v, want only the file that may still be written", got)
	}
}
