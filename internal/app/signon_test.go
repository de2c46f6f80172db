package app_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/signon/signontest"
	"kontor/internal/store/storetest"
)

// signOnHouse is the whole product with another house's sign-on, as browsers meet it.
type signOnHouse struct {
	t     *testing.T
	base  string
	app   *app.App
	other *signontest.Provider
	owner account.Person
}

func openSignOn(t *testing.T, engine string) *signOnHouse {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	h := &signOnHouse{t: t, base: "http://" + address}
	h.other = signontest.Start(t, signontest.Options{Redirect: h.base + "/signin/sso/callback", Person: signontest.Person{Subject: "ida", Email: "ida@example.com", Verified: true, Name: "Ida"}})
	environment := []string{
		"KONTOR_DATA=" + t.TempDir(), "KONTOR_LISTEN=" + address, "KONTOR_PUBLIC_URL=" + h.base,
		"KONTOR_OIDC_ISSUER=" + h.other.URL, "KONTOR_OIDC_CLIENT_ID=" + signontest.ClientID, "KONTOR_OIDC_CLIENT_SECRET=" + signontest.ClientSecret,
		"KONTOR_OIDC_NAME=Hansen", "KONTOR_OIDC_ALLOW_PRIVATE=1",
	}
	if engine == "postgres" {
		environment = append(environment, "KONTOR_DATABASE_URL="+storetest.URL(t))
	}
	c, err := config.Load(config.Flags{}, environment)
	if err != nil {
		t.Fatal(err)
	}
	h.app, err = app.New(t.Context(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}, "embed.html": {Data: []byte("<html>\n  <head>\n  </head>")}, "embed/embed.js": {Data: []byte("1")}}})
	if err == nil {
		err = h.app.Start(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.app.Stop(); err != nil {
			t.Error(err)
		}
	})
	h.owner = h.person("ida@example.com", account.Owner)
	return h
}

func (h *signOnHouse) person(email string, role account.Role) account.Person {
	h.t.Helper()
	p, err := h.app.Accounts.CreatePerson(h.t.Context(), h.app.Workspace.ID, account.NewPerson{Name: email, Email: email, Role: role})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// browser keeps cookies and follows wherever it is led.
type browser struct {
	*http.Client
	h *signOnHouse
}

func (h *signOnHouse) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar}, h}
}

// goes opens an address and returns where it ends, as path and query.
func (b *browser) goes(address string) string {
	b.h.t.Helper()
	resp, err := b.Get(address)
	if err != nil {
		b.h.t.Fatal(err)
	}
	resp.Body.Close()
	if "http://"+resp.Request.URL.Host != b.h.base {
		return resp.Request.URL.String()
	}
	return resp.Request.URL.RequestURI()
}

// calls makes a call as Kontor's own pages do.
func (b *browser) calls(method, path, body string) (int, map[string]any) {
	b.h.t.Helper()
	req, err := http.NewRequest(method, b.h.base+"/api/v1/whatsapp/"+path, strings.NewReader(body))
	if err != nil {
		b.h.t.Fatal(err)
	}
	req.Header.Set("X-Kontor-Request", "1")
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.Do(req)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	answer := map[string]any{}
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &answer)
	}
	if err != nil {
		b.h.t.Fatalf("%s %s: %s %s: %v", method, path, resp.Status, raw, err)
	}
	return resp.StatusCode, answer
}

func (h *signOnHouse) is(p signontest.Person) {
	h.other.Change(func(o *signontest.Options) { o.Person = p })
}

func TestPeopleComeInBySignOn(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			h := openSignOn(t, engine)
			b := h.browser()
			if _, m := b.calls("GET", "signin/methods", ""); m["sso"] == nil || m["sso"].(map[string]any)["name"] != "Hansen" {
				t.Errorf("got %v, want the sign-on named", m)
			}
			if at := b.goes(h.base + "/signin/sso?next=%2Fsettings%2Fkeys%3Fa%3Db"); at != "/settings/keys?a=b" {
				t.Fatalf("got to %s, want the page that was wanted", at)
			}
			status, me := b.calls("GET", "me", "")
			if status != 200 || me["person"].(map[string]any)["person_id"] != h.owner.ID.String() || me["session"].(map[string]any)["method"] != "sso" || me["security"].(map[string]any)["sign_on"] != true {
				t.Errorf("got %d %v, want Ida in by the sign-on", status, me)
			}
			// Nobody is led out of the house.
			for _, next := range []string{"https://evil.example", "//evil.example", "/%5Cevil.example", "/%09/evil.example", "javascript:alert(1)", "/signin/sso", "%2F%2Fevil.example"} {
				if at := h.browser().goes(h.base + "/signin/sso?next=" + next); at != "/" {
					t.Errorf("next=%s led to %s, want /", next, at)
				}
			}
			for _, c := range []struct {
				who  signontest.Person
				want string
			}{
				{signontest.Person{Subject: "eve", Email: "eve@example.com", Verified: true}, "sso_no_account"},
				{signontest.Person{Subject: "eve", Email: "ida@example.com", Verified: false}, "sso_unverified"},
				{signontest.Person{Subject: "eve", Email: "ida@example.com"}, "sso_unverified"},
				{signontest.Person{Subject: "eve", Email: "ida@example.com", Verified: true}, "sso_other"},
			} {
				h.is(c.who)
				eve := h.browser()
				if at := eve.goes(h.base + "/signin/sso"); at != "/signin?error="+c.want {
					t.Errorf("%+v: got to %s, want %s", c.who, at, c.want)
				}
				if status, _ := eve.calls("GET", "me", ""); status != http.StatusUnauthorized {
					t.Errorf("%+v: got %d, want nobody in", c.who, status)
				}
			}
		})
	}
}

