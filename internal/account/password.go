package account

import (
	"context"
	_ "embed" // the words that most people think of
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// What a password must be: long, since length is what guessing costs, and none
// of those that everybody thinks of first. Classes of characters are not asked
// for: they make passwords that people forget and programs guess.
const (
	MinPassword = 12  // characters
	MaxPassword = 256 // bytes
)

// PasswordStore is what passwords need of a database.
type PasswordStore interface {
	// Login finds a person, active or not, by the compared form of the address,
	// and what signing in needs to know of them.
	Login(tx txn.Tx, emailKey string) (l Login, found bool, err error)
	// LoginOf is the same by id.
	LoginOf(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (l Login, found bool, err error)
	// SetPassword writes a hash, in place of the former.
	SetPassword(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, hash string, at time.Time) error
	// Rehash writes another hash of the same password unless it was changed meanwhile.
	Rehash(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID, from, to string) error
}

// Login is a person as sign-in sees them.
type Login struct {
	Person Person
	Hash   string // of the password; empty: none
	TOTP   bool   // a second step is on
}

// EmailKey is an address as it is compared.
func EmailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

//go:embed common.txt
var commonText string

// commonWords are what most bad passwords are made of, in lower case.
func commonWords() []string { return strings.Fields(commonText) }

// checkPassword tells what is wrong with a password that somebody chooses;
// about are words that others know of them: name, address, house.
func checkPassword(password string, about ...string) []fault.Field {
	bad := func(detail string, limit int) []fault.Field {
		return []fault.Field{{Name: "password", Detail: detail, Limit: limit, Length: utf8.RuneCountInString(password)}}
	}
	switch {
	case !utf8.ValidString(password):
		return bad("is not valid UTF-8 text.", 0)
	case utf8.RuneCountInString(password) < MinPassword:
		return bad("must have at least 12 characters.", MinPassword)
	case len(password) > MaxPassword:
		return bad("must have at most 256 bytes.", MaxPassword)
	case guessable(password, about):
		return bad("is one of those that are tried first: choose several words that do not belong together.", 0)
	}
	return nil
}

// guessable finds passwords that are a common word, a row of the keyboard, a
// sequence, a repetition, or what is known of the person, also when dressed up
// with digits and signs at the ends or in place of letters.
func guessable(password string, about []string) bool {
	text := strings.ToLower(password)
	if repeats(text) || runs(text) {
		return true
	}
	known := commonWords()
	for _, word := range about {
		name, _, _ := strings.Cut(strings.ToLower(word), "@")
		known = append(known, strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })...)
		known = append(known, strings.ToLower(word))
	}
	for _, form := range []string{text, plain(text)} {
		rest := form
		slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) }) // the longest first: password before pass
		for _, word := range known {
			if len(word) > 2 {
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
		// What remains is what must be guessed: a few characters are not enough.
		letters := strings.TrimFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
		if rest != form && (utf8.RuneCountInString(rest) < 7 || utf8.RuneCountInString(letters) < 2) {
			return true
		}
	}
	return false
}

// plain undoes what people take for disguise.
var disguise = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func plain(s string) string { return disguise.Replace(s) }

// repeats reports whether s is a short piece again and again.
func repeats(s string) bool {
	for size := 1; size <= 4; size++ {
		if len(s) > size && strings.TrimPrefix(strings.Repeat(s[:size], len(s)/size+1), s) != strings.Repeat(s[:size], len(s)/size+1) {
			return true
		}
	}
	return false
}

// runs reports whether s is made of sequences and rows of keys alone.
func runs(s string) bool {
	rows := []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn"}
	for i := 0; i < len(s); {
		best := 0
		for _, row := range rows {
			for _, line := range []string{row, backwards(row)} {
				for n := len(s) - i; n > best && n >= 3; n-- {
					if strings.Contains(line, s[i:i+n]) {
						best = n
						break
					}
				}
			}
		}
		if best == 0 {
			return false
		}
		i += best
	}
	return len(s) > 0
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// ErrPassword is the answer to a wrong present password of somebody who is in.
var ErrPassword = fault.New(fault.Forbidden, "password_wrong", "The present password is wrong; nothing was changed.", "Type it again, or have it reset.")

// ChangePassword sets the password of somebody who is signed in with the session
// of token, and ends their other sessions. Who has one must give it.
func (a *Accounts) ChangePassword(ctx context.Context, p Principal, token, current, password string) error {
	if err := a.prove(ctx, p, current); err != nil {
		return err
	}
	return a.setPassword(ctx, p.WorkspaceID, p.PersonID, p.PersonID, password, hashOf(token))
}

// prove checks the present password of somebody who is about to change how they
// come in, so that a page left open does not give an account away. Who has no
// password came by a link or another house's sign-on and needs none.
func (a *Accounts) prove(ctx context.Context, p Principal, password string) error {
	l, err := a.login(ctx, p.WorkspaceID, p.PersonID)
	if err != nil || l.Hash == "" {
		return err
	}
	key := "person " + p.PersonID.String()
	wait, ok := a.passwords.take(a.now(), key)
	if !ok {
		return tooOften(wait)
	}
	right, _, err := a.hasher.matches(ctx, l.Hash, password)
	if err == nil && !right {
		return ErrPassword
	}
	a.passwords.back(key)
	return err
}

func (a *Accounts) login(ctx context.Context, ws wa.WorkspaceID, id wa.PersonID) (l Login, err error) {
	err = a.runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		l, found, err = a.store.LoginOf(tx, ws, id)
		if err == nil && !found {
			err = noPerson()
		}
		return err
	})
	return l, err
}

// setPassword checks, hashes and keeps a password; all sessions but the kept
// one end, and so do links to a new password.
func (a *Accounts) setPassword(ctx context.Context, ws wa.WorkspaceID, id, actor wa.PersonID, password string, kept Hash) error {
	l, err := a.login(ctx, ws, id)
	if err != nil {
		return err
	}
	if fields := checkPassword(password, l.Person.Name, l.Person.Email); len(fields) > 0 {
		return fault.Wrong("invalid_password", fields...)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.runner.Write(ctx, func(tx txn.Tx) error { return a.keepPassword(tx, l.Person, actor, hash, kept) })
}

func (a *Accounts) keepPassword(tx txn.Tx, p Person, actor wa.PersonID, hash string, kept Hash) error {
	if err := a.store.SetPassword(tx, p.WorkspaceID, p.ID, hash, a.now()); err != nil {
		return err
	}
	if err := a.endOthers(tx, p, kept); err != nil {
		return err
	}
	return a.tellPerson(tx, p, actor, "password")
}

// endOthers ends whatever somebody else may have begun with a former secret.
func (a *Accounts) endOthers(tx txn.Tx, p Person, kept Hash) error {
	for _, kind := range []TicketKind{TicketReset, TicketSecond, TicketPasskeyNew} {
		if err := a.store.DeleteTickets(tx, kind, p.ID); err != nil {
			return err
		}
	}
	_, err := a.store.DeleteSessions(tx, p.WorkspaceID, p.ID, kept)
	return err
}
