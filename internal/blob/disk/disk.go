// Package disk keeps blobs in a folder:
//
//	root/<workspace>/aa/bb/aabb…   the blobs, aabb… being their key
//	root/tmp/…                     what is being written
//
// A blob is written beside its place, synced, and renamed to it, and the
// folders above it are synced: it is there whole or not at all. Nothing outside
// root is touched, whatever symbolic links someone puts there (os.Root).
package disk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"syscall"
	"time"

	"kontor/internal/blob"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Store keeps blobs below a folder.
type Store struct {
	root *os.Root
}

var _ blob.Store = (*Store)(nil)

const tmp = "tmp"

// leftover is the age after which an unfinished file is one of a crash, and not
// one that another program is still writing.
const leftover = 24 * time.Hour

// Open opens the store in dir, which is made if it is missing, and removes what
// a crash left unfinished. Close it when the last blob is closed.
func Open(dir string, now time.Time) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the media folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the media folder: %w", err)
	}
	s := &Store{root}
	if err := s.sweep(now); err != nil {
		return nil, errors.Join(fmt.Errorf("tidy the media folder: %w", err), root.Close())
	}
	return s, nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

func (s *Store) sweep(now time.Time) error {
	if err := s.makeFolders(tmp); err != nil {
		return err
	}
	entries, err := fs.ReadDir(s.root.FS(), tmp)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && now.Sub(info.ModTime()) > leftover {
			err = s.root.Remove(path.Join(tmp, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another program tidies too
			return err
		}
	}
	return nil
}

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, ws wa.WorkspaceID, r io.Reader) (key wa.BlobKey, size int64, err error) {
	name := path.Join(tmp, rand.Text())
	key, size, err = s.write(ctx, name, r)
	if err == nil {
		err = s.place(name, ws, key)
	}
	if err != nil {
		s.root.Remove(name) // if that fails too, a later start sweeps it
		return "", 0, storing(err)
	}
	return key, size, nil
}

// write copies r into a new file and syncs it.
func (s *Store) write(ctx context.Context, name string, r io.Reader) (key wa.BlobKey, size int64, err error) {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, hash), &patient{ctx, r})
	if err != nil {
		return "", 0, err
	}
	return blob.KeyOf([sha256.Size]byte(hash.Sum(nil))), size, f.Sync()
}

// place moves a finished file to where its key says. A blob that is there
// already is replaced by the same bytes.
func (s *Store) place(name string, ws wa.WorkspaceID, key wa.BlobKey) error {
	to := where(ws, key)
	dir := path.Dir(to)
	if err := s.makeFolders(dir); err != nil {
		return err
	}
	if err := s.root.Rename(name, to); err != nil {
		return err
	}
	return s.syncFolder(dir)
}

// makeFolders is MkdirAll with each new folder's parent synced, or a power cut
// could take the folder and all in it.
func (s *Store) makeFolders(dir string) error {
	err := s.root.Mkdir(dir, 0o700)
	switch {
	case err == nil:
		return s.syncFolder(path.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := s.makeFolders(path.Dir(dir)); err != nil {
		return err
	}
	if err := s.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.syncFolder(path.Dir(dir))
}

func (s *Store) syncFolder(dir string) error {
	f, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements blob.Store.
func (s *Store) Open(_ context.Context, ws wa.WorkspaceID, key wa.BlobKey) (io.ReadSeekCloser, error) {
	if !key.Valid() {
		return nil, blob.Missing
	}
	f, err := s.root.Open(where(ws, key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, blob.Missing.Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open a blob: %w", err)
	}
	return f, nil
}

// Exists implements blob.Store.
func (s *Store) Exists(_ context.Context, ws wa.WorkspaceID, key wa.BlobKey) (bool, error) {
	if !key.Valid() {
		return false, nil
	}
	_, err := s.root.Stat(where(ws, key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Delete implements blob.Store. The folder is synced: what is erased must not
// come back after a power cut.
func (s *Store) Delete(_ context.Context, ws wa.WorkspaceID, key wa.BlobKey) error {
	if !key.Valid() {
		return nil
	}
	name := where(ws, key)
	err := s.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete a blob: %w", err)
	}
	return s.syncFolder(path.Dir(name))
}

// where is a blob's place below root; two levels keep folders small.
func where(ws wa.WorkspaceID, key wa.BlobKey) string {
	return path.Join(strconv.FormatInt(int64(ws), 10), string(key[:2]), string(key[2:4]), string(key))
}

// storing turns a full disk into a fault that says so.
func storing(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Unavailable, "media_disk_full", "The media folder's disk is full; the file was not kept.", "Free some room on the disk of KONTOR_DATA and try again.").Because(err)
	}
	return fmt.Errorf("store a blob: %w", err)
}

// patient is a reader that gives up when ctx ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
