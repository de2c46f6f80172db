// Package blobtest is the suite that every blob store must pass.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"kontor/internal/blob"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

const ws wa.WorkspaceID = 41

// Run runs the suite; open makes an empty store and cleans up with the test.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"keeps what was put":                    keeps,
		"reads from any place":                  seeks,
		"the same bytes twice are one blob":     twice,
		"workspaces see only their own":         rooms,
		"a failing source leaves nothing":       failing,
		"an ended context leaves nothing":       ended,
		"deleting is final and can be repeated": deletes,
		"a key is never a path":                 paths,
		"many at once":                          many,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func random(size int) []byte {
	b := make([]byte, size)
	rand.Read(b)
	return b
}

func put(t *testing.T, s blob.Store, w wa.WorkspaceID, b []byte) wa.BlobKey {
	t.Helper()
	// Not a bytes.Reader: a store must not count on more than Read.
	key, size, err := s.Put(context.Background(), w, struct{ io.Reader }{bytes.NewReader(b)})
	if err != nil {
		t.Fatal(err)
	}
	if want := blob.KeyOf(sha256.Sum256(b)); key != want || size != int64(len(b)) {
		t.Fatalf("got key %s and size %d, want %s and %d", key, size, want, len(b))
	}
	return key
}

func read(t *testing.T, s blob.Store, w wa.WorkspaceID, key wa.BlobKey) []byte {
	t.Helper()
	r, err := s.Open(context.Background(), w, key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustMiss(t *testing.T, s blob.Store, w wa.WorkspaceID, key wa.BlobKey) {
	t.Helper()
	if r, err := s.Open(context.Background(), w, key); !fault.Is(err, fault.NotFound) {
		if err == nil {
			r.Close()
		}
		t.Errorf("open %q: got %v, want a not_found fault", key, err)
	}
	if there, err := s.Exists(context.Background(), w, key); there || err != nil {
		t.Errorf("exists %q: got %v, %v; want false", key, there, err)
	}
}

func keeps(t *testing.T, s blob.Store) {
	for _, size := range []int{0, 1, 3000, 300_000} {
		b := random(size)
		key := put(t, s, ws, b)
		if got := read(t, s, ws, key); !bytes.Equal(got, b) {
			t.Errorf("size %d: got other bytes back", size)
		}
		if there, err := s.Exists(context.Background(), ws, key); !there || err != nil {
			t.Errorf("size %d: exists: got %v, %v; want true", size, there, err)
		}
	}
}

func seeks(t *testing.T, s blob.Store) {
	b := random(200_000)
	r, err := s.Open(context.Background(), ws, put(t, s, ws, b))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := iotest.TestReader(r, b); err != nil {
		t.Fatal(err)
	}
}

func twice(t *testing.T, s blob.Store) {
	b := random(1000)
	first, second := put(t, s, ws, b), put(t, s, ws, b)
	if first != second {
		t.Fatalf("got keys %s and %s, want one", first, second)
	}
	if got := read(t, s, ws, first); !bytes.Equal(got, b) {
		t.Fatal("got other bytes back")
	}
}

func rooms(t *testing.T, s blob.Store) {
	b := random(1000)
	key := put(t, s, ws, b)
	mustMiss(t, s, ws+1, key)
	put(t, s, ws+1, b)
	if err := s.Delete(context.Background(), ws, key); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, ws+1, key); !bytes.Equal(got, b) {
		t.Fatal("one workspace's deletion took another's blob")
	}
}

func failing(t *testing.T, s blob.Store) {
	b := random(100_000)
	broken := fault.New(fault.TooLarge, "too_large", "", "")
	_, _, err := s.Put(context.Background(), ws, io.MultiReader(bytes.NewReader(b), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !fault.Is(err, fault.TooLarge) {
		t.Fatalf("got %v, want the source's own error", err)
	}
	mustMiss(t, s, ws, blob.KeyOf(sha256.Sum256(b)))
}

func ended(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := s.Put(ctx, ws, strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's error", err)
	}
	mustMiss(t, s, ws, blob.KeyOf(sha256.Sum256([]byte("late"))))
}

func deletes(t *testing.T, s blob.Store) {
	key := put(t, s, ws, random(1000))
	for range 2 {
		if err := s.Delete(context.Background(), ws, key); err != nil {
			t.Fatal(err)
		}
		mustMiss(t, s, ws, key)
	}
}

func paths(t *testing.T, s blob.Store) {
	for _, key := range []wa.BlobKey{"", "a", "../../etc/passwd", "/etc/passwd",
		wa.BlobKey(strings.Repeat("../", 21) + "x"), wa.BlobKey(strings.Repeat("A", 64)), wa.BlobKey(strings.Repeat("0", 63) + "/")} {
		mustMiss(t, s, ws, key)
		if err := s.Delete(context.Background(), ws, key); err != nil {
			t.Errorf("delete %q: got %v, want nothing done", key, err)
		}
	}
}

func many(t *testing.T, s blob.Store) {
	same := random(50_000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, _, err := s.Put(context.Background(), ws, bytes.NewReader(same)); err != nil {
				t.Error(err)
			}
			own := random(10_000)
			key, _, err := s.Put(context.Background(), ws, bytes.NewReader(own))
			if err != nil {
				t.Error(err)
				return
			}
			r, err := s.Open(context.Background(), ws, key)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, own) {
				t.Errorf("got %d bytes and %v, want the %d put", len(got), err, len(own))
			}
		})
	}
	all.Wait()
	if got := read(t, s, ws, blob.KeyOf(sha256.Sum256(same))); !bytes.Equal(got, same) {
		t.Error("got other bytes back")
	}
}
