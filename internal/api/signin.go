package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"kontor/internal/fault"
)

// signIn uses up the link's token and opens the inbox. Only GET does: programs
// that look at links before people do ask by HEAD. Without a token it shows the
// web app's page that tells where links come from.
func (a *API) signIn(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	if token == "" || r.Method != http.MethodGet {
		a.index(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if wait, ok := a.signins.allow(a.address(r)); !ok {
		a.refuse(w, r, fault.New(fault.Limited, "too_many_sign_ins", "Too many sign-in links were tried from this address.", "Wait a minute and open the link again.").Because(fault.Wait(wait)))
		return
	}
	s, err := a.accounts.SignIn(r.Context(), token, a.arrival(r))
	if fault.Is(err, fault.Unauthorized) {
		http.Redirect(w, r, "/signin?error=link_expired", http.StatusSeeOther)
		return
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.setCookie(w, r, s.Token.Reveal(), s.ExpiresAt)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// session adds what ends one.
func (a *API) session(r chi.Router) {
	r.Post(Base+"/signout", a.signOut)
	op := route{
		method: http.MethodPost, path: "/signout", id: "sign-out", tag: "Workspace", status: http.StatusNoContent,
		summary: "End the session", text: "For the web app. With an API key it does nothing.",
	}.operation()
	op.Responses = map[string]*huma.Response{"204": {Description: "No Content"}}
	a.add(op)
}

// signOut ends the session here and takes the cookie from the browser.
func (a *API) signOut(w http.ResponseWriter, r *http.Request) {
	if req := requestOf(r.Context()); req.byCookie {
		if err := a.accounts.SignOut(r.Context(), req.secret); err != nil {
			a.refuse(w, r, err)
			return
		}
		a.dropCookie(w, r)
	}
	w.WriteHeader(http.StatusNoContent)
}
