package onprem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// maxPhoto is WhatsApp's limit for the picture of a profile.
const maxPhoto = 5 << 20

// photo is which file the client set last, so that it reads back what it wrote.
type photo struct {
	Media wa.MediaRef `json:"media"`
}

// readPhoto answers the bytes of the picture, or with ?format=link the address
// at which WhatsApp has it.
func (c *call) readPhoto() (*answer, error) {
	if c.r.URL.Query().Get("format") == "link" {
		p, err := c.profile()
		if err != nil {
			return nil, err
		}
		return tell("settings", map[string]any{"profile": map[string]any{"photo": map[string]any{"link": p.ProfilePictureURL}}}), nil
	}
	var kept photo
	found, err := c.Premises.Load(c.ctx(), c.facade, premises.DocPhoto, &kept)
	if err != nil {
		return nil, err
	}
	if !found {
		return c.photoOfWhatsApp()
	}
	id, err := wa.ParseMediaID(string(kept.Media))
	if err != nil {
		return nil, errGone()
	}
	r, f, err := c.Media.Open(c.ctx(), c.facade.WorkspaceID, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, errGone()
		}
		return nil, err
	}
	return c.picture(r, f.MimeType)
}

func (c *call) photoOfWhatsApp() (*answer, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	if p.ProfilePictureURL == "" {
		return nil, errGone()
	}
	r, mimeType, err := c.Fetch.Fetch(c.ctx(), p.ProfilePictureURL, nil)
	if err != nil {
		return nil, refuse(1014, "The picture could not be fetched from WhatsApp.").because(err)
	}
	return c.picture(r, mimeType)
}

func (c *call) picture(r io.ReadCloser, mimeType string) (*answer, error) {
	defer r.Close()
	picture, err := io.ReadAll(io.LimitReader(r, maxPhoto+1))
	if err != nil {
		return nil, err
	}
	return raw(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", mimeType)
		w.Header().Set("Content-Length", strconv.Itoa(len(picture)))
		w.Write(picture) // a client that went away has nobody to be told
	}), nil
}

// setPhoto takes the raw bytes of a picture; clients send it with the type of a
// form, too, so the content tells what it is.
func (c *call) setPhoto() (*answer, error) {
	picture, err := c.readAll(maxPhoto)
	if err != nil {
		return nil, err
	}
	if len(picture) == 0 {
		return nil, refuse(1008, "The picture is missing: the body is empty.")
	}
	mimeType := http.DetectContentType(picture)
	if mimeType != "image/jpeg" && mimeType != "image/png" {
		return nil, errWrong("body", "it must be a JPEG or PNG picture.")
	}
	if err := c.showPhoto(picture, mimeType); err != nil {
		return nil, err
	}
	f, err := c.Media.Save(c.ctx(), c.facade.WorkspaceID, "", "", bytes.NewReader(picture), maxPhoto)
	if err != nil {
		return nil, uploadRefusal(err)
	}
	return done(http.StatusCreated), c.Premises.Save(c.ctx(), c.facade, premises.DocPhoto, photo{f.Ref()})
}

// showPhoto gives the picture to WhatsApp: a resumable upload, whose handle
// becomes the profile's picture (cloud-api.md 5.1, 6.6).
func (c *call) showPhoto(picture []byte, mimeType string) error {
	session, err := c.uploadSession(url.Values{"file_length": {strconv.Itoa(len(picture))}, "file_type": {mimeType}, "file_name": {"photo"}})
	if err != nil {
		return err
	}
	path, query, _ := strings.Cut(session, "?")
	sign, err := url.ParseQuery(query)
	if err != nil || path == "" {
		return refuse(1014, "WhatsApp answered something that is not known.").because(errors.Join(err, errors.New("no upload session")))
	}
	var file struct{ H string }
	err = c.graph(c.ctx(), c.number, meta.Call{
		Method: http.MethodPost, Path: "/" + path, Query: sign, ContentType: "application/octet-stream", Body: bytes.NewReader(picture), Length: int64(len(picture)),
		Header: http.Header{"File_offset": {"0"}},
	}, &file)
	if err != nil {
		return err
	}
	return c.ask(c.ctx(), c.number, "/whatsapp_business_profile", map[string]any{"messaging_product": meta.Product, "profile_picture_handle": file.H})
}

// uploadSession opens an upload in the app that the number's token belongs to:
// one of those that are subscribed to its account, the others refuse the token.
func (c *call) uploadSession(q url.Values) (string, error) {
	var apps struct {
		Data []struct {
			App struct{ ID string } `json:"whatsapp_business_api_data"`
		}
	}
	if err := c.graph(c.ctx(), c.number, meta.Call{Method: http.MethodGet, Path: "/" + url.PathEscape(string(c.number.WABAID)) + "/subscribed_apps"}, &apps); err != nil {
		return "", err
	}
	var err error = refuse(1014, "No app is subscribed to the account of this number; an operator must look at it.")
	for _, a := range apps.Data {
		var session struct{ ID string }
		if err = c.graph(c.ctx(), c.number, meta.Call{Method: http.MethodPost, Path: "/" + url.PathEscape(a.App.ID) + "/uploads", Query: q}, &session); err == nil {
			return session.ID, nil
		}
	}
	return "", err
}

// errNoGraph says that the number's provider does not speak Graph.
var errNoGraph = errors.New("the provider does not speak Graph")

// graph makes a Graph call at a number's provider and reads its answer.
func (h *Handler) graph(ctx context.Context, n *wa.Number, m meta.Call, into any) error {
	reply, able, failure := h.Relay.Relay(ctx, n, m)
	switch {
	case failure != nil:
		return refusalOfFailure(failure)
	case !able:
		return refuse(1005, "The provider of this number does not let this be changed here; nothing was done.").because(errNoGraph)
	case reply.Status >= 300:
		return refusalOfReply(reply)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(reply.Body, into); err != nil {
		return refuse(1014, "WhatsApp answered something that is not known.").because(err)
	}
	return nil
}

// deletePhoto forgets what was set here; the Cloud API cannot take a picture away.
func (c *call) deletePhoto() (*answer, error) {
	c.note("photo")
	return done(http.StatusOK), c.Premises.Remove(c.ctx(), c.facade, premises.DocPhoto)
}
