package sandbox

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"kontor/internal/meta"
)

// media is one media object: uploaded by the business, sent by a customer, or
// fetched from a link. Immutable.
type media struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"` // phone number id
	MimeType string    `json:"mime_type"`
	SHA256   string    `json:"sha256"` // hex
	Size     int64     `json:"size"`
	Filename string    `json:"filename,omitempty"`
	Head     []byte    `json:"head,omitempty"` // the first bytes
	Expires  time.Time `json:"expires"`
}

// Lifetimes (cloud-api.md 1.5).
const (
	uploadLife   = 30 * 24 * time.Hour
	inboundLife  = 7 * 24 * time.Hour
	mediaURLLife = 5 * time.Minute
)

func (m *media) expired(now time.Time) bool { return now.After(m.Expires) }

// base64Sum is the hash as webhooks carry it.
func (m *media) base64Sum() string {
	b, _ := hex.DecodeString(m.SHA256) // our own
	return base64.StdEncoding.EncodeToString(b)
}

// postMedia answers an upload: multipart with messaging_product, type and file.
func (c *call) postMedia() (any, *refusal) {
	if c.body != nil {
		return nil, badParameter("file: must be uploaded as multipart/form-data")
	}
	parts, err := c.r.MultipartReader()
	if err != nil {
		return nil, badParameter("the multipart body cannot be read")
	}
	var up upload
	if bad := c.readUpload(parts, &up); bad != nil {
		return nil, bad
	}
	switch {
	case up.product != "whatsapp":
		return nil, missing("messaging_product")
	case !up.given:
		return nil, missing("file")
	}
	declared := up.partType
	if bareType(up.kind) != "" && kindOf(bareType(up.kind)) != "" && (declared == "" || bareType(declared) == "application/octet-stream") {
		declared = up.kind
	}
	mimeType := typeOf(declared, up.stored.head)
	c.note = mimeType
	if bad := checkUpload(mimeType, up.stored); bad != nil {
		return nil, bad
	}
	if kind := bareType(up.kind); kindOf(kind) != "" && kind != mimeType {
		return nil, badParameter("type: is %q, but the file is %q", clip(up.kind), clip(mimeType))
	}
	life := uploadLife
	if up.ttl != "" { // of numbers without storage (cloud-api.md 1.5)
		minutes, err := strconv.Atoi(up.ttl)
		if err != nil || minutes < 60 || minutes > 43200 {
			return nil, badParameter("ttl_minutes: must be between 60 and 43200, is %q", clip(up.ttl))
		}
		life = time.Duration(minutes) * time.Minute
	}
	return meta.MediaID{ID: c.s.addMedia(c.number.cfg.PhoneNumberID, declaredOr(declared, mimeType), up.filename, up.stored, life).ID}, nil
}

// declaredOr keeps the parameters of a declared type ("audio/ogg; codecs=opus").
func declaredOr(declared, mimeType string) string {
	if bareType(declared) == mimeType && declared != "" && mimeType != "image/jpeg" {
		return declared
	}
	return mimeType
}

// upload is what a multipart body held.
type upload struct {
	product, kind string
	ttl           string // ttl_minutes
	partType      string
	filename      string
	stored        stored
	given         bool
}

// readUpload reads the parts; the file goes to disk as it comes.
func (c *call) readUpload(parts *multipart.Reader, up *upload) *refusal {
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badParameter("the multipart body cannot be read")
		}
		switch p.FormName() {
		case "file":
			up.partType, up.filename, up.given = p.Header.Get("Content-Type"), p.FileName(), true
			up.stored, err = c.s.blobs.put(p, maxMedia)
			if errors.Is(err, errTooLarge) {
				return refuse(codeMedia, "file: at most %d bytes are allowed", maxMedia)
			}
			if err != nil {
				return refuse(131000, "the file could not be stored")
			}
		default:
			value, err := io.ReadAll(io.LimitReader(p, kilobyte))
			if err != nil {
				return badParameter("the multipart body cannot be read")
			}
			switch p.FormName() {
			case "messaging_product":
				up.product = string(value)
			case "type":
				up.kind = string(value)
			case "ttl_minutes":
				up.ttl = string(value)
			}
		}
	}
}

// addMedia makes a media object of stored bytes.
func (s *Sandbox) addMedia(number, mimeType, filename string, st stored, life time.Duration) *media {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	s.dropExpired(now)
	m := &media{
		ID: s.st.objectID("media"), Number: number, MimeType: mimeType, SHA256: st.sum, Size: st.size,
		Filename: filename, Head: st.head[:min(len(st.head), 64)], Expires: now.Add(life),
	}
	s.st.media[m.ID] = m
	s.changed()
	return m
}

