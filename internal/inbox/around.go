package inbox

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Since is the first message of a conversation that was stored at a moment or
// later; 0 when there is none. Ids rise with the time at which messages were
// stored, so halving the range of ids finds it with some dozen looks into the
// index, however long the conversation is.
func (i *Inbox) Since(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, moment time.Time) (found wa.MessageID, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		low, at, err := i.Store.Arrived(tx, ws, id, 1)
		if err != nil || low == 0 {
			return err
		}
		if !at.Before(moment) {
			found = low
			return nil
		}
		high, err := i.Store.Latest(tx, ws, id)
		if err != nil {
			return err
		}
		found, err = i.halve(tx, ws, id, low, high, moment)
		return err
	})
	return found, err
}

// halve looks behind low, which is too early, and up to high, the last message.
func (i *Inbox) halve(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, low, high wa.MessageID, moment time.Time) (found wa.MessageID, err error) {
	for low < high {
		m, at, err := i.Store.Arrived(tx, ws, id, low+(high-low+1)/2)
		switch {
		case err != nil:
			return 0, err
		case m == 0 || m > high: // nothing in the upper half
			high = low + (high-low+1)/2 - 1
		case at.Before(moment):
			low = m
		default:
			found, high = m, low+(high-low+1)/2-1 // an earlier one may do as well
		}
	}
	return found, nil
}

// Files are messages of a conversation that carry a file, newest first; an
// empty kind chooses all kinds of files.
func (i *Inbox) Files(ctx context.Context, h History, kind wa.Type) (ms []wa.Message, err error) {
	err = i.Runner.Read(ctx, func(tx txn.Tx) error {
		ms, err = i.Store.Files(tx, h, kind)
		return err
	})
	return ms, err
}
