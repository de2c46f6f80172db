package account

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// KeyPrefix begins every key that Kontor makes, so that leak scanners and
	// people know what they see.
	KeyPrefix = "kontor_"
	// MinAdminKey is how many characters KONTOR_ADMIN_KEY must have.
	MinAdminKey = 32
	// AdminKeyName is the name of the key that KONTOR_ADMIN_KEY installs.
	AdminKeyName = "KONTOR_ADMIN_KEY"

	// keyCacheFor is how long a verified key is believed without asking the
	// database: so long may a key open elsewhere after its revocation here.
	keyCacheFor = 5 * time.Second
)

// ErrKey is the answer to a key that is unknown or revoked.
var ErrKey = fault.New(fault.Unauthorized, "invalid_api_key", "The API key is unknown or was revoked.", "Check the Authorization header, or make a new key with `kontor key create`.")

// ErrKeyExpired is the answer to a key whose time is over.
var ErrKeyExpired = fault.New(fault.Unauthorized, "api_key_expired", "The API key has expired.", "Make a new key with `kontor key create` or POST keys.")

// keyUseFor is how exact the last use of a key is told: one write in ten
// minutes and key, not one a request.
const keyUseFor = 10 * time.Minute

// KeyStore is what API keys need of a database.
type KeyStore interface {
	// InsertKey stores a key unless its hash is there already; done tells.
	InsertKey(tx txn.Tx, k Key, secret Hash) (done bool, err error)
	// KeyByHash finds a key, revoked or not, in any workspace.
	KeyByHash(tx txn.Tx, secret Hash) (k Key, operator, found bool, err error)
	Key(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID) (k Key, found bool, err error)
	// Keys are those of a workspace that are not revoked, oldest first.
	Keys(tx txn.Tx, ws wa.WorkspaceID) ([]Key, error)
	RevokeKey(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID, at time.Time) error
	// UseKey notes when a key was used, unless that is known already.
	UseKey(tx txn.Tx, ws wa.WorkspaceID, id wa.KeyID, at time.Time) error
}

// NewKey is a key to make.
type NewKey struct {
	Name      string    // 1–100 characters
	Role      Role      // empty: Agent
	Rights    []string  // which of the role's rights; none: all of them
	ExpiresAt time.Time // zero: never
}

// CreateKey makes a key. Its secret is returned here and nowhere again. An
// empty role is Agent's; by says who makes it, and only an owner makes owners.
func (a *Accounts) CreateKey(ctx context.Context, by Principal, name string, role Role) (Key, wa.Secret, error) {
	return a.MakeKey(ctx, by, NewKey{Name: name, Role: role})
}

