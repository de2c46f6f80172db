package api

import (
	"crypto/tls"
	"net/http/httptest"
	"testing"
	"time"
)

// Many proxies end TLS and do not say so: the session must not travel in the
// clear for that.
func TestCookiesAreSecureWhereTheBrowserSpeaksTLS(t *testing.T) {
	for _, c := range []struct {
		public, host, said string
		tls, want          bool
	}{
		{public: "https://wa.example.com", host: "wa.example.com", want: true},
		{public: "https://wa.example.com", host: "WA.example.com", want: true},
		{public: "https://wa.example.com:8443", host: "wa.example.com:8443", want: true},
		{public: "https://wa.example.com", host: "wa.example.com", said: "http"},
		{public: "https://wa.example.com", host: "192.168.0.7:8080"},
		{public: "http://wa.example.com", host: "wa.example.com"},
		{host: "wa.example.com"},
		{host: "wa.example.com", said: "https", want: true},
		{host: "wa.example.com", tls: true, want: true},
		{host: "wa.example.com", tls: true, said: "http", want: true},
	} {
		a := &API{Deps: Deps{PublicURL: c.public}}
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		if c.said != "" {
			r.Header.Set("X-Forwarded-Proto", c.said)
		}
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		for name, got := range map[string]bool{
			"session": a.sessionCookie(r, "x", time.Time{}).Secure, "no session": a.noCookie(r).Secure, "sign-on": a.ssoCookie(r, "x", 1).Secure,
		} {
			if got != c.want {
				t.Errorf("%+v, %s: got Secure %v, want %v", c, name, got, c.want)
			}
		}
	}
}
