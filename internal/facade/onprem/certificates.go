package onprem

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"

	"kontor/internal/premises"
)

const maxPEM = 256 << 10

// PEM is a document with a certificate with its key, or a bundle, as text.
type PEM struct {
	PEM string `json:"pem"`
}

// setCertificate takes PEM with key and certificate for the TLS listener
// (KONTOR_ONPREM_LISTEN), for the host names that it is made out for.
func (c *call) setCertificate() (*answer, error) {
	text, err := c.readAll(maxPEM)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, refuse(1008, "The certificate is missing: the body is empty.")
	}
	if _, err := tls.X509KeyPair(text, text); err != nil {
		return nil, errWrong("body", "it must hold a certificate and its private key, as PEM.").because(err)
	}
	return done(http.StatusOK), c.Premises.Save(c.ctx(), c.facade, premises.DocCertificate, PEM{string(text)})
}

// readCertificate answers the certificate, never the key.
func (c *call) readCertificate() (*answer, error) {
	var kept PEM
	found, err := c.Premises.Load(c.ctx(), c.facade, premises.DocCertificate, &kept)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, refuse(1006, "No certificate was set.")
	}
	return plainText(certificatesOf(kept.PEM)), nil
}

// certificatesOf leaves keys out.
func certificatesOf(text string) string {
	var out strings.Builder
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return out.String()
		}
		if block.Type == "CERTIFICATE" {
			out.Write(pem.EncodeToMemory(block))
		}
	}
}

func plainText(text string) *answer {
	return raw(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/plain;charset=utf-8")
		w.Write([]byte(text)) // a client that went away has nobody to be told
	})
}

// setWebhookCA takes the certificates that are trusted when calling back.
func (c *call) setWebhookCA() (*answer, error) {
	text, err := c.readAll(maxPEM)
	if err != nil {
		return nil, err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return nil, errWrong("body", "it must hold certificates, as PEM.")
	}
	if err := c.Premises.Save(c.ctx(), c.facade, premises.DocWebhookCA, PEM{string(text)}); err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.settingsChanged()
}

func (c *call) readWebhookCA() (*answer, error) {
	var kept PEM
	found, err := c.Premises.Load(c.ctx(), c.facade, premises.DocWebhookCA, &kept)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, refuse(1006, "No certificates were set.")
	}
	return plainText(kept.PEM), nil
}

func (c *call) deleteWebhookCA() (*answer, error) {
	if err := c.Premises.Remove(c.ctx(), c.facade, premises.DocWebhookCA); err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.settingsChanged()
}
