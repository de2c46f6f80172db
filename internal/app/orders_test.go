package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// TestOrderFromReceivedToDone is the seed's story, end to end.
func TestOrderFromReceivedToDone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		const phone = "4915112345678"
		d := draft(phone, "de", "received")
		first := s.call("PUT", "orders/R-2402", d, 201)
		if got := first.header.Get("ETag"); got != `"1"` {
			t.Errorf("got the ETag %s, want \"1\"", got)
		}
		s.until("the customer was told", func() bool {
			e := s.events("R-2402", "notified")
			return len(e) == 1 && e[0]["message"].(map[string]any)["status"] == "delivered"
		})
		if got, want := text(s.events("R-2402", "notified")[0]), "de: order R-2402 is now angenommen, thank you."; got != want {
			t.Errorf("got %q, want %q", got, want)
		}

		s.says(phone, "Wie lange dauert es?", "")
		s.until("the answer is in the order", func() bool { return len(s.list("orders/R-2402/history")) == 2 })
		if e := s.events("R-2402", "linked"); len(e) != 1 || e[0]["code"] != "only_open" {
			t.Errorf("got the links %v, want one by only_open", e)
		}
		s.call("POST", "orders/R-2402/messages", map[string]any{"text": "Zwei Tage."}, 202)
		s.call("POST", "send/text", map[string]any{"to": phone, "text": "Oder drei.", "order": "R-2402"}, 202)
		s.call("POST", "send/text", map[string]any{"to": "4915112345600", "text": "Irrtum", "order": "R-2402"}, 409)
		if got := len(s.list("orders/R-2402/history")); got != 4 {
			t.Errorf("got %d messages in the history, want 4", got)
		}

		// A second open order: what is no reply belongs to none, a reply to its own.
		s.call("PUT", "orders/R-2403", draft(phone, "de", "received"), 201)
		s.until("the second was told of", func() bool { return len(s.events("R-2403", "notified")) == 1 })
		var wamid string
		s.until("it has WhatsApp's id", func() bool {
			wamid, _ = s.events("R-2403", "notified")[0]["message"].(map[string]any)["wamid"].(string)
			return wamid != ""
		})
		s.says(phone, "Welches?", "")
		s.says(phone, "Danke!", wamid)
		s.until("the reply is in its order", func() bool { return len(s.list("orders/R-2403/history")) == 2 })
		if got := len(s.list("orders/R-2402/history")); got != 4 {
			t.Errorf("got %d messages in the first order, want 4: with two open orders nobody knows which", got)
		}
		var loose string
		for _, m := range s.list("conversations/" + phone + "/history") {
			if m["text"] == "Welches?" {
				loose = m["message_id"].(string)
			}
		}
		s.call("POST", "orders/R-2402/link", map[string]any{"message_id": loose}, 204)
		if got := len(s.list("orders/R-2402/history")); got != 5 {
			t.Errorf("got %d messages after linking by hand, want 5", got)
		}

		// The appointment: a reminder a day before, moved with it, told by the moved clock.
		settings := s.call("GET", "order-statuses", nil, 200).body
		settings["time_zone"] = "Europe/Berlin"
		s.call("PUT", "order-statuses", settings, 200)
		day := time.Now().Add(72 * time.Hour)
		d["appointment"] = map[string]any{"at": day.Format("2006-01-02") + "T09:00", "duration_minutes": 30}
		s.call("PUT", "orders/R-2402", d, 200, "If-Match", first.header.Get("ETag"))
		if r := s.call("PUT", "orders/R-2402", d, 412, "If-Match", first.header.Get("ETag")); r.body["code"] != "order_version" {
			t.Errorf("got %s, want order_version", r.raw)
		}
		moved := day.AddDate(0, 0, 2)
		d["appointment"] = map[string]any{"at": moved.Format("2006-01-02") + "T09:00", "duration_minutes": 30}
		s.call("PUT", "orders/R-2402", d, 200)
		if e := s.events("R-2402", "notice_dropped"); len(e) != 1 || e[0]["code"] != "moved" {
			t.Errorf("got dropped %v, want the reminder of the first appointment", e)
		}
		berlin, _ := time.LoadLocation("Europe/Berlin")
		at, _ := time.ParseInLocation("2006-01-02T15:04", moved.Format("2006-01-02")+"T09:00", berlin)
		s.ahead.Store(int64(time.Until(at.Add(-23 * time.Hour))))
		s.until("the reminder", func() bool { return len(s.events("R-2402", "notified")) == 2 })
		if got, want := text(s.events("R-2402", "notified")[1]), "de: at "+at.Format("02.01.2006")+" 09:00 about Pixel 9, see you."; got != want {
			t.Errorf("got the reminder %q, want %q", got, want)
		}

		d["status"] = "ready_for_pickup"
		s.call("PUT", "orders/R-2402", d, 200)
		s.until("the customer knows it is ready", func() bool { return len(s.events("R-2402", "notified")) == 3 })
		s.call("DELETE", "orders/R-2402", nil, 204)
		s.call("DELETE", "orders/R-2402", nil, 204)
		if o := s.call("GET", "orders/R-2402", nil, 200).body; o["state"] != "closed" || o["status"] != "ready_for_pickup" {
			t.Errorf("got %v, want the order closed and ready_for_pickup", o)
		}
		if got := len(s.list("orders?customer=" + phone + "&state=open")); got != 1 {
			t.Errorf("got %d open orders of the customer, want 1", got)
		}
		if e := s.events("R-2402", "problem"); len(e) != 0 {
			t.Errorf("got the problems %v, want none", e)
		}
	})
}

