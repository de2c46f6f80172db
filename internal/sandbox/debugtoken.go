package sandbox

import "time"

// debugToken answers GET /debug_token: what an access token is good for. The
// call itself needs any token that the sandbox takes.
func (c *call) debugToken() (any, *refusal) {
	text := textOf(c.params()["input_token"])
	if text == "" {
		return nil, badParameter("input_token: parameter is required")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	t := s.st.portfolio.token(text)
	if t == nil && s.configured(text) {
		t = &accessToken{Kind: "SYSTEM_USER", Scopes: []string{scopeManagement, scopeMessaging, scopeBusiness}, Issued: now}
		if len(s.st.portfolio.Apps) > 0 {
			t.App = s.st.portfolio.Apps[0].ID
		}
	}
	if t == nil {
		return map[string]any{"data": map[string]any{
			"is_valid": false, "scopes": []string{},
			"error": map[string]any{"code": codeToken, "message": "Invalid OAuth access token data.", "subcode": 0},
		}}, nil
	}
	data := map[string]any{
		"app_id": t.App, "type": t.Kind, "is_valid": true, "scopes": t.Scopes, "issued_at": t.Issued.Unix(),
		"expires_at": unixOrZero(t.Expires), "data_access_expires_at": unixOrZero(t.Expires),
	}
	if a := s.st.portfolio.app(t.App); a != nil {
		data["application"] = a.Name
	}
	if t.Kind != "APP" {
		data["user_id"] = "500000000000001"
		data["granular_scopes"] = granular(t)
	}
	switch {
	case t.Revoked:
		data["is_valid"] = false
		data["error"] = map[string]any{"code": codeToken, "subcode": 460, "message": "Error validating access token: The session has been invalidated."}
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		data["is_valid"] = false
		data["error"] = map[string]any{"code": codeToken, "subcode": 463, "message": "Error validating access token: Session has expired."}
	}
	return map[string]any{"data": data}, nil
}

// granular tells for which accounts each permission was given.
func granular(t *accessToken) []any {
	all := []any{}
	for _, scope := range t.Scopes {
		one := map[string]any{"scope": scope}
		if len(t.Accounts) > 0 && scope != scopeBusiness {
			one["target_ids"] = t.Accounts
		}
		all = append(all, one)
	}
	return all
}

func unixOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// configured tells whether any number takes the token; the caller holds mu.
func (s *Sandbox) configured(token string) bool {
	for _, n := range s.st.each() {
		if s.knows(token, []NumberConfig{n.cfg}) {
			return true
		}
	}
	return false
}
