package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// hold lets the sandbox know a token.
func (w *world) hold(t accessToken) {
	w.sb.mu.Lock()
	defer w.sb.mu.Unlock()
	t.App = w.sb.st.portfolio.Apps[0].ID
	w.sb.st.portfolio.Tokens = append(w.sb.st.portfolio.Tokens, &t)
}

func TestTokensThatDoNotReach(t *testing.T) {
	c := standing()
	w := newWorld(t, func(o *Options) { o.Clock = c.now })
	w.hold(accessToken{Token: "expired", Kind: "USER", Scopes: []string{scopeMessaging, scopeManagement}, Issued: c.now().Add(-2 * time.Hour), Expires: c.now().Add(-time.Hour)})
	w.hold(accessToken{Token: "revoked", Kind: "USER", Scopes: []string{scopeMessaging, scopeManagement}, Revoked: true})
	w.hold(accessToken{Token: "sends", Kind: "SYSTEM_USER", Scopes: []string{scopeMessaging}})
	w.hold(accessToken{Token: "manages", Kind: "SYSTEM_USER", Scopes: []string{scopeManagement}, Accounts: []string{waba}})
	app := w.sb.st.portfolio.Apps[0]
	hello := `{"messaging_product":"whatsapp","to":"+` + ana + `",` + template("hello_world", "en_US", "") + `}`
	for _, x := range []struct {
		name, method, path, body, token string
		status, code, subcode           int
	}{
		{"expired", "GET", "/" + pnid, "", "expired", 401, 190, 463},
		{"revoked", "GET", "/" + pnid, "", "revoked", 401, 190, 460},
		{"messaging may send", "POST", "/" + pnid + "/messages", hello, "sends", 200, 0, 0},
		{"messaging may not manage", "GET", "/" + waba + "/message_templates", "", "sends", 403, 10, 0},
		{"management may not send", "POST", "/" + pnid + "/messages", hello, "manages", 403, 131005, 0},
		{"an app's own token", "GET", "/" + app.ID, "", app.ID + "|" + app.Secret, 200, 0, 0},
		{"unknown app", "GET", "/oauth/access_token?grant_type=client_credentials&client_id=9&client_secret=x", "", "", 400, 101, 0},
		{"wrong secret", "GET", "/oauth/access_token?grant_type=client_credentials&client_id=" + app.ID + "&client_secret=x", "", "", 400, 1, 0},
		{"me", "GET", "/me?fields=id,name", "", "sends", 200, 0, 0},
		{"groups", "GET", "/" + pnid + "/groups", "", "sends", 400, 131215, 0},
		{"a new group", "POST", "/" + pnid + "/groups", `{"messaging_product":"whatsapp","subject":"Bicycles"}`, "sends", 400, 131215, 0},
		{"a call", "POST", "/" + pnid + "/calls", `{"messaging_product":"whatsapp","to":"+` + ana + `","action":"connect"}`, "sends", 400, 138000, 0},
		{"calling switched on", "POST", "/" + pnid + "/settings", `{"calling":{"status":"ENABLED"}}`, "manages", 200, 0, 0},
		{"a call that nobody plays", "POST", "/" + pnid + "/calls", `{"messaging_product":"whatsapp","to":"+` + ana + `","action":"connect"}`, "sends", 500, 3, 0},
		{"an encrypted message", "POST", "/" + pnid + "/messages_encrypted", `{}`, "sends", 500, 3, 0},
		{"not played", "GET", "/" + waba + "/assigned_users", "", "manages", 500, 3, 0},
	} {
		a := w.do(x.method, "/v25.0"+x.path, x.body, "Authorization", "Bearer "+x.token)
		code, _ := dig(a.body, "error", "code").(json.Number)
		subcode, _ := dig(a.body, "error", "error_subcode").(json.Number)
		if a.status != x.status || (x.code != 0 && code.String() != itoa(x.code)) || (x.subcode != 0 && subcode.String() != itoa(x.subcode)) {
			t.Errorf("%s: got %d %s, want %d, code %d, subcode %d", x.name, a.status, a.raw, x.status, x.code, x.subcode)
		}
	}
	for token, valid := range map[string]bool{"expired": false, "revoked": false, "manages": true, "any other": true} {
		a := w.must("GET", "/v25.0/debug_token?input_token="+strings.ReplaceAll(token, " ", "+"), "")
		if dig(a.body, "data", "is_valid") != valid {
			t.Errorf("debug_token %s: got %s, want is_valid %v", token, a.raw, valid)
		}
	}
	a := w.must("GET", "/debug_token?input_token=manages", "")
	if dig(a.body, "data", "granular_scopes", "0", "target_ids", "0") != waba || dig(a.body, "data", "app_id") != app.ID {
		t.Errorf("debug_token: got %s", a.raw)
	}
	if a := w.do("GET", "/debug_token", ""); a.status != 400 {
		t.Errorf("debug_token without input: got %d", a.status)
	}
}

