package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// blobs keeps the bytes of media, each in a file named by its SHA-256: beside
// the state file, or in a temporary folder that close removes.
type blobs struct {
	mu   sync.Mutex
	dir  string // "" until the first temporary one is needed
	temp bool
}

func newBlobs(stateFile string) *blobs {
	if stateFile == "" {
		return &blobs{temp: true}
	}
	return &blobs{dir: stateFile + ".media"}
}

// errTooLarge tells that there were more bytes than allowed.
var errTooLarge = errors.New("too large")

// folder is where the files lie; it makes it.
func (b *blobs) folder() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dir == "" {
		dir, err := os.MkdirTemp("", "kontor-sandbox-media-")
		b.dir = dir
		return dir, err
	}
	return b.dir, os.MkdirAll(b.dir, 0o700)
}

// stored is what is known of bytes once they lie in a file.
type stored struct {
	sum  string // hex
	size int64
	head []byte // the first 512 bytes
}

// put keeps what r gives, at most limit bytes.
func (b *blobs) put(r io.Reader, limit int64) (stored, error) {
	dir, err := b.folder()
	if err != nil {
		return stored{}, err
	}
	f, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return stored{}, err
	}
	defer os.Remove(f.Name()) // fails once it has its name
	hash, head := sha256.New(), &headWriter{}
	n, err := io.Copy(io.MultiWriter(f, hash, head), io.LimitReader(r, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return stored{}, err
	}
	if n > limit {
		return stored{}, errTooLarge
	}
	st := stored{sum: hex.EncodeToString(hash.Sum(nil)), size: n, head: head.b}
	return st, os.Rename(f.Name(), filepath.Join(dir, st.sum))
}

// open opens the bytes with that hash.
func (b *blobs) open(sum string) (*os.File, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	return os.Open(filepath.Join(dir, sum))
}

func (b *blobs) remove(sum string) {
	if dir, err := b.folder(); err == nil {
		_ = os.Remove(filepath.Join(dir, sum)) // what is gone already is gone
	}
}

func (b *blobs) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.temp || b.dir == "" {
		return nil
	}
	dir := b.dir
	b.dir = ""
	return os.RemoveAll(dir)
}

// headWriter keeps the first 512 bytes written to it.
type headWriter struct{ b []byte }

func (h *headWriter) Write(p []byte) (int, error) {
	if room := 512 - len(h.b); room > 0 {
		h.b = append(h.b, p[:min(room, len(p))]...)
	}
	return len(p), nil
}
