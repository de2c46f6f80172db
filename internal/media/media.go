// Package media keeps files: what people of the house and programs upload to
// send, and what customers sent. A file is a row here and a sealed blob, and
// its bytes are streamed everywhere, never held in memory.
//
// An uploaded file is checked against what WhatsApp takes (cloud-api.md 1.5)
// before it is kept, so that a send cannot fail for it later. A file that a
// customer sent is expected in intake's own transaction and fetched by a job at
// once: WhatsApp forgets it after seven days, Kontor does not.
//
// A message names a file by its wa.MediaRef; WhatsApp's id for it exists per
// number and expires, so it is looked up at each send (Remote).
package media

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// File is what is known of a file. Its state is one of fetching, stored, failed.
type File struct {
	ID          wa.MediaID
	WorkspaceID wa.WorkspaceID
	MessageID   wa.MessageID // the inbound message it came with; 0 for an upload
	Origin      Origin
	State       State
	Reason      string // stable code of why it failed
	MimeType    string
	Filename    string
	Size        int64      // bytes; 0 until stored
	SHA256      string     // hexadecimal; while fetching, what WhatsApp says it is, if it does
	Blob        wa.BlobKey // empty until stored
	RemoteID    string     // WhatsApp's id, inbound
	CreatedAt   time.Time
}

// Kind is the kind of message that the file can be sent as.
func (f File) Kind() Kind { return KindOf(f.MimeType) }

// Ref is the file's id as messages and the API write it.
func (f File) Ref() wa.MediaRef { return wa.MediaRef(f.ID.String()) }

// Origin tells where a file came from.
type Origin string

const (
	Upload  Origin = "upload"
	Inbound Origin = "inbound"
)

// State tells whether the bytes are here.
type State string

const (
	Fetching State = "fetching"
	Stored   State = "stored"
	Failed   State = "failed" // and will not come: see File.Reason
)

// Origins are the people around the message that an inbound file came with.
type Origins struct {
	NumberID       wa.NumberID
	ContactID      wa.ContactID
	ConversationID wa.ConversationID
}

// Store keeps Files and WhatsApp's ids for them.
type Store interface {
	// NewID makes the id of a new file.
	NewID() wa.MediaID
	Insert(tx txn.Tx, f File) error
	Get(tx txn.Tx, ws wa.WorkspaceID, id wa.MediaID) (f File, found bool, err error)
	// ByRemote finds the workspace's newest inbound file that WhatsApp calls so.
	ByRemote(tx txn.Tx, ws wa.WorkspaceID, remoteID string) (f File, found bool, err error)
	// Inbound is Get by id alone, for a job; found is false when its message is gone.
	Inbound(tx txn.Tx, id wa.MediaID) (f File, of Origins, found bool, err error)
	// SetStored keeps MimeType, Size, SHA256 and Blob of a file that is being
	// fetched; done is false when it is no longer.
	SetStored(tx txn.Tx, f File) (done bool, err error)
	// SetFailed ends the fetching of a file; done is false when it has ended.
	SetFailed(tx txn.Tx, id wa.MediaID, reason string) (done bool, err error)
	// SetRemoved makes a file one that will not come, with that reason, and lets
	// go of its blob; done is false when it was removed before.
	SetRemoved(tx txn.Tx, ws wa.WorkspaceID, id wa.MediaID, reason string) (done bool, err error)
	// Remote is WhatsApp's id of a file for a number, if it is good after now.
	Remote(tx txn.Tx, id wa.MediaID, number wa.NumberID, now time.Time) (remoteID string, found bool, err error)
	SetRemote(tx txn.Tx, id wa.MediaID, number wa.NumberID, remoteID string, expires time.Time) error
}

// Blobs keep bytes (package blob). A blob that is missing is a not_found fault.
type Blobs interface {
	Put(ctx context.Context, ws wa.WorkspaceID, r io.Reader) (key wa.BlobKey, size int64, err error)
	Open(ctx context.Context, ws wa.WorkspaceID, key wa.BlobKey) (io.ReadSeekCloser, error)
	Delete(ctx context.Context, ws wa.WorkspaceID, key wa.BlobKey) error
}

// Sealer seals files at rest (package seal).
type Sealer interface {
	SealStream(w io.Writer, associated []byte) (io.WriteCloser, error)
	OpenStream(sealed io.ReadSeeker, associated []byte) (io.ReadSeeker, error)
}

