package hard

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/app"
	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// On a disk that takes long for a commit, webhooks share one: the slower it is,
// the more of them. (How fast that is, BenchmarkSlowDisk of test/load tells.)
func TestASlowDiskIsShared(t *testing.T) {
	const (
		connections = 64
		each        = 16
	)
	for _, engine := range kontor.Engines {
		t.Run(engine, func(t *testing.T) {
			meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
			defer meta.Close()
			var commits atomic.Int64
			i, _ := kontor.Inside(t, engine, meta.URL, app.Options{Trace: func(statement string) {
				if statement == "COMMIT" {
					commits.Add(1)
					time.Sleep(20 * time.Millisecond) // the disk; nothing is waited for
				}
			}})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := i.Ready(ctx, "HIGH"); err != nil {
				t.Fatal(err)
			}
			before := commits.Load()
			var all sync.WaitGroup
			for c := range connections {
				all.Go(func() {
					client := kontor.NewClient(i.Address)
					defer client.Close()
					for n := range each {
						phone := fmt.Sprintf("447987%06d", c)
						status, err := client.PostWebhook(i.Numbers[0].Messages(whatsapp.Text{From: phone, Name: "Customer", Wamid: whatsapp.Wamid(phone, int64(n)), Body: "hello", At: time.Now()}))
						if err != nil || status != 200 {
							t.Errorf("a webhook was answered %d, %v; want 200", status, err)
						}
					}
				})
			}
			all.Wait()
			// Leases are prolonged meanwhile, and readers keep their places: a few more.
			if got := commits.Load() - before; got > connections*each/4 {
				t.Errorf("%d webhooks took %d commits, want a quarter as many at most", connections*each, got)
			}
		})
	}
}
