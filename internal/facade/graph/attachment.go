package graph

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// attachment is what the address of a file stands for: sealed, so that it can
// be neither changed nor made up, and tells nothing of the provider. Besides, it
// opens with a key of its workspace only.
type attachment struct {
	Workspace wa.WorkspaceID   `json:"w"`
	Media     wa.MediaID       `json:"m,omitempty"` // a file of ours, or
	Number    wa.PhoneNumberID `json:"n,omitempty"` // one that is fetched through this number:
	Remote    string           `json:"r,omitempty"` // by WhatsApp's id,
	URL       string           `json:"u,omitempty"` // or from the provider's own host
	Until     int64            `json:"t"`           // unix seconds
}

// sealedAs keeps what is sealed for one purpose from being used for another.
var (
	sealedAttachment = []byte("graph attachment")
	sealedUpload     = []byte("graph upload")
)

// attachmentsNode and attachmentsEdge are where files are, as at Meta's.
const (
	attachmentsNode = "whatsapp_business"
	attachmentsEdge = "attachments"
)

// address is where the attachment can be fetched.
func (c *call) address(a attachment, id string) (string, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	sealed, err := c.g.Sealer.Seal(plain, sealedAttachment)
	if err != nil {
		return "", err
	}
	query := url.Values{"mid": {id}, "source": {"getMedia"}, "ext": {strconv.FormatInt(a.Until, 10)}, "hash": {base64.RawURLEncoding.EncodeToString(sealed)}}
	return c.base() + "/" + c.version + "/" + attachmentsNode + "/" + attachmentsEdge + "/?" + query.Encode(), nil
}

var errExpired = fault.New(fault.NotFound, codeExpired, "This address of a file has expired, or is not one of yours.", "Ask for the media id again: its url is good for five minutes.")

// getAttachment hands out the bytes of a file.
func (c *call) getAttachment() error {
	c.label = "GET attachment"
	if err := c.need(account.Read); err != nil {
		return err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.query.Get("hash"))
	if err != nil {
		return errExpired
	}
	plain, err := c.g.Sealer.Open(sealed, sealedAttachment)
	if err != nil {
		return errExpired
	}
	var a attachment
	if err := json.Unmarshal(plain, &a); err != nil || a.Workspace != c.who.WorkspaceID || c.g.Now().Unix() >= a.Until {
		return errExpired
	}
	if a.Media != 0 {
		return c.serveFile(a.Media)
	}
	return c.serveRemote(a)
}

// serveFile serves a file of ours, or the part of it that Range asks for.
func (c *call) serveFile(id wa.MediaID) error {
	bytes, f, err := c.g.Media.Open(c.r.Context(), c.who.WorkspaceID, id)
	if err != nil {
		return err
	}
	defer bytes.Close() // only read from
	c.attach(f.MimeType, f.Filename)
	c.w.Header().Set("ETag", `"`+f.SHA256+`"`)
	c.answered = true
	http.ServeContent(c.w, c.r, "", f.CreatedAt, bytes)
	c.g.count(c.label, 0)
	return nil
}

// serveRemote streams what only the provider has.
func (c *call) serveRemote(a attachment) error {
	n, ok := c.g.Numbers.ByPhoneNumberID(a.Number)
	if !ok || n.WorkspaceID != c.who.WorkspaceID {
		return errExpired
	}
	m := wa.RemoteMedia{URL: a.URL}
	if a.Remote != "" {
		var failure *wa.Failure
		if m, failure = c.g.Carrier.Media(c.r.Context(), n, a.Remote); failure != nil {
			return failure
		}
	}
	body, failure := c.g.Carrier.Download(c.r.Context(), n, m)
	if failure != nil {
		return failure
	}
	defer body.Close()
	if m.MimeType == "" {
		m.MimeType = "application/octet-stream"
	}
	c.attach(m.MimeType, "")
	if m.Size > 0 {
		c.w.Header().Set("Content-Length", strconv.FormatInt(m.Size, 10))
	}
	c.answered = true
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(c.w, body); err != nil {
		panic(http.ErrAbortHandler) // half a file must not be taken for a whole one
	}
	c.g.count(c.label, 0)
	return nil
}

// attach keeps what a customer sent from doing anything in the house's name.
func (c *call) attach(mimeType, name string) {
	c.head(mimeType)
	h := c.w.Header()
	disposition := "attachment"
	if name != "" {
		if full := mime.FormatMediaType(disposition, map[string]string{"filename": name}); full != "" {
			disposition = full
		}
	}
	h.Set("Content-Disposition", disposition)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox")
}
