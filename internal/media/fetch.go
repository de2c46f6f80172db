package media

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// FetchKind is the kind of job that fetches an inbound file; its subject is the media id.
const FetchKind jobs.Kind = "media.fetch"

// Stable codes of why a file will not come: File.Reason, and Detail of journal.MediaFailed.
const (
	ReasonGone        = "media_gone"          // WhatsApp does not have it (any more)
	ReasonTooLarge    = "media_too_large"     // over 100 MB
	ReasonChanged     = "media_hash_mismatch" // what came is not what WhatsApp announced
	ReasonNoNumber    = "media_number_gone"   // the number or the message was removed
	ReasonUnreachable = "media_unreachable"   // given up after many tries
)

// Expect makes a file of an inbound message known and has it fetched. It is
// called in the transaction that stores the message; media is the message's
// part, whose ID, MimeType, Filename and SHA256 are used. Wake the jobs after
// the commit.
func (m *Media) Expect(tx txn.Tx, number *wa.Number, message wa.MessageID, part *wa.Media) (wa.MediaRef, error) {
	f := File{
		ID: m.Store.NewID(), WorkspaceID: number.WorkspaceID, MessageID: message, Origin: Inbound, State: Fetching,
		MimeType: part.MimeType, Filename: Filename(part.Filename), SHA256: hexHash(part.SHA256), RemoteID: part.ID, CreatedAt: m.Now(),
	}
	if err := m.Store.Insert(tx, f); err != nil {
		return "", err
	}
	return f.Ref(), m.Jobs.Enqueue(tx, jobs.Job{WorkspaceID: f.WorkspaceID, Kind: FetchKind, Subject: int64(f.ID)})
}

// FetchWork is how inbound files are fetched: at once, then again over about
// three days, which is less than the seven for which WhatsApp keeps them.
func (m *Media) FetchWork() jobs.Work {
	return jobs.Work{Kind: FetchKind, Do: m.fetch, Failed: m.fetchFailed, Attempts: 24, First: 2 * time.Second, Most: 6 * time.Hour}
}

func (m *Media) fetch(ctx context.Context, run *jobs.Run) error {
	var f File
	var of Origins
	var found bool
	err := m.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		f, of, found, err = m.Store.Inbound(tx, wa.MediaID(run.Subject))
		return err
	})
	if err != nil {
		return err
	}
	number, known := m.Number(of.NumberID)
	if !found || !known {
		return never(ReasonNoNumber, errors.New("the file's message or number does not exist"))
	}
	if f.State != Fetching {
		return nil
	}
	if err := m.download(ctx, number, &f, run.Attempt); err != nil {
		return err
	}
	err = m.Runner.Write(ctx, func(tx txn.Tx) error {
		if err := run.Complete(tx); err != nil {
			return err
		}
		if _, err := m.Store.SetStored(tx, f); err != nil {
			return err
		}
		return m.Journal.Append(tx, m.fact(journal.MediaStored, f, of, ""))
	})
	if err != nil {
		m.discard(ctx, f)
	}
	return err
}

// download brings the bytes here and checks that they are those announced.
func (m *Media) download(ctx context.Context, number *wa.Number, f *File, attempt int) error {
	remote, failure := m.Carrier.Media(ctx, number, f.RemoteID)
	if failure != nil {
		return refused(failure, failure.Class == wa.ClassNever || failure.Class == wa.ClassDrop)
	}
	announced := f.SHA256
	if announced == "" {
		announced = hexHash(remote.SHA256)
	}
	body, failure := m.Carrier.Download(ctx, number, remote)
	if failure != nil {
		// 404: the address expired between the two calls (cloud-api.md 1.5).
		return refused(failure, failure.Class == wa.ClassNever && failure.Status != 404)
	}
	defer body.Close()
	head, whole, err := peek(body)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	if f.MimeType == "" {
		f.MimeType = remote.MimeType
	}
	if f.MimeType == "" {
		f.MimeType, _ = typeOf("", head) // nothing declared: nothing to contradict
	}
	if err := m.keep(ctx, f, whole, MaxSize); err != nil {
		if fault.Is(err, fault.TooLarge) {
			return never(ReasonTooLarge, err)
		}
		return err
	}
	if announced != "" && announced != f.SHA256 {
		m.discard(ctx, *f)
		err := fmt.Errorf("the file's SHA-256 is %s, but %s was announced", f.SHA256, announced)
		if attempt >= 5 { // it did not break on its way
			return never(ReasonChanged, err)
		}
		return err
	}
	return nil
}

// fetchFailed records, in the transaction that gives the job up, that a file
// will not come.
func (m *Media) fetchFailed(tx txn.Tx, job jobs.Job, cause error) error {
	f, of, found, err := m.Store.Inbound(tx, wa.MediaID(job.Subject))
	if err != nil {
		return err
	}
	reason := ReasonUnreachable
	var r *reasoned
	if errors.As(cause, &r) {
		reason = r.reason
	}
	done, err := m.Store.SetFailed(tx, wa.MediaID(job.Subject), reason)
	if err != nil || !done || !found { // without its message nobody is left to tell
		return err
	}
	return m.Journal.Append(tx, m.fact(journal.MediaFailed, f, of, reason))
}

func (m *Media) fact(kind journal.Kind, f File, of Origins, detail string) journal.Fact {
	return journal.Fact{
		WorkspaceID: f.WorkspaceID, Kind: kind, NumberID: of.NumberID, ContactID: of.ContactID,
		ConversationID: of.ConversationID, MessageID: f.MessageID, Detail: detail, At: m.Now(),
	}
}

// refused turns a carrier's failure into what the job does next.
func refused(failure *wa.Failure, final bool) error {
	switch {
	case final:
		return never(ReasonGone, failure)
	case failure.RetryAfter > 0:
		return jobs.After(failure.RetryAfter, failure)
	}
	return failure
}

// reasoned is an error with the stable code that the file gets.
type reasoned struct {
	reason string
	cause  error
}

func (r *reasoned) Error() string { return r.reason + ": " + r.cause.Error() }
func (r *reasoned) Unwrap() error { return r.cause }

func never(reason string, cause error) error { return jobs.Permanent(&reasoned{reason, cause}) }

// hexHash reads a SHA-256 in base64, as webhooks write it, or in hexadecimal, as
// the media endpoint may; anything else counts as none.
func hexHash(text string) string {
	if b, err := hex.DecodeString(text); err == nil && len(b) == 32 {
		return strings.ToLower(text)
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(text); err == nil && len(b) == 32 {
			return hex.EncodeToString(b)
		}
	}
	return ""
}
