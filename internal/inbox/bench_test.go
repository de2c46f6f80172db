package inbox_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"kontor/internal/inbox"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// BenchmarkTake is intake without HTTP: 64 callers, each of which waits for the
// commit of its webhook (one text) before it brings the next, from 10 000 people
// who wrote before. Figures are in bench/; one operation is one webhook.
//
//	go test ./internal/inbox -run '^$' -bench Take -benchtime 5s
func BenchmarkTake(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			h := open(b, storetest.Open(b, engine))
			const people, callers = 10_000, 64
			who := make([]wa.Identity, people)
			first := &inbox.Delivery{}
			for n := range who {
				who[n] = wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + n)), BSUID: wa.BSUID(fmt.Sprint("DE.", n)), ProfileName: "Katrin Petersen"}
				first.Received = append(first.Received, h.received(who[n], fmt.Sprint("wamid.first.", n)))
				if len(first.Received) == 500 || n == people-1 {
					if err := h.Take(context.Background(), first); err != nil {
						b.Fatal(err)
					}
					first = &inbox.Delivery{}
				}
			}
			var next atomic.Int64
			b.SetParallelism(callers / max(1, runtime.GOMAXPROCS(0)))
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1)
					d := &inbox.Delivery{Received: []inbox.Received{h.received(who[n*7919%people], fmt.Sprint("wamid.", n))}}
					if err := h.Take(context.Background(), d); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "webhooks/s")
		})
	}
}
