package media

import (
	"context"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// ReasonRemoved is File.Reason of a file that somebody removed.
const ReasonRemoved = "media_removed"

// ByRemote tells what is known of the file that a customer sent and that
// WhatsApp calls remoteID, whatever its state. Unknown: NotFound.
func (m *Media) ByRemote(ctx context.Context, ws wa.WorkspaceID, remoteID string) (f File, err error) {
	err = m.Runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		var err error
		if f, found, err = m.Store.ByRemote(tx, ws, remoteID); err == nil && !found {
			err = errUnknown
		}
		return err
	})
	return f, err
}

// Remove forgets a file's bytes for good. Its row stays, so that messages show
// that there was one. Messages that are accepted already and for which WhatsApp
// has a copy still go out. Unknown, or removed before: NotFound.
func (m *Media) Remove(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) error {
	var f File
	err := m.Runner.Write(ctx, func(tx txn.Tx) error {
		var found bool
		var err error
		if f, found, err = m.Store.Get(tx, ws, id); err != nil {
			return err
		}
		if !found {
			return errUnknown
		}
		if done, err := m.Store.SetRemoved(tx, ws, id, ReasonRemoved); err != nil || !done {
			if err == nil {
				err = errUnknown
			}
			return err
		}
		_, of, found, err := m.Store.Inbound(tx, id)
		if err != nil || !found { // an upload came with no message
			return err
		}
		return m.Journal.Append(tx, m.fact(journal.MediaFailed, f, of, ReasonRemoved))
	})
	if err == nil && f.Blob != "" {
		m.discard(ctx, f)
	}
	return err
}
