package premises

import (
	"context"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// FactRefused is the kind of the fact that tells of a Refusal: MessageID is its
// ID, Detail the code of the On-Premises API.
const FactRefused journal.Kind = "message.refused"

// Refusal is a message that was answered with an id and then refused by a rule
// (a closed window, a template that is not approved): the old client accepted
// first and reported by a callback, and its programs expect that. Nothing was
// sent and no message exists; ID has the form of one, so that the callback can
// name it.
type Refusal struct {
	ID          wa.MessageID
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	To          string     // wa_id of the recipient
	Problem     wa.Problem // in the codes of the On-Premises API
	At          time.Time
}

// Refuse writes a refusal down, and also does what tell does in the same
// transaction: the fact by which callbacks learn of it.
func (b *Book) Refuse(ctx context.Context, r Refusal, tell func(tx txn.Tx) error) error {
	return b.Runner.Write(ctx, func(tx txn.Tx) error {
		if err := b.Store.InsertRefusal(tx, r); err != nil {
			return err
		}
		return tell(tx)
	})
}

// FindRefusal reads one under a transaction of the caller's.
func (b *Book) FindRefusal(tx txn.Tx, ws wa.WorkspaceID, id wa.MessageID) (Refusal, bool, error) {
	return b.Store.Refusal(tx, ws, id)
}

// HideMedia makes a file unknown to a façade's clients. The house's history
// still shows it where a message has it.
func (b *Book) HideMedia(ctx context.Context, f Facade, id wa.MediaID) error {
	return b.Runner.Write(ctx, func(tx txn.Tx) error { return b.Store.Hide(tx, f.WorkspaceID, f.NumberID, id, b.Now()) })
}

// MediaHidden reports whether a façade's client deleted a file.
func (b *Book) MediaHidden(ctx context.Context, f Facade, id wa.MediaID) (hidden bool, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		hidden, err = b.Store.Hidden(tx, f.WorkspaceID, f.NumberID, id)
		return err
	})
	return hidden, err
}
