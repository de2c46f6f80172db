package media_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func (w *world) expect(part wa.Media) wa.MediaID {
	w.Helper()
	var ref wa.MediaRef
	w.write(func(tx txn.Tx) (err error) {
		ref, err = w.media.Expect(tx, w.number, message, &part)
		return err
	})
	id, err := wa.ParseMediaID(string(ref))
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func base64Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (w *world) fact(kind journal.Kind, detail string) []journal.Fact {
	return []journal.Fact{{WorkspaceID: ws, Kind: kind, NumberID: 10, ContactID: 20, ConversationID: 30, MessageID: message, Detail: detail}}
}

func TestInboundFilesAreFetchedAndKept(t *testing.T) {
	each(t, func(w *world) {
		content := append([]byte("\xff\xd8\xff\xe0"), make([]byte, 150_000)...)
		w.graph.files["m1"] = content
		id := w.expect(wa.Media{ID: "m1", MimeType: "image/jpeg", SHA256: base64Hash(content), Filename: "../a\x00b.jpg"})
		if _, _, err := w.media.Open(context.Background(), ws, id); !fault.Is(err, fault.Conflict) || fault.As(err).Code != "media_fetching" {
			w.Fatalf("before it is here: got %v, want media_fetching", err)
		}
		w.work()
		w.runner.Wake()
		f := w.settled(id)
		sum := sha256.Sum256(content)
		if f.State != media.Stored || f.Size != int64(len(content)) || f.SHA256 != hex.EncodeToString(sum[:]) || f.MimeType != "image/jpeg" || f.Filename != "ab.jpg" {
			w.Fatalf("got %+v, want the file stored with its size and hash", f)
		}
		r, _, err := w.media.Open(context.Background(), ws, id)
		if err != nil {
			w.Fatal(err)
		}
		defer r.Close()
		if got, err := io.ReadAll(r); err != nil || string(got) != string(content) {
			w.Fatalf("got %d bytes and %v, want the %d sent", len(got), err, len(content))
		}
		if diff := cmp.Diff(w.fact(journal.MediaStored, ""), w.facts()); diff != "" {
			w.Error("facts (-want +got):\n", diff)
		}
	})
}

func TestFetchingGoesOnAfterFailures(t *testing.T) {
	each(t, func(w *world) {
		w.graph.files["m1"] = []byte("\xff\xd8\xff\xe0 a picture")
		// The service is down, then knows the file but its address has expired, then all is well.
		w.graph.refusals = []int{500, 500, 0, 404}
		id := w.expect(wa.Media{ID: "m1", MimeType: "image/jpeg"})
		w.work()
		if f := w.settled(id); f.State != media.Stored {
			w.Fatalf("got %+v, want it stored in the end", f)
		}
	})
}

func TestFilesThatWillNotCome(t *testing.T) {
	cases := []struct {
		name   string
		part   wa.Media
		reason string
		arm    func(w *world)
	}{
		{"whatsapp has it no more", wa.Media{ID: "gone", MimeType: "image/jpeg"}, media.ReasonGone, nil},
		{"other bytes than announced", wa.Media{ID: "m1", SHA256: base64Hash([]byte("what was announced"))}, media.ReasonChanged, nil},
		{"announced when asked", wa.Media{ID: "m1"}, media.ReasonChanged, func(w *world) {
			sum := sha256.Sum256([]byte("something else"))
			w.graph.sha256["m1"] = hex.EncodeToString(sum[:])
		}},
		{"over a hundred megabytes", wa.Media{ID: "m1"}, media.ReasonTooLarge, func(w *world) { w.graph.files["m1"] = make([]byte, media.MaxSize+1) }},
		{"the service stays down", wa.Media{ID: "m1"}, media.ReasonUnreachable, func(w *world) {
			for range 30 {
				w.graph.refusals = append(w.graph.refusals, 500)
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(w *world) {
				w.graph.files["m1"] = []byte("what came")
				if c.arm != nil {
					c.arm(w)
				}
				id := w.expect(c.part)
				w.work()
				f := w.settled(id)
				if f.State != media.Failed || f.Reason != c.reason {
					w.Fatalf("got state %s, reason %s; want failed, %s", f.State, f.Reason, c.reason)
				}
				if diff := cmp.Diff(w.fact(journal.MediaFailed, c.reason), w.facts()); diff != "" {
					w.Error("facts (-want +got):\n", diff)
				}
				if _, _, err := w.media.Open(context.Background(), ws, id); !fault.Is(err, fault.NotFound) || fault.As(err).Code != "media_failed" {
					w.Errorf("open: got %v, want media_failed", err)
				}
				if got := blobs(w); len(got) != 0 {
					w.Errorf("got blobs %v of a file that was not kept, want none", got)
				}
			})
		})
	}
}

func TestAFileIsExpectedOnlyWithItsMessage(t *testing.T) {
	each(t, func(w *world) {
		var ref wa.MediaRef
		refused := fault.New(fault.Invalid, "x", "", "")
		err := w.store.Write(context.Background(), func(tx txn.Tx) (err error) {
			if ref, err = w.media.Expect(tx, w.number, message, &wa.Media{ID: "m1"}); err != nil {
				return err
			}
			return refused
		})
		if !fault.Is(err, fault.Invalid) {
			w.Fatal(err)
		}
		id, err := wa.ParseMediaID(string(ref))
		if err != nil {
			w.Fatal(err)
		}
		if _, err := w.media.Find(context.Background(), ws, id); !fault.Is(err, fault.NotFound) {
			w.Fatalf("got %v, want no such file", err)
		}
	})
}

func TestRemoteWaitsForWhatIsBeingFetched(t *testing.T) {
	each(t, func(w *world) {
		id := w.expect(wa.Media{ID: "m1"})
		_, failure := w.media.Remote(context.Background(), w.number, wa.MediaRef(id.String()), ws)
		if failure == nil || failure.Class != wa.ClassBackoff {
			w.Fatalf("got %+v, want to be asked again later", failure)
		}
	})
}
