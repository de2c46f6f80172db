package hook

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"sync"
)

// manyRoots bounds the bundles of certificates for which connections are kept:
// with more than so many in use, some calls have to connect anew.
const manyRoots = 100

// trusts are transports for endpoints that named authorities of their own, by
// what they named. Connections are never shared between two bundles: what one
// number trusts says nothing about another.
type trusts struct {
	mu sync.Mutex
	by map[[sha256.Size]byte]*http.Transport // guarded by mu
}

// errRoots says that a bundle holds no certificate, which whoever took it in has checked.
var errRoots = errors.New("the certificates that were named cannot be read")

// trusting is the transport that trusts the system's authorities and those of a
// bundle.
func (c *Caller) trusting(bundle []byte) (*http.Transport, error) {
	if len(bundle) == 0 {
		return c.transport, nil
	}
	key := sha256.Sum256(bundle)
	c.trusts.mu.Lock()
	defer c.trusts.mu.Unlock()
	if t := c.trusts.by[key]; t != nil {
		return t, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // a machine without any: the bundle is all there is
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(bundle) {
		return nil, errRoots
	}
	if len(c.trusts.by) >= manyRoots {
		c.trusts.dropOne()
	}
	t := c.transport.Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
	if c.trusts.by == nil {
		c.trusts.by = map[[sha256.Size]byte]*http.Transport{}
	}
	c.trusts.by[key] = t
	return t, nil
}

// dropOne forgets any one transport; its calls under way go on.
func (t *trusts) dropOne() {
	for key, one := range t.by {
		one.CloseIdleConnections()
		delete(t.by, key)
		return
	}
}

func (t *trusts) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range t.by {
		one.CloseIdleConnections()
	}
}
