package cloudapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Media asks where the bytes of an id are (cloud-api.md 1.5).
func (c *Client) Media(ctx context.Context, n *wa.Number, id string) (wa.RemoteMedia, *wa.Failure) {
	if id == "" {
		return wa.RemoteMedia{}, &wa.Failure{Class: wa.ClassNever, Cause: errors.New("no media id")}
	}
	body, failure := c.call(ctx, n, request{method: http.MethodGet, path: "/" + url.PathEscape(id),
		query: url.Values{"phone_number_id": {string(n.PhoneNumberID)}}})
	if failure != nil {
		return wa.RemoteMedia{}, failure
	}
	media, err := meta.ParseMediaObject(body)
	if err != nil {
		return wa.RemoteMedia{}, unreadable(http.StatusOK, err, false)
	}
	if media.ID == "" {
		media.ID = id
	}
	return media, nil
}

// Download fetches the bytes with the number's token, from Meta's hosts or the
// number's own base and from nowhere else: whoever could name another address
// would get the token, or have us call inside our own network.
func (c *Client) Download(ctx context.Context, n *wa.Number, media wa.RemoteMedia) (io.ReadCloser, *wa.Failure) {
	at, err := url.Parse(media.URL)
	if err != nil || !allowed(at, baseOf(n)) {
		return nil, &wa.Failure{Class: wa.ClassNever, Cause: errForeign,
			Problem: wa.Problem{Title: "The file's address is not one of WhatsApp's; nothing was fetched."}}
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, baseKey{}, baseOf(n)), transferTimeout)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, media.URL, nil)
	if err != nil {
		cancel()
		return nil, misconfigured(err)
	}
	c.sign(req, n)
	res, err := c.downloads.Do(req)
	if err != nil {
		cancel()
		return nil, unanswered(err, false)
	}
	if res.StatusCode != http.StatusOK {
		defer cancel()
		defer res.Body.Close()
		body, err := readAll(res, answerLimit)
		return nil, c.refusal(res, body, err, func() bool { return false })
	}
	return &download{ReadCloser: res.Body, cancel: cancel}, nil
}

// download ends its time limit when it is closed.
type download struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (d *download) Close() error {
	defer d.cancel()
	return d.ReadCloser.Close()
}

// baseKey carries the number's base to checkRedirect.
type baseKey struct{}

var errForeign = errors.New("the address is not one of WhatsApp's")

const maxRedirects = 3

// checkRedirect holds a redirect to the same addresses. net/http leaves the
// token behind when the host changes.
func checkRedirect(req *http.Request, via []*http.Request) error {
	base, _ := req.Context().Value(baseKey{}).(string)
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	if !allowed(req.URL, base) {
		return errForeign
	}
	return nil
}

// Meta's own domains (cloud-api.md 0: lookaside.fbsbx.com).
var metaDomains = [...]string{"fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net", "whatsapp.com"}

// allowed tells whether a file may be fetched there: over https from Meta, or
// from the very server that the base names.
func allowed(at *url.URL, base string) bool {
	if at.User != nil || at.Hostname() == "" {
		return false
	}
	if own, err := url.Parse(base); err == nil && at.Scheme == own.Scheme && strings.EqualFold(hostPort(at), hostPort(own)) {
		return at.Scheme == "https" || at.Scheme == "http"
	}
	if at.Scheme != "https" || (at.Port() != "" && at.Port() != "443") {
		return false
	}
	host := strings.ToLower(at.Hostname())
	for _, domain := range metaDomains {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

// hostPort is host and port, also where the port is the scheme's own.
func hostPort(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return u.Hostname() + ":" + port
}