// dropExpired forgets media past its life; the caller holds mu.
func (s *Sandbox) dropExpired(now time.Time) {
	used := map[string]bool{}
	var gone []*media
	for id, m := range s.st.media {
		if m.expired(now) {
			gone = append(gone, m)
			delete(s.st.media, id)
		} else if len(gone) > 0 {
			used[m.SHA256] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, m := range s.st.media {
		used[m.SHA256] = true
	}
	for _, m := range gone {
		if !used[m.SHA256] {
			s.blobs.remove(m.SHA256)
		}
	}
}

// getMedia answers GET /{media-id}: a url on this host, good for five minutes.
func (c *call) getMedia() (any, *refusal) {
	m, bad := c.media()
	if bad != nil {
		return nil, bad
	}
	return meta.MediaObject{
		MessagingProduct: "whatsapp", URL: c.s.mediaURL(c.s.base(c.r), m), MimeType: m.MimeType,
		SHA256: m.SHA256, FileSize: jsonNumber(m.Size), ID: m.ID,
	}, nil
}

// deleteMedia answers DELETE /{media-id}.
func (c *call) deleteMedia() (any, *refusal) {
	m, bad := c.media()
	if bad != nil {
		return nil, bad
	}
	c.s.mu.Lock()
	delete(c.s.st.media, m.ID)
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// media is the object of the call; phone_number_id, when given, must be its number.
func (c *call) media() (*media, *refusal) {
	c.note, c.edge = c.object, ""
	c.s.mu.Lock()
	m := c.s.st.media[c.object]
	c.s.mu.Unlock()
	if m == nil {
		return nil, unknownObject(c.r.Method, c.object)
	}
	if want := c.query.Get("phone_number_id"); want != "" && want != m.Number {
		return nil, badParameter("phone_number_id: the media does not belong to number %s", clip(want))
	}
	if !c.mayUse(m.Number) {
		return nil, unknownObject(c.r.Method, c.object)
	}
	return m, nil
}

// downloadPath is where media urls point to, as on Meta's download host.
const downloadPath = "/whatsapp_business/attachments/"

// mediaURL makes a url that expires; its hash says that we made it.
func (s *Sandbox) mediaURL(base string, m *media) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mediaURLLocked(base, m)
}

func (s *Sandbox) mediaURLLocked(base string, m *media) string {
	ext := strconv.FormatInt(s.nowLocked().Add(mediaURLLife).Unix(), 10)
	return base + downloadPath + "?" + url.Values{
		"mid": {m.ID}, "source": {"getMedia"}, "ext": {ext}, "hash": {s.st.urlHash(m.ID, ext)},
	}.Encode()
}

func (st *state) urlHash(id, ext string) string {
	return hex.EncodeToString(mix(st.seed, "media url", id, ext)[:20])
}

// serveDownload answers a media url: the bytes, 401 without a token, 404 when
// the url or the media has expired.
func (s *Sandbox) serveDownload(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := &call{s: s, r: r, query: r.URL.Query()}
	e := Entry{Direction: "in", Kind: "call", Method: r.Method, Path: r.URL.RequestURI(), Edge: "download"}
	id, ext := c.query.Get("mid"), c.query.Get("ext")
	s.mu.Lock()
	m, now := s.st.media[id], s.nowLocked()
	genuine := hmac.Equal([]byte(s.st.urlHash(id, ext)), []byte(c.query.Get("hash")))
	s.mu.Unlock()
	e.Summary = "GET media " + id
	at, err := strconv.ParseInt(ext, 10, 64)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		e.Status = http.StatusMethodNotAllowed
	case c.bearer() == "" || !s.knows(c.bearer(), c.owners()):
		e.Status = http.StatusUnauthorized
	case !genuine || err != nil || now.Unix() >= at || m == nil || m.expired(now):
		e.Status = http.StatusNotFound
	default:
		e.Status = http.StatusOK
		s.serveBytes(w, r, m)
	}
	e.Duration = time.Since(began)
	s.journal.add(s, e)
	if e.Status != http.StatusOK {
		http.Error(w, http.StatusText(e.Status), e.Status)
	}
}

// serveBytes writes the bytes of a media object.
func (s *Sandbox) serveBytes(w http.ResponseWriter, r *http.Request, m *media) {
	f, err := s.blobs.open(m.SHA256)
	if err != nil {
		http.Error(w, "the bytes are gone", http.StatusNotFound)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", m.MimeType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, max-age=300")
	http.ServeContent(w, r, "", time.Time{}, f)
}
