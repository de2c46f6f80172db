package outbox_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// line is a node's way to the database, which can be cut.
type line struct {
	txn.Runner
	cut atomic.Bool
}

var errCut = errors.New("the line is cut")

func (l *line) Write(ctx context.Context, f func(txn.Tx) error) error {
	if l.cut.Load() {
		return errCut
	}
	return l.Runner.Write(ctx, f)
}

func (l *line) Read(ctx context.Context, f func(txn.Tx) error) error {
	if l.cut.Load() {
		return errCut
	}
	return l.Runner.Read(ctx, f)
}

// slowShelf takes as long with a file as the test wants.
type slowShelf struct {
	shelf
	once    sync.Once
	entered chan struct{}
	gate    chan struct{}
}

func (s *slowShelf) Remote(ctx context.Context, n *wa.Number, ref wa.MediaRef, ws wa.WorkspaceID) (string, *wa.Failure) {
	s.once.Do(func() { close(s.entered) })
	<-s.gate
	return s.shelf.Remote(ctx, n, ref, ws)
}

// A node that is cut off between the claim and the call sends nothing once its
// lease may have run out; who takes the number over tells of the doubt.
func TestNothingLeavesWhenTheLeaseMayHaveRunOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := build(t, s)
		h.several(1)
		const lease = 300 * time.Millisecond
		node := &line{Runner: s}
		files := &slowShelf{entered: make(chan struct{}), gate: make(chan struct{})}
		first := h.open(func(p *outbox.Parts) {
			p.Runner, p.Media = node, files
			p.Delivery.Owner, p.Delivery.Lease = "one", lease
		})
		stop := h.drain(first)
		r := text(phone(0), "")
		r.Content = wa.Content{Type: wa.TypeImage, Image: &wa.Media{MediaID: picture}}
		id := h.accept(r)
		first.Wake(h.number.ID)
		<-files.entered // claimed, and on its way to the call
		node.cut.Store(true)
		second := h.open(func(p *outbox.Parts) {
			p.Delivery.Owner, p.Delivery.Lease, p.Delivery.UncertainAfter = "two", lease, time.Hour
		})
		h.drain(second) // takes over when the lease has run out
		h.becomes(id, wa.StatusUncertain)
		close(files.gate)
		node.cut.Store(false)
		stop()
		if got := h.meta.all(); len(got) != 0 {
			t.Errorf("WhatsApp got %+v, want nothing of a node that may have lost the number", got)
		}
		if m := h.message(id); m.Status != wa.StatusUncertain {
			t.Errorf("got %s, want the doubt that the new owner told of", m.Status)
		}
	})
}
