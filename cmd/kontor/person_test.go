package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kontor/internal/mail/mailtest"
)

// door is a Kontor as people without a key meet it.
type door struct {
	t      *testing.T
	base   string
	cookie string // of whoever is in; empty: nobody
}

// post calls as Kontor's own pages do, and returns status and body.
func (d *door) post(path string, body map[string]string) (int, map[string]any) {
	d.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, d.base+"/api/v1/whatsapp/"+path, bytes.NewReader(text))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Kontor-Request", "1")
	if d.cookie != "" {
		req.Header.Set("Cookie", d.cookie)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	answer := map[string]any{}
	if err := json.Unmarshal(raw, &answer); err != nil {
		d.t.Fatalf("POST %s: %s %s", path, resp.Status, raw)
	}
	if c := resp.Header.Get("Set-Cookie"); c != "" {
		d.cookie, _, _ = strings.Cut(c, ";")
	}
	return resp.StatusCode, answer
}

func (d *door) want(status int, path string, body map[string]string) map[string]any {
	d.t.Helper()
	got, answer := d.post(path, body)
	if got != status {
		d.t.Fatalf("POST %s: got %d %v, want %d", path, got, answer, status)
	}
	return answer
}

// tokenIn is the secret of a link.
func tokenIn(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Query().Get("token") == "" {
		t.Fatalf("got %q, %v, want a link with a token", link, err)
	}
	return u.Query().Get("token")
}

const (
	firstPassword  = "four-blue-herons-at-noon"
	secondPassword = "five-grey-herons-at-dusk"
	thirdPassword  = "no-more-herons-this-year"
)

// TestPasswordsThatAreForgotten runs the real thing: a Kontor with a mail server,
// whose owner forgets the password and gets a new one by mail, and from the
// operator at the machine.
func TestPasswordsThatAreForgotten(t *testing.T) {
	eachEngine(t, func(t *testing.T, env []string) {
		post := mailtest.Start(t, mailtest.Options{Auth: []string{"PLAIN"}, User: "kontor", Password: "p@ss wörd"})
		listen := freeAddresses(t, 1)[0]
		env = append(env, "KONTOR_DATA="+t.TempDir(), "KONTOR_LISTEN="+listen, "KONTOR_PUBLIC_URL=http://"+listen,
			"KONTOR_SMTP_URL=smtp://kontor:p%40ss%20w%C3%B6rd@"+post.Addr+"?tls=none", "KONTOR_SMTP_FROM=Kontor <kontor@example.com>")
		serve := begin(t, env, "serve")
		d := &door{t: t, base: "http://" + listen}
		code, err := url.Parse(serve.says(`^set up: (\S+)$`))
		if err != nil {
			t.Fatal(err)
		}
		d.want(http.StatusCreated, "setup", map[string]string{
			"code": code.Query().Get("code"), "name": "Ida Hansen", "email": "ida@example.com", "password": firstPassword, "workspace_name": "Hansen & Sohn",
		})
		in := d.cookie

		// By mail; the answer to a stranger is the same.
		d.cookie = ""
		known := d.want(http.StatusAccepted, "password/forgot", map[string]string{"email": "Ida@example.com", "locale": "de"})
		unknown := d.want(http.StatusAccepted, "password/forgot", map[string]string{"email": "eve@example.com"})
		if len(known) != len(unknown) || known["success"] != unknown["success"] {
			t.Errorf("got %v for somebody and %v for nobody, want the same", known, unknown)
		}
		letter := post.Wait(t, 1)[0]
		link := letter.Read(t).Link(t)
		if !strings.HasPrefix(link, "http://"+listen+"/reset?token=") || letter.User != "kontor" {
			t.Errorf("got %s from %q, want a link to the public address from who signed in", link, letter.User)
		}
		d.want(http.StatusOK, "password/reset", map[string]string{"token": tokenIn(t, link), "password": secondPassword})
		d.want(http.StatusUnauthorized, "password/reset", map[string]string{"token": tokenIn(t, link), "password": thirdPassword})
		d.cookie = in
		d.want(http.StatusUnauthorized, "me/sessions/end-others", nil) // what was open has ended
		d.cookie = ""
		d.want(http.StatusUnauthorized, "signin/password", map[string]string{"email": "ida@example.com", "password": firstPassword})
		d.want(http.StatusOK, "signin/password", map[string]string{"email": "ida@example.com", "password": secondPassword})

		// An authenticator, which is then lost together with the password.
		secret := d.want(http.StatusCreated, "me/totp", map[string]string{"password": secondPassword})["secret"].(string)
		step, err := totp.GenerateCode(secret, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		d.want(http.StatusOK, "me/totp/confirm", map[string]string{"code": step})
		d.cookie = ""
		if s := d.want(http.StatusOK, "signin/password", map[string]string{"email": "ida@example.com", "password": secondPassword}); s["state"] != "second_factor" {
			t.Errorf("got %v, want a second step", s)
		}
		begin(t, env, "person", "list").says(`^per_\S+ +Ida Hansen +ida@example\.com +owner +active$`)
		stranger := begin(t, env, "person", "password", "eve@example.com")
		<-stranger.ended
		if stranger.err == nil || !strings.Contains(stranger.log.String(), "person_not_found") {
			t.Errorf("a stranger's password: got %v and %s, want person_not_found", stranger.err, stranger.log)
		}
		command := begin(t, env, "person", "password", "IDA@example.com", "--drop-second-step")
		link = command.says(`^new password: (http://` + strings.ReplaceAll(listen, ".", `\.`) + `/reset\?token=\S+)$`)
		<-command.ended
		if who := d.want(http.StatusOK, "password/look", map[string]string{"token": tokenIn(t, link)}); who["name"] != "Ida Hansen" {
			t.Errorf("got %v, want Ida's", who)
		}
		d.want(http.StatusOK, "password/reset", map[string]string{"token": tokenIn(t, link), "password": thirdPassword})
		if s := d.want(http.StatusOK, "signin/password", map[string]string{"email": "ida@example.com", "password": thirdPassword}); s["state"] != "signed_in" {
			t.Errorf("got %v, want Ida in without a second step", s)
		}

		// The doctor looks at the mail server.
		begin(t, env, "doctor").says(`^mail: the server lets us in$`)
		post.Stop()
		begin(t, env, "doctor").says(`^mail: The mail server .* cannot be used: .* See KONTOR_SMTP_URL\.$`)
		if strings.Contains(serve.log.String(), "token=") || strings.Contains(serve.log.String(), "p@ss") {
			t.Error("the log holds a link or the password of the mail server")
		}
	})
}