// MakeKey is CreateKey with scope and expiry. Nobody gives a key rights that
// they have not, and no key makes one that opens longer than itself.
func (a *Accounts) MakeKey(ctx context.Context, by Principal, n NewKey) (Key, wa.Secret, error) {
	if !by.Can(ManageKeys) {
		return Key{}, "", fault.New(fault.Forbidden, "forbidden", "Your role may not make API keys.", "Ask an owner or admin of the workspace.")
	}
	if n.Role == "" {
		n.Role = Agent
	}
	n.Name = strings.TrimSpace(n.Name)
	fields := append(checkName(n.Name), checkRole(n.Role)...)
	if n.Name == AdminKeyName {
		fields = append(fields, fault.Field{Name: "name", Detail: "is reserved for the key from the environment."})
	}
	scope, known := ScopeOf(n.Rights)
	switch {
	case !known:
		fields = append(fields, fault.Field{Name: "rights", Detail: "has a right that there is not."})
	case n.Role.Known() && len(scope.Rights(n.Role)) < len(n.Rights):
		fields = append(fields, fault.Field{Name: "rights", Detail: "has a right twice, or one that the role " + string(n.Role) + " has not."})
	}
	if !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(a.now()) {
		fields = append(fields, fault.Field{Name: "expires_at", Detail: "must lie in the future."})
	}
	if len(fields) > 0 {
		return Key{}, "", fault.Wrong("invalid_key", fields...)
	}
	if n.Role == Owner && by.Role != Owner {
		return Key{}, "", fault.New(fault.Forbidden, "forbidden", "Only an owner can make a key with the role owner.", "Choose another role, or ask an owner.")
	}
	if !by.mayGive(n.Role, scope) {
		return Key{}, "", fault.New(fault.Forbidden, "forbidden", "A key cannot have rights that its maker has not; nothing was done.", "Choose another role, or name fewer rights.")
	}
	if !by.Until.IsZero() && (n.ExpiresAt.IsZero() || n.ExpiresAt.After(by.Until)) {
		return Key{}, "", fault.New(fault.Forbidden, "forbidden", "A key cannot make one that opens longer than itself; nothing was done.", "Name an expires_at that is not behind the key's own, or use a key without an end.")
	}
	token, _ := newToken()
	secret := wa.Secret(KeyPrefix + token.Reveal())
	key := a.newKey(by.WorkspaceID, n.Name, n.Role, secret.Reveal())
	key.Scope, key.ExpiresAt = scope, n.ExpiresAt
	err := a.runner.Write(ctx, func(tx txn.Tx) error {
		if _, found, err := a.store.Workspace(tx, by.WorkspaceID); err != nil || !found {
			if err == nil {
				err = noWorkspace()
			}
			return err
		}
		if _, err := a.store.InsertKey(tx, key, hashOf(secret.Reveal())); err != nil {
			return err
		}
		return a.tell(tx, by.WorkspaceID, FactKey, by.PersonID, key.ID.String()+" made")
	})
	if err != nil {
		return Key{}, "", err
	}
	return key, secret, nil
}

func (a *Accounts) newKey(ws wa.WorkspaceID, name string, role Role, secret string) Key {
	return Key{
		ID: wa.KeyID(a.newID()), WorkspaceID: ws, Name: name, Role: role, CreatedAt: a.now(),
		Hint: secret[len(secret)-4:],
	}
}

// InstallAdminKey puts the operator's own key (KONTOR_ADMIN_KEY) into a
// workspace, with the role admin. Doing it again changes nothing; another value
// replaces the former one, which opens no more.
func (a *Accounts) InstallAdminKey(ctx context.Context, ws wa.WorkspaceID, secret string) error {
	if n := utf8.RuneCountInString(secret); n < MinAdminKey {
		return &fault.Error{
			Kind: fault.Invalid, Code: "admin_key_too_short",
			Detail: "KONTOR_ADMIN_KEY is too short: it needs at least 32 characters.",
			Advice: "Make one with `openssl rand -hex 24`, set it, and start again.",
			Fields: []fault.Field{{Name: "KONTOR_ADMIN_KEY", Detail: "must have at least 32 characters.", Limit: MinAdminKey, Length: n}},
		}
	}
	for _, r := range secret {
		if r <= ' ' || r > '~' {
			return fault.New(fault.Invalid, "admin_key_characters", "KONTOR_ADMIN_KEY has a character that cannot travel in an HTTP header.", "Use printable ASCII without spaces.")
		}
	}
	hash := hashOf(secret)
	fresh := a.newKey(ws, AdminKeyName, Admin, secret)
	err := a.runner.Write(ctx, func(tx txn.Tx) error {
		have, _, found, err := a.store.KeyByHash(tx, hash)
		if err != nil {
			return err
		}
		if found && (have.WorkspaceID != ws || !have.RevokedAt.IsZero()) {
			return fault.New(fault.Conflict, "admin_key_spent", "KONTOR_ADMIN_KEY was revoked, or belongs to another workspace.", "Set another value.")
		}
		if !found {
			if _, err := a.store.InsertKey(tx, fresh, hash); err != nil {
				return err
			}
		}
		return a.revokeFormer(tx, ws, hash)
	})
	a.keys.forget()
	return err
}

