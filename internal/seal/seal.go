// Package seal encrypts message bodies and secrets at rest (S3-9): AES-256-GCM
// data keys from a Tink keyset, which itself lies in the database sealed under
// the key-encryption key (MESSAGE_ENCRYPTION_KEY). Every ciphertext names its
// data key, so a new one can be added while the old ones still open.
package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Sealer seals and opens under the data keys of one installation. Safe for
// concurrent use.
type Sealer struct {
	aead tink.AEAD
}

// Seal encrypts plain; associated must be given again to open it.
func (s *Sealer) Seal(plain, associated []byte) ([]byte, error) {
	return s.aead.Encrypt(plain, associated)
}

// Open decrypts what Seal made. It fails for another installation's text, a
// changed one, and one that was moved to other associated data.
func (s *Sealer) Open(sealed, associated []byte) ([]byte, error) {
	return s.aead.Decrypt(sealed, associated)
}

// KeyLength is the length of the key-encryption key in bytes.
const KeyLength = 32

// ErrKey is what New answers when the key does not open the keyset.
var ErrKey = errors.New("MESSAGE_ENCRYPTION_KEY does not open this database's keys: use the key it was set up with")

// ParseKey reads MESSAGE_ENCRYPTION_KEY: base64 (standard or URL alphabet, with
// or without padding) of 32 bytes.
func ParseKey(text string) ([]byte, error) {
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(text); err == nil && len(key) == KeyLength {
			return key, nil
		}
	}
	return nil, fmt.Errorf("MESSAGE_ENCRYPTION_KEY must be base64 of %d bytes; make one with: openssl rand -base64 %d", KeyLength, KeyLength)
}

// KeyFileName is the file in the data folder that keeps the key.
const KeyFileName = "message.key"

// ReadKey reads the key kept in dir; found is false when there is none.
func ReadKey(dir string) (key []byte, found bool, err error) {
	path := filepath.Join(dir, KeyFileName)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err == nil {
		key, err = ParseKey(string(bytes.TrimSpace(text)))
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", path, err)
	}
	return key, true, nil
}

// MakeKey makes a key and keeps it in dir. Of two processes that start at once
// one makes it, and both get the same. made tells the caller to remind people of
// a backup: without the key, what is sealed is lost.
func MakeKey(dir string, random func([]byte)) (key []byte, made bool, err error) {
	key = make([]byte, KeyLength)
	random(key)
	// Written whole beside its place and linked there: whoever finds it finds all of it.
	draft, err := os.MkdirTemp(dir, "new-key-")
	if err != nil {
		return nil, false, fmt.Errorf("keep a new message key: %w", err)
	}
	defer os.RemoveAll(draft)
	path := filepath.Join(draft, KeyFileName)
	if err := writeSynced(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n")); err != nil {
		return nil, false, fmt.Errorf("keep a new message key: %w", err)
	}
	switch err := os.Link(path, filepath.Join(dir, KeyFileName)); {
	case errors.Is(err, os.ErrExist): // the other one was first
		key, _, err = ReadKey(dir)
		return key, false, err
	case err != nil:
		return nil, false, fmt.Errorf("keep a new message key: %w", err)
	}
	return key, true, syncFolder(dir)
}

// writeSynced writes a file that only its owner reads and that survives a power
// cut: rows sealed under a lost key would be lost with it.
func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

var keysetName = []byte("kontor keyset")

// NewKeyset makes data keys, sealed under key, to be kept in the database.
func NewKeyset(key []byte) ([]byte, error) {
	kek, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&out), kek, keysetName); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// New opens a keyset that NewKeyset made, with the same key.
func New(key, sealedKeyset []byte) (*Sealer, error) {
	kek, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(sealedKeyset)), kek, keysetName)
	if err != nil {
		return nil, errors.Join(ErrKey, err)
	}
	a, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: a}, nil
}
