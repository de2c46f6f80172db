package graph

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/media"
	"kontor/internal/meta"
)

// Resumable uploads (cloud-api.md 5.1) are for pictures of profiles and
// examples of templates. They go to the provider as they come; the session's id
// is sealed, so that it opens for its workspace only.

// postUpload begins an upload: POST /{app-id}/uploads. Whichever app the caller
// names, it is that of the number's token: "app" to Graph.
func (c *call) postUpload() error {
	c.label = "POST app/uploads"
	if err := c.need(manage); err != nil {
		return err
	}
	n, err := c.first()
	if err != nil {
		return err
	}
	if err := c.readBody(); err != nil {
		return err
	}
	return c.pass(n, passing{
		path: "/app/uploads", members: []string{"file_name", "file_length", "file_type", "session_type"},
		change: func(body map[string]any) error { return c.sealSession(body, string(n.PhoneNumberID)) },
	})
}

func (c *call) sealSession(body map[string]any, phone string) error {
	id, ok := body["id"].(string)
	if !ok {
		return fault.New(fault.Unavailable, "whatsapp_unavailable", "WhatsApp began no upload.", "Try again after a while.")
	}
	plain, err := json.Marshal([3]string{c.appID(), phone, id})
	if err != nil {
		return err
	}
	sealed, err := c.g.Sealer.Seal(plain, sealedUpload)
	if err != nil {
		return err
	}
	body["id"] = "upload:" + base64.RawURLEncoding.EncodeToString(sealed)
	return nil
}

// continueUpload sends the bytes of an upload, or asks how far it has come.
func (c *call) continueUpload() error {
	c.label = c.r.Method + " upload"
	if err := c.need(manage); err != nil {
		return err
	}
	var session [3]string
	sealed, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(c.node, "upload:"))
	if err == nil {
		var plain []byte
		if plain, err = c.g.Sealer.Open(sealed, sealedUpload); err == nil {
			err = json.Unmarshal(plain, &session)
		}
	}
	if err != nil || session[0] != c.appID() {
		return errUnknown(c.node)
	}
	at, err := c.find(c.r.Context(), session[1])
	if err != nil {
		return err
	}
	path, query, _ := strings.Cut(session[2], "?")
	asked, err := url.ParseQuery(query)
	if err != nil {
		return errUnknown(c.node)
	}
	p := passing{path: "/" + url.PathEscape(path), query: asked}
	if c.r.Method == http.MethodPost {
		p.body = &meta.Call{
			Body: capped(c.r.Body, media.MaxSize), Length: c.r.ContentLength, ContentType: "application/octet-stream",
			Header: http.Header{"File_offset": {offset(c.r.Header.Get("file_offset"))}},
		}
	} else {
		p.change = func(body map[string]any) error { return c.sealSession(body, session[1]) }
	}
	return c.pass(at.number, p)
}

func offset(text string) string {
	if digits.MatchString(text) {
		return text
	}
	return "0"
}

// capped reads at most so much and then fails.
func capped(r io.Reader, limit int64) io.Reader {
	return http.MaxBytesReader(nil, io.NopCloser(r), limit)
}
