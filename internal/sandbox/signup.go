package sandbox

import (
	"encoding/hex"
	"net/http"
)

// signup is a finished Embedded Signup (cloud-api.md 0): its code is exchanged
// once, by the app it was made for, for a business token.
type signup struct {
	app      string
	accounts []string
	scopes   []string
}

// postSignup answers POST /sandbox/signups: a business finishes Embedded Signup
// and the app's page gets a code.
func (s *Sandbox) postSignup(w http.ResponseWriter, r *http.Request) {
	var in struct {
		App      string   `json:"app_id"`
		Accounts []string `json:"waba_ids"`
		Scopes   []string `json:"scopes"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		p := s.st.portfolio
		in.App = or(in.App, p.Apps[0].ID)
		if p.app(in.App) == nil {
			return nil, &apiError{http.StatusUnprocessableEntity, "unknown_app", "app_id: the sandbox has no such app"}
		}
		for _, id := range in.Accounts {
			if s.st.accounts[id] == nil {
				return nil, &apiError{http.StatusUnprocessableEntity, "unknown_account", "waba_ids: the sandbox has no account " + clip(id)}
			}
		}
		if in.Scopes == nil {
			in.Scopes = []string{scopeMessaging, scopeManagement}
		}
		code := "AQ" + hex.EncodeToString(mix(s.st.seed, "code", itoa(int(s.st.next()))))
		s.st.signups[code] = signup{in.App, in.Accounts, in.Scopes}
		return map[string]string{"code": code}, nil
	})
}

// exchangeCode answers GET /oauth/access_token with the code of a signup.
func (c *call) exchangeCode(a *app, code string) (any, *refusal) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	made, ok := s.st.signups[code]
	if !ok || made.app != a.ID {
		return nil, &refusal{code: codeInvalid, status: http.StatusBadRequest, bare: true, message: "This authorization code has been used, has expired, or is not of this app."}
	}
	delete(s.st.signups, code)
	t := &accessToken{
		Token: "EAA" + hex.EncodeToString(mix(s.st.seed, "business token", code)), App: a.ID, Kind: "SYSTEM_USER",
		Scopes: made.scopes, Accounts: made.accounts, Issued: s.nowLocked(),
	}
	s.st.portfolio.Tokens = append(s.st.portfolio.Tokens, t)
	s.changed()
	return map[string]any{"access_token": t.Token, "token_type": "bearer"}, nil
}
