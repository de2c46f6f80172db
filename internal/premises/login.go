package premises

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// TokenLife is how long a token opens (on-premises-api.md 1). Several are good
// at once: a second login does not end the first.
const TokenLife = 7 * 24 * time.Hour

// Hash is the SHA-256 of a token; the token itself is kept nowhere.
type Hash [sha256.Size]byte

// Token is one login.
type Token struct {
	Hash        Hash
	NumberID    wa.NumberID
	WorkspaceID wa.WorkspaceID
	Name        string // the user's
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// Session is a login's answer.
type Session struct {
	Token     wa.Secret
	ExpiresAt time.Time
}

// Principal is who a token stands for.
type Principal struct {
	Facade Facade
	Name   string
	Role   Role

	token Token
}

var (
	errLogin          = fault.New(fault.Unauthorized, CodeLogin, "The user name or the password is wrong.", "Check both; an administrator can set a new password.")
	errPasswordChange = fault.New(fault.Unauthorized, CodePasswordChange, "The first login must set a new password.", "Send {\"new_password\":\"…\"} with the login.")
	errLoginLimited   = fault.New(fault.Limited, CodeLoginLimited, "There were too many logins that failed; this one was not looked at.", "Wait a minute.")
	errToken          = fault.New(fault.Unauthorized, CodeToken, "The token is unknown or has ended.", "Log in again.")
)

// Login opens a session. newPassword is empty when the request had none; with
// it the password is changed, whether that was due or not, and the user's other
// tokens end. from names where the request comes from, for the limit of tries.
func (b *Book) Login(ctx context.Context, f Facade, name, password, newPassword, from string) (Session, error) {
	key := f.NumberID.String() + "\x00" + name
	if !b.tries.allow(b.Now(), key, from) {
		return Session{}, errLoginLimited
	}
	u, err := b.FindUser(ctx, f, name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Session{}, err
	}
	ok, err := b.hasher.matches(ctx, u.Hash, password)
	if err != nil {
		return Session{}, err
	}
	if !ok {
		b.tries.failed(b.Now(), key, from)
		return Session{}, errLogin
	}
	if newPassword == "" {
		if u.MustChange {
			return Session{}, errPasswordChange
		}
		return b.open(ctx, f, u, false)
	}
	if err := b.setHash(ctx, &u, "new_password", newPassword); err != nil {
		return Session{}, err
	}
	u.MustChange = false
	return b.open(ctx, f, u, true)
}

// open writes a token down, with the new password when there is one.
func (b *Book) open(ctx context.Context, f Facade, u User, changed bool) (Session, error) {
	now := b.Now().Truncate(time.Second)
	s := Session{Token: newToken(u.Name, now), ExpiresAt: now.Add(TokenLife)}
	t := Token{Hash: hashOf(s.Token.Reveal()), NumberID: f.NumberID, WorkspaceID: f.WorkspaceID, Name: u.Name, CreatedAt: now, ExpiresAt: s.ExpiresAt}
	err := b.Runner.Write(ctx, func(tx txn.Tx) error {
		if changed {
			if err := b.Store.SetPassword(tx, u); err != nil {
				return err
			}
			if err := b.Store.DeleteTokens(tx, u); err != nil {
				return err
			}
		}
		return b.Store.InsertToken(tx, t)
	})
	if changed {
		b.tokens.forget()
	}
	return s, err
}

// newToken has the form of the old client's, a JWT with the claims user, iat,
// exp and wa:rand, because some programs read the time of its end. It is not
// checked as one: what opens is a token whose hash is in the database, so a
// logout ends it at once. Its last part is 32 random bytes in the place of a
// signature.
func newToken(user string, now time.Time) wa.Secret {
	enc := base64.RawURLEncoding
	random, last := make([]byte, 16), make([]byte, 32)
	rand.Read(random)
	rand.Read(last)
	claims, _ := json.Marshal(struct { // text and numbers: cannot fail
		User string `json:"user"`
		Iat  int64  `json:"iat"`
		Exp  int64  `json:"exp"`
		Rand string `json:"wa:rand"`
	}{user, now.Unix(), now.Add(TokenLife).Unix(), hex.EncodeToString(random)})
	return wa.Secret(enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims) + "." + enc.EncodeToString(last))
}

func hashOf(token string) Hash { return sha256.Sum256([]byte(token)) }

// Verify finds whom a token stands for. What was found is believed for five
// seconds, so that a busy program does not ask the database at each call.
func (b *Book) Verify(ctx context.Context, token string) (Principal, error) {
	if len(token) < 40 || len(token) > 1024 {
		return Principal{}, errToken
	}
	hash, now := hashOf(token), b.Now()
	p, generation, known := b.tokens.get(hash, now)
	if !known {
		var err error
		if p, err = b.lookUp(ctx, hash, now); err != nil {
			return Principal{}, err
		}
		b.tokens.put(hash, p, now, generation)
	}
	facades, err := b.Facades(ctx)
	if err != nil {
		return Principal{}, err
	}
	for _, f := range facades {
		if f.NumberID == p.token.NumberID && f.WorkspaceID == p.token.WorkspaceID {
			p.Facade = f
			return p, nil
		}
	}
	return Principal{}, errToken
}

func (b *Book) lookUp(ctx context.Context, hash Hash, now time.Time) (p Principal, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		t, role, found, err := b.Store.Token(tx, hash, now)
		if err == nil && !found {
			err = errToken
		}
		p = Principal{Name: t.Name, Role: role, token: t}
		return err
	})
	return p, err
}

// Logout ends the token by which p came.
func (b *Book) Logout(ctx context.Context, p Principal) error {
	err := b.Runner.Write(ctx, func(tx txn.Tx) error { return b.Store.DeleteToken(tx, p.token) })
	b.tokens.forget()
	return err
}

// tokenFor is how long a verified token is believed: so long may it open
// elsewhere after its logout here.
const tokenFor = 5 * time.Second

// tokenCache remembers verified tokens.
type tokenCache struct {
	mu         *sync.RWMutex
	generation *uint64
	byHash     map[Hash]cachedToken
}

type cachedToken struct {
	principal Principal
	until     time.Time
}

func newTokenCache() tokenCache {
	return tokenCache{mu: &sync.RWMutex{}, generation: new(uint64), byHash: map[Hash]cachedToken{}}
}

func (c tokenCache) get(h Hash, now time.Time) (Principal, uint64, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	have, ok := c.byHash[h]
	return have.principal, *c.generation, ok && now.Before(have.until)
}

// put keeps p, unless something was forgotten since the look-up began.
func (c tokenCache) put(h Hash, p Principal, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != *c.generation {
		return
	}
	if len(c.byHash) > 10_000 {
		clear(c.byHash)
	}
	until := now.Add(tokenFor)
	if p.token.ExpiresAt.Before(until) {
		until = p.token.ExpiresAt
	}
	c.byHash[h] = cachedToken{p, until}
}

func (c tokenCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.generation++
	clear(c.byHash)
}
