package signon_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/facade/hook"
	"kontor/internal/fault"
	"kontor/internal/signon"
	"kontor/internal/signon/signontest"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

const redirect = "https://wa.example.com/signin/sso/callback"

// house is a Kontor with another house's sign-on.
type house struct {
	*account.Accounts
	t     *testing.T
	other *signontest.Provider
	*signon.Provider
	ahead atomic.Int64
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

var ida = signontest.Person{Subject: "ida-1", Email: "Ida@Example.com", Verified: true, Name: "Ida Hansen"}

func open(t *testing.T, s *store.Store, other signontest.Options, change func(*signon.Options)) *house {
	t.Helper()
	h := &house{t: t}
	h.Accounts = account.New(s, s.Accounts(), s.NewID, h.now)
	if _, err := h.EnsureWorkspace(t.Context(), "default", "Default"); err != nil {
		t.Fatal(err)
	}
	other.Redirect = redirect
	if other.Person == (signontest.Person{}) {
		other.Person = ida
	}
	h.other = signontest.Start(t, other)
	o := signon.Options{
		Issuer: h.other.URL, ClientID: signontest.ClientID, Secret: signontest.ClientSecret, Name: "Hansen", Redirect: redirect,
		Private: true, Control: hook.Guard(true), Steps: h.Accounts, Now: h.now,
	}
	if change != nil {
		change(&o)
	}
	h.Provider = signon.New(o)
	t.Cleanup(h.Provider.Close)
	return h
}

// trip is a browser's way to the other house and back.
type trip struct {
	secret wa.Secret
	back   url.Values // with what the other house sent it back
}

func (h *house) leave(v account.Visit) trip {
	h.t.Helper()
	address, secret, err := h.Begin(h.t.Context(), v)
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(must(http.NewRequest(http.MethodGet, address, nil)))
	if err != nil {
		h.t.Fatal(err)
	}
	resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), redirect+"?") {
		h.t.Fatalf("the other house answered %s and leads to %q", resp.Status, resp.Header.Get("Location"))
	}
	return trip{secret, to.Query()}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (h *house) finish(t trip) (account.Identity, error) {
	who, _, err := h.Finish(h.t.Context(), t.secret.Reveal(), t.back)
	return who, err
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.As(err).Code
}

func one(t *testing.T, other signontest.Options, change func(*signon.Options)) *house {
	return open(t, storetest.Open(t, "sqlite"), other, change)
}

func TestSomebodyIsVouchedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, alg := range []string{"RS256", "ES256"} {
			h := open(t, s, signontest.Options{Alg: alg}, nil)
			went := h.leave(account.Visit{Next: "/settings"})
			who, v, err := h.Finish(t.Context(), went.secret.Reveal(), went.back)
			want := account.Identity{Issuer: h.other.URL, Subject: "ida-1", Email: "Ida@Example.com", Verified: true, Name: "Ida Hansen"}
			if err != nil || who != want || v.Next != "/settings" {
				t.Fatalf("%s: got %+v, %+v, %v, want %+v", alg, who, v, err, want)
			}
			// What was kept is used up: nobody brings the same answer again.
			if _, err := h.finish(went); code(err) != "sso_failed" {
				t.Errorf("%s, again: got %v, want sso_failed", alg, err)
			}
		}
	})
}

