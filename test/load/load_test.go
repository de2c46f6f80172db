package load

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"kontor/test/load/kontor"
)

// bound is the longest that any step may take beyond what was asked for.
const bound = time.Minute

// seconds reads a duration from the environment.
func seconds(b *testing.B, name string, standard int) time.Duration {
	b.Helper()
	text := os.Getenv(name)
	if text == "" {
		return time.Duration(standard) * time.Second
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 600 {
		b.Fatalf("%s is %q, want 1 to 600 seconds", name, text)
	}
	return time.Duration(n) * time.Second
}

// BenchmarkLoad is all of it; one sub-benchmark is one scenario on one engine.
func BenchmarkLoad(b *testing.B) {
	binary := kontor.Build(b)
	for _, engine := range kontor.Engines {
		b.Run(engine, func(b *testing.B) {
			var most float64
			b.Run("limit/intake", func(b *testing.B) { most = benchmarkLimit(b) })
			b.Run("intake", func(b *testing.B) { benchmarkIntake(b, binary, engine, most) })
			most = 0
			b.Run("limit/send", func(b *testing.B) { most = benchmarkRelay(b) })
			b.Run("send/numbers=8", func(b *testing.B) { benchmarkSend(b, binary, engine, 8, most) })
			b.Run("send/numbers=1", func(b *testing.B) { benchmarkSend(b, binary, engine, 1, 0) })
			b.Run("cap", func(b *testing.B) { benchmarkCap(b, binary, engine) })
		})
	}
}

// start starts the product and waits until it is ready.
func start(b *testing.B, i *kontor.Installation, level string) *kontor.Process {
	b.Helper()
	p, err := i.Start(b)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	if err := i.Ready(ctx, level); err != nil {
		b.Fatal("wait until it is ready: ", err)
	}
	return p
}

// finish reports the memory and ends the process: what it still has to do is
// no part of the figures.
func finish(b *testing.B, p *kontor.Process) {
	b.Helper()
	if peak, err := p.PeakMiB(); err == nil {
		b.ReportMetric(peak, "peak-MiB")
	}
	if err := p.Ended(); err != nil {
		b.Error(err)
	}
	p.Kill()
}

// report reports the latencies, in milliseconds.
func report(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for _, p := range []struct {
		name string
		of   float64
	}{{"p50-ms", 0.50}, {"p99-ms", 0.99}} {
		if len(took) > 0 {
			at := took[min(len(took)-1, int(p.of*float64(len(took))))]
			b.ReportMetric(float64(at.Microseconds())/1000, p.name)
		}
	}
	b.ReportMetric(0, "ns/op") // one operation is a whole scenario: its time says nothing
}
