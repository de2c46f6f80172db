package onprem_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"kontor/internal/account"
)

func TestAFreshFacadeOpensByTheFirstLoginOnly(t *testing.T) {
	each(t, func(w *world) {
		w.refused(401, 1024, "POST", "/v1/users/login", nil, "Authorization", basic("admin", "secret"))
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", basic("admin", "wrong"))
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", basic("nobody", "secret"))
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", "")
		w.refused(400, 1025, "POST", "/v1/users/login", "{", "Authorization", basic("admin", "secret"))
		w.refused(400, 1009, "POST", "/v1/users/login", `{"new_password":"secret"}`, "Authorization", basic("admin", "secret"))
		w.login()
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", basic("admin", "secret"))

		// Clients send the type application/json without a byte, and a slash at the end.
		r := w.ok(200, "POST", "/v1/users/login/", nil, "Authorization", basic("admin", password))
		expires, _ := r.at("users", 0, "expires_after").(string)
		if !regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$`).MatchString(expires) {
			w.Errorf("expires_after: got %q, want a space and a numeric offset", expires)
		}
		if r.at("meta", "api_status") != "stable" || !strings.HasPrefix(r.at("meta", "version").(string), "v2.") {
			w.Errorf("meta: got %v", r.at("meta"))
		}
		second, _ := r.at("users", 0, "token").(string)
		w.claims(second)
		for _, token := range []string{w.token, second} { // a second login does not end the first
			w.ok(200, "GET", "/v1/settings/application", nil, "Authorization", "Bearer "+token)
		}
		w.ok(200, "POST", "/v1/users/logout", nil, "Authorization", "Bearer "+second)
		w.refused(401, 1005, "GET", "/v1/settings/application", nil, "Authorization", "Bearer "+second)
		w.ok(200, "GET", "/v1/settings/application", nil)
	})
}

// claims looks into a token as some clients do.
func (w *world) claims(token string) {
	w.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		w.Fatalf("got the token %q, want three parts", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		w.Fatal(err)
	}
	var c struct {
		User     string
		Iat, Exp int64
		Rand     string `json:"wa:rand"`
	}
	if err := json.Unmarshal(text, &c); err != nil {
		w.Fatal(err)
	}
	if c.User != "admin" || c.Exp-c.Iat != 7*24*60*60 || len(c.Rand) != 32 {
		w.Errorf("got the claims %+v", c)
	}
}

func TestUsers(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		r := w.ok(201, "POST", "/v1/users", map[string]any{"username": "clerk", "password": "Cl3rk!pass"})
		if r.at("users", 0, "username") != "clerk" {
			w.Errorf("got %s", r.text)
		}
		dup := w.refused(500, 1014, "POST", "/v1/users", map[string]any{"username": "clerk", "password": "Cl3rk!pass"})
		if dup.at("errors", 0, "details") != "Unable to create user. Already exist?" {
			w.Errorf("got %s", dup.text)
		}
		w.refused(400, 1009, "POST", "/v1/users", map[string]any{"username": "abc", "password": "Cl3rk!pass"})
		w.refused(400, 1009, "POST", "/v1/users", map[string]any{"username": "other", "password": "weak"})
		w.refused(400, 1008, "POST", "/v1/users", map[string]any{"username": "other"})
		w.refused(400, 1010, "POST", "/v1/users", map[string]any{"username": "other", "password": "Cl3rk!pass", "role": "admin"})
		if r := w.ok(200, "GET", "/v1/users/clerk", nil); r.at("users", 0, "ROLES") != "ROLE_USER" {
			w.Errorf("got %s", r.text)
		}
		if r := w.ok(200, "GET", "/v1/users/admin", nil); r.at("users", 0, "ROLES") != "ROLE_ADMIN" {
			w.Errorf("got %s", r.text)
		}
		w.refused(404, 1006, "GET", "/v1/users/nobody", nil)

		token, _ := w.ok(200, "POST", "/v1/users/login", nil, "Authorization", basic("clerk", "Cl3rk!pass")).at("users", 0, "token").(string)
		clerk := []string{"Authorization", "Bearer " + token}
		w.refused(403, 1005, "POST", "/v1/users", map[string]any{"username": "other", "password": "Cl3rk!pass"}, clerk...)
		w.refused(403, 1005, "GET", "/v1/settings/application", nil, clerk...)
		w.refused(403, 1005, "PUT", "/v1/users/admin", map[string]any{"password": "Adm1n!pass"}, clerk...)
		w.ok(200, "GET", "/v1/health", nil, clerk...)
		w.ok(200, "POST", "/v1/contacts", map[string]any{"contacts": []string{"+49 151 12345678"}}, clerk...)

		w.ok(200, "PUT", "/v1/users/clerk", map[string]any{"password": "N3w!passw"})
		w.refused(401, 1005, "GET", "/v1/health", nil, clerk...) // a new password ends the user's tokens
		w.refused(403, 1005, "DELETE", "/v1/users/admin", nil)
		w.ok(200, "DELETE", "/v1/users/clerk", nil)
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", basic("clerk", "N3w!passw"))
	})
}

func TestLoginsThatFailAreLimited(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	for range 10 {
		w.refused(401, 1005, "POST", "/v1/users/login", nil, "Authorization", basic("admin", "guess"))
	}
	w.refused(429, 1015, "POST", "/v1/users/login", nil, "Authorization", basic("admin", password))
	w.ok(200, "GET", "/v1/health", nil) // who is in stays in
}

func TestKeysOf360dialogAndOfMonitors(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.token = ""
	key := []string{"D360-API-KEY", adminKey}
	r := w.ok(200, "GET", "/v1/configs/phone_number", nil, key...)
	if r.at("phone_number") != ownPhone || r.at("meta", "success") != true || r.at("meta", "http_code") != float64(200) {
		w.Errorf("got %s", r.text)
	}
	r = w.ok(401, "GET", "/v1/configs/phone_number", nil, "d360-api-key", strings.Repeat("x", 40))
	if r.at("errors") != nil || r.at("meta", "developer_message") != "Invalid api_key or token expired" || r.at("meta", "success") != false {
		w.Errorf("a wrong key: got %s, want meta alone", r.text)
	}
	for _, path := range []string{"/v1/health", "/v1/metrics", "/v1/stats/app", "/v1/stats/db"} {
		w.ok(200, "GET", path, nil, "Authorization", "Apikey "+adminKey)
	}
	w.refused(401, 1005, "GET", "/v1/support", nil, "Authorization", "Apikey "+adminKey)
	w.refused(401, 1005, "POST", "/v1/messages", "{}", "Authorization", "Apikey "+adminKey)
	w.refused(401, 1005, "GET", "/v1/health", nil)
}

// A key may no more in this dialect than elsewhere: one that may look after
// numbers and nothing else neither sends nor makes users who do.
func TestAKeyMayWhatItsRightsSay(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.token = ""
	key := func(rights ...string) []string {
		owner := account.Principal{WorkspaceID: w.app.Workspace.ID, Role: account.Owner}
		_, secret, err := w.app.Accounts.MakeKey(t.Context(), owner, account.NewKey{Name: strings.Join(rights, " "), Role: account.Admin, Rights: rights})
		if err != nil {
			t.Fatal(err)
		}
		return []string{"D360-API-KEY", secret.Reveal()}
	}
	numbers, sends, reads := key("manage_numbers"), key("send"), key("read")
	message := map[string]any{"to": customer, "type": "text", "text": map[string]any{"body": "hi"}}
	about := map[string]any{"text": "Bicycles"}
	for _, c := range []struct {
		key          []string
		method, path string
		body         any
	}{
		{numbers, "POST", "/v1/messages", message},
		{numbers, "GET", "/v1/configs/templates", nil},
		{numbers, "POST", "/v1/users", map[string]any{"username": "clerk", "password": "Cl3rk!pass"}},
		{numbers, "POST", "/v1/configs/webhook", map[string]any{"url": "https://evil.example/hook"}},
		{numbers, "GET", "/v1/settings/application", nil},
		{sends, "GET", "/v1/configs/templates", nil},
		{sends, "GET", "/v1/media/med_0000000000001", nil},
		{sends, "PATCH", "/v1/settings/profile/about", about},
		{reads, "POST", "/v1/messages", message},
		{reads, "POST", "/v1/media", nil},
		{reads, "PATCH", "/v1/settings/profile/about", about},
	} {
		w.refused(403, 1005, c.method, c.path, c.body, c.key...)
	}
	w.ok(200, "POST", "/v1/contacts", map[string]any{"contacts": []string{"+49 151 12345678"}}, sends...)
	w.ok(200, "GET", "/v1/configs/phone_number", nil, reads...)
	for _, of := range [][]string{numbers, sends, reads} {
		w.ok(200, "GET", "/v1/health", nil, of...)
	}
}

func TestPathAndHostSelectTheNumber(t *testing.T) {
	w := newWorld(t, "sqlite")
	for _, name := range []string{string(w.number.PhoneNumberID), w.number.ID.String(), ownPhone} {
		w.refused(401, 1024, "POST", "/onprem/"+name+"/v1/users/login", nil, "Authorization", basic("admin", "secret"))
	}
	w.refused(404, 1006, "POST", "/onprem/4912/v1/users/login", nil, "Authorization", basic("admin", "secret"))
	w.login()
	w.ok(200, "GET", "/onprem/"+ownPhone+"/v1/health/", nil)
}

func TestNothingBelowV1IsOfAnotherForm(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/v1", 404}, {"GET", "/v1/", 404}, {"GET", "/v1/nothing", 404}, {"GET", "/v1/groups", 404}, {"DELETE", "/v1/messages", 405},
		{"GET", "/v1/messages/gBGGFlBxZ0M_AgkSjW7mD4HxMUw", 405}, {"POST", "/onprem/x/y", 404}, {"GET", "/v1/../v1/x", 404},
	} {
		r := w.call(c.method, c.path, nil)
		if r.status != c.status || r.code() != 1006 || r.at("error") != nil || r.at("type") != nil || r.at("meta", "version") == nil {
			w.Errorf("%s %s: got %d %s, want %d and code 1006", c.method, c.path, r.status, r.text, c.status)
		}
	}
	if _, err := w.app.Premises.Disable(t.Context(), w.number); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/health", "/v1/users/login"} {
		if r := w.refused(404, 1006, "GET", path, nil); !strings.Contains(string(r.text), "kontor number onprem enable") {
			w.Errorf("switched off: got %s", r.text)
		}
	}
}

// What there is not is counted for whoever logged in, without ids.
func TestUnknownPathsAreCounted(t *testing.T) {
	each(t, func(w *world) {
		w.refused(404, 1006, "GET", "/v1/nothing/here", nil) // of a stranger: not counted
		w.login()
		w.refused(404, 1006, "GET", "/v1/groups/"+customer+"-1/icon", nil)
		w.refused(405, 1006, "DELETE", "/v1/messages", nil)
		f, _, err := w.app.Premises.Facade(context.Background(), w.number.WorkspaceID, w.number.ID)
		if err != nil {
			w.Fatal(err)
		}
		calls, err := w.app.Premises.Calls(context.Background(), f)
		if err != nil {
			w.Fatal(err)
		}
		got := map[string]int64{}
		for _, c := range calls {
			if strings.HasPrefix(c.Name, "unknown") {
				got[c.Name] = c.Count
			}
		}
		if len(got) != 2 || got["unknown: GET /v1/groups/{…}/icon"] != 1 || got["unknown: DELETE /v1/messages"] != 1 {
			w.Errorf("got %v", got)
		}
	})
}

// The key of the old client's environment reads health, metrics and stats, and
// opens nothing else.
func TestTheMonitorsKey(t *testing.T) {
	w := newWorld(t, "sqlite", "WA_API_KEY=m0nitor-of-the-test")
	w.login()
	key := []string{"Authorization", "Apikey m0nitor-of-the-test"}
	for _, path := range []string{"/v1/health", "/v1/metrics", "/v1/stats/app", "/v1/stats/db"} {
		w.ok(200, "GET", path, nil, key...)
	}
	for _, path := range []string{"/v1/settings/application", "/v1/support", "/v1/configs/phone_number"} {
		w.refused(401, 1005, "GET", path, nil, key...)
	}
	w.refused(401, 1005, "GET", "/v1/health", nil, "Authorization", "Bearer m0nitor-of-the-test")
	w.refused(401, 1005, "GET", "/v1/health", nil, "Authorization", "Apikey m0nitor-of-the-tesT")
}

// What a program sends and what is of no use here is counted by name.
func TestWhatIsIgnoredIsCounted(t *testing.T) {
	w := newWorld(t, "sqlite")
	w.login()
	w.ok(201, "POST", "/v1/messages", map[string]any{"to": customer, "type": "hsm", "hsm": map[string]any{
		"namespace": "n", "element_name": "hello_world", "language": map[string]any{"policy": "fallback", "code": "en_US"}}})
	f, _, err := w.app.Premises.Facade(context.Background(), w.number.WorkspaceID, w.number.ID)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := w.app.Premises.Calls(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	advice := map[string]string{}
	for _, c := range calls {
		advice[c.Name+" "+c.Note] = c.Advice()
	}
	for _, note := range []string{"namespace", "policy"} {
		if got := advice["POST /v1/messages hsm "+note]; !strings.Contains(got, "leave") {
			t.Errorf("%s: got the advice %q in %v", note, got, advice)
		}
	}
}
