package graph

import (
	"errors"
	"io"
	"mime/multipart"
	"net/url"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/patience"
	"kontor/internal/wa"
)

const (
	maxField = 256 << 10 // bytes of a form's text member: a whole template may stand in one
	maxForm  = 1 << 20   // of all of them
)

// form is a multipart body on its way in. Members come in any order: SDKs write
// the file first or last.
type form struct {
	reader *multipart.Reader
	fields map[string]string // those read so far
	size   int               // bytes of these
	file   *multipart.Part   // where reading stands, or nil
	line   *patience.Line
}

// openForm reads the members before the file; once.
func (c *call) openForm() (*form, error) {
	if c.upload != nil {
		return c.upload, nil
	}
	reader, err := c.r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, codeParameter, "The body is no multipart form; nothing was kept.", "Send multipart/form-data with the members messaging_product, type and file.").Because(err)
	}
	f := &form{reader: reader, fields: map[string]string{}, line: patience.On(c.w)}
	c.upload = f
	return f, f.next()
}

// next reads text members up to the file or the end.
func (f *form) next() error {
	for {
		f.line.Renew()
		part, err := f.reader.NextPart()
		if errors.Is(err, io.EOF) {
			f.file = nil
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if part.FormName() == "file" && f.file == nil && !f.have("file") {
			f.file, f.fields["file"] = part, ""
			return nil
		}
		text, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return broken(err)
		}
		if f.size += len(text); len(text) > maxField || f.size > maxForm {
			return fault.Wrong(codeParameter, fault.Field{Name: clip(part.FormName()), Detail: "This member is too long.", Limit: maxField, Length: len(text)})
		}
		f.fields[part.FormName()] = strings.TrimSpace(string(text))
	}
}

// values are the members read so far as a form without a file has them.
func (f *form) values() url.Values {
	values := make(url.Values, len(f.fields))
	for name, v := range f.fields {
		values.Set(name, v)
	}
	return values
}

func (f *form) have(name string) bool { _, ok := f.fields[name]; return ok }

// rest reads what comes after the file.
func (f *form) rest() error {
	f.file = nil
	return f.next()
}

func broken(err error) error {
	return fault.New(fault.Invalid, codeParameter, "The upload broke off; nothing was kept.", "Send the file again.").Because(err)
}

// postMedia answers POST /{phone-number-id}/media (cloud-api.md 1.5). The file
// is kept here and goes to WhatsApp with the first message that shows it, for
// whichever number that is; its id is good until it is deleted.
func (c *call) postMedia(n *wa.Number) error {
	if err := c.need(account.Send); err != nil {
		return err
	}
	f, err := c.openForm()
	if err != nil {
		return err
	}
	defer f.line.End()
	if f.file == nil {
		return missing("file")
	}
	part := f.file
	source := f.line.Body(part)
	file, err := c.g.Media.Receive(c.r.Context(), n.WorkspaceID, part.FileName(), source, func() (string, error) {
		if err := f.rest(); err != nil {
			return "", err
		}
		return c.declared(f, part)
	})
	switch {
	case err != nil && source.Broke() != nil:
		return broken(source.Broke())
	case err != nil:
		return err
	}
	return c.succeed(meta.MediaID{ID: mediaDigits(file.ID)})
}

// declared checks the form around the file and tells what the file is said to be.
func (c *call) declared(f *form, part *multipart.Part) (string, error) {
	product := f.fields["messaging_product"]
	if product == "" {
		product = c.query.Get("messaging_product")
	}
	switch {
	case product == "":
		return "", missing("messaging_product")
	case product != meta.Product:
		return "", wrong("messaging_product", `This must be "whatsapp".`)
	case f.fields["ttl_minutes"] != "":
		return "", fault.Wrong(codeParameter, fault.Field{Name: "ttl_minutes", Detail: "Kontor keeps files until they are deleted; it cannot forget one by itself."})
	}
	if said := f.fields["type"]; strings.Contains(said, "/") { // "image" alone says less than the part's own type
		return said, nil
	}
	if own := part.Header.Get("Content-Type"); own != "application/octet-stream" {
		return own, nil
	}
	return "", nil
}
