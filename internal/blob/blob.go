// Package blob is where files lie: media, sealed before they come here. A store
// is content-addressed: a blob's key is the SHA-256 of its bytes, so whoever
// holds a copy can tell that it is whole without any key of ours, and writing
// the same bytes twice is harmless. Each workspace has a room of its own, and
// the same bytes in two rooms are two blobs (law 8).
//
// Implementations have a folder each below; blobtest is the suite they must
// pass. Sealed bytes never repeat, so in practice a blob belongs to the one row
// that names it and is deleted with it. A blob that no row names, left by a
// crash between the two, is only room lost.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Key names a blob within its workspace: 64 hexadecimal digits in lower case.
type Key string

// Valid reports whether k has the form of a key. Stores refuse all others, so a
// key can never name a path.
func (k Key) Valid() bool {
	if len(k) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(k) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// KeyOf is the key of bytes with this hash.
func KeyOf(sum [sha256.Size]byte) Key { return Key(hex.EncodeToString(sum[:])) }

// Info is what Put stored.
type Info struct {
	Key  Key
	Size int64 // bytes
}

// Store keeps blobs. All methods are safe for concurrent use, from several
// programs too.
type Store interface {
	// Put reads r to its end and keeps what it read. When it returns without an
	// error, the blob survives a power cut; with one, nothing is kept, and an
	// error of r's is found in it by errors.Is and errors.As. It does not close r.
	Put(ctx context.Context, ws wa.WorkspaceID, r io.Reader) (Info, error)
	// Open reads a blob from any place. The caller closes it; a blob that is
	// deleted meanwhile can still be read to its end. One that does not exist is
	// Missing.
	Open(ctx context.Context, ws wa.WorkspaceID, key Key) (io.ReadSeekCloser, error)
	// Exists reports whether Open would find it.
	Exists(ctx context.Context, ws wa.WorkspaceID, key Key) (bool, error)
	// Delete removes a blob; one that does not exist is no error.
	Delete(ctx context.Context, ws wa.WorkspaceID, key Key) error
}

// Missing is the fault of a blob that does not exist.
var Missing = fault.New(fault.NotFound, "blob_missing", "The file is not in the store.", "Restore the media folder or bucket from its backup, or ask for the file again.")
