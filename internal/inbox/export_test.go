package inbox

import (
	"context"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Hurry is one look of Watch.
func (i *Inbox) Hurry(ctx context.Context) error { return i.overdue().Once(ctx) }

// WakeNow is what the job does that wakes a conversation.
func (i *Inbox) WakeNow(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID) error {
	return i.Runner.Write(ctx, func(tx txn.Tx) error {
		c, err := i.Store.Conversation(tx, ws, id)
		if err != nil {
			return err
		}
		return i.wakeNow(tx, c)
	})
}
