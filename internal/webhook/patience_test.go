package webhook_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/meta"
	"kontor/internal/webhook"
)

// busy is an intake that takes a webhook in after a while, unless its caller
// has given up by then.
type busy time.Duration

func (b busy) Take(ctx context.Context, _ *inbox.Delivery) error {
	select {
	case <-time.After(time.Duration(b)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A webhook waits on its connection for its commit, and when that takes too long
// WhatsApp is asked to come again, within the time that it waits for an answer.
func TestAWebhookWaitsAndIsThenAskedToComeAgain(t *testing.T) {
	for _, c := range []struct {
		takes, wait time.Duration
		status      int
		again       string
	}{
		{7 * time.Second, 7 * time.Second, http.StatusOK, ""},
		{time.Hour, webhook.Patience, http.StatusServiceUnavailable, "1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := &webhook.Door{
				Numbers: register{}, Tenants: register{}, Intake: busy(c.takes), Log: slog.New(slog.DiscardHandler),
				NewID: func() int64 { return 1 }, Now: func() time.Time { return noon },
			}
			mux := http.NewServeMux()
			d.Mount(func(method, pattern string, h http.HandlerFunc) { mux.Handle(method+" "+pattern, h) })
			body := webhookTo("101", "")
			r := httptest.NewRequest(http.MethodPost, own, bytes.NewReader(body))
			r.Header.Set(meta.SignatureHeader, meta.Sign([]byte("app one"), body))
			w := httptest.NewRecorder()
			began := time.Now()
			mux.ServeHTTP(w, r)
			if waited := time.Since(began); w.Code != c.status || w.Header().Get("Retry-After") != c.again || waited != c.wait {
				t.Errorf("an intake that takes %v: got %d, Retry-After %q after %v; want %d, %q after %v",
					c.takes, w.Code, w.Header().Get("Retry-After"), waited, c.status, c.again, c.wait)
			}
		})
	}
}
