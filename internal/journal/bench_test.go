package journal_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// BenchmarkReaction writes 500 facts a second, each in a write of its own as
// webhooks come, and tells how long after the commit a reader has reacted, also
// by a commit. On PostgreSQL the reader is on another node.
func BenchmarkReaction(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			o := storetest.Options(b, engine)
			open := func() *store.Store {
				s, err := store.Open(context.Background(), o)
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { s.Close() })
				return s
			}
			writer := open()
			reader := writer
			if engine == "postgres" {
				reader = open()
			}
			signal, done := &journal.Signal{}, make(chan struct{})
			reader.OnNews(func(store.News) { signal.Notify() })
			var mu sync.Mutex
			committed, reacted := make([]time.Time, b.N), make([]time.Time, b.N)
			var handed []int // since the reader's last commit
			left := b.N
			f := journal.NewFollower(reacting{reader, func() {
				mu.Lock()
				defer mu.Unlock()
				for _, n := range handed {
					reacted[n] = time.Now()
				}
				if left -= len(handed); left == 0 && len(handed) > 0 {
					close(done)
				}
				handed = nil
			}}, reader.Journal(), signal, journal.Reader{Name: "reaction", Handle: func(_ txn.Tx, facts []journal.Fact) error {
				mu.Lock()
				defer mu.Unlock()
				handed = nil
				for _, f := range facts {
					handed = append(handed, int(f.MessageID))
				}
				return nil
			}}, journal.Options{})
			ctx, cancel := context.WithCancel(context.Background())
			var running sync.WaitGroup
			for _, run := range []func(context.Context) error{writer.Hear, reader.Hear, f.Run} {
				running.Go(func() {
					if err := run(ctx); err != nil {
						b.Error(err)
					}
				})
			}
			defer running.Wait()
			defer cancel()
			tick := time.NewTicker(2 * time.Millisecond)
			defer tick.Stop()
			var writing sync.WaitGroup
			b.ResetTimer()
			for n := range b.N {
				<-tick.C
				writing.Go(func() {
					err := writer.Write(ctx, func(tx txn.Tx) error {
						return writer.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, ConversationID: 1, MessageID: wa.MessageID(n), At: time.Now()})
					})
					mu.Lock()
					defer mu.Unlock()
					if committed[n] = time.Now(); err != nil {
						b.Error(err)
					}
				})
			}
			writing.Wait()
			<-done
			b.StopTimer()
			took := make([]float64, b.N)
			for n := range took {
				took[n] = max(0, reacted[n].Sub(committed[n]).Seconds()*1000)
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2], "p50-ms")
			b.ReportMetric(took[len(took)*99/100], "p99-ms")
		})
	}
}

// reacting tells of each of the reader's commits.
type reacting struct {
	txn.Runner
	committed func()
}

func (r reacting) Write(ctx context.Context, f func(txn.Tx) error) error {
	err := r.Runner.Write(ctx, f)
	if err == nil {
		r.committed()
	}
	return err
}
