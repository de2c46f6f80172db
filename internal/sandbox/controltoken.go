package sandbox

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

func (s *Sandbox) getTokens(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) {
		all := []accessToken{}
		for _, t := range s.st.portfolio.Tokens {
			all = append(all, *t)
		}
		return map[string]any{"data": all}, nil
	})
}

var tokenKinds = []string{"USER", "SYSTEM_USER", "BUSINESS"}

// postToken makes a token. Without permissions it has all.
func (s *Sandbox) postToken(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Token    string   `json:"token"`
		App      string   `json:"app_id"` // default: the first
		Kind     string   `json:"type"`   // default: SYSTEM_USER
		Scopes   []string `json:"scopes"`
		Accounts []string `json:"waba_ids"`
		Life     string   `json:"expires_in"` // as in 1h or 60d; empty: never
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	life, err := span(in.Life)
	s.under(w, func() (any, *apiError) {
		p := s.st.portfolio
		in.App, in.Kind = or(in.App, p.Apps[0].ID), or(in.Kind, "SYSTEM_USER")
		if in.Scopes == nil {
			in.Scopes = []string{scopeMessaging, scopeManagement, scopeBusiness}
		}
		switch {
		case err != nil || life < 0:
			return nil, invalid(`expires_in: must be a duration as in "1h" or "60d"`)
		case p.app(in.App) == nil:
			return nil, &apiError{http.StatusUnprocessableEntity, "unknown_app", "app_id: the sandbox has no such app"}
		case !slices.Contains(tokenKinds, in.Kind):
			return nil, invalid("type must be one of " + listed(tokenKinds))
		case strings.ContainsAny(in.Token, " /|"):
			return nil, invalid("token: must have no spaces, slashes or bars")
		case in.Token != "" && p.token(in.Token) != nil:
			return nil, &apiError{http.StatusConflict, "token_exists", "there is such a token"}
		}
		for _, id := range in.Accounts {
			if s.st.accounts[id] == nil {
				return nil, &apiError{http.StatusUnprocessableEntity, "unknown_account", "waba_ids: the sandbox has no account " + clip(id)}
			}
		}
		now := s.nowLocked()
		t := &accessToken{Token: in.Token, App: in.App, Kind: in.Kind, Scopes: in.Scopes, Accounts: in.Accounts, Issued: now}
		if t.Token == "" {
			t.Token = "EAA" + hex.EncodeToString(mix(s.st.seed, "token", itoa(int(s.st.next()))))
		}
		if life > 0 {
			t.Expires = now.Add(life)
		}
		p.Tokens = append(p.Tokens, t)
		s.changed()
		return *t, nil
	})
}

// deleteToken takes a token away; it stays known, so that calls are told so.
func (s *Sandbox) deleteToken(w http.ResponseWriter, r *http.Request) {
	s.under(w, func() (any, *apiError) {
		for _, t := range s.st.portfolio.Tokens {
			if t.Token == r.PathValue("token") {
				t.Revoked = true
				s.changed()
				return *t, nil
			}
		}
		return nil, &apiError{http.StatusNotFound, "unknown_token", "no such token was made"}
	})
}
