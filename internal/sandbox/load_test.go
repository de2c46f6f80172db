package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkSend measures one send through HTTP with both status webhooks
// posted; the target of the load tests is 5 000 a second on two cores, client
// and receiver included.
func BenchmarkSend(b *testing.B) {
	var updates atomic.Int64
	business := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		updates.Add(int64(strings.Count(string(body), `"statuses"`)))
	}))
	defer business.Close()
	n := DefaultNumber()
	n.CallbackURL, n.PerSecond = business.URL, -1
	s, err := New(Options{Seed: 1, Numbers: []NumberConfig{n}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	server := httptest.NewServer(s)
	var sends atomic.Int64
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := sends.Add(1)
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+4915%08d","biz_opaque_callback_data":"m%d",%s}`, i%20000, i, template("hello_world", "en_US", ""))
			req, _ := http.NewRequest("POST", server.URL+"/v25.0/"+n.PhoneNumberID+"/messages", strings.NewReader(body))
			req.Header.Set("Authorization", "Bearer x")
			req.Header.Set("Content-Type", "application/json")
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode != 200 {
				b.Errorf("got %d", resp.StatusCode)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	b.ReportMetric(float64(updates.Load())/float64(b.N), "statuses/send")
	server.Close()
	cancel()
	<-ran
	if err := s.Close(); err != nil {
		b.Error(err)
	}
}
