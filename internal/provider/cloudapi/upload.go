package cloudapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Upload posts a file as multipart/form-data (cloud-api.md 1.5).
func (c *Client) Upload(ctx context.Context, n *wa.Number, file wa.Upload) (string, *wa.Failure) {
	ctx, cancel := context.WithTimeout(ctx, transferTimeout)
	defer cancel()
	form, err := newForm(file)
	if err != nil {
		return "", &wa.Failure{Class: wa.ClassNever, Cause: err}
	}
	first, err := form.open()
	if err != nil {
		return "", unanswered(fmt.Errorf("open the file: %w", err), false)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address(n, numberPath(n)+"/media", nil), first)
	if err != nil {
		first.Close()
		return "", misconfigured(err)
	}
	req.Header.Set("Content-Type", form.contentType)
	req.GetBody = form.open // for another connection, when the first was closing
	req.ContentLength = form.length()
	body, failure := c.exchange(req, n, answerLimit, func() bool { return false })
	if failure != nil {
		return "", failure
	}
	id, err := meta.ParseMediaID(body)
	if err != nil {
		return "", unreadable(http.StatusOK, err, false)
	}
	return id, nil
}

// form is the multipart body around a file that is not in memory.
type form struct {
	file        wa.Upload
	head, tail  []byte
	contentType string
}

func newForm(file wa.Upload) (*form, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, field := range [][2]string{{"messaging_product", meta.Product}, {"type", file.MimeType}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, err
		}
	}
	_, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", filename(file.Filename))},
		"Content-Type":        {oneLine(file.MimeType)},
	})
	if err != nil {
		return nil, err
	}
	head := b.Len()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &form{file: file, head: b.Bytes()[:head:head], tail: b.Bytes()[head:], contentType: w.FormDataContentType()}, nil
}

// filename is never empty: without one, a part is no file.
func filename(name string) string {
	if name == "" {
		return "file"
	}
	return name
}

// oneLine keeps a header from becoming two.
func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// length is the whole body's, -1 when the file's is not known.
func (f *form) length() int64 {
	if f.file.Size <= 0 {
		return -1
	}
	return int64(len(f.head)) + f.file.Size + int64(len(f.tail))
}

// open starts the body from its beginning.
func (f *form) open() (io.ReadCloser, error) {
	file, err := f.file.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(f.head), file, bytes.NewReader(f.tail)), file}, nil
}
