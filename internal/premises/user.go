package premises

import (
	"context"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Role is what a user of the old API may do.
type Role string

const (
	Admin  Role = "admin" // everything
	Member Role = "user"  // messages, contacts, media, health, statistics
)

// User may log in at one number.
type User struct {
	NumberID    wa.NumberID
	WorkspaceID wa.WorkspaceID
	Name        string
	Role        Role
	Hash        string // of the password; see hasher
	MustChange  bool   // the password opens only a login that sets a new one
	CreatedAt   time.Time
}

// Codes of this package's faults, beside those of fault kinds.
const (
	CodeLogin          = "onprem_login"           // Unauthorized: name or password is wrong
	CodeLoginLimited   = "onprem_login_limited"   // Limited: too many tries
	CodePasswordChange = "onprem_password_change" // Unauthorized: new_password is missing
	CodePassword       = "onprem_password"        // Invalid: not good enough
	CodeUserName       = "onprem_user_name"       // Invalid
	CodeUserTaken      = "onprem_user_taken"      // Conflict
	CodeUserUnknown    = "onprem_user_unknown"    // NotFound
	CodeUserBuiltIn    = "onprem_user_built_in"   // Forbidden: admin cannot be deleted
	CodeToken          = "onprem_token"           // Unauthorized: unknown, ended or of another number
)

var (
	errUserTaken   = fault.New(fault.Conflict, CodeUserTaken, "There is a user of this name already; nothing was changed.", "Choose another name.")
	errUserUnknown = fault.New(fault.NotFound, CodeUserUnknown, "There is no user of this name.", "Check the name.")
	errBuiltIn     = fault.New(fault.Forbidden, CodeUserBuiltIn, "The user admin is built in and cannot be deleted.", "Change its password instead.")
)

// Users are those of a number, by name.
func (b *Book) Users(ctx context.Context, f Facade) (users []User, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		users, err = b.Store.Users(tx, f.WorkspaceID, f.NumberID)
		return err
	})
	return users, err
}

// FindUser returns one of a number's users; NotFound when there is none.
func (b *Book) FindUser(ctx context.Context, f Facade, name string) (u User, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		u, err = b.user(tx, f, name)
		return err
	})
	return u, err
}

func (b *Book) user(tx txn.Tx, f Facade, name string) (User, error) {
	u, found, err := b.Store.User(tx, f.WorkspaceID, f.NumberID, name)
	if err == nil && !found {
		err = errUserUnknown
	}
	return u, err
}

// CreateUser adds a user with the role user. The name has 4 to 32 characters.
func (b *Book) CreateUser(ctx context.Context, f Facade, name, password string) (User, error) {
	if n := len([]rune(name)); n < 4 || n > 32 {
		return User{}, fault.Wrong(CodeUserName, fault.Field{Name: "username", Detail: "A user name has 4 to 32 characters.", Limit: 32, Length: n})
	}
	u := User{NumberID: f.NumberID, WorkspaceID: f.WorkspaceID, Name: name, Role: Member, CreatedAt: b.Now()}
	if err := b.setHash(ctx, &u, "password", password); err != nil {
		return User{}, err
	}
	return u, b.Runner.Write(ctx, func(tx txn.Tx) error {
		done, err := b.Store.InsertUser(tx, u)
		if err == nil && !done {
			err = errUserTaken
		}
		return err
	})
}

// SetPassword changes a user's password and ends every token of the user's.
func (b *Book) SetPassword(ctx context.Context, f Facade, name, password string) (u User, err error) {
	fresh := User{}
	if err := b.setHash(ctx, &fresh, "password", password); err != nil {
		return User{}, err
	}
	err = b.Runner.Write(ctx, func(tx txn.Tx) error {
		if u, err = b.user(tx, f, name); err != nil {
			return err
		}
		u.Hash, u.MustChange = fresh.Hash, false
		if err := b.Store.SetPassword(tx, u); err != nil {
			return err
		}
		return b.Store.DeleteTokens(tx, u)
	})
	b.tokens.forget()
	return u, err
}

// DeleteUser removes a user and every token; admin cannot be removed.
func (b *Book) DeleteUser(ctx context.Context, f Facade, name string) (u User, err error) {
	if name == FirstUser {
		return User{}, errBuiltIn
	}
	err = b.Runner.Write(ctx, func(tx txn.Tx) error {
		if u, err = b.user(tx, f, name); err != nil {
			return err
		}
		return b.Store.DeleteUser(tx, u)
	})
	b.tokens.forget()
	return u, err
}

func (b *Book) setHash(ctx context.Context, u *User, field, password string) (err error) {
	if err := checkPassword(field, password); err != nil {
		return err
	}
	u.Hash, err = b.hasher.hash(ctx, password)
	return err
}
