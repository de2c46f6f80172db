package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
)

func openSQLite(t testing.TB) *store.Store { return storetest.Open(t, "sqlite") }

func TestALinkOpensTheInboxOnce(t *testing.T) {
	h := open(t, openSQLite(t))
	link, err := h.accounts.NewLink(context.Background(), h.tenants[0].ws.ID, h.tenants[0].owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := "/signin?token=" + link.Token.Reveal()
	if got := h.call("", "HEAD", path, ""); got.status != http.StatusOK || got.header.Get("Set-Cookie") != "" {
		t.Errorf("HEAD: got %d with cookie %q, want the page and nothing used up", got.status, got.header.Get("Set-Cookie"))
	}
	got := h.call("", "GET", path, "")
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"kontor_session=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("got cookie %q, want %s in it", cookie, part)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("got cookie %q over plain HTTP, want it without Secure", cookie)
	}
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/" || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("got %d to %q, want 303 to / and no trace of the token", got.status, got.header.Get("Location"))
	}
	again := h.call("", "GET", path, "")
	if again.status != http.StatusSeeOther || again.header.Get("Location") != "/signin?error=link_expired" || again.header.Get("Set-Cookie") != "" {
		t.Errorf("used again: got %d to %q, want the page that explains", again.status, again.header.Get("Location"))
	}
	if page := h.call("", "GET", "/signin?error=link_expired", ""); page.status != http.StatusOK || !strings.Contains(string(page.raw), "Kontor") {
		t.Errorf("got %d %s, want the web app's page", page.status, page.raw)
	}
	h.logMu.Lock()
	defer h.logMu.Unlock()
	if strings.Contains(h.log.String(), link.Token.Reveal()) {
		t.Error("the token is in the log")
	}
}

func TestCookiesAreSecureOverTLS(t *testing.T) {
	h := open(t, openSQLite(t))
	link, err := h.accounts.NewLink(context.Background(), h.tenants[0].ws.ID, h.tenants[0].owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := h.call("", "GET", "/signin?token="+link.Token.Reveal(), "", "X-Forwarded-Proto", "https")
	if !strings.Contains(got.header.Get("Set-Cookie"), "Secure") {
		t.Errorf("got cookie %q behind a TLS proxy, want Secure", got.header.Get("Set-Cookie"))
	}
}

func TestSignInIsLimitedByAddress(t *testing.T) {
	h := open(t, openSQLite(t))
	limited := false
	for range 25 {
		got := h.call("", "GET", "/signin?token=guess", "")
		if got.status == http.StatusTooManyRequests {
			limited = true
			if got.header.Get("Retry-After") == "" || got.code() != "too_many_sign_ins" {
				t.Errorf("got %s with Retry-After %q, want too_many_sign_ins and when to come again", got.raw, got.header.Get("Retry-After"))
			}
			break
		}
	}
	if !limited {
		t.Error("25 guesses in a row were let pass")
	}
}

func TestForgedRequestsAreRefused(t *testing.T) {
	h := open(t, openSQLite(t))
	cookie := h.cookie(h.tenants[0])
	host := strings.TrimPrefix(h.url, "http://")
	for name, c := range map[string]struct {
		method  string
		headers []string
		status  int
	}{
		"reading needs no guard":    {"GET", nil, 200},
		"no header":                 {"PATCH", nil, 403},
		"another site":              {"PATCH", []string{"X-Kontor-Request", "1", "Origin", "https://evil.example"}, 403},
		"opaque origin":             {"PATCH", []string{"X-Kontor-Request", "1", "Origin", "null"}, 403},
		"another port":              {"PATCH", []string{"X-Kontor-Request", "1", "Origin", "http://127.0.0.1:1"}, 403},
		"header, without an origin": {"PATCH", []string{"X-Kontor-Request", "1"}, 200},
		"own page":                  {"PATCH", []string{"X-Kontor-Request", "1", "Origin", "http://" + host}, 200},
	} {
		body := ""
		if c.method == "PATCH" {
			body = `{"locale":"de"}`
		}
		got := h.call("", c.method, base+"/me", body, append(c.headers, "Cookie", cookie.Name+"="+cookie.Value)...)
		if got.status != c.status {
			t.Errorf("%s: got %d %s, want %d", name, got.status, got.raw, c.status)
		}
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	h := open(t, openSQLite(t))
	cookie := h.cookie(h.tenants[0])
	with := []string{"Cookie", cookie.Name + "=" + cookie.Value, "X-Kontor-Request", "1"}
	me := h.call("", "GET", base+"/me", "", with...)
	if person, _ := me.json["person"].(map[string]any); person["name"] != "Ida of default" || me.json["key"] != nil {
		t.Fatalf("got %s, want the owner", me.raw)
	}
	out := h.call("", "POST", base+"/signout", "", with...)
	if out.status != http.StatusNoContent || !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("got %d with cookie %q, want 204 and the cookie gone", out.status, out.header.Get("Set-Cookie"))
	}
	h.want(h.call("", "GET", base+"/me", "", with...), http.StatusUnauthorized, "not_signed_in")
}

func TestWorkspaceSettings(t *testing.T) {
	h := open(t, openSQLite(t))
	admin := h.tenants[0].keys["admin"]
	got := h.call(admin, "PATCH", base+"/workspace", `{"greeting":"Moin!","session_hours":48}`)
	if got.status != http.StatusOK || got.text("greeting") != "Moin!" || got.json["session_hours"] != 48.0 || got.text("slug") != "default" {
		t.Fatalf("got %d %s", got.status, got.raw)
	}
	wrong := h.call(admin, "PATCH", base+"/workspace", `{"greeting":"`+strings.Repeat("x", 4097)+`"}`)
	h.want(wrong, http.StatusUnprocessableEntity, "invalid_request")
	field := wrong.json["errors"].([]any)[0].(map[string]any)
	if field["name"] != "greeting" || field["limit"] != 4096.0 || field["length"] != 4097.0 {
		t.Errorf("got %v, want greeting with limit 4096 and length 4097", field)
	}
	h.want(h.call(admin, "PATCH", base+"/workspace", `{"session_hours":0}`), http.StatusUnprocessableEntity, "invalid_request")
}