// Carrier moves files to and from WhatsApp (package provider).
type Carrier interface {
	Upload(ctx context.Context, n *wa.Number, file wa.Upload) (id string, failure *wa.Failure)
	Media(ctx context.Context, n *wa.Number, id string) (wa.RemoteMedia, *wa.Failure)
	Download(ctx context.Context, n *wa.Number, media wa.RemoteMedia) (io.ReadCloser, *wa.Failure)
}

// Jobs takes background work.
type Jobs interface {
	Enqueue(tx txn.Tx, job jobs.Job) error
}

// Journal takes facts.
type Journal interface {
	Append(tx txn.Tx, facts ...journal.Fact) error
}

// Parts are what a Media is made of. All are required but Log and Now.
type Parts struct {
	Runner  txn.Runner
	Store   Store
	Blobs   Blobs
	Sealer  Sealer
	Jobs    Jobs
	Journal Journal
	Number  func(id wa.NumberID) (*wa.Number, bool)
	Carrier Carrier
	Log     *slog.Logger
	Now     func() time.Time
}

// Media is the house's files. Safe for concurrent use.
type Media struct {
	Parts

	mu      sync.Mutex
	uploads map[upload]chan struct{} // guarded by mu: files on their way to WhatsApp
}

// New makes a Media. FetchWork is to be given to the job runner.
func New(p Parts) *Media {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Media{Parts: p, uploads: map[upload]chan struct{}{}}
}

// Known tells what a file is that a message wants to send; ok is false when the
// workspace has none such, or has it no longer.
func (m *Media) Known(tx txn.Tx, ws wa.WorkspaceID, ref wa.MediaRef) (mime string, size int64, ok bool, err error) {
	id, err := wa.ParseMediaID(string(ref))
	if err != nil {
		return "", 0, false, nil
	}
	f, found, err := m.Store.Get(tx, ws, id)
	if err != nil || !found || f.State == Failed {
		return "", 0, false, err
	}
	return f.MimeType, f.Size, true, nil
}

// Find tells what is known of a file, whatever its state. Unknown: NotFound.
func (m *Media) Find(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (f File, err error) {
	err = m.Runner.Read(ctx, func(tx txn.Tx) error {
		var found bool
		var err error
		if f, found, err = m.Store.Get(tx, ws, id); err == nil && !found {
			err = errUnknown
		}
		return err
	})
	return f, err
}

// Open opens a stored file to read, from any place. The caller closes it. A file
// on its way is a Conflict with code media_fetching: ask again; one that will
// not come is a NotFound with code media_failed.
func (m *Media) Open(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (io.ReadSeekCloser, File, error) {
	f, err := m.Find(ctx, ws, id)
	if err != nil {
		return nil, File{}, err
	}
	switch f.State {
	case Fetching:
		return nil, f, errFetching
	case Failed:
		return nil, f, errFailed(f.Reason)
	}
	r, err := m.open(ctx, f)
	return r, f, err
}

// open opens the blob of a stored file.
func (m *Media) open(ctx context.Context, f File) (io.ReadSeekCloser, error) {
	sealed, err := m.Blobs.Open(ctx, f.WorkspaceID, f.Blob)
	if err != nil {
		return nil, err
	}
	plain, err := m.Sealer.OpenStream(sealed, associated(f))
	if err != nil {
		sealed.Close() // only read from
		return nil, err
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{plain, sealed}, nil
}

// associated binds a file's bytes to its workspace and row (law 9).
func associated(f File) []byte {
	return []byte(strconv.FormatInt(int64(f.WorkspaceID), 10) + "/media.blob/" + strconv.FormatInt(int64(f.ID), 10))
}

var (
	errUnknown  = fault.New(fault.NotFound, "media_unknown", "There is no such file in this workspace.", "Use the media_id that an upload or a message gave you.")
	errFetching = fault.New(fault.Conflict, "media_fetching", "The file is still on its way from WhatsApp.", "Ask again in a few seconds.")
)

func errFailed(reason string) *fault.Error {
	return fault.New(fault.NotFound, "media_failed", "The file could not be fetched from WhatsApp ("+reason+").", "Ask the customer to send it again.")
}
