package onprem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"kontor/internal/facade/hook"
)

// errInside is the answer for addresses inside the house.
var errInside = errors.New("the address is a private one, which is not allowed (KONTOR_ALLOW_PRIVATE_CALLBACKS)")

// Links fetches files that messages link to. Strangers to the operator name
// those addresses, so loopback and private ones are refused where the
// connection is made: a name that leads inside does not pass either.
type Links struct{ client *http.Client }

// NewLinks makes Links; private allows addresses inside the house.
func NewLinks(private bool) Links {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error { return outside(address, private) }}
	return Links{&http.Client{
		Timeout:   fetchTimeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 20 * time.Second, DisableKeepAlives: true},
		// Credentials are for the address that was named, not for where it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// outside refuses an IP address that lies inside the house: see hook.MayCall.
func outside(address string, private bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !hook.MayCall(ap.Addr(), private) {
		return errInside
	}
	return nil
}

// Fetch implements Fetcher.
func (l Links) Fetch(ctx context.Context, address string, headers map[string]string) (io.ReadCloser, string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, "", errors.New("the address must begin with https:// or http://")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	resp, err := l.client.Do(r)
	if err != nil {
		return nil, "", err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, "", fmt.Errorf("the provider answered HTTP %d", resp.StatusCode)
	}
	return resp.Body, resp.Header.Get("Content-Type"), nil
}
