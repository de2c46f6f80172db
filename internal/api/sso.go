package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
	"kontor/internal/fault"
)

// SignOnCallback is where the other house sends browsers back to.
const SignOnCallback = ssoPath + "/callback"

const (
	ssoPath    = "/signin/sso"
	ssoSeconds = 600 // how long somebody may take at the other house

	ssoCookieName = "kontor_signon"
)

// sso adds the way to another house's sign-on and back.
func (a *API) sso(r chi.Router) {
	if a.SignOn == nil {
		return
	}
	r.Get(ssoPath, a.ssoBegin)
	r.Get(SignOnCallback, a.ssoFinish)
}

// ssoBegin sends the browser to the other house. What it must bring back lies in
// a cookie, so that nobody can be signed in by a link that somebody else began.
func (a *API) ssoBegin(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if wait, ok := a.signins.allow(a.address(r)); !ok {
		a.ssoFailed(w, r, account.Visit{}, fault.New(fault.Limited, "too_many_sign_ins", "Too many attempts from this address.", "Wait a minute and try again.").Because(fault.Wait(wait)))
		return
	}
	address, secret, err := a.SignOn.Begin(r.Context(), account.Visit{Next: ownPath(r.URL.Query().Get("next"))})
	if err != nil {
		a.ssoFailed(w, r, account.Visit{}, err)
		return
	}
	http.SetCookie(w, a.ssoCookie(r, secret.Reveal(), ssoSeconds))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// ssoFinish lets in whom the other house vouches for, or links them to who is in.
func (a *API) ssoFinish(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if wait, ok := a.tries.allow(a.address(r)); !ok {
		a.ssoFailed(w, r, account.Visit{}, fault.New(fault.Limited, "too_many_sign_ins", "Too many attempts from this address.", "Wait a minute and try again.").Because(fault.Wait(wait)))
		return
	}
	secret, err := r.Cookie(ssoCookieName)
	http.SetCookie(w, a.ssoCookie(r, "", -1))
	if err != nil {
		a.ssoFailed(w, r, account.Visit{}, fault.New(fault.Unauthorized, "sso_failed", "This browser did not begin the sign-on, or took too long.", "Begin again."))
		return
	}
	who, visit, err := a.SignOn.Finish(r.Context(), secret.Value, r.URL.Query())
	switch {
	case err != nil:
	case visit.PersonID != 0:
		if err = a.ssoLink(r, who, visit); err == nil {
			http.Redirect(w, r, ownPath(visit.Next)+"?sso=linked", http.StatusSeeOther)
			return
		}
	default:
		var s account.Session
		if s, err = a.accounts.SignOn(r.Context(), who, a.SignOn.Newcomer(), a.arrival(r)); err == nil {
			a.setCookie(w, r, s.Token.Reveal(), s.ExpiresAt)
			http.Redirect(w, r, ownPath(visit.Next), http.StatusSeeOther)
			return
		}
	}
	a.ssoFailed(w, r, visit, err)
}

// ssoLink links whom the other house vouches for to who began it, if they are
// still the one who is in here.
func (a *API) ssoLink(r *http.Request, who account.Identity, v account.Visit) error {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return errNobody
	}
	p, _, err := a.accounts.Session(r.Context(), cookie.Value)
	if err != nil {
		return err
	}
	if p.PersonID != v.PersonID || p.WorkspaceID != v.WorkspaceID {
		return fault.New(fault.Forbidden, "sso_failed", "Somebody else is in now than began to link the sign-on; nothing was changed.", "Begin again.")
	}
	return a.accounts.LinkSignOn(r.Context(), p, who)
}

// SignOnAddress is where the browser is to go.
type SignOnAddress struct {
	URL string `json:"url" doc:"Of the other house. It sends the browser back to Kontor."`
}

// leaving is the answer with which somebody goes to the other house.
type leaving struct {
	Cookie string `header:"Set-Cookie"`
	Body   SignOnAddress
}

// myPage is where people change by what they come in.
const myPage = "/settings/me"

// ownSSO adds how people link the sign-on to themselves. It is begun by a POST of
// Kontor's own pages with the password, not by an address: else a link could have
// somebody take a stranger's account of the other house for their own.
func (a *API) ownSSO() {
	handle(a, route{
		method: http.MethodPost, path: "/me/sso", id: "link-sso", tag: "Oneself", summary: "Link the single sign-on",
		text: "Send the browser to the address of the answer. The sign-on lets the person in from then on, whatever address it tells of them.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *proofInput) (*leaving, error) {
		if a.SignOn == nil {
			return nil, errNoSSO
		}
		if err := a.accounts.BeginLink(ctx, p, in.Body.Password); err != nil {
			return nil, err
		}
		address, secret, err := a.SignOn.Begin(ctx, account.Visit{Next: myPage, WorkspaceID: p.WorkspaceID, PersonID: p.PersonID})
		if err != nil {
			return nil, err
		}
		return &leaving{Cookie: a.ssoCookie(requestOf(ctx).http, secret.Reveal(), ssoSeconds).String(), Body: SignOnAddress{address}}, nil
	}))
	handle(a, route{
		method: http.MethodDelete, path: "/me/sso", id: "unlink-sso", tag: "Oneself", status: http.StatusNoContent, summary: "Unlink the single sign-on",
		text: "It lets the person in no more. Needs a password or a passkey, by which they still come in.",
	}, asPerson(func(ctx context.Context, p account.Principal, _ *none) (*struct{}, error) {
		return nil, a.accounts.UnlinkSignOn(ctx, p)
	}))
}

var errNoSSO = fault.New(fault.Conflict, "sso_not_configured", "This Kontor has no single sign-on; nothing was done.", "Set KONTOR_OIDC_ISSUER.")

func (a *API) ssoCookie(r *http.Request, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: ssoCookieName, Value: value, Path: ssoPath, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.overTLS(r), MaxAge: seconds}
}

// ssoFailed leads to the web app's page, which explains; the log has the cause.
func (a *API) ssoFailed(w http.ResponseWriter, r *http.Request, v account.Visit, err error) {
	f := fault.As(err)
	code := f.Code
	if !strings.HasPrefix(code, "sso_") {
		code = "sso_failed"
	}
	a.log.WarnContext(r.Context(), "a sign-on failed", "request_id", requestOf(r.Context()).id, "code", f.Code, "err", err)
	page, name := "/signin", "error"
	if v.PersonID != 0 {
		page, name = myPage, "sso"
	}
	http.Redirect(w, r, page+"?"+name+"="+url.QueryEscape(code), http.StatusSeeOther)
}

// ownPath is a path of the web app, or "/": never another house's address,
// which browsers also read out of //, /\ and control characters.
func ownPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, ssoPath) {
		return "/"
	}
	return u.RequestURI()
}
