package account

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// One-time codes as every authenticator app makes them (RFC 6238): six digits
// of SHA-1, new every 30 seconds; the code before and the one behind count too,
// since clocks differ.
const (
	totpPeriod = 30
	totpSkew   = 1
)

// TOTP is somebody's authenticator, as stored; the store keeps the secret sealed.
type TOTP struct {
	Secret      wa.Secret // base32
	ConfirmedAt time.Time // zero: enrolled, not asked for yet
	LastStep    int64     // of the last code that counted
}

// FactorStore is what second factors, passkeys and foreign sign-on need of a database.
type FactorStore interface {
	TOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (t TOTP, found bool, err error)
	// EnrolTOTP writes a secret that is not asked for yet, in place of one that
	// is neither; done is false when one is confirmed.
	EnrolTOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, secret wa.Secret, at time.Time) (done bool, err error)
	ConfirmTOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, at time.Time) error
	// UseStep notes the step of a code; done is false when it, or a later one, counted before.
	UseStep(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, step int64) (done bool, err error)
	DeleteTOTP(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) error

	// SetRecoveryCodes writes codes in place of all former ones; none: takes them away.
	SetRecoveryCodes(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, codes []Hash) error
	// UseRecoveryCode uses one up; done is false for one that is unknown or used.
	UseRecoveryCode(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, code Hash, at time.Time) (done bool, err error)
	// CountRecoveryCodes tells how many are left.
	CountRecoveryCodes(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (int, error)

	// InsertPasskey stores one unless its credential is known; done tells.
	InsertPasskey(tx txn.Tx, k Passkey) (done bool, err error)
	// Passkeys are those of a person, oldest first.
	Passkeys(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) ([]Passkey, error)
	// PasskeyByCredential finds one, of whichever person: it is how somebody comes in.
	PasskeyByCredential(tx txn.Tx, credential []byte) (k Passkey, found bool, err error)
	// UsePasskey writes what a use changes: the record and when.
	UsePasskey(tx txn.Tx, k Passkey) error
	RenamePasskey(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.PasskeyID, name string) (done bool, err error)
	DeletePasskey(tx txn.Tx, ws wa.WorkspaceID, person wa.PersonID, id wa.PasskeyID) (done bool, err error)

	SignOnStore
	// Security counts what a person comes in by.
	Security(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (Security, error)
}

// Security is by what a person can come in.
type Security struct {
	Password      bool
	TOTP          bool
	RecoveryCodes int // left
	Passkeys      int
	SignOn        bool // another house's, linked
}

// Security tells by what somebody can come in.
func (a *Accounts) Security(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) (s Security, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		s, err = a.store.Security(tx, ws, id)
		return err
	})
	return s, err
}

var (
	errTOTPOn = fault.New(fault.Conflict, "totp_on", "An authenticator is in use already; nothing was changed.", "Remove it first.")
	// ErrCode is the answer to a wrong code of somebody who is in.
	ErrCode = fault.New(fault.Forbidden, "code_wrong", "The code is wrong, or was used before; nothing was changed.", "Take the code that the authenticator shows now, or a recovery code that was not used.")
	// errSecondCode is the same at sign-in.
	errSecondCode = fault.New(fault.Unauthorized, "code_wrong", "The code is wrong, or was used before.", "Take the code that the authenticator shows now, or a recovery code that was not used.")
)

// Enrolment is what an authenticator app needs, once.
type Enrolment struct {
	Secret wa.Secret // base32, to type
	URL    wa.Secret // otpauth://…
	QR     []byte    // the URL as a picture, PNG
}

// EnrolTOTP begins to give somebody an authenticator; it is asked for after
// ConfirmTOTP only. Whoever has a password must give it.
func (a *Accounts) EnrolTOTP(ctx context.Context, p Principal, password string) (Enrolment, error) {
	if err := a.prove(ctx, p, password); err != nil {
		return Enrolment{}, err
	}
	person, err := a.Person(ctx, p.WorkspaceID, p.PersonID)
	if err != nil {
		return Enrolment{}, err
	}
	name := person.Email
	if name == "" {
		name = person.Name
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Kontor", AccountName: strings.ReplaceAll(name, ":", " "), Period: totpPeriod, SecretSize: 20})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make a TOTP secret: %w", err)
	}
	picture, err := key.Image(240, 240)
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw a TOTP secret: %w", err)
	}
	var qr bytes.Buffer
	if err := png.Encode(&qr, picture); err != nil {
		return Enrolment{}, fmt.Errorf("draw a TOTP secret: %w", err)
	}
	secret := wa.Secret(key.Secret())
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		done, err := a.store.EnrolTOTP(tx, p.WorkspaceID, p.PersonID, secret, a.now())
		if err == nil && !done {
			err = errTOTPOn
		}
		return err
	})
	return Enrolment{Secret: secret, URL: wa.Secret(key.URL()), QR: qr.Bytes()}, err
}

