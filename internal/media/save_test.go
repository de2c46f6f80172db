package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"kontor/internal/fault"
	"kontor/internal/media"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// blobs lists the files below the blob store.
func blobs(w *world) (names []string) {
	w.Helper()
	err := filepath.WalkDir(w.dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return names
}

func (w *world) save(name, declared, content string) media.File {
	w.Helper()
	f, err := w.media.Save(context.Background(), ws, name, declared, strings.NewReader(content), 0)
	if err != nil {
		w.Fatal(err)
	}
	return f
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

func TestSavedFilesCanBeReadFromAnyPlace(t *testing.T) {
	each(t, func(w *world) {
		content := png + strings.Repeat("a picture of a cat ", 20_000)
		f := w.save(`C:\photos\cat.png`, "image/png", content)
		if f.MimeType != "image/png" || f.Filename != "cat.png" || f.Size != int64(len(content)) || f.Kind() != media.Image {
			w.Fatalf("got %+v", f)
		}
		r, got, err := w.media.Open(context.Background(), ws, f.ID)
		if err != nil {
			w.Fatal(err)
		}
		defer r.Close()
		if got.SHA256 != f.SHA256 || got.Blob != f.Blob {
			w.Errorf("got %+v, want %+v", got, f)
		}
		if err := iotest.TestReader(r, []byte(content)); err != nil {
			w.Fatal(err)
		}
	})
}

func TestFilesAreSealedAndBoundToTheirRow(t *testing.T) {
	each(t, func(w *world) {
		f := w.save("a.txt", "text/plain", strings.Repeat("what the customer wrote ", 1000))
		for _, name := range blobs(w) {
			b, err := os.ReadFile(name)
			if err != nil {
				w.Fatal(err)
			}
			if bytes.Contains(b, []byte("customer")) {
				w.Error("got plain text on the disk")
			}
		}
		// A row that names another's blob does not open it.
		thief := f
		thief.ID = w.store.Media().NewID()
		w.write(func(tx txn.Tx) error { return w.store.Media().Insert(tx, thief) })
		if r, _, err := w.media.Open(context.Background(), ws, thief.ID); err == nil {
			r.Close()
			w.Error("a blob opened under another row")
		}
	})
}

func TestATenantSeesOnlyItsOwnFiles(t *testing.T) {
	each(t, func(w *world) {
		f := w.save("a.txt", "", "mine")
		if _, _, err := w.media.Open(context.Background(), other, f.ID); !fault.Is(err, fault.NotFound) {
			w.Errorf("open: got %v, want not_found", err)
		}
		w.write(func(tx txn.Tx) error {
			mime, size, ok, err := w.media.Known(tx, ws, f.Ref())
			if !ok || mime != "text/plain; charset=utf-8" && mime != "text/plain" || size != 4 || err != nil {
				w.Errorf("known: got %s, %d, %v, %v", mime, size, ok, err)
			}
			if _, _, ok, err := w.media.Known(tx, other, f.Ref()); ok || err != nil {
				w.Errorf("known to another: got %v, %v; want no", ok, err)
			}
			if _, _, ok, err := w.media.Known(tx, ws, "med_nonsense"); ok || err != nil {
				w.Errorf("nonsense is known: got %v, %v; want no", ok, err)
			}
			return nil
		})
		if _, failure := w.media.Remote(context.Background(), w.number, f.Ref(), other); failure == nil || failure.Class != wa.ClassNever {
			w.Errorf("remote: got %+v, want never", failure)
		}
		if got := w.graph.uploaded(); len(got) != 0 {
			w.Errorf("got uploads %v, want none", got)
		}
	})
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	broken := errors.New("the line broke")
	cases := []struct {
		name, declared string
		content        io.Reader
		limit          int64
		check          func(error) string
	}{
		{"empty", "text/plain", strings.NewReader(""), 0, code("media_empty")},
		{"a page as a picture", "image/png", strings.NewReader("<html><script>"), 0, code("media_type_mismatch")},
		{"an unknown type of picture", "image/gif", strings.NewReader("GIF89a......"), 0, code("media_type_unsupported")},
		{"a picture over 5 MB", "", io.MultiReader(strings.NewReader(png), zeros(5<<20)), 0, tooLarge(5<<20, 5<<20+int64(len(png)))},
		{"over the caller's own limit", "text/plain", strings.NewReader(strings.Repeat("a", 5000)), 4999, tooLarge(4999, 5000)},
		{"a broken upload", "text/plain", io.MultiReader(strings.NewReader("begins"), iotest.ErrReader(broken)), 0, func(err error) string {
			if !errors.Is(err, broken) {
				return "the reader's error"
			}
			return ""
		}},
		{"an upload that breaks late", "text/plain", io.MultiReader(strings.NewReader(strings.Repeat("a", 99_999)), iotest.ErrReader(io.ErrUnexpectedEOF)), 0, func(err error) string {
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				return "the reader's error"
			}
			return ""
		}},
	}
	refuseAll := func(w *world) {
		for _, c := range cases {
			_, err := w.media.Save(context.Background(), ws, "x", c.declared, c.content, c.limit)
			if want := c.check(err); want != "" {
				w.Errorf("%s: got %v, want %s", c.name, err, want)
			}
		}
		if got := blobs(w); len(got) != 0 {
			w.Errorf("got blobs %v, want none", got)
		}
	}
	// The cases' readers can be read once only: one engine is enough, since nothing reaches the database.
	t.Run("sqlite", func(t *testing.T) { refuseAll(newWorld(t, storetest.Open(t, "sqlite"))) })
}

func code(want string) func(error) string {
	return func(err error) string {
		if fault.As(err).Code != want || !fault.Is(err, fault.Invalid) {
			return want
		}
		return ""
	}
}

func tooLarge(limit, length int64) func(error) string {
	return func(err error) string {
		f := fault.As(err)
		if f.Kind == fault.TooLarge && len(f.Fields) == 1 && int64(f.Fields[0].Limit) == limit && int64(f.Fields[0].Length) == length {
			return ""
		}
		return fmt.Sprintf("too_large with limit %d and length %d", limit, length)
	}
}

func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestRemoteUploadsOncePerNumber(t *testing.T) {
	each(t, func(w *world) {
		f := w.save("cat.png", "image/png", png+"cat")
		hold := make(chan struct{})
		w.graph.mu.Lock()
		w.graph.hold = hold
		w.graph.mu.Unlock()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				id, failure := w.media.Remote(context.Background(), w.number, f.Ref(), ws)
				if failure != nil || id != "remote-1" {
					w.Errorf("got %q and %v, want remote-1", id, failure)
				}
			})
		}
		close(hold)
		all.Wait()
		if got, want := w.graph.uploaded(), "cat.png image/png: "+png+"cat"; len(got) != 1 || got[0] != want {
			w.Fatalf("got uploads %q, want one: %q", got, want)
		}
		w.advance(29*24*time.Hour - time.Minute)
		if id, failure := w.media.Remote(context.Background(), w.number, f.Ref(), ws); failure != nil || id != "remote-1" {
			w.Errorf("after 28 days: got %q and %v, want the same id", id, failure)
		}
		w.advance(2 * time.Minute) // a day before WhatsApp forgets it
		if id, failure := w.media.Remote(context.Background(), w.number, f.Ref(), ws); failure != nil || id != "remote-2" {
			w.Errorf("after 29 days: got %q and %v, want a new id", id, failure)
		}
		second := *w.number
		second.ID = 11
		if id, failure := w.media.Remote(context.Background(), &second, f.Ref(), ws); failure != nil || id != "remote-3" {
			w.Errorf("another number: got %q and %v, want an id of its own", id, failure)
		}
	})
}

func TestRemoteTellsTheCarriersFailure(t *testing.T) {
	each(t, func(w *world) {
		f := w.save("cat.png", "image/png", png+"cat")
		w.graph.refusals = []int{500}
		if _, failure := w.media.Remote(context.Background(), w.number, f.Ref(), ws); failure == nil || failure.Status != 500 {
			w.Fatalf("got %+v, want the carrier's failure", failure)
		}
		if id, failure := w.media.Remote(context.Background(), w.number, f.Ref(), ws); failure != nil || id == "" {
			w.Fatalf("got %q and %v, want a second try to succeed", id, failure)
		}
		for _, name := range blobs(w) {
			if err := os.Remove(name); err != nil {
				w.Fatal(err)
			}
		}
		w.advance(30 * 24 * time.Hour)
		if _, failure := w.media.Remote(context.Background(), w.number, f.Ref(), ws); failure == nil || failure.Class != wa.ClassNever {
			w.Fatalf("without its blob: got %+v, want never", failure)
		}
	})
}
