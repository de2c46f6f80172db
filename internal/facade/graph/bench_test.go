package graph_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"kontor/internal/api"
)

// BenchmarkAccept compares what a template message costs through the gateway
// and through the native API, with the whole product behind both: the gateway
// is to do at least 80 % of the native API's rate.
//
//	go test -run NONE -bench Accept ./internal/facade/graph
func BenchmarkAccept(b *testing.B) {
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"gateway": {"/v25.0/" + phone + "/messages", `{"messaging_product":"whatsapp","to":"4915510000001","type":"template","template":{"name":"greeting","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ida"}]}]}}`, 200},
		"native":  {api.Base + "/send/template", `{"to":"4915510000001","phone_number_id":"` + phone + `","template":{"name":"greeting","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ida"}]}]}}`, 202},
	} {
		b.Run(name, func(b *testing.B) {
			h := openBench(b)
			handler := h.app.Handler()
			b.SetParallelism(32) // whoever waits at the same moment shares a transaction
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := httptest.NewRequest(http.MethodPost, c.path, io.NopCloser(bytes.NewReader([]byte(c.body))))
					r.ContentLength = int64(len(c.body))
					r.Header.Set("Authorization", "Bearer "+adminKey)
					r.Header.Set("Content-Type", "application/json")
					w := httptest.NewRecorder()
					handler.ServeHTTP(w, r)
					if w.Code != c.status {
						b.Errorf("got %d %s", w.Code, w.Body)
						return
					}
				}
			})
		})
	}
}
