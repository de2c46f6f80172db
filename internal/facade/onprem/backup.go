package onprem

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"golang.org/x/crypto/argon2"

	"kontor/internal/premises"
)

// A backup is a text of ours that only the password opens: "kontor1." and
// base64url of salt, nonce and the sealed JSON of users and documents. A backup
// of Meta's own client cannot be opened by anybody but Meta, and is told apart.
const backupPrefix = "kontor1."

const (
	backupSalt  = 16
	backupNonce = 12
)

func backupCipher(password string, salt []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(argon2.IDKey([]byte(password), salt, 2, 19<<10, 1, 32))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// SealBackup writes a backup.
func SealBackup(password string, b premises.Backup) (string, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	head := make([]byte, backupSalt+backupNonce)
	rand.Read(head) // never fails: crypto/rand ends the program instead
	aead, err := backupCipher(password, head[:backupSalt])
	if err != nil {
		return "", err
	}
	sealed := aead.Seal(head, head[backupSalt:], plain, []byte(backupPrefix))
	return backupPrefix + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// OpenBackup reads what SealBackup wrote; what is wrong is a *Refusal.
func OpenBackup(password, data string) (b premises.Backup, err error) {
	text, ours := strings.CutPrefix(strings.TrimSpace(data), backupPrefix)
	if !ours {
		return b, errWrong("data", "it is no backup of Kontor's. One of Meta's client is opened by Meta alone; kontor onprem import takes its settings from a client that still answers.")
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sealed) < backupSalt+backupNonce {
		return b, errWrong("data", "it is damaged.")
	}
	aead, err := backupCipher(password, sealed[:backupSalt])
	if err != nil {
		return b, err
	}
	plain, err := aead.Open(nil, sealed[backupSalt:backupSalt+backupNonce], sealed[backupSalt+backupNonce:], []byte(backupPrefix))
	if err != nil {
		return b, errWrong("password", "it does not open this backup.")
	}
	if err := json.Unmarshal(plain, &b); err != nil {
		return b, errWrong("data", "it is of another version.")
	}
	return b, nil
}

func (c *call) backup() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	password := body.need("password")
	if err := body.end(); err != nil {
		return nil, err
	}
	b, err := c.Premises.TakeBackup(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	data, err := SealBackup(password, b)
	if err != nil {
		return nil, err
	}
	return tell("settings", map[string]any{"data": data}), nil
}

func (c *call) restore() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	password, data := body.need("password"), body.need("data")
	if err := body.end(); err != nil {
		return nil, err
	}
	b, err := OpenBackup(password, data)
	if err != nil {
		return nil, err
	}
	if err := c.Premises.RestoreBackup(c.ctx(), c.facade, b); err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.settingsChanged()
}

// settingsChanged has the callbacks and WhatsApp follow what was set.
func (c *call) settingsChanged() error {
	if err := c.CheckKeys(c.ctx(), c.facade); err != nil { // what was asked for stays
		c.Log.WarnContext(c.ctx(), "the identity check of the number could not be switched; WhatsApp may tell of no change", "err", err)
		c.note("show_security_notifications")
	}
	return c.Callbacks.Changed(c.ctx(), c.facade)
}
