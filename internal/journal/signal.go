package journal

import (
	"context"
	"sync"

	"kontor/internal/txn"
)

// Signal tells whoever waits in this process that something was committed:
// readers, live streams, deliverers. It carries nothing and promises nothing,
// since a commit of another node is not heard here: whoever waits also looks
// once a second. The zero Signal is ready. Safe for concurrent use.
//
// Take the channel first, look second, wait third; then no commit falls
// between looking and waiting:
//
//	for {
//		changed := signal.Wait()
//		if look() { continue }
//		select {
//		case <-changed:
//		case <-second.C:
//		case <-ctx.Done():
//			return
//		}
//	}
type Signal struct {
	mu   sync.Mutex
	next chan struct{} // closed by Notify; nil while nobody waits
}

// Wait returns a channel that the next Notify closes.
func (s *Signal) Wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

// Notify wakes everybody who waits. It never blocks; call it after a commit,
// never inside the transaction.
func (s *Signal) Notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}

// After returns runner with a Notify behind each write that was stored, so that
// those who write need not know who listens.
func (s *Signal) After(runner txn.Runner) txn.Runner { return notifying{runner, s} }

type notifying struct {
	txn.Runner
	signal *Signal
}

func (n notifying) Write(ctx context.Context, f func(tx txn.Tx) error) error {
	err := n.Runner.Write(ctx, f)
	if err == nil {
		n.signal.Notify()
	}
	return err
}