// TestCustomersAreToldOnce has many write the same change at once, and ends the
// program with jobs on their way.
func TestCustomersAreToldOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		together := func(n int, f func(i int)) {
			var all sync.WaitGroup
			for i := range n {
				all.Go(func() { f(i) })
			}
			all.Wait()
		}
		const phone = "4915112345678"
		for _, status := range []string{"received", "in_progress"} {
			together(12, func(int) {
				if r := s.ask(adminKey, "PUT", s.base+"orders/R-1", draft(phone, "de", status)); r.status != 200 && r.status != 201 {
					t.Errorf("PUT: got %d %s", r.status, r.raw)
				}
			})
		}
		if o := s.call("GET", "orders/R-1", nil, 200).body; o["version"] != 2.0 {
			t.Errorf("got version %v after two changes, want 2", o["version"])
		}
		s.until("both changes were told of", func() bool { return len(s.events("R-1", "notified")) == 2 })

		const orders = 10
		number := func(i int) string { return fmt.Sprintf("49151123457%02d", i) }
		together(orders, func(i int) {
			if r := s.ask(adminKey, "PUT", s.base+fmt.Sprintf("orders/K-%d", i), draft(number(i), "de", "received")); r.status != 201 {
				t.Errorf("PUT: got %d %s", r.status, r.raw)
			}
		})
		if err := s.app.Stop(); err != nil {
			t.Fatal(err)
		}
		s.make()
		s.start()
		for i := range orders {
			s.until("the customer was told", func() bool {
				e := s.events(fmt.Sprintf("K-%d", i), "notified")
				return len(e) == 1 && e[0]["message"].(map[string]any)["status"] == "delivered"
			})
			if got := len(s.list(fmt.Sprintf("orders/K-%d/history", i))); got != 1 {
				t.Errorf("order %d: got %d messages, want 1", i, got)
			}
			if got := s.got(number(i)); len(got) != 1 {
				t.Errorf("customer %d: got %q on the phone, want one message", i, got)
			}
		}
	})
}

