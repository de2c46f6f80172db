package premises

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

// Passwords are kept by argon2id, with the cost that OWASP names for servers:
// 19 MiB, two passes, one lane. A hash carries its parameters, so that a later
// version may choose others.
const (
	argonTime   = 2
	argonMemory = 19 << 10 // KiB
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// hasher bounds how many hashes are made at once: strangers may ask for as many
// logins as they like, and each takes 19 MiB.
type hasher struct{ slots chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, 4)} }

func (h hasher) key(ctx context.Context, password string, salt []byte, time, memory uint32, lanes uint8, length uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, time, memory, lanes, length), nil
}

// hash makes what is stored of a password.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails: crypto/rand ends the program instead
	key, err := h.key(ctx, password, salt, argonTime, argonMemory, argonLanes, argonKey)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

// matches compares a password with what hash made, in constant time. A user who
// does not exist is compared too (an empty hash), so that the time of a login
// does not tell which names there are.
func (h hasher) matches(ctx context.Context, stored, password string) (bool, error) {
	var version int
	var memory, time uint32
	var lanes uint8
	parts := strings.Split(stored, "$")
	known := len(parts) == 6 && parts[1] == "argon2id"
	salt, want := make([]byte, argonSalt), make([]byte, argonKey)
	if known {
		_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
		_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes)
		s, err3 := base64.RawStdEncoding.DecodeString(parts[4])
		w, err4 := base64.RawStdEncoding.DecodeString(parts[5])
		known = err1 == nil && err2 == nil && err3 == nil && err4 == nil && version == argon2.Version && len(w) > 0
		if known {
			salt, want = s, w
		}
	}
	if !known {
		memory, time, lanes = argonMemory, argonTime, argonLanes
	}
	got, err := h.key(ctx, password, salt, time, memory, lanes, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// special are the characters of which a password needs one (on-premises-api.md 1).
const special = "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\\"

// checkPassword holds the old rule: 8 to 64 characters with a digit, an upper
// and a lower case letter, and a special character. It is asked when a password
// is set, never at a login.
func checkPassword(field, password string) error {
	n := len([]rune(password))
	var digit, upper, lower, other bool
	for _, c := range password {
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case 'A' <= c && c <= 'Z':
			upper = true
		case 'a' <= c && c <= 'z':
			lower = true
		case strings.ContainsRune(special, c):
			other = true
		}
	}
	detail := ""
	switch {
	case n < 8 || n > 64:
		detail = "A password has 8 to 64 characters."
	case !digit || !upper || !lower || !other:
		detail = "A password needs a digit, an upper case letter, a lower case letter and a special character."
	default:
		return nil
	}
	e := fault.Wrong(CodePassword, fault.Field{Name: field, Detail: detail, Limit: 64, Length: n})
	e.Detail = detail + " Nothing was changed."
	return e
}
