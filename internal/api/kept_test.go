package api_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
)

func TestKeptWebhooksAreShownAndTakenInAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, admin := h.tenants[0], h.tenants[0].keys[account.Admin]
		came := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
		for n := range 3 {
			raw := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
				"metadata":{"display_phone_number":"49","phone_number_id":%q},"contacts":[{"profile":{"name":"K"},"wa_id":"49151"}],
				"messages":[{"from":"49151","id":"wamid.%d","timestamp":"1795160000","type":"text","text":{"body":"hi"}}]}}]}]}`, one.number.PhoneNumberID, n)
			err := h.inbox.Take(context.Background(), &inbox.Delivery{Raw: &inbox.Raw{SignerID: one.number.ID, Body: []byte(raw), ReceivedAt: came.Add(time.Duration(n) * time.Hour)}})
			if err != nil {
				t.Fatal(err)
			}
		}
		first := h.call(admin, "GET", base+"/webhooks?limit=2", "")
		if len(first.data()) != 2 || first.text("next_cursor") == "" {
			t.Fatalf("got %s, want two of three", first.raw)
		}
		rest := h.call(admin, "GET", base+"/webhooks?limit=2&cursor="+first.text("next_cursor"), "")
		if len(rest.data()) != 1 || rest.json["next_cursor"] != nil {
			t.Fatalf("got %s, want the oldest alone", rest.raw)
		}
		oldest := rest.data()[0].(map[string]any)
		if oldest["received_at"] != "2026-11-20T09:00:00.000Z" || oldest["number_id"] != one.number.ID.String() {
			t.Errorf("got %v, want the first", oldest)
		}

		span := `{"since":"2026-11-20T10:00:00Z","until":"2026-11-20T11:00:00Z"}`
		for _, want := range []float64{1, 0} { // the second time everything is known
			got := h.call(admin, "POST", base+"/webhooks/replay", span)
			if got.status != http.StatusOK || got.json["webhooks"] != 1.0 || got.json["messages"] != 1.0 || got.json["new_messages"] != want || got.json["next_cursor"] != nil {
				t.Errorf("got %d %s, want one webhook with %v new messages", got.status, got.raw, want)
			}
		}
		if got := h.call(admin, "GET", base+"/messages/wamid.1", ""); got.status != http.StatusOK {
			t.Errorf("got %d %s, want the message that was taken in", got.status, got.raw)
		}
		if got := h.call(admin, "POST", base+"/webhooks/replay", `{"cursor":"nonsense"}`); got.status/100 != 4 {
			t.Errorf("got %d %s, want a refusal", got.status, got.raw)
		}
	})
}
