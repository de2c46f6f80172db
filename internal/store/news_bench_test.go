package store_test

import (
	"context"
	"sync"
	"testing"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

// BenchmarkNews writes facts from 64 producers at once, with another node that
// listens, while the first tells what it commits and while it does not.
func BenchmarkNews(b *testing.B) {
	for _, told := range []bool{false, true} {
		name := map[bool]string{false: "kept", true: "told"}[told]
		b.Run(name, func(b *testing.B) {
			o := storetest.Options(b, "postgres")
			var nodes [2]*store.Store
			for n := range nodes {
				s, err := store.Open(context.Background(), o)
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				nodes[n] = s
			}
			ctx, cancel := context.WithCancel(context.Background())
			var hearing, writing sync.WaitGroup
			defer hearing.Wait()
			defer cancel()
			hearing.Go(func() { _ = nodes[1].Hear(ctx) })
			if told {
				hearing.Go(func() { _ = nodes[0].Hear(ctx) })
			}
			work := make(chan int)
			b.ResetTimer()
			for range 64 {
				writing.Go(func() {
					for n := range work {
						if err := nodes[0].Write(ctx, func(tx txn.Tx) error { return note(tx, nodes[0], 1, n) }); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for n := range b.N {
				work <- n
			}
			close(work)
			writing.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}
