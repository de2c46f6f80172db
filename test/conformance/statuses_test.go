package conformance

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// TestEveryErrorOfAStatusFailsItsMessage lets WhatsApp take a message and report
// it as failed later, with each code (cloud-api.md 3.1: "the same code may come in
// the HTTP answer, in a failed status, or both"). The message has failed with the
// code, and nothing else is disturbed: what WhatsApp took is never sent again.
func TestEveryErrorOfAStatusFailsItsMessage(t *testing.T) {
	t.Parallel()
	numbers := house(1)
	w := newWorld(t, "sqlite", numbers, nil)
	ids := map[string]string{} // by phone
	phone := func(i int) string { return fmt.Sprintf("4915560%06d", i) }
	for i, row := range sending {
		w.control(t, "POST", "faults", object{"kind": "fail_message", "code": row.code, "details": "details of it", "match": object{"phone": phone(i)}})
	}
	for i := range sending {
		ids[phone(i)] = w.sends(t, numbers[0], phone(i), "hello_world")
	}
	for i, row := range sending {
		var m object
		eventually(t, fmt.Sprintf("%d fails its message", row.code), func() bool {
			m = w.must(t, "GET", "messages/"+ids[phone(i)], nil)
			return m["status"] == "failed"
		})
		if got := text(at(m, "errors.0.code")); got != strconv.Itoa(row.code) || text(at(m, "errors.0.details")) != "details of it" || text(at(m, "errors.0.title")) == "" {
			t.Errorf("status with %d: the message says %v, want the code, a title and the details", row.code, m["errors"])
		}
		if len(w.phone(t, phone(i))) != 1 {
			t.Errorf("status with %d: WhatsApp was given %d messages, want 1", row.code, len(w.phone(t, phone(i))))
		}
	}
	if n := w.number(t, numbers[0]); n["state"] != "active" {
		t.Errorf("after failed statuses the number is %v (%v), want active", n["state"], n["state_reason"])
	}
}

// sends sends a template without variables.
func (w *world) sends(t *testing.T, n *number, phone, template string) string {
	t.Helper()
	return text(w.must(t, "POST", "send/template", object{
		"to": "+" + phone, "phone_number_id": n.ID, "template": object{"name": template, "language": object{"code": "en_US"}},
	})["message_id"])
}

// ended waits until a message of ours has failed, and answers its code.
func (w *world) ended(t *testing.T, id string) (code string) {
	t.Helper()
	var m object
	eventually(t, "the message fails", func() bool {
		m = w.must(t, "GET", "messages/"+id, nil)
		return m["status"] == "failed"
	})
	return text(at(m, "errors.0.code"))
}

// TestTheCustomerIsTheReason brings the errors that come by status about as they
// come about: by what the customer is and does (cloud-api.md 3.4).
func TestTheCustomerIsTheReason(t *testing.T) {
	t.Parallel()
	numbers := house(1)
	n := numbers[0]
	w := newWorld(t, "sqlite", numbers, nil)
	eventually(t, "the product knows the templates", func() bool {
		for _, o := range list(w.must(t, "GET", "templates?q=spring", nil)["data"]) {
			if o["name"] == "spring_offer" {
				return true
			}
		}
		return false
	})
	for _, c := range []struct {
		phone, template string
		change          object
		want            string
	}{
		{"4915570000001", "hello_world", object{"not_on_whatsapp": true}, "131026"},
		{"4915570000002", "spring_offer", object{"opted_out_marketing": true}, "131050"},
		{"4915570000003", "spring_offer", object{"experiment": true}, "130472"},
		{"12125550104", "spring_offer", object{}, "131049"}, // no marketing to the United States
	} {
		w.control(t, "PATCH", "customers/"+c.phone, c.change)
		if got := w.ended(t, w.sends(t, n, c.phone, c.template)); got != c.want {
			t.Errorf("%s to a customer who is %v: failed with %s, want %s", c.template, c.change, got, c.want)
		}
	}

	// A link that WhatsApp cannot fetch: taken, then 131053 (1.5).
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	w.writes(t, n, "4915570000005")
	link := func(to string) string {
		return text(w.must(t, "POST", "send/image", object{"to": "+" + to, "phone_number_id": n.ID, "image": object{"link": gone.URL + "/bicycle.png"}})["message_id"])
	}
	if got := w.ended(t, link("4915570000005")); got != "131053" {
		t.Errorf("a link that cannot be fetched: failed with %s, want 131053", got)
	}

	// Refused at once with 131053, a link is tried once more (3.4: "RN once for links").
	for phone, count := range map[string]int{"4915570000006": 1, "4915570000007": 9} {
		w.writes(t, n, phone)
		w.control(t, "POST", "faults", object{"kind": "refuse", "code": 131053, "count": count, "match": object{"edge": "messages", "phone": phone}})
		if got := w.ended(t, link(phone)); got != "131053" {
			t.Errorf("131053 for a link, %d times: failed with %s, want 131053", count, got)
		}
	}
	for _, f := range list(w.control(t, "GET", "faults", nil)["data"]) {
		want := map[string]string{"4915570000006": "1", "4915570000007": "2"}[text(at(f, "match.phone"))]
		if got := text(f["struck"]); got != want {
			t.Errorf("131053 struck %s times for %v, want %s", got, at(f, "match.phone"), want)
		}
	}
	if got := len(w.phone(t, "4915570000006")); got != 1 {
		t.Errorf("a link that was refused once reached WhatsApp %d times, want 1", got)
	}

	// A window that closed while the message waited: 131047 by status (3.4, 7.2).
	w.writes(t, n, "4915570000008")
	w.control(t, "POST", "faults", object{"kind": "refuse", "code": 131016, "match": object{"edge": "messages", "phone": "4915570000008"}})
	id := text(w.must(t, "POST", "send/text", object{"to": "+4915570000008", "phone_number_id": n.ID, "text": "Too late"})["message_id"])
	eventually(t, "the message waits", func() bool { return at(w.must(t, "GET", "messages/"+id, nil), "waiting.reason") == "retrying" })
	w.control(t, "POST", "clock", object{"advance": "25h"})
	w.control(t, "DELETE", "faults", nil)
	if got := w.ended(t, id); got != "131047" {
		t.Errorf("a text after the window: failed with %s, want 131047", got)
	}
}
