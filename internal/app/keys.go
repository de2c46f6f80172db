package app

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"

	"kontor/internal/fault"
	"kontor/internal/seal"
	"kontor/internal/txn"
)

// errFirst says that the database has no data keys yet.
var errFirst = errors.New("first start")

// unseal opens the data keys, which lie in the database sealed under the
// key-encryption key. A new one is made at the first start only: where there are
// data keys, another key would open nothing.
func (a *App) unseal(ctx context.Context) error {
	kek, found, err := a.keyEncryptionKey()
	if err != nil {
		return err
	}
	sealed, err := a.dataKeys(ctx, func() ([]byte, error) { return nil, errFirst })
	switch {
	case errors.Is(err, errFirst):
		if !found {
			if kek, err = a.makeKey(); err != nil {
				return err
			}
		}
		sealed, err = a.dataKeys(ctx, func() ([]byte, error) { return seal.NewKeyset(kek) })
	case err == nil && !found:
		return fault.New(fault.Invalid, "message_key_missing",
			"This database was set up with a key that is not here: "+filepath.Join(a.Config.Data, seal.KeyFileName)+" does not exist and MESSAGE_ENCRYPTION_KEY is not set. Nothing was changed.",
			"Put the key file back from your backup, or set MESSAGE_ENCRYPTION_KEY to what it holds.")
	}
	if err != nil {
		return err
	}
	if a.seal, err = seal.New(kek, sealed); err != nil {
		return err
	}
	a.store.SetSealer(a.seal)
	return nil
}

func (a *App) dataKeys(ctx context.Context, create func() ([]byte, error)) (sealed []byte, err error) {
	err = a.store.Write(ctx, func(tx txn.Tx) (err error) {
		sealed, err = a.store.Keyset(tx, create)
		return err
	})
	return sealed, err
}

// keyEncryptionKey is the operator's, or the one kept in the data folder.
func (a *App) keyEncryptionKey() (key []byte, found bool, err error) {
	if k := a.Config.EncryptionKey.Reveal(); k != "" {
		key, err = seal.ParseKey(k)
		return key, true, err
	}
	return seal.ReadKey(a.Config.Data)
}

func (a *App) makeKey() ([]byte, error) {
	key, made, err := seal.MakeKey(a.Config.Data, func(b []byte) { rand.Read(b) })
	if made {
		a.log.Warn("a new key seals messages and secrets; keep a copy of it apart from the database, for without it they cannot be read",
			"file", filepath.Join(a.Config.Data, seal.KeyFileName))
	}
	return key, err
}

// private makes a file, if it is missing, that only its owner reads: the folder
// may have been there before and be open to others. SQLite gives the files that
// it lays beside it the same rights.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