// TestLanguagesFallBackAndNothingIsSilent looks at what is said when the first choice is missing.
func TestLanguagesFallBackAndNothingIsSilent(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		told := func(ref, phone, language, want string) {
			t.Helper()
			s.call("PUT", "orders/"+ref, draft(phone, language, "received"), 201)
			s.until(ref+" was told of", func() bool { return len(s.events(ref, "notified")) == 1 })
			if got := text(s.events(ref, "notified")[0]); !strings.HasPrefix(got, want) {
				t.Errorf("%s: got %q, want %q", language, got, want)
			}
		}
		told("L-1", "4915112345601", "de-AT", "de: order L-1 is now angenommen")
		told("L-2", "4915112345602", "pt", "pt_BR: order L-2 is now recebido")
		told("L-3", "4915112345603", "fr", "en_US: order L-3 is now received")

		problem := func(ref, code string) {
			t.Helper()
			s.until(ref+" has a problem", func() bool { return len(s.events(ref, "problem")) == 1 })
			if e := s.events(ref, "problem")[0]; e["code"] != code || e["detail"] == nil {
				t.Errorf("%s: got %v, want %s with words", ref, e, code)
			}
		}
		settings := s.call("GET", "order-statuses", nil, 200).body
		statuses := settings["statuses"].([]any)
		message := func(i int) map[string]any { return statuses[i].(map[string]any)["message"].(map[string]any) }
		message(1)["template"] = "none_such"
		message(2)["body"] = []any{"{{order}}", "{{field.color}}"}
		s.call("PUT", "order-statuses", settings, 200)
		s.call("PUT", "orders/L-4", draft("4915112345604", "de", "in_progress"), 201)
		problem("L-4", "template_missing")
		s.call("PUT", "orders/L-5", draft("4915112345605", "de", "completed"), 201)
		problem("L-5", "value_missing")
		message(2)["body"] = []any{"{{order}}"} // the template wants two
		s.call("PUT", "order-statuses", settings, 200)
		s.call("PUT", "orders/L-6", draft("4915112345606", "de", "completed"), 201)
		problem("L-6", "template_parameters")

		// Free text only while the window is open.
		settings["free_text"] = true
		s.call("PUT", "order-statuses", settings, 200)
		told("L-7", "4915112345607", "de", "de: order L-7 is now angenommen")
		s.says("4915112345608", "Hallo", "")
		s.until("the window is open", func() bool {
			return s.ask(adminKey, "GET", s.base+"conversations/4915112345608", nil).status == 200
		})
		told("L-8", "4915112345608", "de", "Auftrag #L-8: wir haben Ihren Reparaturauftrag erhalten")

		for name, wrong := range map[string]map[string]any{
			"status":      draft("4915112345609", "de", "lost"),
			"language":    draft("4915112345609", "not a language", "received"),
			"phone":       draft("0151", "de", "received"),
			"technician":  {"customer": map[string]any{"phone": "4915112345609"}, "status": "received", "technician": map[string]any{"email": "nobody@shop.example"}},
			"appointment": {"customer": map[string]any{"phone": "4915112345609"}, "status": "received", "appointment": map[string]any{"at": "tomorrow"}},
			"fields":      {"customer": map[string]any{"phone": "4915112345609"}, "status": "received", "fields": map[string]any{"a b": "c"}},
		} {
			if r := s.call("PUT", "orders/W-1", wrong, 422); r.body["errors"] == nil {
				t.Errorf("%s: got %s, want the member named", name, r.raw)
			}
		}
		s.call("GET", "orders/W-1", nil, 404)
		if got := s.call("PUT", "orders/A%2F7%20%C3%BC", draft("4915112345610", "de", "received"), 201).body["id"]; got != "A/7 ü" {
			t.Errorf("got the id %v, want A/7 ü", got)
		}
		s.call("GET", "orders/A%2F7%20%C3%BC/timeline", nil, 200)
		s.call("PUT", "orders/A%2F7%20%C3%BC", draft("4915112345610", "de", "received"), 409, "If-None-Match", "*")
		settings["time_zone"] = "Mars/Olympus"
		s.call("PUT", "order-statuses", settings, 422)
	})
}

