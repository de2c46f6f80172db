package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// session is a resumable upload (cloud-api.md 5.1): POST /{app-id}/uploads opens
// it, POST /{upload-id} brings bytes from file_offset on, GET /{upload-id} tells
// how far it has come. Its handle goes into template headers and profile photos.
type session struct {
	ID     string `json:"id"` // "upload:…", without its signature
	App    string `json:"app"`
	Name   string `json:"name,omitempty"`
	Type   string `json:"type"`
	Length int64  `json:"length"`
	Offset int64  `json:"offset"`           // bytes that have come
	SHA256 string `json:"sha256,omitempty"` // of what has come
	Handle string `json:"handle,omitempty"` // once all have come
}

// sessionTypes are what may be uploaded so (cloud-api.md 5.1).
var sessionTypes = []string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}

var sessionNode = node{"UploadSession", map[string]handler{
	"GET ":  (*call).getSession,
	"POST ": (*call).postSession,
}}

const sessionPrefix = "upload:"

// session finds a session by the id in a path, with or without its signature.
func (st *state) session(id string) *session {
	id, _, _ = strings.Cut(id, "?")
	return st.sessions[id]
}

// handle finds the upload behind a handle, nil when there is none. The caller
// holds mu.
func (st *state) handle(h string) *session {
	for _, up := range st.sessions {
		if up.Handle != "" && up.Handle == h {
			return up
		}
	}
	return nil
}

// postUploads answers POST /{app-id}/uploads.
func (c *call) postUploads() (any, *refusal) {
	in := c.params()
	length, err := strconv.ParseInt(plainText(in["file_length"]), 10, 64)
	kind := textOf(in["file_type"])
	switch {
	case err != nil || length <= 0:
		return nil, badParameter("file_length: must be the number of bytes")
	case length > maxMedia:
		return nil, badParameter("file_length: at most %d bytes are allowed", maxMedia)
	case !slices.Contains(sessionTypes, kind):
		return nil, badParameter("file_type: must be one of {%s}, is %q", strings.Join(sessionTypes, ", "), clip(kind))
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	random := mix(s.st.seed, "upload", itoa(int(s.st.next())))
	up := &session{
		ID:  sessionPrefix + base64.RawURLEncoding.EncodeToString([]byte("1:attachment:"+hex.EncodeToString(random[:16]))),
		App: c.app.ID, Name: textOf(in["file_name"]), Type: kind, Length: length,
	}
	s.st.sessions[up.ID] = up
	s.changed()
	c.note = up.Name
	return map[string]any{"id": up.ID + "?sig=AR" + hex.EncodeToString(random[16:24])}, nil
}

// getSession answers GET /{upload-id}.
func (c *call) getSession() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	up := c.s.st.session(c.object)
	return map[string]any{"id": up.ID, "file_offset": up.Offset}, nil
}

// postSession answers POST /{upload-id}: raw bytes from the header file_offset on.
func (c *call) postSession() (any, *refusal) {
	s := c.s
	s.mu.Lock()
	up := *s.st.session(c.object)
	s.mu.Unlock()
	offset, err := strconv.ParseInt(c.r.Header.Get("file_offset"), 10, 64)
	switch {
	case up.Handle != "":
		return map[string]any{"h": up.Handle}, nil
	case err != nil || offset < 0:
		return nil, badParameter("file_offset: the header is required and must be a number")
	case offset != up.Offset:
		return nil, badParameter("file_offset: is %d, but %d bytes have come; go on there", offset, up.Offset)
	}
	all, bad := c.appendTo(&up)
	if bad != nil {
		return nil, bad
	}
	up.Offset, up.SHA256 = all.size, all.sum
	if up.Offset == up.Length {
		if kind := typeOf("", all.head); bareType(up.Type) != kind && kindOf(kind) != "" && kind != "text/plain" {
			return nil, badParameter("file_type: is %q, but the bytes are %q", up.Type, kind)
		}
		up.Handle = "4::" + base64.StdEncoding.EncodeToString([]byte(bareType(up.Type))) + ":AR" + up.SHA256[:32] + ":e:" + up.App + ":" + tail(up.ID, 12)
	}
	s.mu.Lock()
	kept := s.st.session(c.object)
	if kept == nil || kept.Offset != offset {
		s.mu.Unlock()
		return nil, badParameter("file_offset: somebody else has uploaded meanwhile")
	}
	*kept = up
	s.mu.Unlock()
	s.changed()
	if up.Handle == "" {
		return nil, badParameter("the body: %d of %d bytes have come; send the rest with file_offset %d", up.Offset, up.Length, up.Offset)
	}
	return map[string]any{"h": up.Handle}, nil
}

// appendTo keeps what has come before and the body behind it.
func (c *call) appendTo(up *session) (stored, *refusal) {
	var before io.Reader = bytes.NewReader(nil)
	if up.Offset > 0 {
		f, err := c.s.blobs.open(up.SHA256)
		if err != nil {
			return stored{}, badParameter("the upload is gone; open another one")
		}
		defer f.Close()
		before = f
	}
	all, err := c.s.blobs.put(io.MultiReader(before, http.MaxBytesReader(nil, c.r.Body, maxMedia+1)), up.Length)
	switch {
	case errors.Is(err, errTooLarge):
		return stored{}, badParameter("the body: is longer than the %d bytes that were announced", up.Length)
	case err != nil:
		return stored{}, badParameter("the body could not be read")
	}
	return all, nil
}
