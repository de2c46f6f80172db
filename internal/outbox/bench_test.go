package outbox_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/outbox"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// crowd opens the windows of many customers.
func crowd(b *testing.B, h *house, n int) (phones []wa.Phone) {
	for i := range n {
		phones = append(phones, phone(i))
	}
	for rest := phones; len(rest) > 0; rest = rest[min(500, len(rest)):] {
		h.hears(rest[:min(500, len(rest))]...)
	}
	return phones
}

// BenchmarkAccept: 64 callers, each waiting until its message is on disk.
func BenchmarkAccept(b *testing.B) {
	h := build(b, storetest.Open(b, "sqlite"))
	phones := crowd(b, h, 2000)
	var n atomic.Int64
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			r := text(phones[i%2000], fmt.Sprint(i))
			r.NumberID = h.number.ID
			if _, err := h.Accept(context.Background(), r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkClaimSettle: batches of 200 through claim and outcome, no HTTP.
func BenchmarkClaimSettle(b *testing.B) {
	h := build(b, storetest.Open(b, "sqlite"))
	phones := crowd(b, h, 2000)
	q := h.store.Outbox()
	var epoch int64
	h.write(func(tx txn.Tx) (err error) {
		epoch, err = q.TakeLease(tx, h.number.ID, "bench", time.Hour)
		return err
	})
	fill(b, h, phones, b.N)
	b.ResetTimer()
	for done := 0; done < b.N; {
		var claimed []*outbox.Claimed
		h.write(func(tx txn.Tx) error {
			candidates, err := q.Candidates(tx, h.number.ID, outbox.Interactive, time.Now(), 200)
			if err != nil {
				return err
			}
			var ids []wa.MessageID
			for _, c := range candidates {
				ids = append(ids, c.MessageID)
			}
			claimed, _, err = q.Claim(tx, h.number.ID, epoch, ids)
			return err
		})
		if len(claimed) == 0 {
			b.Fatalf("nothing to claim after %d of %d", done, b.N)
		}
		h.write(func(tx txn.Tx) error {
			outcomes := make([]*outbox.Outcome, len(claimed))
			for i, c := range claimed {
				outcomes[i] = &outbox.Outcome{Claimed: c, Epoch: epoch, At: time.Now(), Kind: outbox.Taken, Wamid: wa.Wamid(fmt.Sprint("wamid.", c.MessageID))}
			}
			_, err := q.Settle(tx, outcomes)
			return err
		})
		done += len(claimed)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

func fill(b *testing.B, h *house, phones []wa.Phone, n int) {
	var next atomic.Int64
	done := make(chan error)
	for range 64 {
		go func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				r := text(phones[i%int64(len(phones))], "hi")
				r.NumberID = h.number.ID
				if _, err := h.Accept(context.Background(), r); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 64 {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}
