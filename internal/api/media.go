package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/media"
	"kontor/internal/patience"
	"kontor/internal/wa"
)

// Uploaded is the answer to an upload.
type Uploaded struct {
	MediaID  string `json:"media_id" doc:"Name it in send calls." example:"med_0d5k7v2q8c1a0"`
	MimeType string `json:"mime_type" doc:"What the file is, by its content and by what you said."`
	Size     int64  `json:"size" doc:"Bytes."`
	SHA256   string `json:"sha256" doc:"Of the bytes, in hexadecimal."`
	Filename string `json:"filename"`
}

const (
	maxField   = 256  // bytes of a form's text member
	maxCaption = 1024 // characters
)

func (a *API) media(r chi.Router) {
	r.Post(Base+"/media", a.need(account.Send, a.upload))
	r.Get(Base+"/media/{id}", a.need(account.Read, a.download))
	r.Head(Base+"/media/{id}", a.need(account.Read, a.download))
	a.documentMedia()
}

// upload streams the file of a form into the store; at no time is more than a
// buffer of it in memory. Members of the form that come after the file are not read.
func (a *API) upload(w http.ResponseWriter, r *http.Request) {
	file, err := a.receive(w, r, nil)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	writeJSON(w, http.StatusCreated, "application/json", Uploaded{
		MediaID: file.ID.String(), MimeType: file.MimeType, Size: file.Size, SHA256: file.SHA256, Filename: file.Filename,
	})
}

// receive keeps the file of a form; texts are members that this call takes beside it.
func (a *API) receive(w http.ResponseWriter, r *http.Request, texts map[string]*string) (media.File, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return media.File{}, fault.New(fault.Invalid, codeMediaMultipart, "The body is no multipart form; nothing was kept.", `Send multipart/form-data with the member "file", as curl -F file=@photo.jpg does.`).Because(err)
	}
	line := patience.On(w)
	defer line.End()
	declared := ""
	for {
		line.Renew()
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return media.File{}, fault.Wrong(codeInvalid, fault.Field{Name: "file", Detail: "This member is required."})
		}
		if err != nil {
			return media.File{}, broken(err)
		}
		switch part.FormName() {
		case "file":
			return a.save(r, part, declared, line)
		case "type":
			if declared, err = formText(part); err != nil {
				return media.File{}, err
			}
		case "messaging_product": // what whoever knows Meta's call sends along
		default:
			into := texts[part.FormName()]
			if into == nil {
				return media.File{}, fault.Wrong(codeInvalid, fault.Field{Name: clipName(part.FormName()), Detail: "This call has no such member."})
			}
			if *into, err = longText(part, part.FormName()); err != nil {
				return media.File{}, err
			}
		}
	}
}

func (a *API) save(r *http.Request, part *multipart.Part, declared string, line *patience.Line) (media.File, error) {
	if declared == "" || !strings.Contains(declared, "/") { // "image" alone says less than the part's own type
		if own := part.Header.Get("Content-Type"); own != "application/octet-stream" {
			declared = own
		} else {
			declared = ""
		}
	}
	source := line.Body(part)
	file, err := a.Media.Save(r.Context(), principal(r.Context()).WorkspaceID, part.FileName(), declared, source, 0)
	if err != nil && source.Broke() != nil {
		return media.File{}, broken(source.Broke())
	}
	return file, err
}

func broken(err error) error {
	return fault.New(fault.Invalid, codeBodyUnread, "The upload broke off; nothing was kept.", "Send the file again.").Because(err)
}

func formText(part *multipart.Part) (string, error) {
	b, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return "", broken(err)
	}
	if len(b) > maxField {
		return "", fault.Wrong(codeInvalid, fault.Field{Name: "type", Detail: "is too long for a media type.", Limit: maxField, Length: len(b)})
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return "", fault.Wrong(codeInvalid, fault.Field{Name: "type", Detail: "is no text."})
	}
	return strings.TrimSpace(string(b)), nil
}

// longText is a form's member that is a caption's size at most (cloud-api.md 1.2).
func longText(part *multipart.Part, name string) (string, error) {
	b, err := io.ReadAll(io.LimitReader(part, 4*maxCaption+1))
	if err != nil {
		return "", broken(err)
	}
	if n := utf8.RuneCount(b); n > maxCaption || !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return "", fault.Wrong(codeInvalid, fault.Field{Name: name, Detail: "is too long, or no UTF-8 text, or holds a zero byte.", Limit: maxCaption, Length: n})
	}
	return strings.TrimSpace(string(b)), nil
}

func clipName(s string) string {
	if s == "" {
		return "form"
	}
	if len(s) > 64 {
		return s[:64]
	}
	return s
}

