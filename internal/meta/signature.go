package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// SignatureHeader is the header in which Meta signs a webhook (cloud-api.md 2.1).
const SignatureHeader = "X-Hub-Signature-256"

const signaturePrefix = "sha256="

// VerifySignature reports whether header is the signature of body under the
// app secret. body is the raw bytes as they came, never a re-encoding. The
// comparison takes the same time wherever the two differ. A malformed header
// and an empty secret are simply false.
func VerifySignature(secret, body []byte, header string) bool {
	text, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok || len(text) != hex.EncodedLen(sha256.Size) || len(secret) == 0 {
		return false
	}
	var given [sha256.Size]byte
	if _, err := hex.Decode(given[:], []byte(text)); err != nil {
		return false
	}
	return hmac.Equal(given[:], digest(secret, body))
}

// Sign is the value of SignatureHeader for body under the app secret.
func Sign(secret, body []byte) string {
	return signaturePrefix + hex.EncodeToString(digest(secret, body))
}

func digest(secret, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return mac.Sum(nil)
}

// SameToken compares a verify token with the one that was given, in a time that
// tells neither where they differ nor how long the expected one is. An empty
// expected token matches nothing.
func SameToken(want, got string) bool {
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(got))
	same := subtle.ConstantTimeCompare(a[:], b[:]) == 1
	return same && want != ""
}