// The way back opens for the browser alone that went.
func TestTheWayBackIsTheBrowsersOwn(t *testing.T) {
	h := openSignOn(t, "sqlite")
	b := h.browser()
	var back string
	b.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/signin/sso/callback") {
			back = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	begun, err := b.Get(h.base + "/signin/sso")
	if err != nil {
		t.Fatal(err)
	}
	begun.Body.Close()
	b.CheckRedirect = nil
	if at := h.browser().goes(back); at != "/signin?error=sso_failed" {
		t.Errorf("another browser got to %s, want sso_failed", at)
	}
	if at := b.goes(back); at != "/" {
		t.Errorf("the browser that went got to %s, want /", at)
	}
	if at := b.goes(back); at != "/signin?error=sso_failed" {
		t.Errorf("the second time it got to %s, want sso_failed", at)
	}
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	first, err := plain.Get(h.base + "/signin/sso")
	if err != nil {
		t.Fatal(err)
	}
	first.Body.Close()
	cookie := first.Header.Get("Set-Cookie")
	for _, part := range []string{"kontor_signon=", "HttpOnly", "SameSite=Lax", "Path=/signin/sso", "Max-Age=600"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q lacks %s", cookie, part)
		}
	}
	if first.Header.Get("Cache-Control") != "no-store" || strings.Contains(first.Header.Get("Location"), strings.TrimPrefix(strings.Split(cookie, ";")[0], "kontor_signon=")) {
		t.Error("the secret is cached or told to the other house")
	}
}

// Whoever comes too often is a person at a browser: a page says so.
func TestTooManySignOnsLeadToThePage(t *testing.T) {
	h := openSignOn(t, "sqlite")
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 30 {
		resp, err := plain.Get(h.base + "/signin/sso")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		to := resp.Header.Get("Location")
		if to == "/signin?error=sso_failed" {
			return
		}
		if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, h.other.URL) {
			t.Fatalf("got %s to %q, want the other house or the page that explains", resp.Status, to)
		}
	}
	t.Error("thirty sign-ons in a minute: got none refused")
}

func TestPeopleLinkAndUnlinkTheSignOn(t *testing.T) {
	h := openSignOn(t, "sqlite")
	const phrase = "four-blue-herons-at-noon"
	ben := h.person("ben@example.com", account.Agent)
	link, err := h.app.Accounts.NewLink(t.Context(), ben.WorkspaceID, ben.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	b.goes(h.base + "/signin?token=" + link.Token.Reveal())
	if status, answer := b.calls("POST", "me/password", `{"password":"`+phrase+`"}`); status != 200 {
		t.Fatalf("got %d %v", status, answer)
	}
	// The other house knows him by another address, which it has not checked.
	h.is(signontest.Person{Subject: "ben", Email: "benny@elsewhere.example", Verified: false})
	if status, answer := b.calls("POST", "me/sso", `{"password":"wrong"}`); status != 403 || answer["code"] != "password_wrong" {
		t.Errorf("got %d %v, want password_wrong", status, answer)
	}
	status, answer := b.calls("POST", "me/sso", `{"password":"`+phrase+`"}`)
	if status != 200 {
		t.Fatalf("got %d %v, want an address to go to", status, answer)
	}
	if at := b.goes(answer["url"].(string)); at != "/settings/me?sso=linked" {
		t.Fatalf("got to %s, want it linked", at)
	}
	if at := h.browser().goes(h.base + "/signin/sso"); at != "/" {
		t.Errorf("got to %s, want Ben in by the sign-on", at)
	}
	// Somebody else who is in by then gets nothing of it.
	h.is(signontest.Person{Subject: "ida"})
	_, answer = b.calls("POST", "me/sso", `{"password":"`+phrase+`"}`)
	if at := b.goes(answer["url"].(string)); at != "/settings/me?sso=sso_linked" {
		t.Errorf("a second account: got to %s, want sso_linked", at)
	}
	_, answer = b.calls("POST", "me/sso", `{"password":"`+phrase+`"}`)
	ida, err := h.app.Accounts.NewLink(t.Context(), h.owner.WorkspaceID, h.owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.goes(h.base + "/signin?token=" + ida.Token.Reveal())
	if at := b.goes(answer["url"].(string)); at != "/settings/me?sso=sso_failed" {
		t.Errorf("with somebody else in: got to %s, want sso_failed", at)
	}
	if _, me := b.calls("GET", "me", ""); me["security"].(map[string]any)["sign_on"] != false {
		t.Error("Ida was linked by what Ben began")
	}
	if status, answer := b.calls("DELETE", "me/sso", ""); status != http.StatusConflict || answer["code"] != "last_way_in" {
		t.Errorf("without a password: got %d %v, want last_way_in", status, answer)
	}
	again, err := h.app.Accounts.NewLink(t.Context(), ben.WorkspaceID, ben.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.goes(h.base + "/signin?token=" + again.Token.Reveal())
	if status, answer := b.calls("DELETE", "me/sso", ""); status != http.StatusNoContent {
		t.Errorf("got %d %v, want it unlinked", status, answer)
	}
	h.is(signontest.Person{Subject: "ben", Email: "benny@elsewhere.example", Verified: true})
	if at := h.browser().goes(h.base + "/signin/sso"); at != "/signin?error=sso_no_account" {
		t.Errorf("got to %s, want that he is known no more", at)
	}
}
