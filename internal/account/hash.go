package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"kontor/internal/fault"
)

// cost is what an argon2id hash takes. A stored hash carries its own, so that a
// later version may choose another; it is then made anew at the next sign-in.
type cost struct {
	time, memory uint32 // passes; KiB
	lanes        uint8
}

// usualCost is what OWASP names for servers: 19 MiB, two passes, one lane.
var usualCost = cost{time: 2, memory: 19 << 10, lanes: 1}

const (
	hashKey  = 32 // bytes
	hashSalt = 16 // bytes
	// hashesAtOnce bounds the memory that strangers can have used, and
	// hashesWaiting how many of them wait for it.
	hashesAtOnce  = 2
	hashesWaiting = 64
)

// hasher makes and compares hashes of passwords.
type hasher struct {
	cost    cost
	slots   chan struct{}
	waiting chan struct{}
}

func newHasher(c cost) hasher {
	return hasher{cost: c, slots: make(chan struct{}, hashesAtOnce), waiting: make(chan struct{}, hashesWaiting)}
}

var errBusy = fault.New(fault.Unavailable, "sign_in_busy", "Too many people sign in at this moment; nothing was done.", "Try again in a few seconds.")

func (h hasher) key(ctx context.Context, password string, salt []byte, c cost, length int) ([]byte, error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, errBusy
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.lanes, uint32(length)), nil
}

// hash makes what is stored of a password: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, hashSalt)
	rand.Read(salt) // never fails: crypto/rand ends the program instead
	key, err := h.key(ctx, password, salt, h.cost, hashKey)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memory, h.cost.time, h.cost.lanes, enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

// matches compares a password with what hash made, in constant time; stale says
// that the hash has another cost than new ones. Where there is none (an empty
// hash) the same work is done, so that the time of an answer does not tell who
// exists.
func (h hasher) matches(ctx context.Context, stored, password string) (right, stale bool, err error) {
	c, salt, want, known := readHash(stored)
	if !known {
		c, salt, want = h.cost, make([]byte, hashSalt), make([]byte, hashKey)
	}
	got, err := h.key(ctx, password, salt, c, len(want))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, c != h.cost, nil
}

func readHash(stored string) (c cost, salt, key []byte, known bool) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return cost{}, nil, nil, false
	}
	var version int
	_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.lanes)
	salt, err3 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err4 := base64.RawStdEncoding.DecodeString(parts[5])
	known = err1 == nil && err2 == nil && err3 == nil && err4 == nil && version == argon2.Version && len(key) > 0 && c.time > 0 && c.lanes > 0
	return c, salt, key, known
}
