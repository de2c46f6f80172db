package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kontor/internal/seal"
)

func TestOfManyWhoMakeTheKeyAllGetTheSame(t *testing.T) {
	dir := t.TempDir()
	if _, found, err := seal.ReadKey(dir); found || err != nil {
		t.Fatalf("got %v, %v; want no key yet", found, err)
	}
	keys := make([][]byte, 16)
	var makers sync.Map
	var all sync.WaitGroup
	for n := range keys {
		all.Go(func() {
			key, made, err := seal.MakeKey(dir, func(b []byte) { rand.Read(b) })
			if err != nil {
				t.Error(err)
			}
			if made {
				makers.Store(n, true)
			}
			keys[n] = key
		})
	}
	all.Wait()
	count := 0
	makers.Range(func(any, any) bool { count++; return true })
	kept, found, err := seal.ReadKey(dir)
	if err != nil || !found || count != 1 {
		t.Fatalf("got %v, %v and %d makers; want one", found, err, count)
	}
	for _, key := range keys {
		if !bytes.Equal(key, kept) {
			t.Error("got a key that is not the one kept")
		}
	}
	info, err := os.Stat(filepath.Join(dir, seal.KeyFileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v; want a file for its owner alone", info.Mode(), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("got %d files, %v; want the key alone", len(left), err)
	}
}

func TestKeysThatDoNotFitSaySo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, seal.KeyFileName), []byte("c2hvcnQ=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := seal.ReadKey(dir); err == nil || !strings.Contains(err.Error(), seal.KeyFileName) {
		t.Errorf("got %v, want the file named", err)
	}
	one, other := make([]byte, seal.KeyLength), bytes.Repeat([]byte{1}, seal.KeyLength)
	keyset, err := seal.NewKeyset(one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.New(other, keyset); !errors.Is(err, seal.ErrKey) {
		t.Errorf("got %v, want ErrKey", err)
	}
}

func TestSealedTextIsBoundToItsPlace(t *testing.T) {
	s := newSealer(t)
	sealed, err := s.Seal([]byte("hello"), []byte("1/message.content"))
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"2/message.content", "1/number.app_secret", ""} {
		if _, err := s.Open(sealed, []byte(place)); err == nil {
			t.Errorf("opened at %q, want it refused", place)
		}
	}
	if got, err := s.Open(sealed, []byte("1/message.content")); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}
