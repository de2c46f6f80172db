package signontest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"testing"
)

// key signs tokens by the alg of their header (RFC 7518).
type key struct {
	id      string
	private crypto.Signer
}

func newKey(t testing.TB, alg string) key {
	var private crypto.Signer
	var err error
	if alg == "ES256" {
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key{rand.Text(), private}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// public is the key as a JWK (RFC 7517).
func (k key) public() map[string]any {
	jwk := map[string]any{"kid": k.id, "use": "sig"}
	switch public := k.private.Public().(type) {
	case *ecdsa.PublicKey:
		point, _ := public.Bytes() // 4, x, y
		jwk["kty"], jwk["crv"], jwk["x"], jwk["y"] = "EC", "P-256", encode(point[1:33]), encode(point[33:])
	case *rsa.PublicKey:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", encode(public.N.Bytes()), encode(big.NewInt(int64(public.E)).Bytes())
	}
	return jwk
}

// sign writes a JWS. Beside the key's own algorithm it knows what must be
// refused: none, and HS256 with the public key, which everybody has.
func (k key) sign(t testing.TB, header, claims map[string]any) string {
	h, herr := json.Marshal(header)
	c, cerr := json.Marshal(claims)
	if herr != nil || cerr != nil {
		t.Error(herr, cerr)
	}
	text := encode(h) + "." + encode(c)
	sum := sha256.Sum256([]byte(text))
	switch header["alg"] {
	case "none":
		return text + "."
	case "HS256":
		public, err := x509.MarshalPKIXPublicKey(k.private.Public())
		if err != nil {
			t.Error(err)
		}
		mac := hmac.New(sha256.New, public)
		mac.Write([]byte(text))
		return text + "." + encode(mac.Sum(nil))
	}
	if private, ok := k.private.(*ecdsa.PrivateKey); ok {
		r, s, err := ecdsa.Sign(rand.Reader, private, sum[:])
		if err != nil {
			t.Error(err)
		}
		both := make([]byte, 64)
		r.FillBytes(both[:32])
		s.FillBytes(both[32:])
		return text + "." + encode(both)
	}
	signed, err := k.private.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Error(err)
	}
	return text + "." + encode(signed)
}
