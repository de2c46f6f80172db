package onprem_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/premises"
)

// The start-up phase begins again when the number is connected again: until its
// templates are loaded, sending is answered "Coreapp not ready".
func TestStartUpPhaseAtEveryReconnect(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		w.writes("hello")
		ctx := context.Background()
		message := map[string]any{"to": customer, "text": map[string]any{"body": "patient"}}
		w.control("POST", "/sandbox/faults", map[string]any{"kind": "refuse", "code": 2, "count": 3, "match": map[string]any{"edge": "message_templates"}}, nil)
		if err := w.app.Numbers.Stop(ctx, w.number.ID, "token_invalid"); err != nil {
			t.Fatal(err)
		}
		w.until("health says disconnected", func() bool {
			return w.call("GET", "/v1/health", nil).at("health", "gateway_status") == "disconnected"
		})
		if err := w.app.Numbers.Resume(ctx, w.number.ID); err != nil {
			t.Fatal(err)
		}
		w.until("health says connecting", func() bool {
			return w.call("GET", "/v1/health", nil).at("health", "gateway_status") == "connecting"
		})
		r := w.refused(503, 1011, "POST", "/v1/messages", message)
		if r.at("errors", 0, "details") != "Coreapp not ready." || r.at("errors", 0, "title") != "Service not ready" {
			t.Errorf("got %s", r.text)
		}
		w.until("health says connected", func() bool {
			return w.call("GET", "/v1/health", nil).at("health", "gateway_status") == "connected"
		})
		w.ok(201, "POST", "/v1/messages", message)
	})
}

// A link with a provider is fetched with the provider's credentials.
func TestLinkedFilesOfAProvider(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	w.writes("hello")
	shop := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken" {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		rw.Header().Set("Content-Type", "image/jpeg")
		rw.Write([]byte(files["picture.jpg"]))
	}))
	defer shop.Close()
	w.ok(200, "POST", "/v1/settings/application/media/providers", []any{
		map[string]any{"name": "shop", "type": "www", "config": map[string]any{"bearer": "t0ken"}}, map[string]any{"name": "other", "config": map[string]any{"bearer": "wrong"}},
	})
	image := func(provider string) map[string]any {
		return map[string]any{"to": customer, "type": "image", "image": map[string]any{"link": shop.URL + "/x.jpg", "provider": map[string]any{"name": provider}, "caption": "from the shop"}}
	}
	w.refused(500, 1014, "POST", "/v1/messages", image("other"))
	w.ok(201, "POST", "/v1/messages", image("shop"))
	w.until("the phone shows it", func() bool { return strings.Contains(canonical(w.phone()), "from the shop") })
}