func TestResumableUpload(t *testing.T) {
	w := newWorld(t)
	app := w.sb.st.portfolio.Apps[0].ID
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	open := w.must("POST", "/v25.0/app/uploads?file_name=a.png&file_type=image/png&file_length="+itoa(len(png)), "") // "app" is the token's
	id := open.body["id"].(string)
	if !strings.HasPrefix(id, "upload:") {
		t.Fatalf("session: got %s", open.raw)
	}
	bytesOf := func(offset, body string) answer {
		return w.do("POST", "/v25.0/"+id, body, "Authorization", "OAuth any", "file_offset", offset, "Content-Type", "application/octet-stream")
	}
	if a := bytesOf("0", png[:50]); a.status != 400 {
		t.Errorf("half of it: got %d %s, want to be told that more is to come", a.status, a.raw)
	}
	if a := w.must("GET", "/v25.0/"+id, ""); a.body["file_offset"] != json.Number("50") {
		t.Errorf("offset: got %s, want 50", a.raw)
	}
	for offset, body := range map[string]string{"0": png, "": png, "x": "y", "50": png} {
		if a := bytesOf(offset, body); a.status != 400 {
			t.Errorf("offset %q with %d bytes: got %d, want 400", offset, len(body), a.status)
		}
	}
	a := bytesOf("50", png[50:])
	handle, _ := a.body["h"].(string)
	if kind, err := base64.StdEncoding.DecodeString(strings.Split(handle, ":")[min(2, strings.Count(handle, ":"))]); err != nil || string(kind) != "image/png" {
		t.Errorf("handle: got %s", a.raw)
	}
	w.sb.mu.Lock()
	up := w.sb.st.handle(handle)
	w.sb.mu.Unlock()
	if up == nil || up.Length != int64(len(png)) {
		t.Errorf("the handle leads to %v", up)
	}
	for _, query := range []string{"file_type=image/png", "file_type=image/gif&file_length=3", "file_type=image/png&file_length=999999999"} {
		if a := w.do("POST", "/v25.0/"+app+"/uploads?"+query, ""); a.status != 400 {
			t.Errorf("%s: got %d, want 400", query, a.status)
		}
	}
	if a := w.do("GET", "/upload:none", ""); a.status != 400 {
		t.Errorf("unknown session: got %d", a.status)
	}
}

func TestSignupCodeIsExchangedOnce(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Numbers[0].AccessTokens = []string{"configured"} })
	app := w.sb.st.portfolio.Apps[0]
	code := w.must("POST", "/sandbox/signups", `{"waba_ids":["`+waba+`"]}`).body["code"].(string)
	exchange := func() answer {
		return w.do("GET", "/v25.0/oauth/access_token?client_id="+app.ID+"&client_secret="+app.Secret+"&code="+code, "", "Authorization", "")
	}
	a := exchange()
	token, _ := a.body["access_token"].(string)
	if token == "" || a.body["token_type"] != "bearer" {
		t.Fatalf("exchange: got %d %s", a.status, a.raw)
	}
	if a := w.do("GET", "/v25.0/"+waba+"/phone_numbers", "", "Authorization", "Bearer "+token); a.status != 200 {
		t.Errorf("with the token: got %d %s", a.status, a.raw)
	}
	if a := exchange(); a.status != 400 {
		t.Errorf("the code again: got %d %s", a.status, a.raw)
	}
	if a := w.do("POST", "/sandbox/signups", `{"waba_ids":["1"]}`); a.status != 422 {
		t.Errorf("unknown account: got %d", a.status)
	}
}

func TestMediaLivesAsLongAsAsked(t *testing.T) {
	w := newWorld(t)
	fields := map[string]string{"messaging_product": "whatsapp", "type": "image/png", "ttl_minutes": "60"}
	a := tryUpload(t, w, fields, "a.png", "image/png", []byte("\x89PNG\r\n\x1a\n"))
	id, _ := a.body["id"].(string)
	w.must("GET", "/v25.0/"+id, "")
	w.must("POST", "/sandbox/clock", `{"advance":"61m"}`)
	if a := w.do("GET", "/v25.0/"+id, ""); a.status != 400 {
		t.Errorf("after 61 minutes: got %d, want 400", a.status)
	}
	fields["ttl_minutes"] = "59"
	if a := tryUpload(t, w, fields, "a.png", "image/png", []byte("\x89PNG\r\n\x1a\n")); a.status != 400 {
		t.Errorf("59 minutes: got %d, want 400", a.status)
	}
}
