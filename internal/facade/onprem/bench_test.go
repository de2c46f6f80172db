package onprem_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// The façade keeps at least 80 % of the native API's throughput: compare the
// two with
//
//	go test -bench Send -benchtime 5s ./internal/facade/onprem
func BenchmarkSend(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		// A world for each: what was accepted before is still being sent.
		b.Run(engine+"/native", func(b *testing.B) {
			w := newWorld(b, engine)
			w.writes("hello")
			w.flood(b, "/api/v1/whatsapp/send/text", adminKey, []byte(`{"to":"`+customer+`","text":"Your bicycle is ready."}`), http.StatusAccepted)
		})
		b.Run(engine+"/onprem", func(b *testing.B) {
			w := newWorld(b, engine)
			w.login()
			w.writes("hello")
			w.flood(b, "/v1/messages", w.token, []byte(`{"to":"`+customer+`","type":"text","text":{"body":"Your bicycle is ready."}}`), http.StatusCreated)
		})
	}
}

// flood sends from 32 clients at once.
func (w *world) flood(b *testing.B, path, token string, body []byte, want int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequest(http.MethodPost, w.url+path, bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/json")
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			text, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != want {
				b.Errorf("got %d %s", resp.StatusCode, text)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
}
