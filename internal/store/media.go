package store

import (
	"time"

	"kontor/internal/media"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Media keeps what is known of files; their bytes lie in package blob.
type Media struct{ s *Store }

// Media returns the queries of package media.
func (s *Store) Media() Media { return Media{s} }

var _ media.Store = Media{}

// NewID makes the id of a new file.
func (m Media) NewID() wa.MediaID { return wa.MediaID(m.s.NewID()) }

// Insert implements media.Store.
func (m Media) Insert(tx txn.Tx, f media.File) error {
	return within(tx).do(`
		INSERT INTO media (id, workspace_id, message_id, origin, state, reason, mime_type, filename, size, sha256, blob, remote_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		int64(f.ID), int64(f.WorkspaceID), int64(f.MessageID), string(f.Origin), string(f.State), f.Reason, f.MimeType, f.Filename,
		f.Size, f.SHA256, string(f.Blob), f.RemoteID, ms(f.CreatedAt))
}

const mediaColumns = `m.id, m.workspace_id, m.message_id, m.origin, m.state, m.reason, m.mime_type, m.filename, m.size, m.sha256, m.blob, m.remote_id, m.created_at`

func scanMedia(f *media.File, created *int64) []any {
	return []any{&f.ID, &f.WorkspaceID, &f.MessageID, &f.Origin, &f.State, &f.Reason, &f.MimeType, &f.Filename, &f.Size, &f.SHA256, &f.Blob, &f.RemoteID, created}
}

// Get implements media.Store.
func (m Media) Get(tx txn.Tx, ws wa.WorkspaceID, id wa.MediaID) (f media.File, found bool, err error) {
	var created int64
	found, err = within(tx).one(`SELECT `+mediaColumns+` FROM media m WHERE m.id = $1 AND m.workspace_id = $2`,
		[]any{int64(id), int64(ws)}, scanMedia(&f, &created)...)
	f.CreatedAt = at(created)
	return f, found, err
}

// GetMany returns those of the workspace's files that exist, by id: for a page of messages.
func (m Media) GetMany(tx txn.Tx, ws wa.WorkspaceID, ids []wa.MediaID) (map[wa.MediaID]media.File, error) {
	workspaces := make([]int64, len(ids))
	for i := range workspaces {
		workspaces[i] = int64(ws)
	}
	files := make(map[wa.MediaID]media.File, len(ids))
	err := within(tx).many(`SELECT `+mediaColumns+` FROM ({rows}) v JOIN media m ON m.id = v.id AND m.workspace_id = v.workspace_id`,
		[]column{ints("id", ids), ints("workspace_id", workspaces)},
		func(scan func(...any) error) error {
			var f media.File
			var created int64
			if err := scan(scanMedia(&f, &created)...); err != nil {
				return err
			}
			f.CreatedAt = at(created)
			files[f.ID] = f
			return nil
		})
	return files, err
}

// Inbound implements media.Store.
func (m Media) Inbound(tx txn.Tx, id wa.MediaID) (f media.File, of media.Origins, found bool, err error) {
	var created int64
	found, err = within(tx).one(`
		SELECT `+mediaColumns+`, x.number_id, x.contact_id, x.conversation_id
		FROM media m JOIN message x ON x.id = m.message_id
		WHERE m.id = $1`,
		[]any{int64(id)}, append(scanMedia(&f, &created), &of.NumberID, &of.ContactID, &of.ConversationID)...)
	f.CreatedAt = at(created)
	return f, of, found, err
}

// SetStored implements media.Store.
func (m Media) SetStored(tx txn.Tx, f media.File) (bool, error) {
	n, err := within(tx).exec(`
		UPDATE media SET state = 'stored', reason = '', mime_type = $2, size = $3, sha256 = $4, blob = $5
		WHERE id = $1 AND state = 'fetching'`, int64(f.ID), f.MimeType, f.Size, f.SHA256, string(f.Blob))
	return n > 0, err
}

// SetFailed implements media.Store.
func (m Media) SetFailed(tx txn.Tx, id wa.MediaID, reason string) (bool, error) {
	n, err := within(tx).exec(`UPDATE media SET state = 'failed', reason = $2 WHERE id = $1 AND state = 'fetching'`, int64(id), reason)
	return n > 0, err
}

// ByRemote implements media.Store.
func (m Media) ByRemote(tx txn.Tx, ws wa.WorkspaceID, remoteID string) (f media.File, found bool, err error) {
	var created int64
	found, err = within(tx).one(`
		SELECT `+mediaColumns+` FROM media m
		WHERE m.remote_id = $1 AND m.remote_id <> '' AND m.workspace_id = $2
		ORDER BY m.id DESC LIMIT 1`,
		[]any{remoteID, int64(ws)}, scanMedia(&f, &created)...)
	f.CreatedAt = at(created)
	return f, found, err
}

// SetRemoved implements media.Store.
func (m Media) SetRemoved(tx txn.Tx, ws wa.WorkspaceID, id wa.MediaID, reason string) (bool, error) {
	n, err := within(tx).exec(`
		UPDATE media SET state = 'failed', reason = $3, blob = ''
		WHERE id = $1 AND workspace_id = $2 AND NOT (state = 'failed' AND reason = $3)`, int64(id), int64(ws), reason)
	return n > 0, err
}

// Remote implements media.Store.
func (m Media) Remote(tx txn.Tx, id wa.MediaID, number wa.NumberID, now time.Time) (remoteID string, found bool, err error) {
	found, err = within(tx).one(`SELECT remote_id FROM media_remote WHERE media_id = $1 AND number_id = $2 AND expires_at > $3`,
		[]any{int64(id), int64(number), ms(now)}, &remoteID)
	return remoteID, found, err
}

// SetRemote implements media.Store.
func (m Media) SetRemote(tx txn.Tx, id wa.MediaID, number wa.NumberID, remoteID string, expires time.Time) error {
	_, err := within(tx).exec(`
		INSERT INTO media_remote (media_id, number_id, remote_id, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (media_id, number_id) DO UPDATE SET remote_id = excluded.remote_id, expires_at = excluded.expires_at`,
		int64(id), int64(number), remoteID, ms(expires))
	return err
}
