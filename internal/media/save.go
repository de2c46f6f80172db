package media

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Save keeps an uploaded file. declared is the type that its sender gives, empty
// for none; what the content shows must be of the same kind, and wins when the
// sender does not know. limit, in bytes, lowers the limit of the file's kind; 0
// leaves it. r should end soon after ctx does.
//
// Faults: TooLarge (media_too_large) names limit and length, Invalid is
// media_type_mismatch, media_type_unsupported or media_empty; nothing is kept then.
func (m *Media) Save(ctx context.Context, ws wa.WorkspaceID, name, declared string, r io.Reader, limit int64) (File, error) {
	head, r, err := peek(r)
	if err != nil {
		return File{}, fmt.Errorf("read the upload: %w", err)
	}
	if len(head) == 0 {
		return File{}, fault.Wrong("media_empty", fault.Field{Name: "file", Detail: "The file is empty."})
	}
	mimeType, refusal := typeOf(declared, head)
	if refusal == nil {
		refusal = supported(mimeType, head)
	}
	if refusal != nil {
		return File{}, refusal
	}
	most := limitOf(KindOf(mimeType), head)
	if limit > 0 {
		most = min(most, limit)
	}
	f := File{
		ID: m.Store.NewID(), WorkspaceID: ws, Origin: Upload, State: Stored,
		MimeType: mimeType, Filename: Filename(name), CreatedAt: m.Now(),
	}
	if err := m.keep(ctx, &f, r, most); err != nil {
		return File{}, err
	}
	err = m.Runner.Write(ctx, func(tx txn.Tx) error { return m.Store.Insert(tx, f) })
	if err != nil {
		m.discard(ctx, f)
		return File{}, err
	}
	return f, nil
}

// peek reads what is needed to tell a file's type, and returns a reader of the
// whole. Only a proper end may come early: an upload that broke off is an error.
func peek(r io.Reader) (head []byte, whole io.Reader, err error) {
	buffered := bufio.NewReaderSize(r, sniffLength)
	head, err = buffered.Peek(sniffLength)
	if err == io.EOF {
		err = nil
	}
	return bytes.Clone(head), buffered, err
}

// keep seals what r says into a blob, and sets the file's size, hash and blob.
func (m *Media) keep(ctx context.Context, f *File, r io.Reader, limit int64) error {
	hash := sha256.New()
	plain := &limited{r: io.TeeReader(r, hash), limit: limit}
	from, to := io.Pipe()
	var sealing sync.WaitGroup
	sealing.Go(func() { to.CloseWithError(m.seal(to, plain, associated(*f))) })
	key, _, err := m.Blobs.Put(ctx, f.WorkspaceID, from)
	from.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // frees the sealing, should Put have ended early
	sealing.Wait()
	if err != nil {
		return err
	}
	f.Blob, f.Size, f.SHA256 = key, plain.read, hex.EncodeToString(hash.Sum(nil))
	return nil
}

func (m *Media) seal(w io.Writer, plain io.Reader, associated []byte) error {
	sealed, err := m.Sealer.SealStream(w, associated)
	if err != nil {
		return err
	}
	if _, err := io.Copy(sealed, plain); err != nil {
		return err
	}
	return sealed.Close()
}

// discard removes the blob of a file that got no row.
func (m *Media) discard(ctx context.Context, f File) {
	if err := m.Blobs.Delete(context.WithoutCancel(ctx), f.WorkspaceID, f.Blob); err != nil {
		m.Log.Warn("a file that was not kept takes up room", "media", f.ID.String(), "err", err)
	}
}

// limited reads at most limit bytes and then fails, naming limit and length.
type limited struct {
	r     io.Reader
	limit int64
	read  int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.read += int64(n)
	if l.read <= l.limit {
		return n, err
	}
	// Count on, so that the sender learns by how much; but not for ever.
	more, _ := io.Copy(io.Discard, io.LimitReader(l.r, MaxSize))
	return 0, tooLarge(l.limit, l.read+more)
}

func tooLarge(limit, length int64) *fault.Error {
	f := fault.New(fault.TooLarge, "media_too_large",
		fmt.Sprintf("The file has %d bytes; WhatsApp takes at most %d of this kind. It was not kept.", length, limit),
		"Send a smaller file, or send it as a document of at most 100 MB.")
	f.Fields = []fault.Field{{Name: "file", Detail: "The file is too large.", Limit: int(limit), Length: int(length)}}
	return f
}

// maxFilename is what a customer's phone shows of a name, and more.
const maxFilename = 240

// Filename makes a name that can be shown and saved anywhere: the last part of
// a path, one line, at most 240 characters.
func Filename(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Cf, r) { // Cf: right-to-left marks disguise an extension
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxFilename {
		ext := []rune(path.Ext(name))
		if len(ext) > 20 {
			ext = nil
		}
		name = string(append(runes[:maxFilename-len(ext):maxFilename-len(ext)], ext...))
	}
	if name = strings.TrimSpace(name); name == "." || name == "/" || name == ".." {
		return ""
	}
	return name
}