// TestTechniciansAndTenantsSeeTheirOwn tries every call with somebody else's order.
func TestTechniciansAndTenantsSeeTheirOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx := context.Background()
		people, ws := s.app.Accounts, s.app.Workspace.ID
		enter := func(ws wa.WorkspaceID, name string) (credential string) {
			t.Helper()
			p, err := people.CreatePerson(ctx, ws, account.NewPerson{Name: name, Email: strings.ToLower(name) + "@shop.example", Role: account.Technician})
			if err != nil {
				t.Fatal(err)
			}
			link, err := people.NewLink(ctx, ws, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			session, err := people.SignIn(ctx, link.Token.Reveal(), account.Arrival{})
			if err != nil {
				t.Fatal(err)
			}
			return "cookie " + session.Token.Reveal()
		}
		key := func(ws wa.WorkspaceID, role account.Role) string {
			t.Helper()
			_, secret, err := people.CreateKey(ctx, account.Principal{WorkspaceID: ws, Role: account.Owner}, string(role), role)
			if err != nil {
				t.Fatal(err)
			}
			return secret.Reveal()
		}
		tom, eva := enter(ws, "Tom"), enter(ws, "Eva")
		heard := s.hear(eva)
		told := make(chan map[string]any, 100)
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var e map[string]any
			json.NewDecoder(r.Body).Decode(&e) // what is none fails below
			told <- e
		}))
		defer hook.Close()
		s.call("POST", "subscriptions", map[string]any{"url": hook.URL, "dialect": "kontor", "events": []string{"order.*"}}, 201)
		elsewhere, err := people.EnsureWorkspace(ctx, "other", "Other")
		if err != nil {
			t.Fatal(err)
		}
		const phone = "4915112345678"
		d := draft(phone, "de", "received")
		d["technician"] = map[string]any{"email": "TOM@shop.example"}
		s.call("PUT", "orders/R-1", d, 201)
		kinds := map[any]bool{}
		for !kinds["order.created"] || !kinds["order.status"] { // events of no conversation may overtake each other, and what became of the notice is one of them
			select {
			case e := <-told:
				data, _ := e["data"].(map[string]any)
				about, _ := data["order"].(map[string]any)
				if about["id"] != "R-1" || about["version"] != 1.0 || data["detail"] != nil || e["type"] == "order.status" && data["status"] != "received" {
					t.Errorf("a subscriber got %v, want an event of R-1 with the order", e)
				}
				kinds[e["type"]] = true
			case <-time.After(time.Minute):
				t.Fatalf("a subscriber got only %v within a minute, want order.created and order.status", kinds)
			}
		}
		own := draft("4915112345679", "de", "received")
		own["technician"] = map[string]any{"name": "Eva"}
		id := s.call("PUT", "orders/R-2", own, 201).body["order_id"]
		if f := <-heard; f["kind"] != "order.created" || f["detail"] != id {
			t.Errorf("the first that Eva heard of orders is %v, want that hers %v was created", f, id)
		}
		s.call("DELETE", "orders/R-2", nil, 204)
		s.says(phone, "Hallo", "")
		s.until("the customer's message is in the order", func() bool { return len(s.list("orders/R-1/history")) == 2 })
		message := s.list("orders/R-1/history")[0]["message_id"]

		others := map[string]string{"another technician": eva, "a technician's key": key(ws, account.Technician), "another tenant": key(elsewhere.ID, account.Admin)}
		for name, credential := range others {
			for _, c := range []struct {
				method, path string
				body         any
			}{
				{"GET", "orders/R-1", nil}, {"GET", "orders/R-1/timeline", nil}, {"GET", "orders/R-1/history", nil}, {"DELETE", "orders/R-1", nil},
				{"POST", "orders/R-1/preview", map[string]any{"status": "completed"}}, {"POST", "orders/R-1/messages", map[string]any{"text": "x"}}, {"POST", "orders/R-1/link", map[string]any{"message_id": message}},
				{"POST", "send/text", map[string]any{"to": phone, "text": "x", "order": "R-1"}},
			} {
				if r := s.ask(credential, c.method, s.base+c.path, c.body); r.status != 404 {
					t.Errorf("%s, %s %s: got %d %s, want 404", name, c.method, c.path, r.status, r.raw)
				}
			}
			if r := s.callAs(credential, "GET", "orders?state=open", nil, 200); len(r.body["data"].([]any)) != 0 {
				t.Errorf("%s: got %s, want no orders", name, r.raw)
			}
		}
		for _, credential := range []string{eva, others["a technician's key"]} {
			s.callAs(credential, "PUT", "orders/R-1", d, 404)
			s.callAs(credential, "PUT", "orders/R-9", d, 404)
		}
		if r := s.callAs(others["another tenant"], "GET", "orders?technician=Tom", nil, 422); r.body["code"] != "technician_unknown" {
			t.Errorf("got %s, want technician_unknown", r.raw)
		}

		if r := s.callAs(tom, "GET", "orders", nil, 200); len(r.body["data"].([]any)) != 1 {
			t.Errorf("got %s, want the technician's order", r.raw)
		}
		s.callAs(tom, "POST", "orders/R-1/messages", map[string]any{"text": "Ich bin gleich da."}, 202)
		s.callAs(tom, "GET", "orders/R-1/history", nil, 200)
		d["status"] = "in_progress"
		s.callAs(tom, "PUT", "orders/R-1", d, 200)
		d["technician"] = map[string]any{"name": "Eva"}
		s.callAs(tom, "PUT", "orders/R-1", d, 403)
		s.callAs(tom, "DELETE", "orders/R-1", nil, 403)
		s.callAs(tom, "PUT", "order-statuses", s.call("GET", "order-statuses", nil, 200).body, 403)
		s.callAs(key(ws, account.Auditor), "PUT", "orders/R-1", d, 403)
		s.callAs(key(ws, account.Agent), "PUT", "orders/R-1", d, 200)
		s.callAs(tom, "GET", "orders/R-1", nil, 404)
		s.callAs(eva, "GET", "orders/R-1", nil, 200)
	})
}

