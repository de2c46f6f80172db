package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// passkeyLife is how long a browser's question to the person may take.
	passkeyLife = 5 * time.Minute
	maxPasskeys = 20 // of one person
)

// Passkey is a key pair on a person's device, which asks the person before it
// signs (user verification is required): so it counts as both factors.
type Passkey struct {
	ID          wa.PasskeyID
	WorkspaceID wa.WorkspaceID
	PersonID    wa.PersonID
	Credential  []byte // the authenticator's id of it
	Record      []byte // public key, counter and flags, JSON; the store keeps it sealed
	Name        string
	CreatedAt   time.Time
	LastUsedAt  time.Time // zero: never
}

// BackedUp reports whether the key is kept outside its device too.
func (k Passkey) BackedUp() bool {
	c, err := k.record()
	return err == nil && c.Flags.BackupState
}

func (k Passkey) record() (c webauthn.Credential, err error) {
	if err = json.Unmarshal(k.Record, &c); err != nil {
		err = fmt.Errorf("read a passkey: %w", err)
	}
	return c, err
}

// Site is where browsers meet Kontor: passkeys are bound to it.
type Site struct {
	ID     string // the host name, without port
	Origin string // "https://wa.example.com", as the browser's address line begins
}

// TakesPasskeys reports whether browsers make passkeys for the site: not for
// one that is called by its IP address.
func (s Site) TakesPasskeys() bool { return s.ID != "" && protocol.ValidateRPID(s.ID) == nil }

var (
	errSite       = fault.New(fault.Conflict, "passkeys_unavailable", "Passkeys need an address with a name, and this Kontor is called by a number; nothing was done.", "Set KONTOR_PUBLIC_URL and open that address; at your own machine, http://localhost does.")
	errPasskeyNew = fault.New(fault.Invalid, "passkey_invalid", "The passkey could not be checked; nothing was kept.", "Begin again.")
	// ErrPasskey is the answer to a passkey that lets nobody in.
	ErrPasskey = fault.New(fault.Unauthorized, "passkey_refused", "This passkey does not open Kontor, or it took too long.", "Try again, or sign in in another way.")
	errNoPass  = fault.New(fault.NotFound, "passkey_not_found", "You have no such passkey.", "List yours with GET me/passkeys.")
)

func (s Site) party() (*webauthn.WebAuthn, error) {
	if !s.TakesPasskeys() {
		return nil, errSite
	}
	return webauthn.New(&webauthn.Config{RPID: s.ID, RPDisplayName: "Kontor", RPOrigins: []string{s.Origin}, AttestationPreference: protocol.PreferNoAttestation})
}

// holder is a person as the protocol sees them.
type holder struct {
	person Person
	keys   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.person.ID.String()) }
func (h holder) WebAuthnName() string                       { return orName(h.person.Email, h.person.Name) }
func (h holder) WebAuthnDisplayName() string                { return h.person.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func orName(email, name string) string {
	if email == "" {
		return name
	}
	return email
}

func (a *Accounts) holder(tx txn.Tx, p Person) (h holder, err error) {
	keys, err := a.store.Passkeys(tx, p.WorkspaceID, p.ID)
	if err != nil {
		return holder{}, err
	}
	h.person = p
	for _, k := range keys {
		c, err := k.record()
		if err != nil {
			return holder{}, err
		}
		h.keys = append(h.keys, c)
	}
	return h, nil
}

// Ceremony is a question for the browser, and the ticket for its answer.
type Ceremony struct {
	Token   wa.Secret
	Options any // as navigator.credentials takes it, JSON
}

// BeginPasskey asks the browser for a new passkey. Whoever has a password must
// give it.
func (a *Accounts) BeginPasskey(ctx context.Context, p Principal, site Site, password string) (c Ceremony, err error) {
	party, err := site.party()
	if err != nil {
		return Ceremony{}, err
	}
	if err := a.prove(ctx, p, password); err != nil {
		return Ceremony{}, err
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		h, err := a.holder(tx, person)
		if err != nil {
			return err
		}
		if len(h.keys) >= maxPasskeys {
			return fault.New(fault.Conflict, "too_many_passkeys", "You have 20 passkeys, which is the most; nothing was done.", "Remove one that you do not use.")
		}
		options, session, err := party.BeginRegistration(h,
			webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()),
			webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}))
		if err != nil {
			return err
		}
		c.Options = options
		c.Token, err = a.keepCeremony(tx, TicketPasskeyNew, person, session)
		return err
	})
	return c, err
}

func (a *Accounts) keepCeremony(tx txn.Tx, kind TicketKind, p Person, session *webauthn.SessionData) (wa.Secret, error) {
	data, err := json.Marshal(session)
	if err != nil {
		return "", err
	}
	token, _, err := a.issue(tx, Ticket{Kind: kind, WorkspaceID: p.WorkspaceID, PersonID: p.ID, Data: data}, passkeyLife)
	return token, err
}

