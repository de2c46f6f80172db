package media

import (
	"context"
	"fmt"
	"io"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Receive is Save for senders who say after the file what it is: declared is
// asked when all of r has been read, and may fail the upload. Faults are Save's
// and declared's; nothing is kept then.
func (m *Media) Receive(ctx context.Context, ws wa.WorkspaceID, name string, r io.Reader, declared func() (string, error)) (File, error) {
	head, r, err := peek(r)
	if err != nil {
		return File{}, fmt.Errorf("read the upload: %w", err)
	}
	if len(head) == 0 {
		return File{}, fault.Wrong("media_empty", fault.Field{Name: "file", Detail: "The file is empty."})
	}
	f := File{ID: m.Store.NewID(), WorkspaceID: ws, Origin: Upload, State: Stored, Filename: Filename(name), CreatedAt: m.Now()}
	if err := m.keep(ctx, &f, r, MaxSize); err != nil {
		return File{}, err
	}
	if err := m.accept(ctx, &f, head, declared); err != nil {
		m.discard(ctx, f)
		return File{}, err
	}
	return f, nil
}

// accept checks a kept file by what its sender says it is, and writes its row.
func (m *Media) accept(ctx context.Context, f *File, head []byte, declared func() (string, error)) error {
	text, err := declared()
	if err != nil {
		return err
	}
	mimeType, refusal := typeOf(text, head)
	if refusal == nil {
		refusal = supported(mimeType, head)
	}
	if refusal != nil {
		return refusal
	}
	if most := limitOf(KindOf(mimeType), head); f.Size > most {
		return tooLarge(most, f.Size)
	}
	f.MimeType = mimeType
	return m.Runner.Write(ctx, func(tx txn.Tx) error { return m.Store.Insert(tx, *f) })
}