// Strict façades answer what a rule refuses at once.
func TestStrict(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	f, _, err := w.app.Premises.Facade(context.Background(), w.number.WorkspaceID, w.number.ID)
	if err == nil {
		err = w.app.Premises.Save(context.Background(), f, premises.DocOptions, premises.Options{Strict: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	w.refused(400, 470, "POST", "/v1/messages", map[string]any{"to": "4915199999999", "text": map[string]any{"body": "out of the blue"}})
}

// The settings of a live client are taken over; here Kontor plays it.
func TestImportFromALiveClient(t *testing.T) {
	old, fresh := newWorld(t, "sqlite"), newWorld(t, "sqlite")
	old.login()
	old.ok(200, "PATCH", "/v1/settings/application", map[string]any{"sent_status": true, "callback_backoff_delay_ms": 7000, "heartbeat_interval": 9})
	ctx := context.Background()
	f, _, err := fresh.app.Premises.Facade(ctx, fresh.number.WorkspaceID, fresh.number.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.app.ImportOnPremLive(ctx, f, app.OnPremSource{URL: old.url, Username: "admin", Password: "wrong"}); err == nil {
		t.Error("a wrong password was taken")
	}
	report, err := fresh.app.ImportOnPremLive(ctx, f, app.OnPremSource{URL: old.url, Username: "admin", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	a, err := fresh.app.Premises.Application(ctx, f)
	if err != nil || !a.Sent() || a.Backoff().Seconds() != 7 || len(report.Refused) > 0 || !strings.Contains(strings.Join(report.Without, "\n"), "heartbeat_interval") {
		t.Errorf("got %+v and %v (%v)", report, a, err)
	}
}

// What one installation's client has is unknown to another's.
func TestNobodySeesAnothersFile(t *testing.T) {
	one, two := newWorld(t, "sqlite"), newWorld(t, "sqlite")
	one.login()
	two.login()
	r := one.raw("POST", "/v1/media", []byte(files["picture.jpg"]), "Content-Type", "image/jpeg")
	id, _ := r.at("media", 0, "id").(string)
	if got := two.call("GET", "/v1/media/"+id, nil); got.status != 404 || len(got.text) != 0 {
		t.Errorf("got %d %s of another installation's file, want 404 and nothing", got.status, got.text)
	}
	two.refused(401, 1005, "GET", "/v1/health", nil, "Authorization", "Bearer "+one.token)
}

// Two numbers have a user of the same name: path and host tell them apart, and
// a token opens its own number only.
func TestTwoNumbers(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		ctx := context.Background()
		second, err := w.app.Connect(ctx, config.WhatsApp{
			AccessToken: "token-of-the-second", PhoneNumberID: "4712", BusinessAccountID: "4713", AppSecret: "s", VerifyToken: "v",
			APIVersion: config.DefaultAPIVersion, APIBaseURL: w.meta,
		})
		if err == nil {
			_, err = w.app.EnableOnPrem(ctx, second, []string{"Second.Example."})
		}
		if err != nil {
			t.Fatal(err)
		}
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", basic("admin", password)) // whose admin?
		r := w.ok(200, "POST", "/onprem/4712/v1/users/login", map[string]any{"new_password": "0ther!Pass"}, "Authorization", basic("admin", "secret"))
		other, _ := r.at("users", 0, "token").(string)
		w.ok(200, "GET", "/v1/settings/application", nil, "Authorization", "Bearer "+other) // the token tells
		w.refused(401, 1005, "GET", "/onprem/4712/v1/settings/application", nil)
		w.refused(401, 1005, "GET", "/onprem/"+string(w.number.PhoneNumberID)+"/v1/settings/application", nil, "Authorization", "Bearer "+other)
		if r := w.byHost("second.example:9090", "admin", "0ther!Pass"); r != 200 {
			t.Errorf("login by host name: got %d, want 200", r)
		}
		if r := w.byHost("second.example", "admin", password); r != 401 {
			t.Errorf("the first number's password at the second's host: got %d, want 401", r)
		}
		w.refused(403, 1005, "GET", "/v1/configs/phone_number", nil, "D360-API-KEY", adminKey) // which of the two?
		w.ok(200, "GET", "/onprem/"+ownPhone+"/v1/configs/phone_number", nil, "D360-API-KEY", adminKey)
	})
}

// byHost logs in at a host name.
func (w *world) byHost(host, name, password string) int {
	w.Helper()
	r, err := http.NewRequest("POST", w.url+"/v1/users/login", nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Host = host
	r.SetBasicAuth(name, password)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// Media providers of an old client come with it, but for those whose credentials
// it does not tell; one that knows none keeps nothing else out.
func TestImportOfMediaProviders(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	providers := http.StatusOK
	old := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/v1/users/login":
			rw.Write([]byte(`{"users":[{"token":"t","expires_after":"2026-12-01 00:00:00+00:00"}]}`))
		case "/v1/settings/application":
			rw.Write([]byte(`{"settings":{"application":{"sent_status":true}}}`))
		case "/v1/settings/application/media/providers":
			rw.WriteHeader(providers)
			rw.Write([]byte(`{"settings":{"application":{"media":{"providers":[{"name":"shop","type":"www","config":{"basic":{"username":"u","password":"p"}}},{"name":"masked","type":"www","config":{"bearer":"********"}},{"name":"ftp","type":"ftp"}]}}}}`))
		}
	}))
	defer old.Close()
	ctx := context.Background()
	f, _, err := w.app.Premises.Facade(ctx, w.number.WorkspaceID, w.number.ID)
	if err != nil {
		t.Fatal(err)
	}
	report, err := w.app.ImportOnPremLive(ctx, f, app.OnPremSource{URL: old.URL, Username: "admin", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(report.Taken, ", "); got != "media provider shop, sent_status" {
		t.Errorf("taken: got %q", got)
	}
	if got := strings.Join(report.Refused, "\n"); !strings.Contains(got, "masked: its credentials were not told") || !strings.Contains(got, "ftp: 1009") || len(report.Refused) != 2 {
		t.Errorf("refused: got %q", got)
	}
	r := w.ok(200, "GET", "/v1/settings/application/media/providers", nil)
	if got := canonical(r.at("settings", "application", "media", "providers")); got != `[{"config":{"basic":{"password":"********","username":"u"}},"name":"shop","type":"www"}]` {
		t.Errorf("got %s", got)
	}
	providers = http.StatusNotFound
	if report, err = w.app.ImportOnPremLive(ctx, f, app.OnPremSource{URL: old.URL, Username: "admin", Password: password}); err != nil || len(report.Refused) != 1 || len(report.Taken) != 1 {
		t.Errorf("an old client without providers: got %+v (%v)", report, err)
	}
}
