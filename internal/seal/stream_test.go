package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"kontor/internal/seal"
)

func newSealer(t *testing.T) *seal.Sealer {
	t.Helper()
	key := make([]byte, seal.KeyLength)
	rand.Read(key)
	keys, err := seal.NewKeyset(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.New(key, keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t *testing.T, s *seal.Sealer, plain []byte, associated string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := s.SealStream(&out, []byte(associated))
	if err != nil {
		t.Fatal(err)
	}
	// Odd pieces, so that segments do not fall together with writes.
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{bytes.NewReader(plain)}, make([]byte, 7001)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const segment = 64 << 10

func TestStreamOpensWhatWasSealed(t *testing.T) {
	s := newSealer(t)
	for _, size := range []int{0, 1, segment - 1, segment, segment + 1, 2 * segment, 3*segment + 17} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			plain := make([]byte, size)
			rand.Read(plain)
			r, err := s.OpenStream(bytes.NewReader(sealed(t, s, plain, "a")), []byte("a"))
			if err != nil {
				t.Fatal(err)
			}
			if end, err := r.Seek(0, io.SeekEnd); end != int64(size) || err != nil {
				t.Fatalf("got end %d and %v, want %d", end, err, size)
			}
			if _, err := r.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			// TestReader reads in many ways and seeks all over.
			if err := iotest.TestReader(r, plain); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestStreamRefusesWhatWasChanged(t *testing.T) {
	s := newSealer(t)
	plain := make([]byte, 3*segment)
	whole := sealed(t, s, plain, "a")
	other := sealed(t, s, plain, "a")
	const head, long = 3 + 65, segment + 28
	at := func(i int) int { return head + i*long }
	if want := at(3); len(whole) != want {
		t.Fatalf("got %d sealed bytes, want %d: the layout moved", len(whole), want)
	}
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(whole)) }
	cases := map[string][]byte{
		"empty":            {},
		"a head only":      whole[:head],
		"another version":  change(func(b []byte) []byte { b[0] = 9; return b }),
		"a changed key":    change(func(b []byte) []byte { b[20] ^= 1; return b }),
		"a changed bit":    change(func(b []byte) []byte { b[at(1)+100] ^= 1; return b }),
		"cut in a segment": whole[:at(2)+10],
		"cut at a segment": whole[:at(2)],
		"segments swapped": change(func(b []byte) []byte {
			copy(b[at(0):], whole[at(1):at(2)])
			copy(b[at(1):], whole[at(0):at(1)])
			return b
		}),
		"a segment twice":   append(bytes.Clone(whole), whole[at(2):]...),
		"another's segment": change(func(b []byte) []byte { copy(b[at(1):at(2)], other[at(1):at(2)]); return b }),
	}
	for name, b := range cases {
		t.Run(name, func(t *testing.T) {
			if err := readAll(s, b, "a"); !errors.Is(err, seal.ErrStream) {
				t.Fatalf("got %v, want ErrStream", err)
			}
		})
	}
	if err := readAll(s, whole, "a"); err != nil {
		t.Fatalf("the unchanged file: %v", err)
	}
	if err := readAll(s, whole, "b"); !errors.Is(err, seal.ErrStream) {
		t.Fatalf("other associated data: got %v, want ErrStream", err)
	}
	if err := readAll(newSealer(t), whole, "a"); !errors.Is(err, seal.ErrStream) {
		t.Fatalf("another installation: got %v, want ErrStream", err)
	}
}

func readAll(s *seal.Sealer, b []byte, associated string) error {
	r, err := s.OpenStream(bytes.NewReader(b), []byte(associated))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

func TestStreamHidesThePlainFile(t *testing.T) {
	s := newSealer(t)
	plain := bytes.Repeat([]byte("a secret that must not be seen "), 5000)
	if bytes.Contains(sealed(t, s, plain, "a"), []byte("secret")) {
		t.Fatal("got plain text in the sealed file")
	}
}

func TestStreamReportsTheWriterBehind(t *testing.T) {
	s := newSealer(t)
	full := errors.New("disk full")
	w, err := s.SealStream(&limited{left: 100, err: full}, []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(make([]byte, 3*segment))
	if !errors.Is(err, full) {
		t.Fatalf("got %v, want the writer's error", err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Fatalf("close after a failed write: got %v, want the same error", err)
	}
}

type limited struct {
	left int
	err  error
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, l.err
	}
	return len(p), nil
}
