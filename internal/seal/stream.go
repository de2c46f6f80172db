package seal

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Files are too large to seal in one piece, and are read from the middle when a
// player seeks. Tink's streaming AEAD for Go only reads from the beginning, so
// a file is a row of segments, each a Tink AEAD ciphertext of its own:
//
//	1          version
//	n          length of the sealed key, 2 bytes, big endian
//	sealed key the file's own data key, sealed by Sealer.Seal: rotation needs no more
//	segment…   each 65 536 bytes of the file (the last one: what is left) + 28
//
// A segment's associated data are its index and whether it is the last one, and
// no two files share a key: a segment that is missing, moved, repeated, or from
// another file does not open, and neither does a file that was cut.
const (
	streamVersion   = 1
	segmentSize     = 64 << 10
	segmentOverhead = subtle.AESGCMIVSize + subtle.AESGCMTagSize
	sealedSegment   = segmentSize + segmentOverhead
	maxSealedKey    = 1 << 10
)

// ErrStream is what reading answers for a file that is not whole, was changed,
// or belongs to other associated data or another installation.
var ErrStream = errors.New("the sealed file does not open")

// SealStream returns a writer that seals what is written to it and passes it on
// to w. Close it to write the last segment; without that the file does not open.
// It does not close w.
func (s *Sealer) SealStream(w io.Writer, associated []byte) (io.WriteCloser, error) {
	key := make([]byte, KeyLength)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	segments, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	sealedKey, err := s.Seal(key, associated)
	if err != nil {
		return nil, err
	}
	head := binary.BigEndian.AppendUint16([]byte{streamVersion}, uint16(len(sealedKey)))
	if _, err := w.Write(append(head, sealedKey...)); err != nil {
		return nil, err
	}
	return &streamWriter{w: w, aead: segments, plain: make([]byte, 0, segmentSize)}, nil
}

type streamWriter struct {
	w      io.Writer
	aead   tink.AEAD
	plain  []byte // of the segment that grows
	index  uint64
	err    error // of an earlier write: the file is spoiled
	closed bool
}

func (w *streamWriter) Write(p []byte) (n int, err error) {
	if w.closed {
		return 0, errors.New("write to a sealed file that was closed")
	}
	for len(p) > 0 && w.err == nil {
		if len(w.plain) == segmentSize { // more follows, so it is not the last one
			w.flush(false)
			continue
		}
		take := min(len(p), segmentSize-len(w.plain))
		w.plain = append(w.plain, p[:take]...)
		p, n = p[take:], n+take
	}
	return n, w.err
}

func (w *streamWriter) Close() error {
	if !w.closed && w.err == nil {
		w.flush(true)
	}
	w.closed = true
	return w.err
}

func (w *streamWriter) flush(last bool) {
	sealed, err := w.aead.Encrypt(w.plain, segmentData(w.index, last))
	if err == nil {
		_, err = w.w.Write(sealed)
	}
	w.plain, w.index, w.err = w.plain[:0], w.index+1, err
}

func segmentData(index uint64, last bool) []byte {
	data := binary.BigEndian.AppendUint64(make([]byte, 0, 9), index)
	if last {
		return append(data, 1)
	}
	return append(data, 0)
}

// OpenStream returns a reader of what SealStream sealed under the same
// associated data. It reads and seeks in sealed, and does not close it. A segment
// is checked before any of its bytes is handed out. Not safe for concurrent use.
func (s *Sealer) OpenStream(sealed io.ReadSeeker, associated []byte) (io.ReadSeeker, error) {
	var head [3]byte
	if _, err := io.ReadFull(sealed, head[:]); err != nil {
		return nil, streamError("read its head", err)
	}
	length := int(binary.BigEndian.Uint16(head[1:]))
	if head[0] != streamVersion || length > maxSealedKey {
		return nil, fmt.Errorf("%w: unknown version %d", ErrStream, head[0])
	}
	sealedKey := make([]byte, length)
	if _, err := io.ReadFull(sealed, sealedKey); err != nil {
		return nil, streamError("read its key", err)
	}
	key, err := s.Open(sealedKey, associated)
	if err != nil {
		return nil, fmt.Errorf("%w: open its key: %w", ErrStream, err)
	}
	segments, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	end, err := sealed.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	first := int64(len(head) + length)
	body := end - first
	count := (body + sealedSegment - 1) / sealedSegment
	if count == 0 || body-(count-1)*sealedSegment < segmentOverhead {
		return nil, fmt.Errorf("%w: it was cut", ErrStream)
	}
	return &streamReader{
		sealed: sealed, aead: segments, first: first, count: count,
		size: body - count*segmentOverhead, current: -1,
	}, nil
}

func streamError(doing string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s: it was cut", ErrStream, doing)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// streamReader reads a sealed file from any place.
type streamReader struct {
	sealed io.ReadSeeker
	aead   tink.AEAD
	first  int64 // where the first segment begins in sealed
	count  int64 // segments
	size   int64 // of the plain file

	offset  int64  // of the next Read, in the plain file
	current int64  // the segment that plain holds, -1: none
	plain   []byte // opened
	buffer  []byte // sealed
}

// Read implements io.Reader. An empty file's one segment is checked as well.
func (s *streamReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if s.offset >= s.size && !(s.size == 0 && s.current < 0) {
		return 0, io.EOF
	}
	if err := s.load(s.offset / segmentSize); err != nil {
		return 0, err
	}
	n := copy(p, s.plain[s.offset%segmentSize:])
	s.offset += int64(n)
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// load opens a segment, unless it is the one at hand.
func (s *streamReader) load(index int64) error {
	if index == s.current {
		return nil
	}
	if _, err := s.sealed.Seek(s.first+index*sealedSegment, io.SeekStart); err != nil {
		return err
	}
	if s.buffer == nil {
		s.buffer = make([]byte, sealedSegment)
	}
	n, err := io.ReadFull(s.sealed, s.buffer)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return streamError("read a segment", err)
	}
	plain, err := s.aead.Decrypt(s.buffer[:n], segmentData(uint64(index), index == s.count-1))
	if err != nil {
		return fmt.Errorf("%w: segment %d: %w", ErrStream, index, err)
	}
	s.current, s.plain = index, plain
	return nil
}

// Seek implements io.Seeker.
func (s *streamReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += s.offset
	case io.SeekEnd:
		offset += s.size
	default:
		return 0, errors.New("seek: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek: before the beginning")
	}
	s.offset = offset
	return offset, nil
}
