package premises

import (
	"context"
	"encoding/json"
	"fmt"

	"kontor/internal/txn"
)

// Name names a document: a thing that clients set as a whole. Names are stored;
// never rename one.
type Name string

const (
	DocApplication Name = "application" // Settings: the keys that were changed
	DocProviders   Name = "providers"   // media providers with their credentials
	DocWebhookCA   Name = "webhook_ca"  // PEM bundle trusted when calling the webhook
	DocCertificate Name = "certificate" // PEM certificate and key of the TLS listener
	DocRegistered  Name = "registered"  // what /v1/account and /shards were told
	DocTwoStep     Name = "two_step"    // whether a PIN was set
	DocStickers    Name = "stickers"    // sticker packs
	DocHeaders     Name = "headers"     // 360dialog: headers of every callback
	DocIdentities  Name = "identities"  // hashes of customers that were acknowledged
	DocKeyCheck    Name = "key_check"   // whether WhatsApp was asked to check identities
	DocNamespace   Name = "namespace"   // what templates are said to belong to
	DocPhoto       Name = "photo"       // which file is the profile's picture
	DocOptions     Name = "options"     // Options
)

// Options are what an operator chooses for a façade, beyond the old settings.
type Options struct {
	// Strict answers a message that a rule refuses (window, template) with the
	// error itself, where the old client answered an id and called back later.
	Strict bool `json:"strict,omitempty"`
}

// Load reads a document into v; found is false when it was never set.
func (b *Book) Load(ctx context.Context, f Facade, name Name, v any) (found bool, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		found, err = b.load(tx, f, name, v)
		return err
	})
	return found, err
}

func (b *Book) load(tx txn.Tx, f Facade, name Name, v any) (bool, error) {
	body, found, err := b.Store.Document(tx, f.WorkspaceID, f.NumberID, string(name))
	if err != nil || !found {
		return false, err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return false, fmt.Errorf("read document %s of number %s: %w", name, f.NumberID, err)
	}
	return true, nil
}

// Save replaces a document.
func (b *Book) Save(ctx context.Context, f Facade, name Name, v any) error {
	return b.Runner.Write(ctx, func(tx txn.Tx) error { return b.save(tx, f, name, v) })
}

func (b *Book) save(tx txn.Tx, f Facade, name Name, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write document %s: %w", name, err)
	}
	return b.Store.SaveDocument(tx, f.WorkspaceID, f.NumberID, string(name), body, b.Now())
}

// Remove forgets a document; one that was never set is no error.
func (b *Book) Remove(ctx context.Context, f Facade, name Name) error {
	return b.Runner.Write(ctx, func(tx txn.Tx) error {
		return b.Store.DeleteDocument(tx, f.WorkspaceID, f.NumberID, string(name))
	})
}

// Change reads a document, lets change edit it, and saves it, in one
// transaction. v is reset by the caller's own zero value at each run: change
// gets what was stored, or the zero value.
func Change[T any](ctx context.Context, b *Book, f Facade, name Name, change func(v *T) error) (out T, err error) {
	err = b.Runner.Write(ctx, func(tx txn.Tx) error {
		out, err = ChangeTx(tx, b, f, name, change)
		return err
	})
	return out, err
}

// ChangeTx is Change in a transaction of the caller's.
func ChangeTx[T any](tx txn.Tx, b *Book, f Facade, name Name, change func(v *T) error) (v T, err error) {
	if _, err := b.load(tx, f, name, &v); err != nil {
		return v, err
	}
	if err := change(&v); err != nil {
		return v, err
	}
	return v, b.save(tx, f, name, &v)
}

// Documents are all of a façade's, by name: what a backup holds.
func (b *Book) Documents(ctx context.Context, f Facade) (docs map[string]json.RawMessage, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		all, err := b.Store.Documents(tx, f.WorkspaceID, f.NumberID)
		docs = make(map[string]json.RawMessage, len(all))
		for name, body := range all {
			docs[name] = body
		}
		return err
	})
	return docs, err
}

// Backup is what a façade can be restored from: users with their password
// hashes, and every document.
type Backup struct {
	Users     []BackupUser               `json:"users"`
	Documents map[string]json.RawMessage `json:"documents"`
}

// BackupUser is a user in a Backup.
type BackupUser struct {
	Name       string `json:"name"`
	Role       Role   `json:"role"`
	Hash       string `json:"hash"`
	MustChange bool   `json:"must_change,omitempty"`
}

// TakeBackup reads everything in one snapshot.
func (b *Book) TakeBackup(ctx context.Context, f Facade) (out Backup, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		users, err := b.Store.Users(tx, f.WorkspaceID, f.NumberID)
		if err != nil {
			return err
		}
		docs, err := b.Store.Documents(tx, f.WorkspaceID, f.NumberID)
		if err != nil {
			return err
		}
		out = Backup{Documents: map[string]json.RawMessage{}}
		for _, u := range users {
			out.Users = append(out.Users, BackupUser{u.Name, u.Role, u.Hash, u.MustChange})
		}
		for name, body := range docs {
			if Name(name) != DocKeyCheck { // of this installation, not of the client's
				out.Documents[name] = body
			}
		}
		return nil
	})
	return out, err
}

// RestoreBackup brings users and documents back. What the backup does not name stays.
func (b *Book) RestoreBackup(ctx context.Context, f Facade, in Backup) error {
	now := b.Now()
	err := b.Runner.Write(ctx, func(tx txn.Tx) error {
		for _, u := range in.Users {
			if u.Role != Admin {
				u.Role = Member
			}
			user := User{NumberID: f.NumberID, WorkspaceID: f.WorkspaceID, Name: u.Name, Role: u.Role, Hash: u.Hash, MustChange: u.MustChange, CreatedAt: now}
			fresh, err := b.Store.InsertUser(tx, user)
			if err == nil && !fresh {
				err = b.Store.SetPassword(tx, user)
			}
			if err != nil {
				return err
			}
		}
		for name, body := range in.Documents {
			if Name(name) == DocKeyCheck {
				continue
			}
			if err := b.Store.SaveDocument(tx, f.WorkspaceID, f.NumberID, name, body, now); err != nil {
				return err
			}
		}
		return nil
	})
	b.tokens.forget()
	return err
}