// TestAnOrderComesBackAsItWasRead: the web app and the command line read an order
// and write it with one member changed; what they did not change stays as it is.
func TestAnOrderComesBackAsItWasRead(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		const phone = "4915112345678"
		s.call("PUT", "orders/R-1", map[string]any{"customer": map[string]any{"phone": phone}, "status": "received"}, 201)
		read := func() (customer map[string]any) {
			t.Helper()
			return s.call("GET", "orders/R-1", nil, 200).body["customer"].(map[string]any)
		}
		back := func(status string) float64 {
			t.Helper()
			c := read()
			r := s.call("PUT", "orders/R-1", map[string]any{"customer": map[string]any{"contact_id": c["contact_id"], "name": c["name"]}, "status": status}, 200)
			return r.body["version"].(float64)
		}
		if got := back("received"); got != 1 {
			t.Errorf("got version %v, want 1: nothing was changed", got)
		}
		if got := back("in_progress"); got != 2 || len(s.events("R-1", "changed")) != 0 {
			t.Errorf("got version %v with %v, want the status changed and nothing else", got, s.events("R-1", "changed"))
		}
		profile := map[string]any{"type": "text", "text": map[string]any{"body": "Moin"}, "profile": map[string]any{"name": "Ida Hansen"}}
		if r := s.ask("", "POST", s.meta+"/sandbox/customers/"+phone+"/messages", profile); r.status != 200 {
			t.Fatalf("the customer cannot write: %d %s", r.status, r.raw)
		}
		s.until("the customer has a name", func() bool { return read()["name"] == "Ida Hansen" })
	})
}

// TestAPreviewSaysWhatTheChangeWillSay asks first, then changes, and compares.
func TestAPreviewSaysWhatTheChangeWillSay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		const phone = "4915112345678"
		d := draft(phone, "de", "received")
		s.call("PUT", "orders/R-2402", d, 201)
		foreseen := func(in map[string]any) []any {
			t.Helper()
			return s.call("POST", "orders/R-2402/preview", in, 200).body["messages"].([]any)
		}
		if got := foreseen(map[string]any{"status": "received"}); len(got) != 0 {
			t.Errorf("got %v, want nothing: it is no change", got)
		}
		one := foreseen(map[string]any{"status": "completed"})[0].(map[string]any)
		if one["way"] != "template" || one["template"] != "order_status_update" || one["language"] != "de" || one["text"] != "de: order R-2402 is now fertig, thank you." {
			t.Errorf("got %v, want the template in German with its values", one)
		}
		both := foreseen(map[string]any{"appointment": time.Now().Add(72 * time.Hour).UTC().Format(time.RFC3339)})
		if len(both) != 1 || both[0].(map[string]any)["notice"] != "reminder" {
			t.Errorf("got %v, want the reminder a day before", both)
		}
		if got := len(s.events("R-2402", "notified")) + len(s.events("R-2402", "status")); got > 2 {
			t.Errorf("got %d events, want those of the beginning alone: a preview changes nothing", got)
		}
		s.call("POST", "orders/R-2402/preview", map[string]any{"status": "nowhere"}, 422)
		s.call("POST", "orders/R-2402/preview", map[string]any{}, 422)
		s.call("POST", "orders/R-9/preview", map[string]any{"status": "completed"}, 404)

		settings := s.call("GET", "order-statuses", nil, 200).body
		settings["free_text"] = true
		s.call("PUT", "order-statuses", settings, 200)
		s.says(phone, "Wann?", "")
		s.until("the window is open", func() bool {
			one = foreseen(map[string]any{"status": "completed"})[0].(map[string]any)
			return one["way"] == "text"
		})
		d["status"] = "completed"
		s.call("PUT", "orders/R-2402", d, 200)
		s.until("the customer was told so", func() bool {
			e := s.events("R-2402", "notified")
			return len(e) == 2 && text(e[1]) == one["text"]
		})

		settings["statuses"].([]any)[0].(map[string]any)["message"].(map[string]any)["template"] = "not_there"
		settings["free_text"] = false
		s.call("PUT", "order-statuses", settings, 200)
		problem, _ := foreseen(map[string]any{"status": "received"})[0].(map[string]any)["problem"].(map[string]any)
		if problem["code"] != "template_missing" {
			t.Errorf("got the problem %v, want template_missing", problem)
		}
	})
}

func TestOrdersAreFoundByPartOfTheirId(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		for _, ref := range []string{"R-2402", "r_2403", "X!1"} {
			s.call("PUT", "orders/"+ref, draft("4915112345678", "de", "received"), 201)
		}
		for search, want := range map[string]int{"240": 2, "R-": 1, "r_": 1, "!": 1, "_": 1, "nothing": 0} {
			if got := len(s.list("orders?search=" + url.QueryEscape(search))); got != want {
				t.Errorf("%q: got %d orders, want %d", search, got, want)
			}
		}
	})
}
