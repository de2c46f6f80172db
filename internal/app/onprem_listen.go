package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kontor/internal/facade/onprem"
	"kontor/internal/premises"
)

// onpremListener serves the On-Premises API alone, over TLS, as the old client
// did: on an address of its own (KONTOR_ONPREM_LISTEN), with a certificate that
// is made at first start, lies beside the database, or was uploaded by a client.
func (a *App) onpremListener(ctx context.Context) error {
	if a.Config.OnPremListen == "" {
		<-ctx.Done()
		return nil
	}
	own, err := a.onpremCertificate()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", a.Config.OnPremListen)
	if err != nil {
		return fmt.Errorf("listen on %s (KONTOR_ONPREM_LISTEN): %w", a.Config.OnPremListen, err)
	}
	a.log.Info("the On-Premises API listens on an address of its own", "address", l.Addr().String())
	certificates := &uploaded{a: a, own: own}
	server := &http.Server{
		Handler: a.onprem, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certificates.get},
	}
	served := make(chan error, 1)
	go func() { served <- server.ServeTLS(l, "", "") }() // waited for below
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	err = server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if end := <-served; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}

// Files in the data folder; put others in their place to use a certificate of
// one's own.
const (
	onpremCertFile = "onprem.crt"
	onpremKeyFile  = "onprem.key"
)

func (a *App) onpremCertificate() (*tls.Certificate, error) {
	cert, key := filepath.Join(a.Config.Data, onpremCertFile), filepath.Join(a.Config.Data, onpremKeyFile)
	if _, err := os.Stat(cert); errors.Is(err, os.ErrNotExist) {
		if err := selfSigned(cert, key, time.Now()); err != nil {
			return nil, fmt.Errorf("make a certificate for the On-Premises API: %w", err)
		}
		a.log.Info("made a certificate for the On-Premises API; clients must take it as it is, or put your own in its place", "file", cert)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate of the On-Premises API (%s, %s): %w", cert, key, err)
	}
	return &pair, nil
}

// selfSigned makes a certificate for this machine, good for ten years.
func selfSigned(certFile, keyFile string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	names := []string{"localhost"}
	if host, err := os.Hostname(); err == nil && host != "" {
		names = append(names, host)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: names[len(names)-1], Organization: []string{"Kontor"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0), DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}

// uploaded finds the certificate for a host name: one that a client uploaded
// (/v1/certificates/external) for that name, or the machine's own.
type uploaded struct {
	a   *App
	own *tls.Certificate

	mu     sync.Mutex // guards the two below
	pairs  []tls.Certificate
	readAt time.Time
}

// uploadedFor is how long uploaded certificates are believed.
const uploadedFor = 5 * time.Second

func (u *uploaded) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := time.Now(); now.Sub(u.readAt) > uploadedFor {
		pairs, err := u.read(hello.Context())
		if err != nil {
			u.a.log.Warn("uploaded certificates could not be read", "err", err)
		} else {
			u.pairs, u.readAt = pairs, now
		}
	}
	for i := range u.pairs {
		if hello.SupportsCertificate(&u.pairs[i]) == nil {
			return &u.pairs[i], nil
		}
	}
	return u.own, nil
}

func (u *uploaded) read(ctx context.Context) (pairs []tls.Certificate, err error) {
	facades, err := u.a.Premises.Facades(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range facades {
		var kept onprem.PEM
		found, err := u.a.Premises.Load(ctx, f, premises.DocCertificate, &kept)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		if pair, err := tls.X509KeyPair([]byte(kept.PEM), []byte(kept.PEM)); err == nil { // it was checked when it came
			pairs = append(pairs, pair)
		}
	}
	return pairs, nil
}