// Every way in which the other house, or somebody between, can be wrong.
func TestWhatIsRefused(t *testing.T) {
	forge := func(f func(header, claims map[string]any)) signontest.Options { return signontest.Options{Forge: f} }
	claim := func(name string, value any) signontest.Options {
		return forge(func(_, claims map[string]any) {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		})
	}
	for name, c := range map[string]struct {
		other signontest.Options
		bring func(h *house, t *trip) // what the browser brings instead
		want  string                  // the fault's code; sso_failed when empty
	}{
		"another state":    {bring: func(_ *house, t *trip) { t.back.Set("state", "x") }},
		"no state":         {bring: func(_ *house, t *trip) { t.back.Del("state") }},
		"another browser":  {bring: func(_ *house, t *trip) { t.secret = "x" }},
		"no cookie":        {bring: func(_ *house, t *trip) { t.secret = "" }},
		"another's answer": {bring: func(h *house, t *trip) { t.back = h.leave(account.Visit{}).back }},
		"another's code": {bring: func(h *house, t *trip) {
			t.back.Set("code", h.leave(account.Visit{}).back.Get("code")) // PKCE, at the other house
		}},
		"no code":           {bring: func(_ *house, t *trip) { t.back.Del("code") }},
		"invented code":     {bring: func(_ *house, t *trip) { t.back.Set("code", "x") }},
		"another house":     {bring: func(_ *house, t *trip) { t.back.Set("iss", "https://evil.example") }},
		"refused there":     {bring: func(_ *house, t *trip) { t.back = url.Values{"error": {"access_denied"}, "state": t.back["state"]} }},
		"too late":          {bring: func(h *house, _ *trip) { h.ahead.Store(int64(11 * time.Minute)) }},
		"another nonce":     {other: claim("nonce", "x")},
		"no nonce":          {other: claim("nonce", nil)},
		"another audience":  {other: claim("aud", "somebody-else")},
		"many, for another": {other: claim("aud", []string{signontest.ClientID, "somebody-else"})},
		"another party": {other: forge(func(_, claims map[string]any) {
			claims["aud"], claims["azp"] = []string{signontest.ClientID, "somebody-else"}, "somebody-else"
		})},
		"another issuer":     {other: claim("iss", "https://evil.example")},
		"expired":            {other: claim("exp", time.Now().Add(-time.Minute).Unix())},
		"no end":             {other: claim("exp", nil)},
		"not yet":            {other: claim("nbf", time.Now().Add(time.Hour).Unix())},
		"nobody":             {other: claim("sub", "")},
		"another hash":       {other: claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		"alg none":           {other: forge(func(header, _ map[string]any) { header["alg"] = "none" })},
		"alg HS256":          {other: forge(func(header, _ map[string]any) { header["alg"] = "HS256" })},
		"alg of another key": {other: forge(func(header, _ map[string]any) { header["alg"] = "ES256" })},
		"a key of its own":   {other: forge(func(header, _ map[string]any) { header["kid"] = "x" })},
		"a foreign client": {other: signontest.Options{}, bring: func(h *house, t *trip) {
			// Our secret is wrong: the other house does not take us for ourselves.
			h.Provider = signon.New(signon.Options{
				Issuer: h.other.URL, ClientID: signontest.ClientID, Secret: "wrong", Redirect: redirect, Private: true, Control: hook.Guard(true), Steps: h.Accounts, Now: h.now,
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := one(t, c.other, nil)
			went := h.leave(account.Visit{Next: "/settings"})
			if c.bring != nil {
				c.bring(h, &went)
			}
			who, err := h.finish(went)
			if want := orText(c.want, "sso_failed"); code(err) != want || who.Subject != "" && err == nil {
				t.Errorf("got %+v, %v, want %s", who, err, want)
			}
			if _, err := h.finish(went); code(err) != "sso_failed" {
				t.Errorf("the second time: got %v, want sso_failed", err)
			}
			if err != nil && strings.Contains(err.Error(), went.back.Get("code")) && went.back.Get("code") != "" && len(went.back.Get("code")) > 1 {
				t.Errorf("the error holds the code: %v", err)
			}
		})
	}
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// Keys change: new ones are asked for at once, and those that were taken back
// count no longer than what the other house said of itself is believed.
func TestKeysRotate(t *testing.T) {
	h := one(t, signontest.Options{}, nil)
	for range 3 {
		if _, err := h.finish(h.leave(account.Visit{})); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.other.Calls("/keys"); n != 1 {
		t.Errorf("the keys were asked for %d times, want once for three sign-ons", n)
	}
	h.other.Rotate()
	if _, err := h.finish(h.leave(account.Visit{})); err != nil {
		t.Fatalf("after the keys changed: %v", err)
	}
	if n := h.other.Calls("/keys"); n != 2 {
		t.Errorf("the keys were asked for %d times, want twice", n)
	}
	if n := h.other.Calls("/.well-known/openid-configuration"); n != 1 {
		t.Errorf("the other house was asked %d times what it is, want once", n)
	}
	h.ahead.Store(int64(2 * time.Hour))
	h.other.Change(func(o *signontest.Options) { o.Now = h.now })
	if _, err := h.finish(h.leave(account.Visit{})); err != nil {
		t.Fatal(err)
	}
	if n := h.other.Calls("/keys"); n != 3 {
		t.Errorf("two hours later the keys were asked for %d times, want once more", n)
	}
}

func TestDomains(t *testing.T) {
	only := func(o *signon.Options) { o.Domains = []string{"example.com", "example.de"} }
	for _, c := range []struct {
		email    string
		verified any
		want     string
	}{
		{"ida@EXAMPLE.com", true, ""},
		{"ida@example.de", "true", ""},
		{"ida@example.org", true, "sso_domain"},
		{"ida@sub.example.com", true, "sso_domain"},
		{"ida@example.com.evil.example", true, "sso_domain"},
		{"ida@evil.example@example.com", true, "sso_domain"},
		{"ida@example.com", false, "sso_unverified"},
		{"ida@example.com", nil, "sso_unverified"},
		{"ida@example.com", "yes", "sso_unverified"},
		{"", true, "sso_unverified"},
	} {
		h := one(t, signontest.Options{Person: signontest.Person{Subject: "1", Email: c.email, Verified: c.verified}}, only)
		if _, err := h.finish(h.leave(account.Visit{})); code(err) != c.want {
			t.Errorf("%s, verified %v: got %v, want %s", c.email, c.verified, err, c.want)
		}
	}
}

// Some houses tell the address at the userinfo endpoint alone; it must speak of
// the same person.
func TestTheAddressMayBeToldElsewhere(t *testing.T) {
	other := signontest.Options{Person: signontest.Person{Subject: "1"}, Told: map[string]any{"sub": "1", "email": "ida@example.com", "email_verified": true, "name": "Ida"}}
	h := one(t, other, nil)
	if who, err := h.finish(h.leave(account.Visit{})); err != nil || who.Email != "ida@example.com" || !who.Verified || who.Name != "Ida" {
		t.Errorf("got %+v, %v, want Ida with her address", who, err)
	}
	h.other.Change(func(o *signontest.Options) {
		o.Told = map[string]any{"sub": "2", "email": "ben@example.com", "email_verified": true}
	})
	if who, err := h.finish(h.leave(account.Visit{})); code(err) != "sso_failed" {
		t.Errorf("got %+v, %v, want that somebody else's word is refused", who, err)
	}
}

func TestTheOtherHouseIsCalledWithCare(t *testing.T) {
	refused := func(name string, h *house, part string) {
		t.Helper()
		_, _, err := h.Begin(t.Context(), account.Visit{})
		if code(err) != "sso_unavailable" || !strings.Contains(fault.As(err).Detail, part) {
			t.Errorf("%s: got %v, want sso_unavailable with %q", name, err, part)
		}
		if cerr := h.Check(t.Context()); code(cerr) != "sso_unavailable" {
			t.Errorf("%s: the check says %v", name, cerr)
		}
	}
	document := func(member string, value any) signontest.Options {
		return signontest.Options{Document: func(d map[string]any) { d[member] = value }}
	}
	guarded := func(o *signon.Options) { o.Control = hook.Guard(false) }
	h := one(t, signontest.Options{}, guarded)
	refused("a private address", h, "private, local or reserved")
	if n := h.other.Calls("/.well-known/openid-configuration"); n != 0 {
		t.Errorf("it was called %d times", n)
	}
	refused("without TLS", one(t, signontest.Options{}, func(o *signon.Options) { o.Private = false }), "https://")
	refused("another issuer", one(t, document("issuer", "https://evil.example"), nil), "did not match")
	refused("a file", one(t, document("jwks_uri", "file:///etc/passwd"), nil), "jwks_uri")
	refused("a script", one(t, document("authorization_endpoint", "javascript:alert(1)"), nil), "authorization_endpoint")
	refused("no token endpoint", one(t, document("token_endpoint", nil), nil), "token_endpoint")

	// What it names itself is guarded too: here an address for metadata.
	inside := one(t, document("token_endpoint", "http://169.254.169.254/latest"), nil)
	went := inside.leave(account.Visit{})
	if _, err := inside.finish(went); code(err) != "sso_failed" || !strings.Contains(errors.Join(err, fault.As(err).Cause).Error(), "private, local or reserved") {
		t.Errorf("got %v, want that the address is refused", err)
	}
}
