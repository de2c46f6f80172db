package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"kontor/internal/account"
	"kontor/internal/api"
	"kontor/internal/outbox"
)

// unwritten accepts at once and writes nothing: what is left is the API's own
// cost. Nothing else is asked of it.
type unwritten struct{ api.Outbox }

func (unwritten) Accept(context.Context, outbox.Request) (outbox.Receipt, error) {
	return outbox.Receipt{MessageID: 1, ConversationID: 2, ContactID: 3, NumberID: 4}, nil
}

// BenchmarkSendText is one send through the whole chain of the API: request id,
// log, key, body, schema, mapping, answer; without network and without outbox.
func BenchmarkSendText(b *testing.B) {
	h := open(b, openSQLite(b))
	d := h.api.Deps
	d.Outbox, d.Registry, d.Log = unwritten{}, nil, nil
	a, err := api.New(d)
	if err != nil {
		b.Fatal(err)
	}
	handler := a.Handler()
	body := []byte(`{"to":"+49 451 5550100","text":"Your bicycle is ready. We are open until six."}`)
	key := h.tenants[0].keys[account.Agent]
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, api.Base+"/send/text", io.NopCloser(bytes.NewReader(body)))
		r.ContentLength = int64(len(body))
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "order-1042")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusAccepted {
			b.Fatalf("got %d %s, want 202", w.Code, w.Body)
		}
	}
}
