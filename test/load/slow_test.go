package load

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/app"
	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// slowCommit is what a sync takes on many network disks.
const slowCommit = 5 * time.Millisecond

// BenchmarkSlowDisk is intake on a disk that takes 5 ms more for each commit,
// beside the same without. No disk can be told to be slow without rights that a
// test has not, so the product runs in this process, where the statement COMMIT
// can be held up (app.Options.Trace); whoever asks it shares the process.
func BenchmarkSlowDisk(b *testing.B) {
	for _, engine := range kontor.Engines {
		b.Run(engine, func(b *testing.B) {
			var fast float64
			b.Run("commit=0ms", func(b *testing.B) { fast = benchmarkCommit(b, engine, 0, 0) })
			b.Run("commit=5ms", func(b *testing.B) { benchmarkCommit(b, engine, slowCommit, fast) })
		})
	}
}

func benchmarkCommit(b *testing.B, engine string, slow time.Duration, fast float64) (rate float64) {
	meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
	defer meta.Close()
	var commits atomic.Int64
	i, _ := kontor.Inside(b, engine, meta.URL, app.Options{Trace: func(statement string) {
		if statement == "COMMIT" {
			commits.Add(1)
			time.Sleep(slow)
		}
	}})
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	if err := i.Ready(ctx, "HIGH"); err != nil {
		b.Fatal(err)
	}
	lasts := seconds(b, "KONTOR_LOAD_SECONDS", 5)
	before := commits.Load()
	b.ResetTimer()
	took, rate := hail(b, i.Address, i.Numbers[0], phone, lasts)
	b.StopTimer()
	b.ReportMetric(rate, "webhooks/s")
	if n := commits.Load() - before; n > 0 {
		b.ReportMetric(float64(len(took))/float64(n), "webhooks/commit")
	}
	if fast > 0 {
		b.ReportMetric(100*rate/fast, "of-fast-%")
	}
	report(b, took)
	return rate
}
