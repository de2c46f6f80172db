package account

import (
	"context"
	"crypto/rand"
	"strings"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// recoveryCodes is how many there are: each stands for a code of an
// authenticator that is lost, once.
const recoveryCodes = 10

// newRecoveryCodes makes codes of 80 bits, xxxx-xxxx-xxxx-xxxx: enough that
// their SHA-256 gives nothing away.
func newRecoveryCodes(id wa.PersonID) (codes []wa.Secret, hashes []Hash) {
	for range recoveryCodes {
		text := strings.ToLower(rand.Text()[:16])
		code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		codes, hashes = append(codes, wa.Secret(code)), append(hashes, recoveryHash(id, code))
	}
	return codes, hashes
}

// recoveryHash is of one person's code, however they type it.
func recoveryHash(id wa.PersonID, code string) Hash {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	return hashOf(id.String() + " " + plain)
}

// NewRecoveryCodes makes ten codes in place of the former, for a code of the
// authenticator or one of them.
func (a *Accounts) NewRecoveryCodes(ctx context.Context, p Principal, code string) ([]wa.Secret, error) {
	codes, hashes := newRecoveryCodes(p.PersonID)
	err := a.withCode(ctx, p, code, func(tx txn.Tx, person Person) error {
		if err := a.store.SetRecoveryCodes(tx, p.WorkspaceID, p.PersonID, hashes); err != nil {
			return err
		}
		return a.tellPerson(tx, person, p.PersonID, "recovery_codes")
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
