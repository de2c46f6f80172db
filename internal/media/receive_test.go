package media_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"kontor/internal/fault"
	"kontor/internal/media"
)

// A sender who says after the file what it is gets the same checks; what is
// refused leaves nothing behind.
func TestReceive(t *testing.T) {
	each(t, func(w *world) {
		says := func(kind string, err error) func() (string, error) {
			return func() (string, error) { return kind, err }
		}
		f, err := w.media.Receive(w.Context(), ws, "prices.csv", bytes.NewReader([]byte("bell,12\n")), says("text/csv", nil))
		if err != nil || f.MimeType != "text/csv" || f.Size != 8 || f.State != media.Stored {
			w.Fatalf("got %+v, %v", f, err)
		}
		r, _, err := w.media.Open(w.Context(), ws, f.ID)
		if err != nil {
			w.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if r.Close(); err != nil || string(content) != "bell,12\n" {
			w.Errorf("got %q, %v", content, err)
		}
		gone := errors.New("the form ended")
		for name, c := range map[string]struct {
			content []byte
			says    func() (string, error)
			want    string
		}{
			"a lie":        {[]byte("hello"), says("image/png", nil), "media_type_mismatch"},
			"nothing":      {nil, says("", nil), "media_empty"},
			"too large":    {append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 6<<20)...), says("image/png", nil), "media_too_large"},
			"a broken end": {[]byte("hello"), says("", gone), "internal"},
		} {
			before := len(blobs(w))
			if _, err := w.media.Receive(w.Context(), ws, "x", bytes.NewReader(c.content), c.says); fault.As(err).Code != c.want {
				w.Errorf("%s: got %v, want %s", name, err, c.want)
			}
			if after := len(blobs(w)); after != before {
				w.Errorf("%s: got %d blobs, want %d as before", name, after, before)
			}
		}
	})
}

func TestRemove(t *testing.T) {
	each(t, func(w *world) {
		f, err := w.media.Receive(w.Context(), ws, "a.txt", bytes.NewReader([]byte("hello")), func() (string, error) { return "", nil })
		if err != nil {
			w.Fatal(err)
		}
		if err := w.media.Remove(w.Context(), other, f.ID); !fault.Is(err, fault.NotFound) {
			w.Errorf("got %v for another ws, want not found", err)
		}
		if err := w.media.Remove(w.Context(), ws, f.ID); err != nil {
			w.Fatal(err)
		}
		if n := len(blobs(w)); n != 0 {
			w.Errorf("got %d blobs, want none", n)
		}
		if _, _, err := w.media.Open(w.Context(), ws, f.ID); fault.As(err).Code != "media_failed" {
			w.Errorf("got %v, want media_failed", err)
		}
		if err := w.media.Remove(w.Context(), ws, f.ID); !fault.Is(err, fault.NotFound) {
			w.Errorf("got %v the second time, want not found", err)
		}
	})
}
