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

// KeyOf is the key of bytes with this hash.
func KeyOf(sum [sha256.Size]byte) wa.BlobKey { return wa.BlobKey(hex.EncodeToString(sum[:])) }

// Store keeps blobs. All methods are safe for concurrent use, from several
// programs too.
type Store interface {
	// Put reads r to its end and keeps what it read. When it returns without an
	// error, the blob survives a power cut; with one, nothing is kept, and an
	// error of r's is found in it by errors.Is and errors.As. size is in bytes. It
	// does not close r.
	Put(ctx context.Context, ws wa.WorkspaceID, r io.Reader) (key wa.BlobKey, size int64, err error)
	// Open reads a blob from any place. The caller closes it. A blob that does
	// not exist is Missing; one that is deleted meanwhile may end in an error.
	Open(ctx context.Context, ws wa.WorkspaceID, key wa.BlobKey) (io.ReadSeekCloser, error)
	// Exists reports whether Open would find it.
	Exists(ctx context.Context, ws wa.WorkspaceID, key wa.BlobKey) (bool, error)
	// Delete removes a blob; one that does not exist is no error.
	Delete(ctx context.Context, ws wa.WorkspaceID, key wa.BlobKey) error
}

// Missing is the fault of a blob that does not exist.
var Missing = fault.New(fault.NotFound, "blob_missing", "The file is not in the store.", "Restore the media folder or bucket from its backup, or ask for the file again.")