// revokeFormer ends the keys that KONTOR_ADMIN_KEY installed before.
func (a *Accounts) revokeFormer(tx txn.Tx, ws wa.WorkspaceID, current Hash) error {
	now, _, _, err := a.store.KeyByHash(tx, current)
	if err != nil {
		return err
	}
	keys, err := a.store.Keys(tx, ws)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Name == AdminKeyName && k.ID != now.ID {
			if err := a.store.RevokeKey(tx, ws, k.ID, a.now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Keys are the keys of a workspace that open, oldest first.
func (a *Accounts) Keys(ctx context.Context, ws wa.WorkspaceID) (keys []Key, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		keys, err = a.store.Keys(tx, ws)
		return err
	})
	return keys, err
}

// RevokeKey ends a key: at once on this node, within five seconds on others.
// Revoking it again is no error. The actor is who does it, zero for a program.
func (a *Accounts) RevokeKey(ctx context.Context, ws wa.WorkspaceID, id wa.KeyID, actor wa.PersonID) error {
	err := a.runner.Write(ctx, func(tx txn.Tx) error {
		k, found, err := a.store.Key(tx, ws, id)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "key_not_found", "There is no such key in this workspace.", "List the keys with GET keys.")
		}
		if !k.RevokedAt.IsZero() {
			return nil
		}
		if err := a.store.RevokeKey(tx, ws, id, a.now()); err != nil {
			return err
		}
		return a.tell(tx, ws, FactKey, actor, id.String()+" revoked")
	})
	a.keys.forget()
	return err
}

// Verify finds whom an API key stands for. It is called for every request of a
// program, so what was found is believed for five seconds.
func (a *Accounts) Verify(ctx context.Context, secret string) (Principal, error) {
	if len(secret) < MinAdminKey || len(secret) > 512 {
		return Principal{}, ErrKey // none of ours has such a length
	}
	hash, now := hashOf(secret), a.now()
	p, generation, known := a.keys.get(hash, now)
	if known {
		return p, nil
	}
	var k Key
	err := a.runner.Read(ctx, func(tx txn.Tx) (err error) {
		var operator, found bool
		if k, operator, found, err = a.store.KeyByHash(tx, hash); err != nil {
			return err
		}
		if !found || !k.RevokedAt.IsZero() {
			return ErrKey
		}
		if !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) {
			return ErrKeyExpired
		}
		p = Principal{WorkspaceID: k.WorkspaceID, KeyID: k.ID, Name: k.Name, Role: k.Role, Scope: k.Scope, Until: k.ExpiresAt, Operator: operator}
		return nil
	})
	if err != nil {
		return Principal{}, err
	}
	if now.Sub(k.LastUsedAt) >= keyUseFor {
		// A full disk must not keep those out who only read: the note is then missing.
		_ = a.runner.Write(ctx, func(tx txn.Tx) error { return a.store.UseKey(tx, k.WorkspaceID, k.ID, now) })
	}
	until := now.Add(keyCacheFor)
	if !k.ExpiresAt.IsZero() && k.ExpiresAt.Before(until) {
		until = k.ExpiresAt
	}
	a.keys.put(hash, p, until, generation)
	return p, nil
}

// keyCache remembers verified keys. Only keys that opened are in it, so it is
// never larger than the table.
type keyCache struct {
	mu sync.RWMutex
	// generation rises with each revocation. What was looked up under an older
	// one is not kept: the look may have been just before the revocation.
	generation uint64
	byHash     map[Hash]cachedKey
}

type cachedKey struct {
	principal Principal
	until     time.Time
}

func newKeyCache() keyCache { return keyCache{byHash: map[Hash]cachedKey{}} }

func (c *keyCache) get(h Hash, now time.Time) (p Principal, generation uint64, known bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	have, ok := c.byHash[h]
	return have.principal, c.generation, ok && now.Before(have.until)
}

func (c *keyCache) put(h Hash, p Principal, until time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation == c.generation {
		c.byHash[h] = cachedKey{p, until}
	}
}

func (c *keyCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.byHash)
}
