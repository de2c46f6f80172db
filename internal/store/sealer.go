package store

import (
	"encoding/json"
	"fmt"

	"kontor/internal/wa"
)

// Sealer encrypts what a column holds. The associated data bind a ciphertext
// to its workspace and column: moved elsewhere, it does not open (law 9).
type Sealer interface {
	Seal(plain, associated []byte) ([]byte, error)
	Open(sealed, associated []byte) ([]byte, error)
}

// column names for sealing; never rename one, or what was sealed under it is lost.
const (
	sealContent     = "message.content"
	sealContext     = "conversation.context"
	sealAccessToken = "number.access_token"
	sealAppSecret   = "number.app_secret"
	sealVerifyToken = "number.verify_token"
	sealQuarantine  = "quarantine.body"
	sealNotice      = "notice.body"
	sealWebhook     = "webhook.body"
	sealTicket      = "ticket.data"
	sealTOTP        = "person_totp.secret"
	sealPasskey     = "passkey.record"
)

func associated(ws wa.WorkspaceID, column string) []byte {
	return fmt.Appendf(make([]byte, 0, 48), "%d/%s", ws, column)
}

func (s *Store) sealText(ws wa.WorkspaceID, column, text string) ([]byte, error) {
	return s.seal.Seal([]byte(text), associated(ws, column))
}

func (s *Store) openText(ws wa.WorkspaceID, column string, sealed []byte) (string, error) {
	plain, err := s.seal.Open(sealed, associated(ws, column))
	if err != nil {
		return "", fmt.Errorf("open %s: %w", column, err)
	}
	return string(plain), nil
}

// keptContent is content as it is stored: with what is not served.
type keptContent struct {
	*wa.Content
	Sender *wa.Sender `json:"sender,omitempty"`
}

func (s *Store) sealContent(ws wa.WorkspaceID, c *wa.Content) ([]byte, error) {
	plain, err := json.Marshal(keptContent{c, c.Sender})
	if err != nil {
		return nil, fmt.Errorf("encode content: %w", err)
	}
	return s.seal.Seal(plain, associated(ws, sealContent))
}

func (s *Store) openContent(ws wa.WorkspaceID, sealed []byte, into *wa.Content) error {
	plain, err := s.seal.Open(sealed, associated(ws, sealContent))
	if err != nil {
		return fmt.Errorf("open content: %w", err)
	}
	kept := keptContent{Content: into}
	err = json.Unmarshal(plain, &kept)
	into.Sender = kept.Sender
	return err
}
