package api

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/panel"
)

const (
	cookieName  = "kontor_session"
	guardHeader = "X-Kontor-Request" // no form or image of another site can send it
)

var (
	errNobody = fault.New(fault.Unauthorized, "unauthorized", "This call needs an API key or a session.", "Send Authorization: Bearer with an API key, or sign in.")
	errForged = fault.New(fault.Forbidden, "cross_site_request", "A request with a session cookie that changes something must come from Kontor's own pages; nothing was done.", "Send the header X-Kontor-Request: 1 from the same origin, or use an API key.")
)

// auth lets in who has a valid key or session, and nobody else. A request with
// both counts as the key's: the cookie is then ignored.
//
// The calls of panels have a door of their own, which takes neither.
func (a *API) auth(next http.Handler) http.Handler {
	panels := a.panelAuth(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // files say otherwise, see serveMedia
		if pattern := chi.RouteContext(r.Context()).RoutePattern(); pattern == Base+"/panel" || strings.HasPrefix(pattern, Base+"/panel/") {
			panels.ServeHTTP(w, r)
			return
		}
		if err := a.identify(w, r); err != nil {
			a.refuse(w, r, err)
			return
		}
		a.metrics.called(requestOf(r.Context()).principal.WorkspaceID)
		next.ServeHTTP(w, r)
	})
}

func (a *API) identify(w http.ResponseWriter, r *http.Request) error {
	req := requestOf(r.Context())
	if header := r.Header.Get("Authorization"); header != "" {
		secret, ok := bearer(header)
		if !ok {
			return errNobody
		}
		if strings.HasPrefix(secret, panel.Prefix) {
			return errPanelOnly
		}
		p, err := a.accounts.Verify(r.Context(), secret)
		req.principal, req.secret = p, secret
		return err
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return errNobody
	}
	if changes(r.Method) && !fromOwnPage(r) {
		return errForged
	}
	p, renewed, err := a.accounts.Session(r.Context(), cookie.Value)
	if err != nil {
		return err
	}
	if !renewed.IsZero() {
		a.setCookie(w, r, cookie.Value, renewed)
	}
	req.principal, req.secret, req.byCookie = p, cookie.Value, true
	return nil
}

func bearer(header string) (string, bool) {
	scheme, secret, ok := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	return secret, ok && strings.EqualFold(scheme, "Bearer") && secret != ""
}

func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// fromOwnPage is the guard against forged requests: a header that another
// site's form cannot send, and when the browser names an origin, our own.
func fromOwnPage(r *http.Request) bool {
	if r.Header.Get(guardHeader) != "1" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	return ownOrigin(r, origin)
}

// ownOrigin reports whether an origin is that of the address that was called.
func ownOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func (a *API) setCookie(w http.ResponseWriter, r *http.Request, token string, until time.Time) {
	http.SetCookie(w, a.sessionCookie(r, token, until))
}

func (a *API) sessionCookie(r *http.Request, token string, until time.Time) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: a.overTLS(r), Expires: until, MaxAge: int(account.SessionLife / time.Second),
	}
}

func (a *API) dropCookie(w http.ResponseWriter, r *http.Request) { http.SetCookie(w, a.noCookie(r)) }

// noCookie takes the session's cookie from the browser.
func (a *API) noCookie(r *http.Request) *http.Cookie {
	return &http.Cookie{Name: cookieName, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.overTLS(r), MaxAge: -1}
}

// overTLS reports whether the browser speaks TLS, with us or with a proxy before
// us. It believes a proxy's word, since whoever forges the header only keeps the
// own cookie from travelling in the clear. A proxy that says nothing, as many do
// by default, leads to the public address, which says it.
func (a *API) overTLS(r *http.Request) bool {
	if said := r.Header.Get("X-Forwarded-Proto"); r.TLS == nil && said != "" {
		return strings.EqualFold(said, "https")
	}
	return r.TLS != nil || strings.HasPrefix(a.PublicURL, "https://") && ownOrigin(r, a.PublicURL)
}

// mayNot answers when a role lacks a right.
func mayNot(p account.Principal, right account.Right) error {
	if p.Can(right) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden", "Your role ("+string(p.Role)+") does not have the right "+string(right)+"; nothing was done.", "Ask an owner or admin of the workspace.")
}

// need wraps a handler outside huma with a right.
func (a *API) need(right account.Right, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := mayNot(principal(r.Context()), right); err != nil {
			a.refuse(w, r, err)
			return
		}
		next(w, r)
	}
}
