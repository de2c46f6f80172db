package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"kontor/internal/fault"
)

const (
	ssoPath     = "/signin/sso"
	ssoCallback = ssoPath + "/callback"
	ssoCookie   = "kontor_signon"
	ssoSeconds  = 600 // how long somebody may take at the other house
)

// sso adds the way to another house's sign-on and back.
func (a *API) sso(r chi.Router) {
	if a.SignOn == nil {
		return
	}
	r.Get(ssoPath, a.ssoBegin)
	r.Get(ssoCallback, a.ssoFinish)
}

// ssoBegin sends the browser to the other house. What it must bring back lies in
// a cookie, so that nobody can be signed in by a link that somebody else began.
func (a *API) ssoBegin(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if wait, ok := a.signins.allow(a.address(r)); !ok {
		a.refuse(w, r, fault.New(fault.Limited, "too_many_sign_ins", "Too many attempts from this address.", "Wait a minute and try again.").Because(fault.Wait(wait)))
		return
	}
	address, secret, err := a.SignOn.Begin(r.Context(), ownPath(r.URL.Query().Get("next")))
	if err != nil {
		a.ssoFailed(w, r, err)
		return
	}
	http.SetCookie(w, a.ssoCookie(r, secret.Reveal(), ssoSeconds))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// ssoFinish lets in whom the other house vouches for.
func (a *API) ssoFinish(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	secret, err := r.Cookie(ssoCookie)
	http.SetCookie(w, a.ssoCookie(r, "", -1))
	if err != nil {
		a.ssoFailed(w, r, fault.New(fault.Unauthorized, "sso_failed", "This browser did not begin the sign-on, or took too long.", "Begin again."))
		return
	}
	who, newcomer, next, err := a.SignOn.Finish(r.Context(), secret.Value, r.URL.Query())
	if err != nil {
		a.ssoFailed(w, r, err)
		return
	}
	s, err := a.accounts.SignOn(r.Context(), who, newcomer, a.arrival(r))
	if err != nil {
		a.ssoFailed(w, r, err)
		return
	}
	a.setCookie(w, r, s.Token.Reveal(), s.ExpiresAt)
	http.Redirect(w, r, ownPath(next), http.StatusSeeOther)
}

func (a *API) ssoCookie(r *http.Request, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: ssoCookie, Value: value, Path: ssoPath, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: overTLS(r), MaxAge: seconds}
}

// ssoFailed leads to the web app's page, which explains; the log has the cause.
func (a *API) ssoFailed(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.As(err)
	code := f.Code
	if !strings.HasPrefix(code, "sso_") {
		code = "sso_failed"
	}
	a.log.WarnContext(r.Context(), "a sign-on failed", "request_id", requestOf(r.Context()).id, "code", f.Code, "err", err)
	http.Redirect(w, r, "/signin?error="+url.QueryEscape(code), http.StatusSeeOther)
}

// ownPath is a path of the web app, or "/": never another house's address,
// which browsers also read out of //, /\ and control characters.
func ownPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}
