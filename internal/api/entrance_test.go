package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"kontor/internal/account"
)

const phrase = "four-blue-herons-at-noon"

// own are the headers of Kontor's own pages.
var own = []string{"X-Kontor-Request", "1", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}

func TestAGuestComesInAndMindsTheirSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one := h.tenants[0]
		made := h.call(one.keys[account.Admin], "POST", base+"/invitations", `{"email":"ben@example.com","role":"agent"}`)
		_, token, _ := strings.Cut(made.text("link"), "/invite?token=")
		if made.status != http.StatusCreated || token == "" {
			t.Fatalf("got %d %s, want a link", made.status, made.raw)
		}
		accept := `{"token":"` + token + `","name":"Ben","password":"` + phrase + `"}`
		h.want(h.call("", "POST", base+"/invitations/accept", accept), http.StatusForbidden, "cross_site_request")
		in := h.call("", "POST", base+"/invitations/accept", accept, own...)
		cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
		if in.status != http.StatusCreated || in.text("state") != "signed_in" || !strings.HasPrefix(cookie, "kontor_session=") || !strings.Contains(in.header.Get("Set-Cookie"), "HttpOnly") {
			t.Fatalf("got %d %s with cookie %q, want Ben in", in.status, in.raw, in.header.Get("Set-Cookie"))
		}
		mine := append([]string{"Cookie", cookie}, own...)
		me := h.call("", "GET", base+"/me", "", mine...)
		if person, _ := me.json["person"].(map[string]any); person["name"] != "Ben" || person["email"] != "ben@example.com" {
			t.Errorf("got %s, want Ben with his address", me.raw)
		}
		second := h.call("", "POST", base+"/signin/password", `{"email":"ben@example.com","password":"`+phrase+`"}`, own...)
		if second.status != http.StatusOK || second.text("state") != "signed_in" {
			t.Fatalf("got %d %s, want Ben in a second time", second.status, second.raw)
		}
		sessions := h.call("", "GET", base+"/me/sessions", "", mine...)
		if len(sessions.data()) != 2 || sessions.data()[0].(map[string]any)["device"] != "Firefox on Linux" {
			t.Errorf("got %s, want two sessions of Firefox on Linux", sessions.raw)
		}
		if ended := h.call("", "POST", base+"/me/sessions/end-others", "", mine...); ended.json["ended"] != 1.0 {
			t.Errorf("got %d %s, want one ended", ended.status, ended.raw)
		}
		h.want(h.call("", "GET", base+"/me", "", "Cookie", strings.Split(second.header.Get("Set-Cookie"), ";")[0]), http.StatusUnauthorized, "not_signed_in")
		h.want(h.call("", "POST", base+"/signin/password", `{"email":"ben@example.com","password":"wrong"}`, own...), http.StatusUnauthorized, "sign_in_refused")
		h.want(h.call("", "POST", base+"/setup", `{"code":"x","name":"Eve","email":"eve@example.com","password":"`+phrase+`","workspace_name":"Mine"}`, own...), http.StatusConflict, "setup_done")
		h.want(h.call(one.keys[account.Admin], "POST", base+"/me/password", `{"password":"`+phrase+`"}`), http.StatusConflict, "not_a_person")

		ben, err := h.accounts.PersonByEmail(context.Background(), one.ws.ID, "ben@example.com")
		if err != nil {
			t.Fatal(err)
		}
		out := h.call(one.keys[account.Admin], "POST", base+"/people/"+ben.ID.String()+"/deactivate", "")
		if out.status != http.StatusOK || out.text("state") != "deactivated" {
			t.Errorf("got %d %s, want Ben out", out.status, out.raw)
		}
		h.want(h.call("", "GET", base+"/me", "", mine...), http.StatusUnauthorized, "not_signed_in")
	})
}