// download serves a file, or the part of it that Range asks for.
func (a *API) download(w http.ResponseWriter, r *http.Request) {
	id, err := wa.ParseMediaID(chi.URLParam(r, "id"))
	if err != nil {
		a.refuse(w, r, fault.New(fault.NotFound, "media_unknown", "There is no such file in this workspace.", "Use the media_id that an upload or a message gave you."))
		return
	}
	a.serveMedia(w, r, principal(r.Context()).WorkspaceID, id)
}

func (a *API) serveMedia(w http.ResponseWriter, r *http.Request, ws wa.WorkspaceID, id wa.MediaID) {
	content, file, err := a.opened(r.Context(), ws, id)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	defer content.Close() // only read from
	h := w.Header()
	h.Set("Content-Type", file.MimeType)
	h.Set("Content-Disposition", disposition(file))
	h.Set("Content-Security-Policy", filePolicy(file))
	h.Set("Cache-Control", "private, max-age=3600")
	h.Add("Vary", "Cookie, Authorization") // whoever comes next at this browser asks for themselves
	h.Set("ETag", `"`+file.SHA256+`"`)
	http.ServeContent(w, r, "", file.CreatedAt, content)
}

const (
	// fetchPatience is how long a download waits for WhatsApp's copy: a page that
	// shows a message at once asks for its picture a moment before it is here.
	fetchPatience = 10 * time.Second
	fetchPoll     = 100 * time.Millisecond
)

// opened is Media.Open that waits a while for a file that is still being fetched.
func (a *API) opened(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (io.ReadSeekCloser, media.File, error) {
	deadline := time.Now().Add(fetchPatience)
	for {
		content, file, err := a.Media.Open(ctx, ws, id)
		if err == nil || fault.As(err).Code != codeMediaFetching || time.Now().After(deadline) {
			return content, file, err
		}
		select {
		case <-ctx.Done():
			return nil, media.File{}, err
		case <-time.After(fetchPoll):
		}
	}
}

// shownInline are the types that a browser shows without running anything.
var shownInline = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/webp": true, "image/gif": true,
	"audio/aac": true, "audio/amr": true, "audio/mpeg": true, "audio/mp4": true, "audio/ogg": true,
	"video/mp4": true, "video/3gpp": true, "application/pdf": true,
}

func disposition(f media.File) string {
	kind := "attachment"
	if shownInline[bareType(f.MimeType)] {
		kind = "inline"
	}
	if f.Filename == "" {
		return kind
	}
	if full := mime.FormatMediaType(kind, map[string]string{"filename": f.Filename}); full != "" {
		return full
	}
	return kind
}

// filePolicy keeps what a customer sent from doing anything in the house's
// name. A PDF is left to the browser's viewer, which a sandbox would switch off.
func filePolicy(f media.File) string {
	if bareType(f.MimeType) == "application/pdf" {
		return "frame-ancestors 'self'; base-uri 'none'; script-src 'none'"
	}
	return "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; sandbox"
}

func bareType(t string) string {
	name, _, _ := strings.Cut(t, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

func (a *API) documentMedia() {
	registry := a.huma.OpenAPI().Components.Schemas
	up := route{
		method: http.MethodPost, path: "/media", id: "upload-media", tag: "Media", right: account.Send, status: http.StatusCreated, summary: "Upload a file",
		text: "A multipart form. What the file may be and how large is WhatsApp's: images (JPEG, PNG) 5 MB, video (MP4, 3GP) and audio (AAC, AMR, MP3, M4A, Ogg/Opus) 16 MB, stickers (WebP) 100 KB or 500 KB animated, documents 100 MB (cloud-api.md 1.5). A larger file is 413 `media_too_large`, another type 422.",
	}.operation()
	up.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
			"file": {Type: huma.TypeString, Format: "binary", Description: "The file."},
			"type": {Type: huma.TypeString, Description: "Its media type, when the part's Content-Type does not tell; before the file."},
		},
	}}}}
	up.Responses = map[string]*huma.Response{"201": jsonAnswer[Uploaded](registry, "Created")}
	a.add(up)
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "med_…", Example: "med_0d5k7v2q8c1a0"}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		down := route{
			method: method, path: "/media/{id}", id: strings.ToLower(method) + "-media", tag: "Media", right: account.Read, summary: "Download a file",
			text: "The bytes, or a part of them by Range. A file whose copy is still being fetched from WhatsApp is waited for, up to ten seconds; then the answer is 409 `media_fetching`.",
		}.operation()
		if method == http.MethodHead {
			down.Summary = "See a file's type and size"
		}
		down.Parameters = []*huma.Param{id}
		binary := map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		down.Responses = map[string]*huma.Response{"200": {Description: "The file.", Content: binary}, "206": {Description: "The part of the file that Range asked for.", Content: binary}}
		a.add(down)
	}
}
