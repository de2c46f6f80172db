package media

import (
	"context"
	"io"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// remoteLife is how long WhatsApp's id of an upload is used: 30 days
// (cloud-api.md 1.5), less a day so that none expires on its way.
const remoteLife = 29 * 24 * time.Hour

// upload is a file on its way to WhatsApp for one number.
type upload struct {
	media  wa.MediaID
	number wa.NumberID
}

// Remote is WhatsApp's id of a file for a number. The file is uploaded when
// there is none, once, however many messages ask at the same time; then the id
// is remembered for 29 days. Every failure means that nothing was sent:
// ClassNever for a file that does not exist or will not come, ClassBackoff for
// one on its way or a store that does not answer, or what the carrier said.
func (m *Media) Remote(ctx context.Context, number *wa.Number, ref wa.MediaRef, ws wa.WorkspaceID) (string, *wa.Failure) {
	id, err := wa.ParseMediaID(string(ref))
	if err != nil {
		return "", unusable(errUnknown)
	}
	release, err := m.alone(ctx, upload{id, number.ID})
	if err != nil {
		return "", &wa.Failure{Class: wa.ClassBackoff, Cause: err}
	}
	defer release()
	var remoteID string
	var found bool
	var f File
	err = m.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		// The file first: it is what belongs to the workspace.
		var known bool
		if f, known, err = m.Store.Get(tx, ws, id); err == nil && !known {
			err = errUnknown
		}
		if err != nil {
			return err
		}
		remoteID, found, err = m.Store.Remote(tx, id, number.ID, m.Now())
		return err
	})
	switch {
	case err != nil:
		return "", unusable(err)
	case found:
		return remoteID, nil
	case f.State == Fetching:
		return "", unusable(errFetching)
	case f.State == Failed:
		return "", unusable(errFailed(f.Reason))
	}
	return m.upload(ctx, number, f)
}

func (m *Media) upload(ctx context.Context, number *wa.Number, f File) (string, *wa.Failure) {
	// Opened here once first: a blob that is gone is no failure of the carrier's.
	first, err := m.open(ctx, f)
	if err != nil {
		return "", unusable(err)
	}
	if err := first.Close(); err != nil {
		return "", unusable(err)
	}
	started := m.Now()
	remoteID, failure := m.Carrier.Upload(ctx, number, wa.Upload{
		Filename: f.Filename, MimeType: f.MimeType, Size: f.Size,
		Open: func() (io.ReadCloser, error) { return m.open(ctx, f) },
	})
	if failure != nil {
		return "", failure
	}
	err = m.Runner.Write(ctx, func(tx txn.Tx) error {
		return m.Store.SetRemote(tx, f.ID, number.ID, remoteID, started.Add(remoteLife))
	})
	if err != nil { // the message can go; the next one uploads again
		m.Log.Warn("WhatsApp's id of a file could not be kept", "media", f.ID.String(), "err", err)
	}
	return remoteID, nil
}

// alone waits until nobody else uploads the same file for the same number.
func (m *Media) alone(ctx context.Context, u upload) (release func(), err error) {
	for {
		m.mu.Lock()
		busy, taken := m.uploads[u]
		if !taken {
			done := make(chan struct{})
			m.uploads[u] = done
			m.mu.Unlock()
			return func() {
				m.mu.Lock()
				delete(m.uploads, u)
				m.mu.Unlock()
				close(done)
			}, nil
		}
		m.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// unusable is a failure of ours before WhatsApp was asked.
func unusable(err error) *wa.Failure {
	f := fault.As(err)
	class := wa.ClassBackoff
	if f.Kind == fault.NotFound {
		class = wa.ClassNever
	}
	return &wa.Failure{Class: class, Cause: err, Problem: wa.Problem{Title: f.Detail, Details: f.Advice}}
}
