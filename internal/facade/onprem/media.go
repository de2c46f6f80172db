package onprem

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"kontor/internal/fault"
)

const (
	maxMedia     = 100 << 20        // on-premises-api.md 3.3
	fetchTimeout = 30 * time.Second // for a linked file, while the client waits
)

// upload takes raw bytes, not a form.
func (c *call) upload() (*answer, error) {
	if c.r.ContentLength > maxMedia {
		return nil, errTooLarge()
	}
	declared := c.r.Header.Get("Content-Type")
	if t, _, err := mime.ParseMediaType(declared); err == nil && (t == "multipart/form-data" || t == "application/x-www-form-urlencoded") {
		declared = "" // the content tells; curl's default is not a type of media
	}
	f, err := c.Media.Save(c.ctx(), c.facade.WorkspaceID, "", declared, http.MaxBytesReader(c.w, c.r.Body, maxMedia), 0)
	if err != nil {
		return nil, uploadRefusal(err)
	}
	a := tell("media", []any{map[string]any{"id": MediaID(f.ID)}})
	a.status = http.StatusCreated
	return a, nil
}

func errTooLarge() *Refusal {
	return refuse(1009, "The file is too large.").with(http.StatusRequestEntityTooLarge)
}

func uploadRefusal(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge()
	}
	f := fault.As(err)
	switch {
	case f.Kind == fault.TooLarge:
		return refuse(1009, f.Detail).with(http.StatusRequestEntityTooLarge)
	case f.Code == "media_empty":
		return refuse(1008, "The file is missing: the body is empty.")
	case f.Kind == fault.Invalid:
		return refuse(1009, f.Detail)
	}
	return err
}

// errGone is a 404 with an empty body, as the old client answered it.
func errGone() *Refusal { return &Refusal{Status: http.StatusNotFound} }

// download answers the bytes at once, of uploaded and of received files.
func (c *call) download() (*answer, error) {
	id, ok := ParseMediaID(c.param("id"))
	if !ok {
		return nil, errGone()
	}
	hidden, err := c.Premises.MediaHidden(c.ctx(), c.facade, id)
	if err != nil {
		return nil, err
	}
	if hidden {
		return nil, errGone()
	}
	r, f, err := c.Media.Open(c.ctx(), c.facade.WorkspaceID, id)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, errGone()
	case fault.Is(err, fault.Conflict): // on its way from WhatsApp
		return nil, refuse(1016, "The media is still being downloaded.").because(err)
	case err != nil:
		return nil, err
	}
	return raw(func(w http.ResponseWriter) {
		defer r.Close()
		h := w.Header()
		h.Set("Content-Type", f.MimeType)
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
		h.Set("Content-Disposition", "attachment")
		w.WriteHeader(http.StatusOK)
		if _, err := io.Copy(w, r); err != nil {
			c.Log.InfoContext(c.ctx(), "a file was not read to its end", "media", f.ID.String(), "err", err)
		}
	}), nil
}

func (c *call) deleteMedia() (*answer, error) {
	id, ok := ParseMediaID(c.param("id"))
	if !ok {
		return nil, errGone()
	}
	if _, err := c.Media.Find(c.ctx(), c.facade.WorkspaceID, id); err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, errGone()
		}
		return nil, err
	}
	return done(http.StatusOK), c.Premises.HideMedia(c.ctx(), c.facade, id)
}