// AddPasskey keeps the passkey that the browser made; credential is its answer, JSON.
func (a *Accounts) AddPasskey(ctx context.Context, p Principal, site Site, token, name string, credential []byte) (k Passkey, err error) {
	party, err := site.party()
	if err != nil {
		return Passkey{}, err
	}
	name = strings.TrimSpace(name)
	if fields := checkName(name); len(fields) > 0 {
		return Passkey{}, fault.Wrong("invalid_passkey", fields...)
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(credential)
	if err != nil {
		return Passkey{}, errPasskeyNew.Because(err)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		person, err := a.person(tx, p.WorkspaceID, p.PersonID)
		if err != nil {
			return err
		}
		t, found, err := a.redeem(tx, TicketPasskeyNew, token)
		if err != nil || !found || t.PersonID != p.PersonID {
			return orFault(err, errPasskeyNew)
		}
		var session webauthn.SessionData
		if err := json.Unmarshal(t.Data, &session); err != nil {
			return err
		}
		h, err := a.holder(tx, person)
		if err != nil {
			return err
		}
		made, err := party.CreateCredential(h, session, answer)
		if err != nil {
			return errPasskeyNew.Because(err)
		}
		k = Passkey{ID: wa.PasskeyID(a.newID()), WorkspaceID: p.WorkspaceID, PersonID: p.PersonID, Credential: made.ID, Name: name, CreatedAt: a.now()}
		if k.Record, err = json.Marshal(made); err != nil {
			return err
		}
		if done, err := a.store.InsertPasskey(tx, k); err != nil || !done {
			return orFault(err, errPasskeyNew)
		}
		return a.tellPerson(tx, person, p.PersonID, "passkey_added")
	})
	return k, err
}

// BeginPasskeySignIn asks the browser for any passkey that it has for the site.
func (a *Accounts) BeginPasskeySignIn(ctx context.Context, site Site) (c Ceremony, err error) {
	party, err := site.party()
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, err
	}
	c.Options = options
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		c.Token, err = a.keepCeremony(tx, TicketPasskeyIn, Person{}, session)
		return err
	})
	return c, err
}

// SignInPasskey lets in whoever's passkey signed; credential is the browser's
// answer, JSON.
func (a *Accounts) SignInPasskey(ctx context.Context, site Site, token string, credential []byte, from Arrival) (s Session, err error) {
	party, err := site.party()
	if err != nil {
		return Session{}, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(credential)
	if err != nil {
		return Session{}, ErrPasskey.Because(err)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		t, found, err := a.redeem(tx, TicketPasskeyIn, token)
		if err != nil || !found {
			return orFault(err, ErrPasskey)
		}
		var session webauthn.SessionData
		if err := json.Unmarshal(t.Data, &session); err != nil {
			return err
		}
		k, found, err := a.store.PasskeyByCredential(tx, answer.RawID)
		if err != nil || !found {
			return orFault(err, ErrPasskey)
		}
		person, found, err := a.store.Person(tx, k.WorkspaceID, k.PersonID)
		if err != nil || !found || !person.DeactivatedAt.IsZero() {
			return orFault(err, ErrPasskey)
		}
		h, err := a.holder(tx, person)
		if err != nil {
			return err
		}
		used, err := party.ValidateDiscoverableLogin(func([]byte, []byte) (webauthn.User, error) { return h, nil }, session, answer)
		if err != nil {
			return ErrPasskey.Because(err)
		}
		if used.Authenticator.CloneWarning { // its counter went backwards: there are two of it
			return ErrPasskey.Because(fmt.Errorf("the counter of passkey %d went backwards", k.ID))
		}
		if k.Record, err = json.Marshal(used); err != nil {
			return err
		}
		k.LastUsedAt = a.now()
		if err := a.store.UsePasskey(tx, k); err != nil {
			return err
		}
		s, err = a.enter(tx, person, ByPasskey, from)
		return err
	})
	return s, err
}

// Passkeys are somebody's own, oldest first.
func (a *Accounts) Passkeys(ctx context.Context, p Principal) (keys []Passkey, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		keys, err = a.store.Passkeys(tx, p.WorkspaceID, p.PersonID)
		return err
	})
	return keys, err
}

// RenamePasskey changes what somebody calls one of their passkeys.
func (a *Accounts) RenamePasskey(ctx context.Context, p Principal, id wa.PasskeyID, name string) (k Passkey, err error) {
	name = strings.TrimSpace(name)
	if fields := checkName(name); len(fields) > 0 {
		return Passkey{}, fault.Wrong("invalid_passkey", fields...)
	}
	err = a.runner.Write(ctx, func(tx txn.Tx) error {
		if done, err := a.store.RenamePasskey(tx, p.WorkspaceID, p.PersonID, id, name); err != nil || !done {
			return orFault(err, errNoPass)
		}
		keys, err := a.store.Passkeys(tx, p.WorkspaceID, p.PersonID)
		if i := slices.IndexFunc(keys, func(k Passkey) bool { return k.ID == id }); i >= 0 {
			k = keys[i]
		}
		return err
	})
	return k, err
}

// RemovePasskey takes one of somebody's own passkeys away.
func (a *Accounts) RemovePasskey(ctx context.Context, p Principal, id wa.PasskeyID) error {
	return a.runner.Write(ctx, func(tx txn.Tx) error {
		if done, err := a.store.DeletePasskey(tx, p.WorkspaceID, p.PersonID, id); err != nil || !done {
			return orFault(err, errNoPass)
		}
		return a.tell(tx, p.WorkspaceID, FactPerson, p.PersonID, p.PersonID.String()+" passkey_removed")
	})
}
