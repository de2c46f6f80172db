package sandbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
)

// flowSecret is the key of one exchange with a flow's endpoint: WhatsApp makes
// it, and the answer comes under the same key with every bit of iv inverted
// (cloud-api.md 6.9).
type flowSecret struct {
	key []byte // AES-128
	iv  []byte // 16 bytes
}

// flowEnvelope is the body of the request.
type flowEnvelope struct {
	Data   string `json:"encrypted_flow_data"`
	AESKey string `json:"encrypted_aes_key"`
	IV     string `json:"initial_vector"`
}

// businessKey reads the public key of a number: PEM, RSA with 2048 bits.
func businessKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the public key is not PEM")
	}
	var any any
	any, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		any, err = x509.ParsePKCS1PublicKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	key, ok := any.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 2048 {
		return nil, errors.New("the public key must be RSA with 2048 bits")
	}
	return key, nil
}

// seal encrypts a request for the business: AES-GCM under a fresh key, and that
// key by RSA-OAEP with SHA-256.
func sealFlow(random io.Reader, key *rsa.PublicKey, request any) (*flowSecret, []byte, error) {
	plain, err := json.Marshal(request)
	if err != nil {
		return nil, nil, err
	}
	secret := &flowSecret{key: make([]byte, 16), iv: make([]byte, 16)}
	if _, err := io.ReadFull(random, secret.key); err != nil {
		return nil, nil, err
	}
	if _, err := io.ReadFull(random, secret.iv); err != nil {
		return nil, nil, err
	}
	gcm, err := secret.gcm()
	if err != nil {
		return nil, nil, err
	}
	wrapped, err := rsa.EncryptOAEP(sha256.New(), random, key, secret.key, nil)
	if err != nil {
		return nil, nil, err
	}
	b64 := base64.StdEncoding.EncodeToString
	body, err := json.Marshal(flowEnvelope{b64(gcm.Seal(nil, secret.iv, plain, nil)), b64(wrapped), b64(secret.iv)})
	return secret, body, err
}

// open decrypts the business's answer: base64 of AES-GCM under the inverted iv.
func (f *flowSecret) open(body []byte) (map[string]any, error) {
	sealed, err := base64.StdEncoding.DecodeString(string(body))
	if err != nil {
		return nil, errors.New("the answer is not base64")
	}
	gcm, err := f.gcm()
	if err != nil {
		return nil, err
	}
	inverted := make([]byte, len(f.iv))
	for i, b := range f.iv {
		inverted[i] = ^b
	}
	plain, err := gcm.Open(nil, inverted, sealed, nil)
	if err != nil {
		return nil, errors.New("the answer cannot be decrypted: it must be AES-GCM with the request's key and every bit of its initial vector inverted")
	}
	answer, bad := decodeObject(plain)
	if bad != nil {
		return nil, errors.New("the answer is not a JSON object once decrypted")
	}
	return answer, nil
}

func (f *flowSecret) gcm() (cipher.AEAD, error) {
	block, err := aes.NewCipher(f.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithNonceSize(block, len(f.iv))
}