// ConfirmTOTP turns the authenticator on when its first code is right, and
// returns ten recovery codes, which are shown once.
func (a *Accounts) ConfirmTOTP(ctx context.Context, p Principal, code string) (codes []wa.Secret, err error) {
	codes, hashes := newRecoveryCodes(p.PersonID)
	wait, ok := a.codes.take(a.now(), p.PersonID.String())
	if !ok {
		return nil, tooOften(wait)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		t, found, err := a.store.TOTP(tx, p.WorkspaceID, p.PersonID)
		switch {
		case err != nil:
			return err
		case !found:
			return ErrCode
		case !t.ConfirmedAt.IsZero():
			return errTOTPOn
		}
		right, err := a.useTOTP(tx, person, t, code)
		if err != nil || !right {
			return orFault(err, ErrCode)
		}
		if err := a.store.ConfirmTOTP(tx, p.WorkspaceID, p.PersonID, a.now()); err != nil {
			return err
		}
		if err := a.store.SetRecoveryCodes(tx, p.WorkspaceID, p.PersonID, hashes); err != nil {
			return err
		}
		return a.tellPerson(tx, person, p.PersonID, "totp_on")
	})
	if err != nil {
		return nil, err
	}
	a.codes.back(p.PersonID.String())
	return codes, nil
}

// RemoveTOTP takes the authenticator and the recovery codes away, for one last code.
func (a *Accounts) RemoveTOTP(ctx context.Context, p Principal, code string) error {
	return a.withCode(ctx, p, code, func(tx txn.Tx, person Person) error {
		return a.dropTOTP(tx, person, p.PersonID)
	})
}

// DropTOTP takes somebody's authenticator away who has lost it; it is for the
// operator at the machine.
func (a *Accounts) DropTOTP(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) error {
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, ws, id)
		if err != nil {
			return err
		}
		return a.dropTOTP(tx, person, 0)
	})
}

func (a *Accounts) dropTOTP(tx txn.Tx, p Person, actor wa.PersonID) error {
	if err := a.store.DeleteTOTP(tx, p.WorkspaceID, p.ID); err != nil {
		return err
	}
	if err := a.store.SetRecoveryCodes(tx, p.WorkspaceID, p.ID, nil); err != nil {
		return err
	}
	return a.tellPerson(tx, p, actor, "totp_off")
}

// withCode does something that asks for a code first.
func (a *Accounts) withCode(ctx context.Context, p Principal, code string, do func(tx txn.Tx, person Person) error) error {
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		refused, err := a.checkCode(tx, person, code)
		switch {
		case err != nil:
			return err
		case fault.Is(refused, fault.Unauthorized):
			return ErrCode
		case refused != nil:
			return refused
		}
		return do(tx, person)
	})
}

// checkCode takes a code of the authenticator or a recovery code, once. refused
// says why it does not count; it is apart from err, which fails the transaction.
func (a *Accounts) checkCode(tx txn.Tx, p Person, code string) (refused, err error) {
	key := p.ID.String()
	wait, ok := a.codes.take(a.now(), key)
	if !ok {
		return tooOften(wait), nil
	}
	t, found, err := a.store.TOTP(tx, p.WorkspaceID, p.ID)
	if err != nil {
		return nil, err
	}
	if !found || t.ConfirmedAt.IsZero() {
		return errSecondCode, nil
	}
	right, err := a.useTOTP(tx, p, t, code)
	if err == nil && !right {
		right, err = a.store.UseRecoveryCode(tx, p.WorkspaceID, p.ID, recoveryHash(p.ID, code), a.now())
	}
	if err != nil {
		return nil, err
	}
	if !right {
		return errSecondCode, nil
	}
	a.codes.back(key)
	return nil, nil
}

// useTOTP reports whether a code is right now and was not used, and notes it.
func (a *Accounts) useTOTP(tx txn.Tx, p Person, t TOTP, code string) (bool, error) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	if len(code) != 6 {
		return false, nil
	}
	now := a.now().Unix() / totpPeriod
	for step := now - totpSkew; step <= now+totpSkew; step++ {
		want, err := totp.GenerateCodeCustom(t.Secret.Reveal(), time.Unix(step*totpPeriod, 0).UTC(), totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return false, fmt.Errorf("compute a TOTP code: %w", err)
		}
		if same(want, code) && step > t.LastStep {
			return a.store.UseStep(tx, p.WorkspaceID, p.ID, step)
		}
	}
	return false, nil
}
