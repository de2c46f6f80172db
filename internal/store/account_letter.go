package store

import (
	"encoding/json"
	"time"

	"kontor/internal/account"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// sealLetter is of what a letter's link opens with.
const sealLetter = "letter.data"

// keptLetter is what of a letter is sealed.
type keptLetter struct {
	Token  string    `json:"token,omitempty"`
	Ends   time.Time `json:"ends,omitzero"`
	Locale string    `json:"locale,omitempty"`
}

// PutLetter implements account.Store.
func (a Accounts) PutLetter(tx txn.Tx, l account.Letter) error {
	plain, err := json.Marshal(keptLetter{l.Token.Reveal(), l.TokenEnds, l.Locale})
	if err != nil {
		return err
	}
	sealed, err := a.s.seal.Seal(plain, associated(l.WorkspaceID, sealLetter))
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`
		INSERT INTO letter (kind, subject, workspace_id, data_sealed, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, subject) DO UPDATE SET data_sealed = excluded.data_sealed, expires_at = excluded.expires_at`,
		string(l.Kind), l.Subject, int64(l.WorkspaceID), sealed, ms(l.ExpiresAt))
	return err
}

// Letter implements account.Store.
func (a Accounts) Letter(tx txn.Tx, ws wa.WorkspaceID, kind account.LetterKind, subject int64) (account.Letter, bool, error) {
	return first(tx, func(scan func(...any) error) (l account.Letter, err error) {
		var sealed []byte
		var expires int64
		l.Kind, l.Subject, l.WorkspaceID = kind, subject, ws
		if err = scan(&sealed, &expires); err != nil {
			return l, err
		}
		plain, err := a.s.seal.Open(sealed, associated(l.WorkspaceID, sealLetter))
		if err != nil {
			return l, err
		}
		var kept keptLetter
		err = json.Unmarshal(plain, &kept)
		l.Token, l.TokenEnds, l.Locale, l.ExpiresAt = wa.Secret(kept.Token), kept.Ends, kept.Locale, at(expires)
		return l, err
	}, `SELECT data_sealed, expires_at FROM letter WHERE workspace_id = $1 AND kind = $2 AND subject = $3`, int64(ws), string(kind), subject)
}

// DeleteLetter implements account.Store.
func (Accounts) DeleteLetter(tx txn.Tx, ws wa.WorkspaceID, kind account.LetterKind, subject int64) error {
	_, err := within(tx).exec(`DELETE FROM letter WHERE workspace_id = $1 AND kind = $2 AND subject = $3`, int64(ws), string(kind), subject)
	return err
}
